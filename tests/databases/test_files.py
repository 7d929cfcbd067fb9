"""Databases in files beside the spec."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from specdsl.compiler import compile_path
from specdsl.local_files import LocalFiles
from tests.cli.running import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "app.sqlite") as lite:
        lite.executescript(
            """
            CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, price DECIMAL(10, 2), anything);
            INSERT INTO users VALUES (3, 'c', 1.5, 'x'), (1, 'a', NULL, NULL);
            CREATE TABLE items (sku TEXT PRIMARY KEY, n) WITHOUT ROWID;
            INSERT INTO items VALUES ('b', 1), ('a', 2.5);
            CREATE VIEW grown AS SELECT id, email FROM users WHERE id > 1;
            CREATE TABLE mixed (id INTEGER PRIMARY KEY, v);
            INSERT INTO mixed VALUES (1, 'text'), (2, 5);
            CREATE TABLE wrong (id INTEGER PRIMARY KEY, born DATE);
            INSERT INTO wrong VALUES (1, '2024-01-01'), (2, 'yesterday');
            """
        )
    lite.close()
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as duck:
        duck.execute("CREATE SCHEMA sales; CREATE TABLE sales.users (id INTEGER, tags VARCHAR[], u UUID)")
        duck.execute("INSERT INTO sales.users VALUES (20, ['a', 'b'], NULL), (10, [], NULL)")
    return tmp_path


def preview(folder: Path, text: str) -> str:
    (folder / "spec.dgen").write_text(text, "utf-8")
    done = run("preview", str(folder / "spec.dgen"), "--json")
    assert done.status == 0, done.err
    return done.out.replace("\n", "").replace(" ", "")


def test_rows_and_columns_of_a_file(folder: Path) -> None:
    found = preview(folder, 'table users from "app.sqlite" { id int key }')
    assert '{"id":1,"email":"a","price":null,"anything":null},{"id":3,"email":"c","price":1.50,' in found


def test_another_name_a_view_and_a_table_without_row_numbers(folder: Path) -> None:
    found = preview(
        folder,
        'table people from "app.sqlite" table "users"\n'
        'table grown from "app.sqlite"\n'
        'table items from "app.sqlite" { sku string key }',
    )
    assert '"grown":[{"id":3,"email":"c"}]' in found
    assert '"items":[{"sku":"a","n":2.5},{"sku":"b","n":1}]' in found


def test_a_schema_and_the_order_of_the_table(folder: Path) -> None:
    found = preview(folder, 'table u from "shop.duckdb" table "sales.users" { id int key }')
    assert '[{"id":20,"tags":["a","b"],"u":null},{"id":10,"tags":[],"u":null}]' in found


def test_references_by_a_narrow_key(folder: Path) -> None:
    (folder / "spec.dgen").write_text(
        'table u from "shop.duckdb" table "sales.users" { id int key }\n'
        "table o 50 { id int key, u_id -> u, first string? = null }",
        "utf-8",
    )
    done = run("build", str(folder / "spec.dgen"))
    assert done.status == 0, done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('table user from "app.sqlite"', 'there is no table `user` in "app.sqlite"'),
        ('table mixed from "app.sqlite"', "column `v` mixes integer and text"),
        ('table users from "app.csv" table "users"', '"app.csv" does not exist'),
        ('table users from "no.duckdb"', '"no.duckdb" does not exist'),
        ('table users from "spec.dgen" table "users"', "a format that is not known"),
        ('table users from "../app.sqlite"', "outside the folders"),
        ('table users from "broken.duckdb"', '"broken.duckdb" is malformed'),
        ('table users from "broken.sqlite"', '"broken.sqlite" is malformed'),
        ('pool P = load("app.sqlite")\ntable t 3 { id int key }', "a format that is not known"),
    ],
)
def test_what_cannot_be_read(text: str, told: str, folder: Path) -> None:
    for name in ("broken.duckdb", "broken.sqlite"):
        (folder / name).write_bytes(b"not a database at all, " * 200)
    (folder / "spec.dgen").write_text(text, "utf-8")
    found = compile_path(str(folder / "spec.dgen"), LocalFiles()).diagnostics
    assert [d.code for d in found] == ["DG216"]
    assert told in " ".join((found[0].message(), *found[0].notes()))


def test_a_value_that_is_not_what_its_column_says(folder: Path) -> None:
    (folder / "spec.dgen").write_text('table wrong from "app.sqlite"', "utf-8")
    done = run("build", str(folder / "spec.dgen"))
    assert done.status == 1
    assert "column `born` has 'yesterday' in row 2, which is no date" in done.err
    assert "Traceback" not in done.err
