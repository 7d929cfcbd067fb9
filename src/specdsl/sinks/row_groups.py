"""Parquet files read in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq


def batches_of(
    file: pq.ParquetFile, rows: int, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows in their order, at most ``rows`` at a time, of one row group each; ``columns``: only those.

    Groups are asked for one by one: Arrow keeps what it has read of the groups before for as long as one
    call lasts.
    """
    for group in range(file.metadata.num_row_groups):
        yield from file.iter_batches(
            rows, row_groups=[group], columns=None if columns is None else list(columns), use_threads=False
        )
