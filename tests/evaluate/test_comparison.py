"""Comparison, membership and three-valued logic against Python."""

from __future__ import annotations

import operator
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.ir import expr as ir
from specdsl.vectors import strings
from specdsl.vectors.vector import Vector
from tests.evaluate.memory import col, const, frame, run, vector

OPS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
E = t.Enum("E", ("z", "a", "m"))
SAMPLES = [
    (t.BOOL, [False, True, None]),
    (t.INT, [-1, 0, 2**62, None]),
    (t.Int(64, False), [0, 2**64 - 1, None]),
    (t.FLOAT, [-1.5, 0.0, 1e300, None]),
    (t.STRING, ["", "a", "Z", "é", "😀", "a\0", "￿", None]),
    (t.BYTES, [b"", b"\0", b"\xff", None]),
    (t.DATE, [date(1, 1, 1), date(2024, 2, 29), None]),
    (t.TIMESTAMP, [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 0, 0, 1, tzinfo=UTC), None]),
    (t.UUID, [uuid.UUID(int=0), uuid.UUID(int=2**64), uuid.UUID(int=2**64 + 1), uuid.UUID(int=2**127), None]),
]


def compare(op, left, right):
    return ir.Compare(t.BOOL, True, ir.CompareOp(op), left, right)


def expected(op, a, b):
    return None if a is None or b is None else OPS[op](a, b)


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize(
    ("dtype", "sample"), SAMPLES, ids=lambda x: str(x) if isinstance(x, t.DataType) else ""
)
def test_every_pair_of_samples(op, dtype, sample):
    pairs = [(a, b) for a in sample for b in sample]
    at = frame(a=(dtype, [a for a, _ in pairs]), b=(dtype, [b for _, b in pairs]))
    wanted = [expected(op, a, b) for a, b in pairs]
    assert run(compare(op, col(dtype, "a"), col(dtype, "b")), at) == wanted


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("text", ["a", "é", ""])
def test_strings_with_constants_plain_and_dictionary(op, text):
    sample = SAMPLES[4][1]
    at = frame(a=(t.STRING, sample))
    plain = at.columns["a"]
    codes, entries = strings.encode(plain.data)
    at.columns["d"] = Vector(t.STRING, strings.dictionary(codes, entries), plain.valid)
    for name in "ad":
        assert run(compare(op, col(t.STRING, name), const(t.STRING, text)), at) == [
            expected(op, x, text) for x in sample
        ]
        assert run(compare(op, const(t.STRING, text), col(t.STRING, name)), at) == [
            expected(op, text, x) for x in sample
        ]


@pytest.mark.parametrize("op", OPS)
def test_enums_compare_by_position(op):
    at = frame(a=(E, ["z", "a", "m", None]))
    assert run(compare(op, col(E, "a"), const(E, 1)), at) == [OPS[op](i, 1) for i in (0, 1, 2)] + [None]


@settings(max_examples=200)
@given(
    op=st.sampled_from(list(OPS)),
    a=st.integers(-(2**63) + 1, 2**63 - 1),
    b=st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(-20, 20)),
    scales=st.tuples(st.integers(0, 18), st.integers(0, 18)),
)
def test_decimals_of_any_scales_compare_exactly(op, a, b, scales):
    x, y = Decimal(a).scaleb(-scales[0]), Decimal(b).scaleb(-scales[1])
    left, right = t.Decimal(38, scales[0]), t.Decimal(38, scales[1])
    at = frame(a=(left, [x]), b=(right, [y]))
    assert run(compare(op, col(left, "a"), col(right, "b")), at) == [OPS[op](x, y)]


def test_null_constants_make_null():
    at = frame(a=(t.INT, [1, None]))
    assert run(compare("==", col(t.INT, "a"), const(t.INT, None)), at) == [None, None]
    assert run(compare("<", const(t.INT, 1), const(t.INT, 2)), at) == [True, True]


@pytest.mark.parametrize(
    ("dtype", "left", "right", "same"),
    [
        (
            t.List(t.INT),
            [[1, 2], [], [1], None, [None]],
            [[1, 2], [], [2], [1], [None]],
            [True, True, False, None, True],
        ),
        (t.List(t.List(t.STRING)), [[["a"], []]], [[["a"], []]], [True]),
        (
            t.Struct((t.Field("x", t.INT, True),)),
            [{"x": 1}, {"x": None}],
            [{"x": 1}, {"x": 1}],
            [True, False],
        ),
    ],
)
def test_nested_values(dtype, left, right, same):
    at = frame(a=(dtype, left), b=(dtype, right))
    assert run(compare("==", col(dtype, "a"), col(dtype, "b")), at) == same
    assert run(compare("!=", col(dtype, "a"), col(dtype, "b")), at) == [
        None if s is None else not s for s in same
    ]


@pytest.mark.parametrize(
    ("dtype", "sample", "among"),
    [
        (t.INT, [1, 5, None, -3], [5, 7]),
        (t.INT, [1, 5, None, -3], [5, 7, 8, -3, 11]),
        (t.STRING, ["a", "é", None, ""], ["é", "b"]),
        (t.STRING, ["a", "é", None, ""], ["é", "b", "c", "", "d"]),
        (t.UUID, [uuid.UUID(int=1), uuid.UUID(int=2), None], [uuid.UUID(int=2)]),
    ],
)
def test_membership(dtype, sample, among):
    at = frame(a=(dtype, sample))
    physical = [x.bytes if isinstance(x, uuid.UUID) else x for x in among]
    expr = ir.IsIn(t.BOOL, True, col(dtype, "a"), tuple(const(dtype, x) for x in physical))
    assert run(expr, at) == [None if x is None else x in among for x in sample]


def test_membership_among_columns():
    at = frame(a=(t.INT, [1, 2, None]), b=(t.INT, [1, None, 3]))
    expr = ir.IsIn(t.BOOL, True, col(t.INT, "a"), (col(t.INT, "b"), const(t.INT, 9)))
    assert run(expr, at) == [True, False, None]


THREE = [True, False, None]


def kleene_and(a, b):
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def kleene_or(a, b):
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


@pytest.mark.parametrize(("op", "reference"), [("and", kleene_and), ("or", kleene_or)])
def test_logic_is_three_valued(op, reference):
    pairs = [(a, b) for a in THREE for b in THREE]
    at = frame(a=(t.BOOL, [a for a, _ in pairs]), b=(t.BOOL, [b for _, b in pairs]))
    both = ir.Logic(t.BOOL, True, ir.LogicOp(op), col(t.BOOL, "a"), col(t.BOOL, "b"))
    assert run(both, at) == [reference(a, b) for a, b in pairs]
    for value in THREE:
        one = ir.Logic(t.BOOL, True, ir.LogicOp(op), col(t.BOOL, "a"), const(t.BOOL, value))
        assert run(one, at) == [reference(a, value) for a, _ in pairs]


def test_not_and_is_null():
    at = frame(a=(t.BOOL, THREE))
    assert run(ir.Unary(t.BOOL, True, ir.UnaryOp.NOT, col(t.BOOL, "a")), at) == [False, True, None]
    assert run(ir.IsNull(t.BOOL, False, col(t.BOOL, "a")), at) == [False, False, True]
    assert run(ir.IsNull(t.BOOL, False, const(t.INT, None)), at) == [True, True, True]
    at.columns["b"] = vector(t.BOOL, [True, True, True])
    assert run(ir.IsNull(t.BOOL, False, col(t.BOOL, "b")), at) == [False, False, False]
