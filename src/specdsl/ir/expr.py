"""Typed expressions.

Every node carries its ``type`` and whether it can be null. Constants are in *physical* form (see
``specdsl.datatypes.types``): int for integers, dates (days), times, timestamps and durations
(microseconds), unscaled int for decimals, member position for enums, 16 bytes for uuids; float,
bool, str and bytes as they are.

A node that draws at random has a ``site``: its number among the draws of its column, in the order
of the text. (dataset seed, table, column, site) names an independent stream of randomness.

Scopes: an expression is evaluated in the row of *one* table. ``Follow`` evaluates its body in the
row that a reference points to, ``Candidate`` in the row under consideration (a would-be parent in
a reference's ``where``; a child in an aggregate's value or ``where``).

Null semantics are SQL's: a null operand makes the result null, except for ``IsNull``, and/or
(three-valued), ``If``/``Match`` (a null condition is not true) and functions that say so.
"""

from __future__ import annotations

from enum import StrEnum

from specdsl.datatypes.types import DataType
from specdsl.records import record

Physical = bool | int | float | str | bytes


@record
class Expr:
    """Base of every typed expression."""

    type: DataType
    nullable: bool


@record
class Const(Expr):
    """A known value; None is the typed null."""

    value: Physical | None


@record
class Moving(Const):
    """A constant that follows from the declared clock. ``origin`` is what it was folded from; None: it is
    ``now`` itself."""

    origin: Expr | None


@record
class ColumnValue(Expr):
    """The value of a column in the row at hand."""

    column: str


@record
class RowNumber(Expr):
    """The number of the row at hand, from 0."""


@record
class Ordinary(Expr):
    """What ``column`` would be in the row at hand without variants. Only what a variant puts in its place
    names it."""

    column: str


@record
class VariantName(Expr):
    """The name of the variant that the row at hand is of, null for none."""


@record
class GroupItem(Expr):
    """Item ``index`` of the tuple that column group ``group`` draws in the row at hand."""

    group: int
    index: int


@record
class ParentKey(Expr):
    """Column ``column`` of the key of the row that ``reference`` points to (null without one)."""

    reference: str
    column: str


@record
class DimensionValue(Expr):
    """The value that ``over`` gives the row at hand."""


@record
class SourceValue(Expr):
    """The value of ``column`` of the file that a ``from`` table takes its rows from."""

    column: str


@record
class Follow(Expr):
    """``body`` in the row of ``table`` that ``reference`` points to; null where it is null."""

    reference: str
    table: str
    body: Expr


@record
class Candidate(Expr):
    """``body`` in the candidate row of ``table``."""

    table: str
    body: Expr


@record
class FieldValue(Expr):
    """Field ``field`` of a struct."""

    base: Expr
    field: str


# --- draws ---------------------------------------------------------------------------------


@record
class RangeDraw(Expr):
    """Uniform over ``low .. high``, both included; ends of this node's type."""

    site: int
    low: Expr
    high: Expr


@record
class Arm:
    """``share`` is the probability, arms of a choice total 1."""

    value: Expr
    share: float


@record
class ChoiceDraw(Expr):
    """One of the arms. With ``exact`` the shares are counts over the whole table (largest
    remainder), dealt out by a keyed permutation of the rows."""

    site: int
    arms: tuple[Arm, ...]
    exact: bool = False


@record
class RegexDraw(Expr):
    """Uniform over the strings that the pattern matches (as an indexable set)."""

    site: int
    pattern: str


@record
class PoolDraw(Expr):
    """A row of pool ``pool`` by its weights: one column's value, or a Tuple of ``columns``."""

    site: int
    pool: str
    columns: tuple[str, ...]


@record
class ListDraw(Expr):
    """A list: ``size`` (an int expression, evaluated once per row) times ``element``, drawn anew for
    each. With ``distinct`` the element is a ChoiceDraw, PoolDraw, RangeDraw or RegexDraw, and no
    element comes twice in a list."""

    site: int
    size: Expr
    element: Expr
    distinct: bool = False


@record
class Different(Expr):
    """``value``, drawn again while it is ``other`` (of the same type; two nulls are the same)."""

    value: Expr
    other: Expr


@record
class Call(Expr):
    """A function of the catalogue. ``args`` has one expression for each parameter that was given or
    has a default, in the order of the signature. ``site`` is None for functions that do not draw.
    ``low``/``high`` truncate a distribution (of this node's type)."""

    function: str
    args: tuple[tuple[str, Expr], ...]
    site: int | None = None
    low: Expr | None = None
    high: Expr | None = None


# --- operators -----------------------------------------------------------------------------


class UnaryOp(StrEnum):
    """Operators of one operand."""

    NEGATE = "-"
    NOT = "not"


class ArithmeticOp(StrEnum):
    """``/`` always gives float; ``//`` and ``%`` truncate towards zero as SQL does; a zero divisor
    gives null. int64 overflow is an error of the build."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    FLOOR_DIVIDE = "//"
    MODULO = "%"


class CompareOp(StrEnum):
    """Strings compare by code point; enums by position; bool false < true."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="


class LogicOp(StrEnum):
    """Operators of conditions."""

    AND = "and"
    OR = "or"


@record
class Unary(Expr):
    """``-x`` or ``not x``"""

    op: UnaryOp
    operand: Expr


@record
class Arithmetic(Expr):
    """Operands already have the types that the operation needs: both int64, both float, both decimal
    (of any scales; + and - give the larger scale, * the sum), or of time: timestamp/date +- duration,
    timestamp - timestamp, date - date (duration), duration +- duration, duration * or / number,
    time +- duration (wraps at midnight)."""

    op: ArithmeticOp
    left: Expr
    right: Expr


@record
class Compare(Expr):
    """Both operands have one type (decimals: one scale)."""

    op: CompareOp
    left: Expr
    right: Expr


@record
class Logic(Expr):
    """``a and b``, ``a or b``, three-valued."""

    op: LogicOp
    left: Expr
    right: Expr


@record
class IsNull(Expr):
    """``x == null``; ``x != null`` is its negation."""

    operand: Expr


@record
class IsIn(Expr):
    """``x in [a, b]``; items of one type with the operand, none of them null."""

    operand: Expr
    items: tuple[Expr, ...]


@record
class Cast(Expr):
    """An implicit or explicit conversion of ``operand`` to this node's type.

    int -> float, decimal; decimal -> decimal (rounds half away from zero), float; float -> decimal
    (rounds half away from zero), int (rounds half away from zero); date -> timestamp (midnight UTC);
    timestamp -> date; enum <-> string; anything -> string (as f-strings print it). Out of range is
    an error of the build.
    """

    operand: Expr


@record
class If(Expr):
    """``if condition then a else b``; a null condition takes the second."""

    condition: Expr
    then: Expr
    otherwise: Expr


@record
class MatchArm:
    """``values``: constants of the subject's type (for a tuple subject, tuples of constants; an inner
    None matches anything)."""

    values: tuple[tuple[Physical | None, ...], ...]
    value: Expr


@record
class Match(Expr):
    """``subjects`` has one expression, or those of a tuple. The first arm that matches wins.
    ``otherwise`` None means that the arms cover every value (the checker has proved it); a null
    subject then gives null."""

    subjects: tuple[Expr, ...]
    arms: tuple[MatchArm, ...]
    otherwise: Expr | None


@record
class FormatPart:
    """``spec`` is a Python format spec, '' for the plain text form of the value's type."""

    value: Expr
    spec: str


@record
class Format(Expr):
    """An f-string. A null part makes the whole null."""

    parts: tuple[str | FormatPart, ...]


@record
class ListValue(Expr):
    """A list of these items."""

    items: tuple[Expr, ...]


def constant_items(expr: Expr) -> tuple[Physical, ...] | None:
    """The items of a list that is written out in constants, None for anything else."""
    if not isinstance(expr, ListValue):
        return None
    items = tuple(i.value for i in expr.items if isinstance(i, Const) and i.value is not None)
    return items if len(items) == len(expr.items) else None


@record
class StructValue(Expr):
    """One expression for each field of the type, in its order."""

    items: tuple[Expr, ...]


@record
class LengthChecked(Expr):
    """``operand``, a string, whose length has to be within the bounds of this node's type: an error of the
    build otherwise. In documents, whose inside is not verified."""

    operand: Expr


@record
class EndsLater(Expr):
    """``operand``, a time, which has to come at least ``unit`` microseconds after ``begin``, where both are
    known: an error of the build otherwise. It is the end of ``history``, kept in columns that begin with
    ``prefix``."""

    operand: Expr
    begin: Expr
    unit: int
    history: str
    prefix: str


@record
class FreeText(Expr):
    """``operand``, a string of words; in edge rows cut to the shortest or repeated to the longest that this
    node's type allows. ``site`` is that of the draw inside. Plans have it, checked programs do not."""

    site: int
    operand: Expr


@record
class ToJson(Expr):
    """``operand`` as a JSON document; null is the document ``null``, so this is never null."""

    operand: Expr


@record
class JsonArray(Expr):
    """A JSON array of these items, each as in ``ToJson``; where ``spread`` is true the item is a list that is
    not null, whose elements are put in."""

    items: tuple[Expr, ...]
    spread: tuple[bool, ...]


@record
class JsonMember:
    """A member of an object. ``name`` None: those of a struct or a ``JsonMap`` that is spread. ``absent``: it
    is left out where its value is null."""

    name: str | None
    value: Expr
    absent: bool = False


@record
class JsonObject(Expr):
    """A JSON object of these members, values as in ``ToJson``. No two have one name; a key that a map draws
    gives way to the name of another member, and to an earlier map's key."""

    members: tuple[JsonMember, ...]


@record
class JsonMap(Expr):
    """A JSON object of ``size`` members (an int expression): ``key`` as plain text, no one twice in an
    object, and ``value`` drawn anew for each."""

    site: int
    size: Expr
    key: Expr
    value: Expr


@record
class StructFields(Expr):
    """Some fields of the struct ``base`` as a tuple, each cast to the type of its item."""

    base: Expr
    fields: tuple[str, ...]


@record
class TupleValue(Expr):
    """Values drawn together, before a column group takes them apart."""

    items: tuple[Expr, ...]


# --- across rows ---------------------------------------------------------------------------


class AggregateFunction(StrEnum):
    """Nulls are passed over, except by ``first`` and ``last``. Over no rows: count and sum give 0, the
    others null. ``first``/``last`` go by the child's row number."""

    SUM = "sum"
    COUNT = "count"
    MIN = "min"
    MAX = "max"
    AVG = "avg"
    FIRST = "first"
    LAST = "last"


@record
class Hop:
    """From a row to the rows of ``table`` whose ``reference`` points to it."""

    table: str
    reference: str


@record
class Aggregate(Expr):
    """Over the rows reached by ``hops``. ``value`` and ``where`` have scope of the last hop's row as
    ``Candidate`` and of this row otherwise; ``value`` None only for COUNT."""

    function: AggregateFunction
    hops: tuple[Hop, ...]
    value: Expr | None
    where: Expr | None


@record
class IndexIn(Expr):
    """This row's position, from 0 in row order, among the rows with the same parent."""

    reference: str


@record
class Running(Expr):
    """The total of ``value`` over the rows of this row's group up to this one. The group: the rows with the
    same parent of ``reference``, in row order (None: the whole table). ``value`` is a ``Candidate`` of this
    table, evaluated in each of them; null adds nothing."""

    reference: str | None
    value: Expr


class Place(StrEnum):
    """Which row of a group."""

    PREVIOUS = "previous"
    NEXT = "next"
    FIRST = "first"
    LAST = "last"


@record
class Neighbour(Expr):
    """``value``, a ``Candidate`` of this table, in another row of this row's group (see ``Running``): null
    where there is none. Only PREVIOUS goes without a reference. A column may name itself through PREVIOUS."""

    place: Place
    reference: str | None
    value: Expr


@record
class Fitted(Expr):
    """``value``, moved as far as target ``target`` of the table asks: the column's values total what it says
    in each group of rows that agree on ``groups``. Whole numbers and decimals. ``low .. high`` bound every
    value (physical; None: the type does)."""

    target: int
    value: Expr
    groups: tuple[Expr, ...]
    low: int | None
    high: int | None


@record
class Rated(Expr):
    """``value``, or in so many rows that target ``target`` is met ``met`` or ``unmet`` in its place: draws of
    what it counts and of what it does not. ``holds``: whether ``value`` is counted, drawn as that is."""

    target: int
    value: Expr
    holds: Expr
    met: Expr
    unmet: Expr
    groups: tuple[Expr, ...]


@record
class Retained(Expr):
    """For how many periods a row stays, so that target ``target`` is met: the longer, the larger ``value``
    is."""

    target: int
    value: Expr
    groups: tuple[Expr, ...]


class End(StrEnum):
    """What of a group."""

    KEY = "key"
    LOW = "low"
    HIGH = "high"


@record
class Dealt(Expr):
    """Of the group that target ``target`` deals to the row: the value of its group number ``item``, or where
    that is a stretch of time its least or greatest."""

    target: int
    item: int
    end: End


@record
class Within(Expr):
    """``value``, drawn within ``low .. high``."""

    value: Expr
    low: Expr
    high: Expr


@record
class Split(Expr):
    """This row's part of ``amount`` (a value of the parent, int or decimal), shared out among the rows
    with the same parent in proportion to ``weight``; the parts total exactly ``amount``.

    ``weight`` is an expression in this row (never negative); when all weights of a group are zero they
    count as equal. Parts are differences of the cumulative amount rounded half away from zero."""

    reference: str
    amount: Expr
    weight: Expr
