"""Rows that break their schema on purpose: the last step before files are published.

The files are whole and verified when it begins. Those with rows to break are written anew, with an answer key
and the schema beside them. Nothing is held in memory but the numbers of the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import numpy as np

from specdsl.building.job import Job
from specdsl.building.manifest import ANSWERS_NAME, SCHEMA_NAME, FileEntry, Invalid
from specdsl.building.options import BuildListener
from specdsl.building.share import rows_of
from specdsl.building.staging import Staging
from specdsl.building.writing import HashedFile
from specdsl.errors import DataError
from specdsl.exporters.json_schema.rows import pointers_of, schema_of_rows
from specdsl.mutations.answers import Answer
from specdsl.mutations.breaking import Breaker, Broken
from specdsl.mutations.documents import parsed, pointer_of, written
from specdsl.mutations.rows import rewritten
from specdsl.mutations.schema import RowSchema
from specdsl.randomness.permutation import Permutation
from specdsl.randomness.streams import stream_key
from specdsl.sinks.compression import LEVEL
from specdsl.sinks.text.streams import TextStream, member_name
from specdsl.verify.unpacked import opened

if TYPE_CHECKING:
    from specdsl.compiler import Compilation
    from specdsl.ir.model import Table

_IN_VAIN: Final = 500  # rows in a row that cannot be broken, until a table is given up


def break_rows(
    job: Job,
    compilation: Compilation,
    staging: Staging,
    made: Mapping[str, tuple[FileEntry, ...]],
    told: BuildListener,
) -> tuple[dict[str, tuple[FileEntry, ...]], Invalid]:
    """Break the job's share of the rows of every table in ``made``, whose files are in the staging folder.
    The files as they are then, and what the manifest says of it. Raises DataError where no row can be broken,
    OSError."""
    assert job.invalid is not None
    told.breaking()
    made = {name: made[name] for name in job.dataset.tables if name in made}  # as the manifest has them
    document = job.invalid.schema
    if document is None:
        document = schema_of_rows(compilation, job.dataset, tuple(made))
    pointers = pointers_of(document, tuple(made))
    schema = HashedFile(staging.path(SCHEMA_NAME))
    schema.write((json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())
    schema.close()
    key = HashedFile(staging.path(ANSWERS_NAME))
    files, counts, unfit = {}, {}, {}
    try:
        for name, entries in made.items():
            rows = sum(entry.rows or 0 for entry in entries)
            breaking = _Breaking(
                job.dataset.tables[name],
                Breaker(RowSchema(document, pointers[name]), job.dataset.seed, name),
                _chosen(job.dataset.seed, name, rows, rows_of(job.invalid.share, rows)),
                key,
            )
            files[name] = tuple(_file(job, staging, name, entry, breaking) for entry in entries)
            counts[name] = breaking.count
            if breaking.breaker.unfit == breaking.tried > 0:
                unfit[name] = breaking.unfit(job.invalid.source)
            _tell(name, breaking, rows_of(job.invalid.share, rows), unfit.get(name, ""), told)
    finally:
        key.close()
    total = sum(counts.values())
    if not total and unfit:
        name, why = next(iter(unfit.items()))
        help = "only a valid row can be broken: mend the schema, or the spec"
        raise DataError(f"no row of {name} can be broken: {why}", help)
    if not total and any(entry.rows for entries in made.values() for entry in entries):
        raise DataError(
            "no row can be broken: the schema of no table leaves anything to break", "leave out --invalid"
        )
    answers = FileEntry(ANSWERS_NAME, None, total, key.size, key.sha256)
    about = FileEntry(SCHEMA_NAME, None, None, schema.size, schema.sha256)
    return files, Invalid(job.invalid.asked(), counts, answers, about)


def _tell(table: str, breaking: _Breaking, wanted: int, unfit: str, told: BuildListener) -> None:
    count, breaker = breaking.count, breaking.breaker
    if count == wanted:
        return
    if count:
        why = (
            f"others are not valid as they are: {breaker.problem}"
            if breaker.unfit
            else "the others cannot be"
        )
        told.note(f"note: {count:,} rows of {table} are broken, not {wanted:,}: {why}")
    elif unfit:
        told.note(f"note: no row of {table} is broken: {unfit}")
    else:
        told.note(f"note: no row of {table} is broken: nothing of its schema can be broken by itself")


def _chosen(seed: int, table: str, rows: int, count: int) -> Iterator[int]:
    """The numbers of the rows to break, in their order."""
    permutation = Permutation(stream_key(seed, "invalid", table), rows)
    yield from map(int, np.sort(permutation.at(np.arange(count, dtype=np.int64))))


@dataclass
class _Breaking:
    """The rows of one table on their way. ``count``: how many are broken, of those ``tried``. A row that
    cannot be broken leaves its turn to the next one that can."""

    table: Table
    breaker: Breaker
    chosen: Iterator[int]
    key: HashedFile
    row: int = 0
    count: int = 0
    tried: int = 0
    owed: int = 0
    in_vain: int = 0
    next: int | None = None

    def __post_init__(self) -> None:
        self.next = next(self.chosen, None)

    def unfit(self, schema: str) -> str:
        """That no row was valid as it is: a clause."""
        none = "the row does not satisfy" if self.tried == 1 else f"none of {self.tried:,} rows satisfies"
        return f"{none} {schema}: {self.breaker.problem}"

    def changed(self, file: str, number: int, text: bytes) -> bytes | None:
        """The next row of the table, the ``number``-th of ``file``: its new text, or None."""
        if self.row == self.next:
            self.owed += 1
            self.next = next(self.chosen, None)
        row, self.row = self.row, self.row + 1
        if not self.owed or self.in_vain >= _IN_VAIN:
            return None
        self.tried += 1
        clean = parsed(text)
        broken = self.breaker.broken(clean, row)
        if broken is None:
            self.in_vain += 1
            return None
        self.owed -= 1
        self.count += 1
        self.in_vain = 0
        answer = self._answer(file, number, clean, broken)
        self.key.write(f"{answer.text()}\n".encode())
        return written(broken.row).encode()

    def _answer(self, file: str, number: int, clean: Any, broken: Broken) -> Answer:
        columns = self.table.columns
        bare = next((c.name for c in columns.values() if c.bare), None)
        by_column = clean if bare is None else {bare: clean}
        column = bare
        if bare is None and broken.changed and broken.changed[0] in columns:
            column = str(broken.changed[0])
        return Answer(
            table=self.table.name,
            file=file,
            row=number,
            key={name: by_column[name] for name in self.table.key if name in by_column},
            column=column,
            keyword=broken.failure.keyword,
            schema=broken.failure.pointer,
            path=pointer_of(broken.failure.path),
            changed=pointer_of(broken.changed),
            clean=broken.clean,
            broken=broken.broken,
        )


def _file(job: Job, staging: Staging, table: str, entry: FileEntry, breaking: _Breaking) -> FileEntry:
    """One file written anew in its place."""
    path = staging.path(entry.path)
    new = path.with_name(f"{path.name}.new")
    options = job.form.write_options(job.dataset, table)
    file = HashedFile(new)
    try:
        name = member_name(options, f".{job.form.name}")
        out = TextStream(cast("BinaryIO", file), options.compression, options.get(LEVEL), name)
        with opened(path) as lines:
            for piece in _together(
                rewritten(lines, job.form.name, lambda n, text: breaking.changed(entry.path, n, text))
            ):
                out.write(piece)
        out.close()
    except BaseException:
        file.abandon()
        raise
    file.close()
    new.replace(path)
    return replace(entry, bytes=file.size, sha256=file.sha256)


def _together(lines: Iterable[bytes], size: int = 1 << 20) -> Iterator[bytes]:
    """Lines joined to larger pieces."""
    pending = bytearray()
    for line in lines:
        pending += line
        if len(pending) >= size:
            yield bytes(pending)
            pending.clear()
    if pending:
        yield bytes(pending)
