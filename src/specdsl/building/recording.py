"""Batches that no files are made of, in a checkpoint: recorded when whoever gets them has all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from specdsl.building.ahead import changing_of
from specdsl.building.batches import batch_of, made_again, written_changes, written_keys
from specdsl.building.job import Job
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.model import ChangedKeys, Keys
from specdsl.errors import DataError
from specdsl.verify.reading import TableFiles


class Recorder:
    """Records the batches of ``jobs``, which follow those of ``checkpoint``."""

    def __init__(self, checkpoint: Checkpoint, jobs: Sequence[Job]) -> None:
        self.checkpoint = checkpoint
        self._jobs = jobs
        self._known = 0  # batches that are there
        self._made: list[tuple[Job, list[Keys], ChangedKeys | None]] = []

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold the checkpoint, with all that ``record`` needs ready. Raises DataError where it has moved on
        since the batches were decided, or has a key of theirs already; EnvironmentFailure, OSError."""
        with self.checkpoint.locked():
            self._require_next()
            pending = self.checkpoint.pending
            pending.begin()
            try:
                with TemporaryDirectory(prefix="specdsl-keys-") as folder:
                    self._made = [self._ready(job, Path(folder)) for job in self._jobs]
                yield
            finally:
                pending.remove()

    def record(self, place: str) -> None:
        """All of them have arrived at ``place``: the checkpoint has them from now on."""
        for job, keys, changed in self._made:
            assert job.batch is not None
            batch = batch_of(job.batch, changing_of(job), place)
            self.checkpoint.add(batch, job.batch.spec, keys, changed)

    def _require_next(self) -> None:
        first = self._jobs[0].batch
        assert first is not None
        self._known = len(self.checkpoint.batches())
        if first.number != self._known + 1:
            raise DataError(
                f"the next batch of {self.checkpoint.name} is number {self._known + 1} by now, and this is "
                f"number {first.number}",
                "ask for another stream: it takes the batch that is next then",
            )

    def _ready(self, job: Job, folder: Path) -> tuple[Job, list[Keys], ChangedKeys | None]:
        assert job.batch is not None
        changing, first, number = changing_of(job), job.batch.first, job.batch.number
        pending = self.checkpoint.pending
        keys: list[Keys] = []
        for name, log in changing.log.tables.items():
            table = job.dataset.tables[name]
            if not table.key or (name in first and not log.inserts):
                continue
            place = folder / f"rows-{number}-{len(keys)}"
            rows = np.arange(log.first, log.first + log.inserts, dtype=np.int64)
            made = made_again(changing.now, name, rows, table.key, place)
            path = pending.folder / f"keys-{number}-{len(keys)}.parquet"
            keys.append(written_keys(table, TableFiles([made.path], "parquet"), path, folder, made))
            made.path.unlink()
        there = self.checkpoint.repeated(keys) if self._known else [(0, [])] * len(keys)
        for some, (repeated, _) in zip(keys, there, strict=True):
            if repeated:
                raise DataError(
                    f"batch {number} would have {repeated:,} keys of `{some.table}` that "
                    f"{self.checkpoint.name} has already"
                )
        path = pending.folder / f"changes-{number}.parquet"
        return job, keys, written_changes(changing, path) if changing.remembered else None
