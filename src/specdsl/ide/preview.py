"""Rows of a table for a panel beside the text: those that a build would make, from the text as it is.

What cannot be made, or only after many other rows, is left out and told; the other columns are there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from specdsl.check.spans import TableSpans
from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import value_text
from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import SpecdslError
from specdsl.files import FileProblem
from specdsl.ide.bindings import outline_of
from specdsl.ide.burden import burden
from specdsl.ide.charts import Chart, chart
from specdsl.ide.live import MOST_BURDEN, Live, live
from specdsl.ide.outline import Outline
from specdsl.ide.program import Program
from specdsl.ide.row_counts import row_counts
from specdsl.ide.spelling import type_text
from specdsl.ide.workspace import Workspace
from specdsl.ir.model import Column, Table
from specdsl.source import Span
from specdsl.syntax import tree

if TYPE_CHECKING:
    from specdsl.generate.generator import Rows

_MOST_ROWS: Final = 2_000
_CHART_ROWS: Final = 500
_PATIENCE: Final = 0.1
_PATIENCE_IN_ALL: Final = 0.6
"""Seconds for the rows of a column, and for all of them; then charts are made of the rows shown alone."""


class PreviewState(StrEnum):
    """Whether there is something to show."""

    OK = "ok"
    BROKEN = "broken"  # the table cannot be made as it is written
    NONE = "none"  # there is no table


@dataclass(frozen=True, slots=True)
class PreviewTable:
    """A table of the program. ``rows``: how many it has, None where the text alone does not tell; ``exact``:
    that is no estimate."""

    name: str
    rows: int | None
    exact: bool


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column that is shown. ``role``: "key", "unique", "reference" or "", the first that holds; ``target``:
    the table that it refers to; ``numeric``: its values stand at the right. ``span``: its name in the text,
    which may be another file's; None for columns that a file gives."""

    name: str
    type: str
    nullable: bool
    role: str
    target: str | None
    doc: str
    numeric: bool
    span: Span | None
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows ``first`` .. of ``table``, each a text or None for null per column. ``message``: why there is
    nothing, or what is left out ("" for all is well); ``left_out``: the columns that are. ``tables``: all of
    the program. ``row_count``: the table's exact number of rows. ``parents``: by column that refers to a
    table, the number of each row's parent there, None where it has none."""

    state: PreviewState
    message: str = ""
    table: str = ""
    doc: str = ""
    tables: tuple[PreviewTable, ...] = ()
    row_count: int | None = None
    first: int = 0
    columns: tuple[PreviewColumn, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    parents: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def preview(
    workspace: Workspace,
    path: str,
    *,
    offset: int | None = None,
    table: str | None = None,
    first: int = 0,
    rows: int = 50,
) -> Preview:
    """At most ``rows`` rows from number ``first`` of the table named, else of the one at ``offset``, else of
    the first one. Whatever goes wrong is the preview's ``message``."""
    program = workspace.program(path)
    outline = outline_of(workspace, path)
    tables = tuple(
        PreviewTable(name, None if count is None else count.count, count is not None and count.exact)
        for name, count in row_counts(outline, workspace.files(path)).items()
    )
    number = _section(workspace, program, path, offset, table)
    if number is None and table is None:
        return Preview(PreviewState.NONE, "there is no table", tables=tables)
    name = table or program.sections[number or 0].name
    if number is None:
        return Preview(PreviewState.BROKEN, f"there is no table `{name}`", name, tables=tables)
    found = outline.table(name)
    doc = "" if found is None else found.decl.doc
    if found is not None and found.decl.query is not None:
        message = "SQL makes this table, when all others are built"
        return Preview(PreviewState.BROKEN, message, name, doc, tables)
    try:
        made = live(workspace, path, number)
        return _Request(outline, made, name, max(first, 0), max(0, min(rows, _MOST_ROWS)), tables).answer()
    except SpecdslError as error:
        message = error.message
    except FileProblem as problem:
        message = f"{problem.path}: {problem.detail or problem.problem.value}"
    except Exception as error:  # noqa: BLE001 (an editor goes on whatever a value did)
        message = f"no rows can be made: {type(error).__name__}"
    return Preview(PreviewState.BROKEN, message, name, doc, tables)


def _section(
    workspace: Workspace, program: Program, path: str, offset: int | None, table: str | None
) -> int | None:
    """The number of the table's section in the program."""
    numbers = [n for n, one in enumerate(program.sections) if one.kind == "table" and one.name]
    here = None if offset is None else workspace.document(path).section_at(offset)
    if table is not None:
        numbers = [n for n in numbers if program.sections[n].name == table]
    return here if here in numbers else next(iter(numbers), None)


_charts: WeakKeyDictionary[Live, dict[tuple[str, str], Chart | None]] = WeakKeyDictionary()
"""The charts of columns, which stay the same from one page of rows to the next."""


@dataclass(frozen=True)
class _Made:
    """A column with its values in the rows asked for."""

    column: PreviewColumn
    cells: list[str | None]
    parents: tuple[int | None, ...] | None


@dataclass(frozen=True)
class _Request:
    """What is asked of a section's generator."""

    outline: Outline
    live: Live
    name: str
    first: int
    rows: int
    tables: tuple[PreviewTable, ...]
    began: float = field(default_factory=time.perf_counter)

    def answer(self) -> Preview:
        """The preview. Raises GenerationError where not even the number of rows can be told."""
        dataset, generator = self.live.dataset, self.live.generator
        table = None if dataset is None else dataset.tables.get(self.name)
        if dataset is None or generator is None or table is None:
            errors = self.live.errors
            return self._broken(errors[0].message() if errors else "the table cannot be made")
        gaps = _Gaps()
        light = [column for column in table.columns.values() if not column.hidden]
        for column in list(light):
            rows = burden(dataset, self.name, column.name)
            if rows > MOST_BURDEN:
                gaps.add(column.name, f"about {rows:,} rows would have to be made first")
                light.remove(column)
        if not light and gaps.columns:
            return self._broken(gaps.reasons[0])
        total = generator.row_count(self.name)
        shown = generator.rows(self.name, min(self.first, total), min(self.rows, total))
        sample = generator.rows(self.name, 0, min(_CHART_ROWS, total))
        made = []
        for column in light:
            try:
                made.append(self._column(table, column, shown, sample))
            except SpecdslError as error:
                gaps.add(column.name, error.message)
        if not made and gaps.columns:
            return self._broken(gaps.reasons[0])
        self._left_out(table, gaps)
        cells = [one.cells for one in made]
        return Preview(
            PreviewState.OK,
            gaps.message(),
            self.name,
            table.doc,
            tuple(PreviewTable(n.name, total, True) if n.name == self.name else n for n in self.tables),
            total,
            min(self.first, total),
            tuple(one.column for one in made),
            tuple(zip(*cells, strict=True)) if cells else (),
            {one.column.name: one.parents for one in made if one.parents is not None},
            tuple(name for names in gaps.columns.values() for name in names),
        )

    def _broken(self, message: str) -> Preview:
        found = self.outline.table(self.name)
        doc = "" if found is None else found.decl.doc
        return Preview(PreviewState.BROKEN, message, self.name, doc, self.tables)

    # --- columns -----------------------------------------------------------------------------

    def _column(self, table: Table, column: Column, shown: Rows, sample: Rows) -> _Made:
        began = time.perf_counter()
        kind = column.type
        values = shown.values(column.name).to_pylist()
        name = column.reference
        reference = None if name is None else table.references.get(name)
        parents = None if reference is None else tuple(shown.parents(reference.name).to_pylist())
        now = time.perf_counter()
        patient = now - began <= _PATIENCE and now - self.began <= _PATIENCE_IN_ALL
        drawn = self._chart(table, column, sample, values, patient=patient)
        spans = self._spans.columns.get(column.name) if self._spans is not None else None
        about = PreviewColumn(
            column.name,
            type_text(kind),
            column.nullable,
            _role(table, column),
            None if reference is None else reference.table,
            column.doc,
            t.is_numeric(kind) or isinstance(kind, t.Duration),
            None if spans is None else spans.name,
            drawn,
        )
        null = "" if table.absent(column) else None  # JSON leaves it out
        return _Made(about, [null if v is None else value_text(v, kind) for v in values], parents)

    def _chart(
        self, table: Table, column: Column, sample: Rows, shown: list[Any], *, patient: bool
    ) -> Chart | None:
        """The chart of some hundred rows; of those ``shown`` where they took long."""
        known = _charts.setdefault(self.live, {})
        key = (self.name, column.name)
        if key in known:
            return known[key]
        names_rows = column.reference in table.references or _is_unique(table, column)
        if not patient:
            return chart(shown, column.type, names_rows=names_rows)
        known[key] = chart(sample.values(column.name).to_pylist(), column.type, names_rows=names_rows)
        return known[key]

    @property
    def _spans(self) -> TableSpans | None:
        return self.live.usable.spans.tables.get(self.name)

    # --- what is left out --------------------------------------------------------------------

    def _left_out(self, table: Table, gaps: _Gaps) -> None:
        """The columns that are written and cannot be made, and what else is wrong with the table."""
        errors = list(self.live.errors)
        found = self.outline.table(self.name)
        if found is None or not errors:
            return
        path, start = self._place()
        for name, column in found.columns.items():
            if name in table.columns or (column.decl is not None and _is_hidden(column.decl)):
                continue
            node = column.decl or column.name
            cause = next((error for error in errors if _within(error, path, start, node)), errors[0])
            gaps.add(name, cause.message())
        own = next((error for error in errors if _within(error, path, start, found.decl)), None)
        if not gaps.columns and own is not None:  # what is wrong elsewhere is told there
            gaps.reasons.append(own.message())

    def _place(self) -> tuple[str, int]:
        """The file that the table stands in, and where its section begins there."""
        program = self.outline.program
        found = self.outline.find(self.name)
        return ("", 0) if found is None else (found.path, program.starts[found.number])


def _is_unique(table: Table, column: Column) -> bool:
    alone = any(unique.columns == (column.name,) for unique in table.uniques)
    return table.key == (column.name,) or column.uniqueness != "none" or alone


def _role(table: Table, column: Column) -> str:
    if column.name in table.key:
        return "key"
    if _is_unique(table, column):
        return "unique"
    return "reference" if column.reference in table.references else ""


def _is_hidden(decl: tree.ColumnDecl) -> bool:
    return any(isinstance(modifier, tree.HiddenMark) for modifier in decl.modifiers)


def _within(error: Diagnostic, path: str, start: int, node: tree.Node) -> bool:
    """Whether an error begins in a node whose places count from ``start`` of the file."""
    at = error.span.start - start
    return error.span.file == path and node.span.start <= at <= node.span.end


class _Gaps:
    """Columns that are left out, by reason."""

    def __init__(self) -> None:
        self.columns: dict[str, list[str]] = {}
        self.reasons: list[str] = []

    def add(self, column: str, reason: str) -> None:
        if reason not in self.columns:
            self.reasons.append(reason)
        self.columns.setdefault(reason, []).append(column)

    def message(self) -> str:
        """``a is left out: a value is missing; b and c are left out: ...``"""
        parts = []
        for reason in self.reasons:
            names = [f"`{name}`" for name in self.columns.get(reason, ())]
            if not names:
                parts.append(reason)
                continue
            listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
            parts.append(f"{listed} {'is' if len(names) == 1 else 'are'} left out: {reason}")
        return "; ".join(parts)
