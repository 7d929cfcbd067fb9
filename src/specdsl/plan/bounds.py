"""Bounds as expressions: moved to the other side, divided, converted."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from specdsl.datatypes import types as t
from specdsl.ir.expr import Arithmetic, ArithmeticOp, Const, Expr, If, IsNull, Unary, UnaryOp

_DAY = 86_400_000_000
_FAR = 1 << 61  # microseconds; sums with timestamps still fit 64 bits
_HALF = 0.5 - 2.0**-20
"""A little less than half a unit: what lies within rounds to the bound and not past it."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """A bound that cannot be said for the operand."""


IMPOSSIBLE = Impossible()


def ascending(low: Expr | None, high: Expr | None) -> bool:
    """Whether the ends surely leave something between them."""
    if low is None or high is None:
        return True
    known = isinstance(low, Const) and isinstance(high, Const)
    return known and low.value <= high.value  # type: ignore[attr-defined]


def const_within(value: object, low: Expr | None, high: Expr | None) -> bool:
    """Whether a constant surely lies within the bounds."""
    above = low is None or (isinstance(low, Const) and low.value is not None and low.value <= value)  # type: ignore[operator]
    below = high is None or (isinstance(high, Const) and high.value is not None and value <= high.value)  # type: ignore[operator]
    return above and below


def or_open(bound: Expr | None, side: int) -> Expr | None:
    """The bound, as good as open in rows where it is null."""
    if bound is None or not bound.nullable:
        return bound
    if isinstance(bound, Const):
        return None if bound.value is None else bound
    match bound.type:
        case t.Int() as whole:
            far: float = whole.low if side < 0 else whole.high
        case t.Float():
            far = side * math.inf
        case t.Decimal(precision):
            far = side * (10 ** min(precision, 18) - 1)
        case _:
            far = side * _FAR
    return If(bound.type, False, IsNull(t.BOOL, False, bound), Const(bound.type, False, far), bound)


def _movable(*types: t.DataType) -> bool:
    """Whether a summand of these types can be moved to the other side. Times wrap at midnight, dates
    drop the time of day."""
    scales = {x.scale for x in types if isinstance(x, t.Decimal)}
    kinds = (t.Int, t.Decimal, t.Timestamp, t.Duration, t.Float)
    return all(isinstance(x, kinds) for x in types) and len(scales) <= 1


def minus(bound: Expr | None, other: Expr, dtype: t.DataType) -> Expr | Impossible | None:
    """``bound - other``, of type ``dtype``."""
    if bound is None:
        return None
    if not _movable(bound.type, other.type, dtype):
        return IMPOSSIBLE
    return Arithmetic(dtype, bound.nullable or other.nullable, ArithmeticOp.SUBTRACT, bound, other)


def minus_from(other: Expr, bound: Expr | None, dtype: t.DataType) -> Expr | Impossible | None:
    """``other - bound``, of type ``dtype``."""
    if bound is None:
        return None
    if not _movable(bound.type, other.type, dtype):
        return IMPOSSIBLE
    return Arithmetic(dtype, bound.nullable or other.nullable, ArithmeticOp.SUBTRACT, other, bound)


def plus(bound: Expr | None, other: Expr, dtype: t.DataType) -> Expr | Impossible | None:
    """``bound + other``, of type ``dtype``."""
    if bound is None:
        return None
    if not _movable(bound.type, other.type, dtype):
        return IMPOSSIBLE
    return Arithmetic(dtype, bound.nullable or other.nullable, ArithmeticOp.ADD, bound, other)


def divided(bound: Expr | None, by: float, dtype: t.DataType, rounding: object) -> Expr | None:
    """``bound / by`` for a constant bound, rounded by ``math.ceil`` or ``math.floor`` (None: not at all)."""
    if bound is None:
        return None
    assert isinstance(bound, Const)
    value = bound.value
    if not isinstance(value, (int, float)):
        return None
    if rounding is math.ceil and isinstance(value, int) and isinstance(by, int):
        return Const(dtype, False, -(-value // by))
    if rounding is math.floor and isinstance(value, int) and isinstance(by, int):
        return Const(dtype, False, value // by)
    quotient = value / by
    if rounding is math.ceil:
        return Const(dtype, False, math.ceil(quotient))
    if rounding is math.floor:
        return Const(dtype, False, math.floor(quotient))
    return Const(dtype, False, quotient)


def negated(bound: Expr | None) -> Expr | None:
    """``-bound``"""
    match bound:
        case None:
            return None
        case Const(value=int() | float() as value):
            return replace(bound, value=-value)
        case _:
            return Unary(bound.type, bound.nullable, UnaryOp.NEGATE, bound)


def source_bound(
    bound: Expr | None, source: t.DataType, target: t.DataType, side: int
) -> Expr | Impossible | None:
    """The bound on the operand that keeps the converted value within ``bound``; ``side`` is -1 for a
    low end and 1 for a high one."""
    if bound is None:
        return None
    assert isinstance(bound, Const)
    assert isinstance(bound.value, (int, float))
    value = bound.value
    inward = math.ceil if side < 0 else math.floor
    match source, target:
        case t.Float(), t.Decimal(_, scale):
            return Const(source, False, (value + side * _HALF) / 10**scale)
        case t.Float(), t.Int():
            return Const(source, False, value + side * _HALF)
        case t.Float(), t.Float():
            return Const(source, False, float(value))
        case t.Int(), t.Int():
            return Const(source, False, value)
        case t.Int(), t.Float():
            return Const(source, False, inward(value)) if math.isfinite(value) else IMPOSSIBLE
        case t.Int(), t.Decimal(_, scale):
            return Const(source, False, -(-int(value) // 10**scale) if side < 0 else int(value) // 10**scale)
        case t.Decimal(_, scale), t.Float():
            return Const(source, False, inward(value * 10**scale)) if math.isfinite(value) else IMPOSSIBLE
        case t.Decimal(_, inner), t.Decimal(_, outer) if inner <= outer:
            step = 10 ** (outer - inner)
            return Const(source, False, -(-int(value) // step) if side < 0 else int(value) // step)
        case t.Decimal(_, inner), t.Decimal(_, outer):
            step = 10 ** (inner - outer)
            # Half a unit of the coarser scale, less one unit of the finer: it still rounds to the bound.
            return Const(source, False, int(value) * step + side * ((step - 1) // 2))
        case t.Date(), t.Timestamp():
            return Const(source, False, -(-int(value) // _DAY) if side < 0 else int(value) // _DAY)
        case t.Timestamp(), t.Date():
            return Const(source, False, int(value) * _DAY + (0 if side < 0 else _DAY - 1))
        case _:
            return IMPOSSIBLE
