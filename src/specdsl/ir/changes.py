"""What an update touches: the columns that it sets, and those of the row that follow from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from specdsl.ir import expr as e
from specdsl.ir.model import Column, Dataset, Lifecycle, OnDelete, Reference, Table, Update
from specdsl.ir.walk import walk, walk_row
from specdsl.records import record

DIRECT = ""
"""A row is deleted of itself, not with its parent."""


@record
class Touched:
    """Parts of a row: columns, numbers of groups, references by name. ``set_columns``, ``set_groups`` and
    ``set_references`` are those that an update says itself, and that are drawn anew."""

    columns: frozenset[str]
    groups: frozenset[int]
    references: frozenset[str]
    set_columns: frozenset[str]
    set_groups: frozenset[int]
    set_references: frozenset[str]


def touched(table: Table, update: Update) -> Touched:
    """What ``update`` computes anew in a row of ``table``."""
    named = passing_columns(table, update.columns) if update.passing else frozenset(update.columns)
    return _spread(table, named, frozenset(update.values), fresh=not update.passing)


def touched_by_null(table: Table, references: Collection[str]) -> Touched:
    """What is computed anew when ``references`` lead nowhere any more."""
    columns = frozenset(c for name in references for c in table.references[name].columns)
    return _spread(table, columns, frozenset(), fresh=False)


def touched_by_following(table: Table, columns: Collection[str]) -> Touched:
    """What is computed anew when ``columns``, which are roll-ups, are."""
    return _spread(table, columns, frozenset(), fresh=False)


def passing_columns(table: Table, columns: Collection[str]) -> frozenset[str]:
    """``columns``, and where one is the state of a lifecycle the times of its states with it."""
    found = set(columns)
    for lifecycle in table.lifecycles:
        if lifecycle_columns(lifecycle) & found:
            found |= lifecycle_columns(lifecycle) | _ends(table, lifecycle)
    return frozenset(found)


def lifecycle_columns(lifecycle: Lifecycle) -> frozenset[str]:
    """The columns that tell how far a row has come."""
    return frozenset({lifecycle.column, *(lifecycle.times[s] for s in lifecycle.states[1:])})


def _ends(table: Table, lifecycle: Lifecycle) -> set[str]:
    names = {node.column for node in walk(lifecycle.until) if isinstance(node, e.ColumnValue)}
    return {name for name in names if table.columns[name].hidden}


def _spread(table: Table, named: Collection[str], given: Collection[str], *, fresh: bool) -> Touched:
    """What follows from columns ``named``; those that are ``given`` have a value of their own."""
    columns, groups, references = set(named), set[int](), set[str]()
    for name in named:
        column = table.columns[name]
        if column.reference is not None:
            references.add(column.reference)
        if name not in given:
            groups |= {n.group for n in walk_row(column.value) if isinstance(n, e.GroupItem)}
    for reference in references:
        columns |= set(table.references[reference].columns)
    for number in groups:
        columns |= set(table.groups[number].columns)
    drawn = frozenset(columns), frozenset(groups), frozenset(references)
    while True:
        size = len(columns) + len(groups) + len(references)
        for name, other in table.references.items():
            if name not in references and _reads(table, _of_reference(other), columns, groups, references):
                references.add(name)
        for number, group in enumerate(table.groups):
            if number not in groups and _reads(table, (group.value,), columns, groups, references):
                groups.add(number)
        for name, column in table.columns.items():
            if name not in columns and _reads(table, _of_column(column), columns, groups, references):
                columns.add(name)
        if size == len(columns) + len(groups) + len(references):
            parts = frozenset(columns), frozenset(groups), frozenset(references)
            return (
                Touched(*parts, *drawn) if fresh else Touched(*parts, frozenset(), frozenset(), frozenset())
            )


def _of_reference(reference: Reference) -> Iterator[e.Expr]:
    if reference.nulls is not None and reference.nulls.when is not None:
        yield reference.nulls.when
    yield from (x for x in (reference.where, reference.skew) if x is not None)


def _of_column(column: Column) -> Iterator[e.Expr]:
    yield column.value
    if column.bounds is not None:
        yield from (end for end in (column.bounds.low, column.bounds.high) if end is not None)
    if column.nulls is not None and column.nulls.when is not None:
        yield column.nulls.when


def _reads(
    table: Table,
    expressions: Collection[e.Expr] | Iterator[e.Expr],
    columns: Collection[str],
    groups: Collection[int],
    references: Collection[str],
) -> bool:
    """Whether one of ``expressions`` reads one of these parts of its row."""
    for expr in expressions:
        for node in _in_table(table, expr):
            match node:
                case e.ColumnValue(column=name) if name in columns:
                    return True
                case e.GroupItem(group=number) if number in groups:
                    return True
                case e.Follow() | e.ParentKey() | e.IndexIn() | e.Running() | e.Neighbour() | e.Split() if (
                    node.reference in references
                ):
                    return True
                case _:
                    continue
    return False


def _in_table(table: Table, expr: e.Expr) -> Iterator[e.Expr]:
    """``expr`` and what is below it in the same row, or along the rows of its group."""
    for node in walk_row(expr):
        yield node
        if isinstance(node, (e.Running, e.Neighbour)) and isinstance(node.value, e.Candidate):
            yield from walk_row(node.value.body)


def deleted_through(dataset: Dataset) -> Mapping[str, frozenset[str]]:
    """The tables whose rows may be deleted, and through what: references whose parents take them along, or
    DIRECT."""
    found = {name: {DIRECT} for name, table in dataset.tables.items() if table.deletes}
    while True:
        size = sum(len(ways) for ways in found.values())
        for name, table in dataset.tables.items():
            for reference in table.references.values():
                if reference.on_delete is OnDelete.CASCADE and reference.table in found:
                    found.setdefault(name, set()).add(reference.name)
        if size == sum(len(ways) for ways in found.values()):
            return {name: frozenset(ways) for name, ways in found.items()}
