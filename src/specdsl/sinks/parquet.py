"""Parquet.

======================  ==================================================================
bool, ints, floats      as themselves (small ints as annotated INT32)
decimal                 DECIMAL (INT32 or INT64; beyond 18 digits bytes)
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
Row groups have a fixed number of rows. Dictionary encoding is used for enums and for strings that are
known to be few, and nowhere else: trying it on every column costs a third of the time of a build.
Integers, decimals and dates are packed as differences (DELTA_BINARY_PACKED): quicker than compressing them,
and smaller. The least and greatest value of a row group is noted for numbers and times, not for text, uuids
and bytes, where every group has nearly all of the range and comparing costs a tenth of the time.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from specdsl.sinks.base import (
    ALIGNMENT,
    Complete,
    Rechunker,
    WriteOptions,
    Writer,
    arrow_target,
    combined,
    is_repeating,
    leaf_paths,
)
from specdsl.sinks.compression import LEVEL
from specdsl.sinks.options import choice, optional_whole, options_of
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.sizes import rows_for
from specdsl.sinks.text.buffers import bools

ROW_GROUP_ROWS = optional_whole("row_group_rows", "Rows in a row group.", 1, 1 << 30)
STATISTICS = choice(
    "statistics",
    "Which columns have least and greatest values; auto: not texts.",
    "auto",
    ("auto", "all", "none"),
)
DICTIONARY = choice(
    "dictionary",
    "Which columns are encoded as dictionaries; auto: where values repeat.",
    "auto",
    ("auto", "all", "none"),
)

_DICTIONARY = pa.dictionary(pa.int32(), pa.string())

_GROUP_ROWS = 262_144
_PREFIX = 4_096
_INTEGER_DIGITS = 18  # of decimals that are stored as integers
_LONG = 32  # values a leaf and row from which on lists decide about the size of groups
_GROUP_CELLS = 8 * 1024 * 1024  # wide tables get smaller groups, so that memory stays flat


def group_rows(schema: pa.Schema, row_values: int = 1) -> int:
    """Rows in a row group: a multiple of 1,024 unless lists are long, that depends on the types alone."""
    leaves = sum(1 for field in schema for _ in leaf_paths(field))
    if row_values > _LONG * max(1, leaves):
        return rows_for(_GROUP_CELLS, row_values, _GROUP_ROWS, ALIGNMENT)
    return max(8_192, min(_GROUP_ROWS, _GROUP_CELLS // max(1, leaves) // 8_192 * 8_192))


class ParquetSink(Complete):
    """See the module's text."""

    name = "parquet"
    compressions: tuple[str, ...] = ("snappy", "zstd", "gzip", "lz4", "brotli", "none")
    options = options_of(LEVEL, ROW_GROUP_ROWS, STATISTICS, DICTIONARY, KEEP)

    def extension(self, compression: str) -> str:
        return ".parquet"

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _ParquetWriter(target, schema, options)


def _chosen(
    wanted: str, leaves: Sequence[tuple[str, pa.DataType]], of_itself: Callable[[pa.DataType], bool]
) -> list[str]:
    """The paths of all leaves, of none, or of those ``of_itself``."""
    if wanted == "auto":
        return [path for path, kind in leaves if of_itself(kind)]
    return [path for path, _ in leaves] if wanted == "all" else []


class _ParquetWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        self._schema = schema
        self._options = options
        self._physical = pa.schema([_physical(field) for field in schema])
        self._chunks = Rechunker(options.get(ROW_GROUP_ROWS) or group_rows(schema, options.row_values))
        leaves = [leaf for field in self._physical for leaf in leaf_paths(field)]
        coded = _chosen(options.get(DICTIONARY), leaves, pa.types.is_dictionary)
        packed = [path for path, kind in leaves if _is_packed(kind) and path not in coded]
        self._writer = pq.ParquetWriter(
            arrow_target(target),
            self._physical,
            compression=options.compression,
            use_dictionary=coded,
            compression_level=options.get(LEVEL),
            column_encoding=dict.fromkeys(packed, "DELTA_BINARY_PACKED"),
            store_decimal_as_integer=True,
            write_statistics=_chosen(options.get(STATISTICS), leaves, _is_ordered),
            store_schema=False,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        for pieces in self._chunks.add(batch):
            self._write(pieces)

    def close(self) -> None:
        for pieces in self._chunks.rest():
            self._write(pieces)
        metadata = {key: value for key, value in self._options.metadata if value}
        declared = self._schema.with_metadata(metadata or None)
        # The stored schema is the declared one: strings that are encoded as dictionaries read as strings.
        metadata["ARROW:schema"] = base64.b64encode(declared.serialize().to_pybytes()).decode()
        self._writer.add_key_value_metadata(metadata)
        self._writer.close()

    def _write(self, pieces: list[pa.RecordBatch]) -> None:
        columns = []
        for i, (declared, physical) in enumerate(zip(self._schema, self._physical, strict=True)):
            parts = [piece.column(i) for piece in pieces]
            if declared.type == physical.type:
                columns.append(combined(parts, declared.type))
            else:
                columns.append(encoded(parts))
        table = pa.Table.from_arrays(columns, schema=self._physical)
        self._writer.write_table(table, row_group_size=table.num_rows)


def _is_packed(kind: pa.DataType) -> bool:
    """Whether neighbouring values differ by less than their type can hold, as a rule."""
    small = pa.types.is_decimal(kind) and kind.precision <= _INTEGER_DIGITS
    return bool(small or pa.types.is_integer(kind) or pa.types.is_date(kind))


def _is_ordered(kind: pa.DataType) -> bool:
    return bool(pa.types.is_primitive(kind) or pa.types.is_decimal(kind))


def _physical(field: pa.Field) -> pa.Field:
    """Strings that repeat are encoded as dictionaries."""
    return field.with_type(_DICTIONARY) if is_repeating(field) and field.type == pa.string() else field


def encoded(pieces: Sequence[pa.Array[Any]]) -> pa.DictionaryArray:
    """Strings, plain or as dictionaries of any kind, as one dictionary in the order of first appearance:
    it depends on the values alone."""
    parts = [
        (piece if pa.types.is_dictionary(piece.type) else piece.dictionary_encode()).cast(_DICTIONARY)
        for piece in pieces
    ]
    whole = pa.chunked_array(parts, _DICTIONARY).unify_dictionaries().combine_chunks()
    count = len(whole)
    if whole.null_count == count:
        return pa.DictionaryArray.from_arrays(pa.nulls(count, pa.int32()), pa.array([], pa.string()))
    unique = whole.dictionary.dictionary_encode()
    indices, values = whole.indices, unique.dictionary
    if len(values) < len(unique):  # a value is there twice
        indices = unique.indices.take(indices)
    order = _by_appearance(indices, len(values))
    if not np.array_equal(order, np.arange(len(values))):
        place = np.zeros(len(values), np.int32)
        place[order] = np.arange(len(order))
        places = pa.Array.from_buffers(pa.int32(), len(place), [None, pa.py_buffer(place)])
        indices, values = places.take(indices), values.take(pa.array(order))
    return pa.DictionaryArray.from_arrays(indices, values, safe=False)


def _by_appearance(indices: pa.Array[Any], size: int) -> NDArray[np.int64]:
    """Which of ``size`` codes occur, in the order in which they do so first."""
    count = len(indices)
    codes = np.frombuffer(indices.buffers()[1], np.int32)[indices.offset : indices.offset + count]
    valid = None if indices.null_count == 0 else bools(indices.is_valid())
    first = np.full(size, count, np.int64)
    for stop in sorted({min(_PREFIX, count), count}):  # all of them are mostly seen soon
        seen = np.arange(stop - 1, -1, -1) if valid is None else np.flatnonzero(valid[:stop])[::-1]
        first[codes[seen]] = seen
        if first.max(initial=0) < count:
            break
    return np.argsort(first, kind="stable")[: np.count_nonzero(first < count)]
