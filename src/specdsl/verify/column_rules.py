"""Rules about the values of one column: nulls, members, lengths, sizes, bounds, patterns, values that
can be computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Bounds, Column, ColumnGroup, OverRange, Table
from specdsl.ir.walk import walk
from specdsl.verify.forms import constant, quote_text, struct_field, without_spaces
from specdsl.verify.in_order import magnitudes
from specdsl.verify.lowered import Scope
from specdsl.verify.operators import compare
from specdsl.verify.possible import Possible, draws
from specdsl.verify.row_tests import names_of, row_test
from specdsl.verify.rule import NotCheckable, Rule, RuleKind, Test, TypeTest
from specdsl.verify.sql import Context, Lowering
from specdsl.verify.wording import short

TOLERANCE = "CAST('1e-9' AS DOUBLE)"
"""How far a recomputed float may be off, relative to its size: sums add up in another order, and
libraries of elementary functions differ in the last digit."""


def column_rules(
    table: Table, column: Column, context: Context, *, recomputed: bool = True
) -> Iterator[Rule]:
    """The rules of one written column that look at its values. ``recomputed``: values are held against the
    expression that made them."""
    place = f"{table.name}.{column.name}"
    one = (column.name,)

    def rule(name: str, kind: RuleKind, test: Test) -> Rule:
        return Rule(name, kind, table.name, one, test)

    if table.absent(column):  # in JSON there is no member then, and none that is null
        yield rule(f"{place} is {column.type} or absent", RuleKind.TYPE, TypeTest(column.name))
    elif _has_types_to_check(column.type):
        yield rule(f"{place} is {column.type}", RuleKind.TYPE, TypeTest(column.name))
    if not column.nullable and column.name not in table.key:
        test = row_test(
            table, context, one, lambda low, at: ("true", f"{low.column(column.name, at)} IS NULL")
        )
        yield rule(f"{place} not null", RuleKind.NOT_NULL, test)
    for kind, label, broken in _type_violations(column.type, column.name):
        yield rule(f"{table.name}.{label}", kind, _type_test(table, column, context, broken))
    if column.bounds is not None:
        yield rule(
            f"{place} in {_end(column.bounds.low)}..{_end(column.bounds.high)}",
            RuleKind.BOUNDS,
            _bounds_test(table, column, column.bounds, context),
        )
    if isinstance(column.value, e.RegexDraw):
        yield rule(
            f"{place} matches its pattern",
            RuleKind.PATTERN,
            _pattern_test(table, column, column.value.pattern, context),
        )
    elif not recomputed or column.reference is not None or table.query is not None:
        return
    elif isinstance(column.value, e.DimensionValue) and table.over is not None:
        yield rule(f"{place} over its range", RuleKind.BOUNDS, _over_test(table, column, table.over, context))
    elif _draws_any_member(column) or isinstance(column.value, (e.Fitted, e.Retained, e.Dealt)):
        return  # anything may be, or the rule of the target says what
    elif draws(column.value):
        drawn = _drawn_test(table, column, context)
        if drawn is not None:
            yield rule(f"{place} as drawn", RuleKind.VALUE, drawn)
    else:
        yield rule(f"{place} as computed", RuleKind.VALUE, _value_test(table, column, context))


def made_test(table: Table, column: Column, context: Context) -> Test | None:
    """The test that a column's values are what its expression makes, or can make; None when nothing is known
    about them."""
    if isinstance(column.value, e.RegexDraw):
        return _pattern_test(table, column, column.value.pattern, context)
    if draws(column.value):
        return _drawn_test(table, column, context)
    return _value_test(table, column, context)


def _has_types_to_check(dtype: t.DataType) -> bool:
    return not isinstance(dtype, (t.String, t.Enum))


def _end(expr: e.Expr | None) -> str:
    return "" if expr is None else short(expr)


# --- what the type says --------------------------------------------------------------------

Predicate = Callable[[str], str]


def _type_violations(
    dtype: t.DataType, label: str, depth: int = 0
) -> Iterator[tuple[RuleKind, str, Predicate]]:
    """(kind, name, predicate of what breaks it) for each thing that a type asks of its values."""
    match dtype:
        case t.Enum(name, members):
            listed = ", ".join(map(quote_text, members))
            yield RuleKind.ENUM, f"{label} in {name}", lambda x: f"({x} NOT IN ({listed}))"
        case t.String(low, high) if low or high is not None:
            text = f"{low or ''}..{'' if high is None else high}"
            yield RuleKind.LENGTH, f"{label} length {text}", lambda x: _size(f"length({x})", low, high)
        case t.List(item, low, high):
            if low or high is not None:
                text = f"{low}..{'' if high is None else high}"
                yield RuleKind.LIST_SIZE, f"{label} size {text}", lambda x: _size(f"len({x})", low, high)
            for kind, inner, broken in _type_violations(item, f"{label}[]", depth + 1):
                yield kind, inner, _any_item(broken, depth)
        case t.Struct(fields):
            for field in fields:
                if not field.nullable:
                    yield RuleKind.NOT_NULL, f"{label}.{field.name} not null", _missing_field(field.name)
                for kind, inner, broken in _type_violations(field.type, f"{label}.{field.name}", depth):
                    yield kind, inner, _in_field(field.name, broken)
        case _:
            return


def _missing_field(name: str) -> Predicate:
    return lambda x: f"({x} IS NOT NULL AND {struct_field(x, name)} IS NULL)"


def _in_field(name: str, broken: Predicate) -> Predicate:
    return lambda x: broken(struct_field(x, name))


def _any_item(broken: Predicate, depth: int) -> Predicate:
    item = f"x{depth}"
    return lambda x: f"(len(list_filter({x}, lambda {item}: {broken(item)})) > 0)"


def _size(size: str, low: int, high: int | None) -> str:
    if high is None:
        return f"({size} < {low})"
    return f"({size} NOT BETWEEN {low} AND {high})"


def _type_test(table: Table, column: Column, context: Context, broken: Predicate) -> Test:
    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        value = lowering.column(column.name, scope)
        return f"{value} IS NOT NULL", broken(value)

    return row_test(table, context, (column.name,), build)


# --- what the column says ------------------------------------------------------------------


def _bounds_test(table: Table, column: Column, bounds: Bounds, context: Context) -> Test:
    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        value = lowering.column(column.name, scope)
        ends = ((bounds.low, e.CompareOp.LESS), (bounds.high, e.CompareOp.GREATER))
        outside = [
            compare(op, value, column.type, lowering.expr(end, scope), end.type)
            for end, op in ends
            if end is not None
        ]
        return f"{value} IS NOT NULL", f"({' OR '.join(outside)})" if outside else "false"

    return row_test(
        table, context, (column.name,), build, *(x for x in (bounds.low, bounds.high) if x is not None)
    )


def _pattern_test(table: Table, column: Column, pattern: str, context: Context) -> Test:
    from specdsl.randomness.regexset import compile_regex

    expression = compile_regex(pattern).sql_pattern()
    if expression is None:
        return NotCheckable("DuckDB's regular expressions cannot say the pattern")

    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        value = lowering.column(column.name, scope)
        return f"{value} IS NOT NULL", f"NOT regexp_full_match({value}, {quote_text(expression)})"

    return row_test(table, context, (column.name,), build)


def _over_test(table: Table, column: Column, over: OverRange, context: Context) -> Test:
    """A value of the range; where it is the only dimension, the one of the row."""
    alone = not any(r.each for r in table.references.values())

    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        value = lowering.column(column.name, scope)
        if alone and context.generated:
            return "true", f"({value} IS DISTINCT FROM {lowering.expr(column.value, scope)})"
        off = f"({value} - {constant(over.low, over.type)}) % {over.step} <> 0"
        return "true", f"({value} NOT BETWEEN {over.low} AND {over.high} OR {off})"

    return row_test(table, context, (column.name,), build)


def _draws_any_member(column: Column) -> bool:
    """Whether a value is possible as soon as it is a member of the column's enum."""
    match column.type, column.value:
        case t.Enum(_, members), e.ChoiceDraw(arms=arms):
            return {a.value.value for a in arms if isinstance(a.value, e.Const)} == set(range(len(members)))
        case _:
            return False


def _drawn_test(table: Table, column: Column, context: Context) -> Test | None:
    """The value is one that the draw can give; None when nothing is known about it."""

    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        value = lowering.column(column.name, scope)
        possible = Possible(lowering, scope).predicate(column.value, value)
        # Nulls of a column that has none, and those that its rate puts in, have rules of their own.
        applies = "true" if column.nullable and column.nulls is None else f"{value} IS NOT NULL"
        return applies, "" if possible is None else f"NOT ({possible})"

    test = row_test(table, context, (column.name, *names_of(column.value)), build)
    return None if isinstance(test, NotCheckable) or not test.broken else test


def group_rules(table: Table, context: Context) -> Iterator[Rule]:
    """Columns drawn together have values that go together."""
    for group in table.groups:
        columns = [table.columns[c] for c in group.columns]
        if any(c.hidden for c in columns):
            continue

        def build(lowering: Lowering, scope: Scope, group: ColumnGroup = group) -> tuple[str, str]:
            values = [lowering.column(c, scope) for c in group.columns]
            nulled = [v for v, c in zip(values, group.columns, strict=True) if table.columns[c].nulls]
            possible = Possible(lowering, scope).tuples(group.value, values)
            applies = " AND ".join(f"{v} IS NOT NULL" for v in nulled) or "true"
            return applies, "" if possible is None else f"NOT ({possible})"

        test = row_test(table, context, group.columns, build)
        if not isinstance(test, NotCheckable) and test.broken:
            name = f"{table.name}.({', '.join(group.columns)}) as drawn"
            yield Rule(name, RuleKind.VALUE, table.name, group.columns, test)


def _goes_by_row(expr: e.Expr) -> bool:
    """Whether a value depends on the order of rows, which is the generator's."""
    ends = {e.AggregateFunction.FIRST, e.AggregateFunction.LAST}
    return any(
        isinstance(n, (e.RowNumber, e.IndexIn, e.Running, e.Neighbour))
        or (isinstance(n, e.Call) and n.function == "sequence")
        or (isinstance(n, e.Aggregate) and n.function in ends)
        for n in walk(expr)
    )


def _value_test(table: Table, column: Column, context: Context) -> Test:
    if _goes_by_row(column.value) and not context.generated:
        return NotCheckable("it goes by row numbers, and these rows were not made here")

    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        held = lowering.column(column.name, scope)
        again = lowering.expr(column.value, scope)
        applies = f"{held} IS NOT NULL" if column.nulls is not None else "true"
        sizes = magnitudes(lowering, column.value, scope)
        return applies, different(held, again, column.type, sizes, inexact=_is_inexact(column.value))

    return row_test(table, context, (column.name, *names_of(column.value)), build)


def different(held: str, again: str, dtype: t.DataType, sizes: Sequence[str] = (), *, inexact: bool) -> str:
    """Whether a value is not the one that it should be. ``inexact``: floats went into it, so that a
    rounded value may be one unit off. ``sizes``: of what it is the sum, which says how far it may be off."""
    if isinstance(dtype, t.Float):
        relative = TOLERANCE if dtype.bits == 64 else "CAST('1e-6' AS DOUBLE)"
        size = ", ".join([f"abs({held})", f"abs({again})", *sizes])
        near = f"abs({held} - {again}) <= {relative} * greatest({size})"
        return f"NOT COALESCE({held} = {again} OR {near}, {held} IS NULL AND {again} IS NULL)"
    if inexact and isinstance(dtype, (t.Int, t.Decimal, t.Timestamp, t.Duration, t.Time)):
        near = f"abs(CAST({held} AS HUGEINT) - {again}) <= 1"
        return f"NOT COALESCE({near}, {held} IS NULL AND {again} IS NULL)"
    return f"({without_spaces(held, dtype)} IS DISTINCT FROM {without_spaces(again, dtype)})"


def _is_inexact(expr: e.Expr) -> bool:
    """Whether an expression holds a float that another machine may round otherwise."""
    return any(
        isinstance(n.type, t.Float) and isinstance(n, (e.Call, e.Aggregate, e.Running)) for n in walk(expr)
    )
