"""Primary and foreign keys: which columns refer, which tell the rows of a table apart, and how many rows
there can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from specdsl.importers.emit import can_be_name, name_text
from specdsl.importers.json_schema.document import escaped
from specdsl.importers.model import Link, Mark
from specdsl.importers.rand_engine.arguments import Unfit
from specdsl.importers.rand_engine.detection import CONSTRAINTS
from specdsl.importers.rand_engine.drafts import Draft, Foreign, Notes
from specdsl.importers.rand_engine.methods import UNBOUNDED

_ROOM = 4
"""One column of a key tells the rows apart by itself if it has so many times as many values."""

_FORGOTTEN = "no spec that was given has a primary key of the name `{}`"


@dataclass(frozen=True, slots=True)
class _Primary:
    name: str
    pointer: str
    target: str
    columns: tuple[str, ...]


class Constraints:
    """Adds the keys and references of all tables to their drafts."""

    def __init__(self, drafts: Sequence[Draft], notes: Notes) -> None:
        self._notes = notes
        self._drafts = drafts
        self._primary: dict[int, list[_Primary]] = {}
        self._foreign: dict[int, list[Foreign]] = {}
        self._targets: dict[str, tuple[Draft, _Primary]] = {}
        for draft in drafts:
            self._primary[id(draft)] = []
            self._foreign[id(draft)] = list(draft.outside)
            for one in self._read(draft):
                if isinstance(one, Foreign):
                    self._foreign[id(draft)].append(one)
                elif one.target in self._targets:
                    other = self._targets[one.target][0].name
                    self._left_out(draft, one, f"`{other}` has a primary key of the name `{one.target}`, too")
                else:
                    self._primary[id(draft)].append(one)
                    self._targets[one.target] = (draft, one)

    def add(self) -> None:
        done: set[int] = set()
        for draft in self._drafts:
            self._visit(draft, done, [])

    def _visit(self, draft: Draft, done: set[int], around: list[Draft]) -> None:
        """The tables that ``draft`` refers to first, then its own references and keys."""
        if id(draft) in done:
            return
        for foreign in self._foreign[id(draft)]:
            parent = self._parent(foreign)
            if parent is None:
                self._left_out(draft, foreign, _FORGOTTEN.format(foreign.target))
            elif any(one is parent for one in around):
                self._left_out(draft, foreign, "it closes a circle of tables")
            elif parent is draft:
                continue
            else:
                self._visit(parent, done, [*around, draft])
                self._refer(draft, parent, foreign)
        done.add(id(draft))
        for primary in self._primary[id(draft)]:
            self._tell_apart(draft, primary)
        for foreign in self._foreign[id(draft)]:
            if self._parent(foreign) is draft:
                self._refer(draft, draft, foreign)

    def _parent(self, foreign: Foreign) -> Draft | None:
        if foreign.target in self._targets:
            return self._targets[foreign.target][0]
        plain = foreign.target.removeprefix("checkpoint_")
        found = self._targets.get(plain)
        return (
            found[0]
            if found
            else next((d for d in self._drafts if d.name == plain and self._primary[id(d)]), None)
        )

    def _read(self, draft: Draft) -> Iterator[_Primary | Foreign]:
        given = draft.spec.get(CONSTRAINTS)
        pointer = f"{draft.pointer}/{CONSTRAINTS}"
        if given is None or (isinstance(given, dict) and isinstance(given.get("method"), str)):
            return
        if not isinstance(given, dict):
            self._notes.constraint_left_out(draft, pointer, CONSTRAINTS, "it is no object")
            return
        for name, config in given.items():
            inner = f"{pointer}/{escaped(name)}"
            try:
                yield _constraint(name, config, inner)
            except Unfit as unfit:
                self._notes.constraint_left_out(draft, inner, name, unfit.cause)

    def _refer(self, draft: Draft, parent: Draft, foreign: Foreign) -> None:
        cause = self._why_not(draft, parent, foreign)
        if cause:
            self._left_out(draft, foreign, cause)
            return
        remarks = []
        if foreign.watermark:
            remarks = [f"watermark {foreign.watermark}: a build makes all rows of `{parent.name}` at once"]
            self._notes.approximated(draft, foreign.pointer, remarks[0])
        own = parent is draft
        if own:
            remarks.append("null in the first row, which has no other one to refer to")
            self._notes.approximated(draft, foreign.pointer, remarks[-1])
        if set(foreign.fields) == set(parent.key):
            pairs = dict(zip(foreign.fields, foreign.columns, strict=True))
            columns = tuple(pairs[name] for name in parent.key)
            draft.links.append(Link(columns, parent.name, own, comments=tuple(remarks)))
            return
        hidden = tuple(self._fresh(draft, f"{parent.name}_{name}") for name in parent.key)
        draft.links.append(Link(hidden, parent.name, own, comments=tuple(remarks), mark=Mark.HIDDEN))
        for column, name in zip(foreign.columns, foreign.fields, strict=True):
            draft.copies[column] = (self._type(parent, name), name_text(hidden[parent.key.index(name)]))

    def _type(self, draft: Draft, name: str) -> str:
        """The type of a column, or of the one that it refers to."""
        link = next((one for one in draft.links if name in one.columns), None)
        if link is None:
            return draft.columns[name].drawn.type
        parent = next(one for one in self._drafts if one.name == link.table)
        return self._type(parent, parent.key[link.columns.index(name)])

    def _why_not(self, draft: Draft, parent: Draft, foreign: Foreign) -> str:
        """Why a reference cannot be, '' if it can."""
        taken = {name for link in draft.links for name in link.columns} | set(draft.copies)
        if not parent.key:
            return f"`{parent.name}` has no key"
        if not set(foreign.fields) <= set(parent.key):
            return f"the key of `{parent.name}` is {', '.join(parent.key)}"
        if taken & set(foreign.columns):
            return "its columns refer to something else already"
        if parent is draft and set(foreign.columns) & set(draft.key):
            return "its columns are of the key that it refers to"
        if any(one.drawn.on in foreign.columns for one in draft.columns.values() if one.drawn.on):
            return "other columns depend on it"
        return ""

    @staticmethod
    def _fresh(draft: Draft, name: str) -> str:
        taken = {*draft.columns, *draft.copies, *(name for link in draft.links for name in link.columns)}
        while name in taken:
            name += "_"
        return name

    def _tell_apart(self, draft: Draft, primary: _Primary) -> None:
        """Make the columns of a primary key different in each row."""
        names = primary.columns
        linked = {name: link for link in draft.links for name in link.columns}
        for name in names:
            if name not in draft.columns and name not in linked:
                self._left_out(draft, primary, f"there is no column `{name}`")
                return
            if name in draft.copies:
                self._left_out(draft, primary, f"`{name}` is a part of another key")
                return
        whole = next((link for link in draft.links if set(link.columns) == set(names)), None)
        marks = Mark.UNIQUE if draft.key else Mark.KEY
        if whole is not None:
            draft.links[draft.links.index(whole)] = replace(whole, mark=marks)
            self._limit(draft, self._rows(whole.table))
        elif not self._drawn_apart(draft, primary, marks, linked):
            return
        if not draft.key:
            draft.key = whole.columns if whole is not None else names
        elif whole is None and len(names) > 1:
            draft.uniques.append(names)

    def _drawn_apart(self, draft: Draft, primary: _Primary, mark: Mark, linked: dict[str, Link]) -> bool:
        plain = [draft.columns[name] for name in primary.columns if name not in linked]
        able = [one for one in plain if one.drawn.apart]
        best = max(able, key=lambda one: one.drawn.domain, default=None)
        if best is not None and len(primary.columns) > 1 and best.drawn.domain >= _ROOM * draft.rows:
            draft.apart.setdefault(best.name, Mark.UNIQUE)
            able, plain = [best], [best]
        elif len(able) < len(plain):
            name = next(one.name for one in plain if not one.drawn.apart)
            self._left_out(draft, primary, f"two rows can have the same `{name}`")
            return False
        else:
            domain = 1
            for link in {
                linked[name].columns: linked[name] for name in primary.columns if name in linked
            }.values():
                domain *= self._rows(link.table)
            for one in able:
                domain = min(domain * one.drawn.domain, UNBOUNDED)
                draft.apart.setdefault(one.name, mark if len(primary.columns) == 1 else Mark.NONE)
            self._limit(draft, domain)
        for one in able:
            if one.drawn.weighted:
                one.remarks.append("without its weights: it tells the rows apart")
                self._notes.approximated(draft, one.pointer, one.remarks[-1])
        return True

    def _rows(self, table: str) -> int:
        return next(one.rows for one in self._drafts if one.name == table)

    @staticmethod
    def _limit(draft: Draft, rows: int) -> None:
        draft.rows = min(draft.rows, rows)

    def _left_out(self, draft: Draft, one: _Primary | Foreign, cause: str) -> None:
        missing = [name for name in one.columns if name not in draft.columns]
        lost = (
            f", and with it the column `{'`, `'.join(missing)}`"
            if isinstance(one, Foreign) and missing
            else ""
        )
        if isinstance(one, Foreign) and one in draft.outside:
            self._notes.column_left_out(draft, one.pointer, one.name, cause)
        else:
            self._notes.constraint_left_out(draft, one.pointer, one.name, cause + lost)


def _constraint(name: str, config: Any, pointer: str) -> _Primary | Foreign:
    """A constraint as it is written. Raises Unfit."""
    if not isinstance(config, dict):
        raise Unfit("it is no object")
    kind, target, fields = (config.get(word) for word in ("tipo", "name", "fields"))
    if kind not in ("PK", "FK"):
        raise Unfit("`tipo` is neither PK nor FK")
    if not isinstance(target, str) or not target.strip():
        raise Unfit("`name` is no name")
    if (
        not isinstance(fields, list)
        or not fields
        or not all(isinstance(f, str) and f.strip() for f in fields)
    ):
        raise Unfit("`fields` is no array of names")
    columns = tuple(one.split()[0] for one in fields)
    if len(set(columns)) < len(columns):
        raise Unfit("`fields` has a name twice")
    for column in columns:
        if not can_be_name(column):
            raise Unfit(f"the language has no spelling for the name `{column}`")
    if kind == "PK":
        return _Primary(name, pointer, target, columns)
    watermark = config.get("watermark")
    numeric = isinstance(watermark, int | float) and not isinstance(watermark, bool)
    return Foreign(name, pointer, target, columns, columns, f"{watermark} s" if numeric else "")
