"""Tables: where their rows come from, their columns, keys, uniques and checks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from specdsl.check.columns import Checked, Columns
from specdsl.check.conversions import DAY, cast
from specdsl.check.expressions import DEEPEST, Typing
from specdsl.check.operators import condition
from specdsl.check.paths import unknown_column
from specdsl.check.pools import data_schema, report_file
from specdsl.check.scopes import ColumnSymbol, Program, Sites, TableSymbol, poisoned
from specdsl.check.spans import ColumnSpans
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.syntax import NestingTooDeep
from specdsl.files import FileProblem, Problem
from specdsl.ir import expr as ir
from specdsl.ir.model import (
    Check,
    Column,
    ColumnGroup,
    OverRange,
    Query,
    Reference,
    SourceFileRows,
    Table,
    UniqueConstraint,
    Uniqueness,
    UniquePlan,
)
from specdsl.source import Span
from specdsl.syntax import tree

MOST_ROWS = 10**12
"""More rows than this are taken as a mistake."""


@dataclass(slots=True)
class Rows:
    """Where the rows of a table come from."""

    count: int | None = None
    over: OverRange | None = None
    source: SourceFileRows | None = None
    query: Query | None = None


def prepare(program: Program, table: TableSymbol) -> Rows:
    """Finds where a table's rows come from, and the columns that come with them (all but queries)."""
    decl, rows = table.decl, Rows()
    if decl.over is not None:
        rows.over = _over(program, table, decl.over)
    if decl.source is not None:
        found = data_schema(program, decl.source)
        if found is None:
            table.incomplete = table.nameless = True
        else:
            path, schema = found
            rows.source = SourceFileRows(path, schema.rows)
            give(program, table, schema.columns, decl.source.span)
    if decl.count is not None:
        rows.count = _count(program, table, decl.count)
    return rows


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
    return OverRange(over.column.text, shared, low.value, high.value, step)


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


def _count(program: Program, table: TableSymbol, node: tree.Expr) -> int | None:
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
    return _overridden(program, table.name, value.value)


def _overridden(program: Program, name: str, count: int) -> int:
    """The row count after what the command line says."""
    overrides = program.overrides
    if name in overrides.rows:
        return overrides.rows[name]
    if overrides.all_rows is not None:
        return overrides.all_rows
    if overrides.scale is not None:
        scaled = int(count * overrides.scale + 0.5)
        return max(scaled, 1) if count and overrides.scale > 0 else scaled
    return count


# --- queries -------------------------------------------------------------------------------


def check_queries(program: Program, rows: dict[str, Rows]) -> None:
    """Finds the columns of the tables that are queries; they may read each other in any order."""
    waiting = [s for s in program.tables.values() if s.decl.query is not None]
    texts = {s.name: text for s in waiting if (text := _sql(program, s)) is not None}
    for symbol in waiting:
        if symbol.name not in texts:
            symbol.incomplete = symbol.nameless = True
    waiting = [s for s in waiting if s.name in texts]
    while waiting:
        failed: list[tuple[TableSymbol, FileProblem]] = []
        known = _schemas(program)
        for symbol in waiting:
            assert symbol.decl.query is not None
            try:
                columns, reads = program.files.query_schema(texts[symbol.name], known)
            except FileProblem as problem:
                failed.append((symbol, problem))
                continue
            rows[symbol.name].query = Query(texts[symbol.name], reads)
            give(program, symbol, columns, symbol.decl.query.span)
            known[symbol.name] = columns
        if len(failed) == len(waiting):
            for symbol, reason in failed:
                symbol.incomplete = symbol.nameless = True
                assert symbol.decl.query is not None
                if not program.bag.has_errors:
                    program.bag.add(
                        names.QueryFails(span=symbol.decl.query.span, table=symbol.name, detail=reason.detail)
                    )
            break
        waiting = [s for s, _ in failed]


def _schemas(program: Program) -> dict[str, tuple[tuple[str, t.DataType, bool], ...]]:
    """The columns of every table that are known so far, hidden ones left out."""
    out: dict[str, tuple[tuple[str, t.DataType, bool], ...]] = {}
    for symbol in program.tables.values():
        if symbol.decl.query is not None and not symbol.given:
            continue
        columns = []
        for column in symbol.columns.values():
            program.resolve(column)
            hidden = column.decl is not None and any(
                isinstance(m, tree.HiddenMark) for m in column.decl.modifiers
            )
            if column.type is not None and column.type != t.UNKNOWN and not hidden:
                columns.append((column.name, column.type, column.nullable))
        out[symbol.name] = tuple(columns)
    return out


def _sql(program: Program, table: TableSymbol) -> str | None:
    """The text of a table's query."""
    call = table.decl.query
    assert call is not None

    def wrong(span: Span, why: str) -> None:
        remedy = (
            f'write `table {names.quoted(table.name)} = sql("select ...")`, or name a file that ends in .sql'
        )
        program.bag.add(types.SpecialForm(span=span, function=call.function.text, why=why, remedy=remedy))

    if call.function.text != "sql":
        wrong(call.span, "does not make a table; `sql` does")
        return None
    if len(call.args) != 1 or (call.args[0].name is not None and call.args[0].name.text != "query"):
        wrong(call.span, "takes one query")
        return None
    text = call.args[0].value
    if not isinstance(text, tree.String):
        if not isinstance(text, tree.ErrorExpr):
            wrong(text.span, "takes a query in quotes")
        return None
    if not text.value.endswith(".sql"):
        if text.value.strip():
            return text.value
        wrong(text.span, "takes a query, and this is empty")
        return None
    try:
        path = program.files.resolve(text.span.file, text.value)
        found = program.files.read_text(path)
    except FileProblem as problem:
        report_file(program, problem, text.value, text.span)
        return None
    if not found.strip():
        report_file(program, FileProblem(Problem.EMPTY, text.value), text.value, text.span)
        return None
    return found


# --- the table -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Parts:
    columns: dict[str, Column] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    groups: list[ColumnGroup] = field(default_factory=list)
    uniques: list[UniqueConstraint] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    complete: bool = True


def check_table(program: Program, columns: Columns, table: TableSymbol, rows: Rows) -> Table | None:
    """The checked form of a table; None where a part of it is broken."""
    parts = _Parts()
    decls: dict[int, Checked] = {}
    for member in table.decl.members:
        if isinstance(member, tree.ColumnDecl):
            decls[id(member)] = columns.check(table, member)
    for symbol in table.columns.values():
        _take(program, table, symbol, decls, parts)
    for decl in table.groups:
        group = decls[id(decl)].group
        if group is None:
            parts.complete = False
        else:
            parts.groups.append(group)
    for symbol_reference in table.references.values():
        reference = decls[id(symbol_reference.decl)].reference
        if reference is None:
            parts.complete = False
        else:
            parts.references[reference.name] = reference
    _rules(program, table, parts)
    _row_source(program, table, rows, parts)
    if not parts.complete or table.incomplete:
        return None
    return Table(
        name=table.name,
        columns=parts.columns,
        references=parts.references,
        groups=tuple(parts.groups),
        key=table.key,
        uniques=tuple(parts.uniques),
        checks=tuple(parts.checks),
        rows=rows.count,
        over=rows.over,
        source=rows.source,
        query=rows.query,
        doc=table.decl.doc,
    )


def _take(
    program: Program, table: TableSymbol, symbol: ColumnSymbol, decls: dict[int, Checked], parts: _Parts
) -> None:
    """Puts one column where it belongs."""
    if symbol.decl is not None:
        checked = decls[id(symbol.decl)]
        column = next((c for c in checked.columns if c.name == symbol.name), None)
        if column is None or column.type == t.UNKNOWN or poisoned(column.value):
            parts.complete = False
        if column is not None:
            parts.columns[symbol.name] = column
        return
    program.spans.tables[table.name].columns.setdefault(symbol.name, ColumnSpans(symbol.span, symbol.span))
    if symbol.type is None or symbol.type == t.UNKNOWN:
        parts.complete = False
        return
    value: ir.Expr
    if symbol.name in table.given:
        value = ir.SourceValue(symbol.type, symbol.nullable, symbol.name)
    else:
        value = ir.DimensionValue(symbol.type, False)
    parts.columns[symbol.name] = Column(symbol.name, symbol.type, symbol.nullable, value)


def _rules(program: Program, table: TableSymbol, parts: _Parts) -> None:
    spans = program.spans.tables[table.name].rules
    seen: dict[tuple[str, ...], Span] = {}
    if table.key_span is not None:
        spans["key"] = table.key_span
        _unique(program, table, table.key, parts, primary=True)
        seen[table.key] = table.key_span
    for member in table.decl.members:
        match member:
            case tree.KeyDecl(columns=listed):
                _known(table, program, listed, "a key", parts)
            case tree.UniqueDecl(columns=listed):
                columns = tuple(dict.fromkeys(n.text for n in listed))
                if not _known(table, program, listed, "`unique`", parts):
                    continue
                if columns in seen:
                    program.bag.add(
                        names.DuplicateRule(
                            span=member.span,
                            what=f"unique ({', '.join(columns)})",
                            table=table.name,
                            first=seen[columns],
                            remedy="remove one of them",
                        )
                    )
                    continue
                seen[columns] = member.span
                spans[f"unique:{','.join(columns)}"] = member.span
                _unique(program, table, columns, parts, primary=False)
            case tree.ColumnDecl(grouped=True, modifiers=modifiers):
                mark = next((m for m in modifiers if isinstance(m, tree.UniqueMark)), None)
                columns = tuple(n.text for n in member.targets)
                if mark is not None and columns not in seen:
                    seen[columns] = mark.span
                    spans[f"unique:{','.join(columns)}"] = mark.span
                    _unique(program, table, columns, parts, primary=False)
            case tree.CheckDecl():
                _check(program, table, member, parts)
            case _:
                pass


def _known(
    table: TableSymbol, program: Program, listed: tuple[tree.Name, ...], what: str, parts: _Parts
) -> bool:
    fine = True
    scope = Typing(program, table, Sites())
    seen: dict[str, Span] = {}
    for name in listed:
        if name.text not in table.columns:
            fine = parts.complete = False
            if not table.nameless:
                scope.report(unknown_column(scope, name, table))
        elif name.text in seen:
            scope.report(
                names.DuplicateMember(
                    span=name.span, written=name.text, what="column", owner=what, first=seen[name.text]
                )
            )
        seen.setdefault(name.text, name.span)
    return fine


def _unique(
    program: Program, table: TableSymbol, columns: tuple[str, ...], parts: _Parts, *, primary: bool
) -> None:
    """Records that no two rows agree on ``columns``; how that is kept is decided later."""
    if any(c not in parts.columns for c in columns):
        return
    if len(columns) > 1:
        parts.uniques.append(UniqueConstraint(columns, UniquePlan.STRUCTURAL, primary))
        return
    column = parts.columns[columns[0]]
    if column.uniqueness is Uniqueness.NONE:
        parts.columns[columns[0]] = replace(column, uniqueness=Uniqueness.INJECTIVE)
    reference = parts.references.get(columns[0])
    if reference is not None and reference.columns == columns:
        parts.references[columns[0]] = replace(reference, unique=True)


def _check(program: Program, table: TableSymbol, decl: tree.CheckDecl, parts: _Parts) -> None:
    spans = program.spans.tables[table.name].rules
    name = decl.name.text
    if name in spans:
        program.bag.add(
            names.DuplicateRule(
                span=decl.name.span,
                what=f"check `{name}`",
                table=table.name,
                first=spans[name],
                remedy="rename one of them: reports tell checks apart by their names",
            )
        )
        return
    spans[name] = decl.name.span
    sites = Sites(ColumnSpans(decl.span, decl.name.span))
    scope = Typing(program, table, sites, root=decl.condition, owner=name)
    try:
        test = condition(scope, decl.condition, f"check `{name}`")
    except RecursionError:
        program.bag.add(NestingTooDeep(span=decl.name.span, limit=DEEPEST // 2))
        parts.complete = False
        return
    if poisoned(test):
        parts.complete = False
        return
    if sites.count and sites.spans is not None:
        program.bag.add(
            types.SpecialForm(
                span=sites.spans.parts["site:0"],
                function="check",
                why="looks at values that a row has, and this draws new ones",
                remedy="draw it in a column (`hidden` if it is not wanted), and compare that",
            )
        )
        parts.complete = False
        return
    parts.checks.append(Check(name, test, decl.doc))


def _row_source(program: Program, table: TableSymbol, rows: Rows, parts: _Parts) -> None:
    """A table's rows come from one place."""
    decl = table.decl
    each = [
        (r.decl, m) for r in table.references.values() for m in r.decl.modifiers if isinstance(m, tree.Each)
    ]
    given = [
        (node.span, word)
        for node, word in ((decl.query, "a query"), (decl.source, "a file"))
        if node is not None
    ]
    counted = [
        (node.span, word) for node, word in ((decl.count, "a row count"), (decl.over, "`over`")) if node
    ]
    counted += [(m.span, "`each`") for _, m in each]
    if given and counted:
        _two_sources(program, table, given[0], counted[0])
        parts.complete = False
    elif decl.count is not None and decl.over is not None:
        _two_sources(program, table, (decl.over.span, "`over`"), (decl.count.span, "a row count"))
        parts.complete = False
    elif decl.count is not None and len(each) > 1:
        program.bag.add(
            types.RowCount(
                span=each[1][1].span,
                why="a row count goes with one `each`, and this table has two",
                remedy="remove the row count, and the two multiply; or remove one `each`",
            )
        )
        parts.complete = False
    elif not given and not counted and not table.incomplete:
        line = program.line_with(decl.name.span.at_end(), " 1_000")
        program.bag.add(types.NoRowCount(span=decl.name.span, table=table.name, corrected=line.strip("`")))
        parts.complete = False
    if (decl.count is not None and rows.count is None) or (decl.over is not None and rows.over is None):
        parts.complete = False
    if (decl.source is not None and rows.source is None) or (decl.query is not None and rows.query is None):
        parts.complete = False


def _two_sources(program: Program, table: TableSymbol, one: tuple[Span, str], two: tuple[Span, str]) -> None:
    program.bag.add(
        types.RowCount(
            span=two[0],
            why=f"the rows of `{table.name}` come from {one[1]}, so {two[1]} cannot say how many there are",
            remedy="keep one of the two",
        )
    )
