"""The columns of a table in the order in which people look for them."""

from __future__ import annotations

from specdsl.diagnostics.model import Edit
from specdsl.ide.outline import Table
from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place
from specdsl.syntax import tree

_ABOVE = -1


def offer(place: Place) -> Offer:
    """Keys first, then references, then the other columns, then all that is no column; `locale` and
    `partition by` stay above the columns where they stand there. Comments stay with what is below them.
    References keep their order among each other: it decides the order of rows."""
    table = place.around(tree.TableDecl)
    section = place.document.sections[place.number]
    if table is None or len(section.members) < 4 or not (place.within(table.name) or _at_head(place, table)):
        return
    head, *statements, end = section.members
    if any(not s.text.endswith("\n") or s.text.rstrip().endswith(",") for s in (head, *statements)):
        return
    key = Table(table).key
    ranks: list[int] = []
    for statement in statements:
        stop = statement.start + len(statement.text)
        inside = [m for m in table.members if statement.start <= m.span.start < stop]
        if len(inside) != 1:
            return  # several in a line, or one that cannot be read
        ranks.append(_rank(inside[0], key, above=set(ranks) <= {_ABOVE}))
    order = sorted(range(len(statements)), key=lambda i: (ranks[i], i))
    if order == sorted(order):
        return
    text = "".join(statements[i].text for i in order)
    edit = Edit(place.span(statements[0].start, end.start), text)
    yield Action("Sort columns, keys first", ActionKind.REWRITE, (edit,))


def _at_head(place: Place, table: tree.TableDecl) -> bool:
    at = place.start - place.begin
    return bool(table.members) and table.span.start <= at < table.members[0].span.start


def _rank(member: tree.Member, key: tuple[str, ...], *, above: bool) -> int:
    """Where a statement goes; ``above``: no column stands above it."""
    match member:
        case tree.ColumnDecl(targets=targets, reference=reference):
            if any(name.text in key for name in targets):
                return 0
            return 1 if reference is not None else 2
        case tree.LocaleDecl() | tree.PartitionDecl() if above:
            return _ABOVE
        case _:
            return 3
