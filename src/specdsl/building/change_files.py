"""Writing what a batch changes: images of rows before and after, change records, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
import pyarrow as pa

from specdsl.building.change_rows import ChangeRows, as_written
from specdsl.building.changing import Changing
from specdsl.building.job import Job
from specdsl.building.manifest import Changes, FileEntry
from specdsl.building.options import BuildListener
from specdsl.building.parts import file_name
from specdsl.building.schemas import described_schema
from specdsl.building.staging import Staging
from specdsl.building.writing import HashedFile
from specdsl.changes.history import table_history
from specdsl.changes.records import ChangedTable, Op, TableBatch
from specdsl.datatypes.types import DataType
from specdsl.generate.ahead import made_ahead
from specdsl.generate.generator import Generator
from specdsl.sinks.base import Sink, WriteOptions
from specdsl.sinks.registry import READABLE, SINKS
from specdsl.sinks.sizes import row_values
from specdsl.vectors.vector import Int64Array

if TYPE_CHECKING:
    from specdsl.building.parts import Part

SNAPSHOT = "snapshot"
"""The folder of the rows as they are after a batch."""
IMAGES = "arrow"
"""The format of images: it keeps every type as it is."""

_ROWS = 1 << 16


def image_path(staging: Staging, table: str, when: str) -> Path:
    """The file of the rows of ``table`` that change, as they are ``before`` (updates and deletes, in the
    order of their numbers) or ``after`` (updates)."""
    return staging.path(f".image-{when}-{file_name(table, 0, '.arrow')}")


# --- images ------------------------------------------------------------------------------------------


def write_images(job: Job, staging: Staging, workers: int) -> None:
    """Make the images of all rows that change. Raises GenerationError, OSError."""
    changing = job.changing
    if changing is None:
        return
    for name in changing.touched:
        schema = described_schema(job.held, name)
        before = np.concatenate(changing.before_rows(name))
        after = changing.updates(name)
        for when, generator, rows in (("before", changing.now, before), ("after", changing.after, after)):
            batches = _taken(generator, name, rows, workers)
            _write(image_path(staging, name, when), SINKS[IMAGES], schema, batches, WriteOptions("none"))


def _taken(generator: Generator, table: str, rows: Int64Array, workers: int) -> Iterator[pa.RecordBatch]:
    pieces = (rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
    yield from made_ahead((partial(generator.take, table, piece) for piece in pieces), workers)


def _write(
    path: Path, sink: Sink, schema: pa.Schema, batches: Iterable[pa.RecordBatch], options: WriteOptions
) -> tuple[int, int, str]:
    """Write a file, on disk afterwards; its rows, bytes and hash."""
    path.parent.mkdir(exist_ok=True)
    file = HashedFile(path)
    rows = 0
    try:
        writer = sink.open(cast("BinaryIO", file), schema, options)
        for batch in batches:
            writer.write(batch)
            rows += batch.num_rows
        writer.close()
        file.close()
    except BaseException:
        file.abandon()
        raise
    return rows, file.size, file.sha256


# --- change records ----------------------------------------------------------------------------------


def write_changes(
    job: Job, staging: Staging, parts: Mapping[str, FileEntry], told: BuildListener
) -> dict[str, tuple[FileEntry, ...]]:
    """Write the change records of every table of which rows change, made of its new rows (``parts``, by name)
    and the images. Raises OSError, DataError."""
    changing = job.changing
    assert changing is not None
    assert changing.form is not None
    out = {}
    for name in changing.recorded:
        files = _Files(job, staging, name)
        told.assembling(file_name(name, 0, job.form.extension))
        changed = changed_table(job, changing, staging, name)
        changing.form.write(changed, files, job.form.of_changes)
        out[name] = tuple(files.entries)
    return out


def changed_table(job: Job, changing: Changing, staging: Staging, table: str) -> ChangedTable:
    """The changes of one table as forms of change records take them."""
    schema = described_schema(job.held, table)
    parts = [part for part in job.parts if part.table == table]
    stream = _Stream(changing, staging, table, schema, parts)
    of = changes_of(job, changing, table)
    return ChangedTable(
        of.dataset,
        of.table,
        of.schema,
        of.batch,
        of.now,
        of.begin,
        of.end,
        of.counts,
        stream.batches,
        lambda: table_history(changing.after, table, schema, changing.logs, changing.all_of(table)),
    )


def changes_of(job: Job, changing: Changing, table: str) -> TableBatch:
    """What is known of the changes of one table before they are made."""
    log = changing.log
    return TableBatch(
        job.dataset,
        job.held.tables[table],
        described_schema(job.held, table),
        len(changing.logs),
        log.now,
        log.first,
        log.first + log.count - 1,
        dict(zip((Op.INSERT, Op.UPDATE, Op.DELETE), changing.rows(table), strict=True)),
    )


class _Stream:
    """The stream of a table's changes, from files."""

    def __init__(
        self, changing: Changing, staging: Staging, table: str, written: pa.Schema, parts: list[Part]
    ) -> None:
        self._changing = changing
        self._staging = staging
        self._table = table
        self._written = written
        self._parts = parts
        self._records = ChangeRows(changing, table, written)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All of it."""
        inserted, updated, deleted = self._changing.log.tables[self._table].sequence
        for part in self._parts:
            for batch in self._read(self._staging.path(part.name)):
                numbers = _counted(inserted, batch.num_rows)
                yield self._records.made(Op.INSERT, numbers, None, batch, None)
                inserted += batch.num_rows
        if self._table not in self._changing.touched:
            return
        updates, deletes = self._changing.updates(self._table), self._changing.deletes(self._table)
        before = _Cut(self._read(image_path(self._staging, self._table, "before")), self._written)
        streams = self._updates(updated, updates, before), self._deletes(deleted, deletes, before)
        for stream in streams if updated <= deleted else streams[::-1]:
            yield from stream

    def _updates(self, first: int, updates: Int64Array, before: _Cut) -> Iterator[pa.RecordBatch]:
        at = 0
        for batch in self._read(image_path(self._staging, self._table, "after")):
            rows = updates[at : at + batch.num_rows]
            numbers = _counted(first + at, len(rows))
            yield self._records.made(Op.UPDATE, numbers, before.next(len(rows)), batch, rows)
            at += len(rows)

    def _deletes(self, first: int, deletes: Int64Array, before: _Cut) -> Iterator[pa.RecordBatch]:
        for start in range(0, len(deletes), _ROWS):
            rows = deletes[start : start + _ROWS]
            numbers = _counted(first + start, len(rows))
            yield self._records.made(Op.DELETE, numbers, before.next(len(rows)), None, rows)

    def _read(self, path: Path) -> Iterator[pa.RecordBatch]:
        for batch in READABLE[IMAGES].read(path, self._written):
            if batch.num_rows:
                yield as_written(batch, self._written)


def _counted(first: int, count: int) -> Int64Array:
    return np.arange(first, first + count, dtype=np.int64)


class _Cut:
    """Batches cut anew, so many rows at a time."""

    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._batches = batches
        self._rest = pa.Table.from_batches([], schema)

    def next(self, rows: int) -> pa.RecordBatch:
        """The next ``rows`` rows."""
        while self._rest.num_rows < rows:
            self._rest = pa.concat_tables([self._rest, pa.Table.from_batches([next(self._batches)])])
        taken, self._rest = self._rest.slice(0, rows), self._rest.slice(rows)
        (batch,) = taken.combine_chunks().to_batches() or [None]
        return batch


class _Files:
    """Where the change records of a table go: see ``ChangeFiles``."""

    def __init__(self, job: Job, staging: Staging, table: str) -> None:
        self.format = job.form.name
        self.entries: list[FileEntry] = []
        self._job = job
        self._staging = staging
        self._table = table

    def write(
        self,
        schema: pa.Schema,
        rows: Iterable[pa.RecordBatch],
        types: Mapping[str, DataType],
        *,
        suffix: str = "",
    ) -> None:
        form = self._job.form
        assert form.sink is not None
        name = file_name(f"{self._table}{suffix}", 0, form.extension)
        doc = self._job.dataset.tables[self._table].doc
        metadata = (("specdsl.table", self._table), ("description", doc))
        options = WriteOptions(form.compression, metadata, form.values, 2 * row_values(types.values()), types)
        count, size, digest = _write(self._staging.path(name), form.sink, schema, rows, options)
        self.entries.append(FileEntry(name, None, count, size, digest))


def manifest_changes(job: Job, snapshot: Mapping[str, FileEntry]) -> Changes | None:
    """What the manifest says of them; None where a batch has plain rows and nothing else."""
    changing = job.changing
    if changing is None or not (changing.form or changing.snapshot or changing.touched):
        return None
    log = changing.log
    form = "" if changing.form is None else changing.form.name
    tables = {name: changing.rows(name) for name in changing.tables}
    numbers = log.first, log.first + log.count - 1
    return Changes(form, numbers, tables, snapshot, job.form.of_changes)


# --- snapshots ---------------------------------------------------------------------------------------


def write_snapshot(job: Job, staging: Staging, workers: int, told: BuildListener) -> dict[str, FileEntry]:
    """Write all rows of every table as they are after the batch, none of them spoiled. Raises
    GenerationError, OSError."""
    changing, form = job.changing, job.form
    if changing is None or not changing.snapshot:
        return {}
    assert form.sink is not None
    out = {}
    for name, table in job.dataset.tables.items():
        if table.query is not None:
            continue
        path = f"{SNAPSHOT}/{file_name(name, 0, form.extension)}"
        told.assembling(path)
        batches = made_ahead(_left(changing.after, name), workers)
        rows, size, digest = _write(
            staging.path(path),
            form.sink,
            described_schema(job.dataset, name),
            batches,
            form.write_options(job.dataset, name),
        )
        out[name] = FileEntry(path, None, rows, size, digest)
    return out


def _left(generator: Generator, table: str) -> Iterator[Callable[[], pa.RecordBatch]]:
    """What makes the rows that are left, some at a time."""
    alive = generator.engine.alive(table)
    count = generator.row_count(table)
    for start in range(0, count, _ROWS):
        rows = np.arange(start, min(count, start + _ROWS), dtype=np.int64)
        yield partial(generator.take, table, rows if alive is None else rows[alive.has(rows)])
