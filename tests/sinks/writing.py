from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pyarrow as pa

from specdsl.datatypes.types import DataType
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.registry import SINKS


def written(
    name: str,
    batches: Sequence[pa.RecordBatch],
    schema: pa.Schema,
    compression: str | None = None,
    types: Mapping[str, DataType] | None = None,
    **metadata: str,
) -> bytes:
    """The bytes that sink ``name`` makes of ``batches``."""
    sink = SINKS[name]
    out = io.BytesIO()
    writer = sink.open(
        out,
        schema,
        WriteOptions(compression or sink.compressions[0], tuple(metadata.items()), types=types or {}),
    )
    for batch in batches:
        writer.write(batch)
    writer.close()
    return out.getvalue()
