"""Uniform draws from ``low .. high``, both ends included."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.diagnostics.evaluation import RangeUpsideDown
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.arithmetic import round_to_width
from specdsl.generate.expressions.failures import first, text_at
from specdsl.generate.expressions.operands import Operand, is_null, numbers, validity, where_valid
from specdsl.randomness.edges import EdgeStream
from specdsl.randomness.streams import Stream
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Float64Array, UInt64Array, Vector


def draw_range(
    stream: Stream, dtype: t.DataType, nullable: bool, low: Operand, high: Operand, n: int
) -> Vector:
    """Values of an ordered type. A row whose low end is above its high end is null if the column may be,
    else a GenerationError."""
    if is_null(low) or is_null(high):
        return selection.nulls(dtype, n)
    valid = filled(dtype, nullable, low, high)
    a, b = numbers(low), numbers(high)
    if isinstance(dtype, t.Float):
        values = _floats(stream, a, b, dtype)
    elif (sizes := domain_sizes(a, b, n)) is None:
        values = stream.bits().view(selection.numpy_dtype(dtype))
    else:
        values = _shifted(stream.below(sizes), a)
    if isinstance(stream, EdgeStream):
        values = stream.ends(values, a, b)
    return Vector(dtype, values, valid)


def filled(dtype: t.DataType, nullable: bool, low: Operand, high: Operand) -> BoolArray | None:
    """The rows whose range has a value."""
    valid = validity(low, high)
    upside_down = np.atleast_1d(numbers(low) > numbers(high))
    row = first(upside_down, valid)
    if row is None:
        return valid
    if not nullable:
        a, b = text_at(low, row), text_at(high, row)
        count = int(np.count_nonzero(where_valid(upside_down, valid)))
        raise GenerationError(lambda span: RangeUpsideDown(span=span, low=a, high=b, rows=count))
    return selection.both(valid, ~upside_down)


def domain_sizes(low: NDArray[Any], high: NDArray[Any], n: int) -> int | UInt64Array | None:
    """How many values each range has, at least 1: a number for all rows, or uint64 (n,); None when one
    range is all 64 bits."""
    if low.ndim == 0 and high.ndim == 0:
        size = int(high) - int(low) + 1
        return None if size >= 1 << 64 else max(1, size)
    sizes: UInt64Array = high.astype(np.uint64) - low.astype(np.uint64)  # modulo 2**64, as it should be
    sizes = np.where(low > high, np.uint64(0), sizes)
    if bool((sizes == np.uint64(2**64 - 1)).any()):
        return None
    sizes += np.uint64(1)
    return np.broadcast_to(sizes, (n,))


def _shifted(offsets: NDArray[np.int64], low: NDArray[Any]) -> NDArray[Any]:
    """``low + offset`` in the type of ``low``; offsets of 2**63 and more have wrapped and wrap back."""
    out = offsets.view(low.dtype)
    out += low
    return out


def _floats(stream: Stream, low: Float64Array, high: Float64Array, dtype: t.Float) -> Float64Array:
    """A mean of the ends weighted by a uniform draw, so that no difference can overflow."""
    weight = stream.uniform()
    out = weight * high
    np.subtract(1.0, weight, out=weight)
    weight *= low
    out += weight
    out = round_to_width(out, dtype)
    np.maximum(out, low, out=out)
    np.minimum(out, high, out=out)
    return out
