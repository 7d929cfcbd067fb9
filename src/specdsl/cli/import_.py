"""``specdsl import``: a description in another language as a spec."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specdsl.cli.options import command_line, stop
from specdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    from specdsl.importers.model import Imported
    from specdsl.source import SourceFile

_STDIN = "-"
_DATA = ("csv", "parquet", "jsonl")


@click.command("import")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(readable=False))
@click.option(
    "--from",
    "kind",
    type=click.Choice(["json-schema", "sql", "csv", "parquet", "jsonl"]),
    default=None,
    help="What SOURCE is in; without it, what its name and text tell.",
)
@click.option(
    "-o",
    "--output",
    "out",
    metavar="FILE.dgen",
    type=click.Path(path_type=Path),
    help="Instead of standard output.",
)
@click.option(
    "--table", metavar="NAME", default="", help="JSON Schema: the table's name, instead of the title."
)
@click.option(
    "--rows",
    type=click.IntRange(0, 10**12),
    default=None,
    help="How many rows the spec asks for, of each table; without it 1000, or as many as a data file has.",
)
@click.option(
    "--private",
    is_flag=True,
    help="Data files: no value of theirs is in the spec; ranges are rounded outwards.",
)
@click.option(
    "--draft",
    type=click.Choice(["4", "6", "7", "2019-09", "2020-12"]),
    default=None,
    help="JSON Schema: its draft; without it, what `$schema` says.",
)
@click.option(
    "--dialect",
    type=click.Choice(["postgres", "mysql", "sqlite", "duckdb", "tsql", "oracle"]),
    default=None,
    help="SQL: its dialect; without it, what its words tell.",
)
@click.option(
    "--report", metavar="FILE.json", type=click.Path(path_type=Path), help="What was not carried exactly."
)
@click.option(
    "--mode",
    type=click.Choice(["error", "overwrite"]),
    default="error",
    help="What to do when FILE.dgen is there.",
)
@command_line
def command(
    terminal: Terminal,
    sources: tuple[str, ...],
    kind: str | None,
    out: Path | None,
    table: str,
    rows: int | None,
    private: bool,
    draft: str | None,
    dialect: str | None,
    report: Path | None,
    mode: str,
) -> None:
    """Make a spec of SOURCE: a JSON Schema or the tables of a SQL script (- for standard input), or data
    files (CSV, Parquet, JSON Lines) and folders of them.

    Of a schema or script all rows of the spec are valid. What cannot be held to is told or, of a JSON
    Schema, refused (exit status 1), and then nothing is written. Of data files the spec says what they look
    like, with the evidence in comments.
    """
    from specdsl.cli.writing import require_writable, write_text
    from specdsl.errors import ExitStatus, UsageError
    from specdsl.importers.registry import Settings, importer, kind_of

    if table and not table.isidentifier():
        raise UsageError(f"`{table}` is no name for a table", "letters, digits and _ with no digit first")
    if out is not None and out.exists() and not out.is_dir() and mode == "error":
        raise UsageError(f"`{out}` is there already", "--mode overwrite replaces it")
    source = sources[0]
    if source.endswith(".dgen"):
        raise UsageError(f"`{source}` is a spec already", "import makes one of a JSON Schema")
    if report is not None:
        require_writable(report, source, "report.json")
    if kind in _DATA or (kind is None and all(map(_is_data, sources))):
        given, imported = _learnt(
            sources, kind, rows, {"--table": table, "--draft": draft, "--dialect": dialect}, private
        )
        kind = "data"
    else:
        if len(sources) > 1:
            raise UsageError("several sources are for data files only", "name one schema or script")
        if private:
            raise UsageError("`--private` is for data files", "leave it out")
        given = read_source(source)
        kind = kind or kind_of(given)
        _require_fitting(kind, {"--table": table, "--draft": draft, "--dialect": dialect})
        settings = Settings(
            table=table, draft=draft or "", rows=1_000 if rows is None else rows, dialect=dialect or ""
        )
        imported = importer(kind)(given, settings)
    terminal.diagnostics(imported.diagnostics, {} if kind == "data" else {given.name: given})
    if report is not None:
        write_text(report, _report(imported), source)
    if imported.text is None:
        terminal.tell(f"{given.name} is refused; nothing was written")
        stop(ExitStatus.WRONG)
    if out is None:
        terminal.out(imported.text)
    else:
        write_spec(out, imported.text)
        narrowed = sum(f.outcome == "narrowed" for f in imported.findings)
        left_out = sum(f.outcome == "left out" for f in imported.findings)
        one, many = ("column", "columns") if kind in ("sql", "data") else ("property", "properties")
        count = f"{imported.properties} {one if imported.properties == 1 else many}"
        terminal.say(f"{out}: {count}, {narrowed} narrowed, {left_out} left out")


def _is_data(source: str) -> bool:
    """Whether a source is a file that ends as data files do, or a folder with any of them."""
    from specdsl.importers.registry import DATA_ENDINGS

    path = Path(source)
    if path.is_dir():
        return any(p.is_file() and _is_data(str(p)) for p in path.iterdir())
    return source.lower().removesuffix(".gz").removesuffix(".zst").endswith(DATA_ENDINGS)


def _learnt(
    sources: tuple[str, ...],
    kind: str | None,
    rows: int | None,
    foreign: dict[str, str | None],
    private: bool,
) -> tuple[SourceFile, Imported]:
    """What data files look like."""
    from specdsl.errors import UsageError
    from specdsl.importers.samples.importer import import_files

    for option, value in foreign.items():
        if value:
            raise UsageError(
                f"`{option}` is not for data files", "leave it out; tables have the names of the files"
            )
    if _STDIN in sources:
        raise UsageError("data files are not read from standard input", "name a file")
    imported = import_files([Path(s) for s in sources], kind, rows, private=private)
    return imported.source, imported


def _require_fitting(kind: str, given: dict[str, str | None]) -> None:
    """Raises UsageError where an option is for another kind of source."""
    from specdsl.errors import UsageError

    for option, value in given.items():
        own = "sql" if option == "--dialect" else "json-schema"
        if value and kind != own:
            raise UsageError(f"`{option}` is not for {kind}", f"leave it out, or say `--from {own}`")


def read_source(source: str) -> SourceFile:
    """The text of a file, or of standard input for `-`. Raises what ``unreadable`` makes of a problem."""
    from specdsl.cli.compiling import unreadable
    from specdsl.files import FileProblem, Problem
    from specdsl.local_files.folders import MAX_TEXT_BYTES, decoded, read_text
    from specdsl.source import SourceFile

    try:
        if source != _STDIN:
            return SourceFile(source, read_text(source))
        data = sys.stdin.buffer.read(MAX_TEXT_BYTES + 1)
        if len(data) > MAX_TEXT_BYTES:
            raise FileProblem(
                Problem.TOO_LARGE, "<stdin>", f"it has more than {MAX_TEXT_BYTES // 1024 // 1024} MB"
            )
        return SourceFile("<stdin>", decoded("<stdin>", data))
    except FileProblem as problem:
        raise unreadable(problem, ".json") from None


def write_spec(out: Path, text: str) -> None:
    """Write a spec: whole or not at all. Raises UsageError for a folder, EnvironmentFailure else."""
    import os

    from specdsl.errors import EnvironmentFailure, UsageError

    if out.is_dir():
        raise UsageError(f"`{out}` is a folder", f"name a file in it, such as {out / 'imported.dgen'}")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        temporary.write_text(text, "utf-8", newline="\n")
        temporary.replace(out)
    except OSError as error:
        raise EnvironmentFailure(f"cannot write `{out}`: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _report(imported: Imported) -> str:
    """The findings as JSON; lines and columns from 1."""
    rows = []
    for finding in imported.findings:
        place = imported.source.lines.position(finding.span.start)
        said = finding.diagnostic
        rows.append(
            {
                "outcome": str(finding.outcome),
                "code": said.code if said else None,
                "severity": str(said.severity) if said else "hint",
                "pointer": finding.pointer,
                "line": place.line + 1,
                "column": place.column + 1,
                "message": finding.message,
            }
        )
    document = {
        "version": 1,
        "source": imported.source.name,
        "carried": imported.text is not None,
        "properties": imported.properties,
        "findings": rows,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
