"""Rows of a few columns with few values each, and the rules that some of the rows break.

Whether some values can stand in one row is decided exactly, by a search that keeps each rule consistent with
what is left of every column (generalised arc consistency: Mackworth, Consistency in networks of relations,
1977).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from specdsl.records import record

MOST_STEPS: Final = 2_000
"""So many values are tried for one row."""

Allowed = NDArray[np.bool_]
Order = Callable[[int, Sequence[int]], Sequence[int]]
"""In which order to try the values that a column has left."""


class TooHardError(Exception):
    """Whether there is a row has not been found out in a bounded number of steps."""


@record
class Rule:
    """What ``columns`` (ascending positions) may be together: ``allowed`` has a byte for each combination of
    their values, the last column varying fastest."""

    columns: tuple[int, ...]
    allowed: bytes


@record
class Space:
    """``sizes``: how many values each column has, numbered from 0. ``rules``: what must hold of a row."""

    sizes: tuple[int, ...]
    rules: tuple[Rule, ...]

    def table(self, rule: Rule) -> Allowed:
        """What a rule allows, an axis for each of its columns."""
        shape = tuple(self.sizes[c] for c in rule.columns)
        return np.frombuffer(rule.allowed, dtype=np.bool_).reshape(shape)


class Search:
    """Rows of ``space`` that keep all rules."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._rules = [(rule.columns, space.table(rule)) for rule in space.rules]
        self._touching: list[list[int]] = [[] for _ in space.sizes]
        for number, (columns, _) in enumerate(self._rules):
            for column in columns:
                self._touching[column].append(number)
        left = [np.ones(size, dtype=np.bool_) for size in space.sizes]
        self._start = left if self._propagate(left, range(len(space.sizes))) else None

    @property
    def left(self) -> list[Allowed] | None:
        """Of each column the values that no rule excludes; None where no row can be."""
        return self._start

    def row(self, given: Mapping[int, int], order: Order | None = None) -> list[int] | None:
        """A row with the ``given`` values by column, None where there is none. Raises TooHardError."""
        if self._start is None:
            return None
        left = list(self._start)
        for column, value in given.items():
            if not left[column][value]:
                return None
            left[column] = _only(len(left[column]), value)
        if not self._propagate(left, given):
            return None
        steps = [MOST_STEPS]
        found = self._search(left, order, steps)
        return None if found is None else [int(values.argmax()) for values in found]

    def _search(self, left: list[Allowed], order: Order | None, steps: list[int]) -> list[Allowed] | None:
        counts = [int(values.sum()) for values in left]
        open_ = [column for column, count in enumerate(counts) if count > 1]
        if not open_:
            return left
        column = min(open_, key=lambda c: (not self._touching[c], counts[c], c))
        values: Sequence[int] = np.flatnonzero(left[column]).tolist()
        if order is not None:
            values = order(column, values)
        for value in values:
            steps[0] -= 1
            if steps[0] < 0:
                raise TooHardError
            narrowed = list(left)
            narrowed[column] = _only(len(left[column]), value)
            if self._propagate(narrowed, (column,)):
                found = self._search(narrowed, order, steps)
                if found is not None:
                    return found
        return None

    def _propagate(self, left: list[Allowed], changed: Iterable[int]) -> bool:
        """Takes from ``left`` what cannot be; False where nothing is left of a column."""
        if any(not values.any() for values in left):
            return False
        todo = dict.fromkeys(number for column in changed for number in self._touching[column])
        while todo:
            number = next(iter(todo))
            del todo[number]
            columns, allowed = self._rules[number]
            possible = allowed & _outer([left[c] for c in columns])
            for axis, column in enumerate(columns):
                others = tuple(i for i in range(len(columns)) if i != axis)
                values = possible.any(axis=others) if others else possible
                if np.array_equal(values, left[column]):
                    continue
                if not values.any():
                    return False
                left[column] = values
                todo |= dict.fromkeys(n for n in self._touching[column] if n != number)
        return True


def _only(size: int, value: int) -> Allowed:
    out = np.zeros(size, dtype=np.bool_)
    out[value] = True
    return out


def _outer(parts: Sequence[Allowed]) -> Allowed:
    """The combinations of which every part is true."""
    return reduce(lambda a, b: a[..., None] & b, parts)
