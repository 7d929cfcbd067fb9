"""The next batch: its clock, its rows, and what it takes over from those before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from specdsl.building.identity import origin
from specdsl.check.moving import at_time
from specdsl.checkpoints.differences import Difference, differences
from specdsl.checkpoints.editions import Editions, stored_spec
from specdsl.checkpoints.growth import Growth, shrinking
from specdsl.checkpoints.model import Batch, Known, StoredSpec, TableRows, moment
from specdsl.checkpoints.stored import STORED, require_stored
from specdsl.errors import DataError, UsageError
from specdsl.files import Files
from specdsl.generate.history import History
from specdsl.ir.model import Dataset, Table
from specdsl.plan.model import Plan
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins

if TYPE_CHECKING:
    from specdsl.compiler import Compilation

_HELP = "`specdsl checkpoint reset` forgets batches; another checkpoint starts anew"


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What is asked for: the next batch of ``checkpoint``, which the caller holds. ``now``: its clock (None:
    by the spec), ``totals`` and ``more``: rows by table, in all or to add. ``plugins``: those that the spec
    was compiled with."""

    checkpoint: Known
    now: int | None = None
    totals: Mapping[str, int] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)
    plugins: Plugins = NO_PLUGINS


@dataclass(frozen=True, slots=True)
class NextBatch:
    """``dataset``: with the batch's clock and rows in all. ``first``: the rows that tables have already;
    those not in it are new. ``changes``: what the spec says otherwise than that of the batch before.
    ``coming``: why the batch after it cannot be, as far as the first one can tell."""

    number: int
    dataset: Dataset
    history: History
    first: Mapping[str, int]
    spec: StoredSpec
    changes: tuple[Difference, ...]
    coming: tuple[str, ...] = ()

    def batch(self, folder: str, tables: Mapping[str, TableRows], edition: str) -> Batch:
        """The batch as the checkpoint keeps it. ``tables``: what it does to every table."""
        came = origin(self.dataset)
        return Batch(
            self.number,
            self.dataset.now,
            self.dataset.seed,
            edition,
            folder,
            came.specdsl,
            came.stream_version,
            {**came.data_versions, **{f"{STORED}{name}": rows for name, rows in came.stored.items()}},
            tables,
        )


def next_batch(compilation: Compilation, dataset: Dataset, request: BatchRequest, files: Files) -> NextBatch:
    """The batch that follows. Raises DataError where it cannot be, UsageError for rows that cannot be added,
    OSError."""
    batches = request.checkpoint.batches()
    spec = stored_spec(compilation, dataset)
    editions = Editions(request.checkpoint, compilation, dataset, files, request.plugins)
    _require_counted(dataset, request.more, first=not batches)
    _require_keys(dataset)
    if not batches:
        if request.now is not None and request.now != dataset.now:
            dataset = _analysed(compilation, at_time(dataset, request.now))
        return NextBatch(1, dataset, History((), editions.name), {}, spec, ())
    last = batches[-1]
    _require_same(last, dataset, request.checkpoint)
    require_stored(last, dataset)
    past = editions.past(batches)
    changes: tuple[Difference, ...] = ()
    if past[-1].edition != editions.name:
        changes = tuple(differences(past[-1].dataset, dataset))
        refused = [c for c in changes if c.refused]
        if refused:
            more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
            raise DataError(
                f"the spec has changed since batch {last.number}: {refused[0].what}; "
                f"{refused[0].refused}{more}",
                _HELP,
            )
    clock = _clock(dataset, last, request)
    if dataset.now > clock and request.now is None:
        later = f"`now` is {moment(dataset.now)}, which moves no clock: --now does, for one batch"
        changes = (*changes, Difference(later))
    grown = _grown(at_time(dataset, clock), past[-1].rows, request)
    problems = shrinking(grown, past[-1].rows)
    if problems:
        raise DataError(f"cannot make batch {last.number + 1}: {problems[0]}", "rows that are there stay")
    checked = _analysed(compilation, grown)
    history = History(past, editions.name, request.checkpoint.changes())
    return NextBatch(last.number + 1, checked, history, past[-1].rows, spec, changes)


def foreseen(plan: Plan, batch: NextBatch, row_count: Callable[[str], int]) -> NextBatch:
    """The first batch, with why the next one could not be made where tables grow as they say."""
    tables = plan.dataset.tables
    if batch.number > 1 or not any(table.grows for table in tables.values()):
        return batch
    old = {name: row_count(name) for name in plan.tables}
    growing = {name for name, table in tables.items() if table.grows}
    while more := {name for name in plan.tables if name not in growing and _follows(tables[name], growing)}:
        growing |= more
    new = {name: rows + (tables[name].grows or (name in growing)) for name, rows in old.items()}
    problems = Growth(plan, old, new, bool(plan.dataset.per_batch)).problems()
    return replace(batch, coming=tuple(problems[:1]))


def _follows(table: Table, growing: set[str]) -> bool:
    """Whether the rows of a table are made for those of one that grows."""
    return any(r.each is not None and r.table in growing for r in table.references.values())


def require_growth(plan: Plan, batch: NextBatch, row_count: Callable[[str], int]) -> None:
    """Raises DataError where the rows of a later batch would not fit those that are there."""
    if batch.number == 1:
        return
    counted = {name: table.table.rows for name, table in plan.tables.items()}
    new = {name: row_count(name) if rows is None else rows for name, rows in counted.items()}
    first = {name: rows for name, rows in batch.first.items() if name in new}
    later = batch.history.past[-1].now != batch.dataset.now
    problems = Growth(plan, first, new, later).problems()
    if problems:
        more = f" (and {len(problems) - 1} more reasons)" if len(problems) > 1 else ""
        raise DataError(f"cannot make batch {batch.number}: {problems[0]}{more}", _HELP)


def _clock(dataset: Dataset, last: Batch, request: BatchRequest) -> int:
    now = last.now + dataset.per_batch if request.now is None else request.now
    if now < last.now:
        raise DataError(
            f"the clock of a batch cannot be before that of the batch before: {moment(now)} is before "
            f"{last.moment}",
            "give a later --now, or none",
        )
    return now


def _require_counted(dataset: Dataset, more: Mapping[str, int], *, first: bool) -> None:
    for name in more:
        if dataset.tables[name].rows is None:
            raise UsageError(
                f"no rows can be added to `{name}`: they follow from elsewhere",
                "let the table grow that they follow from",
            )
        if first:
            raise UsageError(
                f"there are no rows of `{name}` yet to add to: the first batch has those that the spec says",
                f"--rows {name}={dataset.tables[name].rows} gives their number",
            )


def _require_keys(dataset: Dataset) -> None:
    """Raises DataError where a key cannot be kept under the names of its columns."""
    for table in dataset.tables.values():
        taken = {"_batch", "_row", "_created_at", "_updated_in", "_deleted_in"}
        for column in table.key:
            if column.casefold() in taken:
                raise DataError(
                    f"the key of `{table.name}` has a column `{column}`, a name that its table in the "
                    "checkpoint has already",
                    "give the column another name",
                )
            taken.add(column.casefold())


def _require_same(last: Batch, dataset: Dataset, checkpoint: Known) -> None:
    """Raises DataError where the rows that are there cannot be made again."""
    came = origin(dataset)
    name = checkpoint.dataset()
    if name != dataset.name:
        raise DataError(
            f"{checkpoint.name} is of dataset `{name}`, not `{dataset.name}`", "use a checkpoint of its own"
        )
    if last.seed != dataset.seed:
        raise DataError(
            f"{checkpoint.name} was made with seed {last.seed}, not {dataset.seed}", f"--seed {last.seed}"
        )
    versions = {name: v for name, v in last.data_versions.items() if not name.startswith(STORED)}
    if (last.stream_version, versions) != (came.stream_version, dict(came.data_versions)):
        raise DataError(
            f"batch {last.number} was made by specdsl {last.specdsl}, whose values are others", _HELP
        )


def _grown(dataset: Dataset, old: Mapping[str, int], request: BatchRequest) -> Dataset:
    """``dataset`` with the row counts of the batch after one that ended with ``old``."""
    tables = {}
    for name, table in dataset.tables.items():
        if table.rows is None or name in request.totals:
            tables[name] = table
        elif name not in old:
            tables[name] = replace(table, rows=table.rows + request.more.get(name, 0))
        else:
            tables[name] = replace(table, rows=old[name] + request.more.get(name, table.grows))
    return replace(dataset, tables=tables)


def _analysed(compilation: Compilation, dataset: Dataset) -> Dataset:
    """``dataset``, checked with its new clock and numbers of rows. Raises DataError."""
    from specdsl.check.analysis import analyse
    from specdsl.diagnostics.model import DiagnosticBag, Severity

    bag = DiagnosticBag()
    main = next(iter(compilation.sources), "")
    checked = analyse(dataset, main, compilation.spans, compilation.sources, bag)
    for diagnostic in bag.sorted():
        if diagnostic.severity is Severity.ERROR:
            raise DataError(
                f"with the rows and the clock of the next batch, {diagnostic.message()} ({diagnostic.code})",
                diagnostic.help(),
            )
    return checked
