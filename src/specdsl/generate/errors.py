"""Failures of generating: what no compile-time check can see, raised as exceptions, told as diagnostics."""

from __future__ import annotations

from collections.abc import Callable

from specdsl.check.spans import SpanTable
from specdsl.diagnostics.databases import RowsNotAtHand
from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import SpecdslError
from specdsl.source import Span

_NOWHERE = Span("", 0, 0)


def not_at_hand(table: str, database: str) -> GenerationError:
    """The rows of ``table`` are in a database whose address is not given."""
    return GenerationError(lambda span: RowsNotAtHand(span=span, table=table, database=database), table=table)


class GenerationError(SpecdslError):
    """A row's value cannot be made.

    ``make`` gives the coded diagnostic for a span. ``table`` and ``column`` are where it happened; the
    evaluator of expressions does not know them and leaves them empty for ``at`` to fill in. ``part`` is
    the kind of a part of the column (see ``ColumnSpans.parts``), "" for its value.
    """

    def __init__(
        self,
        make: Callable[[Span], Diagnostic],
        *,
        table: str = "",
        column: str | None = None,
        part: str = "",
    ) -> None:
        sample = make(_NOWHERE)
        super().__init__(sample.message(), sample.help())
        self.make = make
        self.table = table
        self.column = column
        self.part = part

    def at(self, table: str, column: str | None) -> GenerationError:
        """Fill in the place where it is not known yet (the innermost caller knows best)."""
        if not self.table:
            self.table, self.column = table, column
        return self

    def __str__(self) -> str:
        where = f"{self.table}.{self.column}" if self.column else self.table
        return f"{where}: {self.message}" if where else self.message

    def diagnostic(self, spans: SpanTable) -> Diagnostic:
        """The diagnostic at the place in the text: the part, the column's value, its name, or the table's."""
        table = spans.tables.get(self.table)
        if table is None:
            return self.make(spans.dataset or _NOWHERE)
        column = table.columns.get(self.column) if self.column else None
        if column is None:
            return self.make(table.rules.get(self.part, table.name))
        if self.part:
            return self.make(column.part(self.part))
        return self.make(column.value or column.name)
