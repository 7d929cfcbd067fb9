"""Draws know nothing of each other: neighbouring rows, columns, streams, seeds, parents and children."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

import specdsl
from tests.functions.calling import numbers
from tests.functions.statistics.laws import CONTINUOUS, DISCRETE, SIGNIFICANCE

ROWS = 200_000
CASES = [c for c in (*CONTINUOUS, *DISCRETE) if c.law.var() != 0]


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """The p-value of Spearman's test that two samples have nothing to do with each other."""
    return float(stats.spearmanr(a, b).pvalue)


def joint(a: np.ndarray, b: np.ndarray, cells: int = 12) -> float:
    """The p-value of a chi-square test of a grid over the ranks: finds dependence without correlation."""
    ranks = [(stats.rankdata(v, method="min") - 1) * cells // len(v) for v in (a, b)]
    table = np.bincount((ranks[0] * cells + ranks[1]).astype(np.int64), minlength=cells * cells)
    table = table.reshape(cells, cells)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]  # equal values share a cell
    return float(stats.chi2_contingency(table).pvalue)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_neighbouring_rows(case):
    sample = numbers(case.function, rows=50_000, seed="rows", lists=case.lists, **case.args)
    for lag in (1, 2, 3):
        assert correlation(sample[:-lag], sample[lag:]) > SIGNIFICANCE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_streams(case):
    one, other = (
        numbers(case.function, rows=50_000, seed=s, lists=case.lists, **case.args) for s in ("one", "two")
    )
    assert correlation(one, other) > SIGNIFICANCE
    assert joint(one, other) > SIGNIFICANCE


SPEC = """
dataset d { seed 11 }
table parents 5_000 {
  id    int key
  level float = normal(0, 1)
  share float = beta(2, 3)
}
table rows 200_000 {
  id        int key
  parent_id -> parents
  a float  = gamma(2, 3)
  b float  = gamma(2, 3)
  c float  = normal(0, 1)
  d float  = student_t(3)
  e int    = binomial(1_000, 0.4)
  f int    = negative_binomial(40, 2)
  g float  = uniform(0, 1) + uniform(0, 1)
  level float hidden = parent_id.level
  share float hidden = parent_id.share
  p_level float = level
  p_share float = share
  mixed float in 0..6 = normal(0, 1) 70% | normal(5, 2)
  which string = "x" 30% | "y"
}
"""


@pytest.fixture(scope="module")
def table():
    return specdsl.load(SPEC)["rows"].to_arrow()


def column(table, name: str) -> np.ndarray:
    return table.column(name).to_numpy()


@pytest.mark.parametrize(("one", "other"), list(combinations("abcdefg", 2)))
def test_columns(table, one, other):
    a, b = column(table, one), column(table, other)
    assert correlation(a, b) > SIGNIFICANCE
    assert joint(a, b) > SIGNIFICANCE


@pytest.mark.parametrize("own", "abcdefg")
@pytest.mark.parametrize("parent", ["p_level", "p_share"])
def test_parents_and_children(table, own, parent):
    assert correlation(column(table, own), column(table, parent)) > SIGNIFICANCE


@pytest.mark.parametrize("name", "abcdefg")
def test_seeds(table, name):
    other = specdsl.load(SPEC, seed=12)["rows"].to_arrow()
    assert correlation(column(table, name), column(other, name)) > SIGNIFICANCE
    assert joint(column(table, name), column(other, name)) > SIGNIFICANCE


def test_choices_and_draws(table):
    is_x = np.array(table.column("which").to_pylist()) == "x"
    assert stats.binomtest(int(is_x.sum()), len(is_x), 0.3).pvalue > SIGNIFICANCE
    assert stats.mannwhitneyu(column(table, "a")[is_x], column(table, "a")[~is_x]).pvalue > SIGNIFICANCE


def test_two_calls_in_one_expression_are_two_draws(table):
    """The sum of two uniform draws has a triangular distribution; twice one draw would be uniform."""
    assert stats.kstest(column(table, "g"), stats.triang(0.5, 0, 2).cdf).pvalue > SIGNIFICANCE


def test_a_mixture_within_bounds(table):
    """Each part is truncated; the parts keep their shares."""
    sample = column(table, "mixed")
    parts = [(0.7, stats.norm(0, 1)), (0.3, stats.norm(5, 2))]

    def cdf(x: np.ndarray) -> np.ndarray:
        return sum(w * (law.cdf(x) - law.cdf(0)) / (law.cdf(6) - law.cdf(0)) for w, law in parts)

    assert sample.min() >= 0
    assert sample.max() <= 6
    assert stats.kstest(sample, cdf).pvalue > SIGNIFICANCE
