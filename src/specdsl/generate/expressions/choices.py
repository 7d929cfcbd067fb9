"""Weighted choices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.generate.expressions.branches import merge_branches
from specdsl.generate.expressions.operands import Evaluate, Operand, broadcast
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.randomness.edges import HIGH, LOW, EdgeStream
from specdsl.randomness.permutation import Permutation
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import Int64Array, UInt64Array, Vector

_FEW = 8
_BLOCK = 1 << 15


def choice(expr: ir.ChoiceDraw, frame: Frame, evaluate: Evaluate) -> Operand:
    """One of the arms for each row. Constant arms come out as codes into a table (strings: as a
    dictionary); others are evaluated only in the rows that take them."""
    stream = frame.stream(expr.site)
    shares = tuple(arm.share for arm in expr.arms)
    if expr.exact:
        first = frame.first_row
        stream = stream.substream(f"batch from {first}") if first else stream
        codes = exact_arms(stream, shares, frame.rows - first, frame.row_count - first)
    elif isinstance(stream, EdgeStream):
        codes = _edge_arms(stream, shares)
    else:
        codes = draw_arms(stream.bits(), shares)
    return value_of_arms(codes, [arm.value for arm in expr.arms], expr.type, frame, evaluate)


def value_of_arms(
    codes: NDArray[Any], values: Sequence[ir.Expr], dtype: t.DataType, frame: Frame, evaluate: Evaluate
) -> Operand:
    """The value of arm ``codes[i]`` in row i; tuples item by item."""
    if isinstance(dtype, t.Tuple) and all(isinstance(v, ir.TupleValue) for v in values):
        tuples = cast("Sequence[ir.TupleValue]", values)
        items = tuple(
            broadcast(value_of_arms(codes, [v.items[i] for v in tuples], item, frame, evaluate), frame.n)
            for i, item in enumerate(dtype.items)
        )
        return Vector(dtype, items)
    return merge_branches(codes, values, dtype, frame, evaluate)


def draw_arms(bits: UInt64Array, shares: tuple[float, ...]) -> NDArray[Any]:
    """The number of an arm for each of the uniform 64 random bits."""
    if len(shares) > _FEW:
        return table_of(shares).draw(bits)
    out = np.zeros(len(bits), dtype=np.int8)
    passed = np.empty(min(_BLOCK, len(bits)), dtype=np.bool_)
    limits = thresholds(shares)
    for start in range(0, len(bits), _BLOCK):
        block = bits[start : start + _BLOCK]
        codes = out[start : start + _BLOCK]
        over = passed[: len(block)]
        for limit in limits:
            np.greater(block, limit, out=over)
            codes += over.view(np.int8)
    return out


def _edge_arms(stream: EdgeStream, shares: tuple[float, ...]) -> NDArray[Any]:
    """Arms in edge rows: one of the rarest at the low end, any that can be at the high end, all equally
    likely there."""
    ordinary = Stream(stream.key, stream.addresses)
    codes = draw_arms(ordinary.bits(), shares)
    possible = np.flatnonzero(np.array(shares) > 0)
    rarest = possible[np.array(shares)[possible] == min(shares[i] for i in possible)]
    for place, arms in ((LOW, rarest), (HIGH, possible)):
        rows = np.flatnonzero(stream.places == place)
        codes[rows] = arms[ordinary.take(rows).below(len(arms), 1)]
    return codes


@lru_cache(maxsize=512)
def table_of(shares: tuple[float, ...]) -> InverseTable:
    """The look-up table for many arms."""
    return InverseTable.from_weights(np.array(shares))


@lru_cache(maxsize=512)
def thresholds(shares: tuple[float, ...]) -> tuple[np.uint64, ...]:
    """The largest bits that still give arm k, of all arms but the last. Where rounding leaves nothing
    for an arm of share 0 it shares the bits 0 with the first."""
    total = 0.0
    out = []
    for share in shares[:-1]:
        total += share
        out.append(np.uint64(max(0, min(int(total * 2.0**64), 1 << 64) - 1)))
    return tuple(out)


def exact_arms(stream: Stream, shares: tuple[float, ...], rows: Int64Array, row_count: int) -> NDArray[Any]:
    """Arms dealt out so that each comes as often in the whole table as its share says."""
    counts = largest_remainder(shares, row_count)
    dealt = Permutation(stream.key, row_count).at(rows)
    return np.searchsorted(np.cumsum(counts), dealt, side="right")


def largest_remainder(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers that add up to ``total``, each its share of it rounded down or up (Hamilton's
    method); ties go to the earlier arm."""
    quotas = [share * total for share in shares]
    counts = [int(q) for q in quotas]
    order = sorted(range(len(shares)), key=lambda i: (counts[i] - quotas[i], i))
    for i in order[: max(0, total - sum(counts))]:
        counts[i] += 1
    surplus = sum(counts) - total
    for i in reversed(order):  # floating shares may total a hair above 1
        if surplus <= 0:
            break
        taken = min(surplus, counts[i])
        counts[i] -= taken
        surplus -= taken
    return counts
