"""SQLite, by the module that Python has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from specdsl.databases.connection import BATCH_ROWS, StoredColumn, name_parts, no_table, one_line
from specdsl.databases.types import counterpart
from specdsl.datatypes import types as t
from specdsl.files import FileProblem, Problem

_OWN = {
    "tinyint": t.INT,
    "smallint": t.INT,
    "integer": t.INT,
    "int": t.INT,
    "real": t.FLOAT,
    "datetime": t.TIMESTAMP,
    "clob": t.STRING,
    "nvarchar": t.STRING,
    "uuid": t.STRING,  # there are no uuids; what is called so may be text or bytes
    "interval": t.STRING,
}
_HELD: dict[frozenset[str], t.DataType] = {
    frozenset(): t.STRING,
    frozenset({"integer"}): t.INT,
    frozenset({"real"}): t.FLOAT,
    frozenset({"integer", "real"}): t.FLOAT,
    frozenset({"text"}): t.STRING,
    frozenset({"blob"}): t.BYTES,
}


def connect(target: str) -> Sqlite:
    """The database in a file, which is only read. Raises FileProblem."""
    if not Path(target).is_file():
        raise FileProblem(Problem.MISSING, target)
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(Path(target).absolute()))}?mode=ro",
            uri=True,
            timeout=10,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as problem:
        kind = Problem.MALFORMED if isinstance(problem, sqlite3.DatabaseError) else Problem.UNREADABLE
        raise FileProblem(kind, target, one_line(problem)) from None
    return Sqlite(connection)


class Sqlite:
    """See ``Connection``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def columns(self, table: str) -> list[StoredColumn]:
        name = name_parts(table)[-1]
        found = self._asked("SELECT name, type FROM pragma_table_info(?)", (name,))
        if not found:
            query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
            raise no_table(table, [str(known) for (known,) in self._asked(query)])
        return [self._column(table, column, str(written or "")) for column, written in found]

    def _column(self, table: str, name: str, written: str) -> StoredColumn:
        """A column by the type that was declared; without one by the values that it holds."""
        found = counterpart(written, _OWN)
        if found is not None:
            return StoredColumn(name, found)
        query = f"SELECT DISTINCT typeof({_name(name)}) FROM {_quoted(table)}"
        held = frozenset(str(kind) for (kind,) in self._asked(query)) - {"null"}
        if held not in _HELD:
            kinds = " and ".join(sorted(held))
            raise FileProblem(Problem.MALFORMED, table, f"column `{name}` mixes {kinds}")
        return StoredColumn(name, _HELD[held])

    def count(self, table: str) -> int:
        return int(self._asked(f"SELECT count(*) FROM {_quoted(table)}")[0][0])

    def rows(
        self, table: str, columns: Sequence[StoredColumn], order: Sequence[StoredColumn] | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        outs = ", ".join(_name(c.name) for c in columns)
        by = f"ORDER BY {', '.join(f'{_name(c.name)} COLLATE BINARY' for c in order)}" if order else ""
        try:
            cursor = self._connection.execute(f"SELECT {outs} FROM {_quoted(table)} {by or self._own(table)}")
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch
        except (sqlite3.Error, UnicodeError) as problem:
            raise FileProblem(Problem.UNREADABLE, table, one_line(problem)) from None

    def _own(self, table: str) -> str:
        """The order in which the table has its rows; views and tables without row numbers: of all columns."""
        try:
            self._connection.execute(f"SELECT rowid FROM {_quoted(table)} LIMIT 0")
            kind = self._asked("SELECT type FROM sqlite_master WHERE name = ?", (name_parts(table)[-1],))
            if kind == [("table",)]:
                return "ORDER BY rowid"
        except sqlite3.Error:
            pass
        names = [_name(column.name) for column in self.columns(table)]
        return f"ORDER BY {', '.join(names)}"

    def close(self) -> None:
        self._connection.close()

    def _asked(self, query: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as problem:
            raise FileProblem(Problem.UNREADABLE, "", one_line(problem)) from None


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(table: str) -> str:
    return _name(name_parts(table)[-1])
