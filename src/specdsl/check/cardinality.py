"""How many rows tables have, as far as the spec alone tells."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.ir.model import Dataset, Reference, Table


@dataclass(frozen=True, slots=True)
class RowRange:
    """Between ``low`` and ``high`` rows (None: no bound is known)."""

    low: int
    high: int | None

    @property
    def exact(self) -> int | None:
        return self.low if self.low == self.high else None

    def times(self, other: RowRange) -> RowRange:
        high = None if self.high is None or other.high is None else self.high * other.high
        return RowRange(self.low * other.low, 0 if 0 in (self.high, other.high) else high)


UNBOUNDED = RowRange(0, None)


def dimensions(table: Table) -> list[Reference]:
    """The references that give a table its rows, slowest first."""
    return [r for r in table.references.values() if r.each is not None]


def row_range(dataset: Dataset, name: str, _open: frozenset[str] = frozenset()) -> RowRange:
    """The number of rows of table ``name``. Tables whose counts depend on each other (reported
    elsewhere) are unbounded."""
    table = dataset.tables.get(name)
    if table is None or name in _open or table.query is not None:
        return UNBOUNDED
    if table.source is not None:
        return RowRange(table.source.rows, table.source.rows)
    if table.own_rows is not None:
        return RowRange(table.own_rows, table.own_rows)
    each = dimensions(table)
    if not each and table.over is None:
        return UNBOUNDED
    total = RowRange(1, 1)
    for reference in each:
        total = total.times(children_range(dataset, reference, _open | {name}))
    if table.over is not None:
        total = total.times(RowRange(table.over.size, table.over.size))
    return total


def children_range(dataset: Dataset, reference: Reference, _open: frozenset[str] = frozenset()) -> RowRange:
    """The number of children that an ``each`` reference makes over all parents."""
    assert reference.each is not None
    parents = row_range(dataset, reference.table, _open)
    return parents.times(RowRange(reference.each.low, reference.each.high))
