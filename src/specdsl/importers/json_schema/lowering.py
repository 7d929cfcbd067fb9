"""Schemas lowered to the forms of columns: one place after another, from the root inwards.

``Lowering.place`` lowers all schemas that hold for one place: each of their alternatives to a form of its
own, all of them to one (see ``combining``). An alternative that cannot be carried is left out where another
can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from specdsl.diagnostics.importing import LeftOut
from specdsl.importers.emit import can_be_name, string_text
from specdsl.importers.json_schema.alternatives import Alternative, alternatives
from specdsl.importers.json_schema.arrays import MORE, Layout, layout
from specdsl.importers.json_schema.breaking import breaks, listed
from specdsl.importers.json_schema.combining import (
    MOST_MEMBERS,
    as_document,
    combined,
    constant,
    kind_of,
    names_in,
    with_null,
)
from specdsl.importers.json_schema.conjunction import KINDS, Merged, declared_kinds, hinted_kind, merged
from specdsl.importers.json_schema.distinct import distinct_items
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.numbers import integer_form, number_form
from specdsl.importers.json_schema.objects import Kind, Member, Members
from specdsl.importers.json_schema.places import SAYING_NOTHING, Definitions, Place, Trail, key_of, meant
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.json_schema.strings import Strings
from specdsl.importers.model import (
    Field,
    Finding,
    Form,
    Map,
    Named,
    Outcome,
    Record,
    Scalar,
    Struct,
    Tuple,
    Type,
    Variant,
)
from specdsl.importers.model import Sequence as ListOf
from specdsl.importers.propernames import string_by_name

_MOST_PLACES = 6_000
_MANY_PLACES = 500  # from here on only what is required is looked at, and one branch of each choice
_MOST_DRAWN = 400  # scalars of a type, those of the types that it names included
_MOST_FIELDS = 300  # fields of the whole spec
_DEEPEST = 5
_NESTED = 40
_WORTH = 4  # a variant that draws more is a type of its own
_ABSENT = 20  # in a hundred, of an optional property
_PREFERRED = ("object", "array", "string", "integer", "number", "boolean")
_ANY = Lowered(Scalar("json", "any_json()"), "mixed")


class Lowering:
    """One run over one document. ``findings`` tell what was narrowed or left out; ``types`` are the
    declared ones, which get none of the names that are ``taken``."""

    def __init__(self, resources: Resources, taken: frozenset[str] = frozenset()) -> None:
        self.resources = resources
        self.findings: list[Finding] = []
        self.types: dict[str, Type] = {}
        self.fields = 0
        self._strings = Strings(resources)
        self._definitions = Definitions(taken=set(taken))
        self._known: dict[frozenset[str], Lowered] = {}
        self._seen: dict[tuple[frozenset[str], str, int], Lowered] = {}
        self._places = 0
        self._root = ""

    def root(self, name: str) -> Lowered:
        """The whole document's schema; ``name`` is its table's. Raises Refused."""
        self._definitions.taken.add(name)
        self._root = name
        return self._lowered((self.resources.root,), "", Trail())

    def place(self, parts: tuple[Part, ...], name: str, trail: Trail) -> Lowered:
        """The form of the place where all of ``parts`` hold, for a member called ``name``. Raises Refused."""
        key = key_of(parts, self.resources)
        if key and (around := trail.find(key)) is not None:
            return self._inside_itself(around)
        if key in self._known:
            return self._known[key]
        seen = (key, name, trail.depth)
        if seen in self._seen:
            return self._seen[seen]
        if len(trail.places) > _NESTED:
            raise Refused("recursive", parts[0].pointer, f"it is nested more than {_NESTED} deep")
        place = Place(key, parts, name)
        defined = self._definition(parts)
        inner = trail.with_place(place)
        made = self._lowered(parts, defined or name, inner.restarted() if defined else inner)
        if place.type:
            return self._declared(place, made)
        if defined and self._worth_a_type(made):
            return self._shared(defined, key, made)
        if not made.needs and not self._open(made.form):
            self._seen[seen] = made
        return made

    def _open(self, form: Form) -> bool:
        """Whether ``form`` names a type that is not yet complete."""
        return any(name not in self.types for name in names_in(form))

    # --- declared types --------------------------------------------------------------------

    def _inside_itself(self, place: Place) -> Lowered:
        if not place.type:
            wanted = self._definition(place.parts) or place.name or "Node"
            if any(meant(part, self.resources).pointer == "" for part in place.parts):
                wanted = self._root
            place.type = self._definitions.name(wanted)
        return Lowered(Named(place.type), "mixed", needs=frozenset({place.type}), size=10)

    def _declared(self, place: Place, made: Lowered) -> Lowered:
        """The type of a place that is inside itself."""
        if place.type in made.needs:
            cause = "every value of it contains another one"
            raise Refused("recursive", place.parts[0].pointer, cause)
        full = with_null(made)
        self.types[place.type] = Type(
            place.type, as_document(full.form), self._doc(place.parts), _depth(full.size)
        )
        done = Lowered(Named(place.type), full.kind, needs=full.needs, size=full.size)
        self._known[place.key] = done
        return done

    def _definition(self, parts: tuple[Part, ...]) -> str:
        """The name of the definition that ``parts`` are a reference to and nothing else, '' where they are
        not."""
        if len(parts) != 1 or not isinstance(parts[0].schema, dict) or parts[0].made or parts[0].denied:
            return ""
        if "$ref" not in parts[0].schema:
            return ""
        above, _, name = meant(parts[0], self.resources).pointer.rpartition("/")
        fits = above.rpartition("/")[2] in ("$defs", "definitions", "schemas")
        return name.replace("~1", "/").replace("~0", "~") if fits else ""

    def _worth_a_type(self, made: Lowered) -> bool:
        match made.form:
            case Struct() | Record():
                return True
            case Variant() | Tuple() | Map():
                return made.size > _WORTH
            case Scalar(type=kind, value=value):
                return kind != "json" and value not in ("", "null") and not made.nullable
        return False

    def _shared(self, defined: str, key: frozenset[str], made: Lowered) -> Lowered:
        if self._open(made.form):
            made = replace(made, form=as_document(made.form))
        for name, known in self.types.items():
            if known.form == made.form and name.casefold() == self._plain(defined).casefold():
                break
        else:
            name = self._definitions.name(defined)
            self.types[name] = Type(name, made.form, "")
        if isinstance(made.form, Scalar):
            return replace(made, form=replace(made.form, shared=name))
        done = replace(made, form=Named(name))
        self._known[key] = done
        return done

    def _plain(self, name: str) -> str:
        return "".join(c for c in name if c.isalnum())

    # --- alternatives ----------------------------------------------------------------------

    def _lowered(self, parts: tuple[Part, ...], name: str, trail: Trail) -> Lowered:
        self._places += 1
        if self._places > _MOST_PLACES:
            raise keyword(parts[0].pointer, "schema", "its branches make too many combinations to try")
        found, problem = alternatives(parts, self.resources)
        nullable = self._nullable(found, parts)
        made: list[Lowered] = []
        problems: list[Refused] = [problem] if problem else []
        for one in found:
            mark = len(self.findings), self.fields
            if made and self._places > _MANY_PLACES:
                self._narrowed(
                    parts[0].pointer, "only some of its branches are generated, as the schema is very large"
                )
                break
            try:
                made.append(self._alternative(one, parts, name, trail))
            except Refused as refused:
                problems.append(refused)
                del self.findings[mark[0] :]
                self.fields = mark[1]
        if not made:
            if nullable:
                return Lowered(Scalar("json", '"null"'), "null", constants=(None,))
            said = [p for p in problems if p.kind != "nothing"]
            raise (said or problems or [Refused("nothing", parts[0].pointer, "its clauses leave nothing")])[0]
        left = [p for p in problems if p.kind != "nothing"]
        if left:
            self._narrowed(left[0].pointer, f"a branch is never generated: {left[0].cause}")
        free = [one for one in made if not one.needs]
        return replace(
            combined([*free, *(one for one in made if one.needs)], parts[0].pointer), nullable=nullable
        )

    def _alternative(self, one: Alternative, parts: tuple[Part, ...], name: str, trail: Trail) -> Lowered:
        values = next((v for c in one.clauses if (v := listed(c.schema)) is not None), None)
        if values is not None:
            return self._constant(values, one, parts)
        if not one.clauses and not one.tried:
            known = string_by_name(name)
            return (
                Lowered(Scalar("string", known.value), "string", comments=(known.comment,)) if known else _ANY
            )
        made = merged(one.clauses, one.tried)
        kinds = [k for k in _PREFERRED if k in made.kinds]
        if "number" in kinds and "integer" in kinds:
            kinds.remove("integer")
        if not kinds:
            raise Refused("nothing", made.pointer, "it allows null alone")
        if len(kinds) == len(_PREFERRED) - 1:
            hinted = hinted_kind(made)
            if hinted is None and not one.tried and "null" in made.kinds:
                return _ANY
            kinds = [hinted] if hinted else ["string", "number", "boolean"]
        found: list[Lowered] = []
        problems: list[Refused] = []
        for kind in kinds:
            mark = len(self.findings), self.fields
            try:
                found.append(self._of_kind(kind, made, name, trail))
            except Refused as refused:
                problems.append(refused)
                del self.findings[mark[0] :]
                self.fields = mark[1]
        if not found:
            if len(kinds) == 1 and problems[0].kind == "nothing" and len(made.kinds) > 2:
                others = [k for k in _PREFERRED if k in made.kinds and k not in (*kinds, "integer")]
                return combined([self._of_kind(k, made, name, trail) for k in others[-3:]], made.pointer)
            raise problems[0]
        return combined(found, made.pointer)

    def _constant(self, values: list[Any], one: Alternative, parts: tuple[Part, ...]) -> Lowered:
        told = [set(c.schema) - SAYING_NOTHING for c in one.clauses]
        alone = (
            not one.tried
            and len([words for words in told if words]) == 1
            and told[0] <= {"enum", "const", "type"}
        )
        fit: list[Any] = []
        for value in values:
            if len(fit) == MOST_MEMBERS:
                self._narrowed(
                    one.clauses[0].pointer, f"only {MOST_MEMBERS} of its {len(values)} values are generated"
                )
                break
            if value is None or not (alone or self.resources.valid_for_all(parts, value)):
                continue
            fit.append(value)
        if not fit and None in values and self.resources.valid_for_all(parts, None):
            raise Refused("nothing", one.clauses[0].pointer, "it allows null alone")
        return constant(fit, one.clauses[0].pointer)

    def _nullable(self, found: list[Alternative], parts: tuple[Part, ...]) -> bool:
        """Whether null is said to be possible, not only not excluded."""
        said = False
        for one in found:
            for clause in one.clauses:
                kinds = declared_kinds(clause.part)
                values = listed(clause.schema)
                said |= kinds is not None and "null" in kinds and len(kinds) < len(KINDS)
                said |= values is not None and None in values
        return said and self.resources.valid_for_all(parts, None)

    def _of_kind(self, kind: str, made: Merged, name: str, trail: Trail) -> Lowered:
        match kind:
            case "object":
                return self._proven(self._object(made, trail), made)
            case "array":
                return self._proven(self._array(made, name, trail), made)
            case "boolean":
                fit = [v for v in (True, False) if self.resources.valid_for_all(made.parts, v)]
                return constant(fit, made.pointer)
            case "integer":
                form, comments = integer_form(made, name, self.resources)
            case "number":
                form, comments = number_form(made, name, self.resources)
                kind = "integer" if form.type == "int" else kind
            case _:
                form, comments = self._strings.form(made, name)
        for comment in comments:
            if comment.startswith("narrowed: "):
                self._narrowed(made.pointer, comment.removeprefix("narrowed: "))
        return Lowered(form, kind, comments=tuple(c.removeprefix("narrowed: ") for c in comments))

    def _proven(self, found: Lowered, made: Merged) -> Lowered:
        """``found`` if nothing that is denied can be among its values."""
        for part in made.tried:
            if found.constants is not None:
                if not any(self.resources.valid(part, v) is False for v in found.constants):
                    continue
            elif breaks(made.clauses, part.opposite(), self.resources):
                continue
            cause = f"nothing shows that values never satisfy {part.pointer or 'it'}, too"
            raise Refused("branch", part.pointer, cause, keyword=part.pointer.rpartition("/")[2] or "not")
        return found

    # --- arrays ----------------------------------------------------------------------------

    def _array(self, made: Merged, name: str, trail: Trail) -> Lowered:
        plan = layout(made)
        inner = name.removesuffix("s") if name.endswith("s") else name
        if plan.high == 0:
            return _empty_array()
        if plan.places:
            return self._tuple(plan, made, inner, trail)
        mark = len(self.findings), self.fields
        try:
            item = self._item(plan.rest or (), inner, trail, wanted=plan.low > 0)
        except Refused as problem:
            if plan.low > 0:
                raise
            del self.findings[mark[0] :]
            self.fields = mark[1]
            self._narrowed(
                made.pointer, f"only empty arrays are generated, as for its items: {problem.cause}"
            )
            return _empty_array()
        if made.unique and plan.high > 1:
            return distinct_items(item, plan.low, plan.high, made.pointer, self._narrowed)
        form = ListOf(self._nested(item.form, name), plan.low, plan.high)
        needs = item.needs if plan.low > 0 else frozenset[str]()
        return Lowered(form, "array", comments=item.comments, needs=needs, size=item.size)

    def _tuple(self, plan: Layout, made: Merged, name: str, trail: Trail) -> Lowered:
        items = [self._item(parts, name, trail, wanted=True) for parts in plan.places]
        rest: ListOf | None = None
        room = max(plan.high - len(items), 0)
        if room and plan.rest is not None and not made.unique:
            with suppress(Refused):
                more = self._item(plan.rest, name, trail, wanted=plan.low > len(items))
                rest = ListOf(self._nested(more.form, name), max(plan.low - len(items), 0), room)
        if rest is None and plan.low > len(items):
            if made.unique and plan.rest is not None:
                items += [
                    self._item(plan.rest, name, trail, wanted=True) for _ in range(plan.low - len(items))
                ]
            else:
                raise Refused("nothing", made.pointer, f"only {len(items)} items can be made")
        if made.unique:
            items = _apart(items, made.pointer)
        needs = frozenset(n for item in items for n in item.needs)
        size = sum(item.size for item in items)
        return Lowered(Tuple(tuple(item.form for item in items), rest), "array", needs=needs, size=size)

    def _nested(self, form: Form, name: str) -> Form:
        """Lists of lists draw by the type of the innermost items, as a value is drawn for one level."""
        if not isinstance(form, ListOf) or not isinstance(form.item, Scalar) or form.item.shared:
            return form
        if form.distinct and form.low > 1:
            raise keyword("", "uniqueItems", "lists in lists cannot be drawn distinct")
        wanted = f"{name} item"
        shared = next((n for n, t in self.types.items() if t.form == form.item), "")
        if not shared:
            shared = self._definitions.name(wanted)
            self.types[shared] = Type(shared, form.item)
        most = max(form.low, 1) if form.distinct else form.high
        return ListOf(replace(form.item, shared=shared), form.low, most)

    def _item(self, parts: tuple[Part, ...], name: str, trail: Trail, *, wanted: bool) -> Lowered:
        parts = tuple(p for p in parts if p.schema is not True or p.denied)
        if not parts:
            known = string_by_name(name)
            return Lowered(Scalar("string", known.value if known else "word()"), "string")
        if not wanted and trail.depth > _DEEPEST:
            raise keyword(parts[0].pointer, "items", f"it is nested more than {_DEEPEST} deep")
        return with_null(self.place(parts, name, trail))

    # --- objects ---------------------------------------------------------------------------

    def _object(self, made: Merged, trail: Trail) -> Lowered:
        members = Members(made, self.resources)
        fields: list[Field] = []
        inner: list[tuple[Member, Lowered]] = []
        every = list(members)
        least = waiting = sum(member.required for member in every)
        for member in every:
            waiting -= member.required
            room = made.max_properties is None or len(inner) < made.max_properties
            if not member.required:
                room = made.max_properties is None or len(inner) + waiting < made.max_properties
            if not room:
                if member.required:
                    cause = f"{least} properties are required, {made.max_properties} are allowed"
                    raise Refused("nothing", made.pointer, cause)
                self._left_out(member, f"`maxProperties` is {made.max_properties}")
                continue
            lowered = self._member(member, trail, inner)
            if lowered is not None:
                inner.append((member, lowered))
        missing = max(made.min_properties - sum(m.required for m, _ in inner), 0)
        for member, lowered in inner:
            absent = 0 if member.required else 0 if missing > 0 else 50 if _recurs(lowered) else _ABSENT
            missing -= not member.required
            fields.append(self._field(member, lowered, absent))
        maps = self._maps(made, members, trail, max(made.min_properties - len(inner), 0), len(inner))
        needs = frozenset(n for m, low in inner if m.required and not low.nullable for n in low.needs)
        size = sum(low.size for _, low in inner) + 2 * len(maps)
        odd = any(not can_be_name(f.name) for f in fields) or len({f.name.casefold() for f in fields}) < len(
            fields
        )
        if odd:
            return Lowered(_with_odd_names(fields, maps), "object", needs=needs, size=size)
        if maps:
            single = not fields and len(maps) == 1
            form: Form = maps[0] if single else Record(tuple(fields), tuple(maps))
            return Lowered(form, "object", needs=needs, size=size)
        if not fields:
            return Lowered(Scalar("json", '"{}"'), "object", constants=({},))
        return Lowered(Struct(tuple(fields)), "object", needs=needs, size=size)

    def _member(
        self, member: Member, trail: Trail, inner: Sequence[tuple[Member, Lowered]]
    ) -> Lowered | None:
        mark = len(self.findings), self.fields
        pointer = member.parts[0].pointer
        try:
            if not member.required:
                if self.fields >= _MOST_FIELDS:
                    raise keyword(
                        pointer, "properties", f"the spec has {_MOST_FIELDS} columns and fields by now"
                    )
                if self._places > _MANY_PLACES:
                    raise keyword(pointer, "properties", "the schema is very large")
                if trail.depth > _DEEPEST:
                    raise keyword(pointer, "properties", f"it is nested more than {_DEEPEST} deep")
            self.fields += 1
            made = self.place(member.parts, member.name, trail)
            if not member.required and sum(low.size for _, low in inner) + made.size > _MOST_DRAWN:
                raise keyword(pointer, "properties", f"more than {_MOST_DRAWN} values would be drawn")
        except Refused as problem:
            del self.findings[mark[0] :]
            self.fields = mark[1]
            if member.required:
                raise
            self._left_out(member, problem.cause)
            return None
        return made

    def _maps(self, made: Merged, members: Members, trail: Trail, wanted: int, have: int) -> list[Map]:
        """The members that the source does not name one by one: ``wanted`` at least."""
        found: list[Map] = []
        room = MORE if made.max_properties is None else made.max_properties - have
        kinds = list(members.kinds()) or (list(members.any_kind())[:1] if wanted or not have else [])
        for kind in kinds:
            if room <= 0:
                continue
            least = 0
            try:
                value = self._map_value(kind, trail)
                most = min(kind.names.count(), room, wanted + MORE)
                least = min(wanted, most)
                scalar = kind.names.scalar()
                found.append(Map(scalar, with_null(value).form, least, most))
                wanted -= least
                room -= most
            except Refused as problem:
                if wanted:
                    continue
                self._narrowed(made.pointer, f"members of a kind are never generated: {problem.cause}")
        if wanted > 0:
            can, least = made.min_properties - wanted, made.min_properties
            cause = f"only {can} properties can be made of {least} at least"
            raise keyword(made.pointer, "minProperties", cause)
        return found

    def _map_value(self, kind: Kind, trail: Trail) -> Lowered:
        if not kind.parts:
            return _ANY
        if trail.depth > _DEEPEST:
            raise keyword(kind.parts[0].pointer, "properties", f"it is nested more than {_DEEPEST} deep")
        return self.place(kind.parts, "", trail)

    def _field(self, member: Member, made: Lowered, absent: int) -> Field:
        form, nullable = made.form, made.nullable
        if nullable and (absent or not isinstance(form, Scalar | Struct | ListOf)):
            form, nullable = with_null(made).form, False
        if nullable and isinstance(form, Scalar) and form.type == "json" and not form.shared:
            form, nullable = with_null(made).form, False
        return Field(member.name, form, nullable, self._doc(member.parts), made.comments, absent=absent)

    # --- what is told ----------------------------------------------------------------------

    def _doc(self, parts: Sequence[Part]) -> str:
        for part in parts:
            for one in (part, meant(part, self.resources)):
                said: Any = one.schema.get("description") if isinstance(one.schema, dict) else None
                if isinstance(said, str):
                    return said
        return ""

    def _narrowed(self, pointer: str, message: str) -> None:
        span = self.resources.document.span(pointer)
        self.findings.append(Finding(Outcome.NARROWED, pointer, span, message))

    def _left_out(self, member: Member, cause: str) -> None:
        pointer = member.parts[0].pointer
        span = self.resources.document.span(pointer)
        said = LeftOut(span=span, pointer=pointer, cause=cause, property=member.name)
        self.findings.append(Finding(Outcome.LEFT_OUT, pointer, span, said.message(), said))


def _empty_array() -> Lowered:
    return Lowered(Scalar("json", '"[]"'), "array", constants=([],))


def _depth(size: int) -> int:
    """How deep a type that draws ``size`` scalars may hold itself, 0 for as deep as the language says."""
    return 1 if size > 60 else 2 if size > 20 else 0


def _recurs(made: Lowered) -> bool:
    return isinstance(made.form, Named) and bool(made.needs)


def _apart(items: list[Lowered], pointer: str) -> list[Lowered]:
    """``items`` of an array whose items all differ: of different kinds, or with constants that others do
    not have."""
    found: list[Lowered] = []
    for item in items:
        options = [*item.alternatives, item] if item.alternatives else [item]
        for option in options:
            if option.constants is not None:
                values = [v for v in option.constants if all(_differs(v, one) for one in found)]
                if values:
                    found.append(constant(values[:1], pointer))
                    break
            elif option.kind != "mixed" and all(option.kind != one.kind for one in found):
                found.append(option)
                break
        else:
            raise keyword(pointer, "uniqueItems", "items of these kinds cannot be drawn distinct")
    return found


def _differs(value: Any, other: Lowered) -> bool:
    if other.constants is None:
        return other.kind not in ("mixed", *_kinds_of(value))
    return all(value != v or isinstance(value, bool) != isinstance(v, bool) for v in other.constants)


def _kinds_of(value: Any) -> tuple[str, ...]:
    kind = kind_of(value)
    return ("integer", "number") if kind in ("integer", "number") else (kind,)


def _with_odd_names(fields: list[Field], maps: list[Map]) -> Record:
    """A record in which fields that have a name which no column can have are maps of one member."""
    plain: list[Field] = []
    odd: list[Map] = []
    for one in fields:
        same = any(one.name.casefold() == other.name.casefold() for other in plain)
        if can_be_name(one.name) and not same:
            plain.append(one)
        else:
            odd.append(Map(Scalar("string", string_text(one.name), 1), one.form, 0 if one.absent else 1, 1))
    return Record(tuple(plain), (*odd, *maps))
