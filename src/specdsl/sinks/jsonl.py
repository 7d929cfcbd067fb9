"""JSON Lines: one JSON object a line, in UTF-8, members in the order of the columns; of a table with a
``bare`` column its value instead.

======================  ==================================================================
null                    ``null`` (the member is there); where it may be ``absent``, no member
bool                    ``true`` / ``false``
ints                    numbers, all 64 bits
float                   the shortest digits that read back; what is not finite is ``null``
decimal                 a number with all digits of its scale: ``12.50``
string, enum            strings; quotes, backslashes and control characters escaped, nothing else
json                    the document itself, not a string that holds it
bytes                   a string in base64
date, time              ``"2024-02-29"``, ``"09:30:00"`` (six more digits where microseconds are not zero)
timestamp               ``"2024-02-29T09:30:00Z"`` (the same)
duration                ISO 8601 in seconds: ``"PT90S"``, ``"-PT0.250000S"``
uuid                    36 characters, lower case
list, struct            arrays and objects
======================  ==================================================================
"""

from __future__ import annotations

from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.sinks.base import Complete, WriteOptions, Writer, is_absent, is_bare
from specdsl.sinks.compression import LEVEL
from specdsl.sinks.options import options_of
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.text.buffers import plain_strings, text_bytes
from specdsl.sinks.text.json import is_quoted, json_texts, object_texts
from specdsl.sinks.text.streams import TEXT_COMPRESSIONS, TEXT_EXTENSIONS, TextStream, member_name
from specdsl.sinks.text.values import is_free_text, scalar_text
from specdsl.vectors.json_strings import escaped, quoted_text

_ROWS = 65_536  # rows made into text at a time


class JsonLinesSink(Complete):
    """See the module's text."""

    name = "jsonl"
    compressions = TEXT_COMPRESSIONS
    options = options_of(LEVEL, KEEP)

    def extension(self, compression: str) -> str:
        return ".jsonl" + TEXT_EXTENSIONS[compression]

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _JsonLinesWriter(target, schema, options)


class _JsonLinesWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        self._schema = schema
        self._out = TextStream(
            target, options.compression, options.get(LEVEL), member_name(options, ".jsonl")
        )

    def write(self, batch: pa.RecordBatch) -> None:
        for start in range(0, batch.num_rows, _ROWS):
            self._out.write(object_lines(batch.slice(start, _ROWS), self._schema))

    def close(self) -> None:
        self._out.close()


def object_lines(batch: pa.RecordBatch, schema: pa.Schema, between: str = "") -> memoryview:
    """One line for each row: an object, or the value of a bare column; with ``between``, that stands between
    rows, and nothing after the last. One join over columns and the constants between them, which hold names,
    colons, commas and, where nothing is null, quotes."""
    end = between or "\n"
    whole = _whole_rows(batch, schema)
    if whole is not None:
        lines = text_bytes(pc.binary_join_element_wise(whole, end, ""))
        return lines[: -len(between)] if between else lines
    pieces: list[pa.StringArray | str] = []
    constant = "{"
    for column, field in zip(batch.columns, schema, strict=True):
        constant += f"{quoted_text(field.name)}:"
        if column.null_count == 0 and is_quoted(field):
            pieces += [constant + '"', _between_quotes(column)]
            constant = '",'
        else:
            pieces += [constant, json_texts(column, field)]
            constant = ","
    if not pieces:
        lines = memoryview(("{}" + end).encode() * batch.num_rows)
    else:
        lines = text_bytes(pc.binary_join_element_wise(*pieces, constant[:-1] + "}" + end, ""))
    return lines[: -len(between)] if between else lines


def _whole_rows(batch: pa.RecordBatch, schema: pa.Schema) -> pa.StringArray | None:
    """The text of each row where rows are bare values or may lack members; None where they cannot."""
    if len(schema) == 1 and is_bare(schema.field(0)):
        return json_texts(batch.column(0), schema.field(0))
    absent = any(
        is_absent(field) and column.null_count for column, field in zip(batch.columns, schema, strict=True)
    )
    return object_texts(batch.columns, list(schema)) if absent else None


def _between_quotes(column: pa.Array[Any]) -> pa.StringArray:
    if not is_free_text(column.type):
        return scalar_text(column)
    if pa.types.is_dictionary(column.type):
        return pc.take(escaped(plain_strings(column.dictionary)), column.indices)
    return escaped(plain_strings(column))
