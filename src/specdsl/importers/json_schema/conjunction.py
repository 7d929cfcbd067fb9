"""Canonicalising: many schemas that hold at once, opened into clauses and merged into one set of bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from specdsl.importers.json_schema.problems import Refused, malformed
from specdsl.importers.json_schema.resources import Part

KINDS = ("object", "array", "string", "integer", "number", "boolean", "null")
SAYING_NOTHING = frozenset(
    {"$ref", "title", "description", "default", "examples", "$comment", "deprecated", "readOnly", "writeOnly"}
)
"""Words that ask for nothing."""

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_HINTS = {
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "unevaluatedProperties",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
    ),
    "array": (
        "items",
        "minItems",
        "maxItems",
        "uniqueItems",
        "prefixItems",
        "contains",
        "unevaluatedItems",
        "additionalItems",
    ),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "divisibleBy"),
}
_LEAST = {"minLength": "min_length", "minItems": "min_items", "minProperties": "min_properties"}
_MOST = {"maxLength": "max_length", "maxItems": "max_items", "maxProperties": "max_properties"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A schema that holds for a place, without its references and choices. ``inside``: the keys of the
    schemas around it that hold for the same place; what it says of properties and items counts as
    evaluated for those."""

    part: Part
    inside: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = self.part.schema
        return schema

    @property
    def pointer(self) -> str:
        return self.part.pointer

    def below(self, *names: str | int) -> Part:
        """A schema inside this one."""
        return self.part.below(*names)

    def counts_for(self, outer: Clause) -> bool:
        """Whether what this clause evaluates is evaluated for ``outer``'s ``unevaluated...`` words."""
        return not self.part.made and (self.part.key == outer.part.key or outer.part.key in self.inside)


def references(part: Part) -> list[str]:
    """The words of ``part`` that refer to another schema."""
    if not isinstance(part.schema, dict) or part.made:
        return []
    return [word for word in _REFERENCES if word in part.schema]


def branches(part: Part, word: str) -> list[Part]:
    """The branches of ``anyOf`` or ``oneOf``."""
    return [part.below(word, at) for at in range(len(_listed(part, word)))]


def _listed(part: Part, word: str) -> list[Any]:
    value = part.schema[word]
    if not isinstance(value, list):
        raise malformed(f"{part.pointer}/{word}", f"`{word}` must be a list of schemas")
    return value


@dataclass(slots=True)
class Merged:
    """All clauses that hold for one value. Bounds are (value, exclusive); ``prefix`` and ``items`` are of
    arrays; ``tried`` are denied parts that values have to be held against; ``where`` has the JSON Pointers of
    the bounds, by the field's name."""

    clauses: list[Clause]
    kinds: frozenset[str]
    tried: tuple[Part, ...] = ()
    low: tuple[Fraction, bool] | None = None
    high: tuple[Fraction, bool] | None = None
    multiples: list[Fraction] = field(default_factory=list)
    min_length: int = 0
    max_length: int | None = None
    patterns: list[tuple[str, str]] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    min_items: int = 0
    max_items: int | None = None
    unique: bool = False
    min_properties: int = 0
    max_properties: int | None = None
    required: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)

    @property
    def pointer(self) -> str:
        """Where it is told to be: the first clause that asks for something."""
        asking = (c.pointer for c in self.clauses if not c.schema.keys() <= SAYING_NOTHING)
        return next(asking, self.clauses[0].pointer if self.clauses else "")

    def at(self, *words: str) -> str:
        """Where the first of ``words`` that is said stands."""
        for word in words:
            for clause in self.all_of(word):
                return f"{clause.pointer}/{word}"
        return self.pointer

    @property
    def parts(self) -> list[Part]:
        """All that values are held against."""
        return [*(clause.part for clause in self.clauses), *self.tried]

    def all_of(self, word: str) -> Iterator[Clause]:
        """The clauses that have ``word``."""
        return (c for c in self.clauses if word in c.schema)


def merged(clauses: Sequence[Clause], tried: tuple[Part, ...] = ()) -> Merged:
    """``clauses`` as one. Raises Refused (nothing) where they contradict each other."""
    made = Merged(list(clauses), _kinds([c.part for c in clauses]), tried)
    for part in made.clauses:
        for word, value in part.schema.items():
            _take(made, part, word, value)
    if made.max_length is not None and made.min_length > made.max_length:
        _without(made, "string", "length", "minLength", "maxLength")
    if made.max_items is not None and made.min_items > made.max_items:
        _without(made, "array", "items", "minItems", "maxItems")
    if not made.kinds:
        raise Refused("nothing", made.pointer, "its clauses leave no type")
    return made


def _without(made: Merged, kind: str, what: str, least: str, most: str) -> None:
    """``made`` without ``kind``, whose bounds contradict each other."""
    made.kinds -= {kind}
    if not made.kinds:
        low, high = f"min_{what}", f"max_{what}"
        cause = f"`{least}` is {getattr(made, low)} and `{most}` is {getattr(made, high)}"
        related = ((made.where.get(low, made.pointer), "the least is here"),)
        raise Refused("nothing", made.where.get(high, made.pointer), cause, related)


def _kinds(parts: list[Part]) -> frozenset[str]:
    left = frozenset(KINDS)
    for at, part in enumerate(parts):
        if part.schema is False:
            raise Refused("nothing", part.pointer, "it is `false`")
        allowed = declared_kinds(part)
        if allowed is not None:
            if left and not (left & allowed):
                raise types_contradict(parts[:at], part)
            left &= allowed
    return left


def declared_kinds(part: Part) -> frozenset[str] | None:
    """What ``type`` allows, None where it is not there."""
    if not isinstance(part.schema, dict) or "type" not in part.schema:
        return None
    said = part.schema["type"]
    names = said if isinstance(said, list) else [said]
    found: set[str] = set()
    for name in names:
        if name == "any":
            return None
        if name not in KINDS:
            raise malformed(f"{part.pointer}/type", f"there is no type {json.dumps(name)}")
        found |= {"integer", "number"} if name == "number" else {name}
    return frozenset(found)


def types_contradict(earlier: Sequence[Part], part: Part) -> Refused:
    """``part`` allows no type that all of ``earlier`` allow."""
    mine = declared_kinds(part) or frozenset()
    related: tuple[tuple[str, str], ...] = ()
    for other in earlier:
        kinds = declared_kinds(other)
        if kinds is not None and not kinds & mine:
            related = ((_type(other), f"only {_listing(kinds)} here"),)
            break
    if not related:
        related = tuple(
            (_type(o), f"only {_listing(k)} here") for o in earlier if (k := declared_kinds(o)) is not None
        )
    cause = f"one clause allows {_listing(mine)} alone, another excludes that"
    return Refused("nothing", _type(part), cause, related)


def _type(part: Part) -> str:
    return part.pointer if part.made else f"{part.pointer}/type"


def _listing(kinds: frozenset[str]) -> str:
    names = sorted(kinds - ({"integer"} if "number" in kinds else set()))
    return " or ".join(names) if names else "nothing"


def hinted_kind(made: Merged) -> str | None:
    """The kind that the keywords are about, where no type says it."""
    for kind, words in _HINTS.items():
        if kind in made.kinds and any(next(made.all_of(word), None) for word in words):
            return kind
    return None


def _take(made: Merged, part: Clause, word: str, value: Any) -> None:
    where = f"{part.pointer}/{word}"
    match word:
        case "minimum":
            _raise_low(made, _number(value, where), part.schema.get("exclusiveMinimum") is True, where)
        case "exclusiveMinimum" if not isinstance(value, bool):
            _raise_low(made, _number(value, where), True, where)
        case "maximum":
            _cut_high(made, _number(value, where), part.schema.get("exclusiveMaximum") is True, where)
        case "exclusiveMaximum" if not isinstance(value, bool):
            _cut_high(made, _number(value, where), True, where)
        case "multipleOf" | "divisibleBy":
            made.multiples.append(_number(value, where))
            made.where["multiples"] = where
        case "pattern":
            if not isinstance(value, str):
                raise malformed(where, f"`{word}` must be a text")
            made.patterns.append((value, where))
        case "format" if isinstance(value, str):
            made.formats.append(value)
        case "properties" | "patternProperties" if not isinstance(value, dict):
            raise malformed(where, f"`{word}` must be an object")
        case "enum" if not isinstance(value, list):
            raise malformed(where, f"`{word}` must be a list")
        case "items" if isinstance(value, str | int | float | None) and not isinstance(value, bool):
            raise malformed(where, f"`{word}` must be a schema: an object or a boolean")
        case "uniqueItems":
            made.unique |= value is True
        case "required" if not isinstance(value, list | bool):
            raise malformed(where, f"`{word}` must be a list of names")
        case "required" if isinstance(value, list):
            for name in value:
                made.required.setdefault(str(name), where)
        case _ if word in _LEAST:
            _count_up(made, _LEAST[word], _count(value, where), where)
        case _ if word in _MOST:
            _count_down(made, _MOST[word], _count(value, where), where)


def _count_up(made: Merged, name: str, value: int, where: str) -> None:
    if value > getattr(made, name):
        setattr(made, name, value)
        made.where[name] = where


def _count_down(made: Merged, name: str, value: int, where: str) -> None:
    known = getattr(made, name)
    if known is None or value < known:
        setattr(made, name, value)
        made.where[name] = where


def _raise_low(made: Merged, value: Fraction, exclusive: bool, where: str) -> None:
    if made.low is None or (value, exclusive) > made.low:
        made.low = value, exclusive
        made.where["low"] = where


def _cut_high(made: Merged, value: Fraction, exclusive: bool, where: str) -> None:
    if made.high is None or (value, not exclusive) < (made.high[0], not made.high[1]):
        made.high = value, exclusive
        made.where["high"] = where


def _number(value: Any, where: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise malformed(where, f"`{where.rpartition('/')[2]}` must be a number")
    return Fraction(str(value))


def _count(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != int(value):
        raise malformed(where, f"`{where.rpartition('/')[2]}` must be a whole number, 0 or more")
    return int(value)
