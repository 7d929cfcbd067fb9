"""Streams of changes that are made by hand, and files that keep what is written into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from specdsl.changes.records import ChangedTable, Op, stream_schema
from specdsl.datatypes.types import NULL, DataType
from specdsl.ir import expr as x
from specdsl.ir.model import Column, Dataset, Table
from tests.sinks.writing import written

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 1, 12, 30, 0, 250_007, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


class Files:
    """Where a form writes to: bytes by suffix."""

    def __init__(self, format: str = "jsonl") -> None:
        self.format = format
        self.made: dict[str, bytes] = {}

    def write(
        self,
        schema: pa.Schema,
        rows: Iterable[pa.RecordBatch],
        types: Mapping[str, DataType],
        *,
        suffix: str = "",
    ) -> None:
        self.made[suffix] = written(self.format, list(rows), schema, types=types)

    @property
    def lines(self) -> list[str]:
        return self.made[""].decode().split("\n")[:-1]


def described(name: str, table: str, types: Mapping[str, DataType], key: Sequence[str]) -> Dataset:
    """A dataset of one table with columns of ``types``."""
    value = x.Const(NULL, True, None)
    columns = {c: Column(c, kind, c not in key, value) for c, kind in types.items()}
    return Dataset(name, 1, micros(NOW), "en_US", {table: Table(table, columns, key=tuple(key))})


def changed(
    made: Dataset,
    rows: pa.RecordBatch,
    changes: Sequence[tuple[Op, int | None, int | None]],
    *,
    batch: int = 2,
    begin: int = 101,
    number: int | None = None,
    end: int | None = None,
    step: int = 1_000_000,
) -> ChangedTable:
    """The changes of the only table of ``made``: what is done, with the numbers of the rows of ``rows`` that are
    the images before and after. They are numbered from ``number``, in a batch whose changes are those
    from ``begin`` to ``end``; without them the batch has no others. They come ``step`` at a time."""
    (table,) = made.tables.values()
    begin = 1 if batch == 1 else begin
    number = begin if number is None else number
    stream = stream_schema(rows.schema)
    whole = pa.record_batch(
        [
            pa.array([str(op) for op, _, _ in changes], pa.string()),
            pa.array(range(number, number + len(changes)), pa.int64()),
            pa.array([NOW] * len(changes), stream.field("_committed_at").type),
            pa.array([None if b is None else EPOCH for _, b, _ in changes], stream.field("_since").type),
            _images(rows, [b for _, b, _ in changes], stream.field("before").type),
            _images(rows, [a for _, _, a in changes], stream.field("after").type),
        ],
        schema=stream,
    )

    def again() -> Iterator[pa.RecordBatch]:
        for start in range(0, whole.num_rows, step):
            yield whole.slice(start, step)

    counts = {op: sum(o is op for o, _, _ in changes) for op in Op}
    last = number + len(changes) - 1 if end is None else end
    return ChangedTable(
        made, table, rows.schema, batch, micros(NOW), begin, last, counts, again, lambda: iter(())
    )


def _images(rows: pa.RecordBatch, places: Sequence[int | None], kind: pa.StructType) -> pa.StructArray:
    columns = [column.take(pa.array(places, pa.int64())) for column in rows.columns]
    mask = pa.array([place is None for place in places], pa.bool_())
    return pa.StructArray.from_arrays(columns, fields=list(kind), mask=mask)
