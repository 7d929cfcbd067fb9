"""A column that is named after a table refers to it."""

from __future__ import annotations

from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place
from specdsl.ide.references import references
from specdsl.ide.spelling import spelled
from specdsl.syntax import tree

_KEPT = (tree.NullRate, tree.KeyMark, tree.UniqueMark, tree.HiddenMark)
_ALONE = (tree.KeyMark, tree.UniqueMark)
_ENDINGS = ("_id", "Id", "_key", "_no", "_ref")


def offer(place: Place) -> Offer:
    """``user_id int = 1..100`` becomes ``user_id -> users``, where the key of users is an int, too: what
    uses the column stays right."""
    column = place.around(tree.ColumnDecl)
    if column is None or column.grouped or column.reference is not None:
        return
    table = place.around(tree.TableDecl)
    if table is not None and (table.source or table.database or table.query) is not None:
        return  # its values are given
    target = None if table is None else _target(place, column.targets[0].text)
    if table is None or target is None:
        return
    if not _agrees(place, table.name.text, column.targets[0].text, target):
        return
    optional = column.type is not None and column.type.optional
    if table.name.text == target and not optional and _is_used(place, column):
        return  # the first row would have no parent, and what uses the column takes no null
    if any(isinstance(m, _ALONE) for m in column.modifiers) and not _enough(place, table, target):
        return
    mark = "?" if optional or table.name.text == target else ""
    kept = "".join(f" {place.written(m)}" for m in column.modifiers if isinstance(m, _KEPT))
    text = f"{place.written(column.targets[0])} -> {spelled(target)}{mark}{kept}"
    yield Action(f"Make it refer to `{target}`", ActionKind.REWRITE, (place.replaced(column, text),))


def _agrees(place: Place, table: str, column: str, target: str) -> bool:
    """Whether a column has the type of the key of a table."""
    types = place.types
    own = types.columns(table).get(column)
    there = types.outline.table(target)
    parent = None if there is None else types.columns(target).get(there.key[0])
    return own is not None and parent is not None and own.type is not None and own.type == parent.type


def _is_used(place: Place, column: tree.ColumnDecl) -> bool:
    at = place.begin + column.targets[0].span.start
    return bool(references(place.workspace, place.path, at, with_declaration=False))


def _enough(place: Place, table: tree.TableDecl, target: str) -> bool:
    """Whether each row can have a parent of its own."""
    there = place.outline.table(target)
    rows, parents = table.count, None if there is None else there.decl.count
    if not isinstance(rows, tree.Number) or not isinstance(parents, tree.Number):
        return False
    return bool(rows.value <= parents.value)


def _target(place: Place, column: str) -> str | None:
    """The table that a column of this name would refer to: one with a key of one column."""
    stem = next((column.removesuffix(end) for end in _ENDINGS if column.endswith(end)), "")
    if not stem:
        return None
    names = [stem, f"{stem}s", f"{stem}es"]
    if stem.endswith("y"):
        names.append(f"{stem[:-1]}ies")
    for name in (*names, *(n.capitalize() for n in names)):
        table = place.outline.table(name)
        if table is not None and len(table.key) == 1:
            return name
    return None
