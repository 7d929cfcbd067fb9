"""``specdsl verify``: data that exists, held against a spec."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from specdsl.cli.options import ALLOW, PLUGIN, SPEC, RowCount, RowsAsked, Scale, command_line, stop
from specdsl.cli.terminal import Terminal
from specdsl.errors import DataError, ExitStatus, UsageError

if TYPE_CHECKING:
    from specdsl.building.finding import Found
    from specdsl.building.found_batches import FoundBatch
    from specdsl.checkpoints.checkpoint import Checkpoint
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
@click.option(
    "--checkpoint",
    metavar="STATE",
    type=click.Path(path_type=Path),
    help="What a batch in DATA_DIR is part of: knows where earlier batches are, and which keys there are.",
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
    checkpoint: Path | None,
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
    as_json: bool,
) -> None:
    """Hold the data in DATA_DIR against every rule of FILE: keys, references, ranges, shares, checks.

    The files are those that a build of FILE wrote there, or are found by their tables' names:
    users.csv, users.parquet, users-00001.jsonl.gz, all files in users/.

    A DATA_DIR with the folders of batches (batch=0001, batch=0002, ...) has all of them checked, each with
    what was written before it; that of one batch finds the others beside it, or by --checkpoint. The
    snapshot/ of a batch is held against what all rows keep after changes.
    """
    from specdsl.building.answered import as_verified
    from specdsl.building.finding import find_tables
    from specdsl.cli.compiling import checked
    from specdsl.cli.counts import overrides_of, require_counts
    from specdsl.verify.verifier import verify

    overrides = overrides_of(rows, scale, None)
    _, dataset, _ = checked(spec, terminal, overrides, allow, plugins)
    require_counts(dataset, overrides)
    from specdsl.building.found_batches import find_batches
    from specdsl.building.manifest import MANIFEST_NAME
    from specdsl.building.snapshots import find_snapshot

    state = None
    if checkpoint is not None:
        from specdsl.cli.checkpoint import opened

        state = opened(str(checkpoint))
    snapshot = find_snapshot(dataset, data_dir) if data_dir.is_dir() else None
    batches = find_batches(dataset, data_dir, state) if data_dir.is_dir() and snapshot is None else []
    counts = rows or scale is not None
    if counts and snapshot is not None:
        raise UsageError("--rows and --scale are for data that are no batches", "leave them out")
    if batches:
        if page is not None or counts:
            raise UsageError(
                "--report, --rows and --scale are for data that are no batches", "leave them out"
            )
        single = (data_dir / MANIFEST_NAME).exists()
        _verify_batches(terminal, batches[-1:] if single else batches, batches, state, level, as_json=as_json)
    if state is not None:
        raise DataError(f"`{data_dir}` has no batch of a checkpoint", "leave --checkpoint out")
    if snapshot is not None:
        dataset = snapshot.dataset
    made = None
    if page is not None:
        from specdsl.cli.html_report import HtmlReport

        made = HtmlReport(dataset, spec, page)
    found = find_tables(dataset, data_dir) if snapshot is None else snapshot.found
    counted = found.rows if not counts else None
    wanted = None if snapshot is None else snapshot.wanted
    dataset = replace(dataset, edge=found.edge)
    looked: Level = "sample" if level == "sample" else "full"
    with as_verified(found) as (clean, held):
        report = verify(
            dataset,
            clean.tables,
            looked,
            None,
            counted,
            found.answers,
            variants=found.variants,
            wanted=wanted,
        )
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


def _verify_batches(
    terminal: Terminal,
    chosen: Sequence[FoundBatch],
    batches: Sequence[FoundBatch],
    state: Checkpoint | None,
    level: str,
    *,
    as_json: bool,
) -> NoReturn:
    """Check the batches ``chosen`` of all ``batches``, each with what was written before it."""
    from tempfile import TemporaryDirectory

    from specdsl.building.found_batches import KeysOfBatches, earlier
    from specdsl.cli.reporting import report_text
    from specdsl.verify.verifier import verify

    looked: Level = "sample" if level == "sample" else "full"
    reports = {}
    with TemporaryDirectory(prefix="specdsl-batches-") as folder:
        keys = KeysOfBatches(Path(folder), state)
        for batch in batches:
            told = batch in chosen
            across = tuple(keys.results(batch, told=told))
            if not told:
                continue
            before, found = earlier(batches, batch.number), batch.found
            report = verify(
                batch.dataset,
                found.tables,
                looked,
                Path(folder),
                batch.rows,
                found.answers,
                before,
                found.variants,
            )
            reports[batch.number] = report = replace(report, rules=(*report.rules, *across))
            if as_json or (terminal.quiet and report.ok):
                continue
            terminal.out(f"{'' if len(reports) == 1 else chr(10)}batch {batch.number}, {batch.folder}\n")
            color, columns = terminal.out_color, terminal.out_columns
            terminal.out(report_text(report, color=color, columns=columns, every=not terminal.quiet))
            _tell_files(found, batch.folder, terminal)
    good = all(report.ok for report in reports.values())
    if as_json:
        listed = [
            {"batch": b.number, "folder": str(b.folder), "changed": [str(p) for p in b.found.changed]}
            | reports[b.number].to_json()
            for b in chosen
        ]
        terminal.out(json.dumps({"ok": good, "batches": listed}, indent=2, ensure_ascii=False) + "\n")
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
