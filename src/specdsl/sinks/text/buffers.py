"""Arrow string arrays made of and looked at as bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


def validity(array: pa.Array[Any]) -> pa.Buffer | None:
    """The validity bitmap of ``array``, starting at its first value; None when nothing is null."""
    if array.null_count == 0:
        return None
    if array.offset == 0 and array.buffers()[0] is not None:
        return array.buffers()[0]
    bits = np.packbits(bools(pc.is_valid(array)), bitorder="little")
    return pa.py_buffer(bits)


def numbers(array: pa.Array[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """The values of a fixed-width array as numpy, shape (n,), 0 where null."""
    values = np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]
    if array.null_count == 0:
        return values
    return np.where(bools(pc.is_valid(array)), values, dtype(0))


def bools(array: pa.BooleanArray) -> NDArray[np.bool_]:
    """A boolean array without nulls as numpy, shape (n,)."""
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    return np.unpackbits(bits, bitorder="little")[array.offset : array.offset + len(array)].view(np.bool_)


def fixed_width(matrix: Bytes, valid: pa.Buffer | None) -> pa.StringArray:
    """The rows of a uint8 matrix of shape (n, width), ASCII, as strings."""
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix)), valid
    )


def left_parts(matrix: Bytes, lengths: NDArray[np.int64], valid: pa.Buffer | None) -> pa.StringArray:
    """The first ``lengths[i]`` bytes of each row ``i`` of ``matrix`` as strings."""
    mask = np.arange(matrix.shape[1]) < lengths[:, None]
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.StringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(matrix[mask]), valid)


def text_bytes(array: pa.StringArray) -> memoryview:
    """The bytes of all values of ``array``, one after the other (those of nulls may be among them)."""
    if len(array) == 0 or array.buffers()[2] is None:
        return memoryview(b"")
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    return memoryview(array.buffers()[2])[int(offsets[0]) : int(offsets[-1])]


def has_empty(array: pa.StringArray) -> bool:
    """Whether some value that is not null is the empty string."""
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    empty = offsets[1:] == offsets[:-1]
    if not empty.any():
        return False
    if array.null_count == 0:
        return True
    return bool((empty & bools(pc.is_valid(array))).any())


def plain_strings(array: pa.Array[Any]) -> pa.StringArray:
    """Strings of any Arrow kind as a ``StringArray``."""
    if isinstance(array, pa.StringArray):
        return array
    if pa.types.is_dictionary(array.type):
        array = pc.take(array.dictionary, array.indices)
    return array.cast(pa.string())
