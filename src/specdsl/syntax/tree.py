"""The syntax tree: what was written, with a span on every node.

Nodes are frozen and know nothing of meaning. Where the text could not be parsed there is an
``ErrorExpr`` or ``ErrorItem``; whoever walks the tree passes over those in silence, for the parser
has already reported them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from specdsl.records import record
from specdsl.source import Span


@record
class Node:
    """Base of every node."""

    span: Span


@record
class Name(Node):
    """An identifier as declared or used; ``text`` is without backticks."""

    text: str


# --- expressions ---------------------------------------------------------------------------


@record
class Expr(Node):
    """Base of every expression."""


@record
class ErrorExpr(Expr):
    """An expression that could not be parsed (already reported)."""


@record
class Null(Expr):
    """``null``"""


@record
class Bool(Expr):
    """``true`` or ``false``"""

    value: bool


@record
class Number(Expr):
    """``42``, ``1_000``, ``0.25``, ``1e6``; ``is_int`` when written without point or exponent."""

    value: Decimal
    is_int: bool


@record
class String(Expr):
    """``"text"`` (escapes resolved); also the triple-quoted form."""

    value: str


@record
class FormatPart(Node):
    """``{value:spec}`` of an f-string; ``spec`` is '' when absent."""

    value: Expr
    spec: str


@record
class FString(Expr):
    """``f"..."``: literal texts (escapes resolved) and formatted values in order."""

    parts: tuple[str | FormatPart, ...]


@record
class Regex(Expr):
    """``/pattern/``; ``pattern`` is without the slashes, ``\\/`` resolved to ``/``."""

    pattern: str


@record
class Date(Expr):
    """``2025-06-01``"""

    value: dt.date


@record
class Timestamp(Expr):
    """``2025-06-01T12:30:00Z`` or with an offset; microseconds since the epoch, UTC. Without a zone: UTC."""

    micros: int


@record
class Time(Expr):
    """``12:30`` or ``12:30:15.5``; microseconds since midnight."""

    micros: int


@record
class Duration(Expr):
    """``30d``, ``250ms``, ``1.5h``; microseconds."""

    micros: int


@record
class Percent(Node):
    """``55%`` or ``0.5%``; ``value`` is the number before the sign (55 for 55 %)."""

    value: Decimal


@record
class NameRef(Expr):
    """A plain name: a column of this row, an enum member, a pool, a table, ``now``..."""

    name: Name


@record
class Attribute(Expr):
    """``base.name``: a path through a reference, a struct's field, a table's column, ``Enum.member``."""

    base: Expr
    name: Name


@record
class CandidateRef(Expr):
    """``.name`` inside a ``where``: a column of the candidate row (parent or child)."""

    name: Name


@record
class Arg(Node):
    """An argument, positional (``name`` None) or named. ``where`` filters an aggregate's rows:
    ``sum(orders.total where .status == paid)``."""

    name: Name | None
    value: Expr
    where: Expr | None = None


@record
class Call(Expr):
    """``function(args)``"""

    function: Name
    args: tuple[Arg, ...]


class UnaryOp(StrEnum):
    """The operators of one operand."""

    NEGATE = "-"
    NOT = "not"


@record
class Unary(Expr):
    """``- operand``, ``not operand``"""

    op: UnaryOp
    operand: Expr


class BinaryOp(StrEnum):
    """The operators of two operands."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    FLOOR_DIVIDE = "//"
    MODULO = "%"
    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="
    AND = "and"
    OR = "or"
    IN = "in"
    NOT_IN = "not in"


@record
class Binary(Expr):
    """``left op right``; for ``in`` the right side is a Range, a ListLiteral or a TupleLiteral."""

    op: BinaryOp
    left: Expr
    right: Expr
    op_span: Span


@record
class Range(Expr):
    """``low .. high``, either end open (None) where the context allows it."""

    low: Expr | None
    high: Expr | None


@record
class Arm(Node):
    """One arm of a choice."""

    value: Expr
    weight: Percent | None


@record
class Choice(Expr):
    """``a 70% | b 30%``; two arms or more, or one arm with a weight."""

    arms: tuple[Arm, ...]


@record
class If(Expr):
    """``if condition then a else b``"""

    condition: Expr
    then: Expr
    otherwise: Expr


@record
class MatchArm(Node):
    """``pattern, pattern => value``; no patterns means ``else => value``."""

    patterns: tuple[Expr, ...]
    value: Expr


@record
class Match(Expr):
    """``match subject { ... }``; the subject may be a TupleLiteral, then patterns are tuples."""

    subject: Expr
    arms: tuple[MatchArm, ...]


@record
class ListLiteral(Expr):
    """``[a, b]``"""

    items: tuple[Expr, ...]


@record
class MapEntry(Node):
    """``key: value``"""

    key: Expr
    value: Expr


@record
class MapLiteral(Expr):
    """``{"paid": 7, "pending": 2}``: relative weights for ``pick``."""

    entries: tuple[MapEntry, ...]


@record
class TupleLiteral(Expr):
    """``(a, b)``; two items or more."""

    items: tuple[Expr, ...]


# --- types ---------------------------------------------------------------------------------


@record
class TypeExpr(Node):
    """Base of every written type; ``optional`` is the trailing ``?``."""

    optional: bool


@record
class NamedType(TypeExpr):
    """``int``, ``Money``, ``decimal(10, 2)``, ``string(max: 40)``"""

    name: Name
    args: tuple[Arg, ...]


@record
class ListType(TypeExpr):
    """``list<item>[size]``; ``size`` a Range or Number, None when not written."""

    item: TypeExpr
    size: Expr | None


@record
class FieldDecl(Node):
    """``w float in 0.. = 1.0..80.0`` inside a struct."""

    name: Name
    type: TypeExpr | None
    modifiers: tuple[Modifier, ...]
    value: Expr | None
    doc: str = ""


@record
class Element(Node):
    """``int in 1..5 = 3`` in a tuple or a map: a field without a name. ``spread``: ``...`` stands before
    it, so that the elements or members of its value are put in."""

    type: TypeExpr
    modifiers: tuple[Modifier, ...]
    value: Expr | None
    spread: bool = False


@record
class StructType(TypeExpr):
    """``struct { ... }``; ``spreads`` are mistakes: only an object of JSON has them."""

    fields: tuple[FieldDecl, ...]
    spreads: tuple[Element, ...] = ()


@record
class Alternative(Node):
    """``70% card Card in 1.. = x`` of a variant; ``type`` None for the alternative ``null``."""

    weight: Percent | None
    tag: Name | None
    type: TypeExpr | None
    modifiers: tuple[Modifier, ...] = ()
    value: Expr | None = None
    doc: str = ""


@record
class JsonType(TypeExpr):
    """``json { a int, ...map<string, int>[0..2] }``; any other ``name`` is a mistake."""

    name: Name
    members: tuple[FieldDecl | Element, ...]


@record
class VariantType(TypeExpr):
    """``variant { 70% Card, string }``, with a ``tag`` ``variant kind { card Card }``."""

    tag: Name | None
    alternatives: tuple[Alternative, ...]


@record
class TupleType(TypeExpr):
    """``tuple<int, ...list<string>[0..3]>``"""

    items: tuple[Element, ...]


@record
class MapType(TypeExpr):
    """``map<string, int>[1..4]``"""

    key: Element
    value: Element
    size: Expr | None


# --- column modifiers ----------------------------------------------------------------------


@record
class Modifier(Node):
    """Base of what may stand between a column's type or reference and its ``=``."""


@record
class Within(Modifier):
    """``in low .. high``: a bound whatever draws the value."""

    range: Range


@record
class NullRate(Modifier):
    """``90% null``, or ``null 40% when condition else 5%`` (``otherwise`` None means 0 %). ``absent``: the
    word ``absent`` stands for ``null``."""

    rate: Percent
    when: Expr | None = None
    otherwise: Percent | None = None
    absent: bool = False


@record
class KeyMark(Modifier):
    """``key``"""


@record
class UniqueMark(Modifier):
    """``unique``"""


@record
class HiddenMark(Modifier):
    """``hidden``"""


@record
class BareMark(Modifier):
    """``bare``"""


@record
class Changes(Modifier):
    """``60% changes`` or ``changes``"""

    share: Percent | None


@record
class Each(Modifier):
    """``each 1..8``, ``each poisson(3) max 40``, ``each 1..``, plain ``each`` (count None)."""

    count: Expr | None
    maximum: Expr | None


@record
class Where(Modifier):
    """``where .tenant_id == tenant_id``"""

    condition: Expr


@record
class DistinctPer(Modifier):
    """``distinct per order_id`` or ``distinct per (a, b)``"""

    columns: tuple[Name, ...]


@record
class Since(Modifier):
    """``since 1h`` or ``since 3 batches``"""

    age: Duration | Number


class DeleteAction(StrEnum):
    """What becomes of a row when the one that it refers to is deleted."""

    RESTRICT = "restrict"
    CASCADE = "cascade"
    SET_NULL = "set null"


@record
class OnDelete(Modifier):
    """``on delete cascade``"""

    action: DeleteAction


@record
class AsOf(Modifier):
    """``as of placed_at``"""

    moment: Expr


@record
class Skew(Modifier):
    """``zipf(1.1)`` after a reference."""

    call: Call


# --- declarations --------------------------------------------------------------------------


@record
class Item(Node):
    """Base of what stands at the top of a file."""


@record
class Member(Node):
    """Base of what stands in a table."""


@record
class ErrorItem(Item):
    """Text at the top level that could not be parsed (already reported); ``name`` if it seemed to
    declare one, so that its uses are not reported too."""

    name: Name | None = None


@record
class ErrorMember(Member):
    """Text in a table that could not be parsed (already reported); ``name`` if one was seen, so
    that its uses elsewhere are not reported too."""

    name: Name | None = None


@record
class Import(Item):
    """``import "common.dgen"``"""

    path: String


@record
class Setting(Node):
    """``seed 42``"""

    name: Name
    value: Expr


@record
class DatasetDecl(Item):
    """``dataset shop { seed 42 ... }``"""

    name: Name
    settings: tuple[Setting, ...]
    doc: str = ""


@record
class EnumMember(Node):
    """``paid 55%``"""

    name: Name
    weight: Percent | None
    doc: str = ""


@record
class EnumDecl(Item):
    """``enum Status { pending 20%, paid }``; a member may be a string literal, then ``name`` is its text."""

    name: Name
    members: tuple[EnumMember, ...]
    doc: str = ""


@record
class TypeDecl(Item):
    """``type Money = decimal(10, 2) in 0 .. 100_000``, optionally ``= value`` after it. ``depth``: how deep
    a type that holds itself may be nested, None where not written."""

    name: Name
    type: TypeExpr
    modifiers: tuple[Modifier, ...]
    value: Expr | None
    doc: str = ""
    depth: Number | None = None


@record
class PoolDecl(Item):
    """``pool Plans = load("plans.csv")``"""

    name: Name
    value: Expr
    doc: str = ""


@record
class RefClause(Node):
    """``-> table`` or ``-> table?``"""

    table: Name
    optional: bool


@record
class ColumnDecl(Member):
    """One column, or several drawn together.

    ``targets`` has one name, or the names in parentheses (``grouped`` true). At most one of
    ``type`` and ``reference`` is set; with ``grouped`` each target may carry its own type in
    ``target_types`` (same length as ``targets``, None where none is written). ``fields`` has the names
    before `as`, None for targets without one (empty where there is no `as`).
    """

    targets: tuple[Name, ...]
    grouped: bool
    target_types: tuple[TypeExpr | None, ...]
    type: TypeExpr | None
    reference: RefClause | None
    modifiers: tuple[Modifier, ...]
    value: Expr | None
    doc: str = ""
    fields: tuple[Name | None, ...] = ()


@record
class LocaleDecl(Member):
    """``locale "de_DE"``: for all that the table draws"""

    name: String


@record
class KeyDecl(Member):
    """``key (a, b)``"""

    columns: tuple[Name, ...]


@record
class UniqueDecl(Member):
    """``unique (a, b)``"""

    columns: tuple[Name, ...]


@record
class PartitionDecl(Member):
    """``partition by country``, ``partition by (country, status)``"""

    columns: tuple[Name, ...]


@record
class Strength(Node):
    """``all``, ``pairwise``, ``3-wise``: how many columns' values are combined, None for those of all."""

    columns: int | None


@record
class CoverDecl(Member):
    """``cover pairwise (browser, os, plan)``"""

    strength: Strength
    columns: tuple[Name, ...]


@record
class CheckDecl(Member):
    """``check adult: age >= 18``"""

    name: Name
    condition: Expr
    doc: str = ""


@record
class Amount(Node):
    """How many rows: ``0.5%`` or ``30 rows``; ``counted`` is false where the word `rows` is missing."""

    share: Percent | None
    rows: Number | None
    counted: bool = True


@record
class ViolateDecl(Member):
    """``violate after_signup 0.5%``, ``violate age.range 30 rows``: ``rule`` is a check or a column,
    ``aspect`` what is asked of the column."""

    rule: Name
    aspect: Name | None
    amount: Amount


@record
class DuplicateDecl(Member):
    """``duplicate rows 3%``, ``duplicate near 30 rows``"""

    near: bool
    amount: Amount


@record
class SpoilDecl(Member):
    """``typos(name) 1%``, ``outliers(total) 30 rows``, ``malformed(phone) 1%``, ``misencoded(name) 1%``"""

    word: Name
    column: Name
    amount: Amount


@record
class Override(Node):
    """``age = boundary()`` in a variant"""

    column: Name
    value: Expr


@record
class VariantDecl(Member):
    """``variant edge 5% where age > 60 { age = boundary() }``; ``overrides`` is None where there is no
    block."""

    name: Name
    amount: Amount
    where: Expr | None
    overrides: tuple[Override, ...] | None
    doc: str = ""


@record
class TargetMeasure(Node):
    """``sum(total)``, ``share(status == refunded)``, ``count``; ``column``: the name after `as`, by which the
    file calls it."""

    word: Name
    args: tuple[Arg, ...] | None
    column: Name | None


@record
class TargetEntry(Node):
    """``"DE": 3%``, ``("2024-01", "DE"): 12_000.50``"""

    key: Expr
    amount: Expr | Percent


@record
class TargetDecl(Member):
    """``target sum(total) by (month(placed_at), country) as (period, land) from "revenue.csv" else free``

    ``columns``: what the file calls the groups, () where nothing is said. One of ``entries``, ``file`` and
    ``amount`` is given; ``free``: groups that are not listed may have any amount.
    """

    measure: TargetMeasure
    groups: tuple[Expr, ...]
    columns: tuple[Name, ...]
    entries: tuple[TargetEntry, ...] | None
    file: String | None
    amount: Expr | Percent | None
    free: bool
    doc: str = ""


@record
class Assignment(Node):
    """``status``, which is drawn anew, or ``price = price * 0.9..1.1``, where names are the row before."""

    column: Name
    value: Expr | None


@record
class UpdateDecl(Node):
    """``update 3% of rows where status == open set status, total``"""

    amount: Amount
    where: Expr | None
    settings: tuple[Assignment, ...]


@record
class PassingDecl(Node):
    """``update status as time passes``"""

    columns: tuple[Name, ...]


@record
class DeleteDecl(Node):
    """``delete 1% of rows where status == closed``"""

    amount: Amount
    where: Expr | None


@record
class ChangesDecl(Member):
    """``changes { update 3% of rows set status, delete 1% }``, one a line"""

    changes: tuple[UpdateDecl | PassingDecl | DeleteDecl, ...]


@record
class Transition(Node):
    """``-> paid 92% after 1h..2d``"""

    target: Name
    share: Percent | None
    delay: Expr


@record
class LifecycleState(Node):
    """``placed -> paid 92% after 1h..2d -> cancelled 8% after 1h..5d``, ``paid as paid_on -> ...``"""

    name: Name
    time: Name | None
    transitions: tuple[Transition, ...]
    doc: str = ""


@record
class LifecycleDecl(Member):
    """``lifecycle status from placed_at { ... }``; ``type``: the enum of the states, where one is named;
    ``until``: when nothing happens any more, None for ``now``."""

    name: Name
    type: TypeExpr | None
    start: Name
    until: Expr | None
    states: tuple[LifecycleState, ...]
    doc: str = ""


@record
class HistoryDecl(Member):
    """``history valid from .joined_at lasting 20d..200d until .closed_at``: the rows of each parent are its
    versions. ``lasting``: how long each is valid, None where they share what time there is; ``until``: when
    the last one ends, None where it does not."""

    name: Name
    start: Expr
    lasting: Expr | None
    until: Expr | None
    doc: str = ""


@record
class Corrected(Node):
    """``corrected 15% after 5d..60d``"""

    share: Percent
    delay: Expr


@record
class RecordedDecl(Member):
    """``history system after 0s..3d corrected 15% after 5d..60d``: the rows of each version are what was
    known of it, one after the other."""

    name: Name
    delay: Expr
    corrected: Corrected | None
    doc: str = ""


@record
class Events(Node):
    """``orders.status`` of ``table order_events from orders.status``"""

    table: Name
    column: Name


@record
class Over(Node):
    """``over day = 2020-01-01..2024-12-31 by 1d``"""

    column: Name
    range: Expr
    step: Expr | None


@record
class Growth(Node):
    """``grows 2_000 per batch``"""

    count: Expr


@record
class TableDecl(Item):
    """A table in any of its forms.

    ``count`` after the name; ``over``; ``grows``; ``source`` (``from "file"``); ``query`` (``= sql(...)``);
    ``events`` (``from orders.status``); ``database`` (``from database shop``), and ``stored``, the table
    there or in a file that is a database (``table "public.users"``). ``members`` is empty for a bodiless
    form.
    """

    name: Name
    count: Expr | None
    over: Over | None
    source: String | None
    query: Call | None
    members: tuple[Member, ...]
    doc: str = ""
    grows: Growth | None = None
    events: Events | None = None
    database: Name | None = None
    stored: String | None = None


@record
class File(Node):
    """A whole file."""

    items: tuple[Item, ...]
