"""CSV: RFC 4180 in UTF-8 with a header, lines end in a line feed, unless options say otherwise.

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

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from specdsl.ir.model import Dataset
from specdsl.sinks.base import WriteOptions, Writer
from specdsl.sinks.compression import LEVEL
from specdsl.sinks.options import options_of
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.text.buffers import text_bytes
from specdsl.sinks.text.dialect import (
    DELIMITER,
    ENCODING,
    ERRORS,
    FALSE,
    HEADER,
    LINE_END,
    NULL,
    QUOTE,
    QUOTING,
    TRUE,
    Dialect,
    require_consistent,
)
from specdsl.sinks.text.encoding import Encoder
from specdsl.sinks.text.fields import Fields
from specdsl.sinks.text.streams import TEXT_COMPRESSIONS, TEXT_EXTENSIONS, TextStream, member_name

_ROWS = 65_536  # rows made into text at a time


class CsvSink:
    """See the module's text."""

    name = "csv"
    compressions = TEXT_COMPRESSIONS
    options = options_of(
        DELIMITER, QUOTING, QUOTE, HEADER, NULL, ENCODING, ERRORS, LINE_END, TRUE, FALSE, LEVEL, KEEP
    )

    def extension(self, compression: str) -> str:
        return ".csv" + TEXT_EXTENSIONS[compression]

    def require(self) -> None:
        """Nothing is required."""

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        require_consistent(Dialect.of(WriteOptions("none", (), values)), dataset)
        yield from ()

    def open(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> Writer:
        return _CsvWriter(target, schema, options)


class _CsvWriter:
    def __init__(self, target: BinaryIO, schema: pa.Schema, options: WriteOptions) -> None:
        self._dialect = Dialect.of(options)
        self._fields = Fields(schema, self._dialect, options)
        self._encoder = Encoder(self._dialect.encoding, options)
        self._out = TextStream(target, options.compression, options.get(LEVEL), member_name(options, ".csv"))
        self._out.write(self._encoder.mark)
        if self._dialect.header:
            self._out.write(self._encoder.line(self._fields.header()))
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        for start in range(0, batch.num_rows, _ROWS):
            piece = batch.slice(start, _ROWS)
            texts, structural = self._fields.of(piece, self._rows)
            lines = self._lines(texts, structural=structural)
            self._out.write(self._encoder.encode(lines, texts, piece.schema.names, self._rows))
            self._rows += piece.num_rows

    def close(self) -> None:
        self._out.close()

    def _lines(self, texts: list[pa.StringArray], *, structural: bool) -> memoryview:
        dialect = self._dialect
        if structural or dialect.null or dialect.line_end != "\n":
            joined = pc.binary_join_element_wise(
                *texts, dialect.delimiter, null_handling="replace", null_replacement=dialect.null
            )
            return text_bytes(pc.binary_join_element_wise(joined, "", dialect.line_end))
        # Arrow's own writer is twice as fast, but knows only all quotes or none.
        out = pa.BufferOutputStream()
        rows = pa.RecordBatch.from_arrays(texts, names=[str(i) for i in range(len(texts))])
        options = arrow_csv.WriteOptions(
            include_header=False, quoting_style="none", batch_size=_ROWS, delimiter=dialect.delimiter
        )
        with arrow_csv.CSVWriter(out, rows.schema, write_options=options) as writer:
            writer.write_batch(rows)
        return memoryview(out.getvalue())
