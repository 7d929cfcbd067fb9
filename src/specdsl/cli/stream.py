"""``specdsl stream``: rows at a declared pace, to standard output, files, servers and brokers."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from specdsl.changes.names import CHANGE_FORMS, STREAMED_FORMS
from specdsl.cli.options import (
    ALLOW,
    DATABASE,
    EDGE,
    PLUGIN,
    SEED,
    SPEC,
    ChangesForm,
    FormatOption,
    Moment,
    RowCount,
    Scale,
    Whole,
    command_line,
    stop,
)
from specdsl.cli.terminal import Terminal, forget
from specdsl.errors import ExitStatus, SpecdslError, UsageError

if TYPE_CHECKING:
    from specdsl.api.data import Data
    from specdsl.api.streams import Stream
    from specdsl.compiler import Overrides
    from specdsl.streaming.pacing import Stop
    from specdsl.streaming.summary import Summary

_TERMINATED = 128 + signal.SIGTERM
_MORE = "--rows TABLE=N or --scale makes more"
_SWITCH = 0.0005  # seconds after which the thread that makes rows lets the one that sends them run


class Header(click.ParamType[tuple[str, str]]):
    """``NAME: VALUE``, as HTTP has it."""

    name = "NAME: VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, colon, text = str(value).partition(":")
        if not colon or not name.strip() or any(c.isspace() for c in name.strip()):
            self.fail(f"{value!r} is not NAME: VALUE, such as 'X-Source: test'", param, ctx)
        if "\n" in text or "\r" in text:
            self.fail("a header has no line breaks", param, ctx)
        return name.strip(), text.strip()


class TimeColumn(click.ParamType[tuple[str | None, str]]):
    """``COLUMN``, or ``TABLE=COLUMN``."""

    name = "[TABLE=]COLUMN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str | None, str]:
        if isinstance(value, tuple):
            return value
        table, equals, column = str(value).rpartition("=")
        if not column or (equals and not table):
            self.fail(f"{value!r} is neither COLUMN nor TABLE=COLUMN, such as orders=placed_at", param, ctx)
        return table or None, column


@click.command("stream")
@SPEC
@click.option(
    "-t",
    "--table",
    "tables",
    metavar="TABLE",
    multiple=True,
    help="What to stream; several tables are interleaved by time. Of changes all tables if not given.",
)
@click.option(
    "--changes",
    type=ChangesForm(CHANGE_FORMS, STREAMED_FORMS),
    is_flag=False,
    flag_value=CHANGE_FORMS[0],
    metavar="[FORM]",
    help=f"Stream the change records of batches, in the order of commits: {', '.join(STREAMED_FORMS)}.",
)
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(),
    help="With --changes: the next batch of what this file knows of, which has it when all was sent.",
)
@click.option(
    "--batches",
    metavar="N",
    type=Whole(1, 100_000),
    default=1,
    show_default=True,
    help="With --changes: so many batches, one after the other.",
)
@click.option(
    "--to",
    "address",
    metavar="TARGET",
    default="-",
    show_default=True,
    help="- (standard output), a folder, or the address of a server or broker.",
)
@click.option(
    "--rate",
    metavar="RATE",
    help="500/s, 10..50/s, 'poisson 500/s', 'daily 10..50/s', 'bursts 10..500/s every 30s for 5s', max.",
)
@click.option("--speed", metavar="X", help="Replay the time in the data: 1x as it happened, 60x ...")
@click.option("--for", "duration", metavar="DURATION", help="End after so long, such as 30s or 1h.")
@click.option(
    "--rows",
    type=RowCount(growing=True),
    multiple=True,
    help="N: end after so many rows; TABLE=N: instead of the row count in the spec; TABLE=+N: so many more "
    "than the checkpoint has.",
)
@click.option("--scale", type=Scale(), help="Multiply the row counts in the spec.")
@SEED
@EDGE
@click.option("--now", type=Moment(), help="Instead of the dataset's now; the clock of a batch.")
@click.option(
    "--time", "times", type=TimeColumn(), multiple=True, help="The column that tells when a row happens."
)
@click.option("--late", metavar="SHARE", help="Rows that come late: '2% up to 10m'.")
@click.option("--duplicates", metavar="SHARE", help="Rows that come twice: 1%, or '1% up to 50 rows' later.")
@click.option("--out-of-order", metavar="SHARE", help="Rows that others overtake: 5%, or '5% up to 20 rows'.")
@click.option("--envelope", is_flag=True, help="Name the table in each message; so it is for several tables.")
@click.option("-f", "--format", "form", metavar="FORMAT", help="Of files: one of a build's. [default: jsonl]")
@click.option("--compression", metavar="C", help="Of files: one of the format's.")
@click.option("--every", metavar="WHEN", help="When files begin a new part: 60s, or 10_000rows.")
@click.option("--append", is_flag=True, help="Go on behind the parts that are in the folder already.")
@click.option(
    "-O",
    "--option",
    "values",
    metavar="KEY=VALUE",
    type=FormatOption(),
    multiple=True,
    help="An option of the target, of the files' format or of the change records; may be repeated.",
)
@click.option("--header", "headers", type=Header(), multiple=True, help="Of HTTP requests; may be repeated.")
@DATABASE
@ALLOW
@PLUGIN
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@command_line
def command(terminal: Terminal, spec: str, **given: Any) -> None:
    """Send rows of FILE at a pace. They are the rows that a build makes; a summary comes last, on standard
    error. Addresses begin with http://, kafka://, nats://, amqp://, redis://, mqtt:// or ws://."""
    from specdsl.api.data import Data
    from specdsl.cli.compiling import checked
    from specdsl.cli.counts import require_counts, require_tables

    if given["changes"] is None:
        _require_none_of_changes(given)
    overrides, rows = _counts(given)
    compilation, dataset, files = checked(
        spec, terminal, overrides, given["allow"], given["plugins"], given["databases"]
    )
    require_tables(dataset, given["tables"])
    require_counts(dataset, overrides)
    data = Data(compilation, files, given["plugins"])
    _run(terminal, data, rows, given)


def _run(terminal: Terminal, data: Data, rows: int | None, given: dict[str, Any]) -> None:
    from specdsl.api.failures import SpecError

    sys.setswitchinterval(_SWITCH)
    try:
        stream, options = _stream(data, rows, given)
        alone = given["as_json"] and given["address"] == "-"  # then standard error has the summary
        for note in () if alone else stream.notes:
            terminal.say(note)
        if rows is not None and rows > stream.available:
            warning = terminal.style("warning", fg="yellow", bold=True)
            noun = "rows" if given["changes"] is None else "records"
            terminal.say(f"{warning}: there are {stream.available:,} {noun}, not {rows:,}; {_more(given)}")
        with _stopping() as stopper, _telling(terminal, stream, given):
            summary = stream.send(
                given["address"],
                options=options,
                headers=dict(given["headers"]),
                format=given["form"],
                compression=given["compression"],
                every=given["every"],
                append=given["append"],
                envelope=given["envelope"],
                stop=stopper,
            )
    except SpecError as failure:
        terminal.diagnostics(failure.diagnostics, failure.sources)
        stop(ExitStatus.WRONG)
    if summary.ended == "closed":
        forget(sys.stdout)
    _tell(terminal, summary, given)
    status = {"interrupted": int(ExitStatus.INTERRUPTED), "terminated": _TERMINATED}.get(summary.ended, 0)
    stop(status or (ExitStatus.ENVIRONMENT if summary.delivery.failed else ExitStatus.DONE))


def _stream(data: Data, rows: int | None, given: dict[str, Any]) -> tuple[Stream, dict[str, str]]:
    """The stream that is asked for, and the options of where it goes."""
    from specdsl.api.streams import Pace, stream_of

    names = "rate", "speed", "duration", "late", "duplicates", "out_of_order"
    pace = Pace(rows=rows, day=_seconds_of_day(), **{name: given[name] for name in names})
    options = dict(given["values"])
    if given["changes"] is None:
        return stream_of(data, given["tables"], pace, _times(given["times"], given["tables"])), options
    from specdsl.api.change_streams import change_stream_of
    from specdsl.cli.batches import batches_of_stream

    if given["times"]:
        raise UsageError("--time is not for change records: their order is that of the commits")
    asked, checkpoint, rest = batches_of_stream(given, data.dataset)
    return change_stream_of(data, given["tables"], pace, asked, checkpoint), rest


def _require_none_of_changes(given: dict[str, Any]) -> None:
    """Raises UsageError for what is about batches, where no change records are asked for."""
    asked = {
        "--checkpoint": given["checkpoint"] is not None,
        "--batches": given["batches"] != 1,
        "--rows TABLE=+N": any(rows.more for rows in given["rows"]),
    }
    for name, is_given in asked.items():
        if is_given:
            raise UsageError(f"{name} is about batches", "--changes debezium streams what batches change")


def _more(given: dict[str, Any]) -> str:
    return _MORE if given["changes"] is None else "--batches N makes more"


@contextmanager
def _telling(terminal: Terminal, stream: Stream, given: dict[str, Any]) -> Iterator[None]:
    """Before the failure that ends a stream, say how far it got, and what the checkpoint has."""
    try:
        yield
    except SpecdslError:
        found = stream.unfinished
        if found is not None and (given["as_json"] or found.total or found.recorded is not None):
            _tell(terminal, found, given)
        raise


def _tell(terminal: Terminal, summary: Summary, given: dict[str, Any]) -> None:
    """The summary, for people or for programs: those have standard error where the rows have the other."""
    from specdsl.cli.streamed import summary_text

    if not given["as_json"]:
        terminal.say(summary_text(summary))
    elif given["address"] == "-":
        terminal.tell(json.dumps(summary.to_json(), indent=2, ensure_ascii=False))
    else:
        terminal.out(json.dumps(summary.to_json(), indent=2, ensure_ascii=False) + "\n")


def _counts(given: dict[str, Any]) -> tuple[Overrides, int | None]:
    """What the row counts of the spec are replaced by, and after how many rows the stream ends."""
    from specdsl.cli.counts import overrides_of

    ends = [asked.rows for asked in given["rows"] if asked.table is None]
    if len(ends) > 1:
        raise UsageError(
            "--rows N is given twice", "the stream ends after N rows; TABLE=N is a table's count"
        )
    named = [asked for asked in given["rows"] if asked.table is not None]
    overrides = overrides_of(named, given["scale"], given["seed"], given["edge"], given["now"])
    return overrides, ends[0] if ends else None


def _times(given: Sequence[tuple[str | None, str]], tables: Sequence[str]) -> str | dict[str, str] | None:
    everywhere = [column for table, column in given if table is None]
    named = {table: column for table, column in given if table is not None}
    if len(everywhere) > 1 or (everywhere and named):
        raise UsageError("--time is given twice", "name the tables: --time users=joined --time orders=placed")
    for table in named:
        if tables and table not in tables:
            raise UsageError(f"--time names `{table}`, which is not streamed", f"-t {table}")
    return everywhere[0] if everywhere else named or None


def _seconds_of_day() -> float:
    now = datetime.now(UTC)
    return now.hour * 3_600 + now.minute * 60 + now.second + now.microsecond / 1e6


@contextmanager
def _stopping() -> Iterator[Stop]:
    """Ctrl-C and SIGTERM end the stream in good order; the second one ends it at once."""
    from specdsl.streaming.pacing import Stop

    stopper = Stop()
    reasons = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
    before = {number: signal.getsignal(number) for number in reasons}

    def handle(number: int, _frame: object) -> None:
        stopper.set(reasons[signal.Signals(number)])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    for number in reasons:
        signal.signal(number, handle)
    try:
        yield stopper
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
