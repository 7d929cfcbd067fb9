"""Views: rows made of other rows, batch by batch, when they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from specdsl.api.rows import BATCH_ROWS, Condition, Rows, Transform
from specdsl.diagnostics.nearest import nearest
from specdsl.errors import DataError, SpecdslError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc

_FIRST_ROWS = 64  # what tells the schema of a mapped view


class View(Rows):
    """Rows made of ``source``'s."""

    def __init__(self, source: Rows) -> None:
        self.source = source
        self.name = source.name

    def __repr__(self) -> str:
        return f"<view of {self.source!r}{self._told()}>"

    @abstractmethod
    def _told(self) -> str: ...

    def _repr_html_(self) -> str:
        from specdsl.api.display import rows_html

        return rows_html(self)

    @property
    def schema(self) -> pa.Schema:
        return self.source.schema

    @property
    def row_count(self) -> int:
        """The number of rows. Those of a filtered view are made to count them, once."""
        return self.source.row_count

    @property
    def is_counted(self) -> bool:
        return self.source.is_counted


class Sliced(View):
    """Rows ``start .. stop - 1`` (None: to the end) of the source."""

    def __init__(self, source: Rows, start: int, stop: int | None) -> None:
        super().__init__(source)
        self._start = start
        self._stop = stop

    def _told(self) -> str:
        return f"[{self._start}:{'' if self._stop is None else self._stop}]"

    @property
    def row_count(self) -> int:
        count = self.source.row_count
        stop = count if self._stop is None else min(self._stop, count)
        return max(0, stop - self._start)

    def batches(
        self, start: int = 0, stop: int | None = None, *, batch_rows: int = BATCH_ROWS, workers: int = 1
    ) -> Iterator[pa.RecordBatch]:
        end = self._stop
        if stop is not None:
            end = self._start + stop if end is None else min(end, self._start + stop)
        return self.source.batches(self._start + start, end, batch_rows=batch_rows, workers=workers)


class Selected(View):
    """Some columns of the source."""

    def __init__(self, source: Rows, columns: Sequence[str]) -> None:
        super().__init__(source)
        self._columns = list(columns)
        names = source.schema.names
        for i, column in enumerate(self._columns):
            if column not in names:
                near = nearest(column, names)
                hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(names)}"
                raise UsageError(f"`{source.name}` has no column `{column}`", hint)
            if column in self._columns[:i]:
                raise UsageError(f"column `{column}` is selected twice")

    def _told(self) -> str:
        return f" select {', '.join(self._columns)}"

    @property
    def schema(self) -> pa.Schema:
        import pyarrow as pa

        whole = self.source.schema
        return pa.schema([whole.field(name) for name in self._columns])

    def batches(
        self, start: int = 0, stop: int | None = None, *, batch_rows: int = BATCH_ROWS, workers: int = 1
    ) -> Iterator[pa.RecordBatch]:
        for batch in self.source.batches(start, stop, batch_rows=batch_rows, workers=workers):
            yield batch.select(self._columns)


class Filtered(View):
    """The rows of the source that meet a condition."""

    def __init__(self, source: Rows, condition: Condition | pc.Expression) -> None:
        super().__init__(source)
        self._condition = condition

    def _told(self) -> str:
        return " filtered"

    @property
    def is_counted(self) -> bool:
        return False

    @property
    def row_count(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        return sum(batch.num_rows for batch in self.batches())

    def batches(
        self, start: int = 0, stop: int | None = None, *, batch_rows: int = BATCH_ROWS, workers: int = 1
    ) -> Iterator[pa.RecordBatch]:
        if stop is not None and stop <= start:
            return
        seen = 0
        for batch in self.source.batches(batch_rows=batch_rows, workers=workers):
            kept = self._kept(batch)
            before, seen = seen, seen + kept.num_rows
            if seen <= start:
                continue
            first = max(0, start - before)
            end = kept.num_rows if stop is None else min(kept.num_rows, stop - before)
            yield kept.slice(first, end - first)
            if stop is not None and seen >= stop:
                return

    def _kept(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa
        import pyarrow.compute as pc

        if isinstance(self._condition, pc.Expression):
            try:
                found = pa.Table.from_batches([batch]).filter(self._condition).combine_chunks().to_batches()
            except (pa.ArrowException, TypeError) as problem:
                raise DataError(f"`{self.name}` cannot be filtered: {_first_line(problem)}") from problem
            return found[0] if found else batch.slice(0, 0)
        mask = _called(self._condition, batch, self.name)
        array = mask if isinstance(mask, pa.Array | pa.ChunkedArray) else None
        if array is None or not pa.types.is_boolean(array.type) or len(array) != batch.num_rows:
            raise DataError(
                f"the filter of `{self.name}` gave {_described(mask)} for {batch.num_rows} rows",
                "it returns a pyarrow array of a boolean for each row",
            )
        return batch.filter(array)


class Mapped(View):
    """The source's rows as a user's function turns them out."""

    def __init__(self, source: Rows, function: Transform, schema: pa.Schema | None) -> None:
        super().__init__(source)
        self._function = function
        self._given = schema

    def _told(self) -> str:
        return f" map {getattr(self._function, '__qualname__', type(self._function).__name__)}"

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    @cached_property
    def _schema(self) -> pa.Schema:
        import pyarrow as pa

        if self._given is not None:
            return self._given
        first = next(self.source.batches(0, _FIRST_ROWS), None)
        if first is None:
            first = pa.RecordBatch.from_pylist([], self.source.schema)
        return self._turned(first).schema.remove_metadata()

    def batches(
        self, start: int = 0, stop: int | None = None, *, batch_rows: int = BATCH_ROWS, workers: int = 1
    ) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        schema = self._schema
        for batch in self.source.batches(start, stop, batch_rows=batch_rows, workers=workers):
            made = self._turned(batch)
            if made.schema.names != schema.names:
                raise DataError(
                    f"the function over `{self.name}` gave the columns {', '.join(made.schema.names)} "
                    f"where {', '.join(schema.names)} were expected"
                )
            arrays = [self._as(column, field) for column, field in zip(made.columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _turned(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa

        made = _called(self._function, batch, self.name)
        if not isinstance(made, pa.RecordBatch):
            raise DataError(
                f"the function over `{self.name}` gave {_described(made)}", "it returns a pyarrow.RecordBatch"
            )
        if made.num_rows != batch.num_rows:
            raise DataError(
                f"the function over `{self.name}` made {made.num_rows} rows of {batch.num_rows}",
                "it keeps the rows; `.filter(...)` leaves some out",
            )
        return made

    def _as(self, column: pa.Array, field: pa.Field) -> pa.Array:
        import pyarrow as pa

        if column.null_count and not field.nullable:
            raise DataError(f"the function over `{self.name}` made null of `{field.name}`, which has none")
        if column.type == field.type:
            return column
        if self._given is None and not pa.types.is_null(column.type):
            raise DataError(
                f"the function over `{self.name}` gave column `{field.name}` as {column.type} "
                f"after {field.type} in the rows before",
                "`schema=` says what the columns are",
            )
        try:
            return column.cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
            raise DataError(
                f"column `{field.name}` of the function over `{self.name}` is no {field.type}: "
                f"{_first_line(problem)}"
            ) from problem


def _called(function: Any, batch: pa.RecordBatch, name: str) -> object:
    """What a user's function gives; what it raises passes through with a note of where it was."""
    try:
        return function(batch)
    except SpecdslError:
        raise
    except Exception as problem:
        problem.add_note(f"while making rows of `{name}`")
        raise


def _described(made: object) -> str:
    length = f" of {len(made)}" if hasattr(made, "__len__") else ""
    return f"{type(made).__module__}.{type(made).__qualname__}{length}"


def _first_line(problem: Exception) -> str:
    return next((line for line in str(problem).splitlines() if line.strip()), type(problem).__name__)
