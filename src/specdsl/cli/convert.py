"""``specdsl convert``: one description as another, both by the kind that their names tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from specdsl.cli.options import ALLOW, PLUGIN, command_line, stop
from specdsl.cli.terminal import Terminal
from specdsl.exporters.registry import DRAFTS, EXPORTERS, SQL_DIALECTS

if TYPE_CHECKING:
    from specdsl.compiler import Compilation
    from specdsl.local_files import LocalFiles

SPEC: Final = "spec"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. ``importer``, ``exporter``: their names in the registries, "" where there is none."""

    name: str
    importer: str = ""
    exporter: str = ""


KINDS: Final = {
    ".dgen": Kind(SPEC),
    ".json": Kind("JSON Schema", "json-schema", "json-schema"),
    ".sql": Kind("SQL", "sql", "sql"),
    ".py": Kind("Pydantic", "", "pydantic"),
    ".ts": Kind("TypeScript", "", "typescript"),
}
"""What a name's ending says a file is."""


@click.command("convert")
@click.argument("source", metavar="SOURCE", type=click.Path(readable=False))
@click.argument("target", metavar="TARGET", type=click.Path())
@click.option("--draft", type=click.Choice(DRAFTS), help="The draft of a JSON Schema that is made.")
@click.option("--dialect", type=click.Choice(SQL_DIALECTS), help="The dialect of a script that is made.")
@click.option(
    "--mode",
    type=click.Choice(["error", "overwrite"]),
    default="error",
    help="What to do when TARGET is there.",
)
@ALLOW
@PLUGIN
@command_line
def command(
    terminal: Terminal,
    source: str,
    target: str,
    draft: str | None,
    dialect: str | None,
    mode: str,
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
) -> None:
    """Write SOURCE as TARGET. Their endings say what they are: .dgen a spec, .json a JSON Schema,
    .sql a script of SQL, .py Pydantic, .ts TypeScript.

    What is not a spec becomes one first, so that a schema becomes TypeScript as well.
    """
    from specdsl.errors import UsageError

    start, end = _kind(source), _kind(target)
    if start.name == end.name == SPEC:
        raise UsageError("both are specs", f"to lay one out: specdsl fmt {source}")
    if start.name != SPEC and not _can_import(start):
        raise UsageError(
            f"{start.name} can be written and not read", f"{source} would have to be .dgen or .json"
        )
    if end.name != SPEC and end.exporter not in EXPORTERS:
        raise UsageError(f"{end.name} cannot be written", f"TARGET may end in {_endings()}")
    if draft is not None and end.exporter != "json-schema":
        raise UsageError(
            "`--draft` is for a JSON Schema that is made", "leave it out, or let TARGET end in .json"
        )
    if dialect is not None and end.exporter != "sql":
        raise UsageError("`--dialect` is for SQL that is made", "leave it out, or let TARGET end in .sql")
    path = Path(target)
    if path.exists() and not path.is_dir() and mode == "error":
        raise UsageError(f"`{target}` is there already", "--mode overwrite replaces it")
    if Path(source).exists() and path.exists() and path.samefile(source):
        raise UsageError("SOURCE and TARGET are one file", "name another file")
    text = _imported(terminal, source) if start.name != SPEC else None
    if end.name == SPEC and text is not None:
        from specdsl.cli.import_ import write_spec

        write_spec(path, text)
    else:
        _export(terminal, source, text, path, end, draft or dialect or "", allow, plugins)
    terminal.say(f"wrote {target}: {start.name} as {end.name}")


def _kind(path: str) -> Kind:
    """What a file is by its name. Raises UsageError."""
    from specdsl.errors import UsageError

    ending = Path(path).suffix.lower()
    if ending not in KINDS:
        raise UsageError(f"what `{path}` is cannot be told from its name", f"names may end in {_endings()}")
    return KINDS[ending]


def _endings() -> str:
    return ", ".join(
        ending
        for ending, one in KINDS.items()
        if one.name == SPEC or _can_import(one) or one.exporter in EXPORTERS
    )


def _can_import(kind: Kind) -> bool:
    from specdsl.importers.registry import IMPORTERS

    return kind.importer in IMPORTERS


def _imported(terminal: Terminal, source: str) -> str:
    """The text of the spec that ``source`` makes; where it is refused the command ends."""
    from specdsl.cli.import_sources import gathered
    from specdsl.errors import ExitStatus
    from specdsl.importers.registry import Settings, importer, kind_of

    given = gathered((source,))[0]
    found = importer(kind_of(given))(given, Settings())
    terminal.diagnostics(found.diagnostics, {given.name: given})
    if found.text is None:
        terminal.tell(f"{given.name} is refused; nothing was written")
        stop(ExitStatus.WRONG)
    return found.text


def _export(
    terminal: Terminal,
    source: str,
    text: str | None,
    target: Path,
    kind: Kind,
    variant: str,
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
) -> None:
    """Write a spec (``text``, or the file ``source``) as ``kind``."""
    from specdsl.cli.compiling import checked
    from specdsl.cli.writing import require_writable, write_text
    from specdsl.exporters.spec import Spec, Wanted

    require_writable(target, source, f"converted{target.suffix}")
    if text is None:
        compilation, dataset, files = checked(source, terminal, None, allow, plugins)
    else:
        compilation, files = _compiled(source, text, allow)
        assert compilation.dataset is not None  # the importer has compiled it
        dataset = compilation.dataset
    made = EXPORTERS[kind.exporter].text(Spec(compilation, dataset, files), Wanted(variant=variant))
    write_text(target, made, source)


def _compiled(source: str, text: str, allow: tuple[str, ...]) -> tuple[Compilation, LocalFiles]:
    from specdsl.compiler import compile_source
    from specdsl.local_files import LocalFiles
    from specdsl.source import SourceFile

    files = LocalFiles(allow=allow)
    return compile_source(SourceFile(str(Path(source).with_suffix(".dgen")), text), files), files
