"""The history of a table: every version that its rows had, with the time in which it was valid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from specdsl.changes.numbering import BatchLog, deleted, made, updated
from specdsl.changes.records import MOMENT, history_stream
from specdsl.changes.validity import versions
from specdsl.generate.changed import TableChanges
from specdsl.generate.generator import Generator
from specdsl.vectors.vector import Int64Array

_VERSIONS = 1 << 16  # made at a time, at most, if every row was changed in every batch


def table_history(
    state: Generator, table: str, written: pa.Schema, logs: Sequence[BatchLog], changes: TableChanges
) -> Iterator[pa.RecordBatch]:
    """The history of ``table``, by row and time, as batches of ``history_stream``. ``state`` sees what all
    batches have changed, which ``logs`` tell of; ``changes``: those of the table."""
    schema = history_stream(written)
    count = state.row_count(table)
    step = max(1, _VERSIONS // len(logs))
    for start in range(0, count, step):
        rows = np.arange(start, min(count, start + step), dtype=np.int64)
        every = state.every_version(table, rows)
        low, high = np.searchsorted(changes.deleted, [start, rows[-1] + 1])
        gone, batches = changes.deleted[low:high], changes.deleted_in[low:high]
        positions = np.concatenate([every.positions, gone - start])
        # A row is deleted after all else that happens to it.
        order = np.argsort(positions, kind="stable")
        begun = _begun(table, rows[every.positions], every.batches, logs, changes)
        moments = np.concatenate([begun, _gone(table, gone, batches, logs, changes)])[order]
        found = versions(positions[order], moments, order >= len(begun))
        if len(found.events):
            images = every.images(written, order[found.events])
            ended = pa.array(found.until, mask=~found.ended).cast(MOMENT)
            yield pa.record_batch(
                [pa.array(moments[found.events]).cast(MOMENT), ended, pa.array(found.numbers), images],
                schema=schema,
            )


def _begun(
    table: str, rows: Int64Array, batches: Int64Array, logs: Sequence[BatchLog], changes: TableChanges
) -> Int64Array:
    """When versions of ``rows``, which ``batches`` made, began. The first of each row is the row itself."""
    moments = made(logs, table, rows)
    again = np.zeros(len(rows), dtype=np.bool_)
    again[1:] = rows[1:] == rows[:-1]
    for batch, changed in changes.updates.items():
        mine = again & (batches == batch)
        moments[mine] = updated(logs[batch], table, changed, rows[mine])
    return moments


def _gone(
    table: str, rows: Int64Array, batches: Int64Array, logs: Sequence[BatchLog], changes: TableChanges
) -> Int64Array:
    """When ``rows``, which ``batches`` have deleted, were."""
    moments = np.zeros(len(rows), dtype=np.int64)
    for batch in np.unique(batches).tolist():
        mine = batches == batch
        moments[mine] = deleted(logs[batch], table, changes.deleted[changes.deleted_in == batch], rows[mine])
    return moments
