"""A table as it is written: its own rows, some of them spoiled, and after them the copies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa

from specdsl.datatypes.counterparts import arrow_type
from specdsl.generate.ahead import made_ahead
from specdsl.generate.dirt.choosing import Chosen, choose
from specdsl.generate.dirt.spoiling import Spoiled
from specdsl.generate.engine import Engine
from specdsl.generate.errors import GenerationError
from specdsl.ir.model import DirtKind
from specdsl.ir.spoiled import written_table
from specdsl.vectors import selection
from specdsl.vectors.arrow import to_arrow
from specdsl.vectors.vector import Int64Array, Vector

_ANSWERS = 1 << 14  # spoiled rows that are told together


class SpoiledTable:
    """The rows that the engine's batch makes of ``table``, with its dirt. Numbers go on after the table's own
    rows: first those of exact copies, then those of copies that differ. Safe to use from several threads."""

    def __init__(self, engine: Engine, table: str) -> None:
        """Raises GenerationError where too few rows can be spoiled as declared."""
        self._engine = engine
        self.clean = engine.dataset.tables[table]
        self.written = written_table(self.clean)
        self.first = engine.start(table)
        self.clean_rows = engine.row_count(table)
        self.chosen = choose(engine, table)
        self._changes = [one for one in self.chosen if not one.is_copy]
        copies = [one for one in self.chosen if one.is_copy]
        self._copies = sorted(copies, key=lambda one: one.spoiling.dirt.kind is DirtKind.NEAR)
        ends = np.cumsum([len(one.rows) for one in self._copies], dtype=np.int64)
        self._starts = [self.clean_rows, *(self.clean_rows + ends).tolist()]

    @property
    def rows(self) -> int:
        """How many rows are written, those of earlier batches included."""
        return int(self._starts[-1])

    def schema(self) -> pa.Schema:
        """The Arrow schema of the written columns."""
        columns = (c for c in self.written.columns.values() if not c.hidden)
        return pa.schema([pa.field(c.name, arrow_type(c.type), c.nullable) for c in columns])

    def batches(self, start: int, stop: int, batch_rows: int, workers: int = 1) -> Iterator[pa.RecordBatch]:
        """The written rows ``start .. stop - 1`` in order, at most ``batch_rows`` at a time, made by
        ``workers`` threads that stay a few batches ahead. Strings may come as dictionaries. Raises
        GenerationError."""
        edges = {e for e in self._starts if start < e < stop}
        cuts = sorted({*range(start, stop, batch_rows), *edges, stop})
        ranges = pairwise(cuts)
        return made_ahead([partial(self.batch, a, b) for a, b in ranges], workers)

    def batch(self, start: int, stop: int) -> pa.RecordBatch:
        """The written rows ``start .. stop - 1``, all of them copies of one kind or none a copy."""
        vectors = self._own(start, stop) if start < self.clean_rows else self._copied(start, stop)
        names = [c.name for c in self.written.columns.values() if not c.hidden]
        arrays = [self._array(name, vectors[name]) for name in names]
        return pa.RecordBatch.from_arrays(arrays, names=names)

    def _array(self, name: str, vector: Vector) -> pa.Array:
        typed = selection.as_type(vector, self.written.columns[name].type)
        return to_arrow(typed, keep_dictionary=True)

    def _columns(self, numbers: Int64Array) -> dict[str, Vector]:
        rows = self._engine.rowset(self.clean.name, numbers)
        found = {}
        for column in self.clean.columns.values():
            if not column.hidden:
                try:
                    found[column.name] = rows.column(column.name)
                except GenerationError as error:
                    raise error.at(self.clean.name, column.name) from None
        return found

    def _own(self, start: int, stop: int) -> dict[str, Vector]:
        vectors = self._columns(np.arange(start, stop, dtype=np.int64))
        for one in self._changes:
            low, high = np.searchsorted(one.rows, [start, stop])
            if low < high:
                spoiled = self._spoil(one, int(low), int(high))
                _put(vectors, spoiled, one.rows[low:high] - start)
        return vectors

    def _copied(self, start: int, stop: int) -> dict[str, Vector]:
        number = next(i for i, end in enumerate(self._starts[1:]) if start < end)
        one, first = self._copies[number], self._starts[number]
        vectors = self._columns(one.rows[start - first : stop - first])
        if one.spoiling.dirt.kind is DirtKind.NEAR:
            _put(vectors, self._spoil(one, start - first, stop - first), np.arange(stop - start))
        return vectors

    def _spoil(self, one: Chosen, low: int, high: int) -> Spoiled:
        rows = self._engine.rowset(self.clean.name, one.rows[low:high])
        rows.settle_all()
        return one.spoiling.spoil(rows, one.donors[low:high])

    # --- the answer key ------------------------------------------------------------------------

    def answers(self) -> Iterator[tuple[Chosen, Int64Array, dict[str, Vector], Spoiled | None]]:
        """The spoiled rows, some at a time and of one kind, in the order of the text: the kind, the numbers
        that they have among the rows that the batch writes, their clean values by column, and what was
        changed (None: nothing)."""
        for one in self.chosen:
            first = self._starts[self._copies.index(one)] if one.is_copy else 0
            for low in range(0, len(one.rows), _ANSWERS):
                high = min(low + _ANSWERS, len(one.rows))
                clean = self._columns(one.rows[low:high])
                numbers = np.arange(first + low, first + high) if one.is_copy else one.rows[low:high]
                exact = one.spoiling.dirt.kind is DirtKind.DUPLICATE
                yield one, numbers - self.first, clean, None if exact else self._spoil(one, low, high)


def _put(vectors: dict[str, Vector], spoiled: Spoiled, positions: Int64Array) -> None:
    """Puts what was changed of some rows into their columns."""
    for i, name in enumerate(spoiled.columns):
        mine = np.flatnonzero(spoiled.which == i)
        if len(mine):
            values = selection.take(spoiled.values[name], mine)
            vectors[name] = selection.overlaid(vectors[name], positions[mine], values)
