"""Draws: their bounds, their shares, and that a value depends on its own address only."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.generate.expressions.choices import draw_arms, largest_remainder, thresholds
from specdsl.ir import expr as ir
from specdsl.vectors import strings
from tests.evaluate.memory import MemoryFrame, MemoryPool, col, const, frame, run, values, vector

S = t.STRING


def arms(*pairs, dtype=S):
    return tuple(ir.Arm(v if isinstance(v, ir.Expr) else const(dtype, v), share) for v, share in pairs)


def choice(*pairs, dtype=S, exact=False, site=0):
    return ir.ChoiceDraw(dtype, False, site, arms(*pairs, dtype=dtype), exact)


def between(dtype, low, high, nullable=False, site=0):
    ends = [e if isinstance(e, ir.Expr) else const(dtype, e) for e in (low, high)]
    return ir.RangeDraw(dtype, nullable, site, *ends)


# --- ranges ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "low", "high", "python"),
    [
        (t.INT, -2, 2, [-2, -1, 0, 1, 2]),
        (t.Int(8), 126, 127, [126, 127]),
        (t.Int(64, False), 2**64 - 2, 2**64 - 1, [2**64 - 2, 2**64 - 1]),
        (t.Decimal(4, 2), 99, 101, [Decimal("0.99"), Decimal("1.00"), Decimal("1.01")]),
        (t.DATE, -1, 1, [date(1969, 12, 31), date(1970, 1, 1), date(1970, 1, 2)]),
        (t.TIME, 0, 1, [time(0), time(0, 0, 0, 1)]),
        (t.DURATION, -1, 0, [timedelta(microseconds=-1), timedelta(0)]),
        (t.TIMESTAMP, 0, 1, [datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]),
    ],
)
def test_both_ends_come_and_nothing_else_evenly(dtype, low, high, python):
    found = Counter(run(between(dtype, low, high), frame(4000)))
    assert sorted(found) == python
    assert min(found.values()) > 4000 / len(python) * 0.85


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        (t.INT, -(2**63), 2**63 - 1),
        (t.INT, -(2**63), 2**63 - 2),
        (t.INT, -5, 2**63 - 1),
        (t.Int(64, False), 0, 2**64 - 1),
        (t.Int(64, False), 0, 2**64 - 2),
    ],
)
def test_the_widest_ranges_reach_both_halves(dtype, low, high):
    found = run(between(dtype, low, high), frame(500))
    assert all(low <= v <= high for v in found)
    middle = (low + high) // 2
    assert 150 < sum(v > middle for v in found) < 350
    ends = frame(500, low=(dtype, [low] * 500), high=(dtype, [high] * 500))
    assert run(between(dtype, col(dtype, "low"), col(dtype, "high")), ends) == found


def test_floats_stay_within_their_ends():
    found = run(between(t.FLOAT, -1e308, 1e308), frame(200))
    assert all(-1e308 <= v <= 1e308 for v in found)
    assert min(found) < 0 < max(found)
    one = run(between(t.FLOAT, 2.5, 2.5), frame(5))
    assert one == [2.5] * 5
    narrow = run(between(t.Float(32), 0.0, 1.0), frame(200))
    assert all(np.float32(v) == v and 0 <= v <= 1 for v in narrow)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=1, max_size=8))
def test_ends_of_each_row(pairs):
    at = frame(a=(t.INT, [a for a, _ in pairs]), b=(t.INT, [b for _, b in pairs]))
    found = run(between(t.INT, col(t.INT, "a"), col(t.INT, "b"), nullable=True), at)
    for (a, b), value in zip(pairs, found, strict=True):
        assert (value is None) if a > b else (a <= value <= b)


def test_a_range_upside_down_is_an_error_unless_nullable():
    at = frame(a=(t.DATE, [date(2024, 1, 2), None, date(2024, 5, 5)]), b=(t.DATE, [date(2024, 1, 1)] * 3))
    with pytest.raises(
        GenerationError, match=r"`2024-01-02 .. 2024-01-01` is empty in some row \(and so in 1 more"
    ):
        run(between(t.DATE, col(t.DATE, "a"), col(t.DATE, "b")), at)
    assert run(between(t.DATE, col(t.DATE, "a"), col(t.DATE, "b"), nullable=True), at) == [None, None, None]


def test_a_null_end_makes_null():
    at = frame(a=(t.INT, [1, None]))
    assert run(between(t.INT, col(t.INT, "a"), 1), at) == [1, None]
    assert run(between(t.INT, 0, None), at) == [None, None]


# --- choices --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shares", [(0.5, 0.3, 0.15, 0.05), tuple([0.1] * 5 + [0.05] * 10), (0.0, 1.0), (1.0,)]
)
def test_shares_hold(shares):
    n = 20_000
    bits = MemoryFrame(n).stream(3).bits()
    found = np.bincount(draw_arms(bits, shares), minlength=len(shares))
    for share, count in zip(shares, found.tolist(), strict=True):
        assert abs(count - share * n) <= 5 * (share * (1 - share) * n) ** 0.5
        assert share > 0 or count == 0


def test_thresholds_end_where_the_shares_do():
    assert thresholds((0.5, 0.5)) == (2**63 - 1,)
    assert draw_arms(np.array([0, 2**63 - 1, 2**63, 2**64 - 1], np.uint64), (0.5, 0.5)).tolist() == [
        0,
        0,
        1,
        1,
    ]
    assert thresholds((1.0, 0.0)) == (2**64 - 1,)


def test_constant_strings_come_as_codes_without_repeats():
    found = evaluate(choice(("a", 0.5), ("b", 0.25), ("a", 0.25)), frame(100))
    assert strings.is_dictionary(found.data)
    assert sorted(found.data.dictionary.to_pylist()) == ["a", "b"]
    assert set(values(found)) == {"a", "b"}


def test_arms_of_every_kind():
    e = t.Enum("E", ("x", "y"))
    assert set(run(choice((0, 0.5), (1, 0.5), dtype=e), frame(50))) == {"x", "y"}
    assert set(run(choice((1, 0.5), (None, 0.5), dtype=t.INT), frame(50))) == {1, None}
    assert set(run(choice(("a", 0.5), (None, 0.5)), frame(50))) == {"a", None}
    assert set(run(choice((b"\1" * 16, 0.5), (b"\2" * 16, 0.5), dtype=t.UUID), frame(50))) == {
        uuid.UUID(bytes=b"\1" * 16),
        uuid.UUID(bytes=b"\2" * 16),
    }


def test_tuples_are_drawn_together():
    pair = t.Tuple((S, t.INT))
    us = ir.TupleValue(pair, False, (const(S, "US"), const(t.INT, 1)))
    de = ir.TupleValue(pair, False, (const(S, "DE"), ir.RowNumber(t.INT, False)))
    found = run(choice((us, 0.5), (de, 0.5), dtype=pair), frame(60))
    assert {a for a, _ in found} == {"US", "DE"}
    assert all(b == (1 if a == "US" else row) for row, (a, b) in enumerate(found))


def test_an_arm_that_draws_is_the_same_drawn_alone():
    inner = between(t.INT, 0, 10**9, site=5)
    alone = run(inner, frame(100))
    found = run(choice((inner, 0.5), (const(t.INT, -1), 0.5), dtype=t.INT), frame(100))
    assert all(v in (-1, a) for v, a in zip(found, alone, strict=True))
    assert 20 < found.count(-1) < 80


@settings(max_examples=100)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any), st.integers(0, 1000))
def test_largest_remainder_totals_and_is_within_one(weights, total):
    shares = [w / sum(weights) for w in weights]
    counts = largest_remainder(shares, total)
    assert sum(counts) == total
    assert all(abs(c - s * total) < 1 + 1e-9 for c, s in zip(counts, shares, strict=True))


def test_exact_shares_are_counts_over_the_whole_table_in_any_batches():
    drawn = choice(("a", 0.6), ("b", 0.25), ("c", 0.15), exact=True)
    whole = run(drawn, frame(1000))
    assert Counter(whole) == {"a": 600, "b": 250, "c": 150}
    part = MemoryFrame(100, rows=np.arange(300, 400), row_count=1000)
    assert run(drawn, part) == whole[300:400]


@pytest.mark.parametrize(
    "expr",
    [
        choice(("a", 0.5), ("b", 0.5)),
        choice((between(t.INT, 0, 99, site=1), 0.5), (7, 0.5), dtype=t.INT),
        between(t.INT, 0, 10**12),
        between(t.FLOAT, 0.0, 1.0),
        ir.ListDraw(
            t.List(t.INT), False, 4, between(t.INT, 0, 4, site=2), between(t.INT, 1, 9, site=3), True
        ),
        ir.Format(S, False, ("x", ir.FormatPart(between(t.INT, -5, 10**6), ""))),
    ],
)
def test_rows_alone_are_the_rows_of_the_whole(expr):
    whole = run(expr, frame(64))
    for rows in ([5], [63, 0, 17, 17], list(range(20, 40))):
        part = MemoryFrame(len(rows), rows=np.array(rows), row_count=64)
        assert run(expr, part) == [whole[r] for r in rows]


# --- pools ----------------------------------------------------------------------------------


def plans():
    return MemoryPool(
        {"name": vector(S, ["free", None, "pro"]), "price": vector(t.INT, [0, 5, None])}, [1, 1, 2]
    )


def test_pool_columns_and_rows():
    small = MemoryFrame(2, pools={"p": plans()})
    at = MemoryFrame(400, pools={"p": plans()})
    for where in (small, at):
        found = run(ir.PoolDraw(S, True, 0, "p", ("name",)), where)
        assert set(found) <= {"free", None, "pro"}
    pair = run(ir.PoolDraw(t.Tuple((S, t.INT)), True, 0, "p", ("name", "price")), at)
    counts = Counter(pair)
    assert set(counts) == {("free", 0), (None, 5), ("pro", None)}
    assert counts["pro", None] > counts["free", 0]
    assert [a for a, _ in pair] == found
