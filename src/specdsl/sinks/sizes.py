"""How many values a row holds: lists make rows large, so that fewer of them are in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable

from specdsl.datatypes import types as t

_USUAL_LENGTH = 16  # of lists whose type does not say how long they may be


def most_values(dtype: t.DataType) -> int:
    """How many values without parts a value of ``dtype`` holds, at most where its type says so."""
    match dtype:
        case t.List(item, low, high):
            return max(1, (high if high is not None else max(low, _USUAL_LENGTH)) * most_values(item))
        case t.Struct(fields):
            return row_values(field.type for field in fields)
        case _:
            return 1


def row_values(types: Iterable[t.DataType]) -> int:
    """How many values a row with columns of ``types`` holds."""
    return max(1, sum(map(most_values, types)))


def rows_for(cells: int, values: int, most: int, multiple: int) -> int:
    """How many rows of so many ``values`` make about ``cells`` values: at most ``most``, at least 1, and a
    multiple of ``multiple`` where there are so many."""
    rows = max(1, min(most, cells // values))
    return rows // multiple * multiple if rows >= multiple else rows
