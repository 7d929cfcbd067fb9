"""A column's type, with its bounds, gets a name of its own."""

from __future__ import annotations

from specdsl.ide.definition import children
from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place, without_names
from specdsl.syntax import tree


def offer(place: Place) -> Offer:
    """``price decimal(10, 2) in 0..9`` becomes ``price Price``, and the type is declared above."""
    column = place.around(tree.ColumnDecl)
    if column is None or column.grouped or column.type is None:
        return
    within = column.modifiers[0] if column.modifiers else None
    if not isinstance(within, tree.Within) or not without_names(within):
        within = None
    if not _is_known(place, column.type):
        return
    last = column.type if within is None else within
    start, end = column.type.span.start, last.span.end
    if not start <= place.start - place.begin <= end or not _worth_a_name(column.type, within):
        return
    mark = "?" if column.type.optional else ""
    written = place.written(column.type).removesuffix("?").rstrip()
    bounds = "" if within is None else f" {place.written(within)}"
    name = place.new_name(column.targets[0].text)
    edits = [
        place.declared_above(f"type {name} = {written}{bounds}"),
        place.replaced(column.type, name + mark),
    ]
    if within is not None:
        gone = tree.Node(column.type.span.at_end().to(within.span))
        edits.append(place.replaced(gone, ""))
    yield Action(f"Extract type `{name}`", ActionKind.EXTRACT, tuple(edits))


def _is_known(place: Place, node: tree.Node) -> bool:
    """Whether a type has only names that there are."""
    pending: list[tree.Node] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, tree.NamedType) and place.types.of_expression(one) is None:
            return False
        pending += children(one)
    return True


def _worth_a_name(node: tree.TypeExpr, within: tree.Within | None) -> bool:
    plain = isinstance(node, tree.NamedType) and not node.args
    return within is not None or not plain
