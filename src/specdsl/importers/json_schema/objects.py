"""Which members an object has, and what holds for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from specdsl.importers.json_schema.conjunction import Clause, Merged
from specdsl.importers.json_schema.names import Names, matches
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part, Resources


@dataclass(frozen=True, slots=True)
class Member:
    """A property with all that holds for its value."""

    name: str
    parts: tuple[Part, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """Names that members may have besides, all with the same ``parts``. ``names`` draws them."""

    names: Names
    parts: tuple[Part, ...]


class Members:
    """The members of a merged object in the order of the source. Raises Refused when made or gone through."""

    def __init__(self, made: Merged, resources: Resources) -> None:
        self._made = made
        self._resources = resources

    def __iter__(self) -> Iterator[Member]:
        made = self._made
        known: dict[str, None] = {}
        for clause in made.all_of("properties"):
            if not clause.part.made:
                known |= dict.fromkeys(clause.schema["properties"])
        for name in known | dict.fromkeys(made.required):
            required = name in made.required
            where = made.required.get(name, made.pointer)
            parts = self.parts_of(name)
            if parts is None:
                if required:
                    cause = f"`{name}` is required and not allowed"
                    raise Refused("nothing", where, cause, self._forbidding(name))
                continue
            yield Member(name, parts or (Part(True, where),), required)

    def parts_of(self, name: str) -> tuple[Part, ...] | None:
        """What every clause says about the property ``name``; None where it is not allowed."""
        for clause in self._made.all_of("propertyNames"):
            if not self._resources.valid(clause.below("propertyNames"), name):
                return None
        found: dict[str, Part] = {}
        for clause in self._made.clauses:
            for part in self._said(clause, name):
                if part.schema is False and not part.denied:
                    return None
                if part.schema is not True or part.denied:
                    found.setdefault(part.key, part)
        return tuple(found.values())

    def _forbidding(self, name: str) -> list[tuple[str, str]]:
        """The clauses that do not allow the property ``name``."""
        found = [
            clause.below("propertyNames")
            for clause in self._made.all_of("propertyNames")
            if not self._resources.valid(clause.below("propertyNames"), name)
        ]
        for clause in self._made.clauses:
            found += [p for p in self._said(clause, name) if p.schema is False and not p.denied]
        return [(part.pointer, f"this does not allow `{name}`") for part in found]

    def open(self) -> bool:
        """Whether members are allowed that the source does not name."""
        return self.parts_of("another_property") is not None

    def kinds(self) -> Iterator[Kind]:
        """The names that members may have without being named by the source, where the source says
        something of them: patterns, a schema for all others, what names have to look like."""
        made = self._made
        taken = {n for clause in made.all_of("properties") for n in clause.schema["properties"]} | set(
            made.required
        )
        given = [
            (clause, pattern)
            for clause in made.all_of("patternProperties")
            for pattern in clause.schema["patternProperties"]
        ]
        seen: set[tuple[str, ...]] = set()
        for clause, pattern in given:
            yield from self._kind(
                Names.of_pattern(pattern, clause.below("patternProperties", pattern)), taken, seen
            )
        for word in ("additionalProperties", "unevaluatedProperties"):
            if any(isinstance(c.schema[word], dict) for c in made.all_of(word)):
                yield from self._kind(self._free_names(), taken, seen)
        if next(made.all_of("propertyNames"), None) is not None:
            yield from self._kind(self._free_names(), taken, seen)

    def any_kind(self) -> Iterator[Kind]:
        """Names for members where the source says nothing about any."""
        taken = {n for clause in self._made.all_of("properties") for n in clause.schema["properties"]}
        yield from self._kind(self._free_names(), taken | set(self._made.required), set())

    def _free_names(self) -> Names:
        clauses = [clause.below("propertyNames") for clause in self._made.all_of("propertyNames")]
        return Names.satisfying(clauses, self._resources)

    def _kind(self, names: Names, taken: set[str], seen: set[tuple[str, ...]]) -> Iterator[Kind]:
        """``names`` as one kind: those that the same parts hold for as for most."""
        by_parts: dict[tuple[str, ...], tuple[tuple[Part, ...], list[str]]] = {}
        total = 0
        for name in names.samples():
            total += 1
            parts = None if name in taken else self.parts_of(name)
            if parts is not None:
                by_parts.setdefault(tuple(p.key for p in parts), (parts, []))[1].append(name)
        for key, (parts, fitting) in sorted(by_parts.items(), key=lambda item: -len(item[1][1])):
            if key not in seen:
                seen.add(key)
                yield Kind(names if len(fitting) == total else names.only(fitting), parts)

    def _said(self, clause: Clause, name: str) -> Iterator[Part]:
        schema = clause.schema
        known = False
        declared = schema.get("properties")
        if isinstance(declared, dict) and name in declared:
            yield clause.below("properties", name)
            known = True
        for pattern in schema.get("patternProperties", ()):
            if matches(pattern, name, clause.below("patternProperties", pattern)):
                yield clause.below("patternProperties", pattern)
                known = True
        if known:
            return
        if "additionalProperties" in schema:
            yield clause.below("additionalProperties")
        elif "unevaluatedProperties" in schema and not self._evaluated(name, clause):
            yield clause.below("unevaluatedProperties")

    def _evaluated(self, name: str, outer: Clause) -> bool:
        """Whether a clause inside ``outer`` has said something of ``name``."""
        for clause in self._made.clauses:
            if clause.part.key == outer.part.key or not clause.counts_for(outer):
                continue
            if name in clause.schema.get("properties", ()) or "additionalProperties" in clause.schema:
                return True
            if "unevaluatedProperties" in clause.schema:
                return True
            for pattern in clause.schema.get("patternProperties", ()):
                if matches(pattern, name, clause.below("patternProperties", pattern)):
                    return True
        return False
