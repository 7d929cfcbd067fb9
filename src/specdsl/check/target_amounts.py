"""What a target asks of each group, as whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from specdsl.check.scopes import Program
from specdsl.check.show import show_value
from specdsl.check.target_groups import Grouping, Listed
from specdsl.datatypes import types as t
from specdsl.diagnostics.targets import TargetAmount
from specdsl.ir.model import TargetKind

_MOST = 1 << 61  # a total with room for a unit more in 64 bits
_MOST_DIGITS = 15


def amounts_of(
    program: Program,
    kind: TargetKind,
    dtype: t.DataType,
    listed: Sequence[Listed],
    groups: Sequence[Grouping],
) -> tuple[tuple[int, ...], int] | None:
    """The amounts over a common unit, totals and means in physical units of ``dtype``; None after a
    diagnostic."""
    scale = dtype.scale if isinstance(dtype, t.Decimal) else 0
    shift = scale if kind in (TargetKind.SUM, TargetKind.AVG) else 0
    fine = True
    numbers: list[Decimal] = []
    with localcontext() as context:
        context.prec = 60
        for row in listed:
            why, remedy = _problem(kind, row, scale)
            if why:
                fine = False
                program.bag.add(
                    TargetAmount(
                        span=row.span, amount=row.written, group=_named(row, groups), why=why, remedy=remedy
                    )
                )
                if len(listed) > 1 and listed[0].span == listed[1].span:
                    return None  # a file: the first is enough
            numbers.append(row.amount.scaleb(-2 if row.percent else 0).scaleb(shift).normalize())
        if not fine:
            return None
        digits = max((max(0, -_exponent(n)) for n in numbers), default=0)
        return tuple(int(n.scaleb(digits)) for n in numbers), 10**digits


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _named(row: Listed, groups: Sequence[Grouping]) -> str:
    parts = zip(groups, row.key, strict=True)
    return ", ".join(f"{group.label} {show_value(key, group.value.type)}" for group, key in parts)


def _problem(kind: TargetKind, row: Listed, scale: int) -> tuple[str, str]:
    """Why an amount cannot be, and what to do; "" where it can."""
    if row.percent and kind not in (TargetKind.SHARE, TargetKind.RETENTION):
        return f"`{kind}` is a number, not a share", "leave out the `%`, or write `target share(...)`"
    number = row.amount.normalize()
    places = max(0, -_exponent(number))
    match kind:
        case TargetKind.COUNT:
            if places or number < 0:
                return "a group has a whole number of rows, from 0 on", f"write `{max(0, round(number))}`"
        case TargetKind.SHARE | TargetKind.RETENTION:
            most = 100 if row.percent else 1
            if not 0 <= number <= most:
                remedy = "a share is 0% to 100%; without the sign it is 0 to 1"
                return f"a share is between 0% and 100%, and this is {_as_percent(row)}", remedy
        case TargetKind.SUM:
            if places > scale:
                what = "whole numbers" if scale == 0 else f"numbers with {scale} digits after the point"
                return f"{what} never total that", f"round it to {scale} digits after the point"
    if places > _MOST_DIGITS + scale:
        return f"it has {places} digits after the point", "round it"
    if abs(number.scaleb(scale)) >= _MOST:
        return (
            "it does not fit into 64 bits",
            "ask for less, or use a column with fewer digits after the point",
        )
    return "", ""


def _as_percent(row: Listed) -> str:
    return f"{row.amount}%" if row.percent else f"{row.amount * 100:f}%".replace(".00%", "%")
