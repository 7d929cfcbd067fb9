"""Pushing a column's bounds into the draws of its value, so that nothing has to be drawn again.

A bound moves through an expression as an expression of the row: ``low <= a + draw`` becomes
``low - a <= draw``. Evaluating ``a`` twice is sound even where it draws, for a draw is a function of
its site and the row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from specdsl.datatypes import types as t
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir.expr import (
    Arithmetic,
    ArithmeticOp,
    Arm,
    Call,
    Cast,
    ChoiceDraw,
    Compare,
    CompareOp,
    Const,
    Expr,
    If,
    IsNull,
    Match,
    RangeDraw,
    Unary,
    UnaryOp,
)
from specdsl.ir.walk import walk_row

_DAY = 86_400_000_000
_FAR = 1 << 61  # microseconds; sums with timestamps still fit 64 bits
_HALF = 0.5 - 2.0**-20
"""A little less than half a unit: what lies within rounds to the bound and not past it."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """The narrowed expression. ``exact``: every value now keeps the bounds, save for the last unit of a
    rounding where ``clip``."""

    value: Expr
    exact: bool
    clip: bool = False


def draws(expr: Expr) -> bool:
    """Whether evaluating ``expr`` in a row draws."""
    return any(getattr(node, "site", None) is not None for node in walk_row(expr))


def push(expr: Expr, low: Expr | None, high: Expr | None) -> Pushed:
    """``expr`` narrowed to ``low .. high`` (of its type, both included, None: open)."""
    if low is None and high is None:
        return Pushed(expr, True)
    match expr:
        case Const(value=value):
            return Pushed(expr, value is None or _const_within(value, low, high))
        case RangeDraw():
            narrowed = replace(
                expr, low=_larger(expr.low, low) or expr.low, high=_smaller(expr.high, high) or expr.high
            )
            return Pushed(narrowed, True)
        case Call(site=site) if site is not None and FUNCTIONS[expr.function].truncates:
            return Pushed(replace(expr, low=_larger(expr.low, low), high=_smaller(expr.high, high)), True)
        case ChoiceDraw(exact=False):
            arms = [push(arm.value, low, high) for arm in expr.arms]
            shares = [arm.share for arm in expr.arms]
            chosen = tuple(Arm(p.value, s) for p, s in zip(arms, shares, strict=True))
            return _all(replace(expr, arms=chosen), arms)
        case If():
            branches = [push(expr.then, low, high), push(expr.otherwise, low, high)]
            return _all(replace(expr, then=branches[0].value, otherwise=branches[1].value), branches)
        case Match():
            arms = [push(arm.value, low, high) for arm in expr.arms]
            values = tuple(replace(a, value=p.value) for a, p in zip(expr.arms, arms, strict=True))
            rest = None if expr.otherwise is None else push(expr.otherwise, low, high)
            parts = arms if rest is None else [*arms, rest]
            return _all(replace(expr, arms=values, otherwise=None if rest is None else rest.value), parts)
        case Unary(op=UnaryOp.NEGATE, operand=operand):
            inner = push(operand, _negated(high), _negated(low))
            return replace(inner, value=replace(expr, operand=inner.value))
        case Arithmetic():
            return _push_arithmetic(expr, low, high)
        case Cast():
            return _push_cast(expr, low, high)
        case _:
            return Pushed(expr, False)


def _all(value: Expr, parts: list[Pushed]) -> Pushed:
    return Pushed(value, all(p.exact for p in parts), any(p.clip for p in parts))


def _const_within(value: object, low: Expr | None, high: Expr | None) -> bool:
    above = low is None or (isinstance(low, Const) and low.value is not None and low.value <= value)  # type: ignore[operator]
    below = high is None or (isinstance(high, Const) and high.value is not None and value <= high.value)  # type: ignore[operator]
    return above and below


def _larger(left: Expr | None, right: Expr | None) -> Expr | None:
    return _extreme(left, _or_open(right, -1), CompareOp.GREATER_EQUAL)


def _smaller(left: Expr | None, right: Expr | None) -> Expr | None:
    return _extreme(left, _or_open(right, 1), CompareOp.LESS_EQUAL)


def _or_open(bound: Expr | None, side: int) -> Expr | None:
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


def _extreme(left: Expr | None, right: Expr | None, op: CompareOp) -> Expr | None:
    """Whichever of the two is greater (smaller) in the row; a null bound bounds nothing."""
    if left is None or right is None or left == right:
        return right if left is None else left
    if isinstance(left, Const) and isinstance(right, Const):
        if left.value is None or right.value is None:
            return right if left.value is None else left
        first = left.value >= right.value if op is CompareOp.GREATER_EQUAL else left.value <= right.value  # type: ignore[operator]
        return left if first else right
    nullable = left.nullable or right.nullable
    better = Compare(t.BOOL, nullable, op, right, left)
    return If(left.type, nullable, better, right, left)


def _push_arithmetic(expr: Arithmetic, low: Expr | None, high: Expr | None) -> Pushed:
    pushed = _push_exact_arithmetic(expr, low, high)
    # Sums of floats round: the last unit is set right by clipping.
    return replace(pushed, clip=True) if pushed.exact and isinstance(expr.type, t.Float) else pushed


def _push_exact_arithmetic(expr: Arithmetic, low: Expr | None, high: Expr | None) -> Pushed:
    left_draws, right_draws = draws(expr.left), draws(expr.right)
    match expr.op:
        case ArithmeticOp.ADD if right_draws or left_draws:
            # The draw on the right is the usual form (`created_at + exponential(...)`); with two draws
            # the right one follows the left one.
            moved, other = (expr.right, expr.left) if right_draws else (expr.left, expr.right)
            ends = (_minus(low, other, moved.type), _minus(high, other, moved.type))
            inner = _push_operand(moved, *ends)
            if inner is None:
                return Pushed(expr, False)
            return replace(inner, value=_with_side(expr, inner.value, right=right_draws))
        case ArithmeticOp.SUBTRACT if right_draws:
            ends = (
                _minus_from(expr.left, high, expr.right.type),
                _minus_from(expr.left, low, expr.right.type),
            )
            inner = _push_operand(expr.right, *ends)
            return (
                Pushed(expr, False)
                if inner is None
                else replace(inner, value=replace(expr, right=inner.value))
            )
        case ArithmeticOp.SUBTRACT if left_draws:
            ends = (_plus(low, expr.right, expr.left.type), _plus(high, expr.right, expr.left.type))
            inner = _push_operand(expr.left, *ends)
            return (
                Pushed(expr, False)
                if inner is None
                else replace(inner, value=replace(expr, left=inner.value))
            )
        case ArithmeticOp.MULTIPLY if left_draws != right_draws:
            return _push_scaled(expr, low, high)
        case _:
            return Pushed(expr, False)


def _with_side(expr: Arithmetic, side: Expr, *, right: bool) -> Arithmetic:
    return replace(expr, right=side) if right else replace(expr, left=side)


@dataclass(frozen=True, slots=True)
class _Impossible:
    """A bound that cannot be said for the operand."""


_IMPOSSIBLE = _Impossible()


def _push_operand(
    expr: Expr, low: Expr | _Impossible | None, high: Expr | _Impossible | None
) -> Pushed | None:
    if isinstance(low, _Impossible) or isinstance(high, _Impossible):
        return None
    return push(expr, low, high)


def _movable(*types: t.DataType) -> bool:
    """Whether a summand of these types can be moved to the other side. Times wrap at midnight, dates
    drop the time of day."""
    scales = {x.scale for x in types if isinstance(x, t.Decimal)}
    kinds = (t.Int, t.Decimal, t.Timestamp, t.Duration, t.Float)
    return all(isinstance(x, kinds) for x in types) and len(scales) <= 1


def _minus(bound: Expr | None, other: Expr, dtype: t.DataType) -> Expr | _Impossible | None:
    """``bound - other``, of type ``dtype``."""
    if bound is None:
        return None
    if not _movable(bound.type, other.type, dtype):
        return _IMPOSSIBLE
    return Arithmetic(dtype, bound.nullable or other.nullable, ArithmeticOp.SUBTRACT, bound, other)


def _minus_from(other: Expr, bound: Expr | None, dtype: t.DataType) -> Expr | _Impossible | None:
    """``other - bound``, of type ``dtype``."""
    if bound is None:
        return None
    if not _movable(bound.type, other.type, dtype):
        return _IMPOSSIBLE
    return Arithmetic(dtype, bound.nullable or other.nullable, ArithmeticOp.SUBTRACT, other, bound)


def _plus(bound: Expr | None, other: Expr, dtype: t.DataType) -> Expr | _Impossible | None:
    """``bound + other``, of type ``dtype``."""
    if bound is None:
        return None
    if not _movable(bound.type, other.type, dtype):
        return _IMPOSSIBLE
    return Arithmetic(dtype, bound.nullable or other.nullable, ArithmeticOp.ADD, bound, other)


def _push_scaled(expr: Arithmetic, low: Expr | None, high: Expr | None) -> Pushed:
    """Through ``draw * constant``: floats and durations, constant bounds."""
    drawn, factor = (expr.left, expr.right) if draws(expr.left) else (expr.right, expr.left)
    ends = [end for end in (low, high) if end is not None]
    known = isinstance(factor, Const) and isinstance(factor.value, (int, float)) and factor.value
    if not known or not all(isinstance(e, Const) for e in ends) or isinstance(drawn.type, t.Decimal):
        return Pushed(expr, False)
    assert isinstance(factor, Const)
    scale = factor.value
    assert isinstance(scale, (int, float))
    if scale < 0:
        low, high = high, low
    whole = not isinstance(drawn.type, t.Float)
    lower = _divided(low, scale, drawn.type, math.ceil if whole else None)
    upper = _divided(high, scale, drawn.type, math.floor if whole else None)
    inner = push(drawn, lower, upper)
    rounds = not whole or isinstance(scale, float)
    value = _with_side(expr, inner.value, right=drawn is expr.right)
    return Pushed(value, inner.exact, inner.clip or rounds)


def _divided(bound: Expr | None, by: float, dtype: t.DataType, rounding: object) -> Expr | None:
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


def _negated(bound: Expr | None) -> Expr | None:
    match bound:
        case None:
            return None
        case Const(value=int() | float() as value):
            return replace(bound, value=-value)
        case _:
            return Unary(bound.type, bound.nullable, UnaryOp.NEGATE, bound)


def _push_cast(expr: Cast, low: Expr | None, high: Expr | None) -> Pushed:
    """Through conversions between numbers and between dates and timestamps, for constant bounds."""
    source, target = expr.operand.type, expr.type
    ends = [end for end in (low, high) if end is not None]
    if not all(isinstance(end, Const) and isinstance(end.value, (int, float)) for end in ends):
        return _push_open_cast(expr, low, high)
    lower = _source_bound(low, source, target, -1)
    upper = _source_bound(high, source, target, +1)
    if isinstance(lower, _Impossible) or isinstance(upper, _Impossible):
        return Pushed(expr, False)
    inner = push(expr.operand, lower, upper)
    rounds = isinstance(source, t.Float) and not isinstance(target, t.Float)
    return Pushed(replace(expr, operand=inner.value), inner.exact, inner.clip or rounds)


def _push_open_cast(expr: Cast, low: Expr | None, high: Expr | None) -> Pushed:
    """Bounds of the row through conversions that lose nothing either way."""
    source, target = expr.operand.type, expr.type
    same_whole = isinstance(source, t.Int) and isinstance(target, t.Int)
    if not (same_whole or (isinstance(source, t.Float) and isinstance(target, (t.Int, t.Decimal)))):
        return Pushed(expr, False)
    lower = None if low is None else Cast(source, low.nullable, low)
    upper = None if high is None else Cast(source, high.nullable, high)
    inner = push(expr.operand, lower, upper)
    return Pushed(replace(expr, operand=inner.value), inner.exact, inner.clip or not same_whole)


def _source_bound(
    bound: Expr | None, source: t.DataType, target: t.DataType, side: int
) -> Expr | _Impossible | None:
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
            return Const(source, False, inward(value)) if math.isfinite(value) else _IMPOSSIBLE
        case t.Int(), t.Decimal(_, scale):
            return Const(source, False, -(-int(value) // 10**scale) if side < 0 else int(value) // 10**scale)
        case t.Decimal(_, scale), t.Float():
            return Const(source, False, inward(value * 10**scale)) if math.isfinite(value) else _IMPOSSIBLE
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
            return _IMPOSSIBLE
