"""Conditions that hold by construction: proved from the ranges of the draws, so that no row is tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from specdsl.datatypes import types as t
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir.expr import (
    Arithmetic,
    ArithmeticOp,
    Call,
    Cast,
    ChoiceDraw,
    ColumnValue,
    Compare,
    CompareOp,
    Const,
    Expr,
    If,
    IsNull,
    Logic,
    LogicOp,
    RangeDraw,
    Unary,
    UnaryOp,
)
from specdsl.plan.model import TablePlan

_DEPTH = 24
_CASES = 64


@dataclass(frozen=True, slots=True)
class _Term:
    """An expression as column ``owner`` has it ("" for the condition itself): the same draw site of two
    columns is two draws."""

    owner: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class _Linear:
    """A sum of terms with whole factors, plus anything between ``low`` and ``high``."""

    terms: Mapping[_Term, int]
    low: float = 0
    high: float = 0

    def plus(self, other: _Linear, factor: int) -> _Linear:
        terms = dict(self.terms)
        for term, count in other.terms.items():
            terms[term] = terms.get(term, 0) + factor * count
        ends = (factor * other.low, factor * other.high)
        return _Linear({k: v for k, v in terms.items() if v}, self.low + min(ends), self.high + max(ends))


def always_holds(condition: Expr, plan: TablePlan) -> bool:
    """Whether no row can make ``condition`` false (null passes). False where no proof is found."""
    return _Prover(plan).never_false(condition, _DEPTH)


class _Prover:
    def __init__(self, plan: TablePlan) -> None:
        self._columns = plan.columns

    def never_false(self, expr: Expr, depth: int) -> bool:
        if depth <= 0:
            return False
        match expr:
            case Const(value=value):
                return value is not False
            case Logic(op=LogicOp.AND, left=left, right=right):
                return self.never_false(left, depth - 1) and self.never_false(right, depth - 1)
            case Logic(op=LogicOp.OR, left=left, right=right):
                # A null on one side leaves the other to decide, and that is never false or null either.
                return self.never_false(left, depth - 1) or self.never_false(right, depth - 1)
            case Unary(op=UnaryOp.NOT, operand=IsNull(operand=inner)):
                return not inner.nullable
            case Compare(op=op, left=left, right=right):
                lefts = self._branches(_Term("", left), depth)
                rights = self._branches(_Term("", right), depth)
                if len(lefts) * len(rights) > _CASES:
                    lefts, rights = [_Term("", left)], [_Term("", right)]
                return all(self._comparison(op, a, b) for a in lefts for b in rights)
            case _:
                return False

    def _branches(self, term: _Term, depth: int) -> list[_Term]:
        """The terms that this one may be, by the branch that a row takes."""
        if depth <= 0:
            return [term]
        match term.expr:
            case ColumnValue(column=name) if name in self._columns:
                value = self._columns[name].value
                if isinstance(value, (If, ChoiceDraw, Const)) and self._columns[name].joint is None:
                    return self._branches(_Term(name, value), depth - 1)
                return [term]
            case If(then=then, otherwise=otherwise):
                branches = [then, otherwise]
            case ChoiceDraw(arms=arms) if len(arms) <= 8:
                branches = [arm.value for arm in arms]
            case _:
                return [term]
        return [b for branch in branches for b in self._branches(_Term(term.owner, branch), depth - 1)]

    def _comparison(self, op: CompareOp, left: _Term, right: _Term) -> bool:
        if any(isinstance(side.expr, Const) and side.expr.value is None for side in (left, right)):
            return True
        if isinstance(left.expr.type, t.Float) or not t.is_ordered(left.expr.type):
            return False
        difference = self._split(left).plus(self._split(right), -1)
        for _ in range(_DEPTH):
            if not difference.terms or self._decides(op, difference):
                break
            expanded = self._expand(difference)
            if expanded == difference:
                break
            difference = expanded
        return self._decides(op, difference)

    def _decides(self, op: CompareOp, difference: _Linear) -> bool:
        if difference.terms:
            return False
        match op:
            case CompareOp.LESS:
                return difference.high < 0
            case CompareOp.LESS_EQUAL:
                return difference.high <= 0
            case CompareOp.GREATER:
                return difference.low > 0
            case CompareOp.GREATER_EQUAL:
                return difference.low >= 0
            case CompareOp.NOT_EQUAL:
                return difference.low > 0 or difference.high < 0
            case CompareOp.EQUAL:
                return difference.low == difference.high == 0

    def _split(self, term: _Term) -> _Linear:
        """The sum that an expression is, over terms that are no sums."""
        match term.expr:
            case Const(value=int() as value) if not isinstance(value, bool):
                return _Linear({}, value, value)
            case Arithmetic(op=ArithmeticOp.ADD | ArithmeticOp.SUBTRACT as op, left=left, right=right) if (
                _plain(term.expr)
            ):
                factor = 1 if op is ArithmeticOp.ADD else -1
                return self._split(_Term(term.owner, left)).plus(
                    self._split(_Term(term.owner, right)), factor
                )
            case Cast(operand=operand) if isinstance(operand.type, t.Int) and isinstance(
                term.expr.type, t.Int
            ):
                return self._split(_Term(term.owner, operand))
            case ColumnValue():
                return _Linear({_Term("", term.expr): 1})
            case _:
                return _Linear({term: 1})

    def _expand(self, linear: _Linear) -> _Linear:
        """Columns become their values; when there are none left, draws become their ranges."""
        columns = [term for term in linear.terms if self._is_column(term)]
        out = _Linear({}, linear.low, linear.high)
        for term, factor in linear.terms.items():
            if term in columns:
                out = out.plus(self._column(term), factor)
            else:
                out = out.plus(_Linear({term: 1}) if columns else self._range(term), factor)
        return out

    def _is_column(self, term: _Term) -> bool:
        return isinstance(term.expr, ColumnValue) and term.expr.column in self._columns

    def _column(self, term: _Term) -> _Linear:
        assert isinstance(term.expr, ColumnValue)
        plan = self._columns[term.expr.column]
        if plan.pushed and plan.column.bounds is not None:
            low, high = _number(plan.column.bounds.low), _number(plan.column.bounds.high)
            if low is not None and high is not None:
                return _Linear({}, low, high)
        if plan.joint is not None:
            return _Linear({_Term(plan.column.name, plan.value): 1})
        return self._split(_Term(plan.column.name, plan.value))

    def _range(self, term: _Term) -> _Linear:
        match term.expr:
            case RangeDraw(low=Const(value=int(low)), high=Const(value=int(high))):
                return _Linear({}, low, high)
            case Call(site=site) if site is not None and not isinstance(term.expr.type, t.Float):
                least, most = _call_bounds(term.expr)
                if least is not None or most is not None:
                    return _Linear(
                        {}, -math.inf if least is None else least, math.inf if most is None else most
                    )
        return _Linear({term: 1})


def _plain(expr: Arithmetic) -> bool:
    """Whether the physical values simply add: not dates with durations, nor decimals of other scales."""
    types = (expr.type, expr.left.type, expr.right.type)
    if any(isinstance(x, (t.Date, t.Time, t.Float)) for x in types):
        return False
    return len({x.scale for x in types if isinstance(x, t.Decimal)}) <= 1


def _number(expr: Expr | None) -> float | None:
    if isinstance(expr, Const) and isinstance(expr.value, (int, float)):
        return expr.value
    return None


def _call_bounds(expr: Call) -> tuple[float | None, float | None]:
    function = FUNCTIONS.get(expr.function)
    low, high = _number(expr.low), _number(expr.high)
    if function is not None and function.bounds is not None:  # one of a plugin promises nothing
        constants = {name: arg.value for name, arg in expr.args if isinstance(arg, Const)}
        natural_low, natural_high = function.bounds(constants)
        if low is None and isinstance(natural_low, (int, float)):
            low = natural_low
        if high is None and isinstance(natural_high, (int, float)):
            high = natural_high
    return low, high
