"""Vectors to and from Arrow arrays, over the same memory where the physical forms agree."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.errors import DataError
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import BoolArray, Lists, Vector


def to_arrow(vector: Vector, *, keep_dictionary: bool = False) -> strings.ArrowArray:
    """The Arrow array of ``vector``, of type ``arrow_type(vector.type)``.

    With ``keep_dictionary`` strings that are held as a dictionary stay one (int32 codes); the default
    gives every batch of a column the same type. Raises DataError for more than 2 GiB of text.
    """
    n = selection.length(vector)
    valid = _bitmap(vector.valid)
    dtype = vector.type
    match dtype:
        case t.Null() | t.Unknown():
            return pa.nulls(n)
        case t.Bool():
            bits = np.packbits(selection.array(vector), bitorder="little")
            return pa.Array.from_buffers(pa.bool_(), n, [valid, strings.buffer(bits)])
        case t.Decimal():
            wide = np.empty((n, 2), dtype=np.int64)
            wide[:, 0] = selection.array(vector)
            np.right_shift(wide[:, 0], 63, out=wide[:, 1])
            return pa.Array.from_buffers(arrow_type(dtype), n, [valid, strings.buffer(wide)])
        case t.Uuid():
            raw = np.ascontiguousarray(vector.data)
            storage = pa.Array.from_buffers(pa.binary(16), n, [valid, strings.buffer(raw)])
            return pa.ExtensionArray.from_storage(pa.uuid(), storage)
        case t.Enum(_, members):
            atype: Any = arrow_type(dtype)
            codes = selection.array(vector).astype(atype.index_type.to_pandas_dtype(), copy=False)
            indices = pa.Array.from_buffers(atype.index_type, n, [valid, strings.buffer(codes)])
            return pa.DictionaryArray.from_arrays(indices, strings.from_python(members), safe=False)
        case t.String() | t.Json() | t.Bytes():
            return _text_to_arrow(cast("strings.Strings", vector.data), n, valid, keep_dictionary)
        case t.List():
            return _list_to_arrow(vector, n, valid, arrow_type(dtype))
        case t.Struct(fields):
            held = cast("tuple[Vector, ...]", vector.data)
            children = [
                to_arrow(selection.as_type(v if f.nullable else _under(v, vector.valid), f.type))
                for v, f in zip(held, fields, strict=True)
            ]
            return pa.Array.from_buffers(arrow_type(dtype), n, [valid], children=children)
        case t.Tuple():
            raise TypeError("a tuple is no column's value")
        case _:
            atype = arrow_type(dtype)
            data = np.ascontiguousarray(vector.data, dtype=_storage(dtype))
            return pa.Array.from_buffers(atype, n, [valid, strings.buffer(data)])


def _under(member: Vector, struct_valid: BoolArray | None) -> Vector:
    """The member, no longer null where its struct is: Arrow has no nulls in fields that allow none. What it
    has for members that are never null either is not null there as well."""
    if struct_valid is None:
        return member
    data = member.data
    if isinstance(member.type, t.Struct):
        held = cast("tuple[Vector, ...]", data)
        fields = zip(held, member.type.fields, strict=True)
        data = tuple(v if f.nullable else _under(v, struct_valid) for v, f in fields)
    valid = None if member.valid is None else member.valid | ~struct_valid
    return Vector(member.type, data, None if valid is None or valid.all() else valid)


def _storage(dtype: t.DataType) -> np.dtype[Any]:
    match dtype:
        case t.Int(bits, signed):
            return np.dtype(f"{'i' if signed else 'u'}{bits // 8}")
        case t.Float(bits):
            return np.dtype(f"f{bits // 8}")
        case t.Date():
            return np.dtype(np.int32)
        case _:
            return np.dtype(np.int64)


def _bitmap(valid: BoolArray | None) -> Any:
    if valid is None or bool(valid.all()):
        return None
    return strings.buffer(np.packbits(valid, bitorder="little"))


def _text_to_arrow(array: strings.Strings, n: int, valid: Any, keep_dictionary: bool) -> strings.ArrowArray:
    if strings.is_dictionary(array) and keep_dictionary:
        if valid is None:
            return array
        indices = pa.Array.from_buffers(
            pa.int32(), n, [valid, array.indices.buffers()[1]], offset=array.indices.offset
        )
        return pa.DictionaryArray.from_arrays(indices, array.dictionary, safe=False)
    array = strings.plain(array)
    if valid is None:
        return array
    _, offsets, data = array.buffers()
    return pa.Array.from_buffers(array.type, n, [valid, offsets, data])


def _list_to_arrow(vector: Vector, n: int, valid: Any, atype: pa.DataType) -> strings.ArrowArray:
    lists = cast("Lists", vector.data)
    strings.check_size(int(lists.offsets[-1]))
    offsets = lists.offsets.astype(np.int32)
    items = to_arrow(selection.as_type(lists.items, cast("t.List", vector.type).item))
    return pa.Array.from_buffers(atype, n, [valid, strings.buffer(offsets)], children=[items])


# --- from Arrow ------------------------------------------------------------------------------


def from_arrow(array: strings.ArrowArray, dtype: t.DataType) -> Vector:
    """The vector of ``dtype`` with the values of ``array``, whose type is converted where it is a
    relative (narrower integers, seconds, large strings, text of enum members). Raises DataError when
    a value has no counterpart in ``dtype``.
    """
    if isinstance(array, pa.ChunkedArray):
        array = _combined(array)
    try:
        return _convert(array, dtype)
    except pa.ArrowInvalid as error:
        raise DataError(f"the file's values do not fit into {dtype}: {str(error).splitlines()[0]}") from error


def _combined(array: strings.ArrowArray) -> strings.ArrowArray:
    if array.num_chunks == 1:
        return array.chunk(0)
    if pa.types.is_dictionary(array.type):
        array = array.unify_dictionaries()
    return array.combine_chunks() if array.num_chunks else pa.nulls(0, array.type)


def _validity(array: strings.ArrowArray) -> BoolArray | None:
    return None if array.null_count == 0 else strings.bool_numpy(array.is_valid())


def _values(array: strings.ArrowArray, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The fixed-width values of ``array`` over its memory."""
    n = len(array)
    buffer = array.buffers()[1]
    if buffer is None or n == 0:
        return np.zeros(n, dtype=dtype)
    return np.frombuffer(buffer, dtype=dtype)[array.offset : array.offset + n]


def _convert(array: strings.ArrowArray, dtype: t.DataType) -> Vector:
    if pa.types.is_null(array.type):
        return selection.nulls(dtype, len(array))
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    match dtype:
        case t.String() | t.Json():
            return _text(array, dtype)
        case t.Enum():
            return _enum(array, dtype)
        case t.Bytes():
            return _bytes(array, dtype)
        case t.List(item):
            return _list(array, dtype, item)
        case t.Struct(fields):
            valid = _validity(array)
            flat = [array.field(array.type.get_field_index(f.name)) for f in fields]
            items = tuple(_convert(a, f.type) for a, f in zip(flat, fields, strict=True))
            return Vector(
                dtype, items, valid if fields or valid is not None else np.ones(len(array), np.bool_)
            )
    valid = _validity(array)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    match dtype:
        case t.Bool():
            return Vector(dtype, strings.bool_numpy(_cast(array, pa.bool_())), valid)
        case t.Decimal():
            return Vector(dtype, _decimal(array, dtype, valid), valid)
        case t.Uuid():
            return Vector(dtype, _uuid(array), valid)
        case _:
            data = _values(_cast(array, arrow_type(dtype)), _storage(dtype))
            return Vector(dtype, data.astype(selection.numpy_dtype(dtype), copy=False), valid)


def _cast(array: strings.ArrowArray, atype: pa.DataType) -> strings.ArrowArray:
    if array.type == atype:
        return array
    if pa.types.is_timestamp(array.type) and pa.types.is_timestamp(atype):
        # Instants are instants: naive ones are taken as UTC; finer ones are cut to microseconds.
        return array.cast(pa.timestamp("us"), safe=False).cast(atype)
    safe = not (pa.types.is_time(atype) or pa.types.is_duration(atype) or pa.types.is_floating(atype))
    return array.cast(atype, safe=safe)


def _text(array: strings.ArrowArray, dtype: t.DataType) -> Vector:
    valid = _validity(array)
    if pa.types.is_dictionary(array.type):
        values = array.dictionary.cast(pa.string())
        codes = _filled_codes(array, valid)
        inner = _validity(values)
        if inner is not None:
            valid = selection.both(valid, np.take(inner, codes))
        if len(values) == 0:
            return selection.nulls(dtype, len(array))
        return Vector(dtype, strings.dictionary(codes, _normal(values)), valid)
    return Vector(dtype, _normal(_cast(array, pa.string())), valid)


def _filled_codes(array: strings.ArrowArray, valid: BoolArray | None) -> NDArray[np.int32]:
    indices = array.indices.cast(pa.int32())
    codes = _values(indices, np.dtype(np.int32))
    return codes if valid is None else np.where(valid, codes, np.int32(0))


def _normal(array: strings.ArrowArray) -> strings.Strings:
    """The same strings with offset 0 and no validity bitmap (nulls become what lies under them)."""
    offsets, data = strings.buffers_of(array)
    if array.offset:
        data = data[int(offsets[0]) : int(offsets[-1])]
        offsets = offsets - offsets[0]
    return strings.from_buffers(offsets, data, array.type)


def _bytes(array: strings.ArrowArray, dtype: t.DataType) -> Vector:
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    valid = _validity(array)
    return Vector(dtype, _normal(_cast(array, pa.binary())), valid)


def _enum(array: strings.ArrowArray, dtype: t.Enum) -> Vector:
    text = _text(array, t.STRING)
    codes, values = strings.encode(cast("strings.Strings", text.data))
    places = {member: i for i, member in enumerate(dtype.members)}
    table = np.fromiter((places.get(v, -1) for v in values.to_pylist()), dtype=np.int32, count=len(values))
    found = np.take(table, codes) if len(table) else np.zeros(len(codes), dtype=np.int32)
    wrong = found < 0 if text.valid is None else (found < 0) & text.valid
    if wrong.any():
        value = values[int(codes[int(np.argmax(wrong))])].as_py()
        raise DataError(f"`{value}` is not a member of enum `{dtype.name}`")
    return Vector(dtype, np.maximum(found, 0), text.valid)


def _list(array: strings.ArrowArray, dtype: t.DataType, item: t.DataType) -> Vector:
    valid = _validity(array)
    if not pa.types.is_list(array.type):
        array = array.cast(pa.list_(array.type.value_type))
    offsets = array.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
    lists = Lists(offsets, _convert(array.values, item))
    if valid is None and (len(offsets) == 0 or offsets[0] == 0):
        return Vector(dtype, lists, valid)
    positions = np.arange(len(array), dtype=np.int64)
    return selection.with_valid(selection.take(Vector(dtype, lists), positions), valid)


def _decimal(array: strings.ArrowArray, dtype: t.Decimal, valid: BoolArray | None) -> NDArray[np.int64]:
    if not pa.types.is_decimal128(array.type) or array.type.scale != dtype.scale:
        array = array.cast(pa.decimal128(38, dtype.scale), safe=not pa.types.is_floating(array.type))
    wide = _values_wide(array)
    fits = (wide[:, 0] >> 63) == wide[:, 1]
    if not bool((fits if valid is None else fits | ~valid).all()):
        raise DataError(f"a decimal of the file has too many digits for {dtype}: at most 18 are held")
    return wide[:, 0].copy()


def _values_wide(array: strings.ArrowArray) -> NDArray[np.int64]:
    raw = np.frombuffer(array.buffers()[1], dtype=np.int64) if len(array) else np.empty(0, np.int64)
    return raw.reshape(-1, 2)[array.offset : array.offset + len(array)]


def _uuid(array: strings.ArrowArray) -> NDArray[np.uint8]:
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        digits = pc.replace_substring(array.cast(pa.string()).fill_null("0" * 32), "-", "")
        try:
            raw = b"".join(map(bytes.fromhex, digits.to_pylist()))
            return np.frombuffer(raw, dtype=np.uint8).reshape(len(array), 16)
        except ValueError as error:
            raise DataError(f"the file has text that is no uuid: {error}") from error
    raw_array = array if pa.types.is_fixed_size_binary(array.type) else array.cast(pa.binary(16))
    data = np.frombuffer(raw_array.buffers()[1], dtype=np.uint8) if len(array) else np.empty(0, np.uint8)
    return data.reshape(-1, 16)[raw_array.offset : raw_array.offset + len(array)]
