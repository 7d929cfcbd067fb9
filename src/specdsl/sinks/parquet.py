"""Parquet.

======================  ==================================================================
bool, ints, floats      as themselves (small ints as annotated INT32)
decimal                 DECIMAL
string, json            STRING
bytes                   BYTE_ARRAY
date, time              DATE, TIME in microseconds
timestamp               TIMESTAMP in microseconds, adjusted to UTC
duration                INT64 of microseconds; Arrow readers see a duration again
uuid                    16 bytes with the UUID logical type
enum                    STRING, dictionary-encoded; Arrow readers see a dictionary again
list, struct            nested groups
======================  ==================================================================

Documentation of tables and columns is in the file's key-value metadata and in the stored Arrow schema.
Row groups have a fixed number of rows. Dictionary encoding is used where values come as dictionaries
and nowhere else: trying it on every column costs a third of the time of a build.
"""

from __future__ import annotations

import base64
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.sinks.base import Rechunker, WriteOptions, Writer, arrow_target, leaf_paths

_GROUP_ROWS = 262_144
_GROUP_CELLS = 8 * 1024 * 1024  # wide tables get smaller groups, so that memory stays flat


def group_rows(schema: pa.Schema) -> int:
    """Rows in a row group: a multiple of 1,024 that depends on the schema alone."""
    leaves = sum(1 for field in schema for _ in leaf_paths(field))
    return max(8_192, min(_GROUP_ROWS, _GROUP_CELLS // max(1, leaves) // 8_192 * 8_192))


class ParquetSink:
    """See the module's text."""

    name = "parquet"
    compressions: tuple[str, ...] = ("snappy", "zstd", "gzip", "lz4", "brotli", "none")

    def extension(self, compression: str) -> str:
        return ".parquet"

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _ParquetWriter(target, schema, options)


class _ParquetWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        self._target = target
        self._schema = schema
        self._options = options
        self._chunks = Rechunker(group_rows(schema))
        self._physical: pa.Schema | None = None
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        if batch.num_rows == 0:
            return
        if self._physical is None:
            self._physical = _physical(self._schema, batch)
        for table in self._chunks.add(_conform(batch, self._physical)):
            self._write(table)

    def close(self) -> None:
        for table in self._chunks.rest():
            self._write(table)
        writer = self._open(self._physical or self._schema)
        metadata = {key: value for key, value in self._options.metadata if value}
        declared = self._schema.with_metadata(metadata or None)
        # The stored schema is the declared one: strings that happen to come as dictionaries read as strings.
        metadata["ARROW:schema"] = base64.b64encode(declared.serialize().to_pybytes()).decode()
        writer.add_key_value_metadata(metadata)
        writer.close()

    def _write(self, table: pa.Table) -> None:
        self._open(table.schema).write_table(table, row_group_size=table.num_rows)

    def _open(self, physical: pa.Schema) -> pq.ParquetWriter:
        if self._writer is None:
            dictionaries = [
                path for f in physical for path, kind in leaf_paths(f) if pa.types.is_dictionary(kind)
            ]
            self._writer = pq.ParquetWriter(
                arrow_target(self._target),
                physical,
                compression=self._options.compression,
                use_dictionary=dictionaries,
                store_schema=False,
            )
        return self._writer


def _physical(schema: pa.Schema, batch: pa.RecordBatch) -> pa.Schema:
    """The declared schema, with dictionaries where the batch has dictionaries of strings."""
    fields = [
        field.with_type(column.type) if _is_encoded(field.type, column.type) else field
        for field, column in zip(schema, batch.columns, strict=True)
    ]
    return pa.schema(fields)


def _is_encoded(declared: pa.DataType, actual: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(actual) and actual.value_type == declared)


def _conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        column if column.type == field.type else column.cast(field.type)
        for field, column in zip(schema, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
