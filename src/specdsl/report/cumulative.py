"""Cumulative distribution functions, for drawing what was declared over a histogram.

They are those of Johnson, Kotz and Balakrishnan, *Continuous Univariate Distributions* (1994, 1995) and
Johnson, Kemp and Kotz, *Univariate Discrete Distributions* (2005), and share no code with what makes values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from specdsl.report.incomplete import incomplete_beta, incomplete_gamma
from specdsl.vectors.vector import Float64Array

Cumulative = Callable[[Float64Array], Float64Array]
"""P(X <= x) for each x, in natural units (see ``numbers.natural``)."""

_RANKS = 1_000_000


Given = Mapping[str, float]


def uniform(low: float, high: float) -> Cumulative:
    """Of all values between ``low`` and ``high``, which must be above it."""
    return lambda x: np.clip((x - low) / (high - low), 0.0, 1.0)


def _standard_normal(z: Float64Array) -> Float64Array:
    return np.array([0.5 * math.erfc(-x / math.sqrt(2.0)) for x in z.tolist()])


def _normal(g: Given) -> Cumulative:
    mean, sd = g["mean"], _positive(g["sd"])
    return lambda x: _standard_normal((x - mean) / sd)


def _lognormal(g: Given) -> Cumulative:
    mean, sigma = g["mean"], _positive(g["sigma"])
    return lambda x: _standard_normal((_log(x) - mean) / sigma)


def _exponential(g: Given) -> Cumulative:
    mean = _positive(g["mean"])
    return lambda x: -np.expm1(-np.maximum(x, 0.0) / mean)


def _log(x: Float64Array) -> Float64Array:
    with np.errstate(divide="ignore"):
        out: Float64Array = np.log(np.maximum(x, 0.0))
    return out


def _poisson(g: Given) -> Cumulative:
    mean = _positive(g["mean"])
    most = int(mean + 12 * math.sqrt(mean) + 30)
    k = np.arange(min(most, _RANKS))
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(k[1:], 1)))])
    return _stepped(np.exp(k * math.log(mean) - mean - log_factorial), 0)


def _zipf(g: Given) -> Cumulative:
    ranks = int(g["n"])
    if ranks > _RANKS:
        raise ValueError
    weights = np.arange(1, ranks + 1, dtype=np.float64) ** -g["s"]
    return _stepped(weights / weights.sum(), 1)


def _stepped(shares: Float64Array, first: int) -> Cumulative:
    """Of a distribution over whole numbers from ``first``."""
    total = np.concatenate([[0.0], np.cumsum(shares)])

    def cumulative(x: Float64Array) -> Float64Array:
        below = np.floor(np.clip(x, first - 1.0, first + len(shares))) - first + 1
        out: Float64Array = total[np.clip(below.astype(np.int64), 0, len(shares))]
        return out

    return cumulative


def _weibull(g: Given) -> Cumulative:
    shape, scale = _positive(g["shape"]), _positive(g["scale"])
    return lambda x: -np.expm1(-((np.maximum(x, 0.0) / scale) ** shape))


def _pareto(g: Given) -> Cumulative:
    shape, least = _positive(g["shape"]), _positive(g["min"])
    return lambda x: 1.0 - (least / np.maximum(x, least)) ** shape


def _triangular(g: Given) -> Cumulative:
    low, mode, high = g["min"], g["mode"], g["max"]
    width = _positive(high - low)

    def cumulative(x: Float64Array) -> Float64Array:
        x = np.clip(x, low, high)
        rising = (x - low) ** 2 / (width * max(mode - low, 1e-300))
        falling = 1.0 - (high - x) ** 2 / (width * max(high - mode, 1e-300))
        return np.where(x < mode, rising, falling)

    return cumulative


def _gamma(g: Given) -> Cumulative:
    shape, scale = _positive(g["shape"]), _positive(g["scale"])
    return _each(lambda x: incomplete_gamma(shape, x / scale))


def _beta(g: Given) -> Cumulative:
    alpha, beta = _positive(g["alpha"]), _positive(g["beta"])
    return _each(lambda x: incomplete_beta(alpha, beta, x))


def _student_t(g: Given) -> Cumulative:
    df, scale, location = _positive(g["df"]), _positive(g["scale"]), g["location"]

    def one(x: float) -> float:
        if math.isinf(x):
            return float(x > 0)
        z = (x - location) / scale
        tail = 0.5 * incomplete_beta(df / 2, 0.5, df / (df + z * z))
        return 1.0 - tail if z > 0 else tail

    return _each(one)


def _binomial(g: Given) -> Cumulative:
    n, p = g["n"], g["p"]

    def one(x: float) -> float:
        if x < 0:
            return 0.0
        return 1.0 if x >= n else 1.0 - incomplete_beta(math.floor(x) + 1.0, n - math.floor(x), p)

    return _each(one)


def _geometric(g: Given) -> Cumulative:
    p = _positive(g["p"])
    return lambda x: 1.0 - (1.0 - p) ** np.maximum(np.floor(x), 0.0)


def _negative_binomial(g: Given) -> Cumulative:
    mean, size = _positive(g["mean"]), _positive(g["size"])
    p = size / (size + mean)

    def one(x: float) -> float:
        if x < 0:
            return 0.0
        return 1.0 if math.isinf(x) else incomplete_beta(size, math.floor(x) + 1.0, p)

    return _each(one)


def _each(one: Callable[[float], float]) -> Cumulative:
    return lambda x: np.array([one(value) for value in x.tolist()])


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError(value)
    return value


KINDS: Mapping[str, Callable[[Given], Cumulative]] = {
    "uniform": lambda g: uniform(g["min"], g["min"] + _positive(g["max"] - g["min"])),
    "normal": _normal,
    "lognormal": _lognormal,
    "exponential": _exponential,
    "poisson": _poisson,
    "zipf": _zipf,
    "weibull": _weibull,
    "pareto": _pareto,
    "triangular": _triangular,
    "gamma": _gamma,
    "beta": _beta,
    "student_t": _student_t,
    "binomial": _binomial,
    "geometric": _geometric,
    "negative_binomial": _negative_binomial,
}
"""By the function's name, from its arguments; KeyError, ValueError or ArithmeticError where none is known."""
DISCRETE = frozenset({"poisson", "zipf", "binomial", "geometric", "negative_binomial"})
"""Those of whole numbers."""
