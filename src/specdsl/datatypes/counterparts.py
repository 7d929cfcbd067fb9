"""Each value type's Arrow, DuckDB and JSON Schema counterpart, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from specdsl.datatypes import types as t

JsonSchema = Mapping[str, Any]

_SIMPLE: Mapping[t.DataType, tuple[pa.DataType, str, JsonSchema]] = {
    t.BOOL: (pa.bool_(), "BOOLEAN", {"type": "boolean"}),
    t.Int(8): (pa.int8(), "TINYINT", {"type": "integer"}),
    t.Int(16): (pa.int16(), "SMALLINT", {"type": "integer"}),
    t.Int(32): (pa.int32(), "INTEGER", {"type": "integer"}),
    t.INT: (pa.int64(), "BIGINT", {"type": "integer"}),
    t.Int(8, signed=False): (pa.uint8(), "UTINYINT", {"type": "integer", "minimum": 0}),
    t.Int(16, signed=False): (pa.uint16(), "USMALLINT", {"type": "integer", "minimum": 0}),
    t.Int(32, signed=False): (pa.uint32(), "UINTEGER", {"type": "integer", "minimum": 0}),
    t.Int(64, signed=False): (pa.uint64(), "UBIGINT", {"type": "integer", "minimum": 0}),
    t.FLOAT: (pa.float64(), "DOUBLE", {"type": "number"}),
    t.Float(32): (pa.float32(), "FLOAT", {"type": "number"}),
    t.BYTES: (pa.binary(), "BLOB", {"type": "string", "contentEncoding": "base64"}),
    t.DATE: (pa.date32(), "DATE", {"type": "string", "format": "date"}),
    t.TIME: (pa.time64("us"), "TIME", {"type": "string", "format": "time"}),
    t.TIMESTAMP: (
        pa.timestamp("us", tz="UTC"),
        "TIMESTAMP WITH TIME ZONE",
        {"type": "string", "format": "date-time"},
    ),
    t.DURATION: (pa.duration("us"), "INTERVAL", {"type": "string", "format": "duration"}),
    t.UUID: (pa.uuid(), "UUID", {"type": "string", "format": "uuid"}),
    t.JSON: (pa.string(), "JSON", {}),
    t.NULL: (pa.null(), '"NULL"', {"type": "null"}),
}


def arrow_type(dtype: t.DataType) -> pa.DataType:
    """The Arrow type that columns of ``dtype`` are written as. Enums become dictionaries."""
    match dtype:
        case t.Decimal(precision, scale):
            return pa.decimal128(precision, scale)
        case t.String():
            return pa.string()
        case t.Enum(_, members):
            return pa.dictionary(pa.int8() if len(members) <= 127 else pa.int32(), pa.string())
        case t.List(item):
            return pa.list_(arrow_type(item))
        case t.Struct(fields):
            return pa.struct([pa.field(f.name, arrow_type(f.type), f.nullable) for f in fields])
        case _:
            return _SIMPLE[dtype][0]


def duckdb_type(dtype: t.DataType) -> str:
    """The DuckDB SQL type of ``dtype``."""
    match dtype:
        case t.Decimal(precision, scale):
            return f"DECIMAL({precision}, {scale})"
        case t.String() | t.Enum():
            return "VARCHAR"
        case t.List(item):
            return f"{duckdb_type(item)}[]"
        case t.Struct(fields):
            named = ((f.name.replace('"', '""'), duckdb_type(f.type)) for f in fields)
            inner = ", ".join(f'"{name}" {dtype}' for name, dtype in named)
            return f"STRUCT({inner})"
        case _:
            return _SIMPLE[dtype][1]


DATE_PATTERN: Final = r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"
UUID_PATTERN: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
TIME_PATTERN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?$"
"""Times of day as JSON files have them; JSON Schema's own have an offset from UTC."""


def json_schema(dtype: t.DataType) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one non-null value of ``dtype``, as files in JSON have it."""
    match dtype:
        case t.Decimal(_, 0):
            return {"type": "integer"}
        case t.Decimal():  # no multipleOf: many validators take 0.29 for no multiple of 0.01
            return {"type": "number"}
        case t.Int(bits) if bits < 64:
            return {"type": "integer", "minimum": dtype.low, "maximum": dtype.high}
        case t.String(low, high):
            return {"type": "string"} | _sizes("Length", low, high)
        case t.Enum(_, members):
            return {"enum": list(members)}
        case t.Time():
            return {"type": "string", "pattern": TIME_PATTERN}
        case t.List(item, low, high):
            return array_schema(json_schema(item), low, high)
        case t.Struct(fields):
            return object_schema(
                {
                    f.name: or_null(json_schema(f.type))
                    if f.nullable and not f.absent
                    else json_schema(f.type)
                    for f in fields
                },
                [f.name for f in fields if not f.absent],
            )
        case _:
            return dict(_SIMPLE[dtype][2])


def _sizes(what: str, low: int, high: int | None) -> dict[str, Any]:
    out: dict[str, Any] = {f"min{what}": low} if low else {}
    return out if high is None else out | {f"max{what}": high}


def array_schema(items: JsonSchema, low: int = 0, high: int | None = None) -> dict[str, Any]:
    """The schema of arrays of ``low`` to ``high`` such items."""
    return {"type": "array", "items": items} | _sizes("Items", low, high)


def object_schema(members: Mapping[str, JsonSchema], required: Sequence[str]) -> dict[str, Any]:
    """The schema of objects that have these members and no others."""
    schema: dict[str, Any] = {"type": "object", "properties": dict(members)}
    if required:
        schema["required"] = list(required)
    return schema | {"additionalProperties": False}


def or_null(schema: JsonSchema) -> dict[str, Any]:
    """The schema, and null."""
    if not schema:
        return {}
    if "enum" in schema:
        return dict(schema) if None in schema["enum"] else {**schema, "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str) and "anyOf" not in schema:
        return dict(schema) if schema["type"] == "null" else {**schema, "type": [schema["type"], "null"]}
    if "anyOf" in schema and not set(schema) - {"anyOf"}:
        given = list(schema["anyOf"])
        return {"anyOf": given if {"type": "null"} in given else [*given, {"type": "null"}]}
    return {"anyOf": [dict(schema), {"type": "null"}]}


_FROM_ARROW: Mapping[pa.DataType, t.DataType] = {row[0]: dtype for dtype, row in _SIMPLE.items()}


def from_arrow(atype: pa.DataType) -> t.DataType | None:
    """The value type that holds values of an Arrow type, None when there is none. Wider and narrower
    relatives (large strings, seconds, naive timestamps, half floats) map to the nearest type."""
    if atype in _FROM_ARROW and atype != pa.string():
        return _FROM_ARROW[atype]
    if pa.types.is_string(atype) or pa.types.is_large_string(atype) or pa.types.is_string_view(atype):
        return t.STRING
    if pa.types.is_dictionary(atype):
        return from_arrow(atype.value_type)
    if pa.types.is_decimal(atype):
        return t.Decimal(atype.precision, atype.scale) if atype.precision <= 38 and atype.scale >= 0 else None
    if pa.types.is_timestamp(atype):
        return t.TIMESTAMP
    if pa.types.is_date(atype):
        return t.DATE
    if pa.types.is_time(atype):
        return t.TIME
    if pa.types.is_duration(atype):
        return t.DURATION
    if pa.types.is_float16(atype):
        return t.Float(32)
    if pa.types.is_binary(atype) or pa.types.is_large_binary(atype) or pa.types.is_fixed_size_binary(atype):
        return t.BYTES
    if pa.types.is_list(atype) or pa.types.is_large_list(atype) or pa.types.is_fixed_size_list(atype):
        item = from_arrow(atype.value_type)
        return None if item is None else t.List(item)
    if pa.types.is_struct(atype):
        fields = []
        for i in range(atype.num_fields):
            child = atype.field(i)
            inner = from_arrow(child.type)
            if inner is None:
                return None
            fields.append(t.Field(child.name, inner, child.nullable))
        return t.Struct(tuple(fields))
    return None
