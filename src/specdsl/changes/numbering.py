"""The numbers of changes, and when they were made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from specdsl.generate.changed import Changed, TableChanges
from specdsl.records import record
from specdsl.vectors.vector import Int64Array


@record
class TableLog:
    """Of one table in one batch: its first new row and how many there are, and the numbers of its first
    insert, update and delete. Inserts and updates go by row, deletes against it."""

    first: int
    inserts: int
    updates: int
    deletes: int
    sequence: tuple[int, int, int]


@record
class BatchLog:
    """One batch: the clock of the one before and its own, in microseconds; the number of its first change,
    and how many it has."""

    opened: int
    now: int
    first: int
    count: int
    tables: Mapping[str, TableLog]

    def committed(self, numbers: Int64Array) -> Int64Array:
        """When the changes with these numbers were made, in microseconds: spread over the time since the
        batch before, up to the batch's clock; all at its clock where that stands still."""
        if not self.count:
            return np.full(len(numbers), self.now, dtype=np.int64)
        whole, rest = divmod(self.now - self.opened, self.count)
        place = numbers - self.first + 1
        moments: Int64Array = self.opened + whole * place + rest * place // self.count
        return moments


def numbered(
    order: Sequence[str],
    first: int,
    rows: Mapping[str, tuple[int, int]],
    updates: Mapping[str, int],
    deletes: Mapping[str, int],
    late: Collection[str] = (),
) -> tuple[dict[str, TableLog], int]:
    """The log of a batch's tables, and the number after its last change. ``order``: of the tables, parents
    first; ``rows``: of each the first new row and how many. ``late``: the tables whose updates come after all
    deletes, those of rows that refer to others before those of the others."""
    inserts, changes, removals = {}, {}, {}
    for name in order:
        inserts[name], first = first, first + rows[name][1]
    for name in order:
        if name not in late:
            changes[name], first = first, first + updates.get(name, 0)
    for name in reversed(order):
        removals[name], first = first, first + deletes.get(name, 0)
    for name in reversed(order):
        if name in late:
            changes[name], first = first, first + updates.get(name, 0)
    logs = {
        name: TableLog(
            *rows[name],
            updates.get(name, 0),
            deletes.get(name, 0),
            (inserts[name], changes[name], removals[name]),
        )
        for name in order
    }
    return logs, first


def made(logs: Sequence[BatchLog], table: str, rows: Int64Array) -> Int64Array:
    """When each of ``rows``, which batches of ``logs`` have made, was inserted, in microseconds."""
    own = [log for log in logs if table in log.tables]
    moments = np.zeros(len(rows), dtype=np.int64)
    starts = np.array([log.tables[table].first for log in own], dtype=np.int64)
    owners = np.searchsorted(starts, rows, side="right") - 1
    for number, log in enumerate(own):
        mine = owners == number
        of_table = log.tables[table]
        moments[mine] = log.committed(rows[mine] - of_table.first + of_table.sequence[0])
    return moments


def updated(log: BatchLog, table: str, changed: Changed, rows: Int64Array) -> Int64Array:
    """When the batch of ``log`` updated each of ``rows``, in microseconds; ``changed``: all that it did."""
    return log.committed(np.searchsorted(changed.rows, rows) + log.tables[table].sequence[1])


def deleted(log: BatchLog, table: str, gone: Int64Array, rows: Int64Array) -> Int64Array:
    """When the batch of ``log`` deleted each of ``rows``, in microseconds; ``gone``: all that it did."""
    return log.committed(len(gone) - 1 - np.searchsorted(gone, rows) + log.tables[table].sequence[2])


def since(logs: Sequence[BatchLog], changes: TableChanges, table: str, rows: Int64Array) -> Int64Array:
    """When each of ``rows``, which batches before the last of ``logs`` have made, became what it is before
    that batch, in microseconds. ``changes``: of the table in those batches."""
    moments = made(logs[:-1], table, rows)
    for batch, changed in changes.updates.items():
        if not len(changed.rows):
            continue
        at = np.minimum(np.searchsorted(changed.rows, rows), len(changed.rows) - 1)
        mine = changed.rows[at] == rows
        moments[mine] = updated(logs[batch], table, changed, rows[mine])
    return moments
