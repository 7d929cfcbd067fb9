"""Distributions fitted to numbers, each truncated to the range of the sample, as the language truncates them.

How well one fits is the Kolmogorov-Smirnov distance: the largest gap between the two cumulative curves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_POINTS = 200
_CLOSE = 0.025
_FACTOR = 1.36
"""Of 1/sqrt(n): what the distance stays below in 95 of 100 samples that do follow the distribution."""
_WORST = 0.06
_MOST_RANKS = 50_000


@dataclass(frozen=True, slots=True)
class Fit:
    """A distribution with its parameters, and its distance from the sample."""

    name: str
    parameters: tuple[float, ...]
    distance: float


def fitted(values: Floats, *, whole: bool) -> Fit | None:
    """The plainest distribution that fits ``values`` about as well as any does, None where none fits.
    ``whole``: they are whole numbers."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return None
    half = 0.5 if whole else 0.0
    points, heights = _curve(values)
    fits = [_uniform(points, heights, low, high, half)]
    allowed = min(_WORST, max(_CLOSE, _FACTOR / math.sqrt(len(values))))
    if fits[0].distance <= allowed / 2:
        return fits[0]
    if low >= 0:
        fits.append(
            _searched(
                "exponential", _exponential, points, heights, (low, high, half), (float(values.mean()),)
            )
        )
    fits.append(
        _searched(
            "normal", _normal, points, heights, (low, high, half), (float(values.mean()), float(values.std()))
        )
    )
    if whole and low == 1 and 3 < high <= _MOST_RANKS:
        fits.append(_searched("zipf", _zipf, points, heights, (low, high, half), (1.0,)))
    if low > 0:
        logs = np.log(values)
        start = (float(logs.mean()), float(logs.std()))
        fits.append(_searched("lognormal", _lognormal, points, heights, (low, high, half), start))
    fits = [f for f in fits if f.name != "normal" or _humped(f, low, high)]
    best = min(f.distance for f in fits)
    return next((f for f in fits if f.distance <= min(allowed, 1.5 * best + 0.01)), None)


def _humped(fit: Fit, low: float, high: float) -> bool:
    """Whether a normal distribution's hump is in the range, and not only one of its tails."""
    mean, deviation = fit.parameters
    return low + 0.5 * deviation <= mean <= high - 0.5 * deviation


def _curve(values: Floats) -> tuple[Floats, Floats]:
    """Points of the cumulative curve of the sample: values, and the shares that are no larger."""
    ordered = np.sort(values)
    at = np.unique(np.linspace(0, len(ordered) - 1, _POINTS).astype(np.int64))
    points = np.unique(ordered[at])
    return points, np.searchsorted(ordered, points, side="right") / len(ordered)


Cumulative = Callable[[Floats, tuple[float, ...]], Floats]


def _truncated(
    cumulative: Cumulative, points: Floats, bounds: tuple[float, float, float], parameters: tuple[float, ...]
) -> Floats:
    low, high, half = bounds
    ends = cumulative(np.array([low - half, high + half]), parameters)
    mass = ends[1] - ends[0]
    if not mass > 1e-9:
        return np.full(points.shape, 2.0)
    curve: Floats = (cumulative(points + half, parameters) - ends[0]) / mass
    return curve


def _uniform(points: Floats, heights: Floats, low: float, high: float, half: float) -> Fit:
    curve = (points + half - (low - half)) / (high - low + 2 * half)
    return Fit("uniform", (low, high), float(np.abs(curve - heights).max()))


def _searched(
    name: str,
    cumulative: Cumulative,
    points: Floats,
    heights: Floats,
    bounds: tuple[float, float, float],
    start: tuple[float, ...],
) -> Fit:
    """A pattern search from ``start`` for the parameters with the least squared distance of the curves."""

    def loss(parameters: tuple[float, ...]) -> float:
        if parameters[-1] <= 0:
            return math.inf
        return float(np.square(_truncated(cumulative, points, bounds, parameters) - heights).mean())

    best, least = start, loss(start)
    scale = max(abs(start[-1]), 1e-9)
    step = 0.5
    while step > 0.004:
        moves = [
            tuple(p + sign * step * scale * (i == at) for i, p in enumerate(best))
            for at in range(len(best))
            for sign in (-1, 1)
        ]
        found, moved = min((loss(m), m) for m in moves)
        if found < least * 0.9999:
            best, least = moved, found
        else:
            step /= 2
    gap = float(np.abs(_truncated(cumulative, points, bounds, best) - heights).max())
    return Fit(name, best, gap)


def _normal(points: Floats, parameters: tuple[float, ...]) -> Floats:
    mean, deviation = parameters
    return _phi((points - mean) / deviation)


def _lognormal(points: Floats, parameters: tuple[float, ...]) -> Floats:
    with np.errstate(divide="ignore"):
        return _normal(np.log(np.maximum(points, 0.0)), parameters)


def _exponential(points: Floats, parameters: tuple[float, ...]) -> Floats:
    curve: Floats = 1.0 - np.exp(-np.maximum(points, 0.0) / parameters[0])
    return curve


def _zipf(points: Floats, parameters: tuple[float, ...]) -> Floats:
    """Up to the largest rank asked about, without its constant factor."""
    top = int(min(points.max(), 2_000_000.0))
    sums = np.concatenate([[0.0], np.cumsum(np.arange(1, top + 1, dtype=np.float64) ** -parameters[0])])
    at = np.clip(np.floor(points), 0, top).astype(np.int64)
    curve: Floats = sums[at]
    return curve


def _phi(x: Floats) -> Floats:
    """The normal distribution's cumulative curve: Abramowitz and Stegun 7.1.26, to within 1.5e-7."""
    z = np.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    with np.errstate(over="ignore", under="ignore"):
        tail = np.exp(-np.square(np.minimum(z, 38.0)))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    half: Floats = 0.5 * series * tail
    return np.where(x > 0, 1 - half, half)
