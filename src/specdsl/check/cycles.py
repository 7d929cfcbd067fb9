"""Columns and row counts that depend on themselves.

The graph has a node for every column, every reference (which parent a row has) and every table's row
count. A way round is allowed only where each turn moves strictly along a forest (a value made from the
same column of the parent, which has a smaller row number, or from that of the children), or strictly to
the previous row of one group.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import Enum

from specdsl.diagnostics.model import DiagnosticBag, Label
from specdsl.diagnostics.references import ColumnCycle, RowCountCycle
from specdsl.ir import expr as x
from specdsl.ir.model import Bounds, Column, Dataset, NullRule, Reference, Table, UniquePlan
from specdsl.ir.walk import children, walk, walk_row
from specdsl.source import Span

from .cardinality import dimensions
from .spans import SpanTable


class Part(Enum):
    """What of a table a node stands for."""

    COLUMN = "column"
    REFERENCE = "reference"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Node:
    """A column, a reference or the row count of a table."""

    table: str
    name: str
    part: Part


class Move(Enum):
    """Whether an edge stays in its row's generation of a forest."""

    LEVEL = "level"
    TO_PARENT = "to parent"
    TO_CHILDREN = "to children"
    TO_PREVIOUS = "to the previous row of the group"


Edge = tuple[Node, Move]
Graph = dict[Node, list[Edge]]


def dependency_graph(dataset: Dataset) -> Graph:
    """Every node with what it is made from."""
    graph: Graph = {}
    for table in dataset.tables.values():
        rows = Node(table.name, "", Part.ROWS)
        graph[rows] = list(_row_count_edges(dataset, table))
        for column in table.columns.values():
            edges = list(_uses(dataset, table, column.value, None))
            edges += _rule_uses(dataset, table, column.nulls)
            edges += _bound_uses(dataset, table, column.bounds)
            for variant in table.variants:
                for override in variant.overrides:
                    if override.column == column.name:
                        edges += _uses(dataset, table, override.value, None)
            if column.distinct_within is not None:
                edges.append((Node(table.name, column.distinct_within, Part.REFERENCE), Move.LEVEL))
            graph[Node(table.name, column.name, Part.COLUMN)] = edges
        for reference in table.references.values():
            graph[Node(table.name, reference.name, Part.REFERENCE)] = list(
                _reference_edges(dataset, table, reference)
            )
    return graph


def _row_count_edges(dataset: Dataset, table: Table) -> Iterator[Edge]:
    for reference in dimensions(table):
        assert reference.each is not None
        yield Node(reference.table, "", Part.ROWS), Move.LEVEL
        yield from _uses(dataset, table, reference.each.count, reference.table)
    if table.query is not None:
        for read in table.query.reads:
            yield Node(read, "", Part.ROWS), Move.LEVEL


def _reference_edges(dataset: Dataset, table: Table, reference: Reference) -> Iterator[Edge]:
    if reference.table != table.name:
        yield Node(reference.table, "", Part.ROWS), Move.LEVEL
    if reference.where is not None:
        yield from _uses(dataset, table, reference.where, reference.table)
    for name in reference.distinct_per:
        yield _same_row(table, name)
    for constraint in table.uniques:
        if constraint.plan is UniquePlan.DISTINCT and constraint.columns[-1] in reference.columns:
            for name in constraint.columns:
                if name not in reference.columns:
                    yield _same_row(table, name)
    yield from _rule_uses(dataset, table, reference.nulls)


def _same_row(table: Table, name: str) -> Edge:
    column = table.columns.get(name)
    if column is not None and column.reference is not None:
        return Node(table.name, column.reference, Part.REFERENCE), Move.LEVEL
    return Node(table.name, name, Part.COLUMN), Move.LEVEL


def _rule_uses(dataset: Dataset, table: Table, rule: NullRule | None) -> list[Edge]:
    return [] if rule is None or rule.when is None else list(_uses(dataset, table, rule.when, None))


def _bound_uses(dataset: Dataset, table: Table, bounds: Bounds | None) -> list[Edge]:
    ends = () if bounds is None else (bounds.low, bounds.high)
    return [edge for end in ends if end is not None for edge in _uses(dataset, table, end, None)]


def _moved(edges: Iterator[Edge], move: Move) -> Iterator[Edge]:
    for node, _ in edges:
        yield node, move


def _uses(dataset: Dataset, table: Table, expr: x.Expr, candidate: str | None) -> Iterator[Edge]:
    """What ``expr`` in a row of ``table`` names; ``candidate`` is the candidate rows' table."""
    match expr:
        case x.ColumnValue(column=name):
            yield Node(table.name, name, Part.COLUMN), Move.LEVEL
        case x.GroupItem(group=group):
            yield from _uses(dataset, table, table.groups[group].value, candidate)
        case x.ParentKey(reference=name, column=column) if name in table.references:
            yield Node(table.name, name, Part.REFERENCE), Move.LEVEL
            move = Move.TO_PARENT if table.references[name].forest else Move.LEVEL
            yield Node(table.references[name].table, column, Part.COLUMN), move
        case x.Follow(reference=name, table=other, body=body) if name in table.references:
            yield Node(table.name, name, Part.REFERENCE), Move.LEVEL
            if other in dataset.tables:
                inside = _uses(dataset, dataset.tables[other], body, candidate)
                yield from _moved(inside, Move.TO_PARENT) if table.references[name].forest else inside
        case x.Candidate(table=other, body=body) if other in dataset.tables:
            yield from _uses(dataset, dataset.tables[other], body, None)
        case x.Aggregate(hops=hops, value=value, where=where):
            yield from _aggregate_uses(dataset, table, hops, (value, where))
        case x.IndexIn(reference=name):
            yield Node(table.name, name, Part.REFERENCE), Move.LEVEL
        case x.Running(reference=group, value=value) | x.Neighbour(reference=group, value=value):
            if group is not None:
                yield Node(table.name, group, Part.REFERENCE), Move.LEVEL
            inside = _uses(dataset, table, value, None)
            back = isinstance(expr, x.Neighbour) and expr.place is x.Place.PREVIOUS
            yield from _moved(inside, Move.TO_PREVIOUS) if back and group is not None else inside
        case x.Fitted() | x.Rated() | x.Retained():  # all rows decide: no way round is short of that
            inside = (edge for child in children(expr) for edge in _uses(dataset, table, child, candidate))
            yield from _moved(inside, Move.LEVEL)
        case x.Split(reference=name, amount=amount, weight=weight):
            yield Node(table.name, name, Part.REFERENCE), Move.LEVEL
            yield from _uses(dataset, table, amount, candidate)
            yield from _uses(dataset, table, weight, candidate)
        case _:
            for child in children(expr):
                yield from _uses(dataset, table, child, candidate)


def _aggregate_uses(
    dataset: Dataset, table: Table, hops: tuple[x.Hop, ...], parts: tuple[x.Expr | None, ...]
) -> Iterator[Edge]:
    up = False
    for hop in hops:
        yield Node(hop.table, hop.reference, Part.REFERENCE), Move.LEVEL
        yield Node(hop.table, "", Part.ROWS), Move.LEVEL
        if hop.table in dataset.tables:
            reference = dataset.tables[hop.table].references.get(hop.reference)
            up |= reference is not None and reference.forest
    for part in parts:
        if part is not None:
            for node, move in _uses(dataset, table, part, hops[-1].table):
                inside = node.table == hops[-1].table and up
                yield node, (Move.TO_CHILDREN if inside else move)


def check_cycles(dataset: Dataset, spans: SpanTable, bag: DiagnosticBag) -> bool:
    """Report every group of nodes that depend on each other once; True when there is none."""
    graph = dependency_graph(dataset)
    clean = True
    for component in _components(graph):
        members = set(component)
        inner = {n: [(m, v) for m, v in graph[n] if m in members and m in graph] for n in component}
        level = {n: [m for m, move in edges if move is Move.LEVEL] for n, edges in inner.items()}
        moves = {move for edges in inner.values() for _, move in edges} - {Move.LEVEL}
        cycle = _cycle(level)
        if cycle is None and moves == {Move.TO_PARENT, Move.TO_CHILDREN}:
            cycle = _cycle({n: [m for m, _ in edges] for n, edges in inner.items()})
        if (
            cycle is None
            and Move.TO_PREVIOUS in moves
            and not _goes_along_one_group(dataset, component, moves)
        ):
            cycle = _cycle({n: [m for m, _ in edges] for n, edges in inner.items()})
        if cycle is not None:
            clean = False
            _report(dataset, cycle, spans, bag, _along_remedy(dataset, component))
    return clean


def _goes_along_one_group(dataset: Dataset, component: list[Node], moves: set[Move]) -> bool:
    """Whether columns that name each other's previous values are of one table and go by one reference."""
    if moves != {Move.TO_PREVIOUS} or any(n.part is not Part.COLUMN for n in component):
        return False
    tables = {n.table for n in component}
    if len(tables) > 1:
        return False
    table = dataset.tables[tables.pop()]
    return len(set(recursion_groups(table, {n.name for n in component}))) == 1


def _along_remedy(dataset: Dataset, component: list[Node]) -> str:
    """What to write instead, where columns go on from previous values, but not along one group."""
    names = {n.name for n in component if n.part is Part.COLUMN}
    tables = {n.table for n in component}
    if len(tables) > 1:
        return ""
    groups = set(recursion_groups(dataset.tables[tables.pop()], names))
    if groups == {None}:
        return (
            "a value goes on from row to row within a group only: write `table runs 1 { id int key }`, and "
            "here `run_id -> runs each 1_000` in place of a row count"
        )
    if len(groups) > 1:
        return "let all of them go along one reference: the same `per:` in each `previous`"
    return ""


def recursion_groups(table: Table, columns: Set[str]) -> Iterator[str | None]:
    """The references by which ``columns`` name previous values of each other."""
    for name in columns:
        for expr in column_expressions(table, table.columns[name]):
            for node in walk(expr):
                if isinstance(node, x.Neighbour) and node.place is x.Place.PREVIOUS:
                    named = {n.column for n in walk(node.value) if isinstance(n, x.ColumnValue)}
                    if named & columns:
                        yield node.reference


def column_expressions(table: Table, column: Column) -> Iterator[x.Expr]:
    """All that is evaluated in a row for the value of ``column``."""
    yield column.value
    for node in walk_row(column.value):
        if isinstance(node, x.GroupItem):
            yield table.groups[node.group].value
    if column.bounds is not None:
        yield from (end for end in (column.bounds.low, column.bounds.high) if end is not None)
    if column.nulls is not None and column.nulls.when is not None:
        yield column.nulls.when


def _of_variant(dataset: Dataset, spans: SpanTable, node: Node, target: Node) -> Span | None:
    """Where a variant makes a column from ``target``, which its own value does not name."""
    table = dataset.tables[node.table]
    own = table.columns.get(node.name)
    if own is None or any(found == target for found, _ in _uses(dataset, table, own.value, None)):
        return None
    for variant in table.variants:
        for override in variant.overrides:
            if override.column == node.name and any(
                found == target for found, _ in _uses(dataset, table, override.value, None)
            ):
                return spans.tables[table.name].rules.get(f"variant:{variant.name}.{node.name}")
    return None


def _components(graph: Graph) -> list[list[Node]]:
    """Tarjan's strongly connected components that hold a cycle, iteratively."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[list[Node]] = []
    for root in graph:
        if root in index:
            continue
        work: list[tuple[Node, Iterator[Edge]]] = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, edges = work[-1]
            advanced = False
            for target, _ in edges:
                if target not in graph:
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph[target])))
                    advanced = True
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            if advanced:
                continue
            work.pop()
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
            if low[node] == index[node]:
                component = []
                while True:
                    member = stack.pop()
                    on_stack.discard(member)
                    component.append(member)
                    if member == node:
                        break
                if len(component) > 1 or any(m == node for m, _ in graph[node]):
                    found.append(component[::-1])
    return found


def _cycle(edges: dict[Node, list[Node]]) -> list[Node] | None:
    """A shortest way from a node back to itself, None when there is none."""
    best: list[Node] | None = None
    for start in edges:
        came: dict[Node, Node] = {}
        queue = [start]
        for node in queue:
            for target in edges[node]:
                if target == start:
                    path = [node]
                    while path[-1] != start:
                        path.append(came[path[-1]])
                    if best is None or len(path) < len(best):
                        best = path[::-1]
                    queue = []
                    break
                if target not in came and target in edges:
                    came[target] = node
                    queue.append(target)
            if not queue:
                break
    return best


def _report(dataset: Dataset, cycle: list[Node], spans: SpanTable, bag: DiagnosticBag, remedy: str) -> None:
    columns = [n for n in cycle if n.part is Part.COLUMN]
    if not columns:
        tables = list(dict.fromkeys(n.table for n in cycle))
        places = [spans.tables[n].name for n in tables if n in spans.tables]
        if places:
            others = tuple(Label(p, "and this") for p in places[1:])
            bag.add(RowCountCycle(span=places[0], path=(*tables, tables[0]), others=others))
        return
    one_table = len({n.table for n in cycle}) == 1
    shown = [n for n in cycle if n.part is not Part.ROWS]
    start = shown.index(columns[0])
    shown = shown[start:] + shown[:start]
    names = [n.name if one_table else f"{n.table}.{n.name}" for n in shown]
    names = [name for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    labels, primary = [], None
    for position, node in enumerate(shown):
        table = spans.tables.get(node.table)
        column = table.columns.get(node.name) if table else None
        if column is None:
            continue
        following = shown[(position + 1) % len(shown)]
        place = _of_variant(dataset, spans, node, following) or column.value or column.name
        if primary is None:
            primary = place
        else:
            target = shown[(position + 1) % len(shown)]
            labels.append(
                Label(place, f"which needs `{target.name if one_table else f'{target.table}.{target.name}'}`")
            )
    if primary is not None:
        bag.add(ColumnCycle(span=primary, path=(*names, names[0]), others=tuple(labels), remedy=remedy))
