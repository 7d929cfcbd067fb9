"""Pushing a column's bounds into the draws of its value, so that nothing has to be drawn again.

A bound moves through an expression as an expression of the row: ``low <= a + draw`` becomes
``low - a <= draw``. Evaluating ``a`` twice is sound even where it draws, for a draw is a function of
its site and the row.
"""

from __future__ import annotations

import math
from dataclasses import replace

from specdsl.datatypes import types as t
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir.expr import (
    Arithmetic,
    ArithmeticOp,
    Arm,
    Call,
    Cast,
    ChoiceDraw,
    ColumnValue,
    Const,
    Different,
    Expr,
    Fitted,
    If,
    Match,
    RangeDraw,
    Unary,
    UnaryOp,
    Within,
)
from specdsl.ir.walk import walk_row
from specdsl.plan.bounds import (
    Impossible,
    ascending,
    const_within,
    divided,
    minus,
    minus_from,
    negated,
    or_open,
    plus,
    source_bound,
)
from specdsl.plan.model import Pushed, Term


def draws(expr: Expr) -> bool:
    """Whether evaluating ``expr`` in a row draws."""
    return any(getattr(node, "site", None) is not None for node in walk_row(expr))


def push(expr: Expr, low: Expr | None, high: Expr | None, owner: str, terms: dict[str, Term]) -> Pushed:
    """``expr``, the value of column ``owner``, narrowed to ``low .. high`` (of its type, both included,
    None: open). What has to be compared in the row is added to ``terms``."""
    return _Pusher(owner, terms).push(expr, low, high)


def _truncates(name: str) -> bool:
    """Whether a function draws within bounds; one of a plugin does not."""
    return name in FUNCTIONS and FUNCTIONS[name].truncates


class _Pusher:
    """Pushes the bounds of column ``owner``; what it compares in the row becomes ``terms``."""

    def __init__(self, owner: str, terms: dict[str, Term]) -> None:
        self._owner = owner
        self._terms = terms

    def push(self, expr: Expr, low: Expr | None, high: Expr | None) -> Pushed:
        """``expr`` narrowed to ``low .. high`` (of its type, both included, None: open)."""
        match expr:
            case Fitted():  # keeps the bounds itself, whatever its value does
                return Pushed(replace(expr, value=self.push(expr.value, low, high).value), True)
            case Within():
                inner = self.push(expr.value, expr.low, expr.high)
                outer = self.push(inner.value, low, high)
                return replace(outer, exact=inner.exact and outer.exact, clip=inner.clip or outer.clip)
            case _ if low is None and high is None:
                return Pushed(expr, True)
            case Const(value=value):
                return Pushed(expr, value is None or const_within(value, low, high))
            case RangeDraw():
                return self._push_range(expr, low, high)
            case Call(site=site) if site is not None and _truncates(expr.function):
                return self._push_call(expr, low, high)
            case ChoiceDraw(exact=False):
                arms = [self.push(arm.value, low, high) for arm in expr.arms]
                shares = [arm.share for arm in expr.arms]
                chosen = tuple(Arm(p.value, s) for p, s in zip(arms, shares, strict=True))
                return _all(replace(expr, arms=chosen), arms)
            case If():
                branches = [self.push(expr.then, low, high), self.push(expr.otherwise, low, high)]
                return _all(replace(expr, then=branches[0].value, otherwise=branches[1].value), branches)
            case Match():
                arms = [self.push(arm.value, low, high) for arm in expr.arms]
                values = tuple(replace(a, value=p.value) for a, p in zip(expr.arms, arms, strict=True))
                rest = None if expr.otherwise is None else self.push(expr.otherwise, low, high)
                parts = arms if rest is None else [*arms, rest]
                return _all(replace(expr, arms=values, otherwise=None if rest is None else rest.value), parts)
            case Different(value=value):
                inner = self.push(value, low, high)
                return replace(inner, value=replace(expr, value=inner.value))
            case Unary(op=UnaryOp.NEGATE, operand=operand):
                inner = self.push(operand, negated(high), negated(low))
                return replace(inner, value=replace(expr, operand=inner.value))
            case Arithmetic():
                return self._push_arithmetic(expr, low, high)
            case Cast():
                return self._push_cast(expr, low, high)
            case _:
                return Pushed(expr, False)

    def _push_range(self, expr: RangeDraw, low: Expr | None, high: Expr | None) -> Pushed:
        """Ends that depend on the row are kept within the range's own: where nothing is left the value is one
        of the range that breaks the bounds, to be drawn again."""
        lower = self._larger(expr.low, low) or expr.low
        upper = self._smaller(expr.high, high) or expr.high
        if isinstance(lower, Const) and isinstance(upper, Const):
            if not ascending(lower, upper):
                return Pushed(expr, False)  # in the rows that come here something else must be drawn again
            return Pushed(replace(expr, low=lower, high=upper), True)
        if isinstance(expr.low, Const) and isinstance(expr.high, Const):
            lower = self._smaller(lower, expr.high) or lower
            upper = self._larger(self._larger(upper, expr.low), lower) or upper
        return Pushed(replace(expr, low=lower, high=upper), True, certain=False)

    def _push_call(self, expr: Call, low: Expr | None, high: Expr | None) -> Pushed:
        lower, upper = self._larger(expr.low, low), self._smaller(expr.high, high)
        function = FUNCTIONS[expr.function]
        constants = {name: arg.value for name, arg in expr.args if isinstance(arg, Const)}
        least, most = function.bounds(constants) if function.bounds is not None else (None, None)
        ends = [(lower, upper)]
        if least is not None:
            ends.append((Const(expr.type, False, least), upper))
        if most is not None:
            ends.append((lower, Const(expr.type, False, most)))
        certain = all(ascending(a, b) for a, b in ends)
        return Pushed(replace(expr, low=lower, high=upper), True, certain=certain)

    def _larger(self, left: Expr | None, right: Expr | None) -> Expr | None:
        return self._extreme(left, or_open(right, -1), True)

    def _smaller(self, left: Expr | None, right: Expr | None) -> Expr | None:
        return self._extreme(left, or_open(right, 1), False)

    def _extreme(self, left: Expr | None, right: Expr | None, larger: bool) -> Expr | None:
        """Whichever of the two is larger (smaller) in the row; a null bound bounds nothing."""
        if left is None or right is None or left == right:
            return right if left is None else left
        if isinstance(left, Const) and isinstance(right, Const):
            if left.value is None or right.value is None:
                return right if left.value is None else left
            pick = max if larger else min
            return left if pick(left.value, right.value) == left.value else right
        term = Term(self._owner, larger, left, right)
        name = next((n for n, known in self._terms.items() if known == term), None)
        if name is None:
            name = f"{self._owner}/{len(self._terms)}"
            self._terms[name] = term
        return ColumnValue(left.type, left.nullable and right.nullable, name)

    def _push_arithmetic(self, expr: Arithmetic, low: Expr | None, high: Expr | None) -> Pushed:
        pushed = self._push_exact_arithmetic(expr, low, high)
        # Sums of floats round: the last unit is set right by clipping.
        return replace(pushed, clip=True) if pushed.exact and isinstance(expr.type, t.Float) else pushed

    def _push_exact_arithmetic(self, expr: Arithmetic, low: Expr | None, high: Expr | None) -> Pushed:
        left_draws, right_draws = draws(expr.left), draws(expr.right)
        match expr.op:
            case ArithmeticOp.ADD if right_draws or left_draws:
                # The draw on the right is the usual form (`created_at + exponential(...)`); with two draws
                # the right one follows the left one.
                moved, other = (expr.right, expr.left) if right_draws else (expr.left, expr.right)
                ends = (minus(low, other, moved.type), minus(high, other, moved.type))
                inner = self._push_operand(moved, *ends)
                if inner is None:
                    return Pushed(expr, False)
                return replace(inner, value=_with_side(expr, inner.value, right=right_draws))
            case ArithmeticOp.SUBTRACT if right_draws:
                ends = (
                    minus_from(expr.left, high, expr.right.type),
                    minus_from(expr.left, low, expr.right.type),
                )
                inner = self._push_operand(expr.right, *ends)
                return (
                    Pushed(expr, False)
                    if inner is None
                    else replace(inner, value=replace(expr, right=inner.value))
                )
            case ArithmeticOp.SUBTRACT if left_draws:
                ends = (plus(low, expr.right, expr.left.type), plus(high, expr.right, expr.left.type))
                inner = self._push_operand(expr.left, *ends)
                return (
                    Pushed(expr, False)
                    if inner is None
                    else replace(inner, value=replace(expr, left=inner.value))
                )
            case ArithmeticOp.MULTIPLY if left_draws != right_draws:
                return self._push_scaled(expr, low, high)
            case _:
                return Pushed(expr, False)

    def _push_operand(
        self, expr: Expr, low: Expr | Impossible | None, high: Expr | Impossible | None
    ) -> Pushed | None:
        if isinstance(low, Impossible) or isinstance(high, Impossible):
            return None
        return self.push(expr, low, high)

    def _push_scaled(self, expr: Arithmetic, low: Expr | None, high: Expr | None) -> Pushed:
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
        lower = divided(low, scale, drawn.type, math.ceil if whole else None)
        upper = divided(high, scale, drawn.type, math.floor if whole else None)
        inner = self.push(drawn, lower, upper)
        rounds = not whole or isinstance(scale, float)
        value = _with_side(expr, inner.value, right=drawn is expr.right)
        return replace(inner, value=value, clip=inner.clip or rounds)

    def _push_cast(self, expr: Cast, low: Expr | None, high: Expr | None) -> Pushed:
        """Through conversions between numbers and between dates and timestamps, for constant bounds."""
        source, target = expr.operand.type, expr.type
        ends = [end for end in (low, high) if end is not None]
        if not all(isinstance(end, Const) and isinstance(end.value, (int, float)) for end in ends):
            return self._push_open_cast(expr, low, high)
        lower = source_bound(low, source, target, -1)
        upper = source_bound(high, source, target, +1)
        if isinstance(lower, Impossible) or isinstance(upper, Impossible):
            return Pushed(expr, False)
        inner = self.push(expr.operand, lower, upper)
        rounds = isinstance(source, t.Float) and not isinstance(target, t.Float)
        return replace(inner, value=replace(expr, operand=inner.value), clip=inner.clip or rounds)

    def _push_open_cast(self, expr: Cast, low: Expr | None, high: Expr | None) -> Pushed:
        """Bounds of the row through conversions that lose nothing either way."""
        source, target = expr.operand.type, expr.type
        same_whole = isinstance(source, t.Int) and isinstance(target, t.Int)
        if not (same_whole or (isinstance(source, t.Float) and isinstance(target, (t.Int, t.Decimal)))):
            return Pushed(expr, False)
        lower = None if low is None else Cast(source, low.nullable, low)
        upper = None if high is None else Cast(source, high.nullable, high)
        inner = self.push(expr.operand, lower, upper)
        value = replace(expr, operand=inner.value)
        return replace(inner, value=value, clip=inner.clip or not same_whole)


def _all(value: Expr, parts: list[Pushed]) -> Pushed:
    return Pushed(
        value,
        all(p.exact for p in parts),
        any(p.clip for p in parts),
        all(p.certain for p in parts),
    )


def _with_side(expr: Arithmetic, side: Expr, *, right: bool) -> Arithmetic:
    return replace(expr, right=side) if right else replace(expr, left=side)
