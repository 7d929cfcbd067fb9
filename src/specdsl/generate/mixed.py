"""Rows that several batches have made, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from specdsl.check.following import read_by
from specdsl.check.moving import moves
from specdsl.generate.changed import FOLLOWED
from specdsl.generate.expressions.casts import convert, is_convertible
from specdsl.generate.rows import RowFrame, RowSet
from specdsl.ir import expr as x
from specdsl.ir.walk import walk
from specdsl.plan.model import TablePlan, column_unit, group_unit
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.datatypes.types import DataType
    from specdsl.generate.engine import Engine
    from specdsl.ir.model import Dataset

_OF_A_BATCH = (
    x.Aggregate,
    x.Split,
    x.IndexIn,
    x.DimensionValue,
    x.Running,
    x.Neighbour,
    x.Fitted,
    x.Rated,
    x.Retained,
    x.Dealt,
)


class MixedRows(RowSet):
    """Rows of a table of which some are from earlier batches. What a batch decides (a reference, a value
    that names the clock, a roll-up) is asked of the engine of the batch; all else is the same function of
    the row in every batch, and computed for all rows at once."""

    __slots__ = ("_split",)

    _split: list[tuple[Int64Array, RowSet]]

    def parts(self) -> list[tuple[Int64Array, RowSet]]:
        """The rows of each batch as its own engine has them, and where they stand."""
        try:
            return self._split
        except AttributeError:
            self._split = list(self._by_batch())
            return self._split

    def _by_batch(self) -> Iterator[tuple[Int64Array, RowSet]]:
        generations = self.engine.generations
        assert generations is not None
        owners = generations.owners(self.table.name, self.rows)
        order = np.argsort(owners, kind="stable")
        numbers, starts = np.unique(owners[order], return_index=True)
        for number, positions in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
            engine = generations.engine(number)
            plan = engine.plan.tables[self.table.name]
            if self.plan.varied is None and plan.varied is not None:
                plan = plan.varied.clean
            yield positions, RowSet(engine, plan, self.rows[positions])

    def by(self, plan: TablePlan) -> RowSet:
        return MixedRows(self.engine, plan, self.rows)

    # --- values ----------------------------------------------------------------------------

    def rolled_up(self, name: str) -> Vector | None:
        """A roll-up as the rows of one state say that it is, whatever batches have made or changed it. None
        where no state says what it is in any of the rows."""
        from specdsl.generate.versions import ChangedRows, Unchanged

        generations, table = self.engine.generations, self.table.name
        assert generations is not None
        state = generations.settled(table, name, self.engine.number)
        if state is None:
            return None
        there = self.rows < state.row_count(table)
        alive = state.alive(table)
        if alive is not None:
            there &= alive.has(self.rows)
        found, missing = np.flatnonzero(there), np.flatnonzero(~there)
        if not len(found):
            return None
        dtype = self.table.columns[name].type
        known = generations.indexes.rolled_up(table, name, state.number - 1)

        def follow(rows: Int64Array) -> Vector:
            made = MixedRows(state, state.plan.tables[table], rows)
            update = state.update_plan(table, FOLLOWED)
            none = np.zeros(len(rows), dtype=np.int64)
            return ChangedRows(state, update, rows, none, Unchanged(made)).column(name)

        pieces = [(found, convert(known.of(self.rows[found], follow), dtype))]
        if len(missing):
            rest = type(self)(self.engine, self.plan, self.rows[missing]).column(name)
            pieces.append((missing, selection.as_type(rest, dtype)))
        return selection.merge(self.n, pieces, dtype)

    def column(self, name: str) -> Vector:
        if name not in self.engine.varying(self.table.name).columns:
            return super().column(name)
        key = ("c", name)
        found: Vector | None = self.cached(key)
        if found is None:
            found = self.rolled_up(name)
        if found is None:
            dtype = self.table.columns[name].type
            found = self._gathered(
                dtype,
                lambda part: convert(part.column(name), dtype),
                lambda p: name in p.columns and is_convertible(p.columns[name].column.type, dtype),
                lambda own: RowSet.column(own, name),
            )
        self.keep(key, found)
        return found

    def group_item(self, group: int, index: int) -> Vector:
        varying = self.engine.varying(self.table.name)
        columns = self.table.groups[group].columns
        if group not in varying.groups:
            return super().group_item(group, index)
        key = ("gi", str(group), str(index))
        found: Vector | None = self.cached(key)
        if found is None:

            def item(part: RowSet) -> Vector:
                here = next(i for i, g in enumerate(part.table.groups) if g.columns == columns)
                return convert(part.group_item(here, index), dtype)

            dtype = selection.item_types(self.table.groups[group].value.type)[index]

            def knows(plan: TablePlan) -> bool:
                items = [
                    selection.item_types(g.value.type) for g in plan.table.groups if g.columns == columns
                ]
                return any(is_convertible(item[index], dtype) for item in items)

            found = self._gathered(
                dtype,
                item,
                knows,
                lambda own: RowSet.group_item(own, group, index),
            )
            self.keep(key, found)
        return found

    def parents(self, name: str) -> tuple[Int64Array, BoolArray | None]:
        key = ("r", name)
        found: tuple[Int64Array, BoolArray | None] | None = self.cached(key)
        if found is None:
            parents = np.zeros(self.n, dtype=np.int64)
            valid = np.zeros(self.n, dtype=np.bool_)
            for positions, part in self.parts():
                known = part.plan.references.get(name)
                if known is None or known.reference.table != self.table.references[name].table:
                    own = RowSet(self.engine, self.plan, self.rows[positions])
                    parents[positions], has = own.parents(name)
                else:
                    parents[positions], has = part.parents(name)
                valid[positions] = True if has is None else has
            found = parents, None if valid.all() else valid
            self.keep(key, found)
        return found

    def index_among_each(self, reference: str) -> Int64Array:
        out = np.zeros(self.n, dtype=np.int64)
        for positions, part in self.parts():
            out[positions] = part.index_among_each(reference)
        return out

    def in_frames(self, dtype: DataType, evaluate: Callable[[RowFrame], Vector]) -> Vector:
        """What ``evaluate`` makes of all rows in the engines of their batches."""

        def made(part: RowSet) -> Vector:
            return evaluate(part.frame("", (part.table.name, "followed")))

        return self._gathered(dtype, made, lambda plan: True, made)

    def aggregated(self, expr: x.Aggregate) -> Vector:
        """A roll-up of all rows in the engines of their batches. Where a batch did not have what it is over,
        it is what the rows before this batch come to."""
        from specdsl.generate.aggregates import aggregate

        generations = self.engine.generations
        assert generations is not None
        pieces = []
        for positions, part in self.parts():
            rows: RowSet = part
            same_spec = part.engine.resolver is self.engine.resolver
            if not same_spec and not _has(part.engine.dataset, self.engine.dataset, expr):
                state = generations.before(self.engine.number)
                rows = MixedRows(state, state.plan.tables[self.table.name], part.rows)
            frame = rows.frame("", (self.table.name, "followed"))
            pieces.append((positions, selection.as_type(aggregate(expr, frame), expr.type)))
        return selection.merge(self.n, pieces, expr.type)

    @property
    def sizes(self) -> int:
        split: list[tuple[Int64Array, RowSet]] = getattr(self, "_split", [])
        return super().sizes + sum(part.sizes for _, part in split)

    def _gathered(
        self,
        dtype: DataType,
        of: Callable[[RowSet], Vector],
        knows: Callable[[TablePlan], bool],
        otherwise: Callable[[RowSet], Vector],
    ) -> Vector:
        """The values that ``of`` gives for the rows of each batch; those of batches whose spec does not know
        them yet are computed by the spec at hand, ``otherwise``."""
        pieces = []
        for positions, part in self.parts():
            if knows(part.plan):
                values = of(part)
            else:
                values = otherwise(MixedRows(self.engine, self.plan, self.rows[positions]))
            pieces.append((positions, selection.as_type(values, dtype)))
        return selection.merge(self.n, pieces, dtype)


def _has(old: Dataset, new: Dataset, expr: x.Aggregate) -> bool:
    """Whether an earlier spec has all that a roll-up of the new one looks at."""
    read = read_by(new, expr)
    for hop in expr.hops:
        known = old.tables.get(hop.table)
        reference = None if known is None else known.references.get(hop.reference)
        if reference is None or reference.table != new.tables[hop.table].references[hop.reference].table:
            return False
    for table, name in read.near | read.far:
        known = old.tables.get(table)
        if known is None:
            return False
        if name and (
            name not in known.columns or known.columns[name].type != new.tables[table].columns[name].type
        ):
            return False
    return True


class Varying:
    """What of a table depends on the batch besides the row: names of columns, numbers of groups."""

    def __init__(self, engine: Engine, plan: TablePlan) -> None:
        self._engine = engine
        self._plan = plan
        self._others = [
            other
            for number in engine.other_editions()
            if (other := engine.plan_of(number).tables.get(plan.table.name)) is not None
        ]

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns that other engines must be asked for."""
        return frozenset(name for name in self._plan.columns if self._column(name))

    @cached_property
    def groups(self) -> frozenset[int]:
        """Groups of columns likewise."""
        return frozenset(i for i in range(len(self._plan.table.groups)) if self._group(i))

    def _column(self, name: str) -> bool:
        plan, own = self._plan, self._plan.columns[name]
        if any(p.varied is not None and name in p.varied.columns for p in (plan, *self._others)):
            return True
        if own.joint is not None or column_unit(name) in plan.unit_groups:
            return True
        if moves(own.column) or self._depends(own.value):
            return True
        if own.column.nulls is not None and self._depends(own.column.nulls.when):
            return True
        return any(other.columns[name] != own for other in self._others if name in other.columns)

    def _group(self, number: int) -> bool:
        plan, own = self._plan, self._plan.table.groups[number]
        if group_unit(number) in plan.unit_groups or moves(own) or self._depends(own.value):
            return True
        return any(
            group != own
            for other in self._others
            for group in other.table.groups
            if group.columns == own.columns
        )

    def _depends(self, expr: x.Expr | None) -> bool:
        """Whether ``expr`` itself, whatever it names aside, is another function in another batch."""
        if expr is None:
            return False
        for node in walk(expr):
            match node:
                case x.ChoiceDraw(exact=True):
                    return True
                case x.Call(function="permutation"):
                    return True
                case x.Follow(table=table) if self._engine.changing(table):
                    return True  # a row sees others as they were when it was made
                case x.ColumnValue(column=name) if name in self._plan.terms:
                    term = self._plan.terms[name]
                    if any(moves(e) or self._depends(e) for e in (term.left, term.right)):
                        return True
                case _ if isinstance(node, _OF_A_BATCH):
                    return True
        return False
