"""From parents to their children: by arithmetic for ``each`` references, else through an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from specdsl.datatypes.types import INT
from specdsl.generate.sorted_rows import Keyed, SortedRows, sort_rows
from specdsl.generate.storage import bisect
from specdsl.plan.model import ReferenceKind
from specdsl.vectors import selection
from specdsl.vectors.vector import Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine
    from specdsl.generate.rows import RowSet

CHUNK = 1 << 17
"""Children that are looked at together."""


class Groups(Protocol):
    """The children of some parents, in row order. ``counts`` int64, one a parent."""

    counts: Int64Array

    def rows(self, owners: Int64Array, numbers: Int64Array) -> Int64Array:
        """The row number of child ``numbers[i]`` of the parent at position ``owners[i]``."""
        ...


class IndexedGroups:
    """Groups read from an index over the children."""

    def __init__(self, index: SortedRows, parents: Int64Array) -> None:
        self._index = index
        self._low, high = index.find(parents.view(np.uint64))
        self.counts: Int64Array = high - self._low

    def rows(self, owners: Int64Array, numbers: Int64Array) -> Int64Array:
        return self._index.rows.gather(np.take(self._low, owners) + numbers)

    def position(self, rows: Int64Array) -> Int64Array:
        """The position of each row among the children of its parent (aligned with the parents)."""
        found = bisect(self._index.rows, self._low, self._low + self.counts, rows, right=False)
        return found - self._low


def child_index(engine: Engine, table: str, reference: str, first: int) -> SortedRows:
    """The rows of ``table`` from ``first`` by the parent that ``reference`` gives them: one pass."""

    def keyed(rows: Int64Array) -> Keyed:
        parents, valid = engine.rowset(table, rows).parents(reference)
        return Keyed(parents.view(np.uint64), keep=valid)

    return sort_rows(engine.row_count(table), keyed, engine.temp_dir, first)


def groups(engine: Engine, table: str, reference: str, parents: Int64Array) -> Groups:
    """The children in ``table`` of each of ``parents``, which are of the batch at hand: rows of earlier
    batches cannot refer to them. After a batch, those of all batches."""
    found = engine.children(table, reference, parents)
    if found is not None:
        return found
    if engine.plan.tables[table].references[reference].kind is ReferenceKind.EACH:
        return engine.dimensions(table).groups(reference, parents)
    return IndexedGroups(engine.child_index(table, reference, engine.start(table)), parents)


def members(found: Groups, chunk: int = CHUNK) -> Iterator[tuple[Int64Array, Int64Array]]:
    """(owner positions, child rows) of all children, owner by owner, at most ``chunk`` at once."""
    offsets = selection.offsets_of(found.counts)
    total = int(offsets[-1])
    for start in range(0, total, chunk):
        stop = min(total, start + chunk)
        first = int(np.searchsorted(offsets, start, side="right")) - 1
        last = int(np.searchsorted(offsets, stop, side="left"))
        inside = np.minimum(offsets[first + 1 : last + 1], stop) - np.maximum(offsets[first:last], start)
        owners = np.repeat(np.arange(first, last, dtype=np.int64), np.maximum(inside, 0))
        numbers = np.arange(start, stop, dtype=np.int64) - np.take(offsets, owners)
        yield owners, found.rows(owners, numbers)


def index_in(rows: RowSet, reference: str) -> Vector:
    """Each row's position among those with the same parent; null without a parent."""
    key = ("index", reference)
    found = rows.cached(key)
    if found is None:
        if rows.plan.references[reference].kind is ReferenceKind.EACH:
            found = Vector(INT, rows.index_among_each(reference))
        else:
            parents, valid = rows.parents(reference)
            index = rows.engine.resolver.child_index(rows.table.name, reference)
            found = Vector(INT, IndexedGroups(index, parents).position(rows.rows), valid)
        rows.keep(key, found)
    return found  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class WholeGroups:
    """All rows that share a parent with one of some rows.

    ``rows``: group after group, in row order; ``starts``: where each group begins (groups + 1 of them);
    ``group``: the group of each of them; ``mine``: where the rows asked for stand (-1 for those without
    a parent).
    """

    rows: RowSet
    starts: Int64Array
    group: Int64Array
    mine: Int64Array


def whole_groups(rows: RowSet, reference: str) -> WholeGroups:
    """The groups of ``rows`` by ``reference``."""
    engine, table = rows.engine, rows.table.name
    scattered = rows.plan.references[reference].kind is not ReferenceKind.EACH
    if scattered:
        engine = engine.resolver  # a group's rows may be of any batch
    parents, valid = rows.parents(reference)
    positions = np.arange(rows.n, dtype=np.int64) if valid is None else np.flatnonzero(valid)
    distinct, inverse = np.unique(parents[positions], return_inverse=True)
    found: Groups
    if scattered:
        found = IndexedGroups(engine.child_index(table, reference), distinct)
    else:
        found = groups(engine, table, reference, distinct)
    starts = selection.offsets_of(found.counts)
    owners = np.repeat(np.arange(len(distinct), dtype=np.int64), found.counts)
    numbers = np.arange(len(owners), dtype=np.int64) - np.take(starts, owners)
    everyone = found.rows(owners, numbers)
    mine = np.full(rows.n, -1, dtype=np.int64)
    index = selection.array(index_in(rows, reference))
    mine[positions] = starts[inverse] + index[positions]
    same = len(everyone) == rows.n and np.array_equal(everyone, rows.rows)
    return WholeGroups(rows if same else engine.rowset(table, everyone), starts, owners, mine)
