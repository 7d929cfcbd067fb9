"""Discrete distributions by inversion: zipf and poisson, truncated or not, for any parameters."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from specdsl.functions.distributions.truncation import IntBound
from specdsl.randomness import portable
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import BoolArray, Float64Array, Int64Array

MAX_POISSON_MEAN: Final = 1e15
_MAX_RANK = 1 << 53
_HEAD = 1 << 16
"""Ranks up to here are tabulated. Beyond, the sum over ranks is an integral, by the midpoint rule: off by
s(s+1)/24/rank**2, less than one part in 10**10 for usual s."""


# --- zipf ----------------------------------------------------------------------------------


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


# --- poisson -------------------------------------------------------------------------------

_MAX_TABLE_MEAN = 1e6
_SMALL_MEAN = 10.0
_EXACT_MEAN = 1e5


def poisson(stream: Stream, mean: float | Float64Array, low: IntBound, high: IntBound) -> Int64Array:
    """Poisson counts within ``low .. high`` (None: open); int64 of shape (n,).

    A constant mean with constant bounds is tabulated. Otherwise the quantile is computed for each row:
    exactly for means to 1e5; above, with an error of the probabilities below one part in 10**7.
    """
    if (
        isinstance(mean, float)
        and mean <= _MAX_TABLE_MEAN
        and not isinstance(low, np.ndarray)
        and not isinstance(high, np.ndarray)
    ):
        first, table = _poisson_table(mean, max(0, low or 0), high)
        out = table.draw(stream.bits())
        out += first
        return out
    u = stream.uniform()
    means = np.ascontiguousarray(np.broadcast_to(np.asarray(mean, dtype=np.float64), u.shape))
    if low is None and high is None:
        return poisson_quantile(u, means)
    return _truncated_quantile(u, means, low, high)


@lru_cache(maxsize=64)
def _poisson_table(mean: float, low: int, high: int | None) -> tuple[int, InverseTable]:
    """The first value and the table of a (truncated) Poisson distribution. Values that are less likely
    than 1e-300 beside the most likely one are left out."""
    if mean == 0.0 or (high is not None and high <= low):
        value = low if high is None else max(min(low, high), 0)
        return value, InverseTable.from_weights(np.ones(1))
    top = max(mean, low)
    reach = int(40 * np.sqrt(top)) + 400
    peak = (
        int(mean) if low <= mean and (high is None or high >= mean) else low if mean < low else int(high or 0)
    )
    first = max(low, peak - reach)
    last = peak + reach if high is None else min(high, peak + reach)
    logs = portable.log_poisson_probability(np.arange(first, last + 1), mean)
    return first, InverseTable.from_weights(portable.exp(logs - logs.max()))


def poisson_quantile(u: Float64Array, mean: Float64Array) -> Int64Array:
    """The smallest k with P(K <= k) >= u, for each row; mean >= 0."""
    out = np.zeros(u.shape, dtype=np.int64)
    small = mean < _SMALL_MEAN
    if small.any():
        out[small] = _small_quantile(u[small], mean[small])
    if not small.all():
        out[~small] = _large_quantile(u[~small], mean[~small])
    return out


def _small_quantile(u: Float64Array, mean: Float64Array) -> Int64Array:
    """By adding up probabilities from 0."""
    out = np.zeros(u.shape, dtype=np.int64)
    term = portable.exp(-mean)
    rows = np.arange(u.size)
    rest, k = u - term, 0
    while True:
        more = rest > 0
        if k >= 200 or not more.any():
            return out
        rows, rest, term, mean = rows[more], rest[more], term[more], mean[more]
        k += 1
        out[rows] = k
        term = term * (mean / k)
        rest = rest - term


def _large_quantile(u: Float64Array, mean: Float64Array) -> Int64Array:
    """By inverting Temme's uniform approximation; where that lies too near a whole number to tell, by the
    exact distribution (Giles, Algorithm 955, ACM TOMS 42, 2016)."""
    x = _temme(portable.ndtri(u), mean)
    out = np.maximum(np.floor(x), 0.0).astype(np.int64)
    nearest = np.rint(x)
    doubtful = (np.abs(x - nearest) < 0.3 / mean) & (mean <= _EXACT_MEAN) | (x < 4.0)
    rows = np.flatnonzero(doubtful)
    if rows.size:
        out[rows] = _settle(u[rows], mean[rows], np.maximum(nearest[rows], 0.0).astype(np.int64))
    return out


def _temme(w: Float64Array, mean: Float64Array) -> Float64Array:
    """A real x whose floor is the Poisson quantile of the normal deviate ``w``, up to O(1 / mean)."""
    root = np.sqrt(mean)
    s = w / root
    half_square = 0.5 * w * w
    lowest = s <= -1.38  # below a count of about mean / 200: found by the exact distribution
    safe = np.where(lowest, -1.38, s)
    half_square = np.where(lowest, 0.5 * (1.38 * root) * (1.38 * root), half_square)
    x = mean * np.maximum(1.0 + safe + safe * safe / 6.0 - safe * safe * safe / 72.0, 1e-3)
    target = np.where(safe < 0, -1.0, 1.0) * np.sqrt(2.0 * half_square)
    for _ in range(4):
        d = portable.deviance(x, mean)
        f = np.where(x < mean, -1.0, 1.0) * np.sqrt(2.0 * np.maximum(d, 0.0))
        slope_log = portable.log(x / mean)
        near = np.abs(slope_log) < 1e-5
        ratio = np.where(near, root, f / np.where(near, 1.0, slope_log))
        x = np.maximum(x - (f - target) * ratio, mean * 1e-4)
    r = x / mean
    near = np.abs(r - 1.0) < 1e-4
    f = np.where(safe < 0, -1.0, 1.0) * np.sqrt(2.0 * portable.deviance(x, mean) / mean)
    r1 = np.where(near, 2.0, r)
    correction = portable.log(np.where(near, 1.0, f) * np.sqrt(r1) / (r1 - 1.0)) / portable.log(r1)
    c0 = np.where(near, 1.0 / 3.0 - (r - 1.0) / 36.0, correction)
    x = x + c0 - 0.0218 / (x + 0.065 * mean)
    return np.where(lowest, 0.0, x)


def _settle(u: Float64Array, mean: Float64Array, guess: Int64Array) -> Int64Array:
    """The exact quantile near ``guess``, by stepping."""
    k = guess.copy()
    upper = u > 0.5
    tail = np.where(upper, 1.0 - u, u)
    rows = np.arange(u.size)
    while rows.size:  # down while P(K <= k - 1) >= u
        again = (k[rows] > 0) & _reaches(k[rows] - 1, mean[rows], tail[rows], upper[rows])
        rows = rows[again]
        k[rows] -= 1
    rows = np.arange(u.size)
    while rows.size:  # up while P(K <= k) < u
        again = ~_reaches(k[rows], mean[rows], tail[rows], upper[rows])
        rows = rows[again]
        k[rows] += 1
    return k


def _reaches(k: Int64Array, mean: Float64Array, tail: Float64Array, upper: BoolArray) -> BoolArray:
    """Whether P(K <= k) >= u, asked of whichever tail is the smaller."""
    out = np.empty(k.shape, dtype=np.bool_)
    lower = ~upper
    out[lower] = lower_tail(k[lower], mean[lower]) >= tail[lower]
    out[upper] = upper_tail(k[upper] + 1, mean[upper]) <= tail[upper]
    return out


def lower_tail(k: Int64Array, mean: Float64Array) -> Float64Array:
    """P(K <= k) by adding downwards from k (few terms when k is below the mean)."""
    total = np.zeros(k.shape)
    term = portable.poisson_probability(np.maximum(k, 0), mean)
    rows, j = np.arange(k.size), k.astype(np.float64)
    while rows.size:
        total[rows] += term
        term = term * j / mean[rows]
        j = j - 1.0
        alive = (j >= 0) & (term > total[rows] * 1e-17)
        rows, term, j = rows[alive], term[alive], j[alive]
    return np.where(k < 0, 0.0, total)


def upper_tail(k: Int64Array, mean: Float64Array) -> Float64Array:
    """P(K >= k) by adding upwards from k (few terms when k is above the mean)."""
    total = np.zeros(k.shape)
    term = portable.poisson_probability(np.maximum(k, 0), mean)
    rows, j = np.arange(k.size), k.astype(np.float64)
    while rows.size:
        total[rows] += term
        j = j + 1.0
        term = term * mean[rows] / j
        alive = term > total[rows] * 1e-17
        rows, term, j = rows[alive], term[alive], j[alive]
    return np.where(k <= 0, 1.0, total)


def _truncated_quantile(u: Float64Array, mean: Float64Array, low: IntBound, high: IntBound) -> Int64Array:
    """Within low .. high: rescales u between their probabilities; in the upper tail by survival, stepping
    down from the top; beyond what floats can hold, along the geometric-like edge."""
    lows = np.maximum(np.broadcast_to(np.asarray(0 if low is None else low, dtype=np.int64), u.shape), 0)
    top = np.iinfo(np.int64).max if high is None else high
    highs = np.maximum(np.broadcast_to(np.asarray(top, dtype=np.int64), u.shape), lows)
    out = lows.copy()
    open_high = highs > mean * 2 + 1000
    above = lows > mean  # all of the stretch is upper tail
    rows = np.flatnonzero(above & (highs > lows))
    if rows.size:
        out[rows] = _from_edge(u[rows], mean[rows], lows[rows], highs[rows], 1)
    below = ~above & (highs < mean)
    rows = np.flatnonzero(below & (highs > lows))
    if rows.size:
        out[rows] = _from_edge(u[rows], mean[rows], highs[rows], lows[rows], -1)
    rows = np.flatnonzero(~above & ~below & (highs > lows))
    if rows.size:
        m, a, b = mean[rows], lows[rows], highs[rows]
        from_p = np.where(a > 0, lower_tail(a - 1, m), 0.0)
        to_p = np.where(open_high[rows], 1.0, 1.0 - upper_tail(np.minimum(b, 1 << 53) + 1, m))
        target = from_p + u[rows] * (to_p - from_p)
        out[rows] = np.clip(poisson_quantile(np.clip(target, 2.0**-1000, 1 - 2.0**-53), m), a, b)
    return out


def _from_edge(
    u: Float64Array, mean: Float64Array, edge: Int64Array, end: Int64Array, step: int
) -> Int64Array:
    """Counts from ``edge`` (the likeliest of the stretch) towards ``end``, by adding up probabilities
    relative to the edge's."""
    total = _relative_tail(edge, end, mean, step)
    k = edge.astype(np.float64)
    out = edge.copy()
    rest, term, rows = u * total - 1.0, np.ones(u.shape), np.arange(u.size)
    while True:
        more = (rest > 0) & ((end[rows] - out[rows]) * step > 0)
        if not more.any():
            return out
        rows, rest, term, k = rows[more], rest[more], term[more], k[more]
        k = k + step
        term = term * (mean[rows] / k if step > 0 else (k + 1.0) / mean[rows])
        rest = rest - term
        out[rows] += step


def _relative_tail(edge: Int64Array, end: Int64Array, mean: Float64Array, step: int) -> Float64Array:
    """The probability of edge .. end over that of edge."""
    total = np.ones(edge.shape)
    rows, k, term = np.arange(edge.size), edge.astype(np.float64), np.ones(edge.shape)
    while rows.size:
        k = k + step
        term = term * (mean[rows] / k if step > 0 else (k + 1.0) / mean[rows])
        alive = (term > total[rows] * 1e-17) & ((end[rows] - k) * step >= 0)
        rows, k, term = rows[alive], k[alive], term[alive]
        total[rows] += term
    return total
