"""ORC, the columnar files of Hive.

======================  ==================================================================
bool, float, decimal    boolean, double and float, decimal
int8 ... int            tinyint, smallint, int, bigint
uint8, uint16, uint32   the next wider of these; uint64 decimal(20, 0)
string, enum, json      string
bytes                   binary
date                    date
time                    string: ``09:30:00`` or ``09:30:00.250000``
timestamp               timestamp with local time zone (an instant)
duration                bigint, microseconds
uuid                    string of 36 characters
list, struct            array, struct of these
======================  ==================================================================

Readers hold timestamps in nanoseconds, so that those before 1677-09-21T00:12:44Z and after
2262-04-11T23:47:16Z are refused. Documentation of columns is in their attributes; there is no place for that
of tables. Stripes depend on the rows alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.errors import DataError, UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import Rechunker, WriteOptions, Writer, arrow_target, combined
from specdsl.sinks.options import options_of
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.relational.columnar import physical, restored, stored
from specdsl.sinks.relational.stored import notes_on_columns
from specdsl.sinks.sizes import rows_for

_BATCH_ROWS = 65_536
_BATCH_CELLS = 128 * _BATCH_ROWS  # rows with long lists come in smaller batches
_CODECS = {"snappy": "snappy", "zstd": "zstd", "zlib": "zlib", "lz4": "lz4", "none": "uncompressed"}
_MOST_MICROSECONDS = (2**63 - 1) // 1_000


class OrcSink:
    """See the module's text."""

    name = "orc"
    compressions: tuple[str, ...] = tuple(_CODECS)
    options = options_of(KEEP)

    def extension(self, compression: str) -> str:
        return ".orc"

    def require(self) -> None:
        """Nothing is required where Arrow was made with ORC, as it is for all common systems."""
        try:
            import pyarrow.orc  # noqa: F401
        except ImportError:
            raise UsageError("format `orc` needs a pyarrow that has it", "take another format") from None

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        for table in dataset.tables.values():
            if all(column.hidden for column in table.columns.values()):
                raise UsageError(f"a file of ORC has columns, and `{table.name}` has none")
        yield from notes_on_columns(dataset, _note, nested=True)

    def read(self, path: Path, schema: pa.Schema) -> pa.RecordBatchReader:
        """The rows of a file, a stripe at a time. Raises ValueError where it is none."""
        from pyarrow.orc import ORCFile

        file = ORCFile(str(path))
        own = file.schema
        wanted = {field.name: field for field in schema}
        fields = [_read_as(field, wanted.get(field.name)) for field in own]
        return pa.RecordBatchReader.from_batches(
            pa.schema(fields), (_restored(file.read_stripe(i), fields) for i in range(file.nstripes))
        )

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _OrcWriter(target, schema, options)


def _note(dtype: t.DataType) -> str | None:
    match dtype:
        case t.Duration():
            return "a bigint of microseconds"
        case t.Time():
            return "a string: ORC has no time of day"
        case t.Int(64, signed=False):
            return "decimal(20, 0): integers of ORC have a sign"
        case t.Uuid():
            return "a string: ORC has no uuid"
        case _:
            return None


def _read_as(own: pa.Field, wanted: pa.Field | None) -> pa.Field:
    """The field that a column is given as: what is wanted where the file holds what we write for it."""
    held = own.type
    if pa.types.is_timestamp(held):
        return pa.field(own.name, pa.timestamp("us", held.tz))
    if wanted is None or _plain(held) != _plain(physical(wanted).type):
        return pa.field(own.name, held)
    return wanted


def _plain(kind: pa.DataType) -> pa.DataType:
    """``kind`` as the files know it: without what may be null, timestamps of one unit."""
    if pa.types.is_list(kind):
        return pa.list_(pa.field("item", _plain(kind.value_type)))
    if pa.types.is_struct(kind):
        children = [kind.field(i) for i in range(kind.num_fields)]
        return pa.struct([pa.field(child.name, _plain(child.type)) for child in children])
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    return kind


def _restored(batch: pa.RecordBatch, fields: list[pa.Field]) -> pa.RecordBatch:
    arrays = [restored(column, field) for column, field in zip(batch.columns, fields, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


class _Patient:
    """A file object that keeps the first failure for later: ORC's encoder ends the process where a write
    fails while it closes."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.failure: BaseException | None = None

    def write(self, data: bytes | memoryview) -> int:
        if self.failure is None:
            try:
                self._target.write(data)
            except BaseException as failure:  # noqa: BLE001 - it is raised when the encoder has returned
                self.failure = failure
        return memoryview(data).nbytes

    def flush(self) -> None:
        """The target is flushed by whoever owns it."""

    def check(self) -> None:
        """Raises what a write raised."""
        if self.failure is not None:
            raise self.failure


class _OrcWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        from pyarrow.orc import ORCWriter

        self._table = dict(options.metadata).get("specdsl.table", "")
        self._schema = schema
        self._stored = pa.schema([_described(field) for field in schema])
        self._target = _Patient(target)
        self._file = arrow_target(cast("BinaryIO", self._target))
        self._writer = ORCWriter(self._file, compression=_CODECS[options.compression])
        self._chunks = Rechunker(rows_for(_BATCH_CELLS, options.row_values, _BATCH_ROWS, 1))
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        for pieces in self._chunks.add(batch):
            self._write(pieces)

    def close(self) -> None:
        for pieces in self._chunks.rest():
            self._write(pieces)
        if not self._rows:
            self._writer.write(self._stored.empty_table())
        self._writer.close()
        self._target.check()

    def _write(self, pieces: list[pa.RecordBatch]) -> None:
        columns = []
        for i, (field, held) in enumerate(zip(self._schema, self._stored, strict=True)):
            whole = combined([piece.column(i) for piece in pieces], field.type).combine_chunks()
            self._require_range(whole, field.name)
            columns.append(_marked(stored(whole, held.type)))
        batch = pa.RecordBatch.from_arrays(columns, schema=self._stored)
        self._writer.write(pa.Table.from_batches([batch]))
        self._target.check()
        self._rows += len(batch)

    def _require_range(self, array: Any, column: str) -> None:
        """Raises DataError for instants that no reader could hold."""
        kind = array.type
        if pa.types.is_list(kind):
            self._require_range(array.flatten(), column)
        elif pa.types.is_struct(kind):
            for child in array.flatten():
                self._require_range(child, column)
        elif pa.types.is_timestamp(kind):
            ends = pc.min_max(array.cast(pa.int64()))
            low, high = ends["min"].as_py(), ends["max"].as_py()
            if low is not None and (low < -_MOST_MICROSECONDS or high > _MOST_MICROSECONDS):
                raise DataError(
                    f"`{self._table}.{column}` has timestamps that ORC cannot hold: "
                    "they are from 1677-09-22 to 2262-04-10",
                    "give the column a narrower range, or take another format",
                )


def _described(field: pa.Field) -> pa.Field:
    doc = (field.metadata or {}).get(b"description")
    kept = {"description": doc} if doc else None
    return pa.field(field.name, _loose(physical(field).type), field.nullable, metadata=kept)


def _loose(kind: pa.DataType) -> pa.DataType:
    """``kind`` with members of structs that may all be null."""
    if pa.types.is_list(kind):
        return pa.list_(pa.field(kind.value_field.name, _loose(kind.value_type), kind.value_field.nullable))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(member.name, _loose(member.type)) for member in kind])
    return kind


def _marked(array: Any) -> Any:
    """An array with members that are null wherever their struct is: ORC's encoder takes the values of other
    rows for those of a struct that is a member, and null in some rows, else."""
    kind = array.type
    if pa.types.is_list(kind):
        items = _marked(array.flatten())
        lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
        ends = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
        mask = array.is_null() if array.null_count else None
        return pa.ListArray.from_arrays(pa.array(ends), items, type=_loose(kind), mask=mask)
    if pa.types.is_struct(kind):
        members = [_marked(member) for member in array.flatten()]
        mask = array.is_null() if array.null_count else None
        return pa.StructArray.from_arrays(members, fields=list(_loose(kind)), mask=mask)
    return array
