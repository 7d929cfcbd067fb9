"""Where the cursor is, from the text before it."""

from __future__ import annotations

import pytest

from specdsl.ide.context import Context, context_at
from tests.ide.cursors import MAIN, placed


def at(text: str) -> Context:
    workspace, offset = placed(text)
    return context_at(workspace.document(MAIN), offset)


IN_TABLE = "table t {\n  a int\n  @\n  z int\n}\n"

PLACES = [
    ("ta‸", "top"),
    ("import ‸", "nothing"),
    ('import "com‸"', "import"),
    ("dataset d {\n  ‸\n}", "setting"),
    ("dataset d { seed ‸ }", "setting value"),
    ('dataset d { locale "‸" }', "locale"),
    ("enum E { ‸ }", "new name"),
    ("type M = ‸", "item type"),
    ("type M = int ‸", "modifier"),
    ("type M = int in 1..3 = ‸", "value"),
    ("pool P = ‸", "value"),
    ('pool P = load("‸")', "data file"),
    ("table ‸", "new name"),
    ("table t ‸", "table head"),
    ('table t from "‸"', "data file"),
    ('table t = sql("‸")', "query file"),
    ("@‸", "member"),
    ("@b ‸", "type"),
    ("@b list<‸", "item type"),
    ("@b int ‸", "modifier"),
    ("@b tuple<‸", "item type"),
    ("@b tuple<int in 1..5, ‸", "item type"),
    ("@b tuple<int in 1..5, ...‸", "item type"),
    ("@b tuple<int ‸", "modifier"),
    ("@b tuple<int in ‸", "value"),
    ("@b tuple<string = ‸", "value"),
    ("@b map<string = word(), list<int>[2] ‸", "modifier"),
    ("@b map<string = word(), ‸>[2]", "item type"),
    ("@b map<string = word(), bool>[2] ‸", "modifier"),
    ("@b variant { ‸ }", "item type"),
    ("@b variant { int in 1..5, 20% ‸ }", "item type"),
    ("@b variant { int ‸ }", "modifier"),
    ("@b variant { int = ‸ }", "value"),
    ("@b variant kind { ‸ }", "new name"),
    ("@b variant kind { 20% card ‸ }", "item type"),
    ("@b json { ‸ }", "new name"),
    ("@b json { c ‸ }", "type"),
    ("@b json { c int = ‸ }", "value"),
    ("type M = tuple<int, ‸", "item type"),
    ("type M = json { a ‸ }", "type"),
    ("@b int in ‸", "value"),
    ("@b int in 1..‸", "value"),
    ("@b int = ‸", "value"),
    ("@b int = 1 ‸", "after value"),
    ("@b int = 12‸", "nothing"),
    ("@`c d` int = `x y` + ‸", "value"),
    ("@`c d` ‸", "type"),
    ("@b int = 1..12‸", "nothing"),
    ("@b int # about ‸", "nothing"),
    ("@b string = /[A-Z‸", "nothing"),
    ('@b string = f"a ‸"', "nothing"),
    ('@b string = f"{‸}"', "value"),
    ('@b string = f"{lower(‸)}"', "value"),
    ('@b string = "x" 30% | "‸"', "text"),
    ("@b -> ‸", "target"),
    ("@b -> us‸", "target"),
    ("@b -> users ‸", "suffix"),
    ("@b -> users each 1..3 ‸", "suffix"),
    ("@b -> users where .‸", "candidate"),
    ("@b -> users where .on and ‸", "value"),
    ("@b -> users distinct per ‸", "columns"),
    ("@b -> users distinct per (a, ‸)", "columns"),
    ("@key (‸)", "columns"),
    ("@unique (a, ‸)", "columns"),
    ("@partition by ‸", "columns"),
    ("@violate ‸", "rule"),
    ("@violate a.‸", "aspect"),
    ("@violate a.range ‸", "amount"),
    ("@violate ok ‸", "amount"),
    ("@violate string ‸", "modifier"),
    ("@violate a.range 30 ‸", "nothing"),
    ("@duplicate ‸", "amount"),
    ("@typos(‸)", "columns"),
    ("@typos(a) ‸", "amount"),
    ('@locale "‸"', "locale"),
    ("@check ‸", "new name"),
    ("@check c: ‸", "value"),
    ("@(b, ‸) = person()", "group"),
    ("@(b, c) = ‸", "value"),
    ("@(b, c) -> ‸", "target"),
    ("@b string = a.‸", "attribute"),
    ("@b int = sum(orders.total where .‸)", "candidate"),
    ("@b int = match a {\n    ‸\n  }", "pattern"),
    ("@b int = match a {\n    1 => 2\n    ‸\n  }", "pattern"),
    ("@b int = match a {\n    1 => ‸\n  }", "value"),
    ("@b int = match a { 1 => 2, ‸ }", "pattern"),
    ("@b struct { ‸ }", "new name"),
    ("@b struct { w ‸ }", "type"),
    ('@b string = faker("‸")', "text"),
    ('@b string = first_name(locale: "‸")', "locale"),
    ("@b int = `a ‸", "value"),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_places(text: str, place: str) -> None:
    whole = IN_TABLE.replace("@", text[1:]) if text.startswith("@") else text
    assert at(whole).place == place


CALLS = [
    ("normal(‸)", ("normal", 0, None, (), True)),
    ("normal(mean: ‸)", ("normal", 0, "mean", (), False)),
    ("normal(mean: 3, ‸)", ("normal", 1, None, ("mean",), True)),
    ("normal(3, sd: 1 + ‸)", ("normal", 1, "sd", (), False)),
    ("normal(lower(1, 2), (3 + ‸))", ("normal", 1, None, (), False)),
    ("lower(normal(1, 2), ‸", ("lower", 1, None, (), True)),
    ("pick([1, ‸])", ("pick", 0, None, (), False)),
]


@pytest.mark.parametrize(("value", "call"), CALLS)
def test_calls(value: str, call: tuple[object, ...]) -> None:
    found = at(IN_TABLE.replace("@", f"b int = {value}")).call
    assert found is not None
    assert (found.function, found.index, found.parameter, found.named, found.fresh) == call


EXPECTED = [
    ("b Kind = ‸", "column", ("b",)),
    ("b Kind = x | ‸", "column", ("b",)),
    ("b Kind = if a == 1 then ‸", "column", ("b",)),
    ("b Kind = match a { 1 => ‸ }", "column", ("b",)),
    ("b Kind = (x | ‸)", "column", ("b",)),
    ("b Kind = if a == ‸", "path", ("a",)),
    ("b Kind = if r.s.a != ‸", "path", ("r", "s", "a")),
    ("b Kind = if a in [‸]", "path", ("a",)),
    ("b Kind = if a in [1, ‸]", "path", ("a",)),
    ("b Kind = match a { ‸ }", "path", ("a",)),
    ("b Kind = if ‸", "condition", ()),
    ("check c: ‸", "condition", ()),
    ("check c: a and ‸", "condition", ()),
    ("b int = 1 + ‸", "number", ()),
    ("b -> users where .kind == ‸", "path", ("", "kind")),
]


@pytest.mark.parametrize(("statement", "kind", "names"), EXPECTED)
def test_expectations(statement: str, kind: str, names: tuple[str, ...]) -> None:
    expected = at(IN_TABLE.replace("@", statement)).expected
    assert (expected.kind, expected.names) == (kind, names)


WORDS = [
    ("b int = low‸er(a)", "low", "lower"),
    ("b int = ‸lower(a)", "", "lower"),
    ("b int = `my co‸l`", "my co", "`my col`"),
    ('b string = date_trunc("ho‸ur", a)', "ho", "hour"),
    ('b string = date_trunc("ho‸, a)', "ho", "ho"),
]


@pytest.mark.parametrize(("statement", "word", "replaced"), WORDS)
def test_what_is_replaced(statement: str, word: str, replaced: str) -> None:
    text = IN_TABLE.replace("@", statement)
    found = at(text)
    assert found.word == word
    assert text.replace("‸", "")[found.span.start : found.span.end] == replaced


def test_whose_columns_a_dot_means() -> None:
    assert at(IN_TABLE.replace("@", "b -> users where .‸")).candidate == ("table", "users")
    assert at(IN_TABLE.replace("@", "b int = count(orders where .‸)")).candidate == ("table", "orders")


def test_arms_that_are_there() -> None:
    found = at(IN_TABLE.replace("@", "b int = match a {\n 1, 2 => 3\n x => 4\n ‸"))
    assert found.subject == ("a",)
    assert found.patterns == ("1", "2", "x")
