"""A checkpoint: the batches of a dataset, one after another, each all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from shlex import quote
from tempfile import mkdtemp

from specdsl.building.failures import environment
from specdsl.building.lock import held
from specdsl.checkpoints.model import Batch, ChangedKeys, Keys, StoredSpec
from specdsl.checkpoints.pending import Pending, is_published
from specdsl.checkpoints.store import NotACheckpointError, Rows, Store
from specdsl.errors import DataError, EnvironmentFailure
from specdsl.generate.changed import TableChanges


class Checkpoint:
    """The checkpoint in the database ``path`` (None: in memory, until the object is gone). The database is
    open only while something is asked of it or written to it, so that others may look at it meanwhile."""

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        self.path = None if path is None else Path(path)
        self._memory = _open(None) if path is None else None
        self._scratch: Path | None = None
        self.completed: Batch | None = None
        """The batch that was added when the checkpoint was held last, for a build that was cut off."""

    @property
    def name(self) -> str:
        """The checkpoint, for people."""
        return "the checkpoint in memory" if self.path is None else f"`{self.path}`"

    # --- using it --------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[list[str]]:
        """Hold the checkpoint for this process, after what a build that was cut off has left is set right:
        the notes say what that was. Raises EnvironmentFailure where another process holds it."""
        if self.path is None:
            yield []
            return
        folder = self.path.parent
        if not folder.is_dir():
            raise EnvironmentFailure(
                f"there is no folder `{folder}` for the checkpoint",
                f"`mkdir -p {quote(str(folder))}` makes it; the checkpoint itself is made by its first batch",
            )
        if self.path.is_dir():
            raise EnvironmentFailure(f"`{self.path}` is a folder, and a checkpoint is a file")
        lock = self.path.with_name(f"{self.path.name}.lock")
        what = f"another build or stream is working on the checkpoint `{self.path}`"
        with (
            environment(folder, "name another checkpoint"),
            held(lock, what, "wait for it, or use a checkpoint of its own"),
        ):
            yield self._recovered()

    def batches(self) -> list[Batch]:
        """All batches, oldest first. Raises DataError where the file is no checkpoint."""
        if self.path is not None and not self.path.exists():
            return []
        with self._store(read_only=True) as store:
            return store.batches()

    def dataset(self) -> str | None:
        """The name of the dataset; None as long as there is no batch."""
        if self.path is not None and not self.path.exists():
            return None
        with self._store(read_only=True) as store:
            return store.dataset()

    def spec(self, spec: str) -> StoredSpec:
        """The texts of a spec that a batch was made with."""
        with self._store(read_only=True) as store:
            return store.spec(spec)

    def changes(self) -> dict[str, TableChanges]:
        """What batches have changed in rows of earlier ones, by table; batches are numbered from 0 in it."""
        if self.path is not None and not self.path.exists():
            return {}
        with self._store(read_only=True) as store:
            return store.changes()

    def repeated(self, keys: Sequence[Keys]) -> list[tuple[int, Rows]]:
        """For each of ``keys`` how many earlier batches have already, and the first of them."""
        return self._asked(keys, lambda store, some: store.repeated(some))

    def unknown(self, keys: Sequence[Keys], batch: int) -> list[tuple[int, Rows]]:
        """For each of ``keys`` how many no row with that number has that was there for the batch of number
        ``batch``, deleted by none before it; and the first of them."""
        return self._asked(keys, lambda store, some: store.unknown(some, batch))

    def _asked(
        self, keys: Sequence[Keys], ask: Callable[[Store, Keys], tuple[int, Rows]]
    ) -> list[tuple[int, Rows]]:
        if not keys:
            return []
        with self._store(read_only=True) as store:
            return [ask(store, some) for some in keys]

    # --- changing it -----------------------------------------------------------------------

    @property
    def pending(self) -> Pending:
        """Where the next batch waits for its files."""
        if self.path is not None:
            return Pending(self.path.with_name(f"{self.path.name}.pending"))
        if self._scratch is None:
            self._scratch = Path(mkdtemp(prefix="specdsl-checkpoint-"))
        return Pending(self._scratch / "pending")

    def commit(self) -> None:
        """The batch that is pending is in the checkpoint; its files are in their places."""
        found = self.pending.read()
        assert found is not None, "nothing is pending"
        batch, spec, keys, changed, _ = found
        self.add(batch, spec, keys, changed)
        self.pending.remove()

    def add(self, batch: Batch, spec: StoredSpec, keys: Sequence[Keys], changed: ChangedKeys | None) -> None:
        """The next batch is in the checkpoint, all or nothing."""
        with self._store() as store:
            store.add(batch, spec, keys, changed)

    def reset(self, last: int) -> None:
        """Forget all batches after number ``last``; with 0 the file itself goes."""
        if last > 0:
            with self._store() as store:
                store.truncate(last)
        elif self.path is not None:
            for path in (self.path.with_name(f"{self.path.name}.wal"), self.path):
                path.unlink(missing_ok=True)
        else:
            self._memory = _open(None)

    def _recovered(self) -> list[str]:
        """Set right what a build that was cut off has left."""
        self.completed = None
        found = self.pending.read()
        if found is None:
            self.pending.remove()
            return []
        batch, spec, keys, changed, manifest = found
        notes = []
        if all(b.number != batch.number for b in self.batches()):
            if is_published(Path(batch.folder), manifest):
                self.add(batch, spec, keys, changed)
                self.completed = batch
                notes = [f"completed batch {batch.number}, which was cut off when its files were in place"]
            else:
                notes = [
                    f"batch {batch.number} was cut off before its files were in place: it does not count"
                ]
        self.pending.remove()
        return notes

    @contextmanager
    def _store(self, *, read_only: bool = False) -> Iterator[Store]:
        if self._memory is not None:
            yield self._memory
            return
        assert self.path is not None
        with ExitStack() as stack:
            try:
                store = _open(self.path, read_only=read_only)
                stack.callback(store.close)
                with self._failures():
                    store.dataset()
            except NotACheckpointError as problem:
                raise DataError(
                    f"`{self.path}` is no checkpoint of specdsl: it {problem}",
                    "name another file; one that is not there is made",
                ) from None
            except OSError as problem:
                raise EnvironmentFailure(f"cannot open `{self.path}`: {problem}") from problem
            with self._failures():
                yield store

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What the database says of a full disk or a damaged file, in one line."""
        import sqlite3

        import duckdb

        try:
            yield
        except (duckdb.Error, sqlite3.Error) as problem:
            reason = next(iter(str(problem).splitlines()), type(problem).__name__)
            raise EnvironmentFailure(
                f"cannot use the checkpoint `{self.path}`: {reason}",
                "is there room on the disk, and is the file whole?",
            ) from problem


def _open(path: Path | None, *, read_only: bool = False) -> Store:
    from specdsl.checkpoints.databases import open_store  # DuckDB, when it is needed

    return open_store(path, read_only=read_only)
