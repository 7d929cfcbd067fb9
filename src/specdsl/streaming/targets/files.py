"""Files in a folder: parts of each table, a new one whenever the trigger says so.

A part is written under a hidden name and gets its own when it is whole, so that whoever watches the folder
sees whole files only. A stream that is stopped finishes the parts that it has begun; one that fails removes
them. Parts are finished by a thread of their own: a disk that takes its time does not hold up the next rows.

Those of a table with ``partition by`` are in a folder for each value, named as a build names them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pyarrow as pa

from specdsl.building.failures import environment
from specdsl.building.form import form_named
from specdsl.building.lock import locked
from specdsl.building.parts import file_name
from specdsl.errors import UsageError
from specdsl.sinks.names import meant
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.registry import CONTAINERS, SINKS
from specdsl.streaming.loads import Load
from specdsl.streaming.quantities import duration, number
from specdsl.streaming.sources import Source
from specdsl.streaming.targets.base import Settings, Target
from specdsl.streaming.targets.parts import Divided, Layout, Parts

_ANOTHER = "choose another folder with --to"
_ROWS = re.compile(r"(\d[\d_]*)\s*rows?")


def require_parts(name: str | None) -> None:
    """Raises UsageError for a format that parts of a stream cannot have, and for what is none."""
    if name is None or name in SINKS:
        return
    parts = f"one of: {', '.join(SINKS)}"
    if name in CONTAINERS:
        why = f"{name} holds whole datasets, and parts of a stream are files of one table"
        raise UsageError(why, parts)
    near = meant(name) or ""
    raise UsageError(
        f"there is no format `{name}`", f"did you mean `{near}`?" if near.split(" ")[0] in SINKS else parts
    )


class Files(Target):
    """``events-00001.jsonl``, ``events-00002.jsonl``, ...: any format whose files hold one table."""

    text = ""

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__()
        self._folder = Path(address.removeprefix("file://"))
        require_parts(settings.format)
        self._form = form_named(settings.format or "jsonl", settings.compression, settings.values)
        self._append = settings.append
        self._seconds, self._rows = _trigger(settings.every)
        self._tables: dict[str, Parts | Divided] = {}
        self._held = ExitStack()
        self._finishers = ThreadPoolExecutor(1, thread_name_prefix="specdsl-finish")

    @property
    def shown(self) -> str:
        return str(self._folder)

    @property
    def format(self) -> str:
        """That of the files."""
        return self._form.name

    def open(self, sources: Sequence[Source]) -> None:
        for source in sources:
            alone = replace(source.dataset, tables={source.name: source.dataset.tables[source.name]})
            notes = self._form.format.examine(alone, {source.name: source.count}, self._form.values)
            self.delivery.notes += notes
        with environment(self._folder, _ANOTHER):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._held.enter_context(locked(self._folder, _ANOTHER))
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
        if not source.count:
            return
        layout = self._layout(source)
        writer = layout.writer(BytesIO())
        layout.put(writer, source.batch(0, 1).select(layout.schema.names))
        writer.close()

    def _layout(self, source: Source) -> Layout:
        divided = source.dataset.tables[source.name].partition_by
        kept = self._form.write_options(source.dataset, source.name).get(KEEP)
        fields = [field for field in source.schema if kept or field.name not in divided]
        return Layout(source, pa.schema(fields), self._form, self._rows, self._append, self._finishers)

    def _parts(self, source: Source) -> Parts | Divided:
        """Ready for the first part of a table, behind those that are there."""
        layout = self._layout(source)
        stem = file_name(source.name, 0, "")
        if not source.dataset.tables[source.name].partition_by:
            return Parts(layout, self._folder, stem)
        return Divided(layout, self._folder / stem)

    def send(self, load: Load, part: slice) -> None:
        with environment(self._folder, _ANOTHER):
            for source, batch in load.parts(part.start, part.stop):
                self._tables[source.name].write(batch)

    def tick(self, now: float) -> None:
        assert self._seconds is not None
        with environment(self._folder, _ANOTHER):
            for parts in self._tables.values():
                parts.finish()
        self.wake = (now // self._seconds + 1) * self._seconds

    def close(self) -> None:
        with environment(self._folder, _ANOTHER):
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
