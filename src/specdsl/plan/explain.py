"""The plan in words, for ``build --explain``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, product

import numpy as np

from specdsl.check.show import show_value
from specdsl.ir.expr import Aggregate, Expr, IndexIn, Neighbour, Running, Split
from specdsl.ir.model import Dirt, DirtKind, Table, Uniqueness
from specdsl.ir.walk import walk
from specdsl.plan.model import Plan, ReferenceKind, ReferencePlan, TablePlan


def explain(plan: Plan) -> list[str]:
    """One line for each thing done beyond one pass over a table."""
    lines = [f"order: {', '.join(plan.order)}"]
    for name in plan.order:
        table = plan.tables.get(name)
        if table is None:
            lines.append(f"{name}: SQL over the built tables")
        else:
            lines += [f"{name}: {line}" for line in _table(plan, table)]
    return lines


def _table(plan: Plan, table: TablePlan) -> Iterator[str]:
    yield _rows(table.table)
    yield from _covered(table.table)
    for name, reference in table.references.items():
        yield f"{name} {_reference(reference)}"
    for joint in table.joints:
        yield f"({', '.join(m.name for m in joint.members)}) is one permutation of all combinations"
    for name, column in table.columns.items():
        if column.column.uniqueness is Uniqueness.PERMUTED:
            yield f"{name} is a permutation of its domain"
        if column.column.distinct_within is not None:
            yield f"{name} is a permutation of its domain for each {column.column.distinct_within}"
        if column.column.bounds is not None and column.pushed:
            yield f"{name} is drawn within its bounds"
    for recursion in dict.fromkeys(table.recursions.values()):
        yield f"{', '.join(recursion.columns)} from row to row along {recursion.reference}"
    for name, declared in table.table.columns.items():
        if any(isinstance(node, Running) and node.reference is None for node in walk(declared.value)):
            yield f"{name} keeps a total for each block of rows (one pass)"
    for group in table.resample:
        units = ", ".join(unit_name(table, unit) for unit in group.units)
        yield f"{units} drawn again until {' and '.join(c.label for c in group.conditions)} hold"
    for condition in table.unchecked:
        yield f"left to verification: {condition.label}, which no draw of the row decides"
    yield from _passes(plan, table)
    for dirt in table.table.dirt:
        yield f"{dirt.written} when written, {_spoiled(dirt)}"


_MOST_TOLD = 20


def _covered(table: Table) -> Iterator[str]:
    """What a design comes to, and what it leaves out."""
    cover, design = table.cover, table.design
    if cover is None or design is None:
        return
    beside = "" if design.rows == table.own_rows else ", the rest drawn"
    yield f"{cover.written}: {design.possible:,} {cover.what} in the first {design.rows:,} rows{beside}"
    count = design.combinations - design.possible
    if not count:
        return
    left_out = list(islice(impossible(table), _MOST_TOLD))
    more = f", and {count - len(left_out):,} more" if count > len(left_out) else ""
    yield f"no row can have {count:,} of {design.combinations:,} {cover.what}: {'; '.join(left_out)}{more}"


def impossible(table: Table) -> Iterator[str]:
    """The combinations that a design leaves out, since no row can have them, as people read them."""
    cover, design = table.cover, table.design
    assert cover is not None and design is not None
    codes = np.frombuffer(design.codes, dtype=np.uint8).reshape(design.rows, len(design.domains))
    for subset in combinations(range(len(design.domains)), cover.combined):
        found = set(map(tuple, codes[:, subset].tolist()))
        for values in product(*(range(len(design.domains[c])) for c in subset)):
            if values not in found:
                yield " with ".join(_said(table, c, v) for c, v in zip(subset, values, strict=True))


def _said(table: Table, column: int, code: int) -> str:
    assert table.cover is not None and table.design is not None
    name = table.cover.columns[column]
    return f"{name} = {show_value(table.design.domains[column][code], table.columns[name].type)}"


def _spoiled(dirt: Dirt) -> str:
    amount = f"in {(dirt.share or 0) * 100:g}% of the rows" if dirt.rows is None else f"in {dirt.rows} rows"
    looks = {
        DirtKind.OUTLIERS: ", one pass for the range of values",
        DirtKind.REFERENCE: ", one pass over the parents' keys",
    }
    return f"{amount}, rows tried at random{looks.get(dirt.kind, '')}"


def unit_name(plan: TablePlan, unit: str) -> str:
    """How people know a unit: by its column, or the columns drawn together."""
    kind, _, name = unit.partition(":")
    return f"({', '.join(plan.table.groups[int(name)].columns)})" if kind == "g" else name


def _rows(table: Table) -> str:
    if table.source is not None:
        return f"{table.source.rows} rows from {table.source.path}"
    dimensions = [f"children of {r.table}" for r in table.references.values() if r.each is not None]
    if table.over is not None:
        dimensions.append(f"{table.over.size} values of {table.over.column}")
    if not dimensions:
        return f"{table.own_rows or 0} rows"
    total = "" if table.rows is None else f", {table.rows} in all"
    return f"one row for each of {' x '.join(dimensions)}{total}"


def _reference(plan: ReferencePlan) -> str:
    where = plan.where
    match plan.kind:
        case ReferenceKind.EACH:
            return "by arithmetic over the counts of children"
        case ReferenceKind.UNIQUE:
            return "by a permutation of the parents"
        case ReferenceKind.JOINT:
            return "from the permutation of all combinations"
        case ReferenceKind.DRAWN:
            parts = ["drawn"]
            if where.indexed:
                parts.append(f"through an index over {plan.reference.table} (one pass)")
            elif where.row_bounds:
                parts.append("within bounds on the row number")
            if where.residual is not None:
                parts.append("with a condition that is tried")
            if plan.distinct:
                parts.append(f"distinct per {', '.join(plan.distinct_per) or 'table'}")
            return ", ".join(parts)


def _passes(plan: Plan, table: TablePlan) -> Iterator[str]:
    seen = set()
    for column in table.columns.values():
        for hop_table, hop_reference in _scattered(plan, table.table, column.value):
            if (hop_table, hop_reference) not in seen:
                seen.add((hop_table, hop_reference))
                yield f"needs the rows of {hop_table} by {hop_reference} (one pass)"


def _scattered(plan: Plan, table: Table, expr: Expr) -> Iterator[tuple[str, str]]:
    for node in walk(expr):
        match node:
            case Aggregate(hops=hops):
                pairs = [(hop.table, hop.reference) for hop in hops]
            case IndexIn(reference=name) | Split(reference=name):
                pairs = [(table.name, name)]
            case Running(reference=group) | Neighbour(reference=group) if group is not None:
                pairs = [(table.name, group)]
            case _:
                continue
        for owner, name in pairs:
            reference = plan.tables[owner].references.get(name)
            if reference is not None and reference.kind is not ReferenceKind.EACH:
                yield owner, name
