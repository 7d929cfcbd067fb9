"""What a build is asked for, what it tells while it runs, and what it gives."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specdsl.building.manifest import Manifest
from specdsl.building.share import share_text

if TYPE_CHECKING:
    from specdsl.verify.reading import TableFiles
    from specdsl.verify.report import VerifyReport


class Mode(StrEnum):
    """What to do where the folder already holds data."""

    ERROR = "error"
    OVERWRITE = "overwrite"
    APPEND = "append"


class VerifyLevel(StrEnum):
    """How the written files are checked before they are published."""

    FULL = "full"
    SAMPLE = "sample"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Breaking:
    """Rows to break on purpose. ``share``: of each table's, above 0 and at most 1. ``schema``: the JSON
    Schema whose keywords they break, None for that of the spec; ``source``: what messages call it."""

    share: Decimal
    schema: Any = None
    source: str = "its schema"

    def asked(self) -> dict[str, str]:
        """What two builds must agree in."""
        if self.schema is None:
            return {"share": share_text(self.share)}
        plain = json.dumps(self.schema, sort_keys=True)
        return {"share": share_text(self.share), "schema": hashlib.sha256(plain.encode()).hexdigest()}


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to build, and how.

    ``compression``: None is the format's default. ``values``: options of the format, as texts. ``tables``:
    () is all; a derived table brings those that it reads. ``files``: into how many files of contiguous
    rows each table is split. ``workers``: 0 is one a processor. ``resume``: go on with what a build that
    was interrupted has left. With mode ``APPEND`` the dataset's literal row counts are rows to *add*.
    ``clean``: leave out declared dirt. ``invalid``: the rows that break a keyword of their schema on
    purpose, None for no rows. ``changes``: the form of the change records that a batch is written as, None
    for plain rows; ``snapshot``: with all rows as they are after it. ``batch_rows`` never changes what is
    written.
    """

    out_dir: Path
    format: str = "parquet"
    compression: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    tables: tuple[str, ...] = ()
    files: int = 1
    mode: Mode = Mode.ERROR
    workers: int = 0
    verify: VerifyLevel = VerifyLevel.FULL
    resume: bool = False
    clean: bool = False
    invalid: Breaking | None = None
    changes: str | None = None
    snapshot: bool = False
    batch_rows: int = 65_536

    @property
    def processors(self) -> int:
        if self.workers > 0:
            return self.workers
        available = getattr(os, "sched_getaffinity", None)
        return len(available(0)) if available else os.cpu_count() or 1


class BuildListener:
    """Hears how a build goes on; every method may be overridden. Calls come one at a time, but from
    several threads."""

    def planned(self, rows: Mapping[str, int]) -> None:
        """The tables to be written, in order, with the rows that this build writes of each (0 for a
        derived table, whose rows are not known yet)."""

    def table_started(self, table: str) -> None:
        """The first of a table's rows are being made."""

    def rows_written(self, table: str, rows: int) -> None:
        """So many more rows are encoded."""

    def table_done(self, table: str, rows: int) -> None:
        """A table is complete, with so many rows written by this build."""

    def assembling(self, name: str) -> None:
        """File or folder ``name`` is about to be made of rows that are written."""

    def verifying(self) -> None:
        """The written files are about to be checked."""

    def verified(self, report: VerifyReport) -> None:
        """They have been."""

    def written(self, tables: Mapping[str, TableFiles]) -> None:
        """All files are written and have been checked, but are not in their places yet; where they break a
        rule they are about to be removed."""

    def breaking(self) -> None:
        """Rows of the files, which have been checked, are about to be broken on purpose."""

    def publishing(self) -> None:
        """Files are about to be moved to their names."""

    def note(self, message: str) -> None:
        """Something worth a line: what was resumed, what was thrown away."""


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """``rows``: of the whole table as it is now. ``written``: of them, by this build. ``paths``: its files,
    ``bytes`` their size; a container that holds all tables is a file of each."""

    name: str
    rows: int
    written: int
    paths: tuple[Path, ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class BuildResult:
    """``ok`` is false when the verification found something; then nothing was published, and the report
    says what. ``manifest`` is None then. ``report`` is None without verification."""

    ok: bool
    out_dir: Path
    tables: tuple[BuiltTable, ...]
    report: VerifyReport | None = field(repr=False)
    manifest: Manifest | None = field(repr=False)
    seconds: float
