"""A float column made from its own previous value by sums, differences and products: everything but the
previous value is computed for whole batches, and only that goes from row to row.

The operations are those of the general way, in the same order, so that the values are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from specdsl.datatypes import types as t
from specdsl.generate.children import CHUNK
from specdsl.generate.evaluate import evaluate
from specdsl.generate.in_order import Asked, stretch
from specdsl.ir import expr as x
from specdsl.ir.walk import walk
from specdsl.plan.model import Recursion, TablePlan, column_unit
from specdsl.vectors import selection
from specdsl.vectors.vector import Float64Array, Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.rows import RowSet

_Function = Callable[[float, int], float]
"""The value in a row, from the previous one and the row's number in the batch."""


@dataclass(slots=True)
class _Operands:
    """The parts of an expression that do not go by the previous value, in the order of the text."""

    column: str
    reference: str
    found: list[x.Expr] = field(default_factory=list)
    default: x.Expr | None = None

    def fits(self, expr: x.Expr) -> bool:
        """Whether ``expr`` can be computed so; its operands are noted."""
        if not self._names_itself(expr):
            if expr.nullable:
                return False
            self.found.append(expr)
            return True
        match expr:
            case x.If(
                condition=x.Compare(
                    op=x.CompareOp.GREATER, left=x.IndexIn(reference=name), right=x.Const(value=0)
                ),
                then=x.Neighbour(value=x.Candidate(body=x.ColumnValue())),
                otherwise=default,
            ) if name == self.reference and not default.nullable and not self._names_itself(default):
                first = self.default is None
                self.default = self.default if self.default is not None else default
                return first or self.default == default
            case x.Arithmetic(op=x.ArithmeticOp.ADD | x.ArithmeticOp.SUBTRACT | x.ArithmeticOp.MULTIPLY):
                floats = all(isinstance(side.type, t.Float) for side in (expr.left, expr.right, expr))
                return floats and self.fits(expr.left) and self.fits(expr.right)
            case _:
                return False

    def _names_itself(self, expr: x.Expr) -> bool:
        return any(isinstance(n, x.ColumnValue) and n.column == self.column for n in walk(expr))

    def function(self, expr: x.Expr, values: list[list[float]]) -> _Function:
        """``expr`` as a function; ``values`` has those of the operands, taken in order."""
        if not self._names_itself(expr):
            operand = values.pop(0)
            return lambda _, i: operand[i]
        if not isinstance(expr, x.Arithmetic):
            return lambda previous, _: previous
        left, right = self.function(expr.left, values), self.function(expr.right, values)
        match expr.op:
            case x.ArithmeticOp.ADD:
                return lambda p, i: left(p, i) + right(p, i)
            case x.ArithmeticOp.SUBTRACT:
                return lambda p, i: left(p, i) - right(p, i)
            case _:
                return lambda p, i: left(p, i) * right(p, i)


def scalar_recursion(rows: RowSet, recursion: Recursion, wanted: Asked) -> Vector | None:
    """The values of the rows that are asked for; None where the column has to be computed the general way."""
    operands = _operands(rows.plan, recursion)
    if operands is None or not len(wanted.ids):
        return None
    first, carried = _start(rows, recursion, wanted)
    column = rows.plan.columns[recursion.columns[0]]
    offsets = selection.offsets_of(wanted.last + 1 - first)
    total = int(offsets[-1])
    at = np.take(offsets, wanted.owners) + wanted.places - np.take(first, wanted.owners)
    out = np.empty(len(at), dtype=np.float64)
    order = np.argsort(at, kind="stable")
    ascending = at[order]
    for start in range(0, total, CHUNK):
        stop = min(total, start + CHUNK)
        owners, numbers = stretch(offsets, start, stop)
        places = numbers + np.take(first, owners)
        batch = rows.engine.rowset(rows.table.name, wanted.members.rows(owners, places))
        values = _chain(batch, operands, column.value, owners, places, carried)
        low, high = np.searchsorted(ascending, [start, stop])
        out[order[low:high]] = values[ascending[low:high] - start]
    _remember(rows, recursion, wanted, carried)
    return Vector(column.column.type, out)


def _operands(plan: TablePlan, recursion: Recursion) -> _Operands | None:
    if len(recursion.columns) > 1:
        return None
    (name,) = recursion.columns
    column = plan.table.columns[name]
    plain = column.bounds is None and column.nulls is None and column.type == t.FLOAT
    operands = _Operands(name, recursion.reference)
    value = plan.columns[name].value
    return operands if plain and operands.fits(value) and operands.default is not None else None


def _chain(
    batch: RowSet,
    operands: _Operands,
    value: x.Expr,
    owners: Int64Array,
    places: Int64Array,
    carried: Float64Array,
) -> Float64Array:
    """The values of rows that come group by group; ``carried`` has each group's value so far."""
    unit = column_unit(operands.column)
    frame = batch.frame(unit, (batch.table.name, operands.column), batch.edge(unit))
    made = [selection.array(evaluate(e, frame)).tolist() for e in operands.found]
    step = operands.function(value, made)
    assert operands.default is not None
    begins = np.flatnonzero(places == 0)
    defaults = np.zeros(batch.n, dtype=np.float64)
    if len(begins):
        defaults[begins] = selection.array(evaluate(operands.default, frame.take(begins)))
    out: list[float] = []
    edges = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]])).tolist()
    for low, high in zip(edges, [*edges[1:], batch.n], strict=True):
        owner = int(owners[low])
        previous = float(defaults[low]) if places[low] == 0 else float(carried[owner])
        for i in range(low, high):
            previous = step(previous, i)
            out.append(previous)
        carried[owner] = previous
    return np.array(out, dtype=np.float64)


# --- where to begin --------------------------------------------------------------------------


def _key(rows: RowSet, recursion: Recursion, group: int) -> tuple[str | int, ...]:
    return ("scalar", rows.table.name, recursion.columns[0], group)


def _start(rows: RowSet, recursion: Recursion, wanted: Asked) -> tuple[Int64Array, Float64Array]:
    first = np.zeros(len(wanted.ids), dtype=np.int64)
    carried = np.zeros(len(wanted.ids), dtype=np.float64)
    kept = rows.engine.remembered
    with rows.engine.lock:
        for i in np.flatnonzero(wanted.least >= kept.long).tolist():
            found = kept.find(_key(rows, recursion, int(wanted.ids[i])), int(wanted.least[i]))
            if found is not None:
                first[i], carried[i] = found[0] + 1, found[1]
    return first, carried


def _remember(rows: RowSet, recursion: Recursion, wanted: Asked, carried: Float64Array) -> None:
    kept = rows.engine.remembered
    with rows.engine.lock:
        for i in np.flatnonzero(wanted.last >= kept.long).tolist():
            kept.keep(_key(rows, recursion, int(wanted.ids[i])), int(wanted.last[i]), float(carried[i]))
