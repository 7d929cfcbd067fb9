"""Quantile functions from densities, tabulated against the standard normal quantile.

A draw from a distribution with quantile function Q is Q(P(Z <= z)) for a standard normal z. As a function of
z this is smooth where Q itself is not (near 0 and 1), so that cubic pieces follow it into both tails; and
bounds become bounds of z, where truncation is a solved problem.

The table is made by integrating the density (Gauss-Legendre, eight points a cell, from both ends so that
small probabilities keep their digits), in portable arithmetic: the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from specdsl.randomness import portable
from specdsl.vectors.vector import Float64Array

LogDensity = Callable[[Float64Array], Float64Array]

_POINTS: Final = (
    (0.18343464249564978, 0.36268378337836166),
    (0.525532409916329, 0.3137066458778869),
    (0.7966664774136267, 0.22238103445337443),
    (0.9602898564975362, 0.10122853629037706),
)
_CELLS: Final = 4096
_REACH: Final = 690.0  # how far the logarithm of the density falls from its peak to the ends of the table
_STEPS_PER_UNIT: Final = 128
_LAST: Final = 36.5  # normal quantile of the last node
_LOG_ROOT_2PI: Final = 0.9189385332046728


@dataclass(frozen=True, slots=True)
class QuantileTable:
    """``y`` as cubic pieces over equal steps of z from -``_LAST`` to ``_LAST``."""

    y: Float64Array
    a: Float64Array  # y + t (a + t (b + t c)) for t in 0 .. 1 within a step
    b: Float64Array
    c: Float64Array

    @classmethod
    def from_log_density(cls, log_density: LogDensity, width: float) -> QuantileTable:
        """The table of a density with one peak, at 0, whose curvature there is that of a normal density with
        standard deviation about ``width``. ``log_density`` is up to a constant, log-concave or nearly so."""
        with np.errstate(over="ignore"):  # far out the density is 0
            ys = _nodes(log_density, width)
            z, log_f = _normal_quantiles(log_density, ys)
        slope = portable.exp(-0.5 * z * z - _LOG_ROOT_2PI - log_f)  # dy / dz
        grid = np.arange(-_LAST * _STEPS_PER_UNIT, _LAST * _STEPS_PER_UNIT + 1) / _STEPS_PER_UNIT
        cell = np.clip(np.searchsorted(z, grid, side="right") - 1, 0, len(z) - 2)
        step = z[cell + 1] - z[cell]
        t = (grid - z[cell]) / step
        y, slopes = _hermite(t, step, ys[cell], ys[cell + 1], slope[cell], slope[cell + 1])
        return cls.through(y, slopes / _STEPS_PER_UNIT)

    @classmethod
    def through(cls, y: Float64Array, slope: Float64Array) -> QuantileTable:
        """The cubic pieces with these values and slopes (a step) at the nodes."""
        rise = y[1:] - y[:-1]
        first, last = np.minimum(slope[:-1], 3 * rise), np.minimum(slope[1:], 3 * rise)  # stays monotone
        return cls(y, first, 3 * rise - 2 * first - last, first + last - 2 * rise)

    def at(self, z: Float64Array) -> Float64Array:
        """``y`` at normal quantiles ``z``; beyond the table its ends."""
        place = (np.clip(z, -_LAST, _LAST) + _LAST) * _STEPS_PER_UNIT
        cell = np.minimum(place.astype(np.int64), len(self.a) - 1)
        place -= cell
        out = self.c.take(cell)
        for coefficient in (self.b, self.a, self.y):
            out *= place
            out += coefficient.take(cell)
        return out

    def z(self, y: Float64Array) -> Float64Array:
        """The normal quantile that gives ``y``; -inf and inf beyond the table."""
        cell = np.clip(np.searchsorted(self.y, y, side="right") - 1, 0, len(self.a) - 1)
        base, a, b, c = (v[cell] for v in (self.y, self.a, self.b, self.c))
        low, high = np.zeros(cell.shape), np.ones(cell.shape)
        t = np.full(cell.shape, 0.5)
        for _ in range(8):  # Newton's steps, halves where they lead out; a piece is all but straight
            slope = a + t * (2 * b + 3 * c * t)
            excess = base + t * (a + t * (b + t * c)) - y
            high = np.where(excess > 0, t, high)
            low = np.where(excess > 0, low, t)
            t = t - excess / np.where(slope > 0, slope, 1.0)
            t = np.where((t >= low) & (t <= high), t, 0.5 * (low + high))
        out = (cell + t) / _STEPS_PER_UNIT - _LAST
        out = np.where(y <= self.y[0], -np.inf, out)
        return np.where(y >= self.y[-1], np.inf, out)


def _nodes(log_density: LogDensity, width: float) -> Float64Array:
    """Cell ends that are close together at the peak and lie ever wider apart beyond it."""
    t = np.arange(0, 4097) / 256.0
    spread = 0.5 * (portable.exp(t) - portable.exp(-t)) * width  # width * sinh(t)
    peak = float(log_density(np.zeros(1))[0])
    ends = []
    for side in (-1.0, 1.0):
        fallen = log_density(side * spread) < peak - _REACH
        ends.append(side * t[int(np.argmax(fallen)) if fallen.any() else -1])
    at = ends[0] + np.arange(_CELLS + 1) * ((ends[1] - ends[0]) / _CELLS)
    return np.asarray(0.5 * (portable.exp(at) - portable.exp(-at)) * width)


def _normal_quantiles(log_density: LogDensity, ys: Float64Array) -> tuple[Float64Array, Float64Array]:
    """The normal quantile at each node, and there the logarithm of the density that integrates to 1."""
    peak = float(log_density(np.zeros(1))[0])
    half, middle = 0.5 * (ys[1:] - ys[:-1]), 0.5 * (ys[1:] + ys[:-1])
    mass = np.zeros(_CELLS)
    for place, weight in _POINTS:
        for side in (-place, place):
            mass += weight * portable.exp(log_density(middle + side * half) - peak)
    mass *= half
    log_f = log_density(ys) - peak
    f = portable.exp(log_f)
    # what lies beyond the ends, as if it fell exponentially from there
    before = f[0] * (ys[1] - ys[0]) / max(log_f[1] - log_f[0], 1e-300)
    after = f[-1] * (ys[-1] - ys[-2]) / max(log_f[-2] - log_f[-1], 1e-300)
    lower = np.cumsum(np.concatenate([[before], mass]))
    upper = np.cumsum(np.concatenate([[after], mass[::-1]]))[::-1]
    total = portable.log(np.array([lower[-1] + after]))[0]
    smaller = np.minimum(lower, upper)
    log_tail = portable.log(smaller) - total
    deep = log_tail < -3.0
    z = np.empty(len(ys))
    z[deep] = portable.ndtri_of_log(log_tail[deep])
    z[~deep] = portable.ndtri(portable.exp(log_tail[~deep]))
    return np.where(lower <= upper, z, -z), log_f - total


def _hermite(
    t: Float64Array,
    step: Float64Array,
    y0: Float64Array,
    y1: Float64Array,
    slope0: Float64Array,
    slope1: Float64Array,
) -> tuple[Float64Array, Float64Array]:
    """Value and slope at ``t`` of the cubic with these ends; beyond them a straight line."""
    first, last, rise = slope0 * step, slope1 * step, y1 - y0
    b, c = 3 * rise - 2 * first - last, first + last - 2 * rise
    inside = np.clip(t, 0.0, 1.0)
    slope = first + inside * (2 * b + 3 * c * inside)
    value = y0 + inside * (first + inside * (b + c * inside)) + (t - inside) * slope
    return value, slope / step
