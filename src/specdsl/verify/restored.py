"""Rows with declared dirt as they would be without it, by the answer key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.datatypes import types as t
from specdsl.errors import DataError
from specdsl.ir.model import COPIES, Table
from specdsl.verify.forms import quote_name, quote_text
from specdsl.verify.naming import ROW, column_name
from specdsl.verify.stored import from_json

if TYPE_CHECKING:
    import duckdb

COLUMNS = ("table", "row", "key", "column", "rule", "clean", "dirty")
"""The columns of an answer key."""


def load_key(connection: duckdb.DuckDBPyConnection, answers: Path, relation: str) -> None:
    """Make the table ``relation`` of an answer key. Raises DataError where ``answers`` is none."""
    import duckdb

    listed = ", ".join(quote_name(name) for name in COLUMNS)
    try:
        connection.execute(
            f"CREATE TABLE {relation} AS SELECT {listed} FROM read_parquet({quote_text(str(answers))})"
        )
    except (duckdb.BinderException, duckdb.InvalidInputException, duckdb.IOException) as problem:
        raise DataError(
            f"`{answers}` is no answer key: one has the columns {', '.join(COLUMNS)}"
        ) from problem


@dataclass(frozen=True, slots=True)
class Restored:
    """A table with the clean values put back. ``written``: the relation with the rows of the files,
    ``key``: that of the answer key, whose positions are counted from row ``first``."""

    connection: duckdb.DuckDBPyConnection
    table: Table
    written: str
    key: str
    first: int = 0

    def lines(self, *, copies: bool) -> str:
        """The condition for the lines of the key about copies, or about rows of the table's own."""
        names = [d.name for d in self.table.dirt if (d.kind in COPIES) == copies]
        return f'"table" = {quote_text(self.table.name)} AND {among("rule", names)}'

    def copies(self) -> int:
        """How many rows the key says are copies."""
        return self._number(f"SELECT count(*) FROM {self.key} WHERE {self.lines(copies=True)}")

    def rows(self) -> int:
        """How many rows are the table's own."""
        return self._number(f"SELECT count(*) FROM {self.written}") - self.copies()

    def query(self, columns: Sequence[str]) -> str:
        """The table's own rows with ``columns`` as they would be, and their numbers."""
        changed = self._changed()
        selected = [self._restored(name) if name in changed else self._as_written(name) for name in columns]
        key = (
            f'SELECT "row" + {self.first} AS "row", "column", clean FROM {self.key} '
            f"WHERE {self.lines(copies=False)}"
        )
        return (
            f"SELECT {', '.join([*selected, f'w.{ROW}'])} FROM {self.written} AS w "
            f'LEFT JOIN ({key}) AS a ON a."row" = w.{ROW} WHERE w.{ROW} < {self.first + self.rows()}'
        )

    def _as_written(self, column: str) -> str:
        return f"w.{written_name(self.table, column)}"

    def _restored(self, column: str) -> str:
        clean = value(self.table.columns[column].type, "a.clean")
        return (
            f'CASE WHEN a."column" = {quote_text(column)} THEN {clean} ELSE {self._as_written(column)} END '
            f"AS {written_name(self.table, column)}"
        )

    def spoiled(self, columns: Collection[str]) -> str:
        """The numbers of the table's own rows of which one of ``columns`` was changed."""
        return (
            f'SELECT "row" + {self.first} FROM {self.key} WHERE {self.lines(copies=False)} '
            f"AND {among('column', tuple(columns))}"
        )

    def _changed(self) -> set[str]:
        found = self.connection.execute(
            f'SELECT DISTINCT "column" FROM {self.key} WHERE {self.lines(copies=False)}'
        ).fetchall()
        return {str(name) for (name,) in found}

    def _number(self, sql: str) -> int:
        ((count,),) = self.connection.execute(sql).fetchall()
        return int(count or 0)


def written_name(table: Table, column: str) -> str:
    """What a column is called in the relations of a table."""
    return quote_name(column_name(table, column))


def value(dtype: t.DataType, raw: str) -> str:
    """A value of the key in physical form; null where it is none of the type."""
    return from_json(f"TRY_CAST({raw} AS JSON)", dtype).sql


def among(column: str, names: Sequence[str]) -> str:
    """The condition that a column has one of some texts."""
    return f"{quote_name(column)} IN ({', '.join(map(quote_text, names))})" if names else "false"
