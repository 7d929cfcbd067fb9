"""Lifecycles: legal paths, times that rise, nothing after the end, shares; and tables of their events."""

import datetime as dt
import itertools
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest

from tests.generate.making import generator, made

NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
LEADS = {
    "placed": ("paid", "cancelled"),
    "paid": ("shipped", "refunded"),
    "shipped": ("delivered",),
    "delivered": ("refunded",),
    "cancelled": (),
    "refunded": (),
}
TIMES = {state: f"{state}_at" for state in LEADS} | {"cancelled": "given_up_on"}
SPEC = """
dataset shop { seed 7, now 2025-01-01T00:00:00Z }

table orders 20_000 {
  id        int key
  placed_at timestamp = PLACED
  express   bool = true 30% | false
  lifecycle status from placed_at UNTIL {
    placed    -> paid 90% after 1h..2d -> cancelled 6% after 1h..5d
    paid      -> shipped 97% after if express then 1h else exponential(mean: 2d)
              -> refunded after normal(mean: 10d, sd: 10d)
    shipped   -> delivered after 1d..10d
    delivered -> refunded 2% after 1d..20d
    cancelled as given_up_on
  }
}

table order_events from orders.status {
  note string = "a" | "b"
}
"""
LATE = SPEC.replace("PLACED", "2024-11-01 .. 2024-12-31").replace("UNTIL", "")
EARLY = SPEC.replace("PLACED", "2020-01-01 .. 2021-12-31").replace("UNTIL", "")
OPEN = SPEC.replace("PLACED", "2024-11-01 .. 2024-12-31").replace("UNTIL", "until 2030-01-01")


def paths(orders: dict[str, list[Any]]) -> list[list[tuple[str, dt.datetime]]]:
    """The states of each row by their times."""
    out = []
    for i in range(len(orders["id"])):
        entered = [(s, orders[c][i]) for s, c in TIMES.items() if orders[c][i] is not None]
        out.append(sorted(entered, key=lambda e: (e[1], list(TIMES).index(e[0]))))
    return out


@pytest.mark.parametrize(("text", "end"), [(LATE, NOW), (EARLY, NOW), (OPEN, NOW.replace(year=2030))])
def test_paths_are_legal_and_end_in_time(text: str, end: dt.datetime) -> None:
    orders = made(text, "orders", batch_rows=50_000)
    for state, path in zip(orders["status"], paths(orders), strict=True):
        names = [name for name, _ in path]
        assert names[0] == "placed"
        assert names[-1] == state
        assert all(after in LEADS[before] for before, after in itertools.pairwise(names))
        assert all(at <= end for name, at in path if name != "placed")


def expected(counts: list[int], shares: list[float]) -> float:
    """The chi-square statistic."""
    total = sum(counts)
    return sum((c - total * s) ** 2 / (total * s) for c, s in zip(counts, shares, strict=True))


def test_shares_of_what_has_run_its_course() -> None:
    orders = made(EARLY, "orders", batch_rows=50_000)
    n = len(orders["id"])
    paid = sum(at is not None for at in orders["paid_at"])
    cancelled = sum(at is not None for at in orders["given_up_on"])
    assert expected([paid, cancelled, n - paid - cancelled], [0.90, 0.06, 0.04]) < 13.8  # 2 degrees, 0.1 %
    shipped = sum(at is not None for at in orders["shipped_at"])
    assert expected([shipped, paid - shipped], [0.97, 0.03]) < 10.8  # 1 degree, 0.1 %
    assert shipped == sum(at is not None for at in orders["delivered_at"])
    late = sum(
        d is not None and r is not None
        for d, r in zip(orders["delivered_at"], orders["refunded_at"], strict=True)
    )
    assert expected([late, shipped - late], [0.02, 0.98]) < 10.8
    waits = [
        (b - a).total_seconds() / 86_400
        for a, b, c, e in zip(
            orders["placed_at"], orders["paid_at"], orders["shipped_at"], orders["express"], strict=True
        )
        if b is not None
    ]
    assert min(waits) >= 1 / 24
    assert max(waits) <= 2
    assert abs(np.mean(waits) - (2 + 1 / 24) / 2) < 0.02


def test_what_has_not_happened_yet_is_null() -> None:
    late, open_end = made(LATE, "orders", batch_rows=50_000), made(OPEN, "orders", batch_rows=50_000)
    columns = [c for s, c in TIMES.items() if s != "placed"]
    hidden = 0
    for column in columns:
        for now, ever in zip(late[column], open_end[column], strict=True):
            assert now == (ever if ever is not None and ever <= NOW else None)
            hidden += now != ever
    assert hidden > 2_000
    assert Counter(late["status"]).keys() == LEADS.keys()


def test_events_are_the_states_entered() -> None:
    orders, events = made(LATE, "orders", batch_rows=50_000), made(LATE, "order_events", batch_rows=50_000)
    told = defaultdict(list)
    for i, order in enumerate(events["order_id"]):
        assert events["sequence"][i] == len(told[order])
        assert events["previous_state"][i] == (told[order][-1][0] if told[order] else None)
        told[order].append((events["state"][i], events["at"][i]))
    assert list(events) == ["order_id", "sequence", "state", "at", "previous_state", "note"]
    assert [told[order] for order in orders["id"]] == paths(orders)


def test_batches_make_no_difference() -> None:
    text = LATE.replace("20_000", "300")
    g = generator(text)
    for table in ("orders", "order_events"):
        assert made(text, table, batch_rows=7) == made(g, table, batch_rows=100_000)


def test_names_and_forms() -> None:
    text = """
    enum Kind { a, b, `in transit`, d }
    table t 400 {
      begun date = 2020-01-01 .. 2020-12-31
      a     bool                                   # a column with the name of a state
      delay duration = 1d..3d
      lifecycle x Kind from begun {
        a as ignored -> b 50% after delay -> d 0% after 1d
        b            -> `in transit` after 1h 50% | 2h
      }
      lifecycle y from begun until x { n -> m after 1d }
    }
    """.replace(" until x", " until 2020-06-01")
    rows = made(text, "t")
    names = [n for n in rows if ": " not in n]
    assert names == ["begun", "a", "delay", "x", "b_at", "d_at", "in_transit_at", "y", "m_at"]
    assert set(rows["x"]) == {"a", "in transit"}
    assert set(rows["d_at"]) == {None}
    assert {x == "in transit" for x, b in zip(rows["x"], rows["b_at"], strict=True) if b} == {True}
    for begun, y in zip(rows["begun"], rows["y"], strict=True):
        assert y == ("m" if begun < dt.date(2020, 6, 1) else "n")
