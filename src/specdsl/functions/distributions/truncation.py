"""Bounds of draws: a truncated distribution draws from the stretch of probability between its bounds, so
that no value is clipped to a bound and none is tried again. Where the stretch lies in the upper tail the
mirror image is drawn, because probabilities near 1 have no digits left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions.arguments import floats_of, full
from specdsl.functions.entry import Invocation
from specdsl.ir.expr import Physical
from specdsl.randomness import portable
from specdsl.vectors.vector import Float64Array, Int64Array, Vector

Bound = float | Float64Array | None
IntBound = int | Int64Array | None

NUMBER_OR_DURATION: Final = "a number, or a duration (then the draws are durations)"


def bound_of(call: Invocation, value: Vector | Physical | None) -> Bound:
    """One of the invocation's bounds as a number."""
    return None if value is None else floats_of(value, call.result)


def finish(call: Invocation, values: Float64Array, low: Bound, high: Bound) -> Vector:
    """The draws as the result's type. Bounds are met up to rounding already; here to the last digit."""
    if low is not None:
        values = np.maximum(values, low)
    if high is not None:
        values = np.minimum(values, high)
    if isinstance(call.result, t.Duration):
        return full(call, np.rint(np.clip(values, -(2.0**62), 2.0**62)).astype(np.int64))
    return full(call, values)


def amount(types: Mapping[str, t.DataType]) -> t.DataType:
    """duration when any argument is one, else float."""
    items = [d.item if isinstance(d, t.List) else d for d in types.values()]
    return t.DURATION if any(isinstance(d, t.Duration) for d in items) else t.FLOAT


def standard_normal(u: Float64Array, low: Bound, high: Bound) -> Float64Array:
    """Standard normal values within ``low .. high`` (None: open) from uniform ``u``."""
    if low is None and high is None:
        return portable.ndtri(u)
    a = np.broadcast_to(np.asarray(-np.inf if low is None else low, dtype=np.float64), u.shape)
    b = np.broadcast_to(np.asarray(np.inf if high is None else high, dtype=np.float64), u.shape)
    mirrored = a > 0
    if mirrored.all():
        return -_lower_normal(1.0 - u, -b, -a)
    if mirrored.any():
        z = _lower_normal(
            np.where(mirrored, 1.0 - u, u), np.where(mirrored, -b, a), np.where(mirrored, -a, b)
        )
        return np.where(mirrored, -z, z)
    return _lower_normal(u, a, b)


def _lower_normal(u: Float64Array, a: Float64Array, b: Float64Array) -> Float64Array:
    """Standard normal values within a .. b, where a <= 0."""
    single = a.strides == (0,) and b.strides == (0,) and a.size > 0
    first, last = (a[:1], b[:1]) if single else (a, b)
    far = last < -30.0  # the probabilities run out of exponent: work with their logarithms
    from_p, to_p = portable.ndtr(first), portable.ndtr(last)
    share = from_p + u * (to_p - from_p)
    out = portable.ndtri(np.where(far, 0.5, np.minimum(share, 1.0)))
    if far.any():
        rows = np.flatnonzero(np.broadcast_to(far, u.shape))
        log_a = np.broadcast_to(portable.log_ndtr(first), u.shape)[rows]
        log_b = np.broadcast_to(portable.log_ndtr(last), u.shape)[rows]
        share = portable.exp(log_a - log_b)
        out[rows] = portable.ndtri_of_log(log_b + portable.log(share + u[rows] * (1.0 - share)))
    return out


def standardised(bound: Bound, mean: float | Float64Array, sd: float | Float64Array) -> Bound:
    """A bound of a value as one of the standard normal value behind it."""
    if bound is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.asarray((bound - mean) / np.asarray(sd, dtype=np.float64))
    return np.where(np.isnan(z), 0.0, z)


def log_bound(bound: Bound) -> Bound:
    """The logarithm of a bound; -inf for what is not positive."""
    if bound is None:
        return None
    return portable.log(np.maximum(np.atleast_1d(np.asarray(bound, dtype=np.float64)), 0.0))


def int_bounds(call: Invocation) -> tuple[IntBound, IntBound]:
    """The invocation's bounds as integers."""

    def one(value: Vector | Physical | None) -> IntBound:
        if value is None:
            return None
        if isinstance(value, Vector):
            assert isinstance(value.data, np.ndarray)
            return value.data
        return int(value)

    return one(call.low), one(call.high)


def standard_exponential(u: Float64Array, low: Bound, high: Bound) -> Float64Array:
    """Exponential values of mean 1 within ``low .. high`` (None: open) from uniform ``u``."""
    start = 0.0 if low is None else np.maximum(low, 0.0)
    if high is None:
        return start - portable.log(u)
    # memoryless: what lies beyond `start` is exponential again, cut off after high - start
    width = np.maximum(np.atleast_1d(np.asarray(high - start, dtype=np.float64)), 0.0)
    return np.asarray(start - portable.log1p(u * portable.expm1(-width)))
