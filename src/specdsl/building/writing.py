"""Generating and writing at the same time, file by file.

A lane is a generating thread and a writing thread with a short queue between them: while one batch is
encoded and written the next one is made. numpy and Arrow release the interpreter's lock, so both run.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from specdsl.building.manifest import FileEntry
from specdsl.building.parts import Part
from specdsl.sinks.base import Sink, WriteOptions

if TYPE_CHECKING:
    import pyarrow as pa

_DEPTH = 2  # batches between generating and writing


class LaneStoppedError(Exception):
    """Another lane failed, or the build was interrupted."""


class HashedFile:
    """A file being written that knows its size and SHA-256."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes | memoryview) -> int:
        """All of ``data``. Raises OSError."""
        view = memoryview(data).cast("B")
        if self._file.closed:  # encoders that are dropped write their footer
            return len(view)
        self._digest.update(view)
        done = 0
        while done < len(view):
            done += self._file.write(view[done:])
        self.size += len(view)
        return len(view)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Everything is on disk afterwards."""
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def abandon(self) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Background:
    """Calls made in order by a thread of its own. A failure surfaces at the next ``put`` or in ``finish``."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Callable[[], None] | None] = queue.Queue(_DEPTH)
        self._failure: BaseException | None = None
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name="specdsl-writer", daemon=True)
        self._thread.start()

    def put(self, call: Callable[[], None]) -> None:
        if self._failure is not None:
            raise self._failure
        self._queue.put(call)

    def finish(self) -> None:
        """Wait until everything is done."""
        self._end()
        if self._failure is not None:
            raise self._failure

    def abandon(self) -> None:
        """Leave out what has not begun."""
        self._abandoned = True
        self._end()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (call := self._queue.get()) is not None:
            if self._failure is None and not self._abandoned:
                try:
                    call()
                except BaseException as error:  # noqa: BLE001 - it is raised again in the other thread
                    self._failure = error


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how parts are written."""

    folder: Path
    sink: Callable[[str], tuple[Sink, WriteOptions]]  # by table


class PartWriter:
    """One file of one table. Its calls belong in one thread, in order."""

    def __init__(self, target: Target, part: Part, schema: pa.Schema) -> None:
        self._target = target
        self._part = part
        self._schema = schema
        self._file: HashedFile | None = None
        self._rows = 0

    def open(self) -> None:
        self._file = HashedFile(self._target.folder / self._part.name)
        sink, options = self._target.sink(self._part.table)
        self._writer = sink.open(cast("BinaryIO", self._file), self._schema, options)

    def write(self, batch: pa.RecordBatch) -> None:
        self._rows += batch.num_rows
        self._writer.write(batch)

    def close(self) -> FileEntry:
        """The finished file."""
        assert self._file is not None
        self._writer.close()
        self._file.close()
        part = self._part
        return FileEntry(part.name, part.start, self._rows, self._file.size, self._file.sha256)

    def abandon(self) -> None:
        if self._file is not None:
            self._file.abandon()


class Batches(Protocol):
    """Where the rows come from."""

    def __call__(self, part: Part, workers: int) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]: ...


@dataclass(frozen=True, slots=True)
class Hooks:
    """What happens around parts; calls may come from several threads."""

    started: Callable[[Part], None]
    written: Callable[[Part, int], None]
    finished: Callable[[Part, FileEntry], None]


def write_parts(parts: list[Part], batches: Batches, target: Target, hooks: Hooks, processors: int) -> None:
    """Write all ``parts``, on as many lanes as ``processors`` feed. What a lane raises is raised here, when
    all lanes have stopped; KeyboardInterrupt stops them too."""
    lanes = max(1, min(len(parts), processors // 2))
    workers = max(1, (processors - lanes) // lanes)
    stop = threading.Event()
    source = _Shared(parts)
    if lanes == 1:
        _lane(source, batches, target, hooks, workers, stop, threaded=processors > 1)
        return
    with ThreadPoolExecutor(lanes, thread_name_prefix="specdsl-lane") as pool:
        futures: list[Future[None]] = [
            pool.submit(_lane, source, batches, target, hooks, workers, stop, threaded=True)
            for _ in range(lanes)
        ]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    failures = [f.exception() for f in futures if f.exception() is not None]
    for failure in sorted(failures, key=lambda f: isinstance(f, LaneStoppedError)):
        raise cast("BaseException", failure)


class _Shared:
    """Parts handed out one by one."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = iter(parts)
        self._lock = threading.Lock()

    def next(self) -> Part | None:
        with self._lock:
            return next(self._parts, None)


def _lane(
    source: _Shared,
    batches: Batches,
    target: Target,
    hooks: Hooks,
    workers: int,
    stop: threading.Event,
    *,
    threaded: bool,
) -> None:
    background = Background() if threaded else None
    current: list[PartWriter] = []

    def call(action: Callable[[], None]) -> None:
        if stop.is_set():
            raise LaneStoppedError
        if background is None:
            action()
        else:
            background.put(action)

    try:
        while (part := source.next()) is not None:
            hooks.started(part)
            schema, rows = batches(part, workers)
            writer = PartWriter(target, part, schema)
            current.append(writer)
            call(writer.open)
            for batch in rows:
                call(lambda w=writer, p=part, b=batch: _write(w, p, b, hooks))  # type: ignore[misc]
            call(lambda w=writer, p=part: _close(w, p, hooks, current))  # type: ignore[misc]
        if background is not None:
            background.finish()
    except BaseException:
        if background is not None:
            background.abandon()
        for writer in current:
            writer.abandon()
        raise


def _write(writer: PartWriter, part: Part, batch: pa.RecordBatch, hooks: Hooks) -> None:
    writer.write(batch)
    hooks.written(part, batch.num_rows)


def _close(writer: PartWriter, part: Part, hooks: Hooks, current: list[PartWriter]) -> None:
    hooks.finished(part, writer.close())
    current.remove(writer)
