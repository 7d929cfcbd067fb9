"""Exact integer shares of a total."""

from __future__ import annotations

import numpy as np

from specdsl.vectors.vector import Int64Array


def scaled_floor(values: Int64Array, numerator: int, denominator: int) -> Int64Array:
    """``floor(values * numerator / denominator)``, exact, for values in ``0 .. denominator`` below 2**62
    and a numerator below 2**50.

    The float quotient is off by a unit at most; the remainder of that guess, which wrapping 64-bit
    arithmetic gives exactly, sets it right.
    """
    if denominator == 0 or numerator == 0:
        return np.zeros(values.shape, dtype=np.int64)
    if denominator * numerator < 1 << 62:
        return values * np.int64(numerator) // np.int64(denominator)
    guess = (values.astype(np.float64) * (numerator / denominator)).astype(np.int64)
    product = values.view(np.uint64) * np.uint64(numerator)
    product -= guess.view(np.uint64) * np.uint64(denominator)
    guess += product.view(np.int64) // np.int64(denominator)
    return guess
