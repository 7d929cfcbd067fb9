"""Drawing what a type says: the value that is written, or what the type suggests without one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from specdsl.check import draws
from specdsl.check.calls import finished
from specdsl.check.conversions import cast
from specdsl.check.samples import example, is_written, sample
from specdsl.check.scopes import Origin, Program, Scope, poison, poisoned
from specdsl.check.type_expressions import (
    FieldShape,
    Shape,
    absent_rate,
    percent,
    report_null_and_absent,
)
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir
from specdsl.ir.model import Bounds
from specdsl.source import Span
from specdsl.syntax import tree


@dataclass(frozen=True, slots=True)
class Subject:
    """What is drawn, for messages: its name, the place of its name, and of its whole declaration, and whether
    no value comes twice."""

    name: str
    span: Span
    declaration: Span
    unique: bool = False


def value(
    scope: Scope, shape: Shape, node: tree.Expr | None, subject: Subject, *, key: bool = False
) -> ir.Expr:
    """The expression that draws a value of ``shape``: ``node`` as that type, or the default without one."""
    if node is None and shape.value is not None:
        return value(scope.without_columns(), replace(shape, value=None), shape.value, subject)
    if not shape.known:
        if node is not None:
            scope.check(node, shape.type)
        return poison()
    if isinstance(shape.type, t.List):
        return _list(scope, shape, node, subject)
    if node is None and shape.json is not None:
        from specdsl.check.json_draws import document

        return document(scope, shape, subject)
    if node is not None:
        because = "because of this type"
        if scope.text(shape.span).rstrip("?") != str(shape.type):
            because += f", {shape.type}"
        found = scope.check(node, shape.type, Origin(shape.span, because, subject.name, is_type=True))
        return _length_checked(scope, shape.type, fitted(found, shape.type))
    return _default(scope, shape, subject, key=key)


def _length_checked(scope: Scope, dtype: t.DataType, drawn: ir.Expr) -> ir.Expr:
    """``drawn`` kept to the lengths of a string in a document: elsewhere verification holds it to them."""
    if scope.levels is None or poisoned(drawn) or not isinstance(dtype, t.String):
        return drawn
    if (dtype.min_length, dtype.max_length) == (0, None) or drawn.type != t.STRING:
        return drawn
    if isinstance(drawn, ir.Const) and isinstance(drawn.value, str):
        fits = dtype.min_length <= len(drawn.value) and len(drawn.value) <= (
            dtype.max_length or len(drawn.value)
        )
        if fits:
            return drawn
    return ir.LengthChecked(dtype, drawn.nullable, drawn)


def fitted(drawn: ir.Expr, dtype: t.DataType) -> ir.Expr:
    """``drawn`` where functions that make texts of a length (``Function.fits``) keep to that of ``dtype``, as
    far as they are not told another."""
    if poisoned(drawn) or not isinstance(dtype, t.String):
        return drawn
    match drawn:
        case ir.Call(function=name, args=args) if name in FUNCTIONS and FUNCTIONS[name].fits:
            known = {"min": dtype.min_length or None, "max": dtype.max_length}
            kept = tuple((n, _length(known.get(n)) if _is_open(v) else v) for n, v in args)
            return replace(drawn, args=kept)
        case ir.ChoiceDraw(arms=arms):
            return replace(drawn, arms=tuple(replace(a, value=fitted(a.value, dtype)) for a in arms))
        case ir.If(then=then, otherwise=otherwise):
            return replace(drawn, then=fitted(then, dtype), otherwise=fitted(otherwise, dtype))
        case ir.Match(arms=cases, otherwise=rest):
            changed = tuple(replace(a, value=fitted(a.value, dtype)) for a in cases)
            return replace(drawn, arms=changed, otherwise=None if rest is None else fitted(rest, dtype))
        case _:
            return drawn


def _is_open(value: ir.Expr) -> bool:
    """Whether an argument was not given."""
    return isinstance(value, ir.Const) and value.value is None


def _length(known: int | None) -> ir.Const:
    return ir.Const(t.NULL, True, None) if known is None else ir.Const(t.INT, False, known)


def _default(scope: Scope, shape: Shape, subject: Subject, *, key: bool) -> ir.Expr:
    """What a type draws by itself."""
    match shape.type:
        case t.Enum(_, members) if shape.enum is not None:
            weights = scope.program.enums[shape.enum].shares
            site = scope.sites.next(shape.span)
            arms = tuple(
                ir.Arm(ir.Const(shape.type, False, i), weights[i])
                for i in range(len(members))
                if weights[i] > 0
            )
            return ir.ChoiceDraw(shape.type, False, site, arms)
        case t.Bool():
            site = scope.sites.next(shape.span)
            arms = tuple(ir.Arm(ir.Const(t.BOOL, False, flag), 0.5) for flag in (True, False))
            return ir.ChoiceDraw(t.BOOL, False, site, arms)
        case t.Uuid() if "uuid4" in FUNCTIONS:
            return finished(FUNCTIONS["uuid4"], {}, scope.sites.next(shape.span))
        case t.Struct():
            items = [field(scope, f) for f in shape.fields]
            return poison() if poisoned(*items) else ir.StructValue(shape.type, False, tuple(items))
        case t.Int() if key and not shape.within and "sequence" in FUNCTIONS:
            function = FUNCTIONS["sequence"]
            draws_at = scope.sites.next(shape.span) if function.draws else None
            counted = finished(function, {"start": ir.Const(t.INT, False, 1)}, draws_at)
            return cast(counted, shape.type)
        case dtype if t.is_ordered(dtype) and shape.within:
            limits = bounds(scope, shape)
            if limits is None:
                return poison()
            if limits.low is not None and limits.high is not None:
                site = scope.sites.next(shape.span)
                nullable = limits.low.nullable or limits.high.nullable
                return ir.RangeDraw(dtype, nullable, site, limits.low, limits.high)
    if shape.within and not t.is_ordered(shape.type):
        bounds(scope, shape)  # which says so
        return poison()
    proposed = sample(shape.type, subject.name, *_ends(scope, shape), unique=subject.unique or key)
    line = scope.program.line_with(subject.declaration.at_end(), f" = {proposed}")
    scope.report(types.NoValue(span=subject.span, column=subject.name, type=str(shape.type), corrected=line))
    return poison()


def _ends(scope: Scope, shape: Shape) -> tuple[str, str]:
    """The bounds of a value as they are written, "" for one that is open or no constant."""
    if len(shape.within) != 1:
        return "", ""
    low, high = shape.within[0].low, shape.within[0].high
    return (
        scope.text(low.span) if low is not None and is_written(low) else "",
        scope.text(high.span) if high is not None and is_written(high) else "",
    )


# --- lists and structs ---------------------------------------------------------------------


def _list(scope: Scope, shape: Shape, node: tree.Expr | None, subject: Subject) -> ir.Expr:
    assert isinstance(shape.type, t.List)
    assert shape.item is not None
    match node:
        case tree.If() | tree.Match():
            return _list_branches(scope, shape, node, subject)
        case tree.ListLiteral() | tree.Null():
            return scope.check(node, shape.type)
        case tree.Choice(arms=arms) if any(isinstance(a.value, (tree.ListLiteral, tree.Null)) for a in arms):
            return scope.check(node, shape.type)
        case tree.NameRef() | tree.Attribute() | tree.CandidateRef():
            found = scope.infer(node, shape.item.type)
            if poisoned(found):
                return found
            if isinstance(found.type, t.List):
                return draws.coerce(scope, found, shape.type, node.span)
    size = _size(scope, shape, node, subject)
    if size is None:
        if node is not None and not isinstance(node, tree.Call):
            scope.infer(node)
        return poison()
    site = scope.sites.next(node.span if node is not None else shape.span)
    if isinstance(node, tree.Call) and node.function.text == "distinct":
        drawn = draws.distinct(scope, node, shape.type, size, site)
        if isinstance(drawn, ir.ListDraw):
            return replace(drawn, element=within(scope, drawn.element, shape.item, simple=True))
        return drawn
    if isinstance(node, tree.Call):
        found = scope.infer(node, shape.item.type)
        if poisoned(found):
            return found
        if isinstance(found.type, t.List):
            return draws.coerce(scope, found, shape.type, node.span)
        coerced = draws.coerce(scope, found, shape.item.type, node.span)
        element = _length_checked(scope, shape.item.type, fitted(coerced, shape.item.type))
    else:
        from specdsl.check.json_draws import Endless

        try:
            element = value(scope, shape.item, node, subject)
        except Endless:
            if shape.type.min_size:
                raise
            return ir.ListValue(shape.type, False, ())
    if poisoned(element):
        return element
    if element.nullable:
        scope.report(
            types.NullNotAllowed(
                span=node.span if node is not None else shape.span,
                what=f"an element of `{subject.name}`",
                why=null_reason(element),
                source=None,
                remedy="leave the null out: a list may be shorter instead",
            )
        )
        return poison()
    element = within(scope, element, shape.item)
    return ir.ListDraw(shape.type, False, site, size, element)


def _list_branches(scope: Scope, shape: Shape, node: tree.If | tree.Match, subject: Subject) -> ir.Expr:
    """``if`` and ``match`` over lists: every branch is a list, or draws one."""
    from specdsl.check import branches

    def branch(inner: tree.Expr) -> ir.Expr:
        return value(scope, shape, inner, subject)

    if isinstance(node, tree.If):
        return branches.conditional(scope, node, branch)
    return branches.match(scope, node, branch)


def _size(scope: Scope, shape: Shape, node: tree.Expr | None, subject: Subject) -> ir.Expr | None:
    """How many elements a row's list has; a diagnostic where the type does not say."""
    assert isinstance(shape.type, t.List)
    if isinstance(shape.size, tree.ErrorExpr):
        return None
    low, high = shape.type.min_size, shape.type.max_size
    if shape.size is None or high is None:
        _open_size(scope, shape, subject)
        return None
    return draws.drawn_size(scope, shape.size.span, low, high)


def _open_size(scope: Scope, shape: Shape, subject: Subject) -> None:
    assert isinstance(shape.type, t.List)
    low = shape.type.min_size
    written = scope.text(shape.span).split("[")[0].rstrip("?") or str(shape.type)
    line = scope.program.line_with(shape.span, f"{written}[{low}..{low + 3}]")
    why = f"`{subject.name}` does not say how many elements a list has"
    if shape.size is not None:
        why = f"`{subject.name}` does not say how many elements a list has at most"
    scope.report(types.ListSize(span=shape.span, why=why, remedy=f"give the type a size: {line}"))


def field(scope: Scope, field: FieldShape, what: str = "field") -> ir.Expr:
    """The value of a field of a struct or of an object, or of another part of a document. One that the last
    level of a type that holds itself has no room for is null where it may be; else raises Endless."""
    from specdsl.check.json_draws import Endless

    decl, shape = field.decl, field.shape
    subject = Subject(decl.name.text, decl.name.span, decl.span)
    absent = absent_rate(decl.modifiers) is not None
    try:
        drawn = within(scope, value(scope, shape, decl.value, subject), shape)
    except Endless:
        if not (shape.optional or absent):
            raise
        return ir.Const(shape.type, True, None)
    at = decl.type.span if decl.type is not None else None
    if report_null_and_absent(scope.program, decl.modifiers, subject.name, shape.optional, at):
        return poison()
    if drawn.nullable and (absent or not shape.optional) and not poisoned(drawn):
        report_null(scope, f"{what} `{subject.name}`", drawn, decl.value, decl.type, subject, absent=absent)
        return poison()
    for modifier in decl.modifiers:
        match modifier:
            case tree.Within():
                pass
            case tree.NullRate():
                drawn = _with_nulls(scope, shape, modifier, drawn, decl)
            case _:
                word = scope.text(modifier).split(" ")[0] or "this"
                scope.report(
                    types.MisplacedModifier(
                        span=modifier.span,
                        modifier=word,
                        why="does not go with a field of a struct",
                        remedy="only `in` and a rate of nulls or of absence do",
                    )
                )
    return drawn


def _with_nulls(
    scope: Scope, shape: Shape, rate: tree.NullRate, drawn: ir.Expr, decl: tree.FieldDecl
) -> ir.Expr:
    """A field's value with nulls put in at a rate."""
    from specdsl.check.operators import condition

    if poisoned(drawn):
        return drawn
    if not shape.optional and not rate.absent:
        text = scope.text(decl.type) if decl.type is not None else str(shape.type)
        scope.report(
            types.NullRateNeedsOptional(
                span=rate.span, column=decl.name.text, type_text=text, insert_at=shape.span.at_end()
            )
        )
        return poison()

    def mixed(share: float) -> ir.Expr:
        site = scope.sites.next(rate.span)
        null = ir.Const(drawn.type, True, None)
        if share <= 0:
            return drawn
        if share >= 1:
            return null
        return ir.ChoiceDraw(drawn.type, True, site, (ir.Arm(null, share), ir.Arm(drawn, 1 - share)))

    if rate.when is None:
        return mixed(percent(rate.rate.value))
    test = condition(scope, rate.when, "the condition of a null rate")
    if poisoned(test):
        return test
    otherwise = mixed(percent(rate.otherwise.value)) if rate.otherwise is not None else drawn
    return ir.If(drawn.type, True, test, mixed(percent(rate.rate.value)), otherwise)


# --- bounds --------------------------------------------------------------------------------


def bounds(scope: Scope, shape: Shape) -> Bounds | None:
    """The bounds that ``in`` puts on a value; None where they are broken."""
    low: ir.Expr | None = None
    high: ir.Expr | None = None
    for i, node in enumerate(shape.within):
        own = i == len(shape.within) - 1
        if node.low is None and node.high is None:
            remedy = "give it an end, or leave `in ..` out"
            scope.report(
                types.BadRange(span=node.span, why="a range open at both ends bounds nothing", remedy=remedy)
            )
            return None
        if not t.is_ordered(shape.type):
            why = f"`in` bounds what has an order, and {shape.type} has none"
            remedy = "write a `check` instead"
            if isinstance(shape.type, t.String):
                remedy = "bound the length of a text with `string(min: 3, max: 20)`"
                ends = [e.value for e in (node.low, node.high) if isinstance(e, tree.String)]
                if len(ends) == 2 and all(len(e) == 1 and e.isalnum() for e in ends):
                    remedy = f"a letter of them is drawn by a pattern: `= /[{ends[0]}-{ends[1]}]/`"
            elif isinstance(shape.type, t.List):
                remedy = "bound the number of elements with `[0..3]` after the type"
            scope.report(types.BadRange(span=node.span, why=why, remedy=remedy))
            return None
        inner = scope if own else scope.without_columns()
        for end, is_low in ((node.low, True), (node.high, False)):
            if end is None:
                continue
            limit = inner.check(end, shape.type)
            if poisoned(limit):
                return None
            if is_low:
                low = _tighter(low, limit, shape.type, ir.CompareOp.GREATER)
            else:
                high = _tighter(high, limit, shape.type, ir.CompareOp.LESS)
    return Bounds(low, high)


def _tighter(a: ir.Expr | None, b: ir.Expr, dtype: t.DataType, op: ir.CompareOp) -> ir.Expr:
    """The one of two limits that lets less through."""
    if a is None:
        return b
    if isinstance(a, ir.Const) and isinstance(b, ir.Const):
        if isinstance(a.value, (int, float)) and isinstance(b.value, (int, float)):
            b_wins = b.value > a.value if op is ir.CompareOp.GREATER else b.value < a.value
            return b if b_wins else a
        return b
    return ir.If(
        dtype, a.nullable or b.nullable, ir.Compare(t.BOOL, b.nullable or a.nullable, op, b, a), b, a
    )


def within(scope: Scope, expr: ir.Expr, shape: Shape, *, simple: bool = False) -> ir.Expr:
    """A value inside a list or struct, kept to its bounds: distributions are truncated, ranges cut."""
    if not shape.within or poisoned(expr):
        return expr
    limits = bounds(scope, shape)
    if limits is None:
        return poison()
    return kept(expr, limits, simple=simple)


def kept(expr: ir.Expr, limits: Bounds, *, simple: bool = False) -> ir.Expr:
    match expr:
        case ir.Call(function=name) if name in FUNCTIONS and FUNCTIONS[name].truncates:
            low = None if limits.low is None else cast(limits.low, expr.type)
            high = None if limits.high is None else cast(limits.high, expr.type)
            return replace(expr, low=low, high=high)
        case ir.RangeDraw(low=low_end, high=high_end):
            low = (
                low_end
                if limits.low is None
                else _tighter(low_end, limits.low, expr.type, ir.CompareOp.GREATER)
            )
            high = (
                high_end
                if limits.high is None
                else _tighter(high_end, limits.high, expr.type, ir.CompareOp.LESS)
            )
            return replace(expr, low=low, high=high)
        case ir.Cast(operand=ir.Call(function=name) as inner) if (
            t.is_numeric(expr.type) and name in FUNCTIONS and FUNCTIONS[name].truncates
        ):
            return replace(expr, operand=kept(inner, limits))
        case ir.ChoiceDraw(arms=arms):
            return replace(expr, arms=tuple(replace(a, value=kept(a.value, limits)) for a in arms))
        case ir.Const():
            return expr
    if simple:
        return expr
    out = expr
    for limit, op in ((limits.low, ir.CompareOp.LESS), (limits.high, ir.CompareOp.GREATER)):
        if limit is not None:
            test = ir.Compare(t.BOOL, out.nullable or limit.nullable, op, out, limit)
            out = ir.If(out.type, out.nullable or limit.nullable, test, limit, out)
    return out


# --- nulls ---------------------------------------------------------------------------------


def null_reason(expr: ir.Expr) -> str:
    """Where a null may come from, in a few words."""
    match expr:
        case ir.Const(value=None):
            return "this is null"
        case ir.ColumnValue(column=name):
            return f"`{name}` can be null"
        case ir.Follow(reference=name, body=body):
            return null_reason(body) if body.nullable else f"`{name}` can refer to nothing"
        case ir.Candidate(body=body):
            return null_reason(body)
        case ir.Aggregate(function=function):
            return f"`{function}` over no rows is null"
        case ir.IndexIn(reference=name):
            return f"`{name}` can refer to nothing"
        case ir.Neighbour(place=ir.Place.PREVIOUS, value=value) if not value.nullable:
            return "the first row of a group has no previous one"
        case ir.Neighbour(place=ir.Place.NEXT, value=value) if not value.nullable:
            return "the last row of a group has no next one"
        case ir.Running(reference=str(name)):
            return f"`{name}` can refer to nothing"
        case ir.PoolDraw(pool=name):
            return f"pool `{name}` has empty values"
        case ir.Arithmetic(op=op, left=left, right=right):
            if left.nullable or right.nullable:
                return null_reason(left if left.nullable else right)
            return f"`{op}` by zero is null"
        case ir.Match(subjects=subjects, otherwise=None) if any(s.nullable for s in subjects):
            return null_reason(next(s for s in subjects if s.nullable))
    from specdsl.ir.walk import children

    inner = next((c for c in children(expr) if c.nullable), None)
    return null_reason(inner) if inner is not None else "this can be null"


def report_null(
    scope: Scope,
    what: str,
    drawn: ir.Expr,
    node: tree.Expr | None,
    type_node: tree.TypeExpr | None,
    subject: Subject,
    *,
    absent: bool = False,
) -> None:
    """Says that a value may be null where it must not, and the ways out. ``absent``: what is null would
    have to be absent."""
    literal = _null_literal(node) if node is not None else None
    reason = null_reason(drawn)
    remedy, insert_at = "", None
    if absent:
        remedy = "leave it out where a condition holds: `absent 100% when ...`"
    elif type_node is not None and not type_node.optional:
        insert_at = type_node.span.at_end()
        remedy = f"allow nulls: {scope.program.line_with(insert_at, '?')}"
    if node is not None and not isinstance(node, tree.TupleLiteral) and literal is None:
        text = scope.text(node)
        if text and "\n" not in text and len(text) < 60:
            remedy += ("; or " if remedy else "") + f"say what stands for null: `coalesce({text}, ...)`"
    scope.report(
        types.NullNotAllowed(
            span=literal.span if literal is not None else node.span if node is not None else subject.span,
            what=what,
            why="" if literal is not None else reason,
            source=type_node.span if type_node is not None else None,
            remedy=remedy or "let the value never be null",
            insert_at=insert_at,
        )
    )


def _null_literal(node: tree.Expr) -> tree.Expr | None:
    """The ``null`` that a value comes out as in some rows, where one is written."""
    match node:
        case tree.Null():
            return node
        case tree.If(then=then, otherwise=otherwise):
            return _null_literal(then) or _null_literal(otherwise)
        case tree.Match(arms=arms):
            return next((n for a in arms if (n := _null_literal(a.value)) is not None), None)
        case tree.Choice(arms=choices):
            return next((n for a in choices if (n := _null_literal(a.value)) is not None), None)
        case _:
            return None


__all__ = ["Program", "Subject", "bounds", "example", "null_reason", "report_null", "value", "within"]
