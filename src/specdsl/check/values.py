"""What values an expression can take: intervals and small sets, never more than is true of every row.

Over-approximation only: a value outside the answer is impossible, one inside is merely not ruled
out. Checks that can never hold, ranges out of bounds and domains too small for a key rest on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from specdsl.datatypes import types as t
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as x
from specdsl.ir.model import Bounds, Dataset, Table

from .cardinality import row_range

_FINITE_LIMIT = 256
Number = int | float | Fraction
_DEPTH = 40
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Values:
    """Physical values: within ``low .. high`` (None: open) and, when ``finite`` is set, one of those."""

    low: Number | None = None
    high: Number | None = None
    finite: frozenset[x.Physical] | None = None

    @property
    def empty(self) -> bool:
        if self.finite is not None and not self.finite:
            return True
        return self.low is not None and self.high is not None and self.low > self.high


ANYTHING = Values()


def only(*values: x.Physical) -> Values:
    """Exactly these values."""
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if len(numbers) == len(values) and values:
        return Values(min(numbers), max(numbers), frozenset(values))
    return Values(finite=frozenset(values))


def union(a: Values, b: Values) -> Values:
    """What either lets through."""
    low = None if a.low is None or b.low is None else min(a.low, b.low)
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    finite = None
    if a.finite is not None and b.finite is not None and len(a.finite) + len(b.finite) <= _FINITE_LIMIT:
        finite = a.finite | b.finite
    return Values(low, high, finite)


def intersect(a: Values, b: Values) -> Values:
    """What both let through."""
    low = a.low if b.low is None else b.low if a.low is None else max(a.low, b.low)
    high = a.high if b.high is None else b.high if a.high is None else min(a.high, b.high)
    finite = a.finite if b.finite is None else b.finite if a.finite is None else a.finite & b.finite
    if finite is not None and (low is not None or high is not None):
        finite = frozenset(
            v
            for v in finite
            if not isinstance(v, (int, float)) or ((low is None or v >= low) and (high is None or v <= high))
        )
    return Values(low, high, finite)


class ValueAnalysis:
    """Answers what values expressions of one dataset can take. Answers for columns are kept.

    With ``opaque`` a column can be anything that its type holds: what is then true is so by logic alone."""

    def __init__(self, dataset: Dataset, *, opaque: bool = False) -> None:
        self._dataset = dataset
        self._opaque = opaque
        self._columns: dict[tuple[str, str], Values] = {}
        self._open: set[tuple[str, str]] = set()

    def column(self, table: str, name: str) -> Values:
        """The values of a column where it is not null."""
        if self._opaque:
            return ANYTHING
        at = (table, name)
        if at in self._columns:
            return self._columns[at]
        if at in self._open or len(self._open) > _DEPTH or table not in self._dataset.tables:
            return ANYTHING
        column = self._dataset.tables[table].columns.get(name)
        if column is None:
            return ANYTHING
        self._open.add(at)
        owner = self._dataset.tables[table]
        values = intersect(self.of(column.value, owner), self.bounds(column.bounds, owner))
        self._open.discard(at)
        if not self._open:
            self._columns[at] = values
        return values

    def bounds(self, bounds: Bounds | None, table: Table) -> Values:
        """What ``in low .. high`` lets through."""
        if bounds is None:
            return ANYTHING
        low = self.of(bounds.low, table).low if bounds.low is not None else None
        high = self.of(bounds.high, table).high if bounds.high is not None else None
        return Values(low, high)

    def of(self, expr: x.Expr, table: Table) -> Values:
        """The non-null values of ``expr`` in rows of ``table``."""
        values = self._of(expr, table)
        if isinstance(expr.type, t.Int) and (values.low is None or values.high is None):
            return intersect(values, Values(expr.type.low, expr.type.high))
        return values

    def _of(self, expr: x.Expr, table: Table) -> Values:
        of = self.of
        match expr:
            case x.Const(value=None):
                return Values(finite=frozenset())
            case x.Const(value=value) if value is not None:
                return only(value)
            case x.ColumnValue(column=name):
                return self.column(table.name, name)
            case x.EndsLater(operand=operand):
                return of(operand, table)
            case x.Follow(table=other, body=body) | x.Candidate(table=other, body=body):
                target = self._dataset.tables.get(other)
                return ANYTHING if target is None else of(body, target)
            case x.RowNumber():
                rows = row_range(self._dataset, table.name)
                return Values(0, None if rows.high is None else max(rows.high - 1, 0))
            case x.DimensionValue() if table.over is not None:
                return Values(table.over.low, table.over.high)
            case x.IndexIn(reference=name):
                each = table.references[name].each if name in table.references else None
                return Values(0, each.high - 1 if each and each.high and table.rows is None else None)
            case x.Running(value=value):
                least = of(value, table).low
                return Values(0 if least is not None and least >= 0 else None)
            case x.Neighbour(value=value) | x.Different(value=value):
                return of(value, table)
            case x.RangeDraw(low=low, high=high):
                return Values(of(low, table).low, of(high, table).high)
            case x.ChoiceDraw(arms=arms):
                return self._any_of([a.value for a in arms if a.share > 0], table)
            case x.GroupItem(group=group, index=index):
                return self._group_item(table, group, index)
            case x.ParentKey(reference=name, column=column) if name in table.references:
                return self.column(table.references[name].table, column)
            case x.Call():
                return self._call(expr)
            case x.If(then=then, otherwise=otherwise):
                return self._any_of([then, otherwise], table)
            case x.Match(arms=match_arms, otherwise=rest):
                return self._any_of([a.value for a in match_arms] + ([rest] if rest else []), table)
            case x.Cast(operand=operand):
                return _cast(of(operand, table), operand.type, expr.type)
            case x.Arithmetic(op=op, left=left, right=right):
                return _arithmetic(op, left, right, of(left, table), of(right, table), expr.type)
            case x.Unary(op=x.UnaryOp.NEGATE, operand=operand):
                inner = of(operand, table)
                return Values(_negated(inner.high), _negated(inner.low))
            case x.Aggregate(function=x.AggregateFunction.COUNT):
                return Values(0, None)
            case _ if isinstance(expr.type, t.Bool):
                return only(True, False)
            case _ if isinstance(expr.type, t.Enum):
                return only(*range(len(expr.type.members)))
            case _:
                return ANYTHING

    def _any_of(self, options: list[x.Expr], table: Table) -> Values:
        found: Values | None = None
        for option in options:
            if isinstance(option, x.Const) and option.value is None:
                continue
            values = self.of(option, table)
            found = values if found is None else union(found, values)
        return found if found is not None else Values(finite=frozenset())

    def _group_item(self, table: Table, group: int, index: int) -> Values:
        value = table.groups[group].value
        if isinstance(value, x.TupleValue):
            return self.of(value.items[index], table)
        if isinstance(value, x.ChoiceDraw):
            rows = [a.value for a in value.arms if a.share > 0]
            items = [r.items[index] for r in rows if isinstance(r, x.TupleValue)]
            return self._any_of(items, table) if len(items) == len(rows) else ANYTHING
        return ANYTHING

    def _call(self, call: x.Call) -> Values:
        function = FUNCTIONS.get(call.function)
        found = ANYTHING
        if function is not None and function.bounds is not None:
            low, high = function.bounds(constant_arguments(call))
            found = Values(_number(low), _number(high))
        ends = [e.value if isinstance(e, x.Const) else None for e in (call.low, call.high)]
        return intersect(found, Values(_number(ends[0]), _number(ends[1])))

    # --- truth -----------------------------------------------------------------------------

    def truth(self, condition: x.Expr, table: Table) -> bool | None:
        """True or False where the condition comes out so in *every* row (and is never null there for
        False), None where it depends."""
        match condition:
            case x.Const(value=bool(value)):
                return value
            case x.Logic(op=op, left=left, right=right):
                a, b = self.truth(left, table), self.truth(right, table)
                deciding = op is x.LogicOp.OR
                if deciding in (a, b):
                    return deciding
                return a if a == b else None
            case x.Unary(op=x.UnaryOp.NOT, operand=operand):
                inner = self.truth(operand, table)
                return None if inner is None else not inner
            case x.IsNull(operand=operand):
                if isinstance(operand, x.Const):
                    return operand.value is None
                return None if operand.nullable else False
            case x.Compare(op=op, left=left, right=right):
                if _same_value(left, right):
                    return None if left.nullable else op in _REFLEXIVE
                found = _compare(op, self.of(left, table), self.of(right, table))
                return None if left.nullable or right.nullable else found
            case _:
                return None

    def impossible(self, condition: x.Expr, table: Table) -> bool:
        """Whether no row can satisfy the condition or leave it null."""
        return self.truth(condition, table) is False


_REFLEXIVE = {x.CompareOp.EQUAL, x.CompareOp.LESS_EQUAL, x.CompareOp.GREATER_EQUAL}


def _same_value(left: x.Expr, right: x.Expr) -> bool:
    return left == right and isinstance(left, (x.ColumnValue, x.RowNumber))


def constant_arguments(call: x.Call) -> dict[str, x.Physical | None]:
    """The arguments of a call that are known; item 2 of a constant list ``edges`` is ``edges[2]``."""
    known: dict[str, x.Physical | None] = {}
    for name, arg in call.args:
        if isinstance(arg, x.Const):
            known[name] = arg.value
        for i, item in enumerate(x.constant_items(arg) or ()):
            known[f"{name}[{i}]"] = item
    return known


def _number(value: x.Physical | None) -> Number | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _negated(value: Number | None) -> Number | None:
    return None if value is None else -value


def scale_of(dtype: t.DataType) -> int:
    """Physical units in one: 100 for decimal(_, 2), 86_400_000_000 for a day against a timestamp."""
    return 10**dtype.scale if isinstance(dtype, t.Decimal) else 1


def _cast(values: Values, source: t.DataType, target: t.DataType) -> Values:
    if source == target:
        return values
    if t.is_numeric(source) and t.is_numeric(target):
        factor = Fraction(scale_of(target), scale_of(source))
        whole = not isinstance(target, t.Float)

        def convert(value: Number | None) -> Number | None:
            if value is None or value in (float("inf"), float("-inf")):
                return None
            exact = Fraction(value) * factor
            return _round_half_away(exact) if whole else exact

        finite = None
        if values.finite is not None and whole and isinstance(source, (t.Int, t.Decimal)):
            finite = frozenset(
                _round_half_away(Fraction(v) * factor) for v in values.finite if isinstance(v, int)
            )
        return Values(convert(values.low), convert(values.high), finite)
    if isinstance(source, t.Date) and isinstance(target, t.Timestamp):
        return _mapped(values, lambda v: v * _DAY)
    if isinstance(source, t.Timestamp) and isinstance(target, t.Date):
        return _mapped(values, lambda v: int(v) // _DAY)
    if isinstance(source, t.Enum) and isinstance(target, t.String) and values.finite is not None:
        return Values(finite=frozenset(source.members[v] for v in values.finite if isinstance(v, int)))
    return ANYTHING


def _round_half_away(value: Fraction) -> int:
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def _arithmetic(
    op: x.ArithmeticOp, left: x.Expr, right: x.Expr, a: Values, b: Values, result: t.DataType
) -> Values:
    sides = (left.type, right.type)
    if any(isinstance(s, t.Time) for s in sides):
        return ANYTHING
    if isinstance(left.type, t.Date) and not isinstance(result, t.Date):
        a = _mapped(a, lambda v: v * _DAY)
    if isinstance(right.type, t.Date) and not isinstance(result, t.Date):
        b = _mapped(b, lambda v: v * _DAY)
    if isinstance(result, t.Date):
        return ANYTHING
    if op in (x.ArithmeticOp.ADD, x.ArithmeticOp.SUBTRACT):
        if isinstance(result, t.Decimal):
            a, b = _to_scale(a, left.type, result), _to_scale(b, right.type, result)
        if op is x.ArithmeticOp.SUBTRACT:
            b = Values(_negated(b.high), _negated(b.low))
        return Values(_lift(lambda p, q: p + q, a.low, b.low), _lift(lambda p, q: p + q, a.high, b.high))
    if op is x.ArithmeticOp.MULTIPLY and None not in (a.low, a.high, b.low, b.high):
        corners = [p * q for p in (a.low, a.high) for q in (b.low, b.high) if p is not None and q is not None]
        return Values(min(corners), max(corners))
    if op is x.ArithmeticOp.MULTIPLY and _non_negative(a) and _non_negative(b):
        return Values(0, None)
    return ANYTHING


def _non_negative(values: Values) -> bool:
    return values.low is not None and values.low >= 0


def _to_scale(values: Values, source: t.DataType, target: t.Decimal) -> Values:
    factor = Fraction(scale_of(target), scale_of(source))
    return _mapped(values, lambda v: Fraction(v) * factor)


def _mapped(values: Values, convert: Callable[[Number], Number]) -> Values:
    return Values(
        None if values.low is None else convert(values.low),
        None if values.high is None else convert(values.high),
    )


def _lift(operation: Callable[[Number, Number], Number], a: Number | None, b: Number | None) -> Number | None:
    return None if a is None or b is None else operation(a, b)


def _compare(op: x.CompareOp, a: Values, b: Values) -> bool | None:
    match op:
        case x.CompareOp.LESS:
            return _ordered(a, b, strict=True)
        case x.CompareOp.LESS_EQUAL:
            return _ordered(a, b, strict=False)
        case x.CompareOp.GREATER:
            return _ordered(b, a, strict=True)
        case x.CompareOp.GREATER_EQUAL:
            return _ordered(b, a, strict=False)
        case x.CompareOp.EQUAL:
            return _equal(a, b)
        case x.CompareOp.NOT_EQUAL:
            found = _equal(a, b)
            return None if found is None else not found


def _ordered(a: Values, b: Values, *, strict: bool) -> bool | None:
    """Whether every value of ``a`` is below every value of ``b`` (True), never (False), or it depends."""
    if a.high is not None and b.low is not None and (a.high < b.low or (not strict and a.high == b.low)):
        return True
    if a.low is not None and b.high is not None and (a.low > b.high or (strict and a.low == b.high)):
        return False
    return None


def _equal(a: Values, b: Values) -> bool | None:
    if a.finite is not None and b.finite is not None:
        if not a.finite & b.finite:
            return False if a.finite and b.finite else None
        if len(a.finite) == 1 == len(b.finite):
            return True
    common = intersect(a, b)
    return False if common.empty and not a.empty and not b.empty else None
