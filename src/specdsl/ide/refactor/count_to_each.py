"""Rows are made for each row of a table that they refer to, as many as stand after the table's name."""

from __future__ import annotations

from specdsl.check.cardinality import row_range
from specdsl.diagnostics.model import Edit
from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place
from specdsl.syntax import tree

_KEPT = (tree.KeyMark, tree.UniqueMark, tree.HiddenMark)


def offer(place: Place) -> Offer:
    """``table orders 30_000`` with ``user_id -> users`` of 10_000 becomes ``table orders`` and ``user_id ->
    users each 3``. Where the numbers do not divide the count stays, and ``each`` has its bounds: 25_000 are
    ``each 2..3``."""
    table = place.around(tree.TableDecl)
    if table is None or table.count is None or table.over is not None:
        return
    if table.source is not None or table.database is not None:
        return
    columns = [m for m in table.members if isinstance(m, tree.ColumnDecl) and m.reference is not None]
    if any(isinstance(m, tree.Each) for column in columns for m in column.modifiers):
        return
    if table.span.start <= place.start - place.begin <= table.count.span.end:
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
        at = reference.span.end
        low, left = divmod(rows, parents)
        if not left and table.grows is not None:
            continue  # growth goes with the count, which would be gone
        each = f"each {low}..{low + 1}" if left else f"each {low}"
        edits = [Edit(place.span(at, at), f" {each}")]
        if not left:
            edits.insert(0, Edit(place.span(table.name.span.end, table.count.span.end), ""))
        verb = "Spread" if left else "Count"
        title = f"{verb} the rows by `{column.targets[0].text} ... {each}`"
        yield Action(title, ActionKind.REWRITE, tuple(edits))
