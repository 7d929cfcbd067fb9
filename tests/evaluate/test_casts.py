"""Conversions against Python's decimals and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.generate.errors import GenerationError
from specdsl.ir import expr as ir
from tests.evaluate.memory import col, const, frame, run

COLOURS = t.Enum("Colour", ("red", "green", "blue"))
MIN, MAX = -(2**63), 2**63 - 1


def cast(source, target, *values):
    """The values converted as a column; "error" when it fails."""
    try:
        return run(ir.Cast(target, True, col(source, "a")), frame(a=(source, list(values))))
    except GenerationError as error:
        return error.message


def half_up(value: Decimal, scale: int) -> Decimal:
    with localcontext() as context:
        context.prec = 800
        return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


TABLE = [
    (t.INT, t.FLOAT, 3, 3.0),
    (t.INT, t.Decimal(10, 2), -3, Decimal("-3.00")),
    (t.INT, t.Int(8), 127, 127),
    (t.INT, t.Int(64, False), 5, 5),
    (t.Int(64, False), t.INT, 5, 5),
    (t.Int(8), t.INT, -5, -5),
    (t.BOOL, t.INT, True, 1),
    (t.Decimal(10, 3), t.Decimal(10, 2), Decimal("0.125"), Decimal("0.13")),
    (t.Decimal(10, 3), t.Decimal(10, 2), Decimal("-0.125"), Decimal("-0.13")),
    (t.Decimal(10, 3), t.Decimal(10, 2), Decimal("-0.124"), Decimal("-0.12")),
    (t.Decimal(10, 1), t.INT, Decimal("-2.5"), -3),
    (t.Decimal(10, 1), t.Decimal(18, 6), Decimal("2.5"), Decimal("2.500000")),
    (t.Decimal(10, 2), t.FLOAT, Decimal("0.10"), 0.1),
    (t.FLOAT, t.INT, 2.5, 3),
    (t.FLOAT, t.INT, -2.5, -3),
    (t.FLOAT, t.INT, 0.49999999999999994, 0),
    (t.FLOAT, t.Decimal(10, 2), 0.125, Decimal("0.13")),
    (t.FLOAT, t.Decimal(10, 2), -1234.5678, Decimal("-1234.57")),
    (t.FLOAT, t.Float(32), 0.1, 0.10000000149011612),
    (t.FLOAT, t.Int(64, False), 1.8e19, 18000000000000000000),
    (t.DATE, t.TIMESTAMP, date(2024, 2, 29), datetime(2024, 2, 29, tzinfo=UTC)),
    (t.TIMESTAMP, t.DATE, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), date(1969, 12, 31)),
    (COLOURS, t.STRING, "green", "green"),
    (t.STRING, COLOURS, "blue", "blue"),
    (t.STRING, t.JSON, "[1]", "[1]"),
    (t.List(t.INT), t.List(t.FLOAT), [1, None, 2], [1.0, None, 2.0]),
    (
        t.Struct((t.Field("x", t.INT, True),)),
        t.Struct((t.Field("x", t.STRING, True),)),
        {"x": 7},
        {"x": "7"},
    ),
]


@pytest.mark.parametrize(("source", "target", "value", "wanted"), TABLE)
def test_table(source, target, value, wanted):
    assert cast(source, target, value, None) == [wanted, None]


@pytest.mark.parametrize(
    ("source", "target", "value", "message"),
    [
        (t.INT, t.Int(8), 128, "int `128` does not fit into int8"),
        (t.INT, t.Int(64, False), -1, "int `-1` does not fit into uint64"),
        (t.Int(64, False), t.INT, 2**63, f"uint64 `{2**63}` does not fit into int"),
        (t.INT, t.Decimal(5, 2), 1000, "int `1000` does not fit into decimal(5, 2)"),
        (t.INT, t.Decimal(38, 18), 10, "int `10` does not fit into decimal(38, 18)"),
        (t.Decimal(10, 2), t.Decimal(4, 2), Decimal("99.99") + 1, "decimal(10, 2) `100.99` does not fit"),
        (t.Decimal(10, 3), t.Decimal(4, 2), Decimal("99.995"), "decimal(10, 3) `99.995` does not fit"),
        (t.FLOAT, t.INT, 1e19, "float `1e+19` does not fit into int"),
        (t.FLOAT, t.INT, float("nan"), "float `nan` does not fit into int"),
        (t.FLOAT, t.Decimal(38, 2), 1e300, "float `1e+300` does not fit"),
        (t.STRING, COLOURS, "pink", "`pink` is not a member of enum `Colour`"),
    ],
)
def test_what_does_not_fit_is_an_error_that_shows_the_value(source, target, value, message):
    assert message in cast(source, target, value)


def test_a_bad_value_under_a_null_does_not_matter():
    at = frame(a=(t.INT, [None, 1]), b=(t.BOOL, [True, True]))
    assert run(ir.Cast(t.Int(8), True, col(t.INT, "a")), at) == [None, 1]


@settings(max_examples=200)
@given(unscaled=st.integers(-(10**17), 10**17), scale=st.integers(0, 9), target=st.integers(0, 9))
def test_decimals_round_half_away_from_zero(unscaled, scale, target):
    value = Decimal(unscaled).scaleb(-scale)
    wanted = half_up(value, target)
    found = cast(t.Decimal(18, scale), t.Decimal(38, target), value)
    if abs(wanted.scaleb(target)) < 2**63:
        assert found == [wanted]
    else:
        assert "does not fit" in found


@settings(max_examples=200)
@given(st.floats(-1e12, 1e12))
def test_floats_to_integers_round_half_away_from_zero(value):
    assert cast(t.FLOAT, t.INT, value) == [int(half_up(Decimal(value), 0))]


@pytest.mark.parametrize(("source", "target", "value", "wanted"), [row for row in TABLE if row[0] == t.INT])
def test_constants_convert_as_columns_do(source, target, value, wanted):
    assert run(ir.Cast(target, False, const(source, value)), frame(2)) == [wanted, wanted]
    assert run(ir.Cast(target, True, const(source, None)), frame(2)) == [None, None]
