"""Files in a folder: parts of each table, a new one whenever the trigger says so.

A part is written under a hidden name and gets its own when it is whole, so that whoever watches the folder
sees whole files only. A stream that is stopped finishes the parts that it has begun; one that fails removes
them. Parts are finished by a thread of their own: a disk that takes its time does not hold up the next rows.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from specdsl.building.failures import environment
from specdsl.building.form import Form, form_named
from specdsl.building.lock import locked
from specdsl.building.parts import file_name
from specdsl.errors import DataError, UsageError
from specdsl.sinks.base import Writer
from specdsl.streaming.loads import Load
from specdsl.streaming.quantities import duration, number
from specdsl.streaming.sources import Source
from specdsl.streaming.targets.base import Settings, Target

_ROWS = re.compile(r"(\d[\d_]*)\s*rows?")
_UNFINISHED = ".unfinished"
_BEHIND = 4  # parts that may be unfinished


class Files(Target):
    """``events-00001.jsonl``, ``events-00002.jsonl``, ...: any format whose files hold one table."""

    text = ""

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__()
        self._folder = Path(address.removeprefix("file://"))
        self._form = form_named(settings.format or "jsonl", settings.compression, settings.values)
        if self._form.sink is None:
            raise UsageError(
                f"{self._form.name} holds whole datasets, and parts of a stream are files of one table",
                "parquet, csv, jsonl, json, arrow, orc or avro",
            )
        self._append = settings.append
        self._seconds, self._rows = _trigger(settings.every)
        self._tables: dict[str, _Parts] = {}
        self._held = ExitStack()
        self._finishers = ThreadPoolExecutor(1, thread_name_prefix="specdsl-finish")

    @property
    def shown(self) -> str:
        return str(self._folder)

    def open(self, sources: Sequence[Source]) -> None:
        for source in sources:
            alone = replace(source.dataset, tables={source.name: source.dataset.tables[source.name]})
            notes = self._form.format.examine(alone, {source.name: source.count}, self._form.values)
            self.delivery.notes += notes
        with environment(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._held.enter_context(locked(self._folder))
            try:
                for source in sources:
                    self._tables[source.name] = self._parts(source)
                    self._try(source)
            except BaseException:
                self._held.close()
                raise
        if self._seconds is not None:
            self.wake = self._seconds

    def _try(self, source: Source) -> None:
        """Write a row to nowhere: what the format cannot hold is told now, and what it needs is imported."""
        parts = self._tables[source.name]
        writer = parts.writer(BytesIO())
        parts.put(writer, source.batch(0, 1))
        writer.close()

    def _parts(self, source: Source) -> _Parts:
        """Ready for the first part of a table, behind those that are there."""
        stem = file_name(source.name, 0, "")
        pattern = re.compile(rf"{re.escape(stem)}-(\d+){re.escape(self._form.extension)}")
        last = 0
        for path in self._folder.iterdir():
            if path.name.startswith(f".{stem}-") and path.name.endswith(_UNFINISHED):
                path.unlink()  # of a stream that was killed: nobody else is here
            elif found := pattern.fullmatch(path.name):
                last = max(last, int(found.group(1)))
        if last and not self._append:
            raise DataError(
                f"`{self._folder}` has parts of `{source.name}` already",
                "--append goes on behind them; or choose another folder",
            )
        return _Parts(self._folder, source, self._form, last, self._finishers)

    def send(self, load: Load, part: slice) -> None:
        with environment(self._folder):
            for source, batch in load.parts(part.start, part.stop):
                parts = self._tables[source.name]
                at = 0
                while at < batch.num_rows:
                    room = batch.num_rows - at
                    if self._rows is not None:
                        room = min(room, self._rows - parts.rows)
                    parts.write(batch.slice(at, room))
                    at += room
                    if parts.rows == self._rows:
                        parts.finish()
                parts.flush()

    def tick(self, now: float) -> None:
        assert self._seconds is not None
        with environment(self._folder):
            for parts in self._tables.values():
                parts.finish()
        self.wake = (now // self._seconds + 1) * self._seconds

    def close(self) -> None:
        with environment(self._folder):
            for parts in self._tables.values():
                parts.finish()
                parts.settle()
        self._end()

    def abandon(self) -> None:
        for parts in self._tables.values():
            parts.remove()
        self._end()

    def _end(self) -> None:
        self._finishers.shutdown()
        self._held.close()
        self.delivery.parts = [str(path) for parts in self._tables.values() for path in parts.finished]


@dataclass(slots=True)
class _Part:
    """A part that is being written."""

    file: BinaryIO
    writer: Writer
    hidden: Path
    path: Path
    rows: int = 0

    def finish(self) -> Path:
        """Everything is on disk, under the part's own name."""
        self.writer.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.hidden.replace(self.path)
        return self.path

    def remove(self) -> None:
        with suppress(OSError):
            self.file.close()
        with suppress(OSError):
            self.hidden.unlink(missing_ok=True)


class _Parts:
    """The parts of one table, numbered from ``last + 1``."""

    def __init__(self, folder: Path, source: Source, form: Form, last: int, finishers: Executor) -> None:
        self._folder = folder
        self._source = source
        self._form = form
        self._number = last
        self._finishers = finishers
        self._finishing: deque[Future[Path]] = deque()
        self._part: _Part | None = None
        self.finished: list[Path] = []

    @property
    def rows(self) -> int:
        """Of the part that is being written."""
        return self._part.rows if self._part is not None else 0

    def write(self, batch: pa.RecordBatch) -> None:
        part = self._part = self._part or self._begun()
        self.put(part.writer, batch)
        part.rows += batch.num_rows

    def put(self, writer: Writer, batch: pa.RecordBatch) -> None:
        """Raises DataError for what the format cannot hold."""
        try:
            writer.write(batch)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid, NotImplementedError) as problem:
            raise DataError(f"{self._form.name} cannot hold `{self._source.name}`: {problem}") from problem

    def writer(self, file: BinaryIO) -> Writer:
        """What writes the table's rows to ``file``."""
        sink = self._form.sink
        assert sink is not None
        options = self._form.write_options(self._source.dataset, self._source.name)
        return sink.open(file, self._source.schema, options)

    def _begun(self) -> _Part:
        self._number += 1
        name = file_name(self._source.name, self._number, self._form.extension)
        hidden = self._folder / f".{name}{_UNFINISHED}"
        file = hidden.open("wb")
        return _Part(file, self.writer(file), hidden, self._folder / name)

    def flush(self) -> None:
        """Whoever follows the file sees what its format has written so far."""
        if self._part is not None:
            self._part.file.flush()

    def finish(self) -> None:
        """The part gets its name, if there is one; not at once."""
        if self._part is not None:
            self._finishing.append(self._finishers.submit(self._part.finish))
            self._part = None
        self.settle(_BEHIND)

    def settle(self, left: int = 0) -> None:
        """Wait until at most so many parts are being finished. Raises OSError where one could not be."""
        while self._finishing and (len(self._finishing) > left or self._finishing[0].done()):
            self.finished.append(self._finishing.popleft().result())

    def remove(self) -> None:
        """Remove the part that is being written; those that are being finished are whole."""
        with suppress(OSError):
            self.settle()
        if self._part is not None:
            self._part.remove()
            self._part = None


def _trigger(every: str | None) -> tuple[float | None, int | None]:
    """When a new part begins: after so many seconds, or so many rows. Raises UsageError."""
    if every is None:
        return None, None
    rows = _ROWS.fullmatch(every.strip().lower())
    if rows is None:
        return duration(every, "--every"), None
    count = int(number(rows.group(1)))
    if count < 1:
        raise UsageError("a part has at least 1 row", "such as --every 10_000rows")
    return None, count
