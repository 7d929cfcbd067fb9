"""Distributions: one draw a row, by the inverse of the cumulative distribution.

A truncated distribution draws from the stretch of probability between its bounds, so that no value is
clipped to a bound and none is tried again. Where the stretch lies in the upper tail the mirror image is
drawn, because probabilities near 1 have no digits left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.distributions import discrete
from specdsl.functions.arguments import floats, floats_of, full, given, ints, require, stream_of
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.randomness import portable
from specdsl.vectors.vector import BoolArray, Float64Array, Vector

Bound = float | Float64Array | None


def _bound(call: Invocation, value: Vector | Physical | None) -> Bound:
    return None if value is None else floats_of(value, call.result)


def _finish(call: Invocation, values: Float64Array, low: Bound, high: Bound) -> Vector:
    """The draws as the result's type. Bounds are met up to rounding already; here to the last digit."""
    if low is not None:
        values = np.maximum(values, low)
    if high is not None:
        values = np.minimum(values, high)
    if isinstance(call.result, t.Duration):
        return full(call, np.rint(np.clip(values, -(2.0**62), 2.0**62)).astype(np.int64))
    return full(call, values)


def _amount(types: Mapping[str, t.DataType]) -> t.DataType:
    """duration when any argument is one, else float."""
    return t.DURATION if any(isinstance(d, t.Duration) for d in types.values()) else t.FLOAT


# --- uniform -------------------------------------------------------------------------------


def _uniform(call: Invocation) -> Vector:
    low, high = floats(call, "min"), floats(call, "max")
    require(call, "max", np.asarray(high) >= low, high, "it must not be below `min`")
    at_least, at_most = _bound(call, call.low), _bound(call, call.high)
    if at_least is not None:
        low = np.maximum(low, at_least)
    if at_most is not None:
        high = np.minimum(high, at_most)
    out = stream_of(call).uniform()
    out *= np.subtract(high, low)
    out += low
    return _finish(call, out, low, high)


def _uniform_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("min"), args.get("max")


# --- normal --------------------------------------------------------------------------------


def standard_normal(u: Float64Array, low: Bound, high: Bound) -> Float64Array:
    """Standard normal values within ``low .. high`` (None: open) from uniform ``u``."""
    if low is None and high is None:
        return portable.ndtri(u)
    a = np.broadcast_to(np.asarray(-np.inf if low is None else low, dtype=np.float64), u.shape)
    b = np.broadcast_to(np.asarray(np.inf if high is None else high, dtype=np.float64), u.shape)
    mirrored = a > 0
    if mirrored.all():
        return -_lower_normal(1.0 - u, -b, -a)
    if mirrored.any():
        z = _lower_normal(
            np.where(mirrored, 1.0 - u, u), np.where(mirrored, -b, a), np.where(mirrored, -a, b)
        )
        return np.where(mirrored, -z, z)
    return _lower_normal(u, a, b)


def _lower_normal(u: Float64Array, a: Float64Array, b: Float64Array) -> Float64Array:
    """Standard normal values within a .. b, where a <= 0."""
    single = a.strides == (0,) and b.strides == (0,) and a.size > 0
    first, last = (a[:1], b[:1]) if single else (a, b)
    far = last < -30.0  # the probabilities run out of exponent: work with their logarithms
    from_p, to_p = portable.ndtr(first), portable.ndtr(last)
    share = from_p + u * (to_p - from_p)
    out = portable.ndtri(np.where(far, 0.5, np.minimum(share, 1.0)))
    if far.any():
        rows = np.flatnonzero(np.broadcast_to(far, u.shape))
        log_a = np.broadcast_to(portable.log_ndtr(first), u.shape)[rows]
        log_b = np.broadcast_to(portable.log_ndtr(last), u.shape)[rows]
        share = portable.exp(log_a - log_b)
        out[rows] = portable.ndtri_of_log(log_b + portable.log(share + u[rows] * (1.0 - share)))
    return out


def _standardised(bound: Bound, mean: float | Float64Array, sd: float | Float64Array) -> Bound:
    if bound is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.asarray((bound - mean) / np.asarray(sd, dtype=np.float64))
    return np.where(np.isnan(z), 0.0, z)


def _normal(call: Invocation) -> Vector:
    mean, sd = floats(call, "mean"), floats(call, "sd")
    require(call, "sd", np.asarray(sd) >= 0, sd, "a standard deviation cannot be negative")
    low, high = _bound(call, call.low), _bound(call, call.high)
    z = standard_normal(
        stream_of(call).uniform(), _standardised(low, mean, sd), _standardised(high, mean, sd)
    )
    z *= sd
    z += mean
    return _finish(call, z, low, high)


def _lognormal(call: Invocation) -> Vector:
    mean, sigma = floats(call, "mean"), floats(call, "sigma")
    require(call, "sigma", np.asarray(sigma) >= 0, sigma, "a standard deviation cannot be negative")
    low, high = _bound(call, call.low), _bound(call, call.high)
    z = standard_normal(
        stream_of(call).uniform(),
        _standardised(_log_bound(low), mean, sigma),
        _standardised(_log_bound(high), mean, sigma),
    )
    z *= sigma
    z += mean
    return _finish(call, portable.exp(z), low, high)


def _log_bound(bound: Bound) -> Bound:
    if bound is None:
        return None
    return portable.log(np.maximum(np.atleast_1d(np.asarray(bound, dtype=np.float64)), 0.0))


# --- exponential ---------------------------------------------------------------------------


def _exponential(call: Invocation) -> Vector:
    mean = floats(call, "mean")
    require(call, "mean", np.asarray(mean) >= 0, mean, "a mean waiting time cannot be negative")
    low, high = _bound(call, call.low), _bound(call, call.high)
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
    return _finish(call, out, low, high)


# --- discrete ------------------------------------------------------------------------------


def _poisson(call: Invocation) -> Vector:
    mean = floats(call, "mean")
    require(
        call,
        "mean",
        (np.asarray(mean) >= 0) & (np.asarray(mean) <= discrete.MAX_POISSON_MEAN),
        mean,
        f"it must lie between 0 and {discrete.MAX_POISSON_MEAN:.0e}",
    )
    return full(call, discrete.poisson(stream_of(call), mean, *_int_bounds(call)))


def _zipf(call: Invocation) -> Vector:
    s = float(np.asarray(floats(call, "s")))
    low, high = _int_bounds(call)
    if given(call, "n"):
        n = ints(call, "n")
        require(call, "n", np.asarray(n) >= 1, n, "there must be at least one rank")
        n = np.maximum(n, 1) if isinstance(n, np.ndarray) else n
        high = n if high is None else np.minimum(high, n) if not _both_int(high, n) else min(high, n)
    if high is None and s <= 1:
        raise FunctionProblem(
            f"`zipf` with s {s:g} needs `n`: ranks without end have no total unless s is above 1",
            f"say how many ranks there are: zipf({s:g}, n: 1000)",
        )
    return full(call, discrete.zipf(stream_of(call), s, 1 if low is None else low, high))


def _both_int(a: object, b: object) -> bool:
    return isinstance(a, int) and isinstance(b, int)


def _int_bounds(call: Invocation) -> tuple[discrete.IntBound, discrete.IntBound]:
    def one(value: Vector | Physical | None) -> discrete.IntBound:
        if value is None:
            return None
        if isinstance(value, Vector):
            assert isinstance(value.data, np.ndarray)
            return value.data
        return int(value)

    return one(call.low), one(call.high)


def _zipf_domain(args: Constants) -> int | None:
    n = args.get("n")
    return n if isinstance(n, int) else None


def _zipf_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return 1, args.get("n")


def _chance(call: Invocation) -> Vector:
    p = floats(call, "p")
    require(call, "p", (np.asarray(p) >= 0) & (np.asarray(p) <= 1), p, "a probability lies between 0 and 1")
    hit: BoolArray = stream_of(call).uniform() < p
    return full(call, hit)


_NUMBER_OR_DURATION: Final = "a number, or a duration (then the draws are durations)"

FUNCTIONS: Final = (
    Function(
        name="uniform",
        family="distributions",
        summary="A number between `min` and `max`, all equally likely.",
        doc="Gives floats (or durations) however the ends are written. For whole numbers, dates and decimals "
        "write a range: `1..6` draws an int, both ends included.",
        result=_amount,
        kernel=_uniform,
        parameters=(
            Parameter("min", accepts.AMOUNT, f"The smallest value: {_NUMBER_OR_DURATION}.", default=0.0),
            Parameter("max", accepts.AMOUNT, "The largest value.", default=1.0, same_as="min"),
        ),
        examples=(
            Example("uniform(0, 1)", "float", "a float strictly between 0 and 1"),
            Example("uniform(min: 2.5, max: 4)", "float"),
            Example("uniform(10s, 2m)", "duration"),
        ),
        draws=True,
        bounds=_uniform_bounds,
        truncates=True,
    ),
    Function(
        name="normal",
        family="distributions",
        summary="A number from the normal (Gaussian) distribution: the bell curve.",
        doc="Two draws in three lie within one `sd` of `mean`, 95 % within two. A column with `in a..b` gets "
        "the distribution truncated to its bounds: no draw is clipped to a bound.",
        result=_amount,
        kernel=_normal,
        parameters=(
            Parameter("mean", accepts.AMOUNT, f"The centre: {_NUMBER_OR_DURATION}.", default=0.0),
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
        doc="Short waits are the most likely; a third of the draws exceed the mean, one in 150 five "
        "times the "
        "mean.",
        result=_amount,
        kernel=_exponential,
        parameters=(
            Parameter("mean", accepts.AMOUNT, f"The average: {_NUMBER_OR_DURATION}.", default=1.0, minimum=0),
        ),
        examples=(
            Example("exponential(mean: 30d)", "duration"),
            Example("exponential(mean: 4.5)", "float"),
        ),
        draws=True,
        bounds=lambda _: (0, None),
        truncates=True,
    ),
    Function(
        name="poisson",
        family="distributions",
        summary="How many events happen when `mean` are expected: 0, 1, 2, ...",
        doc="Counts of independent events: calls an hour, orders a customer (`each poisson(3)`).",
        result=t.INT,
        kernel=_poisson,
        parameters=(
            Parameter(
                "mean",
                accepts.REAL,
                "The average count.",
                default=1.0,
                minimum=0,
                maximum=discrete.MAX_POISSON_MEAN,
            ),
        ),
        examples=(
            Example("poisson(3)", "int", "mostly 1 to 5, now and then 0 or 8"),
            Example("poisson(mean: 40)", "int in 20..60", "truncated"),
        ),
        draws=True,
        bounds=lambda _: (0, None),
        truncates=True,
    ),
    Function(
        name="zipf",
        family="distributions",
        summary="A rank from 1: the first is the most frequent, rank k comes 1/k**s as often.",
        doc="After a reference, `-> products zipf(1.1)`, it says that some parents are far more popular than "
        "others; the ranks are then those of the parents. `s: 0` makes all ranks equally likely. Without `n` "
        "the ranks have no end, which needs an `s` above 1.",
        result=t.INT,
        kernel=_zipf,
        parameters=(
            Parameter(
                "s",
                accepts.REAL,
                "The exponent; larger is steeper.",
                default=1.0,
                constant=True,
                minimum=0,
                maximum=20,
            ),
            Parameter("n", accepts.INTEGER, "The number of ranks; null for no end.", default=None, minimum=1),
        ),
        examples=(
            Example("zipf(1.1, n: 1000)", "int"),
            Example("zipf(s: 2.5)", "int", "ranks without end; four in five are below 3"),
        ),
        draws=True,
        domain=_zipf_domain,
        bounds=_zipf_bounds,
        truncates=True,
        skew=True,
    ),
    Function(
        name="chance",
        family="distributions",
        summary="True with probability `p`.",
        doc="For a fixed share `true 30% | false` says the same; `chance` also takes a value of the row.",
        result=t.BOOL,
        kernel=_chance,
        parameters=(Parameter("p", accepts.REAL, "The probability, 0 to 1.", minimum=0, maximum=1),),
        examples=(Example("chance(0.3)", "bool"),),
        draws=True,
        domain=lambda _: 2,
    ),
)
