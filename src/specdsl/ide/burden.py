"""How many rows must be looked at before a single value of a column can be made."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.ir import expr as ir
from specdsl.ir.model import Column, Dataset, Reference, Table
from specdsl.ir.walk import children

_DEEPEST = 12


def row_estimate(dataset: Dataset, name: str, depth: int = 0) -> int:
    """About how many rows a table has, from what is written of its number."""
    table = dataset.tables.get(name)
    if table is None or depth > _DEEPEST or table.query is not None:
        return 0
    if table.source is not None:
        return table.source.rows
    total = 1
    for reference in table.references.values():
        if reference.each is not None:
            total *= row_estimate(dataset, reference.table, depth + 1) * _mean(reference)
    if table.over is not None:
        total *= table.over.size
    has_dimensions = table.over is not None or any(r.each for r in table.references.values())
    return total if has_dimensions else table.own_rows or 0


def _mean(reference: Reference) -> int:
    each = reference.each
    if each is None:
        return 1
    match each.count:
        case ir.Const(value=int(count)):
            return max(count, 1)
        case ir.RangeDraw(low=ir.Const(value=int(low)), high=ir.Const(value=int(high))):
            return max((low + high) // 2, 1)
        case ir.Call(args=args):
            means = [a.value for _, a in args if isinstance(a, ir.Const) and isinstance(a.value, int | float)]
            return max(each.low, min(int(means[0]) if means else 5, each.high or 1_000), 1)
        case _:
            return max(each.low, min(each.high or 5, 10), 1)


def _is_each(table: Table, reference: str) -> bool:
    """Whether the rows of one parent stand together, so that they are found without an index."""
    found = table.references.get(reference)
    return found is not None and found.each is not None


def burden(dataset: Dataset, table: str, column: str) -> int:
    """The rows of all tables that have to be indexed or gone through for one value of a column."""
    seen: set[tuple[str, str]] = set()
    indexed: set[str] = set()
    pending = [(table, column)]
    while pending and len(seen) < 2_000:
        at = pending.pop()
        here = dataset.tables.get(at[0])
        if at in seen or here is None:
            continue
        seen.add(at)
        found = here.columns.get(at[1])
        for reference in here.references.values():
            if reference.each is not None:
                indexed.add(reference.table)
            if at[1] in reference.columns:
                within = any(_is_each(here, name) for name in reference.distinct_per)
                if reference.where is not None or (reference.distinct_per and not within) or reference.unique:
                    indexed |= {reference.table, here.name}
                pending += _columns(reference.where, here, reference.table)
                pending += [(reference.table, key) for key in reference.key]
        if found is not None:
            for expression in _expressions(here, found):
                pending += _columns(expression, here, None)
                indexed |= set(_gathered(expression, here, dataset))
    return sum(row_estimate(dataset, name) for name in indexed)


def _expressions(table: Table, column: Column) -> Iterator[ir.Expr]:
    yield column.value
    if column.nulls is not None and column.nulls.when is not None:
        yield column.nulls.when
    if column.bounds is not None:
        yield from (end for end in (column.bounds.low, column.bounds.high) if end is not None)
    yield from (group.value for group in table.groups if column.name in group.columns)


def _columns(expression: ir.Expr | None, table: Table, candidate: str | None) -> list[tuple[str, str]]:
    """The columns that an expression reads, each with its table."""
    if expression is None:
        return []
    found: list[tuple[str, str]] = []

    def visit(node: ir.Expr, at: str) -> None:
        match node:
            case ir.ColumnValue(column=name):
                found.append((at, name))
            case ir.Follow(reference=reference, table=target, body=body):
                found.append((at, reference))
                visit(body, target)
            case ir.Candidate(table=target, body=body):
                visit(body, target)
            case ir.ParentKey(reference=reference) | ir.IndexIn(reference=reference):
                found.append((at, reference))
            case ir.Running(reference=str(reference)) | ir.Neighbour(reference=str(reference)):
                found.append((at, reference))
                for child in children(node):
                    visit(child, at)
            case ir.Aggregate(hops=hops):
                found.extend((hop.table, hop.reference) for hop in hops)
                for child in children(node):
                    visit(child, at)
            case _:
                for child in children(node):
                    visit(child, at)

    visit(expression, table.name)
    return found


def _gathered(expression: ir.Expr, table: Table, dataset: Dataset) -> Iterator[str]:
    """The tables that have to be gone through for the rows that an expression gathers."""
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, ir.Aggregate):
            hops = ((dataset.tables.get(hop.table), hop.reference) for hop in node.hops)
            yield from (there.name for there, by in hops if there is not None and not _is_each(there, by))
        elif isinstance(node, ir.Split | ir.IndexIn | ir.Running | ir.Neighbour):
            whole = isinstance(node, ir.Running)  # of all the rows before this one
            if whole if node.reference is None else not _is_each(table, node.reference):
                yield table.name
        elif isinstance(node, ir.ChoiceDraw) and node.exact:
            yield table.name
        pending += children(node)
