"""Variants: rows of a table that differ from the others on purpose, and keep all its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from specdsl.check import shapes
from specdsl.check.amounts import rows_of
from specdsl.check.columns import Columns
from specdsl.check.cycles import column_expressions
from specdsl.check.expressions import Typing
from specdsl.check.feasibility import Feasibility
from specdsl.check.operators import condition
from specdsl.check.paths import unknown_column
from specdsl.check.scopes import ColumnSymbol, Origin, Program, Sites, TableSymbol, poisoned
from specdsl.check.spans import ColumnSpans, SpanTable
from specdsl.datatypes import types as t
from specdsl.diagnostics import names
from specdsl.diagnostics.dirt import DirtAmount
from specdsl.diagnostics.model import DiagnosticBag, Severity
from specdsl.diagnostics.variants import ImpossibleVariant, TooManyVariants
from specdsl.ir import expr as ir
from specdsl.ir.model import Column, Dataset, Override, Table, Variant
from specdsl.ir.required import unique_sets
from specdsl.ir.walk import walk
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree

_ALONG = (ir.Running, ir.Neighbour, ir.Split, ir.Aggregate, ir.IndexIn)
"""What looks at other rows of the table, or is looked at by them."""
_MET = (ir.Fitted, ir.Rated, ir.Retained, ir.Dealt)
"""What makes a column meet a target."""


def variants_of(
    program: Program, columns: Columns, symbol: TableSymbol, table: Table
) -> tuple[Variant, ...] | None:
    """The variants that a table declares; None, with diagnostics, where one of them is broken."""
    decls = [m for m in symbol.decl.members if isinstance(m, tree.VariantDecl)]
    if not decls:
        return ()
    found: dict[str, Variant] = {}
    first: dict[str, Span] = {}
    fine = True
    for decl in decls:
        name = decl.name.text
        if name in first:
            program.bag.add(
                names.DuplicateRule(
                    span=decl.name.span,
                    what=f"variant `{name}`",
                    table=table.name,
                    first=first[name],
                    remedy="rename one of them: variants are told apart by their names",
                )
            )
            fine = False
            continue
        first[name] = program.spans.tables[table.name].rules[f"variant:{name}"] = decl.name.span
        made = _Checking(program, columns, symbol, table, decl).variant()
        if made is None:
            fine = False
        else:
            found[name] = made
    fine &= _alone(program, table, decls)
    return tuple(found.values()) if fine else None


def _alone(program: Program, table: Table, decls: list[tree.VariantDecl]) -> bool:
    """Whether at most one variant draws all at an edge."""
    bare = [decl for decl in decls if decl.overrides is None and decl.where is None]
    for decl in bare[1:]:
        _report(
            program,
            decl.name.span,
            f"variant `{decl.name.text}` cannot draw at edges",
            f"variant `{bare[0].name.text}` of `{table.name}` does so already",
            "say in braces what its rows are: `{ age = boundary() }`",
        )
    return len(bare) < 2


def _report(program: Program, span: Span, what: str, why: str, remedy: str) -> None:
    program.bag.add(ImpossibleVariant(span=span, what=what, why=why, remedy=remedy))


class _Checking:
    """The checking of one variant."""

    def __init__(
        self, program: Program, columns: Columns, symbol: TableSymbol, table: Table, decl: tree.VariantDecl
    ) -> None:
        self._program = program
        self._columns = columns
        self._symbol = symbol
        self._table = table
        self._decl = decl
        self._called = f"variant `{decl.name.text}` cannot be"

    def variant(self) -> Variant | None:
        """The variant; None, with diagnostics, where something of it is broken."""
        decl = self._decl
        amount = rows_of(self._program, decl.amount, DirtAmount, of_rows=True)
        where = self._where(decl.where) if decl.where is not None else None
        overrides = [self._override(node) for node in self._named_once()]
        broken = amount is None or None in overrides or (decl.where is not None and where is None)
        if not self._has_rows() or broken or amount is None:
            return None
        kept = tuple(o for o in overrides if o is not None)
        return Variant(decl.name.text, *amount, where, kept, decl.doc)

    def _has_rows(self) -> bool:
        """Whether a variant of this form can be of this table."""
        decl, why, remedy = self._decl, "", ""
        if self._table.query is not None:
            why, remedy = "the table is computed from others", "give the tables that it reads a variant"
        elif self._table.partition_by:
            why = "rows in partitions have no numbers to name them by"
            remedy = "leave out `partition by` or the variant"
        elif decl.overrides == ():
            why, remedy = "it says of no column what it is", "name one: `{ age = boundary() }`"
        elif decl.where is not None and decl.amount.rows is not None:
            why = "a number of rows is dealt out by their numbers alone, and `where` looks at their values"
            remedy = "say a share: `5% where ...` is one of the rows where it holds"
        elif decl.where is not None and decl.overrides is None:
            why = "what is drawn at an edge is decided before there are values to look at"
            remedy = "say in braces what its rows are: `{ age = boundary() }`"
        if why:
            _report(self._program, decl.name.span, self._called, why, remedy)
        return not why

    def _named_once(self) -> Iterator[tree.Override]:
        seen: dict[str, Span] = {}
        for node in self._decl.overrides or ():
            name = node.column
            if name.text in seen:
                self._program.bag.add(
                    names.DuplicateMember(
                        span=name.span,
                        written=name.text,
                        what="column",
                        owner=f"variant `{self._decl.name.text}`",
                        first=seen[name.text],
                    )
                )
                continue
            seen[name.text] = name.span
            yield node

    # --- which rows ----------------------------------------------------------------------------

    def _where(self, node: tree.Expr) -> ir.Expr | None:
        what = f"the `where` of variant `{self._decl.name.text}`"
        sites = Sites(ColumnSpans(node.span, node.span))
        scope = Typing(self._program, self._symbol, sites, root=node, owner=self._decl.name.text)
        test = condition(scope, node, what)
        if poisoned(test):
            return None
        why = remedy = ""
        if sites.count:
            why, remedy = "it looks at values that a row has, and this draws new ones", "draw it in a column"
        elif _looks_along(self._table, test):
            why = "it looks at one row, and what it names depends on other rows of the table"
            remedy = "name columns that the row has by itself"
        if why:
            _report(self._program, node.span, f"{what} cannot be", why, remedy)
            return None
        return test

    # --- what they are ---------------------------------------------------------------------------

    def _override(self, node: tree.Override) -> Override | None:
        name = node.column
        column = self._table.columns.get(name.text)
        symbol = self._symbol.columns.get(name.text)
        sites = Sites(ColumnSpans(node.span, name.span, node.value.span))
        scope = Typing(
            self._program,
            self._symbol,
            sites,
            root=node.value,
            owner=name.text,
            locale=self._symbol.locale,
        )
        if column is None or symbol is None:
            if not self._symbol.nameless:
                scope.report(unknown_column(scope, name, self._symbol))
            return None  # `boundary()` and the like go by the column
        rules = self._program.spans.tables[self._table.name].rules
        rules[f"variant:{self._decl.name.text}.{name.text}"] = node.value.span
        why, remedy = _why_not(self._symbol, self._table, column, node.value)
        if why:
            what = f"`{name.text}` cannot differ in variant `{self._decl.name.text}`"
            _report(self._program, name.span, what, why, remedy)
            return None
        value = self._value(scope, symbol, column, node)
        return None if value is None else Override(name.text, value)

    def _value(
        self, scope: Typing, symbol: ColumnSymbol, column: Column, node: tree.Override
    ) -> ir.Expr | None:
        """The value of the column's type; its own name means what it would be without the variant."""
        name = node.column
        scope.ends = column.bounds
        shape = self._columns.shape(symbol.decl, symbol.index) if symbol.decl is not None else None
        subject = shapes.Subject(name.text, name.span, node.span)
        if isinstance(node.value, tree.Null):
            value: ir.Expr = ir.Const(column.type, True, None)
        elif shape is not None and symbol.reference is None:
            value = shapes.value(scope, shape, node.value, subject)
        else:
            value = scope.check(node.value, column.type, Origin(symbol.span, "", name.text))
            value = shapes.fitted(value, column.type)
        if poisoned(value):
            return None
        if value.nullable and not column.nullable:
            type_node = symbol.decl.type if symbol.decl is not None else None
            shapes.report_null(scope, f"`{name.text}`", value, node.value, type_node, subject)
            return None
        own: ir.Expr = as_it_was(value, column.name)
        return own


def _why_not(symbol: TableSymbol, table: Table, column: Column, node: tree.Expr) -> tuple[str, str]:
    """Why a variant cannot say what a column is, and what to do ("" where it can)."""
    name = column.name
    if any(name in columns for columns in unique_sets(table)):
        return "no two rows share its value, which the column itself sees to", "name a column that may repeat"
    reference = table.references.get(column.reference or "")
    if reference is not None and reference.each is not None:
        return "it is what the table's rows follow from", "name a column that they do not follow from"
    if reference is not None and not isinstance(node, tree.Null):
        return "it is a reference, which a variant can only make null", f"`{name} = null`, or leave it out"
    if reference is not None and reference.forest:
        return "other rows are found by it", "name a column that is no reference to its own table"
    if table.cover is not None and name in table.cover.columns:
        return "`cover` decides its values, of which none may be missing", "name a column that is not covered"
    if isinstance(column.value, ir.DimensionValue):
        return "it is what the table's rows follow from", "name a column that they do not follow from"
    if any(isinstance(node, ir.Split) for node in walk(column.value)):
        return "its values are parts of a whole, and would not total it", "change the whole"
    if any(name in (cycle.column, *cycle.times.values()) for cycle in table.lifecycles):
        return "a lifecycle ties it to its other states", "change what its delays are made of"
    if name in symbol.told:
        tie = "a history" if table.histories or table.records else "a lifecycle"
        return f"{tie} says what it is", "name a column of another kind"
    if any(name in history.changing for history in table.histories):
        remedy = "make it one of the values that it changes to, or take `changes` away from it"
        return "versions of a history have to differ from those before in it", remedy
    met = next((node.target for node in walk(column.value) if isinstance(node, _MET)), None)
    if met is not None:
        return f"`target {table.targets[met].name}` decides its values", "keep one of the two"
    return "", ""


def _looks_along(table: Table, expr: ir.Expr) -> bool:
    """Whether a value depends on other rows of its table, by whatever columns."""
    seen: set[str] = set()
    todo = [expr]
    while todo:
        for node in walk(todo.pop()):
            if isinstance(node, (*_ALONG, ir.VariantName)):
                return True
            if isinstance(node, ir.ColumnValue) and node.column in table.columns and node.column not in seen:
                seen.add(node.column)
                todo += column_expressions(table, table.columns[node.column])
    return False


def as_it_was(expr: Any, column: str) -> Any:
    """``expr`` with the names of ``column`` of the row itself as what it would be without variants."""
    match expr:
        case ir.ColumnValue(column=name):
            return ir.Ordinary(expr.type, expr.nullable, name) if name == column else expr
        case ir.Follow() | ir.Candidate() | t.DataType():
            return expr
        case tuple():
            return tuple(as_it_was(item, column) for item in expr)
        case _ if is_dataclass(expr) and not isinstance(expr, type):
            parts = {f.name: getattr(expr, f.name) for f in fields(expr)}
            new = {n: as_it_was(p, column) for n, p in parts.items()}
            return replace(expr, **new) if any(new[n] is not p for n, p in parts.items()) else expr
        case _:
            return expr


# --- of the finished program -----------------------------------------------------------------------


def check_variants(
    dataset: Dataset,
    spans: SpanTable,
    sources: Mapping[str, SourceFile],
    bag: DiagnosticBag,
    *,
    counted: bool = True,
) -> bool:
    """Reports variants that take too many rows, and what a variant says that no row can have. Whether there
    is none. ``counted``: numbers of rows are those of the text."""
    before = len(bag)
    for table in dataset.tables.values():
        if table.variants:
            _check_amounts(table, spans, bag, counted=counted)
        for variant in table.variants:
            told = len(bag)
            for override in variant.overrides:
                if len(bag) == told:
                    _check_override(dataset, table, variant, override, spans, sources, bag)
    return len(bag) == before


def _check_amounts(table: Table, spans: SpanTable, bag: DiagnosticBag, *, counted: bool) -> None:
    rules = spans.tables[table.name].rules
    total = Decimal(0)
    parts: list[str] = []
    for variant in table.variants:
        if variant.share is not None:
            share = Decimal(str(round(variant.share * 100, 10)))
            total, parts = total + share, [*parts, f"{share.normalize():f}%"]
            if total > 100:
                told = f"{' + '.join(parts)} = {total.normalize():f}% of the rows"
                place = rules[f"variant:{variant.name}"]
                bag.add(
                    TooManyVariants(span=place, table=table.name, arithmetic=told, there_are="100% of them")
                )
                return
    rows = sum(v.rows or 0 for v in table.variants)
    if counted and table.rows is not None and rows > table.rows:
        last = next(v for v in reversed(table.variants) if v.rows)
        bag.add(
            TooManyVariants(
                span=rules[f"variant:{last.name}"],
                table=table.name,
                arithmetic=f"{rows:,} rows",
                there_are=f"{table.rows:,}",
            )
        )


def _check_override(
    dataset: Dataset,
    table: Table,
    variant: Variant,
    override: Override,
    spans: SpanTable,
    sources: Mapping[str, SourceFile],
    bag: DiagnosticBag,
) -> None:
    """What is said of a column whose value could not be had: the variant's value in its place, looked at as
    if the column had no other."""
    column = table.columns[override.column]
    if column.reference is not None or any(isinstance(n, ir.Ordinary) for n in walk(override.value)):
        return
    changed = replace(column, value=override.value, nulls=None)
    columns = {**table.columns, column.name: changed}
    pretended = replace(table, columns=columns, variants=())
    place = spans.tables[table.name]
    value = place.rules[f"variant:{variant.name}.{column.name}"]
    own = place.columns[column.name]
    instead = replace(place, columns={**place.columns, column.name: replace(own, value=value)})
    told = replace(spans, tables={**spans.tables, table.name: instead})
    before = DiagnosticBag()
    Feasibility(
        replace(dataset, tables={**dataset.tables, table.name: pretended}), told, sources, before
    ).run()
    for diagnostic in before:
        if diagnostic.severity is Severity.ERROR:
            bag.add(diagnostic)
