"""The types that a spec declares: definitions of the source, and what is inside itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from specdsl.importers.json_schema.combining import as_document, names_in, with_null
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.places import Definitions, Place, meant
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.model import Form, Map, Named, Record, Scalar, Struct, Tuple, Type, Variant

_WORTH = 4  # a variant that draws more is a type of its own


class DeclaredTypes:
    """The types of one run by name, none of which has one of the names that are ``taken``."""

    def __init__(self, resources: Resources, taken: Iterable[str]) -> None:
        self.types: dict[str, Type] = {}
        self.known: dict[frozenset[str], Lowered] = {}
        self._resources = resources
        self._definitions = Definitions(taken=set(taken))
        self._root = self._start = ""

    def reserve(self, name: str, start: str = "") -> None:
        """``name`` is the table's, and that of the schema at ``start`` where that is inside itself."""
        self._definitions.taken.add(name)
        self._root, self._start = name, start

    def open(self, form: Form) -> bool:
        """Whether ``form`` names a type that is not yet complete."""
        return any(name not in self.types for name in names_in(form))

    def inside_itself(self, place: Place) -> Lowered:
        """A value of ``place`` inside ``place``."""
        if not place.type:
            wanted = self.definition(place.parts) or place.name or "Node"
            if any(meant(part, self._resources).pointer == self._start for part in place.parts):
                wanted = self._root
            place.type = self._definitions.name(wanted)
        return Lowered(Named(place.type), "mixed", needs=frozenset({place.type}), size=10)

    def declare(self, place: Place, made: Lowered) -> Lowered:
        """The type of a place that is inside itself. Raises Refused where it has no end."""
        if place.type in made.needs:
            cause = "every value of it contains another one"
            raise Refused("recursive", place.parts[0].pointer, cause)
        full = with_null(made)
        self.types[place.type] = Type(
            place.type,
            as_document(full.form),
            self.doc(place.parts),
            _depth(full.size),
            full.comments,
            meant(place.parts[0], self._resources).pointer,
        )
        done = Lowered(Named(place.type), full.kind, needs=full.needs, size=full.size, exact=full.exact)
        self.known[place.key] = done
        return done

    def definition(self, parts: tuple[Part, ...]) -> str:
        """The name of the definition that ``parts`` are a reference to and nothing else, '' where they are
        not."""
        if len(parts) != 1 or not isinstance(parts[0].schema, dict) or parts[0].made or parts[0].denied:
            return ""
        if "$ref" not in parts[0].schema:
            return ""
        above, _, name = meant(parts[0], self._resources).pointer.rpartition("/")
        fits = above.rpartition("/")[2] in ("$defs", "definitions", "schemas")
        return name.replace("~1", "/").replace("~0", "~") if fits else ""

    def worth_a_type(self, made: Lowered) -> bool:
        """Whether a definition that became ``made`` is more than a word of the language."""
        match made.form:
            case Struct() | Record():
                return True
            case Variant() | Tuple() | Map():
                return made.size > _WORTH
            case Scalar(type=kind, value=value):
                return kind != "json" and value not in ("", "null") and not made.nullable
        return False

    def share(self, defined: str, place: Place, made: Lowered) -> Lowered:
        """The type of the definition ``defined``, which became ``made``."""
        if self.open(made.form):
            made = replace(made, form=as_document(made.form))
        for name, known in self.types.items():
            if known.form == made.form and name.casefold() == _plain(defined).casefold():
                break
        else:
            name = self._definitions.name(defined)
            pointer = meant(place.parts[0], self._resources).pointer
            self.types[name] = Type(
                name, made.form, self.doc(place.parts), comments=made.comments, pointer=pointer
            )
        made = replace(made, comments=())
        if isinstance(made.form, Scalar):
            return replace(made, form=replace(made.form, shared=name))
        done = replace(made, form=Named(name))
        self.known[place.key] = done
        return done

    def item(self, form: Scalar, name: str) -> Scalar:
        """``form`` as a declared type, for lists of lists of it."""
        shared = next((n for n, t in self.types.items() if t.form == form), "")
        if not shared:
            shared = self._definitions.name(f"{name} item")
            self.types[shared] = Type(shared, form)
        return replace(form, shared=shared)

    def doc(self, parts: Sequence[Part], *, own: bool = False) -> str:
        """The description of ``parts`` or, unless it has to be their ``own``, of what they refer to."""
        for part in parts:
            for one in (part,) if own else (part, meant(part, self._resources)):
                said = one.schema.get("description") if isinstance(one.schema, dict) else None
                if isinstance(said, str):
                    return said
        return ""


def _plain(name: str) -> str:
    return "".join(c for c in name if c.isalnum())


def _depth(size: int) -> int:
    """How deep a type that draws ``size`` scalars may hold itself, 0 for as deep as the language says."""
    return 1 if size > 60 else 2 if size > 20 else 0
