"""Which group of a target each row is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.check.show import show_value
from specdsl.generate.evaluate import evaluate
from specdsl.generate.rows import RowFrame
from specdsl.ir.expr import Expr
from specdsl.ir.model import Target
from specdsl.vectors import selection, strings
from specdsl.vectors.arrow import to_arrow
from specdsl.vectors.vector import Int64Array, Vector

NO_GROUP = -1


class GroupNumbers:
    """The numbers of a target's groups, by their keys."""

    def __init__(self, target: Target) -> None:
        self._items = [_Item(sorted({key[i] for key in target.keys})) for i in range(len(target.groups))]
        codes = self._codes([item.numbers([k[i] for k in target.keys]) for i, item in enumerate(self._items)])
        self._order = np.argsort(codes)
        self._sorted = codes[self._order]

    def _codes(self, numbers: Sequence[Int64Array]) -> Int64Array:
        """One number for the numbers of all items; below 0 where one of them is."""
        if not numbers:
            return np.zeros(1, dtype=np.int64)
        out = numbers[0].copy()
        for item, more in zip(self._items[1:], numbers[1:], strict=True):
            out = np.where((out < 0) | (more < 0), NO_GROUP, out * item.size + more)
        return out

    def of(self, groups: Sequence[Expr], frame: RowFrame) -> Int64Array:
        """The number of each row's group, NO_GROUP where it is none of them; int64 (n,)."""
        if not groups:
            return np.zeros(frame.n, dtype=np.int64)
        vectors = [evaluate(group, frame) for group in groups]
        codes = self._codes([item.of(v) for item, v in zip(self._items, vectors, strict=True)])
        at = np.minimum(np.searchsorted(self._sorted, codes), len(self._sorted) - 1)
        return np.where(self._sorted[at] == codes, self._order[at], NO_GROUP)


class _Item:
    """The values of one of the expressions that groups go by, numbered in their order."""

    def __init__(self, values: list[Any]) -> None:
        self.size = len(values)
        self._texts = pa.array(values, pa.string()) if isinstance(values[0], str) else None
        self._values = None if self._texts is not None else np.array(values, dtype=np.int64)

    def numbers(self, values: list[Any]) -> Int64Array:
        if self._texts is not None:
            return np.asarray(pc.index_in(pa.array(values, pa.string()), self._texts)).astype(np.int64)
        assert self._values is not None
        return np.searchsorted(self._values, np.array(values, dtype=np.int64)).astype(np.int64)

    def of(self, vector: Vector) -> Int64Array:
        if self._texts is not None:
            found = self._of_texts(vector.data)
        else:
            assert self._values is not None
            data = selection.array(vector).astype(np.int64)
            at = np.minimum(np.searchsorted(self._values, data), self.size - 1)
            found = np.where(self._values[at] == data, at, NO_GROUP)
        return found if vector.valid is None else np.where(vector.valid, found, NO_GROUP)

    def _of_texts(self, data: Any) -> Int64Array:
        if strings.is_dictionary(data):
            table = self._of_texts(data.dictionary)
            return np.take(table, strings.codes_of(data)) if len(table) else np.zeros(len(data), np.int64)
        found = pc.fill_null(pc.index_in(data, self._texts), NO_GROUP)
        return np.asarray(found).astype(np.int64)


def group_name(target: Target, number: int) -> str:
    """How people know a group: ``month 2024-01-01, country "DE"``; "" where there is but one."""
    values = zip(target.labels, target.keys[number], target.groups, strict=True)
    return ", ".join(f"{label} {show_value(value, group.type)}" for label, value, group in values)


def row_name(target: Target, groups: Sequence[Expr], frame: RowFrame) -> str:
    """The same for the group that the only row of ``frame`` is in."""
    found = [to_arrow(evaluate(group, frame))[0].as_py() for group in groups]
    told = ("null" if v is None else f'"{v}"' if isinstance(v, str) else str(v) for v in found)
    return ", ".join(f"{label} {value}" for label, value in zip(target.labels, told, strict=True))
