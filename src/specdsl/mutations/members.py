"""Members that an object does not have and that its schema allows: names, and values for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count, islice
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, Final

from specdsl.mutations.schema import RowSchema

_DEPTH: Final = 8
_TRIED: Final = 400  # names, and once more as many as are wanted
_PLAIN: Final[tuple[Any, ...]] = (True, 1, "x", None, [], {})
_CLASSES: Final = (ascii_lowercase, ascii_uppercase, digits)


def fresh_names(
    rows: RowSchema, schema: Mapping[str, Any], value: Mapping[str, Any], wanted: int = 1, *, known: bool
) -> list[str]:
    """At most ``wanted`` names that ``value`` does not have and ``propertyNames`` allows. ``known``: the ones
    that the schema names come first; otherwise they do not come."""
    named = schema.get("properties")
    own = list(named) if isinstance(named, Mapping) else []
    allowed = schema.get("propertyNames", True)
    listed = _listed(_followed(rows, allowed))
    others = chain((n for n in listed if isinstance(n, str)), _like(value), ascii_lowercase, _numbered())
    found: dict[str, None] = {}
    for name in islice(chain(own if known else (), others), _TRIED + 2 * wanted):
        if len(found) == wanted:
            break
        if name not in value and (known or name not in own) and rows.valid(allowed, name):
            found[name] = None
    return list(found)


def value_for(rows: RowSchema, schema: Mapping[str, Any], value: Mapping[str, Any], name: str) -> Any:
    """A value that a member ``name`` of ``value`` may have; ``true`` where none is found."""
    said = schema_of(schema, name)
    near = [one for other, one in value.items() if schema_of(schema, other) is said]
    candidates = chain(near, [least(rows, said)], list(value.values())[:3], _PLAIN)
    return next((one for one in candidates if rows.valid(said, one)), True)


def schema_of(schema: Mapping[str, Any], name: str) -> Any:
    """What a schema says of a member by its name, ``true`` for nothing."""
    for word in ("properties", "patternProperties"):
        said = schema.get(word)
        for key, one in said.items() if isinstance(said, Mapping) else ():
            if name == key if word == "properties" else re.search(key, name):
                return one
    return schema.get("additionalProperties", schema.get("unevaluatedProperties", True))


def least(rows: RowSchema, schema: Any, depth: int = 0) -> Any:
    """The plainest value that a schema says, which need not satisfy all of it."""
    schema = _followed(rows, schema)
    if not isinstance(schema, Mapping) or depth > _DEPTH:
        return True
    if values := [*_listed(schema), *(schema[w] for w in ("default",) if w in schema)]:
        return values[0]
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "object":
            names = schema.get("required")
            required = names if isinstance(names, list) else []
            return {name: least(rows, schema_of(schema, name), depth + 1) for name in required}
        case "array":
            size = schema.get("minItems", 0)
            return [least(rows, schema.get("items", True), depth + 1)] * min(int(size), 100)
        case "integer" | "number":
            return _number(schema)
        case "string":
            return "x" * min(int(schema.get("minLength", 1)), 10_000)
        case "null":
            return None
    return True


def _number(schema: Mapping[str, Any]) -> Any:
    for word, step in (("minimum", 0), ("exclusiveMinimum", 1), ("maximum", 0), ("exclusiveMaximum", -1)):
        bound = schema.get(word)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            return bound + step
    return schema.get("multipleOf", 1)


def _listed(schema: Any) -> list[Any]:
    if not isinstance(schema, Mapping):
        return []
    named = [schema["const"]] if "const" in schema else schema.get("enum")
    return named if isinstance(named, list) else []


def _followed(rows: RowSchema, schema: Any) -> Any:
    target = rows.followed(schema["$ref"]) if isinstance(schema, Mapping) and "$ref" in schema else None
    return schema if target is None else target[0]


def _like(value: Iterable[str]) -> Iterator[str]:
    """Names that differ from those of ``value`` in one letter or digit."""
    for name in islice(value, 3):
        for at, old in list(enumerate(name))[:-9:-1]:
            same = next((letters for letters in _CLASSES if old in letters), "")
            yield from (f"{name[:at]}{new}{name[at + 1 :]}" for new in same if new != old)


def _numbered() -> Iterator[str]:
    return (f"extra{i}" for i in count())
