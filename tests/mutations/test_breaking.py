"""Every keyword can be broken by itself, and what is said of it is what validators say."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from specdsl.mutations.breaking import Breaker
from specdsl.mutations.documents import NOTHING, at, parsed, path_of, replaced, same, written
from specdsl.mutations.places import places
from specdsl.mutations.schema import RowSchema, mistake

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"

TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "required": ["v"],
            "properties": {"v": {"type": "integer"}, "c": {"items": {"$ref": "#/$defs/node"}}},
        }
    },
    "$ref": "#/$defs/node",
}

# schema, a valid row, the pointer of a keyword that must come up among the first rows
CASES: list[tuple[Any, Any, str]] = [
    ({"type": "integer"}, 4, "/type"),
    ({"type": ["string", "null"]}, None, "/type"),
    ({"enum": ["a", "b"]}, "a", "/enum"),
    ({"const": {"a": 1}}, {"a": 1}, "/const"),
    ({"minimum": 3, "multipleOf": 3}, 9, "/minimum"),
    ({"maximum": 30, "multipleOf": 3}, 9, "/maximum"),
    ({"type": "integer", "exclusiveMinimum": 3}, 4, "/exclusiveMinimum"),
    ({"type": "number", "exclusiveMaximum": 3}, 2.5, "/exclusiveMaximum"),
    ({"$schema": DRAFT_4, "minimum": 3, "exclusiveMinimum": True}, 4, "/minimum"),
    ({"multipleOf": 0.01}, 12.5, "/multipleOf"),
    ({"minLength": 3, "pattern": "^[a-z]*$"}, "abcd", "/minLength"),
    ({"maxLength": 12, "format": "email"}, "a@example.de", "/maxLength"),
    ({"minLength": 3, "maxLength": 3, "pattern": "^[0-9]{3}$"}, "123", "/pattern"),
    ({"format": "date", "pattern": "^[0-9-]{10}$"}, "2024-02-29", "/format"),
    ({"format": "uuid"}, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "/format"),
    ({"minItems": 2}, [1, 2], "/minItems"),
    ({"maxItems": 3, "uniqueItems": True, "items": {"type": "integer"}}, [1, 2, 3], "/maxItems"),
    ({"uniqueItems": True, "maxItems": 3}, [1, 2, 3], "/uniqueItems"),
    ({"contains": {"const": 1}, "items": {"type": "integer"}}, [3, 1], "/contains"),
    ({"contains": {"const": 1}, "minContains": 2}, [1, 1], "/minContains"),
    ({"contains": {"const": 1}, "maxContains": 1}, [1, 2], "/maxContains"),
    ({"prefixItems": [{"type": "string"}], "items": False}, ["a"], "/items"),
    ({"$schema": DRAFT_7, "items": [{}, {}], "additionalItems": False}, [1, 2], "/additionalItems"),
    ({"prefixItems": [{}], "unevaluatedItems": False}, [1], "/unevaluatedItems"),
    ({"required": ["a"], "minProperties": 1, "maxProperties": 2}, {"a": 1, "b": 2}, "/required"),
    ({"minProperties": 2.0}, {"a": 1, "b": 2}, "/minProperties"),
    ({"maxProperties": 2}, {"a": 1, "b": 2}, "/maxProperties"),
    ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, "/additionalProperties"),
    (
        {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False},
        {"a": 1},
        "/unevaluatedProperties",
    ),
    ({"propertyNames": {"pattern": "^[a-z]+$"}}, {"ab": 1}, "/propertyNames/pattern"),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 2}, "/dependentRequired"),
    ({"$schema": DRAFT_7, "dependencies": {"a": ["b"]}}, {"a": 1, "b": 2}, "/dependencies"),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1, "b": 2}, "/dependentSchemas/a/required"),
    ({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "string"}]}, 4, "/anyOf"),
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1}, "/oneOf"),
    ({"not": {"required": ["a", "b"]}}, {"a": 1}, "/not"),
    ({"type": "integer", "not": {"enum": [3]}}, 4, "/not"),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1, "b": 2}, "/then/required"),
    ({"if": {"required": ["a"]}, "else": {"minProperties": 1}}, {"b": 2}, "/else/minProperties"),
    ({"allOf": [{"minimum": 1}, {"maximum": 9}]}, 5, "/allOf/1/maximum"),
    ({"patternProperties": {"^a/": {"type": "integer"}}}, {"a/b": 1}, "/patternProperties/^a~1/type"),
    ({"additionalProperties": {"maximum": 9}}, {"a": 1}, "/additionalProperties/maximum"),
    ({"properties": {"$ref": {"type": "string"}}}, {"$ref": "x"}, "/properties/$ref/type"),
    # members that may be there, and are not
    (
        {"properties": {"a": {}}, "additionalProperties": {"minimum": 9}},
        {"a": 1},
        "/additionalProperties/minimum",
    ),
    (
        {"properties": {"a": {}}, "additionalProperties": {"type": "object", "required": ["z"]}},
        {"a": 1},
        "/additionalProperties/required",
    ),
    (
        {
            "propertyNames": {"pattern": "^[a-z]+$"},
            "additionalProperties": {"type": "object", "required": ["z"]},
        },
        {},
        "/propertyNames/pattern",
    ),
    ({"propertyNames": {"not": {"const": "zz"}}}, {"a": 1}, "/propertyNames/not"),
    ({"propertyNames": {"pattern": "^[a-z]{3}$"}, "maxProperties": 1}, {"abc": 1}, "/propertyNames/pattern"),
    ({"propertyNames": {"pattern": "^[A-Z]{2}$"}, "maxProperties": 2}, {"AB": 1, "CD": 2}, "/maxProperties"),
    ({"propertyNames": {"enum": ["A", "B", "C"]}, "maxProperties": 2}, {"A": 1, "B": 2}, "/maxProperties"),
    (
        {
            "maxProperties": 3,
            "additionalProperties": {"type": "array", "items": {"minimum": 100}, "minItems": 2},
        },
        {},
        "/maxProperties",
    ),
    (
        {
            "properties": {"a": {"type": "integer"}, "b": {"type": "array", "minItems": 2}},
            "additionalProperties": False,
            "maxProperties": 1,
        },
        {"a": 1},
        "/maxProperties",
    ),
    ({"maxProperties": 3_000}, {"a": 1}, "/maxProperties"),
    (TREE, {"v": 1, "c": [{"v": 2, "c": []}]}, "/$defs/node/properties/v/type"),
    ({"$schema": DRAFT_7, "$defs": {"a": {"type": "string"}}, "$ref": "#/$defs/a"}, "x", "/$defs/a/type"),
]


@pytest.mark.parametrize(("schema", "row", "pointer"), CASES, ids=[case[2] for case in CASES])
def test_a_keyword_is_broken_by_itself(schema: Any, row: Any, pointer: str) -> None:
    rows = RowSchema(schema)
    assert rows.failures(row) == []
    breaker = Breaker(rows, 1, "t")
    pointers = set()
    for number in range(12):
        made = breaker.broken(row, number)
        assert made is not None
        assert rows.failures(made.row) == [made.failure]
        assert at(schema, path_of(made.failure.pointer, schema)) is not NOTHING
        assert same(replaced(made.row, made.changed, made.clean), row)
        assert same(at(made.row, made.changed), made.broken)
        pointers.add(made.failure.pointer)
    assert pointer in pointers


def test_keywords_come_up_about_equally_often() -> None:
    schema = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "integer", "minimum": 1},
            "name": {"type": "string", "minLength": 2, "maxLength": 8, "pattern": "^[a-z]*$"},
            "tags": {"type": "array", "uniqueItems": True, "maxItems": 3},
        },
        "additionalProperties": False,
    }
    breaker = Breaker(RowSchema(schema), 1, "t")
    row = {"id": 1, "name": "abcd", "tags": [1, 2]}
    found = Counter(made.failure.keyword for n in range(90) if (made := breaker.broken(row, n)))
    assert set(found) == {"type", "required", "minimum", "minLength", "maxLength", "pattern", "uniqueItems",
                          "maxItems", "additionalProperties"}  # fmt: skip
    assert max(found.values()) <= 2 * min(found.values())


def test_what_allows_everything_cannot_be_broken() -> None:
    for schema in (True, {}, {"description": "anything", "$defs": {"a": False}}):
        assert Breaker(RowSchema(schema), 1, "t").broken({"a": 1}, 0) is None


def test_a_row_that_is_not_valid_is_left_alone() -> None:
    breaker = Breaker(RowSchema({"properties": {"a": {"type": "integer", "minimum": 3}}}), 1, "t")
    assert breaker.broken({"a": 2}, 0) is None
    assert (breaker.unfit, breaker.problem) == (1, "2 is less than the minimum of 3 (at /a)")
    assert breaker.broken({"a": 3}, 1) is not None
    assert breaker.unfit == 1


def test_a_reference_that_leads_nowhere_is_not_followed() -> None:
    schema = {"properties": {"a": {"$ref": "https://example.com/none.json"}}, "required": ["b"]}
    assert Breaker(RowSchema(schema), 1, "t").broken({"a": 1, "b": 2}, 0) is None
    made = Breaker(RowSchema(schema), 1, "t").broken({"b": 2}, 0)
    assert made is not None
    assert made.failure.pointer == "/required"


def test_what_lies_behind_an_anchor_has_no_pointer_and_is_not_broken() -> None:
    schema = {"$ref": "#here", "minProperties": 1, "$defs": {"a": {"$anchor": "here", "required": ["b"]}}}
    made = Breaker(RowSchema(schema), 1, "t").broken({"b": 2, "c": 3}, 0)
    assert made is None
    made = Breaker(RowSchema({"properties": {"a": schema, "b": {"minimum": 1}}}), 1, "t").broken({"b": 2}, 0)
    assert made is not None
    assert made.failure.pointer == "/properties/b/minimum"


def test_alternatives_are_one_place_and_conditions_lead_inside() -> None:
    schema = {"anyOf": [{"type": "integer"}], "if": {"type": "integer"}, "then": {"minimum": 3}}
    assert [place.way for place in places(RowSchema(schema), 4)] == [("anyOf",), ("then", "minimum")]


def test_numbers_keep_their_digits() -> None:
    text = '{"a":12.50,"b":[1e400,-0.0,123456789012345678901234567890],"c":"\\u0001é\\""}'
    assert written(parsed(text)) == text
    assert not same(parsed("1.0"), parsed("1"))
    assert not same(True, 1)
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})


def test_a_mistaken_schema_is_told() -> None:
    assert "/properties/a/type" in mistake({"properties": {"a": {"type": "text"}}})
    assert mistake({"properties": {"a": {"type": "string"}}}) == ""
