"""What generating shares between rows: row counts, indexes, pools, and small tables kept whole.

Everything here is a cache of pure functions of the plan: it can be dropped and made again, and several
threads may use one engine.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from specdsl.check.following import Following
from specdsl.datatypes.types import DataType
from specdsl.generate.changed import FOLLOWED, Alive
from specdsl.generate.designed import DesignedRows
from specdsl.generate.dimensions import Dimensions
from specdsl.generate.domains import DistinctColumn, PermutedColumn, distinct_column, permuted_column
from specdsl.generate.errors import not_at_hand
from specdsl.generate.history import Generations, History
from specdsl.generate.in_order import Remembered
from specdsl.generate.joint import Joint
from specdsl.generate.mixed import MixedRows, Varying
from specdsl.generate.pools import LoadedPool, file_changed
from specdsl.generate.rows import RowSet
from specdsl.generate.versions import VersionedRows
from specdsl.ir.changes import Touched
from specdsl.ir.expr import SourceValue
from specdsl.ir.model import Table, TargetKind
from specdsl.ir.walk import walk
from specdsl.plan.changes import UpdatePlan, touched_by, update_plan
from specdsl.plan.model import Plan, ReferencePlan, TablePlan, WherePlan
from specdsl.randomness.permutation import Permutation
from specdsl.randomness.streams import stream_key
from specdsl.vectors.arrow import from_arrow
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.children import Groups
    from specdsl.generate.dirt.table import SpoiledTable
    from specdsl.generate.sorted_rows import SortedRows
    from specdsl.generate.targets.dealing import Deal
    from specdsl.generate.targets.met import FittedTarget, RatedTarget, RetainedTarget

_T = TypeVar("_T")

WHOLE_ROWS = 1 << 18
"""Tables up to this many rows may be kept whole when many rows ask for them."""
WHOLE_BYTES = 48 << 20
_FEW = 4096

Read = Callable[..., pa.Table]  # ``DataSource.read_columns``


class Engine:
    """One dataset being generated, or one batch of it. ``read`` gives the columns of a data file."""

    def __init__(
        self, plan: Plan, read: Read, temp_dir: str | None = None, history: History | None = None
    ) -> None:
        self.plan = plan
        self.dataset = plan.dataset
        self.temp_dir = temp_dir
        self.generations: Generations | None = None
        self.number = 0
        self.lock = threading.RLock()
        self.read = read
        self._made: dict[Hashable, Any] = {}
        self._keys: dict[tuple[str | int, ...], int] = {}
        self._whole: OrderedDict[str, RowSet] = OrderedDict()
        self._asked: dict[str, int] = {}
        self.remembered = Remembered()
        self.block_totals: dict[int, list[Any]] = {}
        if history is not None and history.past:
            self.generations = Generations(history, self)
            self.number = self.generations.last
            self.lock = self.generations.lock

    # --- batches ---------------------------------------------------------------------------

    def of_batch(self, plan: Plan, number: int) -> Engine:
        """The engine of an earlier batch of the same dataset."""
        assert self.generations is not None
        engine = Engine(plan, self.read, self.temp_dir)
        engine.generations, engine.number, engine.lock = self.generations, number, self.generations.lock
        return engine

    @property
    def resolver(self) -> Engine:
        """Where what several batches ask for is computed, once."""
        return self if self.generations is None else self.generations.resolver(self.number)

    def other_editions(self) -> Iterable[int]:
        """The batches whose plans may differ from this one in more than clock and sizes."""
        return () if self.generations is None else self.generations.other_editions(self.number)

    def plan_of(self, number: int) -> Plan:
        """The plan of another batch."""
        assert self.generations is not None
        return self.generations.engine(number).plan

    def start(self, table: str) -> int:
        """The rows of ``table`` that earlier batches have made."""
        return 0 if self.generations is None else self.generations.start(table, self.number)

    def first_parent_of(self, table: str, parent: str) -> int:
        """The first row of ``parent`` that this batch makes rows of ``table`` for: all that is new, or all
        there is where the table itself is new."""
        if self.generations is None or not self.generations.had(table, self.number):
            return 0
        return self.start(parent)

    def segment(self, table: str, parent: str) -> tuple[int, int]:
        """See ``Generations.segment``."""
        return (0, 0) if self.generations is None else self.generations.segment(table, parent, self.number)

    def first_parent(self, plan: ReferencePlan) -> int:
        """The first row that is young enough for a drawn reference."""
        if self.generations is None:
            return 0
        return self.generations.first_parent(plan.reference, self.number, self.dataset.now)

    def last_parent(self, plan: ReferencePlan) -> int:
        """The row before which a drawn reference finds its parents."""
        table = plan.reference.table
        return self.start(table) if plan.earlier else self.row_count(table)

    def eligible(self, plan: ReferencePlan) -> tuple[int, int, Alive | None]:
        """The parents that a drawn reference may have, its ``where`` aside: those at the ranks ``low ..
        high - 1`` among the rows that are left (None: all, so that ranks are row numbers)."""
        table = plan.reference.table
        first, end = self.first_parent(plan), self.last_parent(plan)
        alive = self.alive(table)
        if alive is not None:
            first, end = alive.rank(np.array([first, end], dtype=np.int64)).tolist()
        return first + plan.reserve_first, end - plan.reserve_last, alive

    def alive(self, table: str) -> Alive | None:
        """The rows of ``table`` that no batch up to this one has deleted; None where all are left."""
        return None if self.generations is None else self.generations.alive(table, self.number)

    def changing(self, table: str) -> bool:
        """Whether rows of ``table`` look otherwise from other batches."""
        return self.generations is not None and self.generations.changing(table)

    def update_plan(self, table: str, rule: int) -> UpdatePlan:
        """How this batch changes rows of ``table`` by one of its updates, or sets references to null."""
        kind = None if rule == FOLLOWED else rule
        return self._once(
            ("update", table, rule), lambda: update_plan(self.plan, table, kind, self.following)
        )

    def touched(self, table: str, rule: int) -> Touched:
        """What such a change computes anew, the same in all batches with the same spec."""
        if self.resolver is not self:
            return self.resolver.touched(table, rule)
        kind = None if rule == FOLLOWED else rule
        own = self.plan.tables[table].table
        return self._once(("touched", table, rule), lambda: touched_by(own, kind, self.following))

    @property
    def following(self) -> Following:
        """Which roll-ups follow the rows that they are over."""
        if self.resolver is not self:
            return self.resolver.following  # the clock and the sizes of a batch make no difference
        return self._once("following", lambda: Following(self.dataset))

    def varying(self, table: str) -> Varying:
        """What of ``table`` depends on the batch."""
        if self.resolver is not self:
            return self.resolver.varying(table)
        return self._once(("varying", table), lambda: Varying(self, self.plan.tables[table]))

    def _once(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What ``make`` gives, made once whatever the number of threads."""
        found = self._made.get(key)
        if found is None:
            with self.lock:
                found = self._made.get(key)
                if found is None:
                    found = self._made[key] = make()
        return found

    # --- randomness ------------------------------------------------------------------------

    def key(self, *names: str | int) -> int:
        """The key of the stream that the dataset's seed and ``names`` identify."""
        found = self._keys.get(names)
        if found is None:
            found = self._keys[names] = stream_key(self.dataset.seed, *names)
        return found

    def permutation(self, key: int, size: int) -> Permutation:
        """The permutation of ``0 .. size - 1`` that ``key`` chooses."""
        return self._once(("permutation", key, size), lambda: Permutation(key, size))

    # --- tables ----------------------------------------------------------------------------

    def dimensions(self, table: str) -> Dimensions:
        """How the rows of ``table`` follow from its parents, and how many they are."""
        return self._once(("dimensions", table), lambda: Dimensions(self, self.plan.tables[table]))

    def row_count(self, table: str) -> int:
        """The number of rows of ``table``, those of earlier batches included."""
        if self.generations is not None and self.number < self.generations.last:
            return self.generations.end(table, self.number)
        return self.dimensions(table).row_count

    def rowset(self, table: str, rows: Int64Array, plan: TablePlan | None = None) -> RowSet:
        """Some rows of ``table``, nothing computed yet; ``plan``: by another plan than the table's."""
        plan = plan or self.plan.tables[table]
        if self.generations is None or not len(rows) or int(rows.min()) >= self.start(table):
            return RowSet(self, plan, rows)
        versioned = self.generations.versions(table, self.number).any(rows)
        return (VersionedRows if versioned else MixedRows)(self, plan, rows)

    def chosen_rows(self, table: str) -> tuple[Int64Array, Int64Array]:
        """See ``variants.chosen_rows``."""
        from specdsl.generate.variants import chosen_rows

        return self._once(("variants", table), lambda: chosen_rows(self, self.plan.tables[table]))

    def shared_rows(
        self, table: str, rows: Int64Array, *, whole: bool = True
    ) -> tuple[RowSet, Int64Array | None]:
        """A row set with ``rows`` of ``table``, and where each stands in it (None: in order). Small tables
        that are asked for often are kept whole; ascending rows with repeats are computed once each."""
        resolver = self.resolver
        if self.changing(table):
            whole = whole and resolver is self  # each batch has its own view of it, and few ask for it
        elif resolver is not self:
            return resolver.shared_rows(table, rows, whole=whole)
        count = self.row_count(table)
        if whole and 0 < count <= WHOLE_ROWS:
            asked = self._asked[table] = self._asked.get(table, 0) + len(rows)
            if asked >= count or count <= min(len(rows), _FEW):
                return self._whole_table(table, count), rows
        if len(rows) > 1:
            steps = rows[1:] != rows[:-1]
            distinct = int(np.count_nonzero(steps)) + 1
            if distinct < 0.8 * len(rows) and bool(np.all(rows[1:] >= rows[:-1])):
                first = np.concatenate([[True], steps])
                return self.rowset(table, rows[first]), np.cumsum(first, dtype=np.int64) - 1
        return self.rowset(table, rows), None

    def _whole_table(self, table: str, count: int) -> RowSet:
        with self.lock:
            found = self._whole.get(table)
            if found is None:
                kind = _KINDS[type(self.rowset(table, np.arange(count, dtype=np.int64)))]
                found = self._whole[table] = kind(self, self.plan.tables[table], np.arange(count))
            self._whole.move_to_end(table)
            return found

    def trim(self) -> None:
        """Give back memory of whole tables, the least recently used first."""
        total = sum(rows.sizes for rows in self._whole.values())
        while total > WHOLE_BYTES and len(self._whole) > 1:
            _, oldest = self._whole.popitem(last=False)
            total -= oldest.sizes

    def no_rows(self, table: str) -> RowSet:
        """No rows of ``table``."""
        return self.rowset(table, np.empty(0, dtype=np.int64))

    def source_column(self, table: str, column: str) -> Vector:
        """A column of the file that ``table`` takes its rows from. Raises DataError when it changed."""
        if self.resolver is not self:
            return self.resolver.source_column(table, column)
        return self._once(("source", table, column), lambda: self._read_source(table, column))

    def _read_source(self, table: str, column: str) -> Vector:
        spec = self.plan.tables[table].table
        source = spec.source
        assert source is not None
        if source.rows is None:
            raise not_at_hand(table, source.database)
        found = self.read(source.path, [column], "" if source.database else source.stored)
        if source.database:
            found = found.slice(0, source.rows)  # of an earlier batch: those that it had
        if found.num_rows != source.rows:
            raise file_changed(source.path, source.rows, found.num_rows)
        return from_arrow(found.column(column), _source_type(spec, column))

    def spoiled(self, table: str) -> SpoiledTable:
        """``table`` with its declared dirt. Raises GenerationError where it cannot be made."""
        from specdsl.generate.dirt.table import SpoiledTable

        return self._once(("spoiled", table), lambda: SpoiledTable(self, table))

    # --- references ------------------------------------------------------------------------

    def parents(
        self, rows: RowSet, name: str, valid: BoolArray | None
    ) -> tuple[Int64Array, BoolArray | None]:
        """See ``references.parents``."""
        from specdsl.generate.references import parents

        return parents(rows, name, valid)

    def parent_index(
        self, parent: str, where: WherePlan, first: int = 0, stop: int | None = None
    ) -> SortedRows:
        """The index over the rows of ``parent`` from ``first`` up to ``stop`` (None: all) that ``where``
        needs."""
        from specdsl.generate.eligible import build_index, index_key

        stop = self.row_count(parent) if stop is None else stop
        own = self.changing(parent) or self.alive(parent) is not None
        # A batch that knows deletions may be the one that keeps the index of those before it.
        key = ("parents", index_key(parent, where), first, stop, own)
        keeper = self if own else self.resolver
        return keeper._once(key, lambda: build_index(self, parent, where, first, stop))

    def child_index(self, table: str, reference: str, first: int = 0) -> SortedRows:
        """The rows of ``table`` from ``first`` by their parent."""
        from specdsl.generate.children import child_index

        key = ("children", table, reference, first)
        return self._once(key, lambda: child_index(self, table, reference, first))

    @property
    def lists_children(self) -> bool:
        """Whether ``children`` says which they are."""
        return False

    def children(self, table: str, reference: str, parents: Int64Array) -> Groups | None:
        """All children of ``parents``, whatever batch made them; None where those of the batch are asked
        for."""
        return None

    def row_index(self, table: str, columns: tuple[str, ...]) -> SortedRows:
        """The rows of ``table`` by the values of ``columns``."""
        from specdsl.generate.distinct import row_index

        return self._once(("rows", table, columns), lambda: row_index(self, table, columns))

    def joint(self, table: str, number: int) -> Joint:
        """A joint permutation of ``table``."""
        return self._once(("joint", table, number), lambda: Joint(self, self.plan.tables[table], number))

    # --- values ----------------------------------------------------------------------------

    def target(self, table: str, number: int) -> Deal | FittedTarget | RatedTarget | RetainedTarget:
        """A target of ``table``, and what it takes to meet it."""
        from specdsl.generate.targets.dealing import Deal
        from specdsl.generate.targets.met import FittedTarget, RatedTarget, RetainedTarget

        def make() -> Deal | FittedTarget | RatedTarget | RetainedTarget:
            match self.plan.tables[table].table.targets[number].kind:
                case TargetKind.COUNT:
                    return Deal(self, table, number)
                case TargetKind.SHARE:
                    return RatedTarget(self, table, number)
                case TargetKind.RETENTION:
                    return RetainedTarget(self, table, number)
                case _:
                    return FittedTarget(self, table, number)

        return self._once(("target", table, number), make)

    def permuted(self, table: str, column: str) -> PermutedColumn | None:
        """A unique column over a numbered domain; None where the domain is too large for it."""
        plan = self.plan.tables[table].columns[column]
        made = self._once(("permuted", table, column), lambda: (permuted_column(self, table, plan),))
        return made[0]

    def distinct_values(self, table: str, column: str) -> DistinctColumn:
        """A column whose values are distinct among the children of a parent."""
        plan = self.plan.tables[table].columns[column]
        return self._once(("distinct", table, column), lambda: distinct_column(self, table, plan))

    def designed(self, table: str) -> DesignedRows:
        """The rows of a table that its ``cover`` gives values to."""
        return self._once(("designed", table), lambda: DesignedRows(self.plan.tables[table].table))

    def pool(self, name: str) -> LoadedPool:
        """A pool, read once."""
        if self.resolver is not self:
            return self.resolver.pool(name)
        return self._once(("pool", name), lambda: LoadedPool(self.dataset.pools[name], self.read))


class SharedRows(RowSet):
    """A whole table that several threads read: what is missing is computed under the engine's lock."""

    __slots__ = ()

    def column(self, name: str) -> Vector:
        found = self.cached(("c", name))
        if found is None:
            with self.engine.lock:
                found = super().column(name)
                self.engine.trim()
        return found  # type: ignore[no-any-return]

    def parents(self, name: str) -> tuple[Int64Array, BoolArray | None]:
        found = self.cached(("r", name))
        if found is None:
            with self.engine.lock:
                found = super().parents(name)
        return found  # type: ignore[no-any-return]

    def group_item(self, group: int, index: int) -> Vector:
        with self.engine.lock:
            return super().group_item(group, index)


class SharedMixedRows(SharedRows, MixedRows):
    """A whole table that several batches have made."""

    __slots__ = ()


class SharedVersionedRows(SharedRows, VersionedRows):
    """A whole table of which some rows were changed."""

    __slots__ = ()


_KINDS: dict[type[RowSet], type[RowSet]] = {
    RowSet: SharedRows,
    MixedRows: SharedMixedRows,
    VersionedRows: SharedVersionedRows,
}


def _source_type(table: Table, column: str) -> DataType:
    """The type that the spec gives to a column of its file."""
    for declared in table.columns.values():
        for node in walk(declared.value):
            if isinstance(node, SourceValue) and node.column == column:
                return node.type
    raise KeyError(column)
