"""The columns that targets decide, as expressions that meet them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from specdsl.check.show import show_value
from specdsl.check.values import constant_arguments
from specdsl.datatypes import types as t
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir
from specdsl.ir.model import Column, Target, TargetKind
from specdsl.source import Span

_BY_ARGUMENTS = "seasonal"
"""A distribution that is held within a period by its own arguments."""
_MET, _UNMET = 1_000_000, 2_000_000
"""Further draws of a column have sites of their own, beyond those of the text."""


class Impossible(Exception):
    """A target that cannot be met: ``why`` is a clause, ``first`` what is in its way."""

    def __init__(self, why: str, remedy: str, first: Span | None = None) -> None:
        super().__init__(why)
        self.why, self.remedy, self.first = why, remedy, first


# --- totals ----------------------------------------------------------------------------------------


def fitted_column(column: Column, target: Target, number: int) -> Column:
    """``column`` with values that total what the target asks. Raises Impossible."""
    name, dtype = column.name, column.type
    if not isinstance(dtype, (t.Int, t.Decimal)) or (isinstance(dtype, t.Int) and dtype.high >= 1 << 63):
        remedy = f"give it a type that is exact: `{name} decimal(12, 2)`"
        if not t.is_numeric(dtype):
            remedy = "name a column of numbers"
        raise Impossible(f"`{name}` is {dtype}, and totals are exact in whole numbers and decimals", remedy)
    if isinstance(column.value, (ir.SourceValue, ir.DimensionValue)):
        raise Impossible(f"the values of `{name}` are given", "set a target for a column that is drawn")
    if isinstance(column.value, ir.GroupItem):
        remedy = "draw it in a column of its own"
        raise Impossible(f"`{name}` is drawn together with other columns, which would not go with it", remedy)
    ends: list[int | None] = []
    for end in (column.bounds.low, column.bounds.high) if column.bounds is not None else (None, None):
        if end is not None and not (isinstance(end, ir.Const) and isinstance(end.value, int)):
            remedy = f"bound `{name}` by numbers"
            raise Impossible(f"the bounds of `{name}` differ from row to row", remedy)
        ends.append(None if end is None else int(end.value))  # type: ignore[arg-type]
    low, high = ends
    _reachable(name, target, dtype, low, high)
    value = ir.Fitted(dtype, column.value.nullable, number, column.value, target.groups, low, high)
    return replace(column, value=value)


def _reachable(name: str, target: Target, dtype: t.DataType, low: int | None, high: int | None) -> None:
    """Raises Impossible for amounts that no number of rows comes to."""
    ends: list[int | None] = [None, None] if target.kind is TargetKind.SUM else [low, high]
    if target.kind is TargetKind.SUM and low is not None and low >= 0:
        ends[0] = 0
    if target.kind is TargetKind.SUM and high is not None and high <= 0:
        ends[1] = 0
    for key, amount in zip(target.keys, target.amounts, strict=True):
        least, most = (None if end is None else end * target.unit for end in ends)
        if (least is not None and amount < least) or (most is not None and amount > most):
            groups = zip(target.labels, key, target.groups, strict=True)
            of = "".join(f" of {label} {show_value(k, g.type)}" for label, k, g in groups)
            what = "the mean" if target.kind is TargetKind.AVG else "the total"
            within = f"{_shown(ends[0], dtype)}..{_shown(ends[1], dtype)}"
            raise Impossible(
                f"{what}{of} lies outside of {within}, and `{name}` is within "
                f"{_shown(low, dtype)}..{_shown(high, dtype)}",
                f"ask for another amount, or widen the bounds of `{name}`",
            )


def _shown(end: int | None, dtype: t.DataType) -> str:
    return "" if end is None else show_value(end, dtype)


def retained_column(column: Column, target: Target, number: int) -> Column:
    """``column`` with periods of which the target's curves come out. Raises Impossible."""
    name = column.name
    if not isinstance(column.type, t.Int):
        remedy = f"let it be one: `{name} int = retention([1, 0.6, 0.45])`"
        raise Impossible(f"`{name}` is {column.type}, and a number of periods is a whole number", remedy)
    if column.bounds is not None:
        why = f"the curves say how long a row stays, and so do the bounds of `{name}`"
        raise Impossible(why, "leave the bounds out")
    if isinstance(column.value, (ir.SourceValue, ir.DimensionValue, ir.GroupItem)):
        raise Impossible(f"the values of `{name}` are given", "set a target for a column that is drawn")
    value = ir.Retained(column.type, column.value.nullable, number, column.value, target.groups)
    return replace(column, value=value)


# --- shares ----------------------------------------------------------------------------------------

_Test = Callable[[ir.Physical | None], bool]


def rated_column(column: Column, target: Target, number: int) -> Column:
    """``column`` with as many values that the target counts as it asks. Raises Impossible."""
    assert target.condition is not None
    test = target.condition

    def counted(value: ir.Physical | None) -> bool:
        return _truth(test, value) is True

    base = column.value
    _only_choices(column.name, base)
    holds = _told(base, counted)
    sides = []
    for side, wanted, offset in (("counts", True, _MET), ("does not count", False, _UNMET)):
        drawn = _restricted(base, lambda v, w=wanted: counted(v) is w, offset)  # type: ignore[misc]
        if drawn is None:
            remedy = "let each branch of the column have a choice that it counts, and one that it does not"
            raise Impossible(
                f"`{column.name}` has nothing to draw (in some rows) that the share {side}", remedy
            )
        sides.append(drawn)
    value = ir.Rated(base.type, base.nullable, number, base, holds, sides[0], sides[1], target.groups)
    return replace(column, value=value)


def _only_choices(name: str, value: ir.Expr) -> None:
    """Raises Impossible where a value is made of anything but choices of constants."""
    match value:
        case ir.Const():
            return
        case ir.ChoiceDraw(exact=True):
            raise Impossible(
                f"`exact(...)` decides the shares of `{name}` in the whole table", "leave out the `exact`"
            )
        case ir.ChoiceDraw(arms=arms):
            for arm in arms:
                _only_choices(name, arm.value)
        case ir.If(then=then, otherwise=otherwise):
            _only_choices(name, then)
            _only_choices(name, otherwise)
        case ir.Match(arms=match_arms, otherwise=rest):
            for match_arm in match_arms:
                _only_choices(name, match_arm.value)
            if rest is not None:
                _only_choices(name, rest)
        case _:
            remedy = f'let it be one: `{name} string = "open" 60% | "closed"`, or an enum, or true and false'
            raise Impossible(f"`{name}` is no choice of constants, among which rows could be moved", remedy)


def _told(value: ir.Expr, counted: _Test) -> ir.Expr:
    """Whether the value counts, drawn by the same draws."""
    match value:
        case ir.Const(value=held):
            return ir.Const(t.BOOL, False, counted(held))
        case ir.ChoiceDraw(arms=arms):
            told = tuple(replace(arm, value=_told(arm.value, counted)) for arm in arms)
            return replace(value, type=t.BOOL, nullable=False, arms=told)
        case ir.If(then=then, otherwise=otherwise):
            return replace(
                value,
                type=t.BOOL,
                nullable=False,
                then=_told(then, counted),
                otherwise=_told(otherwise, counted),
            )
        case ir.Match(arms=match_arms, otherwise=rest):
            branches = tuple(replace(arm, value=_told(arm.value, counted)) for arm in match_arms)
            last = None if rest is None else _told(rest, counted)
            return replace(value, type=t.BOOL, arms=branches, otherwise=last)
        case _:
            raise AssertionError("only choices of constants come here")


def _restricted(value: ir.Expr, keeps: _Test, offset: int) -> ir.Expr | None:
    """``value`` with only such outcomes, in the proportions that they have; None where a branch has none."""
    match value:
        case ir.Const(value=held):
            return value if keeps(held) else None
        case ir.ChoiceDraw(site=site, arms=arms):
            kept = [(_restricted(arm.value, keeps, offset), _share(arm, keeps)) for arm in arms]
            total = sum(share for _, share in kept)
            if total <= 0:
                return None
            chosen = tuple(ir.Arm(inner, share / total) for inner, share in kept if inner is not None)
            return replace(value, site=site + offset, arms=chosen)
        case ir.If(then=then, otherwise=otherwise):
            first, second = _restricted(then, keeps, offset), _restricted(otherwise, keeps, offset)
            return None if first is None or second is None else replace(value, then=first, otherwise=second)
        case ir.Match(arms=match_arms, otherwise=rest):
            branches = [_restricted(arm.value, keeps, offset) for arm in match_arms]
            last = None if rest is None else _restricted(rest, keeps, offset)
            if any(b is None for b in branches) or (rest is not None and last is None):
                return None
            inner = tuple(
                replace(arm, value=b) for arm, b in zip(match_arms, branches, strict=True) if b is not None
            )
            return replace(value, arms=inner, otherwise=last)
        case _:
            raise AssertionError("only choices of constants come here")


def _share(arm: ir.Arm, keeps: _Test) -> float:
    """How often an arm gives such an outcome (branches that depend on the row count as their first)."""
    return arm.share * _part(arm.value, keeps)


def _part(value: ir.Expr, keeps: _Test) -> float:
    match value:
        case ir.Const(value=held):
            return float(keeps(held))
        case ir.ChoiceDraw(arms=arms):
            return sum(arm.share * _part(arm.value, keeps) for arm in arms)
        case ir.If(then=then):
            return _part(then, keeps)
        case ir.Match(arms=arms):
            return _part(arms[0].value, keeps)
        case _:
            return 0.0


def _truth(test: ir.Expr, value: ir.Physical | None) -> bool | None:
    """A condition on one column where that has ``value``; null as in SQL. Raises Impossible for forms that
    do not compare it with constants."""
    match test:
        case ir.Const(value=known):
            return None if known is None else bool(known)
        case ir.ColumnValue():
            return None if value is None else bool(value)
        case ir.IsNull(operand=operand):
            return _value(operand, value) is None
        case ir.Unary(op=ir.UnaryOp.NOT, operand=operand):
            inner = _truth(operand, value)
            return None if inner is None else not inner
        case ir.Logic(op=op, left=left, right=right):
            sides = (_truth(left, value), _truth(right, value))
            deciding = op is ir.LogicOp.OR
            return deciding if deciding in sides else None if None in sides else not deciding
        case ir.Compare(op=op, left=left, right=right):
            return _compared(op, _value(left, value), _value(right, value))
        case ir.IsIn(operand=operand, items=items):
            held = _value(operand, value)
            return None if held is None else held in [_value(item, value) for item in items]
        case _:
            raise _no_comparison()


def _no_comparison() -> Impossible:
    why = "the share does more with its column than to compare it with constants"
    return Impossible(why, "compare it: `==`, `!=`, `in [...]`, `<`, joined by `and`, `or` and `not`")


def _value(expr: ir.Expr, value: ir.Physical | None) -> ir.Physical | None:
    match expr:
        case ir.Const(value=known):
            return known
        case ir.ColumnValue():
            return value
        case _:
            raise _no_comparison()


def _compared(op: ir.CompareOp, left: ir.Physical | None, right: ir.Physical | None) -> bool | None:
    if left is None or right is None:
        return None
    match op:
        case ir.CompareOp.EQUAL:
            return left == right
        case ir.CompareOp.NOT_EQUAL:
            return left != right
        case ir.CompareOp.LESS:
            return left < right  # type: ignore[operator]
        case ir.CompareOp.LESS_EQUAL:
            return left <= right  # type: ignore[operator]
        case ir.CompareOp.GREATER:
            return left > right  # type: ignore[operator]
        case ir.CompareOp.GREATER_EQUAL:
            return left >= right  # type: ignore[operator]


# --- counts ----------------------------------------------------------------------------------------


def counted_columns(columns: Mapping[str, Column], target: Target) -> list[str]:
    """The columns that the groups of a count go by. Raises Impossible."""
    if not target.groups:
        raise Impossible("a count without groups is the number of rows", "write that after the table's name")
    out: list[str] = []
    for item, group in enumerate(target.groups):
        name = _counted_column(columns, group, target, item).name
        if name in out:
            raise Impossible(f"two of its groups go by `{name}`", "keep the finer one")
        out.append(name)
    return out


def dealt_columns(columns: Mapping[str, Column], target: Target, number: int) -> dict[str, Column]:
    """The columns that the groups of a count go by, with the values that it deals out. Raises Impossible."""
    out: dict[str, Column] = {}
    for item, group in enumerate(target.groups):
        column = _counted_column(columns, group, target, item)
        if column.nulls is not None or column.value.nullable:
            raise Impossible(
                f"`{column.name}` may be null, and then is in no group", "let it always have a value"
            )
        if item in target.spans:
            out[column.name] = replace(column, value=_within(column, target, number, item))
        else:
            for key in target.keys:
                _possible(column, key[item])
            value = ir.Dealt(column.type, False, number, item, ir.End.KEY)
            out[column.name] = replace(column, value=value)
    return out


def _counted_column(columns: Mapping[str, Column], group: ir.Expr, target: Target, item: int) -> Column:
    node: ir.Expr | None = group
    while node is not None and not isinstance(node, ir.ColumnValue):
        match node:
            case ir.Call(function="date_trunc" | "year" | "date", args=args) if item in target.spans:
                node = dict(args)["x"]
            case ir.Cast(operand=operand) if item in target.spans:
                node = operand
            case _:
                node = None
    if node is None:
        raise Impossible(
            f"a count deals out the values of columns, and `{target.labels[item] or 'this'}` is computed",
            'go by columns, and by their periods: `by month(placed_at) { "2024-01": 500 }`',
        )
    return columns[node.column]


def _within(column: Column, target: Target, number: int, item: int) -> ir.Expr:
    """The value, drawn within the period that the row is dealt."""
    reach = _reach(column.value)
    if reach is None:
        remedy = f"draw `{column.name}` from `2024-01-01 .. 2024-12-31`, or by `seasonal(...)`"
        raise Impossible(f"`{column.name}` is not drawn in a way that can be held within a period", remedy)
    low, high = reach
    if column.bounds is not None:
        for end, pick in ((column.bounds.low, max), (column.bounds.high, min)):
            if end is not None and not (isinstance(end, ir.Const) and isinstance(end.value, int)):
                raise Impossible(
                    f"the bounds of `{column.name}` differ from row to row", "bound it by constants"
                )
            if isinstance(end, ir.Const) and isinstance(end.value, int):
                low, high = (pick(low, end.value), high) if pick is max else (low, pick(high, end.value))
    for span, amount, key in zip(target.spans[item], target.amounts, target.keys, strict=True):
        if amount and (span[1] < low or span[0] > high):
            shown = show_value(key[item], target.groups[item].type)
            ends = f"{show_value(low, column.type)} .. {show_value(high, column.type)}"
            remedy = "widen the range, or ask for 0 there"
            raise Impossible(f"`{column.name}` is drawn from {ends}, outside of {shown}", remedy)
    if isinstance(column.value, ir.Call) and column.value.function == _BY_ARGUMENTS:
        return _by_span(column.value, target, number, item)
    ends_of = (ir.Dealt(column.type, False, number, item, end) for end in (ir.End.LOW, ir.End.HIGH))
    return ir.Within(column.type, column.value.nullable, column.value, *ends_of)


def _by_span(value: ir.Call, target: Target, number: int, item: int) -> ir.Expr:
    """The value in the period that the row is dealt: the same function from its beginning to its end."""
    start, end = (_int(dict(value.args)[name]) for name in ("start", "end"))
    arms = []
    for low, high in sorted(set(target.spans[item])):
        first, last = max(low, start), min(high, end)
        if first > last:
            continue  # nothing is asked for there
        ends = {"start": ir.Const(t.TIMESTAMP, False, first), "end": ir.Const(t.TIMESTAMP, False, last)}
        inside = replace(value, args=tuple((name, ends.get(name, arg)) for name, arg in value.args))
        arms.append(ir.MatchArm(((low,),), inside))
    low_end = ir.Dealt(value.type, False, number, item, ir.End.LOW)
    return ir.Match(value.type, value.nullable, (low_end,), tuple(arms), None)


def _int(expr: ir.Expr) -> int:
    """The whole number that a constant argument is."""
    assert isinstance(expr, ir.Const)
    assert isinstance(expr.value, int)
    return expr.value


def _reach(value: ir.Expr) -> tuple[int, int] | None:
    """Between what a value is drawn, where it can be held within anything in it; None where it cannot."""
    match value:
        case ir.RangeDraw(low=ir.Const(value=int(low)), high=ir.Const(value=int(high))):
            return low, high
        case ir.Call(function=name, site=int()) if name in FUNCTIONS and (
            FUNCTIONS[name].truncates or name == _BY_ARGUMENTS
        ):
            bounds = FUNCTIONS[name].bounds
            low_end, high_end = bounds(constant_arguments(value)) if bounds is not None else (None, None)
            return (
                int(low_end) if low_end is not None else -(1 << 62),
                int(high_end) if high_end is not None else 1 << 62,
            )
        case _:
            return None


def _possible(column: Column, key: ir.Physical) -> None:
    """Raises Impossible where a column never has the value that it would be dealt."""
    found = _can_be(column.value, key)
    shown = show_value(key, column.type)
    if found is None:
        remedy = f"let `{column.name}` be a choice or a range: those have values to deal out"
        raise Impossible(f"`{column.name}` is neither a choice nor a range", remedy)
    if not found:
        raise Impossible(f"`{column.name}` is never {shown}", f"add {shown} to it, or leave that group out")


def _can_be(value: ir.Expr, key: ir.Physical) -> bool | None:
    match value:
        case ir.Const(value=held):
            return held == key
        case ir.ChoiceDraw(arms=arms):
            found = [_can_be(arm.value, key) for arm in arms]
            return None if None in found else any(found)
        case ir.RangeDraw(low=ir.Const(value=int(low)), high=ir.Const(value=int(high))):
            return isinstance(key, int) and low <= key <= high
        case _:
            return None
