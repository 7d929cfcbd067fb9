"""Taking, repeating, joining and merging vectors of any type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.vectors import strings
from specdsl.vectors.vector import BoolArray, Int64Array, Lists, Vector


def length(vector: Vector) -> int:
    """The number of values."""
    match vector.data:
        case Lists(offsets):
            return len(offsets) - 1
        case tuple() as items:
            if items:
                return length(items[0])
            return 0 if vector.valid is None else len(vector.valid)
        case data:
            return len(data)


def array(vector: Vector) -> NDArray[Any]:
    """The numpy data of a vector whose type is held in numpy."""
    return cast("NDArray[Any]", vector.data)


def empty(dtype: t.DataType) -> Vector:
    """No values of ``dtype``."""
    return filler(dtype, 0)


def filler(dtype: t.DataType, n: int) -> Vector:
    """``n`` well-formed values of ``dtype`` that stand where nothing is valid (zero, "", [])."""
    match dtype:
        case t.String() | t.Json() | t.Null() | t.Unknown():
            return Vector(dtype, strings.dictionary(np.zeros(n, dtype=np.int32), strings.from_python([""])))
        case t.Bytes():
            return Vector(dtype, strings.from_buffers(np.zeros(n + 1, dtype=np.int32), b"", pa.binary()))
        case t.List(item):
            return Vector(dtype, Lists(np.zeros(n + 1, dtype=np.int64), empty(item)))
        case t.Struct(fields):
            if not fields:
                return Vector(dtype, (), np.ones(n, dtype=np.bool_))
            return Vector(dtype, tuple(filler(f.type, n) for f in fields))
        case t.Tuple(items):
            return Vector(dtype, tuple(filler(i, n) for i in items))
        case t.Uuid():
            return Vector(dtype, np.zeros((n, 16), dtype=np.uint8))
        case _:
            return Vector(dtype, np.zeros(n, dtype=numpy_dtype(dtype)))


def nulls(dtype: t.DataType, n: int) -> Vector:
    """``n`` nulls."""
    return Vector(dtype, filler(dtype, n).data, np.zeros(n, dtype=np.bool_))


def numpy_dtype(dtype: t.DataType) -> np.dtype[Any]:
    """The numpy type of the data of a vector of ``dtype`` (for those held in numpy)."""
    match dtype:
        case t.Bool():
            return np.dtype(np.bool_)
        case t.Int(64, False):
            return np.dtype(np.uint64)
        case t.Float():
            return np.dtype(np.float64)
        case t.Enum():
            return np.dtype(np.int32)
        case t.Uuid():
            return np.dtype(np.uint8)
        case _:
            return np.dtype(np.int64)


def with_valid(vector: Vector, valid: BoolArray | None) -> Vector:
    """The vector with ``valid`` in place of its own."""
    return vector if valid is vector.valid else Vector(vector.type, vector.data, valid)


def mask(vector: Vector, valid: BoolArray | None) -> Vector:
    """The vector, null also where ``valid`` is false."""
    return with_valid(vector, both(vector.valid, valid))


def both(left: BoolArray | None, right: BoolArray | None) -> BoolArray | None:
    """Valid where both are (None: everywhere)."""
    if left is None:
        return right
    if right is None or right is left:
        return left
    return left & right


def as_type(vector: Vector, dtype: t.DataType) -> Vector:
    """The same data under another type of the same physical form."""
    return vector if vector.type == dtype else Vector(dtype, vector.data, vector.valid)


def take(vector: Vector, positions: Int64Array) -> Vector:
    """The values at ``positions`` (int64, each in range)."""
    valid = None if vector.valid is None else np.take(vector.valid, positions)
    match vector.data:
        case Lists() as lists:
            data: Any = _take_lists(lists, positions)
        case tuple() as items:
            data = tuple(take(item, positions) for item in items)
            if not items and valid is None:
                valid = np.ones(len(positions), dtype=np.bool_)
        case pa.Array() as found:
            data = strings.take(found, positions)
        case values:
            data = np.take(values, positions, axis=0)
    return Vector(vector.type, data, valid)


def _take_lists(lists: Lists, positions: Int64Array) -> Lists:
    starts = np.take(lists.offsets, positions)
    counts = np.take(lists.offsets, positions + 1) - starts
    offsets = offsets_of(counts)
    inner = np.repeat(starts - offsets[:-1], counts)
    inner += np.arange(len(inner), dtype=np.int64)
    return Lists(offsets, take(lists.items, inner))


def offsets_of(counts: NDArray[Any]) -> Int64Array:
    """int64 offsets (n + 1,) of lists of these sizes."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def slice(vector: Vector, start: int, stop: int) -> Vector:
    """The values ``start .. stop - 1``."""
    return take(vector, np.arange(start, stop, dtype=np.int64))


def repeat(vector: Vector, counts: Int64Array) -> Vector:
    """Value i ``counts[i]`` times."""
    return take(vector, np.repeat(np.arange(len(counts), dtype=np.int64), counts))


def concat(vectors: Sequence[Vector], dtype: t.DataType) -> Vector:
    """All values after each other, as ``dtype``."""
    if len(vectors) == 1:
        return as_type(vectors[0], dtype)
    if not vectors:
        return empty(dtype)
    valid = None
    if any(v.valid is not None for v in vectors):
        valid = np.concatenate([_valid(v) for v in vectors])
    first = vectors[0].data
    data: Any
    if isinstance(first, Lists):
        lists = [cast("Lists", v.data) for v in vectors]
        trimmed = [_trim(x) for x in lists]
        items = concat([x.items for x in trimmed], cast("t.List", dtype).item)
        data = Lists(offsets_of(np.concatenate([np.diff(x.offsets) for x in trimmed])), items)
    elif isinstance(first, tuple):
        columns = [cast("tuple[Vector, ...]", v.data) for v in vectors]
        data = tuple(concat([c[i] for c in columns], item) for i, item in enumerate(item_types(dtype)))
        if not first:
            valid = np.concatenate([_valid(v) for v in vectors])
    elif isinstance(first, pa.Array):
        data = strings.concat([cast("Any", v.data) for v in vectors])
    else:
        data = np.concatenate([array(v) for v in vectors])
    return Vector(dtype, data, valid)


def item_types(dtype: t.DataType) -> tuple[t.DataType, ...]:
    """The types of the items of a struct or tuple."""
    match dtype:
        case t.Struct(fields):
            return tuple(f.type for f in fields)
        case t.Tuple(items):
            return items
        case _:
            raise TypeError(f"{dtype} has no items")


def _trim(lists: Lists) -> Lists:
    """The same lists over just the items that they use."""
    start, stop = int(lists.offsets[0]), int(lists.offsets[-1])
    if start == 0 and stop == length(lists.items):
        return lists
    return Lists(lists.offsets - start, slice(lists.items, start, stop))


def _valid(vector: Vector) -> BoolArray:
    return np.ones(length(vector), dtype=np.bool_) if vector.valid is None else vector.valid


def merge(n: int, parts: Sequence[tuple[Int64Array, Vector]], dtype: t.DataType) -> Vector:
    """``n`` values: value j of part (positions, vector) stands at ``positions[j]``; null where no part
    says anything. Positions are disjoint."""
    parts = [(p, v) for p, v in parts if len(p)]
    covered = sum(len(p) for p, _ in parts)
    valid: BoolArray | None = None
    if covered < n or any(v.valid is not None for _, v in parts) or _has_no_items(dtype):
        valid = np.zeros(n, dtype=np.bool_)
        for positions, vector in parts:
            valid[positions] = True if vector.valid is None else vector.valid
    if not parts:
        return with_valid(filler(dtype, n), valid)
    return Vector(dtype, _merge_data(n, covered, parts, dtype), valid)


def _has_no_items(dtype: t.DataType) -> bool:
    """Whether vectors of ``dtype`` know their length only by ``valid`` (structs without fields)."""
    return isinstance(dtype, (t.Struct, t.Tuple)) and not item_types(dtype)


def _merge_data(n: int, covered: int, parts: Sequence[tuple[Int64Array, Vector]], dtype: t.DataType) -> Any:
    first = parts[0][1].data
    if isinstance(first, tuple):
        return tuple(
            merge(n, [(p, cast("tuple[Vector, ...]", v.data)[i]) for p, v in parts], item)
            for i, item in enumerate(item_types(dtype))
        )
    if isinstance(first, (Lists, pa.Array)):
        vectors = [v for _, v in parts]
        gap = covered
        if covered < n:
            vectors.append(filler(dtype, 1))
        source = np.full(n, gap, dtype=np.int64)
        at = 0
        for positions, _ in parts:
            source[positions] = np.arange(at, at + len(positions), dtype=np.int64)
            at += len(positions)
        bare = [Vector(dtype, v.data) for v in vectors]
        return take(concat(bare, dtype), source).data
    shape = (n, *array(parts[0][1]).shape[1:])
    make = np.empty if covered == n else np.zeros
    out = make(shape, dtype=numpy_dtype(dtype))
    for positions, vector in parts:
        out[positions] = vector.data
    return out


def overlaid(vector: Vector, positions: Int64Array, values: Vector, *, same: bool = False) -> Vector:
    """``vector`` with ``values`` at ``positions``; ``same``: ``values`` are as many as those of ``vector``,
    and the ones at ``positions`` are taken."""
    n = length(vector)
    places = np.arange(n, dtype=np.int64)
    places[positions] = n + (positions if same else np.arange(len(positions), dtype=np.int64))
    return take(concat([vector, values], values.type), places)


def ranges(starts: Int64Array, counts: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Of ``counts[i]`` numbers from ``starts[i]`` on, all one after the other: the ``i`` of each, and the
    number."""
    owners = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    before = np.cumsum(counts) - counts
    return owners, np.arange(len(owners), dtype=np.int64) - np.repeat(before - starts, counts)
