"""What importers make: the forms of a table's columns, and what is told about how they came to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from specdsl.diagnostics.importing import Approximated
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type that is written as it is (``string(max: 3)``), with what it is drawn from ('' where the type
    alone says that). ``distinct``: how many different values that can be drawn at least, where ``distinct``
    takes the value; else 0. ``shared``: the name of the definition that it comes from, '' for none."""

    type: str
    value: str = ""
    distinct: int = 0
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Struct:
    """A record."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of ``low`` to ``high`` items. ``distinct``: all different."""

    item: Form
    low: int
    high: int
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object: ``fields`` and the members that ``maps`` make besides."""

    fields: tuple[Field, ...]
    maps: tuple[Map, ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """A JSON object of ``low`` to ``high`` members with different names."""

    key: Scalar
    value: Form
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Tuple:
    """A JSON array of ``items``, one form for each place, and ``rest`` after them."""

    items: tuple[Form, ...]
    rest: Sequence | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A JSON value of one of several forms, all equally likely."""

    alternatives: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Null:
    """JSON's null, as one of the forms of a variant."""


@dataclass(frozen=True, slots=True)
class Named:
    """A type that is declared."""

    name: str


Form = Scalar | Struct | Sequence | Record | Map | Tuple | Variant | Null | Named


class Mark(StrEnum):
    """What is said of a column's values besides their type."""

    NONE = ""
    KEY = "key"
    UNIQUE = "unique"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Field:
    """A column or a field of a struct. ``comments`` stand above it, ``doc`` is its documentation.
    ``within``: the range that it is bounded to (``0..5``), '' for none. ``nulls``: whether a nullable one is
    null now and then by itself, not only where its value is, and ``null_share`` how often. ``absent``: how
    many in a hundred records do without it."""

    name: str
    form: Form
    nullable: bool = False
    doc: str = ""
    comments: tuple[str, ...] = ()
    within: str = ""
    mark: Mark = Mark.NONE
    nulls: bool = True
    null_share: str = "10%"
    absent: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to the key of ``table``, in the order of its columns. ``detail``: what is said of it
    besides (``each 1..5``, ``where ...``); ``null_share``: how often a nullable one is null."""

    columns: tuple[str, ...]
    table: str
    nullable: bool = False
    detail: str = ""
    doc: str = ""
    comments: tuple[str, ...] = ()
    mark: Mark = Mark.NONE
    null_share: str = "10%"


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that holds in every row."""

    name: str
    condition: str
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Enum:
    """A type by its members, and their shares, such as ``61.5%``, where any are known."""

    name: str
    members: tuple[str, ...]
    shares: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Type:
    """The declaration of a type. ``depth``: how deep it may hold itself, 0 for the language's own limit;
    ``pointer``: the JSON Pointer of the definition that it is, '' for none."""

    name: str
    form: Form
    doc: str = ""
    depth: int = 0
    comments: tuple[str, ...] = ()
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``rows`` is None where it has as many as the children of others add up to. ``key`` and
    ``uniques`` are those of several columns. ``bare``: the rows are the values of its one column, not
    objects. ``comments`` stand above it."""

    name: str
    fields: tuple[Field | Link, ...]
    rows: int | None
    doc: str = ""
    types: tuple[Type, ...] = ()
    key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    checks: tuple[Check, ...] = ()
    bare: bool = False
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole spec. ``dataset`` is its name, '' for none; ``types`` are those that its tables share."""

    tables: tuple[Table, ...]
    enums: tuple[Enum, ...] = ()
    dataset: str = ""
    types: tuple[Type, ...] = ()


class Outcome(StrEnum):
    """What became of a part of the source."""

    EXACT = "exact"  # a property with all that the schema says of it
    APPROXIMATED = "approximated"  # all that is made is valid, and less than everything that is valid
    LEFT_OUT = "left out"  # an optional part that is not made
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know. ``pointer`` is a JSON Pointer into the source; ``message`` says
    how it came out, ``why`` says why ('' where the message has it). ``minor``: nearly every source has it."""

    outcome: Outcome
    pointer: str
    span: Span
    message: str
    diagnostic: Diagnostic | None = None
    why: str = ""
    minor: bool = False


@dataclass(slots=True)
class Imported:
    """What an import gives. ``text`` is the spec, None where the source was refused. ``properties``: how many
    properties the spec has, nested ones included; ``exact``: those that are carried exactly, by JSON Pointer,
    with their places. ``others``: the further sources that findings are in."""

    source: SourceFile
    text: str | None
    findings: list[Finding] = field(default_factory=list)
    properties: int = 0
    exact: dict[str, Span] = field(default_factory=dict)
    others: tuple[SourceFile, ...] = ()

    @property
    def sources(self) -> dict[str, SourceFile]:
        """All sources by name."""
        return {one.name: one for one in (*self.others, self.source)}

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is told at once; of what is approximated the spec tells in comments, and the report."""
        said = (f.diagnostic for f in self.findings)
        return [one for one in said if one is not None and not isinstance(one, Approximated)]
