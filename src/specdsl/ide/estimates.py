"""How many rows a table will have on average, and how large they are, as far as the spec alone tells."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.check.cardinality import dimensions, row_range
from specdsl.datatypes import types as t
from specdsl.ir import expr as ir
from specdsl.ir.model import Dataset, Table

MEANS = {"poisson": ("mean", "lambda", "rate"), "normal": ("mean",), "exponential": ("mean",)}
_TEXT = 16
_LIST = 3


@dataclass(frozen=True, slots=True)
class Rows:
    """A number of rows; ``exact``: it is no estimate."""

    count: int
    exact: bool

    def __str__(self) -> str:
        return f"{'' if self.exact else '~'}{self.said}"

    @property
    def said(self) -> str:
        """The number in words, whether exact or not."""
        return f"{self.count:,} {'row' if self.count == 1 else 'rows'}"


def estimated_rows(dataset: Dataset, name: str) -> Rows | None:
    """The rows of a table; None where nothing tells (a query, counts that depend on drawn values)."""
    exact = row_range(dataset, name).exact
    if exact is not None and name in dataset.tables and dataset.tables[name].query is None:
        return Rows(exact, True)
    average = _average(dataset, name, frozenset())
    return None if average is None else Rows(round(average), False)


def _average(dataset: Dataset, name: str, above: frozenset[str]) -> float | None:
    table = dataset.tables.get(name)
    if table is None or name in above or table.query is not None:
        return None
    exact = row_range(dataset, name).exact
    if exact is not None:
        return exact
    total = 1.0 if table.over is None else float(table.over.size)
    each = dimensions(table)
    if not each and table.over is None:
        return None
    for reference in each:
        assert reference.each is not None
        parents = _average(dataset, reference.table, above | {name})
        children = mean(reference.each.count)
        if parents is None or children is None:
            return None
        high = reference.each.high
        children = max(children, reference.each.low)
        total *= parents * (children if high is None else min(children, high))
    return total


def mean(node: ir.Expr) -> float | None:
    """The mean of a number that is drawn; None where it is not known."""
    match node:
        case ir.Const(value=int() | float() as value):
            return float(value)
        case ir.RangeDraw(low=low, high=high):
            return _mixed([(low, 0.5), (high, 0.5)])
        case ir.ChoiceDraw(arms=arms):
            return _mixed([(arm.value, arm.share) for arm in arms])
        case ir.Cast(operand=operand):
            return mean(operand)
        case ir.Call(function=name, args=args):
            wanted = MEANS.get(name, ())
            return next((mean(value) for key, value in args if key in wanted), None)
        case ir.Arithmetic(op=op, left=left, right=right):
            one, other = mean(left), mean(right)
            if one is None or other is None:
                return None
            if op is ir.ArithmeticOp.ADD:
                return one + other
            return one - other if op is ir.ArithmeticOp.SUBTRACT else None
        case _:
            return None


def _mixed(parts: list[tuple[ir.Expr, float]]) -> float | None:
    total = 0.0
    for node, share in parts:
        value = mean(node)
        if value is None:
            return None
        total += share * value
    return total


def row_bytes(table: Table) -> int:
    """The bytes that a row takes in memory, roughly; hidden columns are not counted."""
    return sum(_bytes(column.type) for column in table.columns.values() if not column.hidden)


def _bytes(dtype: t.DataType) -> int:
    match dtype:
        case t.Bool():
            return 1
        case t.Enum():
            return 2
        case t.String(_, high):
            return _TEXT if high is None else min(_TEXT, max(high, 1))
        case t.Bytes() | t.Json() | t.Decimal() | t.Uuid():
            return 16
        case t.Date():
            return 4
        case t.List(item, low, high):
            return _bytes(item) * ((low + high) // 2 if high is not None else low + _LIST)
        case t.Struct(fields):
            return sum(_bytes(f.type) for f in fields)
        case _:
            return 8


def size_text(count: int) -> str:
    """A number of bytes for people: ``1.2 MB``."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
