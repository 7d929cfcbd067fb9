"""A match gets the arms that it lacks."""

from __future__ import annotations

from specdsl.diagnostics.model import Edit
from specdsl.diagnostics.types import MatchMisses
from specdsl.ide.outline import Table
from specdsl.ide.refactor.place import Action, ActionKind, Offer, Place, line_indent
from specdsl.syntax import tree


def offer(place: Place) -> Offer:
    """Every value that the checker misses gets an arm. Its value is a name that nothing has, so that what is
    still to be filled in is told until it is."""
    matches = [node for node in place.nodes if isinstance(node, tree.Match) and node.arms]
    if not matches:
        return
    for diagnostic in place.workspace.diagnostics(place.path, first=place.start):
        for match in matches:
            if isinstance(diagnostic, MatchMisses) and diagnostic.span == place.span(
                match.span.start, match.span.end
            ):
                patterns = diagnostic.missing or ("else",)
                title = (
                    "Add the missing arm" if len(patterns) == 1 else f"Add the {len(patterns)} missing arms"
                )
                edit = _added(place, match, patterns)
                yield Action(title, ActionKind.QUICK_FIX, (edit,), diagnostic)


def _added(place: Place, match: tree.Match, patterns: tuple[str, ...]) -> Edit:
    last = match.arms[-1]
    value = _to_fill_in(place)
    arms = [f"{pattern} => {value}" for pattern in patterns]
    end = last.span.end
    if "\n" in place.text[match.subject.span.end : match.arms[0].span.start]:
        indent = line_indent(place.text, last.span.start)
        text = "".join(f"\n{indent}{arm}" for arm in arms)
    else:
        text = "".join(f", {arm}" for arm in arms)
    return Edit(place.span(end, end), text)


def _to_fill_in(place: Place) -> str:
    table = place.around(tree.TableDecl)
    columns = Table(table).columns if table is not None else {}
    name = "todo"
    while name in columns:
        name += "_"
    return name
