"""What the files of a table with declared dirt hold: nulls where none are allowed, and texts that are no
member of an enum."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from specdsl.datatypes import types as t
from specdsl.ir.model import Column, Dataset, DirtKind, Table


def as_written(dataset: Dataset) -> Dataset:
    """``dataset`` with the types that its files need."""
    if not any(table.dirt for table in dataset.tables.values()):
        return dataset
    return replace(dataset, tables={name: written_table(table) for name, table in dataset.tables.items()})


def without_dirt(dataset: Dataset) -> Dataset:
    """``dataset`` as it would be without its lines of dirt."""
    if not any(table.dirt for table in dataset.tables.values()):
        return dataset
    tables = {name: replace(table, dirt=()) for name, table in dataset.tables.items()}
    return replace(dataset, tables=tables)


def written_table(table: Table) -> Table:
    """``table`` with the types that its files need."""
    if not table.dirt:
        return table
    columns = {name: _written(column, table) for name, column in table.columns.items()}
    return replace(table, columns=columns)


def _written(column: Column, table: Table) -> Column:
    for dirt in table.dirt:
        if dirt.subject != column.name:
            continue
        if dirt.kind is DirtKind.NULL:
            column = replace(column, nullable=True)
        elif dirt.kind is DirtKind.ENUM and isinstance(column.type, t.Enum):
            column = replace(column, type=spoiled_enum(column.type))
    return column


def spoiled_enum(enum: t.Enum) -> t.Enum:
    """``enum`` with, after its members, as many texts that are none: first those for its first member, then
    those for its second, ``VARIANTS`` of each."""
    taken = set(enum.members)
    more: list[str] = []
    for member in enum.members:
        for text in (member.swapcase(), f"{member} ", member[:-1] or f"{member}{member}"):
            free = next(f"{text}{'?' * n}" for n in count() if f"{text}{'?' * n}" not in taken)
            taken.add(free)
            more.append(free)
    return t.Enum(enum.name, (*enum.members, *more))


VARIANTS = 3
"""Texts that are no member, for each that is one."""
