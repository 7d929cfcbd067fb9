"""Continuous distributions with a long side: Weibull, Pareto, and the triangle."""

from __future__ import annotations

from typing import Final

import numpy as np

from specdsl.functions import accepts
from specdsl.functions.arguments import floats, require, stream_of
from specdsl.functions.distributions.truncation import (
    NUMBER_OR_DURATION,
    Bound,
    amount,
    bound_of,
    finish,
    log_bound,
    standard_exponential,
)
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.ir.expr import Physical
from specdsl.randomness import portable
from specdsl.vectors.vector import Float64Array, Vector

_ABOVE_0: Final = "it must be above 0"


def _array(value: float | Float64Array) -> Float64Array:
    return np.atleast_1d(np.asarray(value, dtype=np.float64))


# --- weibull -------------------------------------------------------------------------------


def _weibull(call: Invocation) -> Vector:
    shape, scale = floats(call, "shape"), floats(call, "scale")
    require(call, "shape", np.asarray(shape) > 0, shape, _ABOVE_0)
    require(call, "scale", np.asarray(scale) > 0, scale, _ABOVE_0)

    def waited(bound: Bound) -> Bound:
        """(x / scale) ** shape is exponential."""
        return None if bound is None else portable.power(np.maximum(_array(bound / scale), 0.0), shape)

    low, high = bound_of(call, call.low), bound_of(call, call.high)
    waits = standard_exponential(stream_of(call).uniform(), waited(low), waited(high))
    return finish(call, scale * portable.exp(portable.log(waits) / shape), low, high)


# --- pareto --------------------------------------------------------------------------------


def _pareto(call: Invocation) -> Vector:
    shape, least = floats(call, "shape"), floats(call, "min")
    require(call, "shape", np.asarray(shape) > 0, shape, _ABOVE_0)
    require(call, "min", np.asarray(least) > 0, least, _ABOVE_0)

    def waited(bound: Bound) -> Bound:
        """log(x / min) * shape is exponential."""
        return None if bound is None else log_bound(_array(bound / least)) * shape  # type: ignore[operator]

    low, high = bound_of(call, call.low), bound_of(call, call.high)
    waits = standard_exponential(stream_of(call).uniform(), waited(low), waited(high))
    waits /= shape
    return finish(call, least * portable.exp(waits), low, high)


def _pareto_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("min"), None


# --- triangular ----------------------------------------------------------------------------


def _triangular(call: Invocation) -> Vector:
    least, mode, most = (_array(floats(call, name)) for name in ("min", "mode", "max"))
    require(call, "max", most > least, most, "it must be above `min`")
    require(call, "mode", (mode >= least) & (mode <= most), mode, "it must lie between `min` and `max`")
    low, high = bound_of(call, call.low), bound_of(call, call.high)
    width = np.where(most > least, most - least, 1.0)
    up, down = mode - least, most - mode

    def below(x: Float64Array) -> Float64Array:
        """P(X <= x), exact where it is small."""
        rise = (x - least) * (x - least) / (width * np.where(up > 0, up, 1.0))
        return np.where(x <= mode, np.where(up > 0, rise, 0.0), 1.0 - above(x))

    def above(x: Float64Array) -> Float64Array:
        """P(X > x), exact where it is small; of no use below the mode."""
        fall = (most - x) * (most - x) / (width * np.where(down > 0, down, 1.0))
        return np.where(down > 0, fall, 0.0)

    first = least if low is None else np.clip(_array(low), least, most)
    last = most if high is None else np.clip(_array(high), least, most)
    u = stream_of(call).uniform()
    from_p, to_p = below(first), below(last)
    p = from_p + u * (to_p - from_p)
    from_q = np.where(first >= mode, above(first), 1.0 - from_p)
    to_q = np.where(last >= mode, above(last), 1.0 - to_p)
    q = to_q + (1.0 - u) * (from_q - to_q)
    rising = p * width <= up
    x = np.where(rising, least + np.sqrt(p * width * up), most - np.sqrt(np.maximum(q, 0.0) * width * down))
    return finish(call, x, first, last)


def _triangular_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("min"), args.get("max")


def _triangular_conflict(args: Constants) -> str:
    least, mode, most = args.get("min"), args.get("mode"), args.get("max")
    if isinstance(least, (int, float)) and isinstance(most, (int, float)) and not least < most:
        return "`max` must be above `min`"
    if isinstance(mode, (int, float)):
        if isinstance(least, (int, float)) and mode < least:
            return "`mode` lies below `min`"
        if isinstance(most, (int, float)) and mode > most:
            return "`mode` lies above `max`"
    return ""


FUNCTIONS: Final = (
    Function(
        name="weibull",
        family="distributions",
        summary="A lifetime whose risk of ending falls or rises with age.",
        doc="With `shape` below 1 most end early (teething troubles), with 1 it is `exponential`, above 1 "
        "wear shows. Two in three end before `scale`.",
        result=amount,
        kernel=_weibull,
        parameters=(
            Parameter(
                "shape", accepts.REAL, "How the risk changes with age.", minimum=0, exclusive_minimum=True
            ),
            Parameter(
                "scale",
                accepts.AMOUNT,
                f"The age that 37 % reach: {NUMBER_OR_DURATION}.",
                default=1.0,
                minimum=0,
                exclusive_minimum=True,
            ),
        ),
        examples=(
            Example("weibull(shape: 1.5, scale: 900d)", "duration", "lifetimes of devices"),
            Example("weibull(0.7, 10)", "float in 0..200"),
        ),
        draws=True,
        bounds=lambda _: (0, None),
        truncates=True,
    ),
    Function(
        name="pareto",
        family="distributions",
        summary="A size from a power law: many small ones, a few huge ones.",
        doc="Sizes of cities, files and fortunes. P(X > x) is (`min` / x) to the power `shape`; with a "
        "`shape` of 1.16 the largest fifth has four fifths of the total. At 1 or below the average has no "
        "limit: bound the column.",
        result=amount,
        kernel=_pareto,
        parameters=(
            Parameter(
                "shape",
                accepts.REAL,
                "The exponent; smaller means a longer tail.",
                minimum=0,
                exclusive_minimum=True,
            ),
            Parameter(
                "min",
                accepts.AMOUNT,
                f"The smallest value: {NUMBER_OR_DURATION}.",
                default=1.0,
                minimum=0,
                exclusive_minimum=True,
            ),
        ),
        examples=(
            Example("pareto(shape: 1.16, min: 20_000)", "decimal(12, 2) in 0..10_000_000", "fortunes"),
            Example("pareto(2.5)", "float"),
        ),
        draws=True,
        bounds=_pareto_bounds,
        truncates=True,
        aliases=("power_law",),
    ),
    Function(
        name="triangular",
        family="distributions",
        summary="A number between `min` and `max` that is most often near `mode`.",
        doc="For estimates: the least, the likeliest and the most it can be.",
        result=amount,
        kernel=_triangular,
        parameters=(
            Parameter("min", accepts.AMOUNT, f"The smallest value: {NUMBER_OR_DURATION}."),
            Parameter("mode", accepts.AMOUNT, "The likeliest value.", same_as="min"),
            Parameter("max", accepts.AMOUNT, "The largest value.", same_as="min"),
        ),
        examples=(
            Example("triangular(min: 2, mode: 3, max: 10)", "float"),
            Example("triangular(1d, 2d, 14d)", "duration", "days until delivery"),
        ),
        draws=True,
        bounds=_triangular_bounds,
        truncates=True,
        conflict=_triangular_conflict,
    ),
)
