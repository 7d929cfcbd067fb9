"""How far a build is: files for the journal, rows for whoever listens."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from specdsl.building.job import Job
from specdsl.building.manifest import FileEntry
from specdsl.building.options import BuildListener
from specdsl.building.parts import Part
from specdsl.building.staging import Staging

if TYPE_CHECKING:
    from specdsl.verify.reading import TableFiles
    from specdsl.verify.report import VerifyReport


class OneAtATime(BuildListener):
    """Passes calls on, one at a time."""

    def __init__(self, listener: BuildListener) -> None:
        self._listener = listener
        self._lock = threading.Lock()

    def planned(self, rows: Mapping[str, int]) -> None:
        with self._lock:
            self._listener.planned(rows)

    def table_started(self, table: str) -> None:
        with self._lock:
            self._listener.table_started(table)

    def rows_written(self, table: str, rows: int) -> None:
        with self._lock:
            self._listener.rows_written(table, rows)

    def table_done(self, table: str, rows: int) -> None:
        with self._lock:
            self._listener.table_done(table, rows)

    def assembling(self, name: str) -> None:
        with self._lock:
            self._listener.assembling(name)

    def verifying(self) -> None:
        with self._lock:
            self._listener.verifying()

    def verified(self, report: VerifyReport) -> None:
        with self._lock:
            self._listener.verified(report)

    def written(self, tables: Mapping[str, TableFiles]) -> None:
        with self._lock:
            self._listener.written(tables)

    def breaking(self) -> None:
        with self._lock:
            self._listener.breaking()

    def publishing(self) -> None:
        with self._lock:
            self._listener.publishing()

    def note(self, message: str) -> None:
        with self._lock:
            self._listener.note(message)


class Progress:
    """What is finished, in the journal and for the listener."""

    def __init__(self, job: Job, staging: Staging, done: dict[str, FileEntry], told: BuildListener) -> None:
        self._staging = staging
        self._told = told
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self.entries = dict(done)
        self._open = dict.fromkeys(job.tables, 0)
        self._rows = dict.fromkeys(job.tables, 0)
        for part in (*job.parts, *job.queries):
            if part.name in done:
                self._rows[part.table] += done[part.name].rows or 0
            else:
                self._open[part.table] += 1

    def started(self, part: Part) -> None:
        with self._lock:
            new = part.table not in self._seen
            self._seen.add(part.table)
        if new:
            self._told.table_started(part.table)

    def written(self, part: Part, rows: int) -> None:
        self._told.rows_written(part.table, rows)

    def finished(self, part: Part, entry: FileEntry) -> None:
        with self._lock:
            self._staging.record(part.table, entry)
            self.entries[part.name] = entry
            self._rows[part.table] += entry.rows or 0
            self._open[part.table] -= 1
            last = self._open[part.table] == 0
        if last:
            self._told.table_done(part.table, self._rows[part.table])
