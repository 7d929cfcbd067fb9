"""Schemas made around a value that satisfies them: at each place a few keywords that the value keeps to."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any] | bool

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-50, 2000),
    st.sampled_from([0.5, -2.25, 10.0, 99.99]),
    st.sampled_from(["", "a", "abc", "x1", "Ann Lee", "ab-12", "2021-03-04", "a@b.co", "\u00e4\u20ac"]),
)
NAMES = st.sampled_from(["id", "name", "price", "x-1", "kind", "list", "a b", "email"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def schemas(draw: st.DrawFn, value: Any, depth: int = 0) -> Schema:
    """A schema that ``value`` satisfies."""
    shape = draw(st.integers(0, 14 if depth < 3 else 4))
    inner = schemas(value, depth + 1)
    match shape:
        case 0:
            plain: list[Schema] = [True, {}, {"const": value}, {"enum": [value, "other", None]}]
            return draw(st.sampled_from(plain))
        case 9:
            return {"allOf": [draw(inner), draw(inner)]}
        case 10:
            other = draw(schemas(draw(SCALARS), depth + 2))
            return {"anyOf": draw(st.permutations([draw(inner), other]))}
        case 11:
            return {"oneOf": draw(st.permutations([draw(inner), {"type": _another_type(value)}]))}
        case 12:
            return {"if": {"type": _type(value)}, "then": draw(inner), "else": {"const": 0}}
        case 13:
            return {
                **_plain(draw, value, depth),
                "not": {"const": draw(SCALARS.filter(lambda v: v != value))},
            }
        case 14:
            return {"$ref": "#/$defs/shared", "description": "shared"} if value == "abc" else draw(inner)
        case _:
            return _plain(draw, value, depth)


@st.composite
def documents(draw: st.DrawFn) -> tuple[Schema, Any]:
    """A whole schema and a value that satisfies it."""
    value = draw(VALUES)
    schema = draw(schemas(value))
    if isinstance(schema, dict):
        schema = {**schema, "$defs": {"shared": {"type": "string", "maxLength": 5}}}
    return schema, value


def _type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def _another_type(value: Any) -> str:
    return "boolean" if _type(value) != "boolean" else "string"


def _some(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
    return {word: told for word, told in words.items() if draw(st.booleans())}


def _plain(draw: st.DrawFn, value: Any, depth: int) -> dict[str, Any]:
    """Keywords about a value of the type that ``value`` has."""
    more = st.integers(0, 4)
    made: dict[str, Any] = {}
    if draw(st.integers(0, 4)):
        made["type"] = draw(st.sampled_from([_type(value), [_type(value), "null"], ["string", _type(value)]]))
        if isinstance(made["type"], list):
            made["type"] = list(dict.fromkeys(made["type"]))
    match value:
        case bool() | None:
            return made
        case int() | float():
            step = {"multipleOf": draw(st.sampled_from([1, abs(value) or 3]))} if value == int(value) else {}
            bounds = {"minimum": value - draw(more), "exclusiveMaximum": value + 1 + draw(more)}
            return made | _some(draw, bounds | {"maximum": value + draw(more)} | step)
        case str():
            bounds = {"minLength": max(len(value) - draw(more), 0), "maxLength": len(value) + draw(more)}
            return made | _some(draw, bounds | {"pattern": draw(st.sampled_from(["", "^.*$", "^[^!]*$"]))})
        case list():
            return made | _array(draw, value, depth)
    return made | _object(draw, value, depth)


def _array(draw: st.DrawFn, value: list[Any], depth: int) -> dict[str, Any]:
    bounds = {"minItems": max(len(value) - 1, 0), "maxItems": len(value) + draw(st.integers(0, 3))}
    if len({repr(one) for one in value}) == len(value) and not _alike(value):
        bounds["uniqueItems"] = True
    made = _some(draw, bounds)
    if draw(st.booleans()) and value:
        made["contains"] = draw(schemas(value[-1], depth + 1))
    shape = draw(st.integers(0, 2))
    if shape == 1:
        made["prefixItems"] = [draw(schemas(one, depth + 1)) for one in value]
        rest: list[Schema] = [False, {"type": "integer"}]
        made["items"] = draw(st.sampled_from(rest))
    elif shape == 2:
        made["items"] = {"anyOf": [draw(schemas(one, depth + 2)) for one in value] or [True]}
    return made


def _alike(value: list[Any]) -> bool:
    """Whether two items are equal as JSON: 1 and 1.0."""
    return any(a == b for at, a in enumerate(value) for b in value[:at])


def _object(draw: st.DrawFn, value: dict[str, Any], depth: int) -> dict[str, Any]:
    known = [name for name in value if draw(st.booleans())]
    made: dict[str, Any] = {"properties": {n: draw(schemas(value[n], depth + 1)) for n in known}}
    if draw(st.booleans()):
        made["properties"]["spare"] = draw(schemas(draw(SCALARS), depth + 2))
    required = [name for name in value if draw(st.booleans())]
    words: dict[str, Any] = {
        "required": required,
        "minProperties": max(len(value) - 1, 0),
        "maxProperties": len(value) + draw(st.integers(0, 2)),
        "propertyNames": {"maxLength": 10},
        "dependentRequired": {"absent": ["id"]},
        "patternProperties": {"^zz": {"type": "integer"}},
    }
    if len(known) == len(value):
        words[draw(st.sampled_from(["additionalProperties", "unevaluatedProperties"]))] = False
    return made | _some(draw, words)


@st.composite
def exact_documents(draw: st.DrawFn) -> tuple[Schema, Any]:
    """A schema that a spec can carry exactly, most of the time, and a value that satisfies it."""
    return draw(_exact(draw(st.integers(0, 2))))


@st.composite
def _exact(draw: st.DrawFn, depth: int) -> tuple[Schema, Any]:
    shape = draw(st.integers(0, 9 if depth else 5))
    low = draw(st.integers(-20, 20))
    high = low + draw(st.integers(0, 30))
    match shape:
        case 0:
            step = draw(st.sampled_from([1, 1, 2, 5]))
            bounds: Schema = {"type": "integer", "minimum": low * step, "maximum": high * step}
            return (bounds if step == 1 else {**bounds, "multipleOf": step}), low * step
        case 1:
            values = draw(st.lists(SCALARS.filter(lambda v: v is not None), min_size=1, max_size=4))
            return {"enum": values}, values[0]
        case 2:
            return {"type": "boolean"}, draw(st.booleans())
        case 3:
            pattern, text = draw(
                st.sampled_from([("^[a-f]{2,4}$", "abc"), ("^x-[0-9]{2}$", "x-07"), ("^(ab|cd)+e?$", "abcd")])
            )
            return {"type": "string", "pattern": pattern}, text
        case 4:
            denied = draw(st.integers(low, high + 1))
            if low < high and denied != low:
                words = {"minimum": low, "maximum": high, "not": {"const": denied}}
                return {"type": "integer", **words}, low
            return {"type": "null"}, None
        case 5:
            return {"type": "number", "minimum": low, "maximum": high + 1}, low + 0.5
        case 6:
            inner, value = draw(_exact(depth - 1))
            size = draw(st.integers(0, 2))
            return {"type": "array", "items": inner, "minItems": size, "maxItems": size + 2}, [value] * size
        case 7:
            parts = [draw(_exact(depth - 1)) for _ in range(draw(st.integers(1, 3)))]
            words = {"prefixItems": [one for one, _ in parts], "items": False, "minItems": len(parts)}
            return {"type": "array", **words}, [value for _, value in parts]
        case 8:
            parts = [draw(_exact(depth - 1)) for _ in range(draw(st.integers(2, 3)))]
            return {"anyOf": [one for one, _ in parts]}, parts[0][1]
    return _exact_object(draw, depth)


def _exact_object(draw: st.DrawFn, depth: int) -> tuple[Schema, Any]:
    names = draw(st.lists(st.sampled_from(["id", "name", "x-1", "kind", "a b"]), max_size=3, unique=True))
    parts = {name: draw(_exact(depth - 1)) for name in names}
    required = [name for name in names if draw(st.booleans())]
    made: dict[str, Any] = {
        "type": "object",
        "properties": {name: one for name, (one, _) in parts.items()},
        "required": required,
        "additionalProperties": False,
    }
    return made, {name: parts[name][1] for name in required}
