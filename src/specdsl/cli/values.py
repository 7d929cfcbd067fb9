"""Values as people read them in a terminal's table."""

from __future__ import annotations

from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import duration_text, value_text

__all__ = ["duration_text", "is_number", "least_width", "value_text"]


def is_number(kind: t.DataType) -> bool:
    """Whether values of the type stand at the right of their column."""
    return t.is_numeric(kind) or isinstance(kind, t.Duration)


def least_width(kind: t.DataType) -> int | None:
    """The cells that values of the type may be cut to and still tell something; None where they may not."""
    match kind:
        case t.Uuid() | t.Bytes():
            return 12
        case t.String() | t.Json() | t.List() | t.Struct():
            return 14
        case _:
            return None
