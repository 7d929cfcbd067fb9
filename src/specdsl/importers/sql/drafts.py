"""A schema's tables on their way to the spec: names that the language has, and the shape of each column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from specdsl.diagnostics.importing_sql import SqlColumnLeftOut
from specdsl.diagnostics.model import Diagnostic
from specdsl.importers.emit import can_be_name
from specdsl.importers.model import Enum, Finding, Link, Outcome
from specdsl.importers.propernames import snake
from specdsl.importers.sql.expressions import Saying
from specdsl.importers.sql.parsing import CannotSay, parsed
from specdsl.importers.sql.schema import Column, Condition, Schema, SqlType, Table, Unique
from specdsl.importers.sql.shapes import Family, Shape, shape_of
from specdsl.source import Span


@dataclass(slots=True)
class Draft:
    """One table. Everything here is by the spec's names. ``copies`` are columns that take an expression's
    value, ``remarks`` comments on them; ``each``: the columns of the reference that says how many
    rows there are, () for none."""

    table: Table
    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    uniques: list[Unique] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    copies: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    each: tuple[str, ...] = ()
    rows: int = 0
    most: int = 0

    def named(self, names: Iterable[str]) -> tuple[str, ...] | None:
        """The spec's names of columns; None where one of them is not there."""
        found = [self._one(n) for n in names]
        return None if any(n is None for n in found) else tuple(n for n in found if n is not None)

    def _one(self, name: str) -> str | None:
        low = name.casefold()
        exact = next((n for n, c in self.columns.items() if c.name == name), None)
        return exact or next((n for n, c in self.columns.items() if c.name.casefold() == low), None)

    @property
    def linked(self) -> set[str]:
        """The columns of references."""
        return {name for link in self.links for name in link.columns}


GivenUp = set[tuple[str, Condition | Unique]]
"""Rules that are not held to, each with the name of its table in the spec."""


class Notes:
    """Collects what a person should know."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def left_out(self, pointer: str, said: Diagnostic) -> None:
        self.findings.append(Finding(Outcome.LEFT_OUT, pointer, said.span, said.message(), said))

    def narrowed(self, pointer: str, span: Span, message: str) -> None:
        self.findings.append(Finding(Outcome.APPROXIMATED, pointer, span, message))


def drafts(schema: Schema, dialect: str, notes: Notes, given_up: GivenUp) -> tuple[list[Draft], list[Enum]]:
    """The tables with their columns, keys and conditions, and the enums that they need."""
    enums = _Enums()
    made = []
    for table, name in zip(schema.tables, _table_names(schema.tables), strict=True):
        draft = Draft(table, name)
        for column in table.columns.values():
            _add(draft, column, schema, dialect, enums, notes)
        draft.key = draft.named(table.key) or ()
        for unique in table.uniques:
            names = draft.named(unique.columns)
            if names and names != draft.key:
                draft.uniques.append(replace(unique, columns=names))
        draft.conditions += table.conditions
        if table.partitions and table.partition_by:
            draft.conditions += _partitioned(table)
        draft.uniques = [u for u in draft.uniques if (name, u) not in given_up]
        draft.conditions = [c for c in draft.conditions if (name, c) not in given_up]
        if draft.columns:
            made.append(draft)
    return made, enums.named({d.name for d in made}, made)


def _partitioned(table: Table) -> list[Condition]:
    """That rows fit one of the partitions, taken to follow one another."""
    ends = [
        (a, b)
        for a, b in table.partitions
        if a and b and "MINVALUE" not in a.upper() and "MAXVALUE" not in b.upper()
    ]
    if not ends:
        return []
    by, low, high = table.partition_by, min(a for a, _ in ends), max(b for _, b in ends)
    return [Condition("", f'"{by}" >= {low} AND "{by}" < {high}', table.span)]


def _add(draft: Draft, column: Column, schema: Schema, dialect: str, enums: _Enums, notes: Notes) -> None:
    """One column, through the domain that it may be of."""
    kind = column.type
    made = replace(column)
    for _ in range(8):
        domain = schema.domains.get(kind.name)
        if domain is None or domain.type == kind:
            break
        kind = replace(domain.type, dims=domain.type.dims + kind.dims)
        made.nullable = made.nullable and domain.nullable
        made.default = made.default or domain.default
        draft.conditions += [
            Condition(c.name, _of_value(c.text, column.name), column.span, column.name)
            for c in domain.conditions
        ]
    shape = shape_of(kind, dialect, schema.enums)
    if column.generated and not kind.name:
        shape = _computed(column.generated, draft, dialect)
    if shape is None:
        cause = f"its type {column.type.name.lower() or '(none)'} has no counterpart"
        required = not column.nullable and not column.default and not column.generated
        notes.left_out(
            f"{draft.name}.{column.name}",
            SqlColumnLeftOut(
                span=column.span, table=draft.name, column=column.name, cause=cause, required=required
            ),
        )
        return
    name = spelled(column.name)
    while name in draft.columns:
        name += "_"
    if shape.family is Family.ENUM:
        shape = replace(shape, value=enums.asked(kind.name, shape.members, draft.name, name))
    draft.columns[name], draft.shapes[name] = made, shape


def _computed(text: str, draft: Draft, dialect: str) -> Shape | None:
    """The shape of an expression's values, of a column that says no type."""
    try:
        found = Saying(draft.shapes, dialect).shape(parsed(text, dialect))
    except CannotSay:
        return None
    if found is not None and found.family is Family.INT:
        return shape_of(SqlType("BIGINT"), dialect, {})
    if found is not None and found.family is Family.DECIMAL:
        return Shape(Family.DECIMAL, digits=38, scale=max(found.scale, 4))
    return found


def _of_value(text: str, name: str) -> str:
    """A domain's condition about a column."""
    return re.sub(r"\bVALUE\b", lambda _: f'"{name}"', text, flags=re.IGNORECASE)


def spelled(name: str) -> str:
    """``name`` as near as the language has it."""
    if can_be_name(name):
        return name
    plain = "".join(c if c.isalnum() else "_" for c in name).strip("_")
    return plain or "unnamed"


def _table_names(tables: list[Table]) -> list[str]:
    """A name for each: with the schema before it where another table has the same."""
    low = [t.name.casefold() for t in tables]
    out: list[str] = []
    for table in tables:
        several = low.count(table.name.casefold()) > 1 and len(table.path) > 1
        name = spelled("_".join(table.path[-2:]) if several else table.name)
        while name in out:
            name += "_"
        out.append(name)
    return out


class _Enums:
    """The enums that columns ask for: a name for each list of members."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}

    def asked(self, type_name: str, members: tuple[str, ...], table: str, column: str) -> str:
        """A stand-in, which ``named`` replaces."""
        self._asked.setdefault(members, []).append((type_name, table, column))
        return str(list(self._asked).index(members))

    def named(self, taken: set[str], tables: list[Draft]) -> list[Enum]:
        """The enums; the shapes of ``tables`` get their names."""
        out: list[Enum] = []
        for members, askers in self._asked.items():
            type_name, table, column = askers[0]
            name = snake(type_name) if type_name not in ("ENUM", "") else snake(column)
            if not name.isidentifier() or name in taken:
                name = f"{snake(table)}_{snake(column)}"
            while name in taken:
                name += "_"
            taken.add(name)
            out.append(Enum(name, tuple(dict.fromkeys(members))))
        for draft in tables:
            for column, shape in draft.shapes.items():
                if shape.family is Family.ENUM:
                    draft.shapes[column] = replace(shape, value=out[int(shape.value)].name)
                elif shape.item is not None and shape.item.family is Family.ENUM:
                    draft.shapes[column] = replace(
                        shape, item=Shape(Family.STRING, members=shape.item.members)
                    )
        return out
