"""Batches of a spec without files: what they change, and what tables are after each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from specdsl.changes.choosing import Deletions, choose_deletions, choose_updates
from specdsl.changes.numbering import BatchLog, numbered
from specdsl.check.moving import at_time
from specdsl.compiler import compile_source
from specdsl.generate.changed import Changed, TableChanges, no_changes
from specdsl.generate.generator import Generator
from specdsl.generate.history import History, Past
from specdsl.ir.model import Dataset
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.source import SourceFile


@dataclass(frozen=True)
class State:
    """The dataset after a batch. ``generator`` sees all that was changed up to then."""

    dataset: Dataset
    generator: Generator
    changes: Mapping[str, TableChanges]
    logs: tuple[BatchLog, ...]

    def rows(self, table: str) -> pa.RecordBatch:
        """The rows that are left."""
        numbers = np.arange(self.generator.row_count(table), dtype=np.int64)
        if table in self.changes:
            numbers = np.setdiff1d(numbers, self.changes[table].deleted)
        return self.generator.take(table, numbers)


def simulated(spec: str, batches: int) -> list[State]:
    """The dataset after each of so many batches."""
    found = compile_source(SourceFile("spec.dgen", spec), LocalFiles()).dataset
    assert found is not None
    past: tuple[Past, ...] = ()
    logs: tuple[BatchLog, ...] = ()
    changes: dict[str, TableChanges] = {}
    states = []
    for number in range(batches):
        dataset = _grown(found, past, number)
        made = Generator(plan(dataset), LocalFiles(), None, History(past, "", changes))
        updated: Mapping[str, Changed] = {}
        gone = Deletions()
        if number:
            first = past[-1].rows
            gone = choose_deletions(made._engine, first)
            for name, rows in gone.deleted.items():
                changes[name] = changes.get(name, no_changes()).with_batch(number, None, rows)
            made = Generator(plan(dataset), LocalFiles(), None, History(past, "", dict(changes)))
            updated, _ = choose_updates(made._engine, first, gone.nulled)
            for name, some in updated.items():
                none = np.empty(0, dtype=np.int64)
                changes[name] = changes.get(name, no_changes()).with_batch(number, some, none)
        counts = {name: made.row_count(name) for name in made.plan.tables}
        old = past[-1].rows if past else dict.fromkeys(counts, 0)
        tables, end = numbered(
            made.plan.order,
            logs[-1].first + logs[-1].count if logs else 1,
            {name: (old[name], count - old[name]) for name, count in counts.items()},
            {name: len(some.rows) for name, some in updated.items()},
            {name: len(some) for name, some in gone.deleted.items()},
        )
        opened = logs[-1].now if logs else dataset.now
        start = logs[-1].first + logs[-1].count if logs else 1
        logs = (*logs, BatchLog(opened, dataset.now, start, end - start, tables))
        past = (*past, Past("", dataset, dataset.now, counts))
        after = Generator(
            plan(_grown(found, past, None)), LocalFiles(), None, History(past, "", dict(changes))
        )
        states.append(State(dataset, after, dict(changes), logs))
    return states


def _grown(dataset: Dataset, past: tuple[Past, ...], number: int | None) -> Dataset:
    """The dataset with the rows and the clock of batch ``number``; None: those of the last one."""
    moved = at_time(dataset, dataset.now + dataset.per_batch * (len(past) - 1 if number is None else number))
    old = past[-1].rows if past else {}
    tables = {
        name: table
        if table.rows is None or not past
        else replace(table, rows=old[name] + (0 if number is None else table.grows))
        for name, table in moved.tables.items()
    }
    return replace(moved, tables=tables)
