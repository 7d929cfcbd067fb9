"""Distributions of counts and ranks."""

from __future__ import annotations

from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, full, given, ints, require, stream_of
from specdsl.functions.distributions import binomial, negative_binomial, poisson, zipf
from specdsl.functions.distributions.truncation import int_bounds, standard_exponential
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.randomness import portable
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


def _binomial(call: Invocation) -> Vector:
    n, p = ints(call, "n"), floats(call, "p")
    rule = f"it must lie between 0 and {binomial.MAX_TRIES:_}"
    require(call, "n", (np.asarray(n) >= 0) & (np.asarray(n) <= binomial.MAX_TRIES), n, rule)
    require(call, "p", (np.asarray(p) >= 0) & (np.asarray(p) <= 1), p, "a probability lies between 0 and 1")
    return full(call, binomial.binomial(stream_of(call), n, p, *int_bounds(call)))


def _binomial_domain(args: Constants) -> int | None:
    n = args.get("n")
    return n + 1 if isinstance(n, int) else None


def _binomial_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return 0, args.get("n")


def _geometric(call: Invocation) -> Vector:
    """The wait for the first success is exponential, cut into tries."""
    p = np.atleast_1d(np.asarray(floats(call, "p"), dtype=np.float64))
    require(call, "p", (p > 0) & (p <= 1), p, "it must be above 0 and at most 1")
    low, high = int_bounds(call)
    first = np.maximum(1 if low is None else low, 1)
    rate = -portable.log1p(-np.minimum(p, 1.0 - 2.0**-53))
    wait = standard_exponential(
        stream_of(call).uniform(), (first - 1.0) * rate, None if high is None else high * rate
    )
    tries = np.floor(np.minimum(wait / rate, 2.0**62)).astype(np.int64) + 1
    tries = np.where(p >= 1.0, first, tries)
    return full(call, np.maximum(tries if high is None else np.minimum(tries, high), first))


def _negative_binomial(call: Invocation) -> Vector:
    mean, size = float(np.asarray(floats(call, "mean"))), float(np.asarray(floats(call, "size")))
    return full(call, negative_binomial.negative_binomial(stream_of(call), mean, size, *int_bounds(call)))


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
        name="binomial",
        family="distributions",
        summary="How many of `n` tries succeed when each does with probability `p`.",
        doc="Clicks among impressions, defects in a batch. Both may be values of the row: "
        "`binomial(impressions, p: 0.02)`.",
        result=t.INT,
        kernel=_binomial,
        parameters=(
            Parameter("n", accepts.INTEGER, "The number of tries.", minimum=0, maximum=binomial.MAX_TRIES),
            Parameter("p", accepts.REAL, "The probability of each.", default=0.5, minimum=0, maximum=1),
        ),
        examples=(
            Example("binomial(10, 0.3)", "int", "mostly 1 to 5"),
            Example("binomial(n: 200, p: 0.02)", "int in 1.."),
        ),
        draws=True,
        domain=_binomial_domain,
        bounds=_binomial_bounds,
        truncates=True,
    ),
    Function(
        name="geometric",
        family="distributions",
        summary="How many tries until the first that succeeds: 1, 2, ...",
        doc="Each try succeeds with probability `p`, so that it takes 1 / `p` on average. The try that "
        "succeeds is counted.",
        result=t.INT,
        kernel=_geometric,
        parameters=(
            Parameter(
                "p",
                accepts.REAL,
                "The probability of each try.",
                minimum=0,
                exclusive_minimum=True,
                maximum=1,
            ),
        ),
        examples=(
            Example("geometric(0.25)", "int", "4 on average"),
            Example("geometric(p: 0.1)", "int in 1..30", "truncated"),
        ),
        draws=True,
        bounds=lambda _: (1, None),
        truncates=True,
    ),
    Function(
        name="negative_binomial",
        family="distributions",
        summary="A count that varies more than `poisson`: visits, claims, goals.",
        doc="As if each row had its own average, spread about `mean` by a gamma distribution: the variance "
        "is `mean` + `mean`**2 / `size`. The smaller `size`, the more zeros and the more very large counts.",
        result=t.INT,
        kernel=_negative_binomial,
        parameters=(
            Parameter("mean", accepts.REAL, "The average count.", constant=True, minimum=0, maximum=1e9),
            Parameter(
                "size",
                accepts.REAL,
                "How alike the rows are; large is all but `poisson`.",
                default=1.0,
                constant=True,
                minimum=0.001,
                maximum=1e9,
            ),
        ),
        examples=(
            Example("negative_binomial(mean: 3, size: 0.8)", "int", "0 in three rows of ten"),
            Example("negative_binomial(12, 4)", "int in ..60"),
        ),
        draws=True,
        bounds=lambda _: (0, None),
        truncates=True,
    ),
    Function(
        name="zipf",
        family="distributions",
        summary="A rank from 1: the first is the most frequent, rank k comes 1/k**s as often.",
        doc="After a reference, `-> products zipf(1.1)`, it says that some parents are far more popular "
        "than others; the ranks are then those of the parents. `s: 0` makes all ranks equally likely. "
        "Without `n` the ranks have no end, which needs an `s` above 1.",
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
        aliases=("bernoulli",),
    ),
)
