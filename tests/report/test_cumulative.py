from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from specdsl.report.cumulative import DISCRETE, KINDS

CASES: list[tuple[str, dict[str, float], Any]] = [
    ("uniform", {"min": -2, "max": 5}, stats.uniform(-2, 7)),
    ("normal", {"mean": 3, "sd": 2}, stats.norm(3, 2)),
    ("lognormal", {"mean": 0.5, "sigma": 0.7}, stats.lognorm(0.7, scale=np.exp(0.5))),
    ("exponential", {"mean": 3}, stats.expon(scale=3)),
    ("weibull", {"shape": 1.7, "scale": 4}, stats.weibull_min(1.7, scale=4)),
    ("pareto", {"shape": 2.5, "min": 3}, stats.pareto(2.5, scale=3)),
    ("triangular", {"min": -1, "mode": 2, "max": 8}, stats.triang(1 / 3, -1, 9)),
    ("triangular", {"min": 2, "mode": 2, "max": 8}, stats.triang(0, 2, 6)),
    ("gamma", {"shape": 0.4, "scale": 3}, stats.gamma(0.4, scale=3)),
    ("gamma", {"shape": 900, "scale": 0.01}, stats.gamma(900, scale=0.01)),
    ("beta", {"alpha": 0.5, "beta": 3}, stats.beta(0.5, 3)),
    ("beta", {"alpha": 80, "beta": 20}, stats.beta(80, 20)),
    ("student_t", {"df": 1, "location": 2, "scale": 3}, stats.t(1, 2, 3)),
    ("student_t", {"df": 40, "location": 0, "scale": 1}, stats.t(40)),
    ("poisson", {"mean": 4.2}, stats.poisson(4.2)),
    ("binomial", {"n": 20, "p": 0.3}, stats.binom(20, 0.3)),
    ("geometric", {"p": 0.2}, stats.geom(0.2)),
    ("negative_binomial", {"mean": 6, "size": 1.5}, stats.nbinom(1.5, 1.5 / 7.5)),
    ("zipf", {"s": 1.2, "n": 30}, stats.zipfian(1.2, 30)),
]


def test_every_kind_is_tested() -> None:
    assert {name for name, _, _ in CASES} == set(KINDS)


@pytest.mark.parametrize(
    ("name", "given", "known"), CASES, ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(CASES)]
)
def test_against_scipy(name: str, given: dict[str, float], known: Any) -> None:
    x = np.concatenate([np.linspace(-4.3, 40.7, 91), [0.01, 0.3, 0.5, 0.82, 0.97, 1000.0]])
    cumulative = KINDS[name](given)
    np.testing.assert_allclose(cumulative(x), known.cdf(x), atol=1e-9)
    assert cumulative(np.array([-np.inf, np.inf])).tolist() == pytest.approx([0, 1])
    if name in DISCRETE:
        assert np.array_equal(cumulative(np.array([2.0, 2.5])), np.repeat(cumulative(np.array([2.0])), 2))
