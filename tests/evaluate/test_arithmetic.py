"""Arithmetic against Python's own integers, fractions and dates."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.generate.errors import GenerationError
from specdsl.ir import expr as ir
from tests.evaluate.memory import col, const, frame, run

Op = ir.ArithmeticOp
MIN, MAX = -(2**63), 2**63 - 1
edges = st.sampled_from([0, 1, -1, 2, 10, MIN, MIN + 1, MAX, MAX - 1, 2**31, -(2**31), 3037000500])
ints = st.one_of(edges, st.integers(MIN, MAX), st.integers(-1000, 1000))
maybe_ints = st.one_of(st.none(), ints)


def compute(op, dtype, left, right):
    """One row of ``left op right``; each operand is (type, Python value). "overflow" for an error."""
    at = frame(a=(left[0], [left[1]]), b=(right[0], [right[1]]))
    expr = ir.Arithmetic(dtype, True, Op(op), col(left[0], "a"), col(right[0], "b"))
    try:
        return run(expr, at)[0]
    except GenerationError as error:
        assert "does not fit into" in error.message
        return "overflow"


def truncated(a: Fraction | int, b: Fraction | int) -> int:
    return int(Fraction(a) / Fraction(b))  # int() of a Fraction goes towards zero


def expected_int(op, a, b):
    if a is None or b is None or (b == 0 and op in ("/", "//", "%")):
        return None
    out = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "//": lambda: truncated(a, b),
        "%": lambda: a - b * truncated(a, b),
    }[op]()
    return out if MIN <= out <= MAX else "overflow"


@settings(max_examples=300)
@given(op=st.sampled_from(["+", "-", "*", "//", "%"]), a=maybe_ints, b=maybe_ints)
def test_integers_agree_with_python_or_overflow(op, a, b):
    assert compute(op, t.INT, (t.INT, a), (t.INT, b)) == expected_int(op, a, b)


@settings(max_examples=100)
@given(
    op=st.sampled_from(["+", "-", "*", "//", "%"]),
    a=maybe_ints,
    rows=st.lists(maybe_ints, min_size=1, max_size=6),
)
def test_a_constant_operand_is_the_same_as_a_column_of_it(op, a, rows):
    at = frame(b=(t.INT, rows))
    for left, right, pairs in (
        (const(t.INT, a), col(t.INT, "b"), [(a, b) for b in rows]),
        (col(t.INT, "b"), const(t.INT, a), [(b, a) for b in rows]),
    ):
        wanted = [expected_int(op, x, y) for x, y in pairs]
        expr = ir.Arithmetic(t.INT, True, Op(op), left, right)
        if "overflow" in wanted:
            with pytest.raises(GenerationError):
                run(expr, at)
        else:
            assert run(expr, at) == wanted


def test_an_overflow_under_a_null_is_none():
    at = frame(a=(t.INT, [MAX, 1]), b=(t.INT, [None, 1]))
    assert run(ir.Arithmetic(t.INT, True, Op.MULTIPLY, col(t.INT, "a"), col(t.INT, "b")), at) == [None, 1]


def test_the_overflow_names_its_operands():
    at = frame(a=(t.INT, [1, MAX]), b=(t.INT, [1, 3]))
    with pytest.raises(GenerationError, match=f"`{MAX} \\+ 3` does not fit into int"):
        run(ir.Arithmetic(t.INT, False, Op.ADD, col(t.INT, "a"), col(t.INT, "b")), at)


def test_unsigned_64():
    u = t.Int(64, signed=False)
    assert compute("+", u, (u, 2**63), (u, 2**63 - 1)) == 2**64 - 1
    assert compute("+", u, (u, 2**63), (u, 2**63)) == "overflow"
    assert compute("-", u, (u, 1), (u, 2)) == "overflow"
    assert compute("*", u, (u, 2**32), (u, 2**32)) == "overflow"
    assert compute("//", u, (u, 2**64 - 1), (u, 2)) == 2**63 - 1


decimals = st.builds(
    lambda unscaled, scale: Decimal(unscaled).scaleb(-scale),
    st.one_of(st.integers(-(10**6), 10**6), st.integers(MIN + 1, MAX)),
    st.integers(0, 9),
)


def scale_of(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)


def fits(value: Fraction, scale: int) -> bool:
    return abs(value * 10**scale) < 2**63


@settings(max_examples=300)
@given(op=st.sampled_from(["+", "-", "*", "%"]), a=decimals, b=decimals)
def test_decimals_are_exact_or_overflow(op, a, b):
    s, r = scale_of(a), scale_of(b)
    scale = s + r if op == "*" else max(s, r)
    dtype = t.Decimal(38, scale)
    found = compute(op, dtype, (t.Decimal(19, s), a), (t.Decimal(19, r), b))
    x, y = Fraction(a), Fraction(b)
    if op == "%" and y == 0:
        assert found is None
        return
    wanted = {
        "+": lambda: x + y,
        "-": lambda: x - y,
        "*": lambda: x * y,
        "%": lambda: x - y * truncated(x, y),
    }[op]()
    scaled_up = op == "*" or (fits(x, scale) and fits(y, scale))
    if fits(wanted, scale) and scaled_up:
        assert Fraction(found) == wanted
    else:
        assert found == "overflow"


def test_division_of_decimals_is_a_float_and_their_product_may_be_rounded():
    d = t.Decimal(10, 2)
    assert compute("/", t.FLOAT, (d, Decimal("1.00")), (d, Decimal("0.40"))) == 2.5
    assert compute("/", t.FLOAT, (d, Decimal("1.00")), (d, Decimal("0.00"))) is None
    assert compute("*", t.Decimal(12, 2), (d, Decimal("0.05")), (d, Decimal("0.10"))) == Decimal("0.01")
    assert compute("*", t.Decimal(12, 2), (d, Decimal("-0.05")), (d, Decimal("0.10"))) == Decimal("-0.01")
    assert compute("*", t.Decimal(12, 2), (t.INT, 3), (d, Decimal("1.25"))) == Decimal("3.75")


floats = st.floats(allow_nan=False, allow_infinity=False, width=64)


@settings(max_examples=200)
@given(op=st.sampled_from(["+", "-", "*", "/", "//", "%"]), a=floats, b=floats)
def test_floats_are_ieee_with_null_for_a_zero_divisor(op, a, b):
    found = compute(op, t.FLOAT, (t.FLOAT, a), (t.FLOAT, b))
    if op in "//%" and b == 0:
        assert found is None
        return
    wanted = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "//": lambda: a / b if math.isinf(a / b) else float(math.trunc(a / b)),
        "%": lambda: math.fmod(a, b),
    }[op]()
    assert found == wanted


def test_integer_division_gives_a_float():
    assert compute("/", t.FLOAT, (t.INT, 7), (t.INT, 2)) == 3.5
    assert compute("/", t.FLOAT, (t.INT, 7), (t.INT, 0)) is None


def test_float32_results_are_rounded_to_32_bits():
    f32 = t.Float(32)
    assert compute("+", f32, (f32, 1.0), (f32, 2.0**-30)) == 1.0


moments = st.datetimes().map(lambda m: m.replace(tzinfo=UTC))
spans = st.timedeltas(timedelta(days=-9_000_000 // 3), timedelta(days=9_000_000 // 3))


@settings(max_examples=150)
@given(op=st.sampled_from("+-"), moment=moments, span=spans)
def test_timestamps_and_durations_agree_with_datetime(op, moment, span):
    try:
        wanted = moment + span if op == "+" else moment - span
    except OverflowError:
        wanted = "overflow"
    assert compute(op, t.TIMESTAMP, (t.TIMESTAMP, moment), (t.DURATION, span)) == wanted


@settings(max_examples=100)
@given(a=moments, b=moments)
def test_the_difference_of_timestamps_is_a_duration(a, b):
    assert compute("-", t.DURATION, (t.TIMESTAMP, a), (t.TIMESTAMP, b)) == a - b


@settings(max_examples=100)
@given(day=st.dates(), span=spans)
def test_a_date_and_a_duration_make_a_date_or_a_timestamp(day, span):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        wanted = midnight + span
    except OverflowError:
        assert compute("+", t.DATE, (t.DATE, day), (t.DURATION, span)) == "overflow"
        return
    assert compute("+", t.DATE, (t.DATE, day), (t.DURATION, span)) == wanted.date()
    assert compute("+", t.TIMESTAMP, (t.DURATION, span), (t.DATE, day)) == wanted


def test_durations_and_times():
    day = timedelta(days=1)
    hour = timedelta(hours=1)
    cases = [
        ("-", t.DURATION, (t.DATE, date(2024, 3, 1)), (t.DATE, date(2024, 2, 1)), 29 * day),
        ("*", t.DURATION, (t.DURATION, hour), (t.INT, 36), 36 * hour),
        ("*", t.DURATION, (t.INT, -2), (t.DURATION, hour), -2 * hour),
        ("*", t.DURATION, (t.DURATION, timedelta(microseconds=1)), (t.FLOAT, 2.5), timedelta(microseconds=3)),
        (
            "*",
            t.DURATION,
            (t.DURATION, timedelta(microseconds=-1)),
            (t.FLOAT, 2.5),
            timedelta(microseconds=-3),
        ),
        ("*", t.DURATION, (t.Decimal(3, 1), Decimal("1.5")), (t.DURATION, hour), timedelta(minutes=90)),
        ("/", t.DURATION, (t.DURATION, hour), (t.INT, 7), timedelta(microseconds=514285714)),
        ("/", t.DURATION, (t.DURATION, hour), (t.INT, 0), None),
        ("/", t.FLOAT, (t.DURATION, hour), (t.DURATION, day), 1 / 24),
        ("//", t.INT, (t.DURATION, -26 * hour), (t.DURATION, day), -1),
        ("%", t.DURATION, (t.DURATION, -26 * hour), (t.DURATION, day), -2 * hour),
        ("+", t.DURATION, (t.DURATION, hour), (t.DURATION, day), 25 * hour),
        ("+", t.TIME, (t.TIME, time(23, 30)), (t.DURATION, hour), time(0, 30)),
        ("-", t.TIME, (t.TIME, time(0, 30)), (t.DURATION, 25 * hour), time(23, 30)),
        ("-", t.DURATION, (t.TIME, time(1)), (t.TIME, time(2)), -hour),
    ]
    for op, dtype, left, right, wanted in cases:
        assert compute(op, dtype, left, right) == wanted, (op, left, right)


@pytest.mark.parametrize(
    ("dtype", "value", "wanted"),
    [
        (t.INT, 5, -5),
        (t.INT, None, None),
        (t.FLOAT, 1.5, -1.5),
        (t.Decimal(5, 2), Decimal("1.50"), Decimal("-1.50")),
        (t.DURATION, timedelta(hours=1), timedelta(hours=-1)),
    ],
)
def test_negation(dtype, value, wanted):
    assert run(ir.Unary(dtype, True, ir.UnaryOp.NEGATE, col(dtype, "a")), frame(a=(dtype, [value]))) == [
        wanted
    ]


def test_the_smallest_integer_has_no_negative():
    with pytest.raises(GenerationError):
        run(ir.Unary(t.INT, True, ir.UnaryOp.NEGATE, col(t.INT, "a")), frame(a=(t.INT, [MIN])))
