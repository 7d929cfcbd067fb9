"""Arrow IPC: the file format (also known as Feather V2), or the stream format.

Every type is written as its Arrow type: enums as dictionaries, uuid as the ``arrow.uuid`` extension type,
json as a string. Documentation is in the metadata of schema and fields. Record batches have a fixed
number of rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.sinks.base import Complete, Rechunker, WriteOptions, Writer, arrow_target, combined
from specdsl.sinks.members import unmarked
from specdsl.sinks.options import choice, options_of
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.sizes import rows_for

FORM = choice(
    "form", "The file format, or the stream format (no footer, for pipes).", "file", ("file", "stream")
)

_BATCH_ROWS = 65_536
_BATCH_CELLS = 128 * _BATCH_ROWS  # rows with long lists come in smaller batches


class ArrowSink(Complete):
    """See the module's text."""

    name = "arrow"
    compressions: tuple[str, ...] = ("lz4", "zstd", "none")
    options = options_of(FORM, KEEP)

    def extension(self, compression: str) -> str:
        return ".arrow"

    def read(self, path: Path, schema: pa.Schema) -> pa.RecordBatchReader:
        """The rows of a file or stream, in its own types. Raises ValueError where it is neither."""
        source = pa.memory_map(str(path))
        if source.read(6) != b"ARROW1":
            source.seek(0)
            return pa.ipc.open_stream(source)
        reader = pa.ipc.open_file(source)
        batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
        return pa.RecordBatchReader.from_batches(reader.schema, batches)

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _ArrowWriter(target, schema, options)


class _ArrowWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        metadata = {key: value for key, value in options.metadata if value}
        self._schema = schema.with_metadata(metadata or None)
        codec = None if options.compression == "none" else options.compression
        self._file = arrow_target(target)
        make = pa.ipc.new_stream if options.get(FORM) == "stream" else pa.ipc.new_file
        self._writer = make(
            self._file, self._schema, options=pa.ipc.IpcWriteOptions(compression=codec, use_threads=False)
        )
        self._chunks = Rechunker(rows_for(_BATCH_CELLS, options.row_values, _BATCH_ROWS, 1))

    def write(self, batch: pa.RecordBatch) -> None:
        for pieces in self._chunks.add(batch):
            self._write(pieces)

    def close(self) -> None:
        for pieces in self._chunks.rest():
            self._write(pieces)
        self._writer.close()

    def _write(self, pieces: list[pa.RecordBatch]) -> None:
        columns = [
            canonical(combined([piece.column(i) for piece in pieces], field.type).combine_chunks())
            for i, field in enumerate(self._schema)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))


def canonical(array: pa.Array[Any]) -> pa.Array[Any]:
    """``array`` with zeros or nothing under its nulls, where otherwise arbitrary bytes would be written."""
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return pa.ExtensionArray.from_storage(kind, canonical(array.storage))
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(canonical(array.indices), array.dictionary, safe=False)
    if pa.types.is_struct(kind):
        children = [canonical(child) for child in array.flatten()]
        children = [c if f.nullable else unmarked(c) for c, f in zip(children, kind, strict=True)]
        return pa.StructArray.from_arrays(children, fields=list(kind), mask=_nulls(array))
    if pa.types.is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
        offsets = np.zeros(len(array) + 1, np.int32)
        np.cumsum(lengths, out=offsets[1:])
        items = canonical(array.flatten())
        return pa.ListArray.from_arrays(pa.array(offsets), items, type=kind, mask=_nulls(array))
    if array.null_count == 0:
        return array
    return array.take(pa.array(np.arange(len(array))))


def _nulls(array: pa.Array[Any]) -> pa.Array[Any] | None:
    return array.is_null() if array.null_count else None
