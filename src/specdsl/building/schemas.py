"""The columns of a table as they are written."""

from __future__ import annotations

import pyarrow as pa

from specdsl.building.job import Job
from specdsl.building.repeats import repeats
from specdsl.datatypes.counterparts import arrow_type
from specdsl.ir.model import Dataset
from specdsl.sinks.base import documented


def written_schema(job: Job, table: str) -> pa.Schema:
    """The written columns of ``table`` with their documentation."""
    return described_schema(job.held, table)


def described_schema(dataset: Dataset, table: str) -> pa.Schema:
    """The written columns of ``table`` of ``dataset`` with their documentation."""
    declared = dataset.tables[table]
    return pa.schema(
        [
            documented(
                pa.field(c.name, arrow_type(c.type), c.nullable or declared.query is not None),
                c.doc,
                c.type,
                repeats=repeats(dataset, table, c.name),
                absent=declared.absent(c),
                bare=c.bare,
            )
            for c in declared.columns.values()
            if not c.hidden
        ]
    )
