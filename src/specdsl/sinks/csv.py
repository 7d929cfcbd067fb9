"""CSV (RFC 4180, in UTF-8, lines end in a line feed), with a header.

======================  ==================================================================
null                    an empty field; the empty string is ``""``
bool                    ``true`` / ``false``
ints                    digits
float                   the shortest digits that read back; ``nan``, ``inf``, ``-inf``
decimal                 all digits of its scale: ``12.50``
string, enum            as it is; in quotes where it holds a quote, comma or line break, or is empty
json                    its text, quoted as strings are
bytes                   base64
date, time              ``2024-02-29``, ``09:30:00`` (six more digits where microseconds are not zero)
timestamp               ``2024-02-29T09:30:00Z`` (the same)
duration                ISO 8601 in seconds: ``PT90S``, ``-PT0.250000S``
uuid                    36 characters, lower case
list, struct            JSON text, quoted as strings are
======================  ==================================================================
"""

from __future__ import annotations

from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from specdsl.sinks.base import TEXT_COMPRESSIONS, TEXT_EXTENSIONS, Complete, TextStream, WriteOptions, Writer
from specdsl.sinks.text.buffers import has_empty, plain_strings, text_bytes
from specdsl.sinks.text.json import json_texts
from specdsl.sinks.text.values import is_free_text, scalar_text

_ROWS = 65_536  # rows made into text at a time
_STRUCTURAL = (b'"', b",", b"\n", b"\r")


class CsvSink(Complete):
    """See the module's text."""

    name = "csv"
    compressions = TEXT_COMPRESSIONS

    def extension(self, compression: str) -> str:
        return ".csv" + TEXT_EXTENSIONS[compression]

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _CsvWriter(target, schema, options)


class _CsvWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        self._schema = schema
        self._out = TextStream(target, options.compression)
        names, _ = _quoted(pa.array(schema.names, pa.string()))
        self._out.write((",".join(names.to_pylist()) + "\n").encode())

    def write(self, batch: pa.RecordBatch) -> None:
        for start in range(0, batch.num_rows, _ROWS):
            self._out.write(_lines(batch.slice(start, _ROWS)))

    def close(self) -> None:
        self._out.close()


def _lines(batch: pa.RecordBatch) -> memoryview:
    fields = [_fields(column) for column in batch.columns]
    texts = [text for text, _ in fields]
    if any(structural for _, structural in fields):
        joined = pc.binary_join_element_wise(*texts, ",", null_handling="replace", null_replacement="")
        return text_bytes(pc.binary_join_element_wise(joined, "", "\n"))
    # Arrow's own writer is twice as fast, but knows only all quotes or none.
    out = pa.BufferOutputStream()
    rows = pa.RecordBatch.from_arrays(texts, names=[str(i) for i in range(len(texts))])
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none", batch_size=_ROWS)
    with arrow_csv.CSVWriter(out, rows.schema, write_options=options) as writer:
        writer.write_batch(rows)
    return memoryview(out.getvalue())


def _fields(column: pa.Array[Any]) -> tuple[pa.StringArray, bool]:
    """The fields of a column, and whether quotes are among them."""
    kind = column.type
    if pa.types.is_nested(kind):
        text = json_texts(column, pa.field("", kind))
        if column.null_count:
            text = pc.if_else(pc.is_valid(column), text, pa.scalar(None, pa.string()))
        return _quoted(text)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _quoted(scalar_text(column))  # for the empty ones
    if not is_free_text(kind):
        return scalar_text(column), False
    if pa.types.is_dictionary(kind):
        values, structural = _quoted(plain_strings(column.dictionary))
        return pc.take(values, column.indices), structural
    return _quoted(plain_strings(column))


def _quoted(text: pa.StringArray) -> tuple[pa.StringArray, bool]:
    """``text`` with quotes around the values that need them, and whether any does."""
    data = bytes(text_bytes(text))
    present = [mark for mark in _STRUCTURAL if mark in data]
    empty = has_empty(text)
    if not present and not empty:
        return text, False
    needed = pc.equal(text, "")
    for mark in present:
        needed = pc.or_(needed, pc.match_substring(text, mark.decode()))
    doubled = pc.replace_substring(text, '"', '""') if b'"' in present else text
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), text), True
