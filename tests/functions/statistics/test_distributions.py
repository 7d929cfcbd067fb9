"""Every distribution against scipy's: fit, moments, tails, truncation, parameters and bounds by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import specdsl
from specdsl.datatypes import types as t
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.registry import FUNCTIONS
from tests.functions.calling import floats, ints, numbers
from tests.functions.statistics.laws import (
    CONTINUOUS,
    DISCRETE,
    ROWS,
    SIGNIFICANCE,
    Case,
    counts_fit,
    fits,
)

ALL = [*CONTINUOUS, *DISCRETE]
TRUNCATED = [(case, low, high) for case in ALL for low, high in case.bounds]


def draw(case: Case, **more: Any) -> Any:
    return numbers(case.function, rows=more.pop("rows", ROWS), lists=case.lists, **(case.args | more))


def test_every_distribution_has_a_case():
    drawn = {n for n, f in FUNCTIONS.items() if f.family == "distributions"}
    assert drawn == {case.function for case in ALL} | {"zipf", "chance"}, "those two have tests of their own"


@pytest.mark.parametrize("case", CONTINUOUS, ids=str)
def test_continuous(case):
    assert fits(draw(case), case.law) > SIGNIFICANCE


@pytest.mark.parametrize("case", DISCRETE, ids=str)
def test_discrete(case):
    assert counts_fit(draw(case), case.law) > SIGNIFICANCE


@pytest.mark.parametrize(("case", "low", "high"), TRUNCATED, ids=str)
def test_truncated(case, low, high):
    sample = draw(case, low=low, high=high)
    assert low is None or sample.min() >= low
    assert high is None or sample.max() <= high
    fit = fits if case in CONTINUOUS else counts_fit
    assert fit(sample, case.law, low, high) > SIGNIFICANCE


@pytest.mark.parametrize(("case", "low", "high"), TRUNCATED, ids=str)
def test_truncated_by_row(case, low, high):
    """Bounds of the row take other ways through the code; every other row has other bounds, and is not
    looked at."""
    wrap = floats if case in CONTINUOUS else ints
    middle = case.law.median()
    low_values = None if low is None else wrap(np.where(np.arange(ROWS) % 2 == 0, low, min(low, middle)))
    high_values = (
        None if high is None else wrap(np.where(np.arange(ROWS) % 2 == 0, high, max(high, middle + 1)))
    )
    sample = draw(case, low=low_values, high=high_values)[::2]
    assert low is None or sample.min() >= low
    assert high is None or sample.max() <= high
    fit = fits if case in CONTINUOUS else counts_fit
    assert fit(sample, case.law, low, high) > SIGNIFICANCE


def _moment_error(sample: Any, law: Any, order: int) -> float:
    """The deviation of a moment about the law's mean, in its own standard errors."""
    mean = law.mean()
    powers = (sample - mean) ** order
    expected = law.mean() - mean if order == 1 else law.var() if order == 2 else None
    assert expected is not None
    return float(abs(powers.mean() - expected) / (powers.std() / np.sqrt(len(sample))))


@pytest.mark.parametrize("case", [c for c in ALL if c.function not in ("pareto", "student_t")], ids=str)
def test_moments(case):
    sample = draw(case).astype(np.float64)
    if case.law.var() == 0:
        assert (sample == case.law.mean()).all()
        return
    assert _moment_error(sample, case.law, 1) < 4.5
    assert _moment_error(sample, case.law, 2) < 4.5


TAILED = [c for c in CONTINUOUS if c.function not in ("histogram", "quantiles", "uniform")]


@pytest.mark.parametrize("case", TAILED, ids=str)
def test_tails(case):
    """As many draws of a million beyond extreme quantiles as there should be."""
    sample = draw(case, rows=1_000_000, seed="tails")
    for share in (1e-4, 1e-5):
        for beyond in ((sample < case.law.ppf(share)).sum(), (sample > case.law.isf(share)).sum()):
            assert stats.binomtest(int(beyond), len(sample), share).pvalue > SIGNIFICANCE


FAR = ("normal", "lognormal", "exponential", "weibull", "gamma", "student_t")
"""Those whose far tails scipy has with all digits."""


@pytest.mark.parametrize("case", [c for c in TAILED if c.function in FAR], ids=str)
@pytest.mark.parametrize("p", [1e-9, 1e-14, 1e-40])
def test_far_upper_tail(case, p):
    """What lies beyond a probability of a billionth, and far less, follows the law there."""
    sample = draw(case, rows=50_000, low=case.law.isf(p))
    assert stats.kstest(case.law.sf(sample) / p, "uniform").pvalue > SIGNIFICANCE


@pytest.mark.parametrize("case", [c for c in TAILED if c.function in (*FAR, "beta")], ids=str)
@pytest.mark.parametrize("p", [1e-9, 1e-14])
def test_far_lower_tail(case, p):
    sample = draw(case, rows=50_000, high=case.law.ppf(p))
    assert stats.kstest(case.law.cdf(sample) / p, "uniform").pvalue > SIGNIFICANCE


@pytest.mark.parametrize("name", ["gamma", "beta"])
def test_bounds_where_nothing_can_be_drawn(name):
    args = {"shape": 2.0} if name == "gamma" else {"alpha": 2.0, "beta": 400.0}
    with pytest.raises(FunctionProblem, match="bounds lie so far out"):
        numbers(name, rows=10, low=5_000.0 if name == "gamma" else 0.9, **args)
    with pytest.raises(FunctionProblem, match="nothing of the distribution between"):
        edges = {"edges": (0.0, 1.0, 2.0), "weights": (1.0, 0.0)}
        numbers("histogram", rows=10, low=1.5, lists=edges)


def test_a_success_that_is_certain():
    assert (numbers("geometric", rows=100, p=1.0) == 1).all()
    assert (numbers("geometric", rows=100, p=floats(np.ones(100)), low=1, high=4) == 1).all()


BY_ROW = [
    ("normal", {"mean": (0.0, 5.0), "sd": (1.0, 3.0)}, stats.norm),
    ("exponential", {"mean": (1.0, 7.0)}, lambda mean: stats.expon(scale=mean)),
    ("gamma", {"shape": 2.5, "scale": (1.0, 30.0)}, lambda shape, scale: stats.gamma(shape, scale=scale)),
    ("weibull", {"shape": (0.8, 3.0), "scale": (1.0, 9.0)}, lambda shape, scale: stats.weibull_min(shape, scale=scale)),
    ("pareto", {"shape": (1.5, 4.0), "min": (1.0, 9.0)}, lambda **a: stats.pareto(a["shape"], scale=a["min"])),
    ("triangular", {"min": 0.0, "mode": (0.2, 0.7), "max": 1.0}, lambda **a: stats.triang(a["mode"])),
    ("student_t", {"df": 5.0, "location": (0.0, 9.0)}, stats.t),
    ("poisson", {"mean": (2.5, 45.0)}, stats.poisson),
    ("binomial", {"n": (7, 3000), "p": (0.2, 0.9)}, stats.binom),
    ("binomial", {"n": 5_000, "p": (0.0004, 0.02)}, stats.binom),
    ("geometric", {"p": (0.02, 0.6)}, stats.geom),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "args", "law"), BY_ROW, ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(BY_ROW)]
)
def test_parameters_by_row(name, args, law):
    """Two kinds of rows in turn; each follows its own law."""
    turn = np.arange(ROWS) % 2
    given = {
        k: (ints if isinstance(v[0], int) else floats)(np.where(turn == 0, *v)) if isinstance(v, tuple) else v
        for k, v in args.items()
    }
    sample = numbers(name, rows=ROWS, **given)
    for kind in (0, 1):
        own = (
            law(**{k: v[kind] if isinstance(v, tuple) else v for k, v in args.items()})
            if not isinstance(law, stats.rv_continuous | stats.rv_discrete)
            else law(*[v[kind] if isinstance(v, tuple) else v for v in args.values()])
        )
        fit = fits if sample.dtype == np.float64 else counts_fit
        assert fit(sample[turn == kind], own) > SIGNIFICANCE


@pytest.mark.parametrize("n", [40, 900, 200_000, 10**10])
@pytest.mark.parametrize("p", [0.003, 0.5, 0.97])
def test_binomial_by_row_is_that_of_constants(n, p):
    """The quantile of each row is scipy's, digit by digit, far into both tails."""
    from specdsl.functions.distributions.binomial import BinomialLaw

    rng = np.random.default_rng(5)
    u = np.concatenate(
        [rng.random(4000), 10.0 ** rng.uniform(-12, -2, 500), 1 - 10.0 ** rng.uniform(-9, -2, 500)]
    )
    law = BinomialLaw(np.full(u.shape, float(n)), np.full(u.shape, min(p, 1 - p)))
    found = law.quantile(u)
    expected = stats.binom.ppf(u, n, min(p, 1 - p))
    if n <= 200_000:
        assert (found == expected).all()
    else:  # nobody has the digits to tell neighbours apart
        assert np.abs(found - expected).max() <= 2e-4 * np.sqrt(n * p * (1 - p))


@pytest.mark.parametrize("name", ["gamma", "weibull", "pareto", "student_t"])
def test_durations(name):
    hour = 3_600_000_000
    unit = {"gamma": "scale", "weibull": "scale", "pareto": "min", "student_t": "scale"}[name]
    shape = {
        "gamma": {"shape": 3.0},
        "weibull": {"shape": 2.0},
        "pareto": {"shape": 3.0},
        "student_t": {"df": 9.0},
    }[name]
    more = {"location": 5 * hour} if name == "student_t" else {}
    types = {unit: t.DURATION, "location": t.DURATION}
    sample = numbers(name, rows=ROWS, result=t.DURATION, types=types, **shape, **{unit: hour}, **more)
    plain = numbers(name, rows=ROWS, **shape, **{unit: float(hour)}, **{k: float(v) for k, v in more.items()})
    assert sample.dtype == np.int64
    np.testing.assert_array_equal(sample, np.rint(plain))


@pytest.mark.parametrize(
    "column",
    [
        "x float in 2.0..3.0 = beta(2, 3)",
        "x float in 60.0.. = histogram([0, 10, 50], [1, 2])",
        "x float in ..5.0 = pareto(2, min: 10)",
        "x int in ..0 = geometric(0.5)",
        "x int in 11..12 = binomial(10, 0.5)",
        "x float in ..-1.0 = gamma(2)",
        "x float in 10.0.. = quantiles([1, 2, 3])",
        "x float in 0.0..1.0 = triangular(5, 6, 7)",
    ],
)
def test_bounds_that_no_draw_can_keep_are_an_error_of_the_spec(column):
    with pytest.raises(specdsl.SpecError) as caught:
        specdsl.load(f"table t 10 {{\n  id int key\n  {column}\n}}")
    assert [d.code for d in caught.value.diagnostics] == ["DG503"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("histogram([1, 5], [2, 3])", "2 edges make 1 bin, and `weights` has 2"),
        ("histogram([1], [2])", "two numbers or more"),
        ("histogram([5, 1], [2])", "must rise"),
        ("histogram([1, 2, 3], [0, 0])", "one must be above"),
        ("histogram([1, 2, 3], [-1, 2])", "no weight may be below 0"),
        ("quantiles([1])", "two numbers or more"),
        ("quantiles([2, 1])", "must not fall"),
        ("quantiles([1, 2, 3], at: [0, 0.5])", "has 3 numbers and `at` 2"),
        ("quantiles([1, 2], at: [0.5, 0.5])", "must rise"),
        ("quantiles([1, 2], at: [0, 1.5])", "between 0 and 1"),
        ("triangular(5, 3, 9)", "`mode` lies below `min`"),
        ("triangular(5, 10, 9)", "`mode` lies above `max`"),
        ("triangular(5, 5, 5)", "`max` must be above `min`"),
    ],
)
def test_arguments_that_do_not_go_together(call, words):
    with pytest.raises(specdsl.SpecError, match=words) as caught:
        specdsl.load(f"table t 10 {{\n  id int key\n  x float = {call}\n}}")
    assert [d.code for d in caught.value.diagnostics] == ["DG340"]
