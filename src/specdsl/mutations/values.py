"""Changes of a row that may break a keyword. What else they break is for others to see."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from specdsl.mutations import arrays, members, objects, strings
from specdsl.mutations.documents import Number, Path, replaced
from specdsl.mutations.places import Place, within
from specdsl.mutations.schema import RowSchema

Change = tuple[Path, Any]
"""The path of a part of the row, and its new value; ``documents.NOTHING`` removes it."""

_OF_TYPES: Final[Mapping[str, Any]] = {
    "null": None, "boolean": True, "integer": 1, "number": 1.5, "string": "x", "array": [], "object": {},
}  # fmt: skip
_BOUNDS: Final = (("minimum", 1), ("maximum", -1), ("exclusiveMinimum", 1), ("exclusiveMaximum", -1))
_INNER_CHANGES = 6  # tried of each keyword inside an alternative
_NAMES = 2  # tried of a member that is not there
_MISNAMED = 12
_MOST_MEMBERS = 10_000


def changes(rows: RowSchema, place: Place, bits: int) -> Iterator[Change]:
    """Changes that may break the keyword of ``place``, the nearest first. ``bits`` choose where there is a
    choice."""
    value, said, here = place.value, place.schema[place.keyword], place.path
    match place.keyword:
        case "required":
            yield from _members(here, objects.lacking(value, said, bits))
        case "dependentRequired" | "dependencies":
            yield from _members(here, objects.lacking_dependents(value, said, bits))
        case "additionalProperties" | "unevaluatedProperties" if isinstance(said, Mapping):
            for name in members.fresh_names(rows, place.schema, value, _NAMES, known=False):
                yield from (((*here, name), one) for one in _unfit(rows, said))
        case "additionalProperties" | "unevaluatedProperties":
            yield from _members(here, objects.added(value))
        case "propertyNames":
            yield from _misnamed(rows, place, bits)
        case "anyOf" | "oneOf":
            yield from _alternatives(rows, place, bits)
        case "not":
            yield from _denied(place)
        case _:
            yield from ((here, new) for new in _values(rows, place, bits))


def _misnamed(rows: RowSchema, place: Place, bits: int) -> Iterator[Change]:
    """With one more member whose name must not be, and whose value may; then with one renamed."""
    value, said = place.value, place.schema["propertyNames"]
    denied = said.get("not") if isinstance(said, Mapping) else None
    names = [name for name in _listed(denied) if isinstance(name, str)]
    names += [name for name, _ in objects.renamed(value, bits)]
    wrong = [name for name in dict.fromkeys(names) if name not in value and not rows.valid(said, name)]
    for name in wrong[:_MISNAMED]:
        yield (*place.path, name), members.value_for(rows, place.schema, value, name)
    for old in list(value)[-2:]:
        for name in wrong[:_NAMES]:
            yield place.path, {name if other == old else other: one for other, one in value.items()}


def _unfit(rows: RowSchema, schema: Any) -> Iterator[Any]:
    """Values that break a schema in one way, as far as that is seen."""
    value = members.least(rows, schema)
    for inner in islice(within(rows, schema, value), _INNER_CHANGES):
        for path, new in islice(changes(rows, inner, 0), 2):
            try:
                yield replaced(value, path, new)
            except LookupError:
                continue
    yield from _OF_TYPES.values()


def _members(path: Path, members: Iterator[objects.Member]) -> Iterator[Change]:
    yield from (((*path, name), new) for name, new in members)


def _values(rows: RowSchema, place: Place, bits: int) -> Iterator[Any]:
    value, said = place.value, place.schema[place.keyword]

    def like(one: Any) -> Iterator[Any]:
        return _others(one, bits)

    def matches(one: Any) -> bool:
        return rows.valid(place.schema.get("contains", True), one)

    match place.keyword:
        case "type":
            found = list(_of_another_type(value))
            yield from found[bits % 3 :] + found[: bits % 3]
        case "enum" | "const":
            yield from _others(value, bits)
            yield from _of_another_type(value)
        case "minimum" | "exclusiveMinimum":
            yield from _beyond(said, value, -1, place)
        case "maximum" | "exclusiveMaximum":
            yield from _beyond(said, value, 1, place)
        case "multipleOf":
            yield from (value + 1, value + said / 2, value + said / 4, value + said / 10)
        case "minLength":
            yield from strings.shorter(value, int(said))
        case "maxLength":
            yield from strings.longer(value, int(said))
        case "pattern":
            yield from strings.unlike(value, bits)
        case "format":
            yield from strings.misformatted(value, said, bits)
        case "minItems":
            yield from arrays.fewer(value, int(said))
        case "maxItems":
            yield from arrays.more(
                value, int(said), like, _listed(_followed(rows, place.schema.get("items")))
            )
        case "uniqueItems":
            yield from arrays.repeating(value)
        case "contains" | "minContains":
            yield from arrays.without(value, matches, like)
        case "maxContains":
            yield from arrays.with_more(
                value, matches, int(said), _listed(_followed(rows, place.schema.get("contains")))
            )
        case "items" | "additionalItems" | "unevaluatedItems":
            yield from arrays.beyond(value)
        case "minProperties":
            yield from objects.emptied(value, int(said))
        case "maxProperties":
            yield from _filled(rows, place, int(said) + 1 - len(value))
            yield from objects.filled(value, int(said), place.schema.get("properties"))
        case _:
            return


def _filled(rows: RowSchema, place: Place, missing: int) -> Iterator[Any]:
    """The object with so many more members that may be there."""
    for known in (False, True) if 0 < missing <= _MOST_MEMBERS else ():
        names = members.fresh_names(rows, place.schema, place.value, missing, known=known)
        if len(names) == missing:
            more = {name: members.value_for(rows, place.schema, place.value, name) for name in names}
            yield place.value | more


def _followed(rows: RowSchema, schema: Any) -> Any:
    """``schema``, or what it refers to."""
    target = rows.followed(schema["$ref"]) if isinstance(schema, Mapping) and "$ref" in schema else None
    return schema if target is None else target[0]


def _listed(schema: Any) -> list[Any]:
    """The values that ``const`` or ``enum`` of a schema names."""
    if not isinstance(schema, Mapping):
        return []
    named = [schema["const"]] if "const" in schema else schema.get("enum")
    return named if isinstance(named, list) else []


def _of_another_type(value: Any) -> Iterator[Any]:
    """The value as a mistaken program writes it; then a value of every type."""
    match value:
        case None:
            yield "null"
        case bool():
            yield str(value).lower()
            yield int(value)
        case int() | float():
            yield value.text if isinstance(value, Number) else str(value)
            if isinstance(value, int):
                yield Number(f"{value}.5")
        case str():
            yield from (None, 0, [value], {"value": value})
        case list():
            yield from (value[0] if value else None, None, {str(i): one for i, one in enumerate(value)})
        case dict():
            yield from (None, list(value.values()), "[object Object]")
    yield from _OF_TYPES.values()


def _others(value: Any, bits: int) -> Iterator[Any]:
    """Other values of the same type."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + step for step in (1, -1, 10, -10, 100, 1_000, 1_000_003))
            yield from (value + step for step in range(2, 50))
        case float():
            yield from (value + 1, value + 0.5, value - 1, value * 2, -value)
        case str():
            yield from (f"{value}_", "unknown", value.swapcase(), f"{value}{value}")
            yield from strings.unlike(value, bits)
        case list():
            yield [*value, None]
            yield value[:-1]
        case dict():
            yield {**value, "unexpected": True}
            yield {}


def _beyond(bound: Any, value: Any, sign: int, place: Place) -> Iterator[Any]:
    """Numbers at and past a bound: ``sign`` is -1 below it and 1 above. Whole where the value is."""
    word = "exclusiveMinimum" if sign < 0 else "exclusiveMaximum"
    if place.keyword == word or place.schema.get(word) is True:
        yield bound
    step = place.schema.get("multipleOf")
    if isinstance(step, int | float) and step > 0:
        past = math.floor(bound / step) + 1 if sign > 0 else math.ceil(bound / step) - 1
        yield past * step
    if isinstance(value, int) and not isinstance(bound, int):
        whole = math.floor(bound) + 1 if sign > 0 else math.ceil(bound) - 1
        yield whole
    elif not isinstance(value, int):
        yield round(float(bound) + sign * 0.01, 9)
    yield bound + sign
    yield math.nextafter(float(bound), sign * math.inf)
    yield bound + sign * max(1_000, abs(bound))


def _alternatives(rows: RowSchema, place: Place, bits: int) -> Iterator[Change]:
    """The value broken inside the alternative that it is, so that it is none of them; then one of another
    type."""
    for one in place.schema[place.keyword]:
        if rows.valid(one, place.value):
            found = list(within(rows, one, place.value, (), place.path))
            start = bits % len(found) if found else 0
            for inner in found[start:] + found[:start]:
                yield from islice(changes(rows, inner, bits), _INNER_CHANGES)
    yield from ((place.path, new) for new in _of_another_type(place.value))


def _denied(place: Place) -> Iterator[Change]:
    """What must not be."""
    said, value = place.schema["not"], place.value
    if isinstance(said, Mapping):
        yield from ((place.path, one) for one in _listed(said))
        names = said.get("required")
        if isinstance(names, list) and isinstance(value, dict):
            missing = [name for name in names if name not in value]
            if len(missing) == 1:
                yield from (((*place.path, missing[0]), one) for one in _OF_TYPES.values())
            elif missing:
                yield place.path, value | dict.fromkeys(missing, "x")
        for bound, sign in _BOUNDS:
            if isinstance(limit := said.get(bound), int | float):
                yield from ((place.path, limit + sign * step) for step in (0, 1))
    yield from ((place.path, one) for one in _OF_TYPES.values())
    yield from ((place.path, one) for one in _others(value, 0))
