"""The two kinds of database that a checkpoint can be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np

from specdsl.checkpoints.store import NotACheckpointError, Rows, Store, quoted
from specdsl.errors import EnvironmentFailure
from specdsl.vectors.vector import Int64Array

SQLITE_ENDINGS = (".sqlite", ".sqlite3", ".db")
_ROWS = 10_000


def open_store(path: Path | None, *, read_only: bool = False) -> Store:
    """The database at ``path``, by its ending; None: in memory. Raises NotACheckpointError and
    EnvironmentFailure."""
    if path is not None and path.suffix.lower() in SQLITE_ENDINGS:
        return SqliteStore(path)
    return DuckdbStore(path, read_only=read_only)


class DuckdbStore(Store):
    """A DuckDB file, or DuckDB in memory."""

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 2,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        try:
            self._connection = duckdb.connect(
                ":memory:" if path is None else str(path), read_only=read_only, config=config
            )
        except duckdb.IOException as problem:
            if "lock" in str(problem).lower():
                raise EnvironmentFailure(
                    f"`{path}` is open in another program", "close it there; one at a time may write"
                ) from None
            raise NotACheckpointError("is not a DuckDB database") from problem
        except duckdb.Error as problem:
            raise NotACheckpointError("cannot be opened as a DuckDB database") from problem
        self._connection.execute("SET TimeZone = 'UTC'")

    def run(self, sql: str, values: Sequence[object] = ()) -> Rows:
        return self._connection.execute(sql, list(values) or None).fetchall()

    def has_tables(self) -> bool:
        return bool(self.run("SELECT 1 FROM duckdb_tables() WHERE NOT temporary LIMIT 1"))

    def load(self, path: Path, names: Sequence[str]) -> list[tuple[str, str]]:
        source = str(path).replace("'", "''")
        self.run(
            f"CREATE OR REPLACE TEMP VIEW incoming AS SELECT {', '.join(names)} FROM read_parquet('{source}')"
        )
        return [(str(row[0]), str(row[1])) for row in self.run("DESCRIBE incoming")]

    def numbers(self, sql: str) -> list[Int64Array]:
        found = self._connection.execute(sql).fetchnumpy()
        return [np.ascontiguousarray(column, dtype=np.int64) for column in found.values()]

    def index(self, relation: str, columns: Sequence[str]) -> None:
        return

    def close(self) -> None:
        self._connection.close()


class SqliteStore(Store):
    """An SQLite file. What SQLite has no type for (uuids, dates, decimals) is text in it."""

    timestamp = "TEXT"

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("SELECT 1 FROM sqlite_master").fetchall()
        except sqlite3.DatabaseError as problem:
            raise NotACheckpointError("is not an SQLite database") from problem
        self._connection.execute("PRAGMA synchronous = FULL")

    def run(self, sql: str, values: Sequence[object] = ()) -> Rows:
        try:
            return self._connection.execute(sql, list(values)).fetchall()
        except sqlite3.OperationalError as problem:
            if "locked" in str(problem):
                raise EnvironmentFailure(
                    "the checkpoint is open in another program", "close it there; one at a time may write"
                ) from None
            raise

    def has_tables(self) -> bool:
        return bool(self.run("SELECT 1 FROM sqlite_master LIMIT 1"))

    def load(self, path: Path, names: Sequence[str]) -> list[tuple[str, str]]:
        self.run("DROP TABLE IF EXISTS temp.incoming")
        with duckdb.connect(":memory:", config={"threads": 1}) as reader:
            reader.execute("SET TimeZone = 'UTC'")
            file = str(path).replace("'", "''")
            source = reader.sql(f"SELECT * FROM read_parquet('{file}')")
            found = dict(zip(source.columns, map(str, source.types), strict=True))
            types = [(name, _affinity(found[name])) for name in names]
            selected = ", ".join(
                name if kind != "TEXT" else f"CAST({name} AS VARCHAR)" for name, kind in types
            )
            columns = ", ".join(f"{name} {kind}" for name, kind in types)
            self.run(f"CREATE TEMP TABLE incoming ({columns})")
            cursor = reader.execute(f"SELECT {selected} FROM read_parquet('{file}')")
            marks = ", ".join("?" for _ in names)
            self._connection.executemany(f"INSERT INTO temp.incoming VALUES ({marks})", _rows(cursor))
        return types

    def numbers(self, sql: str) -> list[Int64Array]:
        cursor = self._connection.execute(sql)
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, len(cursor.description))
        return [np.ascontiguousarray(column) for column in rows.T]

    def index(self, relation: str, columns: Sequence[str]) -> None:
        listed = ", ".join(quoted(c) for c in columns)
        self.run(f"CREATE INDEX {quoted(f'{relation}_by_key')} ON {quoted(relation)} ({listed})")

    def close(self) -> None:
        self._connection.close()


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while piece := cursor.fetchmany(_ROWS):
        yield from piece


def _affinity(kind: str) -> str:
    if kind.endswith("INT") or kind in ("INTEGER", "BOOLEAN"):
        return "INTEGER" if kind != "UBIGINT" else "TEXT"
    if kind in ("DOUBLE", "FLOAT"):
        return "REAL"
    return "BLOB" if kind == "BLOB" else "TEXT"
