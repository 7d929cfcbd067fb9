"""What a section's meaning depends on: other declarations, and of other tables what it needs of them.

Names decide, and never too few: a word in a string or a comment counts. Of a table that is referred to, the
head, the keys and what its number of rows comes from are needed; of its other columns those that are named
after a dot near enough. Sections that gather values over children need every reference among the tables they
reach, because the way from child to parent is not written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from specdsl.ide.sections import Section


@dataclass(frozen=True)
class Names:
    """Which sections, by number, declare a name. ``folded``: by the name without case; ``always``: the
    sections that everything depends on."""

    sections: Sequence[Section]
    declared: Mapping[str, tuple[int, ...]]
    folded: Mapping[str, tuple[int, ...]]
    always: tuple[int, ...]


def names_of(sections: Sequence[Section], before: Names | None = None) -> Names:
    """The names that ``sections`` (of one file or several) declare. Where they declare what those of
    ``before`` do, one by one, its mappings are taken as they are."""
    if before is not None and len(before.sections) == len(sections):
        pairs = zip(before.sections, sections, strict=True)
        if all(_role(then) == _role(now) for then, now in pairs if then is not now):
            return replace(before, sections=sections)
    declared: dict[str, tuple[int, ...]] = {}
    folded: dict[str, tuple[int, ...]] = {}
    always = []
    for number, one in enumerate(sections):
        needed, name = _role(one)
        if needed:
            always.append(number)
        elif name:
            declared[name] = (*declared.get(name, ()), number)
            folded[name.casefold()] = (*folded.get(name.casefold(), ()), number)
    return Names(sections, declared, folded, tuple(always))


def _role(section: Section) -> tuple[bool, str]:
    """Whether everything depends on a section, and the name that it declares if not."""
    if section.kind in ("dataset", "import", ""):
        return bool(section.text.strip()), ""
    return False, section.name


Needed = dict[int, set[int]]
"""The members, by number, that are needed of each section, by number."""


def reach(names: Names, roots: Iterable[int]) -> Needed:
    """All that is needed to understand ``roots``, themselves included as a whole."""
    return _Search(names).run(roots)


def digest(names: Names, needed: Needed) -> bytes:
    """A digest of the texts that are needed."""
    result = blake2b(digest_size=16)
    for number in sorted(needed):
        members = names.sections[number].members
        result.update(b"\0section\0")
        for member in sorted(needed[number]):
            result.update(members[member].text.encode("utf-8", "surrogatepass") + b"\0")
    return result.digest()


@dataclass(frozen=True, slots=True)
class _Wanted:
    section: int
    member: int


class _Search:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.sections = names.sections
        self.needed: Needed = {}
        self.pending: list[_Wanted] = []
        self.gathering = False

    def run(self, roots: Iterable[int]) -> Needed:
        for number in (*self.names.always, *roots):
            self._whole(number)
            if self.sections[number].spoils:
                self._users(self.sections[number].name)
        self._follow()
        if self.gathering:  # the ways from children to parents
            done: set[int] = set()
            while fresh := [n for n in self.needed if n not in done]:
                for number in fresh:
                    done.add(number)
                    for at, member in enumerate(self.sections[number].members):
                        if member.targets:
                            self._want(number, at)
                self._follow()
        return self.needed

    def _whole(self, number: int) -> None:
        for member in range(len(self.sections[number].members)):
            self._want(number, member)

    def _users(self, name: str) -> None:
        """The sections that refer to a table, or may read it."""
        for number, one in enumerate(self.sections):
            read = one.queries and name.casefold() in {word.casefold() for word in one.words}
            if name in one.targets or read:
                self._whole(number)

    def _want(self, number: int, member: int) -> None:
        found = self.needed.setdefault(number, set())
        if member not in found:
            found.add(member)
            self.pending.append(_Wanted(number, member))

    def _table(self, number: int) -> None:
        """What whoever refers to a section needs of it."""
        one = self.sections[number]
        if one.kind != "table":
            self._whole(number)
            return
        for at, member in enumerate(one.members):
            if member.structural:
                self._want(number, at)

    def _follow(self) -> None:
        while self.pending:
            wanted = self.pending.pop()
            one = self.sections[wanted.section]
            member = one.members[wanted.member]
            if one.opaque:
                for number in range(len(self.sections)):
                    self._whole(number)
                return
            if one.queries:
                for word in member.words:
                    for number in self.names.folded.get(word.casefold(), ()):
                        self._whole(number)
                continue
            self.gathering |= member.gathers
            for word in member.words & self.names.declared.keys():
                for number in self.names.declared[word]:
                    self._table(number)
            for word in member.words & one.columns.keys():
                for at in one.columns[word]:
                    self._want(wanted.section, at)
            if member.after_dots:
                self._columns(wanted.section, member.after_dots, member.hops, member.words)

    def _columns(self, start: int, names: frozenset[str], hops: int, words: frozenset[str]) -> None:
        """The columns of those names, in tables so many references away, or that are named there."""
        declared = self.names.declared
        near = {start, *(n for word in words & declared.keys() for n in declared[word])}
        for _ in range(hops):
            targets = {name for number in near for name in self.sections[number].targets}
            near |= {n for name in targets & declared.keys() for n in declared[name]}
        for number in near:
            columns = self.sections[number].columns
            for name in names & columns.keys():
                for at in columns[name]:
                    self._want(number, at)
