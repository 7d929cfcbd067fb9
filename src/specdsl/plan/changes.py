"""The plan of an update: the table with all that the update leaves alone as given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from specdsl.check.following import Following
from specdsl.ir.changes import Touched, touched, touched_by_null
from specdsl.ir.expr import ColumnValue, Expr, SourceValue
from specdsl.ir.model import Column, OnDelete, Reference, Table, Uniqueness
from specdsl.plan.dependencies import Dependencies
from specdsl.plan.model import Plan, TablePlan, column_unit, group_unit, reference_unit
from specdsl.plan.planner import table_plan
from specdsl.plan.resample import resample_groups
from specdsl.records import record

_T = TypeVar("_T")


@record
class UpdatePlan:
    """``plan``: of a table whose other columns are given; ``touched``: what is computed. ``fresh``: the units
    that are drawn anew (the others draw what they drew). ``before``: columns that stand for those of the row
    before, by their names. ``nulled``: references that lead nowhere any more."""

    plan: TablePlan
    touched: Touched
    fresh: frozenset[str]
    before: Mapping[str, str]
    nulled: frozenset[str] = frozenset()


def nulled_references(table: Table, rule: int) -> frozenset[str]:
    """The references that the negative ``rule`` of a change names."""
    bits = -1 - rule
    names = [r.name for r in table.references.values() if r.on_delete is OnDelete.SET_NULL]
    return frozenset(name for i, name in enumerate(names) if bits >> i & 1)


def rule_of_nulled(table: Table, names: frozenset[str]) -> int:
    """The rule that ``nulled_references`` takes apart."""
    listed = [r.name for r in table.references.values() if r.on_delete is OnDelete.SET_NULL]
    return -1 - sum(1 << i for i, name in enumerate(listed) if name in names)


def touched_by(table: Table, rule: int | None, following: Following) -> Touched:
    """What change ``rule`` of ``table`` computes anew (see ``update_plan``), whatever the clock."""
    if rule is None:
        return following.touched(table.name)
    if rule < 0:
        return touched_by_null(table, nulled_references(table, rule))
    return touched(table, table.updates[rule])


def update_plan(plan: Plan, name: str, rule: int | None, following: Following) -> UpdatePlan:
    """The plan of change ``rule`` of table ``name``: one of its updates, or references set to null; None: of
    its roll-ups that follow."""
    table = plan.tables[name].table
    nulled = nulled_references(table, rule) if rule is not None and rule < 0 else frozenset[str]()
    values: Mapping[str, Expr] = table.updates[rule].values if rule is not None and rule >= 0 else {}
    parts = touched_by(table, rule, following)
    before: dict[str, str] = {}
    columns = {c.name: _column(table, c, parts, nulled, values, before) for c in table.columns.values()}
    given = tuple(c for c in columns if c not in parts.columns)
    for alias, column in before.items():
        of = table.columns[column]
        columns[alias] = Column(
            alias, of.type, of.nullable, SourceValue(of.type, of.nullable, alias), hidden=True
        )
    references = {
        r.name: r if r.name in parts.references - nulled else _given_reference(r)
        for r in table.references.values()
    }
    # A key is never drawn again: neither is what is given, nor a reference that leads nowhere.
    fixed = tuple(
        c for r in references.values() if r.name not in parts.references - nulled for c in r.columns
    )
    changed = replace(
        table,
        columns=columns,
        references=references,
        uniques=(),
        cover=None,
        key=tuple(dict.fromkeys((*given, *fixed))),
    )
    made = table_plan(plan.dataset, changed)
    # What a roll-up is over never comes to be of a new row, which was made without it.
    drawn = {
        r: replace(p, earlier=True) if r in parts.references and (name, r) in following.over else p
        for r, p in made.references.items()
    }
    tables = {**plan.tables, name: replace(made, references=drawn)}
    groups, unchecked = resample_groups(tables[name], Dependencies(tables))
    unit_groups = {unit: i for i, group in enumerate(groups) for unit in group.units}
    made = replace(tables[name], resample=groups, unit_groups=unit_groups, unchecked=unchecked)
    fresh = {column_unit(c) for c in parts.set_columns} | {group_unit(g) for g in parts.set_groups}
    fresh |= {reference_unit(r) for r in parts.set_references}
    for group in groups:
        if fresh & set(group.units):
            fresh |= set(group.units)
    return UpdatePlan(made, parts, frozenset(fresh), before, nulled)


def _column(
    table: Table,
    column: Column,
    parts: Touched,
    nulled: frozenset[str],
    values: Mapping[str, Expr],
    before: dict[str, str],
) -> Column:
    if column.name not in parts.columns:
        # Not a constant: nothing must be proved of it.
        given = SourceValue(column.type, column.nullable, column.name)
        return replace(
            column,
            value=given,
            nulls=None,
            bounds=None,
            uniqueness=Uniqueness.NONE,
            distinct_within=None,
        )
    if column.name in values:
        return replace(column, value=_of_before(values[column.name], before), nulls=None)
    return column


def _given_reference(reference: Reference) -> Reference:
    return replace(
        reference, nulls=None, each=None, skew=None, where=None, distinct_per=(), unique=False, since=None
    )


def _of_before(node: _T, before: dict[str, str]) -> _T:
    """``node`` with the names of the row's columns standing for the row before."""
    match node:
        case ColumnValue(column=name):
            alias = f"{name}: before"
            before[alias] = name
            return replace(node, column=alias)
        case tuple():
            return tuple(_of_before(item, before) for item in node)  # type: ignore[return-value]
        case Expr() if type(node).__name__ in ("Follow", "Candidate"):
            return node
        case _ if is_dataclass(node) and not isinstance(node, type):
            whole: Any = node
            parts = {f.name: getattr(whole, f.name) for f in fields(whole)}
            new = {
                n: _of_before(p, before)
                for n, p in parts.items()
                if isinstance(p, (tuple, Expr)) or _holds(p)
            }
            changed = {n: p for n, p in new.items() if p is not parts[n]}
            return replace(whole, **changed) if changed else node
    return node


def _holds(part: object) -> bool:
    """Whether ``part`` is an arm or the like, which holds expressions."""
    return is_dataclass(part) and hasattr(part, "value")
