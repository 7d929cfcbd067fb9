"""What the variants of a table change: columns and references that are other in some rows, and what has to
hold there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from specdsl.ir.expr import Expr, VariantName
from specdsl.ir.model import Table, Variant
from specdsl.ir.walk import walk
from specdsl.plan.dependencies import Dependencies
from specdsl.plan.model import (
    Condition,
    Pushed,
    TablePlan,
    Varied,
    column_unit,
    group_unit,
    reference_unit,
)
from specdsl.plan.pushdown import push
from specdsl.plan.resample import within


def variants_of(table: Table, edge: float) -> tuple[Variant, ...]:
    """The variants of a table, the edge rows of a build with ``edge`` of them after those that are
    declared."""
    if not edge or any(not v.overrides for v in table.variants):
        return table.variants
    taken = {v.name for v in table.variants}
    name = next(n for n in ("edge", "edge rows", "rows at an edge") if n not in taken)
    left = 1.0 - sum(v.share or 0.0 for v in table.variants)
    return (*table.variants, Variant(name, max(0.0, min(edge, left)), None))


def at_edges(variants: Iterable[Variant]) -> int | None:
    """The number of the variant whose rows draw at edges, None for none."""
    return next((i for i, v in enumerate(variants) if not v.overrides), None)


def varied(plan: TablePlan, dependencies: Dependencies) -> Varied | None:
    """What the variants of ``plan`` change; None where that is nothing."""
    table = plan.table
    if not any(v.overrides for v in plan.variants):
        return None
    values: dict[str, dict[int, Pushed]] = {}
    references: dict[str, set[int]] = {}
    for number, variant in enumerate(plan.variants):
        for override in variant.overrides:
            column = table.columns[override.column]
            if column.reference is not None:
                references.setdefault(column.reference, set()).add(number)
            else:
                values.setdefault(column.name, {})[number] = _value(plan, override.column, override.value)
    overridden = {*map(column_unit, values), *map(reference_unit, references)}
    units = _affected(plan, dependencies, overridden)
    conditions, read = _conditions(plan, dependencies, units)
    return Varied(
        clean=plan,
        columns=frozenset(name for name in plan.columns if column_unit(name) in units),
        references=frozenset(name for name in plan.references if reference_unit(name) in units),
        groups=frozenset(i for i in range(len(table.groups)) if group_unit(i) in units),
        values=values,
        without_parent={name: frozenset(numbers) for name, numbers in references.items()},
        replaced=frozenset(
            name for name in values if not _reads(plan, dependencies, column_unit(name), units)
        ),
        conditions=conditions,
        redrawn=tuple(i for i, group in enumerate(plan.resample) if read & set(group.units)),
    )


def _value(plan: TablePlan, name: str, value: Expr) -> Pushed:
    column = plan.table.columns[name]
    if column.bounds is None:
        return Pushed(value, True)
    # The plan's terms are looked up by name; those of a variant's value come to them.
    assert isinstance(plan.terms, dict)
    return push(value, column.bounds.low, column.bounds.high, name, plan.terms)


def _affected(plan: TablePlan, dependencies: Dependencies, overridden: set[str]) -> set[str]:
    """The units that are other in some row: the overridden ones, and all that read them."""
    found = set(overridden)
    every = [
        *map(column_unit, plan.columns),
        *map(group_unit, range(len(plan.table.groups))),
        *map(reference_unit, plan.references),
    ]
    found |= {column_unit(name) for name, column in plan.columns.items() if _names_variants(column.value)}
    while True:
        more = {unit for unit in every if unit not in found and _reads(plan, dependencies, unit, found)}
        if not more:
            return found
        found |= more


def _reads(plan: TablePlan, dependencies: Dependencies, unit: str, units: set[str]) -> bool:
    """Whether ``unit`` reads one of ``units``, in its own row or in others of its table."""
    reads = dependencies.of_unit((plan.table.name, unit))
    return bool(reads.own & units) or any((plan.table.name, other) in reads.other for other in units)


def _names_variants(expr: Expr) -> bool:
    return any(isinstance(node, VariantName) for node in walk(expr))


def _conditions(
    plan: TablePlan, dependencies: Dependencies, units: set[str]
) -> tuple[tuple[Condition, ...], set[str]]:
    """What has to hold in rows of variants, as far as a row decides it by itself, and the units that it
    reads."""
    table = plan.table
    found = [
        Condition(f"the bounds of `{name}`", test, column=name)
        for name, column in table.columns.items()
        if column_unit(name) in units and (test := within(column)) is not None
    ]
    found += [Condition(f"check `{c.name}`", c.condition, check=c.name) for c in table.checks]
    kept, read = [], set[str]()
    overrides: Mapping[str, list[Expr]] = {
        column_unit(o.column): [
            other.value for v in plan.variants for other in v.overrides if other.column == o.column
        ]
        for v in plan.variants
        for o in v.overrides
    }
    for condition in found:
        reads = dependencies.of_expression(table.name, condition.condition)
        own, elsewhere = dependencies.own_row(table.name, reads.own), set(reads.other)
        for unit in tuple(own):
            for value in overrides.get(unit, ()):
                more = dependencies.of_expression(table.name, value)
                own |= dependencies.own_row(table.name, more.own)
                elsewhere |= more.other
        for unit in own:
            elsewhere |= dependencies.of_unit((table.name, unit)).other
        seen = {unit for where, unit in dependencies.closure(elsewhere) if where == table.name}
        if own & units and not seen & units:
            kept.append(condition)
            read |= own
    return tuple(kept), read
