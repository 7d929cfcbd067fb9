from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import specdsl
from specdsl import builder
from specdsl.api import loading
from specdsl.errors import EnvironmentFailure, UsageError
from tests.build.specs import SHOP


def test_examples_in_the_documentation() -> None:
    for module in (loading, builder):
        ran = doctest.testmod(module)
        assert ran.failed == 0 and ran.attempted > 5


def test_tables_as_arrow() -> None:
    data = specdsl.load(SHOP)
    assert data.tables == ("users", "orders", "visits") == tuple(data)
    assert len(data) == 3 and "users" in data and "nope" not in data
    users = data["users"]
    assert users.row_count == 40
    whole = users.to_arrow()
    assert whole.schema == users.schema and whole.num_rows == 40
    assert users.head(3).equals(whole.slice(0, 3))
    assert users.to_arrow(rows=1_000).equals(whole)
    pieces = list(users.batches(10, 30, batch_rows=7))
    assert [p.num_rows for p in pieces] == [7, 7, 6]
    assert pa.Table.from_batches(pieces).equals(whole.slice(10, 20))


def test_seed_rows_and_scale() -> None:
    assert specdsl.load(SHOP, rows=5)["visits"].row_count == 5
    assert specdsl.load(SHOP, rows={"visits": 7})["visits"].row_count == 7
    assert specdsl.load(SHOP, scale=0.5)["users"].row_count == 20
    one, two = (specdsl.load(SHOP, seed=seed)["users"].to_arrow() for seed in (1, 2))
    assert not one.equals(two)
    assert one.equals(specdsl.load(SHOP, seed=1)["users"].to_arrow())


def test_edge_rows() -> None:
    data = specdsl.load("table t 300 { id int key, age int = 18..99 }", edge=0.5)
    ages = data["t"].to_arrow()["age"].to_pylist()
    assert data.edge == 0.5
    assert ages.count(18) > 30
    assert ages.count(99) > 30


def test_a_path(tmp_path: Path) -> None:
    path = tmp_path / "shop.dgen"
    path.write_text(SHOP)
    text = specdsl.load(SHOP)["users"].to_arrow()
    assert specdsl.load(path)["users"].to_arrow().equals(text)
    assert specdsl.load(str(path))["users"].to_arrow().equals(text)


def test_build(tmp_path: Path) -> None:
    result = specdsl.load(SHOP).build(tmp_path / "out", format="csv", files=2)
    assert result.ok and result.report is not None
    assert {t.name: len(t.paths) for t in result.tables} == {"users": 2, "orders": 2, "visits": 2}
    with pytest.raises(UsageError, match="'nope' is not a valid Mode"):
        specdsl.load(SHOP).build(tmp_path / "other", mode="nope")


def test_a_wrong_spec_raises_with_its_diagnostics() -> None:
    with pytest.raises(specdsl.SpecError) as told:
        specdsl.load("table t 3 { a int = nope }\ntable u 3 { b itn = 1 }")
    assert len(told.value.diagnostics) == 2
    text = str(told.value)
    assert "error[DG" in text and "spec.dgen:1:21" in text and "spec.dgen:2:" in text


def test_a_failure_of_generating_has_its_place() -> None:
    text = "table t 5 { id int key, a int = 9_000_000_000_000_000_000 + 1_000_000_000_000_000_000 * row }"
    table = specdsl.load(text)["t"]
    with pytest.raises(specdsl.SpecError) as told:
        table.to_arrow()
    assert "spec.dgen:1:" in str(told.value)
    assert len(told.value.diagnostics) == 1


def test_what_is_not_there(tmp_path: Path) -> None:
    data = specdsl.load(SHOP)
    with pytest.raises(KeyError, match="there is no table 'nope'; there are users, orders, visits"):
        data["nope"]
    with pytest.raises(KeyError, match="there is no table 'user'; did you mean 'users'"):
        data["user"]
    with pytest.raises(UsageError, match="there is no table `nope`"):
        specdsl.load(SHOP, rows={"nope": 3})
    with pytest.raises(EnvironmentFailure, match=r"cannot read `.*nope\.dgen`: missing"):
        specdsl.load(tmp_path / "nope.dgen")


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": -3},
        {"rows": 2.5},
        {"rows": {"users": "many"}},
        {"seed": -1},
        {"seed": 2**64},
        {"seed": "a"},
        {"edge": -0.1},
        {"edge": 10},
        {"edge": "10%"},
        {"edge": True},
        {"edge": float("nan")},
        {"scale": 0},
        {"scale": float("nan")},
        {"scale": "x"},
    ],
)
def test_numbers_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"`{next(iter(wrong))}` .*number|2 to the power of 64"):
        specdsl.load("table users 3 { id int key }", **wrong)


def test_importing_is_light() -> None:
    script = "import sys, specdsl; print([m for m in ('numpy', 'pyarrow', 'duckdb', 'lark', 'mimesis') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError):
        specdsl.nope  # noqa: B018


def test_options_of_formats_in_the_manner_of_python(tmp_path: Path) -> None:
    data = specdsl.load("table t 3 { id int key }\ntable u 1 { id int key }")
    made = data.build(tmp_path / "a", format="csv", options={"header": False}, tables="t")
    assert (tmp_path / "a" / "t.csv").read_text() == "1\n2\n3\n"
    assert not (tmp_path / "a" / "u.csv").exists()
    assert len(repr(made)) < 400


def test_rows_broken_on_purpose(tmp_path: Path) -> None:
    import pickle

    data = specdsl.load(SHOP)
    assert data.build(tmp_path / "a", "jsonl", invalid="5%").ok
    there = pickle.loads(pickle.dumps(data))
    assert there.build(tmp_path / "b", "jsonl", invalid=0.05).ok
    key = (tmp_path / "a" / "_answers.jsonl").read_bytes()
    assert key.count(b"\n") == 2 + 15 + round(data["orders"].row_count / 20)
    assert (tmp_path / "b" / "_answers.jsonl").read_bytes() == key
    assert data.verify(tmp_path / "a").ok
    lines = (tmp_path / "a" / "users.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "a" / "users.jsonl").write_text("".join(f"{line}\n" for line in lines[::-1]), "utf-8")
    assert "users.answers" in {one.rule.name for one in data.verify(tmp_path / "a").broken}
    with pytest.raises(UsageError, match="is no share of rows"):
        data.build(tmp_path / "c", "jsonl", invalid=5)
    with pytest.raises(UsageError, match="`schema` is for `invalid` alone"):
        data.build(tmp_path / "c", "jsonl", schema={"type": "object"})
    schema = {"properties": {"total": {"multipleOf": 0.01}}}
    assert data.build(tmp_path / "d", "json", tables="orders", invalid=1, schema=schema).ok
    assert b'"multipleOf"' in (tmp_path / "d" / "_answers.jsonl").read_bytes()
