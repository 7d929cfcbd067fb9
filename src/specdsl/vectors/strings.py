"""Arrow strings from and to their buffers: no Python object per value, no validity bitmap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.errors import DataError
from specdsl.vectors.vector import BoolArray, Int64Array

Bytes = NDArray[np.uint8]
Codes = NDArray[np.int32]
Strings: TypeAlias = Any
"""A ``pa.StringArray`` (or BinaryArray), or a DictionaryArray of int32 codes over one. (pyarrow's stubs
know too little of its classes to be worth naming them.)"""
ArrowArray: TypeAlias = Any
"""Any ``pa.Array``."""

_TOO_LONG = (1 << 31) - 1


def buffer(data: NDArray[Any] | bytes) -> Any:
    """An Arrow buffer over the memory of ``data`` (kept alive by it)."""
    memory: Any = data
    return pa.py_buffer(memory)


def from_buffers(
    offsets: NDArray[np.int32], data: Bytes | bytes, atype: pa.DataType | None = None
) -> Strings:
    """A StringArray (BinaryArray for ``pa.binary()``) of ``len(offsets) - 1`` values."""
    n = len(offsets) - 1
    return pa.Array.from_buffers(
        pa.string() if atype is None else atype, n, [None, buffer(offsets), buffer(data)]
    )


def offsets_of(lengths: NDArray[Any]) -> NDArray[np.int32]:
    """int32 offsets (n + 1,) of values of these byte lengths. Raises DataError beyond 2 GiB."""
    total = int(lengths.sum(dtype=np.int64))
    check_size(total)
    offsets = np.empty(len(lengths) + 1, dtype=np.int32)
    offsets[0] = 0
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def check_size(total: int) -> None:
    """Raises DataError when ``total`` bytes of text are more than one array can hold."""
    if total > _TOO_LONG:
        raise DataError(
            f"one batch holds {total:,} bytes of text in one column, more than 2 GiB",
            "make the strings shorter, or the batches smaller",
        )


def from_python(values: Sequence[str | bytes], atype: pa.DataType | None = None) -> Strings:
    """A StringArray (or BinaryArray) of a few Python values (``pa.array`` would import pandas)."""
    encoded = [v.encode() if isinstance(v, str) else v for v in values]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    return from_buffers(offsets_of(lengths), b"".join(encoded), atype)


def buffers_of(array: Strings) -> tuple[NDArray[np.int32], Bytes]:
    """The int32 offsets (n + 1,) and the bytes of a plain string or binary array (of any offset)."""
    _, offsets, data = array.buffers()
    n = len(array)
    if n == 0 or offsets is None:
        return np.zeros(1, dtype=np.int32), np.empty(0, dtype=np.uint8)
    bounds = np.frombuffer(offsets, dtype=np.int32)[array.offset : array.offset + n + 1]
    raw = np.empty(0, dtype=np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
    return bounds, raw


def byte_lengths(array: Strings) -> NDArray[np.int32]:
    """The length of each value in bytes, int32 (n,)."""
    if is_dictionary(array):
        return np.take(byte_lengths(array.dictionary), codes_of(array))
    offsets, _ = buffers_of(array)
    return np.diff(offsets)


def is_dictionary(array: Strings) -> bool:
    """Whether ``array`` is codes over a dictionary."""
    return isinstance(array, pa.DictionaryArray)


def codes_of(array: Strings) -> Codes:
    """The int32 codes (n,) of a dictionary array, without a copy."""
    if len(array) == 0:
        return np.empty(0, dtype=np.int32)
    indices = array.indices
    return np.frombuffer(indices.buffers()[1], dtype=np.int32)[indices.offset : indices.offset + len(indices)]


def dictionary(codes: NDArray[Any], values: Strings) -> Strings:
    """A DictionaryArray of ``values[codes]``."""
    narrow = np.ascontiguousarray(codes, dtype=np.int32)
    indices = pa.Array.from_buffers(pa.int32(), len(narrow), [None, buffer(narrow)])
    return pa.DictionaryArray.from_arrays(indices, values, safe=False)


def constant(value: str | bytes, n: int, atype: pa.DataType | None = None) -> Strings:
    """``n`` times ``value``: a dictionary of one entry (binary values are repeated plainly)."""
    one = from_python([value], atype)
    if isinstance(value, bytes):
        return take(one, np.zeros(n, dtype=np.int64))
    return dictionary(np.zeros(n, dtype=np.int32), one)


def int64_array(values: NDArray[Any]) -> ArrowArray:
    """A ``pa.Int64Array`` over the memory of ``values`` (n,)."""
    whole = np.ascontiguousarray(values, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(whole), [None, buffer(whole)])


def bool_numpy(array: ArrowArray) -> BoolArray:
    """A boolean Arrow array without nulls as numpy bool (n,)."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if len(array) == 0:
        return np.empty(0, dtype=np.bool_)
    bits = np.frombuffer(array.buffers()[1], dtype=np.uint8)
    whole = np.unpackbits(bits, count=array.offset + len(array), bitorder="little")
    return whole[array.offset :].view(np.bool_)


def looked_up(answers: ArrowArray, codes: Codes) -> BoolArray:
    """What a boolean Arrow array says of the dictionary entry of each code."""
    found: BoolArray = np.take(bool_numpy(answers), codes)
    return found


def take(array: Strings, positions: Int64Array) -> Strings:
    """The values at ``positions``; dictionaries keep their dictionary."""
    if is_dictionary(array):
        return dictionary(np.take(codes_of(array), positions), array.dictionary)
    if len(positions) == 0:
        return from_buffers(np.zeros(1, dtype=np.int32), b"", array.type)
    lengths = np.take(byte_lengths(array), positions)
    check_size(int(lengths.sum(dtype=np.int64)))
    return pc.take(array, int64_array(positions), boundscheck=False)


def plain(array: Strings) -> Strings:
    """The same values without a dictionary."""
    if not is_dictionary(array):
        return array
    return take(array.dictionary, codes_of(array).astype(np.int64))


def encode(array: Strings) -> tuple[Codes, Strings]:
    """Codes and distinct values: a dictionary's own (its values may repeat), else made."""
    found = array if is_dictionary(array) else pc.dictionary_encode(array)
    return codes_of(found), found.dictionary


def distinct_codes(array: Strings) -> Codes:
    """int32 codes (n,) that are equal exactly where the values are."""
    codes, values = encode(array)
    if not is_dictionary(array):
        return codes
    ids, _ = encode(pc.dictionary_encode(values))
    return np.take(ids, codes)


def same_buffer(left: Strings, right: Strings) -> bool:
    """Whether two plain arrays are the same memory (a cheap sign of equality)."""
    if left is right:
        return True
    if len(left) != len(right) or left.offset != right.offset or len(left) == 0:
        return False
    a, b = left.buffers(), right.buffers()
    return all(
        (x is None and y is None)
        or (x is not None and y is not None and x.address == y.address and x.size == y.size)
        for x, y in zip(a[1:], b[1:], strict=True)
    )


def concat(arrays: Sequence[Strings]) -> Strings:
    """All values after each other; a dictionary when all are (dictionaries are joined), else plain."""
    if len(arrays) == 1:
        return arrays[0]
    if all(map(is_dictionary, arrays)):
        shared: list[Strings] = []
        bases: list[int] = []
        parts: list[Codes] = []
        for array in arrays:
            found = next((i for i, d in enumerate(shared) if same_buffer(d, array.dictionary)), None)
            if found is None:
                bases.append(sum(map(len, shared)))
                shared.append(array.dictionary)
                found = len(shared) - 1
            parts.append(codes_of(array) + np.int32(bases[found]))
        return dictionary(np.concatenate(parts), _concat_plain(shared))
    return _concat_plain([plain(a) for a in arrays])


def _concat_plain(arrays: Sequence[Strings]) -> Strings:
    if len(arrays) == 1:
        return arrays[0]
    check_size(sum(int(o[-1]) - int(o[0]) for o, _ in map(buffers_of, arrays)))
    return pa.concat_arrays(list(arrays))
