"""Proofs that no value of what was lowered can satisfy a schema: what ``oneOf``, ``not`` and ``if`` need."""

from __future__ import annotations

from typing import Any

from specdsl.importers.json_schema.conjunction import branches, declared_kinds, opened
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part, Resources

_DEPTH = 12


def never(made: Lowered, part: Part, resources: Resources, depth: int = 0) -> bool:
    """Whether certainly no value of ``made`` satisfies ``part``. False also where that is not seen."""
    if made.nullable and resources.valid(part, None):
        return False
    if made.constants is not None:
        return not any(resources.valid(part, value) for value in made.constants)
    if depth > _DEPTH:
        return False
    try:
        clauses = opened([part], resources)
    except Refused:
        return False
    return any(_fails(made, clause, resources, depth) for clause in clauses)


def _fails(made: Lowered, clause: Part, resources: Resources, depth: int) -> bool:
    """Whether ``clause`` alone, without what it refers to, rules every value out."""
    schema = clause.schema
    if isinstance(schema, bool):
        return not schema
    kinds = declared_kinds(clause)
    if kinds is not None and made.kind not in kinds:
        return True
    allowed = schema["enum"] if isinstance(schema.get("enum"), list) else None
    if "const" in schema:
        allowed = [schema["const"]]
    if allowed is not None and not any(_is_of(value, made.kind) for value in allowed):
        return True
    for word in ("anyOf", "oneOf"):
        if word in schema and all(never(made, one, resources, depth + 1) for one in branches(clause, word)):
            return True
    if made.kind == "object":
        return _object_fails(made, clause, resources, depth)
    if made.kind == "array":
        least, most = made.sizes
        return bool(schema.get("minItems", 0) > most or schema.get("maxItems", least) < least)
    return False


def _object_fails(made: Lowered, clause: Part, resources: Resources, depth: int) -> bool:
    schema = clause.schema
    names = made.children
    if any(
        name not in names for name in schema.get("required", ()) if isinstance(schema.get("required"), list)
    ):
        return True
    if schema.get("minProperties", 0) > len(names) or schema.get("maxProperties", len(names)) < len(names):
        return True
    declared = schema.get("properties", {})
    closed = schema.get("additionalProperties") is False and not schema.get("patternProperties")
    if closed and any(name not in declared for name in names):
        return True
    return any(
        never(names[name], clause.below("properties", name), resources, depth + 1)
        for name in declared
        if name in names
    )


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    match value:
        case None:
            return kind == "null"
        case int() | float():
            return kind in ("integer", "number")
        case str():
            return kind == "string"
        case list():
            return kind == "array"
    return kind == "object"
