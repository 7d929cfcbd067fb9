"""The planner: from the checked program to the plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from specdsl.ir.expr import Candidate, Compare, CompareOp, Const, Follow, RangeDraw, RowNumber
from specdsl.ir.model import (
    Column,
    Dataset,
    Reference,
    Table,
    UniqueConstraint,
    Uniqueness,
    UniquePlan,
)
from specdsl.plan.dependencies import Dependencies
from specdsl.plan.edges import edged_units, with_free_texts
from specdsl.plan.model import (
    ColumnPlan,
    JointMember,
    JointPlan,
    Plan,
    Pushed,
    ReferenceKind,
    ReferencePlan,
    TablePlan,
    Term,
    WherePlan,
)
from specdsl.plan.order import table_order
from specdsl.plan.pushdown import push
from specdsl.plan.recursion import recursions
from specdsl.plan.resample import resample_groups
from specdsl.plan.variants import at_edges, variants_of, varied
from specdsl.plan.where import conjuncts, decompose


def plan(dataset: Dataset) -> Plan:
    """The plan of ``dataset``; pure."""
    names = tuple(name for name, table in dataset.tables.items() if table.query is None)
    return Plan(dataset, plans_of(dataset, names), table_order(dataset))


def plans_of(dataset: Dataset, names: Collection[str]) -> dict[str, TablePlan]:
    """The plans of some tables of ``dataset``, with which must be those that they name."""
    tables = {name: table_plan(dataset, dataset.tables[name]) for name in names}
    dependencies = Dependencies(tables)
    for name, table in tables.items():
        groups, unchecked = resample_groups(table, dependencies)
        unit_groups = {unit: i for i, group in enumerate(groups) for unit in group.units}
        tables[name] = replace(table, resample=groups, unit_groups=unit_groups, unchecked=unchecked)
    for name, table in tables.items():
        tables[name] = replace(table, variants=variants_of(table.table, dataset.edge))
    if any(at_edges(table.variants) is not None for table in tables.values()):
        edged = edged_units(tables, dependencies)
        for name, table in tables.items():
            if at_edges(table.variants) is not None:
                tables[name] = with_free_texts(replace(table, edged=edged[name]))
    for name, table in tables.items():
        tables[name] = replace(table, varied=varied(table, dependencies))
    return tables


def table_plan(dataset: Dataset, table: Table) -> TablePlan:
    """The plan of one table, before it is known what is drawn again."""
    joints = _joints(table)
    in_joint = {(m.name, m.is_reference): i for i, joint in enumerate(joints) for m in joint.members}
    references = {
        name: _reference(dataset, table, reference, (name, True) in in_joint)
        for name, reference in table.references.items()
    }
    references = _reserve(table, references)
    terms: dict[str, Term] = {}
    columns = {
        name: _column(column, in_joint.get((name, False)), terms) for name, column in table.columns.items()
    }
    return TablePlan(table, columns, references, joints, terms=terms, recursions=recursions(table))


def _column(column: Column, joint: int | None, terms: dict[str, Term]) -> ColumnPlan:
    if column.bounds is None:
        value = push(column.value, None, None, column.name, terms).value
        return ColumnPlan(column, value, joint=joint)
    pushed = push(column.value, column.bounds.low, column.bounds.high, column.name, terms)
    numbered = column.uniqueness is Uniqueness.PERMUTED or column.distinct_within is not None
    if numbered and not _constant_ends(pushed):
        pushed = Pushed(column.value, False)
    return ColumnPlan(
        column,
        pushed.value,
        clip=pushed.clip and pushed.exact,
        pushed=pushed.exact,
        certain=pushed.exact and pushed.certain,
        joint=joint,
    )


def _constant_ends(pushed: Pushed) -> bool:
    """Whether the narrowed value is still an indexable domain."""
    value = pushed.value
    if isinstance(value, RangeDraw):
        return isinstance(value.low, Const) and isinstance(value.high, Const)
    return True


def _reference(dataset: Dataset, table: Table, reference: Reference, in_joint: bool) -> ReferencePlan:
    where = decompose(dataset, table, reference)
    distinct_per = reference.distinct_per
    distinct = bool(distinct_per)
    for unique in table.uniques:
        if unique.plan is UniquePlan.DISTINCT and unique.columns[-1] in reference.columns:
            distinct_per = tuple(c for c in unique.columns if c not in reference.columns)
            distinct = True
    if reference.each is not None:
        kind = ReferenceKind.EACH
    elif in_joint:
        kind = ReferenceKind.JOINT
    elif reference.unique and not _of_row(where):
        kind = ReferenceKind.UNIQUE
    else:
        kind = ReferenceKind.DRAWN
        distinct = distinct or reference.unique
    return ReferencePlan(reference, kind, where, distinct_per, distinct)


def _of_row(where: WherePlan) -> bool:
    """Whether which parents are eligible depends on the row."""
    return bool(
        where.keys or where.row_conditions or where.order_bounds or where.row_bounds or where.residual
    )


_MIRROR = {CompareOp.LESS: CompareOp.GREATER, CompareOp.GREATER: CompareOp.LESS}


# --- combinations drawn jointly ------------------------------------------------------------


def _joints(table: Table) -> tuple[JointPlan, ...]:
    joints: list[JointPlan] = []
    taken: set[str] = set()
    for unique in table.uniques:
        if unique.plan is not UniquePlan.JOINT:
            continue
        members = _members(table, unique)
        if taken & {m.name for m in members}:
            continue  # one permutation cannot serve two constraints; verification tells
        taken |= {m.name for m in members}
        joints.append(JointPlan(members, _ordered_pairs(table, members)))
    return tuple(joints)


def _members(table: Table, unique: UniqueConstraint) -> tuple[JointMember, ...]:
    members: dict[str, JointMember] = {}
    for name in unique.columns:
        reference = table.columns[name].reference
        member = JointMember(name, False) if reference is None else JointMember(reference, True)
        members.setdefault(member.name, member)
    return tuple(members.values())


def _ordered_pairs(table: Table, members: tuple[JointMember, ...]) -> dict[int, int]:
    """Which member's parent comes after which other's (``where .row > first.row`` and its mirror)."""
    out: dict[int, int] = {}
    numbers = {m.name: i for i, m in enumerate(members) if m.is_reference}
    for name, number in numbers.items():
        found = _row_order(table, name)
        if found is not None and found[1] in numbers:
            op, other = found
            if op is CompareOp.GREATER:
                out[number] = numbers[other]
            else:
                out[numbers[other]] = number
    return out


def _row_order(table: Table, name: str) -> tuple[CompareOp, str] | None:
    """``(>, other)`` for ``where .row > other.row`` of reference ``name``, ``(<, other)`` for its mirror."""
    where = table.references[name].where
    if where is None:
        return None
    for part in conjuncts(where):
        if not isinstance(part, Compare) or part.op not in _MIRROR:
            continue
        op, left, right = part.op, part.left, part.right
        if isinstance(left, Follow) and isinstance(right, Candidate):
            op, left, right = _MIRROR[op], right, left
        if (
            isinstance(left, Candidate)
            and isinstance(left.body, RowNumber)
            and isinstance(right, Follow)
            and isinstance(right.body, RowNumber)
            and right.table == table.references[name].table
        ):
            return op, right.reference
    return None


def _reserve(table: Table, references: dict[str, ReferencePlan]) -> dict[str, ReferencePlan]:
    """Keep a reference off the parents that would leave none for the reference ordered by it."""
    out = dict(references)
    for name, second in references.items():
        found = _row_order(table, name)
        if found is None or second.reference.nullable:
            continue
        op, other = found
        first = out[other]
        if first.kind is not ReferenceKind.DRAWN or first.reference.forest:
            continue
        if op is CompareOp.GREATER:
            out[other] = replace(first, reserve_last=first.reserve_last + 1)
        else:
            out[other] = replace(first, reserve_first=first.reserve_first + 1)
    return out
