"""A declared type is written out where it is used."""

from __future__ import annotations

from specdsl.diagnostics.model import Edit
from specdsl.ide.definition import children
from specdsl.ide.outline import Found
from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place
from specdsl.syntax import tree


def offer(place: Place) -> Offer:
    """``price Money`` becomes ``price decimal(10, 2) in 0..100``."""
    used = place.around(tree.NamedType)
    holder = place.around(tree.ColumnDecl)
    field = place.around(tree.FieldDecl)
    if used is None or used.args:
        return
    found = place.outline.find(used.name.text)
    if found is None or not isinstance(found.what, tree.TypeDecl):
        return
    edits = _inlined(place, found, found.what, used, field or holder)
    if edits:
        yield Action(f"Inline type `{used.name.text}`", ActionKind.INLINE, edits)


def _names(node: tree.Node, name: str) -> bool:
    """Whether a type of that name is within ``node``."""
    if isinstance(node, tree.NamedType) and node.name.text == name:
        return True
    return any(_names(inner, name) for inner in children(node))


def _inlined(
    place: Place,
    found: Found,
    decl: tree.TypeDecl,
    used: tree.NamedType,
    holder: tree.ColumnDecl | tree.FieldDecl | None,
) -> tuple[Edit, ...]:
    """The edits, () where what the type says cannot stand there, or the type holds itself."""
    if decl.depth is not None or _names(decl.type, decl.name.text):
        return ()
    text = place.outline.program.sections[found.number].text
    written = text[decl.type.span.start : decl.type.span.end]
    bounds = "".join(f" {text[m.span.start : m.span.end]}" for m in decl.modifiers)
    if used.optional and not decl.type.optional:
        written += "?"
    direct = holder is not None and holder.type is used
    if not direct:
        alone = not decl.modifiers and decl.value is None
        return (place.replaced(used, written),) if alone else ()
    assert holder is not None
    has = {type(m) for m in holder.modifiers}
    if any(type(m) in has for m in decl.modifiers):
        return ()
    edits = [place.replaced(used, written + bounds)]
    if decl.value is not None and holder.value is None:
        value = text[decl.value.span.start : decl.value.span.end]
        last = holder.modifiers[-1] if holder.modifiers else used
        if last is used:
            return (place.replaced(used, f"{written}{bounds} = {value}"),)
        end = last.span.end
        edits.append(Edit(place.span(end, end), f" = {value}"))
    return tuple(edits)
