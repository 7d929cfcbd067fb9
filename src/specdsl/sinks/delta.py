"""Delta Lake: a folder for each table, with a transaction log and Parquet files (needs ``specdsl[delta]``).

======================  ==================================================================
bool                    boolean
int8 ... int            byte, short, integer, long
uint8, uint16, uint32   the next wider of these; uint64 decimal(20, 0)
float, float32          double, float
decimal                 decimal(p, s)
string, enum, json      string
bytes                   binary
date                    date
time                    string: ``09:30:00`` or ``09:30:00.250000``
timestamp               timestamp (microseconds, UTC)
duration                long, microseconds
uuid                    string of 36 characters
list, struct            array, struct of these
======================  ==================================================================

The table's documentation is its description, a column's is the ``comment`` in its metadata. Not
null is part of the schema. The rows are the same whenever it is built; names of files and times in the log
are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.datatypes import types as t
from specdsl.errors import DataError, UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.container import Content
from specdsl.sinks.options import Options, options_of
from specdsl.sinks.relational.names import require_names
from specdsl.sinks.relational.nesting import rebuilt
from specdsl.sinks.relational.stored import notes_on_columns
from specdsl.sinks.relational.values import MEMBER, MICROSECONDS, TIME, UUID
from specdsl.sinks.text.buffers import plain_strings
from specdsl.sinks.text.instants import time_text
from specdsl.sinks.text.values import uuid_text

_WIDER = {
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.decimal128(20, 0),
}
_CODECS: Mapping[str, Literal["SNAPPY", "ZSTD", "GZIP", "UNCOMPRESSED"]] = {
    "snappy": "SNAPPY",
    "zstd": "ZSTD",
    "gzip": "GZIP",
    "none": "UNCOMPRESSED",
}
_GROUP_ROWS = 131_072  # a group is kept in memory while it is written
_ONE_FILE = 1 << 50  # bytes: rows keep their order in one file


class DeltaLake:
    """See the module's text."""

    name = "delta"
    compressions: tuple[str, ...] = ("snappy", "zstd", "gzip", "none")
    options: Options = options_of()
    per_table = True

    def extension(self, compression: str) -> str:
        return ""

    def require(self) -> None:
        try:
            import deltalake  # noqa: F401
        except ImportError:
            raise UsageError(
                "format `delta` needs the package deltalake", "pip install 'specdsl[delta]'"
            ) from None

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        require_names(dataset, "Delta Lake", 255, in_bytes=True, folds=True)
        for table in dataset.tables.values():
            if all(column.hidden for column in table.columns.values()):
                raise UsageError(f"a table of Delta Lake has columns, and `{table.name}` has none")
            if table.partition_by:
                by = ", ".join(table.partition_by)
                yield f"`{table.name}` is not divided by {by}: its rows keep their order"
        yield from notes_on_columns(dataset, _note)

    def write(
        self, target: Path, dataset: Dataset, contents: Sequence[Content], options: WriteOptions
    ) -> None:
        from deltalake import DeltaTable, WriterProperties, write_deltalake
        from deltalake.exceptions import DeltaError

        (content,) = contents
        columns = content.table.columns
        fields = []
        for field in content.schema:
            doc = columns[field.name].doc
            physical = _physical(field).with_metadata({"comment": doc} if doc else None)
            fields.append(physical.with_nullable(columns[field.name].nullable))
        schema = pa.schema(fields)
        batches = (_written(batch, schema) for batch in content.batches())
        writer = WriterProperties(compression=_CODECS[options.compression], max_row_group_size=_GROUP_ROWS)
        try:
            table = DeltaTable.create(
                target, schema, name=content.table.name, description=content.table.doc or None
            )
            if content.rows:
                write_deltalake(
                    table,
                    pa.RecordBatchReader.from_batches(schema, batches),
                    mode="append",
                    target_file_size=_ONE_FILE,
                    writer_properties=writer,
                )
        except DeltaError as problem:
            raise DataError(f"Delta Lake refuses `{content.table.name}`: {problem}") from problem

    def read(self, target: Path, table: str, schema: pa.Schema) -> pa.RecordBatchReader:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        try:
            lake = DeltaTable(target)
            held = {field.name for field in lake.schema().fields}
            paths = sorted(lake.file_uris())
        except (DeltaError, OSError) as problem:
            raise ValueError(str(problem)) from problem
        found = pa.schema([field for field in schema if field.name in held], schema.metadata)
        return pa.RecordBatchReader.from_batches(found, _batches(paths, found))


def _note(dtype: t.DataType) -> str | None:
    match dtype:
        case t.Duration():
            return "a long of microseconds"
        case t.Time():
            return "a string: Delta Lake has no time of day"
        case t.Int(64, signed=False):
            return "decimal(20, 0): integers of Delta Lake have a sign"
        case _:
            return None


def _physical(field: pa.Field) -> pa.Field:
    """What stands in the files for a field; documentation of what is nested is left out."""
    kind = field.type
    if pa.types.is_list(kind):
        return pa.field(field.name, pa.list_(_physical(kind.value_field)), field.nullable)
    if pa.types.is_struct(kind):
        inner = pa.struct([_physical(kind.field(i)) for i in range(kind.num_fields)])
        return pa.field(field.name, inner, field.nullable)
    if kind in _WIDER:
        return pa.field(field.name, _WIDER[kind], field.nullable)
    if pa.types.is_dictionary(kind) or pa.types.is_time(kind) or kind == pa.uuid():
        return pa.field(field.name, pa.string(), field.nullable)
    if pa.types.is_duration(kind):
        return pa.field(field.name, pa.int64(), field.nullable)
    return pa.field(field.name, kind, field.nullable)


def _written(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    arrays = [_stored(array, field.type) for array, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _stored(array: Any, kind: pa.DataType) -> Any:
    own = array.type
    if pa.types.is_list(own) or pa.types.is_struct(own):
        return rebuilt(array, pa.field("", kind), lambda child, field: _stored(child, field.type))
    if pa.types.is_dictionary(own):
        return plain_strings(array)
    if pa.types.is_time(own):
        return time_text(array)
    if own == pa.uuid():
        return uuid_text(array)
    return array if own == kind else array.cast(kind)


def _batches(paths: Sequence[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pq.ParquetFile(path.removeprefix("file://")) as file:
            for batch in file.iter_batches(65_536, use_threads=False):
                arrays = [_read(batch.column(batch.schema.get_field_index(f.name)), f) for f in schema]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _read(array: Any, field: pa.Field) -> Any:
    """A column of the files in the type of the field."""
    kind = field.type
    if pa.types.is_list(kind) or pa.types.is_struct(kind):
        return rebuilt(array, field, _read)
    if pa.types.is_dictionary(kind):
        return MEMBER.parse(array.cast(pa.string()), field)
    if pa.types.is_time(kind):
        return TIME.parse(array.cast(pa.string()), field)
    if kind == pa.uuid():
        return UUID.parse(array.cast(pa.string()), field)
    if pa.types.is_duration(kind):
        return MICROSECONDS.parse(array.cast(pa.string()), field)
    return array.cast(kind)
