"""Functions of every family that draw: rows, columns and halves of a table know nothing of each other, and
what is said to be equally likely is.

Values of any type are sorted into cells by a checksum of their text. Significance 1e-5 for each test, on fixed
seeds.
"""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

import numpy as np
import pytest
from scipy import stats

import specdsl
from specdsl.functions.entry import LOCALE, REQUIRED, Form, Function
from specdsl.functions.registry import FUNCTIONS
from tests.functions.calling import invoke, values
from tests.functions.statistics.laws import SIGNIFICANCE

ROWS = 12_000
CELLS = 12
COUNTING = {"object_id", "snowflake"}
"""Their formats hold a counter: neighbouring rows have neighbouring values on purpose."""
DRAWING = [
    f
    for f in FUNCTIONS.values()
    if f.draws and f.form is Form.FUNCTION and f.family != "distributions" and f.name not in COUNTING
]


def cells_of(column: list[object]) -> np.ndarray:
    return np.array([crc32(repr(v).encode()) % CELLS for v in column])


def unrelated(a: np.ndarray, b: np.ndarray) -> float:
    """The p-value of a chi-square test that two columns of cells have nothing to do with each other."""
    table = np.bincount(a * CELLS + b, minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return float(stats.chi2_contingency(table).pvalue) if min(table.shape) > 1 else 1.0


@lru_cache(maxsize=2)
def drawn(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The cells of two columns that the function's first example draws."""
    example = FUNCTIONS[name].examples[0]
    columns = "".join(f"  {c} {example.type} = {example.code}\n" for c in "ab")
    table = specdsl.load(f"dataset d {{ seed 21 }}\ntable t {ROWS} {{\n  id int key\n{columns}}}\n")[
        "t"
    ].to_arrow()
    a, b = (cells_of(table[c].to_pylist()) for c in "ab")
    return a, b


@pytest.mark.parametrize("function", DRAWING, ids=lambda f: f.name)
def test_rows_and_columns_are_independent(function: Function) -> None:
    a, b = drawn(function.name)
    assert len(set(a)) > 1, "it does draw"
    assert unrelated(a, b) > SIGNIFICANCE
    for lag in (1, 2, 3):
        assert unrelated(a[:-lag], a[lag:]) > SIGNIFICANCE
    assert unrelated(a[: ROWS // 2], a[ROWS // 2 :]) > SIGNIFICANCE


@pytest.mark.parametrize("function", DRAWING, ids=lambda f: f.name)
def test_the_law_is_the_same_in_all_rows(function: Function) -> None:
    a, _ = drawn(function.name)
    half = np.array([np.bincount(part, minlength=CELLS) for part in np.array_split(a, 2)])
    half = half[:, half.sum(axis=0) > 0]
    assert stats.chi2_contingency(half).pvalue > SIGNIFICANCE


def _list_size(function: Function) -> int | None:
    """How many values a list has that is said to be drawn evenly."""
    if "equally likely" not in function.doc or any(p.default is REQUIRED for p in function.parameters):
        return None
    size = function.domain({LOCALE: "en_US"}) if function.domain else None
    return size if size is not None and size <= 400 else None


EVEN = [(f, size) for f in DRAWING if (size := _list_size(f)) is not None and size > 1]


def test_lists_are_found() -> None:
    assert len(EVEN) >= 10


@pytest.mark.parametrize(
    ("function", "size"), EVEN, ids=lambda v: v.name if isinstance(v, Function) else str(v)
)
def test_entries_are_equally_likely(function: Function, size: int) -> None:
    found = values(invoke(function.name, rows=size * 100))
    _, counts = np.unique(np.array(found, dtype=object).astype(str), return_counts=True)
    assert len(counts) == size
    assert stats.chisquare(counts).pvalue > SIGNIFICANCE


CHOICES = """
dataset d {{ seed 4 }}
table t 200_000 {{
  id int key
  x {type} = {code}
}}
"""


@pytest.mark.parametrize(
    ("type", "code", "shares"),
    [
        ("string", '"a" 70% | "b" 29.5% | "c"', {"a": 0.7, "b": 0.295, "c": 0.005}),
        ("string", '"a" 0.02% | "b"', {"a": 0.0002, "b": 0.9998}),
        ("string", 'pick({"p": 7, "q": 2, "r": 1})', {"p": 0.7, "q": 0.2, "r": 0.1}),
        ("string", 'pick(["a", "b", "c"])', {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}),
        ("int", "1..6", dict.fromkeys(range(1, 7), 1 / 6)),
        ("int", "-3..1_000", dict.fromkeys(range(-3, 1001), 1 / 1004)),
        ("bool", "chance(0.03)", {True: 0.03, False: 0.97}),
        ("string", "/[ab]{2}|c/", dict.fromkeys(("aa", "ab", "ba", "bb", "c"), 0.2)),
        ("string?", '"a" | null 25%', {"a": 0.75, None: 0.25}),
        ("date", "2024-01-01 .. 2024-01-10", None),
    ],
)
def test_choices_ranges_and_patterns(type: str, code: str, shares: dict[object, float] | None) -> None:
    found = specdsl.load(CHOICES.format(type=type, code=code))["t"].to_arrow()["x"].to_pylist()
    counts = {v: found.count(v) for v in set(found)} if len(set(found)) < 20 else None
    if counts is None:
        keys, numbers = np.unique(np.array(found), return_counts=True)
        counts = dict(zip(keys.tolist(), numbers.tolist(), strict=True))
    expected = shares or {k: 1 / len(counts) for k in counts}
    assert counts.keys() == expected.keys()
    observed = [counts[k] for k in expected]
    assert stats.chisquare(observed, [p * len(found) for p in expected.values()]).pvalue > SIGNIFICANCE


@pytest.mark.parametrize(
    ("type", "code", "law"),
    [
        ("float", "2.0..5.0", stats.uniform(2, 3)),
        ("decimal(8, 2)", "0.00..100.00", stats.uniform(0, 100)),
        ("float", "normal(10, 2) + normal(5, 1)", stats.norm(15, 5**0.5)),
    ],
)
def test_ranges_of_numbers(type: str, code: str, law: object) -> None:
    column = specdsl.load(CHOICES.format(type=type, code=code))["t"].to_arrow()["x"]
    sample = np.array([float(v) for v in column.to_pylist()])
    spread = np.random.default_rng(1).uniform(-0.005, 0.005, len(sample)) if "decimal" in type else 0.0
    assert stats.kstest(sample + spread, law.cdf).pvalue > SIGNIFICANCE
