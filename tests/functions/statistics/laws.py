"""The laws that functions promise, as scipy has them, and tests of samples against them.

A test fails below a p-value of 1e-5. Seeds are fixed: it always passes or never does. What it guards against
gives p-values below 1e-20 with this many rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats

ROWS = 200_000
SIGNIFICANCE = 1e-5


@dataclass(frozen=True)
class Case:
    """A call, its law, and bounds to truncate it to."""

    function: str
    args: dict[str, Any]
    law: Any
    bounds: tuple[tuple[Any, Any], ...] = ()
    lists: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = ", ".join(f"{k}={v:g}" for k, v in self.args.items())
        return f"{self.function}({shown or next(iter(self.lists), '')})"


def histogram(edges: tuple[float, ...], weights: tuple[float, ...]) -> Any:
    return stats.rv_histogram((np.array(weights), np.array(edges)), density=False)


def staying(*shares: float) -> Any:
    """The law of how many periods someone stays, by the share that is there in each."""
    ends = -np.diff(np.array([1.0, *shares, 0.0]))
    return stats.rv_discrete(values=(np.arange(len(ends)), ends))


CONTINUOUS = [
    Case("uniform", {"min": -2.0, "max": 5.0}, stats.uniform(-2, 7), ((0.0, 1.0),)),
    Case("normal", {"mean": 38.0, "sd": 12.0}, stats.norm(38, 12), ((18.0, 90.0), (80.0, None), (None, -20.0))),
    Case("lognormal", {"mean": 3.2, "sigma": 0.8}, stats.lognorm(0.8, scale=np.exp(3.2)), ((10.0, 400.0),)),
    Case("exponential", {"mean": 4.5}, stats.expon(scale=4.5), ((2.0, 9.0), (60.0, None))),
    Case("weibull", {"shape": 0.7, "scale": 10.0}, stats.weibull_min(0.7, scale=10), ((1.0, 30.0), (200.0, None))),
    Case("weibull", {"shape": 3.5, "scale": 2.0}, stats.weibull_min(3.5, scale=2), ((None, 0.5), (4.0, 5.0))),
    Case("pareto", {"shape": 1.16, "min": 20.0}, stats.pareto(1.16, scale=20), ((30.0, 1e6), (1e5, None))),
    Case("pareto", {"shape": 6.0, "min": 1.0}, stats.pareto(6), ((None, 1.1),)),
    Case("triangular", {"min": 2.0, "mode": 3.0, "max": 10.0}, stats.triang(1 / 8, 2, 8), ((2.5, 9.0), (9.9, None))),
    Case("triangular", {"min": 0.0, "mode": 0.0, "max": 1.0}, stats.triang(0, 0, 1), ((None, 0.01),)),
    Case("triangular", {"min": 0.0, "mode": 1.0, "max": 1.0}, stats.triang(1, 0, 1), ((0.99, None),)),
    Case("gamma", {"shape": 0.3, "scale": 2.0}, stats.gamma(0.3, scale=2), ((None, 1e-4), (20.0, None))),
    Case("gamma", {"shape": 1.0, "scale": 1.0}, stats.gamma(1), ((0.5, 2.0),)),
    Case("gamma", {"shape": 9.0, "scale": 5.0}, stats.gamma(9, scale=5), ((18.0, 90.0), (150.0, None), (None, 6.0))),
    Case("gamma", {"shape": 2500.0, "scale": 0.1}, stats.gamma(2500, scale=0.1), ((260.0, 270.0),)),
    Case("beta", {"alpha": 2.0, "beta": 5.0}, stats.beta(2, 5), ((0.1, 0.9), (0.9, None), (None, 0.01))),
    Case("beta", {"alpha": 0.4, "beta": 0.6}, stats.beta(0.4, 0.6), ((0.2, 0.8),)),
    Case("beta", {"alpha": 300.0, "beta": 20.0}, stats.beta(300, 20), ((0.95, None),)),
    Case("student_t", {"df": 1.0}, stats.t(1), ((-3.0, 100.0), (1e4, None))),
    Case("student_t", {"df": 4.0, "location": 3.0, "scale": 2.0}, stats.t(4, 3, 2), ((None, -20.0), (2.9, 3.1))),
    Case("student_t", {"df": 200.0}, stats.t(200), ((2.0, None),)),
    Case(
        "histogram",
        {},
        histogram((0.0, 10.0, 20.0, 50.0), (5.0, 0.0, 2.0)),
        ((5.0, 30.0), (8.0, None)),
        {"edges": (0.0, 10.0, 20.0, 50.0), "weights": (5.0, 0.0, 2.0)},
    ),
    Case(
        "quantiles",
        {},
        histogram((10.0, 35.0, 120.0), (0.5, 0.5)),
        ((20.0, 100.0),),
        {"values": (10.0, 35.0, 120.0)},
    ),
    Case(
        "quantiles",
        {},
        histogram((8.0, 10.0, 20.0, 22.5), (0.1, 0.5, 0.4)),
        ((9.0, 21.0),),
        {"values": (9.0, 10.0, 20.0, 22.0), "at": (0.05, 0.1, 0.6, 0.92)},
    ),
]  # fmt: skip

DISCRETE = [
    Case("poisson", {"mean": 3.0}, stats.poisson(3), ((1, 4), (12, None), (None, 1))),
    Case("poisson", {"mean": 80.0}, stats.poisson(80), ((70, 95), (130, None), (None, 45))),
    Case("binomial", {"n": 10, "p": 0.3}, stats.binom(10, 0.3), ((2, 6), (8, None), (None, 0))),
    Case("binomial", {"n": 10, "p": 1.0}, stats.binom(10, 1.0)),
    Case("binomial", {"n": 400, "p": 0.85}, stats.binom(400, 0.85), ((330, 350), (375, None), (None, 300))),
    Case("binomial", {"n": 100_000, "p": 3e-5}, stats.binom(100_000, 3e-5), ((1, None), (2, 9))),
    Case("geometric", {"p": 0.25}, stats.geom(0.25), ((3, 9), (40, None), (None, 2))),
    Case("geometric", {"p": 0.004}, stats.geom(0.004), ((100, 300),)),
    Case("negative_binomial", {"mean": 3.0, "size": 0.8}, stats.nbinom(0.8, 0.8 / 3.8), ((1, 20), (60, None))),
    Case("negative_binomial", {"mean": 60.0, "size": 9.0}, stats.nbinom(9, 9 / 69), ((None, 12), (40, 50))),
    Case("retention", {}, staying(1.0, 0.6, 0.45, 0.38), lists={"shares": (1.0, 0.6, 0.45, 0.38)}),
    Case("retention", {}, staying(0.4, 0.25, 0.1), lists={"shares": (0.4, 0.25, 0.1)}),
]  # fmt: skip


def fits(sample: Any, law: Any, low: float | None = None, high: float | None = None) -> float:
    """The p-value of a Kolmogorov-Smirnov test against ``law`` within ``low .. high``, from whichever tail has
    digits there."""
    at_least, at_most = (-np.inf if low is None else low), (np.inf if high is None else high)
    if at_least > law.median():
        total = law.sf(at_least) - law.sf(at_most)
        share = (law.sf(at_least) - law.sf(sample)) / total
    else:
        total = law.cdf(at_most) - law.cdf(at_least)
        share = (law.cdf(sample) - law.cdf(at_least)) / total
    return float(stats.kstest(share, "uniform").pvalue)


def counts_fit(sample: Any, law: Any, low: int | None = None, high: int | None = None) -> float:
    """The p-value of a chi-square test; counts with few expected draws are put together."""
    least = int(max(law.support()[0], -np.inf if low is None else low))
    most = int(min(law.isf(1e-12) + 50 if low is None else max(law.isf(1e-12), low) + 400, 10**9))
    most = most if high is None else min(most, high)
    assert sample.min() >= least
    assert high is None or sample.max() <= high
    support = np.arange(least, most + 1)
    log_p = law.logpmf(support)
    weights = np.exp(log_p - log_p.max())
    expected = weights / weights.sum() * len(sample)
    kept = expected >= 10
    observed = np.array([(sample == k).sum() for k in support[kept]])
    expected, rest = expected[kept], len(sample) - expected[kept].sum()
    if len(observed) == 1 and rest < 1e-6:
        return float(observed[0] == len(sample))
    if rest > 5:
        observed, expected = np.append(observed, len(sample) - observed.sum()), np.append(expected, rest)
    return float(stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue)
