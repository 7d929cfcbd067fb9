"""The checked program at another time of its declared clock: what follows from ``now`` is computed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from specdsl.check.conversions import fold
from specdsl.check.operators import folded
from specdsl.ir import expr as ir
from specdsl.ir.model import Dataset, OverRange
from specdsl.records import field_names


def at_time(dataset: Dataset, now: int) -> Dataset:
    """``dataset`` as it would be with the clock at ``now`` (microseconds)."""
    return Clock(dataset).at(now)


class Clock:
    """A dataset at any time. What stands still in it is found once, however often it is asked for."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._still: set[int] = set()  # nodes of the dataset, which keeps them, by identity

    def at(self, now: int) -> Dataset:
        """The dataset with the clock at ``now`` (microseconds)."""
        dataset = self._dataset
        if dataset.now == now:
            return dataset
        tables = {name: self._at(table, now) for name, table in dataset.tables.items()}
        return replace(dataset, now=now, tables=tables)

    def _at(self, node: Any, now: int) -> Any:
        """``node`` at another time; itself where nothing in it moves."""
        if id(node) in self._still:
            return node
        moved = self._moved(node, now)
        if moved is node:
            self._still.add(id(node))
        return moved

    def _moved(self, node: Any, now: int) -> Any:
        match node:
            case ir.Moving():
                return replace(node, value=_value(node, now), origin=self._at(node.origin, now))
            case OverRange(ends=(low, high)):
                ends = self._at(low, now), self._at(high, now)
                return replace(node, low=ends[0].value, high=ends[1].value, ends=ends)
            case Mapping():
                mapped = {key: self._at(value, now) for key, value in node.items()}
                return node if all(mapped[key] is value for key, value in node.items()) else mapped
            case tuple():
                items = tuple(self._at(item, now) for item in node)
                return node if all(a is b for a, b in zip(items, node, strict=True)) else items
            case _ if is_dataclass(node):
                old = {name: getattr(node, name) for name in field_names(node.__class__)}
                new = {name: self._at(value, now) for name, value in old.items()}
                changed = {name: value for name, value in new.items() if value is not old[name]}
                return replace(node, **changed) if changed else node  # type: ignore[type-var]
        return node


def moves(node: object) -> bool:
    """Whether something in ``node`` follows from ``now``."""
    match node:
        case ir.Moving():
            return True
        case OverRange():
            return node.ends is not None
        case Mapping():
            return any(moves(value) for value in node.values())
        case tuple():
            return any(moves(item) for item in node)
        case _ if is_dataclass(node):
            return any(moves(getattr(node, name)) for name in field_names(node.__class__))
    return False


def _value(node: ir.Expr, now: int) -> ir.Physical | None:
    """The value of a constant at another time."""
    match node:
        case ir.Moving(origin=None):
            return now
        case ir.Moving(origin=ir.Cast(type=target, operand=operand)):
            return fold(_value(operand, now), operand.type, target)
        case ir.Moving(origin=ir.Arithmetic(left=ir.Const() as left, right=ir.Const() as right) as origin):
            parts = (replace(side, value=_value(side, now)) for side in (left, right))
            found = folded(replace(origin, left=next(parts), right=next(parts)))
            return found.value if isinstance(found, ir.Const) else node.value
        case ir.Const(value=value):
            return value
    raise TypeError(f"{type(node).__name__} is no constant")
