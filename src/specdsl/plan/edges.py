"""Which units of an edge row are drawn at an edge, and which texts have their lengths there.

Left as they are: what keeps values apart (keys, unique columns), what row counts follow from, what decides
which parents a row may have, and what a condition reads beside that which it can draw again. An extreme
there would not make an edge row but a row that cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from specdsl.datatypes import types as t
from specdsl.ir.expr import Arm, Call, ChoiceDraw, Expr, FreeText, If, ListDraw, StructValue
from specdsl.ir.model import Uniqueness
from specdsl.plan.dependencies import Dependencies, Node
from specdsl.plan.model import ReferenceKind, TablePlan, column_unit, group_unit, reference_unit


def edged_units(tables: Mapping[str, TablePlan], dependencies: Dependencies) -> dict[str, frozenset[str]]:
    """The units by table; ``tables`` have their resample groups."""
    left: set[Node] = set()
    for name, plan in tables.items():
        left |= {(name, unit) for unit in _kept_apart(plan, dependencies)}
        left |= _of_references(plan, dependencies)
        left |= _of_conditions(plan, dependencies)
    return {
        name: frozenset(unit for unit in _units(plan) if (name, unit) not in left)
        for name, plan in tables.items()
    }


def _units(plan: TablePlan) -> Iterable[str]:
    yield from map(column_unit, plan.columns)
    yield from map(group_unit, range(len(plan.table.groups)))
    yield from map(reference_unit, plan.references)


def _kept_apart(plan: TablePlan, dependencies: Dependencies) -> set[str]:
    """Units whose values must differ from row to row."""
    table = plan.table
    fixed = {name for unique in table.uniques for name in unique.columns} | set(table.key)
    out: set[str] = set()
    for name, column_plan in plan.columns.items():
        column = column_plan.column
        promised = column.uniqueness is not Uniqueness.NONE or column_plan.joint is not None
        if promised or column.distinct_within is not None:
            out.add(column_unit(name))
        elif name in fixed:
            out |= dependencies.own_row(table.name, [column_unit(name)])
    for name, reference in plan.references.items():
        if reference.kind is not ReferenceKind.DRAWN or reference.distinct or reference.reference.forest:
            out.add(reference_unit(name))
    return out


def _of_references(plan: TablePlan, dependencies: Dependencies) -> set[Node]:
    """What decides how many rows there are, and which parents one may have."""
    table, out = plan.table.name, set[Node]()
    for name, reference in plan.references.items():
        reads = dependencies.of_unit((table, reference_unit(name)))
        out |= {(table, unit) for unit in dependencies.own_row(table, reads.own)}
        if reference.reference.each is not None:
            out |= dependencies.closure(reads.other)
    return out


def _of_conditions(plan: TablePlan, dependencies: Dependencies) -> set[Node]:
    """What conditions read in other rows; where nothing can be drawn again, in their own row too."""
    table, out = plan.table.name, set[Node]()
    again = [(c.condition, set(group.units)) for group in plan.resample for c in group.conditions]
    none: list[tuple[Expr, set[str]]] = [(c.condition, set()) for c in plan.unchecked]
    for condition, units in [*again, *none]:
        reads = dependencies.of_expression(table, condition)
        own = dependencies.own_row(table, reads.own)
        elsewhere = set(reads.other)
        for unit in own:
            elsewhere |= dependencies.of_unit((table, unit)).other
        out |= dependencies.closure(elsewhere)
        out |= {(table, unit) for unit in own - units}
    return out


_OF_WORDS = ("words", "sentence", "paragraph")
_LONGEST = 10_000  # characters: longer ones in every edge row would fill the memory


def with_free_texts(plan: TablePlan) -> TablePlan:
    """The plan with its texts of words as ``FreeText``, where their type bounds their length."""
    columns = {
        name: replace(column, value=_stretched(column.value, column.column.type))
        if column_unit(name) in plan.edged
        else column
        for name, column in plan.columns.items()
    }
    return replace(plan, columns=columns)


def _stretched(value: Expr, target: t.DataType) -> Expr:
    """``value``, which becomes a ``target``."""
    match value, target:
        case Call(function=function, site=int(site)), t.String(least, most) if function in _OF_WORDS:
            bounded = most is not None and most <= _LONGEST
            return FreeText(target, value.nullable, site, value) if least or bounded else value
        case ListDraw(distinct=False), t.List(item=item):
            return replace(value, element=_stretched(value.element, item))
        case StructValue(items=items), t.Struct(fields=fields):
            pairs = zip(items, fields, strict=True)
            return replace(value, items=tuple(_stretched(v, f.type) for v, f in pairs))
        case ChoiceDraw(arms=arms, exact=False), _:
            return replace(value, arms=tuple(Arm(_stretched(arm.value, target), arm.share) for arm in arms))
        case If(then=then, otherwise=otherwise), _:
            return replace(value, then=_stretched(then, target), otherwise=_stretched(otherwise, target))
        case _:
            return value
