"""Targets that rows of a table meet: what one pass over it decides, and the values that follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np

from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.diagnostics.runtime import AggregateOverflow, GroupWithoutTarget, TargetOutOfReach
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.generate.rows import RowFrame
from specdsl.generate.storage import ArrayWriter
from specdsl.generate.targets.fitting import Measured, fit
from specdsl.generate.targets.groups import GroupNumbers, group_name, row_name
from specdsl.generate.targets.selecting import Ranked, select
from specdsl.ir.expr import Expr, Fitted, Rated, Retained
from specdsl.ir.model import Target
from specdsl.plan.model import column_unit
from specdsl.randomness.streams import Stream
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine

_CHUNK = 1 << 16
_LIMIT = float(1 << 62)
_TOP = np.uint64(1 << 63)
_PERIOD_BITS = 16


class _Met:
    """What is common to targets that move the values of a column."""

    def __init__(self, engine: Engine, table: str, number: int) -> None:
        plan = engine.plan.tables[table]
        self.target: Target = plan.table.targets[number]
        self._place = f"target:{number}"
        self._engine, self._table = engine, table
        self._key = engine.key(table, self.target.column, "target")
        self._numbers = GroupNumbers(self.target)

    def _error(self, make: object) -> GenerationError:
        return GenerationError(make, table=self._table, part=self._place)  # type: ignore[arg-type]

    def groups_of(self, groups: tuple[Expr, ...], frame: RowFrame) -> Int64Array:
        """The number of each row's group."""
        return self._numbers.of(groups, frame)

    def measure(self, value: Expr, groups: tuple[Expr, ...]) -> tuple[Measured, Int64Array]:
        """One pass over the table: ``value`` (whole numbers, or bools as 0 and 1) in the rows that have one,
        and how many rows each group has with those that have none. Raises GenerationError for rows in groups
        that are not listed (DG589)."""
        writers = [ArrayWriter(kind, self._engine.temp_dir) for kind in (np.int32, np.int64, np.int64)]
        size = len(self.target.keys)
        every, counts, totals = (np.zeros(size, dtype=np.int64) for _ in range(3))
        least = np.full(size, np.iinfo(np.int64).max)
        most = np.full(size, np.iinfo(np.int64).min)
        rough = np.zeros(size)
        for frame, valid in self._frames():
            numbers = self._numbers.of(groups, frame)
            self._all_listed(numbers, groups, frame)
            vector = evaluate(value, frame)
            data = selection.array(vector).astype(np.int64)
            here = selection.both(valid, vector.valid)
            positions = np.flatnonzero(numbers >= 0 if here is None else (numbers >= 0) & here)
            every += np.bincount(numbers[numbers >= 0], minlength=size)
            chosen, values = numbers[positions], data[positions]
            counts += np.bincount(chosen, minlength=size)
            np.add.at(totals, chosen, values)
            np.minimum.at(least, chosen, values)
            np.maximum.at(most, chosen, values)
            rough += np.bincount(chosen, weights=np.abs(values.astype(np.float64)), minlength=size)
            for writer, piece in zip(writers, (chosen, values, frame.rows[positions]), strict=True):
                writer.append(piece)
        if rough.max(initial=0.0) >= _LIMIT:
            worst = float(rough.max())
            raise GenerationError(
                lambda span: AggregateOverflow(span=span, function="sum", approximate=worst)
            )
        least, most = np.where(counts > 0, least, 0), np.where(counts > 0, most, 0)
        found = [writer.finish() for writer in writers]
        return Measured(found[0], found[1], found[2], counts, totals, least, most), every

    def _frames(self) -> Iterator[tuple[RowFrame, BoolArray | None]]:
        """The rows of the table as the column draws in them, and which are not made null."""
        engine, name = self._engine, self.target.column
        column = engine.plan.tables[self._table].columns[name].column
        rows = engine.row_count(self._table)
        for start in range(0, rows, _CHUNK):
            made = engine.rowset(self._table, np.arange(start, min(start + _CHUNK, rows), dtype=np.int64))
            unit = column_unit(name)
            valid = None if column.nulls is None else made.null_rule(column.nulls, unit, name)
            yield made.frame(unit, (self._table, name), made.edge(unit)), valid

    def _all_listed(self, numbers: Int64Array, groups: tuple[Expr, ...], frame: RowFrame) -> None:
        if self.target.free:
            return
        other = np.flatnonzero(numbers < 0)
        if len(other):
            name = row_name(self.target, groups, frame.take(other[:1]))
            raise self._error(
                lambda span: GroupWithoutTarget(
                    span=span, target=self.target.name, group=name, rows=len(other), looked_at=frame.n
                )
            )

    def _out_of_reach(
        self, group: int, rows: int, asked: str, ends: tuple[str, str], how: str
    ) -> GenerationError:
        return self._error(
            lambda span: TargetOutOfReach(
                span=span,
                target=self.target.name,
                group=group_name(self.target, group),
                rows=rows,
                asked=asked,
                least=ends[0],
                most=ends[1],
                how=how,
            )
        )


class FittedTarget(_Met):
    """Values that total what is asked, group by group. Raises GenerationError where a group's rows cannot
    (DG588)."""

    def __init__(self, engine: Engine, table: str, number: int) -> None:
        super().__init__(engine, table, number)
        plan = engine.plan.tables[table].columns[self.target.column]
        expr = cast("Fitted", plan.value)
        self._low, self._high = bounds_of(expr)
        measured, _ = self.measure(expr.value, expr.groups)
        asked = [self.target.asked(g, n) for g, n in enumerate(measured.counts.tolist())]
        for group, (rows, total) in enumerate(zip(measured.counts.tolist(), asked, strict=True)):
            if not rows * self._low <= total <= rows * self._high:
                raise self._unreachable(group, rows, total, expr.type)
        self._fit = fit(measured, np.array(asked, dtype=np.int64), self._low, self._high, self._key)

    def _unreachable(self, group: int, rows: int, total: int, dtype: t.DataType) -> GenerationError:
        low, high = (show_value(end, dtype) for end in (self._low, self._high))
        ends = show_value(rows * self._low, dtype), show_value(rows * self._high, dtype)
        how = f"{rows} x {low} .. {high}"
        return self._out_of_reach(group, rows, show_value(total, dtype), ends, how)

    def apply(self, expr: Fitted, frame: RowFrame) -> Vector:
        """The values in some rows."""
        vector = evaluate(expr.value, frame)
        groups = self.groups_of(expr.groups, frame)
        data = selection.array(vector).astype(np.int64)
        if (groups >= 0).all():
            return Vector(expr.type, self._fit.apply(groups, data, frame.rows), vector.valid)
        inside = np.flatnonzero(groups >= 0)
        out = np.clip(data, self._low, self._high)
        out[inside] = self._fit.apply(groups[inside], data[inside], frame.rows[inside])
        return Vector(expr.type, out, vector.valid)


def bounds_of(expr: Fitted) -> tuple[int, int]:
    """The least and the greatest value that a row may have, in physical units."""
    match expr.type:
        case t.Int() as whole:
            low, high = whole.low, min(whole.high, (1 << 63) - 1)
        case t.Decimal(precision, _):
            high = min(10**precision, 1 << 63) - 1
            low = -high
        case _:
            raise AssertionError("the checker lets only whole numbers and decimals have a target")
    # With room below 64 bits, so that moved values never wrap.
    low = max(low if expr.low is None else expr.low, -(1 << 61))
    high = min(high if expr.high is None else expr.high, 1 << 61)
    return low, high


class RatedTarget(_Met):
    """Rows of which exactly so many are counted, group by group: those that are anyway, as far as they
    are enough and not too many, then others."""

    def __init__(self, engine: Engine, table: str, number: int) -> None:
        super().__init__(engine, table, number)
        plan = engine.plan.tables[table].columns[self.target.column]
        expr = cast("Rated", plan.value)
        measured, every = self.measure(expr.holds, expr.groups)
        asked = np.array([self.target.asked(g, n) for g, n in enumerate(every.tolist())], dtype=np.int64)
        for group in np.flatnonzero(asked > measured.counts).tolist():
            rows, able = int(every[group]), int(measured.counts[group])
            how = f"{rows - able} of {rows} are null"
            raise self._out_of_reach(group, rows, f"{asked[group]} of them", ("0", f"{able}"), how)

        def ranked() -> Ranked:
            for groups, holds, rows in measured.pieces():
                yield groups, self._ranks(holds, rows), rows

        self._selected = select(ranked, measured.counts, asked)

    def _ranks(self, holds: Int64Array, rows: Int64Array) -> UInt64Array:
        bits = Stream(self._key, rows.view(np.uint64)).bits() >> np.uint64(1)
        return np.where(holds != 0, bits | _TOP, bits)

    def apply(self, expr: Rated, frame: RowFrame) -> Vector:
        """The values in some rows."""
        value, holding = evaluate(expr.value, frame), evaluate(expr.holds, frame)
        holds = selection.array(holding).astype(np.bool_)
        if holding.valid is not None:
            holds &= holding.valid
        groups = self.groups_of(expr.groups, frame)
        wanted = self._selected.contains(
            np.maximum(groups, 0), self._ranks(holds.astype(np.int64), frame.rows), frame.rows
        )
        wanted = np.where(groups >= 0, wanted, holds)
        parts = [(np.flatnonzero(wanted == holds), value)]
        parts[0] = (parts[0][0], selection.take(value, parts[0][0]))
        for other, rows in ((expr.met, wanted & ~holds), (expr.unmet, holds & ~wanted)):
            positions = np.flatnonzero(rows)
            if len(positions):
                parts.append((positions, evaluate(other, frame.take(positions))))
        return value if len(parts) == 1 else selection.merge(frame.n, parts, expr.type)


class RetainedTarget(_Met):
    """Periods that rows stay for, so that of each group exactly so many are there in each period. Who would
    stay longer does."""

    def __init__(self, engine: Engine, table: str, number: int) -> None:
        super().__init__(engine, table, number)
        plan = engine.plan.tables[table].columns[self.target.column]
        expr = cast("Retained", plan.value)
        measured, _ = self.measure(expr.value, expr.groups)

        def ranked() -> Ranked:
            for groups, values, rows in measured.pieces():
                yield groups, self._ranks(values, rows), rows

        having = measured.counts.tolist()
        self._there = []
        for period in range(self.target.periods):
            asked = [self.target.asked(group, rows, period) for group, rows in enumerate(having)]
            if any(asked):
                self._there.append(select(ranked, measured.counts, np.array(asked, dtype=np.int64)))

    def _ranks(self, values: Int64Array, rows: Int64Array) -> UInt64Array:
        bits = Stream(self._key, rows.view(np.uint64)).bits() >> np.uint64(_PERIOD_BITS)
        longer = np.clip(values, 0, (1 << _PERIOD_BITS) - 1).astype(np.uint64)
        return (longer << np.uint64(64 - _PERIOD_BITS)) | bits

    def apply(self, expr: Retained, frame: RowFrame) -> Vector:
        """The values in some rows."""
        vector = evaluate(expr.value, frame)
        values = selection.array(vector).astype(np.int64)
        groups = self.groups_of(expr.groups, frame)
        ranks = self._ranks(values, frame.rows)
        inside = np.maximum(groups, 0)
        stays = np.zeros(frame.n, dtype=np.int64)
        for there in self._there:
            stays += there.contains(inside, ranks, frame.rows)
        return Vector(expr.type, np.where(groups >= 0, stays, values), vector.valid)


def retained(expr: Retained, frame: RowFrame) -> Vector:
    """The values of a column that a target of retention moves."""
    found = frame.rowset.engine.target(frame.table.name, expr.target)
    assert isinstance(found, RetainedTarget)
    return found.apply(expr, frame)


def fitted(expr: Fitted, frame: RowFrame) -> Vector:
    """The values of a column that a target of totals moves."""
    found = frame.rowset.engine.target(frame.table.name, expr.target)
    assert isinstance(found, FittedTarget)
    return found.apply(expr, frame)


def rated(expr: Rated, frame: RowFrame) -> Vector:
    """The values of a column that a target of shares moves."""
    found = frame.rowset.engine.target(frame.table.name, expr.target)
    assert isinstance(found, RatedTarget)
    return found.apply(expr, frame)
