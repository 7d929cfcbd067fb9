"""The values that an expression comes out as, listed: all of them, and no other.

Unlike ``check.values``, which only rules out, this is exact: a design is made of what it lists. What cannot
be listed (draws over a continuum, other rows, what a file holds) is an error that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Final

import numpy as np

from specdsl.check.conversions import fold
from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.functions.entry import Function, Invocation
from specdsl.functions.locales import IN_LOCALE, is_localized, with_locale
from specdsl.functions.problems import FunctionProblem
from specdsl.ir import expr as x
from specdsl.ir.model import Dataset, Table
from specdsl.ir.walk import children, walk_row
from specdsl.plugins.catalogue import function_named
from specdsl.randomness.regexset import compile_regex
from specdsl.vectors import strings
from specdsl.vectors.vector import Lists, Vector

MOST_VALUES: Final = 250
"""A covered column has so many values at most."""

Value = x.Physical | tuple["x.Physical | None", ...] | None
"""A physical value, None for null; a tuple where columns are drawn together."""
Row = Mapping[str, Value]
"""Values of columns by their names; the items of a column group by ``group_name``."""

_ELSEWHERE = (
    x.RowNumber,
    x.ParentKey,
    x.DimensionValue,
    x.SourceValue,
    x.Follow,
    x.Candidate,
    x.Aggregate,
    x.IndexIn,
    x.Running,
    x.Neighbour,
    x.Split,
)


class UnlistedError(Exception):
    """An expression whose values cannot be listed; the reason is a clause for people. ``instead``: a value
    that can be."""

    def __init__(self, why: str, instead: str = "") -> None:
        super().__init__(why)
        self.instead = instead


class UncoveredError(Exception):
    """An expression that needs more than the covered columns: ``what`` of the row, ``column`` if it is
    one."""

    def __init__(self, what: str, column: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.column = column


def group_name(index: int) -> str:
    """How a ``Row`` calls the tuple of a column group."""
    return f"({index})"


class Outcomes:
    """The outcomes of expressions in rows of ``table`` of which the columns ``covered`` are known."""

    def __init__(self, dataset: Dataset, table: Table, covered: frozenset[str]) -> None:
        self._dataset = dataset
        self._table = table
        self._covered = covered
        self._inline: dict[str, frozenset[str]] = {}

    # --- what an expression goes by -----------------------------------------------------------

    def needs(self, expr: x.Expr | None) -> frozenset[str]:
        """The covered columns that ``expr`` goes by, through columns that follow from them. Raises
        UncoveredError where it goes by anything else."""
        found: set[str] = set()
        for node in walk_row(expr) if expr is not None else ():
            match node:
                case x.ColumnValue(column=name):
                    found |= self._of_column(name)
                case x.GroupItem(group=group):
                    name = self._table.groups[group].columns[0]
                    raise UncoveredError(f"`{name}`, which is not covered", name)
                case _ if isinstance(node, _ELSEWHERE):
                    raise UncoveredError("other rows, or the row's number")
        return frozenset(found)

    def _of_column(self, name: str) -> frozenset[str]:
        if name in self._covered:
            return frozenset({name})
        if name not in self._inline:
            column = self._table.columns[name]
            if column.nulls is not None or column.reference is not None or _draws(column.value):
                raise UncoveredError(f"`{name}`, which is not covered", name)
            try:
                self._inline[name] = self.needs(column.value)
            except UncoveredError as problem:
                raise UncoveredError(f"`{name}`, which is not covered", problem.column and name) from None
        return self._inline[name]

    # --- outcomes ----------------------------------------------------------------------------

    def only(self, expr: x.Expr, row: Row) -> Value:
        """The one outcome of an expression that draws nothing."""
        (found,) = self.of(expr, row)
        return found

    def of(self, expr: x.Expr, row: Row) -> tuple[Value, ...]:
        """The outcomes of ``expr`` in a row that has at least the columns that it ``needs``, each once.
        Raises UnlistedError."""
        match expr:
            case x.Moving():
                raise UnlistedError("it follows from `now`, which moves from batch to batch")
            case x.Const(value=value):
                return (value,)
            case x.ColumnValue(column=name):
                return (row[name],) if name in row else self.of(self._table.columns[name].value, row)
            case x.GroupItem(group=group, index=index):
                items = row[group_name(group)]
                return (items[index] if isinstance(items, tuple) else None,)
            case x.ChoiceDraw(arms=arms):
                return _each(self.of(arm.value, row) for arm in arms if arm.share > 0)
            case x.RangeDraw():
                return self._range(expr, row)
            case x.RegexDraw(pattern=pattern):
                return _of_pattern(pattern)
            case x.If(condition=condition, then=then, otherwise=otherwise):
                taken = {outcome is True for outcome in self.of(condition, row)}
                sides = [side for holds, side in ((True, then), (False, otherwise)) if holds in taken]
                return _each(self.of(side, row) for side in sides)
            case x.Match():
                return self._match(expr, row)
            case x.TupleValue(items=items):
                return _limited(product(*(self.of(item, row) for item in items)))  # type: ignore[arg-type]
            case x.Call():
                return self._call(expr, row)
            case _:
                return self._operation(expr, row)

    def _range(self, expr: x.RangeDraw, row: Row) -> tuple[Value, ...]:
        if isinstance(expr.type, t.Float):
            raise UnlistedError("any number of a range can be drawn")
        found: dict[Value, None] = {}
        for low, high in product(self.of(expr.low, row), self.of(expr.high, row)):
            if low is None or high is None:
                found[None] = None
                continue
            if not isinstance(low, int) or not isinstance(high, int):
                raise UnlistedError(f"it is drawn from a range of {expr.type}")
            if high - low >= MOST_VALUES:
                ends = f"{show_value(low, expr.type)} .. {show_value(high, expr.type)}"
                some = (show_value(value, expr.type) for value in (low, low + 1, high - 1, high))
                raise UnlistedError(
                    f"{ends} has {high - low + 1:,} values, and {MOST_VALUES} are the most", " | ".join(some)
                )
            found |= dict.fromkeys(range(low, high + 1))
        return _limited(found)

    def _match(self, expr: x.Match, row: Row) -> tuple[Value, ...]:
        subjects = [self.of(subject, row) for subject in expr.subjects]
        return _each(self._matched(expr, values, row) for values in product(*subjects))

    def _matched(self, expr: x.Match, subjects: tuple[Value, ...], row: Row) -> tuple[Value, ...]:
        for arm in expr.arms:
            for values in arm.values:
                pairs = zip(subjects, values, strict=True)
                if all(value is None or (s is not None and s == value) for s, value in pairs):
                    return self.of(arm.value, row)
        return (None,) if expr.otherwise is None else self.of(expr.otherwise, row)

    def _operation(self, expr: x.Expr, row: Row) -> tuple[Value, ...]:
        """What follows from its operands."""
        if not isinstance(expr, _OPERATIONS):
            raise UnlistedError(_WHY.get(type(expr), "it is not made of plain values"))
        operands = [self.of(child, row) for child in children(expr)]
        return _limited(_apply(expr, values) for values in product(*operands))

    # --- functions ---------------------------------------------------------------------------

    def _call(self, call: x.Call, row: Row) -> tuple[Value, ...]:
        function = function_named(call.function, self._dataset.plugins)
        if call.site is not None:
            return self._drawn(function, call)
        constant = {p.name for p in function.parameters if p.constant}
        lists = {n: i for n, a in call.args if n in constant and (i := x.constant_items(a)) is not None}
        names = [name for name, _ in call.args if name not in lists]
        operands = [self.of(argument, row) for name, argument in call.args if name not in lists]
        run = _kernel(function, call, lists, self._dataset.locale)
        return _limited(run(dict(zip(names, values, strict=True))) for values in product(*operands))

    def _drawn(self, function: Function, call: x.Call) -> tuple[Value, ...]:
        """A draw from a small numbered domain."""
        constants = {name: a.value for name, a in call.args if isinstance(a, x.Const)}
        given = [name for name, _ in call.args]
        known = with_locale(constants, given, self._dataset.locale)
        size = None if function.domain is None or function.at is None else function.domain(known)
        bounded = call.low is not None or call.high is not None
        if size is None or function.at is None or bounded or len(constants) < len(given):
            raise UnlistedError(f"`{call.function}()` draws it, whose values cannot be listed")
        if size > MOST_VALUES:
            raise UnlistedError(f"`{call.function}()` has {size:,} values, and {MOST_VALUES} are the most")
        numbers = np.arange(size, dtype=np.int64)
        types = {name: a.type for name, a in call.args}
        locale = str(known.get("@locale", self._dataset.locale))
        invocation = Invocation(size, numbers, constants, call.type, locale, types=types)
        made = function.at(invocation, numbers)
        return _limited(_scalar(made, i) for i in range(size))


def _draws(expr: x.Expr) -> bool:
    return any(getattr(node, "site", None) is not None for node in walk_row(expr))


def _limited(values: Iterable[Value]) -> tuple[Value, ...]:
    found: dict[Value, None] = {}
    for value in values:
        found[value] = None
        if len(found) > MOST_VALUES:
            raise UnlistedError(f"it has more than {MOST_VALUES} values")
    return tuple(found)


def _each(parts: Iterable[tuple[Value, ...]]) -> tuple[Value, ...]:
    return _limited(value for part in parts for value in part)


def _of_pattern(pattern: str) -> tuple[Value, ...]:
    known = compile_regex(pattern)
    if known.size > MOST_VALUES:
        raise UnlistedError(f"the pattern matches {known.size:,} strings, and {MOST_VALUES} are the most")
    made = strings.plain(known.at(np.arange(known.size, dtype=np.int64)))
    return _limited(made.to_pylist())


def _kernel(
    function: Function, call: x.Call, lists: Mapping[str, tuple[x.Physical, ...]], locale: str
) -> Callable[[Mapping[str, Value]], Value]:
    """The function for one row."""
    if function.kernel is None:
        raise UnlistedError(f"`{call.function}()` looks at other rows")
    optional = {p.name for p in function.parameters if p.default is None}
    kernel = function.kernel
    types = {name: argument.type for name, argument in call.args}

    def run(arguments: Mapping[str, Value]) -> Value:
        plain: dict[str, x.Physical | None] = {}
        for name, value in arguments.items():
            if isinstance(value, tuple):
                raise UnlistedError("it is not made of plain values")
            if value is None and not function.handles_null and name not in optional:
                return None
            plain[name] = value
        where = plain.get(IN_LOCALE.name) if is_localized(function) else None
        invocation = Invocation(
            n=1,
            rows=np.zeros(1, dtype=np.int64),
            args=plain,
            result=call.type,
            locale=locale if where is None else str(where),
            types=types,
            lists=lists,
        )
        try:
            return _scalar(kernel(invocation), 0)
        except FunctionProblem as problem:
            raise UnlistedError(f"`{call.function}()` fails: {problem}") from problem

    return run


def _scalar(vector: Vector, at: int) -> x.Physical | None:
    """One physical value of a vector."""
    if vector.valid is not None and not bool(vector.valid[at]):
        return None
    match vector.data:
        case np.ndarray() as array if array.ndim == 1:
            found: x.Physical = array[at].item()
            return found
        case np.ndarray() as array:
            return bytes(array[at])
        case tuple() | Lists():
            raise UnlistedError("it is not made of plain values")
        case texts:
            text: x.Physical = texts[at].as_py()
            return text


# --- operations on single values ----------------------------------------------------------------

_OPERATIONS = (x.Unary, x.Arithmetic, x.Compare, x.Logic, x.IsNull, x.IsIn, x.Cast, x.Format)
_WHY: Final[Mapping[type, str]] = {
    x.PoolDraw: "its values are in a file",
    x.ListDraw: "it is a list",
    x.ListValue: "it is a list",
    x.StructValue: "it is a struct",
    x.FieldValue: "it is a field of a record",
}


def _apply(expr: x.Expr, values: tuple[Value, ...]) -> Value:
    match expr:
        case x.IsNull():
            return values[0] is None
        case x.Logic(op=op):
            return _logic(op, values[0], values[1])
    if any(value is None for value in values):
        return None
    if any(isinstance(value, tuple) for value in values):
        raise UnlistedError("it is not made of plain values")
    plain: list[x.Physical] = [v for v in values if v is not None and not isinstance(v, tuple)]
    match expr:
        case x.Unary(op=x.UnaryOp.NOT):
            return not plain[0]
        case x.Unary():
            return -plain[0] if isinstance(plain[0], (int, float)) else None
        case x.Compare(op=comparison):
            return _COMPARE[comparison](plain[0], plain[1])
        case x.IsIn():
            return plain[0] in plain[1:]
        case x.Arithmetic():
            return _arithmetic(expr, plain[0], plain[1])
        case x.Cast(type=target, operand=operand):
            return _cast(plain[0], operand.type, target)
        case x.Format(parts=parts):
            return "".join(_written(parts, iter(plain)))
    raise UnlistedError("it is not made of plain values")


_COMPARE: Final[Mapping[x.CompareOp, Callable[[x.Physical, x.Physical], bool]]] = {
    x.CompareOp.EQUAL: lambda a, b: a == b,
    x.CompareOp.NOT_EQUAL: lambda a, b: a != b,
    x.CompareOp.LESS: lambda a, b: a < b,  # type: ignore[operator]
    x.CompareOp.LESS_EQUAL: lambda a, b: a <= b,  # type: ignore[operator]
    x.CompareOp.GREATER: lambda a, b: a > b,  # type: ignore[operator]
    x.CompareOp.GREATER_EQUAL: lambda a, b: a >= b,  # type: ignore[operator]
}


def _logic(op: x.LogicOp, left: Value, right: Value) -> Value:
    decides = op is x.LogicOp.OR
    if left is decides or right is decides:
        return decides
    return None if left is None or right is None else not decides


def _arithmetic(expr: x.Arithmetic, left: x.Physical, right: x.Physical) -> x.Physical | None:
    """Integers, floats, decimals of one scale; instants and durations by whole numbers."""
    kinds = (expr.left.type, expr.right.type)
    if all(isinstance(kind, (t.Int, t.Float, t.Decimal)) for kind in kinds):
        return _numbers(expr, left, right)
    whole = isinstance(left, int) and isinstance(right, int)
    plain = all(isinstance(kind, (t.Timestamp, t.Duration)) for kind in (*kinds, expr.type))
    if whole and plain and expr.op in (x.ArithmeticOp.ADD, x.ArithmeticOp.SUBTRACT):
        return left + right if expr.op is x.ArithmeticOp.ADD else left - right  # type: ignore[operator]
    raise UnlistedError(f"it computes `{expr.op.value}` of {kinds[0]} and {kinds[1]}")


def _numbers(expr: x.Arithmetic, left: x.Physical, right: x.Physical) -> x.Physical | None:
    a, b = _number(left, expr.left.type), _number(right, expr.right.type)
    match expr.op:
        case x.ArithmeticOp.ADD:
            found = a + b  # type: ignore[operator]
        case x.ArithmeticOp.SUBTRACT:
            found = a - b  # type: ignore[operator]
        case x.ArithmeticOp.MULTIPLY:
            found = a * b  # type: ignore[operator]
        case x.ArithmeticOp.DIVIDE:
            return float(a) / float(b) if b else None
        case _ if not b:
            return None
        case _ if isinstance(a, int) and isinstance(b, int):
            quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
            found = quotient if expr.op is x.ArithmeticOp.FLOOR_DIVIDE else a - b * quotient
        case _:
            raise UnlistedError(f"it computes `{expr.op.value}` of {expr.left.type} and {expr.right.type}")
    match expr.type:
        case t.Float():
            return float(found)
        case t.Decimal(_, scale):
            return int(Decimal(found).scaleb(scale))
        case t.Int() if not t.INT.low <= found <= t.INT.high:
            raise UnlistedError(f"`{expr.op.value}` leaves the range of int")
        case _:
            return int(found)


def _number(value: x.Physical, kind: t.DataType) -> int | float | Decimal:
    assert isinstance(value, (int, float))
    return Decimal(int(value)).scaleb(-kind.scale) if isinstance(kind, t.Decimal) else value


def _cast(value: x.Physical, source: t.DataType, target: t.DataType) -> x.Physical:
    if isinstance(target, t.String) and not isinstance(source, t.String):
        return _text(value, source)
    found = fold(value, source, target)
    if found is None:
        raise UnlistedError(f"{show_value(value, source)} is no {target}")
    return found


def _text(value: x.Physical, kind: t.DataType) -> str:
    """The text of a value in an f-string."""
    match kind:
        case t.Bool():
            return "true" if value else "false"
        case t.Enum(_, members):
            return members[int(value)]
        case t.String() | t.Int():
            return str(value)
        case _:
            raise UnlistedError(f"it puts a {kind} into a text")


def _written(parts: tuple[str | x.FormatPart, ...], values: Iterator[x.Physical]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif part.spec:
            raise UnlistedError("it formats a value")
        else:
            yield _text(next(values), part.value.type)
