"""Which rows of a table are spoiled, and how: so many as are declared, each in one way, chosen by the seed.

Rows are looked at in the order of a keyed permutation, until enough of them can be spoiled; what is kept is
their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from specdsl.diagnostics.runtime import DirtNotFound, MoreDirtThanRows
from specdsl.generate.dirt.scanning import present
from specdsl.generate.dirt.spoiling import Spoiled, Spoiling
from specdsl.generate.engine import Engine
from specdsl.generate.errors import GenerationError
from specdsl.generate.hashing import combined
from specdsl.ir.model import COPIES, DirtKind
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array

_LEAST, _MOST = 256, 1 << 15  # rows that are looked at together
_TRIED = 200_000  # rows that are looked at in vain at most, and
_PER_ROW = 200  # so many for each that is wanted


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows of one kind of dirt, ascending; ``donors``: for each the row whose value it takes (itself
    where there is none)."""

    spoiling: Spoiling
    rows: Int64Array
    donors: Int64Array

    @property
    def is_copy(self) -> bool:
        return self.spoiling.dirt.kind in COPIES


def choose(engine: Engine, table: str) -> tuple[Chosen, ...]:
    """The rows of each kind of dirt of a table, among those that the engine's batch makes. Raises
    GenerationError (DG581, DG582): they are too few."""
    taken: Int64Array = np.empty(0, dtype=np.int64)
    out: list[Chosen] = []
    declared, count = engine.dataset.tables[table].dirt, engine.row_count(table) - engine.start(table)
    needed = sum(dirt.taken(count) for dirt in declared)
    if needed > count:
        batch = batch_number(engine)
        raise GenerationError(
            lambda span: MoreDirtThanRows(span=span, table=table, needed=needed, rows=count, batch=batch),
            table=table,
            part=f"dirt:{declared[-1].name}",
        )
    for dirt in declared:
        spoiling = Spoiling(engine, table, dirt)
        spoiling.prepare()
        search = _Search(spoiling, taken)
        found = search.run()
        out.append(found)
        taken = np.union1d(taken, np.concatenate([found.rows, found.donors]))
    return tuple(out)


def batch_number(engine: Engine) -> int:
    """The number of the batch as people count it; 0 for the first, which is as a build without batches."""
    return engine.number + 1 if engine.number else 0


class _Search:
    """Looking for the rows of one kind of dirt among those of the batch that are not ``taken``."""

    def __init__(self, spoiling: Spoiling, taken: Int64Array) -> None:
        self._spoiling = spoiling
        self._engine = spoiling.engine
        self._table = spoiling.table.name
        self._taken = taken
        self._first = self._engine.start(self._table)
        self._count = self._engine.row_count(self._table) - self._first
        self._wanted = spoiling.dirt.count(self._count)
        self._seen: list[set[int]] = [set() for _ in spoiling.distinct_sets()]
        self._rows: list[Int64Array] = []
        self._donors: list[Int64Array] = []
        self._found = 0

    def run(self) -> Chosen:
        batch = (self._engine.number,) if self._engine.number else ()
        key = self._engine.key(self._table, "dirt", self._spoiling.dirt.name, "rows", *batch)
        order = self._engine.permutation(key, self._count)
        pairs = self._spoiling.dirt.kind is DirtKind.UNIQUE
        at, tried = 0, 0
        while self._found < self._wanted and at < self._count:
            if tried > max(_TRIED, _PER_ROW * self._wanted):
                break
            size = min(max(_LEAST, 2 * (self._wanted - self._found)), _MOST) * (2 if pairs else 1)
            numbers = order.at(np.arange(at, min(at + size, self._count), dtype=np.int64))
            at += len(numbers)
            numbers = numbers + self._first
            rows = numbers[~np.isin(numbers, self._taken)]
            tried += len(rows)
            donors = rows
            if pairs:
                rows, donors = rows[: len(rows) // 2 * 2 : 2], rows[1::2]
            self._look(rows, donors)
        if self._found < self._wanted:
            raise _not_found(self._spoiling, self._wanted, self._found, tried)
        rows, donors = (np.concatenate(x) if x else np.empty(0, np.int64) for x in (self._rows, self._donors))
        ascending = np.argsort(rows)
        return Chosen(self._spoiling, rows[ascending], donors[ascending])

    def _look(self, rows: Int64Array, donors: Int64Array) -> None:
        """Takes of ``rows`` those that can be spoiled, as far as they are still wanted."""
        if not len(rows):
            return
        if self._spoiling.dirt.kind is DirtKind.DUPLICATE:
            fine = np.ones(len(rows), dtype=np.bool_)
        else:
            whole = self._engine.rowset(self._table, rows)
            whole.settle_all()
            spoiled = self._spoiling.spoil(whole, donors)
            fine = spoiled.done & self._alone(spoiled, rows)
        positions = np.flatnonzero(fine)[: self._wanted - self._found]
        self._rows.append(rows[positions])
        self._donors.append(donors[positions])
        self._found += len(positions)

    def _alone(self, spoiled: Spoiled, rows: Int64Array) -> BoolArray:
        """Where the changed values are not those of another row, of which they may not be."""
        fine = np.ones(len(rows), dtype=np.bool_)
        place = self._spoiling.absent_from()
        if place is not None:
            hashes, _ = combined([spoiled.values[self._spoiling.dirt.subject]])
            fine &= ~present(self._engine, *place, hashes)
        sets = self._spoiling.distinct_sets()
        if not sets:
            return fine
        whole = self._engine.rowset(self._table, rows)
        for columns, seen in zip(sets, self._seen, strict=True):
            vectors = [spoiled.values.get(name, whole.column(name)) for name in columns]
            hashes, valid = combined(vectors)
            if self._spoiling.may_be_there:
                fine &= ~present(self._engine, self._table, columns, hashes)
            fine &= _first_of_each(hashes, valid, fine, seen)
        return fine


def _first_of_each(
    hashes: UInt64Array, valid: BoolArray | None, fine: BoolArray, seen: set[int]
) -> BoolArray:
    """Where a hash comes for the first time, among those that are fine; notes them in ``seen``."""
    out = np.ones(len(hashes), dtype=np.bool_)
    for i in np.flatnonzero(fine if valid is None else fine & valid).tolist():
        number = int(hashes[i])
        if number in seen:
            out[i] = False
        seen.add(number)
    return out


def _not_found(spoiling: Spoiling, wanted: int, found: int, tried: int) -> GenerationError:
    return GenerationError(
        lambda span: DirtNotFound(
            span=span,
            dirt=spoiling.dirt.written,
            wanted=wanted,
            found=found,
            tried=tried,
            obstacle=spoiling.obstacle,
            batch=batch_number(spoiling.engine),
        ),
        table=spoiling.table.name,
        part=f"dirt:{spoiling.dirt.name}",
    )


def total(chosen: Sequence[Chosen]) -> int:
    """How many rows are spoiled or added."""
    return sum(len(one.rows) for one in chosen)
