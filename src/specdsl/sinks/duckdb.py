"""DuckDB files: one database with all tables in DuckDB's own types, keys and references declared.

======================  ==================================================================
bool, ints, floats      as themselves, unsigned ones too
decimal                 ``DECIMAL(p, s)``
string                  ``VARCHAR``
enum                    an ``ENUM`` type of its own
json                    ``JSON``
bytes                   ``BLOB``
date, time              ``DATE``, ``TIME``
timestamp               ``TIMESTAMPTZ``
duration                ``INTERVAL``, of microseconds alone
uuid                    ``UUID``
list, struct            ``T[]``, ``STRUCT(...)``
======================  ==================================================================

Documentation of tables and columns is in comments (``COMMENT ON``). References of a table to itself and
those that close a cycle are not declared: DuckDB would check them within a statement. Keys are indexes that
it keeps in memory while it fills a table, in proportion to the rows; ``-O rules=false`` leaves them out. The
rows are the same whenever it is built, the bytes of the file are not.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import duckdb_type
from specdsl.errors import DataError
from specdsl.ir.model import Column, Dataset
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.container import Content
from specdsl.sinks.options import Options, flag, options_of
from specdsl.sinks.relational.model import ForeignKey, Relation, parents_first, relations
from specdsl.sinks.relational.names import require_names
from specdsl.sinks.relational.nesting import rebuilt
from specdsl.sinks.relational.stored import notes_on_partitions, stored_type
from specdsl.sinks.relational.values import MEMBER, UUID
from specdsl.sinks.sql_dump.ddl import Declaring
from specdsl.sinks.sql_dump.dialect import Qualify, Size
from specdsl.sinks.sql_dump.postgresql import PostgreSql

if TYPE_CHECKING:
    import duckdb

RULES = flag("rules", "Declare keys, references and conditions.", default=True)

# What a database may use: the first that suffices. Rows go to disk beyond it, indexes of keys cannot.
_MEMORY_LIMITS = ("96MB", "256MB", "1GB", "4GB")
_READ_MEMORY = "64MB"
_ROWS = 16_384
_THREADS = 1  # a second one takes memory and saves no time


class _Dialect(PostgreSql):
    name = "duckdb"
    title = "DuckDB"
    longest_name = 1_000_000
    folds = True
    later = False

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def type_name(self, dtype: t.DataType, size: Size) -> str:
        match dtype:
            case t.Enum():
                return self.quote(dtype.name)
            case t.List(item):
                return f"{self.type_name(item, size)}[]"
            case t.Struct(fields):
                inner = (f"{self.quote(f.name)} {self.type_name(f.type, size)}" for f in fields)
                return f"STRUCT({', '.join(inner)})"
            case _:
                return duckdb_type(dtype)

    def compares(self, column: Column, *, order: bool) -> bool:
        return super().compares(column, order=order) and not isinstance(column.type, t.Duration)

    def declares(self, key: ForeignKey) -> bool:
        return not key.later


DIALECT = _Dialect()


class DuckDbFile:
    """See the module's text."""

    name = "duckdb"
    compressions: tuple[str, ...] = ("none",)
    options: Options = options_of(RULES)
    per_table = False

    def extension(self, compression: str) -> str:
        return ".duckdb"

    def require(self) -> None:
        """Nothing is required: verification has it too."""

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        require_names(dataset, "DuckDB", DIALECT.longest_name, in_bytes=False, folds=True)
        yield from notes_on_partitions(dataset)
        if not values.get(RULES.name, RULES.default):
            return
        for relation in relations(dataset, parents_first(dataset)):
            for key in relation.references:
                if key.later:
                    what = "itself" if key.table == relation.name else f"`{key.table}` in a cycle"
                    yield (
                        f"`{relation.name}.{key.columns[0]}` refers to {what}: "
                        "DuckDB cannot be told of the reference (its values are written)"
                    )

    def write(
        self, target: Path, dataset: Dataset, contents: Sequence[Content], options: WriteOptions
    ) -> None:
        import duckdb

        by_name = {content.table.name: content for content in contents}
        tables = relations(dataset, [name for name in parents_first(dataset) if name in by_name])
        declaring = Declaring(DIALECT, tables, {}, Qualify(DIALECT, ""), rules=options.get(RULES))
        with _failures():
            for limit in _MEMORY_LIMITS:
                target.unlink(missing_ok=True)
                try:
                    _filled(target, limit, declaring, tables, by_name, all_enums(dataset))
                except duckdb.Error as problem:
                    if limit == _MEMORY_LIMITS[-1] or not _is_out_of_memory(problem):
                        raise
                else:
                    return

    def read(self, target: Path, table: str, schema: pa.Schema) -> pa.RecordBatchReader:
        import duckdb

        if not target.is_file():
            raise ValueError("there is no such file")
        try:
            database = duckdb.connect(str(target), read_only=True, config=_config(_READ_MEMORY))
            held = database.execute(f"DESCRIBE {DIALECT.quote(table)}").fetchall()
        except duckdb.Error as problem:
            raise ValueError(str(problem).splitlines()[0]) from problem
        names = {row[0] for row in held}
        found = pa.schema([field for field in schema if field.name in names], schema.metadata)
        return pa.RecordBatchReader.from_batches(found, _batches(database, table, found))


def _filled(
    target: Path,
    memory: str,
    declaring: Declaring,
    tables: Sequence[Relation],
    contents: Mapping[str, Content],
    enums: Sequence[t.Enum],
) -> None:
    """Make the database within ``memory``. Raises what DuckDB raises."""
    import duckdb

    config: dict[str, Any] = _config(memory) | {"temp_directory": f"{target}.tmp"}
    with closing(duckdb.connect(str(target), config=config)) as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute(DIALECT.before_tables(enums, drop=False))
        for table in tables:
            part = declaring.declarations(table)
            database.execute(part.table)
            database.execute(part.comments)
            content = contents[table.name]
            # A file at a time: the next begins when the one before it has left the memory.
            for path in content.paths:
                values = ", ".join(_loaded(DIALECT.quote(c.name), c.type) for c in table.columns)
                database.execute(
                    f"INSERT INTO {DIALECT.quote(table.name)} SELECT {values} "
                    "FROM read_parquet(?, hive_partitioning = false)",
                    [str(path)],
                )
                database.execute("CHECKPOINT")
            database.execute(part.after)
        database.execute("CHECKPOINT")


def _config(memory: str) -> dict[str, Any]:
    return {
        "memory_limit": memory,
        "threads": _THREADS,
        "preserve_insertion_order": "true",
        "allocator_flush_threshold": "4MB",  # what is freed goes back at once
    }


def _batches(database: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import duckdb

    with closing(database):
        try:
            values = [_shown(DIALECT.quote(f.name), stored_type(f)) for f in schema] or ["NULL"]
            rows = database.sql(
                f"SELECT {', '.join(values)} FROM {DIALECT.quote(table)} ORDER BY rowid"
            ).to_arrow_reader(_ROWS)
            for batch in rows:
                arrays = [_typed(a, f) for a, f in zip(batch.columns, schema, strict=False)]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except duckdb.Error as problem:
            raise ValueError(str(problem).splitlines()[0]) from problem


@contextmanager
def _failures() -> Iterator[None]:
    """What DuckDB raises as what it means."""
    import duckdb

    try:
        yield
    except duckdb.ConstraintException as problem:
        raise DataError(
            f"DuckDB refuses rows: {str(problem).splitlines()[0]}",
            "`-O rules=false` leaves keys and conditions out",
        ) from problem
    except duckdb.Error as problem:
        if _is_out_of_memory(problem):
            raise DataError(
                "the keys of the tables need more memory than there is", "`-O rules=false` leaves them out"
            ) from problem
        if isinstance(problem, duckdb.IOException):
            number = errno.ENOSPC if "space" in str(problem) else errno.EIO
            raise OSError(number, str(problem).splitlines()[0]) from problem
        raise


def _is_out_of_memory(problem: Exception) -> bool:
    """Whether the limit was too low: DuckDB tells so by failures of a transaction, too."""
    import duckdb

    return isinstance(problem, duckdb.OutOfMemoryException) or "failed to pin block" in str(problem)


def all_enums(dataset: Dataset) -> list[t.Enum]:
    """The enums of all written columns, those in lists and structs too."""
    found: dict[t.Enum, None] = {}

    def add(dtype: t.DataType) -> None:
        match dtype:
            case t.Enum():
                found[dtype] = None
            case t.List(item):
                add(item)
            case t.Struct(fields):
                for field in fields:
                    add(field.type)

    for table in dataset.tables.values():
        for column in table.columns.values():
            if not column.hidden:
                add(column.type)
    return list(found)


def _mapped(sql: str, dtype: t.DataType, leaf: Mapping[type[t.DataType], str], depth: int = 0) -> str:
    """``sql`` with the leaves of its type put through ``leaf``, whose texts have ``{}`` for the value."""
    match dtype:
        case t.List(item):
            inner = _mapped(f"e{depth}", item, leaf, depth + 1)
            return sql if inner == f"e{depth}" else f"list_transform({sql}, lambda e{depth}: {inner})"
        case t.Struct(fields):
            parts = [
                (f.name, _mapped(f"struct_extract({sql}, {DIALECT.text(f.name)})", f.type, leaf, depth))
                for f in fields
            ]
            if all(inner.startswith("struct_extract(") for _, inner in parts):
                return sql
            packed = ", ".join(f"{DIALECT.quote(name)} := {inner}" for name, inner in parts)
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({packed}) END"
        case _:
            return leaf[type(dtype)].format(sql) if type(dtype) in leaf else sql


def _loaded(sql: str, dtype: t.DataType) -> str:
    """A column of the Parquet files, whose durations are microseconds."""
    return _mapped(sql, dtype, {t.Duration: "to_microseconds({})"})


def _shown(sql: str, dtype: t.DataType) -> str:
    """A column of the database in what Arrow has a plain type for."""
    text = "CAST({} AS VARCHAR)"
    return _mapped(sql, dtype, {t.Duration: "epoch_us({})", t.Uuid: text, t.Enum: text, t.Json: text})


def _typed(array: Any, field: pa.Field) -> Any:
    """What ``_shown`` gave in the type of the field."""
    kind = field.type
    if pa.types.is_list(kind) or pa.types.is_struct(kind):
        return rebuilt(array, field, _typed)
    if kind == pa.uuid():
        return UUID.parse(array.cast(pa.string()), field)
    if pa.types.is_dictionary(kind):
        return MEMBER.parse(array.cast(pa.string()), field)
    return array.cast(kind)
