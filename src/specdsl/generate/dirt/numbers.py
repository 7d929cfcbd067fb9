"""Values of types that are held as numbers: how far apart they are, how far they go, and moved ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.vectors import selection
from specdsl.vectors.vector import Vector

_DAY = 86_400_000_000
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 to 9999
_LONGEST = 10_000 * 366 * _DAY
_MOST = (1 << 63) - 1
_FAR = 2.0**62

NUMERIC = (t.Int, t.Float, t.Decimal, t.Date, t.Time, t.Timestamp, t.Duration)
"""Types whose values can be moved."""


def limits(dtype: t.DataType) -> tuple[float, float]:
    """The least and the largest physical value that every format holds."""
    match dtype:
        case t.Int():
            return dtype.low, min(dtype.high, _MOST)
        case t.Decimal(precision=precision):
            most = 10 ** min(precision, 18) - 1
            return -most, most
        case t.Date():
            return _FIRST_DAY, _LAST_DAY
        case t.Timestamp():
            return _FIRST_DAY * _DAY, (_LAST_DAY + 1) * _DAY - 1
        case t.Time():
            return 0, _DAY - 1
        case t.Duration():
            return -_LONGEST, _LONGEST
        case t.Float(bits=32):
            return -3e38, 3e38
        case _:
            return -1e300, 1e300


def step(dtype: t.DataType, near: NDArray[Any]) -> Any:
    """What separates a value from the next worth telling apart; of times that are whole seconds, a second."""
    match dtype:
        case t.Float():
            return np.maximum(np.abs(near), 1.0) * 0.01
        case t.Timestamp() | t.Duration() | t.Time():
            return np.where(near % 1_000_000 == 0, 1_000_000, 1)
        case _:
            return np.int64(1)


def moved(values: Vector, by: Any) -> Vector:
    """``values`` and ``by`` (a number, or one a value; rounded where the type is whole) together; a value is
    as it was where that has no room."""
    dtype = values.type
    low, high = limits(dtype)
    data = selection.array(values)
    if data.dtype == np.float64:
        out = data + np.asarray(by, dtype=np.float64)
        if isinstance(dtype, t.Float) and dtype.bits == 32:
            out = out.astype(np.float32).astype(np.float64)
        return Vector(dtype, np.where((out >= low) & (out <= high), out, data), values.valid)
    near = np.abs(np.asarray(by, dtype=np.float64)) < _FAR  # sums below stay within 64 bits
    whole = np.where(near, by, 0)
    whole = (np.rint(whole) if whole.dtype == np.float64 else whole).astype(np.int64)
    held = data <= np.uint64(_MOST) if data.dtype == np.uint64 else np.ones(len(data), dtype=np.bool_)
    start = np.where(held, data, 0).astype(np.int64)
    room = np.where(
        whole < 0, start >= int(low) - np.minimum(whole, 0), start <= int(high) - np.maximum(whole, 0)
    )
    out = np.where(room & near & held, start + np.where(room, whole, 0), start).astype(data.dtype)
    return Vector(dtype, np.where(held, out, data), values.valid)


def factor(of: t.DataType, to: t.DataType) -> float | None:
    """How many units of ``to`` one of ``of`` is; None where they cannot be compared."""
    match of, to:
        case (t.Date(), t.Timestamp()):
            return float(_DAY)
        case (t.Timestamp(), t.Date()):
            return 1.0 / _DAY
        case ((t.Int() | t.Float() | t.Decimal()), (t.Int() | t.Float() | t.Decimal())):
            return float(10.0 ** (_scale(to) - _scale(of)))
        case _ if type(of) is type(to):
            return 1.0
        case _:
            return None


def _scale(dtype: t.DataType) -> int:
    return dtype.scale if isinstance(dtype, t.Decimal) else 0
