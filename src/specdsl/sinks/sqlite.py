"""SQLite files: one database with all tables, keys and references declared.

Types are those of ``specdsl.sinks.sql_dump.sqlite``; documentation stands as comments in the text of the
schema (``.schema`` shows it). Rows are kept in their order: ``ORDER BY rowid``. References of a table to
itself and those of a cycle are deferred. The bytes depend on the rows and on the release of SQLite.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.errors import DataError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.container import Content
from specdsl.sinks.options import Options, flag, options_of
from specdsl.sinks.relational.model import parents_first, relations
from specdsl.sinks.relational.names import require_names
from specdsl.sinks.relational.stored import notes_on_columns, notes_on_partitions, stored_type
from specdsl.sinks.sql_dump.ddl import Declaring
from specdsl.sinks.sql_dump.dialect import Qualify
from specdsl.sinks.sql_dump.sqlite import Sqlite, is_text
from specdsl.sinks.text.buffers import bools

RULES = flag("rules", "Declare keys, references and conditions.", default=True)

_DIALECT = Sqlite()
_ROWS = 8_192  # of Python's objects at a time
_QUICK = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -32768;
"""


class SqliteFile:
    """See the module's text."""

    name = "sqlite"
    compressions: tuple[str, ...] = ("none",)
    options: Options = options_of(RULES)
    per_table = False

    def extension(self, compression: str) -> str:
        return ".sqlite"

    def require(self) -> None:
        """Nothing is required: it comes with Python."""

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        require_names(dataset, "SQLite", _DIALECT.longest_name, in_bytes=False, folds=True)
        yield from notes_on_partitions(dataset)
        yield from notes_on_columns(dataset, _DIALECT.note)

    def write(
        self, target: Path, dataset: Dataset, contents: Sequence[Content], options: WriteOptions
    ) -> None:
        by_name = {content.table.name: content for content in contents}
        tables = relations(dataset, [name for name in parents_first(dataset) if name in by_name])
        declaring = Declaring(_DIALECT, tables, {}, Qualify(_DIALECT, ""), rules=options.get(RULES))
        with _failures(), closing(sqlite3.connect(target, isolation_level=None)) as database:
            database.executescript(_QUICK)  # nobody sees the file before it is whole
            database.execute("BEGIN")
            declared = [declaring.declarations(table) for table in tables]
            for part in declared:
                database.execute(part.table)
            for table in tables:
                content = by_name[table.name]
                marks = ", ".join("?" * len(table.columns))
                insert = f"INSERT INTO {_DIALECT.quote(table.name)} VALUES ({marks})"
                for batch in content.batches(_ROWS):
                    columns = [
                        _stored(array, field, column.type)
                        for array, field, column in zip(
                            batch.columns, content.schema, table.columns, strict=True
                        )
                    ]
                    database.executemany(insert, zip(*columns, strict=True))
            for part in declared:
                for statement in filter(None, part.after.split("\n")):
                    database.execute(statement)
            database.execute("COMMIT")

    def read(self, target: Path, table: str, schema: pa.Schema) -> pa.RecordBatchReader:
        if not target.is_file():
            raise ValueError("there is no such file")
        database = sqlite3.connect(f"{target.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        try:
            quoted = _DIALECT.quote(table)
            held = {row[1] for row in database.execute(f"PRAGMA table_info({quoted})")}
            if not held:
                raise ValueError(f"there is no table `{table}`")
            found = pa.schema([field for field in schema if field.name in held], schema.metadata)
            names = ", ".join(map(_DIALECT.quote, found.names)) or "NULL"
            rows = database.execute(f"SELECT {names} FROM {quoted} ORDER BY rowid")
        except sqlite3.Error as problem:
            raise ValueError(str(problem)) from problem
        return pa.RecordBatchReader.from_batches(found, _batches(database, rows, found))


def _batches(
    database: sqlite3.Connection, rows: sqlite3.Cursor, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    types = [stored_type(field) for field in schema]
    with closing(database):
        while True:
            try:
                some = rows.fetchmany(_ROWS)
            except sqlite3.Error as problem:
                raise ValueError(str(problem)) from problem
            if not some:
                return
            columns = zip(*some, strict=True)
            arrays = [
                _read(values, field, dtype)
                for values, field, dtype in zip(columns, schema, types, strict=False)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


@contextmanager
def _failures() -> Iterator[None]:
    """What SQLite raises as what it means."""
    try:
        yield
    except sqlite3.IntegrityError as problem:
        raise DataError(
            f"SQLite refuses rows: {problem}", "`-O rules=false` leaves keys and conditions out"
        ) from problem
    except sqlite3.OperationalError as problem:
        for word, number in (("full", errno.ENOSPC), ("readonly", errno.EACCES), ("I/O", errno.EIO)):
            if word in str(problem):
                raise OSError(number, str(problem)) from problem
        raise DataError(f"SQLite refuses: {problem}") from problem


# --- values ------------------------------------------------------------------------------------


def _stored(array: Any, field: pa.Field, dtype: t.DataType) -> list[object]:
    """A column as values that SQLite stores."""
    match dtype:
        case t.Bytes():
            return array.to_pylist()  # type: ignore[no-any-return]
        case _ if is_text(dtype):
            pass
        case t.Bool() | t.Int() | t.Duration():
            return _numbers(array.cast(pa.int64()), np.int64)
        case t.Float():
            if pc.any(pc.is_nan(array)).as_py():
                raise DataError(f"SQLite has no NaN, which `{field.name}` holds", "make it null")
            return _numbers(array.cast(pa.float64()), np.float64)
        case t.Decimal(_, scale):
            whole = pa.Array.from_buffers(
                pa.decimal128(38, 0), len(array), array.buffers(), offset=array.offset
            )
            # A quotient of two exact doubles is the nearest double of the decimal.
            return _numbers(whole.cast(pa.int64()), np.int64, 10.0**scale)
    if pa.types.is_dictionary(array.type):
        members = np.array([*array.dictionary.to_pylist(), None], object)
        codes = pc.fill_null(array.indices, len(array.dictionary)).to_numpy(zero_copy_only=False)
        return members[codes].tolist()  # type: ignore[no-any-return]
    text = _DIALECT.spelling(dtype).form.render(array, field)
    return text.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def _numbers(array: Any, kind: type[np.generic], divisor: float | None = None) -> list[object]:
    filled = pc.fill_null(array, 0) if array.null_count else array
    values = filled.to_numpy(zero_copy_only=False).astype(kind, copy=False)
    if divisor is not None:
        values = values / divisor
    if not array.null_count:
        return values.tolist()  # type: ignore[no-any-return]
    objects = values.astype(object)
    objects[~bools(array.is_valid())] = None
    return objects.tolist()  # type: ignore[no-any-return]


def _read(values: Sequence[Any], field: pa.Field, dtype: t.DataType) -> Any:
    """A column of what SQLite gives, in the field's type."""
    try:
        match dtype:
            case t.Bytes():
                return pa.array(values, field.type)
            case _ if is_text(dtype):
                pass
            case t.Bool():
                return pa.array([None if v is None else _flag(v) for v in values], field.type)
            case t.Int() | t.Float():
                return pa.array(values, field.type)
            case t.Duration():
                return pa.array(values, pa.int64()).cast(field.type)
            case t.Decimal(_, scale):
                doubles = pa.array(values, pa.float64())
                whole = (
                    pc.round(pc.multiply(doubles, 10.0**scale)).cast(pa.int64()).cast(pa.decimal128(38, 0))
                )
                return pa.Array.from_buffers(field.type, len(whole), whole.buffers(), offset=whole.offset)
        return _DIALECT.spelling(dtype).form.parse(pa.array(values, pa.string()), field)
    except (TypeError, ValueError) as problem:  # those of Arrow among them
        raise ValueError(f"column `{field.name}` holds what is not {dtype}: {problem}") from problem


def _flag(value: object) -> bool:
    if value not in (0, 1):
        raise ValueError(f"a bool is 0 or 1, not {value!r}")
    return bool(value)
