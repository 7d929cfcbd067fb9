"""Histories: versions that follow each other without a gap, begin where the parent does, end in time and differ;
what was known of them; the laws of the engine for both."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from specdsl.compiler import compile_source
from specdsl.generate.generator import Generator
from specdsl.source import SourceFile
from tests.generate.making import failure, generator, made
from tests.language.memory import MemoryFiles

NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
SPEC = """
dataset d { seed SEED, now 2025-01-01T00:00:00Z }

table customers 400 {
  id        int key
  joined_at timestamp  = 2022-01-01 .. 2025-03-01
  left_at   timestamp? 70% null = joined_at + 1h..500d
}
table versions {
  customer_id -> customers each EACH
  history valid from .joined_at LASTING UNTIL
  city string 60% changes = "a" | "b" | "c"
  plan string? 20% null 30% changes = "x" 95% | "y"
  (m, n) 10% changes = (1, "p") | (2, "q")
  note string = word()
}
table records from versions.valid {
  history system after 0s..20d corrected 40% after 1d..90d
  by string = first_name()
}
table facts 300 {
  customer_id -> customers
  at timestamp = customer_id.joined_at + 0s..700d
  (who, version) -> versions? where .customer_id == customer_id as of at
  (one, number) -> versions? as of at
}
"""


def spec(seed: int = 1, each: str = "1..6", lasting: str = "", until: str = "") -> str:
    changes = {"SEED": str(seed), "EACH": each, "LASTING": lasting, "UNTIL": until}
    text = SPEC
    for word, instead in changes.items():
        text = text.replace(word, instead)
    return text


FORMS = [
    {},
    {"until": "until .left_at"},
    {"lasting": "lasting 20d..300d"},
    {"lasting": "lasting exponential(mean: 90d)", "until": "until .left_at", "each": "0..9"},
    {"lasting": "lasting 1d", "each": "poisson(4) max 12"},
    {"each": "1", "lasting": "lasting 1d"},
]


def rows(table: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]


def by_customer(text: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(made(text, "versions")):
        found[row["customer_id"]].append(row)
    return found


TRACKED = ("city", "plan", "m", "n")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("form", FORMS)
def test_versions_follow_each_other(form: dict[str, str], seed: int) -> None:
    text = spec(seed, **form)
    customers = rows(made(text, "customers"))
    found = by_customer(text)
    several = 0
    for customer in customers:
        versions = found[customer["id"]]
        if not versions:
            assert form.get("each", "").startswith(("0", "poisson"))
            continue
        several += len(versions) > 2
        assert [v["version"] for v in versions] == list(range(1, len(versions) + 1))
        assert versions[0]["valid_from"] == customer["joined_at"]
        left = customer["left_at"] if "until" in form else None
        assert versions[-1]["valid_to"] == left
        for before, after in itertools.pairwise(versions):
            assert before["valid_to"] == after["valid_from"] > before["valid_from"]
            assert after["valid_from"] <= NOW
            assert left is None or after["valid_from"] < left
            assert [before[c] for c in TRACKED] != [after[c] for c in TRACKED]
            assert (before["m"], before["n"]) in ((1, "p"), (2, "q"))
        current = [v for v in versions if v["is_current"]]
        valid_now = [
            v for v in versions if v["valid_from"] <= NOW and (v["valid_to"] is None or v["valid_to"] > NOW)
        ]
        assert current == valid_now
        assert len(current) <= 1
    assert several > 40 or form.get("each") == "1"


def said(text: str) -> list[str]:
    return [d.message() for d in compile_source(SourceFile("t.dgen", text), MemoryFiles({})).diagnostics]


@pytest.mark.parametrize("lasting", ["", "lasting 5d..20d"])
@pytest.mark.parametrize("until", [".left_at", "now", ".joined_at + 50d"])
@pytest.mark.parametrize("days", [False, True])
def test_no_hint_is_about_columns_that_a_history_makes(lasting: str, until: str, days: bool) -> None:
    text = spec(each="1..3", lasting=lasting, until=f"until {until}").replace("? 70% null", "")
    if days:
        text = text.replace("  city string", "  valid_from date\n  valid_to date\n  city string")
    assert said(text) == []
    assert said(text.replace("  note string =", "  note string? =")) == [
        "`note` allows nulls but never is null"
    ]


def test_as_many_versions_as_have_time() -> None:
    """With lengths of a day each, a customer of three days has three."""
    text = spec(lasting="lasting 1d", each="12")
    joined = {c["id"]: c["joined_at"] for c in rows(made(text, "customers"))}
    for customer, versions in by_customer(text).items():
        days = (NOW - joined[customer]) // dt.timedelta(days=1)
        assert len(versions) == max(1, min(12, days + 1))


def test_versions_share_the_time_there_is() -> None:
    """Each is as long as the others on average."""
    lengths = defaultdict(list)
    for versions in by_customer(spec(each="4")).values():
        if versions[0]["valid_from"] > NOW - dt.timedelta(days=1):
            continue
        whole = NOW - versions[0]["valid_from"]
        for v in versions:
            lengths[v["version"]].append(((v["valid_to"] or NOW) - v["valid_from"]) / whole)
    assert len(lengths[4]) > 300
    for parts in lengths.values():
        assert abs(np.mean(parts) - 0.25) < 0.04


def test_shares_of_changes_are_those_of_what_changes() -> None:
    text = spec(each="6").replace("table customers 400", "table customers 4000")
    changed = defaultdict(list)
    for versions in by_customer(text).values():
        for before, after in itertools.pairwise(versions):
            for name in ("city", "plan", "m"):
                changed[name].append(before[name] != after[name])
    some = 1 - 0.4 * 0.7 * 0.9
    for name, share in (("city", 0.6), ("plan", 0.3), ("m", 0.1)):
        assert abs(np.mean(changed[name]) - share / some) < 0.02


@pytest.mark.parametrize("seed", [4, 5, 6])
@pytest.mark.parametrize("form", FORMS)
def test_what_was_known_is_a_history_at_every_time(form: dict[str, str], seed: int) -> None:
    text = spec(seed, **form)
    versions = {(v["customer_id"], v["version"]): v for v in rows(made(text, "versions"))}
    records: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(made(text, "records")):
        records[row["customer_id"]].append(row)
    wrong = 0
    for known in records.values():
        for moment in {r["system_from"] for r in known}:
            then = [
                r
                for r in known
                if r["system_from"] <= moment and (r["system_to"] is None or r["system_to"] > moment)
            ]
            then.sort(key=lambda r: r["valid_from"])
            for before, after in itertools.pairwise(then):
                assert before["valid_to"] == after["valid_from"]
        for record in known:
            version = versions[record["customer_id"], record["version"]]
            assert record["is_latest"] == (record["system_to"] is None)
            assert record["valid_to"] in (None, version["valid_to"])
            assert (record["m"], record["n"]) in ((1, "p"), (2, "q"))
            differs = [c for c in ("city", "plan", "m") if record[c] != version[c]]
            wrong += bool(differs)
            assert len(differs) <= (not record["is_latest"])
            if version["valid_from"] <= NOW:
                assert version["valid_from"] <= record["system_from"] <= NOW
            assert record["system_to"] is None or record["system_from"] < record["system_to"] <= NOW
    assert wrong > 20


@pytest.mark.parametrize("form", FORMS)
def test_facts_refer_to_the_version_of_their_time(form: dict[str, str]) -> None:
    text = spec(7, **form)
    versions = by_customer(text)

    def valid(customer: int, at: dt.datetime) -> list[int]:
        return [
            v["version"]
            for v in versions[customer]
            if v["valid_from"] <= at and (v["valid_to"] is None or at < v["valid_to"])
        ]

    for fact in rows(made(text, "facts")):
        found = valid(fact["customer_id"], fact["at"])
        assert len(found) <= 1
        if found:
            assert (fact["who"], fact["version"]) == (fact["customer_id"], found[0])
        else:
            assert (fact["who"], fact["version"]) == (None, None)
        if fact["one"] is not None:
            assert fact["number"] in valid(fact["one"], fact["at"])


def whole(g: Generator, table: str, **how: int) -> pa.Table:
    batches = list(g.batches(table, hidden=True, **how))
    return pa.Table.from_batches(batches, g.schema(table, hidden=True)).combine_chunks()


@pytest.mark.parametrize("form", FORMS)
def test_laws(form: dict[str, str]) -> None:
    """Batches, workers, single rows, previews and growth."""
    text = spec(8, **form)
    tables = ("customers", "versions", "records", "facts")
    built, other, third = generator(text), generator(text), generator(text)
    grown = generator(text.replace("table customers 400", "table customers 900"))
    for table in reversed(tables):
        expected = whole(built, table)
        assert whole(other, table, batch_rows=37, workers=3).equals(expected)
        at = np.array([5, 200, 3, 3, 77], dtype=np.int64)
        taken = pa.Table.from_batches([third.take(table, at, hidden=True)])
        assert taken.equals(expected.take(pa.array(at)).combine_chunks())
        assert pa.Table.from_batches([generator(text).batch(table, 0, 10, hidden=True)]).equals(
            expected.slice(0, 10)
        )
        if table != "facts":  # references draw among all parents
            assert whole(grown, table).slice(0, len(expected)).equals(expected)


def test_days() -> None:
    text = """
    dataset d { now 2024-03-01T12:00:00Z }
    table products 300 { id int key, launched date = 2024-01-20 .. 2024-03-02, ended date? 50% null = launched + 1d..20d }
    table prices {
      product_id -> products each 1..9
      history held from .launched until .ended
      held_from date
      held_to date
      price decimal(6, 2) changes = 1.00..2.00
    }
    """
    products = {p["id"]: p for p in rows(made(text, "products"))}
    found = defaultdict(list)
    for row in rows(made(text, "prices")):
        found[row["product_id"]].append(row)
    for product, prices in found.items():
        assert prices[0]["held_from"] == products[product]["launched"]
        assert prices[-1]["held_to"] == products[product]["ended"]
        for before, after in itertools.pairwise(prices):
            assert before["held_to"] == after["held_from"] > before["held_from"]
            assert after["held_from"] <= (products[product]["ended"] or dt.date(2024, 3, 1))
            assert before["price"] != after["price"]
    assert max(map(len, found.values())) > 7


def test_other_values_and_next_ones() -> None:
    text = """
    table p 200 { id int key }
    table c {
      p_id -> p each 0..5
      n    int = 1 + index_in(p_id)
      next_n int? = next(n)
      or_0 int = next(n, 0)
      from_ int = 1..3
      to_   int = different(1..3, from_)
      kind string = different("a" 98% | "b" 1% | "c", "a")
      x    int? 50% null = 1
      y    int? = different(null 50% | 1 | 2, x)
      state bool 20% changes = true | false
    }
    """
    c = rows(made(text, "c", batch_rows=13))
    for row, after in zip(c, [*c[1:], {"p_id": None}], strict=True):
        assert row["next_n"] == (after["n"] if after["p_id"] == row["p_id"] else None)
        assert row["or_0"] == (row["next_n"] or 0)
        assert row["from_"] != row["to_"]
        assert row["x"] != row["y"]
    kinds = [row["kind"] for row in c]
    assert set(kinds) == {"b", "c"}
    assert abs(kinds.count("b") / len(c) - 0.5) < 0.1
    turns = [b["state"] != a["state"] for a, b in itertools.pairwise(c) if a["p_id"] == b["p_id"]]
    assert abs(np.mean(turns) - 0.2) < 0.06
    assert {row["y"] for row in c} == {None, 1, 2}


def test_what_cannot_differ() -> None:
    assert failure('table t 5 { a string = "y", b string = different("y" | f"y", a) }', "t") == "DG583"
