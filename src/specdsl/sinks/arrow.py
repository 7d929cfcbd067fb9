"""Arrow IPC, the file format (also known as Feather V2).

Every type is written as its Arrow type: enums as dictionaries, uuid as the ``arrow.uuid`` extension type,
json as a string. Documentation is in the metadata of schema and fields. Record batches have a fixed
number of rows.
"""

from __future__ import annotations

from typing import BinaryIO

import pyarrow as pa

from specdsl.sinks.base import Rechunker, WriteOptions, Writer, arrow_target

_BATCH_ROWS = 65_536


class ArrowSink:
    """See the module's text."""

    name = "arrow"
    compressions: tuple[str, ...] = ("lz4", "zstd", "none")

    def extension(self, compression: str) -> str:
        return ".arrow"

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _ArrowWriter(target, schema, options)


class _ArrowWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        metadata = {key: value for key, value in options.metadata if value}
        self._schema = schema.with_metadata(metadata or None)
        codec = None if options.compression == "none" else options.compression
        self._file = arrow_target(target)
        self._writer = pa.ipc.new_file(
            self._file, self._schema, options=pa.ipc.IpcWriteOptions(compression=codec, use_threads=False)
        )
        self._chunks = Rechunker(_BATCH_ROWS)

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [
            column if column.type == field.type else column.cast(field.type)
            for field, column in zip(self._schema, batch.columns, strict=True)
        ]
        for table in self._chunks.add(pa.RecordBatch.from_arrays(columns, schema=self._schema)):
            self._write(table)

    def close(self) -> None:
        for table in self._chunks.rest():
            self._write(table)
        self._writer.close()

    def _write(self, table: pa.Table) -> None:
        for batch in table.combine_chunks().to_batches():
            self._writer.write_batch(batch)
