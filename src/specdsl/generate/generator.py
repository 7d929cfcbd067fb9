"""The generator: any rows of any table as Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa

from specdsl.datatypes.counterparts import arrow_type
from specdsl.diagnostics.runtime import ChainTooDeep
from specdsl.generate.ahead import made_ahead
from specdsl.generate.engine import Engine
from specdsl.generate.errors import GenerationError
from specdsl.generate.history import History
from specdsl.generate.mixed import MixedRows
from specdsl.generate.rows import RowSet
from specdsl.generate.versions import EveryVersion
from specdsl.plan.model import Plan
from specdsl.vectors.arrow import to_arrow
from specdsl.vectors.vector import Int64Array

if TYPE_CHECKING:
    from specdsl.generate.dirt.table import SpoiledTable

BATCH_ROWS = 65_536


class DataSource(Protocol):
    """Where pools and ``from`` tables find their files."""

    def read_columns(self, path: str, columns: Sequence[str] | None, table: str = "") -> pa.Table:
        """The named columns (None: all) of a data file, or of ``table`` in one that is a database. Raises
        FileProblem."""
        ...


class Generator:
    """Generates the tables of a plan. Safe to use from several threads.

    The values of a row depend on the plan alone: not on the batch it is made in, nor on what was made
    before. Derived tables (``= sql(...)``) are made elsewhere, from the tables that they read.
    ``temp_dir`` is where indexes too large for memory go (None: the system's place). ``history``: the
    batches that were made before, to whose rows those of this one may refer.

    Pickled, it is what it was made of: what it has made so far stays behind, so that another
    process can make any range of rows.
    """

    def __init__(
        self, plan: Plan, data: DataSource, temp_dir: str | None = None, history: History | None = None
    ) -> None:
        self.plan = plan
        self._data = data
        self._temp_dir = temp_dir
        self._history = history
        self._engine = Engine(plan, data.read_columns, temp_dir, history)

    def __reduce__(self) -> tuple[type[Generator], tuple[Plan, DataSource, str | None, History | None]]:
        return Generator, (self.plan, self._data, self._temp_dir, self._history)

    @property
    def engine(self) -> Engine:
        """What makes the rows."""
        return self._engine

    def row_count(self, table: str) -> int:
        """The number of rows of ``table``. Raises GenerationError."""
        return self._engine.row_count(table)

    def schema(self, table: str, hidden: bool = False) -> pa.Schema:
        """The Arrow schema of ``table``'s batches; ``hidden`` columns too where asked for."""
        columns = self.plan.dataset.tables[table].columns.values()
        return pa.schema(
            [pa.field(c.name, arrow_type(c.type), c.nullable) for c in columns if hidden or not c.hidden]
        )

    def batch(self, table: str, start: int, count: int, hidden: bool = False) -> pa.RecordBatch:
        """The rows ``start .. start + count - 1`` (fewer at the table's end). Raises GenerationError."""
        return self._batch(self._rows(table, start, count), hidden)

    def values(self, table: str, column: str, start: int, count: int) -> pa.Array[Any]:
        """A column's values in the rows ``start .. start + count - 1`` (fewer at the table's end), hidden or
        not; no other column is made but those that it needs. Raises GenerationError."""
        return self.rows(table, start, count).values(column)

    def rows(self, table: str, start: int, count: int) -> Rows:
        """The rows ``start .. start + count - 1`` (fewer at the table's end), nothing computed yet. Raises
        GenerationError."""
        return Rows(self._rows(table, start, count))

    def _rows(self, table: str, start: int, count: int) -> RowSet:
        if start < 0:
            raise IndexError(f"rows are numbered from 0, not {start}")
        stop = min(start + count, self.row_count(table))
        return self._engine.rowset(table, np.arange(start, max(start, stop), dtype=np.int64))

    def take(self, table: str, rows: Int64Array, hidden: bool = False) -> pa.RecordBatch:
        """The rows with these numbers, in their order. Raises GenerationError, and IndexError for a
        number that is no row of the table."""
        count = self.row_count(table)
        rows = np.ascontiguousarray(rows, dtype=np.int64)
        if len(rows) and (int(rows.min()) < 0 or int(rows.max()) >= count):
            raise IndexError(f"`{table}` has the rows 0 to {count - 1}")
        return self._batch(self._engine.rowset(table, rows), hidden)

    def some_columns(self, table: str, rows: Int64Array, columns: Sequence[str]) -> pa.RecordBatch:
        """The values of ``columns`` in the rows with these numbers. Raises GenerationError."""
        found = self._engine.rowset(table, np.ascontiguousarray(rows, dtype=np.int64))
        arrays = [to_arrow(found.column(name)) for name in columns]
        types = [arrow_type(self.plan.dataset.tables[table].columns[name].type) for name in columns]
        schema = pa.schema([pa.field(n, kind) for n, kind in zip(columns, types, strict=True)])
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def every_version(self, table: str, rows: Int64Array) -> RowVersions:
        """Every version that the rows with these numbers had, those of earlier batches. Raises
        GenerationError."""
        return RowVersions(self._engine.rowset(table, np.ascontiguousarray(rows, dtype=np.int64)))

    def parents(self, table: str, reference: str, rows: Int64Array) -> Int64Array:
        """The rows that ``reference`` of the rows with these numbers points to, each once, ascending."""
        found = self._engine.rowset(table, np.ascontiguousarray(rows, dtype=np.int64))
        parents, valid = found.parents(reference)
        return np.unique(parents if valid is None else parents[valid])

    def _batch(self, rows: RowSet, hidden: bool, keep_dictionaries: bool = False) -> pa.RecordBatch:
        schema = self.schema(rows.table.name, hidden)
        arrays = []
        for field in schema:
            try:
                arrays.append(to_arrow(rows.column(field.name), keep_dictionary=keep_dictionaries))
            except GenerationError as error:
                raise error.at(rows.table.name, field.name) from None
            except RecursionError:
                raise _too_deep(rows.table.name, field.name) from None
        if keep_dictionaries:
            return pa.RecordBatch.from_arrays(arrays, names=schema.names)
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def batches(
        self,
        table: str,
        start: int = 0,
        stop: int | None = None,
        batch_rows: int = BATCH_ROWS,
        workers: int = 1,
        hidden: bool = False,
        keep_dictionaries: bool = False,
    ) -> Iterator[pa.RecordBatch]:
        """The rows ``start .. stop - 1`` (None: to the end) in order, ``batch_rows`` at a time, made by
        ``workers`` threads that stay a few batches ahead of the reader. With ``keep_dictionaries`` strings
        that are held as a dictionary come as one, of any values and order. Raises GenerationError."""
        count = self.row_count(table)
        stop = count if stop is None else min(stop, count)
        starts = range(start, stop, batch_rows)

        def made(at: int) -> pa.RecordBatch:
            rows = self._rows(table, at, min(batch_rows, stop - at))
            return self._batch(rows, hidden, keep_dictionaries)

        yield from made_ahead((partial(made, at) for at in starts), workers)

    def variants(self, table: str, start: int, count: int) -> Int64Array:
        """The number of the variant of each of some rows among those of the table's plan, -1 for none. Raises
        GenerationError."""
        try:
            return self._rows(table, start, count).variants
        except GenerationError as error:
            raise error.at(table, None) from None

    def variant_names(self, table: str, rows: Int64Array) -> list[str | None]:
        """The name of the variant of each of the rows with these numbers, as their batches had it. Raises
        GenerationError."""
        found = self._engine.rowset(table, np.ascontiguousarray(rows, dtype=np.int64))
        parts = found.parts() if isinstance(found, MixedRows) else [(np.arange(found.n), found)]
        out: list[str | None] = [None] * found.n
        try:
            for positions, some in parts:
                for at, number in zip(positions.tolist(), some.variants.tolist(), strict=True):
                    out[at] = None if number < 0 else some.plan.variants[number].name
        except GenerationError as error:
            raise error.at(table, None) from None
        return out

    def spoiled(self, table: str) -> SpoiledTable:
        """``table`` with its declared dirt. Raises GenerationError where it cannot be made."""
        return self._engine.spoiled(table)


class Rows:
    """Some rows of a table, of which one asks for this and that. What several columns need is computed
    once."""

    def __init__(self, rows: RowSet) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return self._rows.n

    def values(self, column: str) -> pa.Array[Any]:
        """A column's values, hidden or not. Raises GenerationError."""
        table = self._rows.table.name
        try:
            return to_arrow(self._rows.column(column))
        except GenerationError as error:
            raise error.at(table, column) from None
        except RecursionError:
            raise _too_deep(table, column) from None

    def parents(self, reference: str) -> pa.Array[Any]:
        """The row number of each row's parent as int64, null where it has none. ``reference``: the name of
        the first of its columns. Raises GenerationError."""
        table = self._rows.table.name
        try:
            numbers, valid = self._rows.parents(reference)
        except GenerationError as error:
            raise error.at(table, reference) from None
        except RecursionError:
            raise _too_deep(table, reference) from None
        return pa.array(numbers, mask=None if valid is None else ~valid)


class RowVersions:
    """Every version that some rows had: row by row, oldest first. ``positions``: which of the rows each is
    of; ``batches``: the batch that made it what it is, numbered from 0."""

    def __init__(self, rows: RowSet) -> None:
        self._every = EveryVersion(rows)
        self._table = rows.table.name
        self.positions = self._every.positions
        self.batches = self._every.batches

    def images(self, schema: pa.Schema, places: Int64Array) -> pa.StructArray:
        """The versions at ``places`` with the columns of ``schema``. Raises GenerationError."""
        taken = pa.array(places)
        columns = []
        for field in schema:
            try:
                columns.append(to_arrow(self._every.column(field.name)).take(taken))
            except GenerationError as error:
                raise error.at(self._table, field.name) from None
            except RecursionError:
                raise _too_deep(self._table, field.name) from None
        return pa.StructArray.from_arrays(columns, fields=list(schema))


def _too_deep(table: str, column: str) -> GenerationError:
    return GenerationError(lambda span: ChainTooDeep(span=span, column=column), table=table, column=column)
