"""Roll-ups over the rows that refer to a row, by any number of hops.

Sums of integers and decimals are exact; sums of floats accumulate child by child in row order, so that
they are the same however the work is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.diagnostics.runtime import AggregateOverflow
from specdsl.generate import conditions
from specdsl.generate.children import groups, members
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.generate.rows import RowFrame
from specdsl.ir.expr import Aggregate, AggregateFunction, Hop
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Float64Array, Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine

_LIMIT = float(1 << 62)
_LISTED = 1 << 12  # parents at a time where all their children are listed


def aggregate(expr: Aggregate, frame: RowFrame) -> Vector:
    """The aggregate for each row of ``frame``. Raises GenerationError (DG578) when a sum does not fit."""
    engine = frame.rowset.over
    if engine.lists_children and frame.n > _LISTED:
        pieces = np.array_split(np.arange(frame.n, dtype=np.int64), -(-frame.n // _LISTED))
        return selection.merge(
            frame.n, [(piece, aggregate(expr, frame.take(piece))) for piece in pieces], expr.type
        )
    if expr.function is AggregateFunction.COUNT and expr.value is None and expr.where is None:
        return Vector(expr.type, _count_all(engine, expr.hops, frame.rows))
    match expr.function:
        case AggregateFunction.COUNT:
            return _count(expr, frame)
        case AggregateFunction.SUM:
            return _sum(expr, frame)
        case AggregateFunction.AVG:
            return _average(expr, frame)
        case AggregateFunction.FIRST | AggregateFunction.LAST:
            return _end(expr, frame)
        case AggregateFunction.MIN | AggregateFunction.MAX:
            return _extreme(expr, frame)


# --- the children --------------------------------------------------------------------------


def _reach(
    engine: Engine, hops: tuple[Hop, ...], rows: Int64Array
) -> Iterator[tuple[Int64Array, Int64Array]]:
    """(positions in ``rows``, rows of the last hop's table) that the hops lead to, in order, in pieces."""
    hop, rest = hops[0], hops[1:]
    for owners, children in members(groups(engine, hop.table, hop.reference, rows)):
        if not rest:
            yield owners, children
            continue
        for inner, found in _reach(engine, rest, children):
            yield np.take(owners, inner), found


def _candidates(expr: Aggregate, frame: RowFrame) -> Iterator[tuple[Int64Array, Int64Array, RowFrame]]:
    """(owner positions, child rows, pair frame) of the children that ``where`` keeps."""
    engine, table = frame.rowset.over, expr.hops[-1].table
    for owners, rows in _reach(engine, expr.hops, frame.rows):
        pairs = _pair(frame, owners, engine, table, rows)
        if expr.where is None:
            yield owners, rows, pairs
            continue
        keep = np.flatnonzero(conditions.is_true(expr.where, pairs))
        if len(keep):
            yield owners[keep], rows[keep], pairs.take(keep)


def _pair(frame: RowFrame, owners: Int64Array, engine: Engine, table: str, rows: Int64Array) -> RowFrame:
    rowset, at = engine.shared_rows(table, rows)
    candidate = RowFrame(rowset, at, rows.view(np.uint64), (table, "aggregated"))
    return frame.take(owners).with_candidate(candidate)


def _values(expr: Aggregate, frame: RowFrame) -> Iterator[tuple[Int64Array, Vector]]:
    """(owner positions, values) without nulls."""
    assert expr.value is not None
    for owners, _, pairs in _candidates(expr, frame):
        vector = evaluate(expr.value, pairs)
        if vector.valid is None or vector.valid.all():
            yield owners, selection.with_valid(vector, None)
        else:
            keep = np.flatnonzero(vector.valid)
            yield owners[keep], selection.with_valid(selection.take(vector, keep), None)


# --- functions -----------------------------------------------------------------------------


def _count_all(engine: Engine, hops: tuple[Hop, ...], rows: Int64Array) -> Int64Array:
    hop, rest = hops[0], hops[1:]
    found = groups(engine, hop.table, hop.reference, rows)
    if not rest:
        return found.counts
    out = np.zeros(len(rows), dtype=np.int64)
    for owners, children in members(found):
        np.add.at(out, owners, _count_all(engine, rest, children))
    return out


def _count(expr: Aggregate, frame: RowFrame) -> Vector:
    out = np.zeros(frame.n, dtype=np.int64)
    if expr.value is None:
        for owners, _, _ in _candidates(expr, frame):
            out += np.bincount(owners, minlength=frame.n)
    else:
        for owners, _ in _values(expr, frame):
            out += np.bincount(owners, minlength=frame.n)
    return Vector(expr.type, out)


def _sum(expr: Aggregate, frame: RowFrame) -> Vector:
    assert expr.value is not None
    if isinstance(expr.value.type, t.Float):
        total = np.zeros(frame.n, dtype=np.float64)
        for owners, vector in _values(expr, frame):
            np.add.at(total, owners, selection.array(vector))
        return Vector(expr.type, total)
    whole, _ = _exact_sum(expr, frame)
    return Vector(expr.type, whole)


def _exact_sum(expr: Aggregate, frame: RowFrame) -> tuple[Int64Array, Int64Array]:
    """Sums and counts of values held as integers."""
    total = np.zeros(frame.n, dtype=np.int64)
    rough = np.zeros(frame.n, dtype=np.float64)
    counts = np.zeros(frame.n, dtype=np.int64)
    for owners, vector in _values(expr, frame):
        data = selection.array(vector).astype(np.int64)
        np.add.at(total, owners, data)
        rough += np.bincount(owners, weights=np.abs(data.astype(np.float64)), minlength=frame.n)
        counts += np.bincount(owners, minlength=frame.n)
    if rough.max(initial=0.0) >= _LIMIT:
        worst = float(rough.max())
        raise GenerationError(
            lambda span: AggregateOverflow(span=span, function=expr.function.value, approximate=worst)
        )
    return total, counts


def _average(expr: Aggregate, frame: RowFrame) -> Vector:
    assert expr.value is not None
    if isinstance(expr.value.type, t.Float):
        total = np.zeros(frame.n, dtype=np.float64)
        counts = np.zeros(frame.n, dtype=np.int64)
        for owners, vector in _values(expr, frame):
            np.add.at(total, owners, selection.array(vector))
            counts += np.bincount(owners, minlength=frame.n)
        return Vector(expr.type, total / np.maximum(counts, 1), _some(counts))
    whole, counts = _exact_sum(expr, frame)
    if isinstance(expr.type, t.Float):
        scale = 10.0**expr.value.type.scale if isinstance(expr.value.type, t.Decimal) else 1.0
        mean: Float64Array = whole.astype(np.float64) / scale / np.maximum(counts, 1)
        return Vector(expr.type, mean, _some(counts))
    return Vector(expr.type, _divided(whole, np.maximum(counts, 1)), _some(counts))


def _divided(total: Int64Array, counts: Int64Array) -> Int64Array:
    """The quotient rounded half away from zero."""
    magnitude = np.abs(total)
    rounded: Int64Array = np.sign(total) * ((2 * magnitude + counts) // (2 * counts))
    return rounded


def _some(counts: Int64Array) -> BoolArray | None:
    valid: BoolArray = counts > 0
    return None if valid.all() else valid


def _end(expr: Aggregate, frame: RowFrame) -> Vector:
    """The value in the child with the least (largest) row number, null or not."""
    assert expr.value is not None
    first = expr.function is AggregateFunction.FIRST
    best = np.full(frame.n, np.iinfo(np.int64).max if first else -1, dtype=np.int64)
    for owners, rows, _ in _candidates(expr, frame):
        (np.minimum if first else np.maximum).at(best, owners, rows)
    has = (best != np.iinfo(np.int64).max) & (best >= 0)
    owners = np.flatnonzero(has)
    if not len(owners):
        return selection.nulls(expr.type, frame.n)
    pairs = _pair(frame, owners, frame.rowset.over, expr.hops[-1].table, best[owners])
    return selection.merge(frame.n, [(owners, evaluate(expr.value, pairs))], expr.type)


def _extreme(expr: Aggregate, frame: RowFrame) -> Vector:
    assert expr.value is not None
    if isinstance(expr.value.type, (t.String, t.Json, t.Bytes, t.Uuid)):
        return _extreme_by_rank(expr, frame)
    best: Any = None
    has = np.zeros(frame.n, dtype=np.bool_)
    least = expr.function is AggregateFunction.MIN
    for scattered, vector in _values(expr, frame):
        data = selection.array(vector)
        if best is None:
            best = np.zeros(frame.n, dtype=np.int8 if data.dtype == np.bool_ else data.dtype)
        order = np.argsort(scattered, kind="stable")
        owners, data = scattered[order], data[order].astype(best.dtype)
        starts = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]])) if len(owners) else order
        if not len(starts):
            continue
        found = (np.minimum if least else np.maximum).reduceat(data, starts)
        who = owners[starts]
        merged = (np.minimum if least else np.maximum)(found, best[who])
        best[who] = np.where(has[who], merged, found)
        has[who] = True
    if best is None:
        return selection.nulls(expr.type, frame.n)
    data = best.astype(selection.numpy_dtype(expr.type))
    return Vector(expr.type, data, None if has.all() else has)


def _extreme_by_rank(expr: Aggregate, frame: RowFrame) -> Vector:
    """Of values that numpy cannot compare: the best so far competes with each further piece."""
    best: tuple[Int64Array, Vector] | None = None
    for piece in _values(expr, frame):
        best = _first_of_each([piece] if best is None else [best, piece], expr.function)
    if best is None:
        return selection.nulls(expr.type, frame.n)
    return selection.merge(frame.n, [best], expr.type)


def _first_of_each(
    pieces: list[tuple[Int64Array, Vector]], function: AggregateFunction
) -> tuple[Int64Array, Vector]:
    """The best value of each owner."""
    owners = np.concatenate([p[0] for p in pieces])
    vector = selection.concat([p[1] for p in pieces], pieces[0][1].type)
    ranks = _ranks(vector)
    order = np.lexsort((ranks if function is AggregateFunction.MIN else -ranks, owners))
    owners = owners[order]
    firsts = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]])) if len(owners) else order
    return owners[firsts], selection.take(vector, order[firsts])


def _ranks(vector: Vector) -> Int64Array:
    """Numbers in the order of the values."""
    if isinstance(vector.type, t.Uuid):
        words = np.ascontiguousarray(selection.array(vector)).view(">u8").reshape(-1, 2)
        order = np.lexsort((words[:, 1], words[:, 0]))
    else:
        data: Any = vector.data
        if hasattr(data, "dictionary"):
            data = data.dictionary_decode()
        order = np.asarray(pc.sort_indices(data)).astype(np.int64)
    out = np.empty(len(order), dtype=np.int64)
    out[order] = np.arange(len(order), dtype=np.int64)
    return out
