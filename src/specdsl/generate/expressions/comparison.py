"""Comparisons of every type, and membership in lists of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.generate.expressions.operands import Operand, Scalar, broadcast, is_null, numbers, validity
from specdsl.ir.expr import CompareOp as Op
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import BoolArray, Lists, Vector

_UFUNC: dict[Op, Any] = {
    Op.EQUAL: np.equal,
    Op.NOT_EQUAL: np.not_equal,
    Op.LESS: np.less,
    Op.LESS_EQUAL: np.less_equal,
    Op.GREATER: np.greater,
    Op.GREATER_EQUAL: np.greater_equal,
}
_KERNEL: dict[Op, Any] = {
    Op.EQUAL: pc.equal,
    Op.NOT_EQUAL: pc.not_equal,
    Op.LESS: pc.less,
    Op.LESS_EQUAL: pc.less_equal,
    Op.GREATER: pc.greater,
    Op.GREATER_EQUAL: pc.greater_equal,
}
_MIRRORED = {
    Op.EQUAL: Op.EQUAL,
    Op.NOT_EQUAL: Op.NOT_EQUAL,
    Op.LESS: Op.GREATER,
    Op.LESS_EQUAL: Op.GREATER_EQUAL,
    Op.GREATER: Op.LESS,
    Op.GREATER_EQUAL: Op.LESS_EQUAL,
}


def compare(op: Op, left: Operand, right: Operand, n: int) -> Vector:
    """``left op right``; null where either is."""
    if is_null(left) or is_null(right):
        return selection.nulls(t.BOOL, n)
    if isinstance(left, Scalar):
        if isinstance(right, Scalar):
            left = broadcast(left, n)
        else:
            return compare(_MIRRORED[op], right, left, n)
    return Vector(t.BOOL, _holds(op, left, right), validity(left, right))


def _holds(op: Op, left: Vector, right: Operand) -> BoolArray:
    match left.type:
        case t.String() | t.Json() | t.Bytes():
            return _compare_text(op, left, right)
        case t.Uuid():
            return _compare_uuid(op, left, right)
        case t.Decimal() if isinstance(right.type, (t.Decimal, t.Int)):
            return _compare_decimals(op, left, right)
        case t.Int() if isinstance(right.type, t.Decimal):
            return _compare_decimals(op, left, right)
        case t.List():
            same = equal_values(left, broadcast(right, selection.length(left)))
            return same if op is Op.EQUAL else ~same
        case t.Struct() | t.Tuple():
            same = equal_values(left, broadcast(right, selection.length(left)))
            return same if op is Op.EQUAL else ~same
        case _:
            return cast("BoolArray", _UFUNC[op](left.data, numbers(right)))


def _compare_text(op: Op, left: Vector, right: Operand) -> BoolArray:
    """UTF-8 keeps the order of code points, so bytes compare as text does."""
    a: strings.Strings = left.data
    kernel = _KERNEL[op]
    if isinstance(right, Scalar):
        if strings.is_dictionary(a):
            return strings.looked_up(kernel(a.dictionary, right.value), strings.codes_of(a))
        return strings.bool_numpy(kernel(a, right.value))
    b: strings.Strings = right.data
    return strings.bool_numpy(kernel(strings.plain(a), strings.plain(b)))


def _compare_uuid(op: Op, left: Vector, right: Operand) -> BoolArray:
    a = _halves(left)
    b = _halves(broadcast(right, 1) if isinstance(right, Scalar) else right)
    same: BoolArray = a[:, 0] == b[:, 0]
    if op in (Op.EQUAL, Op.NOT_EQUAL):
        same = same & (a[:, 1] == b[:, 1])
        return same if op is Op.EQUAL else ~same
    strict = Op.LESS if op in (Op.LESS, Op.LESS_EQUAL) else Op.GREATER
    out: BoolArray = _UFUNC[strict](a[:, 0], b[:, 0]) | (same & _UFUNC[op](a[:, 1], b[:, 1]))
    return out


def _halves(vector: Vector) -> NDArray[Any]:
    return np.ascontiguousarray(vector.data).view(">u8").reshape(-1, 2)


def _compare_decimals(op: Op, left: Vector, right: Operand) -> BoolArray:
    """Of any two scales, exactly: the finer one is split into whole units of the coarser and a rest."""
    a, b = numbers(left), numbers(right)
    a_scale = left.type.scale if isinstance(left.type, t.Decimal) else 0
    b_scale = right.type.scale if isinstance(right.type, t.Decimal) else 0
    if a_scale == b_scale:
        return cast("BoolArray", _UFUNC[op](a, b))
    if a_scale > b_scale:
        return _compare_split(_MIRRORED[op], b, a, a_scale - b_scale)
    return _compare_split(op, a, b, b_scale - a_scale)


def _compare_split(op: Op, coarse: NDArray[Any], fine: NDArray[Any], digits: int) -> BoolArray:
    """``coarse op fine / 10**digits``: with fine = whole * unit + rest, 0 <= rest < unit."""
    if digits > 18:
        whole = np.where(fine < 0, -1, 0)
        rest_is_zero = fine == 0
    else:
        whole, rest = np.divmod(fine, 10**digits)
        rest_is_zero = rest == 0
    match op:
        case Op.EQUAL:
            out = (coarse == whole) & rest_is_zero
        case Op.NOT_EQUAL:
            out = (coarse != whole) | ~rest_is_zero
        case Op.LESS:  # coarse < whole + fraction
            out = (coarse < whole) | ((coarse == whole) & ~rest_is_zero)
        case Op.LESS_EQUAL:
            out = coarse <= whole
        case Op.GREATER:
            out = coarse > whole
        case Op.GREATER_EQUAL:
            out = (coarse > whole) | ((coarse == whole) & rest_is_zero)
    return np.asarray(out)


def equal_values(left: Vector, right: Vector) -> BoolArray:
    """Whether the values of each row are the same, nulls inside lists and structs being alike."""
    match left.data, right.data:
        case Lists() as a, Lists() as b:
            return _equal_lists(a, b)
        case tuple() as a, tuple() as b:
            out = np.ones(selection.length(left), dtype=np.bool_)
            for x, y in zip(a, b, strict=True):
                out &= _same_or_both_null(x, y)
            return out
        case _:
            return _holds(Op.EQUAL, left, right)


def _same_or_both_null(left: Vector, right: Vector) -> BoolArray:
    same = equal_values(left, right)
    if left.valid is None and right.valid is None:
        return same
    n = selection.length(left)
    a = np.ones(n, np.bool_) if left.valid is None else left.valid
    b = np.ones(n, np.bool_) if right.valid is None else right.valid
    return np.where(a & b, same, ~(a | b))


def _equal_lists(a: Lists, b: Lists) -> BoolArray:
    counts_a, counts_b = np.diff(a.offsets), np.diff(b.offsets)
    out: BoolArray = counts_a == counts_b
    rows = np.flatnonzero(out & (counts_a > 0))
    if len(rows) == 0:
        return out
    counts = counts_a[rows]
    owners, in_a = selection.ranges(a.offsets[rows], counts)
    _, in_b = selection.ranges(b.offsets[rows], counts)
    left, right = selection.take(a.items, in_a), selection.take(b.items, in_b)
    different = ~_same_or_both_null(left, right)
    out[rows] = np.bincount(owners, different, len(rows)) == 0
    return out


def is_in(operand: Operand, items: Sequence[Operand], n: int) -> Vector:
    """Whether the operand equals one of ``items`` (none of them the null constant)."""
    if is_null(operand):
        return selection.nulls(t.BOOL, n)
    vector = broadcast(operand, n)
    found = Vector(t.BOOL, np.zeros(n, dtype=np.bool_), vector.valid)
    known = _constants(vector.type, items)
    if known is not None:
        return Vector(t.BOOL, _among(vector, known), vector.valid)
    hit: BoolArray = selection.array(found)
    for item in items:
        one = compare(Op.EQUAL, vector, item, n)
        hit |= selection.array(one) if one.valid is None else selection.array(one) & one.valid
    return Vector(t.BOOL, hit, vector.valid)


def _constants(dtype: t.DataType, items: Sequence[Operand]) -> list[Any] | None:
    """The values of the items when all are constants that look-ups work on."""
    values = [item.value for item in items if isinstance(item, Scalar) and item.type == dtype]
    if len(values) != len(items) or len(values) < 4 or isinstance(dtype, (t.Uuid, t.Bytes)):
        return None
    return values


def _among(vector: Vector, values: list[Any]) -> BoolArray:
    if isinstance(vector.type, (t.String, t.Json)):
        array: strings.Strings = vector.data
        wanted = strings.from_python(values)
        if strings.is_dictionary(array):
            return strings.looked_up(pc.is_in(array.dictionary, value_set=wanted), strings.codes_of(array))
        return strings.bool_numpy(pc.is_in(array, value_set=wanted))
    data = selection.array(vector)
    return np.asarray(np.isin(data, np.asarray(values, dtype=data.dtype)))
