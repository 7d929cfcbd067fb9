"""What a form of change records is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import pyarrow as pa

from specdsl.changes.records import ChangedTable
from specdsl.datatypes.types import DataType
from specdsl.ir.model import Dataset
from specdsl.sinks.options import Options


class ChangeFiles(Protocol):
    """Where a table's changes are written: files of the format that the build was asked for (``-f``)."""

    format: str
    """``parquet``, ``csv``, ``jsonl``, ``json``, ``arrow``, ``orc`` or ``avro``."""

    def write(
        self,
        schema: pa.Schema,
        rows: Iterable[pa.RecordBatch],
        types: Mapping[str, DataType],
        *,
        suffix: str = "",
    ) -> None:
        """Write a file with ``rows``, which have ``schema`` (without rows it is written too). It is named
        after the table: ``users.parquet``, with a suffix ``.keys`` ``users.keys.parquet``. ``types``: the
        declared types of the columns that have one. Compressed, synced to disk and listed in the manifest
        like any file of a build."""
        ...


class ChangeFormat(Protocol):
    """A form of change records."""

    name: str
    whole: bool
    """Whether it is written of all tables, also of those of which the batch changes nothing."""
    options: Options
    """What ``-O`` may say besides the options of the files' format."""

    def require(self, format: str, dataset: Dataset, values: Mapping[str, Any]) -> None:
        """Raises UsageError where files of ``format``, or with the tables of ``dataset``, cannot hold it."""
        ...

    def write(self, changed: ChangedTable, files: ChangeFiles, values: Mapping[str, Any]) -> None:
        """Write the changes of one table; ``values``: the options that differ from their defaults. The bytes
        depend on ``changed`` and them alone, not on how its stream is cut into batches."""
        ...
