"""Rounding half away from zero, as SQL does, exactly."""

from __future__ import annotations

import numpy as np

from specdsl.vectors.vector import Float64Array, Int64Array


def round_float(x: Float64Array) -> Float64Array:
    """To whole numbers; what is not finite stays."""
    whole = np.trunc(x)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(x - whole) >= 0.5, whole + np.copysign(1.0, x), whole)


def divide_rounded(x: Int64Array, unit: int) -> Int64Array:
    """``x / unit`` to whole numbers, for a unit from 1 to 10**18."""
    quotient = x // unit
    rest = x - quotient * unit  # 0 .. unit - 1
    # Half a unit rounds away from zero: up for what is not negative, down below.
    half_up = rest > unit // 2 if unit % 2 else rest > unit // 2 - 1
    half_down = rest > unit // 2
    return quotient + np.where(x >= 0, half_up, half_down)
