"""Schemas lowered to the forms of columns: one place after another, from the root inwards.

``Lowering.place`` lowers all schemas that hold for one place: each of their alternatives to a form of its
own, all of them to one (see ``combining``). An alternative that cannot be carried is left out where another
can be. What is inside arrays and objects: ``array_lowering``, ``object_lowering``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from specdsl.importers.json_schema.alternatives import Alternative, alternatives
from specdsl.importers.json_schema.array_lowering import ArrayLowering
from specdsl.importers.json_schema.asked import asked_for
from specdsl.importers.json_schema.breaking import breaks, listed
from specdsl.importers.json_schema.combining import MOST_MEMBERS, combined, constant
from specdsl.importers.json_schema.conjunction import (
    KINDS,
    SAYING_NOTHING,
    Clause,
    Merged,
    declared_kinds,
    hinted_kind,
    merged,
)
from specdsl.importers.json_schema.contradiction import against
from specdsl.importers.json_schema.declared import DeclaredTypes
from specdsl.importers.json_schema.lowered import ANY, Lowered
from specdsl.importers.json_schema.numbers import integer_form, number_form
from specdsl.importers.json_schema.object_lowering import ObjectLowering
from specdsl.importers.json_schema.places import Place, Trail, key_of
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.json_schema.strings import Strings
from specdsl.importers.json_schema.telling import Note, Telling, by_name
from specdsl.importers.json_schema.texts import kind_of
from specdsl.importers.model import Scalar
from specdsl.importers.propernames import string_by_name

_MOST_PLACES = 6_000
_MANY_PLACES = 500  # from here on only what is required is looked at, and one branch of each choice
_NESTED = 40
_PREFERRED = ("object", "array", "string", "integer", "number", "boolean")


class Lowering:
    """One run over one document. ``telling`` has what was narrowed or left out; ``declared`` the declared
    types, which get none of the names that are ``taken``."""

    def __init__(self, resources: Resources, taken: frozenset[str] = frozenset()) -> None:
        self.telling = Telling(resources)
        self.declared = DeclaredTypes(resources, taken)
        self._resources = resources
        self._arrays = ArrayLowering(self.telling, self.declared, self.place)
        self._objects = ObjectLowering(resources, self.telling, self.declared, self.place)
        self._strings = Strings(resources)
        self._seen: dict[tuple[frozenset[str], str, int], Lowered] = {}
        self._places = 0

    def root(self, name: str, part: Part | None = None) -> Lowered:
        """The whole document's schema, or ``part``; ``name`` is its table's. Raises Refused."""
        start = part or self._resources.root
        self.declared.reserve(name, start.pointer)
        self._places = self.telling.fields = 0
        return self._lowered((start,), "", Trail())

    def place(self, parts: tuple[Part, ...], name: str, trail: Trail) -> Lowered:
        """The form of the place where all of ``parts`` hold, for a member called ``name``. Raises Refused."""
        key = key_of(parts, self._resources)
        if key and (around := trail.find(key)) is not None:
            return self.declared.inside_itself(around)
        made = self.declared.known.get(key) or self._seen.get((key, name, trail.depth))
        if made is None:
            outer = self.telling.inside()
            try:
                made = self._new_place(key, parts, name, trail)
            finally:
                self.telling.outside(outer)
        self.telling.absorb(made.exact, made.comments)
        return made

    def _new_place(self, key: frozenset[str], parts: tuple[Part, ...], name: str, trail: Trail) -> Lowered:
        if len(trail.places) > _NESTED:
            raise Refused("recursive", parts[0].pointer, f"it is nested more than {_NESTED} deep")
        place = Place(key, parts, name)
        defined = self.declared.definition(parts)
        inner = trail.with_place(place)
        made = self._lowered(parts, defined or name, inner.restarted() if defined else inner)
        told = self.telling.here
        made = replace(made, exact=told.exact, comments=tuple(told.comments))
        if place.type:
            return self.declared.declare(place, made)
        if defined and self.declared.worth_a_type(made):
            return self.declared.share(defined, place, made)
        if not made.needs and not self.declared.open(made.form):
            self._seen[key, name, trail.depth] = made
        return made

    # --- alternatives ----------------------------------------------------------------------

    def _lowered(self, parts: tuple[Part, ...], name: str, trail: Trail) -> Lowered:
        self._places += 1
        self._objects.required_only = self._places > _MANY_PLACES
        if self._places > _MOST_PLACES:
            raise keyword(parts[0].pointer, "schema", "its branches make too many combinations to try")
        opened = alternatives(parts, self._resources)
        found, problem = opened.found, opened.problem
        if not opened.all:
            note = Note("not every combination of its branches", "there are too many; each branch occurs")
            self.telling.narrowed(parts[0].pointer, note)
        nullable = self._nullable(found, parts)
        made: list[Lowered] = []
        problems: list[Refused] = [problem] if problem else []
        for one in found:
            mark = self.telling.mark()
            if made and self._places > _MANY_PLACES:
                note = Note(f"{len(made)} of its {len(found)} branches", "the schema is very large")
                self.telling.narrowed(parts[0].pointer, note)
                break
            try:
                made.append(self._alternative(one, parts, name, trail))
            except Refused as refused:
                problems.append(refused)
                self.telling.undo(mark)
        if not made:
            if nullable:
                return Lowered(Scalar("json", '"null"'), "null", constants=(None,))
            said = [p for p in problems if p.kind != "nothing"]
            raise (said or problems or [Refused("nothing", parts[0].pointer, "its clauses leave nothing")])[0]
        for left in problems:
            if left.kind != "nothing":
                self.telling.narrowed(left.pointer, Note("a branch is never made", left.cause))
        free = [one for one in made if not one.needs]
        return replace(
            combined([*free, *(one for one in made if one.needs)], parts[0].pointer), nullable=nullable
        )

    def _alternative(self, one: Alternative, parts: tuple[Part, ...], name: str, trail: Trail) -> Lowered:
        source = next((c for c in one.clauses if listed(c.schema) is not None), None)
        if source is not None:
            return self._constant(source, one, parts)
        if not one.clauses and not one.tried:
            known = string_by_name(name)
            if known is None:
                return ANY
            self.telling.narrowed(parts[0].pointer, by_name(name, "texts of its kind alone"))
            return Lowered(Scalar("string", known.value), "string")
        made = merged(one.clauses, one.tried)
        kinds = [k for k in _PREFERRED if k in made.kinds]
        if "number" in kinds and "integer" in kinds:
            kinds.remove("integer")
        if not kinds:
            raise Refused("nothing", made.pointer, "it allows null alone")
        if len(kinds) == len(_PREFERRED) - 1:
            hinted = hinted_kind(made)
            if hinted is None and not one.tried and "null" in made.kinds:
                return ANY
            kinds = [hinted] if hinted else ["string", "number", "boolean"]
            why = "the schema says no type, and its keywords are about that one" if hinted else "it says none"
            note = Note(f"{' or '.join(kinds)} alone, of all types", why, minor=True)
            self.telling.narrowed(made.pointer, note)
        found: list[Lowered] = []
        problems: list[Refused] = []
        for kind in kinds:
            mark = self.telling.mark()
            try:
                found.append(self._of_kind(kind, made, name, trail))
            except Refused as refused:
                problems.append(refused)
                self.telling.undo(mark)
        if not found:
            if len(kinds) == 1 and problems[0].kind == "nothing" and len(made.kinds) > 2:
                others = [k for k in _PREFERRED if k in made.kinds and k not in (*kinds, "integer")]
                return combined([self._of_kind(k, made, name, trail) for k in others[-3:]], made.pointer)
            raise problems[0]
        for left in problems:
            if left.kind != "nothing":
                self.telling.narrowed(left.pointer, Note("one of its types is never made", left.cause))
        return combined(found, made.pointer)

    def _constant(self, source: Clause, one: Alternative, parts: tuple[Part, ...]) -> Lowered:
        """The values that the clause ``source`` lists, as far as they satisfy all others."""
        values: list[Any] = listed(source.schema) or []
        told = [set(c.schema) - SAYING_NOTHING for c in one.clauses]
        alone = (
            not one.tried
            and len([words for words in told if words]) == 1
            and (told[0] <= {"enum", "type"} or told[0] <= {"const", "type"})
        )
        kinds = declared_kinds(source.part) or KINDS
        fit: list[Any] = []
        for value in values:
            if len(fit) == MOST_MEMBERS:
                why = "more would no longer be read"
                note = Note(f"{MOST_MEMBERS} of its {len(values)} values", why, "enum")
                self.telling.narrowed(source.pointer, note)
                break
            certain = alone and kind_of(value) in kinds
            if value is not None and (certain or self._resources.valid_for_all(parts, value)):
                fit.append(value)
        if not fit and None in values and self._resources.valid_for_all(parts, None):
            raise Refused("nothing", source.pointer, "it allows null alone")
        if not fit:
            word = "const" if "const" in source.schema else "enum"
            others = [p for p in one.clauses if p is not source]
            own = Clause(replace(source.part, schema={k: v for k, v in source.schema.items() if k != word}))
            related = against([own, *others], values, self._resources)
            cause = f"no value of its `{word}` satisfies the other clauses"
            raise Refused("nothing", f"{source.pointer}/{word}", cause, related)
        return constant(fit, source.pointer)

    def _nullable(self, found: list[Alternative], parts: tuple[Part, ...]) -> bool:
        """Whether null is said to be possible, not only not excluded."""
        said = False
        for one in found:
            for clause in one.clauses:
                kinds = declared_kinds(clause.part)
                values = listed(clause.schema)
                said |= kinds is not None and "null" in kinds and len(kinds) < len(KINDS)
                said |= values is not None and None in values
        return said and self._resources.valid_for_all(parts, None)

    def _of_kind(self, kind: str, made: Merged, name: str, trail: Trail) -> Lowered:
        asked = asked_for(kind, made, self._resources, self.telling.unheeded)
        if asked is not None:
            return Lowered(asked, "integer" if asked.type == "int" else kind)
        match kind:
            case "object":
                return self._proven(self._objects.form(made, trail), made)
            case "array":
                return self._proven(self._arrays.form(made, name, trail), made)
            case "boolean":
                fit = [v for v in (True, False) if self._resources.valid_for_all(made.parts, v)]
                return constant(fit, made.pointer)
            case "integer":
                form, notes = integer_form(made, name, self._resources)
            case "number":
                form, notes = number_form(made, name, self._resources)
                kind = "integer" if form.type == "int" else kind
            case _:
                form, notes = self._strings.form(made, name)
        for note in notes:
            self.telling.narrowed(made.pointer, note)
        return Lowered(form, kind)

    def _proven(self, found: Lowered, made: Merged) -> Lowered:
        """``found`` if nothing that is denied can be among its values."""
        typed = [*made.clauses, Clause(Part({"type": found.kind}, made.pointer, made=True))]
        for part in made.tried:
            if found.constants is not None:
                if not any(self._resources.valid(part, v) is False for v in found.constants):
                    continue
            elif breaks(typed, part.opposite(), self._resources):
                continue
            cause = f"nothing shows that values never satisfy {part.pointer or 'it'}, too"
            raise Refused("branch", part.pointer, cause, keyword=part.pointer.rpartition("/")[2] or "not")
        return found
