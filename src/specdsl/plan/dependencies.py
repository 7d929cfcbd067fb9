"""What each unit of a row reads: in its own row, and in other rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from specdsl.ir.expr import (
    Aggregate,
    Candidate,
    ColumnValue,
    Expr,
    Fitted,
    Follow,
    GroupItem,
    IndexIn,
    Neighbour,
    ParentKey,
    Rated,
    Retained,
    Running,
    Split,
)
from specdsl.ir.model import Table
from specdsl.ir.walk import children
from specdsl.plan.model import TablePlan, column_unit, group_unit, reference_unit

Node = tuple[str, str]
"""A table and one of its units."""


@dataclass(slots=True)
class Reads:
    """``own``: units of the same row. ``other``: units of other rows, of any table."""

    own: set[str] = field(default_factory=set)
    other: set[Node] = field(default_factory=set)

    def update(self, more: Reads) -> None:
        self.own |= more.own
        self.other |= more.other

    def elsewhere(self, table: str) -> set[Node]:
        """All that is read, when the reading row is one of ``table`` seen from another row."""
        return self.other | {(table, unit) for unit in self.own}


class Dependencies:
    """The reads of every unit of the plan's tables, worked out when asked for."""

    def __init__(self, tables: dict[str, TablePlan]) -> None:
        self._tables = tables
        self._reads: dict[Node, Reads] = {}

    def of_expression(self, table: str, expr: Expr) -> Reads:
        """What ``expr`` reads in a row of ``table`` (directly: not what its columns read in turn)."""
        reads = Reads()
        self._collect(self._tables[table].table, expr, reads)
        return reads

    def of_unit(self, node: Node) -> Reads:
        """What the unit reads directly."""
        found = self._reads.get(node)
        if found is None:
            found = self._reads[node] = self._read_unit(*node)
        return found

    def own_row(self, table: str, start: Iterable[str]) -> set[str]:
        """The units of one row that are read from ``start`` on, by any number of steps in that row."""
        seen: set[str] = set()
        todo = list(start)
        while todo:
            unit = todo.pop()
            if unit not in seen:
                seen.add(unit)
                todo += self.of_unit((table, unit)).own
        return seen

    def closure(self, start: Iterable[Node]) -> set[Node]:
        """All units that are read from ``start`` on, by any steps."""
        seen: set[Node] = set()
        todo = list(start)
        while todo:
            node = todo.pop()
            if node not in seen and node[0] in self._tables:
                seen.add(node)
                todo += self.of_unit(node).elsewhere(node[0])
        return seen

    def _read_unit(self, table: str, unit: str) -> Reads:
        reads = Reads()
        plan = self._tables[table]
        for expr in self._expressions(plan, unit):
            self._collect(plan.table, expr, reads)
            if isinstance(expr, (Fitted, Rated, Retained)):  # what the whole table draws there decides
                reads.other |= {(table, own) for own in (*reads.own, unit)}
        kind, _, name = unit.partition(":")
        if kind == "c":
            column = plan.table.columns[name]
            if plan.columns[name].joint is None and column.reference is not None and column.nulls is None:
                reads.own.add(reference_unit(column.reference))
            if column.distinct_within is not None:
                reads.own.add(reference_unit(column.distinct_within))
                reads.other.add((table, reference_unit(column.distinct_within)))
        elif kind == "r":
            reference = plan.references[name]
            if reference.distinct:
                for column_name in reference.distinct_per:
                    reads.own.add(column_unit(column_name))
                    reads.other.add((table, column_unit(column_name)))
            if reference.reference.each is not None:
                parent = reference.reference.table
                for dimension in self._tables[parent].references.values() if parent in self._tables else ():
                    if dimension.reference.each is not None:
                        reads.other.add((parent, reference_unit(dimension.reference.name)))
        return reads

    def _expressions(self, plan: TablePlan, unit: str) -> Iterator[Expr]:
        kind, _, name = unit.partition(":")
        match kind:
            case "g":
                yield plan.table.groups[int(name)].value
            case "c":
                column = plan.columns[name]
                yield column.value
                for end in (
                    (column.column.bounds.low, column.column.bounds.high) if column.column.bounds else ()
                ):
                    if end is not None:
                        yield end
                if column.column.nulls is not None and column.column.nulls.when is not None:
                    yield column.column.nulls.when
            case _:
                reference = plan.references[name].reference
                if reference.nulls is not None and reference.nulls.when is not None:
                    yield reference.nulls.when
                if reference.each is not None:
                    yield reference.each.count
                if reference.skew is not None:
                    yield reference.skew
                if reference.where is not None:
                    yield reference.where

    def _collect(self, table: Table, expr: Expr, reads: Reads) -> None:
        match expr:
            case ColumnValue(column=name) if name in table.columns:
                reads.own.add(column_unit(name))
                return
            case ColumnValue(column=name):
                term = self._tables[table.name].terms[name]
                self._collect(table, term.left, reads)
                self._collect(table, term.right, reads)
                return
            case GroupItem(group=index):
                reads.own.add(group_unit(index))
                return
            case ParentKey(reference=name, column=column):
                reads.own.add(reference_unit(name))
                reads.other.add((table.references[name].table, column_unit(column)))
                return
            case Follow(reference=name, table=parent, body=body):
                reads.own.add(reference_unit(name))
                self._collect_elsewhere(parent, body, reads)
                return
            case Candidate(table=other, body=body):
                self._collect_elsewhere(other, body, reads)
                return
            case Aggregate(hops=hops):
                for hop in hops:
                    reads.other.add((hop.table, reference_unit(hop.reference)))
            case IndexIn(reference=group) | Running(reference=group) | Neighbour(reference=group):
                if group is not None:
                    reads.own.add(reference_unit(group))
                    if table.references[group].each is None:
                        reads.other.add((table.name, reference_unit(group)))
            case Split(reference=name, weight=weight):
                reads.own.add(reference_unit(name))
                reads.other.add((table.name, reference_unit(name)))
                self._collect_elsewhere(table.name, weight, reads)
            case _:
                pass
        for child in children(expr):
            self._collect(table, child, reads)

    def _collect_elsewhere(self, table: str, body: Expr, reads: Reads) -> None:
        plan = self._tables.get(table)
        if plan is None:
            return
        inner = Reads()
        self._collect(plan.table, body, inner)
        reads.other |= inner.elsewhere(table)
