"""Partitioned tables: rows in the order of the table, divided among folders, in flat memory.

The rows are read twice. First only the columns that divide them, to number and count the partitions. Then in
chunks: each is put in the order of partitions and spilled, so that the rows of one partition lie together in
every chunk, and partition after partition is written from all chunks. Within a partition rows keep their
order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from specdsl.building.manifest import FileEntry
from specdsl.building.writing import HashedFile
from specdsl.sinks.base import Sink, WriteOptions
from specdsl.sinks.partitions import Partitions

_CHUNK_ROWS = 1 << 20
_CHUNK_BYTES = 96 << 20
_SLICE_ROWS = 65_536
_ORDER = pa.schema([pa.field("row", pa.int64(), nullable=False)])


@dataclass(frozen=True, slots=True)
class Division:
    """How one table is divided. ``paths``: Arrow files with its rows, from ``first_row`` on. ``schema``: its
    columns as they are declared. ``keep``: whether the columns that divide stay in the files, too. ``name``:
    of the table's folder; ``number``: of the files in their folders."""

    table: str
    columns: tuple[str, ...]
    schema: pa.Schema
    paths: Sequence[Path]
    sink: Sink
    options: WriteOptions
    keep: bool
    name: str
    number: int
    first_row: int = 0

    @property
    def held(self) -> pa.Schema:
        """The columns of the files."""
        return pa.schema([f for f in self.schema if self.keep or f.name not in self.columns])

    @property
    def file_name(self) -> str:
        return f"part-{self.number:05d}{self.sink.extension(self.options.compression)}"


def divide(division: Division, target: Path, spill: Path, order: Path) -> tuple[FileEntry, ...]:
    """Write the files below ``target``, and to ``order`` (a Parquet file) the numbers of their rows. Raises
    DataError and OSError."""
    partitions = Partitions(division.table, division.columns)
    numbers = spill / "numbers"
    rows = _number(division, partitions, numbers)
    folders = partitions.folders()
    by_name = sorted(range(len(folders)), key=folders.__getitem__)
    rank = np.empty(len(folders), np.int64)
    rank[by_name] = np.arange(len(folders))
    chunks = list(_chunks(division, rank, numbers, rows, spill))
    entries = []
    with pq.ParquetWriter(order, _ORDER) as ordered:
        for place, number in enumerate(by_name):
            folder = target / folders[number]
            folder.mkdir(parents=True)
            path = folder / division.file_name
            file = HashedFile(path)
            try:
                written = 0
                writer = division.sink.open(cast("BinaryIO", file), division.held, division.options)
                for chunk in chunks:
                    for batch in chunk.of(place):
                        written += batch.num_rows
                        ordered.write_table(pa.table([batch.column(len(division.schema))], schema=_ORDER))
                        writer.write(batch.select(division.held.names))
                writer.close()
            except BaseException:
                file.abandon()
                raise
            file.close()
            name = f"{division.name}/{folders[number]}/{division.file_name}"
            entries.append(FileEntry(name, None, written, file.size, file.sha256))
    return tuple(entries)


def _number(division: Division, partitions: Partitions, target: Path) -> int:
    """Number the partitions, and write the number of each row's to ``target``; how many rows there are."""
    places = [division.schema.get_field_index(name) for name in division.columns]
    options = pa.ipc.IpcReadOptions(included_fields=places)
    rows = 0
    with target.open("wb") as file:
        for batch in _batches(division.paths, options):
            file.write(partitions.number(batch).astype(np.int32).tobytes())
            rows += batch.num_rows
    partitions.require_few()
    return rows


def _batches(paths: Sequence[Path], options: pa.ipc.IpcReadOptions | None = None) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source, options=options)
            for i in range(reader.num_record_batches):
                yield reader.get_batch(i)


class _Chunk:
    """Rows of the table, those of one partition together. ``first``: where each partition begins among the
    batches."""

    def __init__(self, batches: Sequence[pa.RecordBatch] | Path, first: NDArray[np.int64]) -> None:
        self._batches = batches
        self._first = first

    def of(self, place: int) -> Iterator[pa.RecordBatch]:
        """The rows of the partition at ``place``."""
        start, stop = int(self._first[place]), int(self._first[place + 1])
        if start == stop:
            return
        if not isinstance(self._batches, Path):
            yield from self._batches[start:stop]
            return
        with pa.memory_map(str(self._batches)) as source:
            reader = pa.ipc.open_file(source)
            for i in range(start, stop):
                yield reader.get_batch(i)


def _chunks(
    division: Division, rank: NDArray[np.int64], numbers: Path, rows: int, spill: Path
) -> Iterator[_Chunk]:
    """All rows. What fits into one chunk stays in memory."""
    places = np.memmap(numbers, np.int32, "r") if rows else np.zeros(0, np.int32)
    row = 0
    pieces: list[pa.RecordBatch] = []
    held = size = 0
    for batch in _batches(division.paths):
        pieces.append(batch)
        held += batch.num_rows
        size += batch.nbytes
        if held == rows:
            break  # all of it
        if held >= _CHUNK_ROWS or size >= _CHUNK_BYTES:
            yield _spilled(division, pieces, rank[places[row : row + held]], row, len(rank), spill)
            row += held
            pieces, held, size = [], 0, 0
    if held:
        batches, first = _sorted(division, pieces, rank[places[row : row + held]], row, len(rank))
        yield _Chunk(batches, first)


def _spilled(
    division: Division,
    pieces: list[pa.RecordBatch],
    places: NDArray[np.int64],
    row: int,
    count: int,
    spill: Path,
) -> _Chunk:
    batches, first = _sorted(division, pieces, places, row, count)
    path = spill / f"rows-{row}.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return _Chunk(path, first)


def _sorted(
    division: Division, pieces: list[pa.RecordBatch], places: NDArray[np.int64], row: int, count: int
) -> tuple[list[pa.RecordBatch], NDArray[np.int64]]:
    """The rows of ``pieces`` by partition, with their numbers as a last column; where each of ``count``
    partitions begins among the batches."""
    order = np.argsort(places, kind="stable")
    table = pa.Table.from_batches(pieces).combine_chunks()
    fields = [*table.schema, pa.field("", pa.int64(), nullable=False)]
    rows = pa.array(np.arange(row, row + len(order)) + division.first_row)
    whole = pa.Table.from_arrays([*table.columns, rows], schema=pa.schema(fields))
    sorted_rows = whole.take(pa.array(order)).combine_chunks().to_batches()
    ends = np.searchsorted(places[order], np.arange(count + 1))
    batches: list[pa.RecordBatch] = []
    first = np.zeros(count + 1, np.int64)
    for place in range(count):
        first[place] = len(batches)
        start, stop = int(ends[place]), int(ends[place + 1])
        batches += [
            sorted_rows[0].slice(at, min(_SLICE_ROWS, stop - at)) for at in range(start, stop, _SLICE_ROWS)
        ]
    first[count] = len(batches)
    return batches, first
