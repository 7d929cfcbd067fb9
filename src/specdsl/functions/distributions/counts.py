"""Distributions of counts and ranks."""

from __future__ import annotations

from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, full, given, ints, require, stream_of
from specdsl.functions.distributions import poisson, zipf
from specdsl.functions.distributions.truncation import int_bounds
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import BoolArray, Vector


def _poisson(call: Invocation) -> Vector:
    mean = floats(call, "mean")
    require(
        call,
        "mean",
        (np.asarray(mean) >= 0) & (np.asarray(mean) <= poisson.MAX_MEAN),
        mean,
        f"it must lie between 0 and {poisson.MAX_MEAN:.0e}",
    )
    return full(call, poisson.poisson(stream_of(call), mean, *int_bounds(call)))


def _zipf(call: Invocation) -> Vector:
    s = float(np.asarray(floats(call, "s")))
    low, high = int_bounds(call)
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
    return full(call, zipf.zipf(stream_of(call), s, 1 if low is None else low, high))


def _both_int(a: object, b: object) -> bool:
    return isinstance(a, int) and isinstance(b, int)


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


FUNCTIONS: Final = (
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
                maximum=poisson.MAX_MEAN,
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
