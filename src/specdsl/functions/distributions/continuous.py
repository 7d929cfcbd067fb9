"""Continuous distributions whose inverse has a plain form: uniform, normal, lognormal, exponential."""

from __future__ import annotations

from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, require, stream_of
from specdsl.functions.distributions.truncation import (
    NUMBER_OR_DURATION,
    amount,
    bound_of,
    finish,
    log_bound,
    standard_normal,
    standardised,
)
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.randomness import portable
from specdsl.vectors.vector import Vector

# --- uniform -------------------------------------------------------------------------------


def _uniform(call: Invocation) -> Vector:
    low, high = floats(call, "min"), floats(call, "max")
    require(call, "max", np.asarray(high) >= low, high, "it must not be below `min`")
    at_least, at_most = bound_of(call, call.low), bound_of(call, call.high)
    if at_least is not None:
        low = np.maximum(low, at_least)
    if at_most is not None:
        high = np.minimum(high, at_most)
    out = stream_of(call).uniform()
    out *= np.subtract(high, low)
    out += low
    return finish(call, out, low, high)


def _uniform_conflict(args: Constants) -> str:
    low, high = args.get("min"), args.get("max")
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
        return "`max` is below `min`"
    return ""


def _uniform_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("min"), args.get("max")


# --- normal --------------------------------------------------------------------------------


def _normal(call: Invocation) -> Vector:
    mean, sd = floats(call, "mean"), floats(call, "sd")
    require(call, "sd", np.asarray(sd) >= 0, sd, "a standard deviation cannot be negative")
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    z = standard_normal(stream_of(call).uniform(), standardised(low, mean, sd), standardised(high, mean, sd))
    z *= sd
    z += mean
    return finish(call, z, low, high)


def _lognormal(call: Invocation) -> Vector:
    mean, sigma = floats(call, "mean"), floats(call, "sigma")
    require(call, "sigma", np.asarray(sigma) >= 0, sigma, "a standard deviation cannot be negative")
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    if high is not None and not np.all(np.asarray(high) > 0):
        raise FunctionProblem(
            "its numbers are above 0, and the bounds of the column end at 0 or below",
            "let the bounds reach above 0",
        )
    z = standard_normal(
        stream_of(call).uniform(),
        standardised(log_bound(low), mean, sigma),
        standardised(log_bound(high), mean, sigma),
    )
    z *= sigma
    z += mean
    return finish(call, portable.exp(z), low, high)


# --- exponential ---------------------------------------------------------------------------


def _exponential(call: Invocation) -> Vector:
    mean = floats(call, "mean")
    require(call, "mean", np.asarray(mean) >= 0, mean, "a mean waiting time cannot be negative")
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    u = stream_of(call).uniform()
    start = 0.0 if low is None else np.maximum(low, 0.0)
    if high is None:
        out = portable.log(u)
        out *= np.negative(mean)
    else:
        # memoryless: what lies beyond `start` is exponential again, cut off after high - start
        with np.errstate(divide="ignore", invalid="ignore"):
            width = np.atleast_1d(np.asarray((high - start) / np.asarray(mean, dtype=np.float64)))
        share = -portable.expm1(-np.where(np.isnan(width), 0.0, np.maximum(width, 0.0)))
        out = portable.log1p(-(u * share))
        out *= np.negative(mean)
    out += start
    return finish(call, out, low, high)


FUNCTIONS: Final = (
    Function(
        name="uniform",
        family="distributions",
        summary="A number between `min` and `max`, all equally likely.",
        doc="Gives floats (or durations) however the ends are written. For whole numbers, dates and "
        "decimals write a range: `1..6` draws an int, both ends included.",
        result=amount,
        kernel=_uniform,
        parameters=(
            Parameter("min", accepts.AMOUNT, f"The smallest value: {NUMBER_OR_DURATION}.", default=0.0),
            Parameter("max", accepts.AMOUNT, "The largest value.", default=1.0, same_as="min"),
        ),
        examples=(
            Example("uniform(0, 1)", "float", "a float strictly between 0 and 1"),
            Example("uniform(min: 2.5, max: 4)", "float"),
            Example("uniform(10s, 2m)", "duration"),
        ),
        draws=True,
        bounds=_uniform_bounds,
        conflict=_uniform_conflict,
        truncates=True,
    ),
    Function(
        name="normal",
        family="distributions",
        summary="A number from the normal (Gaussian) distribution: the bell curve.",
        doc="Two draws in three lie within one `sd` of `mean`, 95 % within two. A column with `in a..b` "
        "gets the distribution truncated to its bounds: no draw is clipped to a bound.",
        result=amount,
        kernel=_normal,
        parameters=(
            Parameter("mean", accepts.AMOUNT, f"The centre: {NUMBER_OR_DURATION}.", default=0.0),
            Parameter(
                "sd", accepts.AMOUNT, "The standard deviation.", default=1.0, same_as="mean", minimum=0
            ),
        ),
        examples=(
            Example("normal(mean: 38, sd: 12)", "int in 18..90", "ages, truncated to 18..90"),
            Example("normal()", "float"),
            Example("normal(mean: 2h, sd: 20m)", "duration"),
        ),
        draws=True,
        truncates=True,
    ),
    Function(
        name="lognormal",
        family="distributions",
        summary="A positive number whose logarithm is normal: prices, incomes, sizes.",
        doc="`mean` and `sigma` are those of the natural logarithm; the median is e to the power `mean` "
        "(`mean: 3.2` gives about 24.5), and larger `sigma` makes the upper tail longer.",
        result=t.FLOAT,
        kernel=_lognormal,
        parameters=(
            Parameter("mean", accepts.REAL, "The mean of the logarithm.", default=0.0),
            Parameter(
                "sigma", accepts.REAL, "The standard deviation of the logarithm.", default=1.0, minimum=0
            ),
        ),
        examples=(
            Example(
                "lognormal(mean: 3.2, sigma: 0.8)", "decimal(10, 2) in 0..100_000", "prices around 24.50"
            ),
            Example("lognormal()", "float"),
        ),
        draws=True,
        bounds=lambda _: (0.0, None),
        truncates=True,
    ),
    Function(
        name="exponential",
        family="distributions",
        summary="The waiting time to the next event, `mean` on average.",
        doc="Short waits are the most likely; a third of the draws exceed the mean, one in 150 five times "
        "the mean.",
        result=amount,
        kernel=_exponential,
        parameters=(
            Parameter("mean", accepts.AMOUNT, f"The average: {NUMBER_OR_DURATION}.", default=1.0, minimum=0),
        ),
        examples=(
            Example("exponential(mean: 30d)", "duration"),
            Example("exponential(mean: 4.5)", "float"),
        ),
        draws=True,
        bounds=lambda _: (0, None),
        truncates=True,
    ),
)
