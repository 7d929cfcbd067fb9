"""The history of each table, as slowly changing dimensions of type 2 keep it: every version that its rows had
up to the batch, with the time in which it was valid.

After the table's columns come ``valid_from`` (included), ``valid_to`` (excluded; null: still valid),
``is_current`` and ``version``, which counts the versions of a row from 1. The versions of a row are side by
side; each ends when the next begins, and the last one of a row that is deleted ends then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.changes.formats.base import ChangeFiles
from specdsl.changes.records import BEGUN, ENDED, MOMENT, NUMBER, ROW, ChangedTable
from specdsl.errors import UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.options import Option, options_of

_NAMES = ("valid_from", "valid_to", "is_current", "version")


def _prefix(given: str) -> str:
    if given and given.isascii() and given.replace("_", "a").isalnum() and not given[0].isdigit():
        return given
    raise ValueError("letters, digits and _, such as scd_")


PREFIX = Option("prefix", "What stands before the names of the columns that are added.", "", _prefix)


class History:
    """See the module's text."""

    name = "scd2"
    whole = True
    options = options_of(PREFIX)

    def require(self, format: str, dataset: Dataset, values: Mapping[str, Any]) -> None:
        """Raises UsageError where a table has a column with a name of the added ones."""
        added = {name.casefold() for name in _added(values)}
        for table in dataset.tables.values():
            for column in table.columns.values():
                if not column.hidden and column.name.casefold() in added:
                    raise UsageError(
                        f"a history adds `{column.name.lower()}` to `{table.name}`, which has such a column",
                        "-O prefix=scd_ puts scd_ before the names that are added",
                    )

    def write(self, changed: ChangedTable, files: ChangeFiles, values: Mapping[str, Any]) -> None:
        """One file of versions."""
        schema = history_schema(changed.schema, _added(values))
        types = {c.name: c.type for c in changed.table.columns.values() if not c.hidden}
        files.write(schema, _rows(changed, schema), types)


def _added(values: Mapping[str, Any]) -> list[str]:
    return [values.get(PREFIX.name, PREFIX.default) + name for name in _NAMES]


def history_schema(written: pa.Schema, added: list[str]) -> pa.Schema:
    """The schema of the history of a table whose written columns are ``written``."""
    begin, end, current, version = added
    return pa.schema(
        [
            *written,
            pa.field(begin, MOMENT, nullable=False),
            pa.field(end, MOMENT),
            pa.field(current, pa.bool_(), nullable=False),
            pa.field(version, pa.int64(), nullable=False),
        ]
    )


def _rows(changed: ChangedTable, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in changed.history():
        ended = batch.column(ENDED)
        added = [batch.column(BEGUN), ended, pc.is_null(ended), batch.column(NUMBER)]
        yield pa.RecordBatch.from_arrays([*batch.column(ROW).flatten(), *added], schema=schema)
