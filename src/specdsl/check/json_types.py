"""Written types that make JSON documents: ``json { }``, ``variant``, ``tuple``, ``map``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from specdsl.check.json_forms import (
    AlternativeShape,
    ElementShape,
    JsonForm,
    MapForm,
    ObjectForm,
    TupleForm,
    VariantForm,
)
from specdsl.check.scopes import Program
from specdsl.check.type_expressions import FieldShape, Shape, list_size, resolve, unknown_shape
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.json_shapes import JsonShape
from specdsl.diagnostics.model import Edit
from specdsl.source import Span
from specdsl.syntax import tree

_KEYS = (t.String, t.Enum, t.Int, t.Uuid, t.Date)


def json_shape(
    program: Program,
    node: tree.JsonType | tree.VariantType | tree.TupleType | tree.MapType,
    depth: int,
) -> Shape:
    """The shape of such a type; unknown (and a diagnostic) where it is none."""
    with _inside(program):
        match node:
            case tree.JsonType():
                form = _object(program, node, depth)
            case tree.VariantType():
                form = _variant(program, node, depth)
            case tree.TupleType():
                form = _tuple(program, node, depth)
            case tree.MapType():
                form = _map(program, node, depth)
    return unknown_shape(node.span) if form is None else Shape(t.JSON, node.span, json=form)


@contextmanager
def _inside(program: Program) -> Iterator[None]:
    """Types resolved meanwhile may hold those around them."""
    program.json_depth += 1
    try:
        yield
    finally:
        program.json_depth -= 1


def report_shape(program: Program, span: Span, what: str, why: str, remedy: str) -> None:
    """Says what is wrong with a part of a JSON shape."""
    program.bag.add(JsonShape(span=span, what=what, why=why, remedy=remedy))


def _with_bounds(shape: Shape, modifiers: tuple[tree.Modifier, ...]) -> Shape:
    own = tuple(m.range for m in modifiers if isinstance(m, tree.Within))
    return replace(shape, within=(*shape.within, *own))


def _element(program: Program, decl: tree.Element, depth: int) -> ElementShape:
    return ElementShape(decl, _with_bounds(resolve(program, decl.type, depth + 1), decl.modifiers))


# --- objects ---------------------------------------------------------------------------------


def _object(program: Program, node: tree.JsonType, depth: int) -> JsonForm | None:
    if node.name.text != "json":
        program.bag.add(
            types.TypeArguments(
                span=node.name.span,
                type=node.name.text,
                why="has no fields in braces",
                remedy="write `json { ... }` for a JSON object, `struct { ... }` for a nested record",
            )
        )
        return None
    seen: dict[str, Span] = {}
    members: list[FieldShape | ElementShape] = []
    for decl in node.members:
        if isinstance(decl, tree.Element):
            members.append(_spread_member(program, decl, depth))
            continue
        name = decl.name.text
        if not new_name(program, decl.name, "field", "this object", seen):
            continue
        if decl.type is None:
            program.bag.add(
                types.TypeArguments(
                    span=decl.name.span,
                    type="json",
                    why=f"needs a type for its field `{name}`",
                    remedy=f"for example `{name} int = 1..10`",
                )
            )
            return None
        shape = _with_bounds(resolve(program, decl.type, depth + 1), decl.modifiers)
        members.append(FieldShape(decl, shape))
    return ObjectForm(tuple(members)) if all(m.shape.known for m in members) else None


def new_name(program: Program, name: tree.Name, what: str, owner: str, seen: dict[str, Span]) -> bool:
    """Whether a name is the first of its kind; a diagnostic where it is not."""
    if name.text in seen:
        first = seen[name.text]
        program.bag.add(
            names.DuplicateMember(span=name.span, written=name.text, what=what, owner=owner, first=first)
        )
        return False
    seen[name.text] = name.span
    return True


def _spread_member(program: Program, decl: tree.Element, depth: int) -> ElementShape:
    """``...`` in an object: a map, a struct or another object."""
    found = _element(program, decl, depth)
    shape = found.shape
    if not shape.known:
        return found
    fits = isinstance(shape.json, (MapForm, ObjectForm)) or isinstance(shape.type, t.Struct)
    if not fits or shape.optional or decl.value is not None:
        why = f"puts in the members of an object, and `{program.text(decl.type)}` is none"
        remedy = "spread a `map<...>`, a `json { ... }` or a `struct { ... }`"
        if fits and shape.optional:
            why, remedy = "puts in members, and null has none", "remove the `?`"
        elif fits:
            why, remedy = "is drawn by its type and has no value of its own", "remove the `=` and its value"
        report_shape(program, decl.span, "`...`", why, remedy)
        return replace(found, shape=unknown_shape(decl.span))
    return found


# --- variants --------------------------------------------------------------------------------


def _variant(program: Program, node: tree.VariantType, depth: int) -> JsonForm | None:
    if not node.alternatives:
        why, remedy = "needs an alternative", "for example `variant { int in 1..9, string = word() }`"
        report_shape(program, node.span, "a `variant`", why, remedy)
        return None
    seen: dict[str, Span] = {}
    found: list[AlternativeShape] = []
    known = True
    for decl in node.alternatives:
        shape = None
        if decl.type is not None:
            shape = _with_bounds(resolve(program, decl.type, depth + 1), decl.modifiers)
            known &= shape.known
        known &= _alternative(program, node, decl, shape, seen)
        found.append(AlternativeShape(decl, shape))
    return VariantForm(node.tag.text if node.tag is not None else None, tuple(found)) if known else None


def _untagged(program: Program, node: tree.VariantType, name: tree.Name) -> None:
    """Says that alternatives have names and the variant has no member for them."""
    after = node.span.start + len("variant")
    program.bag.add(
        JsonShape(
            span=name.span,
            what="this alternative",
            why=f"has the name `{name.text}`, and the variant does not say which member holds it",
            remedy="name that member before the brace, as in `variant kind { ... }`",
            edit=Edit(Span(node.span.file, after, after), " kind"),
        )
    )


def _alternative(
    program: Program,
    node: tree.VariantType,
    decl: tree.Alternative,
    shape: Shape | None,
    seen: dict[str, Span],
) -> bool:
    """Whether an alternative fits its variant; a diagnostic where it does not."""
    for modifier in decl.modifiers:
        if not isinstance(modifier, tree.Within):
            word = program.text(modifier).split(" ")[0] or "this"
            if isinstance(modifier, tree.NullRate):
                word = "absent" if modifier.absent else "null"
            program.bag.add(
                types.MisplacedModifier(
                    span=modifier.span,
                    modifier=word,
                    why="does not go with an alternative of a variant",
                    remedy="only `in` does; for nulls add the alternative `null`",
                )
            )
    if node.tag is None:
        if decl.tag is None:
            return True
        if decl is next(other for other in node.alternatives if other.tag is not None):
            _untagged(program, node, decl.tag)
        return False
    tag = node.tag.text
    if decl.tag is None:
        why = f"needs a name, which becomes the member `{tag}`"
        if decl.type is not None:
            named = program.line_with(decl.type.span, f"a {program.text(decl.type)}")
            remedy = f"write it before the type: {named}"
        else:
            why, remedy = f"cannot have the member `{tag}`", "leave `null` out, or the name after `variant`"
        report_shape(program, decl.span, "this alternative", why, remedy)
        return False
    if not new_name(program, decl.tag, "alternative", "this variant", seen):
        return False
    if shape is None or not shape.known:
        return True
    if not isinstance(shape.json, ObjectForm) and not isinstance(shape.type, t.Struct):
        why = f"is {shape.type}, and only an object can have the member `{tag}`"
        remedy = f"make it `{decl.tag.text} struct {{ value {program.text(decl.type or decl)} }}`"
        report_shape(program, decl.span, "this alternative", why, remedy)
        return False
    taken = next((n for n in field_names(shape) if n == tag), None)
    if taken is not None:
        why, remedy = f"has a field `{tag}` of its own", "give the field or the tag another name"
        report_shape(program, decl.span, "this alternative", why, remedy)
    return taken is None


def field_names(shape: Shape) -> tuple[str, ...]:
    """The names of the members that are known of an object."""
    if isinstance(shape.type, t.Struct):
        return tuple(f.name for f in shape.type.fields)
    if isinstance(shape.json, ObjectForm):
        return tuple(
            name
            for m in shape.json.members
            for name in ((m.decl.name.text,) if isinstance(m, FieldShape) else field_names(m.shape))
        )
    return ()


# --- tuples and maps -------------------------------------------------------------------------


def _tuple(program: Program, node: tree.TupleType, depth: int) -> JsonForm | None:
    items = tuple(_element(program, decl, depth) for decl in node.items)
    known = all(item.shape.known for item in items)
    for item in items:
        if not item.decl.spread or not item.shape.known:
            continue
        if not isinstance(item.shape.type, t.List) or item.shape.optional:
            why = f"puts in the elements of a list, and `{program.text(item.decl.type)}` is none"
            remedy = "spread a list, as in `...list<string>[0..3]`"
            if isinstance(item.shape.type, t.List):
                why, remedy = "puts in elements, and null has none", "remove the `?`: a list may be empty"
            report_shape(program, item.decl.span, "`...`", why, remedy)
            known = False
    return TupleForm(items) if known else None


def _map(program: Program, node: tree.MapType, depth: int) -> JsonForm | None:
    key, value = _element(program, node.key, depth), _element(program, node.value, depth)
    size = list_size(program, node.size, "map<string, int>")
    if not key.shape.known or not value.shape.known:
        return None
    if not isinstance(key.shape.type, _KEYS) or key.shape.optional:
        why = f"is a text, and `{program.text(node.key.type)}` is none"
        remedy = "use string, an enum, an int, a uuid or a date"
        if isinstance(key.shape.type, _KEYS):
            why, remedy = "is never null", "remove the `?`"
        report_shape(program, node.key.span, "the key of a map", why, remedy)
        return None
    low, high = size or (0, None)
    written = node.size if size is not None else tree.ErrorExpr(node.span)
    return MapForm(key, value, low, high, written)
