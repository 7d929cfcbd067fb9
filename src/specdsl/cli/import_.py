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


@click.command("import")
@click.argument("source", metavar="SOURCE", type=click.Path(readable=False))
@click.option(
    "--from", "kind", type=click.Choice(["json-schema"]), default="json-schema", help="What SOURCE is in."
)
@click.option(
    "-o",
    "--output",
    "out",
    metavar="FILE.dgen",
    type=click.Path(path_type=Path),
    help="Instead of standard output.",
)
@click.option("--table", metavar="NAME", default="", help="The table's name, instead of the title.")
@click.option(
    "--rows", type=click.IntRange(0, 10**12), default=1_000, help="How many rows the spec asks for."
)
@click.option(
    "--draft",
    type=click.Choice(["4", "6", "7", "2019-09", "2020-12"]),
    default=None,
    help="The draft of the schema; without it, what `$schema` says.",
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
    source: str,
    kind: str,
    out: Path | None,
    table: str,
    rows: int,
    draft: str | None,
    report: Path | None,
    mode: str,
) -> None:
    """Make a spec of SOURCE, a JSON Schema (- for standard input).

    All rows of the spec are valid. What cannot be held to is refused (exit status 1), and nothing is written.
    """
    from specdsl.cli.writing import require_writable, write_text
    from specdsl.errors import ExitStatus, UsageError
    from specdsl.importers.registry import Settings, importer

    if table and not table.isidentifier():
        raise UsageError(f"`{table}` is no name for a table", "letters, digits and _ with no digit first")
    if out is not None and out.exists() and not out.is_dir() and mode == "error":
        raise UsageError(f"`{out}` is there already", "--mode overwrite replaces it")
    if source.endswith(".dgen"):
        raise UsageError(f"`{source}` is a spec already", "import makes one of a JSON Schema")
    if report is not None:
        require_writable(report, source, "report.json")
    given = read_source(source)
    imported = importer(kind)(given, Settings(table=table, draft=draft or "", rows=rows))
    terminal.diagnostics(imported.diagnostics, {given.name: given})
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
        properties = "1 property" if imported.properties == 1 else f"{imported.properties} properties"
        terminal.say(f"{out}: {properties}, {narrowed} narrowed, {left_out} left out")


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
