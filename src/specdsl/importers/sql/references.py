"""Foreign keys as references: to keys, to other unique columns, of overlapping columns, to the table
itself."""

from __future__ import annotations

from specdsl.diagnostics.importing_sql import SqlReferenceLeftOut
from specdsl.importers.emit import name_text
from specdsl.importers.model import Link, Mark
from specdsl.importers.sql.drafts import Draft, Notes
from specdsl.importers.sql.schema import Foreign, Schema

Pairs = tuple[tuple[str, str], ...]
"""Columns, each with the one that it refers to."""


class References:
    """Adds the references of all tables to their drafts."""

    def __init__(self, schema: Schema, made: list[Draft], notes: Notes) -> None:
        self._schema = schema
        self._drafts = {id(d.table): d for d in made}
        self._notes = notes

    def add(self) -> None:
        for draft in self._drafts.values():
            for foreign in draft.table.foreign:
                self._adopt_key(foreign)
        for draft in self._drafts.values():
            for foreign in sorted(draft.table.foreign, key=lambda f: -len(f.columns)):
                cause = self._reference(draft, foreign)
                if cause:
                    said = SqlReferenceLeftOut(
                        span=foreign.span,
                        table=draft.name,
                        columns=foreign.columns,
                        target=foreign.table[-1],
                        cause=cause,
                    )
                    self._notes.left_out(f"{draft.name}.{'+'.join(foreign.columns)}", said)

    def _target(self, foreign: Foreign) -> Draft | None:
        table = self._schema.table(foreign.table)
        return self._drafts.get(id(table)) if table is not None else None

    def _adopt_key(self, foreign: Foreign) -> None:
        """A table without a primary key gets the unique columns that are referred to as its key."""
        target = self._target(foreign)
        if target is not None and not target.key and (names := target.named(foreign.to)):
            target.key = names
            target.uniques = [u for u in target.uniques if u.columns != names]
            for name in names:
                target.columns[name].nullable = False

    def _reference(self, draft: Draft, foreign: Foreign) -> str:
        """Add one reference; why not, '' if it is there."""
        target = self._target(foreign)
        if target is None:
            return "the script has no such table"
        columns = draft.named(foreign.columns)
        to = target.named(foreign.to or target.table.key)
        if columns is None or to is None or not to or len(columns) != len(to):
            return "a column of it is left out or unknown"
        pairs = tuple(zip(columns, to, strict=True))
        if len(set(columns)) < len(columns):
            return "a column comes twice"
        free = [name for name in columns if name not in draft.linked and name not in draft.copies]
        nullable = all(draft.columns[n].nullable for n in free) and not set(free) & set(draft.key)
        if not free:
            return (
                "" if self._implied(draft, pairs, target) else "its columns refer to something else already"
            )
        if any(draft.shapes[c].family is not target.shapes[t].family for c, t in pairs):
            return "its columns and those that it refers to are of different types"
        if draft is target and not nullable:
            return self._to_itself(draft, pairs, foreign)
        if set(to) == set(target.key) and len(free) == len(columns):
            by_key = tuple(next(c for c, t in pairs if t == k) for k in target.key)
            doc = " ".join(d for c in by_key if (d := draft.columns[c].doc))
            draft.links.append(Link(by_key, target.name, nullable, doc=doc))
            return ""
        return self._by_value(draft, target, pairs, free, nullable=nullable)

    def _to_itself(self, draft: Draft, pairs: Pairs, foreign: Foreign) -> str:
        """A reference to the table itself that is never null: each row refers to itself, as the first has
        to."""
        if any(c == t for c, t in pairs) or any(c in draft.key for c, _ in pairs):
            return "its columns are of the key that it refers to"
        for column, to in pairs:
            draft.copies[column] = name_text(to)
            draft.remarks[column] = "each row refers to itself: the first has no other one to refer to"
        said = "each row refers to itself: there is no first row of a reference that is never null"
        self._notes.narrowed(f"{draft.name}.{'+'.join(foreign.columns)}", foreign.span, said)
        return ""

    def _implied(self, draft: Draft, pairs: Pairs, target: Draft) -> bool:
        """Whether each of the columns refers, by way of another table, to what is meant here: a part of a
        reference of several columns whose target refers on."""
        for column, to in pairs:
            link = next((one for one in draft.links if column in one.columns), None)
            if link is None:
                return False
            via = next((d for d in self._drafts.values() if d.name == link.table), None)
            if via is None:
                return False
            inner = via.key[link.columns.index(column)]
            onward = [
                dict(zip(names, ends, strict=False))
                for f in via.table.foreign
                if self._target(f) is target
                and (names := via.named(f.columns))
                and (ends := target.named(f.to or target.table.key))
            ]
            if not (via is target and inner == to) and not any(o.get(inner) == to for o in onward):
                return False
        return True

    def _by_value(self, draft: Draft, target: Draft, pairs: Pairs, free: list[str], *, nullable: bool) -> str:
        """A hidden reference whose row the columns take their values from."""
        if set(free) & set(draft.key):
            return "its columns are of the key, and it refers to columns that are not"
        if len(target.key) != 1:
            return "it refers to columns that are not the key"
        taken = [(c, t) for c, t in pairs if c not in free]
        if draft is target:
            return "it refers to columns of its own table that are not the key"
        fresh = f"{target.name}_row"
        while fresh in draft.columns or fresh in draft.linked:
            fresh += "_"
        where = " and ".join(f".{name_text(t)} == {name_text(c)}" for c, t in taken)
        draft.links.append(
            Link((fresh,), target.name, nullable, f"where {where}" if where else "", mark=Mark.HIDDEN)
        )
        for column, to in pairs:
            if column in free:
                target.columns[to].nullable = target.columns[to].nullable and nullable
                draft.copies[column] = f"{name_text(fresh)}.{name_text(to)}"
        return ""
