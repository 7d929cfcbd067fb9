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
null is part of the schema, save for members of a struct that may be null. All rows are in one Parquet
file, in their order, which a lake as such does not have. The file has the same bytes whenever it is built;
the times and the table's id in the log do not.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.datatypes import types as t
from specdsl.errors import UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import Rechunker, WriteOptions, combined, is_repeating, leaf_paths
from specdsl.sinks.container import Content
from specdsl.sinks.options import Options, options_of
from specdsl.sinks.parquet import group_rows
from specdsl.sinks.relational.columnar import physical, restored, stored
from specdsl.sinks.relational.names import require_names
from specdsl.sinks.relational.stored import notes_on_columns, notes_on_partitions
from specdsl.sinks.row_groups import batches_of

_IDS = uuid.UUID("7a0c1c1e-2f0b-5d57-9a53-6b1f4f1f5d0e")  # of this program's tables
_FILE = "part-00000.parquet"
_GROUP_ROWS = 65_536  # a group is kept in memory while it is written
_READ_ROWS = 16_384
_IN_FOLDERS = " !#$&'()+,;=@[]{}^~_.-"  # besides letters and digits, what names of folders have as it is


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
            strange = next((c for c in table.name if not c.isalnum() and c not in _IN_FOLDERS), None)
            if strange is not None:  # its folder's name would have a percent sign, which deltalake unquotes
                raise UsageError(f"a folder of Delta Lake has no `{strange}` in its name", "rename the table")
        yield from notes_on_partitions(dataset)
        yield from notes_on_columns(dataset, _note, nested=True)

    def write(
        self, target: Path, dataset: Dataset, contents: Sequence[Content], options: WriteOptions
    ) -> None:
        from deltalake import Schema

        (content,) = contents
        columns = content.table.columns
        fields = []
        for field in content.schema:
            doc = columns[field.name].doc
            held = physical(field).with_metadata({"comment": doc} if doc else None)
            fields.append(_promised(held.with_nullable(columns[field.name].nullable)))
        schema = pa.schema(fields)
        log = target / "_delta_log"
        log.mkdir(parents=True)
        actions = _described(dataset, content, Schema.from_arrow(schema).to_json())
        if content.rows:
            _write_file(target / _FILE, content, pa.schema(map(_loose, schema)), options.compression)
            size = (target / _FILE).stat().st_size
            actions.append({"add": _added(size, content.rows, _milliseconds(dataset))})
        with (log / f"{0:020}.json").open("x", encoding="utf-8", newline="\n") as file:
            for action in actions:
                file.write(json.dumps(action, ensure_ascii=False, separators=(",", ":")) + "\n")

    def read(self, target: Path, table: str, schema: pa.Schema) -> pa.RecordBatchReader:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        try:
            lake = DeltaTable(target)
            held = {field.name for field in lake.schema().fields}
            paths = [unquote(uri.removeprefix("file://")) for uri in sorted(lake.file_uris())]
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
        case t.Uuid():
            return "a string: Delta Lake has no uuid"
        case t.Int(64, signed=False):
            return "decimal(20, 0): integers of Delta Lake have a sign"
        case _:
            return None


# --- the log -----------------------------------------------------------------------------------
# It is written here, not by deltalake: that deals batches out to several tasks and joins what they made as
# it comes, so that rows lose their order; it keeps the folder of the build in the log, and the time of day.


def _described(dataset: Dataset, content: Content, schema: str) -> list[dict[str, Any]]:
    """What a new table's log begins with, after the protocol of Delta Lake (its section on actions)."""
    table = content.table
    time = _milliseconds(dataset)
    about: dict[str, Any] = {
        "id": str(uuid.uuid5(_IDS, f"{dataset.name}/{dataset.seed}/{table.name}")),
        "name": table.name,
        "description": table.doc or None,
        "format": {"provider": "parquet", "options": {}},
        "schemaString": schema,
        "partitionColumns": [],
        "createdTime": time,
        "configuration": {},
    }
    return [
        {"commitInfo": {"timestamp": time, "operation": "CREATE TABLE", "operationParameters": {}}},
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": about},
    ]


def _added(size: int, rows: int, time: int) -> dict[str, Any]:
    return {
        "path": _FILE,
        "partitionValues": {},
        "size": size,
        "modificationTime": time,
        "dataChange": True,
        "stats": json.dumps({"numRecords": rows}, separators=(",", ":")),
    }


def _milliseconds(dataset: Dataset) -> int:
    return dataset.now // 1_000


def _promised(field: pa.Field, may_be_null: bool = False) -> pa.Field:
    """``field`` as the schema says it: members are nullable where a struct that they are in is, at any depth.
    Readers cast each member by itself, with the nulls of its struct."""
    kind, nullable = field.type, field.nullable or may_be_null
    if pa.types.is_list(kind):  # a null list has no items
        kind = pa.list_(_promised(kind.value_field))
    elif pa.types.is_struct(kind):
        kind = pa.struct([_promised(member, nullable) for member in kind])
    return field.with_type(kind).with_nullable(nullable)


# --- the rows ----------------------------------------------------------------------------------


def _loose(field: pa.Field) -> pa.Field:
    """``field`` with all that is in lists and structs nullable: what is in a null struct is null, too."""
    kind = field.type
    if pa.types.is_list(kind):
        return field.with_type(pa.list_(_loose(kind.value_field).with_nullable(True)))
    if pa.types.is_struct(kind):
        inner = [_loose(kind.field(i)).with_nullable(True) for i in range(kind.num_fields)]
        return field.with_type(pa.struct(inner))
    return field


def _write_file(path: Path, content: Content, schema: pa.Schema, compression: str) -> None:
    """The rows in their order. Dictionaries only where values repeat; three levels of names for lists, as
    readers of Delta Lake expect."""
    repeating = [
        leaf
        for own, field in zip(content.schema, schema, strict=True)
        for (leaf, _), (_, kind) in zip(leaf_paths(field), leaf_paths(own), strict=True)
        if pa.types.is_dictionary(kind) or is_repeating(own)
    ]
    chunks = Rechunker(min(_GROUP_ROWS, group_rows(schema)))
    with pq.ParquetWriter(
        path,
        schema,
        compression=compression,
        use_dictionary=repeating,
        store_decimal_as_integer=True,
        store_schema=False,
    ) as writer:

        def add(pieces: Sequence[pa.RecordBatch]) -> None:
            arrays = [
                combined([stored(piece.column(i), field.type) for piece in pieces], field.type)
                for i, field in enumerate(schema)
            ]
            table = pa.Table.from_arrays(arrays, schema=schema)
            writer.write_table(table, row_group_size=table.num_rows)

        for batch in content.batches(_READ_ROWS):
            for pieces in chunks.add(batch):
                add(pieces)
        for pieces in chunks.rest():
            add(pieces)


def _batches(paths: Sequence[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of all files, one after the other; null where an older file lacks a column."""
    for path in paths:
        with pq.ParquetFile(path) as file:
            held = set(file.schema_arrow.names)
            names = [name for name in schema.names if name in held]
            for batch in batches_of(file, _READ_ROWS, names):
                arrays = [
                    restored(batch.column(field.name), field)
                    if field.name in held
                    else pa.nulls(batch.num_rows, field.type)
                    for field in schema
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
