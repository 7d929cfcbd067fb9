"""MySQL and MariaDB, by PyMySQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from specdsl.databases.connection import BATCH_ROWS, StoredColumn, name_parts, no_table, one_line
from specdsl.databases.types import counterpart
from specdsl.datatypes import types as t
from specdsl.files import FileProblem, Problem

_OWN = {
    "tinyint unsigned": t.Int(8, signed=False),
    "smallint unsigned": t.Int(16, signed=False),
    "mediumint": t.Int(32),
    "mediumint unsigned": t.Int(32, signed=False),
    "int unsigned": t.Int(32, signed=False),
    "bigint unsigned": t.Int(64, signed=False),
    "year": t.Int(16),
    "float": t.Float(32),
    "datetime": t.TIMESTAMP,
    "tinytext": t.STRING,
    "mediumtext": t.STRING,
    "longtext": t.STRING,
    "binary": t.BYTES,
    "varbinary": t.BYTES,
    "tinyblob": t.BYTES,
    "mediumblob": t.BYTES,
    "longblob": t.BYTES,
}


def connect(target: str) -> Mysql:
    """The database at a URL, in a transaction that sees one state of it. Raises FileProblem."""
    try:
        import pymysql
    except ImportError:
        raise FileProblem(
            Problem.DATABASE, target, "PyMySQL is not installed: pip install 'specdsl[mysql]'"
        ) from None
    parts = urlsplit(target)
    given = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    try:
        connection = pymysql.connect(
            host=parts.hostname or "localhost",
            port=parts.port or 3306,
            user=unquote(parts.username or "") or None,
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")) or None,
            charset="utf8mb4",
            connect_timeout=10,
            unix_socket=given.get("unix_socket"),
            ssl_ca=given.get("ssl_ca"),
        )
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION time_zone = '+00:00'")
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    except (pymysql.Error, OSError, RuntimeError) as problem:  # RuntimeError: a package for passwords
        raise FileProblem(Problem.DATABASE, target, one_line(problem)) from None
    return Mysql(connection)


class Mysql:
    """See ``Connection``."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def columns(self, table: str) -> list[StoredColumn]:
        schema, name = self._place(table)
        found = self._asked(
            "SELECT column_name, column_type FROM information_schema.columns "
            "WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position",
            (schema, name),
        )
        if not found:
            query = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY 1"
            raise no_table(table, [str(known) for (known,) in self._asked(query, (schema,))])
        return [_column(str(column), _text(written)) for column, written in found]

    def count(self, table: str) -> int:
        return int(self._asked(f"SELECT count(*) FROM {_quoted(table)}")[0][0])

    def rows(
        self, table: str, columns: Sequence[StoredColumn], order: Sequence[StoredColumn] | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        import pymysql
        from pymysql.cursors import SSCursor

        outs = ", ".join(f"CAST({_name(c.name)} AS CHAR)" if c.as_text else _name(c.name) for c in columns)
        by = ", ".join(_ordered(c) for c in order or columns)
        try:
            with self._connection.cursor(SSCursor) as cursor:
                cursor.execute(f"SELECT {outs} FROM {_quoted(table)} ORDER BY {by}")
                while batch := cursor.fetchmany(BATCH_ROWS):
                    yield list(batch)
        except pymysql.Error as problem:
            raise FileProblem(Problem.DATABASE, table, one_line(problem)) from None

    def close(self) -> None:
        import pymysql

        with suppress(pymysql.Error, OSError):
            self._connection.close()

    def _place(self, table: str) -> tuple[str, str]:
        """The schema and the name of a table."""
        parts = name_parts(table)
        if len(parts) > 1:
            return parts[-2], parts[-1]
        return str(self._asked("SELECT coalesce(database(), '')")[0][0]), parts[0]

    def _asked(self, query: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        import pymysql

        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return list(cursor.fetchall())
        except pymysql.Error as problem:
            raise FileProblem(Problem.DATABASE, "", one_line(problem)) from None


def _column(name: str, written: str) -> StoredColumn:
    plain = written.lower().replace(" zerofill", "")
    if plain in ("tinyint(1)", "bit(1)"):
        return StoredColumn(name, t.BOOL)
    if plain.startswith("decimal") and plain.endswith("unsigned"):
        plain = plain.removesuffix("unsigned")
    found = counterpart(plain, _OWN)
    return StoredColumn(name, t.STRING, as_text=True) if found is None else StoredColumn(name, found)


def _ordered(column: StoredColumn) -> str:
    text = column.as_text or isinstance(column.type, t.String)
    return f"CAST({_name(column.name)} AS BINARY)" if text else _name(column.name)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _quoted(table: str) -> str:
    return ".".join(map(_name, name_parts(table)))
