"""Batches that are decided and not recorded: what comes next, before anything counts."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.checkpoints.model import Batch, Known, StoredSpec
from specdsl.generate.changed import TableChanges


class Foreseen:
    """The batches of a checkpoint (None: none are there) and, behind them, those that are decided here."""

    def __init__(self, known: Known | None) -> None:
        self._name = "the dataset" if known is None else known.name
        self._known = known
        self._batches = [] if known is None else known.batches()
        self._dataset = None if known is None else known.dataset()
        self._changes: Mapping[str, TableChanges] = {} if known is None else known.changes()
        self._specs: dict[str, StoredSpec] = {}

    def add(self, batch: Batch, spec: StoredSpec, changes: Mapping[str, TableChanges]) -> None:
        """``batch`` is decided; ``changes``: of all batches, this one included."""
        self._batches.append(batch)
        self._specs[batch.spec] = spec
        self._dataset = spec.name
        self._changes = changes

    @property
    def name(self) -> str:
        """See ``Known``."""
        return self._name

    def batches(self) -> list[Batch]:
        """See ``Known``."""
        return list(self._batches)

    def dataset(self) -> str | None:
        """See ``Known``."""
        return self._dataset

    def spec(self, spec: str) -> StoredSpec:
        """See ``Known``."""
        if spec in self._specs or self._known is None:
            return self._specs[spec]
        return self._known.spec(spec)

    def changes(self) -> dict[str, TableChanges]:
        """See ``Known``."""
        return dict(self._changes)
