"""Proofs that whatever satisfies some clauses breaks another schema: then nothing has to be done to deny
it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from specdsl.importers.json_schema.conjunction import Clause, branches, declared_kinds, references
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part, Resources

_DEPTH = 6


def breaks(clauses: Sequence[Clause], part: Part, resources: Resources, depth: int = 0) -> bool:
    """Whether certainly no value that satisfies ``clauses`` satisfies ``part``. False also where that is
    not seen."""
    schema = part.schema
    if isinstance(schema, bool):
        return not schema
    if not isinstance(schema, dict) or depth > _DEPTH:
        return False
    try:
        targets = [resources.follow(part, word) for word in references(part)]
        if any(breaks(clauses, one, resources, depth + 1) for one in targets):
            return True
        if "$ref" in schema and not resources.siblings_count:
            return False
        if "allOf" in schema and any(
            breaks(clauses, one, resources, depth + 1) for one in branches(part, "allOf")
        ):
            return True
        for word in ("anyOf", "oneOf"):
            if word in schema and all(
                breaks(clauses, one, resources, depth + 1) for one in branches(part, word)
            ):
                return True
    except Refused:
        return False
    return _types_differ(clauses, part) or (
        _are_objects(clauses) and _object_breaks(clauses, part, resources)
    )


def _types_differ(clauses: Sequence[Clause], part: Part) -> bool:
    wanted = declared_kinds(part)
    if wanted is None:
        return False
    left: frozenset[str] | None = None
    for clause in clauses:
        kinds = declared_kinds(clause.part)
        if kinds is not None:
            left = kinds if left is None else left & kinds
    return left is not None and not left & wanted


def _are_objects(clauses: Sequence[Clause]) -> bool:
    return any(declared_kinds(c.part) == frozenset({"object"}) for c in clauses)


def _object_breaks(clauses: Sequence[Clause], part: Part, resources: Resources) -> bool:
    schema = part.schema
    there = {name for c in clauses for name in _names(c.schema.get("required"))}
    for name in _names(schema.get("required")):
        if any(_forbids(c, name) for c in clauses):
            return True
    known = schema.get("properties", {})
    closed = schema.get("additionalProperties") is False and not schema.get("patternProperties")
    if closed and any(name not in known for name in there):
        return True
    for name, inner in known.items() if isinstance(known, dict) else ():
        if name not in there:
            continue
        values = listed(inner)
        if values is not None:
            for clause in clauses:
                mine = clause.schema.get("properties", {}).get(name)
                have = listed(mine)
                if have is not None and not any(
                    resources.valid(part.below("properties", name), v) for v in have
                ):
                    return True
    return False


def _forbids(clause: Clause, name: str) -> bool:
    known = clause.schema.get("properties", {})
    if name in known:
        return known[name] is False
    return clause.schema.get("additionalProperties") is False and not clause.schema.get("patternProperties")


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def listed(schema: Any) -> list[Any] | None:
    """The values that ``const`` or ``enum`` lists."""
    if not isinstance(schema, dict):
        return None
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if isinstance(schema.get("enum"), list) else None
