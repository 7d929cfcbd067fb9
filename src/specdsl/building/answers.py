"""The answer key beside the data: one line for each row that was spoiled on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.building.manifest import KEY_NAME, FileEntry
from specdsl.building.writing import HashedFile
from specdsl.datatypes.counterparts import arrow_type
from specdsl.sinks.base import arrow_target, documented
from specdsl.sinks.text.json import json_texts, object_texts
from specdsl.vectors import selection
from specdsl.vectors.arrow import to_arrow
from specdsl.vectors.vector import Vector

if TYPE_CHECKING:
    from typing import BinaryIO

    from specdsl.building.job import Job
    from specdsl.generate.dirt.spoiling import Spoiled
    from specdsl.generate.dirt.table import SpoiledTable
    from specdsl.ir.model import Table

SCHEMA = pa.schema(
    [
        pa.field("table", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("key", pa.string()),
        pa.field("column", pa.string()),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("clean", pa.string()),
        pa.field("dirty", pa.string()),
    ]
)


def write_answers(job: Job, folder: Path) -> FileEntry | None:
    """Write the key of what the job spoils into ``folder``; None where that is nothing. Raises
    GenerationError, OSError."""
    spoiled = job.spoiled_tables
    if not spoiled:
        return None
    file = HashedFile(folder / KEY_NAME)
    rows = 0
    try:
        with pq.ParquetWriter(arrow_target(cast("BinaryIO", file)), SCHEMA, compression="zstd") as writer:
            for name in spoiled:
                table = job.generator.spoiled(name)
                for batch in _lines(table):
                    rows += batch.num_rows
                    writer.write_batch(batch)
        file.close()
    except BaseException:
        file.abandon()
        raise
    return FileEntry(KEY_NAME, 0, rows, file.size, file.sha256)


def _lines(table: SpoiledTable) -> Iterator[pa.RecordBatch]:
    for chosen, numbers, clean, spoiled in table.answers():
        n = len(numbers)
        columns = {
            "table": pa.array([table.clean.name] * n, pa.string()),
            "row": pa.array(numbers, pa.int64()),
            "key": _keys(table.clean, clean, n),
            "rule": pa.array([chosen.spoiling.dirt.name] * n, pa.string()),
            **_changes(table.written, clean, spoiled, n),
        }
        yield pa.RecordBatch.from_arrays([columns[f.name] for f in SCHEMA], schema=SCHEMA)


def _keys(table: Table, clean: dict[str, Vector], n: int) -> pa.Array[Any]:
    if not table.key:
        return pa.nulls(n, pa.string())
    return keys_of(table, [to_arrow(clean[name]) for name in table.key])


def keys_of(table: Table, arrays: list[pa.Array[Any]]) -> pa.Array[Any]:
    """The values of the key's columns, as JSON: ``{"id":361}``."""
    return object_texts(arrays, [_field(table, name) for name in table.key])


def _field(table: Table, name: str) -> pa.Field:
    column = table.columns[name]
    return documented(pa.field(name, arrow_type(column.type)), "", column.type)


def _changes(
    table: Table, clean: dict[str, Vector], spoiled: Spoiled | None, n: int
) -> dict[str, pa.Array[Any]]:
    """Column, clean and dirty value of each row, as JSON; all null where nothing was changed."""
    names: list[str | None] = [None] * n
    before: list[str | None] = [None] * n
    after: list[str | None] = [None] * n
    for i, name in enumerate(spoiled.columns if spoiled is not None else ()):
        assert spoiled is not None
        mine = np.flatnonzero(spoiled.which == i)
        if not len(mine):
            continue
        old = _texts(table, name, selection.take(clean[name], mine))
        new = _texts(table, name, selection.take(spoiled.values[name], mine))
        for place, one, other in zip(mine.tolist(), old, new, strict=True):
            names[place], before[place], after[place] = name, one, other
    made = {"column": names, "clean": before, "dirty": after}
    return {key: pa.array(values, pa.string()) for key, values in made.items()}


def _texts(table: Table, name: str, vector: Vector) -> list[str | None]:
    array = to_arrow(vector)
    texts: list[str | None] = json_texts(array, _field(table, name)).to_pylist()
    valid = vector.valid
    return texts if valid is None else [x if there else None for x, there in zip(texts, valid, strict=True)]
