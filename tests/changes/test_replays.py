"""Batches that builds write, replayed: the copy is what the dataset is after each of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import duckdb
import pytest

import specdsl
from specdsl.checkpoints.model import moment
from specdsl.ir.model import Dataset
from tests.changes import specs
from tests.changes.replaying import (
    Target,
    as_of,
    broken_ranges,
    duckdb_debezium,
    duckdb_plain,
    postgres_columns,
    postgres_plain,
    quoted,
)
from tests.sinks.containers.servers import answers, database

BATCHES = 5
SPECS = ("SHOP", "TENANTS", "TOTALS")


class Built:
    """Batches of a spec as change records of one form, each with a snapshot."""

    def __init__(self, spec: str, changes: str, folder: Path, format: str | None = None) -> None:
        data = specdsl.load(getattr(specs, spec))
        checkpoint = specdsl.Checkpoint(folder / "state.duckdb")
        self.folder = folder
        self.dataset: Dataset = data.dataset
        self.tables = [Target.of(t) for t in data.dataset.tables.values()]
        for number in range(1, BATCHES + 1):
            result = data.build(
                folder / f"batch={number}",
                format,
                checkpoint=checkpoint,
                changes=changes,
                snapshot=True,
                verify="off" if format == "csv" else "full",
            )
            assert result.ok
        self.clocks = [b.now for b in checkpoint.batches()]

    def files(self, table: Target, batch: int | str, extension: str = "parquet") -> str:
        """The change records of a batch."""
        return str(self.folder / f"batch={batch}" / f"{table.name}.{extension}")

    def snapshot(self, table: Target, batch: int, extension: str = "parquet") -> str:
        """What the table is after a batch."""
        return str(self.folder / f"batch={batch}" / "snapshot" / f"{table.name}.{extension}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    @lru_cache
    def make(spec: str, changes: str, format: str | None = None) -> Built:
        return Built(spec, changes, tmp_path_factory.mktemp("built"), format)

    yield make


def same(db: duckdb.DuckDBPyConnection, one: str, other: str, *, some: bool = True) -> None:
    """Both have the same rows, of which none comes twice; ``some``: and there are some."""
    for a, b in ((one, other), (other, one)):
        assert db.execute(f"({a}) EXCEPT ({b})").fetchall() == []
    counts = [db.execute(f"SELECT count(*) FROM ({x})").fetchone() for x in (one, other)]
    assert counts[0] == counts[1]
    assert not some or counts != [(0,), (0,)]


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("form", ["plain", "debezium"])
def test_batch_after_batch_in_duckdb(spec: str, form: str, built, db: duckdb.DuckDBPyConnection) -> None:
    made: Built = built(spec, form)
    extension, merge = ("parquet", duckdb_plain) if form == "plain" else ("jsonl", duckdb_debezium)
    for table in made.tables:
        columns = ", ".join(table.columns)
        first = made.snapshot(table, 1, extension)
        shown = built(spec, "plain")  # the same rows, in a format that keeps their types
        db.execute(
            f"CREATE TABLE {table.name} AS SELECT {columns} FROM read_parquet('{shown.snapshot(table, 1)}')"
        )
        assert Path(first).exists()
        for batch in range(2, BATCHES + 1):
            if Path(made.files(table, batch, extension)).exists():
                db.execute(merge(table, made.files(table, batch, extension)))
            snapshot = f"SELECT {columns} FROM read_parquet('{shown.snapshot(table, batch)}')"
            same(db, f"FROM {table.name}", snapshot)


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("form", ["plain", "debezium"])
def test_all_batches_at_once_into_an_empty_table(
    spec: str, form: str, built, db: duckdb.DuckDBPyConnection
) -> None:
    made: Built = built(spec, form)
    extension, merge = ("parquet", duckdb_plain) if form == "plain" else ("jsonl", duckdb_debezium)
    for table in made.tables:
        last = f"SELECT {', '.join(table.columns)} FROM read_parquet('{built(spec, 'plain').snapshot(table, BATCHES)}')"
        db.execute(f"CREATE TABLE {table.name} AS {last} LIMIT 0")
        db.execute(merge(table, made.files(table, "*", extension)))
        same(db, f"FROM {table.name}", last)


@pytest.mark.skipif(not answers("postgresql"), reason="no PostgreSQL answers at 127.0.0.1:5432")
@pytest.mark.parametrize("spec", SPECS)
def test_postgresql_with_references(spec: str, built) -> None:
    made: Built = built(spec, "plain", "csv")
    script = []
    for table in made.tables:
        key = ", ".join(table.key)
        script += [
            f"CREATE TABLE {table.name} ({postgres_columns(table)}, PRIMARY KEY ({key}));",
            f"CREATE TABLE wanted_{table.name} (LIKE {table.name});",
            f"CREATE TABLE {table.name}_changes "
            f"(_op text, _seq bigint, _committed_at timestamptz, LIKE {table.name}, _before jsonb);",
            f"\\copy {table.name} FROM '{made.snapshot(table, 1, 'csv')}' CSV HEADER",
        ]
    for table in made.dataset.tables.values():
        for reference in table.references.values():
            own, keys = (", ".join(map(quoted, names)) for names in (reference.columns, reference.key))
            script.append(
                f"ALTER TABLE {table.name} ADD FOREIGN KEY ({own}) REFERENCES {reference.table} ({keys}) "
                "DEFERRABLE INITIALLY DEFERRED;"
            )
    for batch in range(2, BATCHES + 1):
        script.append("BEGIN;")
        for table in made.tables:
            file = made.files(table, batch, "csv")
            script.append(f"TRUNCATE {table.name}_changes, wanted_{table.name};")
            if Path(file).exists():
                script += [f"\\copy {table.name}_changes FROM '{file}' CSV HEADER", postgres_plain(table)]
            script.append(
                f"\\copy wanted_{table.name} FROM '{made.snapshot(table, batch, 'csv')}' CSV HEADER"
            )
        script.append("COMMIT;")
        for table in made.tables:
            one, other = f"TABLE {table.name}", f"TABLE wanted_{table.name}"
            script += [
                f"SELECT count(*) FROM ({one} EXCEPT ALL {other}) x;",
                f"SELECT count(*) FROM ({other} EXCEPT ALL {one}) x;",
            ]
    with database("postgresql") as server:
        found = server.run("\n".join(script)).split()
    assert found == ["0"] * (2 * len(made.tables) * (BATCHES - 1))


@pytest.mark.parametrize("spec", SPECS)
def test_histories(spec: str, built, db: duckdb.DuckDBPyConnection) -> None:
    made: Built = built(spec, "scd2")
    for table in made.tables:
        columns = ", ".join(table.columns)
        history = f"read_parquet('{made.files(table, BATCHES)}')"
        assert db.execute(broken_ranges(history, table.key)).fetchall() == []
        last = f"SELECT {columns} FROM read_parquet('{made.snapshot(table, BATCHES)}')"
        same(db, f"SELECT {columns} FROM {history} WHERE is_current", last)
        for batch, clock in enumerate(made.clocks, 1):
            snapshot = f"SELECT {columns} FROM read_parquet('{made.snapshot(table, batch)}')"
            then = as_of(history, columns, f"TIMESTAMPTZ '{moment(clock)}'").rstrip(";\n")
            same(db, then, snapshot)
        keys = ", ".join(table.key)
        ended = f"SELECT {keys} FROM {history} GROUP BY ALL HAVING count(*) = count(valid_to)"
        same(
            db,
            ended,
            f"SELECT DISTINCT {keys} FROM {history} EXCEPT SELECT {keys} FROM ({last})",
            some=table.name != "tenants",
        )


@pytest.mark.parametrize("spec", SPECS)
def test_a_history_only_goes_on(spec: str, built, db: duckdb.DuckDBPyConnection) -> None:
    """What a batch says of the time before it is what the batch before said."""
    made: Built = built(spec, "scd2")
    for table in made.tables:
        for batch in range(2, BATCHES + 1):
            before, now = (f"read_parquet('{made.files(table, b)}')" for b in (batch - 1, batch))
            clock = f"TIMESTAMPTZ '{moment(made.clocks[batch - 2])}'"
            columns = ", ".join(table.columns)
            known = f"SELECT {columns}, valid_from, valid_to, version FROM {before}"
            then = (
                f"SELECT {columns}, valid_from, CASE WHEN valid_to <= {clock} THEN valid_to END, version "
                f"FROM {now} WHERE valid_from <= {clock}"
            )
            same(db, known, then)


@pytest.mark.parametrize("spec", SPECS)
def test_histories_and_records_agree_on_when(spec: str, built, db: duckdb.DuckDBPyConnection) -> None:
    """A version begins when its change was committed, and the last one ends when its row was deleted."""
    made, shown = built(spec, "scd2"), built(spec, "plain")
    for table in made.tables:
        history = f"read_parquet('{made.files(table, BATCHES)}')"
        records = f"read_parquet('{shown.files(table, '*')}')"
        keys = ", ".join(table.key)
        begun = f"SELECT {keys}, _committed_at FROM {records} WHERE _op <> 'delete'"
        same(db, f"SELECT {keys}, valid_from FROM {history}", begun)
        ended = f"SELECT {keys}, max(valid_to) FROM {history} GROUP BY ALL HAVING count(*) = count(valid_to)"
        deleted = f"SELECT {keys}, _committed_at FROM {records} WHERE _op = 'delete'"
        same(db, ended, deleted, some=table.name != "tenants")
