"""What is remembered of the places around the one that is lowered, so that a schema inside itself is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from specdsl.importers.json_schema.conjunction import SAYING_NOTHING, references
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part, Resources

DEEPEST = 5
"""How many objects and arrays may be around what nothing asks for."""

_LONGEST_CHAIN = 50


@dataclass(slots=True)
class Place:
    """A place that is being lowered. ``type``: the name of the type that it becomes because it is inside
    itself."""

    key: frozenset[str]
    parts: tuple[Part, ...]
    name: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """The places around one, the outermost first. ``depth``: how many objects and arrays there are between
    the nearest declared type and here."""

    places: tuple[Place, ...] = ()
    depth: int = 0

    def with_place(self, place: Place) -> Trail:
        """One place further in."""
        return Trail((*self.places, place), self.depth + 1)

    def restarted(self) -> Trail:
        """The same for the inside of a type of its own."""
        return Trail(self.places, 0)

    def find(self, key: frozenset[str]) -> Place | None:
        """The place of ``key``, if it is one of these."""
        return next((p for p in reversed(self.places) if p.key == key), None)


@dataclass(slots=True)
class Definitions:
    """Types that are declared, by name, and the place that each stands for."""

    names: dict[frozenset[str], str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def name(self, wanted: str) -> str:
        """A name that is free."""
        plain = "".join(c if c.isalnum() and c.isascii() else " " for c in wanted)
        words = "".join(word[:1].upper() + word[1:] for word in plain.split())
        base = words if words.isidentifier() else f"Type{words}"
        name, at = base, 2
        while name in self.taken:
            name, at = f"{base}{at}", at + 1
        self.taken.add(name)
        return name


def meant(part: Part, resources: Resources) -> Part:
    """``part`` or, where it is but a reference, what that leads to. Raises Refused where it leads to
    itself."""
    for _ in range(_LONGEST_CHAIN):
        words = references(part)
        if len(words) != 1 or part.denied:
            return part
        others = set(part.schema) - SAYING_NOTHING - set(words)
        if others and resources.siblings_count:
            return part
        part = resources.follow(part, words[0])
    raise Refused("recursive", part.pointer, "its references lead in a circle")


def key_of(parts: Sequence[Part], resources: Resources) -> frozenset[str]:
    """What tells the place where ``parts`` hold from others."""
    return frozenset(meant(part, resources).key for part in parts if part.schema is not True or part.denied)
