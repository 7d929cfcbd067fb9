"""Which row comes when: row numbers in the order in which rows are sent, before any row is made.

Rows can be made by their numbers, so that order, disorder and repetition are arithmetic on numbers, and what
is held back costs a few bytes a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from specdsl.generate.sorted_rows import Keyed, SortedRows, sort_rows
from specdsl.streaming.sources import Source
from specdsl.vectors.vector import Float64Array, Int64Array

PLAIN, LATE, OUT_OF_ORDER, DUPLICATE = 0, 1, 2, 3

CHUNK = 8_192
"""Rows looked at together."""
_NEVER = int(np.iinfo(np.int64).max)  # of rows without a time


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows in order. All arrays have shape (n,). ``tables``: which of the sources; ``rows``: their
    numbers; ``seconds``: when they happen in the stream's own time, ascending (zeros where nothing says);
    ``kinds``: PLAIN, LATE, ..."""

    tables: NDArray[np.int16]
    rows: Int64Array
    seconds: Float64Array
    kinds: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, start: int, stop: int) -> Stretch:
        """Rows ``start .. stop - 1`` of it."""
        some = slice(start, stop)
        return Stretch(self.tables[some], self.rows[some], self.seconds[some], self.kinds[some])

    @staticmethod
    def joined(some: Sequence[Stretch]) -> Stretch:
        """One behind the other."""
        return Stretch(*(np.concatenate([getattr(s, f.name) for s in some]) for f in fields(Stretch)))

    def at(self, seconds: Float64Array) -> Stretch:
        """The same rows at other moments."""
        return Stretch(self.tables, self.rows, seconds, self.kinds)


def in_row_order(sources: Sequence[Source]) -> Iterator[Stretch]:
    """The rows of each source, one source after the other, as a build writes them."""
    for i, source in enumerate(sources):
        for start in range(0, source.count, CHUNK):
            rows = np.arange(start, min(source.count, start + CHUNK), dtype=np.int64)
            yield _stretch(i, rows, np.zeros(len(rows)))


def in_time_order(sources: Sequence[Source], columns: Sequence[str]) -> Iterator[Stretch]:
    """The rows of all sources by the moments in ``columns`` (one for each source); among equal moments by
    source, then by number; rows without one come last. Where rows do not stand in that order already, one
    pass over that column sorts their numbers, on disk where they are many."""
    lanes = [_Lane(i, s, c) for i, (s, c) in enumerate(zip(sources, columns, strict=True))]
    first: int | None = None
    last = 0.0
    while True:
        for lane in lanes:
            lane.fill()
        waiting = [lane for lane in lanes if len(lane.times)]
        if not waiting:
            return
        bound = min(int(lane.times[-1]) for lane in waiting)
        pieces = [(lane.index, *lane.until(bound)) for lane in waiting]
        times = np.concatenate([p[2] for p in pieces])
        order = np.argsort(times, kind="stable")
        times = times[order]
        first = int(times[0]) if first is None else first
        seconds = np.where(times == _NEVER, last, times / 1e6 - first / 1e6)
        seconds = np.maximum.accumulate(seconds)
        last = float(seconds[-1])
        tables = np.concatenate([np.full(len(p[1]), p[0], np.int16) for p in pieces])[order]
        rows = np.concatenate([p[1] for p in pieces])[order]
        yield Stretch(tables, rows, seconds, np.zeros(len(rows), np.uint8))


def micros(values: pa.Array[Any]) -> Int64Array:
    """Timestamps or dates as microseconds since the epoch; the greatest number where null."""
    if pa.types.is_date32(values.type):
        whole = values.cast(pa.int32()).cast(pa.int64())
        scale = 86_400_000_000
    else:
        whole, scale = values.cast(pa.timestamp("us", tz=values.type.tz)).cast(pa.int64()), 1
    numbers = np.asarray(whole.fill_null(0)) * scale
    if values.null_count:
        numbers = np.where(np.asarray(whole.is_null()), _NEVER, numbers)
    return numbers.astype(np.int64, copy=False)


class _Lane:
    """One source's rows in the order of time, as far as they are looked at."""

    def __init__(self, index: int, source: Source, column: str) -> None:
        self.index = index
        self._source = source
        self._column = column
        self._sorted = None if _is_ascending(source, column) else _sorted(source, column)
        self._at = 0
        self.times = np.empty(0, np.int64)
        self._rows = np.empty(0, np.int64)

    def fill(self) -> None:
        if len(self.times) or self._at >= self._source.count:
            return
        start, stop = self._at, min(self._source.count, self._at + CHUNK)
        if self._sorted is None:
            self._rows = np.arange(start, stop, dtype=np.int64)
            self.times = micros(self._source.values(self._column, start, stop))
        else:
            assert self._sorted.order is not None
            self._rows = self._sorted.rows.read(start, stop)
            self.times = self._sorted.order.read(start, stop)
        self._at = stop

    def until(self, bound: int) -> tuple[Int64Array, Int64Array]:
        """The rows up to moment ``bound``, and their moments; they are behind us then."""
        stop = int(np.searchsorted(self.times, bound, "right"))
        made = self._rows[:stop], self.times[:stop]
        self._rows, self.times = self._rows[stop:], self.times[stop:]
        return made


def _stretch(index: int, rows: Int64Array, seconds: Float64Array) -> Stretch:
    n = len(rows)
    return Stretch(np.full(n, index, np.int16), rows, seconds, np.zeros(n, np.uint8))


def _is_ascending(source: Source, column: str) -> bool:
    last = int(np.iinfo(np.int64).min)
    for start in range(0, source.count, CHUNK):
        times = micros(source.values(column, start, min(source.count, start + CHUNK)))
        if int(times[0]) < last or bool(np.any(times[1:] < times[:-1])):
            return False
        last = int(times[-1])
    return True


def _sorted(source: Source, column: str) -> SortedRows:
    def compute(rows: Int64Array) -> Keyed:
        if len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1:
            times = micros(source.values(column, int(rows[0]), int(rows[-1]) + 1))
        else:
            times = micros(source.take(rows).column(column))
        return Keyed(times.view(np.uint64) ^ np.uint64(1 << 63), times)

    return sort_rows(source.count, compute, None)
