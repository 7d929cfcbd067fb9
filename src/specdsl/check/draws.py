"""What draws: ranges, regexes, pools, ``pick``, ``exact``, ``distinct`` and lists."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from specdsl.check import branches
from specdsl.check.conversions import cast, castable, coerce, common_type
from specdsl.check.operators import literal_beside
from specdsl.check.scopes import Origin, PoolSymbol, Scope, poison, poisoned
from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.ir import expr as ir
from specdsl.randomness.regexset import RegexProblem, RegexSet
from specdsl.source import Span
from specdsl.syntax import tree


def drawn_range(
    scope: Scope, node: tree.Range, target: t.DataType | None, origin: Origin | None = None
) -> ir.Expr:
    """``low .. high`` in value position: a uniform draw of ``target``, or of the ends' common type."""
    site = scope.sites.next(node.span)
    if node.low is None or node.high is None:
        whole = scope.text(node).strip()
        other = f"{whole} 100" if node.high is None else f"0 {whole}"
        remedy = f"give it both ends: {scope.program.line_with(node.span, other)}"
        scope.report(
            types.BadRange(span=node.span, why="a range to draw from needs both ends", remedy=remedy)
        )
        return poison()
    if target is not None and t.is_ordered(target):
        low, high = scope.check(node.low, target, origin), scope.check(node.high, target, origin)
        if poisoned(low, high):
            return poison()
        return ir.RangeDraw(target, low.nullable or high.nullable, site, low, high)
    low, high = scope.infer(node.low), scope.infer(node.high)
    if poisoned(low, high):
        return poison()
    low = literal_beside(scope, low, node.low, high.type)
    high = literal_beside(scope, high, node.high, low.type)
    shared = common_type(low.type, high.type)
    if shared is None or not t.is_ordered(shared):
        what = f"{low.type} and {high.type}" if low.type != high.type else f"two values of type {low.type}"
        remedy = "a range goes from number to number, from date to date, from time to time"
        if isinstance(low.type, t.String) and isinstance(high.type, t.String):
            remedy = f"for one of several texts write {scope.text(node.low)} | {scope.text(node.high)}"
        scope.report(types.BadRange(span=node.span, why=f"there is no range between {what}", remedy=remedy))
        return poison()
    low, high = cast(low, shared), cast(high, shared)
    return ir.RangeDraw(shared, low.nullable or high.nullable, site, low, high)


def regex(scope: Scope, node: tree.Regex) -> ir.Expr:
    """``/pattern/``."""
    site = scope.sites.next(node.span)
    try:
        RegexSet.parse(node.pattern)
    except RegexProblem as problem:
        start = node.span.start + 1 + problem.offset
        at = Span(node.span.file, min(start, node.span.end - 1), node.span.end)
        span = at if scope.text(node)[1:-1] == node.pattern and not at.empty else node.span
        why, _, remedy = problem.message.partition("; ")
        remedy = remedy or (
            "a pattern here makes strings: characters, classes such as [a-z], groups, `|`, "
            "and counts such as {3} or {1,9}"
        )
        scope.report(types.BadRegex(span=span, pattern=node.pattern, why=why, remedy=remedy))
        return poison()
    return ir.RegexDraw(t.STRING, False, site, node.pattern)


# --- pick ----------------------------------------------------------------------------------


def pick(scope: Scope, node: tree.Call, hint: t.DataType | None) -> ir.Expr:
    """``pick(Pool)``, ``pick(Pool.a, Pool.b)``, ``pick([...])``, ``pick({... : weight})``."""
    values = [a.value for a in node.args]
    if not values or any(a.name is not None or a.where is not None for a in node.args):
        return _pick_form(scope, node)
    match values:
        case [tree.MapLiteral() as weights]:
            return _pick_map(scope, node, weights, hint)
        case [tree.ListLiteral(items=items)] if items:
            site = scope.sites.next(node.span)
            options = branches.unified(scope, items, None, "the items of this list", hint)
            if options is None:
                return poison()
            return _drawn(site, options, [1.0 / len(options)] * len(options))
        case [tree.ErrorExpr()]:
            return poison()
        case _:
            return _pick_pool(scope, node, values, hint)


def _pick_form(scope: Scope, node: tree.Call) -> ir.Expr:
    scope.report(
        types.SpecialForm(
            span=node.span,
            function="pick",
            why="takes a pool, a list, or values with weights",
            remedy='for example `pick(["a", "b"])`, `pick({"a": 7, "b": 2})` or `pick(Pool.column)`',
        )
    )
    return poison()


def _drawn(site: int, values: list[ir.Expr], parts: list[float]) -> ir.Expr:
    arms = tuple(ir.Arm(v, s) for v, s in zip(values, parts, strict=True))
    return ir.ChoiceDraw(values[0].type, any(v.nullable for v in values), site, arms)


def _pick_map(scope: Scope, node: tree.Call, weights: tree.MapLiteral, hint: t.DataType | None) -> ir.Expr:
    site = scope.sites.next(node.span)
    if not weights.entries:
        return _pick_form(scope, node)
    numbers: list[Decimal] = []
    for entry in weights.entries:
        if not isinstance(entry.value, tree.Number):
            if not isinstance(entry.value, tree.ErrorExpr):
                text = scope.text(entry.value).strip('"')
                number = text if text.replace(".", "", 1).isdigit() else "7"
                remedy = f"write a number: {scope.program.line_with(entry.value.span, number)}"
                scope.report(
                    types.NotConstant(
                        span=entry.value.span,
                        what="a weight of `pick`",
                        remedy=remedy,
                        mark="a number is wanted here",
                    )
                )
            return poison()
        if entry.value.value == 0:
            scope.report(types.ZeroWeight(span=entry.value.span, what=f"`{scope.text(entry.key)}`"))
            return poison()
        numbers.append(entry.value.value)
    keys = [e.key for e in weights.entries]
    seen: dict[str, Span] = {}
    for key in keys:
        text = scope.text(key)
        if text in seen:
            scope.report(
                names.DuplicateMember(
                    span=key.span, written=text, what="value", owner="this `pick`", first=seen[text]
                )
            )
            return poison()
        if text:
            seen[text] = key.span
    options = branches.unified(scope, keys, None, "the values of this `pick`", hint)
    if options is None:
        return poison()
    total = sum(numbers, Decimal(0))
    return _drawn(site, options, [float(n / total) for n in numbers])


def _pick_pool(scope: Scope, node: tree.Call, values: list[tree.Expr], hint: t.DataType | None) -> ir.Expr:
    site = scope.sites.next(node.span)
    pool: PoolSymbol | None = None
    chosen: list[str] = []
    for value in values:
        named: tree.Name | None = None
        match value:
            case tree.NameRef(name=name) if len(values) == 1:
                pass
            case tree.Attribute(base=tree.NameRef(name=name), name=column):
                named = column
            case tree.ErrorExpr():
                return poison()
            case _:
                return _pick_form(scope, node)
        found = _pool(scope, name)
        if found is None or found.columns is None:
            return poison()
        if pool is not None and pool is not found:
            scope.report(
                types.SpecialForm(
                    span=value.span,
                    function="pick",
                    why=f"draws one row of one pool, and `{pool.name}` and `{found.name}` are two",
                    remedy="draw from each in a column of its own",
                )
            )
            return poison()
        pool = found
        if named is not None:
            if not _has_column(scope, pool, named):
                return poison()
            chosen.append(named.text)
    assert pool is not None
    if not chosen:
        data = [c[0] for c in pool.data_columns]
        wanted = len(hint.items) if isinstance(hint, t.Tuple) else 1
        if wanted > 1:
            chosen = data[:wanted]
        elif len(data) == 1:
            chosen = data
        else:
            return _which_column(scope, node, pool, data)
    types_of = {c[0]: c for c in pool.columns or ()}
    nullable = any(types_of[c][2] for c in chosen)
    if len(chosen) == 1:
        return ir.PoolDraw(types_of[chosen[0]][1], nullable, site, pool.name, (chosen[0],))
    row = t.Tuple(tuple(types_of[c][1] for c in chosen))
    return ir.PoolDraw(row, nullable, site, pool.name, tuple(chosen))


def _which_column(scope: Scope, node: tree.Call, pool: PoolSymbol, data: list[str]) -> ir.Expr:
    if data:
        text = f"pick({names.quoted(pool.name)}.{names.quoted(data[0])})"
        remedy = f"say which: {scope.program.line_with(node.span, text)}"
    else:
        remedy = "add a column to its file"
    scope.report(
        types.SpecialForm(
            span=node.span,
            function="pick",
            why=f"needs to know which column of pool `{pool.name}` is wanted: {names.listed(data)}",
            remedy=remedy,
        )
    )
    return poison()


def _pool(scope: Scope, name: tree.Name) -> PoolSymbol | None:
    program = scope.program
    pool = program.pools.get(name.text)
    if pool is not None:
        return pool
    if program.incomplete:
        return None
    known = tuple(program.pools)
    near = nearest(name.text, known)
    scope.report(
        names.UnknownPool(
            span=name.span,
            written=name.text,
            near=near,
            known=known,
            corrected=program.line_with(name.span, names.quoted(near)) if near else "",
        )
    )
    return None


def _has_column(scope: Scope, pool: PoolSymbol, column: tree.Name) -> bool:
    known = tuple(c[0] for c in pool.columns or ())
    if column.text in known:
        return True
    near = nearest(column.text, known)
    scope.report(
        names.UnknownColumn(
            span=column.span,
            written=column.text,
            near=near,
            known=known,
            corrected=scope.program.line_with(column.span, names.quoted(near)) if near else "",
            owner=f"pool `{pool.name}`",
        )
    )
    return False


# --- exact and distinct --------------------------------------------------------------------


def exact(scope: Scope, node: tree.Call, branch: branches.Branch | None) -> ir.Expr:
    """``exact(a 70% | b)``: the whole value of a column."""
    if (
        len(node.args) != 1
        or node.args[0].name is not None
        or not isinstance(node.args[0].value, tree.Choice)
    ):
        scope.report(
            types.SpecialForm(
                span=node.span,
                function="exact",
                why="takes one choice",
                remedy='for example `exact("a" 70% | "b" 30%)`',
            )
        )
        return poison()
    if scope.root is not node:
        scope.report(
            types.SpecialForm(
                span=node.span,
                function="exact",
                why="counts over the whole table, so it must be the whole value of its column",
                remedy="give it a column of its own (`hidden` if it is not wanted), and use that here",
            )
        )
        return poison()
    return branches.choice(scope, node.args[0].value, branch, exact=True)


def different(scope: Scope, node: tree.Call, hint: t.DataType | None) -> ir.Expr:
    """``different(city(), home)``: a draw that is not the other value."""
    values = [a.value for a in node.args if a.where is None and (a.name is None or a.name.text == "value")]
    values += [a.value for a in node.args if a.name is not None and a.name.text == "other"]
    if len(values) != 2 or len(node.args) != 2:
        return _different_form(scope, node, node, "takes what is drawn, and what it must not be")
    return other_than(scope, node, values[0], values[1], hint)


def other_than(
    scope: Scope, node: tree.Call, value: tree.Expr, other: tree.Expr, hint: t.DataType | None
) -> ir.Expr:
    """``value``, drawn until it is not ``other``."""
    before = scope.sites.count
    drawn = scope.infer(value, hint)
    if hint is not None and t.is_numeric(hint) and castable(drawn.type, hint):
        drawn = coerce(scope, drawn, hint, value.span)
    drawing = scope.sites.count > before
    than = scope.infer(other, drawn.type)
    if poisoned(drawn, than):
        return poison()
    if not drawing:
        return _different_form(scope, node, value, "draws again, and this is the same whenever it is made")
    if isinstance(drawn.type, (t.List, t.Struct, t.Tuple, t.Null)):
        return _different_form(scope, node, value, f"does not compare values of type {drawn.type}")
    than = coerce(scope, than, drawn.type, other.span)
    if poisoned(than):
        return poison()
    return ir.Different(drawn.type, drawn.nullable, drawn, than)


def _different_form(scope: Scope, node: tree.Call, at: tree.Node, why: str) -> ir.Expr:
    remedy = "for example `different(city(), from_city)`"
    scope.report(types.SpecialForm(span=at.span, function="different", why=why, remedy=remedy))
    return poison()


def distinct(scope: Scope, node: tree.Call, target: t.List, size: ir.Expr, site: int) -> ir.Expr:
    """``distinct(...)`` as the value of a list column."""
    if len(node.args) != 1 or node.args[0].name is not None:
        return _distinct_form(scope, node)
    inner = node.args[0].value
    element = scope.check(inner, target.item)
    if poisoned(element):
        return element
    drawn = element.operand if isinstance(element, ir.Cast) else element
    fits = isinstance(drawn, (ir.ChoiceDraw, ir.PoolDraw, ir.RangeDraw, ir.RegexDraw))
    if not fits or isinstance(element, ir.Cast):
        return _distinct_form(scope, node)
    return ir.ListDraw(target, False, site, size, element, True)


def _distinct_form(scope: Scope, node: tree.Call) -> ir.Expr:
    scope.report(
        types.SpecialForm(
            span=node.span,
            function="distinct",
            why="takes a choice, a range, a regex or a pool",
            remedy='for example `distinct("a" | "b" | "c")` or `distinct(1..49)`',
        )
    )
    return poison()


def drawn_size(scope: Scope, span: Span, low: int, high: int) -> ir.Expr:
    """The number of elements of a row's list or map, both ends included."""
    if low == high:
        return ir.Const(t.INT, False, low)
    ends = (ir.Const(t.INT, False, low), ir.Const(t.INT, False, high))
    return ir.RangeDraw(t.INT, False, scope.sites.next(span), *ends)


# --- lists ---------------------------------------------------------------------------------


def list_literal(scope: Scope, node: tree.ListLiteral, target: t.DataType | None) -> ir.Expr:
    """``[a, b]``."""
    item = target.item if isinstance(target, t.List) else None
    if item is not None and isinstance(target, t.List):
        values = [scope.check(i, item) for i in node.items]
        if poisoned(*values):
            return poison()
        low, high = target.min_size, target.max_size
        if len(values) < low or (high is not None and len(values) > high):
            wanted = f"{low}" if low == high else f"{low} to {high}" if high is not None else f"{low} or more"
            scope.report(
                types.ListSize(
                    span=node.span,
                    why=f"this list has {len(values)} items, and its type asks for {wanted}",
                    remedy=f"give it {wanted} items, or change the size in the type",
                )
            )
            return poison()
        return ir.ListValue(target, False, tuple(values))
    if not node.items:
        return ir.ListValue(t.List(t.NULL), False, ())
    found = branches.unified(scope, node.items, None, "the items of this list")
    if found is None:
        return poison()
    return ir.ListValue(t.List(found[0].type), False, tuple(found))


def shown(expr: ir.Expr) -> str:
    """A constant for a message, '' for anything else."""
    return show_value(expr.value, expr.type) if isinstance(expr, ir.Const) else ""


__all__ = [
    "coerce",
    "distinct",
    "drawn_range",
    "drawn_size",
    "exact",
    "list_literal",
    "pick",
    "regex",
    "replace",
    "shown",
]
