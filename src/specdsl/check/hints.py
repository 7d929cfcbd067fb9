"""Hints: likely slips, costs and portability. None of them stops a build."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from specdsl.datatypes import types as t
from specdsl.diagnostics.hints import (
    AlwaysNull,
    DifferenceAsRange,
    ExtraPass,
    MissingF,
    MoneyAsFloat,
    NamesDifferByCase,
    NameTooLong,
    NeverNull,
    SqlReservedName,
    UnboundedRunning,
    UnusedDeclaration,
    UnusedHidden,
    WhereByTrying,
)
from specdsl.diagnostics.model import DiagnosticBag
from specdsl.ir import expr as x
from specdsl.ir.model import Column, Dataset, Reference, Table
from specdsl.ir.walk import children, walk, walk_row
from specdsl.source import SourceFile, Span

from .cardinality import row_range
from .show import show_value
from .spans import ColumnSpans, SpanTable
from .values import Number, ValueAnalysis

_MONEY = re.compile(r"(^|_)(price|amount|cost|salary|balance|revenue|fee)(_|$)", re.IGNORECASE)
_SQL_WORDS = frozenset(
    ("user", "order", "group", "table", "column", "select", "from", "where", "check", "key", "index", "grant")
)
_PLAIN_TEXT = re.compile(r'"[^"\\]*"')
_HOLE = re.compile(r"\{(\w+)\}")
_DIFFERENCE = re.compile(r"(\d[\d_]*)-(\d[\d_]*)")
_MANY_ROWS = 50_000_000


def give_hints(
    dataset: Dataset, main_file: str, spans: SpanTable, sources: Mapping[str, SourceFile], bag: DiagnosticBag
) -> None:
    """Report the hints of a program without errors; those on declarations only in ``main_file``."""
    _unused(dataset, main_file, spans, bag)
    values = ValueAnalysis(dataset)
    for table in dataset.tables.values():
        places = spans.tables.get(table.name)
        if places is None:
            continue
        if table.name.lower() in _SQL_WORDS:
            bag.add(SqlReservedName(span=places.name, reserved=table.name))
        lower: dict[str, Column] = {}
        for column in table.columns.values():
            if column.name not in places.columns:
                continue
            span = places.columns[column.name].name
            if len(column.name.encode()) > 63:
                bag.add(NameTooLong(span=span, long_name=column.name, length=len(column.name.encode())))
            other = lower.setdefault(column.name.lower(), column)
            if other is not column:
                first = places.columns[other.name].name
                bag.add(NamesDifferByCase(span=span, first=other.name, second=column.name, first_span=first))
            if isinstance(column.type, t.Float) and _MONEY.search(column.name):
                written = places.columns[column.name].parts.get("type")
                bag.add(MoneyAsFloat(span=span, column=column.name, type=_float(written, sources)))
            _null_hints(dataset, table, column, spans, bag)
            _slips(table, column, spans, sources, bag)
            _running_hint(values, table, column, spans, bag)
        _cost_hints(dataset, table, spans, bag)
    _hidden(dataset, spans, bag)


def _float(written: Span | None, sources: Mapping[str, SourceFile]) -> Span | None:
    """The word `float` in the type of a column, None where something else is written."""
    source = sources.get(written.file) if written is not None else None
    if written is None or source is None or source.slice(written).rstrip("?") != "float":
        return None
    return Span(written.file, written.start, written.start + len("float"))


def _running_hint(
    values: ValueAnalysis, table: Table, column: Column, spans: SpanTable, bag: DiagnosticBag
) -> None:
    """Bounds that a running total of draws may leave: they cannot be kept by drawing otherwise."""
    if column.bounds is None:
        return
    drawn = [n for n in walk_row(column.value) if isinstance(n, x.Running) and _draws(n.value)]
    allowed, found = values.bounds(column.bounds, table), values.of(column.value, table)
    below = column.bounds.low is None or _at_least(found.low, allowed.low)
    above = column.bounds.high is None or _at_least(allowed.high, found.high)
    if drawn and not (below and above):
        place = spans.tables[table.name].columns[column.name]
        total, group = place.value or place.name, drawn[0].reference or ""
        bag.add(UnboundedRunning(span=place.part("in", "type"), column=column.name, total=total, group=group))


def _draws(expr: x.Expr) -> bool:
    return any(getattr(node, "site", None) is not None for node in walk(expr))


def _at_least(value: Number | None, limit: Number | None) -> bool:
    return value is not None and limit is not None and value >= limit


def _slips(
    table: Table, column: Column, spans: SpanTable, sources: Mapping[str, SourceFile], bag: DiagnosticBag
) -> None:
    """Constants that are right and hardly meant: they look like something else."""
    span = spans.tables[table.name].columns[column.name].value
    source = sources.get(span.file) if span is not None else None
    if span is None or source is None or not isinstance(column.value, x.Const):
        return
    text = source.slice(span)
    if _PLAIN_TEXT.fullmatch(text):
        for name in _HOLE.findall(text):
            if name in table.columns or name == "row":
                bag.add(MissingF(span=span, column=name, text=text))
                return
    ends = _DIFFERENCE.fullmatch(text)
    if ends and int(ends[1].replace("_", "")) < int(ends[2].replace("_", "")):
        shown = show_value(column.value.value, column.type)
        corrected = f"{ends[1]}..{ends[2]}"
        bag.add(DifferenceAsRange(span=span, column=column.name, value=shown, corrected=corrected))


def _null_hints(dataset: Dataset, table: Table, column: Column, spans: SpanTable, bag: DiagnosticBag) -> None:
    reference = table.references.get(column.reference or "")
    rule = reference.nulls if reference is not None else column.nulls
    place = spans.tables[table.name].columns[column.name]
    if rule is not None and rule.rate >= 1 and rule.when is None:
        bag.add(AlwaysNull(span=place.part("null", "absent"), column=column.name, absent=rule.absent))
    solvable = reference is not None and (reference.where is not None or reference.forest)
    if (
        column.nullable
        and rule is None
        and not _put_in(place)
        and not column.value.nullable
        and not any(o.column == column.name and o.value.nullable for v in table.variants for o in v.overrides)
        and not solvable
        and table.query is None
    ):
        bag.add(NeverNull(span=place.part("type", "reference"), column=column.name))


def _put_in(place: ColumnSpans) -> bool:
    """Whether nobody wrote the column's type: a history puts in columns, all of them at its own name."""
    return place.parts.get("type") == place.name


def _cost_hints(dataset: Dataset, table: Table, spans: SpanTable, bag: DiagnosticBag) -> None:
    for reference in table.references.values():
        places = spans.tables[table.name].columns[reference.name]
        if reference.where is not None and not any(_indexable(c) for c in conjuncts(reference.where)):
            bag.add(WhereByTrying(span=places.part("where"), reference=reference.name))
    for column in table.columns.values():
        for node in walk(column.value):
            if isinstance(node, x.Aggregate):
                hop = node.hops[-1]
                child = dataset.tables.get(hop.table)
                rows = row_range(dataset, hop.table).low
                if child is not None and rows >= _MANY_ROWS and child.references[hop.reference].each is None:
                    span = spans.tables[table.name].columns[column.name]
                    bag.add(
                        ExtraPass(
                            span=span.value or span.name,
                            what=f"`{column.name}`",
                            table=hop.table,
                            rows=rows,
                        )
                    )


def conjuncts(condition: x.Expr) -> Iterator[x.Expr]:
    """The parts that ``and`` joins."""
    if isinstance(condition, x.Logic) and condition.op is x.LogicOp.AND:
        yield from conjuncts(condition.left)
        yield from conjuncts(condition.right)
    else:
        yield condition


def _indexable(condition: x.Expr) -> bool:
    """Whether the condition is about the candidate alone, or compares a value of it with one of this row."""
    if not any(_own(node) for node in walk_row(condition)):
        return True
    if not isinstance(condition, x.Compare) or condition.op is x.CompareOp.NOT_EQUAL:
        return False
    left, right = (
        (any(isinstance(n, x.Candidate) for n in walk(side)), any(_own(n) for n in walk_row(side)))
        for side in (condition.left, condition.right)
    )
    return (left[0] and not left[1] and not right[0]) or (right[0] and not right[1] and not left[0])


def _own(node: x.Expr) -> bool:
    return isinstance(node, (x.ColumnValue, x.Follow, x.RowNumber))


def used_columns(dataset: Dataset, table: Table) -> set[tuple[str, str]]:
    """The columns, as (table, column), that ``table`` needs."""
    used: set[tuple[str, str]] = set()

    def visit(table: str, expr: x.Expr | None) -> None:
        if expr is None:
            return
        match expr:
            case x.ColumnValue(column=name):
                used.add((table, name))
            case x.Follow(table=other, body=body) | x.Candidate(table=other, body=body):
                visit(other, body)
            case x.ParentKey(reference=name, column=column):
                used.add((dataset.tables[table].references[name].table, column))
            case _:
                for child in children(expr):
                    visit(table, child)

    for expr in expressions_of(table):
        visit(table.name, expr)
    for names in (
        table.key,
        *(u.columns for u in table.uniques),
        *(r.distinct_per for r in table.references.values()),
    ):
        used.update((table.name, n) for n in names)
    return used


def expressions_of(table: Table) -> Iterator[x.Expr | None]:
    """Every expression of a table."""
    for column in table.columns.values():
        yield column.value
        yield column.nulls.when if column.nulls else None
        if column.bounds:
            yield column.bounds.low
            yield column.bounds.high
    for reference in table.references.values():
        yield from _reference_expressions(reference)
    for group in table.groups:
        yield group.value
    for check in table.checks:
        yield check.condition
    for variant in table.variants:
        yield variant.where
        yield from (override.value for override in variant.overrides)


def _reference_expressions(reference: Reference) -> Iterator[x.Expr | None]:
    yield reference.where
    yield reference.skew
    yield reference.each.count if reference.each else None
    yield reference.nulls.when if reference.nulls else None


def _hidden(dataset: Dataset, spans: SpanTable, bag: DiagnosticBag) -> None:
    used = {pair for table in dataset.tables.values() for pair in used_columns(dataset, table)}
    for table in dataset.tables.values():
        for hint in hidden_columns(table, spans):
            if (table.name, hint.column) not in used:
                bag.add(hint)


def hidden_columns(table: Table, spans: SpanTable) -> list[UnusedHidden]:
    """What is to be said of each hidden column, should nothing use it."""
    places = spans.tables.get(table.name)
    return [
        UnusedHidden(span=places.columns[column.name].part("hidden"), column=column.name)
        for column in table.columns.values()
        if column.hidden and places is not None
    ]


def _unused(dataset: Dataset, main_file: str, spans: SpanTable, bag: DiagnosticBag) -> None:
    used = {pair for table in dataset.tables.values() for pair in used_declarations(table)}
    for kind, declared in (("enum", spans.enums), ("pool", spans.pools)):
        for name, span in declared.items():
            if (kind, name) not in used and span.file == main_file and dataset.tables:
                bag.add(UnusedDeclaration(span=span, kind=kind, declared=name))


def used_declarations(table: Table) -> set[tuple[str, str]]:
    """The enums and pools that ``table`` needs, as ("enum", name) and ("pool", name)."""
    used: set[tuple[str, str]] = set()
    for column in table.columns.values():
        used.update(("enum", name) for name in _enum_names(column.type))
    for expr in expressions_of(table):
        for node in walk(expr) if expr is not None else ():
            used.update(("enum", name) for name in _enum_names(node.type))
            if isinstance(node, x.PoolDraw):
                used.add(("pool", node.pool))
    return used


def _enum_names(dtype: t.DataType) -> Iterator[str]:
    match dtype:
        case t.Enum(name):
            yield name
        case t.List(item):
            yield from _enum_names(item)
        case t.Struct(fields):
            for field in fields:
                yield from _enum_names(field.type)
        case _:
            return
