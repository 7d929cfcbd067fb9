"""The Poisson distribution by inversion, truncated or not, for any mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from specdsl.functions.distributions import counting
from specdsl.functions.distributions.truncation import IntBound
from specdsl.randomness import portable
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import Float64Array, Int64Array

MAX_MEAN: Final = 1e15
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
    return counting.truncated(u, PoissonLaw(means), low, high)


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
        guess = np.maximum(nearest[rows], 0.0).astype(np.int64)
        out[rows] = counting.settle(u[rows], PoissonLaw(mean[rows]), guess)
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


@dataclass(frozen=True, slots=True)
class PoissonLaw:
    """Poisson distributions, one a row; ``mean`` of shape (n,), above 0."""

    mean: Float64Array

    def of(self, rows: Int64Array) -> PoissonLaw:
        return PoissonLaw(self.mean[rows])

    def probability(self, k: Int64Array) -> Float64Array:
        return portable.poisson_probability(k, self.mean)

    def ratio(self, k: Float64Array) -> Float64Array:
        return self.mean / k

    def quantile(self, u: Float64Array) -> Int64Array:
        return poisson_quantile(u, self.mean)
