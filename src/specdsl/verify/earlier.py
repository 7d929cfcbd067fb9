"""Rows of earlier batches that a batch's rows refer to, beside the batch's own files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.ir.model import Dataset
from specdsl.records import record
from specdsl.verify.forms import constant, quote_name, quote_text
from specdsl.verify.naming import ROW, column_name, earlier_name, known_name, table_name
from specdsl.verify.reading import TableFiles, read_table

if TYPE_CHECKING:
    import duckdb


@record
class EarlierRows:
    """Some rows of a table: ``path`` is a Parquet file with ``columns`` of them, ``numbers`` one with their
    numbers, in the same order."""

    columns: tuple[str, ...]
    path: Path
    numbers: Path


@record
class Earlier:
    """``grown``: the tables that have rows in earlier batches. ``rows``: of them those that are referred to,
    with all that rules ask of them."""

    grown: frozenset[str]
    rows: Mapping[str, EarlierRows]

    def paths(self) -> list[Path]:
        """All files."""
        return [path for rows in self.rows.values() for path in (rows.path, rows.numbers)]


def add_earlier(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, earlier: Earlier, read: Collection[str]
) -> set[str]:
    """Make the relations in which rows look their parents up, and empty ones for tables without a new row;
    the names of these tables. ``read``: those with files."""
    connection.execute("CREATE SCHEMA earlier; CREATE SCHEMA known")
    added: set[str] = set()
    for table in dataset.tables.values():
        if table.query is not None:
            continue
        if table.name not in read:
            columns = [c for c in table.columns.values() if not c.hidden]
            nothing = [
                f"{constant(None, c.type)} AS {quote_name(column_name(table, c.name))}" for c in columns
            ]
            nothing.append(f"CAST(0 AS BIGINT) AS {ROW}")
            connection.execute(f"CREATE VIEW {table_name(table)} AS SELECT {', '.join(nothing)} WHERE false")
            added.add(table.name)
        rows = earlier.rows.get(table.name)
        if rows is None:
            continue
        types = {name: table.columns[name].type for name in rows.columns}
        read_table(
            connection, table.name, earlier_name(table), types, TableFiles([rows.path], "parquet"), None
        )
        connection.execute(
            f"CREATE VIEW {known_name(table)} AS SELECT * FROM {table_name(table)} UNION ALL BY NAME "
            f"SELECT e.* REPLACE (n.row AS {ROW}) FROM {earlier_name(table)} AS e JOIN "
            "(SELECT row, file_row_number AS at FROM "
            f"read_parquet({quote_text(str(rows.numbers))}, file_row_number = true)) AS n "
            f"ON n.at = e.{ROW}"
        )
    return added
