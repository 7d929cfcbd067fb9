"""Where rows come from: any rows of a table by their numbers, in the form in which they are written."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from specdsl.building.schemas import described_schema
from specdsl.datatypes import types as t
from specdsl.generate.generator import Generator
from specdsl.ir.model import Dataset
from specdsl.vectors.vector import Int64Array, UInt8Array


class Source(Protocol):
    """The rows of one table of ``dataset``. ``schema``: as a build writes them, with what formats need to
    know of columns; batches may have more columns behind those, for the source itself.

    ``noun``: what a row is called; ``named``: whether its text names its table; ``keyed``: whether it comes
    with a key (see ``keys``); ``ordered``: whether what comes later means nothing without what came before;
    ``most``: how many are made at a time, at most."""

    name: str
    dataset: Dataset
    schema: pa.Schema
    count: int
    noun: str = "row"
    named: bool = False
    keyed: bool = False
    ordered: bool = False
    most: int = 8_192

    @property
    def place(self) -> str:
        """What its topic, subject, queue or stream is called if nothing is said."""
        return self.name

    def batch(self, start: int, stop: int) -> pa.RecordBatch:
        """Rows ``start .. stop - 1``. Raises GenerationError."""
        ...

    def take(self, rows: Int64Array) -> pa.RecordBatch:
        """The rows with these numbers, in their order. Raises GenerationError."""
        ...

    def values(self, column: str, start: int, stop: int) -> pa.Array[Any]:
        """One column of rows ``start .. stop - 1``. Raises GenerationError."""
        ...

    def keys(self, batch: pa.RecordBatch) -> list[bytes | None]:
        """The JSON text of the key of each row of ``batch``; None where it has none."""
        return [None] * batch.num_rows

    def records(self, batch: pa.RecordBatch) -> list[Any]:
        """Each row of ``batch`` in Python's values."""
        return list(batch.to_pylist())

    def ops(self, rows: Int64Array) -> UInt8Array | None:
        """What each of these rows is, as a summary counts them; None where there is nothing to count."""
        return None


class GeneratedRows(Source):
    """Rows made when they are asked for."""

    def __init__(self, generator: Generator, name: str) -> None:
        self.name = name
        self.dataset = generator.plan.dataset
        self.schema = described_schema(self.dataset, name)
        self.count = generator.row_count(name)
        self._generator = generator

    def batch(self, start: int, stop: int) -> pa.RecordBatch:
        return self._generator.batch(self.name, start, stop - start)

    def take(self, rows: Int64Array) -> pa.RecordBatch:
        return self._generator.take(self.name, rows)

    def values(self, column: str, start: int, stop: int) -> pa.Array[Any]:
        return self._generator.values(self.name, column, start, stop - start)


class KeptRows(Source):
    """Rows in memory: those of a derived table."""

    def __init__(self, table: pa.Table, name: str, dataset: Dataset) -> None:
        self.name = name
        self.dataset = dataset
        self.schema = described_schema(dataset, name)
        self.count = int(table.num_rows)
        self._table = table.combine_chunks()

    def batch(self, start: int, stop: int) -> pa.RecordBatch:
        return self.take(np.arange(start, stop, dtype=np.int64))

    def take(self, rows: Int64Array) -> pa.RecordBatch:
        taken = self._table.take(pa.array(rows)).combine_chunks()
        arrays = [_whole(column) for column in taken.columns]
        return pa.RecordBatch.from_arrays(arrays, schema=self._table.schema)

    def values(self, column: str, start: int, stop: int) -> pa.Array[Any]:
        return _whole(self._table.column(column).slice(start, stop - start))


def _whole(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    whole = column.combine_chunks()
    return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole


def time_columns(dataset: Dataset, table: str) -> list[str]:
    """The written columns of ``table`` that hold moments: its timestamps, or else its dates."""
    columns = [c for c in dataset.tables[table].columns.values() if not c.hidden]
    for kind in (t.TIMESTAMP, t.DATE):
        found = [c.name for c in columns if c.type == kind]
        if found:
            return found
    return []
