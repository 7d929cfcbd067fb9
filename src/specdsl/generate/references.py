"""References: the parent's row number as a function of the row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from specdsl.datatypes.types import INT
from specdsl.diagnostics.runtime import NoEligibleParent, NoParentRows, TooFewParents
from specdsl.functions.entry import Invocation
from specdsl.functions.registry import FUNCTIONS
from specdsl.generate import conditions
from specdsl.generate.eligible import Eligible, eligible
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.generate.rows import RowFrame, RowSet
from specdsl.ir.expr import Call, Const, Physical
from specdsl.plan.model import ReferenceKind, ReferencePlan, reference_unit
from specdsl.randomness.permutation import keyed_positions
from specdsl.randomness.streams import GOLDEN, Stream, derive_addresses, mix
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array, Vector

TRIES = 32
"""Random tries of a residual condition before a row's parents are gone through one by one."""

_SKEW_TRIES = 16
_PAIRS = 1 << 17

Parents = tuple[Int64Array, "BoolArray | None"]


def parents(rows: RowSet, name: str, valid: BoolArray | None) -> Parents:
    """The parent's row number of each row, and which rows have one; ``valid``: those that are not made
    null. Raises GenerationError (DG570 to DG576)."""
    plan = rows.plan.references[name]
    engine = rows.engine
    if plan.kind is ReferenceKind.EACH:
        return engine.dimensions(rows.table.name).parents(name, rows.rows), valid
    low, high, _ = engine.eligible(plan)
    if low - plan.reserve_first >= high + plan.reserve_last:
        return _none(rows, plan, valid)
    match plan.kind:
        case ReferenceKind.UNIQUE:
            return _one_to_one(rows, plan, valid)
        case ReferenceKind.JOINT:
            joint = next(
                i
                for i, j in enumerate(rows.plan.joints)
                if any(m.name == name and m.is_reference for m in j.members)
            )
            return engine.joint(rows.table.name, joint).parents(rows.rows, name), valid
        case _:
            if plan.distinct:
                from specdsl.generate.distinct import draw_distinct

                return draw_distinct(rows, plan, valid)
            return _draw(rows, plan, valid)


def _none(rows: RowSet, plan: ReferencePlan, valid: BoolArray | None) -> Parents:
    """No parent at all: every row must do without one."""
    reference = plan.reference
    wanting = rows.n if valid is None else int(np.count_nonzero(valid))
    if wanting and not reference.nullable:
        raise GenerationError(
            lambda span: NoParentRows(
                span=span, reference=reference.name, parent=reference.table, rows=rows.n
            ),
            part="reference",
        )
    return np.zeros(rows.n, dtype=np.int64), np.zeros(rows.n, dtype=np.bool_)


def _one_to_one(rows: RowSet, plan: ReferencePlan, valid: BoolArray | None) -> Parents:
    reference, engine = plan.reference, rows.engine
    first, since = engine.segment(rows.table.name, reference.table)
    index = engine.parent_index(reference.table, plan.where, first).rows if plan.where.indexed else None
    size = engine.row_count(reference.table) - first if index is None else len(index)
    total = engine.row_count(rows.table.name) - since
    if total > size and not reference.nullable:
        raise GenerationError(
            lambda span: TooFewParents(
                span=span, reference=reference.name, parent=reference.table, rows=total, parents=size
            ),
            part="unique",
        )
    # With more rows than parents (and nulls allowed) some rows draw a number that no parent has.
    names = (rows.table.name, reference.name, "unique", *((first,) if first else ()))
    permutation = engine.permutation(engine.key(*names), max(size, total))
    at = permutation.at(rows.rows - since)
    if total > size:
        valid = selection.both(valid, at < size)
        at = np.where(at < size, at, 0)
    if size == 0:
        return np.zeros(rows.n, dtype=np.int64), np.zeros(rows.n, dtype=np.bool_)
    return (at + first if index is None else index.gather(at)), valid


def _draw(rows: RowSet, plan: ReferencePlan, valid: BoolArray | None) -> Parents:
    """Independent draws among the eligible parents."""
    reference, engine = plan.reference, rows.engine
    stream = rows.stream(reference_unit(reference.name), reference.name, "reference")
    low, high, alive = engine.eligible(plan)
    size = high - low
    anyone = reference.where is None and not reference.forest
    if anyone and size > 0 and reference.skew is None:
        drawn = stream.below(size)
        if low:
            drawn += low
        return drawn if alive is None else alive.gather(drawn), valid
    drawing = Drawing(rows, plan)
    if anyone and size > 0:
        positions = np.arange(rows.n, dtype=np.int64)
        ranks = drawing.ranks(size, positions, stream)
        spread = engine.permutation(engine.key(rows.table.name, reference.name, "ranks"), size)
        drawn = spread.at(ranks) + low
        return drawn if alive is None else alive.gather(drawn), valid
    positions = np.arange(rows.n, dtype=np.int64) if valid is None else np.flatnonzero(valid)
    found, has = drawing.solve(positions, stream.addresses[positions])
    if not has.all():
        if not reference.nullable:
            raise no_eligible_parent(rows, plan, positions[~has], len(positions))
        positions, found = positions[has], found[has]
        valid = np.zeros(rows.n, dtype=np.bool_)
        valid[positions] = True
    if len(positions) == rows.n:
        return found, valid
    out = np.zeros(rows.n, dtype=np.int64)
    out[positions] = found
    return out, valid


def no_eligible_parent(
    rows: RowSet, plan: ReferencePlan, without: Int64Array, looked_at: int
) -> GenerationError:
    """The failure of rows (positions ``without``) that no parent fits."""
    reference = plan.reference
    total = rows.engine.row_count(reference.table)
    return GenerationError(
        lambda span: NoEligibleParent(
            span=span,
            reference=reference.name,
            parent=reference.table,
            rows=len(without),
            looked_at=looked_at,
            parents=total,
            first_row=int(rows.rows[without].min()),
        ),
        part="where" if reference.where is not None else "reference",
    )


@dataclass(slots=True)
class Drawing:
    """Draws of one reference for some rows."""

    rows: RowSet
    plan: ReferencePlan
    eligible: Eligible
    frame: RowFrame
    key: int

    def __init__(self, rows: RowSet, plan: ReferencePlan) -> None:
        name = plan.reference.name
        self.rows = rows
        self.plan = plan
        self.eligible = eligible(rows, plan)
        self.frame = rows.frame(reference_unit(name), (rows.table.name, name, "where"))
        self.key = rows.engine.key(rows.table.name, name, "reference")

    def solve(self, positions: Int64Array, addresses: UInt64Array) -> tuple[Int64Array, BoolArray]:
        """For the rows at ``positions`` a parent drawn at ``addresses``, and which rows have one; the
        residual condition holds."""
        mine = self.eligible.take(positions)
        has = mine.low < mine.high
        found = np.zeros(len(positions), dtype=np.int64)
        pending = np.flatnonzero(has)
        residual = self.plan.where.residual
        if residual is None:
            found[pending] = self._pick(mine.take(pending), positions[pending], addresses[pending])
            return found, has
        salt = self.rows.engine.key(self.rows.table.name, self.plan.reference.name, "tries")
        for attempt in range(TRIES):
            if not len(pending):
                return found, has
            at = addresses[pending]
            if attempt:
                at = derive_addresses(at, salt, np.full(len(at), attempt, dtype=np.int64))
            drawn = self._pick(mine.take(pending), positions[pending], at)
            holds = self.holds(positions[pending], drawn)
            found[pending[holds]] = drawn[holds]
            pending = pending[~holds]
        if len(pending):
            rest, exists = self.enumerate(positions[pending], addresses[pending], mine.take(pending))
            found[pending] = rest
            has[pending] = exists
        return found, has

    def holds(self, positions: Int64Array, candidates: Int64Array) -> BoolArray:
        residual = self.plan.where.residual
        if residual is None:
            return np.ones(len(positions), dtype=np.bool_)
        engine, table = self.rows.engine, self.plan.reference.table
        rowset, at = engine.shared_rows(table, candidates)
        candidate = RowFrame(rowset, at, candidates.view(np.uint64), (table, "candidate"))
        return conditions.is_true(residual, self.frame.take(positions).with_candidate(candidate))

    def _pick(self, mine: Eligible, positions: Int64Array, addresses: UInt64Array) -> Int64Array:
        """One eligible parent for each row (none of whose ranges is empty)."""
        stream = Stream(self.key, addresses)
        if self.plan.reference.skew is not None:
            return self._pick_skewed(mine, positions, stream)
        if not len(positions):
            return positions.copy()
        return mine.rows(mine.low + stream.below(mine.high - mine.low))

    def _pick_skewed(self, mine: Eligible, positions: Int64Array, stream: Stream) -> Int64Array:
        """Ranks by the skew, spread over the parents by a permutation: who is popular does not depend on
        the row. Ranks that a row's orders rule out are drawn again a few times; then the rank counts
        within the range."""
        if not len(positions):
            return positions.copy()
        if self.plan.reference.forest:
            return mine.rows(mine.low + self.ranks(mine.high - mine.low, positions, stream))
        out = np.empty(len(positions), dtype=np.int64)
        pending = np.arange(len(positions), dtype=np.int64)
        salt = self.rows.engine.key(self.rows.table.name, self.plan.reference.name, "skew")
        for attempt in range(_SKEW_TRIES):
            at = stream.addresses[pending]
            if attempt:
                at = derive_addresses(at, salt, np.full(len(at), attempt, dtype=np.int64))
            place = self._popular(mine.take(pending), positions[pending], Stream(stream.key, at))
            inside = (place >= mine.low[pending]) & (place < mine.high[pending])
            out[pending[inside]] = place[inside]
            pending = pending[~inside]
            if not len(pending):
                return mine.rows(out)
        sizes = mine.high[pending] - mine.low[pending]
        last = Stream(stream.key, stream.addresses[pending]).substream("within")
        out[pending] = mine.low[pending] + self.ranks(sizes, positions[pending], last)
        return mine.rows(out)

    def _popular(self, mine: Eligible, positions: Int64Array, stream: Stream) -> Int64Array:
        """Positions by the skew among all parents of a row's range before orders narrow it."""
        engine = self.rows.engine
        key = engine.key(self.rows.table.name, self.plan.reference.name, "ranks")
        if not self.plan.where.keys:
            size = int(mine.last[0] - mine.first[0])
            return mine.first + engine.permutation(key, size).at(self.ranks(size, positions, stream))
        sizes = mine.last - mine.first
        keys = mix(mine.first.view(np.uint64) * GOLDEN + np.uint64(key))
        return mine.first + keyed_positions(keys, sizes, self.ranks(sizes, positions, stream))

    def ranks(self, sizes: int | Int64Array, positions: Int64Array, stream: Stream) -> Int64Array:
        """Numbers from 0 below ``sizes``, by the skew. A kernel may treat one size for all rows in another
        way than sizes by row, so which it is must not depend on the rows at hand."""
        skew = self.plan.reference.skew
        assert isinstance(skew, Call)
        frame = self.frame.take(positions) if any(not isinstance(a, Const) for _, a in skew.args) else None
        args: dict[str, Vector | Physical | None] = {}
        for name, argument in skew.args:
            if isinstance(argument, Const):
                args[name] = argument.value
            else:
                assert frame is not None
                args[name] = evaluate(argument, frame)
        kernel = FUNCTIONS[skew.function].kernel
        assert kernel is not None
        invocation = Invocation(
            n=len(positions),
            rows=self.rows.rows[positions],
            args=args,
            result=INT,
            locale=self.rows.engine.dataset.locale,
            stream=stream,
            row_count=self.rows.engine.row_count(self.rows.table.name),
            low=1,
            high=sizes if isinstance(sizes, int) else Vector(INT, sizes),
            types={name: argument.type for name, argument in skew.args},
        )
        ranks: Int64Array = selection.array(kernel(invocation))
        return np.clip(ranks - 1, 0, sizes - 1)

    def enumerate(
        self,
        positions: Int64Array,
        addresses: UInt64Array,
        mine: Eligible,
        taken: Int64Array | None = None,
    ) -> tuple[Int64Array, BoolArray]:
        """Uniform among all parents that satisfy everything (and are not in ``taken``), by going through
        each row's range: the one whose hash with the row's address is least."""
        sizes = np.maximum(mine.high - mine.low, 0)
        offsets = selection.offsets_of(sizes)
        best = np.full(len(positions), np.uint64(0xFFFFFFFFFFFFFFFF))
        found = np.zeros(len(positions), dtype=np.int64)
        has = np.zeros(len(positions), dtype=np.bool_)
        for start in range(0, int(offsets[-1]), _PAIRS):
            flat = np.arange(start, min(int(offsets[-1]), start + _PAIRS), dtype=np.int64)
            owners = np.searchsorted(offsets, flat, side="right").astype(np.int64) - 1
            candidates = mine.rows(mine.low[owners] + flat - offsets[owners])
            holds = self.holds(positions[owners], candidates)
            if taken is not None:
                holds &= ~np.isin(candidates, taken)
            owners, candidates = owners[holds], candidates[holds]
            hashed = mix(
                addresses[owners] * GOLDEN + mix(candidates.view(np.uint64) * GOLDEN + np.uint64(self.key))
            )
            order = np.lexsort((hashed, owners))
            owners, candidates, hashed = owners[order], candidates[order], hashed[order]
            firsts = (
                np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]])) if len(owners) else order
            )
            owners, candidates, hashed = owners[firsts], candidates[firsts], hashed[firsts]
            better = hashed <= best[owners]
            best[owners[better]] = hashed[better]
            found[owners[better]] = candidates[better]
            has[owners[better]] = True
        return found, has
