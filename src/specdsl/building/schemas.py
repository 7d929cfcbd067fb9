"""The columns of a table as they are written."""

from __future__ import annotations

import pyarrow as pa

from specdsl.building.job import Job
from specdsl.building.repeats import repeats
from specdsl.datatypes.counterparts import arrow_type
from specdsl.sinks.base import documented


def written_schema(job: Job, table: str) -> pa.Schema:
    """The written columns of ``table`` with their documentation."""
    dataset = job.held
    columns = dataset.tables[table].columns
    if dataset.tables[table].query is None:
        held = (c for c in columns.values() if not c.hidden)
        schema = pa.schema([pa.field(c.name, arrow_type(c.type), c.nullable) for c in held])
    else:
        schema = pa.schema([pa.field(c.name, arrow_type(c.type)) for c in columns.values()])
    return pa.schema(
        [
            documented(
                f,
                columns[f.name].doc,
                columns[f.name].type,
                repeats=repeats(dataset, table, f.name),
                absent=dataset.tables[table].absent(columns[f.name]),
                bare=columns[f.name].bare,
            )
            for f in schema
        ]
    )
