"""The list of the rows of variants beside the data, and what a build with variants cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.building.answers import keys_of
from specdsl.building.manifest import VARIANTS_NAME, FileEntry
from specdsl.building.writing import HashedFile
from specdsl.errors import UsageError
from specdsl.sinks.base import arrow_target
from specdsl.vectors.vector import Int64Array

if TYPE_CHECKING:
    from typing import BinaryIO

    from specdsl.building.job import Job
    from specdsl.ir.model import Dataset

SCHEMA = pa.schema(
    [
        pa.field("table", pa.string(), nullable=False),
        pa.field("key", pa.string()),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("variant", pa.string(), nullable=False),
    ]
)
_ROWS = 1 << 18  # looked at together


def write_variants(job: Job, folder: Path) -> FileEntry | None:
    """Write the list of the rows of variants that the folder will hold; None where there are no variants.
    Raises GenerationError, OSError."""
    if not job.varied_tables:
        return None
    file = HashedFile(folder / VARIANTS_NAME)
    rows = 0
    try:
        with pq.ParquetWriter(arrow_target(cast("BinaryIO", file)), SCHEMA, compression="zstd") as writer:
            for name in job.varied_tables:
                for batch in _lines(job, name):
                    rows += batch.num_rows
                    writer.write_batch(batch)
        file.close()
    except BaseException:
        file.abandon()
        raise
    return FileEntry(VARIANTS_NAME, 0, rows, file.size, file.sha256)


def _lines(job: Job, name: str) -> Iterator[pa.RecordBatch]:
    first, stop = job.first_row(name), job.generator.row_count(name)
    names = np.array([v.name for v in job.generator.plan.tables[name].variants], dtype=object)
    for start in range(first, stop, _ROWS):
        numbers = job.generator.variants(name, start, min(_ROWS, stop - start))
        chosen: Int64Array = np.flatnonzero(numbers >= 0)
        if len(chosen):
            columns = {
                "table": pa.array([name] * len(chosen), pa.string()),
                "key": _keys(job, name, chosen + start),
                "row": pa.array(chosen + start, pa.int64()),
                "variant": pa.array(names[numbers[chosen]], pa.string()),
            }
            yield pa.RecordBatch.from_arrays([columns[f.name] for f in SCHEMA], schema=SCHEMA)


def _keys(job: Job, name: str, rows: Int64Array) -> pa.Array[pa.StringScalar]:
    table = job.dataset.tables[name]
    if not table.key:
        return pa.nulls(len(rows), pa.string())
    batch = job.generator.some_columns(name, rows, table.key)
    return keys_of(table, [batch.column(i) for i in range(batch.num_columns)])


def earlier_variants(job: Job, rows: Mapping[str, Int64Array], path: Path) -> Path | None:
    """The list, in the file ``path``, of which of ``rows``, by table, of earlier batches are of a variant;
    None where the tables have no variants. Raises GenerationError."""
    plans = job.generator.plan.tables
    tables = [name for name in rows if plans[name].variants]
    if not tables:
        return None
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for name in tables:
            for start in range(0, len(rows[name]), _ROWS):
                some = rows[name][start : start + _ROWS]
                of = pa.array(job.generator.variant_names(name, some), pa.string())
                nothing = pa.nulls(len(some), pa.string())
                whole = [pa.array([name] * len(some), pa.string()), nothing, pa.array(some), of]
                writer.write_table(pa.table(whole, names=SCHEMA.names).filter(of.is_valid()).cast(SCHEMA))
    return path


def require_variants_in_batches(dataset: Dataset) -> None:
    """Raises UsageError where rows of a variant would be what later batches cannot refer to."""
    for table in dataset.tables.values():
        for variant in table.variants:
            if not variant.overrides:
                raise UsageError(
                    f"variant `{variant.name}` of `{table.name}` draws at edges, which does not go with a "
                    "checkpoint: later batches would refer to such rows",
                    "say in braces what its rows are: `{ age = boundary() }`",
                )
