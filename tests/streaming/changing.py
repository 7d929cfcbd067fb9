"""Streams of change records, what a build writes of the same batches, and what they come to when replayed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

import specdsl
from tests.changes.replaying import Target, duckdb_debezium, quoted

State = dict[str, list[tuple[Any, ...]]]


def built(
    data: specdsl.Data, folder: Path, batches: int, format: str = "jsonl", **asked: Any
) -> dict[str, list[bytes]]:
    """The lines that builds of so many batches write, by table; snapshots are beside them."""
    checkpoint = specdsl.Checkpoint()
    lines: dict[str, list[bytes]] = {name: [] for name in data}
    for number in range(1, batches + 1):
        place = folder / f"{number}"
        assert data.build(place, format, checkpoint=checkpoint, verify="off", snapshot=True, **asked).ok
        for name in data:
            path = place / f"{name}.jsonl"
            lines[name] += path.read_bytes().splitlines() if path.exists() else []
    return lines


def streamed(data: specdsl.Data, folder: Path, *tables: str, **asked: Any) -> dict[str, list[bytes]]:
    """The lines that a stream writes, by table."""
    data.stream(*tables, **asked).send(str(folder))
    paths = {name: folder / f"{name}-00001.jsonl" for name in data}
    return {name: path.read_bytes().splitlines() if path.exists() else [] for name, path in paths.items()}


def table_of(message: dict[str, Any]) -> str:
    """The table that a message of Debezium is about."""
    return str(message["source"]["table"])


def replayed(data: specdsl.Data, messages: Iterable[bytes | str], folder: Path, built: Path) -> State:
    """The rows that messages of Debezium come to, by the ``MERGE`` of the manual; tombstones are skipped. The
    tables are as those of the snapshot in ``built``."""
    by_table: dict[str, list[str]] = {name: [] for name in data}
    for message in messages:
        text = message.decode() if isinstance(message, bytes) else message
        if text != "null":
            by_table[table_of(json.loads(text))].append(text)
    state: State = {}
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        for name, lines in by_table.items():
            target = Target.of(data.dataset.tables[name])
            like = f"SELECT * FROM read_parquet('{built / 'snapshot' / name}.parquet') LIMIT 0"
            database.execute(f"CREATE TABLE {quoted(name)} AS {like}")
            path = folder / f"received-{name}.jsonl"
            path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
            if lines:
                database.execute(duckdb_debezium(target, str(path)))
            state[name] = rows(database, f"SELECT * FROM {quoted(name)}")
    return state


def snapshot(data: specdsl.Data, folder: Path) -> State:
    """The rows that ``--snapshot`` has written as Parquet in ``folder``."""
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        return {
            name: rows(database, f"SELECT * FROM read_parquet('{folder / 'snapshot' / name}.parquet')")
            for name in data
        }


def rows(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """The rows that a query gives, in an order of their own."""
    return sorted(database.execute(query).fetchall(), key=repr)
