"""Rows of variants: the rows that are declared, other in what is declared, and all others as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.generate.making import failure, generator, made

TABLE = """
dataset d { seed 11 }
table shops 20 {
  id   int key
  open bool = true
}
table users 4_000 {
  id      int key
  shop_id -> shops? 10% null
  name    string(max: 30) = full_name()
  age     int in 0..130 = normal(mean: 40, sd: 12)
  next    int = age + 1
  bio     string? 30% null = word()
  born    date = 2000-01-01 .. 2001-12-31
  left    date in born.. = 2000-06-01 .. 2002-12-31
  score   int = 0..100
  total   int = running(score)
  check late: left > born
  check bio_of_old: age < 100 or bio == null
VARIANTS
}
table orders 3_000 {
  id      int key
  user_id -> users
  of_age  int = user_id.age
}
"""

OWN = """
  variant edge 5% {
    name = odd_text() | f" {name} "
    age  = boundary()
    bio  = null
  }
  variant legacy 30% where age > 50 { born = 2001-06-01 .. 2001-12-31, shop_id = null, score = score + 1_000 }
  variant few 25 rows { score = 500 }
"""
KIND = "\n  kind    string? = variant()"


def users(variants: str, rows: str = "4_000") -> dict[str, list[Any]]:
    return made(TABLE.replace("VARIANTS", variants).replace("4_000", rows), "users")


def by_variant(table: dict[str, list[Any]], kind: str | None) -> list[dict[str, Any]]:
    return [
        dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True) if row[-1] == kind
    ]


def test_rows_of_no_variant_are_what_they_were_but_for_what_goes_along_the_table() -> None:
    clean, varied = users(""), users(OWN + KIND)
    kinds = varied.pop("kind")
    assert sum(kind is not None for kind in kinds) > 300
    for name in set(clean) - {"total"}:
        pairs = zip(clean[name], varied[name], kinds, strict=True)
        assert all(a == b for a, b, kind in pairs if kind is None), name
    assert varied["total"] == np.cumsum(varied["score"]).tolist()
    assert varied["total"] != clean["total"]


def test_columns_that_a_variant_does_not_name_and_that_follow_from_none_stay() -> None:
    clean, varied = users(""), users(OWN + KIND)
    for name in ("name", "age", "next", "bio"):
        pairs = zip(clean[name], varied[name], varied["kind"], strict=True)
        assert all(a == b for a, b, kind in pairs if kind != "edge"), name
    assert clean["id"] == varied["id"]


def test_an_edited_variant_leaves_the_others_alone() -> None:
    one, other = users(OWN + KIND), users(OWN.replace("= boundary()", "= 99") + KIND)
    assert one["kind"] == other["kind"]
    assert [n for n in one if one[n] != other[n]] == ["age", "next"]


def test_what_a_variant_says_is_so() -> None:
    table = users(OWN + KIND)
    edge, legacy, few = (by_variant(table, kind) for kind in ("edge", "legacy", "few"))
    assert 130 < len(edge) < 270
    assert {row["age"] for row in edge} == {0, 1, 129, 130}
    assert all(row["bio"] is None and row["next"] == row["age"] + 1 for row in edge)
    assert all(len(row["name"]) <= 30 for row in edge)
    assert any(row["name"] != row["name"].strip() for row in edge)
    assert legacy
    assert all(row["age"] > 50 and row["shop_id"] is None and row["score"] >= 1_000 for row in legacy)
    assert all(row["left"] > row["born"] and str(row["born"]) >= "2001-06-01" for row in legacy)
    assert len(few) == 25
    assert {row["score"] for row in few} == {500}


def test_the_value_that_a_column_has_otherwise() -> None:
    clean, varied = users(""), users(OWN + KIND)
    kept = zip(clean["score"], varied["score"], varied["kind"], strict=True)
    assert all(b == a + 1_000 for a, b, kind in kept if kind == "legacy")


def test_a_table_that_grows_keeps_its_variants() -> None:
    shares = OWN.replace("25 rows", "1%") + KIND
    small, large = users(shares, "900"), users(shares, "2_500")
    assert {name: values[:900] for name, values in large.items()} == small


@pytest.mark.parametrize("size", [1, 77, 4_000])
def test_batches_of_any_size_are_the_same(size: int) -> None:
    text = TABLE.replace("VARIANTS", OWN + KIND).replace("4_000", "600")
    g = generator(text)
    assert made(g, "users", batch_rows=size) == made(generator(text), "users")
    taken = g.take("users", np.array([599, 3, 77, 3], dtype=np.int64)).to_pylist()
    whole = made(generator(text), "users")
    assert [row["age"] for row in taken] == [whole["age"][i] for i in (599, 3, 77, 3)]


def test_rows_that_refer_to_those_of_a_variant_see_their_values() -> None:
    text = TABLE.replace("VARIANTS", OWN)
    ages, orders = made(text, "users")["age"], made(text, "orders")
    assert orders["of_age"] == [ages[i - 1] for i in orders["user_id"]]


def test_a_variant_without_values_draws_as_edge_rows_do() -> None:
    text = "dataset d { seed 2 }\ntable t 3_000 { id int key, a int = 10..99, b float = normal(sd: 1) LINE }"
    plain = made(generator(text.replace("LINE", ""), edge=0.1), "t")
    assert made(text.replace("LINE", ", variant edge 10%"), "t") == plain
    assert plain["a"].count(10) > 80
    exact = made(text.replace("LINE", ", variant edge 300 rows, kind string? = variant()"), "t")
    assert exact["kind"].count("edge") == 300
    ordinary = made(text.replace("LINE", ""), "t")
    pairs = zip(exact["a"], ordinary["a"], exact["kind"], strict=True)
    assert all(a == b for a, b, kind in pairs if kind is None)


def test_variants_that_take_all_rows() -> None:
    table = made(
        "table t 50 { id int key, a int = 1..9, k string? = variant(), variant x 40% { a = 0 }, "
        "variant y 60% { a = 10 } }",
        "t",
    )
    assert set(table["k"]) == {"x", "y"}
    assert all((a == 0) == (k == "x") for a, k in zip(table["a"], table["k"], strict=True))


def test_what_goes_on_from_the_row_before() -> None:
    text = """table t 4 { id int key }
    table u {
      t_id -> t each 30..40
      a    int = 1..9
      b    int = previous(b, 0) + a
      c    int = a - previous(a, 0)
      k    string? = variant()
      variant x 20% { a = 1_000 }
    }"""
    found = made(text, "u")
    before: dict[int, tuple[int, int]] = {}
    for t, a, b, c in zip(found["t_id"], found["a"], found["b"], found["c"], strict=True):
        total, last = before.get(t, (0, 0))
        assert (b, c) == (total + a, a - last)
        before[t] = (b, a)
    assert {a for a, k in zip(found["a"], found["k"], strict=True) if k} == {1_000}


def test_rules_that_no_row_of_a_variant_can_keep() -> None:
    text = """table t 200 {
      id int key
      a  int = 1..50
      b  int = 50..99
      c  bool = a > 25
      check order: a < b
      check half: c or b > 60
      variant x 20% { LINE }
    }"""
    assert failure(text.replace("LINE", "b = 51, a = 51"), "t") == "DG586"
    assert failure(text.replace("LINE", "a = 1, b = 55"), "t") == "DG586"
    redrawn = made(text.replace("LINE", "a = 1..90"), "t")
    assert all(a < b for a, b in zip(redrawn["a"], redrawn["b"], strict=True))
    assert max(redrawn["a"]) > 60


def test_more_rows_than_there_are() -> None:
    text = "table t 3 { id int key }\ntable u { t_id -> t each 2, a int = 1..9, variant x 7 rows { a = 0 } }"
    assert failure(text, "u") == "DG587"
