"""``boundary()``: a value at an end of the column's range, or next to one."""

from __future__ import annotations

import math
from typing import Final

from specdsl.check.conversions import cast
from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.diagnostics.types import TooManyArguments
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir
from specdsl.syntax import tree

_NUMBERS: Final = (t.Int, t.Float, t.Decimal)


def boundary(scope: Scope, node: tree.Call) -> ir.Expr:
    """A draw of equal shares over the ends and what is next to them; of numbers 0 too, where it is
    between."""
    site = scope.sites.next(node.span)
    if node.args:
        signature = FUNCTIONS["boundary"].signature()
        scope.report(
            TooManyArguments(
                span=node.args[0].span,
                function="boundary",
                takes=0,
                given=len(node.args),
                signature=signature,
            )
        )
        return poison()
    limits = scope.ends
    ends = [] if limits is None else [e for e in (limits.low, limits.high) if e is not None]
    if not ends:
        scope.report(
            types.SpecialForm(
                span=node.span,
                function="boundary",
                why=f"takes the ends of a column's range, and `{scope.owner}` has none",
                remedy=f"give it a range: `{scope.owner} int in 0..130`",
            )
        )
        return poison()
    if poisoned(*ends):
        return poison()
    values = _places(ends, low_open=limits is not None and limits.low is None)
    share = 1 / len(values)
    arms = tuple(ir.Arm(value, share) for value in values)
    return ir.ChoiceDraw(ends[0].type, any(e.nullable for e in ends), site, arms)


def _places(ends: list[ir.Expr], *, low_open: bool) -> list[ir.Expr]:
    """The ends, what is next to them on the inside, and 0: as far as the ends are known before the build."""
    known = [e for e in ends if isinstance(e, ir.Const) and not isinstance(e, ir.Moving)]
    if len(known) < len(ends):
        return list(ends)
    dtype = ends[0].type
    numbers = [e.value for e in known]
    low = None if low_open else numbers[0]
    high = numbers[-1] if low_open or len(numbers) == 2 else None
    found = [low, high]
    found += [None if low is None else _next(low, dtype, 1), None if high is None else _next(high, dtype, -1)]
    found += [_zero(dtype)] if isinstance(dtype, _NUMBERS) else []
    inside = [
        value
        for value in dict.fromkeys(found)
        if value is not None and (low is None or value >= low) and (high is None or value <= high)  # type: ignore[operator]
    ]
    return [cast(ir.Const(dtype, False, value), dtype) for value in inside]


def _zero(dtype: t.DataType) -> ir.Physical:
    return 0.0 if isinstance(dtype, t.Float) else 0


def _next(value: ir.Physical, dtype: t.DataType, sign: int) -> ir.Physical:
    """The value next to ``value`` in the direction ``sign``."""
    assert isinstance(value, (int, float))
    if isinstance(dtype, t.Float):
        if dtype.bits == 32:
            import numpy as np

            return float(np.nextafter(np.float32(value), np.float32(sign * math.inf)))
        return math.nextafter(value, sign * math.inf)
    return value + sign
