"""Change records of one table, made of images of its rows."""

from __future__ import annotations

import pyarrow as pa

from specdsl.building.changing import Changing
from specdsl.changes.numbering import since
from specdsl.changes.records import MOMENT, Op, stream_schema
from specdsl.generate.changed import no_changes
from specdsl.vectors.vector import Int64Array


class ChangeRows:
    """Makes the change records of ``table`` in the last batch of ``changing`` as batches of
    ``stream_schema``. ``written``: the schema of the table's rows."""

    def __init__(self, changing: Changing, table: str, written: pa.Schema) -> None:
        self._changing = changing
        self._table = table
        self._schema = stream_schema(written)
        self._image = self._schema.field("before").type

    def made(
        self,
        op: Op,
        numbers: Int64Array,
        before: pa.RecordBatch | None,
        after: pa.RecordBatch | None,
        rows: Int64Array | None,
    ) -> pa.RecordBatch:
        """The changes with these ``numbers`` of the images ``before`` and ``after`` them; ``rows``: those
        that they change, where it is to be said since when they were what they are before (None: it is
        not)."""
        count = len(numbers)
        committed = self._changing.log.committed(numbers)
        known = self._changing.before.get(self._table) or no_changes()
        earlier = None if rows is None else since(self._changing.logs, known, self._table, rows)
        return pa.RecordBatch.from_arrays(
            [
                pa.repeat(pa.scalar(op.value), count),
                pa.array(numbers),
                pa.array(committed).cast(MOMENT),
                pa.nulls(count, MOMENT) if earlier is None else pa.array(earlier).cast(MOMENT),
                self._images(before, count),
                self._images(after, count),
            ],
            schema=self._schema,
        )

    def _images(self, batch: pa.RecordBatch | None, count: int) -> pa.Array:
        if batch is None:
            return pa.nulls(count, self._image)
        return pa.StructArray.from_arrays(batch.columns, fields=list(self._image))


def as_written(batch: pa.RecordBatch, written: pa.Schema) -> pa.RecordBatch:
    """The rows of ``batch`` with the types of ``written``."""
    columns = [batch.column(f.name) for f in written]
    arrays = [c if c.type == f.type else c.cast(f.type) for c, f in zip(columns, written, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=written)
