"""Builds that meet targets: what SQL finds in the files, the same bytes however they come about, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from specdsl.build import Mode
from specdsl.building.finding import find_tables
from specdsl.errors import DataError, UsageError
from specdsl.sinks.registry import SINKS
from specdsl.verify.report import Verdict
from specdsl.verify.rule import RuleKind
from specdsl.verify.verifier import verify
from tests.build.specs import built, compiled, contents

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
LANDS = {"DE": Decimal("1.00"), "FR": Decimal("0.61"), "AT": Decimal("0.17")}
COUNTS = {month: 16_000 + 100 * i for i, month in enumerate(MONTHS)}
REVENUE = {
    (month, land): Decimal(250_000 + 7_001 * i) * part + Decimal(i) / 100
    for i, month in enumerate(MONTHS)
    for land, part in LANDS.items()
}
LARGE = f"""
dataset shop {{ seed 5 }}
table orders {{
  id        int key
  placed_at timestamp = 2024-01-01 .. 2024-12-31T23:59:59Z
  country   string    = "DE" 55% | "FR" 35% | "AT"
  status    string    = "paid" 90% | "refunded" | "open"
  total     decimal(10, 2) in 0.01..5_000 = lognormal(mean: 3.2, sigma: 0.8)
  items     int in 1..30 = poisson(4)
  target count by month(placed_at) {{ {", ".join(f'"{m}": {n}' for m, n in COUNTS.items())} }}
  target sum(total) by (month(placed_at), country) {{
    {", ".join(f'("{m}", "{c}"): {v}' for (m, c), v in REVENUE.items())}
  }}
  target avg(items) by country {{ "DE": 4.25, "FR": 6.125, "AT": 3.3333 }}
  target share(status == "refunded") by country {{ "DE": 3%, "FR": 5%, "AT": 0.125% }}
}}
"""
SMALL = """
table orders 1_000 {
  id      int key
  country string = "DE" 60% | "FR"
  placed  date = 2024-01-01 .. 2024-12-31
  open    bool
  secret  int hidden = 0..10
  total   decimal(10, 2) in 0.01.. = lognormal(mean: 3.2, sigma: 0.8)
  target sum(total) by country { "DE": 20_000.55, "FR": 9_000 }
  target share(open) by month(placed) { 1: 50%, 2: 25% } else free
  target sum(secret) = 4_000
}
"""


def test_sql_finds_the_figures_in_200_000_rows(tmp_path: Path) -> None:
    built(tmp_path, text=LARGE)
    orders = f"'{tmp_path}/orders.parquet'"
    month = "strftime(placed_at at time zone 'UTC', '%Y-%m')"
    counted = duckdb.sql(f"select {month}, count(*) from {orders} group by 1").fetchall()
    assert dict(counted) == COUNTS
    assert sum(COUNTS.values()) > 190_000
    found = duckdb.sql(f"select {month}, country, sum(total) from {orders} group by 1, 2").fetchall()
    assert {(m, c): v for m, c, v in found} == REVENUE
    means = duckdb.sql(
        f"select country, sum(items), count(*), count(*) filter (status = 'refunded') from {orders} group by 1"
    ).fetchall()
    for country, total, rows, refunded in means:
        mean, share = {"DE": (4.25, 0.03), "FR": (6.125, 0.05), "AT": (3.3333, 0.00125)}[country]
        assert total == int(rows * mean + 0.5)
        assert refunded == int(rows * share + 0.5)


@pytest.mark.parametrize("options", [{"workers": 3}, {"files": 4}])
def test_the_same_values_however_they_are_built(tmp_path: Path, options: dict[str, int]) -> None:
    built(tmp_path / "one", text=SMALL)
    built(tmp_path / "other", text=SMALL, **options)
    one, other = (
        duckdb.sql(f"select * from '{tmp_path}/{name}/orders*.parquet' order by id").fetchall()
        for name in ("one", "other")
    )
    assert one == other


def test_building_again_and_resuming_give_the_same_bytes(tmp_path: Path) -> None:
    built(tmp_path / "one", text=SMALL, files=3)
    built(tmp_path / "two", text=SMALL, files=3, resume=True)
    parts = [name for name in contents(tmp_path / "one") if name.startswith("orders")]
    assert parts
    assert all(contents(tmp_path / "one")[p] == contents(tmp_path / "two")[p] for p in parts)


@pytest.mark.parametrize("form", sorted(set(SINKS) - {"sql"}))
def test_every_format_is_held_against_the_targets(tmp_path: Path, form: str) -> None:
    result = built(tmp_path, text=SMALL, format=form)
    assert result.report is not None
    rules = [r for r in result.report.rules if r.rule.kind is RuleKind.TARGET]
    assert [r.verdict for r in rules] == [Verdict.OK, Verdict.OK, Verdict.UNCHECKED]
    assert [r.looked_at for r in rules[:2]] == [2, 2]
    assert "secret" in rules[2].note


def test_other_data_is_told_group_by_group(tmp_path: Path) -> None:
    built(tmp_path / "a", text=SMALL)
    source = f"{tmp_path}/a/orders.parquet"
    (tmp_path / "b").mkdir()
    duckdb.sql(
        f"copy (select * replace (case when id = 1 then total + 1 else total end as total, "
        f"case when id = 2 then 'AT' else country end as country) from '{source}') "
        f"to '{tmp_path}/b/orders.parquet'"
    )
    dataset = compiled(SMALL).dataset
    assert dataset is not None
    found = verify(dataset, find_tables(dataset, tmp_path / "b").tables)
    (broken,) = (r for r in found.rules if r.rule.name == "orders target sum(total) by country")
    assert broken.verdict is Verdict.BROKEN
    assert broken.looked_at == 2
    by_land = {row["country"]: (row["asked for"], row["found"]) for row in broken.offenders}
    assert by_land["AT"][0] is None
    assert set(by_land) <= {"AT", "DE", "FR"}
    assert all(asked != got for asked, got in by_land.values())


def test_rows_are_not_added(tmp_path: Path) -> None:
    built(tmp_path, text=SMALL)
    with pytest.raises((DataError, UsageError), match=r"all rows meet `target share\(open\)"):
        built(tmp_path, text=SMALL, mode=Mode.APPEND)


def test_dirt_is_put_on_rows_that_meet_their_targets(tmp_path: Path) -> None:
    spoiled = SMALL.replace(
        "  target sum(total)", "  violate total.range 7 rows\n  duplicate 5 rows\n  target sum(total)"
    )
    report = built(tmp_path, text=spoiled).report
    assert report is not None
    assert report.ok
    (whole,) = duckdb.sql(f"select sum(total) from '{tmp_path}/orders.parquet'").fetchall()
    assert whole[0] != Decimal("29000.55")


def test_the_plan_tells_of_the_pass() -> None:
    from specdsl.plan.planner import plan

    dataset = compiled(LARGE).dataset
    assert dataset is not None
    told = [line for line in plan(dataset).explain() if "target" in line]
    assert len(told) == 4
    assert "permutation" in told[0]
    assert all("one pass" in line for line in told[1:])
