"""Integer arithmetic that notices when 64 bits do not suffice.

Each function takes arrays (or 0-d arrays) of one dtype, int64 or uint64, and returns the result with the
rows where it is wrong: None where no row is. Bounds of the operands are looked at first, so that the usual
case costs two reductions and no mask.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from specdsl.vectors.vector import BoolArray

Checked: TypeAlias = "tuple[NDArray[Any], BoolArray | None]"

INT64_MIN = -(1 << 63)
INT64_MAX = (1 << 63) - 1


def extent(values: NDArray[Any]) -> tuple[int, int]:
    """The least and the greatest value as Python ints ((0, 0) for none)."""
    if values.size == 0:
        return 0, 0
    return int(values.min()), int(values.max())


def _fits(dtype: np.dtype[Any], low: int, high: int) -> bool:
    info = np.iinfo(dtype)
    return int(info.min) <= low and high <= int(info.max)


def add(a: NDArray[Any], b: NDArray[Any]) -> Checked:
    """``a + b``."""
    out = np.add(a, b)
    (a0, a1), (b0, b1) = extent(a), extent(b)
    if _fits(out.dtype, a0 + b0, a1 + b1):
        return out, None
    wrong = out < a if out.dtype.kind == "u" else ((a ^ out) & (b ^ out)) < 0
    return out, np.asarray(wrong)


def subtract(a: NDArray[Any], b: NDArray[Any]) -> Checked:
    """``a - b``."""
    out = np.subtract(a, b)
    (a0, a1), (b0, b1) = extent(a), extent(b)
    if _fits(out.dtype, a0 - b1, a1 - b0):
        return out, None
    wrong = b > a if out.dtype.kind == "u" else ((a ^ b) & (a ^ out)) < 0
    return out, np.asarray(wrong)


def multiply(a: NDArray[Any], b: NDArray[Any]) -> Checked:
    """``a * b``."""
    out = np.multiply(a, b)
    (a0, a1), (b0, b1) = extent(a), extent(b)
    corners = (a0 * b0, a0 * b1, a1 * b0, a1 * b1)
    if _fits(out.dtype, min(corners), max(corners)):
        return out, None
    with np.errstate(over="ignore"):
        wrong = np.floor_divide(out, np.where(b == 0, out.dtype.type(1), b)) != a
        wrong &= b != 0
        if out.dtype.kind == "i":
            wrong |= (b == -1) & (a == INT64_MIN)
    return out, wrong


def negate(a: NDArray[Any]) -> Checked:
    """``-a``."""
    if a.dtype.kind == "u":
        return np.negative(a), a != 0
    out = np.negative(a)
    return out, (a == INT64_MIN) if extent(a)[0] == INT64_MIN else None


def truncated_divide(a: NDArray[Any], b: NDArray[Any]) -> Checked:
    """``a / b`` towards zero; ``b`` must not be zero."""
    with np.errstate(over="ignore"):
        out = np.floor_divide(a, b)
        if out.dtype.kind == "u":
            return out, None
        # Floor and truncation differ by one where the signs differ and something is left over.
        out += ((a ^ b) < 0) & (np.multiply(out, b) != a)
        wrong = (a == INT64_MIN) & (b == -1)
    return out, wrong if wrong.any() else None


def truncated_remainder(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """What ``truncated_divide`` leaves over: the sign is that of ``a``."""
    with np.errstate(over="ignore"):
        return np.asarray(np.fmod(a, b))


def scale_up(a: NDArray[Any], digits: int) -> Checked:
    """``a * 10**digits``."""
    if digits == 0:
        return a, None
    if digits > 18:  # the factor itself does not fit: only zero has a multiple that does
        return np.zeros_like(a), np.asarray(a != 0)
    return multiply(a, np.asarray(10**digits, dtype=a.dtype))


def scale_down(a: NDArray[Any], digits: int) -> NDArray[Any]:
    """``a / 10**digits``, rounded half away from zero."""
    if digits == 0:
        return a
    if digits > 19:
        return np.zeros_like(a)
    if digits == 19:  # 10**19 does not fit int64; only the sign of values beyond half of it is left
        return np.where(a >= 5 * 10**18, 1, np.where(a <= -5 * 10**18, -1, 0)).astype(a.dtype)
    unit = np.asarray(10**digits, dtype=a.dtype)
    quotient, rest = np.divmod(a, unit)  # floored: rest >= 0
    twice_rest = rest >= unit - rest  # rest * 2 >= unit without overflow
    if a.dtype.kind == "i":
        half = rest == unit - rest
        twice_rest &= ~(half & (a < 0))  # a half of a negative number goes down, away from zero
    return quotient + twice_rest


def power_of_ten(digits: int) -> float:
    """The float nearest to ``10**digits``, by its text: ``10.0**digits`` is the C library's affair."""
    return float(f"1e{digits}")


_BELOW_HALF = float(np.nextafter(0.5, 0.0))


def round_half_away(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value rounded to a whole number, halves away from zero; never -0.0.

    The largest float below a half is added, with the value's sign, and the sum cut: a half itself would lift
    what lies just below one, and the sum of a half and its predecessor rounds up to 1.
    """
    out = np.copysign(_BELOW_HALF, values)
    with np.errstate(invalid="ignore"):
        np.add(out, values, out=out)
        np.trunc(out, out=out)
    out += 0.0
    return out
