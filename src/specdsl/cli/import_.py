"""``specdsl import``: a description in another language as a spec."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from specdsl.cli.options import command_line, stop
from specdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    from specdsl.importers.model import Imported

_DATA = ("csv", "parquet", "jsonl")
_HTML = (".html", ".htm")


@click.command("import")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(readable=False))
@click.option(
    "--from",
    "kind",
    type=click.Choice(["json-schema", "sql", "rand-engine", "csv", "parquet", "jsonl"]),
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
    "--table",
    "tables",
    metavar="NAME",
    multiple=True,
    help="JSON Schema, rand-engine: the table's name; of several, those to make (NAME,NAME too).",
)
@click.option(
    "--ref-dir",
    "folders",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    help="JSON Schema: where to look for documents that references name; nothing is fetched.",
)
@click.option("--normalize", is_flag=True, help="JSON Schema: arrays of objects become tables of their own.")
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
    "--report",
    metavar="FILE.json|FILE.html",
    type=click.Path(path_type=Path),
    help="What became of every property, in the form of the name.",
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
    tables: tuple[str, ...],
    folders: tuple[Path, ...],
    normalize: bool,
    rows: int | None,
    private: bool,
    draft: str | None,
    dialect: str | None,
    report: Path | None,
    mode: str,
) -> None:
    """Make a spec of SOURCE: JSON Schemas (files, folders, OpenAPI or AsyncAPI documents), the tables of a
    SQL script, or specs of rand-engine as JSON (- for standard input), or data files (CSV, Parquet, JSON
    Lines) and folders of them.

    Of schemas or scripts all rows of the spec are valid. What cannot be held to is told or, of a JSON Schema,
    refused (exit status 1), and then nothing is written. Of data files the spec says what they look like,
    with the evidence in comments.
    """
    from specdsl.cli.compiling import unreadable
    from specdsl.cli.import_sources import gathered, is_data
    from specdsl.cli.writing import require_writable, write_text
    from specdsl.errors import ExitStatus, UsageError
    from specdsl.files import FileProblem
    from specdsl.importers.registry import Settings, importer, kind_of

    names = tuple(name.strip() for one in tables for name in one.split(","))
    for name in names:
        if not name.isidentifier():
            raise UsageError(f"`{name}` is no name for a table", "letters, digits and _ with no digit first")
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"`{folder}` is no folder", "--ref-dir names a folder with JSON files")
    if out is not None and out.exists() and not out.is_dir():
        if any(one != "-" and Path(one).is_file() and out.samefile(one) for one in sources):
            raise UsageError(f"`{out}` is the source itself", "name another file, such as -o spec.dgen")
        if mode == "error":
            raise UsageError(f"`{out}` is there already", "--mode overwrite replaces it")
    if report is not None:
        if report.suffix not in (*_HTML, ".json") and not report.is_dir() and not report.exists():
            raise UsageError(f"`{report}` is in no form for a report", "name a .json or an .html file")
        require_writable(report, sources[0], "report.json")
    asked = {
        "--table": names,
        "--draft": draft,
        "--ref-dir": folders,
        "--normalize": normalize,
        "--dialect": dialect,
    }
    if kind in _DATA or (kind is None and all(map(is_data, sources))):
        imported = _learnt(sources, kind, rows, asked, private)
        given, kind = imported.source, "data"
    else:
        if private:
            raise UsageError("`--private` is for data files", "leave it out")
        given, *more = gathered(sources)
        kind = kind or kind_of(given)
        _require_fitting(kind, asked, several=bool(more))
        settings = Settings(
            tables=names,
            draft=draft or "",
            rows=1_000 if rows is None else rows,
            dialect=dialect or "",
            more=tuple(more),
            folders=folders,
            beside=True,
            normalize=normalize,
        )
        try:
            imported = importer(kind)(given, settings)
        except FileProblem as problem:
            raise unreadable(problem, ".json") from None
    terminal.diagnostics(imported.diagnostics, {} if kind == "data" else imported.sources)
    if report is not None:
        write_text(report, _report(imported, report), sources[0])
    if imported.text is None:
        terminal.tell(f"{given.name} is refused; nothing was written")
        stop(ExitStatus.WRONG)
    if out is None:
        terminal.out(imported.text)
    else:
        write_spec(out, imported.text)
        less = imported.properties - len(imported.exact)
        left_out = sum(f.outcome == "left out" for f in imported.findings)
        one, many = ("column", "columns") if kind != "json-schema" else ("property", "properties")
        properties = f"1 {one}" if imported.properties == 1 else f"{imported.properties} {many}"
        terminal.say(f"{out}: {properties}, {less} approximated, {left_out} left out")


def _learnt(
    sources: tuple[str, ...],
    kind: str | None,
    rows: int | None,
    foreign: Mapping[str, object],
    private: bool,
) -> Imported:
    """What data files look like."""
    from specdsl.errors import UsageError
    from specdsl.importers.samples.importer import import_files

    for option, value in foreign.items():
        if value:
            raise UsageError(
                f"`{option}` is not for data files", "leave it out; tables have the names of the files"
            )
    if "-" in sources:
        raise UsageError("data files are not read from standard input", "name a file")
    return import_files([Path(s) for s in sources], kind, rows, private=private)


_FITTING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "--table": ("json-schema", "rand-engine"),
        "--draft": ("json-schema",),
        "--ref-dir": ("json-schema",),
        "--normalize": ("json-schema",),
        "--dialect": ("sql",),
    }
)
"""The kinds of sources that an option is for."""


def _require_fitting(kind: str, asked: Mapping[str, object], *, several: bool) -> None:
    """Raises UsageError where an option is for another kind of source."""
    from specdsl.errors import UsageError

    for option, value in asked.items():
        if value and kind not in _FITTING[option]:
            own = " or ".join(f"`--from {one}`" for one in _FITTING[option])
            raise UsageError(f"`{option}` is not for {kind}", f"leave it out, or say {own}")
    if several and kind == "sql":
        raise UsageError("one SQL script makes a spec", "put the statements into one file")


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


def _report(imported: Imported, path: Path) -> str:
    """The report in the form that the file's name asks for."""
    from specdsl.importers.html_report import html_report
    from specdsl.importers.reporting import json_report

    return html_report(imported) if path.suffix in _HTML else json_report(imported)
