"""What the denial of a schema asks for: ways to break it, each a few schemas that hold instead.

A schema is broken where one of its keywords is, so that its denial is a choice between the denials of its
keywords.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from specdsl.importers.json_schema.conjunction import KINDS, branches, references
from specdsl.importers.json_schema.resources import Part, Resources

Way = tuple[Part, ...]

_FREE_NAMES = ("extra", "other", "more", "Extra", "x1", "_", "0", "$", "ab")


def ways_to_break(part: Part, resources: Resources) -> tuple[list[Way], bool]:
    """What may hold instead of ``part`` (whose sign is not looked at): one of the ways, all of its parts.
    The flag says that there are other ways without such a form, for which values have to be tried. Raises
    Refused."""
    schema = part.schema
    if isinstance(schema, bool):
        return ([] if schema else [()]), False
    if not isinstance(schema, dict):
        return [], True
    found: list[Way] = [(resources.follow(part, word).opposite(),) for word in references(part)]
    if "$ref" in schema and not resources.siblings_count:
        return found, False
    tried = False
    for word in schema:
        ways = _WORDS.get(word)
        made = ways(part, resources) if ways is not None else []
        tried |= made is None
        found += made or []
    return found, tried


def _made(part: Part, **words: Any) -> Part:
    return Part({word.rstrip("_"): value for word, value in words.items()}, part.pointer, made=True)


def _denied(part: Part, *names: str | int) -> Part:
    return part.below(*names).opposite()


def _type(part: Part, _: Resources) -> list[Way] | None:
    said = part.schema["type"]
    names = set(said if isinstance(said, list) else [said])
    if "integer" in names and "number" not in names:
        left = [kind for kind in KINDS if kind not in names | {"number"}]
    else:
        left = [kind for kind in KINDS if kind not in (names | {"integer"} if "number" in names else names)]
    return [(_made(part, type=left),)] if left else []


def _bound(kind: str, word: str, by: int | None = None) -> Callable[[Part, Resources], list[Way] | None]:
    """The denial of a bound is the opposite bound: the same number where it is inclusive, else ``by``
    more."""

    def ways(part: Part, _: Resources) -> list[Way] | None:
        for name, opposite in _OPPOSITE.items():
            if opposite == word and name in part.schema:
                value = part.schema[name]
                if isinstance(value, bool) or isinstance(part.schema.get(f"exclusive{name.title()}"), bool):
                    return None
                if by is not None:
                    value += by
                    if value < 0:
                        return []
                return [(_made(part, **{"type": kind, word: value}),)]
        return None

    return ways


_OPPOSITE = {
    "minimum": "exclusiveMaximum", "maximum": "exclusiveMinimum", "exclusiveMinimum": "maximum",
    "exclusiveMaximum": "minimum", "minLength": "maxLength", "maxLength": "minLength", "minItems":
    "maxItems", "maxItems": "minItems", "minProperties": "maxProperties", "maxProperties": "minProperties",
}  # fmt: skip


def _required(part: Part, _: Resources) -> list[Way] | None:
    names = part.schema["required"]
    if not isinstance(names, list):
        return None
    return [(_made(part, type="object", properties={name: False}),) for name in names]


def _properties(part: Part, _: Resources) -> list[Way] | None:
    found: list[Way] = []
    for name in part.schema["properties"]:
        inner = _denied(part, "properties", name)
        if inner.schema not in (True, {}):
            found.append((_made(part, type="object", required=[name], properties={name: inner}),))
    return found


def _additional(part: Part, _: Resources) -> list[Way] | None:
    inner = _denied(part, "additionalProperties")
    if inner.schema in (True, {}):
        return []
    if part.schema.get("patternProperties"):
        return None
    known = part.schema.get("properties", {})
    name = next(name for name in _names() if name not in known)
    return [(_made(part, type="object", required=[name], properties={name: inner}),)]


def _names() -> Iterator[str]:
    yield from _FREE_NAMES
    at = 1
    while True:
        yield f"extra{at}"
        at += 1


def _property_names(part: Part, resources: Resources) -> list[Way] | None:
    names = part.below("propertyNames")
    bad = [n for n in (*_FREE_NAMES, "", "long_" * 12) if not resources.valid(names, n)]
    return [(_made(part, type="object", required=[name]),) for name in bad[:1]] or None


def _dependent(part: Part, _: Resources) -> list[Way] | None:
    found: list[Way] = []
    for word in ("dependentRequired", "dependentSchemas", "dependencies"):
        for name, inner in part.schema.get(word, {}).items():
            if isinstance(inner, list):
                found += [
                    (_made(part, type="object", required=[name], properties={other: False}),)
                    for other in inner
                ]
            else:
                there = _made(part, type="object", required=[name])
                found.append((there, _denied(part, word, name)))
    return found


def _items(part: Part, _: Resources) -> list[Way] | None:
    given = part.schema["items"]
    if isinstance(given, list):
        return _positions("items")(part, _)
    if "prefixItems" in part.schema:
        return None
    return [] if given in (True, {}) else [(_made(part, type="array", contains=_denied(part, "items")),)]


def _positions(word: str) -> Callable[[Part, Resources], list[Way] | None]:
    def ways(part: Part, _: Resources) -> list[Way] | None:
        found: list[Way] = []
        for at in range(len(part.schema[word])):
            denied = _denied(part, word, at)
            if denied.schema not in (True, {}):
                prefix = [True] * at + [denied]
                found.append((_made(part, type="array", minItems=at + 1, prefixItems=prefix),))
        return found

    return ways


def _contains(part: Part, _: Resources) -> list[Way] | None:
    if "minContains" in part.schema or "maxContains" in part.schema:
        return None
    return [(_made(part, type="array", items=_denied(part, "contains")),)]


def _all_of(part: Part, _: Resources) -> list[Way] | None:
    return [(one.opposite(),) for one in branches(part, "allOf")]


def _any_of(part: Part, _: Resources) -> list[Way] | None:
    return [tuple(one.opposite() for one in branches(part, "anyOf"))]


def _one_of(part: Part, _: Resources) -> list[Way] | None:
    found = branches(part, "oneOf")
    pairs = [(one, other) for at, one in enumerate(found) for other in found[at + 1 :]]
    return [tuple(one.opposite() for one in found), *pairs[:6]]


def _not(part: Part, _: Resources) -> list[Way] | None:
    return [(part.below("not"),)]


def _if(part: Part, _: Resources) -> list[Way] | None:
    condition = part.below("if")
    found: list[Way] = []
    if "then" in part.schema:
        found.append((condition, _denied(part, "then")))
    if "else" in part.schema:
        found.append((condition.opposite(), _denied(part, "else")))
    return found


def _tried(_: Part, __: Resources) -> list[Way] | None:
    return None


_WORDS: Mapping[str, Callable[[Part, Resources], list[Way] | None]] = {
    "type": _type,
    "minimum": _bound("number", "exclusiveMaximum"),
    "maximum": _bound("number", "exclusiveMinimum"),
    "exclusiveMinimum": _bound("number", "maximum"),
    "exclusiveMaximum": _bound("number", "minimum"),
    "minLength": _bound("string", "maxLength", -1),
    "maxLength": _bound("string", "minLength", 1),
    "minItems": _bound("array", "maxItems", -1),
    "maxItems": _bound("array", "minItems", 1),
    "minProperties": _bound("object", "maxProperties", -1),
    "maxProperties": _bound("object", "minProperties", 1),
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "dependentRequired": _dependent,
    "dependentSchemas": _dependent,
    "dependencies": _dependent,
    "items": _items,
    "prefixItems": _positions("prefixItems"),
    "contains": _contains,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    **dict.fromkeys(
        (
            "const",
            "enum",
            "multipleOf",
            "divisibleBy",
            "pattern",
            "format",
            "uniqueItems",
            "patternProperties",
        ),
        _tried,
    ),
    **dict.fromkeys(
        ("unevaluatedProperties", "unevaluatedItems", "additionalItems", "disallow", "extends"), _tried
    ),
}
