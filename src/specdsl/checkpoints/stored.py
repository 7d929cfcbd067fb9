"""Rows of databases in later batches: those that earlier ones have read must be there still."""

from __future__ import annotations

from specdsl.building.identity import stored_rows
from specdsl.checkpoints.model import Batch
from specdsl.databases.snapshots import digest
from specdsl.errors import DataError
from specdsl.ir.model import Dataset

STORED = "rows of "
"""What the names of such rows begin with among the versions of a batch's data."""

_HELP = "`specdsl checkpoint reset` forgets batches; another checkpoint starts anew"


def require_stored(last: Batch, dataset: Dataset) -> None:
    """Raises DataError unless the rows that batch ``last`` had of databases are the first that those have
    now, in the order of their keys."""
    now = stored_rows(dataset)
    for name, table in dataset.tables.items():
        then = last.data_versions.get(f"{STORED}{name}")
        source = table.source
        if then is None or source is None or source.rows is None or then == now.get(name):
            continue
        number, hashed, columns = _parts(then)
        if columns != _parts(now[name])[2]:
            raise DataError(
                f"`{name}` took {columns} from database `{source.database}` in batch {last.number}", _HELP
            )
        if source.rows < number or digest(source.path, number) != hashed:
            raise DataError(
                f"the {number:,} rows that `{name}` had in batch {last.number} are no longer the first "
                f"{number:,} in database `{source.database}`",
                "rows that are there must stay as they are, and new ones must have greater keys; " + _HELP,
            )


def _parts(written: str) -> tuple[int, str, str]:
    """The number of rows, their hash, their columns."""
    rows, hashed, columns = written.split(", ", 2)
    return int(rows.split(" ")[0]), hashed, columns.removeprefix("of ")
