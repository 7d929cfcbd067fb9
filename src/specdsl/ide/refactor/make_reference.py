"""A column that is named after a table refers to it."""

from __future__ import annotations

from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place
from specdsl.ide.spelling import spelled
from specdsl.syntax import tree

_KEPT = (tree.NullRate, tree.KeyMark, tree.UniqueMark, tree.HiddenMark)
_ENDINGS = ("_id", "Id", "_key", "_no", "_ref")


def offer(place: Place) -> Offer:
    """``user_id int = 1..100`` becomes ``user_id -> users``."""
    column = place.around(tree.ColumnDecl)
    if column is None or column.grouped or column.reference is not None:
        return
    table = place.around(tree.TableDecl)
    target = None if table is None else _target(place, column.targets[0].text)
    if table is None or target is None:
        return
    mark = "?" if (column.type is not None and column.type.optional) or table.name.text == target else ""
    kept = "".join(f" {place.written(m)}" for m in column.modifiers if isinstance(m, _KEPT))
    text = f"{place.written(column.targets[0])} -> {spelled(target)}{mark}{kept}"
    yield Action(f"Make it refer to `{target}`", ActionKind.REWRITE, (place.replaced(column, text),))


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
