"""The negative binomial distribution by inversion, truncated or not."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from specdsl.functions.distributions.neighbours import relative_weights
from specdsl.functions.distributions.truncation import IntBound
from specdsl.functions.problems import FunctionProblem
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import Float64Array, Int64Array

_LARGEST_TABLE: Final = 1 << 22


def negative_binomial(stream: Stream, mean: float, size: float, low: IntBound, high: IntBound) -> Int64Array:
    """Counts with average ``mean`` (at least 0) and variance ``mean + mean**2 / size`` (``size`` above 0),
    within ``low .. high``."""
    if not isinstance(low, np.ndarray) and not isinstance(high, np.ndarray):
        first, table = _table(mean, size, max(0, low or 0), high)
        out = table.draw(stream.bits())
        out += first
        return out
    first, cumulative = _cumulative(mean, size)
    u = stream.uniform()
    last = len(cumulative) - 1  # cumulative[k] is the share of the first k counts
    before = np.clip(np.asarray(0 if low is None else low) - first, 0, last)
    upto = np.clip(np.asarray(first + last if high is None else high) - first + 1, 0, last)
    from_p, to_p = cumulative[before], cumulative[upto]
    out = first - 1 + np.searchsorted(cumulative, from_p + u * (to_p - from_p), side="left").astype(np.int64)
    least = np.maximum(0 if low is None else low, 0)
    return np.asarray(np.maximum(out if high is None else np.minimum(out, high), least))


@lru_cache(maxsize=32)
def _weights(mean: float, size: float, low: int, high: int | None) -> tuple[int, Float64Array]:
    """The first count and the relative probabilities; what is less likely than 1e-18 beside the rest is left
    out."""
    if mean == 0.0 or (high is not None and high <= low):
        return (low if high is None else max(min(low, high), 0)), np.ones(1)
    q = mean / (mean + size)
    peak = max(0, int((size - 1.0) * mean / size))
    reach = 400 + int(45 * (1.0 + mean / size) + 40 * np.sqrt(mean + mean * mean / size))
    if reach > _LARGEST_TABLE:
        raise FunctionProblem(
            f"counts with mean {mean:g} and size {size:g} are spread too far to be counted out",
            "from there on `gamma(size, mean / size)`, rounded, is the same",
        )
    top = max(low, peak) + reach
    return relative_weights(
        lambda k: (k - 1.0 + size) / k * q, peak, low, top if high is None else min(high, top), reach, reach
    )


@lru_cache(maxsize=32)
def _table(mean: float, size: float, low: int, high: int | None) -> tuple[int, InverseTable]:
    first, weights = _weights(mean, size, low, high)
    return first, InverseTable.from_weights(weights)


@lru_cache(maxsize=32)
def _cumulative(mean: float, size: float) -> tuple[int, Float64Array]:
    first, weights = _weights(mean, size, 0, None)
    total = np.cumsum(weights)
    return first, np.concatenate([[0.0], total / total[-1]])
