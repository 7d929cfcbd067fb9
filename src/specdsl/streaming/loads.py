"""Rows made and made into text, ready to be sent in slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.errors import DataError
from specdsl.sinks.jsonl import object_lines
from specdsl.streaming.itinerary import Stretch
from specdsl.streaming.sources import Source
from specdsl.vectors.json_strings import quoted_text
from specdsl.vectors.vector import Float64Array, Int64Array, UInt8Array

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """Some rows in the order in which they are sent. ``due``: when, in seconds since the start. ``batches``:
    each table's rows, with their places in the load. ``ops``: what each is, where sources count that.
    ``lines``: their JSON texts, one after the other, each
    with its newline; row i is ``lines[ends[i]:ends[i + 1]]`` (nothing where no text was asked for)."""

    sources: Sequence[Source]
    tables: NDArray[np.int16]
    kinds: NDArray[np.uint8]
    due: Float64Array
    batches: Sequence[tuple[int, pa.RecordBatch, Int64Array]]
    ops: UInt8Array | None
    lines: memoryview = field(repr=False)
    ends: Int64Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.due)

    def text(self, start: int, stop: int) -> memoryview:
        """The lines of rows ``start .. stop - 1``."""
        return self.lines[int(self.ends[start]) : int(self.ends[stop])]

    def texts(self, start: int, stop: int) -> Iterator[tuple[str, bytes]]:
        """The table and the JSON text of each of these rows, without newlines."""
        names = [source.name for source in self.sources]
        edges = self.ends[start : stop + 1].tolist()
        for i, table in enumerate(self.tables[start:stop].tolist()):
            yield names[table], bytes(self.lines[edges[i] : edges[i + 1] - 1])

    def parts(self, start: int, stop: int) -> Iterator[tuple[Source, pa.RecordBatch]]:
        """The rows ``start .. stop - 1`` as a batch for each table that has some among them."""
        for table, batch, places in self.batches:
            low, high = np.searchsorted(places, [start, stop]).tolist()
            if low < high:
                source = self.sources[table]
                yield source, _of_schema(source, batch.slice(low, high - low))

    def column(self, name: str, start: int, stop: int) -> list[Any]:
        """The values of column ``name``, which every table has, in these rows."""
        out: list[Any] = [None] * (stop - start)
        for _, batch, places in self.batches:
            low, high = np.searchsorted(places, [start, stop]).tolist()
            values = batch.column(name).slice(low, high - low).to_pylist()
            for at, value in zip(places[low:high].tolist(), values, strict=True):
                out[at - start] = value
        return out

    def keys(self, start: int, stop: int) -> list[bytes | None]:
        """The keys of these rows, as texts."""
        out: list[bytes | None] = [None] * (stop - start)
        for table, batch, places in self.batches:
            low, high = np.searchsorted(places, [start, stop]).tolist()
            keys = self.sources[table].keys(batch.slice(low, high - low))
            for at, key in zip(places[low:high].tolist(), keys, strict=True):
                out[at - start] = key
        return out

    def records(self, start: int, stop: int) -> Iterator[tuple[str, Record]]:
        """Each of these rows as Python values by column, with its table's name."""
        found: dict[int, tuple[str, Record]] = {}
        for table, batch, places in self.batches:
            low, high = np.searchsorted(places, [start, stop]).tolist()
            made = self.sources[table].records(batch.slice(low, high - low))
            name = self.sources[table].name
            found.update((at, (name, row)) for at, row in zip(places[low:high].tolist(), made, strict=True))
        for at in range(start, stop):
            yield found[at]


def loaded(sources: Sequence[Source], stretch: Stretch, text: str) -> Load:
    """The rows of ``stretch``, whose seconds are when they are due. ``text``: "" for none, "rows" for a JSON
    text of each row, "envelopes" for objects that name the table too. Raises GenerationError."""
    batches = []
    ops: UInt8Array | None = None
    for table in np.unique(stretch.tables).tolist():
        places = np.flatnonzero(stretch.tables == table)
        batches.append((table, _made(sources[table], stretch.rows[places]), places))
        own = sources[table].ops(stretch.rows[places])
        if own is not None:
            ops = np.zeros(len(stretch), np.uint8) if ops is None else ops
            ops[places] = own
    lines, ends = memoryview(b""), np.zeros(1, np.int64)
    if text and len(stretch):
        lines, ends = _lines(sources, batches, envelopes=text == "envelopes")
    return Load(sources, stretch.tables, stretch.kinds, stretch.seconds, batches, ops, lines, ends)


def _made(source: Source, rows: Int64Array) -> pa.RecordBatch:
    first = int(rows[0])
    if int(rows[-1]) - first == len(rows) - 1 and bool(np.all(np.diff(rows) == 1)):
        return source.batch(first, first + len(rows))
    return source.take(rows)


def _of_schema(source: Source, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The columns that are written."""
    return batch if batch.num_columns == len(source.schema) else batch.select(source.schema.names)


def _lines(
    sources: Sequence[Source], batches: Sequence[tuple[int, pa.RecordBatch, Int64Array]], *, envelopes: bool
) -> tuple[memoryview, Int64Array]:
    texts = []
    for table, batch, _ in batches:
        source = sources[table]
        text = object_lines(_of_schema(source, batch), source.schema)
        ends = _ends(text, batch.num_rows)
        if not envelopes and len(batches) == 1:
            return text, ends
        lines = _strings(text, ends)
        if envelopes:
            head, end, nothing = (
                pa.scalar(part.encode(), pa.binary())
                for part in (f'{{"table":{quoted_text(source.name)},"row":', "}\n", "")
            )
            lines = pc.binary_join_element_wise(head, pc.binary_slice(lines, 0, -1), end, nothing)
        texts.append(lines)
    places = np.concatenate([places for _, _, places in batches])
    woven = pa.concat_arrays(texts).take(pa.array(np.argsort(places, kind="stable")))
    edges = np.frombuffer(woven.buffers()[1], np.int32)[: len(woven) + 1].astype(np.int64)
    return memoryview(woven.buffers()[2]), edges


def _ends(text: memoryview, rows: int) -> Int64Array:
    """Where each line begins, and where the last one ends: JSON has no newline of its own in a line."""
    found = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    if len(found) != rows:
        raise DataError("a row's JSON text has a line break of its own in it, so that no line can hold it")
    return np.concatenate([np.zeros(1, np.int64), found + 1])


def _strings(text: memoryview, ends: Int64Array) -> pa.Array[Any]:
    offsets = pa.py_buffer(ends.astype(np.int32))
    return pa.Array.from_buffers(pa.binary(), len(ends) - 1, [None, offsets, pa.py_buffer(text)])
