"""Sharing a parent's amount out among its children, exact to the unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.diagnostics.runtime import NegativeWeight
from specdsl.generate.children import whole_groups
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.generate.rows import RowSet
from specdsl.ir.expr import Split
from specdsl.vectors import selection
from specdsl.vectors.vector import Float64Array, Int64Array, Vector


def split(expr: Split, rows: RowSet) -> Vector:
    """Each row's part: the difference of the rounded cumulative amounts before and after it. Null
    without a parent. Raises GenerationError (DG579) for a negative weight."""
    found = whole_groups(rows, expr.reference)
    everyone, starts, group = found.rows, found.starts, found.group
    positions = np.flatnonzero(found.mine >= 0)
    if not len(positions):
        return selection.nulls(expr.type, rows.n)
    frame = everyone.frame("", (rows.table.name, "split"))
    amount = evaluate(expr.amount, frame)
    weights = _weights(evaluate(expr.weight, frame), expr)
    shares = _cumulative_shares(weights, starts, group)
    amounts = selection.array(amount)
    parts: NDArray[Any]
    if isinstance(expr.type, t.Float):
        parts = amounts * shares[1] - amounts * shares[0]
    else:
        parts = _rounded(amounts, shares[1]) - _rounded(amounts, shares[0])
    mine = found.mine[positions]
    valid = None if amount.valid is None else amount.valid[mine]
    if len(positions) == rows.n:
        return Vector(expr.type, parts[mine], valid)
    return selection.merge(rows.n, [(positions, Vector(expr.type, parts[mine], valid))], expr.type)


def _weights(vector: Vector, expr: Split) -> Float64Array:
    """float64; null counts as 0."""
    data: Float64Array = selection.array(vector).astype(np.float64)
    if isinstance(vector.type, t.Decimal):
        data = data / 10.0**vector.type.scale
    if vector.valid is not None:
        data = np.where(vector.valid, data, 0.0)
    if data.min(initial=0.0) < 0:
        worst = float(data.min())
        raise GenerationError(
            lambda span: NegativeWeight(span=span, weight=worst, what=f"a row of `{expr.reference}`'s split")
        )
    return data


def _cumulative_shares(
    weights: Float64Array, starts: Int64Array, group: Int64Array
) -> tuple[Float64Array, Float64Array]:
    """For each row the share of its group up to it, without it and with it: from 0 to 1."""
    before, after = np.empty_like(weights), np.empty_like(weights)
    sizes = np.diff(starts)
    totals = np.zeros(len(sizes))
    np.add.at(totals, group, weights)
    weights = np.where(totals[group] > 0, weights, 1.0)
    totals = np.where(totals > 0, totals, sizes)
    # Group by group: running sums must begin anew, and in the same order on every machine.
    running = np.zeros(len(sizes))
    places = np.arange(len(weights), dtype=np.int64) - starts[group]
    longest = int(sizes.max(initial=0))
    if longest * 8 < len(weights) or longest < 64:
        order = np.argsort(places, kind="stable")
        ends = np.searchsorted(places[order], np.arange(longest + 1))
        for place in range(longest):
            at = order[ends[place] : ends[place + 1]]
            owners = group[at]
            before[at] = running[owners]
            running[owners] += weights[at]
            after[at] = running[owners]
    else:
        for number in range(len(sizes)):
            part = slice(int(starts[number]), int(starts[number + 1]))
            after[part] = np.cumsum(weights[part])
            before[part] = np.concatenate([[0.0], after[part][:-1]])
    total = totals[group]
    last = places == sizes[group] - 1
    return before / total, np.where(last, 1.0, np.minimum(after / total, 1.0))


def _rounded(amounts: Int64Array, share: Float64Array) -> Int64Array:
    """``amount * share`` rounded half away from zero; exactly the amount where the share is 1."""
    product = amounts.astype(np.float64) * share
    out = np.trunc(product + np.copysign(0.5, product)).astype(np.int64)
    return np.where(share >= 1.0, amounts, out)
