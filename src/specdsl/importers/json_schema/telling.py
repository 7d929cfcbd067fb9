"""What is told of the way from a schema to a spec: every approximation, and which properties are exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from specdsl.diagnostics.importing import Approximated, LeftOut, NotHeeded
from specdsl.importers.json_schema.document import escaped
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.model import Finding, Outcome


@dataclass(frozen=True, slots=True)
class Note:
    """``how`` the values are fewer than the schema allows, as a noun phrase, and ``why``. ``word``: the
    keyword that it is about, '' for the whole schema. ``minor``: told in the report alone, as nearly every
    schema has such a thing. ``comment``: what the spec says of it instead of ``how``."""

    how: str
    why: str
    word: str = ""
    minor: bool = False
    comment: str = ""


def by_name(name: str, how: str) -> Note:
    """The name of a property says what its values are, and the schema does not."""
    return Note(how, f"the name `{name}` says so", minor=True, comment="drawn so because of its name")


@dataclass(slots=True)
class Place:
    """What was told of one place so far."""

    exact: bool = True
    comments: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the telling has come, to go back to."""

    findings: int
    properties: int
    fields: int
    exact: bool
    comments: tuple[str, ...]


@dataclass(slots=True)
class Telling:
    """The findings of one run. ``properties``: JSON Pointers, and whether that use is carried exactly;
    ``fields`` counts columns and fields; ``here`` is the innermost property that is worked on."""

    resources: Resources
    findings: list[Finding] = field(default_factory=list)
    properties: list[tuple[str, bool]] = field(default_factory=list)
    fields: int = 0
    here: Place = field(default_factory=Place)

    def narrowed(self, pointer: str, note: Note) -> None:
        """Less is made than what is valid at ``pointer``."""
        where = f"{pointer}/{escaped(note.word)}" if note.word else pointer
        span = self.resources.document.span(where)
        said = Approximated(span=span, pointer=where, cause=note.why, how=note.how)
        found = Finding(Outcome.APPROXIMATED, where, span, note.how, said, note.why, note.minor)
        if found not in self.findings:
            self.findings.append(found)
        self.here.exact = False
        if note.comment or not note.minor:
            self.here.comments[note.comment or f"narrowed: {note.how}"] = None

    def unheeded(self, pointer: str, word: str, cause: str) -> None:
        """``word``, at ``pointer``, asks for what is not made."""
        said = NotHeeded(
            span=self.resources.document.span(pointer), pointer=pointer, cause=cause, keyword=word
        )
        found = Finding(Outcome.APPROXIMATED, pointer, said.span, said.message(), said)
        if found not in self.findings:
            self.findings.append(found)
        self.here.exact = False

    def left_out(self, name: str, pointer: str, cause: str) -> None:
        """The property ``name`` is not made."""
        span = self.resources.document.span(pointer)
        said = LeftOut(span=span, pointer=pointer, cause=cause, property=name)
        how = f"`{name}` is never there"
        self.findings.append(Finding(Outcome.LEFT_OUT, pointer, span, how, said, why=cause))

    def count(self) -> int:
        """How many properties of the source are made."""
        return len(dict(self.properties))

    def exact(self) -> list[str]:
        """The JSON Pointers of the properties that are carried exactly, wherever they are used."""
        less = {pointer for pointer, whole in self.properties if not whole}
        return [pointer for pointer in dict(self.properties) if pointer not in less]

    def inside(self) -> Place:
        """Begin a place of its own; what is told from here on is about it. Gives the one around it, for
        ``outside``."""
        outer, self.here = self.here, Place()
        return outer

    def outside(self, outer: Place) -> Place:
        """End a place, and give what was told of it."""
        done, self.here = self.here, outer
        return done

    def absorb(self, exact: bool, comments: Iterable[str] = ()) -> None:
        """Count what was told of a place inside as told of this one."""
        self.here.exact &= exact
        self.here.comments |= dict.fromkeys(comments)

    def mark(self) -> Mark:
        """The state to come back to with ``undo``."""
        here = self.here
        return Mark(len(self.findings), len(self.properties), self.fields, here.exact, tuple(here.comments))

    def undo(self, mark: Mark) -> None:
        """Forget all since ``mark``."""
        del self.findings[mark.findings :], self.properties[mark.properties :]
        self.fields = mark.fields
        self.here.exact, self.here.comments = mark.exact, dict.fromkeys(mark.comments)
