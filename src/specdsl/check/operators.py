"""Operators: arithmetic of numbers and of time, comparison, logic."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from specdsl.check import paths
from specdsl.check.conversions import DAY, as_decimal, cast, coerce, common_type, today
from specdsl.check.divisors import never_zero
from specdsl.check.nullness import where_not_true, where_true
from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.ir import expr as ir
from specdsl.syntax import tree

_COMPARE = {
    tree.BinaryOp.EQUAL: ir.CompareOp.EQUAL,
    tree.BinaryOp.NOT_EQUAL: ir.CompareOp.NOT_EQUAL,
    tree.BinaryOp.LESS: ir.CompareOp.LESS,
    tree.BinaryOp.LESS_EQUAL: ir.CompareOp.LESS_EQUAL,
    tree.BinaryOp.GREATER: ir.CompareOp.GREATER,
    tree.BinaryOp.GREATER_EQUAL: ir.CompareOp.GREATER_EQUAL,
}
_EQUALITY = {ir.CompareOp.EQUAL, ir.CompareOp.NOT_EQUAL}
_DIVISIONS = {ir.ArithmeticOp.DIVIDE, ir.ArithmeticOp.FLOOR_DIVIDE, ir.ArithmeticOp.MODULO}


def unary(scope: Scope, node: tree.Unary, hint: t.DataType | None) -> ir.Expr:
    """``-x`` and ``not x``."""
    if node.op is tree.UnaryOp.NOT:
        operand = condition(scope, node.operand, "the operand of `not`")
        return operand if poisoned(operand) else ir.Unary(t.BOOL, operand.nullable, ir.UnaryOp.NOT, operand)
    operand = scope.infer(node.operand, hint)
    if poisoned(operand):
        return operand
    if not (t.is_numeric(operand.type) or isinstance(operand.type, t.Duration)):
        scope.report(
            types.OperatorTypes(
                span=node.span,
                op="-",
                left="",
                right=str(operand.type),
                remedy="`-` goes with numbers and durations",
            )
        )
        return poison()
    if isinstance(operand, ir.Const) and isinstance(operand.value, (int, float)):
        return replace(operand, value=-operand.value)
    if isinstance(operand.type, t.Int):
        operand = cast(operand, t.INT)
    return ir.Unary(operand.type, operand.nullable, ir.UnaryOp.NEGATE, operand)


def condition(scope: Scope, node: tree.Expr, what: str) -> ir.Expr:
    """``node`` as a condition; anything but true or false is an error."""
    value = scope.infer(node, t.BOOL)
    if poisoned(value) or isinstance(value.type, t.Bool):
        return value
    if value.type == t.NULL:
        return ir.Const(t.BOOL, True, None)
    remedy = "compare it with something: `x == y`"
    if t.is_numeric(value.type):
        remedy = f"compare it: {scope.program.line_with(node.span, scope.text(node) + ' > 0')}"
    scope.report(types.ConditionNotBool(span=node.span, what=what, found=str(value.type), remedy=remedy))
    return poison()


def binary(scope: Scope, node: tree.Binary, hint: t.DataType | None) -> ir.Expr:
    """Any operator of two operands."""
    match node.op:
        case tree.BinaryOp.AND | tree.BinaryOp.OR:
            return _logic(scope, node)
        case tree.BinaryOp.IN | tree.BinaryOp.NOT_IN:
            return _membership(scope, node)
        case op if op in _COMPARE:
            return _comparison(scope, node, _COMPARE[op])
        case _:
            return _arithmetic(scope, node, hint)


def _logic(scope: Scope, node: tree.Binary) -> ir.Expr:
    what = f"an operand of `{node.op}`"
    links = [node]  # `a or b or c` is long, not deep
    while isinstance(links[-1].left, tree.Binary) and links[-1].left.op is node.op:
        links.append(links[-1].left)
    first = links[-1]
    literals = (tree.String, tree.Number, tree.Date)
    if node.op is tree.BinaryOp.OR and isinstance(first.left, literals) and isinstance(first.right, literals):
        line = scope.program.line_with(first.span, f"{scope.text(first.left)} | {scope.text(first.right)}")
        found = "string" if isinstance(first.left, tree.String) else scope.infer(first.left).type
        remedy = f"one of several values is drawn by `|`: {line}"
        scope.report(types.ConditionNotBool(span=first.left.span, what=what, found=str(found), remedy=remedy))
        return poison()
    left = condition(scope, first.left, what)
    knows = where_true if node.op is tree.BinaryOp.AND else where_not_true
    for link in reversed(links):
        right = condition(scope.knowing(knows(left)), link.right, what)
        if poisoned(left, right):
            left = poison()
        else:
            left = ir.Logic(t.BOOL, left.nullable or right.nullable, ir.LogicOp(node.op.value), left, right)
    return left


# --- comparison ----------------------------------------------------------------------------


def _comparison(scope: Scope, node: tree.Binary, op: ir.CompareOp) -> ir.Expr:
    if isinstance(node.left, tree.Null) or isinstance(node.right, tree.Null):
        return _null_test(scope, node, op)
    left, right = _pair(scope, node.left, node.right)
    if poisoned(left, right):
        return poison()
    return _compare(scope, node, op, left, right)


def _compare(scope: Scope, node: tree.Binary, op: ir.CompareOp, left: ir.Expr, right: ir.Expr) -> ir.Expr:
    shared = _comparable(left, right)
    if shared is None or (op not in _EQUALITY and not _has_order(shared)):
        found = (left.type, right.type) if shared is None else (shared, shared)
        scope.report(
            types.NotComparable(
                span=node.span,
                op=str(node.op),
                left=str(found[0]),
                right=str(found[1]),
                remedy=_comparison_help(scope, node, left, right),
            )
        )
        return poison()
    for side, tree_side in ((left, node.left), (right, node.right)):
        if isinstance(side, ir.Const) and isinstance(shared, (t.Enum, t.Uuid)) and side.type != shared:
            coerced = coerce(scope, side, shared, tree_side.span)
            if poisoned(coerced):
                return coerced
            if side is left:
                left = coerced
            else:
                right = coerced
    nullable = left.nullable or right.nullable
    return ir.Compare(t.BOOL, nullable, op, cast(left, shared), cast(right, shared))


def _comparable(left: ir.Expr, right: ir.Expr) -> t.DataType | None:
    """The type in which two values are compared."""
    for a, b in ((left, right), (right, left)):
        if isinstance(a.type, (t.Enum, t.Uuid)) and isinstance(b.type, t.String) and isinstance(b, ir.Const):
            return a.type
    shared = common_type(left.type, right.type)
    if isinstance(shared, (t.List, t.Struct, t.Tuple, t.Json, t.Null)):
        return None
    return shared


def _has_order(dtype: t.DataType) -> bool:
    return t.is_ordered(dtype) or isinstance(dtype, (t.String, t.Enum, t.Bool))


def _comparison_help(scope: Scope, node: tree.Binary, left: ir.Expr, right: ir.Expr) -> str:
    for side, other in ((node.right, left), (node.left, right)):
        enum = other.type
        if isinstance(side, tree.NameRef) and isinstance(enum, t.Enum) and side.name.text in enum.members:
            line = scope.program.line_with(side.span, f"{enum.name}.{side.name.text}")
            return f"`{side.name.text}` is a column here; for the member write {line}"
        if isinstance(side, tree.String) and (t.is_ordered(other.type) or isinstance(other.type, t.Bool)):
            return f"without the quotes: {scope.program.line_with(side.span, side.value)}"
        if isinstance(side, (tree.Number, tree.Date)) and isinstance(other.type, t.String):
            quoted = f'"{scope.text(side)}"'
            return f"with quotes: {scope.program.line_with(side.span, quoted)}"
        if isinstance(side, tree.Number) and isinstance(other.type, t.Duration):
            return f"with a unit: {scope.program.line_with(side.span, scope.text(side) + 'd')}"
        if isinstance(side, tree.Number) and isinstance(other.type, (t.Date, t.Timestamp)):
            day = f"{scope.text(side)}-01-01" if len(scope.text(side)) == 4 else "2025-01-31"
            return f"with a date: {scope.program.line_with(side.span, day)}"
    if isinstance(left.type, (t.List, t.Struct)):
        return "compare what is in it: a struct's field, for example"
    return "compare values of one type"


def _null_test(scope: Scope, node: tree.Binary, op: ir.CompareOp) -> ir.Expr:
    other = node.right if isinstance(node.left, tree.Null) else node.left
    if op not in _EQUALITY:
        written = scope.text(other)
        scope.report(
            types.NotComparable(
                span=node.span,
                op=str(node.op),
                left="null",
                right="null",
                remedy=f"ask whether it is null with `{written} == null` or `{written} != null`",
            )
        )
        return poison()
    operand = scope.infer(other)
    if poisoned(operand):
        return operand
    test: ir.Expr = ir.IsNull(t.BOOL, False, operand)
    return test if op is ir.CompareOp.EQUAL else ir.Unary(t.BOOL, False, ir.UnaryOp.NOT, test)


def _pair(scope: Scope, a: tree.Expr, b: tree.Expr) -> tuple[ir.Expr, ir.Expr]:
    """Both sides of a comparison; a side that only its neighbour gives a meaning to goes second."""
    if _leans(scope, a) and not _leans(scope, b):
        right = scope.infer(b)
        return literal_beside(scope, scope.infer(a, right.type), a, right.type), right
    left = scope.infer(a)
    right = literal_beside(scope, scope.infer(b, left.type), b, left.type)
    return literal_beside(scope, left, a, right.type), right


def _leans(scope: Scope, node: tree.Expr) -> bool:
    return not paths.binds(scope, node)


def literal_beside(scope: Scope, value: ir.Expr, node: tree.Expr, other: t.DataType) -> ir.Expr:
    """A literal with a point is a decimal next to decimals: ``value`` so retyped."""
    if (
        not isinstance(other, t.Decimal)
        or not isinstance(value, ir.Const)
        or not isinstance(value.type, t.Float)
    ):
        return value
    number = _literal(node)
    if number is None:
        return value
    exponent = number.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = number.scaleb(scale)
    if scale > 18 or abs(whole) >= 2**63:
        return value
    unscaled = int(whole)
    return ir.Const(t.Decimal(max(len(str(abs(unscaled))), scale, 1), scale), False, unscaled)


def _literal(node: tree.Expr) -> Decimal | None:
    match node:
        case tree.Number(value=value):
            return value
        case tree.Unary(op=tree.UnaryOp.NEGATE, operand=tree.Number(value=value)):
            return -value
        case _:
            return None


def _membership(scope: Scope, node: tree.Binary) -> ir.Expr:
    operand = scope.infer(node.left)
    found: ir.Expr
    match node.right:
        case tree.Range(low=low, high=high):
            found = _within(scope, node, operand, low, high)
        case tree.ListLiteral(items=items) | tree.TupleLiteral(items=items):
            found = _one_of(scope, node, operand, items)
        case tree.ErrorExpr():
            return poison()
        case other:
            written = scope.text(other)
            scope.report(
                types.SpecialForm(
                    span=other.span,
                    function=str(node.op),
                    why="takes a list or a range on its right",
                    remedy=f"write {scope.program.line_with(other.span, f'[{written}]')}",
                )
            )
            return poison()
    if poisoned(found) or node.op is tree.BinaryOp.IN:
        return found
    return ir.Unary(t.BOOL, found.nullable, ir.UnaryOp.NOT, found)


def _within(
    scope: Scope, node: tree.Binary, operand: ir.Expr, low: tree.Expr | None, high: tree.Expr | None
) -> ir.Expr:
    tests: list[ir.Expr] = []
    for op, end in ((ir.CompareOp.GREATER_EQUAL, low), (ir.CompareOp.LESS_EQUAL, high)):
        if end is None:
            continue
        bound = literal_beside(scope, scope.infer(end, operand.type), end, operand.type)
        if poisoned(operand, bound):
            return poison()
        step = tree.Binary(node.span, tree.BinaryOp(op.value), node.left, end, node.op_span)
        test = _compare(scope, step, op, operand, bound)
        if poisoned(test):
            return test
        tests.append(test)
    if not tests:
        return poison()
    if len(tests) == 1:
        return tests[0]
    nullable = tests[0].nullable or tests[1].nullable
    return ir.Logic(t.BOOL, nullable, ir.LogicOp.AND, tests[0], tests[1])


def _one_of(scope: Scope, node: tree.Binary, operand: ir.Expr, items: tuple[tree.Expr, ...]) -> ir.Expr:
    shared = operand.type
    values: list[tuple[ir.Expr, tree.Expr]] = []
    for item in items:
        value = literal_beside(scope, scope.infer(item, operand.type), item, operand.type)
        if poisoned(value):
            return value
        if value.type == t.NULL:
            scope.report(
                types.NotComparable(
                    span=item.span,
                    op=str(node.op),
                    left="null",
                    right="null",
                    remedy=f"ask for it apart: `{scope.text(node.left)} == null or ...`",
                )
            )
            return poison()
        values.append((value, item))
    if poisoned(operand):
        return operand
    out: list[ir.Expr] = []
    for value, item in values:
        both = _comparable(ir.Const(shared, False, None), value)
        if both is None or (isinstance(shared, t.Enum) and both == t.STRING):
            both = None if both is None else shared
        if both is None:
            scope.report(
                types.NotComparable(
                    span=item.span,
                    op=str(node.op),
                    left=str(shared),
                    right=str(value.type),
                    remedy="list values of one type",
                )
            )
            return poison()
        shared = both
    for value, item in values:
        coerced = coerce(scope, value, shared, item.span)
        if poisoned(coerced):
            return coerced
        out.append(coerced)
    nullable = operand.nullable or any(v.nullable for v in out)
    if not out:
        return ir.Const(t.BOOL, False, False)
    return ir.IsIn(t.BOOL, nullable, cast(operand, shared), tuple(out))


# --- arithmetic ----------------------------------------------------------------------------


def _arithmetic(scope: Scope, node: tree.Binary, hint: t.DataType | None) -> ir.Expr:
    op = ir.ArithmeticOp(node.op.value)
    time_hint = hint if isinstance(hint, (t.Timestamp, t.Date)) else None
    left = scope.infer(node.left, time_hint)
    if isinstance(hint, t.Date) and isinstance(node.left, tree.NameRef):
        left = today(left)
    right = scope.infer(node.right)
    if poisoned(left, right):
        return poison()
    left = literal_beside(scope, left, node.left, right.type)
    right = literal_beside(scope, right, node.right, left.type)
    found = _of_numbers(scope, op, left, right) or _of_time(scope, op, left, right, hint)
    if found is None:
        scope.report(
            types.OperatorTypes(
                span=node.span,
                op=str(node.op),
                left=str(left.type),
                right=str(right.type),
                remedy=_arithmetic_help(scope, node, left.type, right.type),
            )
        )
        return poison()
    return folded(found)


def _of_numbers(scope: Scope, op: ir.ArithmeticOp, left: ir.Expr, right: ir.Expr) -> ir.Arithmetic | None:
    a, b = left.type, right.type
    if not (t.is_numeric(a) and t.is_numeric(b)):
        return None
    result: t.DataType
    if op is ir.ArithmeticOp.DIVIDE or t.FLOAT in (a, b) or t.Float(32) in (a, b):
        return _made(scope, op, t.FLOAT, cast(left, t.FLOAT), cast(right, t.FLOAT))
    if isinstance(a, t.Int) and isinstance(b, t.Int):
        return _made(scope, op, t.INT, cast(left, t.INT), cast(right, t.INT))
    if op is ir.ArithmeticOp.FLOOR_DIVIDE:
        return _made(scope, op, t.FLOAT, cast(left, t.FLOAT), cast(right, t.FLOAT))
    left, right = cast(left, _decimal_of(left)), cast(right, _decimal_of(right))
    a, b = left.type, right.type
    assert isinstance(a, t.Decimal)
    assert isinstance(b, t.Decimal)
    if op is ir.ArithmeticOp.MULTIPLY:
        if a.scale + b.scale > 18:
            return _made(scope, op, t.FLOAT, cast(left, t.FLOAT), cast(right, t.FLOAT))
        result = t.Decimal(min(38, a.precision + b.precision), a.scale + b.scale)
        return _made(scope, op, result, left, right)
    scale = max(a.scale, b.scale)
    if op is ir.ArithmeticOp.MODULO:
        shared = common_type(a, b)
        assert shared is not None
        return _made(scope, op, shared, cast(left, shared), cast(right, shared))
    result = t.Decimal(min(38, max(a.precision - a.scale, b.precision - b.scale) + scale + 1), scale)
    return _made(scope, op, result, left, right)


def _decimal_of(expr: ir.Expr) -> t.DataType:
    """The decimal type for an operand: as small as a constant allows."""
    if isinstance(expr.type, t.Int) and isinstance(expr, ir.Const) and expr.value is not None:
        return t.Decimal(len(str(abs(int(expr.value)))), 0)
    return as_decimal(expr.type)


def _of_time(
    scope: Scope, op: ir.ArithmeticOp, left: ir.Expr, right: ir.Expr, hint: t.DataType | None
) -> ir.Arithmetic | None:
    add, subtract = op is ir.ArithmeticOp.ADD, op is ir.ArithmeticOp.SUBTRACT
    match left.type, right.type:
        case ((t.Timestamp() | t.Date() | t.Time()), t.Duration()) if add or subtract:
            base = _instant(left, right, hint)
            return _made(scope, op, base.type, base, right)
        case t.Duration(), (t.Timestamp() | t.Date() | t.Time()) if add:
            base = _instant(right, left, hint)
            return _made(scope, op, base.type, base, left)
        case ((t.Timestamp() | t.Date()), (t.Timestamp() | t.Date())) if subtract:
            shared = common_type(left.type, right.type)
            assert shared is not None
            return _made(scope, op, t.DURATION, cast(left, shared), cast(right, shared))
        case (t.Time(), t.Time()) if subtract:
            return _made(scope, op, t.DURATION, left, right)
        case t.Duration(), t.Duration() if add or subtract:
            return _made(scope, op, t.DURATION, left, right)
        case t.Duration(), t.Duration() if op is ir.ArithmeticOp.DIVIDE:
            return _made(scope, op, t.FLOAT, left, right)
        case t.Duration(), (t.Int() | t.Float() | t.Decimal()) if op in (
            ir.ArithmeticOp.MULTIPLY,
            ir.ArithmeticOp.DIVIDE,
        ):
            return _made(scope, op, t.DURATION, left, _factor(right))
        case ((t.Int() | t.Float() | t.Decimal()), t.Duration()) if op is ir.ArithmeticOp.MULTIPLY:
            return _made(scope, op, t.DURATION, right, _factor(left))
        case _:
            return None


def _factor(expr: ir.Expr) -> ir.Expr:
    return cast(expr, t.INT) if isinstance(expr.type, t.Int) else cast(expr, t.FLOAT)


def _instant(base: ir.Expr, duration: ir.Expr, hint: t.DataType | None) -> ir.Expr:
    """A date becomes a timestamp where a time of day would be lost otherwise."""
    if not isinstance(base.type, t.Date):
        return base
    odd = isinstance(duration, ir.Const) and isinstance(duration.value, int) and duration.value % DAY != 0
    return cast(base, t.TIMESTAMP) if odd or isinstance(hint, t.Timestamp) else base


def _made(
    scope: Scope, op: ir.ArithmeticOp, result: t.DataType, left: ir.Expr, right: ir.Expr
) -> ir.Arithmetic:
    nullable = left.nullable or right.nullable
    if op in _DIVISIONS and not nullable:
        nullable = not never_zero(scope.program, scope.table, right)
    return ir.Arithmetic(result, nullable, op, left, right)


def folded(node: ir.Arithmetic) -> ir.Expr:
    """The constant that arithmetic of two integer or duration constants gives."""
    left, right = node.left, node.right
    if not (isinstance(left, ir.Const) and isinstance(right, ir.Const)):
        return node
    if left.type != node.type or not isinstance(node.type, (t.Int, t.Duration, t.Timestamp)):
        return node
    a, b = left.value, right.value
    if not (isinstance(a, int) and isinstance(b, int)):
        return node
    match node.op:
        case ir.ArithmeticOp.ADD:
            value = a + b
        case ir.ArithmeticOp.SUBTRACT:
            value = a - b
        case ir.ArithmeticOp.MULTIPLY:
            value = a * b
        case _:
            return node
    if not t.INT.low <= value <= t.INT.high:
        return node
    if isinstance(left, ir.Moving) or isinstance(right, ir.Moving):
        return ir.Moving(node.type, False, value, node)
    return ir.Const(node.type, False, value)


def _fallback(op: tree.BinaryOp) -> str:
    """What an operator applies to."""
    if op is tree.BinaryOp.ADD:
        return "`+` goes with two numbers, two durations, or a point in time and a duration"
    if op is tree.BinaryOp.SUBTRACT:
        return "`-` goes with two numbers, two durations, two points in time, or one and a duration"
    return f"`{op}` goes with two numbers" + (
        ", or a duration and a number" if op in (tree.BinaryOp.MULTIPLY, tree.BinaryOp.DIVIDE) else ""
    )


def _arithmetic_help(scope: Scope, node: tree.Binary, left: t.DataType, right: t.DataType) -> str:
    moment = (t.Timestamp, t.Date, t.Time)
    line = scope.program.line_with
    if isinstance(left, moment) and t.is_numeric(right) and isinstance(node.right, tree.Number):
        return f"a duration has a unit: {line(node.right.span, scope.text(node.right) + 'd')}"
    if isinstance(left, (t.String, t.Enum)) and node.op is tree.BinaryOp.ADD:
        return "texts are joined in an f-string: " + line(node.span, _joined(scope, node))
    if isinstance(right, (t.String, t.Enum)) and node.op is tree.BinaryOp.ADD:
        return "texts are joined in an f-string: " + line(node.span, _joined(scope, node))
    return _fallback(node.op)


def _joined(scope: Scope, node: tree.Binary) -> str:
    def part(side: tree.Expr) -> str:
        return side.value if isinstance(side, tree.String) else "{" + scope.text(side) + "}"

    return f'f"{part(node.left)}{part(node.right)}"'
