"""The compile step of every command: a path in, a checked dataset out, everything wrong told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from specdsl.cli.options import stop
from specdsl.cli.terminal import Terminal
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.errors import EnvironmentFailure, ExitStatus, SpecdslError
from specdsl.files import FileProblem, Problem

if TYPE_CHECKING:
    from specdsl.compiler import Compilation, Overrides
    from specdsl.databases.snapshots import Databases
    from specdsl.ir.model import Dataset
    from specdsl.local_files import LocalFiles
    from specdsl.plugins.catalogue import Plugins


class Checked(NamedTuple):
    """A spec without errors. ``files`` is what it was compiled with: it knows the versions of the data
    files that were looked at."""

    compilation: Compilation
    dataset: Dataset
    files: LocalFiles


class UnusableSpecError(SpecdslError):
    """The spec's own file cannot be read as text; ``diagnostic`` says so to programs."""

    def __init__(self, told: SpecdslError, diagnostic: Diagnostic) -> None:
        super().__init__(told.message, told.help)
        self.status = told.status
        self.diagnostic = diagnostic
        self.code = diagnostic.code


STDIN = "-"


def compile_spec(
    path: str, files: LocalFiles, overrides: Overrides | None = None, plugins: Plugins | None = None
) -> Compilation:
    """Compile the spec at ``path``, or what stands on standard input where that is ``-``. Raises
    UnusableSpecError when it cannot be read as a text."""
    from specdsl.compiler import Overrides, compile_path, compile_source
    from specdsl.plugins.catalogue import NO_PLUGINS
    from specdsl.source import SourceFile

    given = overrides or Overrides(), plugins or NO_PLUGINS
    if path == STDIN:
        return compile_source(SourceFile("<stdin>", _standard_input()), files, *given)
    compilation = compile_path(path, files, *given)
    if not compilation.trees:  # nothing was parsed
        try:
            files.read_text(path)
        except FileProblem as problem:
            raise UnusableSpecError(unreadable(problem), compilation.diagnostics[0]) from None
    return compilation


def checked(
    path: str,
    terminal: Terminal,
    overrides: Overrides | None = None,
    allow: Sequence[str] = (),
    plugins: Sequence[str] = (),
    databases: Sequence[tuple[str, str]] | None = None,
) -> Checked:
    """Compile the spec at ``path``, which may read files in its own folder and in ``allow``, call the
    functions of ``plugins`` and take rows of ``databases`` (None: of none), and print its errors and warnings
    (hints are for ``specdsl check``); where one is an error the command ends."""
    from specdsl.diagnostics.render_text import summary
    from specdsl.local_files import LocalFiles

    known = None if databases is None else known_databases(databases)
    files = LocalFiles(allow=allow, databases=known)
    try:
        compilation = compile_spec(path, files, overrides, loaded_plugins(plugins))
    finally:
        files.close()
    if databases:
        require_databases(compilation, databases)
    found = [d for d in compilation.diagnostics if d.severity is not Severity.HINT]
    terminal.diagnostics(found, compilation.sources)
    if compilation.dataset is None:
        terminal.tell(summary(found))
        stop(ExitStatus.WRONG)
    return Checked(compilation, compilation.dataset, files)


def known_databases(given: Sequence[tuple[str, str]]) -> Databases | None:
    """The databases whose addresses are on the command line or in the environment; None without any."""
    import os

    from specdsl.databases.addresses import VARIABLE

    found = {name: address for name, address in os.environ.items() if name.startswith(VARIABLE) and address}
    if not given and not found:
        return None
    from specdsl.databases.snapshots import Databases

    return Databases(found | dict(given))


def require_databases(compilation: Compilation, given: Sequence[tuple[str, str]]) -> None:
    """Raises UsageError for the address of a database that the spec does not name."""
    from specdsl.diagnostics.nearest import nearest
    from specdsl.errors import UsageError
    from specdsl.syntax import tree

    named = [
        item.database.text
        for file in compilation.trees.values()
        for item in file.items
        if isinstance(item, tree.TableDecl) and item.database is not None
    ]
    for name, _ in given:
        if name not in named:
            near = nearest(name, named)
            known = f"it names {', '.join(dict.fromkeys(named))}" if named else ""
            raise UsageError(
                f"the spec takes no rows of a database `{name}`", f"did you mean `{near}`?" if near else known
            )


def loaded_plugins(given: Sequence[str]) -> Plugins | None:
    """The functions of plugins; None without any, which then costs no import of Arrow."""
    if not given:
        return None
    from specdsl.plugins.loading import load_plugins

    return load_plugins(given)


def tell_of_settings(terminal: Terminal) -> None:
    """Say what in the editor's settings, in the files of the working folder, cannot be understood."""
    if not any(Path(name).is_file() for name in ("specdsl.toml", "pyproject.toml")):
        return
    from specdsl.diagnostics.cells import printable
    from specdsl.lsp.settings import read_files

    def warn(line: str) -> None:
        terminal.say(f"{terminal.style('warning', fg='yellow', bold=True)}: {printable(line)}")

    read_files(Path(), warn)


def _standard_input() -> str:
    import sys

    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecdslError(f"standard input is not a text in UTF-8: {error.reason}") from None


def unreadable(problem: FileProblem, suffix: str = ".dgen") -> SpecdslError:
    """Why a file cannot be used, as one line. ``suffix``: how the names of such files end."""
    path, detail = problem.path, f": {problem.detail}" if problem.detail else ""
    match problem.problem:
        case Problem.MISSING:
            return EnvironmentFailure(f"there is no file `{path}`", _near(path, suffix))
        case Problem.UNREADABLE if Path(path).is_dir():
            specs = sorted(p.name for p in Path(path).glob(f"*{suffix}"))
            hint = f"name a file in it, such as {Path(path) / specs[0]}" if specs else f"name a {suffix} file"
            return EnvironmentFailure(f"`{path}` is a folder", hint)
        case Problem.UNREADABLE | Problem.OUTSIDE:
            return EnvironmentFailure(f"cannot read `{path}`{detail}")
        case Problem.NOT_TEXT:
            return SpecdslError(f"`{path}` is not a text in UTF-8{detail}", "save it as UTF-8")
        case _:
            return SpecdslError(f"cannot use `{path}`: {problem.problem}{detail}")


def _near(path: str, suffix: str) -> str:
    """Which file may have been meant, from what lies in its folder."""
    from specdsl.diagnostics.nearest import nearest

    folder = Path(path).parent
    try:
        names = [p.name for p in folder.iterdir() if p.is_file()]
    except OSError:
        return ""
    near = nearest(Path(path).name, names)
    if near is None and f"{Path(path).name}{suffix}" in names:
        near = f"{Path(path).name}{suffix}"
    return f"did you mean `{folder / near}`?" if near else ""
