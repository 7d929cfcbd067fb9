"""64-bit hashes of values, for indexes over keys of any type. Equal values have equal hashes; among a
billion distinct values two share one with a probability of about 3 %, among ten million of 3 in 10**6."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.randomness.streams import mix
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import BoolArray, UInt64Array, Vector

_ODD = np.uint64(0xD1342543DE82EF95)
_NULL = np.uint64(0x5851F42D4C957F2D)


def hashable(dtype: t.DataType) -> bool:
    """Whether values of the type can be hashed (all but lists and structs)."""
    return not isinstance(dtype, (t.List, t.Struct, t.Tuple))


def hashes(vector: Vector) -> UInt64Array:
    """A hash of each value, uint64 (n,). Nulls have one too, equal among themselves."""
    match vector.data:
        case pa.Array() as texts:
            out = _of_texts(texts)
        case data:
            out = _of_numbers(vector.type, np.asarray(data))
    if vector.valid is not None:
        out = np.where(vector.valid, out, _NULL)
    return out


def combined(vectors: list[Vector]) -> tuple[UInt64Array, BoolArray | None]:
    """One hash of several values in each row, and where none of them is null."""
    out: UInt64Array | None = None
    valid: BoolArray | None = None
    for vector in vectors:
        valid = selection.both(valid, vector.valid)
        part = hashes(vector)
        out = part if out is None else mix(out * _ODD + part)
    assert out is not None
    return out, valid


def _of_numbers(dtype: t.DataType, data: NDArray[Any]) -> UInt64Array:
    if isinstance(dtype, t.Uuid):
        words = np.ascontiguousarray(data).view(np.uint64).reshape(-1, 2)
        return mix(mix(words[:, 0] * _ODD) + words[:, 1])
    if data.dtype == np.float64:
        data = (data + 0.0).view(np.uint64)  # -0.0 becomes 0.0
    if data.dtype != np.uint64:
        data = data.astype(np.int64).view(np.uint64)
    return mix(data * _ODD)


def _of_texts(texts: pa.Array) -> UInt64Array:
    if strings.is_dictionary(texts):
        table = _of_plain(cast("pa.DictionaryArray", texts).dictionary)
        if not len(table):
            return np.zeros(len(texts), dtype=np.uint64)
        return np.take(table, strings.codes_of(texts))
    return _of_plain(texts)


def _of_plain(texts: pa.Array) -> UInt64Array:
    """The sum over a text's bytes of a hash of byte and place, mixed with the length."""
    offsets, data = strings.buffers_of(texts)
    lengths = np.diff(offsets).astype(np.int64)
    out = lengths.astype(np.uint64)
    full = np.flatnonzero(lengths)
    if len(full):
        first, last = int(offsets[0]), int(offsets[-1])
        places = np.arange(first, last, dtype=np.int64)
        places -= np.repeat(offsets[:-1].astype(np.int64), lengths)
        tokens = places.view(np.uint64) << np.uint64(8)
        tokens |= data[first:last]
        tokens *= _ODD
        sums = np.add.reduceat(mix(tokens), (offsets[:-1][full] - first).astype(np.int64))
        out[full] += sums * _ODD
    return mix(out)
