"""JSON: one array of rows, each on a line of its own, in UTF-8. Values are those of JSON Lines (see
``specdsl.sinks.jsonl``)."""

from __future__ import annotations

from typing import BinaryIO

import pyarrow as pa

from specdsl.sinks.base import Complete, WriteOptions, Writer
from specdsl.sinks.compression import LEVEL
from specdsl.sinks.jsonl import object_lines
from specdsl.sinks.options import options_of
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.text.streams import TEXT_COMPRESSIONS, TEXT_EXTENSIONS, TextStream, member_name

_ROWS = 65_536  # rows made into text at a time


class JsonSink(Complete):
    """See the module's text."""

    name = "json"
    compressions = TEXT_COMPRESSIONS
    options = options_of(LEVEL, KEEP)

    def extension(self, compression: str) -> str:
        return ".json" + TEXT_EXTENSIONS[compression]

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _JsonWriter(target, schema, options)


class _JsonWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        self._schema = schema
        name = member_name(options, ".json")
        self._out = TextStream(target, options.compression, options.get(LEVEL), name)
        self._empty = True

    def write(self, batch: pa.RecordBatch) -> None:
        for start in range(0, batch.num_rows, _ROWS):
            piece = batch.slice(start, _ROWS)
            self._out.write(b"[\n" if self._empty else b",\n")
            self._out.write(object_lines(piece, self._schema, between=",\n"))
            self._empty = False

    def close(self) -> None:
        self._out.write(b"[]\n" if self._empty else b"\n]\n")
        self._out.close()
