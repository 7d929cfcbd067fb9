"""The schemas of objects, variants, tuples and maps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import (
    DATE_PATTERN,
    UUID_PATTERN,
    array_schema,
    json_schema,
    object_schema,
)
from specdsl.exporters.json_schema.written import JsonShape, Schema, Written, bounds_of, is_absent
from specdsl.syntax import tree

_INTEGER_TEXT = "^(?:0|-?[1-9][0-9]*)$"
_MOST_KEYS = 50
_PATTERNS = {t.DATE: DATE_PATTERN, t.UUID: UUID_PATTERN}


@dataclass
class _Members:
    """The members of an object: their schemas, which are always there, and the maps that add others."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    maps: list[tree.MapType] = field(default_factory=list)


def shape(written: Written, node: JsonShape) -> Schema:
    """The documents of a shape of JSON."""
    match node:
        case tree.JsonType():
            return object_of(written, node)
        case tree.VariantType():
            return {"anyOf": _distinct([_alternative(written, node, one) for one in node.alternatives])}
        case tree.TupleType():
            return _tuple(written, node)
        case tree.MapType():
            return _map(written, node)


def object_of(
    written: Written, node: tree.JsonType | tree.StructType, tag: tuple[str, str] | None = None
) -> Schema:
    """An object with these members. ``tag``: the name and value of one that tells alternatives apart."""
    members = _Members()
    if tag is not None:
        members.schemas[tag[0]] = {"const": tag[1]}
        members.required.append(tag[0])
    _gather(written, node, members)
    if not members.maps:
        return object_schema(members.schemas, members.required)
    return _with_maps(written, members)


def _gather(written: Written, node: tree.TypeExpr, members: _Members) -> None:
    """Adds the members of ``node``; names that are there already stay what they are."""
    parts = node.members if isinstance(node, tree.JsonType) else ()
    parts = node.fields if isinstance(node, tree.StructType) else parts
    taken = set(members.schemas)
    for own in parts:  # what is spread gives way to them, wherever it stands
        if isinstance(own, tree.FieldDecl) and own.type is not None and own.name.text not in taken:
            schema = written.part(own.type, own.modifiers, own.value, own.doc)
            members.schemas[own.name.text] = schema
            if not is_absent(own.modifiers):
                members.required.append(own.name.text)
    for spread in parts:
        if isinstance(spread, tree.Element):
            inner = written.declaration(spread.type)
            if isinstance(inner, tree.MapType):
                members.maps.append(inner)
            else:
                _gather(written, inner, members)


def _with_maps(written: Written, members: _Members) -> Schema:
    """An object with known members and others whose names are drawn. Where two maps have keys of one kind a
    member may be of either."""
    known = list(members.schemas)
    maps = [_map(written, one) for one in members.maps]
    keys = _distinct([one["propertyNames"] for one in maps])
    others = _distinct([one["additionalProperties"] for one in maps])
    value = others[0] if len(others) == 1 else {"anyOf": others}
    schema: Schema = {"type": "object", "properties": members.schemas}
    if members.required:
        schema["required"] = members.required
    apart = not any(_may_be(key, name) for key in keys for name in known)
    patterns = [pattern for key in keys if (pattern := name_pattern(key)) is not None]
    if apart and len(patterns) == len(keys):
        schema |= {"patternProperties": dict.fromkeys(patterns, value), "additionalProperties": False}
    else:
        names = [*keys, {"enum": known}] if known else keys
        if {"type": "string"} not in keys:
            schema["propertyNames"] = names[0] if len(names) == 1 else {"anyOf": names}
        schema["additionalProperties"] = value
    low = len(members.required) + (maps[0].get("minProperties", 0) if apart and len(maps) == 1 else 0)
    if low > len(members.required):
        schema["minProperties"] = low
    if all("maxProperties" in one for one in maps):
        schema["maxProperties"] = len(known) + sum(one["maxProperties"] for one in maps)
    return schema


def name_pattern(names: Schema) -> str | None:
    """A pattern of the names that a schema of names lets through; None where it lets any through, or says
    more than a pattern."""
    if set(names) - {"type", "pattern", "enum", "format"} or not {"pattern", "enum"} & set(names):
        return None
    return str(names["pattern"]) if "pattern" in names else f"^(?:{'|'.join(map(escaped, names['enum']))})$"


def escaped(text: str) -> str:
    """A pattern of ``text`` alone."""
    return re.sub(r"([\\^$.*+?()\[\]{}|/])", r"\\\1", text)


def _may_be(key: Schema, name: str) -> bool:
    """Whether a key that is drawn may be ``name``."""
    if "enum" in key:
        return name in key["enum"]
    if "pattern" in key:
        return re.search(key["pattern"], name) is not None
    return True


def _alternative(written: Written, node: tree.VariantType, one: tree.Alternative) -> Schema:
    if one.type is None:
        schema: Schema = {"type": "null"}
    elif node.tag is not None and one.tag is not None:
        inner = written.declaration(one.type)
        assert isinstance(inner, tree.JsonType | tree.StructType)
        schema = object_of(written, inner, (node.tag.text, one.tag.text))
    else:
        schema = written.part(one.type, one.modifiers, one.value)
    return schema | {"description": one.doc.strip()} if one.doc.strip() else schema


def _tuple(written: Written, node: tree.TupleType) -> Schema:
    """Items one after the other. Those after a list of any length may be any of what can stand there."""
    first: list[Schema] = []
    rest: list[Schema] = []
    low, high = 0, 0
    unbounded = False
    for item in node.items:
        if not item.spread:
            (rest or first).append(written.part(item.type, item.modifiers, item.value))
            low, high = low + 1, high + 1
            continue
        inner = written.opened(item.type, item.value, bounds_of(item.modifiers))
        least, most = inner.get("minItems", 0), inner.get("maxItems")
        if least == most and not rest:
            first += [inner["items"]] * least
        else:
            rest.append(inner["items"])
        low, high = low + least, high + (most or 0)
        unbounded |= most is None
    rest = _distinct(rest)
    after: Schema | bool = False if not rest else rest[0] if len(rest) == 1 else {"anyOf": rest}
    schema: Schema = {"type": "array"}
    if first:
        schema["prefixItems"] = first
    schema |= {"items": after}
    if low:
        schema["minItems"] = low
    return schema if unbounded else schema | {"maxItems": high}


def _map(written: Written, node: tree.MapType) -> Schema:
    sizes = array_schema({}, *_size(node.size))
    schema: Schema = {
        "type": "object",
        "propertyNames": _key(written, node.key),
        "additionalProperties": written.part(node.value.type, node.value.modifiers, node.value.value),
    }
    words = (("minItems", "minProperties"), ("maxItems", "maxProperties"))
    return schema | {own: sizes[word] for word, own in words if word in sizes}


def _size(node: tree.Expr | None) -> tuple[int, int | None]:
    match node:
        case tree.Number(value=value):
            return int(value), int(value)
        case tree.Range(low=low, high=high):
            return (
                int(low.value) if isinstance(low, tree.Number) else 0,
                int(high.value) if isinstance(high, tree.Number) else None,
            )
    return 0, None


def _key(written: Written, key: tree.Element) -> Schema:
    """The names of a map's members, which are texts whatever the keys are."""
    dtype = written.spec.datatype(key.type)
    if dtype in _PATTERNS:  # a format alone is for many no more than a remark
        return json_schema(dtype) | {"pattern": _PATTERNS[dtype]}
    if not isinstance(dtype, t.Int):
        return written.schema(key.type, key.value, bounds_of(key.modifiers))
    schema = written.opened(key.type, key.value, bounds_of(key.modifiers))
    if "enum" in schema:
        return {"enum": [str(one) for one in schema["enum"]]}
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and high - low < _MOST_KEYS:
        return {"enum": [str(one) for one in range(low, high + 1)]}
    return {"type": "string", "pattern": _INTEGER_TEXT}


def _distinct(schemas: list[Schema]) -> list[Schema]:
    return [one for i, one in enumerate(schemas) if one not in schemas[:i]]
