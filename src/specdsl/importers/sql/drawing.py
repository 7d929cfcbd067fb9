"""A column that refers to nothing as a field: its type, its bounds, what it is drawn from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from specdsl.importers.emit import string_text
from specdsl.importers.model import Field, Mark, Scalar, Sequence
from specdsl.importers.sql.conditions import Facts
from specdsl.importers.sql.expressions import constant, literal
from specdsl.importers.sql.numbers import Range, decimals, instants, integers
from specdsl.importers.sql.parsing import CannotSay, bare, parsed
from specdsl.importers.sql.schema import Column
from specdsl.importers.sql.shapes import Family, Shape
from specdsl.importers.sql.strings import by_name, choice, distinct, texts, usual

UNLIMITED = 10**18
_WORDS = {Family.BOOL: 2}
_BY_DEFAULT = "the database's default"
_DEFAULT_SHARE = 90


class Unsatisfiable(Exception):
    """No value satisfies the conditions of the column."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a column is needed for. ``rows``: how many different values a key or unique column has to have.
    ``plain``: it is part of a key of several columns, and is to be drawn from a range, a pattern or a
    choice."""

    table: str
    rows: int
    mark: Mark = Mark.NONE
    plain: bool = False

    @property
    def distinct(self) -> bool:
        return self.mark in (Mark.KEY, Mark.UNIQUE)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field, and of how many different values at least."""

    field: Field
    size: int


def draw(name: str, column: Column, shape: Shape, facts: Facts, wanted: Wanted, dialect: str) -> Drawn:
    """The field of a column. ``name`` is its name in the spec. Raises Unsatisfiable."""
    if facts.members is not None and not facts.members:
        raise Unsatisfiable
    scalar, within, size = _form(name, column, shape, facts, wanted, dialect)
    comments: tuple[str, ...] = ()
    if scalar.value.startswith("@"):
        scalar, comments = replace(scalar, value=scalar.value[1:]), (_BY_DEFAULT,)
    form: Scalar | Sequence = scalar
    if shape.family is Family.LIST:
        form = Sequence(scalar, 0, 3)
    nullable = column.nullable and not facts.not_null and wanted.mark is not Mark.KEY
    nullable = nullable and not (dialect == "tsql" and wanted.mark is Mark.UNIQUE)  # one null at most
    made = Field(name, form, nullable, column.doc, comments, within, wanted.mark)
    return Drawn(made, size)


def followed(drawn: Field, value: str, *, null_too: bool) -> Field:
    """The field drawn from another column's value and a step. ``null_too``: that column may be null."""
    form = replace(drawn.form, value=value) if isinstance(drawn.form, Scalar) else drawn.form
    return replace(drawn, form=form, nulls=not null_too)


def redrawn(drawn: Field, shape: Shape) -> Field:
    """The field without promises about shares: rows of a check are drawn again, and what passes more often
    is there more often."""
    if not isinstance(drawn.form, Scalar) or drawn.mark is not Mark.NONE:
        return drawn
    value = drawn.form.value
    arms = _arms(value) if value else texts(shape.members) if shape.family is Family.ENUM else []
    if shape.family is Family.BOOL:
        value = "chance(0.5)" if not value or len(arms) > 2 else value
        value = f"chance(0.{_DEFAULT_SHARE})" if value.startswith("true 9") else value
        value = f"not chance(0.{_DEFAULT_SHARE})" if value.startswith("false 9") else value
    elif len(arms) > 1:
        cases = ", ".join(f"{i} => {arm}" for i, arm in enumerate(arms[:-1]))
        value = f"match 0..{len(arms) - 1} {{ {cases}, else => {arms[-1]} }}"
    elif not value and drawn.within:
        value = drawn.within
    if drawn.nullable and value:
        return replace(
            drawn, form=replace(drawn.form, value=f"if chance(0.1) then null else {value}"), nulls=False
        )
    return replace(drawn, form=replace(drawn.form, value=value))


def _arms(value: str) -> list[str]:
    """The arms of a choice of literals, the value itself where it is none."""
    return (
        re.findall(r'"(?:[^"\\]|\\.)*"|[^|\s]+(?: \d+%)?', value)
        if value.startswith('"') or " | " in value
        else []
    )


def _form(
    name: str, column: Column, shape: Shape, facts: Facts, wanted: Wanted, dialect: str
) -> tuple[Scalar, str, int]:
    many = wanted.rows if wanted.distinct or wanted.plain else 0
    if facts.members is not None and shape.family is not Family.LIST:
        return Scalar(_type(shape, facts), choice(facts.members)), "", len(facts.members)
    if shape.family is Family.FLOAT and (wanted.distinct or wanted.plain):
        shape = Shape(Family.INT, -(2**24), 2**24)  # of which no two are the same float
    match shape.family:
        case Family.BOOL:
            return Scalar("bool", _boolean(column, wanted, dialect)), "", 2
        case Family.INT:
            return _integer(name, shape, facts, wanted, many)
        case Family.DECIMAL | Family.FLOAT:
            kind = "float32" if shape.bits == 32 else "float"
            kind = f"decimal({shape.digits}, {shape.scale})" if shape.family is Family.DECIMAL else kind
            return _ranged(kind, _found(decimals(name, shape, facts, many)))
        case Family.DATE | Family.TIME | Family.TIMESTAMP:
            return _ranged(shape.family.value, _found(instants(name, shape, facts, many)))
        case Family.DURATION:
            return Scalar("duration", "1h..30d"), "", UNLIMITED
        case Family.UUID:
            return Scalar("uuid"), "", UNLIMITED
        case Family.JSON:
            return Scalar("json", 'f"{{\\"value\\": {1..100}}}"'), "", 100
        case Family.BYTES:
            room = shape.longest if shape.longest is not None else 8
            return (
                Scalar("bytes", choice(texts(tuple(w[:room] for w in ("1f8b", "89ab", "cafe", "d00d"))))),
                "",
                4,
            )
        case Family.ENUM:
            return Scalar(shape.value), "", len(shape.members)
        case Family.LIST:
            item = shape.item or Shape(Family.STRING)
            inner = Column(column.name, column.type, column.span)
            scalar, _, _ = _form(name, inner, item, Facts(), Wanted(wanted.table, 0), dialect)
            return scalar, "", UNLIMITED
        case Family.STRING:
            return _string(name, column, shape, facts, wanted, many, dialect)


def _found(range_: Range | None) -> Range:
    if range_ is None:
        raise Unsatisfiable
    return range_


def _ranged(kind: str, found: Range) -> tuple[Scalar, str, int]:
    ends = found.value.replace(" ", "") == found.within.replace(" ", "")
    return Scalar(kind, "" if ends else found.value), found.within, found.size


def _integer(name: str, shape: Shape, facts: Facts, wanted: Wanted, many: int) -> tuple[Scalar, str, int]:
    kind = "int" if shape.bits == 64 else f"int{shape.bits}" if shape.bits > 0 else f"uint{-shape.bits}"
    found = _found(integers(name, shape, facts, many))
    if wanted.mark is Mark.KEY:
        room = shape.high
        if facts.low is None and facts.high is None:
            return Scalar(kind), "", room
        if found.within.endswith("..") or facts.high is None:
            first = found.within.removesuffix("..")
            return Scalar(kind, f"sequence(start: {first})"), found.within, room
        return Scalar(kind, found.value), found.within, found.size
    return _ranged(kind, found)


def _boolean(column: Column, wanted: Wanted, dialect: str) -> str:
    """By the default, where there is one; '' draws evenly."""
    if wanted.distinct or wanted.plain or not column.default:
        return ""
    try:
        default = bare(parsed(column.default, dialect))
        said = str(default.this).casefold() if default.key == "boolean" else constant(default)
        value = literal(said or "", Shape(Family.BOOL), quoted=True)
    except CannotSay:
        return ""
    return f"{value} {_DEFAULT_SHARE}% | {'false' if value == 'true' else 'true'}"


def _type(shape: Shape, facts: Facts) -> str:
    """The type of a column as the language writes it."""
    match shape.family:
        case Family.STRING:
            ends = [e for e in (shape.longest, facts.longest) if e is not None]
            longest = min(ends) if ends else None
            low = [f"min: {facts.shortest}"] if facts.shortest else []
            high = [f"max: {longest}"] if longest is not None and longest < 10**6 else []
            return f"string({', '.join(low + high)})" if low or high else "string"
        case Family.INT:
            return (
                "int" if shape.bits == 64 else f"int{shape.bits}" if shape.bits > 0 else f"uint{-shape.bits}"
            )
        case Family.DECIMAL:
            return f"decimal({shape.digits}, {shape.scale})"
        case Family.ENUM:
            return shape.value
        case Family.FLOAT:
            return "float32" if shape.bits == 32 else "float"
        case _:
            return shape.family.value


def type_of(shape: Shape) -> str:
    """The type of a column without conditions."""
    return _type(shape, Facts())


def _string(
    name: str, column: Column, shape: Shape, facts: Facts, wanted: Wanted, many: int, dialect: str
) -> tuple[Scalar, str, int]:
    kind = _type(shape, facts)
    ends = [e for e in (shape.longest, facts.longest) if e is not None]
    longest = min(ends) if ends else None
    if longest is not None and facts.shortest > longest:
        raise Unsatisfiable
    if longest == 0:
        return Scalar(kind, '""'), "", 1
    if shape.members:
        return Scalar(kind, choice(texts(shape.members))), "", len(shape.members)
    if facts.pattern:
        return Scalar(kind, facts.pattern), "", facts.strings
    if shape.value:
        return Scalar(kind, shape.value), "", UNLIMITED
    if wanted.distinct or wanted.plain:
        value, size = distinct(name, longest, facts.shortest, max(many, 1), numbered=wanted.distinct)
        return Scalar(kind, _cased(value, facts)), "", size
    value = by_name(name, wanted.table, longest, facts.shortest)
    if not value and (said := _default(column, dialect)) is not None:
        fits = facts.shortest <= len(said) <= (longest if longest is not None else len(said))
        value = f"@{string_text(said)}" if fits else ""
    return Scalar(kind, _cased(value or usual(longest, facts.shortest), facts)), "", 1


def _cased(value: str, facts: Facts) -> str:
    if not facts.case:
        return value
    if value.startswith("/"):
        small, big = ("[a-z", "[A-Z") if facts.case == "upper" else ("[A-Z", "[a-z")
        return value.replace(small, big)
    return f"{facts.case}({value})"


def _default(column: Column, dialect: str) -> str | None:
    """The text of a default that says something."""
    try:
        said = constant(parsed(column.default, dialect)) if column.default else None
    except CannotSay:
        return None
    return said if said and said.strip() and said.casefold() not in ("null", "n/a") else None
