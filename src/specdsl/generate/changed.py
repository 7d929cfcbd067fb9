"""What later batches have changed in rows that were there, as the generator takes it: row numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import numpy as np

from specdsl.records import record
from specdsl.vectors.vector import Int64Array

FOLLOWED = 1 << 30
"""The rule of a row that no update has changed: only its roll-ups followed the rows that they are over."""


@record
class Changed:
    """The rows of a table that one batch has updated, ascending. ``rules``: which of the table's updates it
    was; below 0 -1 - the sum of 2**i over the references that lost their row (see ``nulled_references``); or
    FOLLOWED. ``draws``: which of the draws of that update it came to. ``followed``: the rows whose roll-ups
    were computed again, ascending. Those that are not in ``rows`` differ in hidden columns alone."""

    rows: Int64Array
    rules: Int64Array
    draws: Int64Array
    followed: Int64Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def with_followed(self, followed: Int64Array, seen: Int64Array) -> Changed:
        """The same where the roll-ups of ``followed`` rows are computed again, of which one sees it in
        ``seen`` ones; both ascending."""
        more = np.setdiff1d(seen, self.rows, assume_unique=True)
        rows = np.concatenate([self.rows, more])
        order = np.argsort(rows)
        rules = np.concatenate([self.rules, np.full(len(more), FOLLOWED, dtype=np.int64)])
        draws = np.concatenate([self.draws, np.zeros(len(more), dtype=np.int64)])
        return Changed(rows[order], rules[order], draws[order], followed)


def no_updates() -> Changed:
    """A batch that updates nothing."""
    none = np.empty(0, dtype=np.int64)
    return Changed(none, none, none)


@record
class TableChanges:
    """All changes of a table. ``updates``: by the number of the batch, from 0, ascending. ``deleted``: rows,
    ascending, and ``deleted_in`` the number of the batch that deleted each."""

    updates: Mapping[int, Changed]
    deleted: Int64Array
    deleted_in: Int64Array

    def with_batch(self, number: int, updated: Changed | None, deleted: Int64Array) -> TableChanges:
        """The same with those of batch ``number``, which has none yet."""
        updates = self.updates if updated is None else {**self.updates, number: updated}
        rows = np.concatenate([self.deleted, deleted])
        batches = np.concatenate([self.deleted_in, np.full(len(deleted), number, dtype=np.int64)])
        order = np.argsort(rows, kind="stable")
        return TableChanges(updates, rows[order], batches[order])

    def until(self, number: int) -> TableChanges:
        """Those of the batches before ``number``."""
        kept = self.deleted_in < number
        updates = {batch: changed for batch, changed in self.updates.items() if batch < number}
        return TableChanges(updates, self.deleted[kept], self.deleted_in[kept])


def no_changes() -> TableChanges:
    """A table that nothing has changed yet."""
    none = np.empty(0, dtype=np.int64)
    return TableChanges({}, none, none)


class Alive:
    """The rows of a table that are left, numbered from 0 by rank. ``deleted``: those that are not,
    ascending."""

    def __init__(self, deleted: Int64Array) -> None:
        self._deleted = deleted
        self._gaps = deleted - np.arange(len(deleted), dtype=np.int64)

    def __len__(self) -> int:
        return len(self._deleted)

    def rank(self, rows: Int64Array) -> Int64Array:
        """How many rows are left before each of ``rows``."""
        before: Int64Array = rows - np.searchsorted(self._deleted, rows, side="left")
        return before

    def gather(self, ranks: Int64Array) -> Int64Array:
        """The rows at ``ranks``."""
        rows: Int64Array = ranks + np.searchsorted(self._gaps, ranks, side="right")
        return rows

    def read(self, start: int, stop: int) -> Int64Array:
        """The rows at the ranks ``start .. stop - 1``."""
        return self.gather(np.arange(start, stop, dtype=np.int64))

    def has(self, rows: Int64Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of ``rows`` are left."""
        at = np.searchsorted(self._deleted, rows)
        found = np.zeros(len(rows), dtype=np.bool_)
        inside = at < len(self._deleted)
        found[inside] = self._deleted[at[inside]] == rows[inside]
        return ~found
