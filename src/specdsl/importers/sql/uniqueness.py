"""Keys and unique sets: which column is marked, which reference counts the rows, how many rows there can
be."""

from __future__ import annotations

from dataclasses import replace

from specdsl.importers.emit import name_text
from specdsl.importers.model import Link, Mark
from specdsl.importers.sql.conditions import Facts
from specdsl.importers.sql.drafts import Draft
from specdsl.importers.sql.orders import Following
from specdsl.importers.sql.shapes import Family

_MOST_CHILDREN = 5
_RANGED = (Family.INT, Family.DECIMAL, Family.DATE, Family.TIMESTAMP, Family.STRING)


class Marks:
    """What has to be said of the columns of one table so that its keys hold. ``marks`` by column; ``plain``:
    columns to be drawn from ranges, patterns, choices; ``within``: those that only differ among rows with the
    same references; ``sets``: unique sets of several columns; ``lost``: those that cannot be held to."""

    def __init__(self, draft: Draft, facts: dict[str, Facts], follows: dict[str, Following]) -> None:
        self._draft = draft
        self._follows = follows
        self._facts = facts
        self.marks: dict[str, Mark] = {}
        self.plain: set[str] = set()
        self.within: set[str] = set()
        self.sets: list[tuple[str, ...]] = []
        self.key: tuple[str, ...] = ()
        self.lost: list[tuple[str, ...]] = []
        self._decide()

    def _decide(self) -> None:
        draft = self._draft
        for names, mark in [(draft.key, Mark.KEY), *((u.columns, Mark.UNIQUE) for u in draft.uniques)]:
            if len(names) == 1:
                self._single(names[0], mark)
            elif self._is_link(names):
                at = draft.links.index(self._link(names[0]))
                draft.links[at] = (
                    replace(draft.links[at], mark=mark) if mark is Mark.KEY else self._unique(draft.links[at])
                )
        several = [(draft.key, True), *((u.columns, False) for u in draft.uniques)]
        for names, is_key in several:
            if len(names) > 1 and not self._is_link(names):
                self._set(tuple(dict.fromkeys(names)), is_key=is_key)

    def _single(self, name: str, mark: Mark) -> None:
        draft = self._draft
        for at, link in enumerate(draft.links):
            if link.columns == (name,):
                draft.links[at] = replace(link, mark=mark) if mark is Mark.KEY else self._unique(link)
                return
        if name in draft.copies:
            self._copied(name)
            return
        if draft.shapes[name].family in (Family.LIST, Family.JSON):
            self.lost.append((name,))
            return
        known = self.marks.get(name)
        self.marks[name] = Mark.KEY if Mark.KEY in (known, mark) else mark

    def _copied(self, name: str) -> None:
        """A unique column with the value of a hidden reference's row: no two rows refer to the same."""
        draft, row = self._draft, self._draft.copies[name].partition(".")[0].strip("`")
        for at, link in enumerate(draft.links):
            if link.columns == (row,) and link.mark is Mark.HIDDEN and not link.detail:
                draft.links[at] = replace(link, detail=Mark.UNIQUE)
                return
        self.lost.append((name,))

    @staticmethod
    def _unique(link: Link) -> Link:
        return replace(link, mark=Mark.UNIQUE) if link.mark is Mark.NONE else link

    def _is_link(self, names: tuple[str, ...]) -> bool:
        return any(set(names) == set(link.columns) for link in self._draft.links)

    def _link(self, name: str) -> Link:
        return next(link for link in self._draft.links if name in link.columns)

    def _set(self, names: tuple[str, ...], *, is_key: bool) -> None:
        draft = self._draft
        if is_key:
            self.key = names
        elif names not in self.sets:
            self.sets.append(names)
        inside = [link for link in draft.links if set(link.columns) <= set(names)]
        plain = [n for n in names if n not in draft.linked and n not in draft.copies]
        if any(link.mark in (Mark.KEY, Mark.UNIQUE) for link in inside) or any(
            n in self.marks for n in plain
        ):
            return
        followed = next((n for n in plain if n in self._follows and self._follows[n].other in plain), None)
        if followed is not None:
            while followed in self._follows and self._follows[followed].other in plain:
                followed = self._follows[followed].other
            self.marks[followed] = Mark.UNIQUE
            return
        identifier = next((n for n in plain if draft.shapes[n].family is Family.UUID), None)
        if identifier is not None:
            self.marks[identifier] = Mark.UNIQUE
            return
        if not is_key and any(draft.columns[n].nullable for n in plain):
            self._nullable(names, plain)
            return
        if len(inside) == 1 and len(plain) == 1 and self._counts(inside[0], plain[0], numbers=is_key):
            return
        if inside and all(draft.shapes[n].family in _RANGED or self._choice(n) for n in plain):
            self.within |= set(plain)
            return
        free = [
            n for n in plain if self._facts.get(n, Facts()) == Facts() and draft.shapes[n].family in _RANGED
        ]
        free.sort(key=lambda n: draft.shapes[n].family is not Family.INT)
        if not inside and len(free) == len(plain):
            self.plain |= set(plain)
        elif free:
            self.marks[free[0]] = Mark.UNIQUE

    def _nullable(self, names: tuple[str, ...], plain: list[str]) -> None:
        """A set with columns that may be null is kept by one of them that is unique by itself."""
        free = [
            n for n in plain if not self._facts.get(n, Facts()) and self._draft.shapes[n].family in _RANGED
        ]
        if free:
            self.marks[min(free, key=lambda n: self._draft.shapes[n].family is not Family.INT)] = Mark.UNIQUE
        else:
            self.sets.remove(names)
            self.lost.append(names)

    def _choice(self, name: str) -> bool:
        return (
            self._facts.get(name, Facts()).members is not None
            or self._draft.shapes[name].family is Family.ENUM
        )

    def _counts(self, link: Link, other: str, *, numbers: bool) -> bool:
        """Let a reference say how many rows there are, where nothing speaks against it: each with a number of
        its own within it (``numbers``), or no more than the other column has values."""
        draft, shape = self._draft, self._draft.shapes[other]
        facts = self._facts.get(other, Facts())
        if (
            draft.each
            or link.nullable
            or link.table == draft.name
            or link.mark is not Mark.NONE
            or len(link.columns) > 1
        ):
            return False
        if self._choice(other):
            most = len(facts.members if facts.members is not None else shape.members)
        elif numbers and shape.family is Family.INT and not facts:
            most = shape.high
            draft.copies[other] = f"1 + index_in({name_text(link.columns[0])})"
        else:
            return False
        at = draft.links.index(link)
        draft.links[at] = replace(link, detail=f"each 1..{min(_MOST_CHILDREN, most)} {link.detail}".strip())
        draft.each = link.columns
        return True
