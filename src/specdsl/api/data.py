"""A checked dataset: its tables by name, and what is done with all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from specdsl.api.derived import DerivedTables
from specdsl.api.failures import Failures
from specdsl.api.table import Table
from specdsl.compiler import Compilation
from specdsl.diagnostics.model import Diagnostic
from specdsl.diagnostics.nearest import nearest
from specdsl.errors import UsageError
from specdsl.local_files import LocalFiles

if TYPE_CHECKING:
    import duckdb

    from specdsl.api.display import Preview
    from specdsl.api.streams import Stream
    from specdsl.build import BuildListener, BuildResult
    from specdsl.building.ahead import BatchesAsked
    from specdsl.building.job import Job
    from specdsl.checkpoints.checkpoint import Checkpoint
    from specdsl.checkpoints.following import BatchRequest
    from specdsl.checkpoints.model import Known
    from specdsl.generate.generator import Generator
    from specdsl.ir.model import Dataset
    from specdsl.plugins.catalogue import Plugins
    from specdsl.plugins.loading import Plugin
    from specdsl.verify.report import VerifyReport


class Data(Mapping[str, Table]):
    """A checked dataset: its tables by name.

    It can be pickled: a process that has it makes any rows, the same as every other.
    """

    def __init__(self, compilation: Compilation, files: LocalFiles, plugins: Sequence[Plugin] = ()) -> None:
        self._plugins = tuple(plugins)
        assert compilation.dataset is not None
        self._compilation = compilation
        self._files = files
        self.dataset: Dataset = compilation.dataset
        self.diagnostics: list[Diagnostic] = compilation.diagnostics

    def __repr__(self) -> str:
        return f"<dataset {self.dataset.name}: {', '.join(self.tables)}>"

    def _repr_html_(self) -> str:
        from specdsl.api.display import data_html

        return data_html(self)

    def __getstate__(self) -> dict[str, Any]:
        slim = replace(self._compilation, trees={})  # what is caches, and what only the compiler reads, stays
        return {
            "_compilation": slim,
            "_files": self._files,
            "_plugins": self._plugins,
            "dataset": self.dataset,
            "diagnostics": self.diagnostics,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        from specdsl.plugins.loading import load_plugins

        self.__dict__.update(state)
        load_plugins(self._plugins)  # another process does not know the user's functions yet

    # --- tables by name --------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.dataset.name

    @property
    def seed(self) -> int:
        """The seed that everything random follows from."""
        return self.dataset.seed

    @property
    def edge(self) -> float:
        """The share of each table's rows that prefer boundary values."""
        return self.dataset.edge

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables, in the order of the text."""
        return tuple(self.dataset.tables)

    def __getitem__(self, name: str) -> Table:
        """Table ``name``. Raises KeyError."""
        if name not in self.dataset.tables:
            near = nearest(name, self.tables) if isinstance(name, str) else None
            hint = f"did you mean {near!r}?" if near else f"there are {', '.join(self.tables)}"
            raise KeyError(f"there is no table {name!r}; {hint}")
        return Table(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __contains__(self, name: object) -> bool:
        return name in self.dataset.tables

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    # --- all tables ------------------------------------------------------------------------

    def preview(self, rows: int = 5) -> Preview:
        """The first ``rows`` rows of every table, to be looked at: as text, or as HTML in a notebook. Derived
        tables are left out, since all that they read would have to be made."""
        from specdsl.api.display import Preview

        if rows < 0:
            raise UsageError(f"`rows` is a number of rows, not {rows}")
        plain = [name for name in self.tables if not self[name].is_derived]
        return Preview({name: self[name].head(rows) for name in plain}, {n: self[n].row_count for n in plain})

    def to_duckdb(
        self,
        con: duckdb.DuckDBPyConnection | None = None,
        *,
        schema: str | None = None,
        keys: bool = False,
        replace: bool = False,
    ) -> duckdb.DuckDBPyConnection:
        """All tables in the database ``con`` (None: a new one in memory), which it gives back.

        ``schema``: where (made if it is not there). With ``keys`` the tables have their primary keys,
        uniques, NOT NULLs and references (but for those to the same table). ``replace``: instead of tables
        of these names; without it one that is there is a UsageError.
        """
        from specdsl.api.databases import store_all

        return store_all(self, con, schema=schema, keys=keys, replace=replace)

    def build(
        self,
        out: str | PathLike[str],
        format: str | None = None,
        *,
        compression: str | None = None,
        options: Mapping[str, object] | None = None,
        tables: str | Sequence[str] = (),
        files: int = 1,
        mode: str = "error",
        workers: int = 0,
        verify: str = "full",
        resume: bool = False,
        clean: bool = False,
        invalid: str | float | None = None,
        schema: Mapping[str, Any] | None = None,
        listener: BuildListener | None = None,
        checkpoint: Checkpoint | str | PathLike[str] | None = None,
        now: datetime | str | None = None,
        more: Mapping[str, int] | None = None,
        changes: str | None = None,
        snapshot: bool = False,
    ) -> BuildResult:
        """Write the tables to files in folder ``out``, as ``specdsl build`` does. ``clean``: without
        declared dirt. ``invalid``: the share of rows that break their JSON Schema on purpose, "5%" or 0.05;
        ``schema``: another JSON Schema to break. ``result.ok`` says whether they passed verification (else
        nothing was written, and ``result.report`` says why).

        With a ``checkpoint`` (or the path of one) it is the next batch of that: with the clock at ``now``,
        a point in time or one as text, "2025-06-01T12:00:00Z" (by the spec if not given), and so
        many ``more`` rows by table; row counts are those of the first batch. ``changes``: written
        as change records, "plain", "debezium" or "scd2"; ``snapshot``: with all rows as they are
        after it. Raises SpecError, DataError, UsageError, EnvironmentFailure."""
        from specdsl.build import BuildOptions, Mode, VerifyLevel, build
        from specdsl.building.options import Breaking
        from specdsl.building.share import share_of
        from specdsl.changes.names import USUAL_FORMATS

        if schema is not None and invalid is None:
            raise UsageError("`schema` is for `invalid` alone", 'add invalid="5%", say')
        try:
            request = BuildOptions(
                out_dir=Path(out),
                format=format or USUAL_FORMATS.get(changes or "", "parquet"),
                compression=compression,
                values=tuple((key, _as_text(value)) for key, value in (options or {}).items()),
                tables=(tables,) if isinstance(tables, str) else tuple(tables),
                files=files,
                mode=Mode(mode),
                workers=workers,
                verify=VerifyLevel(verify),
                resume=resume,
                clean=clean,
                invalid=None if invalid is None else Breaking(share_of(invalid), schema),
                changes=changes,
                snapshot=snapshot,
            )
        except ValueError as error:
            raise UsageError(str(error)) from None
        if checkpoint is None:
            if now is not None or more:
                raise UsageError("`now` and `more` are of a batch", "give the `checkpoint` that it is of")
            with self.failures():
                return build(self._compilation, request, listener, self._files)
        held = _held(checkpoint)
        batch = self._batch(held, now, more or {})
        with self.failures(), held.locked() as notes:
            if listener is not None:
                for note in notes:
                    listener.note(note)
            return build(self._compilation, request, listener, self._files, batch)

    def _batch(
        self, checkpoint: Checkpoint, now: datetime | str | None, more: Mapping[str, int]
    ) -> BatchRequest:
        from specdsl.checkpoints.following import BatchRequest

        clock, added, plugins = self._asked(now, more)
        return BatchRequest(checkpoint, clock, {}, added, plugins)

    def _asked(
        self, now: datetime | str | None, more: Mapping[str, int]
    ) -> tuple[int | None, dict[str, int], Plugins]:
        """What a batch is asked for: its clock, the rows to add, and the plugins of the spec."""
        from specdsl.checkpoints.model import micros_between
        from specdsl.plugins.catalogue import NO_PLUGINS
        from specdsl.plugins.loading import load_plugins

        for name, count in more.items():
            if name not in self.dataset.tables:
                raise UsageError(f"there is no table `{name}`", f"there are {', '.join(self.tables)}")
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise UsageError(f"`more` rows of `{name}` are a whole number, 0 or more, not {count!r}")
        clock = None if now is None else micros_between(_time(now))
        return clock, dict(more), load_plugins(self._plugins) if self._plugins else NO_PLUGINS

    def next_batches(self, asked: BatchesAsked, known: Known | None) -> list[Job]:
        """The batches that follow those of ``known``, decided and not made. Raises what ``build`` raises."""
        from specdsl.building.ahead import decide_batches

        return decide_batches(self._compilation, asked, known, self._files)

    def stream(
        self,
        *tables: str,
        rate: str | float | None = None,
        speed: str | float | None = None,
        duration: str | float | None = None,
        rows: int | None = None,
        time: str | Mapping[str, str] | None = None,
        late: str | None = None,
        duplicates: str | None = None,
        out_of_order: str | None = None,
        day: float = 0.0,
        changes: str | None = None,
        options: Mapping[str, object] | None = None,
        checkpoint: Checkpoint | str | PathLike[str] | None = None,
        batches: int = 1,
        now: datetime | str | None = None,
        more: Mapping[str, int] | None = None,
    ) -> Stream:
        """The rows of ``tables`` one after the other at their pace, to loop over or to send.

        ``rate``: 500 (a second), "500/s", "poisson 500/s", ... (see ``specdsl.streaming.rates``);
        ``speed``: "60x" replays the moments in the tables' ``time`` columns; neither: as fast as can be. It
        ends after ``duration`` ("1h", or seconds), after ``rows``, or with the tables. Several tables are
        interleaved by their time columns. ``late`` ("2% up to 10m"), ``duplicates`` ("1%") and
        ``out_of_order`` ("5% up to 20 rows") are disorder, the same for the same seed. ``day``: the seconds
        since midnight at which it begins, for a ``daily`` rate.

        With ``changes``, "plain" or "debezium", it is the change records of batches, in the order of their
        commits; ``options`` are those of that form. They are the next ``batches`` of the ``checkpoint``, with
        ``now`` and ``more`` as for ``build``, and it has them when all records were sent; without one they
        are the first. Raises UsageError, and for ``changes`` DataError, SpecError and EnvironmentFailure."""
        from specdsl.api.streams import Pace, stream_of

        if not isinstance(batches, int) or isinstance(batches, bool) or batches < 1:
            raise UsageError(f"`batches` is a whole number from 1, not {batches!r}")
        pace = Pace(rate, speed, duration, rows, late, duplicates, out_of_order, day)
        if changes is None:
            given = options or checkpoint is not None or batches != 1 or now is not None or more
            if given:
                raise UsageError(
                    "`options`, `checkpoint`, `batches`, `now` and `more` are of change records",
                    'add changes="debezium", say',
                )
            return stream_of(self, tables, pace, time)
        from specdsl.api.change_streams import change_stream_of
        from specdsl.api.stream_arguments import pairs_of
        from specdsl.building.ahead import BatchesAsked

        if time is not None:
            raise UsageError("change records come in the order of their commits", "leave out `time`")
        clock, added, plugins = self._asked(now, more or {})
        values = tuple((key, _as_text(value)) for key, value in pairs_of("options", options))
        asked = BatchesAsked(changes, values, batches, clock, {}, added, plugins)
        held = None if checkpoint is None else _held(checkpoint)
        return change_stream_of(self, tables, pace, asked, held)

    def verify(self, folder: str | PathLike[str], level: Literal["full", "sample"] = "full") -> VerifyReport:
        """Hold the files in ``folder`` against every rule of the spec, as ``specdsl verify`` does: those that
        a build of this spec wrote there, or files by their tables' names. ``report.ok`` is the verdict.
        ``level`` "sample" looks at about 100,000 rows of each larger table. Raises DataError (no data,
        tables without any), EnvironmentFailure."""
        from specdsl.building.answered import as_verified
        from specdsl.building.finding import find_tables
        from specdsl.building.snapshots import find_snapshot
        from specdsl.errors import DataError
        from specdsl.verify.verifier import verify

        if level not in ("full", "sample"):
            raise UsageError(f"`{level}` is not a level", 'there are "full" and "sample"')
        snapshot = find_snapshot(self.dataset, Path(folder))
        dataset = self.dataset if snapshot is None else snapshot.dataset
        found = find_tables(dataset, Path(folder)) if snapshot is None else snapshot.found
        if found.missing:
            raise DataError(f"`{folder}` has no data of table `{found.missing[0]}`")
        with as_verified(found) as (clean, held):
            report = verify(
                replace(dataset, edge=found.edge),
                clean.tables,
                level,
                None,
                found.rows,
                found.answers,
                variants=found.variants,
                wanted=None if snapshot is None else snapshot.wanted,
            )
            return report if held is None else held.joined(report)

    # --- what makes the rows ---------------------------------------------------------------

    @cached_property
    def generator(self) -> Generator:
        """What makes the rows."""
        from specdsl.generate.generator import Generator
        from specdsl.plan.planner import plan

        return Generator(plan(self.dataset), self._files)

    @cached_property
    def derived(self) -> DerivedTables:
        """What makes the rows of derived tables."""
        return DerivedTables(self.dataset, self.generator)

    def failures(self) -> Failures:
        """A context that turns failures of generating into SpecErrors with their place in the text."""
        return Failures(self._compilation)


def _as_text(option: object) -> str:
    """An option of a format as it is given on the command line."""
    return str(option).lower() if isinstance(option, bool) else str(option)


def _held(checkpoint: Checkpoint | str | PathLike[str]) -> Checkpoint:
    """A checkpoint, or that of a path. Raises UsageError for anything else."""
    from specdsl.checkpoints.checkpoint import Checkpoint

    if isinstance(checkpoint, Checkpoint):
        return checkpoint
    if isinstance(checkpoint, str | PathLike):
        return Checkpoint(checkpoint)
    raise UsageError(
        f"`checkpoint` is a specdsl.Checkpoint or the path of one, not {checkpoint!r}",
        "specdsl.Checkpoint() is one in memory",
    )


def _time(now: datetime | str) -> datetime:
    """A point in time, given as one or as text. Raises UsageError where it is none."""
    try:
        found = datetime.fromisoformat(now) if isinstance(now, str) else now
    except ValueError:
        found = None
    if not isinstance(found, datetime):
        raise UsageError(
            f"`now` is a point in time, a datetime or text such as 2025-06-01T12:00:00Z, not {now!r}"
        )
    return found
