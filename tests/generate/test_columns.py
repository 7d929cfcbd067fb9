"""Columns: bounds pushed into draws, conditions that redraw, unique columns, nulls, groups."""

import re
from decimal import Decimal

import numpy as np
import pytest

import specdsl
from specdsl.errors import SpecdslError
from specdsl.generate.errors import GenerationError
from specdsl.source import Span
from tests.generate.making import counts, failure, made, planned


def test_truncated_not_clipped() -> None:
    t = made("table t 20_000 { age int in 18..90 = normal(mean: 38, sd: 12) }", "t", batch_rows=20_000)
    ages = np.array(t["age"])
    assert ages.min() == 18
    assert ages.max() > 80
    at_end = np.count_nonzero(ages == 18)
    assert at_end < 2 * np.count_nonzero(ages == 19)  # clipping would heap 5 % on 18


def test_bounds_through_sums_follow_the_row() -> None:
    text = """
    dataset d { now 2024-06-01T00:00:00Z }
    table t 5_000 {
      a timestamp = 2024-01-01 .. 2024-05-31
      b timestamp in .. now = a + exponential(mean: 60d)
      c timestamp in a .. b = a + 0d..90d
      x float in 0.0 .. 1.0 = 0.9 + normal(mean: 0, sd: 1)
      m decimal(8, 2) in 1.00 .. 2.00 = lognormal(mean: 0, sigma: 3)
    }
    """
    plan = planned(text).tables["t"]
    assert all(c.pushed for c in plan.columns.values() if c.column.bounds)
    t = made(text, "t")
    assert all(
        a <= b and b.isoformat() <= "2024-06-01T00:00:00+00:00" for a, b in zip(t["a"], t["b"], strict=True)
    )
    assert all(a <= c <= b for a, b, c in zip(t["a"], t["b"], t["c"], strict=True))
    assert all(0 <= x <= 1 for x in t["x"])
    m = counts(t["m"])
    assert min(m) == Decimal("1.00")
    assert max(m) == Decimal("2.00")
    # The ends round from half a unit each, as every other value does from a whole one.
    assert m[Decimal("1.00")] < 3 * m[Decimal("1.01")]


def test_a_null_bound_bounds_nothing() -> None:
    text = """
    table t 500 {
      until int? 50% null = 20..30
      n int in .. until = 0..100
    }
    """
    t = made(text, "t")
    assert all(n is not None and (u is None or n <= u) for n, u in zip(t["n"], t["until"], strict=True))
    assert max(t["n"]) > 90


def test_checks_redraw_until_they_hold() -> None:
    text = """
    table t 3_000 {
      a int = 0..99
      b int = 0..99
      c int = a * b
      d int = 0..9
      check order: a < b
      check product: c % 3 == 0
    }
    """
    plan = planned(text).tables["t"]
    assert [g.units for g in plan.resample] == [("c:a", "c:b")]
    t = made(text, "t")
    assert all(a < b and a * b == c and c % 3 == 0 for a, b, c in zip(t["a"], t["b"], t["c"], strict=True))
    assert len(set(t["a"])) > 90


def test_first_draws_stay_where_no_check_bites() -> None:
    body = "a int = 0..99, b int = 0..99"
    free = made(f"table t 2_000 {{ {body} }}", "t")
    checked = made(f"table t 2_000 {{ {body}, check order: a <= b }}", "t")
    for a, b, x, y in zip(free["a"], free["b"], checked["a"], checked["b"], strict=True):
        assert (a, b) == (x, y) if a <= b else x <= y


def test_what_holds_anyway_is_not_tried() -> None:
    text = """
    enum S { open, sent }
    table t 10 {
      placed timestamp = 2024-01-01 .. 2024-05-31
      s S
      shipped timestamp? = if s == sent then placed + 1d..7d else null
      n int in 1..9 = normal(mean: 5, sd: 3)
      check after: shipped == null or shipped > placed
      check range: n >= 1 and n < 10
      check bites: n > 2
    }
    """
    plan = planned(text).tables["t"]
    assert [c.label for g in plan.resample for c in g.conditions] == ["check `bites`"]


def test_two_columns_with_the_same_draw_are_two_draws() -> None:
    text = "table t 50 { a int = 0..9, b int = 0..9, check same: a - b <= 8 }"
    assert planned(text).tables["t"].resample


def test_two_groups_of_conditions_do_not_disturb_each_other() -> None:
    text = """
    table t 2_000 {
      a int = 0..9
      b int = 0..9
      c int = 0..9
      d int = 0..9
      e int = a + c
      check first: a < b
      check second: c < d
    }
    """
    t = made(text, "t", batch_rows=300)
    assert all(a < b and c < d for a, b, c, d in zip(t["a"], t["b"], t["c"], t["d"], strict=True))
    assert t["e"] == [a + c for a, c in zip(t["a"], t["c"], strict=True)]


def test_references_are_redrawn_for_a_check() -> None:
    text = """
    table p 50 { id int key, n int = 0..9 }
    table c 300 { p_id -> p, m int = 0..9, check less: p_id.n <= m }
    """
    n = dict(zip(*made(text, "p").values(), strict=True))
    t = made(text, "c")
    assert all(n[p] <= m for p, m in zip(t["p_id"], t["m"], strict=True))


def test_a_forest_is_redrawn_from_its_reference() -> None:
    text = """
    table e 400 { id int key, hired date = 2010-01-01..2020-12-31, boss -> e 20% null
                  check later: hired >= boss.hired }
    """
    t = made(text, "e")
    hired = dict(zip(t["id"], t["hired"], strict=True))
    assert all(b is None or h >= hired[b] for h, b in zip(t["hired"], t["boss"], strict=True))


def test_a_condition_too_rare_says_its_rate() -> None:
    assert (
        failure("table t 1_000 { a int = 0..99_999, b int = 0..9, check rare: a % 5000 == b }", "t")
        == "DG573"
    )


def test_bounds_that_leave_nothing_are_told_from_rare_conditions() -> None:
    with pytest.raises(GenerationError) as error:
        made("table t 100 { id int key, high int = (id - 1) % 5, a int in 1..high = 1..9 }", "t")
    problem = error.value.make(Span("spec.dgen", 0, 0))
    assert (problem.code, problem.label()) == ("DG573", "the lower bound is above the upper one in 20 rows")


def test_the_rate_of_a_condition_is_not_that_of_the_rows_that_are_left() -> None:
    """Children of an `x` have no draw that satisfies it, those of a `y` need none."""
    text = """
    table p 50 { id int key, b string = "x" | "y" }
    table t 200 { id int key, p -> p each 1..6, f float = 0.0..1.0, check z: f > 2 or p.b != "x" }
    """
    with pytest.raises(SpecdslError) as error:
        specdsl.load(text)["t"].to_arrow()
    told = " ".join(str(error.value).split())
    assert "DG573" in told
    left = re.search(r"(\d+) rows of 200 do not satisfy", told)
    assert left
    assert f"{200 - int(left[1])} of " in told
    assert f"none did in the {left[1]} rows that are left" in told


@pytest.mark.parametrize(
    "value",
    [
        "/[A-F][0-9]{3}/",
        "1000..4000",
        '"a" | "b"',
        'f"{/[a-z]/}-{0..99}-{"x" | "y"}"',
        "2020-01-01 .. 2029-12-31",
    ],
)
def test_unique_by_permutation(value: str) -> None:
    kind = {"1": "int", "2": "date"}.get(value[0], "string")
    rows = 2 if value.startswith('"') else 3_000
    t = made(f"table t {rows} {{ x {kind} unique = {value} }}", "t")
    assert len(set(t["x"])) == rows


def test_unique_over_a_whole_domain() -> None:
    t = made("table t 1_000 { x string key = /[0-9]{3}/ }", "t", batch_rows=77)
    assert sorted(t["x"]) == [f"{i:03d}" for i in range(1000)]
    assert t["x"] != sorted(t["x"])


def test_null_rates() -> None:
    t = made('table t 5_000 { a string? 90% null = "x" | "y", b int? 30% null = 0..9 }', "t")
    assert 0.88 < t["a"].count(None) / 5_000 < 0.92
    assert 0.27 < t["b"].count(None) / 5_000 < 0.33
    assert {"x", "y", None} == set(t["a"])


def test_columns_drawn_together() -> None:
    t = made('table t 1_000 { (a, b) = ("US", 1) 50% | ("DE", 2) 50%, c string = f"{a}{b}" }', "t")
    assert set(zip(t["a"], t["b"], t["c"], strict=True)) == {("US", 1, "US1"), ("DE", 2, "DE2")}


def test_names_mean_the_row_and_call_sites_are_streams() -> None:
    t = made("table t 500 { x int = 0..9, twice int = x + x, sum int = 0..9 + 0..9, y int = 0..9 }", "t")
    assert t["twice"] == [2 * x for x in t["x"]]
    assert any(s % 2 for s in t["sum"])
    assert t["x"] != t["y"]
