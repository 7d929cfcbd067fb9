"""Which parents a row may refer to: a range of positions, by arithmetic or in an index over the parents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from specdsl.generate import conditions
from specdsl.generate.changed import Alive
from specdsl.generate.evaluate import evaluate
from specdsl.generate.hashing import combined
from specdsl.generate.rows import RowFrame
from specdsl.generate.sorted_rows import Keyed, SortedRows, sort_rows
from specdsl.generate.storage import LongArray, bisect
from specdsl.ir.expr import Candidate, CompareOp, Follow, RowNumber
from specdsl.plan.model import OrderBound, ReferencePlan, WherePlan, reference_unit
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine
    from specdsl.generate.rows import RowSet


@dataclass(frozen=True, slots=True)
class Eligible:
    """For each row the parents at positions ``low .. high - 1``. ``index`` gives the row number at a
    position (None: the position itself). ``first .. last - 1`` are the positions before orders narrowed
    them: the parents among which skew makes some popular."""

    low: Int64Array
    high: Int64Array
    first: Int64Array
    last: Int64Array
    index: LongArray | Alive | None

    def rows(self, positions: Int64Array) -> Int64Array:
        """The row numbers at ``positions``."""
        return positions if self.index is None else self.index.gather(positions)

    def take(self, at: Int64Array) -> Eligible:
        """The same for some of the rows."""
        low, high, first, last = (np.take(x, at) for x in (self.low, self.high, self.first, self.last))
        return Eligible(low, high, first, last, self.index)


def eligible(rows: RowSet, plan: ReferencePlan) -> Eligible:
    """The parents that each row may refer to, the residual condition aside."""
    reference, where, n = plan.reference, plan.where, rows.n
    engine = rows.engine
    frame = rows.frame(reference_unit(reference.name), (rows.table.name, reference.name, "where"))
    least, end, alive = engine.eligible(plan)
    low = np.full(n, least, dtype=np.int64)
    high = np.full(n, end, dtype=np.int64)
    positions: LongArray | Alive | None = alive
    by_children = _children_of(engine, reference.table, where)
    if by_children is not None:
        low, high = _each_range(engine, reference.table, by_children, evaluate(where.keys[0].row, frame))
        positions = None
    elif where.indexed:
        index = _index(engine, plan)
        positions = index.rows
        low, high = _find(index, where, frame)
    first, last = low, high
    if positions is None or isinstance(positions, Alive):
        for bound in where.row_bounds:
            low, high = _narrow_rows(low, high, bound, evaluate(bound.row, frame), positions)
    else:
        assert where.indexed
        index = _index(engine, plan)
        for bound in where.order_bounds:
            assert index.order is not None or len(index.rows) == 0
            low, high = _narrow(index.order, low, high, bound, evaluate(bound.row, frame))
        for bound in where.row_bounds:
            low, high = _narrow(index.rows, low, high, bound, evaluate(bound.row, frame))
        if where.latest:
            low = np.maximum(low, high - 1)
    for condition in where.row_conditions:
        high = np.where(conditions.is_true(condition, frame), high, low)
    return Eligible(low, np.maximum(low, high), first, last, positions)


def _index(engine: Engine, plan: ReferencePlan) -> SortedRows:
    table = plan.reference.table
    return engine.parent_index(table, plan.where, engine.first_parent(plan), engine.last_parent(plan))


def _find(index: SortedRows, where: WherePlan, frame: RowFrame) -> tuple[Int64Array, Int64Array]:
    if not where.keys:
        low = np.zeros(frame.n, dtype=np.int64)
        return low, np.full(frame.n, len(index.rows), dtype=np.int64)
    codes, valid = combined([evaluate(pair.row, frame) for pair in where.keys])
    low, high = index.find(codes)
    return low, high if valid is None else np.where(valid, high, low)


def _narrow(
    values: LongArray | None, low: Int64Array, high: Int64Array, bound: OrderBound, target: Vector
) -> tuple[Int64Array, Int64Array]:
    """The part of ``low .. high`` that keeps ``bound``; empty where the target is null."""
    if values is None:
        return low, low
    goal: NDArray[Any] = selection.array(target)
    match bound.op:
        case CompareOp.LESS:
            high = bisect(values, low, np.maximum(low, high), goal, right=False)
        case CompareOp.LESS_EQUAL:
            high = bisect(values, low, np.maximum(low, high), goal, right=True)
        case CompareOp.GREATER:
            low = bisect(values, low, np.maximum(low, high), goal, right=True)
        case _:
            low = bisect(values, low, np.maximum(low, high), goal, right=False)
    return low, _where_valid(target.valid, high, low)


def _narrow_rows(
    low: Int64Array, high: Int64Array, bound: OrderBound, target: Vector, alive: Alive | None
) -> tuple[Int64Array, Int64Array]:
    """The same where positions are row numbers, or ranks among the rows that are left."""
    goal: Int64Array = selection.array(target)
    if bound.op in (CompareOp.LESS_EQUAL, CompareOp.GREATER):
        goal = goal + 1
    if alive is not None:
        goal = alive.rank(goal)
    if bound.op in (CompareOp.LESS, CompareOp.LESS_EQUAL):
        high = np.minimum(high, goal)
    else:
        low = np.maximum(low, goal)
    return low, _where_valid(target.valid, high, low)


def _where_valid(valid: BoolArray | None, high: Int64Array, low: Int64Array) -> Int64Array:
    return high if valid is None else np.where(valid, high, low)


# --- parents that are themselves children of one row ---------------------------------------


def _children_of(engine: Engine, parent: str, where: WherePlan) -> str | None:
    """The ``each`` reference of ``parent`` whose groups answer the condition without an index
    (``.tenant_id == tenant_id`` where tenants have users each)."""
    if where.filters or where.order is not None or len(where.keys) != 1 or engine.start(parent):
        return None
    match where.keys[0].candidate:
        case Candidate(body=Follow(reference=name, body=RowNumber())):
            found = engine.plan.tables[parent].table.references[name]
            if found.each is not None and engine.dimensions(parent).contiguous(name):
                return name
    return None


def _each_range(engine: Engine, parent: str, reference: str, rows: Vector) -> tuple[Int64Array, Int64Array]:
    owners: Int64Array = selection.array(rows)
    valid = rows.valid
    if engine.row_count(parent) == 0:
        return np.zeros(len(owners), dtype=np.int64), np.zeros(len(owners), dtype=np.int64)
    owners = owners if valid is None else np.where(valid, owners, 0)
    distinct, inverse = np.unique(owners, return_inverse=True)
    groups = engine.dimensions(parent).groups(reference, distinct)
    each = np.arange(len(distinct), dtype=np.int64)
    starts = groups.rows(each, np.zeros(len(distinct), dtype=np.int64))
    low = starts[inverse]
    return low, _where_valid(valid, low + groups.counts[inverse], low)


# --- the index -----------------------------------------------------------------------------


def build_index(engine: Engine, parent: str, where: WherePlan, first: int, stop: int) -> SortedRows:
    """The rows ``first .. stop - 1`` of ``parent`` that satisfy the filters, by the hash of the keys, then by
    the order."""

    def keyed(rows: Int64Array) -> Keyed:
        rowset = engine.rowset(parent, rows)
        frame = rowset.frame("", (parent, "candidate"))
        frame = frame.with_candidate(frame)
        left = engine.alive(parent)
        keep: BoolArray | None = None if left is None else left.has(rows)
        for condition in where.filters:
            keep = selection.both(keep, conditions.is_true(condition, frame))
        codes = np.zeros(len(rows), dtype=np.uint64)
        if where.keys:
            codes, valid = combined([evaluate(pair.candidate, frame) for pair in where.keys])
            keep = selection.both(keep, valid)
        order = None
        if where.order is not None:
            vector = evaluate(where.order, frame)
            order = selection.array(vector)
            keep = selection.both(keep, vector.valid)
        return Keyed(codes, order, keep)

    return sort_rows(stop, keyed, engine.temp_dir, first)


IndexKey = tuple[str, tuple[Any, ...]]


def index_key(parent: str, where: WherePlan) -> IndexKey:
    """What an index depends on: references with the same filters, keys and order share one."""
    return parent, (where.filters, tuple(pair.candidate for pair in where.keys), where.order)
