"""Objects lowered: structs, records, maps."""

from __future__ import annotations

from dataclasses import replace

from specdsl.importers.emit import can_be_name, string_text
from specdsl.importers.json_schema.array_lowering import Lower
from specdsl.importers.json_schema.arrays import MORE
from specdsl.importers.json_schema.combining import with_null
from specdsl.importers.json_schema.conjunction import Merged
from specdsl.importers.json_schema.contradiction import bounds_contradict
from specdsl.importers.json_schema.declared import DeclaredTypes
from specdsl.importers.json_schema.lowered import ANY, Lowered
from specdsl.importers.json_schema.objects import Kind, Member, Members
from specdsl.importers.json_schema.places import DEEPEST, Trail
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.json_schema.telling import Note, Telling
from specdsl.importers.model import Field, Form, Map, Named, Record, Scalar, Struct
from specdsl.importers.model import Sequence as ListOf

_MOST_DRAWN = 400  # scalars of a type, those of the types that it names included
_MOST_FIELDS = 300  # fields of the whole spec
_ABSENT = 20  # in a hundred, of an optional property


class ObjectLowering:
    """The objects of one run. ``place`` lowers what is inside them."""

    def __init__(self, resources: Resources, telling: Telling, declared: DeclaredTypes, place: Lower) -> None:
        self._resources = resources
        self._telling = telling
        self._declared = declared
        self._place = place
        self.required_only = False  # set where the schema turns out very large

    def form(self, made: Merged, trail: Trail) -> Lowered:
        """Objects that satisfy ``made``. Raises Refused."""
        if made.max_properties is not None and made.min_properties > made.max_properties:
            cause = f"`minProperties` is {made.min_properties} and `maxProperties` is {made.max_properties}"
            raise bounds_contradict(made, "min_properties", "max_properties", cause)
        members = Members(made, self._resources)
        inner = self._chosen(made, list(members), trail)
        fields: list[Field] = []
        missing = max(made.min_properties - sum(m.required for m, _ in inner), 0)
        for member, lowered in inner:
            absent = 0 if member.required else 0 if missing > 0 else 50 if _recurs(lowered) else _ABSENT
            missing -= not member.required
            fields.append(self._field(member, lowered, absent))
        maps = self._maps(made, members, trail, max(made.min_properties - len(inner), 0), len(inner))
        if not maps and members.open() and (made.max_properties is None or len(inner) < made.max_properties):
            note = Note("no properties but those it names", "the schema says nothing of others", minor=True)
            self._telling.narrowed(made.pointer, note)
        needs = frozenset(n for m, low in inner if m.required and not low.nullable for n in low.needs)
        size = sum(low.size for _, low in inner) + 2 * len(maps)
        return Lowered(
            _object_form(fields, maps),
            "object",
            ({},) if not fields and not maps else None,
            needs=needs,
            size=size if fields or maps else 1,
        )

    def _chosen(self, made: Merged, every: list[Member], trail: Trail) -> list[tuple[Member, Lowered]]:
        """The members that are made."""
        inner: list[tuple[Member, Lowered]] = []
        least = waiting = sum(member.required for member in every)
        for member in every:
            waiting -= member.required
            room = made.max_properties is None or len(inner) < made.max_properties
            if not member.required:
                room = made.max_properties is None or len(inner) + waiting < made.max_properties
            if not room:
                if member.required:
                    cause = f"{least} properties are required, and {made.max_properties} allowed"
                    where = made.where.get("max_properties", made.pointer)
                    other = (made.required.get(member.name, made.pointer), "they are required here")
                    raise Refused("nothing", where, cause, related=(other,))
                cause = f"`maxProperties` is {made.max_properties}"
                self._telling.left_out(member.name, member.parts[0].pointer, cause)
                continue
            lowered = self._member(member, trail, sum(low.size for _, low in inner))
            if lowered is not None:
                inner.append((member, lowered))
        return inner

    def _member(self, member: Member, trail: Trail, drawn: int) -> Lowered | None:
        """A member of an object of which ``drawn`` scalars are made by now; None where it is left out."""
        mark = self._telling.mark()
        outer = self._telling.inside()
        pointer = member.parts[0].pointer
        try:
            if not member.required:
                self._require_room(pointer, trail)
            self._telling.fields += 1
            made = self._place(member.parts, member.name, trail)
            if not member.required and drawn + made.size > _MOST_DRAWN:
                raise keyword(pointer, "properties", f"more than {_MOST_DRAWN} values would be drawn")
        except Refused as problem:
            self._telling.outside(outer)
            self._telling.undo(mark)
            if member.required:
                raise
            invalid = "its schema is not valid: " if problem.kind == "schema" else ""
            self._telling.left_out(member.name, pointer, invalid + problem.cause)
            return None
        told = self._telling.outside(outer)
        self._telling.properties.append((pointer, told.exact))
        return replace(made, comments=tuple(told.comments))

    def _require_room(self, pointer: str, trail: Trail) -> None:
        if self._telling.fields >= _MOST_FIELDS:
            raise keyword(pointer, "properties", f"the spec has {_MOST_FIELDS} columns and fields by now")
        if self.required_only:
            raise keyword(pointer, "properties", "the schema is very large")
        if trail.depth > DEEPEST:
            raise keyword(pointer, "properties", f"it is nested more than {DEEPEST} deep")

    def _maps(self, made: Merged, members: Members, trail: Trail, wanted: int, have: int) -> list[Map]:
        """The members that the source does not name one by one: ``wanted`` at least."""
        found: list[Map] = []
        room = MORE if made.max_properties is None else made.max_properties - have
        kinds = list(members.kinds()) or (list(members.any_kind())[:1] if wanted or not have else [])
        for kind in kinds:
            if room <= 0:
                self._never(made, kind, "there are enough others")
                continue
            mark = self._telling.mark()
            try:
                value = self._map_value(kind, trail)
                most = min(kind.names.count(), room, wanted + MORE)
                least = min(wanted, most)
                found.append(Map(kind.names.scalar(), with_null(value).form, least, most))
                wanted -= least
                room -= most
            except Refused as problem:
                self._telling.undo(mark)
                self._never(made, kind, problem.cause)
        if wanted > 0:
            can, least = made.min_properties - wanted, made.min_properties
            cause = f"only {can} properties can be made of {least} at least"
            raise keyword(made.where["min_properties"], "minProperties", cause)
        if found:
            most = sum(one.high for one in found)
            members_most = "1 member" if most == 1 else f"{most} members"
            why = "names of a shape that the schema allows, as many as can be read"
            self._telling.narrowed(
                made.pointer, Note(f"at most {members_most} that it does not name", why, minor=True)
            )
        return found

    def _never(self, made: Merged, kind: Kind, cause: str) -> None:
        example = next(iter(kind.names.samples()), "")
        where = kind.parts[0].pointer if kind.parts else made.pointer
        self._telling.narrowed(where, Note(f"no members such as `{example}`", cause))

    def _map_value(self, kind: Kind, trail: Trail) -> Lowered:
        if not kind.parts:
            return ANY
        if trail.depth > DEEPEST:
            raise keyword(kind.parts[0].pointer, "properties", f"it is nested more than {DEEPEST} deep")
        return self._place(kind.parts, "", trail)

    def _field(self, member: Member, made: Lowered, absent: int) -> Field:
        form, nullable = made.form, made.nullable
        if nullable and (absent or not isinstance(form, Scalar | Struct | ListOf)):
            form, nullable = with_null(made).form, False
        if nullable and isinstance(form, Scalar) and form.type == "json" and not form.shared:
            form, nullable = with_null(made).form, False
        typed = isinstance(form, Named) or (isinstance(form, Scalar) and form.shared != "")
        doc = self._declared.doc(member.parts, own=typed)
        if isinstance(form, Named) and form.name in self._declared.types:
            doc = "" if doc == self._declared.types[form.name].doc else doc
        return Field(member.name, form, nullable, doc, made.comments, absent=absent)


def _recurs(made: Lowered) -> bool:
    return isinstance(made.form, Named) and bool(made.needs)


def _object_form(fields: list[Field], maps: list[Map]) -> Form:
    names = {one.name.casefold() for one in fields}
    if any(not can_be_name(one.name) for one in fields) or len(names) < len(fields):
        return _with_odd_names(fields, maps)
    if maps:
        return maps[0] if not fields and len(maps) == 1 else Record(tuple(fields), tuple(maps))
    return Struct(tuple(fields)) if fields else Scalar("json", '"{}"')


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
