"""The shop is built, its files are imported, and the spec made is built: types, keys, references and distributions
are those of the shop."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from specdsl.cli.main import main
from specdsl.compiler import compile_source
from specdsl.importers.samples.importer import import_files
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile

SHOP = Path(__file__).parents[3] / "examples" / "shop" / "shop.dgen"
TABLES = ("users", "products", "orders", "order_items")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    for form in ("parquet", "csv", "jsonl"):
        assert main(["build", str(SHOP), "--rows", "2_000", "-f", form, "-o", str(folder / form)]) == 0
    return folder


def declaration(text: str, table: str, column: str) -> str:
    """The line of a column, its spaces evened out."""
    body = re.search(rf"^table {table} .*?^}}", text, re.DOTALL | re.MULTILINE)
    assert body, text
    (line,) = re.findall(rf"^  \(?{column} .*$", body[0], re.MULTILINE)
    return re.sub(r"\s+", " ", str(line)).strip()


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_keys_references_and_types(form: str, shop: Path) -> None:
    text = import_files([shop / form], None, None).text
    assert text is not None
    for table, column, begins in [
        ("users", "id", "id uuid key"),
        ("users", "name", 'name string = f"{first} {last}"'),
        ("users", "referrer_id", "referrer_id -> users? "),
        ("users", "bio", "bio string? "),
        ("users", "plan", "plan Plan"),
        ("products", "sku", "sku string key = /[A-Z]{3}-[0-9]{6}/"),
        ("products", "tags", "tags list<string>[0..3] = distinct("),
        ("products", "price", "price decimal("),
        ("orders", "id", "id int key = sequence(start: 1000)"),
        ("orders", "user_id", "user_id -> users each poisson("),
        ("orders", "status", "status Status"),
        ("orders", "shipped_at", "shipped_at timestamp? "),
        ("order_items", "order_id", "order_id -> orders each 1..5"),
        ("order_items", "line_no", "line_no int = 1 + index_in(order_id)"),
        ("order_items", "product_id", "product_id -> products zipf("),
        ("order_items", "quantity", "quantity int = 1..5"),
    ]:
        assert declaration(text, table, column).startswith(begins)
    assert "key (order_id, line_no)" in text
    assert "check shipped_at_in_order: shipped_at >= placed_at" in text


def test_built_again(shop: Path, tmp_path: Path) -> None:
    spec, out = tmp_path / "again.dgen", tmp_path / "out"
    assert main(["import", str(shop / "parquet"), "-o", str(spec)]) == 0
    assert main(["build", str(spec), "-f", "parquet", "-o", str(out)]) == 0
    for table in TABLES:
        was, now = (pq.read_schema(folder / f"{table}.parquet") for folder in (shop / "parquet", out))
        assert was.names == now.names
        for name in was.names:
            if name not in ("plan", "status"):  # enums are dictionaries
                assert now.field(name).type == was.field(name).type, f"{table}.{name}"
            assert now.field(name).nullable == was.field(name).nullable, f"{table}.{name}"
    for measure in [
        "avg(age) FROM users",
        "stddev(age) FROM users",
        "avg((plan = 'free')::INT) FROM users",
        "avg((referrer_id IS NULL)::INT) FROM users",
        "median(price) FROM products",
        "count(*) FROM orders",
        "count(*) FROM order_items",
        "avg((shipped_at IS NULL)::INT) FROM orders",
        "avg(epoch(shipped_at) - epoch(placed_at)) FROM orders",
        "avg(total) FROM orders",
        "median(line_total) FROM order_items",
    ]:
        values, table = measure.split(" FROM ")
        was_value, now_value = (
            duckdb.execute(f"SELECT {values} FROM '{folder}/{table}.parquet'").fetchall()[0][0]
            for folder in (shop / "parquet", out)
        )
        assert float(now_value) == pytest.approx(float(was_value), rel=0.15), measure


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_the_same_text_each_time(form: str, shop: Path) -> None:
    assert import_files([shop / form], None, None).text == import_files([shop / form], None, None).text


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_no_value_is_shown(form: str, shop: Path) -> None:
    made = import_files([shop / form], None, None, private=True)
    assert made.text is not None
    assert compile_source(SourceFile("p.dgen", made.text), LocalFiles()).dataset is not None
    told = {d.word for d in made.diagnostics if hasattr(d, "word")}
    assert told == {"shipped"}, "of the column shipped_at"
    for table in TABLES:
        file = shop / form / f"{table}.{form}"
        read = f"read_csv('{file}', all_varchar=true)" if form == "csv" else f"'{file}'"
        for name, *_ in duckdb.execute(f"DESCRIBE SELECT * FROM {read}").fetchall():
            values = duckdb.execute(f'SELECT DISTINCT CAST("{name}" AS VARCHAR) FROM {read}').fetchall()
            seen = [
                v
                for (v,) in values
                if v and len(v) > 3 and v in made.text and not re.fullmatch(r"-?[\d.]+", v)
            ]
            assert [v for v in seen if v not in ("true", "false", *told)] == [], f"{table}.{name}"
