"""What the builder says of rows (histories, targets, variants, designs, dirt): the text that a person would
write, which builds, and keeps what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from specdsl import builder as b
from specdsl.api import loading
from specdsl.builder import BuilderError
from specdsl.cli.main import cli

DAY = dt.timedelta(days=1)
YEAR = b.between(dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def crm() -> b.Dataset:
    made = b.Dataset("crm", seed=3, now=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    customers = made.table("customers", 60)
    customers.column("id", "int", key=True)
    joined = customers.column(
        "joined_at", "timestamp", value=b.between(dt.date(2022, 1, 1), dt.date(2024, 6, 30))
    )
    customers.column("left_at", "timestamp?", null=80, value=joined + b.between(30 * DAY, 600 * DAY))

    versions = made.table("customer_versions")
    versions.column("customer_key", "int", key=True)
    versions.reference("customer_id", customers, each=(1, 5))
    versions.history(
        "valid",
        b.candidate["joined_at"],
        lasting=b.between(20 * DAY, 200 * DAY),
        until=b.candidate["left_at"],
        doc="What was so, and when.",
    )
    versions.column("city", "string", changes=60, value=b.fn.city())
    versions.column("plan", "string", changes=Decimal("12.5"), value=b.choice("free", "pro", "team"))
    versions.group("region", "postcode", changes=True, value=b.fn.place("US"))

    orders = made.table("orders", 300)
    orders.column("id", "int", key=True)
    customer = orders.reference("customer_id", customers)
    placed = orders.column(
        "placed_at",
        "timestamp",
        within=(None, b.now),
        value=customer["joined_at"] + b.between(dt.timedelta(0), 900 * DAY),
    )
    orders.reference(
        "customer_key", versions, nullable=True, where=b.candidate["customer_id"] == customer, as_of=placed
    )
    return made


CRM = """
dataset crm {
  seed 3
  now  2025-01-01T00:00:00Z
}

table customers 60 {
  id        int key
  joined_at timestamp = 2022-01-01 .. 2024-06-30
  left_at   timestamp? 80% null = joined_at + 30d..600d
}

table customer_versions {
  customer_key int key
  customer_id -> customers each 1..5
  ## What was so, and when.
  history valid from .joined_at lasting 20d..200d until .left_at
  city string 60% changes = city()
  plan string 12.5% changes = "free" | "pro" | "team"
  (region, postcode) changes = place("US")
}

table orders 300 {
  id int key
  customer_id -> customers
  placed_at timestamp in ..now = customer_id.joined_at + 0d..900d
  customer_key -> customer_versions? where .customer_id == customer_id as of placed_at
}
"""


def ledger() -> b.Dataset:
    made = b.Dataset("ledger", now=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    customers = made.table("customers", 40)
    customers.column("id", "int", key=True)
    customers.column("joined_at", "timestamp", value=YEAR)
    versions = made.table("versions")
    versions.reference("customer_id", customers, each=(1, 5))
    versions.column("held_from", "date")
    versions.history("held", b.candidate["joined_at"])
    versions.column("held_to", "date")
    versions.column("plan", "string?", null=20, changes=30, value=b.choice({"free": 60, "pro": None}))
    versions.check("in_order", versions["held_from"] < versions["held_to"])
    known = made.records("known", versions, "held", doc="What was known, and when.")
    known.recorded_history(
        "system", b.between(0 * DAY, 3 * DAY), corrected=(10, b.between(5 * DAY, 60 * DAY))
    )
    known.check("known_in_order", known["system_from"] < known["system_to"])
    return made


LEDGER = """
dataset ledger {
  now 2025-01-01T00:00:00Z
}

table customers 40 {
  id int key
  joined_at timestamp = 2024-01-01 .. 2024-12-31
}

table versions {
  customer_id -> customers each 1..5
  held_from date
  history held from .joined_at
  held_to date
  plan string? 20% null 30% changes = "free" 60% | "pro"
  check in_order: held_from < held_to
}

## What was known, and when.
table known from versions.held {
  history system after 0d..3d corrected 10% after 5d..60d
  check known_in_order: system_from < system_to
}
"""


def books() -> b.Dataset:
    made = b.Dataset("books", seed=1)
    orders = made.table("orders")
    orders.column("id", "int", key=True)
    placed = orders.column("placed_at", "timestamp", value=YEAR)
    country = orders.column("country", "string", value=b.choice({"DE": 60, "FR": None}))
    status = orders.column("status", "string", value=b.choice({"paid": 90, "open": None, "refunded": None}))
    total = orders.column(
        "total", "decimal(10, 2)", within=(Decimal("0.01"), 2_000), value=b.fn.lognormal(mean=3.2, sigma=0.8)
    )
    items = orders.column("items", "int", within=(1, 20), value=b.fn.poisson(4))
    month = b.fn.month(placed)
    orders.target("count", {"2024-01": 1_200, "2024-02": 1_100}, by=month)
    orders.target(
        b.fn.sum(total),
        by=(month, "country"),
        source="revenue.csv",
        value_column="revenue",
        group_columns=("period", "land"),
        doc="As the books have it.",
    )
    orders.target(b.fn.avg(items), {"DE": Decimal("4.2")}, by=country, free=True)
    orders.target(b.fn.share(status == "refunded"), {"DE": 3, "FR": 5.5}, by="country")

    members = made.table("members", 2_000)
    members.column("id", "int", key=True)
    months = members.column("months", "int", value=b.fn.retention([1, 0.6, 0.45, 0.4]))
    spent = members.column("spent", "decimal(8, 2)", within=(0, None), value=b.fn.exponential(mean=40))
    members.target(b.fn.retention(months), {0: 100, 1: 62, 2: 45, 3: Decimal("41.5")})
    members.target(b.fn.sum(spent), 100_000)

    seats = made.table("seats", 300)
    seats.column("id", "int", key=True)
    hall = seats.column("hall", "string", value=b.choice("a", "b"))
    row = seats.column("row", "string", value=b.choice("front", "back"))
    price = seats.column("price", "int", within=(1, 90), value=b.between(5, 40))
    seats.target(b.fn.sum(price), {("a", "front"): 1_500, ("b", "back"): 1_600}, by=(hall, row), free=True)
    return made


BOOKS = """
dataset books {
  seed 1
}

table orders {
  id int key
  placed_at timestamp = 2024-01-01 .. 2024-12-31
  country string = "DE" 60% | "FR"
  status string = "paid" 90% | "open" | "refunded"
  total decimal(10, 2) in 0.01..2000 = lognormal(mean: 3.2, sigma: 0.8)
  items int in 1..20 = poisson(4)
  target count by month(placed_at) { "2024-01": 1200, "2024-02": 1100 }
  ## As the books have it.
  target sum(total) as revenue by (month(placed_at), country) as (period, land) from "revenue.csv"
  target avg(items) by country { "DE": 4.2 } else free
  target share(status == "refunded") by country { "DE": 3%, "FR": 5.5% }
}

table members 2000 {
  id int key
  months int = retention([1, 0.6, 0.45, 0.4])
  spent decimal(8, 2) in 0.. = exponential(mean: 40)
  target retention(months) { 0: 100%, 1: 62%, 2: 45%, 3: 41.5% }
  target sum(spent) = 100_000
}

table seats 300 {
  id int key
  hall string = "a" | "b"
  row string = "front" | "back"
  price int in 1..90 = 5..40
  target sum(price) by (hall, row) { ("a", "front"): 1500, ("b", "back"): 1600 } else free
}
"""

REVENUE = """\
period,land,revenue
2024-01,DE,30000.50
2024-01,FR,21999.99
2024-02,DE,35000
2024-02,FR,18000.01
"""


def odd() -> b.Dataset:
    made = b.Dataset("odd")
    users = made.table("users", 400)
    users.column("id", "int", key=True)
    name = users.column("name", "string(max: 40)", value=b.fn.full_name())
    age = users.column("age", "int", within=(0, 130), value=b.fn.normal(mean=40, sd=12))
    users.column("bio", "string?", null=10, value=b.fn.sentence())
    users.variant(
        "edge",
        5,
        {
            "name": b.choice(b.fn.odd_text(), b.f(" {} ", name)),
            "age": b.fn.boundary(),
            "bio": None,
        },
        doc="What nobody thought of.",
    )
    users.variant("old", 50, {"bio": "n/a"}, where=(age > 60) | (age < 20))
    users.variant("few", values={"bio": "one of twenty"}, rows=20)
    orders = made.table("orders", 300)
    orders.column("id", "int", key=True)
    orders.column("total", "decimal(8, 2)", within=(Decimal("0.01"), 999), value=b.between(1, 90))
    orders.variant("extreme", 5)
    return made


ODD = """
dataset odd {}

table users 400 {
  id int key
  name string(max: 40) = full_name()
  age int in 0..130 = normal(mean: 40, sd: 12)
  bio string? 10% null = sentence()
  ## What nobody thought of.
  variant edge 5% {
    name = odd_text() | f" {name} "
    age = boundary()
    bio = null
  }
  variant old 50% where age > 60 or age < 20 {
    bio = "n/a"
  }
  variant few 20 rows {
    bio = "one of twenty"
  }
}

table orders 300 {
  id int key
  total decimal(8, 2) in 0.01..999 = 1..90
  variant extreme 5%
}
"""


def cases() -> b.Dataset:
    made = b.Dataset("cases")
    for name, strength in (("pairs", "pairwise"), ("two", 2), ("triples", 3), ("every", "all")):
        table = made.table(name)
        table.column("id", "int", key=True)
        browser = table.column("browser", "string", value=b.choice("chrome", "firefox", "safari"))
        os = table.column("os", "string", value=b.choice("windows", "macos", "linux"))
        table.column("trial", "bool")
        table.column("note", "string", value=b.fn.full_name())
        table.check("apple", (browser != "safari") | (os == "macos"))
        table.cover("browser", "os", "trial", strength=strength)
        table.misencoded("note", rows=2)
    return made


CASES = "dataset cases {}\n" + "".join(
    f"""
table {name} {{
  id int key
  browser string = "chrome" | "firefox" | "safari"
  os string = "windows" | "macos" | "linux"
  trial bool
  note string = full_name()
  check apple: browser != "safari" or os == "macos"
  cover {strength} (browser, os, trial)
  misencoded(note) 2 rows
}}
"""
    for name, strength in (
        ("pairs", "pairwise"),
        ("two", "pairwise"),
        ("triples", "3-wise"),
        ("every", "all"),
    )
)


def bank() -> b.Dataset:
    made = b.Dataset(
        "bank", seed=7, now=dt.datetime(2025, 6, 1, tzinfo=dt.UTC), per_batch=dt.timedelta(days=1)
    )
    accounts = made.table("accounts", 300, grows=20)
    accounts.column("id", "int", key=True)
    balance = accounts.column("balance", "decimal(12, 2)", within=(0, 5000), value=b.between(100, 5000))
    opened = accounts.column("opened_at", "timestamp", value=b.now - b.between(DAY, 9 * DAY))
    dormant = accounts.column("dormant", "bool", value=opened < b.now - 5 * DAY)
    accounts.update(5, {"balance": balance * b.between(0.9, 1.1)}, where=~dormant)
    accounts.time_passes("dormant")
    accounts.delete(rows=2)
    cards = made.table("cards")
    cards.column("id", "int", key=True)
    cards.reference("account_id", accounts, each=(0, 2), on_delete="cascade")
    return made


BANK = """
dataset bank {
  seed 7
  now  2025-06-01T00:00:00Z
  per batch 1d
}

table accounts 300 grows 20 per batch {
  id int key
  balance decimal(12, 2) in 0..5000 = 100..5000
  opened_at timestamp = now - 1d..9d
  dormant bool = opened_at < now - 5d
  changes {
    update 5% of rows where not dormant set balance = balance * 0.9..1.1
    update dormant as time passes
    delete 2 rows
  }
}

table cards {
  id int key
  account_id -> accounts on delete cascade each 0..2
}
"""


@pytest.mark.parametrize(
    ("made", "text"),
    [(crm, CRM), (ledger, LEDGER), (books, BOOKS), (odd, ODD), (cases, CASES), (bank, BANK)],
    ids=["crm", "ledger", "books", "odd", "cases", "bank"],
)
def test_is_what_a_person_would_write_and_builds(
    made: Callable[[], b.Dataset], text: str, tmp_path: Path
) -> None:
    assert made().to_dgen() == loading.format(dedent(text).lstrip())
    (tmp_path / "revenue.csv").write_text(REVENUE, "utf-8")
    path = tmp_path / "a.dgen"
    made().save(path)
    checked = CliRunner().invoke(cli, ["check", str(path)])
    assert checked.exit_code == 0, checked.output
    built = CliRunner().invoke(cli, ["build", str(path), "-o", str(tmp_path / "out")])
    assert built.exit_code == 0, built.output


def test_what_is_said_holds() -> None:
    versions = crm().load()["customer_versions"]
    assert {"version", "valid_from", "valid_to", "is_current"} <= {column.name for column in versions.columns}
    pairs = cases().load()
    assert pairs["every"].row_count == 14  # of 18, four with safari elsewhere
    assert pairs["pairs"].row_count == pairs["two"].row_count < 14


def table() -> b.Table:
    made = b.Dataset("d").table("t", 10)
    made.column("id", "int", key=True)
    made.column("a", "int", value=b.between(1, 3))
    made.column("c", "int", value=b.between(1, 3))
    return made


def other() -> b.Expr:
    others = b.Dataset("d").table("o", 3)
    return others.column("x", "int", key=True)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda t: t.cover("a"), "two or more"),
        (lambda t: t.cover("a", "nope"), "has no column `nope`"),
        (lambda t: t.cover("a", "c", strength="some"), 'strength= is "pairwise", "all"'),
        (lambda t: t.cover("a", "c", strength=True), 'strength= is "pairwise", "all"'),
        (lambda t: (t.cover("a", "c"), t.cover("a", "c", strength="all")), "has its cover already"),
        (lambda t: t.variant("v"), "one of the two"),
        (lambda t: t.variant("v", 5, {"aa": 1}), "has no column `aa`"),
        (lambda t: t.variant("v", 5, {"a": other()}), "variant `v` of `t` names a column of `o`"),
        (lambda t: t.variant("v", 5, where=other() > 1), "variant `v` of `t` names a column of `o`"),
        (lambda t: (t.variant("v", 5), t.variant("v", rows=2)), "has a variant `v` already"),
        (lambda t: t.target("sum", 5), "not about `sum`"),
        (lambda t: t.target("sum(a)", 5), "not about `sum"),
        (lambda t: t.target(b.fn.median(t["a"]), 5), "not about `median"),
        (lambda t: t.target(b.fn.sum(t["a"]) + 1, 5), "not about `sum"),
        (lambda t: t.target("count"), "one of the two"),
        (lambda t: t.target("count", 5, source="a.csv"), "one of the two"),
        (lambda t: t.target("count", {}, by="a"), "names the groups"),
        (lambda t: t.target("count", 5, by="a"), "for all rows, not by group"),
        (lambda t: t.target("count", {1: 5}, by="z"), "has no column `z`"),
        (lambda t: t.target("count", {1: "5"}, by="a"), "comes to is a number"),
        (lambda t: t.target("count", {1: 5}, by="a", value_column="n"), "name columns of a file"),
        (lambda t: t.target("count", source="a.csv", group_columns="n"), "there is no by="),
        (lambda t: t.target(b.fn.sum(other()), 5), "a target of `t` names a column of `o`"),
        (lambda t: t.target(b.fn.share(t["a"] == 1), 101), "from 0 to 100"),
        (lambda t: t.history("valid", "joined_at"), "a time of its parent's"),
        (lambda t: t.history("valid", other()), "history `valid` of `t` names a column of `o`"),
        (lambda t: (t.history("v", b.now), t.history("w", b.now)), "has a history already"),
        (lambda t: (t.history("v", b.now), t.column("v_to", "date"), t.column("v_to", "date")), "already"),
        (lambda t: t.recorded_history("s", DAY, corrected=10), "corrected= is a pair"),
        (lambda t: t.recorded_history("s", DAY, corrected=(110, DAY)), "from 0 to 100"),
        (lambda t: t.dataset.records("r", t, "valid"), "has no history `valid`"),
        (lambda t: t.column("e", changes=60, value=1), "needs a type"),
        (lambda t: t.column("e", "int", changes=160), "from 0 to 100"),
        (lambda t: t.reference("r", t, as_of="at"), "has no column `at`"),
        (lambda t: t.reference("r", t, each=(1, None), as_of=b.now), "each= makes rows for every one"),
        (lambda t: t.update(5), "names the columns that it sets"),
        (lambda t: t.update(5, {"x": 1}), "has no column `x`"),
        (lambda t: t.update(5, {"a": other()}), "an update of `t` names a column of `o`"),
        (lambda t: t.delete(5, where=other() > 1), "a delete of `t` names a column of `o`"),
        (lambda t: t.delete(), "one of the two"),
        (lambda t: t.time_passes(), "names columns"),
        (lambda t: t.reference("r", t, on_delete="drop"), "on_delete= is"),
        (lambda t: t.misencoded("x", 1), "has no column `x`"),
    ],
)
def test_mistakes(wrong: Callable[[b.Table], object], told: str) -> None:
    with pytest.raises(BuilderError, match=told.replace("(", r"\(")):
        wrong(table())
