"""Rows come back in the order in which they were written, from every format, when there are many more of
them than fit a batch, a row group or a task of the library that writes or reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.ir.expr import Const
from specdsl.ir.model import Column, Dataset, Table
from specdsl.sinks import delta, duckdb, orc, parquet, sqlite
from specdsl.sinks.container import Content
from specdsl.sinks.registry import CONTAINERS, SINKS
from specdsl.verify.database import open_database
from specdsl.verify.naming import ROW
from specdsl.verify.reading import TableFiles, read_table
from tests.sinks.containers.making import options
from tests.sinks.writing import written

COLUMNS: dict[str, t.DataType] = {"number": t.INT, "text": t.STRING}
SCHEMA = pa.schema([pa.field(name, arrow_type(dtype), nullable=False) for name, dtype in COLUMNS.items()])
ROWS = 350_000  # several batches, and groups of DuckDB's
FEWER = {"excel": 20_000, "sql": 60_000}  # formats that take their time


def table_of(rows: int) -> pa.Table:
    """Numbers that do not follow each other, so that sorting them would not put them in order."""
    numbers = pa.array([i * 7_919 % 1_000_003 for i in range(rows)], pa.int64())
    return pa.table([numbers, pc.cast(numbers, pa.string())], schema=SCHEMA)


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """More batches and groups than there are by default."""
    for module, name, rows in (
        (delta, "_GROUP_ROWS", 10_000),
        (delta, "_READ_ROWS", 3_000),
        (sqlite, "_ROWS", 3_000),
        (duckdb, "_ROWS", 5_000),
        (orc, "_BATCH_ROWS", 10_000),
        (parquet, "_GROUP_ROWS", 16_384),
    ):
        monkeypatch.setattr(module, name, rows)


def numbers_read(name: str, paths: list[Path], folder: Path) -> list[int]:
    """The numbers by the rows' numbers, as verification has them."""
    database = open_database(paths, folder / "database")
    try:
        database.execute("CREATE SCHEMA data; CREATE SCHEMA stage")
        read = read_table(database, "rows", "data.rows", COLUMNS, TableFiles(paths, name), folder)
        assert read.usable
        assert not read.problems
        found = database.execute(f"SELECT number, text FROM data.rows ORDER BY {ROW}").fetchall()
    finally:
        database.close()
    assert all(str(number) == text for number, text in found)
    return [number for number, _ in found]


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("name", SINKS)
def test_files(name: str, tmp_path: Path) -> None:
    whole = table_of(ROWS)
    paths = []
    for i, (start, stop) in enumerate([(0, 140_000), (140_000, ROWS)]):
        path = tmp_path / f"rows-{i}{SINKS[name].extension(SINKS[name].compressions[0])}"
        batches = whole.slice(start, stop - start).to_batches(max_chunksize=30_000)
        path.write_bytes(written(name, batches, SCHEMA))
        paths.append(path)
    assert numbers_read(name, paths, tmp_path) == whole["number"].to_pylist()


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(name: str, tmp_path: Path) -> None:
    whole = table_of(FEWER.get(name, ROWS))
    paths = []
    middle = whole.num_rows * 2 // 5
    for i, part in enumerate((whole.slice(0, middle), whole.slice(middle))):
        paths.append(tmp_path / f"part-{i}.parquet")
        paths[-1].write_bytes(written("parquet", part.to_batches(), SCHEMA))
    columns = {c: Column(c, d, nullable=False, value=Const(d, True, None)) for c, d in COLUMNS.items()}
    table = Table("rows", columns)
    held = CONTAINERS[name]
    compression = held.compressions[0]
    target = tmp_path / f"made{held.extension(compression)}"
    held.write(
        target,
        Dataset("all", 1, 0, "en_US", {"rows": table}),
        [Content(table, SCHEMA, whole.num_rows, tuple(paths))],
        options(compression=compression),
    )
    assert numbers_read(name, [target], tmp_path) == whole["number"].to_pylist()


def test_a_lake_has_the_same_bytes_whatever_its_files(tmp_path: Path) -> None:
    whole = table_of(9_000)
    table = Table(
        "rows", {c: Column(c, d, nullable=False, value=Const(d, True, None)) for c, d in COLUMNS.items()}
    )
    paths = []
    for i, (start, stop) in enumerate([(0, 9_000), (0, 1), (1, 4_000), (4_000, 9_000)]):
        paths.append(tmp_path / f"part-{i}.parquet")
        paths[-1].write_bytes(written("parquet", whole.slice(start, stop - start).to_batches(), SCHEMA))
    content = Content(table, SCHEMA, 9_000, tuple(paths[:1]))
    made = []
    for name, some in (("one", paths[:1]), ("more", paths[1:])):
        folder = tmp_path / name
        CONTAINERS["delta"].write(
            folder,
            Dataset("all", 1, 0, "en_US", {"rows": table}),
            [replace(content, paths=tuple(some))],
            options(compression="snappy"),
        )
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        assert len(files) == 2
        made.append({path.relative_to(folder): path.read_bytes() for path in files})
    assert made[0] == made[1]
