"""Dumps loaded by the databases that they are for: rows, values, rules."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from specdsl.sinks.sql import SqlDump
from tests.sinks.containers.making import everything_contents, options, spec_contents
from tests.sinks.containers.servers import Server, answers, database
from tests.sinks.containers.specs import AWKWARD_NAMES, CYCLE, SHOP
from tests.sinks.everything import COLUMNS
from tests.sinks.readers import arrow_rows

DUMP = SqlDump()
TYPES = {name: dtype for name, (dtype, _) in COLUMNS.items()}


@pytest.fixture
def postgres() -> Iterator[Server]:
    if not answers("postgresql"):
        pytest.skip("no PostgreSQL answers at 127.0.0.1:5432")
    with database("postgresql") as server:
        yield server


@pytest.fixture
def mariadb() -> Iterator[Server]:
    if not answers("mysql"):
        pytest.skip("no MariaDB answers at 127.0.0.1:3306")
    with database("mysql") as server:
        yield server


def expected(contents: list) -> list[dict]:
    return arrow_rows(pa.Table.from_batches(contents[0].batches()), TYPES)


def as_json(value: object) -> object:
    """A nested value as JSON Lines has it."""
    match value:
        case dict():
            return {k: as_json(v) for k, v in value.items()}
        case list():
            return [as_json(v) for v in value]
        case None | bool() | int() | float():
            return value
        case Decimal():
            return float(value)
        case _:
            return str(value)


@pytest.mark.parametrize("statement", ["insert", "copy"])
def test_values_in_postgresql(statement: str, postgres: Server, tmp_path: Path) -> None:
    dataset, contents = everything_contents(tmp_path)
    DUMP.write(tmp_path / "all.sql", dataset, contents, options(statement=statement))
    postgres.run(tmp_path / "all.sql")
    found = {
        "i64": "i64",
        "u64": "u64::text",
        "f64": "f64::text",
        "fine": "fine::text",
        "text": '"text"',
        "raw": "encode(raw, 'hex')",
        "day": "to_char(day, 'YYYY-MM-DD')",
        "clock": "(extract(epoch from clock) * 1000000)::bigint",
        "at": "(extract(epoch from at) * 1000000)::bigint",
        "span": "(extract(epoch from span) * 1000000)::bigint",
        "id": "id",
        "level": "level",
        "doc": "doc",
        "path": "path",
        "mixed": "mixed",
    }
    columns = ", ".join(f"'{name}', {sql}" for name, sql in found.items())
    lines = postgres.run(f"SELECT json_build_object({columns}) FROM everything;").split("\n")[:-1]
    rows = [json.loads(line) for line in lines]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for row, want in zip(rows, expected(contents), strict=True):
        assert (row["i64"], row["text"], row["level"]) == (want["i64"], want["text"], want["level"])
        assert row["doc"] == want["doc"]
        for name, read in (("u64", int), ("f64", float), ("fine", Decimal)):
            assert (None if row[name] is None else read(row[name])) == want[name], name
        assert row["raw"] == (None if want["raw"] is None else want["raw"].hex())
        assert row["day"] == (None if want["day"] is None else want["day"].isoformat())
        assert row["id"] == (None if want["id"] is None else str(want["id"]))
        micros = None if want["at"] is None else (want["at"] - epoch) // (epoch.resolution)
        assert row["at"] == micros
        assert row["span"] == (None if want["span"] is None else want["span"] // want["span"].resolution)
        assert row["path"] == as_json(want["path"])


def test_values_in_mariadb(mariadb: Server, tmp_path: Path) -> None:
    dataset, contents = everything_contents(tmp_path)
    DUMP.write(tmp_path / "all.sql", dataset, contents, options(dialect="mysql"))
    mariadb.run(tmp_path / "all.sql")
    want = expected(contents)
    text = mariadb.run("SET NAMES utf8mb4; SELECT IFNULL(HEX(`text`), 'null') FROM everything;").split("\n")[
        :-1
    ]
    assert text == ["null" if r["text"] is None else r["text"].encode().hex().upper() for r in want]
    other = mariadb.run(
        "SET NAMES utf8mb4; SELECT JSON_ARRAY(i64, CAST(u64 AS CHAR), CAST(fine AS CHAR), HEX(raw), CAST(day AS CHAR),"
        " CAST(clock AS CHAR), CAST(at AS CHAR), span, level, flag) FROM everything;"
    )
    for line, row in zip(other.split("\n")[:-1], want, strict=True):
        i64, u64, fine, raw, day, clock, at, span, level, flag = json.loads(line)
        assert i64 == row["i64"]
        assert u64 == (None if row["u64"] is None else str(row["u64"]))
        assert (None if fine is None else Decimal(fine)) == row["fine"]
        assert raw == (None if row["raw"] is None else row["raw"].hex().upper())
        assert day == (None if row["day"] is None else row["day"].isoformat())
        assert clock == (None if row["clock"] is None else row["clock"].isoformat("microseconds"))
        naive = None if row["at"] is None else row["at"].replace(tzinfo=None)
        assert at == (None if naive is None else naive.isoformat(" ", "microseconds"))
        assert span == (None if row["span"] is None else row["span"] // row["span"].resolution)
        assert level == row["level"]
        assert flag == (None if row["flag"] is None else int(row["flag"]))


@pytest.mark.parametrize("statement", ["insert", "copy"])
def test_rules_in_postgresql(statement: str, postgres: Server, tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    DUMP.write(tmp_path / "shop.sql", dataset, contents, options(statement=statement, drop=True))
    postgres.run(tmp_path / "shop.sql")
    postgres.run(tmp_path / "shop.sql")  # the tables that are there are dropped
    counts = {c.table.name: int(postgres.run(f"SELECT count(*) FROM {c.table.name};")) for c in contents}
    assert counts == {c.table.name: c.rows for c in contents}
    for wrong, why in (
        ("UPDATE users SET age = 17 WHERE id = 1;", "users_adult"),
        ("UPDATE users SET code = (SELECT max(code) FROM users);", "code"),
        ("UPDATE users SET boss_id = 99 WHERE id = 1;", "boss_id"),
        ("UPDATE orders SET status = 'gone';", "Status"),
        ("UPDATE orders SET sent = placed - interval '1 day';", "order_of_dates"),
        ("INSERT INTO lines SELECT * FROM lines;", "lines_pkey"),
    ):
        with pytest.raises(AssertionError, match=why):
            postgres.run(wrong)
    said = postgres.run("SELECT obj_description('users'::regclass), col_description('users'::regclass, 1);")
    assert said == "People who have signed up. It's them.|A number of their own.\n"


def test_rules_in_mariadb(mariadb: Server, tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    DUMP.write(tmp_path / "shop.sql", dataset, contents, options(dialect="mysql", drop=True))
    mariadb.run(tmp_path / "shop.sql")
    mariadb.run(tmp_path / "shop.sql")
    counts = {c.table.name: int(mariadb.run(f"SELECT count(*) FROM `{c.table.name}`;")) for c in contents}
    assert counts == {c.table.name: c.rows for c in contents}
    for wrong, why in (
        ("UPDATE users SET age = 17 WHERE id = 1;", "CONSTRAINT"),
        ("UPDATE users SET boss_id = 99 WHERE id = 1;", "foreign key"),
        ("SET sql_mode = 'STRICT_ALL_TABLES'; UPDATE orders SET status = 'gone';", "status"),
        ("INSERT INTO `lines` SELECT * FROM `lines`;", "Duplicate"),
    ):
        with pytest.raises(AssertionError, match=why):
            mariadb.run(wrong)
    assert "People who have signed up. It''s them." in mariadb.run("SHOW CREATE TABLE users;")


@pytest.mark.parametrize("create", [True, False])
def test_a_schema_of_its_own(create: bool, postgres: Server, tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, AWKWARD_NAMES)
    if not create:
        postgres.run(
            'CREATE SCHEMA "Odd"; CREATE TABLE "Odd"."select" ("order" int, "group" text, "MixedCase" int);'
        )
    DUMP.write(tmp_path / "odd.sql", dataset, contents, options(schema="Odd", create=create))
    assert ("CREATE" in (tmp_path / "odd.sql").read_text()) == create
    postgres.run(tmp_path / "odd.sql")
    assert (
        postgres.run('SELECT sum("order"), max("group"), max("MixedCase") FROM "Odd"."select";') == "15|x|3\n"
    )


def test_awkward_names_in_mariadb(mariadb: Server, tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, AWKWARD_NAMES)
    DUMP.write(tmp_path / "odd.sql", dataset, contents, options(dialect="mysql"))
    mariadb.run(tmp_path / "odd.sql")
    assert mariadb.run("SELECT sum(`order`), max(`group`), max(`MixedCase`) FROM `select`;") == "15\tx\t3\n"


def test_rules_in_sqlite(tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    DUMP.write(tmp_path / "shop.sql", dataset, contents, options(dialect="sqlite", drop=True))
    with sqlite3.connect(":memory:") as database:
        for _ in range(2):
            database.executescript((tmp_path / "shop.sql").read_text())
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        for one in contents:
            ((count,),) = database.execute(f"SELECT count(*) FROM {one.table.name}").fetchall()
            assert count == one.rows
        with pytest.raises(sqlite3.IntegrityError, match="age"):
            database.execute("UPDATE users SET age = 17")
    database.close()


def test_cycles_are_loaded_and_held_to(postgres: Server, mariadb: Server, tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, CYCLE)
    for server, dialect in ((postgres, "postgresql"), (mariadb, "mysql")):
        DUMP.write(tmp_path / "cycle.sql", dataset, contents, options(dialect=dialect, drop=True))
        for _ in range(2):
            server.run(tmp_path / "cycle.sql")
        assert server.run("SELECT count(*) FROM a JOIN b ON b.id = a.b_id;") == "5\n"
        for wrong in ("UPDATE a SET b_id = 99;", "UPDATE b SET a_id = 99 WHERE a_id IS NOT NULL;"):
            with pytest.raises(AssertionError, match="foreign key"):
                server.run(wrong)
