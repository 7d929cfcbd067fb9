"""Lists and structs from JSON, in the forms that ``specdsl.sinks.text.json`` writes."""

from __future__ import annotations

import base64
import json
import re
import uuid
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.sinks.base import is_json_document

_SECONDS = re.compile(r"(-?)PT(\d+)(?:\.(\d{6}))?S")


class _Number(str):
    """A number of a JSON text, with all its digits, until its type is known."""

    __slots__ = ()


def nested_values(text: pa.StringArray, field: pa.Field) -> Any:
    """JSON texts as an array of the field's type. Raises ValueError for what does not fit it."""
    values = [
        None if v is None else json.loads(v, parse_int=_Number, parse_float=_Number) for v in text.to_pylist()
    ]
    return _array(values, field)


def _array(values: list[Any], field: pa.Field) -> Any:
    kind = field.type
    if pa.types.is_list(kind):
        return _lists(values, kind)
    if pa.types.is_struct(kind):
        return _structs(values, kind)
    if pa.types.is_dictionary(kind):
        coded = pa.array(values, pa.string()).dictionary_encode()
        return pa.DictionaryArray.from_arrays(coded.indices.cast(kind.index_type), coded.dictionary)
    if kind == pa.uuid():
        data = [None if v is None else uuid.UUID(v).bytes for v in values]
        return pa.ExtensionArray.from_storage(kind, pa.array(data, pa.binary(16)))
    if pa.types.is_binary(kind):
        return pa.array([None if v is None else base64.b64decode(v, validate=True) for v in values], kind)
    if pa.types.is_duration(kind):
        return pa.array([None if v is None else micros_of(v) for v in values], pa.int64()).cast(kind)
    if pa.types.is_boolean(kind):
        return pa.array(values, kind)
    if is_json_document(field):
        return pa.array([None if v is None else _document(v) for v in values], kind)
    if pa.types.is_timestamp(kind):
        naive = pa.array([None if v is None else v.removesuffix("Z") for v in values], pa.string())
        return naive.cast(pa.timestamp("us")).cast(pa.int64()).cast(kind)
    text = pa.array(values, pa.string())
    if pa.types.is_time(kind):
        joined = pc.binary_join_element_wise("1970-01-01", text, " ")
        return joined.cast(pa.timestamp("us")).cast(pa.int64()).cast(kind)
    return text.cast(kind)


def _document(value: Any) -> str:
    match value:
        case _Number():
            return str(value)
        case list():
            return f"[{','.join(map(_document, value))}]"
        case dict():
            members = (f"{json.dumps(k, ensure_ascii=False)}:{_document(v)}" for k, v in value.items())
            return f"{{{','.join(members)}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def micros_of(text: str) -> int:
    """Microseconds of an ISO 8601 duration in seconds: ``-PT0.250000S``. Raises ValueError."""
    found = _SECONDS.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text}` is not a duration")
    sign, seconds, fraction = found.groups()
    size = int(seconds) * 1_000_000 + int(fraction or 0)
    return -size if sign else size


def _lists(values: list[Any], kind: pa.ListType) -> Any:
    offsets, items = [0], []
    for value in values:
        if not isinstance(value, list | None):
            raise ValueError("a list was expected")
        items += value or []
        offsets.append(len(items))
    nulls = pa.array([v is None for v in values], pa.bool_())
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), _array(items, kind.value_field), type=kind, mask=nulls
    )


def _structs(values: list[Any], kind: pa.StructType) -> Any:
    if not all(isinstance(v, dict | None) for v in values):
        raise ValueError("an object was expected")
    fields = [kind.field(i) for i in range(kind.num_fields)]
    children = [_array([None if v is None else v.get(f.name) for v in values], f) for f in fields]
    nulls = pa.array([v is None for v in values], pa.bool_())
    return pa.StructArray.from_arrays(children, fields=fields, mask=nulls)
