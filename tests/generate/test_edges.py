"""Edge rows: boundary values, in valid rows, and nothing else changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdsl.generate.generator import Generator
from specdsl.randomness.edges import among
from specdsl.randomness.streams import stream_key
from tests.generate.making import generator, made
from tests.properties.specs import Spec, specs

LAW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
TABLES = ("p", "c", "g")


def whole(g: Generator, table: str, **how: int) -> pa.Table:
    batches = list(g.batches(table, hidden=True, **how))
    return pa.Table.from_batches(batches, g.schema(table, hidden=True)).combine_chunks()


def column(code: str, rows: int = 400, edge: float = 1.0, enum: str = "") -> list[Any]:
    """The values of a column ``x`` in a table of edge rows."""
    text = f"dataset d {{ seed 3 }}\n{enum}\ntable t {rows} {{\n  id int key\n  {code}\n}}\n"
    return made(generator(text, edge=edge), "t")["x"]


# --- laws ----------------------------------------------------------------------------------


@LAW
@given(specs(), st.integers(1, 97), st.integers(1, 4))
def test_batch_size_and_workers_change_nothing(spec: Spec, batch_rows: int, workers: int) -> None:
    one, other = (generator(spec.text(), edge=0.3) for _ in range(2))
    for table in TABLES:
        expected = whole(one, table)
        assert whole(other, table, batch_rows=batch_rows, workers=workers).equals(expected)


@LAW
@given(specs())
def test_keys_parents_and_row_counts_stay(spec: Spec) -> None:
    plain, edged = generator(spec.text()), generator(spec.text(), edge=0.5)
    for table, names in (("p", ["id"]), ("c", ["id", "p_id"]), ("g", ["c_id", "n"])):
        assert whole(edged, table).select(names).equals(whole(plain, table).select(names))


OWN = """
dataset d { seed 5 }
enum Colour { red 1%, green 9%, blue 90% }
table t 2_000 {
  id     int key
  age    int = 18..99
  price  decimal(8, 2) = 0.00..999.99
  name   string? 20% null = /[a-z]{1,9}/
  tags   list<string>[0..5] = /[a-z]{2}/
  colour Colour
  (a, b) = (1, 2) 30% | (3, 4)
  score  float in 0..100 = normal(mean: 50, sd: 20)
  end    int = age + 0..10
  check order: price < 900 or age > 40
}
"""


def test_rows_that_are_not_edge_rows_stay_and_edge_rows_are_the_share() -> None:
    plain, edged = whole(generator(OWN), "t"), whole(generator(OWN, edge=0.1), "t")
    edge = among(stream_key(5, "t", "edge rows"), [0.1], np.arange(2_000)) == 0
    assert 150 < np.count_nonzero(edge) < 250
    ordinary, at_edge = pa.array(np.flatnonzero(~edge)), pa.array(np.flatnonzero(edge))
    assert edged.take(ordinary).equals(plain.take(ordinary))
    for name in plain.column_names[1:]:
        assert not edged[name].take(at_edge).equals(plain[name].take(at_edge)), name


def test_a_larger_share_keeps_the_edge_rows() -> None:
    key = stream_key(5, "t", "edge rows")
    some, more = (among(key, [share], np.arange(5_000)) == 0 for share in (0.1, 0.3))
    assert bool(np.all(more[some]))
    assert (among(key, [1.0], np.arange(5_000)) == 0).all()


def test_a_table_that_grows_keeps_its_edge_rows() -> None:
    small, large = (made(generator(OWN.replace("2_000", n), edge=0.5), "t") for n in ("300", "900"))
    assert {name: values[:300] for name, values in large.items()} == small


# --- boundaries ----------------------------------------------------------------------------

ENUM = "enum Tier { gold 1%, silver 2%, bronze 97% }"
LONGEST = "z" * 12


@pytest.mark.parametrize(
    ("code", "often", "seen"),
    [
        ("x int = 18..99", [18, 99], [19, 98]),
        ("x int = -40..50", [-40, 50], [-1, 0, 1, -39, 49]),
        ("x int = 7..7", [7], []),
        ("x int = 0..5", [0, 5], [1, 4]),
        ("x int = -9223372036854775807..9223372036854775807", [1 - 2**63, 2**63 - 1], [0, 1, -1]),
        ("x uint64 = 0..9223372036854775807", [0, 2**63 - 1], [1, 2**63 - 2]),
        ("x int8 in -128..127 = normal(mean: 0, sd: 500)", [-128, 127], []),
        ("x float = 0.5..2.5", [0.5, 2.5], [1.0]),
        ("x float in 0..100 = normal(mean: 50, sd: 20)", [0.0, 100.0], []),
        ("x bool = chance(0.001)", [True, False], []),
        ("x string = /[a-z]{1,12}/", ["a", LONGEST], []),
        ("x string = /[0-9]{0,40}/", ["", "9" * 40], []),
        ("x string? 1% null = /a{2,3}/", [None, "aa", "aaa"], []),
        ("x Tier", ["gold"], ["silver", "bronze"]),
        ('x string = "often" 99.9% | "rarely" 0.1%', ["rarely"], ["often"]),
        ("x list<int>[0..3] = 4..6", [[]], [[4, 4, 4], [6, 6, 6], [4, 6, 6]]),
        ("x int = if row % 2 == 0 then 10..20 else 30..40", [], [10, 20, 30, 40]),
    ],
)
def test_boundaries_are_reached(code: str, often: list[Any], seen: list[Any]) -> None:
    values = [repr(v) for v in column(code, enum=ENUM)]
    found = Counter(values)
    assert all(found[repr(value)] > 400 * 0.2 for value in often), found.most_common(5)
    assert all(found[repr(value)] for value in seen), found.most_common(8)


def test_first_and_last_instant() -> None:
    found = Counter(map(str, column("x timestamp = 2024-01-01T00:00:00Z..2024-12-31T00:00:00Z")))
    assert {"2024-01-01 00:00:00+00:00", "2024-12-31 00:00:00+00:00"} == {v for v, _ in found.most_common(2)}
    dates = Counter(map(str, column("x date = 1969-06-01..1970-06-01")))
    assert {"1969-06-01", "1970-06-01"} == {v for v, _ in dates.most_common(2)}
    assert {"1970-01-01", "1970-01-02", "1969-12-31"} <= set(dates)


@pytest.mark.parametrize(
    ("code", "least", "most"),
    [
        ("x string(min: 1, max: 60) = words(1..3)", 1, 60),
        ("x string(max: 90) = sentence(words: 3..5)", 0, 90),
        ("x string(min: 2) = words(1..3)", 2, None),
        ('x string(max: 50) = "fixed" 50% | words(1..2)', 0, 50),
        ("x string(max: 10_000) = paragraph(1)", 0, 10_000),
    ],
)
def test_texts_of_words_have_the_lengths_of_their_type(code: str, least: int, most: int | None) -> None:
    texts = column(code)
    found = Counter(map(len, texts))
    assert found[least] > 40
    assert min(found) == least
    if most is not None:
        assert found[most] > 40
        assert max(found) == most
    assert not any(text.endswith(" ") for text in texts)
    assert max(map(len, column(code, edge=0.0))) < (most or 60)


def test_texts_inside_lists_and_structs() -> None:
    values = column("x list<struct { s string(max: 40) = words(1..2) }>[0..2]")
    sizes = {len(item["s"]) for row in values for item in row}
    assert {0, 40} <= sizes


def test_each_column_for_itself() -> None:
    text = "table t 500 { id int key, a int = 0..9, b int = 0..9, c bool = true | false }"
    rows = made(generator(text, edge=1.0), "t")
    combined = Counter(zip(rows["a"], rows["b"], rows["c"], strict=True))
    for a in (0, 9):
        for b in (0, 9):
            assert combined[a, b, True] > 10
            assert combined[a, b, False] > 10


def test_what_cannot_be_is_never_drawn() -> None:
    assert None not in column("x string? 0% null = /[a-z]/")
    assert set(column("x string? 100% null = /[a-z]/")) == {None}


def test_distributions_without_an_end_stop_at_one_in_a_million() -> None:
    normal = column("x float = normal(mean: 0, sd: 1)")
    assert 4.7 < max(normal) < 4.8
    assert -4.8 < min(normal) < -4.7
    assert 10 < max(column("x int = poisson(3)")) < 18
    assert max(column("x float = pareto(shape: 1)")) < 2_000_000
    assert max(column("x int = zipf(s: 2.5)")) < 100_000


def test_lists_in_lists_do_not_explode() -> None:
    deep = "list<list<list<int>[0..9]>[0..9]>[0..9]"
    sizes = [[len(inner) for outer in value for inner in outer] for value in column(f"x {deep} = 0..9")]
    longest = [size for row in sizes for size in row if size == 9]
    assert len(longest) < 0.2 * sum(map(len, sizes))


def test_what_must_differ_differs() -> None:
    text = """
    table p 300 { id uuid key, code string unique = /[a-z]{3}/, n int unique = 1..1000 }
    table c 900 {
      id int key
      p_id -> p
      kind int = 1..20
      words list<string>[0..4] = distinct("a" 90% | "b" 5% | "c" 4% | "d" 1%)
      unique (p_id, kind)
    }
    """
    g = generator(text, edge=1.0)
    parents, children = made(g, "p"), made(g, "c")
    assert all(len(set(parents[name])) == 300 for name in parents)
    assert len(set(zip(children["p_id"], children["kind"], strict=True))) == 900
    assert all(len(set(words)) == len(words) for words in children["words"])
    assert {0, 4} <= {len(words) for words in children["words"]}


# --- rules ---------------------------------------------------------------------------------


def test_checks_hold_and_edges_are_tried_again() -> None:
    text = "table t 1000 { id int key, low int = 0..100, high int = 0..100, check order: low < high }"
    rows = made(generator(text, edge=1.0), "t")
    assert all(a < b for a, b in zip(rows["low"], rows["high"], strict=True))
    assert Counter(rows["low"])[0] > 300
    assert Counter(rows["high"])[100] > 300


def test_a_check_that_no_boundary_satisfies() -> None:
    text = "table t 300 { id int key, n int = 0..100, check inner: n > 20 and n < 80 }"
    values = made(generator(text, edge=1.0), "t")["n"]
    assert min(values) > 20
    assert max(values) < 80
    assert len(set(values)) > 40


def test_references_find_parents() -> None:
    text = """
    dataset d { now 2025-01-01T00:00:00Z }
    table p 50 { id int key, since timestamp = 2024-01-01 .. 2024-12-30, limit int = 5..90 }
    table c 500 {
      id int key
      at timestamp = 2024-06-01 .. 2024-12-31
      p_id -> p where .since < at
      n int = 0..100
      later timestamp = p_id.since .. now
      check within: n <= p_id.limit
    }
    """
    g = generator(text, edge=1.0)
    parents, children = made(g, "p"), made(g, "c")
    of = dict(zip(parents["id"], zip(parents["since"], parents["limit"], strict=True), strict=True))
    for i, p in enumerate(children["p_id"]):
        assert of[p][0] < children["at"][i]
        assert of[p][0] <= children["later"][i]
        assert children["n"][i] <= of[p][1]
    assert Counter(children["n"])[0] > 100


def test_dealt_shares_stay_exact() -> None:
    text = 'table t 1000 { id int key, x string = exact("a" 30% | "b" 70%) }'
    assert Counter(made(generator(text, edge=1.0), "t")["x"]) == {"a": 300, "b": 700}
