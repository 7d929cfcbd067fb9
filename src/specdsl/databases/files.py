"""Tables of databases that are files: their columns, their rows."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from specdsl.databases.addresses import Address
from specdsl.databases.connection import StoredColumn
from specdsl.databases.registry import connect
from specdsl.databases.values import column_of, stored_type
from specdsl.files import DataFileSchema, FileProblem, Problem


def table_schema(path: str, kind: str, table: str) -> DataFileSchema:
    """The columns and the number of rows of a table; a column is nullable when it has nulls. Raises
    FileProblem."""
    connection = connect(Address(kind, path))
    try:
        columns = connection.columns(table)
        nulls = [False] * len(columns)
        rows = 0
        for batch in connection.rows(table, columns, None):
            rows += len(batch)
            nulls = [n or None in c for n, c in zip(nulls, zip(*batch, strict=True), strict=True)]
        shown = tuple((c.name, c.type, n) for c, n in zip(columns, nulls, strict=True))
        return DataFileSchema(shown, rows)
    finally:
        connection.close()


def table_columns(path: str, kind: str, table: str, names: Sequence[str] | None) -> pa.Table:
    """Columns of a table (None: all), in the order in which it has its rows. Raises FileProblem."""
    connection = connect(Address(kind, path))
    try:
        known = {c.name: c for c in connection.columns(table)}
        wanted = list(known) if names is None else list(names)
        gone = next((name for name in wanted if name not in known), None)
        if gone is not None:
            raise FileProblem(Problem.MALFORMED, path, f"there is no column `{gone}`")
        columns = [known[name] for name in wanted]
        schema = pa.schema([pa.field(c.name, stored_type(c.type)) for c in columns])
        batches, start = [], 0
        for rows in connection.rows(table, columns, None):
            batches.append(record_batch(rows, columns, schema, table, start))
            start += len(rows)
        return pa.Table.from_batches(batches, schema)
    finally:
        connection.close()


def record_batch(
    rows: Sequence[Sequence[object]],
    columns: Sequence[StoredColumn],
    schema: pa.Schema,
    table: str,
    start: int,
) -> pa.RecordBatch:
    """Rows, the first of which is row ``start``, as Arrow has them. Raises FileProblem (VALUE)."""
    arrays = [
        column_of(values, c.name, c.type, table, start)
        for values, c in zip(zip(*rows, strict=True), columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
