"""The units of a duration, after a number that may become one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from specdsl.datatypes import types as t
from specdsl.ide.context import Place
from specdsl.ide.items import Item, ItemKind
from specdsl.ide.surroundings import Surroundings
from specdsl.ide.workspace import Workspace
from specdsl.source import Span

UNITS: Final = {
    "d": "days",
    "h": "hours",
    "m": "minutes",
    "s": "seconds",
    "w": "weeks",
    "ms": "milliseconds",
    "us": "microseconds",
}
_NUMBER = re.compile(r"(?:(?<=\.\.)|(?<![\w.]))(\d[\d_]*(?:\.\d+)?)([a-z]{0,2})\Z")
_LONGEST = 64
_NUMERIC = re.compile(r"u?int\d*|float\d*|decimal")


def unit_items(workspace: Workspace, path: str, offset: int) -> list[Item]:
    """The units for a number that ends at ``offset``, where a duration may stand; the usual ones first."""
    text = workspace.document(path).text
    found = _NUMBER.search(text[max(offset - _LONGEST, 0) : offset])
    if found is None:
        return []
    around = Surroundings.at(workspace, path, offset - len(found[0]))
    if not _takes_duration(around):
        return []
    span = Span(path, offset - len(found[0]), offset)
    return [item for item in _items(found[1], span) if item.label.startswith(found[0])]


def _items(number: str, span: Span) -> Iterator[Item]:
    for order, (unit, name) in enumerate(UNITS.items()):
        yield Item(ItemKind.VALUE, f"{number}{unit}", f"{number}{unit}", name, order=order, span=span)


def _takes_duration(around: Surroundings) -> bool:
    context = around.context
    if context.place is not Place.VALUE:
        return False
    if context.expected.kind != "number":
        return around.expected is None or isinstance(around.expected, t.Duration)
    numeric = any(_NUMERIC.fullmatch(text) for text in context.texts[1:2])
    return context.words[-1:] in (("PLUS",), ("MINUS",)) and not numeric
