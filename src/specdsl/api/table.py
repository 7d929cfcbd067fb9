"""One table of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specdsl.api.rows import BATCH_ROWS, Rows
from specdsl.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.api.data import Data
    from specdsl.ir.model import Table as Declared


@dataclass(frozen=True, slots=True)
class Column:
    """What the spec says of a column. ``type`` is as the language writes it; ``references`` is the table
    that it refers to (None: none); ``hidden`` columns are not in the rows. JSON leaves out what is null
    of those that may be ``absent``; of a table with a ``bare`` column its rows are the values."""

    name: str
    type: str
    nullable: bool
    key: bool
    unique: bool
    references: str | None
    hidden: bool
    doc: str
    absent: bool = False
    bare: bool = False

    def __str__(self) -> str:
        marks = [f"{self.type}{'?' if self.nullable and not self.absent else ''}"]
        marks += [f"-> {self.references}"] if self.references else []
        marks += [word for word in ("key", "unique", "hidden", "absent", "bare") if getattr(self, word)]
        return f"{self.name} {' '.join(marks)}"


class Table(Rows):
    """One table of a dataset. Rows are made when they are asked for, always the same ones."""

    def __init__(self, data: Data, name: str) -> None:
        self._data = data
        self.name = name

    def __repr__(self) -> str:
        source = self.declared.source
        if source is not None and source.rows is None:
            return f"<table {self.name}: of database {source.database}, whose address is not given>"
        count = "derived" if self.is_derived else f"{self.row_count:,} rows"
        return f"<table {self.name}: {count}>"

    def _repr_html_(self) -> str:
        from specdsl.api.display import table_html

        return table_html(self)

    @property
    def declared(self) -> Declared:
        """The table in the checked program."""
        return self._data.dataset.tables[self.name]

    @property
    def is_derived(self) -> bool:
        """Whether it is made by SQL over other tables. Then its rows are made at once when some are asked
        for: the tables that it reads are written to temporary files, the result is kept in memory."""
        return self.declared.query is not None

    @property
    def doc(self) -> str:
        """The spec's documentation of the table."""
        return self.declared.doc

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, hidden ones too, in the order of the text."""
        table = self.declared
        alone = {u.columns[0] for u in table.uniques if len(u.columns) == 1}
        found = []
        for column in table.columns.values():
            reference = next((r for r in table.references.values() if column.name in r.columns), None)
            key = column.name in table.key
            unique = not key and (column.uniqueness != "none" or column.name in alone)
            found.append(
                Column(
                    column.name,
                    str(column.type),
                    column.nullable,
                    key,
                    unique,
                    None if reference is None else reference.table,
                    column.hidden,
                    column.doc,
                    table.absent(column),
                    column.bare,
                )
            )
        return tuple(found)

    def describe(self) -> str:
        """The table in a few lines: its rows, its documentation, a line for each column."""
        lines = [repr(self).strip("<>"), *self.doc.splitlines()]
        for column in self.columns:
            about = f"  # {column.doc.splitlines()[0]}" if column.doc else ""
            lines += [f"  {column}{about}"]
        return "\n".join(lines)

    @property
    def row_count(self) -> int:
        """The number of rows that a build would write."""
        with self._data.failures():
            if self.is_derived:
                return int(self._data.derived.table(self.name).num_rows)
            return self._data.generator.row_count(self.name)

    @property
    def schema(self) -> pa.Schema:
        """The columns that are written, and their Arrow types."""
        with self._data.failures():
            return self._data.generator.schema(self.name)

    def batches(
        self, start: int = 0, stop: int | None = None, *, batch_rows: int = BATCH_ROWS, workers: int = 1
    ) -> Iterator[pa.RecordBatch]:
        """Rows ``start .. stop - 1`` (None: to the end) in order, at most ``batch_rows`` at a time, in flat
        memory. ``workers`` threads stay a few batches ahead of the reader. Raises SpecError where a row
        cannot be made."""
        if batch_rows < 1 or workers < 1:
            raise UsageError("`batch_rows` and `workers` are at least 1")
        with self._data.failures():
            if self.is_derived:
                made = self._data.derived.table(self.name)
                end = made.num_rows if stop is None else min(stop, made.num_rows)
                yield from made.slice(start, max(0, end - start)).to_batches(batch_rows)
                return
            yield from self._data.generator.batches(
                self.name, start, stop, batch_rows=batch_rows, workers=workers
            )

    def take(self, numbers: Sequence[int]) -> pa.Table:
        """The rows with these numbers (from 0), in their order. Raises IndexError."""
        import numpy as np
        import pyarrow as pa

        rows = np.asarray(numbers, dtype=np.int64)
        with self._data.failures():
            if self.is_derived:
                made = self._data.derived.table(self.name)
                if len(rows) and not (rows.min() >= 0 and rows.max() < made.num_rows):
                    raise IndexError(f"`{self.name}` has the rows 0 to {made.num_rows - 1}")
                return made.take(pa.array(rows))
            return pa.Table.from_batches([self._data.generator.take(self.name, rows)], self.schema)

    def sample(self, n: int, seed: int = 0) -> pa.Table:
        """``n`` rows (all, where there are fewer) from all over the table, none twice, in order; another
        ``seed``, other rows. As quick for a billion rows as for a thousand."""
        import numpy as np

        from specdsl.randomness.permutation import Permutation
        from specdsl.randomness.streams import stream_key

        if n < 0:
            raise UsageError(f"`n` is a number of rows, not {n}")
        size = self.row_count
        if n >= size:
            return self.to_arrow()
        shuffled = Permutation(stream_key(seed, "sample", self.name), size)
        return self.take(np.sort(shuffled.at(np.arange(n, dtype=np.int64))).tolist())
