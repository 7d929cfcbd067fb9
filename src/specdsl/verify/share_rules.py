"""Rules about how often: null rates, shares of choices, exact counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from specdsl.datatypes.types import Json
from specdsl.ir import expr as e
from specdsl.ir.model import Column, Reference, Table, Uniqueness
from specdsl.ir.walk import walk
from specdsl.verify.cover_rules import designed_columns
from specdsl.verify.forms import constant
from specdsl.verify.lowered import CannotLowerError, Scope
from specdsl.verify.naming import ROW
from specdsl.verify.possible import arm_condition, draws
from specdsl.verify.row_tests import row_scope
from specdsl.verify.rule import NotCheckable, Rule, RuleKind, Share, ShareTest, Test
from specdsl.verify.sql import Context, Lowering


def null_rate_rules(table: Table, column: Column, context: Context) -> Iterator[Rule]:
    """The rates of ``N% null`` and ``null N% when ... else M%``, of a column or of its reference; of
    ``absent`` too."""
    reference = table.references.get(column.reference or "")
    if reference is not None and reference.columns[0] != column.name:
        return  # the rule is about the reference as a whole
    nulls = column.nulls or (reference.nulls if reference is not None else None)
    if nulls is None:
        return
    cases: list[tuple[str, float, e.Expr | None, bool]] = [("", nulls.rate, nulls.when, True)]
    if nulls.when is not None:
        cases = [(" when its condition holds", nulls.rate, nulls.when, True)]
        cases.append((" otherwise", nulls.otherwise, nulls.when, False))
    for words, rate, when, holds in cases:
        word = "absent" if nulls.absent else "null"
        name = f"{table.name}.{column.name} {rate * 100:.6g}% {word}{words}"
        test = _null_rate_test(table, column, reference, rate, when, holds, context)
        yield Rule(name, RuleKind.NULL_RATE, table.name, (column.name,), test)


def _null_rate_test(
    table: Table,
    column: Column,
    reference: Reference | None,
    rate: float,
    when: e.Expr | None,
    holds: bool,
    context: Context,
) -> Test:
    lowering = Lowering(context)
    scope = row_scope(table)
    try:
        value = lowering.column(column.name, scope)
        applies = "true"
        if when is not None:
            condition = lowering.expr(when, scope)
            applies = f"({condition}) IS {'' if holds else 'NOT '}TRUE"
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    if reference is not None and reference.forest:
        applies = f"({applies} AND {scope.alias}.{ROW} > 0)"  # the first row has nobody before it
    others = column.value.nullable or _may_be_null_document(table, column)
    others |= reference is not None and (reference.where is not None or bool(reference.distinct_per))
    outcome = Share("null", f"{value} IS NULL", rate)
    return ShareTest((outcome,), applies, tuple(lowering.joins), at_least=others)


def _may_be_null_document(table: Table, column: Column) -> bool:
    """Whether files of JSON cannot tell null from the document that is written ``null``."""
    if not isinstance(column.type, Json) or not column.nullable or table.absent(column):
        return False
    return any(isinstance(part, e.Const) and part.value == "null" for part in walk(column.value))


# --- choices -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Condition:
    """That ``expr`` is true (``holds``) or is not."""

    expr: e.Expr
    holds: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """A choice in value position, with the conditions under which it is drawn."""

    choice: e.ChoiceDraw
    conditions: tuple[_Condition, ...]
    label: str


def _choices(value: e.Expr, conditions: tuple[_Condition, ...] = (), label: str = "") -> Iterator[_Found]:
    match value:
        case e.ChoiceDraw():
            yield _Found(value, conditions, label)
        case e.If(condition=condition, then=then, otherwise=otherwise):
            yield from _choices(then, (*conditions, _Condition(condition, True)), f"{label} then")
            yield from _choices(otherwise, (*conditions, _Condition(condition, False)), f"{label} else")
        case e.Match(subjects=subjects, arms=arms):
            before: tuple[_Condition, ...] = conditions
            for i, arm in enumerate(arms, 1):
                condition = arm_condition(subjects, arm)
                yield from _choices(arm.value, (*before, _Condition(condition, True)), f"{label} arm {i}")
                before = (*before, _Condition(condition, False))
            if value.otherwise is not None:
                yield from _choices(value.otherwise, before, f"{label} else")
        case _:
            return


Outcome = tuple[e.Const | None, ...]
"""A constant for each column, None where it is drawn."""


def _outcomes(choice: e.ChoiceDraw) -> tuple[dict[Outcome, float], float]:
    """Constant outcomes (one constant, or those of a tuple) with their shares, choices in choices drawn
    together; and the share of arms that are not constant."""
    found: dict[Outcome, float] = {}
    other = 0.0
    for arm in choice.arms:
        match arm.value:
            case e.Const() as constant_:
                found[(constant_,)] = found.get((constant_,), 0.0) + arm.share
            case e.TupleValue(items=items) if any(isinstance(i, e.Const) for i in items):
                key = tuple(i if isinstance(i, e.Const) else None for i in items)
                found[key] = found.get(key, 0.0) + arm.share
            case e.ChoiceDraw() as nested:
                inner, rest = _outcomes(nested)
                for outcome, share in inner.items():
                    found[outcome] = found.get(outcome, 0.0) + arm.share * share
                other += arm.share * rest
            case _:
                other += arm.share
    return found, other


def share_rules(table: Table, context: Context) -> Iterator[Rule]:
    """The declared shares of choices that make a column's value, or that of columns drawn together. (A design
    has values as often as it needs them.)"""
    designed = designed_columns(table)
    for column in table.columns.values():
        if column.hidden or column.uniqueness is not Uniqueness.NONE or column.name in designed:
            continue
        exact = column.nulls is None
        for found in _choices(column.value):
            yield _share_rule(table, (column,), found, context, exact=exact)
    for group in table.groups:
        if designed & set(group.columns):
            continue
        columns = tuple(table.columns[c] for c in group.columns)
        for found in _choices(group.value):
            yield _share_rule(table, columns, found, context, exact=False)


def _share_rule(
    table: Table, columns: tuple[Column, ...], found: _Found, context: Context, *, exact: bool
) -> Rule:
    names = tuple(c.name for c in columns)
    place = names[0] if len(names) == 1 else f"({', '.join(names)})"
    name = f"{table.name}.{place} shares{found.label}"
    return Rule(name, RuleKind.SHARES, table.name, names, _share_test(table, columns, found, context, exact))


def _share_test(
    table: Table, columns: tuple[Column, ...], found: _Found, context: Context, exact: bool
) -> Test:
    outcomes, other = _outcomes(found.choice)
    if not outcomes:
        return NotCheckable("its arms are not constants")
    if len({tuple(k is None for k in outcome) for outcome in outcomes}) > 1:
        return NotCheckable("its arms may overlap")
    if any(c.bounds is not None for c in columns):
        return NotCheckable("bounds may change the shares")
    if any(c.hidden for c in columns):
        return NotCheckable("it needs a hidden column")
    if any(_may_be_null_document(table, c) for c in columns):
        return NotCheckable("JSON has one null for no value and for the document null")
    lowering = Lowering(context)
    scope = row_scope(table)
    try:
        values = [lowering.column(c.name, scope) for c in columns]
        applies = [_holds(lowering, scope, condition) for condition in found.conditions]
        applies += [f"{v} IS NOT NULL" for v, c in zip(values, columns, strict=True) if c.nulls is not None]
        shares = []
        for outcome, share in outcomes.items():
            tests = [_equals(v, k) for v, k in zip(values, outcome, strict=True) if k is not None]
            label = ", ".join(_label(k) for k in outcome)
            constants = tuple(constant(k.value, k.type) for k in outcome if k is not None)
            shares.append(Share(label, f"({' AND '.join(tests)})", share, constants))
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    whole = found.choice.exact and exact and not found.conditions and not other
    return ShareTest(
        tuple(shares),
        " AND ".join(applies) or "true",
        tuple(lowering.joins),
        exact=whole,
        at_least=other > 0,
        values=tuple(v for v, k in zip(values, next(iter(outcomes)), strict=True) if k is not None),
    )


def _holds(lowering: Lowering, scope: Scope, condition: _Condition) -> str:
    if draws(condition.expr):
        raise CannotLowerError("its condition draws at random")
    return f"({lowering.expr(condition.expr, scope)}) IS {'' if condition.holds else 'NOT '}TRUE"


def _equals(value: str, outcome: e.Const) -> str:
    if outcome.value is None:
        return f"{value} IS NULL"
    return f"{value} IS NOT DISTINCT FROM {constant(outcome.value, outcome.type)}"


def _label(outcome: e.Const | None) -> str:
    from specdsl.check.show import show_value

    return "..." if outcome is None else show_value(outcome.value, outcome.type)
