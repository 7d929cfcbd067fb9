"""Typed expressions and rows to evaluate them in, as hypothesis draws them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.walk import walk

MONEY = t.Decimal(10, 2)
FINE = t.Decimal(18, 6)
STATUS = t.Enum("Status", ("pending", "paid", "Ärger", "a"))
POINT = t.Struct((t.Field("x", t.INT, True), t.Field("m", MONEY, True)))
INTS = t.List(t.INT)

I64 = 1 << 63
_EDGES = (-I64, -I64 + 1, -1, 0, 1, 2, 7, 10, I64 - 1, 3_037_000_500)
_DAY = 86_400_000_000
FIRST, LAST = -719_162, 2_932_896

text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
small = st.integers(-100, 100)

PHYSICAL: dict[t.DataType, st.SearchStrategy[Any]] = {
    t.BOOL: st.booleans(),
    t.INT: st.one_of(small, st.sampled_from(_EDGES), st.integers(-I64, I64 - 1)),
    t.Int(8): st.integers(-128, 127),
    t.Int(64, signed=False): st.one_of(st.integers(0, 100), st.integers(0, 2 * I64 - 1)),
    t.FLOAT: st.one_of(
        small.map(float),
        st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: 0.0 if abs(x) < 1e-9 else x),
        st.sampled_from((0.5, -0.5, 1.5, 2.5, 0.1, 0.125, 2.675, 0.49999999999999994, -0.0)),
    ),
    MONEY: st.one_of(small, st.integers(-(10**10) + 1, 10**10 - 1)),
    FINE: st.one_of(small, st.integers(-(10**18) + 1, 10**18 - 1), st.integers(-(10**9), 10**9)),
    t.STRING: st.one_of(
        text, st.sampled_from(("", "a", "paid", "é", "e\u0301", "🤦🏼‍♂️", "ß", "'\"\\", "%_"))
    ),
    t.DATE: st.one_of(st.integers(0, 20_000), st.integers(FIRST, LAST)),
    t.TIME: st.integers(0, _DAY - 1),
    t.TIMESTAMP: st.one_of(
        st.integers(0, 20_000).map(lambda d: d * _DAY), st.integers(FIRST * _DAY, (LAST + 1) * _DAY - 1)
    ),
    t.DURATION: st.one_of(
        st.sampled_from((0, 1, -1, _DAY, 3_600_000_000, -_DAY, 90_000_000)), st.integers(-(10**15), 10**15)
    ),
    t.UUID: st.binary(min_size=16, max_size=16),
    t.BYTES: st.binary(max_size=4),
    STATUS: st.integers(0, len(STATUS.members) - 1),
}

COLUMNS: dict[str, t.DataType] = {
    **{f"c{i}": dtype for i, dtype in enumerate(PHYSICAL)},
    "d0": t.INT,
    "d1": t.FLOAT,
    "d2": MONEY,
    "d3": t.STRING,
    "d4": t.TIMESTAMP,
    "d5": t.DURATION,
    "d6": STATUS,
    "d7": t.BOOL,
}


@st.composite
def cases(draw: st.DrawFn, expressions_: st.SearchStrategy[Any]) -> tuple[Any, dict[str, list[Any]]]:
    """An expression, and physical values of the columns that it names, with nulls, for a few rows."""
    expr = draw(expressions_)
    named = {n.column for n in walk(expr) if isinstance(n, e.ColumnValue)}
    n = draw(st.integers(1, 3))
    rows = {name: [None] * n for name in COLUMNS}
    for name in sorted(named):
        value = st.one_of(PHYSICAL[COLUMNS[name]], PHYSICAL[COLUMNS[name]], st.none())
        rows[name] = [draw(value) for _ in range(n)]
    return expr, rows


def _leaf(dtype: t.DataType) -> st.SearchStrategy[e.Expr]:
    columns = [e.ColumnValue(dtype, True, name) for name, held in COLUMNS.items() if held == dtype]
    known = PHYSICAL[dtype].map(lambda v: e.Const(dtype, False, v))
    return st.one_of(
        st.sampled_from(columns), st.sampled_from(columns), known, st.just(e.Const(dtype, True, None))
    )


_NUMBERS = (t.INT, t.FLOAT, MONEY, FINE)
_ALL = tuple(PHYSICAL)
_ORDERED = (t.INT, t.FLOAT, MONEY, t.STRING, t.DATE, t.TIME, t.TIMESTAMP, t.DURATION, STATUS, t.BOOL, t.UUID)
_ARITHMETIC = tuple(e.ArithmeticOp)
_PLUS_MINUS = (e.ArithmeticOp.ADD, e.ArithmeticOp.SUBTRACT)
_SPECS = {
    t.INT: ("", "d", "05d", "8d", "<6", "^7", "+d", ",", "_>9", "x", "+06d"),
    t.FLOAT: ("", ".2f", ".0f", "10.3f", "+.1f"),
    MONEY: ("", ".1f", ".2f", ".4f", "012.2f", ">12.0f"),
    t.STRING: ("", "8", ">5", "^6", "*<4", ".3", "5.2"),
    t.BOOL: ("", "7"),
    STATUS: ("", ">9"),
    t.DATE: ("", "%Y-%m", "%d.%m.%y", "%A %-d %B", "%j", "%G-W%V", "%F"),
    t.TIME: ("", "%H:%M", "%I %p", "%f"),
    t.TIMESTAMP: ("", "%Y%m%dT%H%M%S", "%T.%f", "100%% %b"),
    t.DURATION: ("",),
    t.UUID: ("",),
    t.BYTES: ("",),
    FINE: ("", ".3f"),
    t.Int(64, signed=False): ("", "d"),
}


def _arithmetic(result: t.DataType, ops: Any, left: Any, right: Any) -> st.SearchStrategy[e.Expr]:
    return st.builds(lambda op, a, b: e.Arithmetic(result, True, op, a, b), st.sampled_from(ops), left, right)


@st.composite
def _match(draw: st.DrawFn, dtype: t.DataType, depth: int) -> e.Expr:
    subject_type = draw(st.sampled_from((t.INT, STATUS, t.STRING, t.BOOL)))
    subject = draw(expressions(subject_type, depth - 1))
    arms = tuple(
        e.MatchArm(
            tuple((v,) for v in draw(st.lists(PHYSICAL[subject_type], min_size=1, max_size=2))),
            draw(expressions(dtype, depth - 1)),
        )
        for _ in range(draw(st.integers(1, 3)))
    )
    otherwise = draw(st.one_of(st.none(), expressions(dtype, depth - 1)))
    return e.Match(dtype, True, (subject,), arms, otherwise)


@st.composite
def _compare(draw: st.DrawFn, depth: int) -> e.Expr:
    dtype = draw(st.sampled_from(_ORDERED))
    op = draw(st.sampled_from(tuple(e.CompareOp)))
    return e.Compare(
        t.BOOL, True, op, draw(expressions(dtype, depth - 1)), draw(expressions(dtype, depth - 1))
    )


@st.composite
def _is_in(draw: st.DrawFn, depth: int) -> e.Expr:
    dtype = draw(st.sampled_from(_ORDERED))
    items = draw(st.lists(PHYSICAL[dtype].map(lambda v: e.Const(dtype, False, v)), min_size=1, max_size=5))
    return e.IsIn(t.BOOL, True, draw(expressions(dtype, depth - 1)), tuple(items))


@st.composite
def _format(draw: st.DrawFn, depth: int) -> e.Expr:
    parts: list[str | e.FormatPart] = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            parts.append(draw(text))
        dtype = draw(st.sampled_from(tuple(_SPECS)))
        parts.append(e.FormatPart(draw(expressions(dtype, depth - 1)), draw(st.sampled_from(_SPECS[dtype]))))
    return e.Format(t.STRING, True, tuple(parts))


def expressions(dtype: t.DataType, depth: int = 3) -> st.SearchStrategy[e.Expr]:
    """Expressions of a type, at most so deep."""
    if depth <= 0:
        return _leaf(dtype)
    return st.one_of(_leaf(dtype), _inner(dtype, depth))


def _inner(dtype: t.DataType, depth: int) -> st.SearchStrategy[e.Expr]:
    def sub(other: t.DataType) -> st.SearchStrategy[e.Expr]:
        return st.deferred(lambda: expressions(other, depth - 1))

    def cast(source: t.DataType) -> st.SearchStrategy[e.Expr]:
        return sub(source).map(lambda x: e.Cast(dtype, True, x))

    options = [
        st.builds(lambda c, a, b: e.If(dtype, True, c, a, b), sub(t.BOOL), sub(dtype), sub(dtype)),
        _match(dtype, depth),
    ]
    match dtype:
        case t.Bool():
            options += [
                _compare(depth),
                _compare(depth),
                _is_in(depth),
                st.builds(
                    lambda op, a, b: e.Logic(t.BOOL, True, op, a, b),
                    st.sampled_from(tuple(e.LogicOp)),
                    sub(t.BOOL),
                    sub(t.BOOL),
                ),
                sub(t.BOOL).map(lambda x: e.Unary(t.BOOL, True, e.UnaryOp.NOT, x)),
                st.sampled_from(_ALL).flatmap(sub).map(lambda x: e.IsNull(t.BOOL, False, x)),
            ]
        case t.Int(64, signed=True):
            ops = [op for op in _ARITHMETIC if op is not e.ArithmeticOp.DIVIDE]
            options += [
                _arithmetic(dtype, ops, sub(dtype), sub(dtype)),
                sub(dtype).map(lambda x: e.Unary(dtype, True, e.UnaryOp.NEGATE, x)),
                cast(t.FLOAT),
                cast(MONEY),
                cast(t.Int(8)),
                cast(t.BOOL),
            ]
        case t.Int():
            options += [cast(t.INT), cast(FINE)]
        case t.Float():
            options += [
                _arithmetic(dtype, _ARITHMETIC, sub(dtype), sub(dtype)),
                _arithmetic(dtype, (e.ArithmeticOp.DIVIDE,), sub(t.INT), sub(t.INT)),
                _arithmetic(dtype, (e.ArithmeticOp.DIVIDE,), sub(MONEY), sub(FINE)),
                _arithmetic(dtype, (e.ArithmeticOp.DIVIDE,), sub(t.DURATION), sub(t.DURATION)),
                sub(dtype).map(lambda x: e.Unary(dtype, True, e.UnaryOp.NEGATE, x)),
                cast(t.INT),
                cast(FINE),
            ]
        case t.Decimal(_, scale):
            same = [op for op in _ARITHMETIC if op not in (e.ArithmeticOp.DIVIDE, e.ArithmeticOp.MULTIPLY)]
            options += [
                _arithmetic(dtype, same, sub(dtype), sub(dtype)),
                _arithmetic(t.Decimal(38, scale + 2), (e.ArithmeticOp.MULTIPLY,), sub(dtype), sub(MONEY)).map(
                    lambda x: e.Cast(dtype, True, x)
                ),
                _arithmetic(t.Decimal(38, 6), _PLUS_MINUS, sub(MONEY), sub(FINE)).map(
                    lambda x: e.Cast(dtype, True, x)
                ),
                sub(dtype).map(lambda x: e.Unary(dtype, True, e.UnaryOp.NEGATE, x)),
                cast(t.INT),
                cast(t.FLOAT),
                cast(FINE if dtype == MONEY else MONEY),
            ]
        case t.String():
            options += [_format(depth), _format(depth), *(cast(d) for d in _ALL if d != t.Int(8))]
        case t.Date():
            options += [_arithmetic(dtype, _PLUS_MINUS, sub(dtype), sub(t.DURATION)), cast(t.TIMESTAMP)]
        case t.Timestamp():
            options += [
                _arithmetic(dtype, _PLUS_MINUS, sub(dtype), sub(t.DURATION)),
                _arithmetic(dtype, _PLUS_MINUS, sub(t.DATE), sub(t.DURATION)),
                cast(t.DATE),
            ]
        case t.Time():
            options += [_arithmetic(dtype, _PLUS_MINUS, sub(dtype), sub(t.DURATION))]
        case t.Duration():
            scaled = (e.ArithmeticOp.MULTIPLY, e.ArithmeticOp.DIVIDE)
            options += [
                _arithmetic(dtype, _PLUS_MINUS, sub(dtype), sub(dtype)),
                _arithmetic(dtype, (e.ArithmeticOp.SUBTRACT,), sub(t.TIMESTAMP), sub(t.TIMESTAMP)),
                _arithmetic(dtype, (e.ArithmeticOp.SUBTRACT,), sub(t.DATE), sub(t.DATE)),
                _arithmetic(dtype, scaled, sub(dtype), sub(t.INT)),
                _arithmetic(dtype, scaled, sub(dtype), sub(t.FLOAT)),
            ]
        case t.Enum():
            options += [cast(t.STRING)]
        case _:
            pass
    return st.one_of(options)
