"""Probabilities of counts from the ratios of neighbours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from specdsl.vectors.vector import Float64Array


def relative_weights(
    ratio: Callable[[Float64Array], Float64Array], peak: int, low: int, high: int, down: int, up: int
) -> tuple[int, Float64Array]:
    """The first count and the relative probabilities of the distribution on ``low .. high`` with
    P(k) / P(k - 1) = ``ratio(k)``, likeliest at ``peak``; ``down`` and ``up`` are how far from the likeliest
    count of the stretch they go at most."""
    start = min(max(peak, low), high)
    first, last = max(low, start - down), min(high, start + up)
    above = np.cumprod(ratio(np.arange(start + 1, last + 1, dtype=np.float64)))
    below = np.cumprod(1.0 / ratio(np.arange(start, first, -1, dtype=np.float64)))
    return first, np.concatenate([below[::-1], [1.0], above])
