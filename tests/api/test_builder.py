"""The builder: expressions, forms, and mistakes told where they are made."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import specdsl
from specdsl import builder as b
from specdsl.errors import EnvironmentFailure
from specdsl.source import SourceFile
from specdsl.syntax import tree
from specdsl.syntax.parser import parse


def parsed(text: str) -> tree.Expr:
    result = parse(SourceFile("x", f"table t {{\n  c = {text}\n}}"))
    assert not result.diagnostics, (text, [d.message() for d in result.diagnostics])
    table = result.tree.items[0]
    assert isinstance(table, tree.TableDecl) and isinstance(table.members[0], tree.ColumnDecl)
    value = table.members[0].value
    assert value is not None
    return value


class Plan(Enum):
    FREE = "free"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (-7, "-7"),
        (9_999, "9999"),
        (1_234_567, "1_234_567"),
        (0.5, "0.5"),
        (3.0, "3.0"),
        (1e300, "1e300"),
        (-2.5e-30, "-2.5e-30"),
        (Decimal("10.50"), "10.50"),
        (Decimal("1e3"), "1000.0"),
        ("a", '"a"'),
        ('q"\\\n\t\0\x1f{', '"q\\"\\\\\\n\\t\\0\\u001f{"'),
        ("šéf 🙂", '"šéf 🙂"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (dt.date(2024, 2, 9), "2024-02-09"),
        (dt.datetime(2024, 2, 9, 12, 30), "2024-02-09T12:30:00Z"),  # noqa: DTZ001 - UTC
        (dt.datetime(2024, 2, 9, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2024-02-08T23:00:00Z"),
        (dt.datetime(2024, 2, 9, 0, 0, 0, 1500), "2024-02-09T00:00:00.0015Z"),  # noqa: DTZ001
        (dt.time(9, 30), "09:30"),
        (dt.time(9, 30, 5), "09:30:05"),
        (dt.timedelta(0), "0d"),
        (dt.timedelta(days=30), "30d"),
        (dt.timedelta(weeks=2), "2w"),
        (dt.timedelta(hours=36), "36h"),
        (dt.timedelta(seconds=-90), "-90s"),
        (dt.timedelta(microseconds=1500), "1500us"),
        (Plan.FREE, '"free"'),
        ([1, "x"], '[1, "x"]'),
        ((1, None), "(1, null)"),
        ({"a": 2, "b": 3.5}, '{"a": 2, "b": 3.5}'),
    ],
)
def test_values(value: object, text: str) -> None:
    assert str(b.lit(value)) == text
    parsed(f"pick({text})" if isinstance(value, dict) else text)


def test_strings_and_numbers_come_back() -> None:
    for value in ('q"\\\n\t\0\x1f{', "šéf 🙂", "", "\u2028\r", "a'b", "\U000e0001"):
        found = parsed(str(b.lit(value)))
        assert isinstance(found, tree.String) and found.value == value
        within = parsed(str(b.f(value.replace("{", "{{") + "{}", 1)))
        assert isinstance(within, tree.FString)
        assert within.parts[0] == value if value else len(within.parts) == 1
    for number in (0.1, 1e300, 5e-324, 1 / 3, 1234567.125):
        again = parsed(str(b.lit(number)))
        assert isinstance(again, tree.Number) and float(again.value) == number and not again.is_int


x, y = b.name("x"), b.name("y")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (x + y * 2, "x + y * 2"),
        ((x + y) * 2, "(x + y) * 2"),
        (x - (y - 1), "x - (y - 1)"),
        (x - y - 1, "x - y - 1"),
        (5 - x, "5 - x"),
        (x / y // 3 % 4, "x / y // 3 % 4"),
        (x // (y / 3), "x // (y / 3)"),
        (-x, "-x"),
        (-(-x), "-(-x)"),  # noqa: B002 - of Python's
        (-(x + 1), "-(x + 1)"),
        (x - (-5), "x - -5"),
        (b.between(1, 5) * 2, "1 .. 5 * 2"),
        (b.between(x + 1, 5), "(x + 1) .. 5"),
        (x == None, "x == null"),  # noqa: E711
        (x.is_not_null() & (y > 1) | ~(x < 2), "x != null and y > 1 or not x < 2"),
        ((x > 1) & ((y > 1) | (y < 0)), "x > 1 and (y > 1 or y < 0)"),
        (~(x.is_null() & y), "not (x == null and y)"),
        ((x > 1) == (y > 1), "(x > 1) == (y > 1)"),
        (x.is_in(b.between(1, 5)), "x in 1 .. 5"),
        (x.is_not_in(["a", "b"]), 'x not in ["a", "b"]'),
        (True & x, "true and x"),
        (x["y"]["odd name"], "x.y.`odd name`"),
        ((x + y)["z"], "(x + y).z"),
        (b.candidate["row"] > x["row"], ".row > x.row"),
        (b.choice({"a": 70, "b": None}), '"a" 70% | "b"'),
        (b.choice({"a": 0.5, "b": 99.5}), '"a" 0.5% | "b" 99.5%'),
        (b.choice(b.Arm(b.choice(1, 2), 50), b.when(x, 1, 2)), "(1 | 2) 50% | (if x then 1 else 2)"),
        (b.choice(1, 2) + 1, "(1 | 2) + 1"),
        (b.choice("only"), '"only"'),
        (b.exact({"a": 50, "b": 50}), 'exact("a" 50% | "b" 50%)'),
        (b.pick({"paid": 7}), 'pick({"paid": 7})'),
        (b.distinct(b.choice(1, 2)), "distinct(1 | 2)"),
        (b.when(x > 1, 1, b.when(y, 2, 3)), "if x > 1 then 1 else if y then 2 else 3"),
        (b.when(b.when(x, y, x), 1, b.choice(2, 3)), "if (if x then y else x) then 1 else (2 | 3)"),
        (b.fn.f(b.when(x, 1, 2), n=b.choice(1, 2)), "f(if x then 1 else 2, n: 1 | 2)"),
        (b.fn.sum(x["y"], where=b.candidate["z"] > 1, via=y), "sum(x.y where .z > 1, via: y)"),
        (b.fn.sum(b.choice(1, 2), where=x), "sum((1 | 2) where x)"),
        (b.call("max", x, **{"odd name": 1}), "max(x, `odd name`: 1)"),
        (b.pattern(r"a/b[/]\/c"), r"/a\/b[\/]\/c/"),
        (b.pattern(re.compile("[a-z]+")), "/[a-z]+/"),
        (b.f("{{{x}}} {y.z:>5} {}", b.row + 1), 'f"{{{x}}} {y.z:>5} {row + 1}"'),
        (b.f('"{n:,}"', n=x), 'f"\\"{x:,}\\""'),
        (b.f("{}", b.pick({1: 2})), 'f"{pick({1: 2})}"'),
        (b.f("{}{x}", b.choice("a", "b")), 'f"{"a" | "b"}{x}"'),
        (b.name("match"), "`match`"),
        (b.name("naïve"), "naïve"),
        (b.lit(5) < 6, "5 < 6"),
        (b.expr("a or b") & x, "(a or b) and x"),
        (b.expr(" 1 .. 5 ") + 1, "1 .. 5 + 1"),
        (b.expr("if a then 1 else 2") + 1, "(if a then 1 else 2) + 1"),
        (b.expr("null") + 1, "(null) + 1"),
        (b.expr("-a")["b"], "(-a).b"),
        (b.expr("f(a)")["b"], "f(a).b"),
    ],
    ids=str,
)
def test_expressions(made: b.Expr, text: str) -> None:
    assert str(made) == text
    parsed(str(made))


def test_matches() -> None:
    made = b.match(
        (x, y),
        ((1, b.anything), "a"),
        (b.either((2, 3), (3, 4)), b.choice(1, 2)),
        otherwise=None,
    )
    assert str(made) == 'match (x, y) {\n  (1, _) => "a"\n  (2, 3), (3, 4) => 1 | 2\n  else => null\n}'
    parsed(str(made))
    parsed(str(made + 1))
    parsed(str(b.match(x, (1, made), otherwise=made)))


# --- every form ----------------------------------------------------------------------------


def test_every_form_of_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("towns.csv").write_text("town,size,w\nA,1,3\nB,2,1\n")
    Path("common.dgen").write_text("type Code = string = /[A-Z]{2}/\ntable regions 3 { id int key }\n")
    made = b.Dataset("all forms", doc="What can be said.\n\nOn several lines.")
    made.include("common.dgen")
    towns = made.pool("Towns", "towns.csv", weight="w", doc="Where people live.")
    size = made.enum("Size", ["small", "very large", "key"], doc="How big.")
    score = made.type("Score", "float?", within=(0, 1), value=b.between(0.0, 1.0))

    listed = made.table("listed", source="towns.csv")
    listed.column("town", "string", key=True)
    listed.column("next", "int", value=listed["size"] + 1)
    plain = made.table("plain", source=Path("towns.csv"))
    people = made.table("people", 50, locale="de_DE", doc="All of them.")
    people.column("id", "uuid", key=True, doc="Who it is.")
    people.column("guess", value=b.between(1, 9), hidden=True)
    people.group("town", "size", value=b.pick(towns))
    people.group({"low": "int", "high": "int?"}, value=b.choice((1, 2), (3, None)))
    people.column("kind", size)
    people.column("wide", "bool", value=people["kind"] == size["very large"])
    people.column("score", score)
    people.column("code", "Code")
    people.column("odd 'name", "string", value='say "x"\n')
    people.column("key", "int", unique=True, value=b.fn.permutation())
    people.column("list", b.list_of(b.list_of("string", 2), (None, 3)), value=b.choice("a", "b"))
    people.column(
        "box",
        b.struct(
            {"w h": b.field("float", null=5, value=1.5), "type": "bool"},
            z=b.field("int", within=(1, None), value=b.between(1, 3)),
        ),
    )
    people.reference("boss", people, null=b.null_when(people["wide"], 50))
    people.reference("region", "regions", where=b.candidate["row"] >= 0, nullable=True)
    people.column("mail", "string", absent=30, value="x")
    people.column("tel", "string", absent=b.null_when(people["wide"], 40, otherwise=5), value="x")
    people.column("spot", b.struct(lat=b.field("float", absent=50, value=1.5)))
    people.reference("friend", people, absent=20)
    people.reference("foe", people, absent=b.null_when(people["wide"], 20))
    people.unique("town", "key")
    people.check("sane", (people["low"] < 5) | people["high"].is_null(), doc="A rule.")
    pets = made.table("pets", 120)
    owner = pets.reference("owner", people, each=(1, None), max=9)
    pets.column("nth", "int", value=b.fn.index_in(owner))
    pets.key("owner", "nth")
    toys = made.table("toys")
    toys.reference(
        ("owner", "nth"), pets, each=b.when(b.candidate["nth"] > 0, 2, b.between(0, 1)), hidden=True
    )
    toys.column("name", "string", value="ball")
    days = made.table(
        "days", over=b.over("day", dt.date(2024, 1, 1), dt.date(2024, 1, 5), by=dt.timedelta(days=2))
    )
    days.reference("person", people, each=True)
    likes = made.table("likes", 40)
    likes.reference("who", people, skew=b.fn.zipf(1.2))
    likes.reference("whom", people, distinct_per=["who"])
    owned = made.table("owned", 10)
    owned.reference("toy_owner", people, unique=True)
    made.table("numbers", 5).column("value", "int", bare=True, value=b.between(1, 5))
    made.query("counted", "select count(*) as n from pets")
    made.query("several", 'select "owner", count(*) as n\nfrom pets -- """ \\ \ngroup by all')

    text = made.to_dgen()
    assert specdsl.format(text) == text == str(made)
    data = made.load(seed=5)
    for name in data:
        assert data[name].to_arrow().num_rows == data[name].row_count
    assert data["people"].row(0)["odd 'name"] == 'say "x"\n'
    assert [(r["town"], r["next"]) for r in data["listed"]] == [("A", 2), ("B", 3)]
    assert data["days"].row_count == 3 * 50 and data["counted"].row(0) == {"n": 120}
    assert data["people"].columns[0].doc == "Who it is." and data["people"].doc == "All of them."
    assert repr(plain) == "<table plain: no columns yet>" and "people" in repr(made)
    edged = made.load(seed=5, edge=0.5)
    assert edged.edge == 0.5 and edged["people"].to_arrow() != data["people"].to_arrow()
    made.save("made.dgen")
    assert Path("made.dgen").read_text() == text
    with pytest.raises(EnvironmentFailure):
        made.save("no/such/folder.dgen")


# --- mistakes ------------------------------------------------------------------------------


def users() -> b.Table:
    table = b.Dataset("shop").table("users", 5)
    table.column("id", "int", key=True)
    table.column("age", "int", value=b.between(1, 9))
    return table


def two() -> tuple[b.Table, b.Table]:
    first = users()
    orders = first.dataset.table("orders", 5)
    orders.reference("user_id", first)
    return first, orders


MISTAKES: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: users()["agee"], "table `users` has no column `agee`", "did you mean 'age'?"),
    (lambda: users()["other"], "has no column `other`", "b.name(...) names what is declared later"),
    (lambda: users().column("age", "int", value=1), "has a column `age` already", ""),
    (lambda: users().column("x"), "column `x` has a type or a value", ""),
    (lambda: users().column("x", value=1, unique=True), "needs a type", ""),
    (lambda: users().column("x", "in t", value=1), "`in t` is not a type: ", ""),
    (lambda: users().column("x", "int key", value=1), "`int key` is not a type", ""),
    (lambda: users().column("x", "int", value=object()), "is no value of the language", ""),
    (lambda: users().column("x", "int", key=True, unique=True), "a key is unique already", ""),
    (lambda: users().column("x", "int", within=5), "within= is a pair", ""),  # type: ignore[arg-type]
    (lambda: users().column("x", "int", within=(None, None)), "within= has an end", ""),
    (
        lambda: users().column("x", "int", null=10, absent=10),
        "a value is null at a rate or absent at a rate, not both",
        "",
    ),
    (
        lambda: users().reference("x", "y", null=10, absent=10),
        "a reference is null at a rate or absent at a rate, not both",
        "",
    ),
    (lambda: users().column("x", "int", null=140), "a percentage is a number from 0 to 100, not 140", ""),
    (lambda: users().column("a`b", "int"), "cannot be a name", ""),
    (lambda: users().column("", "int"), "a name is a text", ""),
    (lambda: users().group("x", value=1), "two columns or more", ""),
    (lambda: users().key("id", "nope"), "has no column `nope`", "b.name(...) names what is declared later"),
    (lambda: users().key(), "names columns", ""),
    (
        lambda: [t := users(), t.check("c", t["age"] > 1), t.check("c", t["age"] > 2)],
        "has a check `c` already",
        "",
    ),
    (lambda: [t := users(), t.unique("age"), t.unique("age")], "has its unique already", ""),
    (lambda: users().dataset.table("users"), "has a table `users` already", ""),
    (lambda: users().dataset.enum("users", ["a"]), "has a table `users` already", ""),
    (lambda: users().dataset.table("t", -1), "the rows of a table are a number, not -1", ""),
    (lambda: users().dataset.table("t", 5, source="x.csv"), "it has no other count", ""),
    (lambda: users().dataset["user"], "there is no table `user`", "did you mean 'users'?"),
    (lambda: users().dataset.enum("e", ["a", "a"]), "each once", ""),
    (
        lambda: users().dataset.enum("e", ["paid"])["pad"],
        "enum `e` has no member `pad`",
        "did you mean 'paid'?",
    ),
    (lambda: users().dataset.query("q", "select 1 as a").column("x", "int"), "is made by SQL", ""),
    (lambda: two()[0].reference("x", b.Dataset("other").table("t")), "is of another dataset, `other`", ""),
    (lambda: two()[0].reference("x", "users", max=4), "max= belongs to each=", ""),
    (lambda: two()[0].reference("x", "users", each=True, max=4), "each=True is one", ""),
    (lambda: two()[0].reference("x", "users", each=(None, None)), "each= is the least and the most", ""),
    (lambda: two()[0].reference("x", "users", skew=5), "skew= is a call", ""),
    (
        lambda: two()[1].check("c", two()[0]["age"] > 1),
        "check `c` of `orders` names a column of `users` as its own row's",
        'follow a reference (table["ref"]["column"]), or b.candidate["column"] in a where, '
        'or users.rows["column"] in an aggregate',
    ),
    (lambda: two()[1].column("a", "int", value=1 + two()[0]["age"]), "column `a` of `orders` names", ""),
    (lambda: b.choice({"a": 70, "b": 40}), "the shares total 110 %, not 100 %", ""),
    (lambda: b.choice({"a": 70, "b": 20}), "the shares total 90 %", ""),
    (b.choice, "a choice has arms", ""),
    (lambda: b.match(x), "a match has cases", ""),
    (lambda: b.match(x, 5), "a case is a pair", ""),
    (lambda: b.between(None, 5), "a range has two ends", ""),
    (lambda: bool(x > 1), "`x > 1` has no truth before there are rows", ""),
    (lambda: 1 < x < 5, "has no truth", ""),  # type: ignore[operator]
    (lambda: b.lit(float("nan")), "nan has no spelling", ""),
    (lambda: b.lit((1,)), "a tuple has two items", ""),
    (lambda: b.lit("\ud800"), "surrogate", ""),
    (lambda: b.pattern(""), "cannot be a pattern", ""),
    (lambda: b.pattern(re.compile("a", re.IGNORECASE)), "flags", ""),
    (lambda: b.f("{}"), "more places than there are values", ""),
    (lambda: b.f("x", 1), "has no place for 1", ""),
    (lambda: b.f("{a!r}"), "conversion", ""),
    (lambda: b.f("{lower(a)}"), "is no name", "give the value: f('... {}', value)"),
    (lambda: b.f("{"), "is not a template", ""),
    (lambda: b.f("{}", b.match(x, {1: 2})), "over several lines", "give it a column"),
    (lambda: b.expr("1 +"), "`1 +` is not an expression: ", ""),
    (lambda: b.expr("1\nd = 2"), "is not an expression", ""),
    (lambda: b.expr("1 }\ntable u { a = 1"), "is not an expression", ""),
    (lambda: b.expr("1 # one"), "has a comment", "doc= documents"),
    (lambda: b.call("no name"), "is not the name of a function", ""),
    (lambda: b.call("sum", where=x), "needs what it goes over", ""),
    (b.struct, "a struct has fields", ""),
]


@pytest.mark.parametrize(("mistake", "message", "help"), MISTAKES, ids=[m[1][:40] for m in MISTAKES])
def test_a_mistake_is_told_where_it_is_made(mistake: Callable[[], Any], message: str, help: str) -> None:
    with pytest.raises(b.BuilderError) as told:
        mistake()
    assert message in told.value.message
    assert told.value.help == help or not help


def test_a_table_that_is_never_declared() -> None:
    made = users()
    made.reference("order_id", "order")
    made.dataset.table("orders", 3).column("id", "int", key=True)
    with pytest.raises(b.BuilderError, match="table `users` refers to `order`, which is no table") as told:
        made.dataset.to_dgen()
    assert told.value.help == "did you mean 'orders'?"


def test_what_only_the_compiler_sees() -> None:
    made = users()
    made.column("name", "string", value=b.fn.frist_name())
    with pytest.raises(specdsl.SpecError) as told:
        made.dataset.load()
    assert "frist_name" in str(told.value) and "spec.dgen:" in str(told.value)


def test_no_loops_over_what_has_no_rows() -> None:
    for thing in (x, users()):
        with pytest.raises(TypeError):
            list(thing)  # type: ignore[call-overload]


def _with_lifecycle(transitions: dict[str, dict[str, Any]], **more: Any) -> b.Dataset:
    shop = b.Dataset("shop", now=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    orders = shop.table("orders", 200)
    orders.column("id", "int", key=True)
    placed = orders.column(
        "placed_at", "timestamp", value=b.between(dt.date(2024, 1, 1), dt.date(2024, 6, 30))
    )
    orders.lifecycle("status", placed, transitions, **more)
    orders.column("late", "bool?", value=orders["paid_at"] > placed + dt.timedelta(days=1))
    shop.events("order_events", orders, "status", doc="What happened.").column("note", value="x")
    return shop


def test_lifecycles() -> None:
    day = dt.timedelta(days=1)
    shop = _with_lifecycle(
        {"placed": {"paid": (92.5, b.between(0 * day, 2 * day)), "in transit": b.when(True, day, 2 * day)}},
        until=b.now + 9 * day,
        times={"in transit": "sent_at"},
        doc="How far it is.",
    )
    orders = shop.load()["orders"].to_pandas()
    assert set(orders["status"]) == {"placed", "paid", "in transit"} - {"placed"}
    assert "sent_at" in orders
    assert "## How far it is." in shop.to_dgen()
    assert "until now + 9d" in shop.to_dgen()


@pytest.mark.parametrize(
    ("transitions", "more", "words"),
    [
        ({"placed": {"paid": (92,)}}, {}, "takes a delay, or"),
        ({"placed": {"paid": ("a", dt.timedelta(1))}}, {}, "takes a delay, or"),
        ({"placed": {"paid": (192, dt.timedelta(1))}}, {}, "a percentage is a number from 0 to 100"),
        ({"placed": {"paid": dt.timedelta(1)}}, {"times": {"sold": "x"}}, "`sold` is none"),
        ({"placed": {"paid": dt.timedelta(1)}}, {"times": {"paid": "id"}}, "has a column `id` already"),
    ],
)
def test_mistakes_in_lifecycles(transitions: Any, more: Any, words: str) -> None:
    with pytest.raises(b.BuilderError, match=re.escape(words)):
        _with_lifecycle(transitions, **more)
