"""How many distinct values an expression can make, with the arithmetic as people would write it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from specdsl.datatypes import types as t
from specdsl.functions.locales import with_locale
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as x
from specdsl.ir.model import Bounds, Dataset, Table
from specdsl.randomness.regexset import RegexSet

from .cardinality import row_range
from .values import constant_arguments


@dataclass(frozen=True, slots=True)
class Domain:
    """``size`` distinct values at most; ``arithmetic`` shows where the number comes from.

    ``indexable``: value number i can be made directly, all sizes of them distinct and equally likely,
    so that a keyed permutation of the rows keeps a column unique."""

    size: int
    arithmetic: str
    indexable: bool


def domain(dataset: Dataset, table: Table, expr: x.Expr, bounds: Bounds | None = None) -> Domain | None:
    """The domain of ``expr`` in rows of ``table``, None where it is unknown or practically unbounded."""
    match expr:
        case x.Const():
            return Domain(1, "1", True)
        case x.RangeDraw(low=x.Const(value=int(low)), high=x.Const(value=int(high))):
            low, high = _narrow(low, high, bounds)
            size = max(0, high - low + 1)
            return Domain(
                size, f"{_plain(low, expr.type)} .. {_plain(high, expr.type)} has {size:_} values", True
            )
        case x.RegexDraw(pattern=pattern):
            regex = RegexSet.parse(pattern)
            return Domain(regex.size, f"{regex.describe()}", regex.distinct)
        case x.ChoiceDraw(arms=arms):
            return _choice(dataset, table, arms)
        case x.PoolDraw(pool=name, columns=columns) if name in dataset.pools:
            pool = dataset.pools[name]
            return Domain(
                pool.rows, f"{pool.rows:_} rows in pool `{name}`", len(columns) == 1 and not pool.weight
            )
        case x.Format(parts=parts):
            return _format(dataset, table, parts)
        case x.Call():
            return _call(dataset, expr)
        case x.Cast(operand=operand) if isinstance(expr.type, (t.String, t.Decimal, t.Float, t.Timestamp)):
            inner = domain(dataset, table, operand)
            return inner and Domain(inner.size, inner.arithmetic, False)
        case x.ColumnValue(column=name) if name in table.columns:
            column = table.columns[name]
            inner = domain(dataset, table, column.value, column.bounds)
            return inner and Domain(inner.size, inner.arithmetic, False)
        case x.ParentKey(reference=name) if name in table.references:
            parents = row_range(dataset, table.references[name].table)
            if parents.high is None:
                return None
            return Domain(parents.high, f"{parents.high:_} rows in `{table.references[name].table}`", False)
        case x.If(then=then, otherwise=otherwise):
            return _sum(dataset, table, [then, otherwise])
        case x.Match(arms=match_arms, otherwise=rest):
            return _sum(dataset, table, [a.value for a in match_arms] + ([rest] if rest else []))
        case x.GroupItem(group=group, index=index):
            return _group_item(table.groups[group].value, index)
        case _:
            return by_type(expr.type)


def by_type(dtype: t.DataType) -> Domain | None:
    """The domain of a small type whatever draws it."""
    match dtype:
        case t.Bool():
            return Domain(2, "true and false", False)
        case t.Enum(name, members):
            return Domain(len(members), f"enum `{name}` has {len(members)} members", False)
        case t.Int(bits) if bits <= 16:
            return Domain(1 << bits, f"{dtype} has {1 << bits:_} values", False)
        case _:
            return None


def _narrow(low: int, high: int, bounds: Bounds | None) -> tuple[int, int]:
    if bounds is not None and isinstance(bounds.low, x.Const) and isinstance(bounds.low.value, int):
        low = max(low, bounds.low.value)
    if bounds is not None and isinstance(bounds.high, x.Const) and isinstance(bounds.high.value, int):
        high = min(high, bounds.high.value)
    return low, high


def _plain(value: int, dtype: t.DataType) -> str:
    from specdsl.check.show import show_value

    return show_value(value, dtype)


def _choice(dataset: Dataset, table: Table, arms: tuple[x.Arm, ...]) -> Domain | None:
    live = [a for a in arms if a.share > 0]
    if all(isinstance(a.value, x.Const) for a in live):
        size = len({a.value for a in live})
        equal = max(a.share for a in live) - min(a.share for a in live) < 1e-12
        return Domain(size, f"{size} different arms", equal and size == len(live))
    return _sum(dataset, table, [a.value for a in live])


def _sum(dataset: Dataset, table: Table, options: list[x.Expr]) -> Domain | None:
    total = 0
    for option in options:
        inner = domain(dataset, table, option)
        if inner is None:
            return None
        total += inner.size
    return Domain(total, f"{len(options)} ways to make {total:_} values", False)


def _group_item(value: x.Expr, index: int) -> Domain | None:
    if isinstance(value, x.ChoiceDraw):
        rows = [a.value for a in value.arms if a.share > 0]
        items = {r.items[index] if isinstance(r, x.TupleValue) else r for r in rows}
        if items and all(isinstance(i, x.Const) for i in items):
            return Domain(len(items), f"{len(items)} different values in the arms", False)
    return None


def _format(dataset: Dataset, table: Table, parts: tuple[str | x.FormatPart, ...]) -> Domain | None:
    size, factors, indexable = 1, [], unambiguous(parts)
    for part in parts:
        if isinstance(part, str):
            continue
        inner = domain(dataset, table, part.value)
        if inner is None:
            return None
        size *= inner.size
        factors.append(f"{inner.size:_}")
        indexable &= inner.indexable and part.spec == ""
    arithmetic = f"{' x '.join(factors)} = {size:_} strings" if len(factors) > 1 else f"{size:_} strings"
    return Domain(size, arithmetic, indexable)


def unambiguous(parts: tuple[str | x.FormatPart, ...]) -> bool:
    """Whether different parts always make different strings: of two neighbouring values at least one
    has a fixed width, or a literal stands between them that neither can contain."""
    for i, (left, right) in enumerate(pairwise(parts)):
        if isinstance(left, x.FormatPart) and isinstance(right, x.FormatPart):
            if not (_fixed_width(left) or _fixed_width(right)):
                return False
        elif isinstance(right, str) and i + 2 < len(parts):
            after = parts[i + 2]
            if isinstance(left, x.FormatPart) and isinstance(after, x.FormatPart):
                if _fixed_width(left) or _fixed_width(after):
                    continue
                if any(c.isalnum() for c in right) or _may_hold(left, right) or _may_hold(after, right):
                    return False
    return True


def _fixed_width(part: x.FormatPart) -> bool:
    value = part.value
    if isinstance(value.type, (t.Uuid, t.Date)):
        return True
    if isinstance(value, x.RegexDraw):
        regex = RegexSet.parse(value.pattern)
        return regex.min_length == regex.max_length
    if isinstance(value, x.ChoiceDraw):
        widths = {
            len(a.value.value)
            for a in value.arms
            if isinstance(a.value, x.Const) and isinstance(a.value.value, str)
        }
        return len(widths) == 1 and all(isinstance(a.value, x.Const) for a in value.arms)
    if isinstance(value, x.RangeDraw) and isinstance(value.low, x.Const) and isinstance(value.high, x.Const):
        return (
            part.spec == ""
            and len(str(value.low.value)) == len(str(value.high.value))
            and isinstance(value.type, t.Int)
        )
    return False


def _may_hold(part: x.FormatPart, literal: str) -> bool:
    """Whether the value's text may contain ``literal``."""
    if isinstance(part.value.type, t.Int):
        return literal in {"-", ","}
    if isinstance(part.value, x.ChoiceDraw):
        texts = [a.value.value for a in part.value.arms if isinstance(a.value, x.Const)]
        return len(texts) < len(part.value.arms) or any(literal in str(v) for v in texts)
    return True


def _call(dataset: Dataset, call: x.Call) -> Domain | None:
    function = FUNCTIONS.get(call.function)
    if function is None or function.domain is None:
        return by_type(call.type)
    given = [name for name, _ in call.args]
    size = function.domain(with_locale(constant_arguments(call), given, dataset.locale))
    if size is None:
        return None
    return Domain(size, f"{call.function}() knows {size:_} values", function.at is not None)
