"""Distributions that are given by numbers of one's own: a histogram, or some quantiles."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from specdsl.functions import accepts
from specdsl.functions.arguments import stream_of
from specdsl.functions.distributions.truncation import Bound, amount, bound_of, finish
from specdsl.functions.entry import (
    Constants,
    Example,
    Function,
    Invocation,
    Parameter,
    constant_list,
)
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import Float64Array, Int64Array, Vector

_SMALLEST_STRETCH: Final = 1e-12


def _listed(call: Invocation, name: str) -> Float64Array:
    return np.array(call.lists[name], dtype=np.float64)


def _piecewise(call: Invocation, points: Float64Array, shares: Float64Array) -> Vector:
    """Draws from a distribution function that is straight between ``points``, where it is ``shares``."""
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    from_p, to_p = _share(points, shares, low, "left"), _share(points, shares, high, "right")
    if (np.asarray(to_p) - from_p < _SMALLEST_STRETCH).any():
        raise FunctionProblem(
            "there is nothing of the distribution between the bounds of the column",
            "widen the bounds, or give values between them some weight",
        )
    p = from_p + stream_of(call).uniform() * (to_p - from_p)
    cell = np.clip(np.searchsorted(shares, p, side="right") - 1, 0, len(points) - 2)
    return finish(call, _line(points, shares, cell, p), low, high)


def _line(points: Float64Array, shares: Float64Array, cell: Int64Array, p: Float64Array) -> Float64Array:
    """The point at share ``p``, which lies in ``cell``."""
    slopes = np.diff(points) / np.where(np.diff(shares) > 0, np.diff(shares), 1.0)
    return np.asarray(points[cell] + (p - shares[cell]) * slopes[cell])


def _share(points: Float64Array, shares: Float64Array, bound: Bound, side: str) -> float | Float64Array:
    """P(X < bound) (``side`` left) or P(X <= bound) (right); 0 and 1 where there is no bound."""
    if bound is None:
        return 0.0 if side == "left" else 1.0
    x = np.atleast_1d(np.asarray(bound, dtype=np.float64))
    place = np.searchsorted(points, x, side="left" if side == "left" else "right")
    cell = np.clip(place - 1, 0, len(points) - 2)
    width = points[cell + 1] - points[cell]
    inside = (x - points[cell]) / np.where(width > 0, width, 1.0)
    p = shares[cell] + np.clip(inside, 0.0, 1.0) * (shares[cell + 1] - shares[cell])
    return np.where(place == 0, 0.0, np.where(place == len(points), 1.0, p))


# --- histogram -----------------------------------------------------------------------------


def _histogram(call: Invocation) -> Vector:
    edges, weights = _listed(call, "edges"), _listed(call, "weights")
    total = np.concatenate([[0.0], np.cumsum(weights)])
    return _piecewise(call, edges, total / total[-1])


def _numbers(args: Constants, name: str) -> list[float]:
    found = constant_list(args, name) or []
    return [v for v in found if isinstance(v, (int, float))]


def _histogram_conflict(args: Constants) -> str:
    edges, weights = _numbers(args, "edges"), _numbers(args, "weights")
    if len(edges) < 2:
        return "`edges` has the ends of at least one bin: two numbers or more"
    if any(a >= b for a, b in pairwise(edges)):
        return "`edges` must rise from one to the next"
    if len(weights) != len(edges) - 1:
        bins = f"{len(edges) - 1} bin{'s' if len(edges) > 2 else ''}"
        return f"{len(edges)} edges make {bins}, and `weights` has {len(weights)}"
    if any(w < 0 for w in weights) or not sum(weights) > 0:
        return "no weight may be below 0, and one must be above"
    return ""


def _edges(args: Constants) -> tuple[Physical | None, Physical | None]:
    edges = constant_list(args, "edges")
    return (edges[0], edges[-1]) if edges else (None, None)


# --- quantiles -----------------------------------------------------------------------------


def _quantiles(call: Invocation) -> Vector:
    values = _listed(call, "values")
    at = _listed(call, "at") if "at" in call.lists else np.arange(len(values)) / (len(values) - 1)
    if at[0] > 0.0:  # the outer pieces go on in a straight line
        first = values[0] - (values[1] - values[0]) * (at[0] / (at[1] - at[0]))
        values, at = np.concatenate([[first], values]), np.concatenate([[0.0], at])
    if at[-1] < 1.0:
        last = values[-1] + (values[-1] - values[-2]) * ((1.0 - at[-1]) / (at[-1] - at[-2]))
        values, at = np.concatenate([values, [last]]), np.concatenate([at, [1.0]])
    return _piecewise(call, values, at)


def _quantiles_conflict(args: Constants) -> str:
    values, at = _numbers(args, "values"), _numbers(args, "at")
    if len(values) < 2:
        return "`values` has two numbers or more"
    if any(a > b for a, b in pairwise(values)):
        return "`values` must not fall from one to the next"
    if not at:
        return ""
    if len(at) != len(values):
        return f"`values` has {len(values)} numbers and `at` {len(at)}: each value has its share"
    if any(a >= b for a, b in pairwise(at)) or at[0] < 0 or at[-1] > 1:
        return "`at` must rise from one to the next, between 0 and 1"
    return ""


def _value_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    values, at = constant_list(args, "values"), _numbers(args, "at")
    if not values:
        return None, None
    return (None if at and at[0] > 0 else values[0]), (None if at and at[-1] < 1 else values[-1])


FUNCTIONS: Final = (
    Function(
        name="histogram",
        family="distributions",
        summary="A number that falls into bins as often as their weights say.",
        doc="`edges` are the ends of the bins; `weights`, one fewer, need not total anything. Within a bin "
        "all values are equally likely.",
        result=amount,
        kernel=_histogram,
        parameters=(
            Parameter("edges", accepts.AMOUNTS, "Where bins begin and end, rising.", constant=True),
            Parameter("weights", accepts.REALS, "How often each bin comes, relatively.", constant=True),
        ),
        examples=(
            Example("histogram([0, 10, 20, 50], [5, 3, 2])", "float", "half of them below 10"),
            Example("histogram([0s, 1m, 1h], weights: [9, 1])", "duration"),
        ),
        draws=True,
        bounds=_edges,
        truncates=True,
        conflict=_histogram_conflict,
    ),
    Function(
        name="quantiles",
        family="distributions",
        summary="A number whose median, quartiles or other quantiles are the ones given.",
        doc="`at` says which share of the draws lies below each of the `values`; without it they are the "
        "smallest, the largest and what lies at equal steps between: three values are minimum, median and "
        "maximum. Between two values the draws are even; below the first and above the last of `at` the "
        "outer pieces go on.",
        result=amount,
        kernel=_quantiles,
        parameters=(
            Parameter("values", accepts.AMOUNTS, "The quantiles, rising.", constant=True),
            Parameter(
                "at",
                accepts.REALS,
                "The share below each, from 0 to 1; null for equal steps.",
                default=None,
                constant=True,
            ),
        ),
        examples=(
            Example("quantiles([10, 35, 120])", "float", "half of them below 35"),
            Example("quantiles([80, 250, 2_000], at: [0.05, 0.5, 0.99])", "float in 0.0..", "response times"),
        ),
        draws=True,
        bounds=_value_bounds,
        truncates=True,
        conflict=_quantiles_conflict,
        aliases=("percentiles",),
    ),
)
