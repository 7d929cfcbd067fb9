"""Zipf's distribution of ranks by inversion: any exponent, any number of ranks, truncated or not."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from specdsl.functions.distributions.truncation import IntBound
from specdsl.randomness import portable
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import Float64Array, Int64Array

_MAX_RANK: Final = 1 << 53
_HEAD: Final = 1 << 16
"""Ranks up to here are tabulated. Beyond, the sum over ranks is an integral, by the midpoint rule: off by
s(s+1)/24/rank**2, less than one part in 10**10 for usual s."""


def zipf(stream: Stream, s: float, low: int | Int64Array, high: IntBound) -> Int64Array:
    """Ranks k in ``low .. high`` (from 1; None: no end) with probability proportional to k**-s.

    int64 of shape (n,). Uses lanes 0 and 1 of ``stream``. Bounds by row cost a bisection a row; constant
    ones a look-up.
    """
    if high is None:
        high = _MAX_RANK
    if isinstance(low, int) and isinstance(high, int):
        return _zipf_between(stream, s, max(1, low), min(max(high, low, 1), _MAX_RANK))
    lows, highs = np.broadcast_arrays(np.maximum(low, 1), np.minimum(high, _MAX_RANK))
    highs = np.maximum(highs, lows)
    if not lows.size:
        return np.empty(0, dtype=np.int64)
    head = min(_HEAD, 1 << max(4, int(highs.max() - 1).bit_length()))
    cumulative = _zipf_cumulative(s, head)
    before = _zipf_mass(s, cumulative, lows - 1)
    target = before + stream.uniform() * (_zipf_mass(s, cumulative, highs) - before)
    out = np.searchsorted(cumulative, target, side="left")  # cumulative[k] is the mass of ranks 1 .. k
    beyond = np.flatnonzero(out > head)
    if beyond.size:
        out[beyond] = _tail_rank(
            s,
            np.maximum(head, lows[beyond] - 1),
            highs[beyond],
            stream_at(stream, beyond).uniform(1),
        )
    return np.clip(out, lows, highs)


def stream_at(stream: Stream, rows: Int64Array) -> Stream:
    """The stream at some of its addresses."""
    return Stream(stream.key, stream.addresses[rows])


def _zipf_between(stream: Stream, s: float, low: int, high: int) -> Int64Array:
    last = min(high, max(_HEAD, low - 1))
    if low > _HEAD:
        return _tail_rank(s, low - 1, high, stream.uniform(1))
    out = _zipf_table(s, low, last, high).draw(stream.bits())
    out += low
    if high > last:
        beyond = np.flatnonzero(out > last)
        if beyond.size:
            out[beyond] = _tail_rank(s, last, high, stream_at(stream, beyond).uniform(1))
    return out


@lru_cache(maxsize=64)
def _zipf_table(s: float, low: int, last: int, high: int) -> InverseTable:
    """Ranks low .. last, then one entry for all ranks after last up to high."""
    weights = portable.power(np.arange(low, last + 1, dtype=np.float64), -s)
    if high > last:
        weights = np.append(weights, _tail_mass(s, last, np.array([high]))[0])
    return InverseTable.from_weights(weights)


@lru_cache(maxsize=16)
def _zipf_cumulative(s: float, head: int) -> Float64Array:
    weights = portable.power(np.arange(1, head + 1, dtype=np.float64), -s)
    return np.concatenate([[0.0], np.cumsum(weights)])


def _zipf_mass(s: float, cumulative: Float64Array, rank: Int64Array) -> Float64Array:
    """The mass of ranks 1 .. rank."""
    head = len(cumulative) - 1
    out = cumulative[np.minimum(rank, head)]
    beyond = rank > head
    if beyond.any():
        out[beyond] += _tail_mass(s, head, rank[beyond])
    return out


def _tail_mass(s: float, after: int, high: Int64Array) -> Float64Array:
    """The integral of x**-s from after + 1/2 to high + 1/2."""
    a, b = after + 0.5, high + 0.5
    e = 1.0 - s
    log_ratio = portable.log(np.asarray(b / a, dtype=np.float64))
    if abs(e) < 1e-12:
        return log_ratio
    # a**e * (ratio**e - 1) / e keeps its digits when e is near 0
    start: float = portable.power(np.array([a]), e)[0]
    return start * portable.expm1(e * log_ratio) / e


def _tail_rank(s: float, after: int | Int64Array, high: int | Int64Array, u: Float64Array) -> Int64Array:
    """Ranks in after + 1 .. high from uniform ``u``: the inverse of ``_tail_mass``."""
    a = np.asarray(after, dtype=np.float64) + 0.5
    b = np.asarray(high, dtype=np.float64) + 0.5
    e = 1.0 - s
    log_ratio = portable.log(np.atleast_1d(b / a))
    if abs(e) < 1e-12:
        x = a * portable.exp(u * log_ratio)
    else:
        x = a * portable.exp(portable.log1p(u * portable.expm1(e * log_ratio)) / e)
    ranks = np.floor(np.minimum(x, 2.0**54) + 0.5).astype(np.int64)
    return np.clip(ranks, np.asarray(after) + 1, high)
