"""Keys, unique columns and references put into tables that are lowered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from specdsl.importers.emit import name_text
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.rehearsal import drawn
from specdsl.importers.json_schema.relations import Reference, Relations
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.model import Field, Link, Mark, Scalar, Table

_STRINGS = (
    'f"user{row}@example.com"',
    'f"https://example.com/{row}"',
    "/[a-z0-9]{12}/",
    "/[A-Z0-9]{8}/",
    "/[0-9]{9}/",
    "/[a-z]{6}/",
    "/[A-Z]{3}-[0-9]{6}/",
)
_STARTS = (1, 0, 1_000, 100_000, 1_000_000)


class Unrelated(Exception):
    """A reference that cannot be kept: ``refused`` says why."""

    def __init__(self, table: str, name: str, refused: Refused) -> None:
        super().__init__(refused.cause)
        self.table = table
        self.name = name
        self.refused = refused


def with_relations(
    tables: Mapping[str, Table], parts: Mapping[str, Part], relations: Relations, resources: Resources
) -> dict[str, Table]:
    """``tables`` with what ``relations`` says of them. Raises Refused, or Unrelated for a reference that the
    source does not require."""
    made: dict[str, Table] = {}
    bound: dict[str, set[str]] = {}
    for name, table in tables.items():
        wanted = dict.fromkeys(relations.uniques.get(name, ()), Mark.UNIQUE)
        if name in relations.keys:
            wanted[relations.keys[name]] = Mark.KEY
        fields: list[Field | Link] = []
        for one in table.fields:
            part = _part(parts[name], one.name) if isinstance(one, Field) else None
            if not isinstance(one, Field) or part is None:
                fields.append(one)
                continue
            mark = wanted.get(one.name, Mark.NONE)
            reference = relations.references.get(name, {}).get(one.name)
            if reference is not None and reference.table in tables:
                fields += _linked(one, reference, name, mark, part, relations, resources, bound)
            elif mark is not Mark.NONE:
                fields.append(_distinct(one, mark, table.rows or 0, part, resources))
            else:
                fields.append(one)
        made[name] = replace(table, fields=tuple(fields))
    return made


def _part(table: Part, member: str) -> Part | None:
    properties = table.schema.get("properties") if isinstance(table.schema, dict) else None
    if not isinstance(properties, dict) or member not in properties:
        return None
    return table.below("properties", member)


def _linked(
    column: Field,
    reference: Reference,
    table: str,
    mark: Mark,
    part: Part,
    relations: Relations,
    resources: Resources,
    bound: dict[str, set[str]],
) -> list[Field | Link]:
    nullable = resources.valid(part, None)
    if not nullable:
        if reference.table == table or _reaches(reference.table, table, bound):
            cause = "every row would need one that refers back to it"
            refused = keyword(part.pointer, "foreign_key", cause)
            raise Unrelated(table, column.name, refused) if reference.optional else refused
        bound.setdefault(table, set()).add(reference.table)
    doc, comments = column.doc, column.comments
    if relations.keys.get(reference.table) == reference.target:
        return [Link((column.name,), reference.table, nullable, doc=doc, mark=mark)]
    hidden = f"{column.name}_row"
    value = f"{name_text(hidden)}.{name_text(reference.target)}"
    kind = column.form.type if isinstance(column.form, Scalar) else "string"
    copied = Field(column.name, Scalar(kind, value), nullable, doc, comments, nulls=False)
    return [Link((hidden,), reference.table, nullable, mark=Mark.HIDDEN), copied]


def _reaches(start: str, goal: str, bound: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if one == goal:
            return True
        if one not in seen:
            seen.add(one)
            waiting += bound.get(one, ())
    return False


def _distinct(column: Field, mark: Mark, rows: int, part: Part, resources: Resources) -> Field:
    """``column`` drawn so that no value is there twice. Raises Refused."""
    form = column.form

    def fits(value: Any) -> bool:
        return resources.valid(part, value)

    found = distinct_scalar(form, rows, fits) if isinstance(form, Scalar) else None
    if found is None:
        word = "primary_key" if mark is Mark.KEY else "unique"
        raise keyword(part.pointer, word, f"{rows:_} different values were not found for it")
    return replace(column, form=found, mark=mark, nullable=False, absent=0, comments=())


def distinct_scalar(form: Scalar, rows: int, fits: Callable[[Any], bool]) -> Scalar | None:
    """What to draw instead of ``form``, with ``rows`` different values that all ``fits``; None where nothing
    is known."""
    if form.type == "uuid":
        return Scalar("uuid")
    if form.type == "int":
        for start in _STARTS:
            if all(fits(value) for value in {start, start + 1, start + rows // 2, start + max(rows, 1) - 1}):
                return Scalar("int", "" if start == 1 else f"sequence(start: {start})")
        low, _, high = form.value.replace("_", "").partition("..")
        whole = low.removeprefix("-").isdigit() and high.removeprefix("-").isdigit()
        return form if whole and int(high) - int(low) + 1 >= rows else None
    if form.distinct >= rows and not form.shared:
        return form
    if form.type.startswith("string"):
        for value in _STRINGS:
            samples = drawn("string", value)
            ends = [f"{value[2:-1].replace('{row}', str(rows))}"] if value.startswith("f") else []
            if samples and all(fits(one) for one in [*samples, *ends]):
                return Scalar("string", value, 10**6)
    return None
