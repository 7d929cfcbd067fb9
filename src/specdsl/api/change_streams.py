"""Change records at a pace: the next batches of a dataset as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.api.change_options import require_of_form, require_of_target
from specdsl.api.streams import Pace, Record, Stream, require_known
from specdsl.building.ahead import BatchesAsked, numbers_of
from specdsl.building.recording import Recorder
from specdsl.changes.formats.registry import change_format
from specdsl.changes.names import CHANGE_FORMS, STREAMED_FORMS
from specdsl.checkpoints.model import moment
from specdsl.errors import UsageError
from specdsl.streaming.change_sources import (
    Batches,
    ChangeSource,
    DebeziumMessages,
    PlainChanges,
    in_commit_order,
)
from specdsl.streaming.stream import Stream as Core
from specdsl.streaming.targets.files import Files

if TYPE_CHECKING:
    from specdsl.api.data import Data
    from specdsl.building.job import Job
    from specdsl.checkpoints.checkpoint import Checkpoint
    from specdsl.streaming.pacing import Stop
    from specdsl.streaming.summary import Summary
    from specdsl.streaming.targets.base import Settings, Target


class ChangeStream(Stream):
    """Change records, each when it is due. The checkpoint, where there is one, has the batches when all of
    their records were sent, or looped over; a loop that is left early leaves it as it was."""

    def __init__(
        self, data: Data, core: Core, jobs: Sequence[Job], form: str, checkpoint: Checkpoint | None
    ) -> None:
        super().__init__(data, core)
        self.batches = numbers_of(jobs)
        """The numbers of the first batch and the last."""
        self._jobs = jobs
        self._form = form
        self._recorder = None if checkpoint is None else Recorder(checkpoint, jobs)

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        with self._data.failures(), self._holding():
            yield from self._core
            self._record_if(self._core.ended, "a loop in Python")

    async def __aiter__(self) -> AsyncIterator[tuple[str, Record]]:
        with self._data.failures(), self._holding():
            async for item in self._core:
                yield item
            self._record_if(self._core.ended, "a loop in Python")

    def _require_options(self, settings: Settings, to: str) -> None:
        require_of_target(settings, to, self._form)

    def _sent(self, target: Target, stop: Stop | None) -> Summary:
        place = target.shown
        if isinstance(target, Files):
            job = self._jobs[-1]
            assert job.changing is not None
            assert job.changing.form is not None
            job.changing.form.require(target.format, job.dataset, job.form.of_changes)
            place = str(Path(target.shown).resolve())
        with self._holding():
            try:
                summary = self._core.send(target, stop)
            except BaseException:
                if self._core.unfinished is not None:
                    self._core.unfinished = self._told(
                        self._core.unfinished, self._record_if("failed", place)
                    )
                raise
            complete = summary.ended if not summary.delivery.failed else "failed"
            recorded = self._record_if(complete, place)
        return self._told(summary, recorded)

    def _told(self, summary: Summary, recorded: bool | None) -> Summary:
        """The summary with the batches, and what the checkpoint has of them now."""
        if recorded is not None:
            summary.delivery.notes.append(self._outcome(recorded=recorded))
        return replace(summary, batches=self.batches, recorded=recorded)

    def _holding(self) -> AbstractContextManager[None]:
        return nullcontext() if self._recorder is None else self._recorder.holding()

    def _record_if(self, ended: str, place: str) -> bool | None:
        """Record the batches if the stream came to its end; whether they are, None without a checkpoint."""
        if self._recorder is None:
            return None
        if ended == "end":
            self._recorder.record(place)
        return ended == "end"

    def _outcome(self, *, recorded: bool) -> str:
        assert self._recorder is not None
        first, last = self.batches
        name = self._recorder.checkpoint.name
        if recorded:
            return f"{_named(first, last)} {'is' if first == last else 'are'} in {name} now"
        there = f"stays at batch {first - 1}" if first > 1 else "has no batch still"
        return f"{name} {there}, since not all was sent: the next stream begins with batch {first} again"


def change_stream_of(
    data: Data,
    names: Sequence[str],
    pace: Pace,
    asked: BatchesAsked,
    checkpoint: Checkpoint | None,
) -> ChangeStream:
    """See ``Data.stream``. Raises UsageError, DataError, SpecError, EnvironmentFailure."""
    _require_streamed(asked)
    require_known(data, names)
    derived = next((n for n in names if data.dataset.tables[n].query is not None), None)
    if derived is not None:
        raise UsageError(
            f"`{derived}` is made by SQL over all rows, and has no change records", "stream other tables"
        )
    if data.edge:
        raise UsageError("--edge does not go with --changes: later batches would refer to such rows")
    notes: list[str] = []
    with data.failures():
        if checkpoint is None:
            jobs = data.next_batches(asked, None)
        else:
            with checkpoint.locked() as found:
                notes += found
                jobs = data.next_batches(asked, checkpoint)
        batches = Batches.of(jobs)
        tables = list(dict.fromkeys(names)) or [
            name for name, table in data.dataset.tables.items() if table.query is None
        ]
        sources = [_source(batches, table, asked.changes) for table in tables]
    request = pace.request(data.seed, order=lambda: in_commit_order(sources, batches))
    stream = ChangeStream(data, Core(sources, request), jobs, asked.changes, checkpoint)
    stream.notes = [*notes, *_notes(jobs, alone=checkpoint is None)]
    return stream


def _source(batches: Batches, table: str, form: str) -> ChangeSource:
    if form == "plain":
        return PlainChanges(batches, table)
    return DebeziumMessages(batches, table, batches.jobs[-1].form.of_changes)


def _require_streamed(asked: BatchesAsked) -> None:
    if asked.changes not in CHANGE_FORMS:
        raise UsageError(
            f"there is no form `{asked.changes}` of changes", f"one of: {', '.join(STREAMED_FORMS)}"
        )
    if asked.changes not in STREAMED_FORMS:
        raise UsageError(
            f"{asked.changes} is the history of each row, which no stream of changes has",
            f"`specdsl build --changes {asked.changes}` writes it; a stream is "
            f"{' or '.join(f'--changes {form}' for form in STREAMED_FORMS)}",
        )
    if asked.count < 1:
        raise UsageError(f"a stream has 1 batch or more, not {asked.count}")
    require_of_form((name for name, _ in asked.values), asked.changes)
    if ("keys", "file") in asked.values and "keys" in change_format(asked.changes).options:
        raise UsageError(
            "-O keys=file is for the files of a build",
            "-O keys=member puts keys into messages; those of Kafka have theirs in any case",
        )


def _notes(jobs: Sequence[Job], *, alone: bool) -> Iterator[str]:
    """What is worth knowing of batches before they are sent."""
    first, last = jobs[0].batch, jobs[-1].batch
    assert first is not None
    assert last is not None
    clocks = [moment(b.dataset.now) for b in (first, last)]
    clock = clocks[0] if clocks[0] == clocks[1] else f"{clocks[0]} to {clocks[1]}"
    yield f"{_named(first.number, last.number)}, with the clock at {clock}"
    told: dict[str, None] = {}
    for job in jobs:
        assert job.batch is not None
        assert job.changing is not None
        told.update(dict.fromkeys(f"since the batch before, {change.what}" for change in job.batch.changes))
        coming = job.batch.coming if len(jobs) == 1 else ()
        told.update(dict.fromkeys(f"no batch can follow while tables grow so: {why}" for why in coming))
        at = f"batch {job.batch.number}: " if len(jobs) > 1 else ""
        told.update(dict.fromkeys(f"{at}{sentence}" for sentence in job.changing.notes))
    yield from (f"note: {sentence}" for sentence in told)
    tables = last.dataset.tables.values()
    for table in tables:
        if table.query is not None:
            yield f"note: `{table.name}` is made by SQL over all rows, and has no change records"
    if alone and len(jobs) == 1 and any(table.grows or table.changes for table in tables):
        yield "note: that is the first batch, all of it inserts; --batches 10 goes on with later ones"


def _named(first: int, last: int) -> str:
    return f"batch {first}" if first == last else f"batches {first} to {last}"
