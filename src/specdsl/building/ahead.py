"""The next batches of a dataset, decided one after the other before any of them is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.building.batches import batch_of
from specdsl.building.changing import Changing
from specdsl.building.job import Job, decide
from specdsl.building.options import BuildOptions, Mode
from specdsl.checkpoints.following import BatchRequest
from specdsl.checkpoints.foreseen import Foreseen
from specdsl.checkpoints.model import Known
from specdsl.errors import UsageError
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins

if TYPE_CHECKING:
    from specdsl.compiler import Compilation
    from specdsl.generate.generator import DataSource


@dataclass(frozen=True, slots=True)
class BatchesAsked:
    """``count`` batches as change records of form ``changes`` with its options ``values``, as texts. ``now``,
    ``totals`` and ``more``: of the first of them, as a ``BatchRequest`` has them."""

    changes: str
    values: tuple[tuple[str, str], ...] = ()
    count: int = 1
    now: int | None = None
    totals: Mapping[str, int] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)
    plugins: Plugins = NO_PLUGINS


def decide_batches(
    compilation: Compilation, asked: BatchesAsked, known: Known | None, data: DataSource
) -> list[Job]:
    """The batches that follow those of ``known`` (None: from the first one on), without dirt. Raises what
    ``decide`` raises."""
    foreseen = Foreseen(known)
    later = asked.now is not None and bool(foreseen.batches())  # otherwise the spec has it already
    if asked.count > 1 and (asked.more or later):
        what = "a clock" if later else "rows to add"
        raise UsageError(
            f"{what} can be given for one batch, and {asked.count} are asked for",
            "leave it to the spec (`per batch`, `grows`), or take one batch",
        )
    options = BuildOptions(Path(), "jsonl", values=asked.values, changes=asked.changes, clean=True)
    jobs: list[Job] = []
    for number in range(asked.count):
        first = number == 0
        request = BatchRequest(
            foreseen,
            asked.now if first else None,
            asked.totals if first else {},
            asked.more if first else {},
            asked.plugins,
        )
        job = decide(compilation, options, Mode.ERROR, data, None, request)
        assert job.batch is not None
        changing = changing_of(job)
        after = {name: changing.all_of(name) for name in {*changing.before, *changing.remembered}}
        foreseen.add(batch_of(job.batch, changing, ""), job.batch.spec, after)
        jobs.append(job)
    return [_slim(job) for job in jobs]


def changing_of(job: Job) -> Changing:
    """What the batch of ``job`` changes."""
    assert job.changing is not None
    return job.changing


def numbers_of(jobs: Sequence[Job]) -> tuple[int, int]:
    """The numbers of the first batch and the last."""
    first, last = jobs[0].batch, jobs[-1].batch
    assert first is not None
    assert last is not None
    return first.number, last.number


def _slim(job: Job) -> Job:
    """The job without what deciding it has made of rows."""
    from copy import copy

    changing = changing_of(job)
    now, after = copy(changing.now), copy(changing.after)
    return replace(job, generator=now, changing=replace(changing, now=now, after=after))
