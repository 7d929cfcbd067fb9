"""Lists and structs as JSON text. One Python object per value: nested values are rarely printed."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, cast

from specdsl.datatypes import types as t
from specdsl.generate.expressions.plain import plain_text
from specdsl.vectors import selection
from specdsl.vectors.vector import Lists, Vector


def json_texts(vector: Vector) -> list[str]:
    """The JSON text of each value ("null" where null), compact, with members in the order of the type,
    without those that are absent. Decimals keep their digits; what JSON has no form for is a string of its
    plain text."""
    n = selection.length(vector)
    texts = _texts(vector, n)
    if vector.valid is None:
        return texts
    return [x if v else "null" for x, v in zip(texts, vector.valid.tolist(), strict=True)]


def _texts(vector: Vector, n: int) -> list[str]:
    match vector.data, vector.type:
        case Lists(offsets, items), _:
            inner = json_texts(items)
            bounds = offsets.tolist()
            return [f"[{','.join(inner[a:b])}]" for a, b in pairwise(bounds)]
        case tuple() as items, t.Struct(fields):
            columns = [_members(item, field) for item, field in zip(items, fields, strict=True)]
            rows = zip(*columns, strict=True) if columns else [()] * n
            return [f"{{{','.join(filter(None, row))}}}" for row in rows]
        case _:
            return [_scalar(vector.type, value) for value in _values(vector)]


def _members(vector: Vector, field: t.Field) -> list[str]:
    """A field's member in each object, "" where it is absent."""
    name = json.dumps(field.name, ensure_ascii=False)
    members = [f"{name}:{text}" for text in json_texts(vector)]
    if not field.absent or vector.valid is None:
        return members
    return [member if valid else "" for member, valid in zip(members, vector.valid.tolist(), strict=True)]


def _values(vector: Vector) -> list[Any]:
    data: Any = vector.data
    if isinstance(vector.type, t.Uuid):
        return [row.tobytes() for row in data]
    return cast("list[Any]", data.tolist() if hasattr(data, "dtype") else data.to_pylist())


def _scalar(dtype: t.DataType, value: Any) -> str:
    match dtype:
        case t.Json():
            return str(value)
        case t.Bool() | t.Int() | t.Decimal():
            return plain_text(dtype, value)
        case t.Float() if abs(value) < float("inf"):
            return plain_text(dtype, value)
        case t.Float():
            return "null"
        case _:
            return json.dumps(plain_text(dtype, value), ensure_ascii=False)
