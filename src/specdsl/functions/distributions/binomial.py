"""The binomial distribution by inversion, truncated or not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from specdsl.functions.distributions import counting
from specdsl.functions.distributions.neighbours import relative_weights
from specdsl.functions.distributions.truncation import IntBound
from specdsl.randomness import portable
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import Float64Array, Int64Array

MAX_TRIES: Final = 10**12
_SMALL_MEAN: Final = 12.0
_TABLE_SPREAD: Final = 2e4
_EXACT_SPREAD: Final = 3e3
_FEW: Final = 16
_LOG_ROOT_2PI: Final = 0.9189385332046728


def binomial(
    stream: Stream, n: int | Int64Array, p: float | Float64Array, low: IntBound, high: IntBound
) -> Int64Array:
    """Successes among ``n`` tries that each succeed with probability ``p``, within ``low .. high``.

    Constants are tabulated. Otherwise the quantile is computed for each row: exactly where the standard
    deviation is below 3000, above with an error of the probabilities below one part in a million.
    """
    if (
        isinstance(n, int)
        and isinstance(p, float)
        and not isinstance(low, np.ndarray)
        and not isinstance(high, np.ndarray)
        and n * p * (1 - p) <= _TABLE_SPREAD**2
    ):
        first, table = _table(n, p, max(0, low or 0), n if high is None else min(high, n))
        out = table.draw(stream.bits())
        out += first
        return out
    u = stream.uniform()
    tries = np.broadcast_to(np.asarray(n, dtype=np.int64), u.shape)
    chance = np.broadcast_to(np.asarray(p, dtype=np.float64), u.shape)
    often = chance > 0.5  # then the failures are counted
    u = np.where(often, 1.0 - u, u)
    law = BinomialLaw(tries.astype(np.float64), np.where(often, 1.0 - chance, chance))
    if low is None and high is None:
        found = law.quantile(u)
    else:
        lows = np.minimum(np.broadcast_to(np.maximum(0 if low is None else low, 0), u.shape), tries)
        highs = np.maximum(np.minimum(tries if high is None else high, tries), lows)
        found = counting.truncated(
            u, law, np.where(often, tries - highs, lows), np.where(often, tries - lows, highs)
        )
    return np.where(often, tries - found, found)


@lru_cache(maxsize=64)
def _table(n: int, p: float, low: int, high: int) -> tuple[int, InverseTable]:
    if p in (0.0, 1.0) or high <= low:
        count = n if p == 1.0 else 0
        return min(max(count, low), max(high, low), n), InverseTable.from_weights(np.ones(1))
    odds = p / (1.0 - p)
    reach = 400 + int(40 * np.sqrt(n * p * (1.0 - p)))
    first, weights = relative_weights(
        lambda k: (n + 1 - k) / k * odds, int((n + 1) * p), low, high, reach, reach
    )
    return first, InverseTable.from_weights(weights)


@dataclass(frozen=True, slots=True)
class BinomialLaw:
    """Binomial distributions, one a row: ``n`` whole numbers, 0 <= ``p`` <= 1/2, both float64 (n,)."""

    n: Float64Array
    p: Float64Array

    @property
    def mean(self) -> Float64Array:
        return self.n * self.p

    def of(self, rows: Int64Array) -> BinomialLaw:
        return BinomialLaw(self.n[rows], self.p[rows])

    def ratio(self, k: Float64Array) -> Float64Array:
        return np.maximum(self.n + 1.0 - k, 0.0) / k * (self.p / (1.0 - self.p))

    def probability(self, k: Int64Array) -> Float64Array:
        """By the saddle-point form (Loader, 2000); counts near the ends by their few factors."""
        x = k.astype(np.float64)
        out = np.zeros(k.shape)
        inside = (x <= self.n) & (self.p > 0.0)
        out[(self.p <= 0.0) & (k == 0)] = 1.0
        near = inside & ((x < _FEW) | (self.n - x < _FEW))
        rows = np.flatnonzero(near)
        if rows.size:
            out[rows] = _few(self.n[rows], self.p[rows], x[rows])
        rows = np.flatnonzero(inside & ~near)
        if rows.size:
            n, p, some = self.n[rows], self.p[rows], x[rows]
            error = portable.stirling_error
            log_p = error(n) - error(some) - error(n - some)
            log_p -= portable.deviance(some, n * p) + portable.deviance(n - some, n * (1.0 - p))
            log_p += 0.5 * portable.log(n / (some * (n - some))) - _LOG_ROOT_2PI
            out[rows] = portable.exp(log_p)
        return out

    def quantile(self, u: Float64Array) -> Int64Array:
        out = np.zeros(u.shape, dtype=np.int64)
        few = self.mean < _SMALL_MEAN
        rows = np.flatnonzero(few)
        if rows.size:
            out[rows] = _by_adding(u[rows], self.of(rows))
        rows = np.flatnonzero(~few)
        if rows.size:
            out[rows] = _by_expansion(u[rows], self.of(rows))
        return out


def _few(n: Float64Array, p: Float64Array, x: Float64Array) -> Float64Array:
    """P(K = x) where x or n - x is below ``_FEW``."""
    fewer = np.minimum(x, n - x)
    log_p = x * portable.log(p) + (n - x) * portable.log1p(-p)
    log_p -= portable.log_factorial(fewer.astype(np.int64))
    for i in range(_FEW):
        log_p += np.where(i < fewer, portable.log(np.maximum(n - i, 1.0)), 0.0)
    return portable.exp(log_p)


def _by_adding(u: Float64Array, law: BinomialLaw) -> Int64Array:
    """By adding up probabilities from 0."""
    out = np.zeros(u.shape, dtype=np.int64)
    term = portable.exp(law.n * portable.log1p(-law.p))
    rows, rest = np.arange(u.size), u - term
    for k in range(1, 250):
        more = np.flatnonzero((rest > 0) & (k <= law.n))
        if not more.size:
            break
        rows, rest, term, law = rows[more], rest[more], term[more], law.of(more)
        out[rows] = k
        term = term * law.ratio(np.full(term.shape, float(k)))
        rest = rest - term
    return out


def _by_expansion(u: Float64Array, law: BinomialLaw) -> Int64Array:
    """By the expansion of Cornish and Fisher (1938) with the correction for whole numbers; where that lies
    too near the edge of a count to tell, by the exact distribution."""
    w = portable.ndtri(u)
    variance = law.n * law.p * (1.0 - law.p)
    sd = np.sqrt(variance - 1.0 / 12.0)
    skew = (1.0 - 2.0 * law.p) / sd
    excess = (1.0 - 6.0 * law.p * (1.0 - law.p)) / variance
    square = w * w
    steps = w + skew * (square - 1.0) / 6.0
    steps += excess * w * (square - 3.0) / 24.0 - skew * skew * w * (2.0 * square - 5.0) / 36.0
    x = law.mean + sd * steps - 0.5  # a real number between the quantile less 1 and the quantile
    out = np.clip(np.ceil(x), 0.0, law.n).astype(np.int64)
    doubtful = (np.abs(x - np.rint(x)) < (0.12 + 0.03 * square * square) / variance) | (np.abs(w) > 5.0)
    rows = np.flatnonzero(doubtful & (sd < _EXACT_SPREAD))
    if rows.size:
        out[rows] = counting.settle(u[rows], law.of(rows), out[rows])
    return out
