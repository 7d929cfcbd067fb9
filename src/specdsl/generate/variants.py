"""Rows of variants: which rows they are, what is other in them, and that they keep the rules of their table.

A row is first what it would be without variants (``RowSet.clean``). What a variant says of a column comes in
its place; columns that read it are computed again, at the draws that they had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.runtime import MoreVariantsThanRows, VariantBreaksRules
from specdsl.generate import conditions
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.plan.model import Condition, TablePlan
from specdsl.plan.pushdown import draws
from specdsl.plan.variants import at_edges
from specdsl.randomness.edges import among
from specdsl.randomness.streams import derive_addresses
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine
    from specdsl.generate.rows import RowSet

NONE = -1
"""The number of rows that are of no variant."""
_ALONE = 20
"""So many times only what a variant draws itself is drawn again; then all that its rules look at."""


# --- which rows ------------------------------------------------------------------------------------


def variants_by_row(engine: Engine, plan: TablePlan, rows: Int64Array) -> Int64Array:
    """The number of the variant of each row, ``NONE`` for most. Raises GenerationError (DG587)."""
    found = _dealt(engine, plan, rows)
    for number, variant in enumerate(plan.variants):
        if variant.where is None:
            continue
        candidates = np.flatnonzero(found == number)
        if len(candidates):
            clean = plan if plan.varied is None else plan.varied.clean
            some = engine.rowset(plan.table.name, rows[candidates], clean)
            fits = conditions.is_true(variant.where, some.frame("", (plan.table.name, "variant")))
            found[candidates[~fits]] = NONE
    return found


def _dealt(engine: Engine, plan: TablePlan, rows: Int64Array) -> Int64Array:
    """The same before any ``where`` is looked at."""
    shared = [i for i, variant in enumerate(plan.variants) if variant.share is not None]
    found = np.full(len(rows), NONE, dtype=np.int64)
    if shared:
        shares = [plan.variants[i].share or 0.0 for i in shared]
        drawn = among(engine.key(plan.table.name, "edge rows"), shares, rows)
        found = np.where(drawn >= 0, np.asarray(shared, dtype=np.int64)[drawn], NONE)
    if len(shared) < len(plan.variants):
        chosen = _chosen(engine, plan, rows)
        found = np.where(chosen >= 0, chosen, found)
    return found


def _chosen(engine: Engine, plan: TablePlan, rows: Int64Array) -> Int64Array:
    """The same of variants that say how many rows, which each batch deals out among its own."""
    name = plan.table.name
    found = np.full(len(rows), NONE, dtype=np.int64)
    first = engine.start(name)
    own = np.flatnonzero(rows >= first)
    found[own] = _among(engine.chosen_rows(name), rows[own]) if len(own) else NONE
    if len(own) == len(rows):
        return found
    generations = engine.generations
    assert generations is not None
    owners = np.where(rows < first, generations.owners(name, rows), NONE)
    known = {variant.name: number for number, variant in enumerate(plan.variants)}
    for number in np.unique(owners[owners >= 0]).tolist():
        earlier = generations.engine(number)
        theirs = [known.get(variant.name, NONE) for variant in earlier.plan.tables[name].variants]
        positions = np.flatnonzero(owners == number)
        dealt = _among(earlier.chosen_rows(name), rows[positions])
        found[positions] = np.array([*theirs, NONE], dtype=np.int64)[dealt]
    return found


def _among(chosen: tuple[Int64Array, Int64Array], rows: Int64Array) -> Int64Array:
    """The number that each of ``rows`` has among the rows that are chosen, ``NONE`` for the others."""
    places, numbers = chosen
    if not len(places):
        return np.full(len(rows), NONE, dtype=np.int64)
    at = np.minimum(np.searchsorted(places, rows), len(places) - 1)
    return np.where(places[at] == rows, numbers[at], NONE)


def chosen_rows(engine: Engine, plan: TablePlan) -> tuple[Int64Array, Int64Array]:
    """The rows of variants that say how many, ascending, and the number of the variant of each: among the
    rows that the engine's batch makes. Raises GenerationError (DG587) where there are not so many."""
    name = plan.table.name
    first = engine.start(name)
    counts = [variant.rows or 0 for variant in plan.variants]
    total, count = sum(counts), engine.row_count(name) - first
    if first and not count:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if total > count:
        batch = engine.number + 1 if engine.number else 0
        where = f" in batch {batch}" if batch else ""
        raise GenerationError(
            lambda span: MoreVariantsThanRows(
                span=span,
                table=name,
                arithmetic=f"{total:,} rows",
                there_are=f"{count:,}{where}",
                batch=batch,
            ),
            table=name,
        )
    later = (engine.number,) if engine.number else ()
    order = engine.permutation(engine.key(name, "variants", *later), count)
    rows = order.at(np.arange(total, dtype=np.int64)) + first
    numbers = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    ascending = np.argsort(rows)
    return rows[ascending], numbers[ascending]


def edge_rows(engine: Engine, plan: TablePlan, rows: Int64Array) -> BoolArray | None:
    """Which rows draw at edges; None where the table has no such variant."""
    number = at_edges(plan.variants)
    return None if number is None else _dealt(engine, plan, rows) == number


# --- what they are -----------------------------------------------------------------------------------


def with_overrides(rows: RowSet, name: str, vector: Vector) -> Vector:
    """The values of a column, those of variants in their place."""
    varied = rows.plan.varied
    assert varied is not None
    for number, pushed in varied.values.get(name, {}).items():
        positions = np.flatnonzero(rows.variants == number)
        if not len(positions):
            continue
        variant = rows.plan.variants[number].name
        label = (rows.table.name, name, "variant", variant)
        try:
            frame = rows.frame_at(positions, rows.of_variants, label)
            values = evaluate(pushed.value, frame)
            bounds = rows.table.columns[name].bounds
            if pushed.clip and pushed.exact and bounds is not None:
                values = conditions.clip(values, bounds, frame)
        except GenerationError as error:
            if not error.table:
                error.part = f"variant:{variant}.{name}"
            raise error.at(rows.table.name, None) from None
        typed = selection.as_type(values, rows.table.columns[name].type)
        vector = selection.overlaid(selection.as_type(vector, typed.type), positions, typed)
    return vector


def without_parents(rows: RowSet, name: str, valid: BoolArray | None) -> BoolArray | None:
    """Which rows have a parent, those of variants that have none left out."""
    varied = rows.plan.varied
    assert varied is not None
    numbers = varied.without_parent.get(name)
    if not numbers:
        return valid
    has = np.ones(rows.n, dtype=np.bool_) if valid is None else valid
    return has & ~np.isin(rows.variants, list(numbers))


# --- that they keep the rules ------------------------------------------------------------------------


def settle(rows: RowSet) -> tuple[dict[int, UInt64Array], UInt64Array]:
    """Where the draws of rows of variants are made so that the rules of the table hold: by resample group,
    and for what the variants draw themselves. ``rows`` has what holds without variants. Raises
    GenerationError (DG586) for rows that no redraw helps."""
    varied = rows.plan.varied
    assert varied is not None
    groups = {number: rows.addresses_of(number) for number in varied.redrawn}
    own = rows.plain
    changed = [i for i, variant in enumerate(rows.plan.variants) if variant.overrides]
    positions = np.flatnonzero(np.isin(rows.variants, changed))
    if not varied.conditions or not len(positions):
        return groups, own
    bad = positions[_broken(rows, positions, groups, own)]
    if not len(bad):
        return groups, own
    own = own.copy()
    groups = {number: addresses.copy() for number, addresses in groups.items()}
    alone = _ALONE if _draws_itself(rows) else 0
    last = conditions.ATTEMPTS if groups else alone
    for attempt in range(1, last + 1):
        numbers = np.full(len(bad), attempt, dtype=np.int64)
        own[bad] = derive_addresses(rows.plain[bad], _salt(rows, ("variant",)), numbers)
        if attempt > alone:
            for number in groups:
                salt = _salt(rows, rows.plan.resample[number].units)
                groups[number][bad] = derive_addresses(rows.plain[bad], salt, numbers)
        bad = bad[_broken(rows, bad, groups, own)]
        if not len(bad):
            return groups, own
    raise _cannot_hold(rows, bad, groups, own)


def _draws_itself(rows: RowSet) -> bool:
    return any(draws(o.value) for variant in rows.plan.variants for o in variant.overrides)


def _salt(rows: RowSet, names: tuple[str, ...]) -> int:
    return rows.engine.key(rows.table.name, "redraw", *names)


def _some(rows: RowSet, positions: Int64Array, groups: dict[int, UInt64Array], own: UInt64Array) -> RowSet:
    return rows.tried(positions, {n: np.take(a, positions) for n, a in groups.items()}, own[positions])


def _broken(
    rows: RowSet, positions: Int64Array, groups: dict[int, UInt64Array], own: UInt64Array
) -> BoolArray:
    """Which of the rows at ``positions`` break a condition."""
    assert rows.plan.varied is not None
    some = _some(rows, positions, groups, own)
    out = np.zeros(len(positions), dtype=np.bool_)
    for condition in rows.plan.varied.conditions:
        out |= _breaks(some, condition)
    return out


def _breaks(rows: RowSet, condition: Condition) -> BoolArray:
    frame = rows.frame("", (rows.table.name, "conditions"))
    try:
        return conditions.is_false(condition.condition, frame)
    except GenerationError as error:
        raise error.at(rows.table.name, condition.column) from None


def _cannot_hold(
    rows: RowSet, bad: Int64Array, groups: dict[int, UInt64Array], own: UInt64Array
) -> GenerationError:
    """The error for the first of the rows that are left, and all that break the same rule in its variant."""
    assert rows.plan.varied is not None
    some = _some(rows, bad, groups, own)
    broken = [(c, _breaks(some, c)) for c in rows.plan.varied.conditions]
    condition, where = max(broken, key=lambda pair: int(np.count_nonzero(pair[1])))
    numbers = rows.variants[bad[where]]
    number = int(np.bincount(numbers).argmax())
    variant = rows.plan.variants[number]
    looked_at = int(np.count_nonzero(rows.variants == number))
    return GenerationError(
        lambda span: VariantBreaksRules(
            span=span,
            variant=variant.name,
            rule=condition.label,
            rows=int(np.count_nonzero(numbers == number)),
            looked_at=looked_at,
        ),
        table=rows.table.name,
        part=f"variant:{variant.name}",
    )


def names_of(rows: RowSet) -> Vector:
    """The name of each row's variant, null for none."""
    from specdsl.vectors import strings

    names = [variant.name for variant in rows.plan.variants]
    if not names:
        return selection.nulls(t.STRING, rows.n)
    codes = np.maximum(rows.variants, 0).astype(np.int32)
    return Vector(t.STRING, strings.dictionary(codes, strings.from_python(names)), rows.variants != NONE)
