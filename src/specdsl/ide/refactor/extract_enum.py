"""A column that chooses among texts gets an enum."""

from __future__ import annotations

import re

from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place
from specdsl.ide.refactor.proof import holds
from specdsl.ide.references import references
from specdsl.ide.spelling import spelled
from specdsl.syntax import tree

_NEAR = 200
_ORDER_AFTER = re.compile(r"`?\s*(?:[<>]|\.\.)")
_ORDER_BEFORE = re.compile(r"""(?:(?<![-=])>|<|[<>]=|\.\.|\b(?:min|max)\s*\([^()]*)\s*[\w.`]*\Z""")


def offer(place: Place) -> Offer:
    """``device string = "phone" 60% | "desktop"`` becomes ``enum Device { phone 60%, desktop }`` and
    ``device Device``. Not where something asks for other texts, as ``device == ""`` does."""
    column, table = place.around(tree.ColumnDecl), place.around(tree.TableDecl)
    if column is None or table is None or column.grouped or column.reference is not None:
        return
    choice, kind = column.value, column.type
    if not isinstance(choice, tree.Choice) or any(isinstance(m, tree.Within) for m in column.modifiers):
        return
    if kind is not None and not (isinstance(kind, tree.NamedType) and kind.name.text == "string"):
        return
    texts = [arm.value.value for arm in choice.arms if isinstance(arm.value, tree.String)]
    if len(texts) != len(choice.arms) or len(set(texts)) != len(texts) or not all(map(_can_be_a_name, texts)):
        return
    name = place.new_name(column.targets[0].text)
    members = []
    for text, arm in zip(texts, choice.arms, strict=True):
        weight = "" if arm.weight is None else f" {place.written(arm.weight)}"
        members.append(spelled(text) + weight)
    declared = place.declared_above(f"enum {name} {{ {', '.join(members)} }}")
    before = column.modifiers[-1] if column.modifiers else kind or column.targets[0]
    gone = tree.Node(before.span.at_end().to(choice.span))
    if kind is not None:
        typed = place.replaced(kind, name + ("?" if kind.optional else ""))
    else:
        typed = place.replaced(tree.Node(column.targets[0].span.at_end()), f" {name}")
    edits = (declared, typed, place.replaced(gone, ""))
    if texts != sorted(texts) and _is_ordered(place, column.targets[0]):
        return  # members come in the order of the enum
    if not holds(place, table.name.text, column.targets[0], edits, declared=name):
        return
    yield Action(f"Extract enum `{name}`", ActionKind.EXTRACT, edits)


def _is_ordered(place: Place, name: tree.Name) -> bool:
    """Whether a column's values are asked which comes first."""
    at = place.begin + name.span.start
    for used in references(place.workspace, place.path, at, with_declaration=False):
        text, start = place.workspace.document(used.span.file).text, used.span.start
        if _ORDER_AFTER.match(text, used.span.end) or _ORDER_BEFORE.search(
            text, max(start - _NEAR, 0), start
        ):
            return True
    return False


def _can_be_a_name(text: str) -> bool:
    return bool(text) and text == text.strip() and not any(c in text for c in '`"\n\r\\')
