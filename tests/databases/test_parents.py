"""Rows of databases as parents: the same in all of them, in one order, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.errors import UsageError
from tests.cli.running import run
from tests.databases.filled import KINDS, filled

SPEC = """
dataset shop { seed 3 }

table people from database shop table "users" {
  id    int key
  email string
  n     decimal(12, 2)?
  ok    bool?
  seen  timestamp?
  born  date?
  opens time?
  doc   json?
  raw   bytes?
  size  float?
  level int?
  loud  string = upper(email)
}

table orders 200 {
  id        int key = row
  person_id -> people
  who       string = person_id.email
}
"""
KEYS = """
dataset shop { seed 3, per batch 1d }

table users from database shop { id int key }

table orders 20 grows 10 per batch {
  id      int key = row
  user_id -> users
}

table carts { id int key = row, user_id -> users each 2 }
"""


@pytest.fixture(params=KINDS)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with filled(request.param, tmp_path) as found:
        yield found


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    return pq.read_table(folder / f"{table}.parquet").to_pylist()


def test_all_databases_give_the_same_rows(shop: Any) -> None:
    found = specdsl.load(SPEC, databases={"shop": shop[0]})["people"].to_arrow().to_pylist()
    assert [row["id"] for row in found] == [1, 2, 10]
    assert found[1] == dict.fromkeys(found[1]) | {
        "id": 2,
        "email": "b@example.com",
        "loud": "B@EXAMPLE.COM",
    }
    assert found[2] == {
        "id": 10,
        "email": "Z@example.com",
        "n": Decimal("7.25"),
        "ok": True,
        "seen": datetime(2024, 2, 29, 12, 0, 0, 500_000, tzinfo=UTC),
        "born": date(2024, 2, 29),
        "opens": time(9, 30),
        "doc": found[2]["doc"],
        "raw": b"\0\xff",
        "size": 1.5,
        "level": 3,
        "loud": "Z@EXAMPLE.COM",
    }
    assert found[2]["doc"].replace(" ", "") == '{"a":1}'


def test_texts_are_in_the_order_of_their_bytes(shop: Any) -> None:
    text = 'table people from database shop table "users" { email string key }'
    found = specdsl.load(text, databases={"shop": shop[0]})["people"].to_arrow().column("email").to_pylist()
    assert found == ["Z@example.com", "b@example.com", "é@example.com"]


def test_children_of_rows_that_are_there(shop: Any, tmp_path: Path) -> None:
    (tmp_path / "shop.dgen").write_text(SPEC, "utf-8")
    out = tmp_path / "out"
    done = run("build", str(tmp_path / "shop.dgen"), "-o", str(out), "--database", f"shop={shop[0]}")
    assert done.status == 0, done.err
    emails = {1: "é@example.com", 2: "b@example.com", 10: "Z@example.com"}
    orders = rows(out, "orders")
    assert {o["person_id"] for o in orders} == set(emails)
    assert all(o["who"] == emails[o["person_id"]] for o in orders)
    assert '"people": "3 rows, blake2b:' in (out / "manifest.json").read_text()
    assert run("verify", str(tmp_path / "shop.dgen"), str(out)).status == 0  # without the database


def test_the_same_bytes_twice_and_others_when_rows_change(shop: Any, tmp_path: Path) -> None:
    (tmp_path / "shop.dgen").write_text(KEYS, "utf-8")
    command = ["build", str(tmp_path / "shop.dgen"), "--database", f"shop={shop[0]}"]
    for name, workers in (("a", "1"), ("b", "3")):
        assert run(*command, "-o", str(tmp_path / name), "--workers", workers).status == 0
    assert (tmp_path / "a/orders.parquet").read_bytes() == (tmp_path / "b/orders.parquet").read_bytes()
    assert (tmp_path / "a/manifest.json").read_bytes() == (tmp_path / "b/manifest.json").read_bytes()
    shop[1]("UPDATE users SET id = 11 WHERE id = 10")
    added = run(*command, "-o", str(tmp_path / "a"), "--mode", "append", "--rows", "orders=30")
    assert added.status == 1
    assert "the rows in the database are not those that" in added.err


def test_batches_take_rows_that_were_added(shop: Any, tmp_path: Path) -> None:
    (tmp_path / "shop.dgen").write_text(KEYS, "utf-8")
    command = ["build", str(tmp_path / "shop.dgen"), "--database", f"shop={shop[0]}"]
    command += ["--checkpoint", str(tmp_path / "state.duckdb")]
    assert run(*command).status == 0
    shop[1]("INSERT INTO users (id, email) VALUES (11, 'eleven'), (12, 'twelve')")
    second = run(*command)
    assert second.status == 0, second.err
    out = tmp_path / "out"
    assert [u["id"] for u in rows(out / "batch=0001", "users")] == [1, 2, 10]
    assert [u["id"] for u in rows(out / "batch=0002", "users")] == [11, 12]
    assert [c["user_id"] for c in rows(out / "batch=0002", "carts")] == [11, 11, 12, 12]
    assert {o["user_id"] for o in rows(out / "batch=0002", "orders")} <= {1, 2, 10, 11, 12}
    shop[1]("INSERT INTO users (id, email) VALUES (5, 'between')")
    third = run(*command)
    assert third.status == 1
    assert "the 5 rows that `users` had in batch 2 are no longer the first 5 in database `shop`" in third.err
    shop[1]("DELETE FROM users WHERE id IN (5, 12)")
    assert "are no longer the first 5" in run(*command).err


def test_only_what_is_declared_is_read(shop: Any) -> None:
    shop[1]("UPDATE users SET born = NULL")
    data = specdsl.load("table users from database shop { id int key }", databases={"shop": shop[0]})
    assert data["users"].schema.names == ["id"]


@pytest.mark.parametrize(
    ("members", "code", "told"),
    [
        ("id uuid key", "DG301", "a uuid is wanted here, and this is an int"),
        ("id int key, n decimal(12, 2)", "DG311", "`n` is never null, but its value can be"),
        ("id int key, emial string", "DG202", "table `users` of database `shop` has no column `emial`"),
    ],
)
def test_columns_that_do_not_fit(members: str, code: str, told: str, shop: Any) -> None:
    text = f"table users from database shop {{ {members} }}"
    found = specdsl.diagnose(text, databases={"shop": shop[0]})
    assert [(d.code, d.message()) for d in found] == [(code, told)] or told in found[0].message() + found[
        0
    ].label()
    assert specdsl.diagnose(text) == []  # what the database has is its own affair until it is asked


def test_a_table_that_is_not_there(shop: Any) -> None:
    (found,) = specdsl.diagnose("table user from database shop { id int key }", databases={"shop": shop[0]})
    assert found.code == "DG228"
    assert found.message() == "there is no table `user` in database `shop`"
    assert "users`?" in found.notes()[0]


def test_rows_with_one_key(shop: Any) -> None:
    shop[1]("UPDATE users SET level = 3")
    text = "table users from database shop { level int key }"
    (found,) = specdsl.diagnose(text, databases={"shop": shop[0]})
    assert (found.code, found.label()) == ("DG230", "two rows have the key 3")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://nobody@127.0.0.1:1/shop",
        "mysql://root:secret@127.0.0.1:1/shop",
        "duckdb:/nowhere/shop.duckdb",
        "/nowhere/shop.sqlite",
    ],
)
def test_databases_that_do_not_answer(address: str, tmp_path: Path) -> None:
    (tmp_path / "shop.dgen").write_text(KEYS, "utf-8")
    done = run("build", str(tmp_path / "shop.dgen"), "--database", f"shop={address}")
    assert done.status == 1
    assert "error[DG228]" in done.err
    assert "secret" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "address", ["ftp://host/shop", "shop.txt", "postgresql:shop", "mysql://host:port/shop"]
)
def test_what_is_no_address(address: str, tmp_path: Path) -> None:
    (tmp_path / "shop.dgen").write_text(KEYS, "utf-8")
    done = run("build", str(tmp_path / "shop.dgen"), "--database", f"shop={address}")
    assert done.status == 2
    assert "postgresql://user@host/shop" in done.err
    with pytest.raises(UsageError):
        specdsl.load(KEYS, databases={"shop": address})


def test_without_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = tmp_path / "shop.dgen"
    spec.write_text(KEYS + "table colours 3 { id int key }", "utf-8")
    assert run("check", str(spec)).status == 0
    shown = run("preview", str(spec))
    assert shown.status == 0
    assert "colours: 3 rows" in shown.out
    assert "users" not in shown.out
    told = "`orders` needs rows of database `shop`, whose address is not given: --database shop=ADDRESS"
    assert told in shown.err.splitlines()
    assert run("preview", str(spec), "-t", "orders").status == 2
    built = run("build", str(spec))
    assert built.status == 1
    assert "error[DG231]" in built.err
    assert not (tmp_path / "out").exists()
    assert run("preview", str(spec), "--database", "shp=a.sqlite").status == 2
    with filled("sqlite", tmp_path) as (address, _):
        monkeypatch.setenv("SPECDSL_DATABASE_SHOP", address)
        assert "orders: 10 of 20 rows" in run("preview", str(spec)).out
        assert run("check", str(spec)).status == 0


def test_a_spec_names_no_address() -> None:
    (found,) = specdsl.diagnose('table users from "postgresql://127.0.0.1/shop" { id int key }')
    assert found.code == "DG216"


def test_large_tables_are_read_in_parts(tmp_path: Path) -> None:
    """Digests of the first rows do not depend on those after them, wherever parts end."""
    from specdsl.databases.snapshots import Databases, digest
    from specdsl.files import StoredTable

    path = tmp_path / "big.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT i AS id, CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS n, i::varchar AS s, "
            "i % 2 = 0 AS b FROM range(70_000) r(i)"
        )
    wanted = StoredTable("d", "t", ("id", "n", "s", "b"), ("id",))
    before = Databases({"d": str(path)}).rows(wanted)
    assert before is not None
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO t SELECT i, NULL, 'x', false FROM range(70_000, 140_000) r(i)")
    databases = Databases({"d": str(path)})
    after = databases.rows(wanted)
    assert after is not None
    assert (before.rows, after.rows) == (70_000, 140_000)
    assert digest(after.path, 70_000) == before.digest != after.digest
