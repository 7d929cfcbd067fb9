"""Expressions of the checked program over numpy and Arrow: one of its two backends (the other is SQL).

``evaluate`` is a table from node kinds to the functions that make their values. What depends on other
rows or tables is the frame's business.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from specdsl.datatypes import types as t
from specdsl.generate.expressions.arithmetic import arithmetic, negate
from specdsl.generate.expressions.branches import conditional, match
from specdsl.generate.expressions.calls import call
from specdsl.generate.expressions.casts import cast_to
from specdsl.generate.expressions.choices import choice
from specdsl.generate.expressions.comparison import compare, is_in
from specdsl.generate.expressions.different import different
from specdsl.generate.expressions.endings import ends_later
from specdsl.generate.expressions.formats import format_text
from specdsl.generate.expressions.json_documents import json_array, json_map, json_object, to_json
from specdsl.generate.expressions.lengths import free_text, length_checked
from specdsl.generate.expressions.lists import draw_list, list_value
from specdsl.generate.expressions.logic import logic, negation
from specdsl.generate.expressions.operands import Operand, Scalar, broadcast, is_null
from specdsl.generate.expressions.pools import draw_pool
from specdsl.generate.expressions.ranges import draw_range
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.randomness.regexset import compile_regex
from specdsl.vectors import selection
from specdsl.vectors.vector import Vector


def evaluate(expr: ir.Expr, frame: Frame) -> Vector:
    """The values of ``expr`` in the rows of ``frame``, ``frame.n`` of them and of the type ``expr.type``.

    Raises GenerationError (its table and column not filled in) where a value cannot be made.
    """
    return broadcast(operand(expr, frame), frame.n)


def operand(expr: ir.Expr, frame: Frame) -> Operand:
    """The same, where one constant may stand for all rows."""
    n = frame.n
    match expr:
        case ir.Const(type=dtype, value=value):
            return Scalar(dtype, value)
        case ir.ColumnValue(column=name):
            return frame.column(name)
        case ir.Ordinary(column=name):
            return frame.ordinary_column(name)
        case ir.VariantName():
            return frame.variant_name()
        case ir.RowNumber():
            return Vector(expr.type, frame.rows)
        case ir.GroupItem(group=group, index=index):
            return frame.group_item(group, index)
        case ir.ParentKey(reference=reference, column=name):
            return frame.parent_key(reference, name)
        case ir.DimensionValue():
            return frame.dimension_value()
        case ir.SourceValue(column=name):
            return frame.source_value(name)
        case ir.Follow():
            return _follow(expr, frame)
        case ir.Candidate(body=body):
            return operand(body, frame.candidate())
        case ir.FieldValue(base=base, field=field):
            return _field(evaluate(base, frame), field)
        case ir.RangeDraw(site=site, low=low, high=high):
            stream = frame.stream(site)
            return draw_range(stream, expr.type, expr.nullable, operand(low, frame), operand(high, frame), n)
        case ir.ChoiceDraw():
            return choice(expr, frame, operand)
        case ir.RegexDraw(site=site, pattern=pattern):
            return Vector(expr.type, compile_regex(pattern).draw(frame.stream(site)))
        case ir.PoolDraw():
            return draw_pool(expr, frame)
        case ir.ListDraw():
            return draw_list(expr, frame, operand)
        case ir.Different():
            return different(expr, frame, evaluate)
        case ir.Call():
            return call(expr, frame, operand)
        case ir.Unary(op=ir.UnaryOp.NEGATE, operand=inner):
            return negate(expr.type, operand(inner, frame), n)
        case ir.Unary(operand=inner):
            return negation(evaluate(inner, frame))
        case ir.Arithmetic(op=op, left=left, right=right):
            return arithmetic(op, expr.type, operand(left, frame), operand(right, frame), n)
        case ir.Compare(op=comparison, left=left, right=right):
            return compare(comparison, operand(left, frame), operand(right, frame), n)
        case ir.Logic(op=connective, left=left, right=right):
            return logic(connective, evaluate(left, frame), evaluate(right, frame))
        case ir.IsNull(operand=inner):
            return _is_null(operand(inner, frame), n)
        case ir.IsIn(operand=inner, items=items):
            return is_in(operand(inner, frame), [operand(item, frame) for item in items], n)
        case ir.Cast(operand=inner):
            return cast_to(operand(inner, frame), expr.type, n)
        case ir.If():
            return conditional(expr, frame, operand)
        case ir.Match():
            return match(expr, frame, operand)
        case ir.Format(parts=parts):
            values = [p if isinstance(p, str) else (operand(p.value, frame), p.spec) for p in parts]
            return format_text(values, expr.type, n)
        case ir.ListValue(items=items):
            return list_value(expr.type, [evaluate(item, frame) for item in items], n)
        case ir.StructValue(items=items) | ir.TupleValue(items=items):
            return _record(expr.type, [evaluate(item, frame) for item in items], n)
        case ir.StructFields(base=base, fields=fields):
            return _fields(expr.type, evaluate(base, frame), fields, n)
        case ir.LengthChecked(type=t.String() as bounds, operand=inner):
            return length_checked(evaluate(inner, frame), bounds)
        case ir.EndsLater(operand=inner, begin=begin):
            return ends_later(expr, frame, evaluate(inner, frame), evaluate(begin, frame))
        case ir.FreeText(type=t.String() as bounds, site=site, operand=inner):
            return free_text(evaluate(inner, frame), frame.stream(site), bounds)
        case ir.ToJson(operand=inner):
            return to_json(evaluate(inner, frame))
        case ir.JsonArray():
            return json_array(expr, frame, operand)
        case ir.JsonObject():
            return json_object(expr, frame, operand)
        case ir.JsonMap():
            return json_map(expr, frame, operand)
        case ir.Aggregate():
            return frame.aggregate(expr)
        case ir.IndexIn(reference=reference):
            return frame.index_in(reference)
        case ir.Running():
            return frame.running(expr)
        case ir.Neighbour():
            return frame.neighbour(expr)
        case ir.Split():
            return frame.split(expr)
        case ir.Fitted():
            return frame.fitted(expr)
        case ir.Rated():
            return frame.rated(expr)
        case ir.Retained():
            return frame.retained(expr)
        case ir.Dealt():
            return frame.dealt(expr)
        case _:
            raise TypeError(f"no such expression: {type(expr).__name__}")


def _follow(expr: ir.Follow, frame: Frame) -> Operand:
    """The body in the parents' rows; where there is no parent it is not evaluated (a forest ends there)."""
    parents, has_parent = frame.follow(expr.reference)
    if has_parent is None or has_parent.all():
        return operand(expr.body, parents)
    if isinstance(expr.body, ir.Const) and is_null(Scalar(expr.type, expr.body.value)):
        return Scalar(expr.type, None)
    positions = np.flatnonzero(has_parent)
    if len(positions) == 0:
        return selection.nulls(expr.type, frame.n)
    values = evaluate(expr.body, parents.take(positions))
    return selection.merge(frame.n, [(positions, values)], expr.type)


def _field(base: Vector, name: str) -> Vector:
    fields = cast("t.Struct", base.type).fields
    index = next(i for i, f in enumerate(fields) if f.name == name)
    return selection.mask(cast("tuple[Vector, ...]", base.data)[index], base.valid)


def _fields(dtype: t.DataType, base: Vector, names: tuple[str, ...], n: int) -> Vector:
    wanted = selection.item_types(dtype)
    items = [broadcast(cast_to(_field(base, f), to, n), n) for f, to in zip(names, wanted, strict=True)]
    return _record(dtype, items, n)


def _is_null(value: Operand, n: int) -> Operand:
    if isinstance(value, Scalar):
        return Scalar(t.BOOL, value.value is None)
    if value.valid is None:
        return Vector(t.BOOL, np.zeros(n, dtype=np.bool_))
    return Vector(t.BOOL, ~value.valid)


def _record(dtype: t.DataType, items: list[Vector], n: int) -> Vector:
    wanted = selection.item_types(dtype)
    typed = tuple(selection.as_type(v, w) for v, w in zip(items, wanted, strict=True))
    return Vector(dtype, typed, None if typed else np.ones(n, dtype=np.bool_))
