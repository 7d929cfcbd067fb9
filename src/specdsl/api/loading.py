"""The way in: specs from files and from texts.

>>> import specdsl
>>> data = specdsl.load("table users 3 { id int key, name string = \\"ann\\" | \\"bo\\" }", seed=7)
>>> data.tables
('users',)
>>> data["users"].row_count
3
>>> data["users"].to_arrow().column_names
['id', 'name']
>>> data["users"].row(1)["id"]
2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath

from specdsl.api.data import Data
from specdsl.api.failures import SpecError
from specdsl.compiler import Compilation, Overrides, compile_path, compile_source
from specdsl.diagnostics.model import Diagnostic
from specdsl.diagnostics.nearest import nearest
from specdsl.errors import EnvironmentFailure, UsageError
from specdsl.files import FileProblem
from specdsl.local_files import LocalFiles
from specdsl.plugins.catalogue import Plugins
from specdsl.plugins.loading import Plugin, load_plugins
from specdsl.source import SourceFile

_TEXT_NAME = "spec.dgen"  # what a text is called in messages


def load(
    path_or_text: str | PathLike[str],
    *,
    seed: int | None = None,
    rows: int | Mapping[str, int] | None = None,
    scale: float | None = None,
    edge: float = 0.0,
    plugins: Sequence[Plugin] = (),
    databases: Mapping[str, str] | None = None,
) -> Data:
    """The dataset of a spec: a ``Path``, a string that ends in ``.dgen``, or the text itself.

    ``seed`` replaces the spec's; ``rows`` its literal row counts (all of them, or by table); ``scale``
    multiplies them. ``edge``: the share of each table's rows that prefer boundary values (0.1: one in ten).
    ``plugins`` are functions that the spec may call: paths of Python files, modules, or
    functions made with ``specdsl.plugins.function``. ``databases``: the addresses of those that the spec
    takes rows from, by name: ``{"shop": "postgresql://user@host/shop"}``; they are read once, here. Raises
    SpecError when the spec has errors, UsageError
    for numbers that make no sense, tables without a row count to replace and what is no plugin,
    EnvironmentFailure when it cannot be read.
    """
    _require_numbers(seed, rows, scale, edge)
    named = {} if rows is None or isinstance(rows, int) else dict(rows)
    overrides = Overrides(
        seed=seed, rows=named, all_rows=rows if isinstance(rows, int) else None, scale=scale, edge=edge
    )
    files = _files(databases)
    try:
        compilation = _compiled(path_or_text, files, overrides, load_plugins(plugins))
    finally:
        files.close()
    if compilation.dataset is None:
        raise SpecError(compilation.diagnostics, compilation.sources)
    tables = compilation.dataset.tables
    for name in named:
        if name not in tables:
            near = nearest(name, tables)
            hint = f"did you mean `{near}`?" if near else f"there are {', '.join(tables)}"
            raise UsageError(f"there is no table `{name}`", hint)
        if tables[name].rows is None:
            raise UsageError(f"`{name}` has no row count to replace: its rows follow from elsewhere")
    return Data(compilation, files, plugins)


def _require_numbers(seed: object, rows: object, scale: object, edge: object) -> None:
    """Raise UsageError for numbers that the command line would not take either."""
    whole: dict[str, object] = {} if seed is None else {"`seed`": seed}
    if isinstance(rows, Mapping):
        whole |= {f"`rows` of `{table}`": count for table, count in rows.items()}
    elif rows is not None:
        whole["`rows`"] = rows
    for what, number in whole.items():
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise UsageError(f"{what} is a whole number, 0 or more, not {number!r}")
    if isinstance(seed, int) and seed >= 2**64:
        raise UsageError(f"`seed` is below 2 to the power of 64, which {seed} is not")
    if scale is not None and not (isinstance(scale, int | float) and 0 < scale < float("inf")):
        raise UsageError(f"`scale` is a number above 0, not {scale!r}")
    if isinstance(edge, bool) or not (isinstance(edge, int | float) and 0 <= edge <= 1):
        raise UsageError(f"`edge` is a number from 0 to 1, the share of the rows, not {edge!r}")


def _files(databases: Mapping[str, str] | None) -> LocalFiles:
    """The files that a spec may read, and the databases whose addresses are given. Raises UsageError."""
    if not databases:
        return LocalFiles()
    from specdsl.databases.addresses import parsed
    from specdsl.databases.snapshots import Databases

    for name, address in databases.items():
        parsed(name, address)
    return LocalFiles(databases=Databases(databases))


def diagnose(
    path_or_text: str | PathLike[str],
    *,
    plugins: Sequence[Plugin] = (),
    databases: Mapping[str, str] | None = None,
) -> list[Diagnostic]:
    """What there is to say about a spec (given as to ``load``): errors, warnings and hints in the order of
    the text; [] where there is nothing. Databases are asked where their addresses are given. Raises
    EnvironmentFailure when it cannot be read.

    >>> [(d.code, d.severity.value) for d in diagnose("table users 10 { id int key, age int = agee }")]
    [('DG202', 'error')]
    """
    files = _files(databases)
    try:
        return _compiled(path_or_text, files, Overrides(), load_plugins(plugins)).diagnostics
    finally:
        files.close()


def format(text: str) -> str:
    """The text of a spec in the one layout, as ``specdsl fmt`` writes it. Raises SpecError where its
    syntax is wrong.

    >>> print(format("table t 3 { id int key, n int=1 .. 6 }"), end="")
    table t 3 { id int key, n int = 1..6 }
    """
    from specdsl.syntax.formatter import format_text
    from specdsl.syntax.parser import parse

    source = SourceFile(_TEXT_NAME, text)
    laid_out = format_text(source)
    if laid_out is None:
        raise SpecError(parse(source).diagnostics, {_TEXT_NAME: source})
    return laid_out


def _compiled(
    path_or_text: str | PathLike[str], files: LocalFiles, overrides: Overrides, plugins: Plugins
) -> Compilation:
    try:
        if isinstance(path_or_text, str) and not path_or_text.strip().endswith(".dgen"):
            return compile_source(SourceFile(_TEXT_NAME, path_or_text), files, overrides, plugins)
        path = fspath(path_or_text)
        compilation = compile_path(path, files, overrides, plugins)
        if not compilation.trees:  # nothing was parsed: this tells why
            files.read_text(path)
        return compilation
    except FileProblem as problem:
        detail = problem.detail or str(problem.problem)
        raise EnvironmentFailure(f"cannot read `{problem.path}`: {detail}") from problem
