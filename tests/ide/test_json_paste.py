"""JSON that is pasted becomes tables that compile, and whose rows look like it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.generate.generator import Generator
from specdsl.ide.json_paste import tables_of_json
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.source import SourceFile
from tests.language.memory import MemoryFiles


def written(*rows: dict[str, Any], name: str = "items") -> str:
    text = tables_of_json(json.dumps(rows), name)
    assert text is not None
    sound(text)
    return text


def sound(text: str) -> None:
    """It compiles, and rows can be made."""
    compilation = compile_source(SourceFile("main.dgen", text), MemoryFiles({}))
    errors = [d.message() for d in compilation.diagnostics if d.severity is not Severity.HINT]
    assert errors == [], text
    assert compilation.dataset is not None
    generator = Generator(plan(compilation.dataset), LocalFiles())
    for table in compilation.dataset.tables:
        assert sum(batch.num_rows for batch in generator.batches(table)) == 100


def column(text: str, name: str) -> str:
    """The line of a column, blanks aside."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return next(line for line in lines if line.startswith(f"{name} "))


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("id", [7, 8], "id int key = sequence(start: 7)"),
        ("id", [7, 7], "id int = 0..14"),
        ("n", [3, 9, -1], "n int = -1..9"),
        ("n", [0], "n int = 0..10"),
        ("n", [-4], "n int = -8..0"),
        ("n", [2**70], "n float = 0.0..2000000000000000.0"),
        ("x", [0.5, 2, 1.25], "x float = 0.50..2.00"),
        ("unit_price", [9.99, 20], "unit_price decimal(18, 2) = 9.99..20.00"),
        ("ok", [True, False], "ok bool"),
        ("ok", [True, True, True, False], "ok bool = true 75% | false 25%"),
        ("id", ["5c1c4cf1-7b6b-4b0b-8a7f-0a1b2c3d4e5f"], "id uuid key"),
        ("on", ["2024-03-01", "2023-01-31"], "on date = 2023-01-31 .. 2024-03-01"),
        ("on", ["2024-03-01"], "on date = 2024-01-01 .. 2024-12-31"),
        ("on", ["2024-13-01"], "on string = /[0-9]{4}-[0-9]{2}-[0-9]{2}/"),
        ("at", ["2024-03-01T01:00:00+02:00"], "at timestamp = 2024-01-01T00:00:00Z .. 2024-12-31T23:59:59Z"),
        ("at", ["08:30", "17:00:05"], "at time = 08:30:00..17:00:05"),
        ("contact", ["a@b.org"], "contact string = email()"),
        ("link", ["https://a.org/x?y"], "link string = url()"),
        ("host", ["10.0.0.1"], "host string = ipv4()"),
        ("firstName", ["Zoë"], "firstName string = first_name()"),
        ("billing_city", ["Rome"], "billing_city string = city()"),
        ("sku", ["AB-123", "AX-777"], "sku string = /[A-Z]{2}-[0-9]{3}/"),
        ("sku", ["v1.2", "v3.4"], "sku string = /v[0-9]\\.[0-9]/"),
        ("title", ["One two", "three four five"], "title string = sentence(words: 2..3)"),
        ("text", ["long " * 40], "text string = paragraph()"),
        ("word", ["hello"], "word string = word()"),
        ("empty", [""], 'empty string = ""'),
        ("tags", [["a b"], []], "tags list<string>[0..1] = sentence(words: 2..2)"),
        ("grid", [[[1, 2], [3]]], "grid list<list<int>[1..2]>[2..2] = 1..3"),
        ("words", [[["a"], ["b"]]], 'words json = "[[\\"a\\"], [\\"b\\"]]"'),
        ("none", [[]], "none list<string>[0..1] = word()"),
        ("geo", [{"lat": 1.5, "lon": 2.5}], "geo struct { lat float = 0.0..3.0, lon float = 0.0..5.0 }"),
        ("what", [1, "x"], "what variant { 50% int = 0..2, 50% string = word() }"),
        ("what", [1, 2.5, None, "x"], "what variant { 67% float = 1.0..2.5, 33% string = word() }? 25% null"),
        ("what", [True, {"a": 1}], "what variant { 50% bool, 50% struct { a int = 0..2 } }"),
        ("what", [{}], 'what json = "{}"'),
        ("if", [1], "`if` int = 0..2"),
        ("a b", [1], "`a b` int = 0..2"),
    ],
)
def test_columns(name: str, values: list[Any], expected: str) -> None:
    text = written(*({name: value} for value in values))
    shown = f"`{name}`" if expected.startswith("`") else name
    assert column(text, shown) == expected


def test_members_that_are_left_out_are_absent() -> None:
    text = written({"a": 1, "o": {"b": 1}}, {"a": 2, "o": {}}, {"o": {}, "c": None}, {"o": {"b": 4}})
    assert column(text, "a") == "a int 50% absent = 1..2"
    assert column(text, "o") == "o struct { b int 50% absent = 1..4 }"
    assert (
        column(text, "c") == "c string? 100% null = word()"
    )  # null where it is there: a JSON null stays one
    mixed = written({"x": [1, "a", [2, "b"]]}, {"x": ["c", {"y": 1}]})
    assert column(mixed, "x").startswith("x list<variant { ")


def test_nulls_are_as_frequent_as_they_were() -> None:
    text = written({"a": 1, "b": 2, "c": None}, {"a": None, "b": 3, "c": None}, {"b": 4, "c": None}, {"b": 5})
    assert column(text, "a") == "a int? 75% null = 0..2"
    assert column(text, "b") == "b int = 2..5"
    assert column(text, "c") == "c string? 100% null = word()"


def test_few_values_that_repeat() -> None:
    rows = [{"status": "paid", "size": "x large"}, {"status": "paid", "size": ""}] * 2
    text = written(*rows, {"status": "open", "size": ""}, {"status": "paid", "size": ""})
    assert text.startswith("enum Status { paid 83%, open 17% }\n\ntable items 100 {\n")
    assert column(text, "status") == "status Status"
    assert column(text, "size") == 'size string = "x large" 33% | "" 67%'


def test_names_that_are_taken() -> None:
    rows = json.dumps([{"kind": "a"}, {"kind": "a"}, {"kind": "b"}, {"kind": "b"}])
    text = tables_of_json(rows, "orders", {"orders", "Kind"})
    assert text is not None
    assert "enum Kind2 {" in text
    assert "table orders2 100 {" in text


def test_forms_of_json() -> None:
    one = "table items 100 {\n  a int = 0..2\n}\n"
    for text in ('{"a": 1}', '[{"a": 1}]', '{"a": 1}\n{"a": 1}\n', ' [ {"a" : 1}, {"a": 1} ] '):
        assert tables_of_json(text) == one
    several = tables_of_json('{"users": [{"a": 1}], "orders": [{"b": 2}]}')
    assert several is not None
    assert [line for line in several.splitlines() if line.startswith("table")] == [
        "table users 100 {",
        "table orders 100 {",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "table t 3 { id int key }",
        "3",
        "[1, 2]",
        "{}",
        "[]",
        '[{"a": 1}, 2]',
        '{"a": NaN}',
        '{"$schema": "x", "a": 1}',
        '{"type": "object", "properties": {"a": {"type": "string"}}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_table(text: str) -> None:
    assert tables_of_json(text) is None


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["2024-02-30", "2024-02-29", "0001-01-01T00:00:00+09:00", "24:00", "a@b.c", "A-1", "\ud800"]
    )
    | st.dates().map(str)
    | st.datetimes().map(lambda d: d.isoformat()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.text(max_size=8) | st.sampled_from(["id", "_id", "name", "price", "status", "table", "row", "now"])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.dictionaries(KEYS, VALUES, min_size=1, max_size=6), min_size=1, max_size=6))
def test_any_json_gives_a_spec(rows: list[dict[str, Any]]) -> None:
    text = tables_of_json(json.dumps(rows))
    if text is not None:
        sound(text)
    else:
        assert "$schema" in rows[0] or len(rows) == 1


@settings(max_examples=50, deadline=None)
@given(KEYS, st.lists(VALUES, min_size=1, max_size=8))
def test_any_column(key: str, values: list[Any]) -> None:
    text = tables_of_json(json.dumps([{key: value} for value in values]))
    assert text is not None
    sound(text)
