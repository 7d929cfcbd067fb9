"""Targets: groups of rows come to exactly what is asked, whatever they are, however they are made."""

from __future__ import annotations

import pickle
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from specdsl.compiler import Overrides, compile_source
from specdsl.generate.storage import ArrayWriter
from specdsl.generate.targets import selecting
from specdsl.generate.targets.fitting import Measured, fit
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.vectors.vector import Int64Array
from tests.generate.making import failure, generator, made

SPEC = """
dataset shop { seed 11 }
enum Status { pending 20%, paid 55%, shipped 20%, refunded 5% }

table countries 3 {
  id   int key
  zone string = exact("north" 34% | "south")
}

table orders {
  id         int key
  placed_at  timestamp = seasonal(2024-01-01, 2024-12-31)
  country    string = "DE" 60% | "FR" | "AT"
  country_id -> countries
  status     Status
  note       string? 30% null = "a" | "b" | "c"
  total      decimal(10, 2) in 0.01..500 = lognormal(mean: 3.2, sigma: 0.8)
  tip        decimal(8, 2)? 40% null = 0.00..10.00
  profit     decimal(10, 2) in -200..200 = normal(mean: 0, sd: 30)
  items      int in 1..9 = poisson(3)
  tax        decimal(10, 2) = total * 0.19
  target count by (month(placed_at), country) {
    ("2024-01", "DE"): 1_500
    ("2024-02", "DE"): 2_000
    ("2024-02", "FR"): 501
    ("2024-12", "AT"): 1
  }
  target sum(total) by (month(placed_at), country) {
    ("2024-01", "DE"): 100_000.55
    ("2024-02", "DE"): 30_000
    ("2024-02", "FR"): 25_000.01
  } else free
  target sum(tip) by country_id.zone { "north": 5_000, "south": 7_000.77 } else free
  target sum(profit) by country { "DE": -1_000.01, "FR": 2_000, "AT": 3.5 }
  target avg(items) by country { "DE": 3.5, "FR": 7.25, "AT": 2 }
  target share(status == refunded) by country { "DE": 3%, "FR": 20%, "AT": 0% }
  target share(note in ["a", "b"]) by status { paid: 30%, pending: 0.5 } else free
}
"""


@pytest.fixture(scope="module")
def orders() -> dict[str, list[Any]]:
    return made(SPEC, "orders", batch_rows=700)


def totals(orders: dict[str, list[Any]], by: list[Any], column: str) -> dict[Any, Any]:
    out: dict[Any, Any] = defaultdict(Decimal)
    for key, value in zip(by, orders[column], strict=True):
        out[key] += value or 0
    return dict(out)


def months(orders: dict[str, list[Any]]) -> list[tuple[int, str]]:
    return [(at.month, land) for at, land in zip(orders["placed_at"], orders["country"], strict=True)]


def test_counts_are_those_of_the_target_and_give_the_table_its_rows(orders: dict[str, list[Any]]) -> None:
    assert Counter(months(orders)) == {(1, "DE"): 1500, (2, "DE"): 2000, (2, "FR"): 501, (12, "AT"): 1}
    hours = Counter(at.hour for at in orders["placed_at"])
    assert hours[14] > 2 * hours[2], "the time within the period is drawn as declared"


def test_totals_are_exact_to_the_cent(orders: dict[str, list[Any]]) -> None:
    found = totals(orders, months(orders), "total")
    assert found[1, "DE"] == Decimal("100000.55")
    assert found[2, "DE"] == Decimal("30000.00")
    assert found[2, "FR"] == Decimal("25000.01")
    assert all(Decimal("0.01") <= v <= 500 for v in orders["total"])


def test_what_follows_from_a_value_follows_from_the_one_that_is_written(orders: dict[str, list[Any]]) -> None:
    assert all(
        abs(tax - total * Decimal("0.19")) <= Decimal("0.005")
        for tax, total in zip(orders["tax"], orders["total"], strict=True)
    )


def test_nulls_stay_and_the_others_make_up_for_them(orders: dict[str, list[Any]]) -> None:
    rate = sum(v is None for v in orders["tip"]) / len(orders["tip"])
    assert 0.37 < rate < 0.43
    zones = {i + 1: zone for i, zone in enumerate(made(SPEC, "countries")["zone"])}
    found = totals(orders, [zones[c] for c in orders["country_id"]], "tip")
    asked = {"north": Decimal(5000), "south": Decimal("7000.77")}
    assert found == {zone: asked[zone] for zone in found}


def test_values_of_both_signs_are_moved_not_multiplied(orders: dict[str, list[Any]]) -> None:
    found = totals(orders, orders["country"], "profit")
    assert found == {"DE": Decimal("-1000.01"), "FR": Decimal("2000.00"), "AT": Decimal("3.50")}
    assert min(orders["profit"]) < -50
    assert max(orders["profit"]) > 50


def test_means_are_totals_of_so_many_rows(orders: dict[str, list[Any]]) -> None:
    found = totals(orders, orders["country"], "items")
    assert found == {"DE": Decimal(3500 * 3.5), "FR": Decimal(3632), "AT": Decimal(2)}  # 501 x 7.25 = 3632.25
    assert set(orders["items"]) <= set(range(1, 10))


def test_shares_are_exact_counts(orders: dict[str, list[Any]]) -> None:
    refunded = Counter(c for c, s in zip(orders["country"], orders["status"], strict=True) if s == "refunded")
    assert refunded == {"DE": 105, "FR": 100}
    status = Counter(orders["status"])
    assert 2.3 < status["paid"] / status["shipped"] < 3.3, "the others keep their proportions"
    paid = [n for n, s in zip(orders["note"], orders["status"], strict=True) if s == "paid"]
    assert sum(n in ("a", "b") for n in paid) == int(len(paid) * 0.3 + 0.5)
    free = [
        n for n, s in zip(orders["note"], orders["status"], strict=True) if s == "shipped" and n is not None
    ]
    assert 0.55 < sum(n in ("a", "b") for n in free) / len(free) < 0.78


@pytest.mark.parametrize("batch_rows", [1, 97, 65_536])
def test_the_values_do_not_depend_on_how_they_are_made(batch_rows: int, orders: dict[str, list[Any]]) -> None:
    g = generator(SPEC)
    if batch_rows == 1:
        rows = np.array([3999, 0, 17, 17, 2500], dtype=np.int64)
        found = g.take("orders", rows).to_pydict()
        assert found["total"] == [orders["total"][i] for i in rows]
        assert found["status"] == [orders["status"][i] for i in rows]
        return
    again = pickle.loads(pickle.dumps(g))
    batches = list(again.batches("orders", batch_rows=batch_rows, workers=3, hidden=True))
    assert pa.Table.from_batches(batches).to_pydict() == orders


def test_a_preview_has_the_rows_of_the_build(orders: dict[str, list[Any]]) -> None:
    shown = generator(SPEC).batch("orders", 4, 5).to_pydict()
    assert {name: values[4:9] for name, values in orders.items()} == shown


def test_checks_of_other_columns_still_draw_again() -> None:
    rows = made(
        """
        table orders 2_000 {
          kind  string = "a" | "b"
          total decimal(10, 2) in 0.00..100 = 0.00..50.00
          paid  decimal(10, 2) = 0.00..100.00
          target sum(total) by kind { "a": 20_000, "b": 30_000 }
          check enough: paid >= total
        }
        """,
        "orders",
    )
    assert totals(rows, rows["kind"], "total") == {"a": Decimal(20000), "b": Decimal(30000)}
    assert all(paid >= total for paid, total in zip(rows["paid"], rows["total"], strict=True))


def test_other_tables_see_the_values_that_are_written() -> None:
    text = """
    table users 50 {
      id    int key
      spent decimal(12, 2) = sum(orders.total)
    }
    table orders 500 {
      user_id -> users
      total   decimal(10, 2) in 0.. = 0.00..50.00
      target sum(total) = 9_999.99
    }
    """
    assert sum(made(text, "users")["spent"]) == Decimal("9999.99")


def test_the_file_has_the_groups(tmp_path: Path) -> None:
    (tmp_path / "revenue.csv").write_text("month,land,total\n2024-01,DE,1000.10\n2024-02,FR,77.35\n")
    (tmp_path / "orders.csv").write_text("month,land,count\n2024-01,DE,70\n2024-02,FR,30\n")
    text = """
    table orders {
      at    date = 2024-01-01 .. 2024-12-31
      land  string = "DE" | "FR"
      total decimal(10, 2) in 0.. = 0.00..50.00
      target count by (month(at), land) from "orders.csv"
      target sum(total) by (month(at), land) from "revenue.csv"
    }
    """
    rows = made(generator(text, tmp_path), "orders")
    found = totals(rows, list(zip([d.month for d in rows["at"]], rows["land"], strict=True)), "total")
    assert found == {(1, "DE"): Decimal("1000.10"), (2, "FR"): Decimal("77.35")}


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ('target sum(total) by kind { "a": 1, "b": 2 } else free', ""),
        ('target sum(total) by kind { "a": 1 }', "DG589"),
        ('target sum(total) by kind { "a": 1, "b": 1, "c": 1 }', "DG588"),
        ('target sum(total) by kind { "a": 1, "b": 1, "c": 0 }', ""),
        ("target sum(total) = 5_000.01", "DG588"),
        ("target sum(total) = 5_000", ""),
        ("target share(flag) = 99%", "DG588"),
        ("target share(flag) = 20%", ""),
    ],
)
def test_what_cannot_be_met_is_told(target: str, code: str) -> None:
    text = f"""
    table orders 100 {{
      kind  string = "a" | "b"
      total decimal(10, 2) in 0.00..50 = 0.00..50.00
      flag  bool? 40% null = true 10% | false
      {target}
    }}
    """
    if code:
        assert failure(text, "orders") == code
    else:
        made(text, "orders")


def test_counts_have_to_be_the_rows_that_there_are() -> None:
    text = 'table a 20 { kind string = "x" | "y"\n target count by kind { "x": 5, "y": 15 } }'
    found = compile_source(SourceFile("a.dgen", text), LocalFiles(), Overrides(all_rows=10))
    assert [d.message() for d in found.diagnostics] == [
        "`target count by kind` asks for 20 rows in all, and table `a` has 10"
    ]
    free = compile_source(SourceFile("a.dgen", text.replace(" 20 ", " ")), LocalFiles(), Overrides(scale=0.1))
    assert free.dataset is not None
    assert free.dataset.tables["a"].rows == 20


# --- the arithmetic --------------------------------------------------------------------------


def measured(groups: Int64Array, values: Int64Array, rows: Int64Array, size: int) -> Measured:
    writers = [ArrayWriter(kind, None) for kind in (np.int32, np.int64, np.int64)]
    for writer, piece in zip(writers, (groups, values, rows), strict=True):
        writer.append(piece)
    counts = np.bincount(groups, minlength=size).astype(np.int64)
    total, least, most = np.zeros(size, np.int64), np.full(size, 1 << 62), np.full(size, -(1 << 62))
    np.add.at(total, groups, values)
    np.minimum.at(least, groups, values)
    np.maximum.at(most, groups, values)
    found = [writer.finish() for writer in writers]
    some = counts > 0
    return Measured(
        found[0], found[1], found[2], counts, total, np.where(some, least, 0), np.where(some, most, 0)
    )


KINDS = {
    "small": (0, 9),
    "cents": (1, 50_000),
    "signed": (-1_000, 1_000),
    "constant": (0, 7),
    "negative": (-1_000_000, 0),
    "large": (0, 1 << 50),
}


def _drawn(kind: str, rng: np.random.Generator, count: int) -> Any:
    match kind:
        case "small":
            return rng.integers(0, 10, count)
        case "cents":
            return rng.lognormal(3, 2, count) * 100
        case "signed":
            return rng.integers(-1_000, 1_001, count)
        case "constant":
            return np.full(count, rng.integers(0, 5))
        case "negative":
            return -rng.lognormal(3, 2, count) * 100
        case _:
            return rng.lognormal(10, 4, count) * 1e6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("in_memory", [3, 1 << 21])
def test_any_totals_within_reach_come_out(kind: str, in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "_IN_MEMORY_ROWS", in_memory)
    low, high = KINDS[kind]
    rng = np.random.default_rng(7)
    for _ in range(60):
        size, count = int(rng.integers(1, 6)), int(rng.integers(1, 150))
        groups = rng.integers(0, size, count)
        rows = np.sort(rng.choice(10_000, count, replace=False))
        values = np.clip(_drawn(kind, rng, count), low, high).astype(np.int64)
        having = np.bincount(groups, minlength=size)
        ends = rng.random(size)
        asked = np.array(
            [
                int(n) * (low if end < 0.1 else high)
                if end < 0.2
                else int(rng.integers(int(n) * low, int(n) * high + 1))
                for n, end in zip(having, ends, strict=True)
            ],
            dtype=np.int64,
        )
        found = fit(measured(groups, values, rows, size), asked, low, high, 99).apply(groups, values, rows)
        come_to = np.zeros(size, dtype=np.int64)
        np.add.at(come_to, groups, found)
        assert come_to.tolist() == asked.tolist()
        assert low <= found.min()
        assert found.max() <= high


def test_larger_values_stay_larger() -> None:
    rng = np.random.default_rng(3)
    values = (rng.lognormal(3, 1, 5_000) * 100).astype(np.int64)
    groups, rows = np.zeros(5_000, dtype=np.int64), np.arange(5_000)
    total = int(values.sum())
    for asked in (total // 3, total, total * 2 + 1):
        goal = np.array([asked], dtype=np.int64)
        found = fit(measured(groups, values, rows, 1), goal, 0, 1 << 40, 1).apply(groups, values, rows)
        order = np.argsort(values, kind="stable")
        assert (np.diff(found[order]) >= -1).all()
        assert np.abs(found - values * (asked / total)).max() <= 1
