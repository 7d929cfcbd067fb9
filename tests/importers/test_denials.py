"""What must not hold is kept out: every denial of a keyword, and branches of which exactly one may hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from specdsl.importers.json_schema.alternatives import alternatives
from specdsl.importers.json_schema.document import Document
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.registry import Settings, importer
from specdsl.source import SourceFile
from tests.importers.sources import rows_of, spec_of, written

WHOLE = {"type": "integer", "minimum": 0, "maximum": 30}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "not": {"minLength": 3}},
        {"type": "string", "not": {"maxLength": 3}, "maxLength": 5},
        {"type": "string", "not": {"pattern": "^[a-m]"}},
        {"type": "string", "not": {"enum": ["a", "b"]}, "maxLength": 1},
        {**WHOLE, "not": {"minimum": 3}},
        {**WHOLE, "not": {"maximum": 27}},
        {**WHOLE, "not": {"exclusiveMinimum": 3}},
        {**WHOLE, "not": {"exclusiveMaximum": 27}},
        {**WHOLE, "not": {"const": 3}},
        {**WHOLE, "not": {"multipleOf": 2}},
        {"type": ["string", "integer"], "not": {"type": "string"}},
        {"type": "array", "items": WHOLE, "not": {"minItems": 2}},
        {"type": "array", "items": WHOLE, "not": {"maxItems": 2}},
        {"type": "array", "items": WHOLE, "not": {"contains": {"minimum": 9}}},
        {"type": "array", "not": {"items": {"type": "string"}}},
        {"type": "object", "not": {"required": ["a"]}},
        {"type": "object", "properties": {"a": WHOLE}, "not": {"properties": {"a": {"minimum": 9}}}},
        {"type": "object", "properties": {"a": WHOLE}, "not": {"additionalProperties": False}},
        {"type": "object", "not": {"minProperties": 2}},
        {"type": "object", "not": {"maxProperties": 2}},
        {**WHOLE, "not": {"anyOf": [{"maximum": 3}, {"minimum": 9}]}},
        {**WHOLE, "not": {"allOf": [{"minimum": 3}, {"maximum": 9}]}},
        {**WHOLE, "not": {"not": {"minimum": 9}}},
        {**WHOLE, "not": {"if": {"minimum": 9}, "then": {"maximum": 20}}},
        {"oneOf": [{**WHOLE, "maximum": 10}, {**WHOLE, "minimum": 5}]},
        {"oneOf": [{"type": "string", "maxLength": 4}, {"type": "string", "minLength": 2, "maxLength": 6}]},
        {"type": "object", "properties": {"a": WHOLE, "b": WHOLE}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"type": "object", "properties": {"a": WHOLE}, "dependentRequired": {"a": ["b"]}, "not": {"required": ["b"]}},
    ],
    ids=lambda schema: json.dumps(schema)[:70],
)  # fmt: skip
def test_every_row_is_valid(schema: dict[str, Any], tmp_path: Path) -> None:
    written(tmp_path, {"s.json": schema})
    spec_of(tmp_path, str(tmp_path / "s.json"), "--rows", "300", "--draft", "2020-12")
    (found,) = rows_of(tmp_path).values()
    assert len(found) == 300
    validator = jsonschema.Draft202012Validator(schema)
    assert [row for row in found if not validator.is_valid(row)] == []


def test_each_branch_of_one_of_denies_the_others() -> None:
    schema = {"oneOf": [{"maximum": 10}, {"minimum": 5}], "type": "integer"}
    resources = Resources(Document(SourceFile("s.json", json.dumps(schema))), "2020-12")
    opened = alternatives((resources.root,), resources)
    assert opened.problem is None
    said = [
        {word: v for c in one.clauses for word, v in c.schema.items() if word.endswith("imum")}
        for one in opened.found
    ]
    assert {"maximum": 10, "exclusiveMaximum": 5} in said
    assert {"minimum": 5, "exclusiveMinimum": 10} in said
    assert len(said) == 2


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({**WHOLE, "not": {"const": 5}}, "0..4 | 6..30"),
        ({**WHOLE, "not": {"enum": [0, 7.0, "x", 30, 99]}}, "1..6 | 8..29"),
        ({**WHOLE, "multipleOf": 5, "not": {"const": 10}}, "5 * (0..1 | 3..6)"),
        ({"type": "array", "minItems": 3, "uniqueItems": True, "items": {**WHOLE, "not": {"enum": [*range(2, 30)]}}}, "distinct(0 | 1 | 30)"),
    ],
)  # fmt: skip
def test_integers_that_are_denied_leave_ranges(schema: dict[str, Any], value: str) -> None:
    made = importer("json-schema")(SourceFile("s.json", json.dumps(schema)), Settings())
    assert made.text is not None
    assert f"bare = {value}\n" in made.text


def test_where_all_integers_are_denied_there_is_none() -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 2, "not": {"enum": [1, 2]}}
    made = importer("json-schema")(SourceFile("s.json", json.dumps(schema)), Settings())
    assert made.text is None
    assert [d.code for d in made.diagnostics] == ["DG704"]


def test_one_item_may_be_what_several_contains_ask_for(tmp_path: Path) -> None:
    first = {"prefixItems": [{"type": "string"}], "items": False, "contains": {"minLength": 2}}
    schema = {"type": "array", "allOf": [first, {"contains": {"maxLength": 4}}]}
    written(tmp_path, {"s.json": schema})
    spec_of(tmp_path, str(tmp_path / "s.json"), "--draft", "2020-12")
    (found,) = rows_of(tmp_path).values()
    validator = jsonschema.Draft202012Validator(schema)
    assert [row for row in found if not validator.is_valid(row)] == []


def test_a_dynamic_reference_means_the_anchor_of_the_whole_document(tmp_path: Path) -> None:
    base = {
        "$id": "base",
        "type": "object",
        "properties": {"a": {"$dynamicRef": "#value"}},
        "required": ["a"],
        "$defs": {"any": {"$dynamicAnchor": "value"}},
    }
    own = {"$dynamicAnchor": "value", "type": "integer", "minimum": 3, "maximum": 4}
    schema = {"$id": "https://example.com/root", "$ref": "base", "$defs": {"own": own, "base": base}}
    written(tmp_path, {"s.json": schema})
    spec_of(tmp_path, str(tmp_path / "s.json"), "--draft", "2020-12")
    (found,) = rows_of(tmp_path).values()
    assert {row["a"] for row in found} == {3, 4}
