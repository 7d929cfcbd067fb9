"""The smallest and largest value of a count, from its constants."""

from __future__ import annotations

from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir

Interval = tuple[int | None, int | None]


def interval(expr: ir.Expr) -> Interval:
    """Both ends of what an int expression can be, None where no end is known."""
    match expr:
        case ir.Const(value=int(value)):
            return value, value
        case ir.RangeDraw(low=low, high=high):
            return interval(low)[0], interval(high)[1]
        case ir.ChoiceDraw(arms=arms):
            return _union([interval(a.value) for a in arms if a.share > 0])
        case ir.If(then=then, otherwise=otherwise):
            return _union([interval(then), interval(otherwise)])
        case ir.Match(arms=match_arms, otherwise=rest):
            return _union([interval(a.value) for a in match_arms] + ([interval(rest)] if rest else []))
        case ir.Cast(operand=operand):
            return interval(operand)
        case ir.Call(function=name, args=args) if name in FUNCTIONS and FUNCTIONS[name].bounds is not None:
            bounds = FUNCTIONS[name].bounds
            assert bounds is not None
            least, most = bounds({n: a.value for n, a in args if isinstance(a, ir.Const)})
            return _whole(least), _whole(most)
        case ir.Arithmetic(op=ir.ArithmeticOp.ADD, left=left, right=right):
            (a, b), (c, d) = interval(left), interval(right)
            return (None if a is None or c is None else a + c), (None if b is None or d is None else b + d)
        case _:
            return None, None


def _union(found: list[Interval]) -> Interval:
    if not found:
        return None, None
    lows, highs = [f[0] for f in found], [f[1] for f in found]
    low = None if None in lows else min(v for v in lows if v is not None)
    high = None if None in highs else max(v for v in highs if v is not None)
    return low, high


def _whole(value: ir.Physical | None) -> int | None:
    return value if isinstance(value, int) else int(value) if isinstance(value, float) else None
