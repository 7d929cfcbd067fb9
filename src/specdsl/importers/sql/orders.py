"""Columns that come after others (``CHECK (a < b)``): what one of the two is drawn from, and the bounds that
the other one sets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from specdsl.importers.emit import name_text
from specdsl.importers.sql.conditions import End, Facts, leaves, tighter
from specdsl.importers.sql.drafts import Draft
from specdsl.importers.sql.expressions import Shapes, column_of
from specdsl.importers.sql.parsing import CannotSay, bare
from specdsl.importers.sql.shapes import Family, Shape

_STEPS = {
    Family.DATE: "1d..30d",
    Family.TIMESTAMP: "1h..30d",
    Family.INT: "1..100",
    Family.DECIMAL: "1..100",
    Family.FLOAT: "1.0..100.0",
}
_STEP = {Family.DATE: "7d", Family.TIMESTAMP: "1h", Family.INT: "10", Family.DECIMAL: "10"}
_ROOM = 10_000  # what a number's type has to hold for another one to follow it


@dataclass(frozen=True, slots=True)
class Order:
    """``first < later``, or ``first <= later`` where it is not ``strict``."""

    first: str
    later: str
    strict: bool


@dataclass(frozen=True, slots=True)
class Following:
    """A column that is drawn from ``other``, a step (``sign``) after or before it."""

    other: str
    sign: str
    value: str


def order_of(expr: exp.Expression, shapes: Shapes) -> Order | None:
    """The order of two plain columns that ``expr`` asks for, None for anything else."""
    expr = bare(expr)
    if not isinstance(expr, (exp.LT, exp.LTE, exp.GT, exp.GTE)):
        return None
    try:
        first, later = column_of(expr.this, shapes), column_of(expr.expression, shapes)
    except CannotSay:
        return None
    if isinstance(expr, (exp.GT, exp.GTE)):
        first, later = later, first
    if not first or not later or first == later or shapes[first].family is not shapes[later].family:
        return None
    return Order(first, later, isinstance(expr, (exp.LT, exp.GT)))


class Orders:
    """The orders of the columns of one table. ``follows``: what columns are drawn from so that they hold."""

    def __init__(self, draft: Draft, orders: list[Order], facts: dict[str, Facts]) -> None:
        self._draft = draft
        self._facts = facts
        self._orders = _latest_first(orders)
        self.follows: dict[str, Following] = {}
        self._push(high=True)
        for order in self._orders:
            self._follow(order.first, order.later, "+")
        for order in self._orders:
            if not self.hold(order):
                self._follow(order.later, order.first, "-")
        self._push(high=False)

    def hold(self, order: Order) -> bool:
        """Whether an order holds by what its columns are drawn from."""
        steps = [(f.other, n) if f.sign == "+" else (n, f.other) for n, f in self.follows.items()]
        reached = {order.first}
        for _ in steps:
            reached |= {later for first, later in steps if first in reached}
        return order.later in reached

    def _push(self, *, high: bool) -> None:
        """What bounds the one bounds the other: ``a < b`` and ``b <= 10`` keep ``a`` below 10."""
        for _ in self._orders:
            for order in self._orders:
                source, to = (order.later, order.first) if high else (order.first, order.later)
                end = self._facts[source].high if high else self._facts[source].low
                facts = self._facts[to]
                if end is None or to in self.follows or facts.members is not None:
                    continue
                end = End(end.value, end.open or order.strict)
                if high and leaves(facts.low, end):
                    facts.high = tighter(facts.high, end, lowest=True)
                elif not high and leaves(end, facts.high):
                    facts.low = tighter(facts.low, end, lowest=False)

    def _follow(self, source: str, target: str, sign: str) -> None:
        """Draw ``target`` from ``source``, where nothing else bounds it."""
        shape, facts = self._draft.shapes[target], self._facts[target]
        at: str | None = source
        while at is not None and at != target:
            at = self.follows[at].other if at in self.follows else None
        missing = self._may_be_null(source) and not self._may_be_null(target)
        signed = sign == "+" or shape.family is not Family.INT or shape.low < 0
        free = not replace(facts, not_null=False) and target not in self.follows
        if at == target or missing or not signed or not free or not _is_roomy(shape):
            return
        step = self._step(source, target)
        if step:
            self.follows[target] = Following(source, sign, f"{name_text(source)} {sign} {step}")

    def _step(self, source: str, target: str) -> str:
        """How far the one is from the other, '' where a key or unique columns do not let it follow. Of a set
        of columns with both, the one that is followed is unique by itself."""
        draft, family = self._draft, self._draft.shapes[target].family
        sets = [names for names in (draft.key, *(u.columns for u in draft.uniques)) if target in names]
        if not sets:
            return _STEPS.get(family, "")
        if family not in _STEP or draft.key == (target,):
            return ""
        if any(len(names) == 1 for names in sets):
            alone = draft.key == (source,) or any(u.columns == (source,) for u in draft.uniques)
            return _STEP[family] if alone else ""
        return _STEPS[family] if all(source in names for names in sets) else ""

    def _may_be_null(self, name: str) -> bool:
        return self._draft.columns[name].nullable and not self._facts[name].not_null


def _is_roomy(shape: Shape) -> bool:
    """Whether values of a shape can be some steps away from others."""
    if shape.family in (Family.DATE, Family.TIMESTAMP, Family.FLOAT):
        return True
    return shape.family in _STEPS and max(shape.high, 10 ** (shape.digits - shape.scale)) > _ROOM


def _latest_first(orders: list[Order]) -> list[Order]:
    """The orders, those with the latest first column before the others: what follows that one is after the
    others too."""
    before: dict[str, set[str]] = {}
    for order in orders:
        before.setdefault(order.later, set()).add(order.first)
    for _ in orders:
        for names in before.values():
            names |= {n for one in list(names) for n in before.get(one, ())}
    return sorted(orders, key=lambda o: -len(before.get(o.first, ())))
