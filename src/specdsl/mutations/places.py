"""The keywords that apply to a row, each with the part of the row that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from specdsl.mutations.documents import Path
from specdsl.mutations.schema import RowSchema

_DEPTH = 64

_ANY: Final = frozenset({"type", "enum", "const", "not", "anyOf", "oneOf"})
_STRINGS: Final = frozenset({"minLength", "maxLength", "pattern", "format"})
_NUMBERS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_ARRAYS: Final = frozenset(
    {"minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "items",
     "additionalItems", "unevaluatedItems"}
)  # fmt: skip
_OBJECTS: Final = frozenset(
    {"required", "minProperties", "maxProperties", "additionalProperties", "unevaluatedProperties",
     "propertyNames", "dependentRequired", "dependencies"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """``keyword`` of ``schema`` applies to ``value``, the part of the row at ``path``. ``way``: to the
    keyword, as validators tell it."""

    keyword: str
    schema: Mapping[str, Any]
    way: Path
    path: Path
    value: Any


def places(rows: RowSchema, row: Any) -> Iterator[Place]:
    """Every keyword that applies to ``row`` or a part of it, what references, ``allOf``, conditions that hold
    and the schemas of members and items say included. Alternatives (``anyOf``, ``oneOf``) are one keyword."""
    yield from within(rows, rows.root, row)


def within(
    rows: RowSchema, schema: Any, value: Any, way: Path = (), path: Path = (), depth: int = 0
) -> Iterator[Place]:
    """The same for a part of the schema and a part of the row."""
    if not isinstance(schema, Mapping) or depth > _DEPTH:
        return
    if "$ref" in schema:
        target = rows.followed(schema["$ref"])
        if target is not None:
            yield from within(rows, target[0], value, way, path, depth + 1)
        if rows.refers_alone:
            return
    for keyword in _applicable(value):
        if keyword in schema and _is_bound(keyword, schema):
            yield Place(keyword, schema, (*way, keyword), path, value)
    for inner, below, at, part in _inner(rows, schema, value):
        yield from within(rows, inner, part, (*way, *below), (*path, *at), depth + 1)


def _applicable(value: Any) -> tuple[str, ...]:
    """The keywords that are about values like this one, in an order of their own."""
    match value:
        case str():
            words = _ANY | _STRINGS
        case bool() | None:
            words = _ANY
        case int() | float():
            words = _ANY | _NUMBERS
        case list():
            words = _ANY | _ARRAYS
        case _:
            words = _ANY | _OBJECTS
    return tuple(sorted(words))


def _is_bound(keyword: str, schema: Mapping[str, Any]) -> bool:
    """Whether the keyword can be broken by itself: schemas of members and items are broken inside."""
    said = schema[keyword]
    if keyword in ("minContains", "maxContains"):
        return "contains" in schema
    if keyword == "additionalProperties":
        return said is False or (isinstance(said, Mapping) and bool(said))
    if keyword in ("items", "additionalItems"):
        return said is False
    if keyword in ("exclusiveMinimum", "exclusiveMaximum"):
        return not isinstance(said, bool)  # of draft 4, where it goes with the other bound
    return True


Inner = tuple[Any, Path, Path, Any]  # a schema, the way to it, the path of the part, the part


def _inner(rows: RowSchema, schema: Mapping[str, Any], value: Any) -> Iterator[Inner]:
    for i, one in enumerate(_listed(schema.get("allOf"))):
        yield one, ("allOf", i), (), value
    if "if" in schema:
        branch = "then" if rows.valid(schema["if"], value) else "else"
        if branch in schema:
            yield schema[branch], (branch,), (), value
    if isinstance(value, dict):
        yield from _of_members(schema, value)
    elif isinstance(value, list):
        yield from _of_items(schema, value)


def _of_members(schema: Mapping[str, Any], value: dict[str, Any]) -> Iterator[Inner]:
    known, patterns = _named(schema.get("properties")), _named(schema.get("patternProperties"))
    for name, part in value.items():
        own = False
        if name in known:
            own = True
            yield known[name], ("properties", name), (name,), part
        for pattern, one in patterns.items():
            if re.search(pattern, name):
                own = True
                yield one, ("patternProperties", pattern), (name,), part
        if not own and "additionalProperties" in schema:
            yield schema["additionalProperties"], ("additionalProperties",), (name,), part
    for keyword in ("dependentSchemas", "dependencies"):
        for name, one in _named(schema.get(keyword)).items():
            if name in value:
                yield one, (keyword, name), (), value


def _of_items(schema: Mapping[str, Any], value: list[Any]) -> Iterator[Inner]:
    items = schema.get("items")
    first, word = _listed(schema.get("prefixItems")), "prefixItems"
    rest, rest_word = items, "items"
    if isinstance(items, list):
        first, word, rest, rest_word = items, "items", schema.get("additionalItems"), "additionalItems"
    for i, part in enumerate(value):
        if i < len(first):
            yield first[i], (word, i), (i,), part
        else:
            yield rest, (rest_word,), (i,), part


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
