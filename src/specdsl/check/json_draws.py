"""Drawing JSON documents: everything becomes expressions whose values are JSON.

A type that holds itself is unrolled, level by level. Where its last level is reached, ``Endless`` goes up to
the nearest part that can do without: an optional field is null then, a list or map that may be empty is, an
alternative is not drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from specdsl.check import draws, shapes
from specdsl.check.json_forms import (
    AgainForm,
    AlternativeShape,
    ElementShape,
    MapForm,
    ObjectForm,
    TupleForm,
    VariantForm,
)
from specdsl.check.json_types import field_names
from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.check.type_expressions import FieldShape, Shape, absent_rate, declared, depth_of
from specdsl.check.weights import shares
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.diagnostics.json_shapes import EndlessType, TooManyParts
from specdsl.ir import expr as ir
from specdsl.source import Span
from specdsl.syntax import tree

_MOST_PARTS = 3_000
_OUTSIDE: Mapping[str, int] = {}
_Scope = TypeVar("_Scope", bound=Scope)


class Endless(Exception):
    """A document would have to be deeper than its type says."""

    def __init__(self, name: str) -> None:
        self.name = name


class _TooMany(Exception):
    def __init__(self, name: str) -> None:
        self.name = name


def document(scope: Scope, shape: Shape, subject: shapes.Subject) -> ir.Expr:
    """The expression that draws a document of ``shape``; a diagnostic where none has an end. Inside of a
    document raises Endless instead."""
    if scope.levels is not None:
        return _form(scope, shape, subject)
    try:
        return _form(replace(scope, levels=_OUTSIDE), shape, subject)
    except Endless as endless:
        symbol = scope.program.types[endless.name]
        depth = depth_of(scope.program, symbol)
        scope.report(EndlessType(span=symbol.decl.name.span, type=endless.name, depth=depth))
    except _TooMany as many:
        symbol = scope.program.types[many.name]
        depth = depth_of(scope.program, symbol)
        span = symbol.decl.name.span
        scope.report(TooManyParts(span=span, type=many.name, depth=depth, limit=_MOST_PARTS))
    return poison()


def _form(scope: Scope, shape: Shape, subject: shapes.Subject) -> ir.Expr:
    match shape.json:
        case ObjectForm() as form:
            return _object(scope, form, ())
        case VariantForm() as form:
            return _variant(scope, form, shape)
        case TupleForm() as form:
            return _tuple(scope, form)
        case MapForm() as form:
            return _map(scope, form, shape, subject)
        case AgainForm(name):
            return _again(scope, name, shape, subject)
        case None:
            raise TypeError("no document")


def _json(value: ir.Expr) -> ir.Expr:
    """A value as a document."""
    if poisoned(value) or (value.type == t.JSON and not value.nullable):
        return value
    return ir.ToJson(t.JSON, False, value)


def _again(scope: Scope, name: str, shape: Shape, subject: shapes.Subject) -> ir.Expr:
    """A declared type one level further inside of itself."""
    program, levels = scope.program, scope.levels or _OUTSIDE
    symbol = program.types[name]
    level = levels.get(name, 1) + 1
    if level > depth_of(program, symbol):
        raise Endless(name)
    if scope.sites.next(shape.span) > _MOST_PARTS:
        raise _TooMany(name)
    inner = replace(scope, levels={**levels, name: level})
    whole = declared(program, name, shape.span)
    return _json(shapes.value(inner, whole, None, subject))


# --- objects ---------------------------------------------------------------------------------


def _object(scope: Scope, form: ObjectForm, before: tuple[ir.JsonMember, ...]) -> ir.Expr:
    """An object: ``before``, then the members of ``form``. What an object or struct spreads gives way to
    fields of the same name."""
    own = {m.decl.name.text for m in form.members if isinstance(m, FieldShape)}
    members = _members(scope, form, own | {m.name or "" for m in before})
    if poisoned(*(m.value for m in members)):
        return poison()
    return ir.JsonObject(t.JSON, False, (*before, *members))


def _members(scope: Scope, form: ObjectForm, taken: set[str]) -> list[ir.JsonMember]:
    out: list[ir.JsonMember] = []
    for part in form.members:
        if isinstance(part, FieldShape):
            out.append(_member(scope, part))
        else:
            out += _spread_members(scope, part, taken)
            taken |= set(field_names(part.shape))
    return out


def _spread_members(scope: Scope, part: ElementShape, taken: set[str]) -> list[ir.JsonMember]:
    shape = part.shape
    match shape.json:
        case MapForm() as form:
            drawn = _map(scope, form, shape, _subject(part.decl, "the map"))
            return [ir.JsonMember(None, drawn)]
        case ObjectForm() as form:
            fields = [m for m in form.members if not _is_taken(m, taken)]
            return _members(scope, ObjectForm(tuple(fields)), taken)
        case _:
            free = [f for f in shape.fields if not _is_taken(f, taken)]
            return [_member(scope, f) for f in free]


def _member(scope: Scope, part: FieldShape) -> ir.JsonMember:
    absent = absent_rate(part.decl.modifiers) is not None
    return ir.JsonMember(part.decl.name.text, shapes.field(scope, part), absent)


def _is_taken(part: FieldShape | ElementShape, taken: set[str]) -> bool:
    return isinstance(part, FieldShape) and part.decl.name.text in taken


def _subject(decl: tree.Element | tree.Alternative, name: str) -> shapes.Subject:
    return shapes.Subject(name, decl.span, decl.span)


# --- variants --------------------------------------------------------------------------------


def _variant(scope: Scope, form: VariantForm, shape: Shape) -> ir.Expr:
    """One of the alternatives; the others share what one that cannot end here would have had."""
    site = scope.sites.next(shape.span)
    written = [(_named(scope, a.decl), a.decl.weight, a.decl.span) for a in form.alternatives]
    first, last = form.alternatives[0].decl.span, form.alternatives[-1].decl.span
    place = Span(first.file, first.start, last.end)  # one for all columns of a declared type
    parts = shares(scope.program, "this variant", written, place)
    arms: list[ir.Arm] = []
    endless: Endless | None = None
    for alternative, part in zip(form.alternatives, parts, strict=True):
        try:
            arms.append(ir.Arm(_alternative(scope, form, alternative), part))
        except Endless as found:
            endless = found
    if endless is not None and not any(arm.share > 0 for arm in arms):
        raise endless
    if poisoned(*(arm.value for arm in arms)):
        return poison()
    total = sum(arm.share for arm in arms)
    if len(arms) == 1:
        return arms[0].value
    arms = [ir.Arm(arm.value, arm.share / total) for arm in arms] if endless is not None else arms
    return ir.ChoiceDraw(t.JSON, False, site, tuple(arms))


def _named(scope: Scope, decl: tree.Alternative) -> str:
    if decl.tag is not None:
        return f"`{decl.tag.text}`"
    text = "null" if decl.type is None else " ".join(scope.text(decl.type).split())
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"


def _alternative(scope: Scope, form: VariantForm, alternative: AlternativeShape) -> ir.Expr:
    decl, shape = alternative.decl, alternative.shape
    if shape is None:
        return ir.ToJson(t.JSON, False, ir.Const(t.JSON, True, None))
    if form.tag is not None and decl.tag is not None:
        tag = ir.JsonMember(form.tag, ir.Const(t.STRING, False, decl.tag.text))
        return _tagged(scope, tag, decl, shape)
    subject = _subject(decl, "this alternative")
    drawn = shapes.within(scope, shapes.value(scope, shape, decl.value, subject), shape)
    if drawn.nullable and not shape.optional and not poisoned(drawn):
        shapes.report_null(scope, "this alternative", drawn, decl.value, decl.type, subject)
        return poison()
    return _json(drawn)


def _tagged(scope: Scope, tag: ir.JsonMember, decl: tree.Alternative, shape: Shape) -> ir.Expr:
    value = decl.value or shape.value
    if value is not None:
        scope.report(
            types.MisplacedModifier(
                span=decl.value.span if decl.value is not None else decl.span,
                modifier="=",
                why="does not go with an alternative that has a name",
                remedy="give values to its fields",
            )
        )
        return poison()
    if isinstance(shape.json, ObjectForm):
        return _object(scope, shape.json, (tag,))
    return _object(scope, ObjectForm(shape.fields), (tag,))


# --- tuples and maps -------------------------------------------------------------------------


def _tuple(scope: Scope, form: TupleForm) -> ir.Expr:
    items: list[ir.Expr] = []
    for number, part in enumerate(form.items, 1):
        field = _as_field(part, f"item {number}")
        items.append(shapes.field(scope, field, "item"))
    if poisoned(*items):
        return poison()
    return ir.JsonArray(t.JSON, False, tuple(items), tuple(part.decl.spread for part in form.items))


def _as_field(part: ElementShape, name: str) -> FieldShape:
    """A part without a name as a field, for what both can have."""
    decl = part.decl
    named = tree.FieldDecl(decl.span, tree.Name(decl.span, name), decl.type, decl.modifiers, decl.value)
    return FieldShape(named, part.shape)


def _map(scope: Scope, form: MapForm, shape: Shape, subject: shapes.Subject) -> ir.Expr:
    size = _size(scope, form, shape, subject)
    site = scope.sites.next(shape.span)
    key = _key(scope, form.key)
    try:
        value = shapes.field(scope, _as_field(form.value, "value"), "the")
    except Endless:
        if form.low:
            raise
        return ir.JsonMap(
            t.JSON, False, site, ir.Const(t.INT, False, 0), key, ir.Const(t.JSON, False, "null")
        )
    if size is None or poisoned(key, value):
        return poison()
    return ir.JsonMap(t.JSON, False, site, size, key, value)


def _key(scope: Scope, part: ElementShape) -> ir.Expr:
    """What draws the keys: they come out distinct, so a plain draw is enough."""
    decl = part.decl
    if decl.value is None or not _is_distinct(decl.value):
        return shapes.field(scope, _as_field(part, "key"), "the")
    scope.report(
        types.SpecialForm(
            span=decl.value.span,
            function="distinct",
            why="is not needed: the keys of a map are distinct",
            remedy="leave it out",
        )
    )
    return poison()


def _is_distinct(node: tree.Expr) -> bool:
    return isinstance(node, tree.Call) and node.function.text == "distinct"


def _size(scope: Scope, form: MapForm, shape: Shape, subject: shapes.Subject) -> ir.Expr | None:
    """How many members a row's object has; a diagnostic where the type does not say."""
    if isinstance(form.size, tree.ErrorExpr):
        return None
    if form.size is None or form.high is None:
        what = f"`{subject.name}`" if subject.name != "the map" else "this map"
        at_most = " at most" if form.size is not None else ""
        text = scope.text(Span(shape.span.file, shape.span.start, shape.span.end)).rstrip("?")
        written = text.rpartition(">")[0] + ">" if ">" in text else "map<string, int>"
        line = scope.program.line_with(shape.span, f"{written}[{form.low}..{form.low + 3}]")
        why = f"{what} does not say how many members an object has{at_most}"
        scope.report(types.ListSize(span=shape.span, why=why, remedy=f"give the type a size: {line}"))
        return None
    return draws.drawn_size(scope, form.size.span, form.low, form.high)
