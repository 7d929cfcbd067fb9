"""Lists: written out, and drawn element by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from specdsl.datatypes import types as t
from specdsl.generate.expressions.distinct import distinct_elements
from specdsl.generate.expressions.operands import Evaluate, Operand, broadcast, is_null
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.vectors import selection
from specdsl.vectors.vector import Int64Array, Lists, Vector


def list_value(dtype: t.DataType, items: Sequence[Vector], n: int) -> Vector:
    """``[a, b]``: a list of as many elements as are written, in every row."""
    width = len(items)
    element = cast("t.List", dtype).item
    offsets = np.arange(n + 1, dtype=np.int64) * width
    first = np.arange(n, dtype=np.int64) * width
    merged = selection.merge(n * width, [(first + i, item) for i, item in enumerate(items)], element)
    return Vector(dtype, Lists(offsets, merged))


def draw_list(expr: ir.ListDraw, frame: Frame, evaluate: Evaluate) -> Vector:
    """A list of ``size`` elements, each drawn anew; null where the size is."""
    size = evaluate(expr.size, frame.sizing())
    if is_null(size):
        return selection.nulls(expr.type, frame.n)
    sizes = broadcast(size, frame.n)
    counts = sizes_of(sizes)
    elements = frame.elements(counts, expr.site)
    items = _items(expr, elements, counts, evaluate)
    return Vector(expr.type, Lists(selection.offsets_of(counts), items), sizes.valid)


def _items(expr: ir.ListDraw, elements: Frame, counts: Int64Array, evaluate: Evaluate) -> Vector:
    item = cast("t.List", expr.type).item
    if elements.n == 0:
        return selection.empty(item)
    if expr.distinct:
        elements = elements.ordinary()
        return selection.as_type(distinct_elements(expr.element, elements, counts, evaluate, expr.site), item)
    drawn: Operand = evaluate(expr.element, elements)
    return selection.as_type(broadcast(drawn, elements.n), item)


def sizes_of(sizes: Vector) -> Int64Array:
    """The sizes of lists, 0 where null."""
    counts = selection.array(sizes)
    if sizes.valid is not None:
        counts = np.where(sizes.valid, counts, 0)
    if counts.min(initial=0) < 0:
        raise ValueError("the checker lets no list size below 0 through")
    return counts
