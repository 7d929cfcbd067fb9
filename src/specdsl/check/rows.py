"""Where the rows of a table come from: a count, a range, a file; and what the command line says of it."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.check.conversions import DAY, cast
from specdsl.check.expressions import Typing
from specdsl.check.pools import data_schema
from specdsl.check.scopes import ColumnSymbol, Program, Sites, TableSymbol, poisoned
from specdsl.check.stored import stored_name, stored_rows
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.ir import expr as ir
from specdsl.ir.model import OverRange, Query, SourceFileRows
from specdsl.source import Span
from specdsl.syntax import tree

MOST_ROWS = 10**12
"""More rows than this are taken as a mistake."""


@dataclass(slots=True)
class Rows:
    """Where the rows of a table come from."""

    count: int | None = None
    grows: int = 0
    over: OverRange | None = None
    source: SourceFileRows | None = None
    query: Query | None = None


def prepare(program: Program, table: TableSymbol) -> Rows:
    """Finds where a table's rows come from, and the columns that come with them (all but queries)."""
    decl, rows = table.decl, Rows()
    if decl.over is not None:
        rows.over = _over(program, table, decl.over)
    if decl.source is not None:
        stored = stored_name(table.decl, decl.source)
        found = data_schema(program, decl.source, stored, decl.stored)
        if found is None:
            table.incomplete = table.nameless = True
        else:
            path, schema = found
            rows.source = SourceFileRows(path, schema.rows, stored)
            give(program, table, schema.columns, decl.source.span)
    if decl.database is not None:
        rows.source = stored_rows(program, table, decl.database)
    if decl.count is not None:
        rows.count = _overridden(program, table.name, _count(program, decl.count))
    if decl.grows is not None:
        rows.grows = _growth(program, table, decl.grows)
    return rows


def _growth(program: Program, table: TableSymbol, growth: tree.Growth) -> int:
    if table.decl.count is None:
        program.bag.add(
            types.MisplacedModifier(
                span=growth.span,
                modifier="grows",
                why="goes with a row count, and this table has none",
                remedy="give the table a count, such as `1_000 grows 100 per batch`; rows that follow from "
                "those of other tables grow with them",
            )
        )
        return 0
    count = _count(program, growth.count)
    return 0 if count is None else _scaled(program, count)


def give(
    program: Program, table: TableSymbol, columns: tuple[tuple[str, t.DataType, bool], ...], span: Span
) -> None:
    """Adds the columns of a file or query to a table; those that the body names are marked by it."""
    own = dict(table.columns)
    table.columns.clear()
    for name, dtype, nullable in columns:
        table.given[name] = (dtype, nullable)
        declared = own.pop(name, None)
        if declared is None:
            table.columns[name] = ColumnSymbol(name, table, span, type=dtype, nullable=nullable)
            continue
        table.columns[name] = declared
        decl = declared.decl
        if decl is not None and (decl.value is not None or decl.reference is not None or decl.grouped):
            program.bag.add(
                names.DuplicateColumn(
                    span=declared.span, written=name, owner=f"table `{table.name}`", first=span
                )
            )
        elif decl is not None and decl.type is None:
            declared.type, declared.nullable = dtype, nullable
    table.columns.update(own)


def _over(program: Program, table: TableSymbol, over: tree.Over) -> OverRange | None:
    scope = Typing(program, None, Sites(), owner=over.column.text)
    symbol = table.columns.get(over.column.text)

    def wrong(span: Span, why: str, remedy: str) -> None:
        program.bag.add(types.OverRangeForm(span=span, why=why, remedy=remedy))
        table.over_type = t.UNKNOWN
        if symbol is not None and symbol.decl is None:
            symbol.type = t.UNKNOWN

    table.over_type = t.UNKNOWN
    if symbol is not None and symbol.decl is None:
        symbol.type = t.UNKNOWN
    sample = "`over day = 2024-01-01..2024-12-31`"
    if isinstance(over.range, tree.ErrorExpr):
        return None
    if not isinstance(over.range, tree.Range) or over.range.low is None or over.range.high is None:
        wrong(over.range.span, "`over` goes through a range with both ends", f"for example {sample}")
        return None
    low, high = scope.infer(over.range.low), scope.infer(over.range.high)
    if poisoned(low, high):
        return None
    shared = low.type if low.type == high.type else None
    if {low.type, high.type} == {t.DATE, t.TIMESTAMP}:
        shared = t.TIMESTAMP
    if not isinstance(shared, (t.Int, t.Date, t.Timestamp, t.Time, t.Duration)):
        found = str(low.type) if low.type == high.type else f"{low.type} to {high.type}"
        why = f"`over` goes through whole numbers, dates or times, and this is {found}"
        wrong(over.range.span, why, f"for example {sample}")
        return None
    low, high = cast(low, shared), cast(high, shared)
    if not (isinstance(low, ir.Const) and isinstance(high, ir.Const)):
        program.bag.add(types.NotConstant(span=over.range.span, what="the range of `over`"))
        return None
    step = _step(scope, over, shared)
    if step is None or not isinstance(low.value, int) or not isinstance(high.value, int):
        return None
    table.over_type = shared
    if symbol is not None and symbol.decl is None:
        symbol.type = shared
    moving = isinstance(low, ir.Moving) or isinstance(high, ir.Moving)
    return OverRange(over.column.text, shared, low.value, high.value, step, (low, high) if moving else None)


def _step(scope: Typing, over: tree.Over, dtype: t.DataType) -> int | None:
    unit = 1 if isinstance(dtype, (t.Int, t.Date)) else DAY

    def wrong(span: Span, why: str, remedy: str) -> None:
        scope.report(types.OverRangeForm(span=span, why=why, remedy=remedy))

    if over.step is None:
        if isinstance(dtype, t.Time):
            line = scope.program.line_with(over.span.at_end(), " by 30m")
            wrong(over.span, "`over` times of day needs a step", f"say how far apart they are: {line}")
            return None
        return unit
    step = scope.infer(over.step)
    if poisoned(step):
        return None
    if not isinstance(step, ir.Const):
        scope.report(types.NotConstant(span=over.step.span, what="the step of `over`"))
        return None
    wanted: t.DataType = t.INT if isinstance(dtype, t.Int) else t.DURATION
    if step.type != wanted or not isinstance(step.value, int):
        remedy = "for example `by 1`" if wanted == t.INT else "for example `by 1d` or `by 15m`"
        wrong(over.step.span, f"the step of `over` is {step.type}, and must be {wanted} here", remedy)
        return None
    if step.value <= 0:
        wrong(over.step.span, "the step of `over` must be above 0", "for example `by 1`, `by 1d`")
        return None
    if isinstance(dtype, t.Date):
        if step.value % DAY:
            wrong(over.step.span, "dates are whole days apart", "go over timestamps, or make the step `1d`")
            return None
        return step.value // DAY
    return step.value


def _count(program: Program, node: tree.Expr) -> int | None:
    value = Typing(program, None, Sites()).infer(node, t.INT)
    if poisoned(value):
        return None
    if (
        not isinstance(value, ir.Const)
        or not isinstance(value.type, t.Int)
        or not isinstance(value.value, int)
    ):
        if isinstance(value, ir.Const):
            why, remedy = f"a row count is a whole number, and this is a {value.type}", "for example `1_000`"
        else:
            why = "a row count is a number that is known beforehand"
            remedy = "for a number that is drawn use `each` after a reference"
        program.bag.add(types.RowCount(span=node.span, why=why, remedy=remedy))
        return None
    if not 0 <= value.value <= MOST_ROWS:
        limit = f"a row count is 0 to {MOST_ROWS:_}"
        program.bag.add(
            types.RowCount(
                span=node.span, why=f"{limit}, and this is {value.value}", remedy="for example `1_000`"
            )
        )
        return None
    return value.value


def _overridden(program: Program, name: str, count: int | None) -> int | None:
    """The row count after what the command line says."""
    overrides = program.overrides
    if count is None:
        return None
    if name in overrides.rows:
        return overrides.rows[name]
    if overrides.all_rows is not None:
        return overrides.all_rows
    return _scaled(program, count)


def _scaled(program: Program, count: int) -> int:
    scale = program.overrides.scale
    if scale is None:
        return count
    scaled = int(count * scale + 0.5)
    return max(scaled, 1) if count and scale > 0 else scaled
