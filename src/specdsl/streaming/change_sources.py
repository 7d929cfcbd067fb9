"""The change records of batches as what a stream sends: any of a table's by their numbers, made when they are
asked for.

The records of a table are numbered through all batches, in the order of their commits: in each batch its
inserts, its updates, its deletes. What comes after a delete to say that nothing more will come of its key (a
tombstone) is a record of its own.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.building.ahead import changing_of
from specdsl.building.change_files import changes_of
from specdsl.building.change_rows import ChangeRows, as_written
from specdsl.building.changing import Changing
from specdsl.building.job import Job
from specdsl.building.schemas import described_schema
from specdsl.changes.formats.debezium import LINES, TOMBSTONES, Messages, topic
from specdsl.changes.formats.plain import plain_rows, plain_schema
from specdsl.changes.records import Op
from specdsl.generate.generator import Generator
from specdsl.sinks.jsonl import object_lines
from specdsl.streaming.itinerary import CHUNK, Stretch
from specdsl.streaming.sources import Source
from specdsl.vectors.vector import BoolArray, Int64Array, UInt8Array

T = TypeVar("T")

_KEPT = 2  # batches of which what has been made for their rows is kept
_KEY = "key"  # the column of keys behind that of messages


@dataclass(frozen=True, slots=True)
class Span:
    """Records of one table that follow each other: ``op`` of batch ``batch`` (from 0, of those streamed).
    ``start``: the number of the first, ``count``: how many; ``seq`` and ``ordinal``: the number of the first
    change among all changes of the dataset, and among those of the table in the batch. ``each``: the records
    of a change."""

    batch: int
    op: Op
    start: int
    count: int
    seq: int
    ordinal: int
    each: int

    def changes(self, numbers: Int64Array) -> Int64Array:
        """Which of the span's changes the records ``numbers`` are of, from 0."""
        found: Int64Array = (numbers - self.start) // self.each
        return found

    def tombstones(self, numbers: Int64Array) -> BoolArray:
        """Which of the records ``numbers`` say that nothing more will come."""
        found: BoolArray = (numbers - self.start) % self.each == 1
        return found


class Recent(Generic[T]):
    """What ``make`` makes of a number, made again where it was not among the last that were asked for."""

    def __init__(self, make: Callable[[int], T]) -> None:
        self._make = make
        self._made: OrderedDict[int, T] = OrderedDict()

    def __getitem__(self, number: int) -> T:
        made = self._made.pop(number) if number in self._made else self._make(number)
        self._made[number] = made
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return made


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches to be streamed. ``makers``: what makes the rows of each before and after it."""

    jobs: Sequence[Job]
    makers: Recent[tuple[Generator, Generator]]

    @staticmethod
    def of(jobs: Sequence[Job]) -> Batches:
        """Those that ``jobs`` have decided."""

        def fresh(number: int) -> tuple[Generator, Generator]:
            changing = changing_of(jobs[number])
            return copy(changing.now), copy(changing.after)

        return Batches(jobs, Recent(fresh))


class ChangeSource(Source):
    """The records of one table. ``each``: how many a delete has."""

    noun = "record"
    ordered = True
    keyed = True

    def __init__(self, batches: Batches, name: str, schema: pa.Schema, each: int) -> None:
        held = batches.jobs[-1].held
        # Neither dirt nor partitions are of change records.
        self.dataset = replace(held, tables={n: replace(t, partition_by=()) for n, t in held.tables.items()})
        self.name = name
        self.schema = schema
        self.spans = list(_spans(batches.jobs, name, each))
        self.count = sum(span.count for span in self.spans)
        self._written = written_by_last(batches, name)
        self._starts = np.array([span.start for span in self.spans], dtype=np.int64)
        self._batches = batches

    def batch(self, start: int, stop: int) -> pa.RecordBatch:
        return self.take(np.arange(start, stop, dtype=np.int64))

    def take(self, rows: Int64Array) -> pa.RecordBatch:
        owners = self._owners(rows)
        every = np.unique(owners).tolist()
        if len(every) == 1:
            return self._made(self.spans[every[0]], rows)
        places = [np.flatnonzero(owners == owner) for owner in every]
        pieces = [self._made(self.spans[o], rows[at]) for o, at in zip(every, places, strict=True)]
        order = pa.array(np.argsort(np.concatenate(places), kind="stable"))
        columns = zip(*(piece.columns for piece in pieces), strict=True)
        arrays = [pa.concat_arrays(list(column)).take(order) for column in columns]
        return pa.RecordBatch.from_arrays(arrays, schema=pieces[0].schema)

    def values(self, column: str, start: int, stop: int) -> pa.Array[Any]:
        return self.batch(start, stop).column(column)

    def ops(self, rows: Int64Array) -> UInt8Array:
        """What each of these records is: its number among ``OPS`` of a summary."""
        owners = self._owners(rows)
        found = np.zeros(len(rows), np.uint8)
        for owner in np.unique(owners).tolist():
            at, span = owners == owner, self.spans[owner]
            found[at] = list(Op).index(span.op) + span.tombstones(rows[at])
        return found

    def _owners(self, rows: Int64Array) -> Int64Array:
        owners: Int64Array = np.searchsorted(self._starts, rows, side="right") - 1
        return owners

    def _made(self, span: Span, numbers: Int64Array) -> pa.RecordBatch:
        """Records of one span."""
        which = span.changes(numbers)
        changing = changing_of(self._batches.jobs[span.batch])
        now, after = self._batches.makers[span.batch]
        rows = _rows(changing, self.name, span.op, which)
        before = None if span.op is Op.INSERT else self._images(now, rows)
        # New rows are made as the batch sees those that were there: before its changes.
        later = None if span.op is Op.DELETE else self._images(now if before is None else after, rows)
        changes = ChangeRows(changing, self.name, self._written).made(
            span.op, span.seq + which, before, later, None
        )
        return self._formed(span, changes, span.ordinal + which, span.tombstones(numbers))

    def _images(self, generator: Generator, rows: Int64Array) -> pa.RecordBatch:
        return as_written(generator.take(self.name, rows), self._written)

    @abstractmethod
    def _formed(
        self, span: Span, changes: pa.RecordBatch, ordinals: Int64Array, tombstones: BoolArray
    ) -> pa.RecordBatch:
        """Changes as records; ``ordinals``: which of the table's in their batch they are."""


class PlainChanges(ChangeSource):
    """Records as rows."""

    def __init__(self, batches: Batches, name: str) -> None:
        super().__init__(batches, name, plain_schema(written_by_last(batches, name)), 1)
        self._key = self.dataset.tables[name].key

    def keys(self, batch: pa.RecordBatch) -> list[bytes | None]:
        if not self._key:
            return [None] * batch.num_rows
        fields = pa.schema([self.schema.field(name) for name in self._key])
        return list(bytes(object_lines(batch.select(list(self._key)), fields)).splitlines())

    def _formed(
        self, span: Span, changes: pa.RecordBatch, ordinals: Int64Array, tombstones: BoolArray
    ) -> pa.RecordBatch:
        return plain_rows(changes, self.schema)


class DebeziumMessages(ChangeSource):
    """Records as messages of Debezium, with their keys in a column behind them."""

    named = True

    def __init__(self, batches: Batches, name: str, values: Mapping[str, Any]) -> None:
        super().__init__(batches, name, LINES, 2 if values.get(TOMBSTONES.name) else 1)
        self._messages = Recent(
            lambda number: Messages(
                changes_of(batches.jobs[number], changing_of(batches.jobs[number]), name), values
            )
        )
        self._made_schema = pa.schema([*LINES, pa.field(_KEY, pa.string())])
        self.most = self._messages[len(batches.jobs) - 1].step

    @property
    def place(self) -> str:
        return topic(self.dataset.name, self.name)

    def keys(self, batch: pa.RecordBatch) -> list[bytes | None]:
        return [None if key == "null" else key.encode() for key in batch.column(_KEY).to_pylist()]

    def records(self, batch: pa.RecordBatch) -> list[Any]:
        return [json.loads(text) for text in batch.column(0).to_pylist()]

    def _formed(
        self, span: Span, changes: pa.RecordBatch, ordinals: Int64Array, tombstones: BoolArray
    ) -> pa.RecordBatch:
        messages = self._messages[span.batch]
        texts = messages.values(changes, ordinals)
        if tombstones.any():
            texts = pc.if_else(pa.array(tombstones), messages.tombstones(changes), texts)
        return pa.RecordBatch.from_arrays([texts, messages.keys(changes)], schema=self._made_schema)


def written_by_last(batches: Batches, name: str) -> pa.Schema:
    """The schema of the rows of table ``name``."""
    return described_schema(batches.jobs[-1].held, name)


def in_commit_order(sources: Sequence[ChangeSource], batches: Batches) -> Iterator[Stretch]:
    """The records of all sources in the order of their commits, which is that of their numbers; the seconds
    are those since the first one's."""
    spans = [(i, span) for i, source in enumerate(sources) for span in source.spans]
    spans.sort(key=lambda found: found[1].seq)
    first: int | None = None
    waiting: list[Stretch] = []
    for i, span in spans:
        log = changing_of(batches.jobs[span.batch]).log
        for start in range(span.start, span.start + span.count, CHUNK):
            numbers = np.arange(start, min(start + CHUNK, span.start + span.count), dtype=np.int64)
            committed = log.committed(span.seq + span.changes(numbers))
            first = int(committed[0]) if first is None else first
            tables = np.full(len(numbers), i, np.int16)
            kinds = np.zeros(len(numbers), np.uint8)
            waiting.append(Stretch(tables, numbers, (committed - first) / 1e6, kinds))
            if sum(map(len, waiting)) >= CHUNK:
                yield Stretch.joined(waiting)
                waiting = []
    if waiting:
        yield Stretch.joined(waiting)


def _spans(jobs: Sequence[Job], table: str, each: int) -> Iterator[Span]:
    start = 0
    for number, job in enumerate(jobs):
        log = changing_of(job).log.tables.get(table)
        if log is None:
            continue
        ordinal = 1
        counts = log.inserts, log.updates, log.deletes
        # Updates of a table whose roll-ups have followed come after its deletes.
        kinds = sorted(zip(log.sequence, Op, counts, strict=True), key=lambda kind: kind[0])
        for seq, op, count in kinds:
            of_change = each if op is Op.DELETE else 1
            if count:
                yield Span(number, op, start, count * of_change, seq, ordinal, of_change)
            start += count * of_change
            ordinal += count


def _rows(changing: Changing, table: str, op: Op, which: Int64Array) -> Int64Array:
    """The rows of a table that its changes ``which`` of this kind are about."""
    match op:
        case Op.INSERT:
            return changing.log.tables[table].first + which
        case Op.UPDATE:
            return changing.updates(table)[which]
        case Op.DELETE:
            return changing.deletes(table)[which]
