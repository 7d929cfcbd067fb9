"""The rows of Avro files as Arrow batches, one a block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.sinks.avro_file.blocks import MAGIC, BlockReader, varint
from specdsl.sinks.avro_file.schemas import OWN_NAME, Schema
from specdsl.sinks.relational.columnar import restored
from specdsl.sinks.relational.nesting import rebuilt

Array = Any  # a pyarrow Array of any type; its stubs have no common base that fits

_RAW: Mapping[str, pa.DataType] = {
    "null": pa.null(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "bytes": pa.binary(),
}
_TIMES: Mapping[str, pa.DataType] = {
    "date": pa.date32(),
    "time-millis": pa.time32("ms"),
    "time-micros": pa.time64("us"),
    "timestamp-millis": pa.timestamp("ms", "UTC"),
    "timestamp-micros": pa.timestamp("us", "UTC"),
    "local-timestamp-millis": pa.timestamp("ms"),
    "local-timestamp-micros": pa.timestamp("us"),
}


def batches(path: Path, wanted: pa.Schema) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The rows of a file; columns of ``wanted`` in its types where their values fit. Raises ValueError,
    at once or while it is read."""
    with path.open("rb") as source:
        whole = BlockReader(source).schema
    if not isinstance(whole, dict) or whole.get("type") != "record":
        raise ValueError("the rows of the Avro file are not records")
    named: dict[str, Schema] = {}
    fields = [
        (member.get(OWN_NAME, member["name"]), member["name"], _resolved(member["type"], named))
        for member in whole["fields"]
    ]
    raw = {key: _raw_type(schema) for _, key, schema in fields}
    shape = []
    for name, key, schema in fields:
        held = _logical_type(schema, raw[key])
        place = wanted.get_field_index(name)
        fits = place >= 0 and _fits(held, wanted.field(place).type)
        shape.append(wanted.field(place) if fits else pa.field(name, held))
    plain = _without_logic(whole)

    def read() -> Iterator[pa.RecordBatch]:
        for records in _records(path, plain):
            arrays = []
            for (_, key, schema), field in zip(fields, shape, strict=True):
                values = pa.array([record[key] for record in records], raw[key])
                logical = _logical(values, schema)
                arrays.append(restored(logical, field) if logical.type != field.type else logical)
            yield pa.RecordBatch.from_arrays(arrays, schema=pa.schema(shape))

    return pa.schema(shape), read()


def _records(path: Path, plain: Schema) -> Iterator[list[Any]]:
    """The rows of each block, with the values as they are stored."""
    import json

    import fastavro

    text = json.dumps(plain).encode()
    codec = varint(10) + b"avro.codec" + varint(4) + b"null"
    head = MAGIC + varint(2) + varint(11) + b"avro.schema" + varint(len(text)) + text + codec + varint(0)
    marker = bytes(16)
    with path.open("rb") as source:
        for count, data in BlockReader(source).blocks():
            one = head + marker + varint(count) + varint(len(data)) + data + marker
            try:
                yield list(fastavro.reader(BytesIO(one)))
            except (EOFError, IndexError, TypeError, UnicodeDecodeError) as problem:
                raise ValueError(f"the Avro file is damaged: {problem}") from problem


def _without_logic(schema: Schema) -> Schema:
    """``schema`` with the stored types alone: values come as numbers and bytes, which Arrow converts."""
    match schema:
        case dict():
            return {
                k: _without_logic(v) for k, v in schema.items() if k not in ("logicalType", "doc", "default")
            }
        case list():
            return [_without_logic(s) for s in schema]
        case _:
            return schema


def _resolved(schema: Schema, named: dict[str, Schema]) -> Schema:
    """``schema`` without ``null`` in unions of two, names replaced by what they stand for."""
    match schema:
        case [one, other] if "null" in (one, other):
            return _resolved(other if one == "null" else one, named)
        case list():
            raise ValueError("the Avro file has a union of several types, which no column of specdsl is")
        case str():
            return schema if schema in _RAW else named[schema]
        case {"type": "record"}:
            members = [{**m, "type": _resolved(m["type"], named)} for m in schema["fields"]]
            named[schema["name"]] = out = {**schema, "fields": members}
            return out
        case {"type": "array"}:
            return {**schema, "items": _resolved(schema["items"], named)}
        case {"type": "enum" | "fixed"}:
            named[schema["name"]] = schema
            return schema
        case {"type": dict() | list()}:
            return _resolved(schema["type"], named)
        case {"type": str() as kind} if kind in _RAW:
            return schema
        case _:
            raise ValueError(f"the Avro file has a {schema.get('type')}, which no column of specdsl is")


def _raw_type(schema: Schema) -> pa.DataType:
    match schema:
        case str():
            return _RAW[schema]
        case {"type": "record"}:
            return pa.struct([pa.field(m["name"], _raw_type(m["type"])) for m in schema["fields"]])
        case {"type": "array"}:
            return pa.list_(_raw_type(schema["items"]))
        case {"type": "enum"}:
            return pa.string()
        case {"type": "fixed"}:
            return pa.binary(schema["size"])
        case _:
            return _RAW[schema["type"]]


def _logical_type(schema: Schema, raw: pa.DataType) -> pa.DataType:
    match schema:
        case {"type": "record"}:
            members = [
                pa.field(m.get(OWN_NAME, m["name"]), _logical_type(m["type"], raw.field(i).type))
                for i, m in enumerate(schema["fields"])
            ]
            return pa.struct(members)
        case {"type": "array"}:
            return pa.list_(_logical_type(schema["items"], raw.value_type))
        case {"logicalType": "decimal"}:
            return pa.decimal128(schema["precision"], schema.get("scale", 0))
        case {"logicalType": str() as name} if name in _TIMES:
            return _TIMES[name]
        case {"specdsl:type": "duration"}:
            return pa.duration("us")
        case _:
            return raw


def _logical(array: Array, schema: Schema) -> Array:
    kind = _logical_type(schema, array.type)
    match schema:
        case {"type": "record"}:
            by_place = iter(schema["fields"])
            return rebuilt(
                array, pa.field("", kind), lambda child, _: _logical(child, next(by_place)["type"])
            )
        case {"type": "array"}:
            return rebuilt(array, pa.field("", kind), lambda child, _: _logical(child, schema["items"]))
        case {"logicalType": "decimal"}:
            return _decimals(array, kind)
        case _:
            return array if array.type == kind else array.cast(kind)


def _decimals(array: Array, kind: pa.DataType) -> Array:
    """Numbers of their bytes, the highest first and with a sign."""
    sizes = pc.binary_length(array) if not pa.types.is_fixed_size_binary(array.type) else None
    if sizes is not None:
        values = [None if v is None else int.from_bytes(v, "big", signed=True) for v in array.to_pylist()]
        low = b"".join((v or 0).to_bytes(16, "little", signed=True) for v in values)
    else:
        size = array.type.byte_width
        if size > 16:
            raise ValueError(f"the Avro file has decimals of {size} bytes; at most 16 can be read")
        filled = pc.fill_null(array, bytes(size))
        data = np.frombuffer(filled.buffers()[1], np.uint8)[filled.offset * size :][: len(array) * size]
        wide = np.empty((len(array), 16), np.uint8)
        big = data.reshape(-1, size)
        wide[:, :size] = big[:, ::-1]
        wide[:, size:] = ((big[:, 0] >> 7) * 255)[:, None]
        low = wide.tobytes()
    valid = pa.py_buffer(np.packbits(np.asarray(array.is_valid()), bitorder="little"))
    return pa.Array.from_buffers(kind, len(array), [valid, pa.py_buffer(low)])


def _fits(held: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether values of the file's type can be looked at as those of the declared one."""
    if pa.types.is_list(wanted):
        return pa.types.is_list(held) and _fits(held.value_type, wanted.value_type)
    if pa.types.is_struct(wanted):
        names = [field.name for field in wanted]
        return (
            pa.types.is_struct(held)
            and [field.name for field in held] == names
            and all(_fits(a.type, b.type) for a, b in zip(held, wanted, strict=True))
        )
    if held == wanted:
        return True
    if pa.types.is_dictionary(wanted) or wanted == pa.uuid():
        return bool(pa.types.is_string(held))
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(held) or (wanted == pa.uint64() and held == pa.decimal128(20, 0)))
    return bool(pa.types.is_duration(wanted) and held == pa.int64())
