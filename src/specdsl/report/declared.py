"""The distribution that a spec declares for a column, where it is one that a formula gives."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Bounds, Column, Uniqueness
from specdsl.report.cumulative import DISCRETE, KINDS, Cumulative, uniform
from specdsl.report.numbers import natural, shown
from specdsl.vectors.vector import Float64Array


@dataclass(frozen=True, slots=True)
class Declared:
    """A distribution with its name as people write it. ``low`` and ``high`` truncate it (infinite: open)."""

    name: str
    cumulative: Cumulative
    low: float = -math.inf
    high: float = math.inf

    def shares(self, edges: Float64Array) -> Float64Array:
        """The probability of each bin between neighbouring ``edges``, given the truncation."""
        inner = np.clip(edges, self.low, self.high)
        ends = self.cumulative(np.array([self.low, self.high]))
        whole = float(ends[1] - ends[0])
        if not whole > 1e-12:
            return np.zeros(len(edges) - 1)
        return np.diff(self.cumulative(inner)) / whole


def declared(column: Column) -> Declared | None:
    """What the spec says of the column's values, None where no formula tells."""
    if column.uniqueness is not Uniqueness.NONE or column.distinct_within is not None:
        return None
    value, dtype = column.value, column.type
    whole = isinstance(dtype, t.Int)
    if isinstance(value, e.Cast) and t.is_numeric(dtype) and t.is_numeric(value.operand.type):
        value = value.operand
    limits = _limits(column.bounds, dtype)
    match value:
        case e.RangeDraw(low=e.Const(value=low), high=e.Const(value=high), type=drawn) if _ordered(low, high):
            a, b = _number(low, drawn), _number(high, drawn)
            a, b = max(a, limits[0]), min(b, limits[1])
            name = f"uniform over {shown(a, dtype)} .. {shown(b, dtype)}"
            half = 0.5 if isinstance(dtype, (t.Int, t.Date)) else 0.0
            return Declared(name, uniform(a - half, b + half)) if b > a else None
        case e.Call(function=function, args=args):
            return _of_call(function, args, _own_limits(value, limits), dtype, whole)
        case _:
            return None


def _of_call(
    function: str,
    args: tuple[tuple[str, e.Expr], ...],
    limits: tuple[float, float],
    dtype: t.DataType,
    whole: bool,
) -> Declared | None:
    given: dict[str, float] = {}
    for name, arg in args:
        if not isinstance(arg, e.Const):
            return None
        if arg.value is not None and isinstance(arg.value, (int, float)):
            given[name] = _number(arg.value, arg.type)
    make = KINDS.get(function)
    if make is None:
        return None
    try:
        cumulative = make(given)
    except (KeyError, ValueError, ArithmeticError):
        return None
    listed = ", ".join(
        f"{n} {shown(v, dtype if isinstance(dtype, t.Duration) else t.FLOAT)}" for n, v in given.items()
    )
    name = f"{function}({listed})"
    low, high = limits
    if low > -math.inf or high < math.inf:
        first = shown(low, dtype) if low > -math.inf else ""
        last = shown(high, dtype) if high < math.inf else ""
        name = f"{name} within {f'{first} .. {last}'.strip()}"
    half = 0.5 if whole else 0.0  # a whole number stands for everything that is rounded to it
    if function in DISCRETE:
        half = 0.5
    return Declared(name, cumulative, low - half, high + half)


def _own_limits(call: e.Call, limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    if isinstance(call.low, e.Const) and isinstance(call.low.value, (int, float)):
        low = max(low, _number(call.low.value, call.low.type))
    if isinstance(call.high, e.Const) and isinstance(call.high.value, (int, float)):
        high = min(high, _number(call.high.value, call.high.type))
    return low, high


def _limits(bounds: Bounds | None, dtype: t.DataType) -> tuple[float, float]:
    """Constant bounds; NaN, which no comparison passes, where one is not constant."""
    low, high = -math.inf, math.inf
    if bounds is None:
        return low, high
    for end, is_low in ((bounds.low, True), (bounds.high, False)):
        if end is None:
            continue
        value = end.value if isinstance(end, e.Const) else None
        number = _number(value, dtype) if isinstance(value, (int, float)) else math.nan
        low, high = (number, high) if is_low else (low, number)
    return low, high


def _number(value: e.Physical | None, dtype: t.DataType) -> float:
    return natural(float(value), dtype) if isinstance(value, (int, float)) else math.nan


def _ordered(low: object, high: object) -> bool:
    return isinstance(low, (int, float)) and isinstance(high, (int, float)) and low < high
