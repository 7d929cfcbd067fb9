"""Parts of a table that are written one after the other, in one folder or in one for each partition."""

from __future__ import annotations

import os
import re
from collections import OrderedDict, deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from specdsl.building.form import Form
from specdsl.errors import DataError
from specdsl.sinks.base import Writer
from specdsl.sinks.partitions import Partitions
from specdsl.streaming.sources import Source

_UNFINISHED = ".unfinished"
_PARTITION = "part"  # how files in the folders of partitions are called
_BEHIND = 4  # parts that may be unfinished
_OPEN = 64  # parts of partitions that are written at the same time


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


@dataclass(frozen=True, slots=True)
class Layout:
    """How the files of one table are written. ``schema``: their columns; ``most``: rows of a part (None: any
    number); ``append``: whether parts may be there already; ``finishers`` finish parts."""

    source: Source
    schema: pa.Schema
    form: Form
    most: int | None
    append: bool
    finishers: Executor

    def writer(self, file: BinaryIO) -> Writer:
        """What writes the table's rows to ``file``."""
        sink = self.form.sink
        assert sink is not None
        return sink.open(file, self.schema, self.form.write_options(self.source.dataset, self.source.name))

    def put(self, writer: Writer, batch: pa.RecordBatch) -> None:
        """Raises DataError for what the format cannot hold."""
        try:
            writer.write(batch)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid, NotImplementedError) as problem:
            raise DataError(f"{self.form.name} cannot hold `{self.source.name}`: {problem}") from problem

    def last(self, folder: Path, stem: str) -> int:
        """The number of the last part in ``folder``, 0 if there is none; what a stream that was killed has
        left there is removed. Raises DataError where no parts may be there."""
        pattern = re.compile(rf"{re.escape(stem)}-(\d+){re.escape(self.form.extension)}")
        last = 0
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name.startswith(f".{stem}-") and path.name.endswith(_UNFINISHED):
                path.unlink()  # nobody else is here
            elif found := pattern.fullmatch(path.name):
                last = max(last, int(found.group(1)))
        if last and not self.append:
            raise DataError(
                f"`{folder}` has parts of `{self.source.name}` already",
                "--append goes on behind them; or choose another folder",
            )
        return last


class Parts:
    """The parts in one folder: ``stem-00001.parquet``, and so on."""

    def __init__(self, layout: Layout, folder: Path, stem: str) -> None:
        self._layout = layout
        self._folder = folder
        self._stem = stem
        self._number = layout.last(folder, stem)
        self._finishing: deque[Future[Path]] = deque()
        self._part: _Part | None = None
        self.finished: list[Path] = []

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows; a part that has all of its rows is finished."""
        most = self._layout.most
        at = 0
        while at < batch.num_rows:
            part = self._part = self._part or self._begun()
            room = batch.num_rows - at if most is None else min(batch.num_rows - at, most - part.rows)
            self._layout.put(part.writer, batch.slice(at, room))
            part.rows += room
            at += room
            if part.rows == most:
                self.finish()
        if self._part is not None:  # whoever follows the file sees what its format has written so far
            self._part.file.flush()

    def _begun(self) -> _Part:
        self._number += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._stem}-{self._number:05d}{self._layout.form.extension}"
        hidden = self._folder / f".{name}{_UNFINISHED}"
        file = hidden.open("wb")
        return _Part(file, self._layout.writer(file), hidden, self._folder / name)

    def finish(self) -> None:
        """The part gets its name, if there is one; not at once."""
        if self._part is not None:
            self._finishing.append(self._layout.finishers.submit(self._part.finish))
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


class Divided:
    """The parts of a table with ``partition by``: those of each partition in its folder below ``folder``. Few
    are open at a time: the one that had no row for longest is finished when another is to begin."""

    def __init__(self, layout: Layout, folder: Path) -> None:
        self._layout = layout
        self._folder = folder
        self._columns = layout.source.dataset.tables[layout.source.name].partition_by
        self._partitions = Partitions(layout.source.name, self._columns)
        self._parts: dict[int, Parts] = {}
        self._open: OrderedDict[int, None] = OrderedDict()
        for place in self._places():
            layout.last(place, _PARTITION)

    def _places(self) -> list[Path]:
        """The folders of partitions that are there."""
        return [path for path in self._folder.glob("/".join(["*=*"] * len(self._columns))) if path.is_dir()]

    @property
    def finished(self) -> list[Path]:
        return [path for parts in self._parts.values() for path in parts.finished]

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows, each to its partition."""
        for place, rows in self._divided(batch):
            self._parts[place].write(rows.select(self._layout.schema.names))
            self._open[place] = None
            self._open.move_to_end(place)
            if len(self._open) > _OPEN:
                self._parts[self._open.popitem(last=False)[0]].finish()

    def _divided(self, batch: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
        numbers = self._partitions.number(batch)
        if int(numbers.max()) >= len(self._parts):
            self._partitions.require_few()
            for number, name in enumerate(self._partitions.folders()[len(self._parts) :], len(self._parts)):
                self._parts[number] = Parts(self._layout, self._folder / name, _PARTITION)
        order = np.argsort(numbers, kind="stable")
        edges = np.flatnonzero(np.diff(numbers[order], prepend=-1))
        grouped = batch if len(edges) == 1 else batch.take(pa.array(order))
        for start, stop in zip(edges.tolist(), [*edges[1:].tolist(), len(numbers)], strict=True):
            yield int(numbers[order[start]]), grouped.slice(start, stop - start)

    def finish(self) -> None:
        for place in self._open:
            self._parts[place].finish()
        self._open.clear()

    def settle(self, left: int = 0) -> None:
        for parts in self._parts.values():
            parts.settle(left)

    def remove(self) -> None:
        for parts in self._parts.values():
            parts.remove()
