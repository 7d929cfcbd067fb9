"""Which units of an edge row are drawn at an edge.

Left as they are: what keeps values apart (keys, unique columns), what row counts follow from, what decides
which parents a row may have, and what a condition reads beside that which it can draw again. An extreme
there would not make an edge row but a row that cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from specdsl.ir.expr import Expr
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
