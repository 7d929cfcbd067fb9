"""What a rule is: a name, what it is about, and the test that finds the rows that break it."""

from __future__ import annotations

from enum import StrEnum

from specdsl.datatypes.types import DataType
from specdsl.records import record
from specdsl.verify.increasing import Increasing
from specdsl.verify.whole_numbers import AllAmong, AllDistinct


class RuleKind(StrEnum):
    """What a rule asks."""

    SCHEMA = "schema"
    TYPE = "type"
    ROW_COUNT = "row count"
    KEY = "key"
    UNIQUE = "unique"
    NOT_NULL = "not null"
    NULL_RATE = "null rate"
    REFERENCE = "reference"
    EACH = "each"
    WHERE = "where"
    DISTINCT_PER = "distinct per"
    FOREST = "forest"
    ENUM = "enum"
    BOUNDS = "bounds"
    LENGTH = "length"
    PATTERN = "pattern"
    LIST_SIZE = "list size"
    SHARES = "shares"
    VALUE = "value"
    SPLIT = "split"
    CHECK = "check"
    COVER = "cover"
    DIRT = "dirt"
    ANSWERS = "answers"


@record
class Shown:
    """A column of the offenders: its heading, its SQL in physical form, its type."""

    name: str
    sql: str
    type: DataType


@record
class RowTest:
    """Row by row of ``source``, the rule's table or a relation with more columns, which stands in the
    query as ``r``: where ``applies``, ``broken`` must not be true."""

    source: str
    broken: str
    applies: str = "true"
    joins: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()


@record
class GroupTest:
    """``looked_at`` is a query of one number. ``offending`` is a query that gives what breaks the rule:
    columns as ``shown`` names them, and the number of broken rows as ``broken``. ``quick``: where it holds,
    nothing is broken, and ``offending`` need not be asked.

    For the scans of the table's row tests: ``present`` is a condition on its rows of which ``looked_at`` is
    the number; ``unmatched`` is a join of row tests and a condition on what it gives: where that holds of no
    row, nothing is broken. ``note``: a clause about what is looked at."""

    looked_at: str
    offending: str
    shown: tuple[Shown, ...]
    quick: AllDistinct | AllAmong | Increasing | None = None
    present: str | None = None
    unmatched: tuple[str, str] | None = None
    note: str = ""


@record
class Share:
    """One outcome: how it is called, the predicate, the declared probability. ``values``: what the
    test's ``values`` are in it, for outcomes of choices."""

    label: str
    predicate: str
    share: float
    values: tuple[str, ...] = ()


@record
class ShareTest:
    """Of the rows where ``applies``, each outcome's count must be as probable as declared. ``exact``:
    the counts are those of the largest remainders. ``at_least``: other causes may add to the counts.
    ``values``: expressions over the row by which outcomes can be told apart (for choices)."""

    outcomes: tuple[Share, ...]
    applies: str = "true"
    joins: tuple[str, ...] = ()
    exact: bool = False
    at_least: bool = False
    values: tuple[str, ...] = ()


@record
class RowCountTest:
    """The table has ``expected`` rows."""

    expected: int


@record
class SchemaTest:
    """The files are there, and have the declared columns."""


@record
class TypeTest:
    """The column's values can be read as its type."""

    column: str


@record
class ForestTest:
    """No row is its own ancestor. ``links`` gives (row, parent_row) of every row with a parent."""

    links: str
    shown: tuple[Shown, ...]


@record
class NotCheckable:
    """The rule cannot be held against the data; ``reason`` is a clause for people."""

    reason: str


Test = RowTest | GroupTest | ShareTest | RowCountTest | SchemaTest | TypeTest | ForestTest | NotCheckable


@record
class Rule:
    """``name`` is unique in a dataset: "users.key", "orders.user_id -> users", "users.age in 18..90".
    ``columns`` are those of the table that it is about."""

    name: str
    kind: RuleKind
    table: str
    columns: tuple[str, ...]
    test: Test
