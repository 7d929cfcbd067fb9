"""What a container is: a format whose one artefact holds all tables, or that makes a folder a table.

A build writes the tables as Parquet first (in parallel, to be resumed), then hands them to the container,
which makes the artefact of them. The artefact is verified by reading it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.ir.model import Dataset, Table
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.options import Options
from specdsl.sinks.row_groups import batches_of


@dataclass(frozen=True, slots=True)
class Content:
    """One table on its way into a container.

    ``schema``: the written columns (hidden ones are not among them), with documentation and marks as
    ``sinks.base.documented`` puts them there. ``paths``: Parquet files in the order of the rows.
    """

    table: Table
    schema: pa.Schema
    rows: int
    paths: tuple[Path, ...]

    def batches(self, rows: int = 16_384) -> Iterator[pa.RecordBatch]:
        """All rows in order, at most ``rows`` at a time, in exactly the types of ``schema``."""
        for path in self.paths:
            with pq.ParquetFile(path) as file:
                for batch in batches_of(file, rows):
                    arrays = [
                        column if column.type == field.type else column.cast(field.type)
                        for column, field in zip(batch.columns, self.schema, strict=True)
                    ]
                    yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)


class Container(Protocol):
    """A format of one artefact. ``compressions[0]`` is the default.

    ``per_table``: whether it makes a folder for each table (named after it), and not one file for the
    dataset (``shop.sqlite``).
    """

    name: str
    compressions: tuple[str, ...]
    options: Options
    per_table: bool

    def extension(self, compression: str) -> str:
        """What the file's name ends in, with its dot; ``""`` for folders."""
        ...

    def require(self) -> None:
        """Raises UsageError, with what to install, where a library is missing."""
        ...

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        """What the format loses or changes, a line each that names table and column; told before anything
        is generated. ``dataset`` has only the tables that are written; ``rows`` as far as they are
        known (not of derived tables). Raises UsageError or DataError for what it cannot hold at all."""
        ...

    def write(
        self, target: Path, dataset: Dataset, contents: Sequence[Content], options: WriteOptions
    ) -> None:
        """Make the artefact at ``target``, which does not exist. ``contents``: parents before children where
        references allow; one table where ``per_table``. Raises DataError for what it cannot hold; OSErrors
        pass through."""
        ...

    def read(self, target: Path, table: str, schema: pa.Schema) -> pa.RecordBatchReader:
        """The rows of ``table`` in the artefact, brought back to ``schema``: the documented mapping undone.
        Columns of the schema that the artefact lacks are left out of the result. Raises ValueError
        where it cannot be read."""
        ...
