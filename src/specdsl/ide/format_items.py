"""Items behind the colon in an f-string's braces: format specs that the value's type takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from specdsl.check.formats import spec_problem
from specdsl.datatypes import types as t
from specdsl.datatypes.format_spec import split_directives
from specdsl.ide.function_items import result_type
from specdsl.ide.items import Item, ItemKind
from specdsl.ide.literal_hovers import DIRECTIVES, literal_said
from specdsl.ide.surroundings import Surroundings

_DAYS: Final = {
    "%Y-%m-%d": "2025-06-01",
    "%d.%m.%Y": "01.06.2025",
    "%m/%d/%Y": "06/01/2025",
    "%d %B %Y": "01 June 2025",
    "%Y-%m": "2025-06",
    "%A": "Sunday",
}
_HOURS: Final = {"%H:%M": "09:05", "%H:%M:%S": "09:05:07", "%I:%M %p": "09:05 AM"}
_MOMENTS: Final = {"%Y-%m-%dT%H:%M:%SZ": "2025-06-01T09:05:07Z", "%Y-%m-%d %H:%M": "2025-06-01 09:05"}
_WHOLE: Final = {
    "08d": "00001234",
    ",d": "1,234",
    "+d": "+1234",
    "x": "4d2",
    ",.2f": "1,234.00",
    ".0%": "500% of 5",
}
_POINTED: Final = {
    ",.2f": "1,234.56",
    ".2f": "1234.56",
    ".0f": "1235",
    "010.2f": "0001234.56",
    ".1%": "12.5% of 0.125",
}
_TEXT: Final = {
    "<12": "the value on the left of 12 characters",
    ">12": "the value on the right of 12 characters",
    "^12": "the value in the middle of 12 characters",
    ".3": "the first 3 characters",
}


def format_items(around: Surroundings) -> Iterator[Item]:
    """The usual specs for the value's type, the likely first; after a `%` each directive that it takes.
    Nothing where the type cannot be told."""
    kind = _formatted(around)
    if kind is None:
        return
    word = around.context.word
    if split_directives(word)[-1:] == [("directive", "")] and isinstance(kind, t.Date | t.Time | t.Timestamp):
        for order, (letter, (said, example)) in enumerate(DIRECTIVES.items()):
            if spec_problem(f"%{letter}", kind) is None:
                yield Item(ItemKind.VALUE, word + letter, word + letter, f"{said}: {example}", order=order)
        return
    for order, (spec, example) in enumerate(_specs(kind).items()):
        documentation = literal_said("FSTRING_SPEC", spec)
        yield Item(ItemKind.VALUE, spec, spec, example, documentation, rank=10, order=order)


def _formatted(around: Surroundings) -> t.DataType | None:
    """The type of the value before the colon."""
    base, record = around.context.base, around.context.record
    kind = around.types.of_path(base, around.table, around.candidate) if base else None
    called = record or (base[0] if len(base) == 1 else "")
    function = around.functions.get(called) if kind is None else None
    return kind if function is None else result_type(function)


def _specs(kind: t.DataType) -> dict[str, str]:
    match kind:
        case t.Timestamp():
            return {**_DAYS, **_MOMENTS, **_HOURS}
        case t.Date():
            return _DAYS
        case t.Time():
            return _HOURS
        case t.Int():
            return _WHOLE
        case t.Float() | t.Decimal():
            return _POINTED
        case t.String() | t.Json() | t.Enum() | t.Bool() | t.Uuid() | t.Duration():
            return _TEXT
        case _:
            return {}
