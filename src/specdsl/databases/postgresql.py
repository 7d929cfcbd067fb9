"""PostgreSQL, by psycopg."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from specdsl.databases.connection import BATCH_ROWS, StoredColumn, name_parts, no_table, one_line
from specdsl.databases.types import counterpart
from specdsl.datatypes import types as t
from specdsl.files import FileProblem, Problem

if TYPE_CHECKING:
    import psycopg

_OWN = {"bytea": t.BYTES, "jsonb": t.JSON, "character": t.STRING, '"char"': t.STRING}
_TEXTS = (t.String, t.Json)
_COLUMNS = """
    SELECT a.attname,
           CASE y.typtype WHEN 'd' THEN format_type(y.typbasetype, y.typtypmod)
                          WHEN 'e' THEN 'text' ELSE format_type(a.atttypid, a.atttypmod) END
    FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
    WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_TABLES = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1
"""


def connect(target: str) -> Postgresql:
    """The database at a URL, in a transaction that sees one state of it. Raises FileProblem."""
    try:
        import psycopg
    except ImportError:
        raise FileProblem(
            Problem.DATABASE, target, "psycopg is not installed: pip install 'specdsl[postgresql]'"
        ) from None
    try:
        connection = psycopg.connect(target, connect_timeout=10, application_name="specdsl")
        connection.execute("SET TIME ZONE 'UTC'; SET IntervalStyle = 'postgres'; SET DateStyle = 'ISO'")
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
    except psycopg.Error as problem:
        raise FileProblem(Problem.DATABASE, target, one_line(problem)) from None
    return Postgresql(connection)


class Postgresql:
    """See ``Connection``."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def columns(self, table: str) -> list[StoredColumn]:
        found = self._asked(_COLUMNS, (_quoted(table),))
        if not found:
            raise no_table(table, [str(name) for (name,) in self._asked(_TABLES)])
        return [self._column(table, name, written) for name, written in found]

    def _column(self, table: str, name: str, written: str) -> StoredColumn:
        if written.endswith("[]"):
            item = counterpart(written[:-2], _OWN)
            simple = isinstance(item, t.Bool | t.Int | t.Float | t.String | t.Date)
            return StoredColumn(name, t.List(item)) if item and simple else StoredColumn(name, t.STRING, True)
        if written == "numeric":  # of any precision: as many decimals as there are
            query = f"SELECT coalesce(max(scale({_name(name)})), 0) FROM {_quoted(table)}"
            return StoredColumn(name, t.Decimal(38, min(int(self._asked(query)[0][0]), 18)))
        found = counterpart(written, _OWN)
        if found is None:
            return StoredColumn(name, t.STRING, True)
        return StoredColumn(name, found, isinstance(found, _TEXTS))

    def count(self, table: str) -> int:
        return int(self._asked(f"SELECT count(*) FROM {_quoted(table)}")[0][0])

    def rows(
        self, table: str, columns: Sequence[StoredColumn], order: Sequence[StoredColumn] | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        import psycopg

        outs = ", ".join(f"{_name(c.name)}::text" if c.as_text else _name(c.name) for c in columns)
        by = ", ".join(_ordered(c) for c in order or columns)
        try:
            with self._connection.cursor(name="specdsl") as cursor:
                cursor.execute(f"SELECT {outs} FROM {_quoted(table)} ORDER BY {by}".encode())
                while batch := cursor.fetchmany(BATCH_ROWS):
                    yield batch
        except psycopg.DataError as problem:
            raise FileProblem(Problem.VALUE, table, one_line(problem)) from None
        except psycopg.Error as problem:
            raise FileProblem(Problem.DATABASE, table, one_line(problem)) from None

    def close(self) -> None:
        import psycopg

        with suppress(psycopg.Error):
            self._connection.close()

    def _asked(self, query: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        import psycopg

        try:
            return self._connection.execute(query.encode(), values or None).fetchall()
        except psycopg.Error as problem:
            raise FileProblem(Problem.DATABASE, "", one_line(problem)) from None


def _ordered(column: StoredColumn) -> str:
    """The column as it sorts everywhere alike: texts by their bytes."""
    text = column.as_text or isinstance(column.type, t.String)
    return f'{_name(column.name)}::text COLLATE "C"' if text else _name(column.name)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(table: str) -> str:
    return ".".join(map(_name, name_parts(table)))
