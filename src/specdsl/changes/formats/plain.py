"""Plain change records: a row for each change, with the table's columns as they are after it.

``_op``, ``_seq`` and ``_committed_at`` come first, then the columns (of a delete as they were last), then
``_before``: a struct of the columns before an update or a delete, JSON text in CSV.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from specdsl.changes.formats.base import ChangeFiles
from specdsl.changes.records import (
    BEFORE,
    COMMITTED_AT,
    OP,
    SEQ,
    ChangedTable,
    after_or_before,
    stream_schema,
)

_FIRST = (OP, SEQ, COMMITTED_AT)
_BEFORE = "_before"


class Plain:
    """Changes as rows."""

    name = "plain"

    def require(self, format: str) -> None:
        """Every format holds it."""

    def write(self, changed: ChangedTable, files: ChangeFiles) -> None:
        """One file of rows."""
        schema = plain_schema(changed.schema)
        types = {c.name: c.type for c in changed.table.columns.values() if not c.hidden}
        files.write(schema, _rows(changed, schema), types)


def plain_schema(written: pa.Schema) -> pa.Schema:
    """The schema of the file of a table whose written columns are ``written``."""
    stream = stream_schema(written)
    return pa.schema([*(stream.field(n) for n in _FIRST), *written, stream.field(BEFORE).with_name(_BEFORE)])


def _rows(changed: ChangedTable, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in changed.changes():
        columns = after_or_before(batch).flatten()
        arrays = [*(batch.column(name) for name in _FIRST), *columns, batch.column(BEFORE)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
