"""Tables that were looked at as a spec: keys, references, how many children, then the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from specdsl.importers.emit import can_be_name
from specdsl.importers.model import Check, Enum, Field, Link, Mark, Scalar, Spec, Table
from specdsl.importers.propernames import snake
from specdsl.importers.samples.children import children, each, ordinal, popularity
from specdsl.importers.samples.columns import Columns
from specdsl.importers.samples.derived import derived
from specdsl.importers.samples.keys import Subject, composite, primary
from specdsl.importers.samples.numbers import is_whole
from specdsl.importers.samples.profile import profiles
from specdsl.importers.samples.reading import Sample
from specdsl.importers.samples.recognition import typed
from specdsl.importers.samples.references import Reference, references, without_cycles
from specdsl.importers.samples.wording import percent, rows

_ENUMS = re.compile(
    r"(.*_)?(status|state|type|kind|level|category|role|priority|stage|plan|tier|mode|gender|channel|method|class|segment)"
)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_MOST_CHILDREN = 1_000
_FEWEST_PARENTS = 20


@dataclass(slots=True)
class Lowered:
    """A spec, and what did not come along: (table, column, cause). ``cut``: references that would close a
    cycle."""

    spec: Spec
    columns: int = 0
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    cut: list[Reference] = field(default_factory=list)


class Lowering:
    """Makes the spec of the tables of one import."""

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        samples: Sequence[Sample],
        rows: int | None,
        *,
        private: bool,
    ) -> None:
        self._database = database
        self._private = private
        self._rows = rows
        self._columns = Columns(database, private=private)
        self._subjects: dict[str, Subject] = {}
        for sample in samples:
            found = tuple(profiles(database, sample, typed(database, sample)))
            self._subjects[sample.name] = Subject(sample, found, primary(sample, found))
        kept, cut = without_cycles(references(database, list(self._subjects.values())))
        self._references = kept
        self._enums: dict[tuple[tuple[str, str], ...], Enum] = {}
        self._made = Lowered(Spec(()), cut=cut)

    def spec(self) -> Lowered:
        """The whole spec, parents before children."""
        tables = [self._table(subject) for subject in self._in_order()]
        self._made.spec = Spec(tuple(tables), tuple(self._enums.values()), "imported")
        return self._made

    def _in_order(self) -> list[Subject]:
        done: dict[str, Subject] = {}

        def visit(name: str) -> None:
            for one in self._references:
                if one.child == name and one.parent != name and one.parent not in done:
                    visit(one.parent)
            done.setdefault(name, self._subjects[name])

        for name in self._subjects:
            visit(name)
        return list(done.values())

    def _table(self, subject: Subject) -> Table:
        sample = subject.sample
        own = {r.column: r for r in self._references if r.child == sample.name}
        links, owner = self._links(subject, own)
        ordinals = self._ordinals(subject, own, owner)
        key = () if subject.key else composite(self._database, subject, own, ordinals)
        fixed = {subject.key, *own, *ordinals}
        follows = derived(self._database, subject, fixed, private=self._private)
        siblings = frozenset(p.name for p in subject.profiles if p.kind == "varchar" and not p.nulls)
        fields: list[Field | Link] = []
        checks: list[Check] = []
        for profile in subject.profiles:
            made: Field | Link | None
            if not can_be_name(profile.name):
                self._made.left_out.append(
                    (sample.name, profile.name, "the language has no spelling for its name")
                )
                continue
            if profile.name in links:
                made = links[profile.name]
            elif profile.name in ordinals:
                start, parent = ordinals[profile.name]
                value = f"{start} + index_in({parent})" if start else f"index_in({parent})"
                made = Field(
                    profile.name, Scalar("int", value), comments=(f"counts the rows of each {parent} up",)
                )
            elif profile.name in follows and (
                made := self._columns.derived(profile, one := follows[profile.name])
            ):
                if one.condition:
                    name = f"{snake(profile.name)}_in_order"
                    checks.append(Check(name, one.condition))
            else:
                made = self._columns.field(profile, siblings, key=profile.name == subject.key)
            if made is None:
                self._made.left_out.append(
                    (sample.name, profile.name, f"no type of the language holds {profile.type}")
                )
                continue
            fields.append(self._with_enum(made) if isinstance(made, Field) else made)
        self._made.columns += len(fields)
        looked = f"{rows(sample.total)} in {sample.path.name}"
        doc = f"{looked}, of which {sample.rows:,} were looked at." if sample.sampled else f"{looked}."
        count = None if owner else self._rows if self._rows is not None else sample.total
        return Table(sample.name, tuple(fields), count, doc, key=key, checks=tuple(checks))

    def _links(self, subject: Subject, own: dict[str, Reference]) -> tuple[dict[str, Link], str]:
        """The references, and the column that says how many rows there are, '' where none does."""
        made: dict[str, Link] = {}
        best, most = "", 0
        told: dict[str, tuple[str, str]] = {}
        for column, one in own.items():
            profile, parent = subject.column(column), self._subjects[one.parent]
            detail, note, mark = "", "", Mark.NONE
            whole = not subject.sample.sampled and not parent.sample.sampled
            if profile.unique:
                mark = Mark.KEY if column == subject.key else Mark.UNIQUE
            elif whole:
                found = children(self._database, subject, parent, one)
                detail = popularity(found)
                note = "a few are far more popular" if detail else ""
                fits = (
                    found.mean <= _MOST_CHILDREN
                    and one.parents >= _FEWEST_PARENTS
                    and one.parent != one.child
                )
                if fits and not profile.nulls and not detail:
                    told[column] = each(found)
                    if one.parents > most:
                        best, most = column, one.parents
            nullable = profile.nulls > 0 or one.parent == one.child
            share = percent(profile.nulls, profile.count, 2)
            comments = "; ".join(part for part in (one.comment, note) if part)
            made[column] = Link(
                (column,), one.parent, nullable, detail, "", (comments,), mark, null_share=share
            )
        if best:
            count, said = told[best]
            link = made[best]
            detail = f"each {count}".rstrip()
            made[best] = Link(link.columns, link.table, False, detail, "", (f"{link.comments[0]}; {said}",))
        return made, best

    def _ordinals(
        self, subject: Subject, own: dict[str, Reference], owner: str
    ) -> dict[str, tuple[int, str]]:
        """Columns that count the children of the parent that says how many there are."""
        found: dict[str, tuple[int, str]] = {}
        if owner:
            for profile in subject.profiles:
                if profile.name in own or profile.name == subject.key or not is_whole(profile):
                    continue
                start = ordinal(self._database, subject, own[owner], profile.name)
                if start is not None:
                    found[profile.name] = (start, owner)
        return found

    def _with_enum(self, made: Field) -> Field:
        """The same column with an enum of its values, where its name asks for one."""
        form = made.form
        if not isinstance(form, Scalar) or form.type != "string" or self._private:
            return made
        if not _ENUMS.fullmatch(snake(made.name)):
            return made
        members = re.findall(r'"([^"\\]*)"(?: ([\d.]+%))?', form.value)
        written = " | ".join(f'"{m}" {s}'.rstrip() for m, s in members)
        if written != form.value or len(members) < 2 or not all(_WORD.fullmatch(m) for m, _ in members):
            return made
        names, shares = zip(*members, strict=True)
        key = tuple(members)
        if key not in self._enums:
            self._enums[key] = Enum(self._enum_name(made.name), tuple(names), tuple(shares))
        return Field(
            made.name,
            Scalar(self._enums[key].name),
            made.nullable,
            made.doc,
            made.comments,
            null_share=made.null_share,
        )

    def _enum_name(self, column: str) -> str:
        wanted = "".join(part.capitalize() for part in snake(column).split("_")) or "Kind"
        name, count = wanted, 2
        while name in {e.name for e in self._enums.values()} | set(self._subjects):
            name, count = f"{wanted}{count}", count + 1
        return name
