"""The stream of a table's changes, as every form of change records takes it.

A stream is an iterator of record batches of ``stream_schema``, in the order of ``_seq``:

===============  ==============================================================================
``_op``          ``insert``, ``update`` or ``delete``
``_seq``         the number of the change, from 1, over all tables and batches of the dataset
``_committed_at``  when it was made: never earlier than that of a smaller number
``_since``       when the row became what it is in ``before``: the ``_committed_at`` of the change
                 before this one of the same row (null for inserts)
``before``       the row before, a struct of the written columns (null for inserts)
``after``        the row after, likewise (null for deletes)
===============  ==============================================================================

A row has at most one change in a batch. Inserts of all tables come first, parents before the rows that
refer to them, then updates, then deletes, children before parents. Keys never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.ir.model import Dataset, Table
from specdsl.records import record

OP, SEQ, COMMITTED_AT, SINCE, BEFORE, AFTER = "_op", "_seq", "_committed_at", "_since", "before", "after"
"""The columns of a stream."""

BEGUN, ENDED, NUMBER, ROW = "begun", "ended", "number", "row"
"""The columns of a history."""

MOMENT = pa.timestamp("us", tz="UTC")


class Op(StrEnum):
    """What a change does."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


def stream_schema(written: pa.Schema) -> pa.Schema:
    """The schema of the stream of a table whose written columns are ``written``."""
    # Inside an image that is null its fields are null too, whatever the columns are.
    image = pa.struct([field.with_nullable(True) for field in written])
    return pa.schema(
        [
            pa.field(OP, pa.string(), nullable=False),
            pa.field(SEQ, pa.int64(), nullable=False),
            pa.field(COMMITTED_AT, MOMENT, nullable=False),
            pa.field(SINCE, MOMENT),
            pa.field(BEFORE, image),
            pa.field(AFTER, image),
        ]
    )


def history_stream(written: pa.Schema) -> pa.Schema:
    """The schema of a table's history: every version that its rows had, by row and time; ``ended`` is null of
    what is still valid, ``number`` counts the versions of a row from 1."""
    return pa.schema(
        [
            pa.field(BEGUN, MOMENT, nullable=False),
            pa.field(ENDED, MOMENT),
            pa.field(NUMBER, pa.int64(), nullable=False),
            pa.field(ROW, pa.struct(list(written)), nullable=False),
        ]
    )


@record
class TableBatch:
    """The changes of one table in one batch, before they are made. ``schema``: its written columns,
    documented as a build writes them. ``batch`` counts from 1; ``now`` is its clock in microseconds.
    ``begin`` and ``end``: the numbers of the batch's first and last change, in whatever table. ``counts``:
    how many changes of each kind in this one."""

    dataset: Dataset
    table: Table
    schema: pa.Schema
    batch: int
    now: int
    begin: int
    end: int
    counts: Mapping[Op, int]

    @property
    def total(self) -> int:
        """All changes."""
        return sum(self.counts.values())


@record
class ChangedTable(TableBatch):
    """With the changes themselves. ``changes()`` begins the stream anew each time; it has no batches where
    nothing changed. ``history()`` likewise gives all versions of all rows up to this batch (see
    ``history_stream``)."""

    changes: Callable[[], Iterator[pa.RecordBatch]]
    history: Callable[[], Iterator[pa.RecordBatch]]


def after_or_before(batch: pa.RecordBatch) -> pa.StructArray:
    """Of each change the row as it is after it, of a delete as it was last."""
    after, before = batch.column(AFTER), batch.column(BEFORE)
    if after.null_count in (0, len(after)):
        return before if after.null_count else after
    # Arrow's own coalesce knows no structs with uuids in them.
    numbers = np.arange(len(after))
    places = np.where(pc.is_valid(after).to_numpy(zero_copy_only=False), numbers, numbers + len(after))
    return pa.concat_arrays([after, before]).take(pa.array(places))
