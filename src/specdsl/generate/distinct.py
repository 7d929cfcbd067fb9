"""References that are distinct within a group of rows.

Where all rows of a group choose among the same parents with equal chances, the choice is a keyed
permutation: the group's key, the row's rank in it. Otherwise a row takes its first draw that no row
before it in the group has taken; a row's parent depends on the rows before it only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from specdsl.diagnostics.runtime import GroupLargerThanParents
from specdsl.generate.children import groups as child_groups
from specdsl.generate.children import index_in, whole_groups
from specdsl.generate.errors import GenerationError
from specdsl.generate.hashing import hashes
from specdsl.generate.references import Drawing, Parents, no_eligible_parent
from specdsl.generate.rows import RowSet
from specdsl.generate.sorted_rows import Keyed, SortedRows, sort_rows
from specdsl.plan.model import ReferenceKind, ReferencePlan, reference_unit
from specdsl.randomness.permutation import keyed_positions
from specdsl.randomness.streams import GOLDEN, derive_addresses, mix
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine

ATTEMPTS = 40
_SHORT = 24


def draw_distinct(rows: RowSet, plan: ReferencePlan, valid: BoolArray | None) -> Parents:
    """The parents of ``rows``, distinct within each group."""
    if _alike(plan):
        quick = _permuted_each(rows, plan, valid)
        if quick is not None:
            return quick
    partition = _partition(rows, plan)
    everyone = partition.rows
    name = plan.reference.name
    key = ("d", name)
    found = everyone.cached(key)
    if found is None:
        active = valid
        if everyone is not rows and plan.reference.nulls is not None:
            active = everyone.null_rule(plan.reference.nulls, reference_unit(name), name)
        solve = _permuted if _alike(plan) else _drawn
        found = solve(partition, plan, active)
        everyone.keep(key, found)
    parents, has = found
    if everyone is rows and np.array_equal(partition.mine, np.arange(rows.n)):
        return parents, selection.both(valid, has)
    return np.take(parents, partition.mine), selection.both(
        valid, None if has is None else np.take(has, partition.mine)
    )


def _alike(plan: ReferencePlan) -> bool:
    """Whether all rows choose among the same parents with equal chances."""
    where = plan.where
    of_row = where.keys or where.row_conditions or where.order_bounds or where.row_bounds or where.residual
    return plan.reference.skew is None and not of_row


# --- groups --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Partition:
    """Whole groups of rows. ``group`` numbers the group of each row, ``codes`` identifies it whatever
    other rows are at hand; ``mine`` is where the rows asked for stand."""

    rows: RowSet
    group: Int64Array
    codes: UInt64Array
    mine: Int64Array


def _partition(rows: RowSet, plan: ReferencePlan) -> Partition:
    reference = _grouping_reference(rows, plan)
    if reference is not None:
        found = whole_groups(rows, reference)
        if (found.mine >= 0).all():
            codes = _codes(found.rows, plan.distinct_per)
            alone = {rows.table.columns[c].reference for c in plan.distinct_per} == {reference}
            return Partition(found.rows, found.group if alone else _numbered(codes), codes, found.mine)
    everyone, mine = _neighbours(rows, plan)
    codes = _codes(everyone, plan.distinct_per)
    return Partition(everyone, _numbered(codes), codes, mine)


def _numbered(codes: UInt64Array) -> Int64Array:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def _neighbours(rows: RowSet, plan: ReferencePlan) -> tuple[RowSet, Int64Array]:
    """Rows that include every group of ``rows`` whole, and where those stand."""
    engine, table = rows.engine, rows.plan.table
    if not plan.distinct_per:
        everyone = np.arange(engine.row_count(table.name), dtype=np.int64)
        return _same_or_new(rows, everyone), rows.rows
    index = engine.row_index(table.name, plan.distinct_per)
    codes = np.unique(_codes(rows, plan.distinct_per))
    low, high = index.find(codes)
    counts = high - low
    starts = selection.offsets_of(counts)
    at = np.repeat(low - starts[:-1], counts) + np.arange(int(starts[-1]), dtype=np.int64)
    everyone = np.sort(index.rows.gather(at))
    return _same_or_new(rows, everyone), np.searchsorted(everyone, rows.rows).astype(np.int64)


def _same_or_new(rows: RowSet, everyone: Int64Array) -> RowSet:
    same = len(everyone) == rows.n and np.array_equal(everyone, rows.rows)
    return rows if same else rows.engine.rowset(rows.table.name, everyone)


def _grouping_reference(rows: RowSet, plan: ReferencePlan) -> str | None:
    """A reference among the columns to be distinct per, whose groups contain ours; an ``each`` one first."""
    names = [rows.table.columns[c].reference for c in plan.distinct_per]
    found = [n for n in names if n is not None]
    each = [n for n in found if rows.plan.references[n].kind is ReferenceKind.EACH]
    return next(iter(each or found), None)


def _codes(rows: RowSet, columns: tuple[str, ...]) -> UInt64Array:
    """What identifies each row's group. A row with a null among the columns is a group by itself."""
    out = np.zeros(rows.n, dtype=np.uint64)
    known: BoolArray | None = None
    done: set[str] = set()
    for name in columns:
        reference = rows.table.columns[name].reference
        if reference is None:
            column = rows.column(name)
            part = hashes(column)
            known = selection.both(known, column.valid)
        elif reference in done:
            continue
        else:
            done.add(reference)
            parents, valid = rows.parents(reference)
            part = mix(parents.view(np.uint64) + GOLDEN)
            known = selection.both(known, valid)
        out = mix(out * GOLDEN + part)
    if known is not None:
        out = np.where(known, out, mix(rows.plain * GOLDEN + np.uint64(1)))
    return out


def row_index(engine: Engine, table: str, columns: tuple[str, ...]) -> SortedRows:
    """The rows of ``table`` by the code of some columns: one pass over the table."""

    def keyed(rows: Int64Array) -> Keyed:
        return Keyed(_codes(engine.rowset(table, rows), columns))

    return sort_rows(engine.row_count(table), keyed, engine.temp_dir)


# --- equal chances: permutations -----------------------------------------------------------


def _choices(rows: RowSet, plan: ReferencePlan) -> tuple[int, Callable[[Int64Array], Int64Array]]:
    """How many parents can be chosen, and the rows that they are by their numbers."""
    engine, reference = rows.engine, plan.reference
    if plan.where.indexed:
        index = engine.parent_index(reference.table, plan.where, engine.first_parent(plan))
        return len(index.rows), index.rows.gather
    low, high, alive = engine.eligible(plan)
    if alive is not None:
        return high - low, lambda at: alive.gather(at + low)
    return high - low, lambda at: at + low


def _permuted_each(rows: RowSet, plan: ReferencePlan, valid: BoolArray | None) -> Parents | None:
    """The usual case without looking at other rows: distinct per one reference, no nulls."""
    if plan.reference.nulls is not None or len(plan.distinct_per) != 1:
        return None
    reference = rows.table.columns[plan.distinct_per[0]].reference
    if reference is None:
        return None
    owners, has = rows.parents(reference)
    size, chosen = _choices(rows, plan)
    found = index_in(rows, reference)
    ranks: Int64Array = selection.array(found)
    if has is not None:
        ranks = np.where(has, ranks, 0)
    if int(ranks.max(initial=0)) >= size:
        if not plan.reference.nullable:
            groups = child_groups(rows.engine, rows.table.name, reference, np.unique(owners))
            raise _too_large(rows, plan, int(groups.counts.max(initial=0)), size)
        valid = selection.both(valid, ranks < size)
        ranks = np.where(ranks < size, ranks, 0)
    if size == 0:
        return np.zeros(rows.n, dtype=np.int64), np.zeros(rows.n, dtype=np.bool_)
    keys = mix(_codes(rows, plan.distinct_per) * GOLDEN + np.uint64(_key(rows, plan)))
    at = keyed_positions(keys, np.full(rows.n, size, dtype=np.int64), ranks)
    return chosen(at), valid


def _key(rows: RowSet, plan: ReferencePlan) -> int:
    return rows.engine.key(rows.table.name, plan.reference.name, "distinct")


def _permuted(partition: Partition, plan: ReferencePlan, active: BoolArray | None) -> Parents:
    rows = partition.rows
    size, chosen = _choices(rows, plan)
    positions = np.arange(rows.n, dtype=np.int64) if active is None else np.flatnonzero(active)
    ranks = _ranks(partition.group[positions], rows.rows[positions])
    over = ranks >= size
    if over.any():
        if not plan.reference.nullable:
            raise _too_large(rows, plan, int(ranks.max()) + 1, size)
        positions, ranks = positions[~over], ranks[~over]
    parents = np.zeros(rows.n, dtype=np.int64)
    has = np.zeros(rows.n, dtype=np.bool_)
    has[positions] = True
    if len(positions):
        keys = mix(partition.codes[positions] * GOLDEN + np.uint64(_key(rows, plan)))
        at = keyed_positions(keys, np.full(len(positions), size, dtype=np.int64), ranks)
        parents[positions] = chosen(at)
    return parents, None if has.all() else has


def _ranks(group: Int64Array, rows: Int64Array) -> Int64Array:
    """Each row's place, from 0, among the rows of its group in row order."""
    order = np.lexsort((rows, group))
    sorted_groups = group[order]
    begins = (
        np.flatnonzero(np.concatenate([[True], sorted_groups[1:] != sorted_groups[:-1]]))
        if len(group)
        else order
    )
    counts = np.diff(np.append(begins, len(group)))
    out = np.empty(len(group), dtype=np.int64)
    out[order] = np.arange(len(group), dtype=np.int64) - np.repeat(begins, counts)
    return out


def _too_large(rows: RowSet, plan: ReferencePlan, size: int, available: int) -> GenerationError:
    reference = plan.reference
    per = " and ".join(f"`{c}`" for c in plan.distinct_per) or "table"
    return GenerationError(
        lambda span: GroupLargerThanParents(
            span=span,
            reference=reference.name,
            parent=reference.table,
            per=per,
            size=size,
            available=available,
        ),
        part="distinct",
    )


# --- unequal chances: the first draw that is free ------------------------------------------


def _drawn(partition: Partition, plan: ReferencePlan, active: BoolArray | None) -> Parents:
    rows = partition.rows
    drawing = Drawing(rows, plan)
    positions = np.arange(rows.n, dtype=np.int64) if active is None else np.flatnonzero(active)
    group, numbers = partition.group[positions], rows.rows[positions]
    plain = rows.addresses(reference_unit(plan.reference.name))[positions]
    values, has = drawing.solve(positions, plain)
    if not has.all():
        if not plan.reference.nullable:
            raise no_eligible_parent(rows, plan, positions[~has], len(positions))
        positions, group, numbers = positions[has], group[has], numbers[has]
        plain, values = plain[has], values[has]
    if _apart(group):
        order = np.lexsort((numbers, group))
        positions, group, numbers = positions[order], group[order], numbers[order]
        plain, values = plain[order], values[order]
    attempts = np.zeros(len(positions), dtype=np.int64)
    salt = rows.engine.key(rows.table.name, plan.reference.name, "distinct")
    stuck = np.zeros(len(positions), dtype=np.bool_)
    live = np.arange(len(positions), dtype=np.int64)
    while True:
        late = live[_repeats(group[live], values[live])]
        if not len(late):
            break
        # Only groups that had a repeat can have one again; rows that are stuck hold nothing.
        unsettled = np.zeros(int(group.max()) + 1, dtype=np.bool_)
        unsettled[group[late]] = True
        attempts[late] += 1
        gone = late[attempts[late] > ATTEMPTS]
        stuck[gone] = True
        late = late[attempts[late] <= ATTEMPTS]
        again = derive_addresses(plain[late], salt, attempts[late])
        values[late], _ = drawing.solve(positions[late], again)
        live = live[unsettled[group[live]] & ~stuck[live]]
    if stuck.any():
        _settle(drawing, plan, positions, group, numbers, plain, values, stuck)
    out = np.zeros(rows.n, dtype=np.int64)
    found = np.zeros(rows.n, dtype=np.bool_)
    kept = ~stuck
    out[positions[kept]] = values[kept]
    found[positions[kept]] = True
    return out, None if found.all() else found


def _apart(group: Int64Array) -> bool:
    """Whether the rows of some group do not stand together."""
    if not len(group) or bool(np.all(group[1:] >= group[:-1])):
        return False
    runs = int(np.count_nonzero(group[1:] != group[:-1])) + 1
    return runs != len(np.unique(group))


def _repeats(group: Int64Array, values: Int64Array) -> Int64Array:
    """The places whose value an earlier place of the same group has; groups stand together."""
    if not len(group):
        return group
    begins = np.flatnonzero(group[1:] != group[:-1]) + 1
    longest = int(np.diff(begins, prepend=0, append=len(group)).max())
    if longest <= _SHORT:
        late = np.zeros(len(group), dtype=np.bool_)
        for lag in range(1, longest):
            late[lag:] |= (values[lag:] == values[:-lag]) & (group[lag:] == group[:-lag])
        return np.flatnonzero(late)
    order = np.lexsort((values, group))  # stable: equal values stay in row order
    same = (group[order][1:] == group[order][:-1]) & (values[order][1:] == values[order][:-1])
    repeats: Int64Array = order[1:][same]
    return repeats


def _settle(
    drawing: Drawing,
    plan: ReferencePlan,
    positions: Int64Array,
    group: Int64Array,
    numbers: Int64Array,
    plain: UInt64Array,
    values: Int64Array,
    stuck: BoolArray,
) -> None:
    """Rows that kept drawing what was taken: group by group, in row order, each chooses among all that is
    left for it, and a row that finds nothing left asks an earlier one to move on."""
    for number in np.unique(group[stuck]):
        members = np.flatnonzero(group == number)
        members = members[np.argsort(numbers[members])]
        taken: dict[int, int] = {}
        for member in members:
            value = int(values[member])
            if not stuck[member] and value not in taken:
                taken[value] = int(member)
                continue
            options = _Options(drawing, positions, plain)
            if options.place(int(member), taken, set()):
                stuck[member] = False
            elif not plan.reference.nullable:
                mine = drawing.eligible.take(positions[[member]])
                available = int(mine.high[0] - mine.low[0])
                raise _too_large(drawing.rows, plan, len(members), min(available, len(taken)))
            else:
                stuck[member] = True
        for value, holder in taken.items():
            values[holder] = value


@dataclass(slots=True)
class _Options:
    drawing: Drawing
    positions: Int64Array
    plain: UInt64Array

    def place(self, member: int, taken: dict[int, int], visited: set[int]) -> bool:
        """Find ``member`` a free parent, along an augmenting path where all of its own are taken
        (Kuhn: The Hungarian method for the assignment problem, 1955)."""
        at = self.positions[[member]]
        mine = self.drawing.eligible.take(at)
        held = np.array(sorted(taken), dtype=np.int64)
        found, has = self.drawing.enumerate(at, self.plain[[member]], mine, held)
        if has[0]:
            taken[int(found[0])] = member
            return True
        for value in sorted(set(taken) - visited):
            candidate = np.array([value], dtype=np.int64)
            if not self._eligible(at, mine.low[0], mine.high[0], candidate):
                continue
            visited.add(value)
            holder = taken[value]
            if self.place(holder, taken, visited):
                taken[value] = member
                return True
        return False

    def _eligible(self, at: Int64Array, low: int, high: int, candidate: Int64Array) -> bool:
        index = self.drawing.eligible.index
        if index is None:
            inside = low <= int(candidate[0]) < high
        else:
            inside = bool(np.isin(candidate, index.read(int(low), int(high)))[0])
        return inside and bool(self.drawing.holds(at, candidate)[0])
