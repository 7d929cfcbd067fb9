"""Exact quantiles of distributions of counts that differ from row to row.

Probabilities are added up one after another, each from the one before by the ratio of neighbours, starting
where few terms matter.
"""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np

from specdsl.functions.distributions.truncation import IntBound
from specdsl.vectors.vector import BoolArray, Float64Array, Int64Array

_NEGLIGIBLE = 1e-17


class Law(Protocol):
    """Distributions on 0, 1, 2, ... with one peak, one for each row."""

    @property
    def mean(self) -> Float64Array:
        """float64 (n,)"""

    def of(self, rows: Int64Array) -> Self:
        """Those of some rows."""

    def probability(self, k: Int64Array) -> Float64Array:
        """P(K = k), for k >= 0 of shape (n,)."""

    def ratio(self, k: Float64Array) -> Float64Array:
        """P(K = k) / P(K = k - 1), for k >= 1 of shape (n,); 0 beyond the largest count."""

    def quantile(self, u: Float64Array) -> Int64Array:
        """The smallest k with P(K <= k) >= u."""


def settle(u: Float64Array, law: Law, guess: Int64Array) -> Int64Array:
    """The exact quantile near ``guess``, by stepping."""
    k = guess.copy()
    upper = u > 0.5
    tail = np.where(upper, 1.0 - u, u)
    rows = np.arange(u.size)
    while rows.size:  # down while P(K <= k - 1) >= u
        again = (k[rows] > 0) & _reaches(k[rows] - 1, law.of(rows), tail[rows], upper[rows])
        rows = rows[again]
        k[rows] -= 1
    rows = np.arange(u.size)
    while rows.size:  # up while P(K <= k) < u
        again = ~_reaches(k[rows], law.of(rows), tail[rows], upper[rows])
        rows = rows[again]
        k[rows] += 1
    return k


def _reaches(k: Int64Array, law: Law, tail: Float64Array, upper: BoolArray) -> BoolArray:
    """Whether P(K <= k) >= u, asked of whichever tail is the smaller."""
    out = np.empty(k.shape, dtype=np.bool_)
    below, above = np.flatnonzero(~upper), np.flatnonzero(upper)
    out[below] = lower_tail(k[below], law.of(below)) >= tail[below]
    out[above] = upper_tail(k[above] + 1, law.of(above)) <= tail[above]
    return out


def lower_tail(k: Int64Array, law: Law) -> Float64Array:
    """P(K <= k) by adding downwards from k (few terms when k is below the mean)."""
    total = np.zeros(k.shape)
    term = law.probability(np.maximum(k, 0))
    rows, j = np.arange(k.size), k.astype(np.float64)
    while rows.size:
        total[rows] += term
        ratio = law.ratio(np.maximum(j, 1.0))
        term = np.where(ratio > 0, term / np.where(ratio > 0, ratio, 1.0), 0.0)
        j = j - 1.0
        alive = (j >= 0) & (term > total[rows] * _NEGLIGIBLE)
        rows, term, j, law = rows[alive], term[alive], j[alive], law.of(np.flatnonzero(alive))
    return np.where(k < 0, 0.0, total)


def upper_tail(k: Int64Array, law: Law) -> Float64Array:
    """P(K >= k) by adding upwards from k (few terms when k is above the mean)."""
    total = np.zeros(k.shape)
    term = law.probability(np.maximum(k, 0))
    rows, j = np.arange(k.size), k.astype(np.float64)
    while rows.size:
        total[rows] += term
        j = j + 1.0
        term = term * law.ratio(np.maximum(j, 1.0))
        alive = term > total[rows] * _NEGLIGIBLE
        rows, term, j, law = rows[alive], term[alive], j[alive], law.of(np.flatnonzero(alive))
    return np.where(k <= 0, 1.0, total)


def truncated(u: Float64Array, law: Law, low: IntBound, high: IntBound) -> Int64Array:
    """Within low .. high: rescales u between their probabilities; where all of the stretch is one tail,
    along it from its likeliest end."""
    lows = np.maximum(np.broadcast_to(np.asarray(0 if low is None else low, dtype=np.int64), u.shape), 0)
    top = np.iinfo(np.int64).max if high is None else high
    highs = np.maximum(np.broadcast_to(np.asarray(top, dtype=np.int64), u.shape), lows)
    out = lows.copy()
    open_high = highs > law.mean * 2 + 1000
    above = lows > law.mean
    rows = np.flatnonzero(above & (highs > lows))
    if rows.size:
        out[rows] = _from_edge(u[rows], law.of(rows), lows[rows], highs[rows], 1)
    below = ~above & (highs < law.mean)
    rows = np.flatnonzero(below & (highs > lows))
    if rows.size:
        out[rows] = _from_edge(u[rows], law.of(rows), highs[rows], lows[rows], -1)
    rows = np.flatnonzero(~above & ~below & (highs > lows))
    if rows.size:
        some, a, b = law.of(rows), lows[rows], highs[rows]
        from_p = np.where(a > 0, lower_tail(a - 1, some), 0.0)
        to_p = np.where(open_high[rows], 1.0, 1.0 - upper_tail(np.minimum(b, 1 << 53) + 1, some))
        target = from_p + u[rows] * (to_p - from_p)
        out[rows] = np.clip(some.quantile(np.clip(target, 2.0**-1000, 1 - 2.0**-53)), a, b)
    return out


def _from_edge(u: Float64Array, law: Law, edge: Int64Array, end: Int64Array, step: int) -> Int64Array:
    """Counts from ``edge`` (the likeliest of the stretch) towards ``end``, by adding up probabilities
    relative to the edge's."""
    total = _relative_tail(edge, end, law, step)
    k = edge.astype(np.float64)
    out = edge.copy()
    rest, term, rows = u * total - 1.0, np.ones(u.shape), np.arange(u.size)
    while True:
        more = (rest > 0) & ((end[rows] - out[rows]) * step > 0)
        if not more.any():
            return out
        rows, rest, term, k, law = rows[more], rest[more], term[more], k[more], law.of(np.flatnonzero(more))
        k = k + step
        term = term * _step_ratio(law, k, step)
        rest = rest - term
        out[rows] += step


def _relative_tail(edge: Int64Array, end: Int64Array, law: Law, step: int) -> Float64Array:
    """The probability of edge .. end over that of edge."""
    total = np.ones(edge.shape)
    rows, k, term = np.arange(edge.size), edge.astype(np.float64), np.ones(edge.shape)
    while rows.size:
        k = k + step
        term = term * _step_ratio(law, k, step)
        alive = (term > total[rows] * _NEGLIGIBLE) & ((end[rows] - k) * step >= 0)
        rows, k, term, law = rows[alive], k[alive], term[alive], law.of(np.flatnonzero(alive))
        total[rows] += term
    return total


def _step_ratio(law: Law, k: Float64Array, step: int) -> Float64Array:
    """P(K = k) over that of the count one ``step`` before."""
    if step > 0:
        return law.ratio(np.maximum(k, 1.0))
    ratio = law.ratio(np.maximum(k + 1.0, 1.0))
    return np.where(ratio > 0, 1.0 / np.where(ratio > 0, ratio, 1.0), 0.0)
