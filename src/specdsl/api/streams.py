"""Rows at a pace: a stream to loop over, or to send to files, servers and brokers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from specdsl.api import stream_arguments as arguments
from specdsl.diagnostics.nearest import nearest
from specdsl.errors import UsageError

if TYPE_CHECKING:
    from specdsl.api.data import Data
    from specdsl.streaming.disorder import Disorder
    from specdsl.streaming.itinerary import Stretch
    from specdsl.streaming.pacing import Stop
    from specdsl.streaming.sources import Source
    from specdsl.streaming.stream import Request
    from specdsl.streaming.stream import Stream as Core
    from specdsl.streaming.summary import Summary
    from specdsl.streaming.targets.base import Settings, Target

Record = dict[str, Any]


class Stream:
    """Rows, each when it is due: ``(table, record)`` in a loop, ``async for`` too. Every loop begins anew,
    with the same rows. Loops raise SpecError where a row cannot be made."""

    def __init__(self, data: Data, core: Core) -> None:
        self._data = data
        self._core = core
        self.notes: list[str] = []
        """What is worth knowing before it begins."""

    def __repr__(self) -> str:
        return f"<stream of {', '.join(source.name for source in self._core.sources)}>"

    @property
    def unfinished(self) -> Summary | None:
        """What the last ``send`` came to, if it failed; None otherwise."""
        return self._core.unfinished

    @property
    def available(self) -> int:
        """How many rows the tables have, without those that are sent twice."""
        return self._core.available()

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        with self._data.failures():
            yield from self._core

    async def __aiter__(self) -> AsyncIterator[tuple[str, Record]]:
        with self._data.failures():
            async for item in self._core:
                yield item

    def send(
        self,
        to: str | PathLike[str] = "-",
        *,
        options: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        format: str | None = None,
        compression: str | None = None,
        every: str | None = None,
        append: bool = False,
        envelope: bool = False,
        stop: Stop | None = None,
    ) -> Summary:
        """Send all rows to ``to``, as ``specdsl stream --to`` does: "-", a folder, or an address. ``stop``
        can be set by another thread to end it. Raises SpecError, UsageError, DataError,
        EnvironmentFailure."""
        from specdsl.streaming.targets.base import Settings
        from specdsl.streaming.targets.registry import target_at

        for name, text in (("format", format), ("compression", compression), ("every", every)):
            arguments.require_text(name, text)
        address = arguments.address_of(to)
        values = tuple((k, arguments.as_text(v)) for k, v in arguments.pairs_of("options", options))
        given = tuple((k, str(v)) for k, v in arguments.pairs_of("headers", headers))
        settings = Settings(values, given, format, compression, every, append, envelope)
        with self._data.failures():
            self._require_options(settings, address)
            return self._sent(target_at(address, settings), stop)

    def _require_options(self, settings: Settings, to: str) -> None:
        """Raises UsageError where there is more to say of an option than the target has to."""

    def _sent(self, target: Target, stop: Stop | None) -> Summary:
        return self._core.send(target, stop)


@dataclass(frozen=True, slots=True)
class Pace:
    """When rows are sent, how many, and in which disorder: as ``Data.stream`` takes it."""

    rate: str | float | None = None
    speed: str | float | None = None
    duration: str | float | None = None
    rows: int | None = None
    late: str | None = None
    duplicates: str | None = None
    out_of_order: str | None = None
    day: float = 0.0

    def request(
        self,
        seed: int,
        times: Sequence[str] | None = None,
        order: Callable[[], Iterator[Stretch]] | None = None,
    ) -> Request:
        """What is asked of a stream. Raises UsageError."""
        from specdsl.streaming import quantities
        from specdsl.streaming.rates import parse_rate
        from specdsl.streaming.stream import Request

        if self.rate is not None and self.speed is not None:
            raise UsageError("a rate and a speed are two paces", "give one of them")
        arguments.require_rows(self.rows)
        arguments.require_day(self.day)
        pace = None if self.rate is None else parse_rate(arguments.rate_text(self.rate))
        fast = quantities.speed(str(self.speed)) if self.speed is not None else None
        asked = self.duration
        if isinstance(asked, str):
            seconds: float | None = quantities.duration(asked, "--for")
        else:
            seconds = None if asked is None else arguments.seconds_of(asked)
        if self.late is not None and pace is None and fast is None:
            raise UsageError("rows that are late need a pace to be late at", "--rate 100/s, or --speed 1x")
        disorder = _disorder(self.late, self.duplicates, self.out_of_order)
        return Request(times, pace, fast, seconds, self.rows, disorder, seed, self.day, order)


def stream_of(data: Data, names: Sequence[str], pace: Pace, time: str | Mapping[str, str] | None) -> Stream:
    """See ``Data.stream``."""
    from specdsl.streaming.stream import Stream as Core

    arguments.require_time(time)
    tables = _tables(data, names)
    by_time = len(tables) > 1 or pace.speed is not None or time is not None
    times = [_time_column(data, table, time) for table in tables] if by_time else None
    request = pace.request(data.seed, times)
    stream = Stream(data, Core([_source(data, table) for table in tables], request))
    stream.notes += [
        f"note: rows of `{name}` are sent as they are before they are spoiled: only builds do that"
        for name in tables
        if data.dataset.tables[name].dirt
    ]
    return stream


def _disorder(late: str | None, duplicates: str | None, out_of_order: str | None) -> Disorder:
    from specdsl.streaming.disorder import Disorder
    from specdsl.streaming.quantities import share

    given = {"late": late, "duplicates": duplicates, "out_of_order": out_of_order}
    for name, text in given.items():
        arguments.require_text(name, text)
    return Disorder(
        None if late is None else share(late, "--late", timed=True, default="1m"),
        None
        if out_of_order is None
        else share(out_of_order, "--out-of-order", timed=False, default="10 rows"),
        None if duplicates is None else share(duplicates, "--duplicates", timed=False, default="100 rows"),
    )


def _tables(data: Data, names: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(names))
    if not found:
        if len(data.tables) > 1:
            raise UsageError("which table is to be streamed?", f"name one of {', '.join(data.tables)}")
        return list(data.tables)
    require_known(data, found)
    return found


def require_known(data: Data, names: Sequence[str]) -> None:
    """Raises UsageError for a name that is not a table."""
    for name in names:
        if name not in data.tables:
            near = nearest(str(name), data.tables)
            hint = f"did you mean `{near}`?" if near else f"the tables are {', '.join(data.tables)}"
            raise UsageError(f"there is no table `{name}`", hint)


def _time_column(data: Data, table: str, asked: str | Mapping[str, str] | None) -> str:
    """The column by whose moments the rows of ``table`` are in order. Raises UsageError."""
    from specdsl.streaming.sources import time_columns

    found = time_columns(data.dataset, table)
    named = asked if isinstance(asked, str) else (asked or {}).get(table)
    if named is not None:
        column = data.dataset.tables[table].columns.get(named)
        if column is None or column.hidden:
            near = nearest(named, [c for c, d in data.dataset.tables[table].columns.items() if not d.hidden])
            raise UsageError(
                f"`{table}` has no column `{named}`",
                f"did you mean `{near}`?" if near else f"its moments are in {', '.join(found) or 'none'}",
            )
        if str(column.type) not in ("timestamp", "date"):
            raise UsageError(f"`{table}.{named}` is no timestamp or date, but {column.type}")
        return named
    if not found:
        raise UsageError(
            f"`{table}` has no column of timestamps or dates, by which its rows could be in order",
            "stream it alone with --rate, or add such a column",
        )
    if len(found) > 1:
        raise UsageError(
            f"`{table}` has several columns of moments: {', '.join(found)}", f"--time {table}={found[0]}"
        )
    return found[0]


def _source(data: Data, table: str) -> Source:
    from specdsl.streaming.sources import GeneratedRows, KeptRows

    with data.failures():
        if data[table].is_derived:
            return KeptRows(data.derived.table(table), table, data.dataset)
        return GeneratedRows(data.generator, table)
