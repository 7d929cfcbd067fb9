"""A schema as a spec: names and shapes, references, conditions, keys, then a field for each column."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from specdsl.diagnostics.importing_sql import (
    SqlCheckLeftOut,
    SqlColumnLeftOut,
    SqlRowsLimited,
    SqlUniqueLeftOut,
)
from specdsl.importers.model import Enum, Field, Link, Mark, Scalar, Spec, Table
from specdsl.importers.sql.conditions import Facts
from specdsl.importers.sql.drafts import Draft, GivenUp, Notes, drafts
from specdsl.importers.sql.drawing import (
    UNLIMITED,
    Drawn,
    Unsatisfiable,
    Wanted,
    draw,
    followed,
    redrawn,
    type_of,
)
from specdsl.importers.sql.references import References
from specdsl.importers.sql.rules import Rules, rules
from specdsl.importers.sql.schema import Condition, Schema
from specdsl.importers.sql.uniqueness import Marks

_UNSATISFIABLE = "no value satisfies the conditions of the column"
_MOST_CHILDREN = 5
_WITHIN = 100  # values that rows of the same parents are told apart by


@dataclass(slots=True)
class Lowered:
    """A spec and where its checks come from, by table and name."""

    spec: Spec
    drafts: list[Draft]
    checks: dict[tuple[str, str], tuple[Draft, Condition]] = field(default_factory=dict)


def lowered(
    schema: Schema, dialect: str, rows: int, dataset: str, notes: Notes, given_up: GivenUp
) -> Lowered:
    """The spec of a schema without the rules that are ``given_up``."""
    made, enums = drafts(schema, dialect, notes, given_up)
    References(schema, made, notes).add()
    parts = [_Part(draft, dialect, rows, notes) for draft in made]
    _count(parts, rows, notes)
    spec = Spec(tuple(part.table() for part in parts), _used(enums, parts), dataset)
    origins = {(p.draft.name, c.name): (p.draft, condition) for p in parts for c, condition in p.rules.checks}
    return Lowered(spec, made, origins)


def without(spec: Spec, checks: set[tuple[str, str]]) -> Spec:
    """The spec without some checks, which are named by table and name."""
    tables = tuple(
        replace(t, checks=tuple(c for c in t.checks if (t.name, c.name) not in checks)) for t in spec.tables
    )
    return replace(spec, tables=tables)


def commented(spec: Spec, notes: Notes) -> Spec:
    """The spec with a comment above each table on every check and unique set that it is without."""
    told: dict[str, list[str]] = {}
    for finding in notes.findings:
        said = finding.diagnostic
        if isinstance(said, SqlCheckLeftOut):
            told.setdefault(said.table, []).append(f"left out: CHECK ({' '.join(said.condition.split())})")
        elif isinstance(said, SqlUniqueLeftOut):
            told.setdefault(said.table, []).append(f"left out: UNIQUE ({', '.join(said.columns)})")
    tables = tuple(
        replace(t, comments=(*t.comments, *dict.fromkeys(told.get(t.name, ())))) for t in spec.tables
    )
    return replace(spec, tables=tables)


class _Part:
    """One table with its fields drawn."""

    def __init__(self, draft: Draft, dialect: str, rows: int, notes: Notes) -> None:
        self.draft = draft
        self.rules: Rules = rules(draft, dialect, notes)
        self.marks = Marks(draft, self.rules.facts, self.rules.follows)
        self.drawn: dict[str, Drawn] = {}
        for names in self.marks.lost:
            span = next((u.span for u in draft.uniques if u.columns == names), draft.table.span)
            cause = "nothing that the spec can say keeps them so"
            left = SqlUniqueLeftOut(span=span, table=draft.name, columns=names, cause=cause)
            notes.left_out(f"{draft.name}.{'+'.join(names)}", left)
        many = rows * (_MOST_CHILDREN if draft.each else 1)
        for name, column in list(draft.columns.items()):
            if name in draft.linked or name in draft.copies:
                continue
            apart, mark = name in self.marks.within, self.marks.marks.get(name, Mark.NONE)
            some = min(many, _WITHIN) if apart and name not in self.marks.plain and not mark else many
            wanted = Wanted(draft.name, some, mark, apart or name in self.marks.plain)
            shape = draft.shapes[name]
            try:
                self.drawn[name] = draw(name, column, shape, self.rules.facts[name], wanted, dialect)
            except Unsatisfiable:
                if self._can_go(name):
                    self._leave_out(name, notes)
                else:
                    self._free(name, notes)
                    self.drawn[name] = draw(name, column, shape, Facts(), wanted, dialect)

    def _can_go(self, name: str) -> bool:
        """Whether the table can do without a column: null in all rows is what its conditions allow."""
        draft = self.draft
        bound = {*draft.key, *(n for u in draft.uniques for n in u.columns)}
        others = [*draft.copies.values(), *(one.value for one in self.rules.follows.values())]
        spoken = any(re.search(rf"\b{re.escape(name)}\b", text) for text in others)
        return draft.columns[name].nullable and len(draft.columns) > 1 and name not in bound and not spoken

    def _leave_out(self, name: str, notes: Notes) -> None:
        draft, column = self.draft, self.draft.columns[name]
        said = SqlColumnLeftOut(
            span=column.span,
            table=draft.name,
            column=name,
            cause=_UNSATISFIABLE,
            required=not column.nullable,
        )
        notes.left_out(f"{draft.name}.{name}", said)
        del draft.columns[name]
        spoken = re.compile(rf"\b{re.escape(name)}\b")
        for check, condition in self.rules.checks:
            if spoken.search(check.condition):
                cause = f"the column `{name}` is left out"
                self._check_left_out(condition, cause, notes)
        self.rules.checks = [(c, o) for c, o in self.rules.checks if not spoken.search(c.condition)]

    def _free(self, name: str, notes: Notes) -> None:
        """Leave the conditions of a column alone out."""
        draft = self.draft
        spoken = re.compile(rf"\b{re.escape(draft.columns[name].name)}\b", re.IGNORECASE)
        mine = [condition for condition in draft.conditions if spoken.search(condition.text)]
        checked = [condition for _, condition in self.rules.checks]
        for condition in [c for c in mine if c not in checked] or mine:
            self._check_left_out(condition, _UNSATISFIABLE, notes)
        self.rules.facts[name] = Facts()

    def _check_left_out(self, condition: Condition, cause: str, notes: Notes) -> None:
        said = SqlCheckLeftOut(
            span=condition.span, table=self.draft.name, condition=condition.text, cause=cause
        )
        notes.left_out(f"{self.draft.name}.{condition.name or 'check'}", said)

    def table(self) -> Table:
        draft, marks = self.draft, self.marks
        there = set(draft.columns) | draft.linked
        sets = tuple(s for s in marks.sets if set(s) <= there)
        key = marks.key if set(marks.key) <= there else ()
        rows = None if draft.each else draft.rows
        checks = tuple(check for check, _ in self.rules.checks)
        return Table(draft.name, tuple(self._fields()), rows, draft.table.doc, (), key, sets, checks)

    def _fields(self) -> list[Field | Link]:
        draft = self.draft
        out: list[Field | Link] = [
            one for one in draft.links if one.mark is Mark.HIDDEN and not one.detail.startswith("where")
        ]
        done: list[Link] = []
        for name, column in draft.columns.items():
            link = next((one for one in draft.links if name in one.columns), None)
            if link is not None:
                if link not in done:
                    done.append(link)
                    out.append(link)
            elif name in draft.copies:
                nullable = column.nullable and name not in self.rules.strict and name not in draft.key
                scalar = Scalar(type_of(draft.shapes[name]), draft.copies[name])
                if draft.copies[name].startswith("1 + index_in"):
                    nullable = False
                mark = self.marks.marks.get(name, Mark.NONE)
                remarks = (draft.remarks[name],) if name in draft.remarks else ()
                out.append(Field(name, scalar, nullable, column.doc, remarks, mark=mark, nulls=False))
            else:
                out.append(self._field(name))
        late = [one for one in draft.links if one.mark is Mark.HIDDEN and one.detail.startswith("where")]
        return out + late

    def _field(self, name: str) -> Field:
        made, draft = self.drawn[name].field, self.draft
        if name in self.rules.follows:
            one = self.rules.follows[name]
            made = followed(made, one.value, null_too=self._may_be_null(one.other))
        return redrawn(made, draft.shapes[name]) if name in self.rules.redrawn else made

    def _may_be_null(self, name: str) -> bool:
        return self.draft.columns[name].nullable and not self.rules.facts[name].not_null

    @property
    def size(self) -> tuple[int, str]:
        """How many rows there can be as far as single columns and sets of them say, and which one says it."""
        best = (UNLIMITED, "")
        for name, mark in self.marks.marks.items():
            if name in self.drawn and self.drawn[name].size < best[0]:
                best = (
                    self.drawn[name].size,
                    f"`{name}` is {'the key' if mark is Mark.KEY else 'unique'} and has no more values",
                )
        return best

    def set_sizes(self, rows: dict[str, int]) -> tuple[int, str]:
        """The same of sets of several columns, given how many rows other tables have."""
        best = (UNLIMITED, "")
        for names in (self.marks.key, *self.marks.sets):
            if not names:
                continue
            links = [one for one in self.draft.links if set(one.columns) & set(names)]
            sizes = [self.drawn[n].size for n in names if n in self.drawn]
            room = math.prod([*sizes, *(rows.get(one.table, 1) for one in links)])
            copied = any(n in self.draft.copies for n in names)
            if names and not copied and room < best[0]:
                best = (room, f"({', '.join(names)}) is unique and has no more combinations")
        return best


def _count(parts: list[_Part], rows: int, notes: Notes) -> None:
    """The rows of each table: what is asked for, or fewer where a key has not so many values."""
    counts = {p.draft.name: min(rows, p.size[0]) for p in parts}
    causes = {p.draft.name: p.size[1] for p in parts if p.size[0] < rows}
    for _ in range(len(parts) + 1):
        before = dict(counts)
        for part in parts:
            name = part.draft.name
            room, cause = part.set_sizes(counts)
            if room < counts[name]:
                counts[name], causes[name] = room, cause
            for link in part.draft.links:
                one_to_one = Mark.UNIQUE in (link.mark, link.detail) or link.mark is Mark.KEY
                if link.columns == part.draft.each:
                    counts[name] = counts[link.table]
                elif one_to_one and link.table != name and counts.get(link.table, rows) < counts[name]:
                    counts[name] = counts[link.table]
                    causes[name] = f"no two of them refer to the same row of `{link.table}`"
        if counts == before:
            break
    for part in parts:
        part.draft.rows = counts[part.draft.name]
        if not part.draft.each and counts[part.draft.name] < rows and part.draft.name in causes:
            name, span = part.draft.name, part.draft.table.span
            said = SqlRowsLimited(span=span, table=name, rows=counts[name], cause=causes[name])
            notes.narrowed(name, span, said.message())
            notes.findings[-1] = replace(notes.findings[-1], diagnostic=said)


def _used(enums: list[Enum], parts: list[_Part]) -> tuple[Enum, ...]:
    used = {
        part.draft.shapes[n].value for part in parts for n in part.draft.columns if n in part.draft.shapes
    }
    return tuple(e for e in enums if e.name in used)
