"""Which values a draw can give: ranges, arms of choices, elements of lists, sums of these.

A value that the expression cannot have made is a fault, however it was drawn. What nothing is known about
(a pool's rows, a normal distribution's values) is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.walk import walk
from specdsl.randomness.regexset import compile_regex
from specdsl.verify.forms import constant, quote_text, struct_field, without_spaces
from specdsl.verify.lowered import CannotLowerError, Scope
from specdsl.verify.operators import arithmetic, cast
from specdsl.verify.sql import Lowering

_DRAWS = (
    e.RangeDraw,
    e.ChoiceDraw,
    e.RegexDraw,
    e.PoolDraw,
    e.ListDraw,
    e.JsonMap,
    e.GroupItem,
    e.SourceValue,
    e.Split,
    e.ParentKey,
    e.DimensionValue,
)
_ORDERED = (t.Int, t.Float, t.Decimal, t.Date, t.Timestamp, t.Duration)

Interval = tuple[str | None, str | None]
"""SQL of the least and the greatest value, None where nothing is known."""


def draws(expr: e.Expr) -> bool:
    """Whether an expression's value does not follow from the data."""
    return any(isinstance(n, _DRAWS) or (isinstance(n, e.Call) and n.site is not None) for n in walk(expr))


class Possible:
    """Predicates on values (SQL in physical form) for expressions in one scope."""

    def __init__(self, lowering: Lowering, scope: Scope) -> None:
        self._lowering = lowering
        self._scope = scope
        self._items = count()

    def predicate(self, expr: e.Expr, value: str) -> str | None:
        """A condition that holds where ``expr`` can have made ``value``; None when anything may be."""
        try:
            return self._predicate(expr, value)
        except CannotLowerError:
            return None

    def _lower(self, expr: e.Expr) -> str:
        return self._lowering.expr(expr, self._scope)

    def _predicate(self, expr: e.Expr, value: str) -> str | None:
        if not draws(expr):
            if isinstance(expr.type, t.Float) and not isinstance(expr, e.Const):
                return None  # the last digits may differ; computed columns have a rule of their own
            held = without_spaces(value, expr.type)
            return f"({held} IS NOT DISTINCT FROM {without_spaces(self._lower(expr), expr.type)})"
        match expr:
            case e.RegexDraw(pattern=pattern):
                expression = compile_regex(pattern).sql_pattern()
                return None if expression is None else f"regexp_full_match({value}, {quote_text(expression)})"
            case e.ChoiceDraw(arms=arms):
                return self._any([self.predicate(arm.value, value) for arm in arms])
            case e.If(condition=condition, then=then, otherwise=otherwise) if not draws(condition):
                return self._branches(
                    [(self._lower(condition), self.predicate(then, value))], self.predicate(otherwise, value)
                )
            case e.Match(subjects=subjects, arms=arms) if not any(map(draws, subjects)):
                whens = [
                    (self._lower(arm_condition(subjects, arm)), self.predicate(arm.value, value))
                    for arm in arms
                ]
                last = (
                    f"({value} IS NULL)" if expr.otherwise is None else self.predicate(expr.otherwise, value)
                )
                return self._branches(whens, last)
            case e.Rated(value=inner) | e.Within(value=inner):
                return self.predicate(inner, value)
            case e.ListDraw():
                return self._list(expr, value)
            case e.Different(value=drawn, other=other):
                differs = None if draws(other) else f"({value} IS DISTINCT FROM {self._lower(other)})"
                return self._all([differs, self.predicate(drawn, value)])
            case e.StructValue(type=t.Struct(fields), items=items):
                return self._all(
                    [
                        self.predicate(item, struct_field(value, f.name))
                        for f, item in zip(fields, items, strict=True)
                    ]
                )
            case e.Cast(operand=e.ChoiceDraw(arms=arms)):
                casts = [e.Cast(expr.type, expr.nullable, arm.value) for arm in arms]
                return self._any([self.predicate(c, value) for c in casts])
            case _ if isinstance(expr.type, _ORDERED):
                low, high = self._interval(expr)
                ends = [] if low is None else [f"{value} >= TRY({low})"]
                ends += [] if high is None else [f"{value} <= TRY({high})"]
                inside = self._all([*ends])
                if inside is None or expr.nullable:
                    return inside
                return f"({value} IS NOT NULL AND {inside})"
            case _:
                return None

    def tuples(self, expr: e.Expr, values: Sequence[str]) -> str | None:
        """The same for columns that are drawn together."""
        match expr:
            case e.TupleValue(items=items):
                parts = [self.predicate(item, v) for item, v in zip(items, values, strict=True)]
                return self._all(parts)
            case e.ChoiceDraw(arms=arms):
                return self._any([self.tuples(arm.value, values) for arm in arms])
            case _:
                return None

    def _list(self, expr: e.ListDraw, value: str) -> str | None:
        item = f"item{next(self._items)}"
        element = self.predicate(expr.element, item)
        tests = [] if element is None else [f"len(list_filter({value}, lambda {item}: NOT ({element}))) = 0"]
        if expr.distinct:
            tests.append(f"len(list_distinct({value})) = len({value})")
        return self._all([*tests])

    # --- intervals -------------------------------------------------------------------------

    def _interval(self, expr: e.Expr) -> Interval:
        """Each step rounds in one direction only, so that ends bound what is between."""
        if not draws(expr):
            known = self._lower(expr)
            return known, known
        match expr:
            case e.RangeDraw(low=low, high=high):
                return (None if draws(low) else self._lower(low), None if draws(high) else self._lower(high))
            case e.Cast(operand=operand) if isinstance(operand.type, _ORDERED):
                a, b = self._interval(operand)
                return (
                    None if a is None else cast(a, operand.type, expr.type),
                    None if b is None else cast(b, operand.type, expr.type),
                )
            case e.Call():
                return self._call(expr)
            case e.Arithmetic(op=e.ArithmeticOp.ADD, left=left, right=right):
                (a, b), (c, d) = self._interval(left), self._interval(right)
                return self._step(expr, a, c), self._step(expr, b, d)
            case e.Arithmetic(op=e.ArithmeticOp.SUBTRACT, left=left, right=right):
                (a, b), (c, d) = self._interval(left), self._interval(right)
                return self._step(expr, a, d), self._step(expr, b, c)
            case _:
                return None, None

    def _step(self, expr: e.Arithmetic, left: str | None, right: str | None) -> str | None:
        if left is None or right is None:
            return None
        return arithmetic(expr.op, left, expr.left.type, right, expr.right.type, expr.type)

    def _call(self, call: e.Call) -> Interval:
        function = self._lowering.context.functions.get(call.function)
        low = high = None
        if function is not None and function.bounds is not None:
            known = {name: arg.value for name, arg in call.args if isinstance(arg, e.Const)}
            low, high = function.bounds(known)
        ends: list[str | None] = []
        for declared, bound in ((call.low, low), (call.high, high)):
            if declared is not None and not draws(declared):
                ends.append(self._lower(declared))
            else:
                ends.append(None if bound is None else constant(bound, call.type))
        return ends[0], ends[1]

    # --- putting together ------------------------------------------------------------------

    @staticmethod
    def _any(parts: list[str | None]) -> str | None:
        known = [p for p in parts if p is not None]
        return f"({' OR '.join(known)})" if known and len(known) == len(parts) else None

    @staticmethod
    def _all(parts: list[str | None]) -> str | None:
        known = [p for p in parts if p is not None]
        return f"({' AND '.join(known)})" if known else None

    @staticmethod
    def _branches(whens: list[tuple[str, str | None]], otherwise: str | None) -> str | None:
        if otherwise is None and all(test is None for _, test in whens):
            return None
        parts = " ".join(f"WHEN {condition} THEN {test or 'true'}" for condition, test in whens)
        return f"CASE {parts} ELSE {otherwise or 'true'} END"


def arm_condition(subjects: Sequence[e.Expr], arm: e.MatchArm) -> e.Expr:
    """The condition of an arm as a match of its own (that no earlier arm matches is for the caller)."""
    true, false = e.Const(t.BOOL, False, True), e.Const(t.BOOL, False, False)
    return e.Match(t.BOOL, False, tuple(subjects), (e.MatchArm(arm.values, true),), false)
