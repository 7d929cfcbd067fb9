"""Rows of earlier batches that a batch's rows refer to, beside the batch's own files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.errors import DataError
from specdsl.ir.model import Dataset, Dirt, Table
from specdsl.records import record
from specdsl.verify.forms import constant, quote_name, quote_text
from specdsl.verify.naming import ROW, column_name, earlier_name, known_name, table_name
from specdsl.verify.reading import TableFiles, read_table, readable_paths, stage_name
from specdsl.verify.restored import Restored, load_key

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
class EarlierFiles:
    """All rows of a table that were written before: the files of each batch, in order. ``answers``: for each
    the key to its dirt (None: it has none), by which the clean values are put back; ``dirt``: what is
    declared of it. ``left``: the same rows as the last batch has left them, some changed or deleted (None:
    they are as they were written)."""

    files: tuple[TableFiles, ...]
    answers: tuple[Path | None, ...]
    dirt: tuple[Dirt, ...] = ()
    left: TableFiles | None = None


@record
class Earlier:
    """``grown``: the tables that have rows in earlier batches. ``rows``: of them those that are referred to,
    with all that rules ask of them, or all. ``variants``: the lists of which of these rows are of a
    variant."""

    grown: frozenset[str]
    rows: Mapping[str, EarlierRows | EarlierFiles]
    variants: tuple[Path, ...] = ()

    @property
    def ordered(self) -> bool:
        """Whether the numbers of rows are known."""
        files = [rows.files for rows in self.rows.values() if isinstance(rows, EarlierFiles)]
        return all(some.ordered for of_table in files for some in of_table)

    def paths(self, temp_dir: Path) -> list[Path]:
        """All files, and where those are unpacked to."""
        found = list(self.variants)
        for rows in self.rows.values():
            if isinstance(rows, EarlierFiles):
                found += [path for files in rows.files for path in readable_paths(files, temp_dir)]
                found += [path for path in rows.answers if path is not None]
                found += [] if rows.left is None else readable_paths(rows.left, temp_dir)
            else:
                found += [rows.path, rows.numbers]
        return found


def add_earlier(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    earlier: Earlier,
    read: Collection[str],
    temp_dir: Path,
) -> set[str]:
    """Make the relations in which rows look their parents up, and empty ones for tables without a new row;
    the names of these tables. ``read``: those with files. Raises DataError for files that cannot be read."""
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
        if isinstance(rows, EarlierFiles):
            _add_files(connection, table, rows, temp_dir)
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


def _add_files(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: EarlierFiles, temp_dir: Path
) -> None:
    """The rows of a table together with those that were written before."""
    types = {c.name: c.type for c in table.columns.values() if not c.hidden}
    parts: list[str] = []
    for number, (files, answers) in enumerate(zip(rows.files, rows.answers, strict=True)):
        view = _read(connection, table, number, files, temp_dir)
        if answers is None:
            parts.append(f"SELECT * FROM {view}")
            continue
        key = f"{stage_name(view).partition('.')[0]}.{quote_name(f'#answers:{table.name}')}"
        load_key(connection, answers, key)
        restored = Restored(connection, replace(table, dirt=rows.dirt), view, key, files.first_row)
        parts.append(restored.query(list(types)))
    if rows.left is not None and table.key:
        view = _read(connection, table, len(parts), rows.left, temp_dir)
        same = " AND ".join(
            f"w.{name} = l.{name}" for c in table.key if (name := quote_name(column_name(table, c)))
        )
        written = " UNION ALL BY NAME ".join(parts)
        parts = [f"SELECT l.* REPLACE (w.{ROW} AS {ROW}) FROM {view} AS l JOIN ({written}) AS w ON {same}"]
    parts.insert(0, f"SELECT * FROM {table_name(table)}")
    connection.execute(f"CREATE VIEW {known_name(table)} AS {' UNION ALL BY NAME '.join(parts)}")


def _read(
    connection: duckdb.DuckDBPyConnection, table: Table, number: int, files: TableFiles, temp_dir: Path
) -> str:
    """The view of the rows of some earlier files. Raises DataError for files that cannot be read."""
    view = earlier_name(table, number)
    for schema in (view, stage_name(view)):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema.partition('.')[0]}")
    types = {c.name: c.type for c in table.columns.values() if not c.hidden}
    found = read_table(connection, table.name, view, types, files, temp_dir)
    if found.problems or found.missing:
        what = [*found.problems, *found.missing.values()][0]
        raise DataError(f"the rows of `{table.name}` in `{files.paths[0]}` cannot be read: {what}")
    return view
