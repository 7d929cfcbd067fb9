"""The elementary functions against scipy and the C library, over their whole range."""

import numpy as np
import pytest
from scipy import special, stats

from specdsl.functions.distributions import poisson
from specdsl.randomness import portable

RNG = np.random.default_rng(20_240_601)
SIZE = 50_000


def worst(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest relative error."""
    with np.errstate(all="ignore"):
        return float(np.nanmax(np.where(found == expected, 0.0, np.abs(found - expected) / np.abs(expected))))


@pytest.mark.parametrize(
    ("function", "reference", "points", "limit"),
    [
        (portable.log, np.log, np.exp(RNG.uniform(-700, 700, SIZE)), 3e-16),
        (portable.log, np.log, RNG.uniform(0.5, 2, SIZE), 3e-16),
        (portable.log, np.log, np.array([5e-324, 1e-310, 2.0**-1022, 1.0, 1.7e308]), 3e-16),
        (portable.exp, np.exp, RNG.uniform(-700, 709.7, SIZE), 3e-16),
        (portable.expm1, np.expm1, np.concatenate([RNG.uniform(-1, 1, SIZE), 10.0 ** RNG.uniform(-300, 2, SIZE)]), 6e-16),
        (portable.log1p, np.log1p, np.concatenate([RNG.uniform(-0.99, 1, SIZE), 10.0 ** RNG.uniform(-300, 2, SIZE)]), 4e-16),
        (portable.ndtri, special.ndtri, RNG.uniform(0.001, 0.499, SIZE), 1e-14),
        (portable.ndtri, special.ndtri, np.exp(RNG.uniform(-700, -1, SIZE)), 2e-15),
        (portable.ndtr, lambda x: 0.5 * special.erfc(-x * np.sqrt(0.5)), RNG.uniform(-2.5, 9, SIZE), 3e-15),
        (portable.log_ndtr, special.log_ndtr, RNG.uniform(-1000, 0, SIZE), 1e-12),
    ],
)  # fmt: skip
def test_elementary_functions(function, reference, points, limit):
    with np.errstate(all="ignore"):
        assert worst(function(points), reference(points)) < limit


def test_the_lower_tail_keeps_its_digits():
    # P(Z <= -10), P(Z <= -20), P(Z <= -37), to 16 digits, from mpmath
    found = portable.ndtr(np.array([-10.0, -20.0, -37.0]))
    assert (
        worst(found, np.array([7.619853024160527e-24, 2.753624118606234e-89, 5.725571222524577e-300])) < 1e-15
    )


def test_power():
    base, exponent = np.exp(RNG.uniform(-20, 20, SIZE)), RNG.uniform(-30, 30, SIZE)
    assert worst(portable.power(base, exponent), np.power(base, exponent)) < 5e-16
    special_cases = [
        (0.0, 0.0), (0.0, 2.0), (0.0, -1.0), (-2.0, 3.0), (-2.0, 2.0), (-8.0, 1 / 3), (2.0, 2000.0), (10.0, -2000.0),
        (np.inf, -1.0), (np.inf, 2.0), (1.0, 1e300), (5e-324, 0.5), (np.nan, 0.0), (2.0, -1074.0), (-np.inf, 3.0),
    ]  # fmt: skip
    x, y = (np.array(v) for v in zip(*special_cases, strict=True))
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(portable.power(x, y), np.power(x, y), rtol=1e-15)


def test_the_ends_of_log_and_exp():
    np.testing.assert_array_equal(portable.log(np.array([0.0, -1.0, np.inf])), [-np.inf, np.nan, np.inf])
    np.testing.assert_array_equal(
        portable.exp(np.array([1e9, -1e9, np.inf, -np.inf, 0.0])), [np.inf, 0, np.inf, 0, 1]
    )
    np.testing.assert_array_equal(portable.ndtri(np.array([0.0, 0.5, 1.0])), [-np.inf, 0, np.inf])
    assert all(len(f(np.empty(0))) == 0 for f in (portable.log, portable.exp, portable.ndtri, portable.ndtr))


def test_extreme_quantiles():
    logs = np.array([-800.0, -1e4, -1e6])
    assert worst(portable.ndtri_of_log(logs), special.ndtri_exp(logs)) < 1e-12


@pytest.mark.parametrize("mean", [0.1, 3.0, 30.0, 1e3])
def test_poisson_probabilities(mean):
    k = np.unique(RNG.poisson(mean, 2000))
    assert worst(portable.poisson_probability(k, mean), stats.poisson.pmf(k, mean)) < 5e-12


@pytest.mark.parametrize("mean", [0.3, 4.0, 9.99, 10.0, 33.3, 250.0, 4e3, 9e4])
def test_poisson_quantiles_are_exact(mean):
    u = np.concatenate(
        [RNG.uniform(0, 1, 5000), 10.0 ** RNG.uniform(-12, -1, 500), 1 - 10.0 ** RNG.uniform(-12, -1, 500)]
    )
    found = poisson.poisson_quantile(u, np.full(u.shape, mean))
    expected = stats.poisson.ppf(u, mean)
    # where the distribution function comes within rounding of u either neighbour is right
    off = np.flatnonzero(found != expected)
    near = np.abs(stats.poisson.cdf(np.minimum(found, expected)[off], mean) - u[off]) < 1e-12
    assert near.all()
    assert len(off) <= 3


def test_results_do_not_depend_on_the_shape_of_the_call():
    x = RNG.uniform(0, 1, 20_000)
    for function in (portable.log, portable.exp, portable.ndtri, portable.ndtr):
        whole = function(x)
        parts = np.concatenate(
            [function(x[:1]), function(x[1:8191]), function(x[8191:8195]), function(x[8195:])]
        )
        np.testing.assert_array_equal(whole, parts)
