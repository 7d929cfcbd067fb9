"""Every form of the language has one in the builder: what the grammar has and the builder does not is listed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from specdsl import builder as b
from specdsl.builder import BuilderError
from specdsl.syntax import parser
from specdsl.syntax.builder import action_for
from specdsl.syntax.grammar import load_grammar

AS_TEXTS = {
    "json_type": "types are given as texts, too, which are held against the grammar",
    "tuple_type": "as above",
    "map_type": "as above",
    "variant_type": "as above",
    "alternative": "of a variant",
    "null_alternative": "of a variant",
    "tag": "of a variant",
    "element": "of a tuple, a map or a list that draws its items",
    "element_modifiers": "of an element",
    "spread": "of JSON types",
}
"""What has no form of its own, but stands in a text: ``as_type`` and ``b.expr`` take any."""


def program() -> str:
    """A spec with every form that the builder has."""
    shop = b.Dataset(
        "shop",
        seed=1,
        now=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        per_batch=dt.timedelta(days=1),
        locale="en_US",
    )
    shop.include("common.dgen")
    status = shop.enum("Status", {"a": 10, "b c": None})
    money = shop.type("Money", "decimal(10, 2)", within=(0, None), value=b.between(0, 5))
    shop.type("Tree", "list<int>", depth=3)
    plans = shop.pool("Plans", "plans.csv")
    users = shop.table("users", 100, grows=5, locale="de_DE", doc="People.")
    users.column("id", "int", key=True)
    users.column("at", "timestamp", within=(None, b.now), value=b.now)
    users.column("s", status, null=5)
    users.column("a", "string", absent=b.null_when(b.name("s") == status["a"], 5, 6))
    users.column("n", "int?", null=b.null_when(b.name("s").is_null(), 5))
    users.column("m", money, unique=True, hidden=True)
    users.column("u", "string", absent=10)
    users.column("l", b.list_of("int", 3))
    users.column("l2", b.list_of("int", (0, 3)), value=[1, b.distinct(1, 2)])
    users.column("l3", b.list_of("int", (1, None)))
    users.column("l4", b.list_of("int", (None, 4)))
    users.column("st", b.struct(w=b.field("float", value=1.5), h="bool", free=b.field(value=5)))
    users.column("free", value=b.f("{}-{:>3}", b.row, 5))
    users.column("secret", value=b.pattern("[a-z]+"), hidden=True)
    users.column("days", "date", value=dt.date(2024, 1, 1))
    users.column("clock", "time", value=dt.time(9, 30))
    users.column("wait", "duration", value=dt.timedelta(hours=1))
    users.column("moment", "timestamp", value=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    users.column("key2", "uuid", value=uuid.UUID(int=0))
    users.column("p", "string", value=b.pick({"a": Decimal(1), "b": 2}))
    users.column("q", value=b.fn.pick(plans["name"]))
    users.column("t", "bool", value=b.when(~(b.name("n") > 3) & (b.name("n") + 1 < 5), True, False))
    users.column("w", "int", value=-b.name("n"))
    users.column("inside", "bool", value=b.name("n").is_in(b.between(1, 3)) | b.name("n").is_not_in([1]))
    users.column("cases", "int", value=b.match(b.name("n"), {1: 2, None: 3}, otherwise=4))
    users.column(
        "cases2", "int", value=b.match((b.name("n"), b.name("w")), ((1, b.anything), 2), otherwise=3)
    )
    users.column("open", "int", value=b.expr("match n { 3.. => 1, ..2 => 2 }"))
    users.column("brackets", "int", value=b.expr("(1 | 2) + 1"))
    users.group({"c": "string", "d": "string"}, value=b.choice(("x", "y"), ("v", "w")), fields={"c": "first"})
    users.key("id", "at")
    users.unique("a", "u")
    users.partition_by("s")
    users.partition_by("s", "t")
    users.check("grown", b.name("n") >= 18)
    users.violate("grown", 0.5)
    users.violate("a", rows=3, aspect="unique")
    users.duplicate(3)
    users.duplicate(rows=5, near=True)
    users.typos("a", 1)
    users.outliers("m", rows=30)
    users.malformed("a", 1)
    users.misencoded("a", 1)
    users.update(5, {"n": b.name("n") + 1, "a": ...}, where=b.name("n") > 3)
    users.update(rows=3, values=["a"])
    users.delete(5, where=b.name("n") > 3)
    users.time_passes("at")
    users.variant("odd", 5, {"n": 5, "a": None}, where=b.name("n") > 3)
    users.variant("ends", rows=5)
    users.target("count", {"a": 60}, by="s", free=True)
    users.target(b.fn.sum(b.name("n")), source="n.csv", by="s", value_column="total", group_columns="of")
    users.target(b.fn.avg(b.name("w")), source="w.csv", by=("s", "a"), group_columns=("x", "y"))
    users.target(b.fn.avg(b.name("w")), 5)
    users.target(b.fn.share(b.name("n") == 3), 5)
    users.lifecycle(
        "state",
        "at",
        {"new": {"old": (90, dt.timedelta(days=1))}},
        until=b.now,
        times={"old": "old_at"},
    )
    shop.events("happened", users, "state")
    bare = shop.table(
        "bare", over=b.over("day", dt.date(2024, 1, 1), dt.date(2024, 2, 1), by=dt.timedelta(days=2))
    )
    bare.column("v", "int", bare=True)
    orders = shop.table("orders")
    orders.reference("u_id", users, each=b.fn.poisson(3), max=5, where=b.candidate["n"] > 3)
    orders.reference("v_id", users, each=(1, None), max=9)
    orders.reference("w_id", users, each=True)
    orders.reference("x_id", users, each=(1, None))
    orders.reference("y_id", users, each=b.when(b.candidate["n"] == 1, 1, b.between(1, 2)))
    orders.reference("z_id", users, skew=b.fn.zipf(1.1), since=dt.timedelta(days=3), nullable=True, null=5)
    orders.reference("k_id", users, since=1, absent=b.null_when(b.row > 3, 1))
    orders.reference("kk_id", users, since=3, distinct_per="u_id", key=True, unique=False)
    orders.reference(("g", "h"), users, distinct_per=("u_id", "v_id"), unique=True, hidden=True)
    orders.column(
        "total", "int", value=b.fn.sum(users.rows["n"], where=b.candidate["n"] > 1, per=b.name("u_id"))
    )
    versions = shop.table("versions")
    versions.reference("u_id", users, each=(1, 5))
    versions.history(
        "valid", b.candidate["at"], lasting=dt.timedelta(days=3), until=b.candidate["old_at"], doc="Held."
    )
    versions.column("v", "int", changes=True, value=b.between(1, 9))
    versions.column("w", "int", changes=30, null=b.null_when(b.name("v") > 3, 5), value=b.between(1, 9))
    known = shop.records("known", versions, "valid")
    known.recorded_history("system", dt.timedelta(hours=1), corrected=(5, dt.timedelta(days=9)))
    for ending in ("restrict", "cascade", "set null"):
        orders.reference(f"on_{ending}", users, on_delete=ending, nullable=True)
    orders.reference("ver", versions, as_of=b.now, nullable=True)
    for strength in ("pairwise", 3, "all"):
        design = shop.table(f"design_{strength}")
        design.column("a", "bool")
        design.column("b", "bool")
        design.cover("a", "b", strength=strength)
    shop.table("files", source="files.csv").column("id", "int", key=True)
    shop.table("held", source="shop.duckdb", stored="sales.held")
    stored = shop.table("stored", database="shop", stored="public.users")
    stored.column("id", "int", key=True)
    shop.query("made", "SELECT 1 AS a")
    return shop.to_dgen()


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The rules of the grammar that are used from now on."""
    found: set[str] = set()

    def recording(name: str) -> Callable[..., Any]:
        action = action_for(name)

        def act(*given: Any) -> Any:
            found.add(name)
            return action(*given)

        return act

    monkeypatch.setattr(parser, "action_for", recording)
    parser._shapes.cache_clear()
    yield found
    monkeypatch.undo()
    parser._shapes.cache_clear()


def test_no_form_is_forgotten(used: set[str]) -> None:
    text = program()
    used.clear()
    assert not parser.parse(parser.SourceFile("a.dgen", text)).diagnostics
    forms = {rule.action for rule in load_grammar().rules if rule.action and not rule.transparent}
    assert forms - used == set(AS_TEXTS)


def test_what_stands_in_texts_can_be_said(used: set[str]) -> None:
    data = b.Dataset("d")
    table = data.table("t", 3)
    table.column("a", "json { a int, ...map<string = word(), int in 1..9>[0..3] }")
    table.column("b", 'variant kind { 20% "x" int, y string }')
    table.column("c", "variant { int, null }")
    table.column("d", "tuple<string = word(), int in 1..9, ...int>")
    used.clear()
    assert not parser.parse(parser.SourceFile("a.dgen", data.to_dgen())).diagnostics
    assert used >= set(AS_TEXTS)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda d: d.table("t", grows=3), "has no number of rows that could grow"),
        (lambda d: d.table("t", 3, grows=True), "what a table grows by is a number"),
        (lambda d: d.table("t", 3, database="x"), "takes its rows from a database: it has no other count"),
        (lambda d: d.table("t", source="a.csv", database="x"), "from a file or from a database, not both"),
        (lambda d: d.table("t", 3, stored="x"), "is in no database"),
        (lambda d: d.table("t", 3).duplicate(), "one of the two"),
        (lambda d: d.table("t", 3).duplicate(3, rows=3), "one of the two"),
        (lambda d: d.table("t", 3).violate("x", rows=0), "a number of rows"),
        (lambda d: d.table("t", 3).typos("x", 1), "has no column `x`"),
        (lambda d: d.table("t", database="x")["id"], "has no column `id`"),
        (lambda d: d.table("t", 3).reference("x", "u", since=0), "since= is"),
    ],
)
def test_mistakes(wrong: Callable[[b.Dataset], object], told: str) -> None:
    with pytest.raises(BuilderError, match=told):
        wrong(b.Dataset("d"))


def test_dirt_and_growth_load() -> None:
    shop = b.Dataset("shop", seed=1, per_batch=dt.timedelta(days=1))
    users = shop.table("users", 200, grows=20)
    users.column("id", "int", key=True)
    users.column("name", "string", value=b.fn.first_name())
    age = users.column("age", "int", within=(0, 90), value=b.between(10, 80))
    users.check("adult", age >= 5)
    users.violate("adult", 2)
    users.typos("name", rows=3)
    users.duplicate(1)
    visits = shop.table("visits", 50, grows=5)
    visits.column("id", "int", key=True)
    visits.reference("user_id", users, since=3)
    assert shop.load()["visits"].row_count == 50
