"""Rows of the spec, as the examples of its schema."""

from __future__ import annotations

import json
from typing import Any

from specdsl.exporters.spec import Spec
from specdsl.ir.model import Table


def example_rows(spec: Spec, table: Table, count: int) -> list[Any]:
    """The first rows of a table as JSON has them; none of a table that SQL makes, or of one whose rows cannot
    be made (a build says why)."""
    from specdsl.generate.errors import GenerationError

    if table.query is not None or count == 0:
        return []
    try:
        return rows_of(spec, table, count)
    except GenerationError:
        return []


def rows_of(spec: Spec, table: Table, count: int) -> list[Any]:
    """The first ``count`` rows of a table that is not made by SQL. Raises GenerationError."""
    import pyarrow as pa

    from specdsl.sinks.base import documented
    from specdsl.sinks.jsonl import object_lines

    generator = spec.generator
    batch = generator.batch(table.name, 0, min(count, generator.row_count(table.name)), False)
    columns = {field: table.columns[field.name] for field in batch.schema}
    schema = pa.schema(
        [documented(f, "", c.type, absent=table.absent(c), bare=c.bare) for f, c in columns.items()]
    )
    return [json.loads(line) for line in bytes(object_lines(batch, schema)).splitlines()]
