"""``specdsl build``: data files, a manifest and a verification report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from specdsl.cli.options import ALLOW, SEED, SPEC, RowCount, Scale, Whole, command_line, stop
from specdsl.cli.terminal import Terminal
from specdsl.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from specdsl.building.options import BuildOptions, BuildResult
    from specdsl.compiler import Overrides
    from specdsl.ir.model import Dataset

FORMATS = ("parquet", "csv", "jsonl", "arrow")
"""Names of the sinks, without importing them (a test compares)."""


@click.command("build")
@SPEC
@click.option(
    "-o", "--output", metavar="DIR", type=click.Path(), help="Where to; out/ beside the spec if not given."
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="parquet",
    show_default=True,
    help="The files' format.",
)
@click.option(
    "-t", "--table", "tables", metavar="TABLE", multiple=True, help="Only this table; may be repeated."
)
@click.option("--rows", type=RowCount(), multiple=True, help="Instead of the row counts in the spec.")
@click.option("--scale", type=Scale(), help="Multiply the row counts in the spec.")
@SEED
@click.option("--workers", metavar="N", type=Whole(1, 1024), help="Threads; one a processor if not given.")
@click.option("--compression", metavar="C", help="One of the format's: none, snappy, zstd, gzip, ...")
@click.option(
    "--files",
    metavar="N",
    type=Whole(1, 99_999),
    default=1,
    show_default=True,
    help="Files per table.",
)
@click.option(
    "--mode",
    type=click.Choice(["error", "overwrite", "append"]),
    default="error",
    show_default=True,
    help="If the folder holds data already.",
)
@click.option(
    "--verify",
    type=click.Choice(["full", "sample", "off"]),
    default="full",
    show_default=True,
    help="How to check the written files.",
)
@click.option("--resume", is_flag=True, help="Go on where an interrupted build stopped.")
@click.option("--explain", is_flag=True, help="Print the plan; build nothing.")
@ALLOW
@click.option("--json", "as_json", is_flag=True, help="Print what came out as JSON.")
@command_line
def command(terminal: Terminal, spec: str, **given: Any) -> None:
    """Make the data files of FILE, check them against its rules, and only then put them in place."""
    from specdsl.cli.compiling import checked
    from specdsl.cli.generating import told

    overrides = _overrides(given["rows"], given["scale"], given["seed"])
    compilation, dataset, files = checked(spec, terminal, overrides, given["allow"])
    _require_tables(dataset, given["tables"], overrides)
    if given["explain"]:
        from specdsl.plan.explain import explain
        from specdsl.plan.planner import plan

        terminal.out("".join(f"{line}\n" for line in explain(plan(dataset))))
        return
    options = _options(spec, given)
    from specdsl.build import build
    from specdsl.cli.progress import progress_for

    try:
        with told(compilation, terminal), progress_for(terminal) as listener:
            result = build(compilation, options, listener, files)
    except KeyboardInterrupt:
        terminal.tell("interrupted; the same command with --resume goes on from here")
        stop(ExitStatus.INTERRUPTED)
    if as_json := given["as_json"]:
        terminal.out(json.dumps(_object(result), indent=2, ensure_ascii=False) + "\n")
    _tell(result, terminal, quietly=as_json)
    stop(ExitStatus.DONE if result.ok else ExitStatus.WRONG)


def _overrides(rows: Sequence[tuple[str | None, int]], scale: float | None, seed: int | None) -> Overrides:
    from specdsl.compiler import Overrides

    everywhere = [count for table, count in rows if table is None]
    named = {table: count for table, count in rows if table is not None}
    if len(everywhere) > 1:
        raise UsageError("--rows N is given twice", "name the tables: --rows users=10 --rows orders=20")
    return Overrides(seed=seed, rows=named, all_rows=everywhere[0] if everywhere else None, scale=scale)


def _require_tables(dataset: Dataset, tables: Sequence[str], overrides: Overrides) -> None:
    """Raises UsageError for a name on the command line that is not a table, or has no count to replace."""
    from specdsl.diagnostics.nearest import nearest

    for name in (*tables, *overrides.rows):
        if name not in dataset.tables:
            near = nearest(name, dataset.tables)
            hint = f"did you mean `{near}`?" if near else f"the tables are {', '.join(dataset.tables)}"
            raise UsageError(f"there is no table `{name}`", hint)
    for name in overrides.rows:
        if dataset.tables[name].rows is None:
            counted = [t.name for t in dataset.tables.values() if t.rows is not None]
            raise UsageError(
                f"`{name}` has no row count to replace: its rows follow from other tables",
                f"the tables with a count are {', '.join(counted)}"
                if counted
                else "use the spec to change it",
            )


def _options(spec: str, given: dict[str, Any]) -> BuildOptions:
    from specdsl.building.options import BuildOptions, Mode, VerifyLevel

    return BuildOptions(
        out_dir=Path(given["output"]) if given["output"] else Path(spec).parent / "out",
        format=given["form"],
        compression=given["compression"],
        tables=tuple(dict.fromkeys(given["tables"])),
        files=given["files"],
        mode=Mode(given["mode"]),
        workers=given["workers"] or 0,
        verify=VerifyLevel(given["verify"]),
        resume=given["resume"],
    )


def _object(result: BuildResult) -> dict[str, Any]:
    tables = [
        {
            "name": table.name,
            "rows": table.rows,
            "written": table.written,
            "bytes": table.bytes,
            "files": [str(path) for path in table.paths],
        }
        for table in result.tables
    ]
    return {
        "ok": result.ok,
        "out_dir": str(result.out_dir),
        "seconds": round(result.seconds, 3),
        "tables": tables,
        "verification": result.report.to_json() if result.report is not None else None,
    }


def _tell(result: BuildResult, terminal: Terminal, *, quietly: bool) -> None:
    """What came out, as a table and a line; what is wrong with it in any case."""
    if result.report is not None and not result.ok:
        from specdsl.cli.reporting import tell_failures

        tell_failures(result.report, terminal)
        terminal.tell(f"nothing was written to {result.out_dir}: the data breaks its own rules")
    elif not quietly and not terminal.quiet:
        from specdsl.cli.reporting import built_table

        terminal.tell(built_table(result, terminal))
