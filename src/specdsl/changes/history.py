"""The history of a table: every version that its rows had, with the time in which it was valid."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from specdsl.changes.records import MOMENT, history_stream
from specdsl.changes.validity import versions
from specdsl.generate.changed import TableChanges
from specdsl.generate.generator import Generator
from specdsl.vectors.vector import Int64Array

_VERSIONS = 1 << 16  # made at a time, at most, if every row was changed in every batch


def table_history(
    state: Generator, table: str, written: pa.Schema, clocks: Int64Array, changes: TableChanges
) -> Iterator[pa.RecordBatch]:
    """The history of ``table``, by row and time, as batches of ``history_stream``. ``state`` sees what all
    batches have changed; ``clocks``: when each was, in microseconds; ``changes``: what they have deleted."""
    schema = history_stream(written)
    count = state.row_count(table)
    step = max(1, _VERSIONS // len(clocks))
    for start in range(0, count, step):
        rows = np.arange(start, min(count, start + step), dtype=np.int64)
        every = state.every_version(table, rows)
        low, high = np.searchsorted(changes.deleted, [start, rows[-1] + 1])
        positions = np.concatenate([every.positions, changes.deleted[low:high] - start])
        batches = np.concatenate([every.batches, changes.deleted_in[low:high]])
        # A row is deleted after all else that happens to it.
        order = np.argsort(positions, kind="stable")
        moments = clocks[batches[order]]
        found = versions(positions[order], moments, order >= len(every.positions))
        if len(found.events):
            images = every.images(written, order[found.events])
            ended = pa.array(found.until, mask=~found.ended).cast(MOMENT)
            yield pa.record_batch(
                [pa.array(moments[found.events]).cast(MOMENT), ended, pa.array(found.numbers), images],
                schema=schema,
            )
