"""Rows: what tables and views of them have in common.

Whatever they are made of, rows come as Arrow batches; all else follows from that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from operator import index
from os import PathLike
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from specdsl.errors import UsageError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import pyarrow.compute as pc

    from specdsl.api.views import View

Record = dict[str, Any]
"""One row: a Python value by column."""

Transform = Callable[["pa.RecordBatch"], "pa.RecordBatch"]
"""A user's function over batches."""

Condition = Callable[["pa.RecordBatch"], "pa.Array[Any] | pa.ChunkedArray[Any]"]
"""A user's function that says for each row of a batch whether to keep it."""

BATCH_ROWS = 65_536
_RECORDS = 4_096  # made at a time for a loop over records


class Rows(ABC):
    """Rows of named columns, made when they are asked for and always the same ones."""

    name: str

    @property
    @abstractmethod
    def schema(self) -> pa.Schema:
        """The columns and their Arrow types."""

    @property
    @abstractmethod
    def row_count(self) -> int:
        """The number of rows."""

    @property
    def is_counted(self) -> bool:
        """Whether rows are found by their number, without making those before them (all but filtered
        views)."""
        return True

    @abstractmethod
    def batches(
        self, start: int = 0, stop: int | None = None, *, batch_rows: int = BATCH_ROWS, workers: int = 1
    ) -> Iterator[pa.RecordBatch]:
        """Rows ``start .. stop - 1`` (None: to the end) in order, at most ``batch_rows`` at a time, in flat
        memory. ``workers`` threads stay a few batches ahead of the reader. Raises SpecError where a row
        cannot be made."""

    # --- one row, some rows ----------------------------------------------------------------

    def row(self, number: int) -> Record:
        """Row ``number`` (from 0; negative numbers count from the end) as Python values by column. Raises
        IndexError."""
        at = index(number)
        if at < 0:
            at += self.row_count
        found = next(self.batches(at, at + 1), None) if at >= 0 else None
        if found is None or not found.num_rows:
            raise IndexError(f"`{self.name}` has {self.row_count:,} rows and no row {number}")
        return dict(found.to_pylist()[0])

    @overload
    def __getitem__(self, key: slice) -> View: ...

    @overload
    def __getitem__(self, key: SupportsIndex) -> Record: ...

    def __getitem__(self, key: slice | SupportsIndex) -> View | Record:
        """``rows[7]`` is a record, ``rows[10:20]`` a view of those rows."""
        from specdsl.api.views import Sliced

        if not isinstance(key, slice):
            return self.row(index(key))
        if key.step not in (None, 1):
            raise UsageError("rows are sliced without a step")
        start, stop = (None if end is None else index(end) for end in (key.start, key.stop))
        if (start or 0) < 0 or (stop or 0) < 0:
            start, stop, _ = slice(start, stop).indices(self.row_count)
        return Sliced(self, start or 0, stop)

    def __iter__(self) -> Iterator[Record]:
        """The rows as records, made a few thousand at a time."""
        for batch in self.batches(batch_rows=_RECORDS):
            yield from batch.to_pylist()

    def __len__(self) -> int:
        if not self.is_counted:
            raise TypeError(f"the rows of `{self.name}` are filtered: `.row_count` makes them to count them")
        return self.row_count

    def __bool__(self) -> bool:
        """True, also without a row: to ask for rows may be much work."""
        return True

    # --- all at once -----------------------------------------------------------------------

    def to_arrow(self, rows: int | None = None, *, workers: int = 1) -> pa.Table:
        """The first ``rows`` rows (None: all) as one Arrow table."""
        import pyarrow as pa

        return pa.Table.from_batches(list(self.batches(0, _stop(rows), workers=workers)), self.schema)

    def head(self, n: int = 10) -> pa.Table:
        """The first ``n`` rows; as quick for a billion rows as for ten."""
        return self.to_arrow(n)

    def to_pylist(self, rows: int | None = None) -> list[Record]:
        """The first ``rows`` rows (None: all) as records."""
        return [record for batch in self.batches(0, _stop(rows)) for record in batch.to_pylist()]

    def to_pandas(self, rows: int | None = None, *, arrow_types: bool = False) -> pd.DataFrame:
        """A pandas frame of the first ``rows`` rows (None: all); with ``arrow_types`` its columns keep
        their Arrow types. Raises UsageError where pandas is not installed."""
        from specdsl.api.frames import to_pandas

        return to_pandas(self.to_arrow(rows), arrow_types=arrow_types)

    def to_polars(self, rows: int | None = None) -> pl.DataFrame:
        """A Polars frame of the first ``rows`` rows (None: all); uuids are text in it. Raises UsageError
        where Polars is not installed."""
        from specdsl.api.frames import to_polars

        return to_polars(self.to_arrow(rows))

    def to_duckdb(
        self,
        con: duckdb.DuckDBPyConnection | None = None,
        name: str | None = None,
        *,
        rows: int | None = None,
        replace: bool = False,
    ) -> duckdb.DuckDBPyRelation:
        """A table ``name`` (None: this one's name) in the database ``con`` (None: a new one in memory) of
        the first ``rows`` rows (None: all), batch by batch. With ``replace`` it takes the place of a
        table of that name; without, one that is there is a UsageError."""
        from specdsl.api.databases import store

        return store(self, con, name or self.name, stop=_stop(rows), replace=replace)

    def write(
        self,
        path: str | PathLike[str],
        format: str | None = None,
        *,
        compression: str | None = None,
        rows: int | None = None,
        options: dict[str, str] | None = None,
        workers: int = 1,
    ) -> int:
        """Write the first ``rows`` rows (None: all) to the one file ``path``, in the format that its name
        ends in (``users.parquet``, ``users.csv.gz``) or in ``format``. A file that is there is replaced when
        the new one is whole. Gives the number of rows. Nothing is verified: ``Data.build`` does that.
        ``options`` are the format's, as ``specdsl build -O`` takes them. Raises UsageError, DataError,
        EnvironmentFailure."""
        from specdsl.api.files import write

        return write(self, path, format, compression, options or {}, _stop(rows), workers)

    # --- views -----------------------------------------------------------------------------

    def select(self, *columns: str) -> View:
        """A view of some columns, in this order. Raises UsageError for a column that is not there."""
        from specdsl.api.views import Selected

        return Selected(self, columns)

    def filter(self, condition: Condition | pc.Expression) -> View:
        """A view of the rows that meet ``condition``: a function from a batch to booleans, or a
        ``pyarrow.compute`` expression. It must look at one row at a time: batches are of any size."""
        from specdsl.api.views import Filtered

        return Filtered(self, condition)

    def map(self, function: Transform, schema: pa.Schema | None = None) -> View:
        """A view whose batches went through ``function``, which returns as many rows as it is given, in
        their order, and treats each on its own: batches are of any size.

        Every batch must have the columns and types of ``schema``; None takes those of what the function
        makes of the first rows. Raises DataError where it does not.
        """
        from specdsl.api.views import Mapped

        return Mapped(self, function, schema)


def _stop(rows: int | None) -> int | None:
    if rows is not None and rows < 0:
        raise UsageError(f"`rows` is a number of rows, not {rows}")
    return rows
