"""Which properties an object has, and what holds for each."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.importers.json_schema.conjunction import Merged
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.patterns import as_python, drawable
from specdsl.randomness.regex_syntax import RegexProblem

_INVENTED = "key_{}"


class Members:
    """The properties of a merged object in the order of the source: name, what holds for its value,
    whether it
    must be there. Raises Refused when made or gone through."""

    def __init__(self, made: Merged, resources: Resources, without: frozenset[str], *, isroot: bool) -> None:
        self._made = made
        self._resources = resources
        self._without = without
        self._isroot = isroot
        for part in made.all_of("unevaluatedProperties"):
            if part.schema["unevaluatedProperties"] is False and part.pointer != made.parts[0].pointer:
                where = f"{part.pointer}/unevaluatedProperties"
                raise keyword(
                    where, "unevaluatedProperties", "which properties it means is not seen from here"
                )
        self._required = self._with_dependencies()

    def __iter__(self) -> Iterator[tuple[str, tuple[Part, ...], bool]]:
        made = self._made
        names: dict[str, None] = {}
        for part in made.all_of("properties"):
            names |= dict.fromkeys(part.schema["properties"])
        names |= dict.fromkeys(self._required)
        told = 0
        for name in names:
            required = name in self._required
            where = made.required.get(name, made.parts[0].pointer)
            if name in self._without:
                if required:
                    raise Refused("nothing", where, f"`{name}` is required and must not be there")
                continue
            parts = self._parts(name)
            if any(part.schema is False for part in parts) or not self._may_be_called(name):
                if required:
                    raise Refused("nothing", where, f"`{name}` is required and not allowed")
                continue
            told += 1
            yield name, parts or (Part(True, self._place(name)),), required
        wanted = max(made.min_properties - told, 0) or int(told == 0 and self._asks_for_more())
        if wanted:
            yield from self._invented(wanted, set(names))

    def require_count(self, count: int) -> None:
        """Raises Refused where ``count`` properties are too few or too many."""
        made, pointer = self._made, self._made.parts[0].pointer
        if count < made.min_properties:
            cause = f"only {count} properties can be made of {made.min_properties} at least"
            raise keyword(pointer, "minProperties", cause)
        if made.max_properties is not None and count > made.max_properties:
            raise Refused(
                "nothing", pointer, f"{count} properties are required, {made.max_properties} are allowed"
            )

    def _place(self, name: str) -> str:
        return self._made.required.get(name, self._made.parts[0].pointer)

    def _with_dependencies(self) -> set[str]:
        """The names that must be there; those that others bring with them, too."""
        required = set(self._made.required)
        lists: list[tuple[str, list[str]]] = []
        present = {n for part in self._made.all_of("properties") for n in part.schema["properties"]}
        for word in ("dependentRequired", "dependencies"):
            for part in self._made.all_of(word):
                given = part.schema[word]
                for name, others in given.items() if isinstance(given, dict) else ():
                    if isinstance(others, str):
                        others = [others]  # noqa: PLW2901 -- an old spelling of the same
                    if isinstance(others, list):
                        lists.append((name, others))
        for _ in range(len(lists) + 1):
            for name, others in lists:
                if name in required or (name in present and name not in self._without):
                    required |= set(others)
                    present |= set(others)
        return required

    def _parts(self, name: str) -> tuple[Part, ...]:
        """What every clause says about the property ``name``."""
        found: list[Part] = []
        for part in self._made.parts:
            schema = part.schema
            if not isinstance(schema, dict):
                continue
            known = False
            declared = schema.get("properties")
            if isinstance(declared, dict) and name in declared:
                found.append(part.below("properties", name))
                known = True
            for pattern in schema.get("patternProperties", ()):
                if self._matches(pattern, name, part):
                    found.append(part.below("patternProperties", pattern))
                    known = True
            if not known and "additionalProperties" in schema:
                found.append(part.below("additionalProperties"))
            elif not known and "unevaluatedProperties" in schema and not self._evaluated(name, part):
                found.append(part.below("unevaluatedProperties"))
        return tuple(found)

    def _evaluated(self, name: str, outer: Part) -> bool:
        """Whether another clause than ``outer`` knows ``name``. (``outer`` is the first: all belong to
        it.)"""
        for part in self._made.parts:
            if part is not outer and isinstance(part.schema, dict):
                if name in part.schema.get("properties", ()) or "additionalProperties" in part.schema:
                    return True
                if any(self._matches(p, name, part) for p in part.schema.get("patternProperties", ())):
                    return True
        return False

    def _matches(self, pattern: str, name: str, part: Part) -> bool:
        try:
            return as_python(pattern).search(name) is not None
        except RegexProblem as problem:
            where = part.below("patternProperties", pattern).pointer
            raise Refused("pattern", where, problem.message, pattern=pattern) from None

    def _may_be_called(self, name: str) -> bool:
        clauses = self._made.all_of("propertyNames")
        return all(self._resources.valid(part.below("propertyNames"), name) for part in clauses)

    def _asks_for_more(self) -> bool:
        words = self._made.all_of("patternProperties")
        described = any(part.schema["patternProperties"] for part in words)
        return described or any(
            isinstance(p.schema["additionalProperties"], dict)
            for p in self._made.all_of("additionalProperties")
        )

    def _invented(self, wanted: int, taken: set[str]) -> Iterator[tuple[str, tuple[Part, ...], bool]]:
        """Names for properties of a map, which has none of its own."""
        for name in self._candidates():
            if wanted <= 0:
                return
            if name in taken or not self._may_be_called(name):
                continue
            parts = self._parts(name)
            if any(part.schema is False for part in parts):
                continue
            taken.add(name)
            wanted -= 1
            yield name, parts or (Part(True, self._made.parts[0].pointer),), False

    def _candidates(self) -> Iterator[str]:
        for part in self._made.all_of("patternProperties"):
            for pattern in part.schema["patternProperties"]:
                yield from _drawn(pattern)
        for part in self._made.all_of("propertyNames"):
            names = part.schema["propertyNames"]
            if isinstance(names, dict):
                yield from (n for n in names.get("enum", ()) if isinstance(n, str))
                if isinstance(names.get("pattern"), str):
                    yield from _drawn(names["pattern"])
        for at in range(1, 20):
            yield _INVENTED.format(at)


def _drawn(pattern: str) -> Iterator[str]:
    import numpy as np

    try:
        if as_python(pattern).search("key_1"):
            yield from (_INVENTED.format(at) for at in range(1, 9))
        found = drawable(pattern, 1, 40)
    except RegexProblem:
        return
    size = min(found.size, 2**62)
    places = sorted({(at * 0x9E3779B97F4A7C15 + 12345) % size for at in range(16)})
    yield from map(str, found.at(np.array(places, dtype=np.int64)).to_pylist())
