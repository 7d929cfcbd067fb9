"""The statistics of files: each table brought into DuckDB as verification does it, and looked at.

Memory is flat: DuckDB has a limit and spills; what charts are made of is at most ``CHARTED`` rows, chosen by
a hash of the row's number, so that the same files give the same report. Counts, nulls, least, greatest and
mean are of all rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from specdsl.errors import EnvironmentFailure
from specdsl.ir.model import Dataset, Table
from specdsl.report.columns import Look, column_profile
from specdsl.report.model import TableProfile
from specdsl.verify.database import MEMORY_LIMITS, interruptible, open_database
from specdsl.verify.display import displayed
from specdsl.verify.forms import quote_name
from specdsl.verify.naming import ROW, column_name, table_name
from specdsl.verify.reading import ReadTable, TableFiles, read_table, readable_paths

if TYPE_CHECKING:
    import duckdb

CHARTED = 200_000
"""How many rows of a table its charts look at."""
SHOWN_ROWS = 10


def profile(
    dataset: Dataset, tables: Mapping[str, TableFiles], temp_dir: Path | None = None
) -> dict[str, TableProfile]:
    """What the files of ``tables`` hold, by table, in the order of the dataset. Tables whose files cannot
    be read have no columns. Raises EnvironmentFailure (memory, disk) and KeyboardInterrupt."""
    import duckdb

    with TemporaryDirectory(prefix="specdsl-report-", dir=temp_dir) as folder:
        own = Path(folder)
        readable = [path for files in tables.values() for path in readable_paths(files, own)]
        for memory in MEMORY_LIMITS[1:]:
            connection = open_database(readable, own / memory, memory_limit=memory)
            try:
                with interruptible():
                    return _profiles(connection, dataset, tables, own)
            except duckdb.OutOfMemoryException:
                continue
            except duckdb.IOException as problem:
                told = str(problem).splitlines()[0]
                raise EnvironmentFailure(f"cannot look at the data for the report: {told}") from problem
            finally:
                connection.close()
    raise EnvironmentFailure("there is not enough memory for the report")


def _profiles(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, tables: Mapping[str, TableFiles], own: Path
) -> dict[str, TableProfile]:
    connection.execute("CREATE SCHEMA data; CREATE SCHEMA stage")
    read: dict[str, ReadTable] = {}
    for table in dataset.tables.values():
        if table.name in tables:
            columns = {c.name: c.type for c in table.columns.values() if not c.hidden}
            view = table_name(table)
            read[table.name] = read_table(connection, table.name, view, columns, tables[table.name], own)
    rows = {
        name: int(
            connection.execute(f"SELECT count(*) FROM {table_name(dataset.tables[name])}").fetchall()[0][0]
        )
        for name in read
    }
    return {
        name: _table(connection, dataset, dataset.tables[name], tables[name], one, rows)
        for name, one in read.items()
    }


def _table(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    table: Table,
    files: TableFiles,
    read: ReadTable,
    rows: Mapping[str, int],
) -> TableProfile:
    every = max(1, -(-rows[table.name] // CHARTED))
    look = Look(connection, dataset, table, rows, every)
    columns = {
        c.name: column_profile(look, c, read.missing.get(c.name, ""))
        for c in table.columns.values()
        if not c.hidden
    }
    sizes = tuple((path, _size(path)) for path in files.paths if path.exists())
    charted = rows[table.name] if every == 1 else rows[table.name] // every
    return TableProfile(table.name, rows[table.name], sizes, charted, columns, _sample(look, read))


def _size(path: Path) -> int:
    """The bytes of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
    return path.stat().st_size


def _sample(look: Look, read: ReadTable) -> tuple[Mapping[str, object], ...]:
    shown = [c for c in look.table.columns.values() if not c.hidden and c.name not in read.missing]
    if not shown:
        return ()
    selected = ", ".join(quote_name(column_name(look.table, c.name)) for c in shown)
    rows = look.connection.execute(
        f"SELECT {selected} FROM {look.source} WHERE {ROW} < {SHOWN_ROWS} ORDER BY {ROW}"
    ).fetchall()
    return tuple({c.name: displayed(v, c.type) for c, v in zip(shown, row, strict=True)} for row in rows)
