"""Rows of a table and their values: the engine's implementation of ``Frame``.

A ``RowSet`` holds what has been computed for some rows; a ``RowFrame`` is a view of it for one
evaluation: the column at hand, the addresses that it draws at, a selection of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from specdsl.generate import conditions, variants
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.ir.expr import Aggregate, Dealt, Expr, Fitted, Neighbour, Rated, Retained, Running, Split
from specdsl.ir.model import Dataset, NullRule, Table, Uniqueness
from specdsl.plan.model import TablePlan, Term, column_unit, group_unit, reference_unit
from specdsl.randomness.edges import at_edges
from specdsl.randomness.streams import Stream, derive_addresses
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array, Vector

if TYPE_CHECKING:
    from specdsl.datatypes.types import DataType
    from specdsl.generate.engine import Engine
    from specdsl.generate.frame import PoolRows
    from specdsl.generate.recursion import Before

Label = tuple[str | int, ...]
"""The names that, with the seed and a site, identify a stream."""

_SPARSE = 0.75
"""With at most this share of the rows not null, only those are evaluated."""


class RowSet:
    """Rows of one table (in any order, repeats allowed) and their values, each computed once."""

    __slots__ = (
        "_attempts",
        "_cache",
        "_clean",
        "_edge_rows",
        "_edges",
        "_of_variants",
        "_settled",
        "_variants",
        "before",
        "engine",
        "n",
        "plain",
        "plan",
        "rows",
        "table",
    )

    def __init__(
        self,
        engine: Engine,
        plan: TablePlan,
        rows: Int64Array,
        attempts: dict[int, UInt64Array] | None = None,
        edges: dict[int, BoolArray | None] | None = None,
    ) -> None:
        self.engine = engine
        self.plan = plan
        self.table = plan.table
        self.rows = rows
        self.n = len(rows)
        self.before: Before | None = None
        self.plain: UInt64Array = rows.view(np.uint64)
        self._attempts = {} if attempts is None else attempts
        self._edges = {} if edges is None else edges
        self._edge_rows: BoolArray | None = None
        self._clean: RowSet | None = None
        self._variants: Int64Array | None = None
        self._of_variants: UInt64Array | None = None
        self._settled = set(self._attempts)
        self._cache: dict[tuple[str, ...], Any] = {}

    # --- randomness ------------------------------------------------------------------------

    def addresses(self, unit: str) -> UInt64Array:
        """What the draws of ``unit`` are made at: the row numbers, save for rows that were redrawn."""
        group = self.plan.unit_groups.get(unit)
        found = None if group is None else self._attempts.get(group)
        return self.first_addresses(unit) if found is None else found

    def first_addresses(self, unit: str) -> UInt64Array:
        """What the first draws of ``unit`` are made at."""
        return self.plain

    def addresses_of_group(self, group: int) -> UInt64Array:
        """What the first draws of a resample group are made at."""
        return self.first_addresses(self.plan.resample[group].units[0])

    def again(
        self,
        positions: Int64Array | None,
        attempts: dict[int, UInt64Array],
        edges: dict[int, BoolArray | None],
    ) -> RowSet:
        """Some of these rows (None: all), drawn at other addresses, nothing computed yet."""
        rows = self.rows if positions is None else self.rows[positions]
        return RowSet(self.engine, self.plan, rows, attempts, edges)

    def edge(self, unit: str) -> BoolArray | None:
        """The rows where the draws of ``unit`` are at an edge; None: nowhere."""
        if unit not in self.plan.edged:
            return None
        group = self.plan.unit_groups.get(unit)
        return self._edges[group] if group is not None and group in self._edges else self.edge_rows

    @property
    def edge_rows(self) -> BoolArray | None:
        """Which rows are edge rows; None where the dataset has none."""
        if self._edge_rows is None and self.plan.variants:
            self._edge_rows = variants.edge_rows(self.engine, self.plan, self.rows)
        return self._edge_rows

    # --- variants --------------------------------------------------------------------------

    @property
    def variants(self) -> Int64Array:
        """The number of the variant that each row is of, -1 for none. Raises GenerationError."""
        if self._variants is None:
            self._variants = variants.variants_by_row(self.engine, self.plan, self.rows)
        return self._variants

    @property
    def clean(self) -> RowSet:
        """The same rows as they would be without variants."""
        if self.plan.varied is None:
            return self
        if self._clean is None:
            self._clean = self.by(self.plan.varied.clean)
        return self._clean

    @property
    def over(self) -> Engine:
        """What knows the rows that roll-ups of these rows are over."""
        return self.engine

    def by(self, plan: TablePlan) -> RowSet:
        """The same rows by another plan of their table, nothing computed yet."""
        return RowSet(self.engine, plan, self.rows)

    @property
    def of_variants(self) -> UInt64Array:
        """What the draws that variants put in are made at."""
        self._settle_variants()
        return self.plain if self._of_variants is None else self._of_variants

    def addresses_of(self, group: int) -> UInt64Array:
        """What the draws of a resample group are made at."""
        self._settle_group(group)
        return self._attempts.get(group, self.plain)

    def tried(
        self, positions: Int64Array, groups: dict[int, UInt64Array], of_variants: UInt64Array
    ) -> RowSet:
        """Some of these rows with their variants, draws of ``groups`` and of variants at these addresses."""
        attempts = {number: np.take(self.addresses_of(number), positions) for number in self._groups()}
        edges = {n: None if e is None else np.take(e, positions) for n, e in self._edges.items()}
        out = RowSet(self.engine, self.plan, np.take(self.rows, positions), {**attempts, **groups}, edges)
        out._variants = np.take(self.variants, positions)
        out._of_variants = of_variants
        return out

    def _groups(self) -> range:
        return range(len(self.plan.resample))

    def _settle_variants(self) -> None:
        """Find where the draws of rows of variants are made, once."""
        varied = self.plan.varied
        if varied is None or self._of_variants is not None:
            return
        groups, self._of_variants = variants.settle(self)
        self._attempts.update(groups)

    def _settle_group(self, group: int) -> None:
        """The draws of a resample group as they hold without variants."""
        if group in self._settled:
            return
        if self.plan.varied is None:
            self._redraw(group)
            return
        clean = self.clean
        clean._settle_group(group)
        self._attempts[group] = clean._attempts.get(group, self.plain)
        self._edges[group] = clean._edges.get(group, clean.edge_rows)
        self._settled.add(group)

    def stream(self, unit: str, *names: str | int) -> Stream:
        """A stream of this table named by ``names``, at the addresses of ``unit``."""
        return Stream(self.engine.key(self.table.name, *names), self.addresses(unit))

    def _settle(self, unit: str) -> None:
        """Redraw the resample group of ``unit`` until its conditions hold, once."""
        group = self.plan.unit_groups.get(unit)
        varied = self.plan.varied
        if varied is not None and varied.conditions:
            self._settle_variants()
        if group is not None:
            self._settle_group(group)

    def _redraw(self, group: int) -> None:
        # The first draws are tried aside: other threads must not see values that do not stay.
        first = self.addresses_of_group(group)
        attempts = {**self._attempts, group: first}
        trial = self.again(None, attempts, dict(self._edges))
        trial._settled |= self._settled
        trial._cache.update(self._cache)
        redrawn = conditions.settle(trial, group)
        # Groups that were settled on the way share no unit with this one: what they came to stays.
        self._attempts.update({**trial._attempts, group: first if redrawn is None else redrawn[0]})
        self._edges.update({**trial._edges, group: self.edge_rows if redrawn is None else redrawn[1]})
        self._settled |= trial._settled
        if redrawn is None:
            self._cache.update(trial._cache)

    # --- values ----------------------------------------------------------------------------

    def column(self, name: str) -> Vector:
        """The values of a column, nulls put in."""
        key = ("c", name)
        found: Vector | None = self._cache.get(key)
        if found is None and name in self.plan.terms:
            found = self._cache[key] = self._term(self.plan.terms[name])
        along = name in self.plan.recursions
        if found is None and self._is_clean(name) and not (along and self.before is not None):
            found = self._cache[key] = self.clean.column(name)
        if found is None and self.before is None and along:
            found = self._recursive(name)
        if found is None:
            self._settle(column_unit(name))
            found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._compute(name)
        return found

    def _is_clean(self, name: str) -> bool:
        """Whether variants leave a column what it is."""
        varied = self.plan.varied
        return varied is not None and name not in varied.columns and name not in self.plan.terms

    def frame_at(self, positions: Int64Array, addresses: UInt64Array, label: Label) -> RowFrame:
        """A view of some of the rows, whose draws are made at their ``addresses``."""
        return RowFrame(self, positions, np.take(addresses, positions), label)

    def frame(self, unit: str, label: Label, edge: BoolArray | None = None) -> RowFrame:
        """A view in which draws belong to ``unit``, their streams named by ``label``; those of the rows
        ``edge`` are at an edge."""
        return RowFrame(self, None, self.addresses(unit), label, edge=edge)

    def _compute(self, name: str) -> Vector:
        varied = self.plan.varied
        if varied is None or name not in varied.values:
            return self._made(name)
        found = self.clean.column(name) if name in varied.replaced else self._made(name)
        return variants.with_overrides(self, name, found)

    def _made(self, name: str) -> Vector:
        cover = self.table.cover
        if cover is None or name not in cover.columns:
            return self._drawn(name)
        return self.engine.designed(self.table.name).put(name, self.rows, lambda: self._drawn(name))

    def _drawn(self, name: str) -> Vector:
        plan = self.plan.columns[name]
        column = plan.column
        try:
            valid = self.null_rule(column.nulls, column_unit(name), name) if column.nulls else None
            if plan.joint is not None:
                vector = self.engine.joint(self.table.name, plan.joint).column(self.rows, name)
            else:
                unique = self._unique(name)
                unit = column_unit(name)
                frame = self.frame(unit, (self.table.name, name), self.edge(unit))
                vector = _evaluate_where(plan.value, frame, valid) if unique is None else unique
            if plan.clip and column.bounds is not None:
                frame = self.frame(column_unit(name), (self.table.name, name))
                vector = conditions.clip(vector, column.bounds, frame)
        except GenerationError as error:
            raise error.at(self.table.name, name) from None
        return selection.mask(selection.as_type(vector, column.type), valid)

    def _recursive(self, name: str) -> Vector:
        from specdsl.generate.recursion import recursive_columns

        made = recursive_columns(self, self.plan.recursions[name])
        self._cache.update({("c", column): vector for column, vector in made.items()})
        return made[name]

    def _term(self, term: Term) -> Vector:
        """The larger or smaller of two values; a null one does not count."""
        frame = self.frame(column_unit(term.owner), (self.table.name, term.owner))
        left, right = evaluate(term.left, frame), evaluate(term.right, frame)
        pick = np.maximum if term.larger else np.minimum
        data = pick(selection.array(left), selection.array(right))
        if left.valid is None and right.valid is None:
            return Vector(left.type, data)
        has_left = np.ones(self.n, dtype=np.bool_) if left.valid is None else left.valid
        has_right = np.ones(self.n, dtype=np.bool_) if right.valid is None else right.valid
        data = np.where(has_left, np.where(has_right, data, selection.array(left)), selection.array(right))
        return Vector(left.type, data, has_left | has_right)

    def _unique(self, name: str) -> Vector | None:
        column = self.plan.columns[name].column
        if column.distinct_within is not None:
            return self._distinct(name, column.distinct_within)
        if column.uniqueness is not Uniqueness.PERMUTED:
            return None
        permuted = self.engine.permuted(self.table.name, name)
        return None if permuted is None else permuted.at(self.rows)

    def _distinct(self, name: str, reference: str) -> Vector:
        """Values that no other row with the same parent has; a row without a parent gets any."""
        from specdsl.generate.children import index_in

        parents, has = self.parents(reference)
        ranks: Int64Array = selection.array(index_in(self, reference))
        if has is not None:
            ranks = np.where(has, ranks, 0)
        return self.engine.distinct_values(self.table.name, name).at(parents, ranks)

    def null_rule(self, rule: NullRule, unit: str, name: str) -> BoolArray:
        """Which rows are not made null by ``rule``."""
        uniform = at_edges(self.stream(unit, name, "null"), self.edge(unit)).uniform()
        if rule.when is None:
            return uniform >= rule.rate
        when = evaluate(rule.when, self.frame(unit, (self.table.name, name, "null when")))
        holds = selection.array(when) if when.valid is None else selection.array(when) & when.valid
        return uniform >= np.where(holds, rule.rate, rule.otherwise)

    def group_item(self, group: int, index: int) -> Vector:
        """Item ``index`` of the tuple of a column group."""
        key = ("g", str(group))
        found = self._cache.get(key)
        if self.plan.varied is not None and group not in self.plan.varied.groups:
            return self.clean.group_item(group, index)
        if found is None:
            self._settle(group_unit(group))
            found = self._cache.get(key)
        if found is None:
            spec = self.table.groups[group]
            label = (self.table.name, f"({', '.join(spec.columns)})")
            try:
                unit = group_unit(group)
                found = evaluate(spec.value, self.frame(unit, label, self.edge(unit)))
            except GenerationError as error:
                raise error.at(self.table.name, spec.columns[0]) from None
            self._cache[key] = found
        items = found.data
        assert isinstance(items, tuple)
        return selection.mask(items[index], found.valid)

    # --- references ------------------------------------------------------------------------

    def parents(self, name: str) -> tuple[Int64Array, BoolArray | None]:
        """The parent's row number for each row (arbitrary but in range where there is none), and which
        rows have one (None: all)."""
        key = ("r", name)
        found = self._cache.get(key)
        varied = self.plan.varied
        if found is None and varied is not None and name not in varied.references:
            found = self._cache[key] = self.clean.parents(name)
        if found is None:
            self._settle(reference_unit(name))
            found = self._cache.get(key)
        if found is None:
            reference = self.plan.references[name].reference
            try:
                valid = None
                if reference.nulls is not None:
                    valid = self.null_rule(reference.nulls, reference_unit(name), name)
                if varied is not None:
                    valid = variants.without_parents(self, name, valid)
                found = self.engine.parents(self, name, valid)
            except GenerationError as error:
                raise error.at(self.table.name, name) from None
            self._cache[key] = found
        return found

    def parent_set(self, name: str) -> tuple[RowSet, Int64Array | None, BoolArray | None]:
        """The parents as a row set, the position of each row's parent in it (None: the same position),
        and which rows have one."""
        key = ("p", name)
        found = self._cache.get(key)
        varied = self.plan.varied
        clean = varied is not None and name not in varied.references and ("r", name) not in self._cache
        if found is None and clean:
            found = self._cache[key] = self.clean.parent_set(name)
        if found is None:
            rows, valid = self.parents(name)
            table = self.table.references[name].table
            if len(rows) and self.engine.row_count(table) == 0:
                # Nobody has a parent, so nobody will look at one.
                found = (self.engine.no_rows(table), None, valid)
            else:
                # Through a forest a column may name itself, row by row: never ask for all rows at once.
                shared = self.engine.shared_rows(table, rows, whole=table != self.table.name)
                found = (*shared, valid)
            self._cache[key] = found
        return found

    def parent_key(self, name: str, column: str) -> Vector:
        """Column ``column`` of the parents' key; null where there is no parent."""
        parents, positions, valid = self.parent_set(name)
        if parents.n == 0 and self.n:
            return selection.nulls(parents.table.columns[column].type, self.n)
        vector = parents.column(column)
        return selection.mask(vector if positions is None else selection.take(vector, positions), valid)

    def index_among_each(self, reference: str) -> Int64Array:
        """Each row's position among the children of its parent, by an ``each`` reference."""
        return self.engine.dimensions(self.table.name).index_in(reference, self.rows)

    # --- rows that are changed afterwards --------------------------------------------------

    def settle_all(self) -> None:
        """Compute every column and every parent, so that what is changed afterwards leaves the rest alone."""
        for name in self.table.columns:
            self.column(name)
        for name in self.table.references:
            self.parents(name)

    def taken(self, positions: Int64Array) -> RowSet:
        """Some of these rows, all of which is computed (see ``settle_all``), with what they came to."""
        attempts = {group: np.take(a, positions) for group, a in self._attempts.items()}
        out = RowSet(self.engine, self.plan, np.take(self.rows, positions), attempts)
        out._settled = set(self._groups())
        out._variants = None if self._variants is None else np.take(self._variants, positions)
        if self._of_variants is not None:
            out._of_variants = np.take(self._of_variants, positions)
        for name in self.table.columns:
            out._cache[("c", name)] = selection.take(self.column(name), positions)
        for name in self.table.references:
            parents, valid = self.parents(name)
            out._cache[("r", name)] = (
                np.take(parents, positions),
                None if valid is None else np.take(valid, positions),
            )
        return out

    def changed(self, name: str, values: Vector, parents: Int64Array | None = None) -> RowSet:
        """The same rows, all of which is computed, with other values in one column. Where that is a
        reference, ``parents`` are the rows that it leads to (None: to none)."""
        out = self.taken(np.arange(self.n, dtype=np.int64))
        out._cache[("c", name)] = values
        reference = self.table.columns[name].reference
        if reference is not None:
            none = np.zeros(self.n, dtype=np.bool_)
            there = np.ones(self.n, dtype=np.bool_) if values.valid is None else values.valid
            led = (self.parents(reference)[0], none) if parents is None else (parents, there)
            out._cache[("r", reference)] = led
        return out

    def cached(self, key: tuple[str, ...]) -> Any:
        """A value kept by ``keep``, None when there is none."""
        return self._cache.get(key)

    def keep(self, key: tuple[str, ...], value: Any) -> None:
        """Keep a value beside the columns."""
        self._cache[key] = value

    @property
    def sizes(self) -> int:
        """About how many bytes the computed columns take."""
        return sum(_bytes(v) for v in self._cache.values() if isinstance(v, Vector))


def _bytes(vector: Vector) -> int:
    total = 0 if vector.valid is None else vector.valid.nbytes
    match vector.data:
        case tuple() as items:
            return total + sum(_bytes(item) for item in items)
        case data if hasattr(data, "nbytes"):
            return total + int(data.nbytes)
        case lists:
            return total + lists.offsets.nbytes + _bytes(lists.items)


def _evaluate_where(value: Expr, frame: RowFrame, valid: BoolArray | None) -> Vector:
    """The value; only for the valid rows where they are few."""
    if valid is None:
        return evaluate(value, frame)
    positions = np.flatnonzero(valid)
    if len(positions) > _SPARSE * frame.n:
        return evaluate(value, frame)
    return selection.merge(frame.n, [(positions, evaluate(value, frame.take(positions)))], value.type)


class RowFrame:
    """A view of a row set; see ``Frame`` for what its methods give."""

    __slots__ = (
        "_candidate",
        "_edge",
        "_inside",
        "_label",
        "_positions",
        "_rows",
        "addresses",
        "dataset",
        "n",
        "rowset",
        "table",
    )

    def __init__(
        self,
        rowset: RowSet,
        positions: Int64Array | None,
        addresses: UInt64Array,
        label: Label,
        candidate: RowFrame | None = None,
        edge: BoolArray | None = None,
        *,
        inside: bool = False,
    ) -> None:
        self.rowset = rowset
        self.dataset: Dataset = rowset.engine.dataset
        self.table: Table = rowset.table
        self._positions = positions
        self._rows: Int64Array | None = None
        self.addresses = addresses
        self.n = rowset.n if positions is None else len(positions)
        self._label = label
        self._candidate = candidate
        self._edge = edge
        self._inside = inside  # a list: its elements are the rows of this frame

    @property
    def rows(self) -> Int64Array:
        if self._rows is None:
            self._rows = self._pick_rows(self.rowset.rows)
        return self._rows

    @property
    def row_count(self) -> int:
        return self.rowset.engine.row_count(self.table.name)

    def _pick(self, vector: Vector) -> Vector:
        return vector if self._positions is None else selection.take(vector, self._positions)

    def _pick_rows(self, values: Int64Array) -> Int64Array:
        return values if self._positions is None else np.take(values, self._positions)

    def stream(self, site: int) -> Stream:
        return at_edges(Stream(self.rowset.engine.key(*self._label, site), self.addresses), self._edge)

    def column(self, name: str) -> Vector:
        return self._pick(self.rowset.column(name))

    def ordinary_column(self, name: str) -> Vector:
        return self._pick(self.rowset.clean.column(name))

    def variant_name(self) -> Vector:
        return self._pick(variants.names_of(self.rowset))

    def group_item(self, group: int, index: int) -> Vector:
        return self._pick(self.rowset.group_item(group, index))

    def parent_key(self, reference: str, column: str) -> Vector:
        return self._pick(self.rowset.parent_key(reference, column))

    @property
    def first_row(self) -> int:
        return self.rowset.engine.start(self.table.name)

    def _of_batches(self, dtype: DataType, evaluate: Callable[[RowFrame], Vector]) -> Vector | None:
        """What ``evaluate`` gives in the engine of each row's batch, where there are several."""
        from specdsl.generate.mixed import MixedRows

        if not isinstance(self.rowset, MixedRows):
            return None
        return self._pick(self.rowset.in_frames(dtype, evaluate))

    def dimension_value(self) -> Vector:
        over = self.table.over
        assert over is not None
        found = self._of_batches(over.type, RowFrame.dimension_value)
        if found is not None:
            return found
        return self.rowset.engine.dimensions(self.table.name).over_value(self.rows)

    def source_value(self, column: str) -> Vector:
        return selection.take(self.rowset.engine.source_column(self.table.name, column), self.rows)

    def follow(self, reference: str) -> tuple[RowFrame, BoolArray | None]:
        parents, positions, valid = self.rowset.parent_set(reference)
        if self._positions is not None:
            positions = self._positions if positions is None else np.take(positions, self._positions)
            valid = None if valid is None else np.take(valid, self._positions)
        addresses = parents.plain if positions is None else np.take(parents.plain, positions)
        return RowFrame(parents, positions, addresses, (parents.table.name, "followed")), valid

    def candidate(self) -> RowFrame:
        assert self._candidate is not None, "a candidate is named outside of a condition on candidates"
        return self._candidate

    def with_candidate(self, candidate: RowFrame) -> RowFrame:
        """The same rows, considered together with candidates one by one."""
        at, label = self._positions, self._label
        return RowFrame(self.rowset, at, self.addresses, label, candidate, self._edge, inside=self._inside)

    def aggregate(self, expr: Aggregate) -> Vector:
        from specdsl.generate.aggregates import aggregate
        from specdsl.generate.mixed import MixedRows

        rowset = self.rowset
        if rowset.engine.lists_children or not isinstance(rowset, MixedRows):
            return aggregate(expr, self)
        return self._pick(rowset.aggregated(expr))

    def index_in(self, reference: str) -> Vector:
        from specdsl.generate.children import index_in

        return self._pick(index_in(self.rowset, reference))

    def running(self, expr: Running) -> Vector:
        from specdsl.generate.in_order import running

        return self._pick(running(expr, self.rowset, self._label))

    def neighbour(self, expr: Neighbour) -> Vector:
        from specdsl.generate.in_order import neighbour

        return self._pick(neighbour(expr, self.rowset, self._label))

    def split(self, expr: Split) -> Vector:
        from specdsl.generate.split import split

        found = self._of_batches(expr.type, lambda frame: split(expr, frame.rowset))
        return self._pick(split(expr, self.rowset)) if found is None else found

    def fitted(self, expr: Fitted) -> Vector:
        from specdsl.generate.targets.met import fitted

        return fitted(expr, self)

    def rated(self, expr: Rated) -> Vector:
        from specdsl.generate.targets.met import rated

        return rated(expr, self)

    def retained(self, expr: Retained) -> Vector:
        from specdsl.generate.targets.met import retained

        return retained(expr, self)

    def dealt(self, expr: Dealt) -> Vector:
        from specdsl.generate.targets.dealing import dealt

        return dealt(expr, self)

    def pool(self, name: str) -> PoolRows:
        return self.rowset.engine.pool(name)

    def take(self, positions: Int64Array) -> RowFrame:
        inner = positions if self._positions is None else np.take(self._positions, positions)
        candidate = None if self._candidate is None else self._candidate.take(positions)
        edge = None if self._edge is None else np.take(self._edge, positions)
        addresses = np.take(self.addresses, positions)
        return RowFrame(self.rowset, inner, addresses, self._label, candidate, edge, inside=self._inside)

    def again(self, attempt: int) -> RowFrame:
        salt = self.rowset.engine.key(*self._label, "again")
        addresses = derive_addresses(self.addresses, salt, np.full(self.n, attempt, dtype=np.int64))
        return RowFrame(
            self.rowset, self._positions, addresses, self._label, self._candidate, inside=self._inside
        )

    def ordinary(self) -> RowFrame:
        if self._edge is None:
            return self
        return RowFrame(self.rowset, self._positions, self.addresses, self._label, self._candidate)

    def sizing(self) -> RowFrame:
        return self.ordinary() if self._inside else self

    def elements(self, counts: Int64Array, site: int) -> RowFrame:
        repeated, numbers = selection.ranges(np.zeros(self.n, dtype=np.int64), counts)
        frame = self.take(repeated)
        salt = self.rowset.engine.key(*self._label, "elements", site)
        frame.addresses = derive_addresses(frame.addresses, salt, numbers)
        if self._inside:
            frame._edge = None
        frame._inside = True
        return frame
