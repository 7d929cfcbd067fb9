"""DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specdsl.databases.connection import BATCH_ROWS, StoredColumn, name_parts, no_table, one_line
from specdsl.databases.types import counterpart
from specdsl.datatypes import types as t
from specdsl.files import FileProblem, Problem

if TYPE_CHECKING:
    import duckdb

_OWN = {
    "utinyint": t.Int(8, signed=False),
    "usmallint": t.Int(16, signed=False),
    "uinteger": t.Int(32, signed=False),
    "ubigint": t.Int(64, signed=False),
    "hugeint": t.Decimal(38, 0),
    "float": t.Float(32),
}


def connect(target: str) -> DuckDb:
    """The database in a file, which is only read. Raises FileProblem."""
    import duckdb

    if not Path(target).is_file():
        raise FileProblem(Problem.MISSING, target)
    try:
        connection = duckdb.connect(
            target,
            read_only=True,
            config={"enable_external_access": "false", "threads": "1", "autoload_known_extensions": "false"},
        )
        connection.execute("BEGIN TRANSACTION READ ONLY")
    except duckdb.IOException as problem:
        malformed = "not a valid DuckDB" in str(problem)
        kind = Problem.MALFORMED if malformed else Problem.UNREADABLE
        raise FileProblem(kind, target, one_line(problem)) from None
    except duckdb.Error as problem:
        raise FileProblem(Problem.UNREADABLE, target, one_line(problem)) from None
    return DuckDb(connection)


class DuckDb:
    """See ``Connection``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def columns(self, table: str) -> list[StoredColumn]:
        parts = name_parts(table)
        found = self._asked(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ? "
            "AND table_schema = ? AND table_catalog = current_database() ORDER BY ordinal_position",
            (parts[-1], parts[-2] if len(parts) > 1 else "main"),
        )
        if not found:
            query = "SELECT table_name FROM information_schema.tables ORDER BY table_name"
            raise no_table(table, [str(known) for (known,) in self._asked(query)])
        return [_column(name, written) for name, written in found]

    def count(self, table: str) -> int:
        return int(self._asked(f"SELECT count(*) FROM {_quoted(table)}")[0][0])

    def rows(
        self, table: str, columns: Sequence[StoredColumn], order: Sequence[StoredColumn] | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        import duckdb

        outs = ", ".join(map(_out, columns))
        by = f"ORDER BY {', '.join(_name(c.name) for c in order)}" if order else self._own(table)
        try:
            cursor = self._connection.execute(f"SELECT {outs} FROM {_quoted(table)} {by}")
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch
        except (duckdb.Error, OverflowError, ValueError) as problem:  # years that Python does not have
            raise FileProblem(Problem.UNREADABLE, table, one_line(problem)) from None

    def _own(self, table: str) -> str:
        """The order in which the table has its rows; of a view that of all columns."""
        import duckdb

        try:
            self._connection.execute(f"SELECT rowid FROM {_quoted(table)} LIMIT 0")
        except duckdb.Error:
            return "ORDER BY ALL"
        return "ORDER BY rowid"

    def close(self) -> None:
        self._connection.close()

    def _asked(self, query: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        import duckdb

        try:
            return self._connection.execute(query, list(values)).fetchall()
        except duckdb.Error as problem:
            raise FileProblem(Problem.UNREADABLE, "", one_line(problem)) from None


def _column(name: str, written: str) -> StoredColumn:
    if written.endswith("[]"):
        item = counterpart(written[:-2], _OWN)
        simple = isinstance(item, t.Bool | t.Int | t.Float | t.String | t.Date)
        return StoredColumn(name, t.List(item)) if item and simple else StoredColumn(name, t.STRING, True)
    found = counterpart(written, _OWN)
    return StoredColumn(name, t.STRING, as_text=True) if found is None else StoredColumn(name, found)


def _out(column: StoredColumn) -> str:
    name = _name(column.name)
    if column.type == t.TIMESTAMP:  # with a zone it would need another package
        return f"make_timestamp(epoch_us({name}))"
    return f"CAST({name} AS VARCHAR)" if column.as_text else name


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(table: str) -> str:
    return ".".join(map(_name, name_parts(table)))
