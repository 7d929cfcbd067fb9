"""``specdsl verify``: data that exists, held against a spec."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specdsl.cli.options import ALLOW, PLUGIN, SPEC, RowCount, RowsAsked, Scale, command_line, stop
from specdsl.cli.terminal import Terminal
from specdsl.errors import ExitStatus

if TYPE_CHECKING:
    from specdsl.building.finding import Found
    from specdsl.verify.verifier import Level


@click.command("verify")
@SPEC
@click.argument("data_dir", type=click.Path(path_type=Path))
@click.option("--rows", type=RowCount(), multiple=True, help="Instead of the row counts in the spec.")
@click.option("--scale", type=Scale(), help="Multiply the row counts in the spec.")
@click.option(
    "--level",
    type=click.Choice(["full", "sample"]),
    default="full",
    show_default=True,
    help="sample: look at about 100,000 rows of each larger table.",
)
@click.option(
    "--report",
    "page",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Write an HTML report on the data to PATH, too.",
)
@ALLOW
@PLUGIN
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@command_line
def command(
    terminal: Terminal,
    spec: str,
    data_dir: Path,
    rows: tuple[RowsAsked, ...],
    scale: float | None,
    level: str,
    page: Path | None,
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
    as_json: bool,
) -> None:
    """Hold the data in DATA_DIR against every rule of FILE: keys, references, ranges, shares, checks.

    The files are those that a build of FILE wrote there, or are found by their tables' names:
    users.csv, users.parquet, users-00001.jsonl.gz, all files in users/.
    """
    from specdsl.building.answered import as_verified
    from specdsl.building.finding import find_tables
    from specdsl.cli.compiling import checked
    from specdsl.cli.counts import overrides_of, require_counts
    from specdsl.verify.verifier import verify

    overrides = overrides_of(rows, scale, None)
    _, dataset, _ = checked(spec, terminal, overrides, allow, plugins)
    require_counts(dataset, overrides)
    made = None
    if page is not None:
        from specdsl.cli.html_report import HtmlReport

        made = HtmlReport(dataset, spec, page)
    found = find_tables(dataset, data_dir)
    counted = found.rows if not rows and scale is None else None
    dataset = replace(dataset, edge=found.edge)
    looked: Level = "sample" if level == "sample" else "full"
    with as_verified(found) as (clean, held):
        report = verify(dataset, clean.tables, looked, None, counted, found.answers, variants=found.variants)
        report = report if held is None else held.joined(report)
        if made is not None:
            made.look(clean.tables)
            made.write(report)
    good = report.ok and not found.missing
    if as_json:
        more = {
            "ok": good,
            "missing": list(found.missing),
            "changed": [str(path) for path in found.changed],
        }
        terminal.out(json.dumps(report.to_json() | more, indent=2, ensure_ascii=False) + "\n")
    else:
        from specdsl.cli.reporting import report_text

        if not terminal.quiet or not good:
            color, columns = terminal.out_color, terminal.out_columns
            terminal.out(report_text(report, color=color, columns=columns, every=not terminal.quiet))
        _tell_files(found, data_dir, terminal)
    if page is not None:
        terminal.say(f"report: {page}")
    stop(ExitStatus.DONE if good else ExitStatus.WRONG)


def _tell_files(found: Found, folder: Path, terminal: Terminal) -> None:
    for note in found.notes:
        terminal.say(f"{terminal.style('warning', fg='yellow', bold=True)}: {note}")
    for name in found.missing:
        terminal.tell(
            f"{terminal.style('error', fg='red', bold=True)}: `{folder}` has no data of table `{name}`"
        )
    for path in found.changed:
        terminal.say(
            f"{terminal.style('warning', fg='yellow', bold=True)}: `{path}` has changed since it was built"
        )
