"""What a sink is, and what all sinks share: re-chunking without a trace of batch sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Protocol, TypeVar

import pyarrow as pa

from specdsl.datatypes.types import DataType, Json, List, Struct
from specdsl.ir.model import Dataset
from specdsl.sinks.options import Option, Options

T = TypeVar("T")

ALIGNMENT = 1_024
"""Encoders look at their pages every so many rows; chunks of other sizes are joined before they see them."""

_JOINED = 256  # small batches


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write one file. ``compression`` is one of the format's; ``metadata`` goes into formats that
    have a place for it (the table's name and documentation); ``values``: those of the format's options
    that were given (see ``get``); ``row_values``: how many values a row holds, with those in its lists;
    ``types``: the declared types of columns, for what Arrow's do not say (the members of enums)."""

    compression: str
    metadata: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    row_values: int = 1
    types: Mapping[str, DataType] = field(default_factory=dict)

    def get(self, option: Option[T]) -> T:
        """The value of ``option``: the one that was given, else its default."""
        return self.values.get(option.name, option.default)  # type: ignore[no-any-return]


class Complete:
    """For formats that need no library of their own and hold every type: nothing to say beforehand."""

    options: Options = MappingProxyType({})

    def require(self) -> None:
        """Nothing is required."""

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        yield from ()


class Writer(Protocol):
    """One file being written."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Adds rows. Columns in the order of the schema; where the schema says string any dictionary of
        strings is as good."""
        ...

    def close(self) -> None:
        """Writes what is left, and the footer. The file object stays open."""
        ...


class Sink(Protocol):
    """A format. ``compressions[0]`` is the default."""

    name: str
    compressions: tuple[str, ...]
    options: Options

    def extension(self, compression: str) -> str:
        """What names of files end in, with its dot."""
        ...

    def require(self) -> None:
        """Raises UsageError, with what to install, where a library is missing."""
        ...

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        """What the format loses or changes, a line each that names table and column; told before anything
        is generated. ``dataset`` has only the tables that are written; ``rows`` as far as they are
        known (not of derived tables). Raises UsageError or DataError for what it cannot hold at all."""
        ...

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        """A writer onto a binary file object that need not seek. The bytes depend on the rows, the
        schema and the options alone, not on how the rows are batched. OSErrors of ``target`` pass through."""
        ...


class ReadableSink(Sink, Protocol):
    """A sink whose files are read by itself, where DuckDB does not know the format."""

    def read(self, path: Path, schema: pa.Schema) -> pa.RecordBatchReader:
        """The rows of a file. What the format keeps in other types is brought back to those of ``schema``;
        columns that the schema lacks are there too. Raises ValueError and OSError."""
        ...


def documented(
    field: pa.Field,
    doc: str,
    dtype: DataType,
    *,
    repeats: bool = False,
    absent: bool = False,
    bare: bool = False,
) -> pa.Field:
    """``field`` with its documentation, and marks where its strings (or strings in it) are JSON documents,
    where they are few that ``repeats``, where JSON leaves it out when null (``absent``; also of fields of
    structs in it), and where it is the row itself in JSON (``bare``)."""
    metadata = dict(field.metadata or {})
    if repeats:
        metadata[b"specdsl:repeats"] = b"true"
    if absent:
        metadata[b"specdsl:absent"] = b"true"
    if bare:
        metadata[b"specdsl:bare"] = b"true"
    if doc:
        metadata[b"description"] = doc.encode()
    match dtype:
        case Json():
            metadata[b"specdsl:type"] = b"json"
        case List(item):
            field = field.with_type(pa.list_(documented(field.type.value_field, "", item)))
        case Struct(members):
            children = [
                documented(field.type.field(i), "", m.type, absent=m.absent) for i, m in enumerate(members)
            ]
            field = field.with_type(pa.struct(children))
    return field.with_metadata(metadata) if metadata else field


def is_json_document(field: pa.Field) -> bool:
    """Whether the strings of ``field`` are JSON documents (see ``documented``)."""
    return bool(field.metadata) and field.metadata.get(b"specdsl:type") == b"json"


def is_repeating(field: pa.Field) -> bool:
    """Whether the strings of ``field`` are few that repeat (see ``documented``)."""
    return bool(field.metadata) and b"specdsl:repeats" in field.metadata


def is_absent(field: pa.Field) -> bool:
    """Whether JSON leaves ``field`` out where it is null (see ``documented``)."""
    return bool(field.metadata) and b"specdsl:absent" in field.metadata


def is_bare(field: pa.Field) -> bool:
    """Whether a row in JSON is the value of ``field`` (see ``documented``)."""
    return bool(field.metadata) and b"specdsl:bare" in field.metadata


class Rechunker:
    """Cuts batches of any size into runs of exactly ``rows`` rows (the last may have fewer). Small batches
    are joined as they come: a stream brings rows one by one, and a batch costs far more than its values."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._pieces: list[pa.RecordBatch] = []
        self._small = 0  # pieces at the end of the list that are small
        self._count = 0

    def add(self, batch: pa.RecordBatch) -> Iterator[list[pa.RecordBatch]]:
        """Takes rows in; gives the runs that are complete now, as the pieces they consist of."""
        start = 0
        while start < batch.num_rows:
            taken = min(self._rows - self._count, batch.num_rows - start)
            self._append(batch.slice(start, taken))
            self._count += taken
            start += taken
            if self._count == self._rows:
                yield self._flush()

    def rest(self) -> Iterator[list[pa.RecordBatch]]:
        """The rows that are left, if any."""
        if self._count:
            yield self._flush()

    def _append(self, piece: pa.RecordBatch) -> None:
        self._pieces.append(piece)
        self._small = self._small + 1 if piece.num_rows < ALIGNMENT else 0
        if self._small == _JOINED:
            self._pieces[-_JOINED:] = [pa.concat_batches(self._pieces[-_JOINED:])]
            self._small = 0

    def _flush(self) -> list[pa.RecordBatch]:
        pieces, self._pieces, self._small, self._count = self._pieces, [], 0, 0
        return pieces


def combined(pieces: Sequence[pa.Array[Any]], kind: pa.DataType) -> pa.ChunkedArray[Any]:
    """The pieces of one column as one column of type ``kind``, in one chunk unless encoders cannot tell."""
    cast = [piece if piece.type == kind else piece.cast(kind) for piece in pieces]
    whole = pa.chunked_array(cast, kind)
    aligned = all(len(piece) % ALIGNMENT == 0 for piece in cast[:-1])
    return whole if aligned else pa.chunked_array([whole.combine_chunks()], kind)


class _Unclosed:
    """A file object whose ``close`` does nothing: Arrow closes what it is handed, callers own theirs."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.closed = False

    def write(self, data: object) -> int:
        return self._target.write(data)  # type: ignore[call-overload, no-any-return]

    def flush(self) -> None:
        self._target.flush()

    def close(self) -> None:
        self.closed = True


def arrow_target(target: BinaryIO) -> pa.NativeFile:
    """``target`` as Arrow's encoders want it; closing it leaves ``target`` open."""
    return pa.PythonFile(_Unclosed(target), "w")


def leaf_paths(field: pa.Field, prefix: Sequence[str] = ()) -> Iterator[tuple[str, pa.DataType]]:
    """The leaves below ``field`` by Parquet path (``tags.list.element``), with their Arrow types."""
    path = (*prefix, field.name)
    kind = field.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield from leaf_paths(kind.value_field.with_name("element"), (*path, "list"))
    elif pa.types.is_struct(kind):
        for i in range(kind.num_fields):
            yield from leaf_paths(kind.field(i), path)
    else:
        yield ".".join(path), kind
