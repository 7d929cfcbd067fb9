"""Avro, as object container files (needs ``specdsl[avro]``).

======================  ==================================================================
null                    the first branch of a union, where the column may be null
bool                    boolean
int8 ... int32          int; int long
uint8, uint16           int; uint32 long; uint64 fixed, decimal(20, 0)
float, float32          double, float
decimal                 fixed of as many bytes as its digits need, decimal(p, s)
string, json            string
enum                    enum; string where a member is no name of Avro
bytes                   bytes
date                    int, date
time                    long, time-micros
timestamp               long, timestamp-micros
duration                long, microseconds (Avro's own has milliseconds and no sign)
uuid                    string, uuid
list, struct            array, record of these
======================  ==================================================================

Names of columns and members that are not letters, digits and ``_`` are changed; their own are in the
attribute ``specdsl:name``. Documentation of the table and of columns is ``doc``. Blocks have a fixed number
of rows, and the marker between them is a hash of the header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.errors import DataError, UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.avro_file import reading
from specdsl.sinks.avro_file.blocks import CODECS, BlockWriter
from specdsl.sinks.avro_file.schemas import Schemas, has_symbols, is_name, names_for
from specdsl.sinks.avro_file.values import encoded, joined_rows
from specdsl.sinks.base import Rechunker, WriteOptions, Writer, combined
from specdsl.sinks.compression import LEVEL
from specdsl.sinks.options import options_of
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.relational.stored import notes_on_columns
from specdsl.sinks.sizes import rows_for

_BLOCK_ROWS = 16_384
_BLOCK_CELLS = 16 * _BLOCK_ROWS  # a block is read whole


class AvroSink:
    """See the module's text."""

    name = "avro"
    compressions: tuple[str, ...] = tuple(CODECS)
    options = options_of(LEVEL, KEEP)

    def extension(self, compression: str) -> str:
        return ".avro"

    def require(self) -> None:
        try:
            import fastavro  # noqa: F401
        except ImportError:
            raise UsageError(
                "format `avro` needs the package fastavro", "pip install 'specdsl[avro]'"
            ) from None

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        for table in dataset.tables.values():
            for name, fit in names_for(c.name for c in table.columns.values() if not c.hidden).items():
                if name != fit:
                    yield f"`{table.name}.{name}` is called `{fit}`: names of Avro are letters, digits and _"
        yield from notes_on_columns(dataset, _note, nested=True)

    def read(self, path: Path, schema: pa.Schema) -> pa.RecordBatchReader:
        """The rows of a file, a block at a time. Raises ValueError where it is none."""
        self.require()
        return pa.RecordBatchReader.from_batches(*reading.batches(path, schema))

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _AvroWriter(target, schema, options)


def _note(dtype: t.DataType) -> str | None:
    match dtype:
        case t.Duration():
            return "a long of microseconds: durations of Avro have no sign"
        case t.Int(64, signed=False):
            return "decimal(20, 0): integers of Avro have a sign"
        case t.Enum() if not has_symbols(dtype):
            odd = next(member for member in dtype.members if not is_name(member))
            return f"a string: `{odd}` is no symbol of Avro"
        case _:
            return None


class _AvroWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        about = dict(options.metadata)
        self._table = about.get("specdsl.table", "")
        self._schema = schema
        self._types = [options.types.get(field.name) for field in schema]
        record = Schemas().record(
            self._table or "row", about.get("description", ""), zip(schema, self._types, strict=True)
        )
        named = {"specdsl.table": self._table} if self._table else {}
        self._out = BlockWriter(target, record, options.compression, options.get(LEVEL), named)
        self._chunks = Rechunker(rows_for(_BLOCK_CELLS, options.row_values, _BLOCK_ROWS, 1))

    def write(self, batch: pa.RecordBatch) -> None:
        for pieces in self._chunks.add(batch):
            self._write(pieces)

    def close(self) -> None:
        for pieces in self._chunks.rest():
            self._write(pieces)

    def _write(self, pieces: list[pa.RecordBatch]) -> None:
        columns = []
        for i, (field, dtype) in enumerate(zip(self._schema, self._types, strict=True)):
            whole = combined([piece.column(i) for piece in pieces], field.type).combine_chunks()
            column = encoded(whole, field, dtype)
            if column.null_count:
                raise DataError(f"`{self._table}.{field.name}` is null in some row, and must not be")
            columns.append(column)
        self._out.write(sum(map(len, pieces)), joined_rows(columns))
