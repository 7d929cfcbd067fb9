"""Every form of JSON is described exactly: rows validate in every draft, and what the type rules out does not."""

from __future__ import annotations

from typing import Any

import pytest

from specdsl.exporters.spec import Wanted
from tests.exporters.exporting import DRAFTS, rows, schema_of, spec_of, validator

Case = tuple[str, str, list[Any], list[Any]]
CARD = "type Card = struct { number string = /[0-9]{4}/, on bool? 50% null }\n"
NODE = "type Node depth 3 = json { name string = word(), children list<Node>[0..2] }\n"
FORMULA = (
    'type Formula = variant { 60% int in 1..9, struct { op string = "+" | "*", args list<Formula>[2] } }\n'
)

CASES: dict[str, Case] = {
    "variant": (
        "",
        "variant { 70% int in 1..9, string(max: 3) = /[a-z]{3}/, null }",
        [1, 9, "abc", None],
        [0, 10, 1.5, "abcd", "ABC", True, [], {}],
    ),
    "tagged": (
        CARD,
        "variant kind { 80% card Card, transfer json { days int in 1..3 } }",
        [{"kind": "card", "number": "1234", "on": None}, {"kind": "transfer", "days": 3}],
        [{"kind": "card", "days": 3}, {"kind": "cash"}, {"number": "1234", "on": None}, {"kind": "transfer", "days": 4}],
    ),
    "tuple": (
        "",
        'tuple<int in 1..5, string = "C" | "F", ...list<float>[1..3] = 15.0..25.0>',
        [[1, "C", 15.0], [5, "F", 25, 20.5, 16]],
        [[1, "C"], [1, "K", 16.0], [6, "C", 16.0], [1, "C", 16, 16, 16, 16], [1, "C", 26.0], ["C", 1, 16]],
    ),
    "tuple of fixed lists": (
        "",
        "tuple<...list<int>[2] = 1..9, string = word()>",
        [[1, 9, "x"]],
        [[1, "x"], [1, 2, 3], [1, 2, "x", 4], [1, 2]],
    ),
    "tuple with a list before others": (
        "",
        "tuple<bool, ...list<int>[0..2] = 1..9, string = /[a-c]/>",
        [[True, "a"], [False, 1, 9, "c"]],
        [[True], ["a"], [True, 10, "a"], [True, 1, 2, 3, "a"]],
    ),
    "map": (
        "",
        'map<string = "env" | "team" | "tier", int in 1..9>[1..2]',
        [{"env": 1}, {"team": 9, "tier": 1}],
        [{}, {"env": 0}, {"zone": 1}, {"env": 1, "team": 1, "tier": 1}],
    ),
    "map by pattern": (
        "",
        "map<string = /x-[a-z]{2}/, bool>[0..3]",
        [{}, {"x-ab": True}],
        [{"x-abc": True}, {"y-ab": True}, {"x-ab": 1}],
    ),
    "map by number": ("", "map<int in 1..9, bool>[1..3]", [{"1": True}], [{"0": True}, {"x": True}, {"10": False}]),
    "map by any number": (
        "",
        "map<int = 1..100_000, bool>[1..3]",
        [{"1": True}, {"99999": False}],
        [{"x": True}, {"01": True}, {}],
    ),
    "map by day": (
        "",
        "map<date = 2025-01-01..2025-03-01, int in 1..2>[1..3]",
        [{"2025-02-01": 1}],
        [{"2025-13-01": 1}, {"x": 1}],
    ),
    "map by uuid": ("", "map<uuid, int in 1..2>[1]", [{"0b8f9a9c-3c3b-4d2a-9d53-5f4e8b2c1a00": 2}], [{"x": 1}]),
    "map by length": ("", "map<string(min: 2, max: 3) = /[a-z]{2,3}/, int in 1..2>[1]", [{"ab": 2}], [{"a": 1}]),
    "object": (
        "",
        'json { a int in 1..2, b string? 50% null = "x", c bool 50% absent }',
        [{"a": 1, "b": None}, {"a": 2, "b": "x", "c": True}],
        [{"a": 1}, {"a": 1, "b": "y"}, {"a": 1, "b": None, "c": None}, {"a": 1, "b": None, "d": 1}],
    ),
    "object with a map": (
        "",
        "json { version int = 1, ...map<string = /x-[a-z]{2}/, int in 0..99>[1..2] }",
        [{"version": 1, "x-ab": 0}],
        [{"version": 1}, {"version": 2, "x-ab": 0}, {"version": 1, "x-ab": 100}, {"version": 1, "ab": 1}],
    ),
    "object that spreads": (
        CARD,
        "json { number int in 1..9, ...Card, ...json { on string = \"late\", last int = 1 } }",
        [{"number": 3, "on": None, "last": 1}, {"number": 3, "on": True, "last": 1}],
        [{"number": "1234", "on": None, "last": 1}, {"number": 3, "on": "late", "last": 1}, {"number": 3, "on": True}],
    ),
    "recursive": (
        NODE,
        "Node",
        [{"name": "x", "children": [{"name": "y", "children": []}]}],
        [{"name": "x"}, {"name": "x", "children": [{"name": 1, "children": []}]}, {"name": "x", "children": [1]}],
    ),
    "recursive variant": (
        FORMULA,
        "Formula",
        [1, {"op": "+", "args": [1, {"op": "*", "args": [2, 9]}]}],
        [0, {"op": "-", "args": [1, 2]}, {"op": "+", "args": [1]}, {"op": "+", "args": [1, {"op": "+"}]}],
    ),
    "nested": (
        CARD,
        "list<variant { Card, tuple<int in 1..2, map<string = \"k\", Card>[1]> }>[1..2]",
        [[{"number": "1234", "on": True}], [[1, {"k": {"number": "1234", "on": None}}]]],
        [[], [[1, {"k": 1}]], [[1, {"j": {"number": "1234", "on": None}}]], [1]],
    ),
    "any": ("", "json = any_json(depth: 2)", [1, None, {"a": [{}]}], []),
    "distinct": ("", 'list<string>[1..2] = distinct("a" | "b" | "c")', [["a"], ["c", "a"]], [["a", "a"], ["d"], []]),
    "shared with bounds": (
        "type Small = int in 1..9\n",
        "struct { a Small, b Small in 3.., c Small = 5 | 6 }",
        [{"a": 1, "b": 3, "c": 5}],
        [{"a": 0, "b": 3, "c": 5}, {"a": 1, "b": 2, "c": 5}, {"a": 1, "b": 10, "c": 5}, {"a": 1, "b": 3, "c": 7}],
    ),
    "shared with another value": (
        "type Sku = string(max: 9) = /[A-Z]{3}/\n",
        'struct { own Sku, other Sku = "zzz", made Sku = f"{1..9}" }',
        [{"own": "ABC", "other": "zzz", "made": "7"}],
        [{"own": "abc", "other": "zzz", "made": "x"}, {"own": "ABC", "other": "ABC", "made": "x"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("name", CASES)
def test_shape(name: str, draft: str) -> None:
    types, written, right, wrong = CASES[name]
    spec = spec_of(f"dataset d {{ seed 5 }}\n{types}\ntable t 150 {{\n  v {written}\n}}\n")
    valid = validator(schema_of(spec, Wanted(variant=draft)), draft)
    made = rows(spec, "t", 150)
    assert len(made) == 150
    for row in made:
        valid.validate(row)
    assert [one for one in right if not valid.is_valid({"v": one})] == []
    assert [one for one in wrong if valid.is_valid({"v": one})] == []
    assert not valid.is_valid({}) and not valid.is_valid({"v": right[0], "w": 1})


def test_shared_types_are_definitions() -> None:
    text = (
        "enum Unit { c, f }\n## A card.\n"
        + CARD
        + NODE
        + "table t 5 {\n  a Card\n  b Card? 50% null\n  c Unit\n  d Node\n}\n"
    )
    schema = schema_of(spec_of(text))
    properties = schema["properties"]
    assert properties["a"]["$ref"] == "#/$defs/Card"
    assert properties["b"]["anyOf"] == [{"$ref": "#/$defs/Card"}, {"type": "null"}]
    assert properties["c"]["$ref"] == "#/$defs/Unit"
    assert schema["$defs"]["Unit"]["enum"] == ["c", "f"]
    assert schema["$defs"]["Card"]["description"] == "A card."
    assert schema["$defs"]["Node"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}
    assert schema["examples"] == rows(spec_of(text), "t", 1)


def test_a_reference_has_the_values_of_the_key() -> None:
    text = (
        "table a 5 {\n  code string key = /[A-Z]{3}/\n}\ntable b 9 {\n  a_code -> a? 30% null\n}\n"
        "table c 9 {\n  b -> a 20% absent\n}\n"
    )
    spec = spec_of(text)
    code = schema_of(spec)["$defs"]["b"]["properties"]["a_code"]
    assert (code["type"], code["pattern"]) == (["string", "null"], "^(?:[A-Z]{3})$")
    assert "required" not in schema_of(spec)["$defs"]["c"]
