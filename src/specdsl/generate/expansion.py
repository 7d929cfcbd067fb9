"""How many children each parent has, and which parent a child belongs to.

The count of a parent is a function of the parent's row; only one running total per block of parents
is kept. Everything else is computed again where it is asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from specdsl.datatypes.types import FLOAT, INT
from specdsl.diagnostics.runtime import CountsCannotTotal, TooManyRows
from specdsl.functions.registry import FUNCTIONS
from specdsl.generate import conditions
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.generate.exact_shares import scaled_floor
from specdsl.generate.rows import RowFrame
from specdsl.generate.storage import ArrayWriter, LongArray
from specdsl.ir.expr import Call, Const, Expr
from specdsl.ir.model import Table
from specdsl.plan.model import ReferencePlan, Term
from specdsl.plan.pushdown import push
from specdsl.randomness import portable
from specdsl.randomness.streams import Stream
from specdsl.vectors import selection
from specdsl.vectors.vector import Int64Array

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine

_BLOCK = 64
_MOST_BLOCKS = 1 << 20
_CHUNK = 1 << 16
_WEIGHT_SCALE = 1 << 12


class Expansion:
    """The children of all parents of one ``each`` reference as one sequence of *digits*: parent 0's
    children, then parent 1's, and so on. With ``total`` the counts are spread so that they total it.
    Parent 0 is row ``first`` of their table: those before it have had their children."""

    def __init__(
        self, engine: Engine, table: Table, plan: ReferencePlan, total: int | None, first: int = 0
    ) -> None:
        reference = plan.reference
        assert reference.each is not None
        self._engine = engine
        self._table = table
        self._plan = plan
        self._each = reference.each
        self._filters = plan.where.filters
        self._wanted = total
        self.first = first
        self.parents = engine.row_count(reference.table) - first
        self.block = _BLOCK
        while self.parents > self.block * _MOST_BLOCKS:
            self.block *= 2
        self._weigh_freely = self._each.high is None and isinstance(self._each.count, Const)
        self._count = self._count_expression(total)
        self._each_has = self._constant_count(total)
        self._adjust: tuple[int, int, int] | None = None  # sign, numerator, denominator
        self._weights: Int64Array | None = None  # running total of the weights at each block's start
        self._starts = self._running_totals()

    @property
    def size(self) -> int:
        """The number of children in all."""
        return int(self._starts[-1])

    # --- counts ----------------------------------------------------------------------------

    def _count_expression(self, total: int | None) -> Expr:
        """The count of a parent, truncated to the bounds where it can be. An open-ended constant with a
        total becomes a Poisson count of the mean that is wanted, so that parents differ."""
        each = self._each
        low, high = Const(INT, False, each.low), None if each.high is None else Const(INT, False, each.high)
        if total is not None and self._weigh_freely and self.parents:
            mean = total / self.parents - each.low
            if mean > 0 and "poisson" in FUNCTIONS:
                name = FUNCTIONS["poisson"].parameters[0].name
                return Call(INT, False, "poisson", ((name, Const(FLOAT, False, mean)),), -1)
        terms: dict[str, Term] = {}
        pushed = push(each.count, low, high, self._plan.reference.name, terms).value
        return each.count if terms else pushed  # ends that depend on the parent: clipped afterwards

    def _constant_count(self, total: int | None) -> int | None:
        """The count where it is the same for every parent, so that nothing has to be added up."""
        count = self._count
        if total is None and not self._filters and isinstance(count, Const) and isinstance(count.value, int):
            high = count.value if self._each.high is None else self._each.high
            return max(self._each.low, min(count.value, high))
        return None

    def _raw(self, parents: Int64Array) -> Int64Array:
        """The counts before they are spread to a total."""
        if self._each_has is not None:
            return np.full(len(parents), self._each_has, dtype=np.int64)
        reference = self._plan.reference
        numbers = parents + self.first
        rowset, positions = self._engine.shared_rows(reference.table, numbers)
        label = (self._table.name, reference.name, "each")
        frame = RowFrame(rowset, positions, numbers.view(np.uint64), label)
        frame = frame.with_candidate(frame)
        try:
            vector = evaluate(self._count, frame)
        except GenerationError as error:
            raise error.at(self._table.name, reference.name) from None
        counts = selection.array(vector).astype(np.int64)
        if isinstance(self._count, Call) and self._count.site == -1:
            counts += self._each.low
        np.maximum(counts, self._each.low, out=counts)
        if self._each.high is not None:
            np.minimum(counts, self._each.high, out=counts)
        for condition in self._filters:
            counts[~conditions.is_true(condition, frame)] = 0
        return counts

    def _weight(self, parents: Int64Array, counts: Int64Array, sign: int) -> Int64Array:
        """How much of what is to be taken away (``sign`` -1) or added falls to each parent, relatively."""
        if sign < 0:
            return counts - self._floor(counts)
        if self._each.high is not None:
            return (
                np.where(counts == 0, 0, self._each.high - counts)
                if self._filters
                else self._each.high - counts
            )
        if not self._weigh_freely:
            return counts
        key = self._engine.key(self._table.name, self._plan.reference.name, "each", "weights")
        numbers = parents + self.first
        drawn = -portable.log(Stream(key, numbers.view(np.uint64)).uniform())
        weights = (drawn * _WEIGHT_SCALE).astype(np.int64) + 1
        return np.where(counts == 0, 0, weights) if self._filters else weights

    def _floor(self, counts: Int64Array) -> Int64Array:
        """The least count: the declared one, 0 for parents that a condition leaves out."""
        return np.minimum(counts, self._each.low)

    def _running_totals(self) -> Int64Array:
        sums = self._block_sums(None)
        if self._wanted is None:
            return self._accumulated(sums)
        base = int(sums.sum())
        if base == self._wanted:
            return self._accumulated(sums)
        sign = 1 if self._wanted > base else -1
        weights = self._block_sums(sign)
        available = int(weights.sum())
        if sign > 0 and available == 0 and self._each.high is None and self.parents:
            self._weigh_freely = True
            weights = self._block_sums(sign)
            available = int(weights.sum())
        missing = abs(self._wanted - base)
        bounded = sign < 0 or self._each.high is not None
        if available == 0 or (bounded and missing > available):
            raise self._cannot_total()
        self._weights = self._accumulated(weights)
        self._adjust = (sign, missing, available)
        return self._accumulated(sums) + sign * self._share(self._weights)

    def _share(self, running: Int64Array) -> Int64Array:
        assert self._adjust is not None
        return scaled_floor(running, self._adjust[1], self._adjust[2])

    def _block_sums(self, sign: int | None) -> Int64Array:
        """Per block the sum of the counts, or of the weights for an adjustment of ``sign``."""
        blocks = -(-self.parents // self.block)
        out = np.zeros(blocks, dtype=np.int64)
        if self._each_has is not None and blocks:
            out += self._each_has * self.block
            out[-1] = self._each_has * (self.parents - (blocks - 1) * self.block)
            return out
        step = max(self.block, _CHUNK - _CHUNK % self.block)
        for start in range(0, self.parents, step):
            parents = np.arange(start, min(self.parents, start + step), dtype=np.int64)
            values = self._raw(parents)
            if sign is not None:
                values = self._weight(parents, values, sign)
            first = start // self.block
            edges = np.arange(0, len(parents), self.block)
            out[first : first + len(edges)] = np.add.reduceat(values, edges)
        return out

    def _accumulated(self, sums: Int64Array) -> Int64Array:
        if float(sums.astype(np.float64).sum()) > 2.0**62:
            total = sum(map(int, sums))
            raise GenerationError(
                lambda span: TooManyRows(span=span, table=self._table.name, rows=total),
                table=self._table.name,
                column=self._plan.reference.name,
                part="each",
            )
        return selection.offsets_of(sums)

    def counts(self, first: int, last: int) -> Int64Array:
        """The counts of the parents of blocks ``first .. last - 1``."""
        parents = np.arange(first * self.block, min(last * self.block, self.parents), dtype=np.int64)
        counts = self._raw(parents)
        if self._adjust is not None:
            assert self._weights is not None
            weights = self._weight(parents, counts, self._adjust[0])
            running = np.empty(len(weights) + 1, dtype=np.int64)
            running[0] = self._weights[first]
            np.cumsum(weights, out=running[1:])
            running[1:] += running[0]
            counts = counts + self._adjust[0] * np.diff(self._share(running))
        return counts

    def _block_counts(self, blocks: Int64Array) -> Int64Array:
        """The counts of the parents of any blocks, shape (blocks, block size); 0 past the last parent."""
        parents = (blocks[:, None] * self.block + np.arange(self.block)[None, :]).reshape(-1)
        inside = parents < self.parents
        parents = np.minimum(parents, self.parents - 1)
        counts = self._raw(parents)
        counts[~inside] = 0
        if self._adjust is not None:
            assert self._weights is not None
            weights = self._weight(parents, counts, self._adjust[0])
            weights[~inside] = 0
            running = np.cumsum(weights.reshape(len(blocks), self.block), axis=1)
            running += self._weights[blocks][:, None]
            before = np.concatenate([self._weights[blocks][:, None], running[:, :-1]], axis=1)
            counts += self._adjust[0] * (self._share(running) - self._share(before)).reshape(-1)
        return counts.reshape(len(blocks), self.block)

    # --- digits and parents ----------------------------------------------------------------

    def locate(self, digits: Int64Array) -> tuple[Int64Array, Int64Array]:
        """The parent's row of each digit, and the digit's index among that parent's; int64 (n,) each."""
        parents, indexes = self._located(digits)
        return (parents + self.first if self.first else parents), indexes

    def _located(self, digits: Int64Array) -> tuple[Int64Array, Int64Array]:
        if not len(digits):
            return digits.copy(), digits.copy()
        if self._each_has is not None:
            return digits // self._each_has, digits % self._each_has
        low, high = int(digits.min()), int(digits.max())
        first = int(np.searchsorted(self._starts, low, side="right")) - 1
        last = int(np.searchsorted(self._starts, high, side="right"))
        if (last - first) * self.block <= 4 * len(digits) + 4096:
            offsets = selection.offsets_of(self.counts(first, last))
            offsets += self._starts[first]
            if high - low == len(digits) - 1 and bool(np.all(digits[1:] > digits[:-1])):
                parents = self._run(offsets, low, high)
            else:
                parents = np.searchsorted(offsets, digits, side="right").astype(np.int64) - 1
            return parents + first * self.block, digits - np.take(offsets, parents)
        return self._locate_scattered(digits)

    @staticmethod
    def _run(offsets: Int64Array, low: int, high: int) -> Int64Array:
        """The positions in ``offsets`` of the digits ``low .. high``, all of them."""
        counts = np.minimum(offsets[1:], high + 1) - np.maximum(offsets[:-1], low)
        return np.repeat(np.arange(len(counts), dtype=np.int64), np.maximum(counts, 0))

    def _locate_scattered(self, digits: Int64Array) -> tuple[Int64Array, Int64Array]:
        blocks = np.searchsorted(self._starts, digits, side="right").astype(np.int64) - 1
        distinct, inverse = np.unique(blocks, return_inverse=True)
        parents, indexes = np.empty_like(digits), np.empty_like(digits)
        if len(distinct) * self.block > 2 * _CHUNK:
            offsets = self._offsets
            step = _CHUNK // self.block * 8
            for start in range(0, len(digits), step):
                part = slice(start, start + step)
                parents[part], indexes[part] = self._locate_by(offsets, blocks[part], digits[part])
            return parents, indexes
        ends = np.cumsum(self._block_counts(distinct), axis=1) + self._starts[distinct][:, None]
        mine = ends[inverse]
        inside = np.count_nonzero(mine <= digits[:, None], axis=1)
        before = np.where(
            inside > 0, mine[np.arange(len(digits)), np.maximum(inside, 1) - 1], self._starts[blocks]
        )
        return blocks * self.block + inside, digits - before

    def _locate_by(
        self, offsets: LongArray, blocks: Int64Array, digits: Int64Array
    ) -> tuple[Int64Array, Int64Array]:
        at = blocks[:, None] * self.block + np.arange(self.block + 1)[None, :]
        np.minimum(at, self.parents, out=at)
        mine = offsets.gather(at.reshape(-1)).reshape(at.shape)
        inside = np.count_nonzero(mine[:, 1:] <= digits[:, None], axis=1)
        np.minimum(inside, self.parents - 1 - blocks * self.block, out=inside)
        return blocks * self.block + inside, digits - mine[np.arange(len(digits)), inside]

    @cached_property
    def _offsets(self) -> LongArray:
        """The first digit of every parent, parents + 1 of them: made when digits all over are asked for."""
        with self._engine.lock:
            writer = ArrayWriter(np.int64, self._engine.temp_dir)
            writer.append(np.zeros(1, dtype=np.int64))
            step = max(1, _CHUNK // self.block)
            for first in range(0, len(self._starts) - 1, step):
                counts = self.counts(first, min(first + step, len(self._starts) - 1))
                writer.append(np.cumsum(counts) + self._starts[first])
            return writer.finish()

    def children(self, rows: Int64Array) -> tuple[Int64Array, Int64Array]:
        """The first digit and the number of digits of the parent in each row; int64 (n,) each."""
        if not len(rows):
            return rows.copy(), rows.copy()
        parents = rows - self.first if self.first else rows
        if self._each_has is not None:
            return parents * self._each_has, np.full(len(parents), self._each_has, dtype=np.int64)
        first, last = int(parents.min()) // self.block, int(parents.max()) // self.block + 1
        if (last - first) * self.block <= 4 * len(parents) + 4096:
            offsets = selection.offsets_of(self.counts(first, last))
            offsets += self._starts[first]
            at = parents - first * self.block
            starts = np.take(offsets, at)
            return starts, np.take(offsets, at + 1) - starts
        distinct, inverse = np.unique(parents // self.block, return_inverse=True)
        if len(distinct) * self.block > 2 * _CHUNK:
            starts = self._offsets.gather(parents)
            return starts, self._offsets.gather(parents + 1) - starts
        counts = self._block_counts(distinct)
        ends = np.cumsum(counts, axis=1) + self._starts[distinct][:, None]
        at = parents % self.block
        mine = counts[inverse, at]
        return ends[inverse, at] - mine, mine

    # --- failures --------------------------------------------------------------------------

    def _error(self, make: object) -> GenerationError:
        return GenerationError(make, table=self._table.name, column=self._plan.reference.name, part="each")  # type: ignore[arg-type]

    def _cannot_total(self) -> GenerationError:
        assert self._wanted is not None
        fact = CountsCannotTotal
        wanted, name = self._wanted, self._table.name
        return self._error(
            lambda span: fact(
                span=span,
                table=name,
                rows=wanted,
                parent=self._plan.reference.table,
                parents=self.parents,
                low=self._each.low,
                high=self._each.high,
            )
        )
