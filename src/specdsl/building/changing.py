"""What a batch changes besides making rows, decided before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from specdsl.building.form import Form
from specdsl.building.options import BuildOptions
from specdsl.changes.choosing import Deletions, choose_deletions, choose_updates
from specdsl.changes.following import Follow
from specdsl.changes.formats.base import ChangeFormat
from specdsl.changes.formats.registry import change_format
from specdsl.changes.names import CHANGE_FORMS
from specdsl.changes.numbering import BatchLog, TableLog, numbered
from specdsl.errors import DataError, UsageError
from specdsl.generate.changed import Changed, TableChanges, no_changes, no_updates
from specdsl.generate.generator import Generator
from specdsl.generate.history import History, Past
from specdsl.generate.state import Indexes
from specdsl.sinks.registry import SINKS
from specdsl.vectors.vector import Int64Array

if TYPE_CHECKING:
    from specdsl.checkpoints.following import NextBatch
    from specdsl.checkpoints.model import Batch
    from specdsl.generate.generator import DataSource
    from specdsl.ir.model import Dataset
    from specdsl.plan.model import Plan

_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Changing:
    """``form``: of the change records (None: none are written, only new rows); ``snapshot``: whether all rows
    are written as they are after the batch. ``now`` makes rows as the batch sees them, before its changes;
    ``after`` as they are after it. ``logs``: of all batches, this one last. ``notes``: what could not be."""

    form: ChangeFormat | None
    snapshot: bool
    now: Generator
    after: Generator
    before: Mapping[str, TableChanges]
    updated: Mapping[str, Changed]
    deleted: Mapping[str, Int64Array]
    logs: tuple[BatchLog, ...]
    notes: tuple[str, ...]

    @property
    def log(self) -> BatchLog:
        """This batch's."""
        return self.logs[-1]

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The tables with rows that change, those with new rows included."""
        return tuple(n for n, t in self.log.tables.items() if t.inserts or t.updates or t.deletes)

    @property
    def recorded(self) -> tuple[str, ...]:
        """The tables that change records are written of."""
        return tuple(self.log.tables) if self.form is not None and self.form.whole else self.tables

    @cached_property
    def touched(self) -> tuple[str, ...]:
        """The tables of which earlier rows change."""
        return tuple(n for n, t in self.log.tables.items() if t.updates or t.deletes)

    @property
    def remembered(self) -> tuple[str, ...]:
        """The tables of which the checkpoint keeps changes: those, and where hidden columns alone change."""
        return tuple(dict.fromkeys((*self.touched, *self.updated)))

    def updates(self, table: str) -> Int64Array:
        """The rows that are updated, in their order."""
        return self.updated[table].rows if table in self.updated else _NONE

    def deletes(self, table: str) -> Int64Array:
        """The rows that are deleted, in their order."""
        return self.deleted.get(table, _NONE)[::-1]

    def before_rows(self, table: str) -> tuple[Int64Array, ...]:
        """The rows that are updated and those that are deleted, the ones whose changes come first first."""
        _, updated, deleted = self.log.tables[table].sequence
        pieces = self.updates(table), self.deletes(table)
        return pieces if updated <= deleted else pieces[::-1]

    def all_of(self, table: str) -> TableChanges:
        """The changes of a table in all batches, this one included."""
        known = self.before.get(table) or no_changes()
        return known.with_batch(len(self.logs) - 1, self.updated.get(table), self.deleted.get(table, _NONE))

    def rows(self, table: str) -> tuple[int, int, int]:
        """How many are new, updated, deleted."""
        log = self.log.tables[table]
        return log.inserts, log.updates, log.deletes


def require_changes(options: BuildOptions, dataset: Dataset, form: Form, *, batch: bool) -> None:
    """Raises UsageError for change records and snapshots that cannot be asked for."""
    asked = "--changes" if options.changes is not None else "--snapshot" if options.snapshot else None
    if asked is None:
        return
    if options.changes is not None and options.changes not in CHANGE_FORMS:
        raise UsageError(
            f"there is no form `{options.changes}` of changes", f"one of: {', '.join(CHANGE_FORMS)}"
        )
    if not batch:
        raise UsageError(
            f"{asked} is about batches, and this build is none", "--checkpoint state.duckdb makes it one"
        )
    if options.format not in SINKS:
        raise UsageError(
            f"{options.format} holds tables, not their changes: {asked} writes files of rows",
            f"one of: {', '.join(f'-f {name}' for name in SINKS)}",
        )
    dirty = next((name for name, table in dataset.tables.items() if table.dirt), None)
    if options.changes is not None and dirty is not None:
        raise UsageError(
            f"change records are of rows as they are, and rows of `{dirty}` are to be spoiled",
            "--clean leaves the dirt out; without --changes the batch has plain rows, spoiled as declared",
        )
    if options.changes is not None:
        change_format(options.changes).require(options.format, dataset, form.of_changes)


def decide_changes(
    planned: Plan,
    data: DataSource,
    batch: NextBatch,
    batches: Sequence[Batch],
    options: BuildOptions,
    generator: Generator,
) -> Changing:
    """What ``batch``, whose rows ``generator`` makes, changes in those of ``batches``. Raises
    GenerationError, UsageError."""
    form = None if options.changes is None else change_format(options.changes)
    dataset, first = planned.dataset, batch.first
    known = {n: rows for n, rows in first.items() if n in planned.tables}
    history = batch.history
    deletions = Deletions()
    updated: dict[str, Changed] = {}
    short: list[str] = []
    if batch.number > 1 and any(t.changes for t in dataset.tables.values()):
        require_shown(dataset, options)
        deletions = choose_deletions(generator.engine, known)
        changes = _with(history, deletions.deleted, {})
        history = replace(history, changes=changes, indexes=Indexes())
        generator = Generator(planned, data, None, history)
        updated, short = choose_updates(generator.engine, known, deletions.nulled)
        order_of_following = generator.engine.following.order
        for at, name in enumerate(order_of_following):
            changes = _with(batch.history, deletions.deleted, updated)
            seeing = replace(history, changes=changes, open=frozenset(order_of_following[at:]))
            engine = Generator(planned, data, None, seeing).engine
            followed, seen = Follow(engine, known, updated, deletions.deleted).rows(name)
            if len(followed):
                updated[name] = updated.get(name, no_updates()).with_followed(followed, seen)
    order = [n for n in planned.order if n in planned.tables]
    rows = {n: generator.row_count(n) for n in order}
    logs = [*_logs(batches)]
    start = 1 if not logs else logs[-1].first + logs[-1].count
    tables, end = numbered(
        order,
        start,
        {n: (known.get(n, 0), rows[n] - known.get(n, 0)) for n in order},
        {n: len(c.rows) for n, c in updated.items()},
        {n: len(r) for n, r in deletions.deleted.items()},
        [n for n, changed in updated.items() if _comes_late(changed)],
    )
    opened = logs[-1].now if logs else dataset.now
    logs.append(BatchLog(opened, dataset.now, start, end - start, tables))
    after = Generator(
        _grown_no_more(planned, rows),
        data,
        None,
        History(
            (*history.past, Past(history.edition, dataset, dataset.now, {**first, **rows})),
            history.edition,
            _with(batch.history, deletions.deleted, updated),
            history.indexes,
        ),
    )
    return Changing(
        form,
        options.snapshot,
        generator,
        after,
        batch.history.changes,
        updated,
        deletions.deleted,
        tuple(logs),
        (*deletions.short, *short),
    )


def require_rows(batch: NextBatch, changing: Changing) -> None:
    """Raises DataError where a batch would have no rows at all."""
    if batch.number > 1 and not changing.log.count:
        raise DataError(
            f"batch {batch.number} would have no rows: no table grows, and nothing changes",
            "say by how much in the spec (`table orders 50_000 grows 2_000 per batch`), or with "
            "--rows orders=+2_000",
        )


def require_shown(dataset: Dataset, options: BuildOptions) -> None:
    """Raises UsageError where changes would be made that no file shows."""
    if options.changes is None and not options.snapshot:
        table = next(t.name for t in dataset.tables.values() if t.changes)
        raise UsageError(
            f"later batches change rows of `{table}`, which plain rows cannot say",
            "--changes writes change records (or --changes debezium, --changes scd2), --snapshot all rows as "
            "they are then",
        )


def _comes_late(changed: Changed) -> bool:
    """Whether updates come after the deletes that they could follow from: all of a table, unless some must
    come before the deletes, as references to deleted rows are set to null."""
    return bool(len(changed.followed)) and not bool((changed.rules < 0).any())


def _with(
    history: History, deleted: Mapping[str, Int64Array], updated: Mapping[str, Changed]
) -> dict[str, TableChanges]:
    """The changes of all batches, with those of the one after ``history``."""
    number = len(history.past)
    out = dict(history.changes)
    for name in {**deleted, **updated}:
        known = out.get(name) or no_changes()
        out[name] = known.with_batch(number, updated.get(name), deleted.get(name, _NONE))
    return out


def _grown_no_more(planned: Plan, rows: Mapping[str, int]) -> Plan:
    from specdsl.plan.planner import plan

    tables = {
        name: table if table.rows is None or name not in rows else replace(table, rows=rows[name])
        for name, table in planned.dataset.tables.items()
    }
    return plan(replace(planned.dataset, tables=tables))


def _logs(batches: Sequence[Batch]) -> list[BatchLog]:
    found: list[BatchLog] = []
    first = 1
    for batch in batches:
        opened = found[-1].now if found else batch.now
        tables = {
            n: TableLog(t.first, t.rows, t.updates, t.deletes, t.sequence) for n, t in batch.tables.items()
        }
        count = sum(t.inserts + t.updates + t.deletes for t in tables.values())
        found.append(BatchLog(opened, batch.now, first, count, tables))
        first += count
    return found
