"""Draws from pools: data files in memory."""

from __future__ import annotations

from typing import Any

from specdsl.datatypes import types as t
from specdsl.generate.frame import Frame, PoolRows
from specdsl.ir import expr as ir
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import Int64Array, Vector


def draw_pool(expr: ir.PoolDraw, frame: Frame) -> Vector:
    """A row of the pool by its weights: one column's value, or a tuple of several."""
    pool = frame.pool(expr.pool)
    return pool_values(pool, expr, pool.draw(frame.ordinary().stream(expr.site)))


def pool_values(pool: PoolRows, expr: ir.PoolDraw, rows: Int64Array) -> Vector:
    """What the draw gives for these rows of the pool."""
    if not isinstance(expr.type, t.Tuple):
        return _column(pool, expr.columns[0], expr.type, rows)
    items = tuple(
        _column(pool, name, dtype, rows) for name, dtype in zip(expr.columns, expr.type.items, strict=True)
    )
    return Vector(expr.type, items)


def _column(pool: PoolRows, name: str, dtype: t.DataType, rows: Int64Array) -> Vector:
    column = pool.column(name)
    text: Any = column.data
    if isinstance(column.type, (t.String, t.Json)) and not strings.is_dictionary(text):
        # A pool that is no larger than the batch serves as the dictionary.
        small = pool.rows <= len(rows)
        data = strings.dictionary(rows, text) if small else strings.take(text, rows)
        valid = None if column.valid is None else column.valid[rows]
        return Vector(dtype, data, valid)
    return selection.as_type(selection.take(column, rows), dtype)
