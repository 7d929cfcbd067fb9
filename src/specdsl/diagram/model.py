"""Entities and relationships: what a diagram shows of a dataset, before any notation or layout."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from specdsl.datatypes.types import DataType, List, Struct
from specdsl.ir.model import Column, Dataset, Reference, Table, Uniqueness


class Attributes(StrEnum):
    """Which columns a diagram shows of each table."""

    ALL = "all"
    KEYS = "keys"  # of keys and references
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column. ``marks``: of PK, FK, UK those that it is, in this order."""

    name: str
    type: str
    marks: tuple[str, ...]
    nullable: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A table. ``omitted`` columns are not among ``attributes``. ``derived``: it is made by SQL."""

    name: str
    attributes: tuple[Attribute, ...]
    omitted: int
    derived: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Cardinality:
    """How many rows of one end stand to a row of the other: ``low`` is 0 or 1; ``many``: more than one."""

    low: int
    many: bool


@dataclass(frozen=True, slots=True)
class Relationship:
    """Rows of ``child`` refer to rows of ``parent`` by the column ``name``.

    ``parents``: how many parents a child has; ``children``: how many children a parent has.
    ``identifying``: the reference is part of the child's key. ``reads``: no reference, but a table made
    by SQL from the rows of ``parent``.
    """

    parent: str
    child: str
    name: str
    key: str
    parents: Cardinality
    children: Cardinality
    identifying: bool
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """Entities in the order of the text, and the relationships among them."""

    name: str
    entities: tuple[Entity, ...]
    relationships: tuple[Relationship, ...]


def diagram_of(
    dataset: Dataset,
    *,
    tables: Collection[str] = (),
    attributes: Attributes = Attributes.ALL,
    at_most: int | None = None,
) -> Diagram:
    """The diagram of ``dataset``, or of ``tables`` with what they have to do with each other.

    Hidden columns are left out, since no file has them. ``at_most``: of a table with more columns, those of
    keys and references and as many of the others as there is room for.
    """
    chosen = [t for t in dataset.tables.values() if not tables or t.name in tables]
    names = {t.name for t in chosen}
    relationships = [
        _relationship(table, reference)
        for table in chosen
        for reference in table.references.values()
        if reference.table in names
    ]
    relationships += [
        Relationship(read, table.name, "", "", Cardinality(0, True), Cardinality(0, True), False, reads=True)
        for table in chosen
        if table.query is not None
        for read in dict.fromkeys(table.query.reads)
        if read in names
    ]
    entities = tuple(_entity(t, attributes, at_most) for t in chosen)
    return Diagram(dataset.name, entities, tuple(relationships))


def _entity(table: Table, attributes: Attributes, at_most: int | None) -> Entity:
    written = [c for c in table.columns.values() if not c.hidden]
    listed = {c.name: _attribute(table, c) for c in written}
    linked = {name for name, a in listed.items() if {"PK", "FK"} & set(a.marks)}
    match attributes:
        case Attributes.NONE:
            shown: set[str] = set()
        case Attributes.KEYS:
            shown = linked
        case Attributes.ALL:
            shown = set(listed)
            if at_most is not None and len(shown) > at_most:
                others = [name for name in listed if name not in linked]
                shown = linked | set(others[: max(0, at_most - len(linked))])
    kept = tuple(a for name, a in listed.items() if name in shown)
    return Entity(table.name, kept, len(listed) - len(kept), table.query is not None, _first_line(table.doc))


def _attribute(table: Table, column: Column) -> Attribute:
    marks = []
    if column.name in table.key:
        marks.append("PK")
    if column.reference is not None:
        marks.append("FK")
    alone = any(u.columns == (column.name,) for u in table.uniques)
    if "PK" not in marks and (column.uniqueness is not Uniqueness.NONE or alone):
        marks.append("UK")
    return Attribute(
        column.name, _type_name(column.type), tuple(marks), column.nullable, _first_line(column.doc)
    )


def _type_name(dtype: DataType) -> str:
    """The type without the fields of structs, which would fill the picture."""
    match dtype:
        case Struct():
            return "struct"
        case List(item):
            return f"list<{_type_name(item)}>"
        case _:
            return str(dtype)


def _relationship(table: Table, reference: Reference) -> Relationship:
    alone = reference.columns == table.key or any(
        set(u.columns) <= set(reference.columns) for u in table.uniques
    )
    each = reference.each
    one = reference.unique or alone or (each is not None and each.high == 1)
    # Rows are the product of all references with `each`: a parent is sure of a child only where it is alone.
    alone_each = sum(r.each is not None for r in table.references.values()) == 1 and table.over is None
    low = 1 if each is not None and each.low >= 1 and alone_each else 0
    parents = Cardinality(0 if reference.nullable or reference.forest else 1, False)
    return Relationship(
        reference.table,
        table.name,
        reference.name,
        reference.key[0] if reference.key else "",
        parents,
        Cardinality(low, not one),
        identifying=bool(reference.columns) and set(reference.columns) <= set(table.key),
    )


def _first_line(doc: str) -> str:
    return doc.strip().splitlines()[0].strip() if doc.strip() else ""
