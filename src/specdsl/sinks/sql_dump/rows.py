"""Rows as statements, many at a time without a Python object per value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.errors import DataError
from specdsl.sinks.base import Rechunker, combined
from specdsl.sinks.container import Content
from specdsl.sinks.relational.model import Relation
from specdsl.sinks.sql_dump.dialect import Dialect, Rows
from specdsl.sinks.text.buffers import text_bytes

_CHUNK = 16_384  # rows made into text at a time


def statements(
    dialect: Dialect, relation: Relation, content: Content, rows: Rows, batch_rows: int
) -> Iterator[bytes | memoryview]:
    """The text of all rows of a table, in statements of ``batch_rows`` rows."""
    if batch_rows >= content.rows:
        yield from _one_statement(dialect, relation, content, rows)
        return
    chunks = Rechunker(max(1, _CHUNK // batch_rows) * batch_rows)
    for batch in content.batches(_CHUNK):
        for pieces in chunks.add(batch):
            yield _statements(dialect, relation, pieces, rows, batch_rows)
    for pieces in chunks.rest():
        yield _statements(dialect, relation, pieces, rows, batch_rows)


def _one_statement(
    dialect: Dialect, relation: Relation, content: Content, rows: Rows
) -> Iterator[bytes | memoryview]:
    start = rows.before
    for batch in content.batches(_CHUNK):
        if batch.num_rows:
            lines = _rows(dialect, relation, [batch], rows)
            yield start.encode()
            yield text_bytes(_joined(lines, rows.between, len(lines)))
            start = rows.between
    if start is not rows.before:
        yield rows.after.encode()


def _statements(
    dialect: Dialect, relation: Relation, pieces: list[pa.RecordBatch], rows: Rows, batch_rows: int
) -> memoryview:
    lists = _joined(_rows(dialect, relation, pieces, rows), rows.between, batch_rows)
    return text_bytes(pc.binary_join_element_wise(rows.before, lists, rows.after, ""))


def _joined(lines: pa.StringArray, between: str, size: int) -> pa.StringArray:
    """Runs of ``size`` lines, each as one text."""
    count = len(lines)
    stops = [*range(0, count, size), count]
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(np.array(stops, np.int32)), lines), between)


def _rows(dialect: Dialect, relation: Relation, pieces: list[pa.RecordBatch], rows: Rows) -> pa.StringArray:
    parts: list[pa.StringArray | str] = []
    constant = rows.left
    for i, (field, column) in enumerate(zip(pieces[0].schema, relation.columns, strict=True)):
        if pa.types.is_dictionary(field.type):
            array = pa.chunked_array([p.column(i) for p in pieces]).unify_dictionaries().combine_chunks()
        else:
            array = combined([p.column(i) for p in pieces], field.type).combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = array.chunk(0) if array.num_chunks else pa.array([], field.type)
        try:
            text = dialect.literals(array, field, column.type)
        except ValueError as problem:
            raise DataError(
                f"{dialect.title} cannot hold `{relation.name}.{column.name}`: {problem}",
                "change the column, or take another format",
            ) from problem
        parts += [constant, text]
        constant = rows.comma
    if not parts:
        return pa.array([rows.left + rows.right] * sum(p.num_rows for p in pieces), pa.string())
    return pc.binary_join_element_wise(*parts, rows.right, "")
