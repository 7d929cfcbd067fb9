"""Continuous distributions whose inverse has no plain form: gamma, beta and Student's t.

Each is a table of its quantiles (``specdsl.randomness.quantile_table``) in a variable that runs over all
numbers: the logarithm of a gamma value, the log-odds of a beta value, the inverse hyperbolic sine of a t
value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, require, stream_of
from specdsl.functions.distributions.truncation import (
    NUMBER_OR_DURATION,
    Bound,
    amount,
    bound_of,
    finish,
    log_bound,
    standard_normal,
)
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.randomness import portable
from specdsl.randomness.quantile_table import QuantileTable
from specdsl.vectors.vector import Float64Array, Vector

_SMALLEST: Final = 0.001
_LARGEST: Final = 1e6


def _drawn(call: Invocation, table: QuantileTable, low: Bound, high: Bound) -> Float64Array:
    """Values of the table's variable, between bounds of it."""
    ends = [
        None if b is None else table.z(np.atleast_1d(np.asarray(b, dtype=np.float64))) for b in (low, high)
    ]
    for end, beyond in zip(ends, (np.inf, -np.inf), strict=True):
        if end is not None and (end == beyond).any():
            raise FunctionProblem(
                "the bounds lie so far out that less than one draw in 10**290 falls between them",
                "widen the bounds of the column, or move the distribution towards them",
            )
    return table.at(standard_normal(stream_of(call).uniform(), ends[0], ends[1]))


def _constant(call: Invocation, name: str) -> float:
    return float(np.asarray(floats(call, name)))


def _softplus(y: Float64Array) -> Float64Array:
    """log(1 + e**y)"""
    return np.maximum(y, 0.0) + portable.log1p(portable.exp(-np.abs(y)))


# --- gamma ---------------------------------------------------------------------------------


def _gamma(call: Invocation) -> Vector:
    shape, scale = _constant(call, "shape"), floats(call, "scale")
    require(call, "scale", np.asarray(scale) > 0, scale, "it must be above 0")
    unit = shape * np.asarray(scale)
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    ends = [None if b is None else log_bound(np.asarray(b / unit)) for b in (low, high)]
    return finish(call, portable.exp(_drawn(call, _gamma_table(shape), *ends)) * unit, low, high)


@lru_cache(maxsize=32)
def _gamma_table(shape: float) -> QuantileTable:
    """Of log(x / shape)."""
    return QuantileTable.from_log_density(
        lambda y: -shape * (portable.expm1(y) - y), min(1.0, float(np.sqrt(1.0 / shape)))
    )


# --- beta ----------------------------------------------------------------------------------


def _beta(call: Invocation) -> Vector:
    alpha, beta = _constant(call, "alpha"), _constant(call, "beta")
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    centre = float(portable.log(np.array([alpha / beta]))[0])

    def odds(bound: Bound) -> Bound:
        if bound is None:
            return None
        share = np.clip(np.atleast_1d(np.asarray(bound, dtype=np.float64)), 0.0, 1.0)
        return portable.log(share) - portable.log(1.0 - share) - centre

    y = _drawn(call, _beta_table(alpha, beta), odds(low), odds(high)) + centre
    rest = portable.exp(-np.abs(y))
    return finish(call, np.where(y < 0, rest, 1.0) / (1.0 + rest), low, high)


@lru_cache(maxsize=32)
def _beta_table(alpha: float, beta: float) -> QuantileTable:
    """Of log(x / (1 - x)) - log(alpha / beta)."""
    centre = float(portable.log(np.array([alpha / beta]))[0])
    curvature = alpha * beta / (alpha + beta)
    return QuantileTable.from_log_density(
        lambda y: -alpha * _softplus(-(y + centre)) - beta * _softplus(y + centre),
        min(1.0, float(np.sqrt(1.0 / curvature))),
    )


# --- student's t ---------------------------------------------------------------------------


def _student_t(call: Invocation) -> Vector:
    df, location, scale = _constant(call, "df"), floats(call, "location"), floats(call, "scale")
    require(call, "scale", np.asarray(scale) > 0, scale, "it must be above 0")
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    unit = np.asarray(scale) * np.sqrt(df)

    def folded(bound: Bound) -> Bound:
        """asinh, without cancellation near 0."""
        if bound is None:
            return None
        x = np.atleast_1d(np.asarray((bound - location) / unit, dtype=np.float64))
        size = np.minimum(np.abs(x), 1e150)
        y = portable.log1p(size + size * size / (1.0 + np.sqrt(1.0 + size * size)))
        return np.where(x < 0, -y, y)

    y = _drawn(call, _t_table(df), folded(low), folded(high))
    x = 0.5 * (portable.expm1(y) - portable.expm1(-y))  # sinh
    return finish(call, location + unit * x, low, high)


@lru_cache(maxsize=32)
def _t_table(df: float) -> QuantileTable:
    """Of asinh(t / sqrt(df)), whose density is cosh(y)**-df."""
    return QuantileTable.from_log_density(
        lambda y: -df * (np.abs(y) + portable.log1p(portable.exp(-2.0 * np.abs(y)))),
        min(1.0, float(np.sqrt(1.0 / df))),
    )


def _shape(name: str, doc: str) -> Parameter:
    return Parameter(name, accepts.REAL, doc, constant=True, minimum=_SMALLEST, maximum=_LARGEST)


FUNCTIONS: Final = (
    Function(
        name="gamma",
        family="distributions",
        summary="A positive number, skewed to the right: amounts, times of several steps.",
        doc="The average is `shape` times `scale`. A `shape` of 1 is `exponential`; the larger it is, the "
        "more the values keep together: the standard deviation is the average divided by the root of "
        "`shape`.",
        result=amount,
        kernel=_gamma,
        parameters=(
            _shape("shape", "How closely the values keep together."),
            Parameter(
                "scale",
                accepts.AMOUNT,
                f"The unit: {NUMBER_OR_DURATION}.",
                default=1.0,
                minimum=0,
                exclusive_minimum=True,
            ),
        ),
        examples=(
            Example("gamma(shape: 2, scale: 15)", "float", "30 on average"),
            Example("gamma(shape: 9, scale: 5)", "int in 18..90", "ages, truncated"),
            Example("gamma(3, 20m)", "duration", "an hour on average"),
        ),
        draws=True,
        bounds=lambda _: (0, None),
        truncates=True,
        aliases=("erlang", "chi_squared"),
    ),
    Function(
        name="beta",
        family="distributions",
        summary="A share between 0 and 1: rates, scores, proportions.",
        doc="The average is `alpha` / (`alpha` + `beta`); the larger the two, the closer the values keep "
        "to it. Both 1 is even; both below 1 crowds the ends.",
        result=t.FLOAT,
        kernel=_beta,
        parameters=(
            _shape("alpha", "The pull towards 1."),
            _shape("beta", "The pull towards 0."),
        ),
        examples=(
            Example("beta(2, 5)", "float", "mostly 0.1 to 0.5"),
            Example("100 * beta(alpha: 8, beta: 2)", "int in 0..100", "marks, 80 on average"),
        ),
        draws=True,
        bounds=lambda _: (0.0, 1.0),
        truncates=True,
    ),
    Function(
        name="student_t",
        family="distributions",
        summary="A bell curve with heavy tails: returns, measuring errors with outliers.",
        doc="The fewer degrees of freedom, the wilder the tails: `df: 1` is the Cauchy distribution, which "
        "has no average; from about 30 it is all but `normal`.",
        result=amount,
        kernel=_student_t,
        parameters=(
            Parameter(
                "df",
                accepts.REAL,
                "The degrees of freedom.",
                constant=True,
                minimum=0.1,
                maximum=_LARGEST,
            ),
            Parameter("location", accepts.AMOUNT, f"The centre: {NUMBER_OR_DURATION}.", default=0.0),
            Parameter(
                "scale",
                accepts.AMOUNT,
                "The width.",
                default=1.0,
                same_as="location",
                minimum=0,
                exclusive_minimum=True,
            ),
        ),
        examples=(
            Example("student_t(df: 4, location: 0.05, scale: 1.2)", "float in -20..20", "daily returns in %"),
            Example("student_t(3)", "float"),
        ),
        draws=True,
        truncates=True,
        aliases=("cauchy",),
    ),
)
