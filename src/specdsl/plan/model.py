"""The plan: everything about generating that is decided once, before the first row.

A *unit* is what is drawn at once in a row: a column's own draws (``c:age``), the tuple of a column
group (``g:0``) or a reference's parent (``r:user_id``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from specdsl.ir.expr import CompareOp, Expr
from specdsl.ir.model import Column, Dataset, Reference, Table, Variant
from specdsl.records import record


def column_unit(name: str) -> str:
    """The unit of a column's own draws."""
    return f"c:{name}"


def group_unit(index: int) -> str:
    """The unit of a column group."""
    return f"g:{index}"


def reference_unit(name: str) -> str:
    """The unit of a reference."""
    return f"r:{name}"


@record
class KeyPair:
    """``candidate == row`` of a reference's ``where``."""

    candidate: Expr
    row: Expr


@record
class OrderBound:
    """``value of the candidate <op> row``."""

    op: CompareOp
    row: Expr


@record
class WherePlan:
    """A reference's ``where`` taken apart; the whole is the conjunction of the parts.

    ``filters`` need the candidate only, ``row_conditions`` this row only. ``keys`` and ``order`` (bounds
    on one expression of the candidate) are answered by an index over the parents, ``row_bounds`` (on
    the candidate's row number) by arithmetic or the same index. ``latest``: of the rows that the order
    leaves only the last one is meant. ``residual`` is what is left to try.
    """

    filters: tuple[Expr, ...] = ()
    row_conditions: tuple[Expr, ...] = ()
    keys: tuple[KeyPair, ...] = ()
    order: Expr | None = None
    order_bounds: tuple[OrderBound, ...] = ()
    row_bounds: tuple[OrderBound, ...] = ()
    residual: Expr | None = None
    latest: bool = False

    @property
    def indexed(self) -> bool:
        """Whether an index over the parents must be built."""
        return bool(self.filters or self.keys or self.order is not None)


class ReferenceKind(StrEnum):
    """How a reference finds its parent."""

    EACH = "each"  # arithmetic over the counts of children
    UNIQUE = "unique"  # a permutation of the parents
    JOINT = "joint"  # part of a permutation of all combinations
    DRAWN = "drawn"  # drawn among the parents that its `where` leaves


@record
class ReferencePlan:
    """One reference. ``reserve_first``/``reserve_last``: so many parents at that end are not drawn, since
    another reference that orders itself after (before) this one would find none left. ``earlier``: only rows
    that earlier batches have made are drawn."""

    reference: Reference
    kind: ReferenceKind
    where: WherePlan = WherePlan()
    distinct_per: tuple[str, ...] = ()
    distinct: bool = False
    reserve_first: int = 0
    reserve_last: int = 0
    earlier: bool = False


@record
class JointMember:
    """A digit of a joint permutation: a reference, or a column over an indexable domain."""

    name: str
    is_reference: bool


@record
class JointPlan:
    """Combinations that no two rows share: row -> permutation of the product of the members.

    ``after[i] = j``: member i's parent row is always greater than member j's, of the same table.
    """

    members: tuple[JointMember, ...]
    after: Mapping[int, int] = field(default_factory=dict)


@record
class ColumnPlan:
    """One column: ``value`` is its expression with what bounds could be pushed down. ``pushed``: its draws
    keep the bounds wherever they can, and with ``certain`` that is in every row. ``clip``: pushing went
    through rounding, whose last unit is set right by clipping to the bounds."""

    column: Column
    value: Expr
    clip: bool = False
    pushed: bool = False
    certain: bool = False
    joint: int | None = None  # the number of the JointPlan that gives the value


@record
class Term:
    """The larger (``larger``) or smaller of two expressions in the row of column ``owner``; a null one
    does not count. Plans name terms like columns, so that each is computed once."""

    owner: str
    larger: bool
    left: Expr
    right: Expr


@record
class Pushed:
    """A value narrowed to bounds. ``exact``: every value now keeps the bounds wherever the draws leave one
    that does, save for the last unit of a rounding where ``clip``. ``certain``: they do in every row."""

    value: Expr
    exact: bool
    clip: bool = False
    certain: bool = True


@record
class Condition:
    """Something that must hold in every row. ``label`` is how people know it; ``column`` or ``check``
    says where it is declared."""

    label: str
    condition: Expr
    column: str | None = None
    check: str | None = None


@record
class ResampleGroup:
    """Units that are drawn again, together, until the conditions hold."""

    units: tuple[str, ...]
    conditions: tuple[Condition, ...]


@record
class Recursion:
    """Columns that are made from each other's values in the previous row of the group that ``reference``
    gives: computed together, place by place."""

    columns: tuple[str, ...]
    reference: str


@record
class Varied:
    """What the variants of a table change. ``clean``: its plan without them. ``columns``, ``references`` and
    ``groups``: those that are other in some row, be it that they read what is other. ``values``: by column
    and the number of the variant; ``without_parent``: by reference, the variants whose rows have none.
    ``replaced``: columns that are other in those rows only. ``conditions`` must hold in rows of variants;
    ``redrawn``: the resample groups that may be drawn again for it."""

    clean: TablePlan
    columns: frozenset[str]
    references: frozenset[str]
    groups: frozenset[int]
    values: Mapping[str, Mapping[int, Pushed]]
    without_parent: Mapping[str, frozenset[int]]
    replaced: frozenset[str]
    conditions: tuple[Condition, ...]
    redrawn: tuple[int, ...]


@record
class TablePlan:
    """One table. ``unit_groups`` gives the resample group of each unit that has one;
    ``unchecked`` the conditions that redraws cannot influence. ``terms``:
    what the values of ``columns`` name beside columns. ``recursions``: by column. ``edged``: the units
    that are drawn at an edge in edge rows. ``variants``: those declared, and the rows of `--edge`;
    ``varied``: what they change, None where they change nothing or this is the plan without them."""

    table: Table
    columns: Mapping[str, ColumnPlan]
    references: Mapping[str, ReferencePlan]
    joints: tuple[JointPlan, ...] = ()
    resample: tuple[ResampleGroup, ...] = ()
    unit_groups: Mapping[str, int] = field(default_factory=dict)
    unchecked: tuple[Condition, ...] = ()
    terms: Mapping[str, Term] = field(default_factory=dict)
    recursions: Mapping[str, Recursion] = field(default_factory=dict)
    edged: frozenset[str] = frozenset()
    variants: tuple[Variant, ...] = ()
    varied: Varied | None = None


@record
class Plan:
    """The plan of a dataset. ``order``: parents before the tables that refer to them, derived tables last."""

    dataset: Dataset
    tables: Mapping[str, TablePlan]
    order: tuple[str, ...]

    def explain(self) -> list[str]:
        """What is done beyond one pass over each table, one line each."""
        from specdsl.plan.explain import explain

        return explain(self)
