"""``specdsl build``: data files, a manifest and a verification report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from specdsl.changes.names import CHANGE_FORMS, USUAL_FORMATS
from specdsl.cli.options import (
    ALLOW,
    DATABASE,
    EDGE,
    PLUGIN,
    SEED,
    SPEC,
    ChangesForm,
    FormatName,
    FormatOption,
    Moment,
    RowCount,
    Scale,
    Whole,
    command_line,
    stop,
)
from specdsl.cli.terminal import Terminal
from specdsl.errors import ExitStatus
from specdsl.sinks.names import FORMAT_NAMES, format_of_file

if TYPE_CHECKING:
    from specdsl.building.options import Breaking, BuildOptions, BuildResult
    from specdsl.cli.html_report import HtmlReport
    from specdsl.ir.model import Dataset


@click.command("build")
@SPEC
@click.option(
    "-o", "--output", metavar="DIR", type=click.Path(), help="Where to; out/ beside the spec if not given."
)
@click.option(
    "-f",
    "--format",
    "form",
    type=FormatName(FORMAT_NAMES),
    help="The files' format. [default: parquet; jsonl with --changes debezium]",
)
@click.option(
    "-t", "--table", "tables", metavar="TABLE", multiple=True, help="Only this table; may be repeated."
)
@click.option(
    "--rows",
    type=RowCount(growing=True),
    multiple=True,
    help="Instead of the row counts in the spec; +N: so many more than the checkpoint has.",
)
@click.option("--scale", type=Scale(), help="Multiply the row counts in the spec.")
@SEED
@EDGE
@click.option("--now", type=Moment(), help="Instead of the dataset's now; the clock of a batch.")
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(),
    help="Build the next batch of what this DuckDB (or .sqlite) file knows of.",
)
@click.option(
    "--changes",
    type=ChangesForm(CHANGE_FORMS),
    is_flag=False,
    flag_value=CHANGE_FORMS[0],
    metavar="[FORM]",
    help=f"Write a batch as change records: {', '.join(CHANGE_FORMS)}.",
)
@click.option("--snapshot", is_flag=True, help="Write all rows as they are after a batch, too.")
@click.option("--workers", metavar="N", type=Whole(1, 1024), help="Threads; one a processor if not given.")
@click.option("--compression", metavar="C", help="One of the format's: none, snappy, zstd, gzip, ...")
@click.option(
    "-O",
    "--option",
    "values",
    metavar="KEY=VALUE",
    type=FormatOption(),
    multiple=True,
    help="An option of the format; may be repeated.",
)
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
@click.option(
    "--report",
    "page",
    metavar="[PATH]",
    is_flag=False,
    flag_value="",
    type=click.Path(),
    help="An HTML report on what was built, too; report.html in the output folder if no PATH is given.",
)
@click.option("--clean", is_flag=True, help="Leave out declared dirt.")
@click.option(
    "--invalid",
    metavar="SHARE",
    help="Break a JSON Schema keyword in this share of each table's rows, 5% say, with an answer key.",
)
@click.option(
    "--schema",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="With --invalid: the JSON Schema to break; that of the spec if not given.",
)
@click.option("--resume", is_flag=True, help="Go on where an interrupted build stopped.")
@click.option("--explain", is_flag=True, help="Print the plan; build nothing.")
@DATABASE
@ALLOW
@PLUGIN
@click.option("--json", "as_json", is_flag=True, help="Print what came out as JSON.")
@command_line
def command(terminal: Terminal, spec: str, **given: Any) -> None:
    """Make the data files of FILE, check them against its rules, and only then put them in place."""
    from specdsl.cli.compiling import checked
    from specdsl.cli.counts import overrides_of, require_counts, require_tables
    from specdsl.cli.generating import told

    overrides = overrides_of(given["rows"], given["scale"], given["seed"], given["edge"], given["now"])
    compilation, dataset, files = checked(
        spec, terminal, overrides, given["allow"], given["plugins"], given["databases"]
    )
    require_tables(dataset, given["tables"])
    require_counts(dataset, overrides)
    if given["explain"]:
        from specdsl.ir.spoiled import without_dirt
        from specdsl.plan.explain import explain
        from specdsl.plan.planner import plan

        shown = without_dirt(dataset) if given["clean"] else dataset
        terminal.out("".join(f"{line}\n" for line in explain(plan(shown))))
        return
    from specdsl.build import BuildInterruptedError, build
    from specdsl.cli.batches import asked_batch
    from specdsl.cli.progress import progress_for

    page = None
    if given["page"] is not None:
        from specdsl.cli.html_report import HtmlReport

        page = HtmlReport(dataset, spec, Path(given["page"]) if given["page"] else None)
    try:
        with told(compilation, terminal), asked_batch(given, dataset, terminal) as (batch, folder):
            options = _options(spec, given, folder)
            with progress_for(terminal, page) as listener:
                result = build(compilation, options, listener, files, batch)
    except BuildInterruptedError as ended:
        terminal.tell("; ".join(filter(None, [ended.message, ended.help])))
        stop(ExitStatus.INTERRUPTED)
    except KeyboardInterrupt:
        terminal.tell("interrupted; --resume goes on from what is finished")
        stop(ExitStatus.INTERRUPTED)
    written = _report(page, dataset, result, terminal) if page is not None else None
    if as_json := given["as_json"]:
        made = _object(result) | ({"report": str(written)} if written is not None else {})
        terminal.out(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    _tell(result, terminal, quietly=as_json)
    if written is not None:
        terminal.say(f"report: {written}")
    stop(ExitStatus.DONE if result.ok else ExitStatus.WRONG)


def _report(page: HtmlReport, dataset: Dataset, result: BuildResult, terminal: Terminal) -> Path | None:
    if page.has_looked:
        return page.write(result.report, result.out_dir, published=result.ok)
    if result.manifest is not None and result.manifest.batch is not None:
        terminal.say("there is no report on a batch that was completed")
        return None
    from specdsl.building.answered import as_verified
    from specdsl.building.finding import find_tables
    from specdsl.verify.verifier import verify

    with as_verified(find_tables(dataset, result.out_dir)) as (found, held):  # it was complete before
        page.look(found.tables)
        report = verify(
            dataset, found.tables, "full", None, found.rows, found.answers, variants=found.variants
        )
        return page.write(report if held is None else held.joined(report), result.out_dir)


def _options(spec: str, given: dict[str, Any], folder: str) -> BuildOptions:
    """``folder``: of the batch, in the folder that is the default."""
    from specdsl.building.options import BuildOptions, Mode, VerifyLevel
    from specdsl.errors import UsageError

    if given["output"] == "":
        raise UsageError("`--output` names no folder", "leave it out for `out/` beside the spec")
    _require_folder(given["output"])
    return BuildOptions(
        out_dir=Path(given["output"]) if given["output"] is not None else Path(spec).parent / "out" / folder,
        format=given["form"] or USUAL_FORMATS.get(given["changes"], "parquet"),
        compression=given["compression"],
        values=given["values"],
        tables=tuple(dict.fromkeys(given["tables"])),
        files=given["files"],
        mode=Mode(given["mode"]),
        workers=given["workers"] or 0,
        verify=VerifyLevel(given["verify"]),
        resume=given["resume"],
        clean=given["clean"],
        invalid=_breaking(given["invalid"], given["schema"]),
        changes=given["changes"],
        snapshot=given["snapshot"],
    )


def _breaking(share: str | None, schema: Path | None) -> Breaking | None:
    from specdsl.building.options import Breaking
    from specdsl.building.share import share_of
    from specdsl.errors import UsageError

    if share is None:
        if schema is not None:
            raise UsageError("`--schema` is for `--invalid` alone", "add --invalid 5%, say")
        return None
    if schema is None:
        return Breaking(share_of(share))
    return Breaking(share_of(share), _json(schema), f"`{schema}`")


def _json(path: Path) -> Any:
    """What a file of JSON holds. Raises DataError and EnvironmentFailure."""
    from specdsl.errors import DataError, EnvironmentFailure

    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise EnvironmentFailure(f"cannot read `{path}`: {error.strerror or error}") from error
    except (ValueError, RecursionError) as problem:
        raise DataError(f"`{path}` is no JSON: {problem}") from None


def _require_folder(output: str | None) -> None:
    """Raises UsageError where the output, which is a folder, is called as a file would be."""
    from specdsl.errors import UsageError

    path = Path(output or "")
    named = format_of_file(path.name)
    if named is None or path.is_dir():
        return
    folder = "" if str(path.parent) == "." else f" -o {path.parent}"
    raise UsageError(
        f"`{path}` is the name of a file, and -o takes a folder",
        f"-f {named}{folder or ' -o FOLDER'}; the dataset or its tables give files their names",
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
        **({"invalid": _invalid(result)} if result.manifest is not None and result.manifest.invalid else {}),
    }


def _invalid(result: BuildResult) -> dict[str, Any]:
    """The rows that break their schema on purpose."""
    assert result.manifest is not None
    assert result.manifest.invalid is not None
    found = result.manifest.invalid
    answers, schema = (str(result.out_dir / one.path) for one in (found.answers, found.schema))
    return {"share": found.asked["share"], "rows": dict(found.rows), "answers": answers, "schema": schema}


def _tell(result: BuildResult, terminal: Terminal, *, quietly: bool) -> None:
    """What came out, as a table and a line; what is wrong with it in any case."""
    from specdsl.cli.reporting import built_text, tell_report

    if result.report is not None and not result.ok:
        tell_report(result.report, terminal)
        terminal.tell(f"\nthe data breaks its own rules; nothing was written to {result.out_dir}")
    elif not quietly and not terminal.quiet:
        terminal.tell(built_text(result, terminal))
