"""Whether the folder that a batch is to go to has a batch already."""

from __future__ import annotations

from pathlib import Path

from specdsl.building.found_batches import is_of_spec
from specdsl.building.manifest import Manifest
from specdsl.building.options import Mode
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.following import BatchRequest
from specdsl.compiler import Compilation
from specdsl.errors import DataError, UsageError


def was_completed(batch: BatchRequest, compilation: Compilation, folder: Path, previous: Manifest) -> bool:
    """Whether ``folder`` is that of a batch of the same spec whose build was cut off, and which was completed
    just now: this is that build once more."""
    known, dataset = batch.checkpoint, compilation.dataset
    completed = known.completed if isinstance(known, Checkpoint) else None
    if completed is None or dataset is None:
        return False
    return (
        completed.number == previous.batch
        and Path(completed.folder) == folder.resolve()
        and is_of_spec(dataset, previous)
    )


def require_no_batch(batch: BatchRequest, folder: Path, previous: Manifest, mode: Mode) -> None:
    """Raises UsageError or DataError where ``folder`` has the files of an earlier batch of the checkpoint:
    what comes later refers to their rows."""
    own = folder.resolve()
    for earlier in batch.checkpoint.batches():
        if earlier.number == previous.batch and Path(earlier.folder) == own:
            told = f"`{folder}` already holds batch {earlier.number} of {batch.checkpoint.name}"
            kind = UsageError if mode is Mode.OVERWRITE else DataError
            raise kind(told, "later batches refer to its rows: -o names another folder")
