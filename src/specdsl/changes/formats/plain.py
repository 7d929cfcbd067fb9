"""Plain change records: a row for each change, with the table's columns as they are after it.

``_op``, ``_seq`` and ``_committed_at`` come first, then the columns (of a delete as they were last), then
``_before``: a struct of the columns before an update or a delete, JSON text in CSV.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from specdsl.ir.model import Dataset
from specdsl.sinks.options import options_of

_FIRST = (OP, SEQ, COMMITTED_AT)
_BEFORE = "_before"


class Plain:
    """Changes as rows."""

    name = "plain"
    whole = False
    options = options_of()

    def require(self, format: str, dataset: Dataset, values: Mapping[str, Any]) -> None:
        """Every format holds it."""

    def write(self, changed: ChangedTable, files: ChangeFiles, values: Mapping[str, Any]) -> None:
        """One file of rows."""
        schema = plain_schema(changed.schema)
        types = {c.name: c.type for c in changed.table.columns.values() if not c.hidden}
        files.write(schema, (plain_rows(batch, schema) for batch in changed.changes()), types)


def plain_schema(written: pa.Schema) -> pa.Schema:
    """The schema of the file of a table whose written columns are ``written``."""
    stream = stream_schema(written)
    return pa.schema(
        [*(stream.field(n) for n in _FIRST), *written, _nullable(stream.field(BEFORE).with_name(_BEFORE))]
    )


def _nullable(field: pa.Field) -> pa.Field:
    """``field`` with structs whose members may be null: Parquet looks at those of a struct that is null."""
    if not pa.types.is_struct(field.type):
        return field.with_nullable(True)
    members = [_nullable(field.type.field(i)) for i in range(field.type.num_fields)]
    return field.with_type(pa.struct(members)).with_nullable(True)


def plain_rows(changes: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Some changes as rows of ``schema``, the table's ``plain_schema``."""
    columns = after_or_before(changes).flatten()
    before = changes.column(BEFORE).cast(schema.field(_BEFORE).type)
    arrays = [*(changes.column(name) for name in _FIRST), *columns, before]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
