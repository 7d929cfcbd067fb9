"""References: the key they take, and what stands after them (each, skew, where, distinct per)."""

from __future__ import annotations

from dataclasses import replace

from specdsl.check.as_of import as_of, both
from specdsl.check.calls import call_of
from specdsl.check.operators import condition
from specdsl.check.paths import unknown_column
from specdsl.check.scopes import ColumnSymbol, Program, Scope, TableSymbol, poisoned
from specdsl.check.sizes import interval
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.functions.entry import Function
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir
from specdsl.ir.model import Each, NullRule, OnDelete, Reference, Since
from specdsl.ir.walk import walk_row
from specdsl.source import Span
from specdsl.syntax import tree


def key_type(program: Program, symbol: ColumnSymbol) -> t.DataType:
    """The type of a reference's column: that of the key column it takes."""
    reference = symbol.reference
    if reference is None or reference.target is None:
        return t.UNKNOWN
    target = reference.target
    if len(target.key) != len(reference.columns):
        return t.UNKNOWN
    key = target.columns.get(target.key[symbol.index])
    if key is None:
        return t.UNKNOWN
    program.resolve(key)
    return key.type or t.UNKNOWN


def check(
    scope: Scope, table: TableSymbol, decl: tree.ColumnDecl, nulls: NullRule | None
) -> Reference | None:
    """The checked form of a reference, None where it is broken."""
    assert decl.reference is not None
    symbol = table.references.get(decl.targets[0].text)
    if symbol is None or symbol.decl is not decl:
        return None
    for written in decl.target_types:
        if written is not None:
            scope.report(
                types.MisplacedModifier(
                    span=written.span,
                    modifier=scope.text(written),
                    why="does not go with a reference: its type is that of the key it refers to",
                    remedy="remove the type",
                )
            )
    target = symbol.target
    each = skew = where = since = valid = on_delete = None
    distinct: tuple[str, ...] = ()
    broken = target is None
    for modifier in decl.modifiers:
        match modifier:
            case tree.Each():
                each = _each(scope, table, target, modifier)
                broken |= each is None
            case tree.Skew(call=call):
                skew = _skew(scope, call)
                broken |= skew is None
            case tree.Where(condition=node):
                where = condition(scope.with_candidate(target), node, "`where`")
                broken |= poisoned(where)
            case tree.AsOf():
                valid = as_of(scope, target, modifier)
                broken |= valid is None
            case tree.Since(age=age):
                since = _since(scope, age)
                broken |= since is None
            case tree.OnDelete(action=action):
                on_delete = None if action is tree.DeleteAction.RESTRICT else OnDelete(action.value)
            case tree.DistinctPer(columns=columns):
                found = _distinct(scope, table, decl, columns)
                broken |= found is None
                distinct = found or ()
    if target is None or not _key_fits(scope, target, decl) or broken:
        return None
    forest = target is table and not _ordered_apart(where)
    if forest and not symbol.nullable:
        at = decl.reference.table.span.at_end()
        scope.report(
            types.ForestRoot(
                span=decl.reference.table.span,
                reference=symbol.name,
                table=table.name,
                insert_at=at,
                corrected=scope.program.line_with(at, "?"),
            )
        )
        return None
    unique = any(isinstance(m, (tree.KeyMark, tree.UniqueMark)) for m in decl.modifiers)
    return Reference(
        name=symbol.name,
        columns=symbol.columns,
        table=target.name,
        key=target.key,
        nullable=symbol.nullable,
        nulls=nulls,
        each=each,
        skew=skew,
        where=where if valid is None else both(valid, where),
        distinct_per=distinct,
        unique=unique or table.key == symbol.columns,
        forest=forest,
        since=since,
        as_of=valid is not None,
        on_delete=on_delete,
    )


def _since(scope: Scope, age: tree.Duration | tree.Number) -> Since | None:
    if isinstance(age, tree.Duration):
        return Since(None, age.micros)
    if age.is_int and age.value >= 1:
        return Since(int(age.value), None)
    scope.report(
        types.RowCount(
            span=age.span,
            why="batches are counted from 1, which is the one that is being made",
            remedy="for example `since 3 batches`",
        )
    )
    return None


def _key_fits(scope: Scope, target: TableSymbol, decl: tree.ColumnDecl) -> bool:
    assert decl.reference is not None
    if not target.key:
        if not target.incomplete:
            scope.report(
                types.NoKey(
                    span=decl.reference.table.span,
                    table=target.name,
                    declared=target.decl.name.span,
                    example="id int key",
                )
            )
        return False
    if any(k not in target.columns for k in target.key):
        return False
    if len(target.key) != len(decl.targets):
        prefix = decl.targets[0].text.removesuffix("_id") if not decl.grouped else target.name
        given = [names.quoted(n) for n in target.key]
        wanted = f"({', '.join(given)})" if len(given) > 1 else names.quoted(f"{prefix}_id")
        line = scope.program.line_with(
            decl.targets[0].span.to(decl.targets[-1].span)
            if not decl.grouped
            else _with_parentheses(scope, decl),
            wanted,
        )
        scope.report(
            types.KeyShape(
                span=decl.targets[0].span.to(decl.targets[-1].span),
                table=target.name,
                key=target.key,
                names=len(decl.targets),
                declared=target.key_span,
                corrected=line,
            )
        )
        return False
    return True


def _with_parentheses(scope: Scope, decl: tree.ColumnDecl) -> Span:
    """The place of the names of a group, with their parentheses."""
    inner = decl.targets[0].span.to(decl.targets[-1].span)
    source = scope.program.sources.get(inner.file)
    if source is None:
        return inner
    start, end = inner.start, inner.end
    before = source.text.rfind("(", decl.span.start, start)
    after = source.text.find(")", end, decl.span.end)
    if before < 0 or after < 0:
        return inner
    return replace(inner, start=before, end=after + 1)


# --- each ----------------------------------------------------------------------------------


def _each(scope: Scope, table: TableSymbol, target: TableSymbol | None, node: tree.Each) -> Each | None:
    """How many children every parent has."""
    inner = scope.with_candidate(target)
    maximum = _maximum(scope, node.maximum)
    if node.maximum is not None and maximum is None:
        return None
    if node.count is None:
        return Each(ir.Const(t.INT, False, 1), 1, 1)
    if isinstance(node.count, tree.Range) and node.count.low is not None and node.count.high is None:
        return _open_each(inner, table, node.count.low, maximum)
    count = inner.infer(node.count, t.INT)
    if poisoned(count):
        return None
    if isinstance(count.type, t.Int):
        if count.nullable:
            _bad_count(scope, node.count, "may be null", "give it a number in every row")
            return None
    else:
        found = f"is of type {count.type}"
        remedy = "a number of children is whole: `each 1..8`, `each poisson(3) max 40`"
        if isinstance(count.type, t.Float):
            remedy = (
                f"round it: {scope.program.line_with(node.count.span, f'to_int({scope.text(node.count)})')}"
            )
        _bad_count(scope, node.count, found, remedy)
        return None
    own = next((n for n in walk_row(count) if isinstance(n, _OF_THE_ROW)), None)
    if own is not None:
        name = (
            own.column if isinstance(own, ir.ColumnValue) else "row" if isinstance(own, ir.RowNumber) else ""
        )
        found = f"depends on `{name}` of the rows" if name else "depends on the rows"
        remedy = "there are no rows yet when they are counted; `.column` is the parent's"
        _bad_count(scope, node.count, f"{found} that it makes", remedy)
        return None
    low, high = interval(count)
    if low is not None and low < 0 and isinstance(count, (ir.Const, ir.RangeDraw)):
        _bad_count(scope, node.count, f"can be {low}", "a number of children is 0 or more")
        return None
    if maximum is not None:
        high = maximum if high is None else min(high, maximum)
    return Each(count, max(low or 0, 0), high)


_OF_THE_ROW = (
    ir.ColumnValue,
    ir.GroupItem,
    ir.ParentKey,
    ir.Follow,
    ir.IndexIn,
    ir.Aggregate,
    ir.Split,
    ir.Running,
    ir.Neighbour,
)


def _open_each(scope: Scope, table: TableSymbol, low_node: tree.Expr, maximum: int | None) -> Each | None:
    low = scope.infer(low_node, t.INT)
    if poisoned(low):
        return None
    if not isinstance(low, ir.Const) or not isinstance(low.type, t.Int) or not isinstance(low.value, int):
        scope.report(types.NotConstant(span=low_node.span, what="the lower end of an open `each`"))
        return None
    if low.value < 0:
        _bad_count(scope, low_node, f"is {low.value}", "a number of children is 0 or more")
        return None
    if table.decl.count is None and maximum is None:
        line = scope.program.line_with(table.decl.name.span.at_end(), " 1_000")
        remedy = f"say how many rows there are in all: {line}; or give the range its upper end"
        scope.report(
            types.RowCount(
                span=low_node.span, why="an `each` without an upper end needs a row count", remedy=remedy
            )
        )
        return None
    ends = ir.Const(t.INT, False, low.value), ir.Const(t.INT, False, maximum)
    if table.decl.count is None and maximum is not None:
        return Each(ir.RangeDraw(t.INT, False, scope.sites.next(low_node.span), *ends), low.value, maximum)
    return Each(ir.Const(t.INT, False, low.value), low.value, maximum)


def _maximum(scope: Scope, node: tree.Expr | None) -> int | None:
    if node is None:
        return None
    value = scope.without_columns().infer(node, t.INT)
    if poisoned(value):
        return None
    if isinstance(value, ir.Const) and isinstance(value.type, t.Int) and isinstance(value.value, int):
        if value.value >= 0:
            return value.value
        _bad_count(scope, node, f"is {value.value}", "a number of children is 0 or more")
        return None
    if isinstance(value, ir.Const):
        _bad_count(scope, node, f"is of type {value.type}", "a number of children is whole: `max 40`")
    else:
        scope.report(types.NotConstant(span=node.span, what="`max` of `each`"))
    return None


def _bad_count(scope: Scope, node: tree.Expr, found: str, remedy: str) -> None:
    scope.report(types.RowCount(span=node.span, why=f"this number of children {found}", remedy=remedy))


# --- the other modifiers -------------------------------------------------------------------


def _skew(scope: Scope, node: tree.Call) -> ir.Expr | None:
    name = node.function.text
    skews = tuple(f.name for f in FUNCTIONS.values() if f.skew)
    function: Function | None = FUNCTIONS.get(name)
    if function is None or not function.skew:
        if function is not None:
            remedy = f"after a reference stands one of {names.listed(skews)}"
            scope.report(
                types.MisplacedModifier(
                    span=node.span, modifier=name, why="does not say which rows are popular", remedy=remedy
                )
            )
            return None
        near = nearest(name, skews)
        line = scope.program.line_with(node.function.span, near) if near else ""
        scope.report(
            names.UnknownFunction(
                span=node.function.span, written=name, near=near, known=skews, corrected=line
            )
        )
        return None
    value = call_of(scope, node, function)
    return None if poisoned(value) else value


def _distinct(
    scope: Scope, table: TableSymbol, decl: tree.ColumnDecl, columns: tuple[tree.Name, ...]
) -> tuple[str, ...] | None:
    own = {n.text for n in decl.targets}
    for column in columns:
        if column.text not in table.columns:
            if not table.nameless:
                scope.report(unknown_column(scope, column, table))
            return None
        if column.text in own:
            others = [r for r in table.references if r not in own]
            remedy = (
                f"name what the group is, such as `distinct per {others[0]}`" if others else "write `unique`"
            )
            scope.report(
                types.MisplacedModifier(
                    span=column.span,
                    modifier="distinct per",
                    why=f"cannot name `{column.text}` itself",
                    remedy=remedy,
                )
            )
            return None
    return tuple(dict.fromkeys(c.text for c in columns))


def _ordered_apart(where: ir.Expr | None) -> bool:
    """Whether a condition puts the candidate strictly before or after this row by one column, which by
    itself keeps a self-reference free of cycles."""
    match where:
        case ir.Logic(op=ir.LogicOp.AND, left=left, right=right):
            return _ordered_apart(left) or _ordered_apart(right)
        case ir.Compare(op=ir.CompareOp.LESS | ir.CompareOp.GREATER, left=left, right=right):
            return _same_column(left, right) or _same_column(right, left)
        case _:
            return False


def _same_column(mine: ir.Expr, theirs: ir.Expr) -> bool:
    if not isinstance(theirs, ir.Candidate):
        return False
    return isinstance(mine, (ir.ColumnValue, ir.RowNumber)) and mine == theirs.body
