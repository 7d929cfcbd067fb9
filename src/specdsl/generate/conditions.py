"""Conditions on drawn values: redrawing until they hold, and clipping the last unit of a rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from specdsl.datatypes.types import BOOL
from specdsl.diagnostics.runtime import ConditionTooRare
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.ir.expr import Compare, CompareOp, Expr
from specdsl.ir.model import Bounds
from specdsl.plan.explain import unit_name
from specdsl.plan.model import Condition, ResampleGroup
from specdsl.randomness.streams import derive_addresses
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, UInt64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.rows import RowFrame, RowSet

ATTEMPTS = 100
EDGE_ATTEMPTS = 8
"""So many redraws of an edge row are at an edge again; the others, as many as of any row, are ordinary."""


def settle(rows: RowSet, group: int) -> tuple[UInt64Array, BoolArray | None] | None:
    """The addresses at which the draws of resample group ``group`` satisfy its conditions: plain ones
    where the first draw does, else those of the first attempt that does; and the rows whose draws are at
    an edge there. None when all are plain. Raises GenerationError (DG573) for rows that no attempt helps."""
    spec = rows.plan.resample[group]
    bad = np.flatnonzero(_broken(rows, spec))
    if not len(bad):
        return None
    first = rows.addresses_of_group(group)
    addresses = first.copy()
    edge = None if rows.edge_rows is None else rows.edge_rows.copy()
    attempts = ATTEMPTS if edge is None else ATTEMPTS + EDGE_ATTEMPTS
    salt = rows.engine.key(rows.table.name, "redraw", *spec.units)
    tried, accepted = rows.n, rows.n - len(bad)
    for attempt in range(1, attempts + 1):
        if edge is not None and attempt > EDGE_ATTEMPTS:
            edge[bad] = False
        numbers = np.full(len(bad), attempt, dtype=np.int64)
        derived = derive_addresses(first[bad], salt, numbers)
        edges = {group: None if edge is None else edge[bad]}
        again = rows.again(bad, {group: derived}, edges)
        broken = _broken(again, spec)
        addresses[bad] = derived
        tried += len(bad)
        left, bad = broken, bad[broken]
        accepted += int(np.count_nonzero(~broken))
        if not len(bad):
            return addresses, edge
    raise _too_rare(rows, spec, len(bad), accepted, tried, _empty(again, spec, left))


def _broken(rows: RowSet, spec: ResampleGroup) -> BoolArray:
    out = np.zeros(rows.n, dtype=np.bool_)
    frame = rows.frame("", (rows.table.name, "conditions"))
    for condition in spec.conditions:
        try:
            out |= is_false(condition.condition, frame)
        except GenerationError as error:
            raise error.at(rows.table.name, condition.column) from None
    return out


def is_false(condition: Expr, frame: RowFrame) -> BoolArray:
    """Where the condition is false: neither true nor null."""
    vector = evaluate(condition, frame)
    out: BoolArray = ~selection.array(vector)
    return out if vector.valid is None else out & vector.valid


def is_true(condition: Expr, frame: RowFrame) -> BoolArray:
    """Where the condition is true: neither false nor null."""
    vector = evaluate(condition, frame)
    out: BoolArray = selection.array(vector)
    return out if vector.valid is None else out & vector.valid


def _empty(rows: RowSet, spec: ResampleGroup, broken: BoolArray) -> int:
    """In how many of the ``broken`` rows a lower bound is above its upper one, so that no draw helps."""
    frame = rows.frame("", (rows.table.name, "conditions"))
    found = np.zeros(rows.n, dtype=np.bool_)
    for condition in spec.conditions:
        bounds = rows.table.columns[condition.column].bounds if condition.column else None
        if bounds is not None and bounds.low is not None and bounds.high is not None:
            nullable = bounds.low.nullable or bounds.high.nullable
            above = Compare(BOOL, nullable, CompareOp.GREATER, bounds.low, bounds.high)
            found |= is_true(above, frame)
    return int(np.count_nonzero(found & broken))


def _too_rare(
    rows: RowSet, spec: ResampleGroup, bad: int, accepted: int, tried: int, empty: int
) -> GenerationError:
    labels = [c.label for c in spec.conditions]
    names = [f"`{unit_name(rows.plan, unit)}`" for unit in spec.units]
    first: Condition = spec.conditions[0]
    return GenerationError(
        lambda span: ConditionTooRare(
            span=span,
            conditions=" and ".join(labels),
            columns=", ".join(names),
            rows=bad,
            looked_at=rows.n,
            attempts=ATTEMPTS,
            accepted=accepted,
            tried=tried,
            empty=empty,
        ),
        table=rows.table.name,
        column=first.column or _first_column(rows, spec.units[0]),
        part="in" if first.column else "",
    )


def _first_column(rows: RowSet, unit: str) -> str:
    kind, _, name = unit.partition(":")
    return rows.table.groups[int(name)].columns[0] if kind == "g" else name


def clip(vector: Vector, bounds: Bounds, frame: RowFrame) -> Vector:
    """The values moved to the nearest bound, where that is as near as rounding can have left it: what is
    farther away breaks the bounds."""
    data = selection.array(vector)
    for end, move in ((bounds.low, np.maximum), (bounds.high, np.minimum)):
        if end is None:
            continue
        bound = evaluate(end, frame)
        target = selection.array(bound)
        unit = np.maximum(np.abs(target), 1.0) * 1e-9 if data.dtype == np.float64 else 1
        near = np.abs(target - data) <= unit
        moved = move(data, target)
        data = np.where(near if bound.valid is None else near & bound.valid, moved, data)
    return Vector(vector.type, data, vector.valid)
