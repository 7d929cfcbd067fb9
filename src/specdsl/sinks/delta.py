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
from specdsl.sinks.relational.columnar import physical, restored, stored
from specdsl.sinks.relational.names import require_names
from specdsl.sinks.relational.stored import notes_on_columns, notes_on_partitions

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
        yield from notes_on_partitions(dataset)
        yield from notes_on_columns(dataset, _note, nested=True)

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
            held = physical(field).with_metadata({"comment": doc} if doc else None)
            fields.append(held.with_nullable(columns[field.name].nullable))
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
        case t.Uuid():
            return "a string: Delta Lake has no uuid"
        case t.Int(64, signed=False):
            return "decimal(20, 0): integers of Delta Lake have a sign"
        case _:
            return None


def _written(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    arrays = [stored(array, field.type) for array, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _batches(paths: Sequence[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pq.ParquetFile(path.removeprefix("file://")) as file:
            for batch in file.iter_batches(65_536, use_threads=False):
                arrays = [restored(batch.column(batch.schema.get_field_index(f.name)), f) for f in schema]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
