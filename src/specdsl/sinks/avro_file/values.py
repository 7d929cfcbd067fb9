"""Columns as the bytes that Avro writes for them, a value a row (Avro 1.11, "Binary Encoding").

All is done for a column at a time: what a row is written as is the join of what its columns are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.sinks.avro_file.schemas import decimal_size, has_symbols
from specdsl.sinks.text.buffers import bools, numbers, plain_strings, validity
from specdsl.sinks.text.values import uuid_text

Array = Any  # a pyarrow Array of any type; its stubs have no common base that fits

_NULL, _PRESENT = b"\x00", b"\x02"  # the branches of ["null", T]
_UUID = b"\x48"  # 36 characters follow


def encoded(array: Array, field: pa.Field, dtype: t.DataType | None) -> pa.BinaryArray:
    """The bytes of each value. Where ``field`` is nullable nulls have bytes, too; elsewhere they are null (as
    below a struct that is null). ``dtype`` says what the members of enums are."""
    values = _values(array, field, dtype)
    if not field.nullable:
        return values
    joined = pc.binary_join_element_wise(pa.scalar(_PRESENT), values, pa.scalar(b""))
    return pc.fill_null(joined, _NULL) if array.null_count else joined


def joined_rows(columns: list[pa.BinaryArray]) -> memoryview:
    """What the rows are written as, one after the other."""
    if not columns:
        return memoryview(b"")
    return _bytes_of(pc.binary_join_element_wise(*columns, pa.scalar(b"")))


def varints(values: NDArray[np.int64], valid: pa.Buffer | None = None) -> pa.BinaryArray:
    """Whole numbers, zigzag and in groups of seven bits, the lowest first."""
    folded = ((values << 1) ^ (values >> 63)).view(np.uint64)
    longest = max(1, -(-int(folded.max()).bit_length() // 7)) if len(folded) else 1
    if longest == 1:
        return _fixed(folded.astype(np.uint8).reshape(-1, 1), valid)
    lengths = np.ones(len(folded), np.int64)
    for k in range(1, longest):
        lengths += folded >= np.uint64(1 << 7 * k)
    matrix = np.empty((len(folded), longest), np.uint8)
    for k in range(longest):
        seven = (folded >> np.uint64(7 * k)).astype(np.uint8) & 0x7F
        matrix[:, k] = seven | ((lengths > k + 1).view(np.uint8) << 7)
    offsets = np.zeros(len(folded) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    data = matrix[np.arange(longest) < lengths[:, None]]
    return pa.Array.from_buffers(pa.binary(), len(folded), [valid, pa.py_buffer(offsets), pa.py_buffer(data)])


def _fixed(matrix: NDArray[np.uint8], valid: pa.Buffer | None) -> pa.BinaryArray:
    """The rows of a uint8 matrix of shape (n, width)."""
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    data = pa.py_buffer(np.ascontiguousarray(matrix))
    return pa.Array.from_buffers(pa.binary(), count, [valid, pa.py_buffer(offsets), data])


def _values(array: Array, field: pa.Field, dtype: t.DataType | None) -> pa.BinaryArray:
    """The bytes of each value, null where null."""
    kind = array.type
    valid = validity(array.storage if isinstance(array, pa.ExtensionArray) else array)
    if pa.types.is_list(kind):
        return _lists(array, field, dtype)
    if pa.types.is_struct(kind):
        return _structs(array, field, dtype)
    if pa.types.is_dictionary(kind) and pa.types.is_dictionary(field.type) and has_symbols(dtype):
        assert isinstance(dtype, t.Enum)
        places = pc.index_in(plain_strings(array.dictionary), pa.array(dtype.members, pa.string()))
        return varints(numbers(pc.take(places, array.indices), np.int32).astype(np.int64), valid)
    if pa.types.is_dictionary(kind):
        array, kind = plain_strings(array), pa.string()
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        sizes = pc.fill_null(pc.binary_length(array), 0).to_numpy(zero_copy_only=False)
        return pc.binary_join_element_wise(
            varints(sizes.astype(np.int64)), array.cast(pa.binary()), pa.scalar(b"")
        )
    if kind == pa.uuid():
        text = uuid_text(array).cast(pa.binary())
        return pc.binary_join_element_wise(pa.scalar(_UUID), text, pa.scalar(b""))
    if pa.types.is_boolean(kind):
        return _fixed(bools(pc.fill_null(array, False)).view(np.uint8).reshape(-1, 1), valid)
    if pa.types.is_floating(kind):
        number = np.float32 if kind == pa.float32() else np.float64
        little = numbers(array, number).astype(np.dtype(number).newbyteorder("<"))
        return _fixed(little.view(np.uint8).reshape(len(array), little.itemsize), valid)
    if pa.types.is_decimal(kind) or kind == pa.uint64():
        whole = array.cast(pa.decimal128(20, 0)) if kind == pa.uint64() else array
        size = decimal_size(whole.type.precision)
        data = np.frombuffer(whole.buffers()[1], np.uint8)[whole.offset * 16 :][: len(whole) * 16]
        return _fixed(data.reshape(-1, 16)[:, size - 1 :: -1], valid)
    if pa.types.is_integer(kind):
        return varints(numbers(array.cast(pa.int64()), np.int64), valid)
    if pa.types.is_date32(kind):
        return varints(numbers(array, np.int32).astype(np.int64), valid)
    return varints(numbers(array, np.int64), valid)  # times, timestamps, durations


def _lists(array: Array, field: pa.Field, dtype: t.DataType | None) -> pa.BinaryArray:
    """One block with all items, and the empty block that ends a list."""
    item = dtype.item if isinstance(dtype, t.List) else None
    sizes = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    offsets = np.zeros(len(array) + 1, np.int32)
    np.cumsum(sizes, out=offsets[1:])
    items = encoded(array.flatten(), field.type.value_field, item)
    nulls = array.is_null() if array.null_count else None
    lists = pa.ListArray.from_arrays(pa.array(offsets), items, mask=nulls)
    joined = pc.binary_join(lists, pa.scalar(b""))
    whole = pc.binary_join_element_wise(varints(sizes), joined, pa.scalar(_NULL), pa.scalar(b""))
    empty = pa.array(sizes == 0)
    return pc.if_else(pc.and_(empty, array.is_valid()), pa.scalar(_NULL), whole)


def _structs(array: Array, field: pa.Field, dtype: t.DataType | None) -> pa.BinaryArray:
    types = [f.type for f in dtype.fields] if isinstance(dtype, t.Struct) else [None] * field.type.num_fields
    members = [
        encoded(child, inner, kind)
        for child, inner, kind in zip(array.flatten(), list(field.type), types, strict=True)
    ]
    whole = pc.binary_join_element_wise(*members, pa.scalar(b""))
    return pc.if_else(array.is_valid(), whole, pa.scalar(None, pa.binary())) if array.null_count else whole


def _bytes_of(array: pa.BinaryArray) -> memoryview:
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    return memoryview(array.buffers()[2] or b"")[int(offsets[0]) : int(offsets[-1])]
