"""The same table in each database that rows are taken from."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.sinks.containers.servers import answers, database

KINDS = ("postgresql", "mysql", "sqlite", "duckdb")

_TABLE = {
    "postgresql": """
        CREATE TABLE users (id bigint PRIMARY KEY, email varchar(40) NOT NULL, n numeric(12, 2), ok boolean,
          seen timestamptz, born date, opens time, doc jsonb, raw bytea, size real, level smallint);
    """,
    "mysql": """
        CREATE TABLE users (id bigint PRIMARY KEY, email varchar(40) NOT NULL, n decimal(12, 2), ok boolean,
          seen datetime(6), born date, opens time(6), doc json, raw blob, size float, level smallint);
    """,
    "sqlite": """
        CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, n decimal(12, 2), ok boolean,
          seen datetime, born date, opens time, doc json, raw blob, size float, level smallint);
    """,
    "duckdb": """
        CREATE TABLE users (id bigint PRIMARY KEY, email varchar NOT NULL, n decimal(12, 2), ok boolean,
          seen timestamptz, born date, opens time, doc json, raw blob, size real, level smallint);
    """,
}
_RAW = {"postgresql": "'\\x00ff'", "mysql": "x'00ff'", "sqlite": "x'00ff'", "duckdb": "'\\x00\\xFF'::blob"}
_AT = {"postgresql": "+00", "duckdb": "+00"}

ROWS = [
    (2, "b@example.com", None, None, None, None, None, None, None, None, None),
    (
        10,
        "Z@example.com",
        "7.25",
        True,
        "2024-02-29 12:00:00.5",
        "2024-02-29",
        "09:30:00",
        '{"a": 1}',
        "",
        1.5,
        3,
    ),
    (1, "é@example.com", "-1.00", False, "1999-12-31 00:00:00", "1999-12-31", "00:00:00", "[]", "", -2.0, -4),
]
"""In no order: two of them sort otherwise by the text of their keys, and by their letters' case."""


def script(kind: str) -> str:
    """SQL that makes the table and fills it."""

    def literal(column: int, value: object) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "true" if value else "false"
        if column == 8:
            return _RAW[kind]
        text = f"{value}{_AT.get(kind, '')}" if column == 4 else str(value)
        return text if isinstance(value, int | float) else f"'{text}'"

    rows = ", ".join(f"({', '.join(literal(i, v) for i, v in enumerate(row))})" for row in ROWS)
    return f"{_TABLE[kind]} INSERT INTO users VALUES {rows};"


@contextmanager
def filled(kind: str, folder: Path) -> Iterator[tuple[str, Run]]:
    """The address of a database with the table, and what runs more SQL there."""
    if kind in ("postgresql", "mysql"):
        if not answers(kind):
            pytest.skip(f"no {kind} answers")
        with database(kind) as server:
            server.run(script(kind))
            user = "postgres" if kind == "postgresql" else "root"
            yield f"{kind}://{user}@127.0.0.1/{server.database}", Run(server.run)
    elif kind == "sqlite":
        path = folder / f"shop-{os.getpid()}.sqlite"
        run = Run(lambda sql: _sqlite(path, sql))
        run(script(kind))
        yield str(path), run
    else:
        path = folder / f"shop-{os.getpid()}.duckdb"
        run = Run(lambda sql: _duckdb(path, sql))
        run(script(kind))
        yield f"duckdb:{path}", run


class Run:
    """Runs SQL."""

    def __init__(self, run: object) -> None:
        self._run = run

    def __call__(self, sql: str) -> None:
        self._run(sql)


def _sqlite(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()


def _duckdb(path: Path, sql: str) -> None:
    connection = duckdb.connect(str(path))
    connection.execute(sql)
    connection.close()
