"""Columns that are made from their own value in the previous row of a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specdsl.check.cycles import column_expressions, recursion_groups
from specdsl.ir.expr import ColumnValue, Neighbour, Place
from specdsl.ir.model import Table
from specdsl.ir.walk import walk, walk_row
from specdsl.plan.model import Recursion


def recursions(table: Table) -> Mapping[str, Recursion]:
    """The recursion that each column of ``table`` is part of, for those that are."""
    if not any(_looks_back(table, name) for name in table.columns):
        return {}
    needs = {name: set(_needs(table, name)) for name in table.columns}
    reach = {name: _reachable(needs, name) for name in needs}
    out: dict[str, Recursion] = {}
    for name in table.columns:
        if name in out or name not in reach[name]:
            continue
        members = tuple(other for other in table.columns if other in reach[name] and name in reach[other])
        reference = next((group for group in recursion_groups(table, set(members))), None)
        if reference is not None:
            out.update(dict.fromkeys(members, Recursion(members, reference)))
    return out


def _looks_back(table: Table, name: str) -> bool:
    return any(
        isinstance(node, Neighbour) and node.place is Place.PREVIOUS
        for expr in column_expressions(table, table.columns[name])
        for node in walk(expr)
    )


def _needs(table: Table, name: str) -> Iterator[str]:
    """The columns of this row, and of the previous one, that a column is made from."""
    for expr in column_expressions(table, table.columns[name]):
        for node in walk_row(expr):
            match node:
                case ColumnValue(column=column):
                    yield column
                case Neighbour(place=Place.PREVIOUS, value=value):
                    yield from (n.column for n in walk(value) if isinstance(n, ColumnValue))
                case _:
                    pass


def _reachable(needs: Mapping[str, set[str]], start: str) -> set[str]:
    """The columns that ``start`` is made from, by any number of steps (itself only in a circle)."""
    seen: set[str] = set()
    todo = list(needs[start])
    while todo:
        name = todo.pop()
        if name not in seen and name in needs:
            seen.add(name)
            todo += needs[name]
    return seen
