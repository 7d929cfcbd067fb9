"""A table's number of rows comes from a reference, instead of standing after its name."""

from __future__ import annotations

from specdsl.check.cardinality import row_range
from specdsl.diagnostics.model import Edit
from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place
from specdsl.syntax import tree

_KEPT = (tree.KeyMark, tree.UniqueMark, tree.HiddenMark)


def offer(place: Place) -> Offer:
    """``table orders 30_000`` with ``user_id -> users`` of 10_000 becomes ``table orders`` and ``user_id ->
    users each 3``; where the numbers do not divide, so many on average."""
    table = place.around(tree.TableDecl)
    if table is None or table.count is None or table.source is not None or table.over is not None:
        return
    columns = [m for m in table.members if isinstance(m, tree.ColumnDecl) and m.reference is not None]
    if any(isinstance(m, tree.Each) for column in columns for m in column.modifiers):
        return
    if place.within(table.name) or place.within(table.count):
        chosen = columns
    else:
        chosen = [column for column in columns if place.within(column)]
    compilation = place.workspace.slice_at(place.path, place.start) if chosen else None
    dataset = None if compilation is None else compilation.dataset
    if dataset is None:
        return
    rows = row_range(dataset, table.name.text).exact
    for column in chosen:
        reference = column.reference
        if reference is None or reference.optional or reference.table.text == table.name.text:
            continue
        parents = row_range(dataset, reference.table.text).exact
        if not rows or not parents or not all(isinstance(m, _KEPT) for m in column.modifiers):
            continue
        each = _each(rows, parents)
        start, end = table.name.span.end, table.count.span.end
        at = reference.span.end
        edits = (Edit(place.span(start, end), ""), Edit(place.span(at, at), f" {each}"))
        yield Action(f"Count the rows by `{column.targets[0].text} ... {each}`", ActionKind.REWRITE, edits)


def _each(rows: int, parents: int) -> str:
    """So many children for each parent, on average at least."""
    if rows % parents == 0:
        return f"each {rows // parents}"
    mean = rows / parents
    most = max(4, round(4 * mean))
    return f"each poisson({mean:.4g}) max {most}" if mean < 1e6 else f"each {round(mean)}"
