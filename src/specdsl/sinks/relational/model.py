"""What databases are told of a table: written columns, key, unique columns, references, conditions.

A rule that names a column which is not written, or a table that is not there, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from specdsl.datatypes import types as t
from specdsl.ir import expr as x
from specdsl.ir.model import Column, Dataset, Table


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` hold the values of ``key`` of a row of ``table``. ``later``: that table does not come
    before this one (it is this one, or there is a cycle)."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]
    later: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """One table. ``uniques`` has the unique sets of columns other than the key."""

    table: Table
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...]
    references: tuple[ForeignKey, ...]

    @property
    def name(self) -> str:
        return self.table.name

    def column(self, name: str) -> Column:
        """The written column ``name``."""
        return self.table.columns[name]

    @property
    def keyed(self) -> frozenset[str]:
        """Columns that are part of a key, a unique set or a reference: databases index them."""
        sets = [self.key, *self.uniques, *(r.columns for r in self.references)]
        return frozenset(name for names in sets for name in names)

    def to_index(self) -> list[tuple[str, ...]]:
        """The columns of references that no key or unique set begins with: worth an index of their own."""
        begun = [self.key, *self.uniques]
        out: list[tuple[str, ...]] = []
        for reference in self.references:
            columns = reference.columns
            if columns not in out and not any(names[: len(columns)] == columns for names in begun):
                out.append(columns)
        return out


def relations(dataset: Dataset, order: Sequence[str]) -> list[Relation]:
    """The tables named by ``order``, in that order."""
    place = {name: i for i, name in enumerate(order)}
    sets = {name: _unique_sets(dataset.tables[name]) for name in order}
    return [_relation(dataset.tables[name], place, sets) for name in order]


def parents_first(dataset: Dataset) -> list[str]:
    """The tables' names, each after those that it refers to as far as cycles allow."""
    done: dict[str, None] = {}
    open_: set[str] = set()

    def visit(name: str) -> None:
        if name in done or name in open_ or name not in dataset.tables:
            return
        open_.add(name)
        for reference in dataset.tables[name].references.values():
            visit(reference.table)
        done[name] = None

    for name in dataset.tables:
        visit(name)
    return list(done)


def _relation(table: Table, place: Mapping[str, int], sets: Mapping[str, list[tuple[str, ...]]]) -> Relation:
    written = tuple(c for c in table.columns.values() if not c.hidden)
    key = table.key if _can_index(table, table.key) else ()
    references = [
        ForeignKey(r.columns, r.table, r.key, place[r.table] >= place[table.name])
        for r in table.references.values()
        if r.table in sets and r.key in sets[r.table] and _can_index(table, r.columns)
    ]
    uniques = tuple(names for names in sets[table.name] if names != key)
    return Relation(table, written, key, uniques, tuple(dict.fromkeys(references)))


def _unique_sets(table: Table) -> list[tuple[str, ...]]:
    """The key and all other sets of columns whose values no two rows share."""
    sets: Iterable[tuple[str, ...]] = (
        table.key,
        *((c.name,) for c in table.columns.values() if c.uniqueness.value != "none"),
        *(u.columns for u in table.uniques),
        *(r.columns for r in table.references.values() if r.unique),
    )
    # A set that holds the key's columns and more says nothing new, but is kept: references may name it.
    return [names for names in dict.fromkeys(sets) if names and _can_index(table, names)]


def _can_index(table: Table, names: tuple[str, ...]) -> bool:
    return bool(names) and all(
        name in table.columns
        and not table.columns[name].hidden
        and not isinstance(table.columns[name].type, (t.List, t.Struct, t.Json))
        for name in names
    )


def counts_up(column: Column) -> bool:
    """Whether the values of an integer column grow from row to row by its expression alone."""
    match column.value:
        case x.RowNumber():
            return column.nulls is None
        case x.Call(function="sequence", args=args):
            steps = [arg for name, arg in args if name == "step"]
            positive = all(isinstance(s, x.Const) and isinstance(s.value, int) and s.value > 0 for s in steps)
            return positive and column.nulls is None
        case _:
            return False
