"""The statements of docs/replaying.md, run as they stand on batches of its spec."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import specdsl
from tests.changes.replaying import (
    Target,
    as_of,
    broken_ranges,
    duckdb_debezium,
    duckdb_plain,
    postgres_columns,
    postgres_plain,
)
from tests.docs.markdown import ROOT, blocks
from tests.sinks.containers.servers import answers, database

PAGE = blocks(ROOT / "docs" / "replaying.md")
SPEC = next(block.text for block in PAGE if block.language == "dgen")
SQL = [block.text for block in PAGE if block.language == "sql"]
AS_OF, RANGES, PLAIN, DEBEZIUM, POSTGRES = SQL
ORDERS = Target.of(specdsl.load(SPEC).dataset.tables["orders"])
COLUMNS = ", ".join(ORDERS.columns)


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes three batches in ``out``; the statements name files from there."""
    monkeypatch.chdir(tmp_path)

    def made(changes: str, format: str | None = None) -> None:
        data, checkpoint = specdsl.load(SPEC), specdsl.Checkpoint()
        for number in range(1, 4):
            out = f"out/batch={number:04}"
            done = data.build(
                out, format, checkpoint=checkpoint, changes=changes, snapshot=True, verify="off"
            )
            assert done.ok

    return made


def rows(db: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return sorted(db.execute(query).fetchall(), key=repr)


def connected() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    db.execute(
        "CREATE TABLE orders (id BIGINT, status VARCHAR, total DECIMAL(8, 2), due DATE, placed_at TIMESTAMPTZ)"
    )
    return db


def test_the_page_has_what_is_made_for_other_specs() -> None:
    """So that what other tests run is what the page says."""
    history = "read_parquet('out/batch=0003/orders.parquet')"
    assert as_of(history, COLUMNS, "TIMESTAMPTZ '2025-06-02T00:00:00Z'") in AS_OF
    assert broken_ranges(history, ORDERS.key) in RANGES
    assert duckdb_plain(ORDERS, "out/batch=*/orders.parquet") == PLAIN
    assert duckdb_debezium(ORDERS, "out/batch=*/orders.jsonl") == DEBEZIUM
    assert POSTGRES.endswith(postgres_plain(ORDERS))


def test_plain_records(build) -> None:
    build("plain")
    with connected() as db:
        db.execute(PLAIN)
        snapshot = f"SELECT {COLUMNS} FROM read_parquet('out/batch=0003/snapshot/orders.parquet')"
        assert rows(db, "FROM orders") == rows(db, snapshot) != []


def test_messages_of_debezium(build) -> None:
    build("debezium")
    with connected() as db:
        db.execute(DEBEZIUM)
        snapshot = (
            "SELECT id, status, total::DECIMAL(8, 2), due::DATE, placed_at::TIMESTAMPTZ "
            "FROM read_json('out/batch=0003/snapshot/orders.jsonl')"
        )
        assert rows(db, "FROM orders") == rows(db, snapshot) != []


def test_histories(build) -> None:
    build("scd2")
    with connected() as db:
        second = f"SELECT {COLUMNS} FROM read_parquet('out/batch=0002/snapshot/orders.parquet')"
        assert rows(db, AS_OF) == rows(db, second) != []
        assert rows(db, RANGES) == []


@pytest.mark.skipif(not answers("postgresql"), reason="no PostgreSQL answers at 127.0.0.1:5432")
def test_postgresql(build) -> None:
    build("plain", "csv")
    script = f"""
        CREATE TABLE orders ({postgres_columns(ORDERS)});
        CREATE TABLE wanted (LIKE orders);
        \\copy wanted FROM 'out/batch=0003/snapshot/orders.csv' CSV HEADER
        {POSTGRES}
        SELECT count(*) FROM (TABLE orders EXCEPT ALL TABLE wanted) x;
        SELECT count(*) FROM (TABLE wanted EXCEPT ALL TABLE orders) x;
        SELECT count(*) > 1000 FROM orders;
    """
    with database("postgresql") as server:
        assert server.run(script).split() == ["0", "0", "t"]
