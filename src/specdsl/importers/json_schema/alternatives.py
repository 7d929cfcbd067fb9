"""Canonicalising, the first half: all that holds for one place as alternatives without any choice left in
them.

``alternatives`` opens references and ``allOf``, and goes through the choices: branches of ``anyOf`` and
``oneOf``, the cases of ``if``, what is denied by ``not``, what properties bring with them. Where all
combinations would be too many, every branch comes up at least once, each time with one choice of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from specdsl.importers.json_schema.breaking import breaks
from specdsl.importers.json_schema.conjunction import (
    SAYING_NOTHING,
    Clause,
    branches,
    declared_kinds,
    references,
    types_contradict,
)
from specdsl.importers.json_schema.negation import ways_to_break
from specdsl.importers.json_schema.problems import Refused, malformed
from specdsl.importers.json_schema.resources import Part, Resources

_ALL = 12  # alternatives that are listed with all combinations
_STEPS = 800


@dataclass(frozen=True, slots=True)
class Alternative:
    """What holds at once. ``tried``: denied parts that only values themselves can be held against."""

    clauses: tuple[Clause, ...]
    tried: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Option:
    pointer: str
    parts: tuple[Part, ...]
    tried: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[_Option, ...]
    inside: tuple[str, ...]
    denied: Part | None = None


@dataclass(frozen=True, slots=True)
class _State:
    clauses: tuple[Clause, ...] = ()
    seen: frozenset[str] = frozenset()
    choices: tuple[_Choice, ...] = ()
    tried: tuple[Part, ...] = ()
    kinds: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """``found``: the alternatives without those that contradict themselves; ``problem``: why the first of
    those does; ``all``: whether these are all, not only so many that each branch comes up."""

    found: list[Alternative]
    problem: Refused | None
    all: bool = True


def alternatives(parts: Sequence[Part], resources: Resources) -> Alternatives:
    """The alternatives for the place where all of ``parts`` hold. Raises Refused where a part is no
    schema."""
    return _Opening(resources).run(parts)


class _Opening:
    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._steps = 0
        self._problem: Refused | None = None

    def run(self, parts: Sequence[Part]) -> Alternatives:
        start = self._opened(_State(), parts, ())
        if start is None:
            return Alternatives([], self._problem)
        found: dict[tuple[str, ...], Alternative] = {}
        exhausted = True
        for one in self._all(start, 0):
            if len(found) == _ALL:
                exhausted = False
                break
            found.setdefault(_name(one), one)
        if not exhausted:
            found.clear()
            for turn in range(_ALL * 4):
                for one in self._all(start, turn):
                    found.setdefault(_name(one), one)
                    break
                else:
                    break
                if len(found) >= _ALL * 2:
                    break
        return Alternatives(list(found.values()), self._problem, exhausted and self._steps <= _STEPS)

    def _all(self, state: _State, turn: int) -> Iterator[Alternative]:
        """Every alternative; ``turn`` says with which option of each choice it begins."""
        self._steps += 1
        if self._steps > _STEPS:
            return
        at = 0
        while at < len(state.choices) and self._denied_already(state, state.choices[at]):
            at += 1
        if at:
            state = replace(state, choices=state.choices[at:])
        if not state.choices:
            yield Alternative(state.clauses, state.tried)
            return
        choice, *rest = state.choices
        state = replace(state, choices=tuple(rest))
        options = [o for o in self._options(choice) if self._possible(o, state.kinds)]
        if not options and choice.denied is not None:
            above = choice.denied.pointer.rpartition("/")[0]
            if above.endswith("/oneOf"):
                cause = "what satisfies one of its branches satisfies this one, too"
            else:
                cause = "all that its other clauses allow is what must not be"
            others = [c.pointer for c in state.clauses if c.schema.keys() - SAYING_NOTHING - {"not", "oneOf"}]
            self._because(choice.denied.pointer, cause, [(at, "this allows nothing else") for at in others])
        for at in range(len(options)):
            option = options[(at + turn) % len(options)]
            taken = replace(state, tried=(*state.tried, *option.tried))
            further = self._opened(taken, option.parts, choice.inside)
            if further is not None:
                yield from self._all(further, turn)

    def _denied_already(self, state: _State, choice: _Choice) -> bool:
        return choice.denied is not None and breaks(state.clauses, choice.denied, self._resources)

    def _options(self, choice: _Choice) -> tuple[_Option, ...]:
        """The options of ``choice``; what is denied is looked at only here, as most denials need nothing."""
        if choice.denied is None:
            return choice.options
        part = choice.denied.opposite()
        ways, others = ways_to_break(choice.denied, self._resources)
        options = [_Option(part.key, way) for way in ways]
        if others:
            options.append(_Option(f"{part.key} tried", (), (part,)))
        return tuple(options)

    def _opened(self, state: _State, parts: Sequence[Part], inside: tuple[str, ...]) -> _State | None:
        """``state`` with ``parts``, their references and what ``allOf`` holds; None where that is
        impossible."""
        clauses, choices, seen, kinds = list(state.clauses), list(state.choices), set(state.seen), state.kinds
        tried = list(state.tried)
        waiting = [(part, inside) for part in reversed(parts)]
        while waiting:
            part, around = waiting.pop()
            if part.denied:
                if part.key not in seen:
                    seen.add(part.key)
                    choices.append(_Choice((), (), part.opposite()))
                continue
            if part.schema is False:
                self._because(part.pointer, "it is `false`")
                return None
            if part.schema is True:
                continue
            if not isinstance(part.schema, dict):
                raise malformed(part.pointer, "a schema is an object or a boolean")
            if part.key in seen:
                clauses = [
                    replace(c, inside=tuple(dict.fromkeys((*c.inside, *around))))
                    if c.part.key == part.key
                    else c
                    for c in clauses
                ]
                continue
            seen.add(part.key)
            kinds = self._narrowed(kinds, part, clauses)
            if kinds is not None and not kinds:
                return None
            within = (*around, part.key)
            alone = "$ref" in part.schema and not self._resources.siblings_count and not part.made
            inner = [(self._resources.follow(part, word), within) for word in references(part)]
            if alone:
                waiting += reversed(inner)
                continue
            clauses.append(Clause(part, around))
            if "allOf" in part.schema:
                inner += [(one, within) for one in branches(part, "allOf")]
            waiting += reversed(inner)
            choices += [_Choice(tuple(options), within) for options in self._choices(part)]
        settled: list[_Choice] = []
        for choice in choices:
            if choice.denied is not None:
                settled.append(choice)
                continue
            left = tuple(o for o in choice.options if self._possible(o, kinds))
            if not left:
                where = choice.options[0].pointer if choice.options else part.pointer
                typed = [c.pointer for c in clauses if declared_kinds(c.part) is not None]
                related = [(f"{at}/type", "the type is said here") for at in typed]
                self._because(where, "none of its branches is possible here", related)
                return None
            settled.append(replace(choice, options=left))
        settled.sort(key=lambda choice: (choice.denied is not None, len(choice.options) > 1))
        return _State(tuple(clauses), frozenset(seen), tuple(settled), tuple(tried), kinds)

    def _narrowed(
        self, kinds: frozenset[str] | None, part: Part, earlier: Sequence[Clause]
    ) -> frozenset[str] | None:
        allowed = declared_kinds(part)
        if allowed is None:
            return kinds
        left = allowed if kinds is None else kinds & allowed
        if not left:
            self._problem = self._problem or types_contradict([c.part for c in earlier], part)
        return left

    def _possible(self, option: _Option, kinds: frozenset[str] | None) -> bool:
        """Whether the types of an option do not contradict the ``kinds`` that are left."""
        for part in option.parts:
            if part.denied:
                continue
            if part.schema is False:
                return False
            said = declared_kinds(part)
            if said is not None and kinds is not None and not said & kinds:
                return False
        return True

    def _because(self, pointer: str, cause: str, related: Sequence[tuple[str, str]] = ()) -> None:
        where = pointer.partition(" ")[0].lstrip("!")
        self._problem = self._problem or Refused("nothing", where, cause, related)

    # --- choices ---------------------------------------------------------------------------

    def _choices(self, part: Part) -> Iterator[list[_Option]]:
        """The choices that the keywords of ``part`` leave."""
        schema: dict[str, Any] = part.schema
        if "anyOf" in schema:
            yield [_Option(one.pointer, (one,)) for one in branches(part, "anyOf")]
        if "oneOf" in schema:
            found = branches(part, "oneOf")
            yield [
                _Option(one.pointer, (one, *(o.opposite() for o in found if o is not one))) for one in found
            ]
        if "if" in schema and ("then" in schema or "else" in schema):
            condition = part.below("if")
            then = (part.below("then"),) if "then" in schema else ()
            other = (part.below("else"),) if "else" in schema else ()
            yield [
                _Option(f"{part.pointer}/then", (condition, *then)),
                _Option(f"{part.pointer}/else", (condition.opposite(), *other)),
            ]
        if "not" in schema:
            yield [_Option(f"{part.pointer}/not", (part.below("not").opposite(),))]
        for word in ("dependentSchemas", "dependentRequired", "dependencies"):
            given = schema.get(word)
            for name, inner in given.items() if isinstance(given, dict) else ():
                where = f"{part.pointer}/{word}"
                others = [inner] if isinstance(inner, str) else inner if isinstance(inner, list) else []
                held: tuple[Part, ...] = (Part({"required": [name, *others]}, where, made=True),)
                if isinstance(inner, dict | bool):
                    held = (*held, part.below(word, name))
                spared = Part({"properties": {name: False}}, where, made=True)
                yield [_Option(f"{where}/{name}", held), _Option(f"{where} without {name}", (spared,))]


def _name(one: Alternative) -> tuple[str, ...]:
    return (*sorted(c.part.key for c in one.clauses), "", *sorted(p.key for p in one.tried))
