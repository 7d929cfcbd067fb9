"""Datasets, tables, columns, references and rules of the checked program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from specdsl.datatypes.types import DataType, Enum
from specdsl.ir.expr import Const, Expr, Physical
from specdsl.records import record


@record
class NullRule:
    """How often a value is null: ``rate`` (0..1) where ``when`` holds (everywhere if None), else
    ``otherwise``. ``absent``: JSON leaves such values out; nothing else makes the column null then."""

    rate: float
    when: Expr | None = None
    otherwise: float = 0.0
    absent: bool = False


@record
class Bounds:
    """``in low .. high``: both included, None where open; expressions in the row's scope, of the
    column's type."""

    low: Expr | None
    high: Expr | None


class Uniqueness(StrEnum):
    """How a unique column keeps its promise."""

    NONE = "none"  # not declared unique
    INJECTIVE = "injective"  # its expression cannot give the same value twice (sequence, row, uuid4, ...)
    PERMUTED = "permuted"  # row number -> keyed permutation of an indexable domain
    STRUCTURAL = "structural"  # follows from the table's form (over, each, one-to-one reference)
    SOURCE = "source"  # rows come from a file; only verification can tell


@record
class Column:
    """One column.

    ``value`` gives the value before nulls are put in by ``nulls``. With ``PERMUTED`` the value must be
    indexable: RangeDraw with constant ends, RegexDraw, ChoiceDraw of equal shares over constants,
    PoolDraw of one column, Format over such parts, or a Call whose function is indexable.
    ``distinct_within``: such a value too, but no two rows with the same parent of that reference share it.
    ``bare``: rows in JSON are this value, not an object that has it; no other column is written then.
    """

    name: str
    type: DataType
    nullable: bool
    value: Expr
    hidden: bool = False
    bare: bool = False
    nulls: NullRule | None = None
    bounds: Bounds | None = None
    uniqueness: Uniqueness = Uniqueness.NONE
    reference: str | None = None  # the name of the reference that this column is (part of) the key of
    distinct_within: str | None = None
    doc: str = ""


@record
class ColumnGroup:
    """Columns drawn together: a tuple-typed expression and the columns that take its items."""

    columns: tuple[str, ...]
    value: Expr


@record
class Each:
    """Children per parent: an int expression whose scope has the parent as ``Candidate``; truncated
    to ``low .. high`` (``high`` None: open). With a literal row count of the table the counts are
    spread so that they total it, within the bounds. A bare ``each`` is 1."""

    count: Expr
    low: int
    high: int | None


@record
class Since:
    """How young a parent's batch must be: one of so many last batches (this one counted), or with a clock at
    most ``micros`` microseconds behind this one's. One of the two is None."""

    batches: int | None
    micros: int | None


class OnDelete(StrEnum):
    """What becomes of a row when the one that it refers to is deleted."""

    RESTRICT = "restrict"  # that one is not deleted
    CASCADE = "cascade"
    SET_NULL = "set null"


@record
class Reference:
    """A reference to a row of ``table``.

    ``name`` is the name of its first column and what ``Follow`` and ``Hop`` use. ``columns`` take
    the values of ``key`` of the parent, in order. ``skew`` is a Call (zipf, ...) over ranks.
    ``where`` has the parent as ``Candidate``. ``forest``: a self-reference whose parent always has
    a smaller row number (row 0 is null). ``unique``: no two rows share a parent. ``since``: only parents of
    batches that young. ``as_of``: ``where`` leaves the version that is valid at a time, of one key or of any.
    ``on_delete``: None is RESTRICT.
    """

    name: str
    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]
    nullable: bool
    nulls: NullRule | None = None
    each: Each | None = None
    skew: Expr | None = None
    where: Expr | None = None
    distinct_per: tuple[str, ...] = ()
    unique: bool = False
    forest: bool = False
    since: Since | None = None
    as_of: bool = False
    on_delete: OnDelete | None = None


class UniquePlan(StrEnum):
    """How a composite key or unique constraint keeps its promise."""

    STRUCTURAL = "structural"  # follows from each/over/index_in or from a column that is unique itself
    JOINT = "joint"  # uniform references (or ranges) drawn as one keyed permutation of the product
    DISTINCT = "distinct"  # ``columns[-1]``'s reference is distinct per the others
    WITHIN = "within"  # ``columns[-1]`` is distinct within the children of a reference among the others
    SOURCE = "source"


@record
class UniqueConstraint:
    """No two rows agree on all ``columns`` (a row with a null among them does not count, except in a
    key, where null is not allowed)."""

    columns: tuple[str, ...]
    plan: UniquePlan
    primary: bool = False


@record
class Check:
    """A named rule over each row. Violated where the condition is false; null passes, as in SQL."""

    name: str
    condition: Expr
    doc: str = ""


@record
class Design:
    """The rows that a ``Cover`` comes to: ``codes`` has a byte for each of its columns, row after row, the
    place of the value among the ``domains`` of the columns (None: null). Of the ``combinations`` of values of
    so many columns, ``possible`` can be in a row, and are."""

    domains: tuple[tuple[Physical | None, ...], ...]
    codes: bytes
    combinations: int
    possible: int

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.codes) // len(self.domains)


@record
class Cover:
    """The first rows of a table have every combination of values of any ``strength`` of ``columns`` (None: of
    all of them) that the table's rules allow. ``design``: None until it has been worked out."""

    columns: tuple[str, ...]
    strength: int | None
    design: Design | None = None

    @property
    def combined(self) -> int:
        """Of how many columns values are combined."""
        return len(self.columns) if self.strength is None else self.strength

    @property
    def written(self) -> str:
        """How the text says it."""
        words = {None: "all", 2: "pairwise"}.get(self.strength, f"{self.strength}-wise")
        return f"cover {words} ({', '.join(self.columns)})"

    @property
    def what(self) -> str:
        """What is combined, in the plural."""
        return {2: "pairs", 3: "triples"}.get(self.strength or 0, "combinations")


class DirtKind(StrEnum):
    """What declared dirt does to a row. The first eight break a rule, named as in ``violate``."""

    CHECK = "check"
    NULL = "null"
    RANGE = "range"
    LENGTH = "length"
    PATTERN = "pattern"
    ENUM = "enum"
    UNIQUE = "unique"
    REFERENCE = "reference"
    DUPLICATE = "duplicate"  # copies after the table's own rows
    NEAR = "near"  # such copies with another value in one column
    TYPOS = "typos"
    OUTLIERS = "outliers"
    MALFORMED = "malformed"
    MISENCODED = "misencoded"


COPIES = frozenset({DirtKind.DUPLICATE, DirtKind.NEAR})
"""Dirt that adds rows."""
SLIPS = frozenset({DirtKind.TYPOS, DirtKind.MALFORMED, DirtKind.MISENCODED})
"""Dirt in texts that breaks no rule."""


@record
class Dirt:
    """Rows that are spoiled on purpose when they are written, ``share`` (0..1) of the table's or ``rows`` of
    them. ``name`` is how the answer key calls it; ``subject`` the check or column, "" for copies."""

    kind: DirtKind
    name: str
    subject: str
    share: float | None
    rows: int | None

    @property
    def written(self) -> str:
        """How the text says it, without how many rows."""
        free = {*COPIES, *SLIPS, DirtKind.OUTLIERS}
        return self.name if self.kind in free else f"violate {self.name}"

    def count(self, table_rows: int) -> int:
        """How many rows of so many."""
        if self.rows is not None:
            return self.rows
        return int((self.share or 0.0) * table_rows + 0.5)

    def taken(self, table_rows: int) -> int:
        """How many rows of so many it takes for itself: for a value that comes twice both rows."""
        return self.count(table_rows) * (2 if self.kind is DirtKind.UNIQUE else 1)


@record
class Override:
    """What ``column`` is in the rows of a variant, in place of what it draws. A reference can only be
    null."""

    column: str
    value: Expr


@record
class Variant:
    """Rows of a table that differ from the others on purpose and keep all its rules: ``share`` (0..1) of them
    or ``rows``; no row is of two variants. ``where`` looks at rows as they are without variants; the share is
    then one of the rows where it holds. Without ``overrides`` all that the rows draw is drawn at an edge."""

    name: str
    share: float | None
    rows: int | None
    where: Expr | None = None
    overrides: tuple[Override, ...] = ()
    doc: str = ""


@record
class Update:
    """What later batches of a checkpoint change in rows that are there: ``share`` (0..1) of those that
    satisfy ``where``, or ``rows`` of them. ``columns`` are drawn anew, or have their value of ``values``,
    whose names are those of the row before. ``passing``: instead, all rows have ``columns`` as the clock of
    the batch makes them, drawn as they were; then there is no share."""

    columns: tuple[str, ...]
    share: float | None
    rows: int | None
    where: Expr | None = None
    values: Mapping[str, Expr] = field(default_factory=dict)
    passing: bool = False


@record
class Delete:
    """What later batches delete, as in ``Update``."""

    share: float | None
    rows: int | None
    where: Expr | None = None


@record
class OverRange:
    """One row per value of ``low .. high`` (both included) in steps of ``step``; physical values. ``ends``:
    the constants that the ends are, where one moves with the clock."""

    column: str
    type: DataType
    low: int
    high: int
    step: int
    ends: tuple[Const, Const] | None = None

    @property
    def size(self) -> int:
        return max(0, (self.high - self.low) // self.step + 1)


@record
class SourceFileRows:
    """Rows taken from a file that exists: from table ``stored`` in it where it is a database (""  where it is
    none).

    Of a table of a database elsewhere, ``database`` is its name in the spec, ``path`` a file with the rows as
    they were read, ``digest`` a hash of them; ``rows`` is None, and ``path`` empty, where its address is not
    given.
    """

    path: str
    rows: int | None
    stored: str = ""
    database: str = ""
    digest: str = ""


@record
class Query:
    """A derived table: SQL over the built tables, in the order given by ``reads``."""

    sql: str
    reads: tuple[str, ...]


@record
class Transition:
    """From one state to another after ``delay``, an expression of the row that hidden ``column`` holds."""

    source: str
    target: str
    delay: Expr
    column: str


@record
class Lifecycle:
    """The states that a row goes through. ``column`` has the last one that it entered, ``times[state]`` is
    the column with the time when it did (null where it did not). ``states``: each after those that lead to
    it; all rows begin in the first. Nothing happens after ``until``."""

    column: str
    states: tuple[str, ...]
    times: Mapping[str, str]
    transitions: tuple[Transition, ...]
    until: Expr

    def leads(self, source: str, target: str) -> bool:
        """Whether there is a transition from ``source`` to ``target``."""
        return any(t.source == source and t.target == target for t in self.transitions)


class TargetKind(StrEnum):
    """What is exact in each group of rows."""

    SUM = "sum"
    AVG = "avg"
    COUNT = "count"
    SHARE = "share"
    RETENTION = "retention"


@record
class Target:
    """What the rows of a table come to, group by group: those that agree on ``groups``, expressions of the
    row that files call ``labels``. ``name`` is how people know it.

    ``column``: whose values are moved, "" for COUNT. ``condition``: what SHARE counts. ``keys``: each
    group's values (physical). ``amounts`` over ``unit`` are what is asked of each: for SUM and AVG in
    physical units of the column. ``spans``: for COUNT by stretches of time the least and the greatest
    value of each, by the number among ``groups``. ``periods``: for RETENTION each group has so many amounts,
    the shares that stay beyond period 0, 1, ... ``free``: other groups may come to anything; else there
    are none.
    """

    name: str
    kind: TargetKind
    column: str
    condition: Expr | None
    groups: tuple[Expr, ...]
    labels: tuple[str, ...]
    keys: tuple[tuple[Physical, ...], ...]
    amounts: tuple[int, ...]
    unit: int = 1
    spans: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    periods: int = 1
    free: bool = False

    def asked(self, group: int, rows: int, period: int = 0) -> int:
        """The total in physical units, or the number of rows, that group ``group`` of so many rows has to
        come to; halves are rounded away from zero."""
        amount = self.amounts[group * self.periods + period]
        if self.kind in (TargetKind.SUM, TargetKind.COUNT):
            return amount
        whole = (2 * abs(amount) * rows + self.unit) // (2 * self.unit)
        return whole if amount >= 0 else -whole


@record
class History:
    """The rows of each parent of ``reference`` are its versions: ``valid_from`` (included) to ``valid_to``
    (not included; null where it goes on), without a gap and one at a time. The first begins at ``start``,
    none begins after ``last`` (both in the parent's row); the last ends at ``until`` of the parent, where
    that is given and not null. Versions differ from the one before in at least one of ``changing``.
    ``current``: the column that tells which one is valid now. ``prefix`` begins the names of hidden columns
    of the parent."""

    name: str
    prefix: str
    reference: str
    valid_from: str
    valid_to: str
    current: str
    start: Expr
    last: Expr
    until: Expr | None
    changing: tuple[str, ...]


@record
class Records:
    """The rows of each version (the parents of ``reference``, in ``table``) are what was known of it, one
    after the other: from ``known_from`` to ``known_to``, null for what is still taken to be so. At any time,
    of what was known then, the valid intervals of the rows with one ``key`` (columns that refer to what the
    history is of) neither overlap nor leave a gap. A record differs from the one before it in ``valid_to`` or
    one of ``changing``; the latest one is true. ``prefix`` begins the names of hidden columns of versions."""

    name: str
    prefix: str
    reference: str
    key: tuple[str, ...]
    valid_from: str
    valid_to: str
    known_from: str
    known_to: str
    changing: tuple[str, ...]


@record
class Table:
    """One table.

    Its rows come from exactly one of: ``query``; ``source``; or the product of its dimensions: each
    reference with ``each`` (in the order of declaration, the first varies slowest), then ``over``, else
    ``rows``. ``rows`` together with one ``each`` is the total to spread. Columns are in the order of
    declaration; hidden ones are not written. ``key`` is the primary key's columns, () when there is none.
    ``partition_by``: written columns of scalar types, by whose values the files are divided into folders.
    ``grows``: by so many rows each later batch of a checkpoint adds to ``rows``.
    ``lifecycles``, ``histories`` and ``records`` are kept by ordinary columns. ``variants``: at most one of
    them has no overrides. ``cover``: what the first rows are made to have; without any other source of rows
    these are all. ``updates`` and ``deletes``: what later batches change.
    """

    name: str
    columns: Mapping[str, Column]
    references: Mapping[str, Reference] = field(default_factory=dict)
    groups: tuple[ColumnGroup, ...] = ()
    key: tuple[str, ...] = ()
    uniques: tuple[UniqueConstraint, ...] = ()
    checks: tuple[Check, ...] = ()
    rows: int | None = None
    over: OverRange | None = None
    source: SourceFileRows | None = None
    query: Query | None = None
    partition_by: tuple[str, ...] = ()
    grows: int = 0
    dirt: tuple[Dirt, ...] = ()
    doc: str = ""
    lifecycles: tuple[Lifecycle, ...] = ()
    variants: tuple[Variant, ...] = ()
    targets: tuple[Target, ...] = ()
    updates: tuple[Update, ...] = ()
    deletes: tuple[Delete, ...] = ()
    cover: Cover | None = None
    histories: tuple[History, ...] = ()
    records: tuple[Records, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether later batches change rows."""
        return bool(self.updates or self.deletes)

    @property
    def design(self) -> Design | None:
        """The rows that are made to have certain values, where there are some."""
        return None if self.cover is None else self.cover.design

    @property
    def own_rows(self) -> int | None:
        """How many rows the table says that it has, by a number or by its design."""
        return self.design.rows if self.rows is None and self.design is not None else self.rows

    @property
    def bare(self) -> bool:
        """Whether rows in JSON are values and not objects."""
        return any(column.bare for column in self.columns.values())

    def is_varied(self, column: str) -> bool:
        """Whether some variant puts another value in the place of ``column``'s."""
        return any(o.column == column for variant in self.variants for o in variant.overrides)

    def absent(self, column: Column) -> bool:
        """Whether JSON leaves ``column`` out where it is null."""
        reference = self.references.get(column.reference or "")
        rule = column.nulls if reference is None else reference.nulls
        return rule is not None and rule.absent


@record
class Pool:
    """A data file as a weighted pool of rows. ``weight`` names the column of relative weights."""

    name: str
    path: str
    columns: tuple[tuple[str, DataType], ...]
    weight: str | None
    rows: int


@record
class EnumType:
    """A declared enum: its type and, for drawing, the share of each member (total 1)."""

    type: Enum
    shares: tuple[float, ...]
    doc: str = ""


@record
class PluginSource:
    """A plugin that was there when the spec was checked: its name and a hash of its source."""

    name: str
    digest: str


@record
class Dataset:
    """The whole checked program. Tables in the order of the text; ``now`` in microseconds; ``edge``: the
    share of each table's rows that prefer boundary values. ``per_batch``: by so many microseconds the clock
    moves from one batch of a checkpoint to the next."""

    name: str
    seed: int
    now: int
    locale: str
    tables: Mapping[str, Table]
    enums: Mapping[str, EnumType] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    doc: str = ""
    plugins: tuple[PluginSource, ...] = ()
    edge: float = 0.0
    per_batch: int = 0
