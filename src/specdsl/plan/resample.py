"""Which units are drawn again until which conditions hold.

Conditions that share a unit are solved together. A unit is left out where redrawing it could change
what the condition reads through other rows (a roll-up over children that read this row, say): rows
would then depend on each other in circles. A condition without units is left to verification.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specdsl.datatypes.types import BOOL
from specdsl.ir.expr import (
    ChoiceDraw,
    ColumnValue,
    Compare,
    CompareOp,
    Const,
    Expr,
    Logic,
    LogicOp,
)
from specdsl.ir.model import Column, Uniqueness
from specdsl.ir.walk import walk_row
from specdsl.plan.dependencies import Dependencies, Node
from specdsl.plan.model import (
    Condition,
    ReferenceKind,
    ResampleGroup,
    TablePlan,
    column_unit,
    group_unit,
    reference_unit,
)
from specdsl.plan.prove import always_holds
from specdsl.plan.pushdown import draws


@dataclass(slots=True)
class _Open:
    """A condition under analysis: the units that it may redraw, and all that it reads elsewhere."""

    condition: Condition
    units: set[str]
    elsewhere: set[Node]


def resample_groups(
    plan: TablePlan, dependencies: Dependencies
) -> tuple[tuple[ResampleGroup, ...], tuple[Condition, ...]]:
    """The groups of a table, and the conditions that no redraw can influence."""
    name = plan.table.name
    designed = _designed(plan)
    redrawable = _redrawable(plan) - designed
    todo: list[_Open] = []
    for condition in _conditions(plan):
        reads = dependencies.of_expression(name, condition.condition)
        own = dependencies.own_row(name, reads.own)
        elsewhere = set(reads.other)
        for unit in own:
            elsewhere |= dependencies.of_unit((name, unit)).other
        if own & designed and not own & redrawable and not elsewhere:
            continue  # the design keeps it
        todo.append(_Open(condition, own & redrawable, dependencies.closure(elsewhere)))
    groups = _merge(name, todo)
    unchecked = tuple(o.condition for o in todo if not o.units)
    return groups, unchecked


def _merge(table: str, todo: Sequence[_Open]) -> tuple[ResampleGroup, ...]:
    """Connected components; units that a condition of their own component sees through other rows are
    dropped until none is left."""
    while True:
        components = _components(todo)
        dropped = False
        for component in components:
            units = set().union(*(o.units for o in component))
            seen = {unit for o in component for where, unit in o.elsewhere if where == table}
            if units & seen:
                dropped = True
                for o in component:
                    o.units -= seen
        if not dropped:
            break
    return tuple(
        ResampleGroup(
            tuple(sorted(set().union(*(o.units for o in component)))),
            tuple(o.condition for o in component),
        )
        for component in components
    )


def _components(todo: Sequence[_Open]) -> list[list[_Open]]:
    components: list[tuple[set[str], list[_Open]]] = []
    for o in todo:
        if not o.units:
            continue
        units, members = set(o.units), [o]
        rest = []
        for other_units, other_members in components:
            if other_units & units:
                units |= other_units
                members = other_members + members
            else:
                rest.append((other_units, other_members))
        components = [*rest, (units, members)]
    return [members for _, members in components]


def _conditions(plan: TablePlan) -> list[Condition]:
    """The checks, and the bounds that the draws do not keep in every row."""
    out = []
    for name, column_plan in plan.columns.items():
        bounds = column_plan.column.bounds
        if bounds is None or column_plan.certain:
            continue
        within = _within(column_plan.column)
        if within is not None:
            out.append(Condition(f"the bounds of `{name}`", within, column=name))
    out += [
        Condition(f"check `{check.name}`", check.condition, check=check.name)
        for check in plan.table.checks
        if not always_holds(check.condition, plan)
    ]
    return out


def _within(column: Column) -> Expr | None:
    assert column.bounds is not None
    value = ColumnValue(column.type, column.nullable, column.name)
    ends: list[Expr] = []
    for op, end in ((CompareOp.GREATER_EQUAL, column.bounds.low), (CompareOp.LESS_EQUAL, column.bounds.high)):
        if end is not None and not (isinstance(end, Const) and end.value is None):
            ends.append(Compare(BOOL, column.nullable or end.nullable, op, value, end))
    if len(ends) == 2:
        return Logic(BOOL, ends[0].nullable or ends[1].nullable, LogicOp.AND, ends[0], ends[1])
    return ends[0] if ends else None


def _designed(plan: TablePlan) -> set[str]:
    """The units of which a design says the values of all rows."""
    table = plan.table
    if table.cover is None or table.design is None or table.rows is not None:
        return set()
    columns = set(table.cover.columns)
    groups = {group_unit(i) for i, group in enumerate(table.groups) if columns >= set(group.columns)}
    return {column_unit(name) for name in columns} | groups


def _redrawable(plan: TablePlan) -> set[str]:
    table = plan.table
    fixed = {name for unique in table.uniques for name in unique.columns} | set(table.key)
    out = set()
    for name, column_plan in plan.columns.items():
        column = column_plan.column
        free = column.uniqueness is Uniqueness.NONE and column_plan.joint is None
        null = column.nulls is not None and column.reference is None
        if free and name not in fixed and (null or _redraws(column_plan.value)):
            out.add(column_unit(name))
    for i, group in enumerate(table.groups):
        if not fixed & set(group.columns) and _redraws(group.value):
            out.add(group_unit(i))
    out |= _redrawable_references(plan, fixed)
    return out


def _redrawable_references(plan: TablePlan, fixed: set[str]) -> set[str]:
    out = set()
    for name, reference in plan.references.items():
        drawn = reference.kind is ReferenceKind.DRAWN and not reference.distinct
        if drawn and not fixed & set(reference.reference.columns):
            out.add(reference_unit(name))
    return out


def _redraws(expr: Expr) -> bool:
    """Whether another address gives another value, and may. Exact shares are dealt out by the row
    number; functions that cannot repeat a value promise so for plain addresses only."""
    if any(isinstance(node, ChoiceDraw) and node.exact for node in walk_row(expr)):
        return False
    return draws(expr)
