"""Where nothing satisfies a schema, both clauses that contradict each other are named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from specdsl.importers.registry import Settings, importer
from specdsl.source import SourceFile

CASES: list[tuple[Any, str, str]] = [
    ({"type": "number", "minimum": 5, "maximum": 3}, "/maximum", "/minimum"),
    ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}, "/exclusiveMaximum", "/exclusiveMinimum"),
    ({"type": "string", "minLength": 5, "maxLength": 2}, "/maxLength", "/minLength"),
    ({"type": "array", "minItems": 5, "maxItems": 2}, "/maxItems", "/minItems"),
    ({"type": "object", "minProperties": 5, "maxProperties": 2}, "/maxProperties", "/minProperties"),
    ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "/allOf/1/type", "/allOf/0/type"),
    ({"const": "x", "enum": ["y", "z"]}, "/const", "/enum"),
    ({"enum": ["y", "z"], "type": "integer"}, "/enum", "/type"),
    ({"enum": [1, 2], "allOf": [{"minimum": 3}]}, "/enum", "/allOf/0/minimum"),
    ({"type": "object", "required": ["b"], "additionalProperties": False}, "/required", "/additionalProperties"),
    ({"type": "object", "required": ["b"], "properties": {"b": False}}, "/required", "/properties/b"),
    ({"type": "object", "required": ["a", "b"], "maxProperties": 1}, "/maxProperties", "/required"),
    ({"type": "array", "contains": {"const": 1}, "minContains": 3, "maxItems": 2}, "/maxItems", "/contains"),
    ({"type": "array", "prefixItems": [True], "items": False, "minItems": 2}, "/minItems", "/items"),
    ({"type": "array", "items": {"enum": [1, 2]}, "minItems": 3, "uniqueItems": True}, "/minItems", "/items"),
    ({"type": "string", "not": {"type": "string"}}, "/not", ""),
    ({"oneOf": [{"type": "string"}, {"type": "string"}]}, "/oneOf/1", "/oneOf/0"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "pointer", "other"), CASES, ids=json.dumps)
def test_both_clauses_are_named(schema: Any, pointer: str, other: str) -> None:
    source = SourceFile("s.json", json.dumps(schema, indent=1))
    made = importer("json-schema")(source, Settings())
    assert made.text is None
    (finding,) = made.findings
    assert finding.diagnostic is not None
    assert finding.diagnostic.code == "DG704"
    assert finding.pointer == pointer
    assert f"against it: {other or '(the whole document)'}" in finding.diagnostic.notes()
    (label,) = finding.diagnostic.labels()
    assert label.span != finding.span
    last = other.rpartition("/")[2]
    if last and not last.isdecimal():
        assert source.text[label.span.start : label.span.end] == f'"{last}"'
