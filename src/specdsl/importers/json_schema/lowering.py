"""Merged schemas lowered to the forms of columns.

``Lowering.value`` lowers all schemas that hold for one place. Branches are tried in their order until one
can be
carried; what must not hold then (the other branches of ``oneOf``, ``not``, an ``if`` whose ``else`` was
taken) is
proven not to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from specdsl.diagnostics.importing import LeftOut
from specdsl.importers.emit import can_be_name, string_text
from specdsl.importers.json_schema.conjunction import Merged, branches, hinted_kind, merged, opened
from specdsl.importers.json_schema.disproof import never
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.numbers import integer_form, number_form
from specdsl.importers.json_schema.objects import Members
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.json_schema.strings import Strings
from specdsl.importers.model import Field, Finding, Form, Outcome, Scalar, Sequence, Struct

_MOST_ATTEMPTS = 5_000
_MOST_FIELDS = 300
_DEEPEST = 5
_MOST_MEMBERS = 200  # of a choice: more is no longer read by anybody
_ITEMS = 3  # how many items lists have beyond the least, where the schema says nothing
_SAYING_NOTHING = frozenset(
    {"$ref", "title", "description", "default", "examples", "$comment", "deprecated", "readOnly", "writeOnly"}
)
_PREFERRED = ("object", "array", "string", "integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class _Goal:
    """What must hold for one place. ``settled``: the choices already made, as pointers; ``against``: what
    must
    not hold; ``without``: properties that are not to be there; ``trail``: the places around this one."""

    parts: tuple[Part, ...]
    name: str
    trail: tuple[frozenset[str], ...]
    settled: frozenset[str] = frozenset()
    against: tuple[Part, ...] = ()
    without: frozenset[str] = frozenset()


class Lowering:
    """One run over one document. ``findings`` tell what was narrowed or left out; ``types`` are the shared
    definitions by name; they get none of the names that are ``taken``."""

    def __init__(self, resources: Resources, taken: frozenset[str] = frozenset()) -> None:
        self.resources = resources
        self._taken = taken
        self.findings: list[Finding] = []
        self.types: dict[str, Scalar] = {}
        self._strings = Strings(resources)
        self._attempts = 0
        self.fields = 0

    def root(self) -> Lowered:
        """The whole document's schema. Raises Refused."""
        return self._checked(_Goal((self.resources.root,), "", ()))

    def value(self, parts: tuple[Part, ...], name: str, trail: tuple[frozenset[str], ...]) -> Lowered:
        """What is lowered for the place where all of ``parts`` hold. Raises Refused."""
        nullable = self.resources.valid_for_all(parts, None)
        try:
            made = self._checked(_Goal(parts, name, trail))
        except Refused as problem:
            if nullable and problem.kind == "nothing":
                return Lowered(Scalar("string", "null"), "null", constants=[], nullable=True)
            raise
        if nullable and isinstance(made.form, Scalar) and made.form.type == "json":
            # verifying a built file takes a null among JSON documents for a value that was not drawn
            self._narrowed(parts[0].pointer, "null is never generated")
            return made
        return replace(made, nullable=nullable)

    # --- choices ---------------------------------------------------------------------------

    def _checked(self, goal: _Goal) -> Lowered:
        self._attempts += 1
        if self._attempts > _MOST_ATTEMPTS:
            raise keyword(goal.parts[0].pointer, "schema", "its branches make too many combinations to try")
        clauses = opened(goal.parts, self.resources)
        constants = self._constants(goal, clauses)
        if constants is not None:
            return constants
        for clause in clauses:
            options = self._options(goal, clause)
            if options is not None:
                return self._first(options, clause)
        made = self._form(goal, merged(clauses))
        for part in goal.against:
            if not never(made, part, self.resources):
                word = (
                    "not"
                    if part.pointer.endswith("/not")
                    else "if"
                    if part.pointer.endswith("/if")
                    else "oneOf"
                )
                cause = f"nothing shows that values never satisfy {part.pointer or 'it'}, too"
                raise Refused("branch", part.pointer, cause, keyword=word)
        return made

    def _options(self, goal: _Goal, clause: Part) -> list[tuple[_Goal, str]] | None:
        """The first choice of ``clause`` that is still open, as goals with a word on each; None for none."""
        schema = clause.schema
        if not isinstance(schema, dict):
            return None
        for word in ("anyOf", "oneOf"):
            mark = f"{clause.pointer}/{word}"
            if word in schema and mark not in goal.settled:
                settled = goal.settled | {mark}
                found = branches(clause, word)
                made = []
                for at, one in enumerate(found):
                    others = (o for i, o in enumerate(found) if word == "oneOf" and i != at)
                    against = (*goal.against, *others)
                    further = replace(goal, parts=(*goal.parts, one), settled=settled, against=against)
                    told = (
                        f"{mark}: only branch {at + 1} of {len(found)} is generated" if len(found) > 1 else ""
                    )
                    made.append((further, told))
                return made
        return self._conditions(goal, clause, schema)

    def _conditions(
        self, goal: _Goal, clause: Part, schema: dict[str, Any]
    ) -> list[tuple[_Goal, str]] | None:
        mark = f"{clause.pointer}/if"
        if "if" in schema and ("then" in schema or "else" in schema) and mark not in goal.settled:
            settled = goal.settled | {mark}
            condition = clause.below("if")
            then = [clause.below("then")] if "then" in schema else []
            other = [clause.below("else")] if "else" in schema else []
            held = replace(goal, parts=(*goal.parts, condition, *then), settled=settled)
            against = (*goal.against, condition)
            failed = replace(goal, parts=(*goal.parts, *other), settled=settled, against=against)
            told = f"{mark}: only the case is generated in which it"
            return [(held, f"{told} holds"), (failed, f"{told} does not hold")]
        mark = f"{clause.pointer}/not"
        if "not" in schema and mark not in goal.settled:
            denied = clause.below("not")
            further = replace(goal, settled=goal.settled | {mark}, against=(*goal.against, denied))
            names = denied.schema.get("required", ()) if isinstance(denied.schema, dict) else ()
            spared = [
                replace(further, without=goal.without | {name}) for name in names if isinstance(name, str)
            ]
            return [
                (further, ""),
                *((one, f"{mark}: one of its properties is never generated") for one in spared),
            ]
        for word in ("dependentSchemas", "dependencies"):
            given = schema.get(word)
            for name, inner in given.items() if isinstance(given, dict) else ():
                mark = f"{clause.pointer}/{word}/{name}"
                if isinstance(inner, dict | bool) and mark not in goal.settled:
                    settled = goal.settled | {mark}
                    held = replace(goal, parts=(*goal.parts, clause.below(word, name)), settled=settled)
                    spared_one = replace(goal, without=goal.without | {name}, settled=settled)
                    return [(held, ""), (spared_one, f"{mark}: `{name}` is never generated")]
        return None

    def _first(self, options: list[tuple[_Goal, str]], clause: Part) -> Lowered:
        """The first goal that can be reached."""
        problems: list[Refused] = []
        for goal, told in options:
            mark = len(self.findings), self.fields
            try:
                made = self._checked(goal)
            except Refused as problem:
                problems.append(problem)
                del self.findings[mark[0] :]
                self.fields = mark[1]
                continue
            if told and not (made.constants is None and made.kind == "null"):
                self._narrowed(told.partition(":")[0], told.partition(": ")[2])
            return made
        if not problems:
            raise keyword(clause.pointer, "anyOf", "it has no branch")
        said = [p for p in problems if p.kind != "nothing"]
        raise (said or problems)[0]

    # --- values ----------------------------------------------------------------------------

    def _constants(self, goal: _Goal, clauses: list[Part]) -> Lowered | None:
        """All values, where ``const`` or ``enum`` (or every branch of an ``anyOf``) lists them."""
        listed = next((found for c in clauses if (found := self._listed(c)) is not None), None)
        if listed is None:
            return None
        fit = [v for v in listed if v is not None]
        if len(fit) > _MOST_MEMBERS:
            self._narrowed(
                goal.parts[0].pointer, f"only {_MOST_MEMBERS} of its {len(fit)} values are generated"
            )
            fit = fit[:_MOST_MEMBERS]
        if goal.against or not _alone(clauses):
            fit = [v for v in fit if self.resources.valid_for_all(goal.parts, v)]
        fit = [v for v in fit if not any(self.resources.valid(part, v) for part in goal.against)]
        if not fit:
            raise Refused(
                "nothing", clauses[0].pointer, "no value that is listed satisfies the other clauses"
            )
        return _constant_form(fit, goal.parts[0].pointer)

    def _listed(self, clause: Part, depth: int = 0) -> list[Any] | None:
        schema = clause.schema
        if not isinstance(schema, dict):
            return None
        if "const" in schema:
            return [schema["const"]]
        if isinstance(schema.get("enum"), list):
            return list(schema["enum"])
        for word in ("anyOf", "oneOf"):
            if word in schema and depth < 4:
                found: list[Any] = []
                for one in branches(clause, word):
                    inner = next(
                        (v for c in opened([one], self.resources) if (v := self._listed(c, depth + 1))), None
                    )
                    if inner is None and not _is_null(one):
                        break
                    found += [v for v in inner or () if v not in found or isinstance(v, bool)]
                else:
                    return found or None
        return None

    def _form(self, goal: _Goal, made: Merged) -> Lowered:
        hinted = hinted_kind(made) if len(made.kinds) > 2 else None
        kinds = [k for k in _PREFERRED if k in made.kinds]
        if not kinds:
            raise Refused("nothing", goal.parts[0].pointer, "it allows null alone")
        if hinted in kinds:
            kinds = [hinted, *(k for k in kinds if k != hinted)]
        elif len(made.kinds) == 7:
            kinds = ["string", *(k for k in kinds if k != "string")]
        if "number" in kinds and "integer" in kinds:
            kinds.remove("integer")
        problems: list[Refused] = []
        for kind in kinds:
            mark = len(self.findings), self.fields
            try:
                found = self._of_kind(kind, goal, made)
            except Refused as problem:
                problems.append(problem)
                del self.findings[mark[0] :]
                self.fields = mark[1]
                continue
            if len(kinds) > 1:
                self._narrowed(goal.parts[0].pointer, f"of its types only {kind} is generated")
            return found
        raise problems[0]

    def _of_kind(self, kind: str, goal: _Goal, made: Merged) -> Lowered:
        match kind:
            case "object":
                return self._object(goal, made)
            case "array":
                return self._array(goal, made)
            case "boolean":
                return Lowered(Scalar("bool", "true | false", 2), kind)
            case "integer":
                form, comments = integer_form(made, goal.name)
            case "number":
                form, comments = number_form(made, goal.name, self.resources)
                kind = "integer" if form.type == "int" else kind
            case _:
                form, comments = self._strings.form(made, goal.name)
        for comment in comments:
            if comment.startswith("narrowed: "):
                self._narrowed(goal.parts[0].pointer, comment.removeprefix("narrowed: "))
        return Lowered(form, kind, comments=tuple(c.removeprefix("narrowed: ") for c in comments))

    # --- arrays ----------------------------------------------------------------------------

    def _array(self, goal: _Goal, made: Merged) -> Lowered:
        items, positions = self._items(made)
        low, high = made.min_items, made.max_items
        for part in made.all_of("contains"):
            least = part.schema.get("minContains", 1)
            if least == 0 and "maxContains" not in part.schema:
                continue
            items.append(part.below("contains"))
            low = max(low, least)
            high = (
                min(high, part.schema.get("maxContains", high))
                if high is not None
                else part.schema.get("maxContains")
            )
        if positions:
            items += positions  # each item satisfies what every position asks for
        trail = (*goal.trail, frozenset(p.pointer for p in opened(goal.parts, self.resources)))
        most = low + _ITEMS if high is None else min(high, low + _ITEMS)
        if most < low:
            raise Refused("nothing", goal.parts[0].pointer, "more items are asked for than there may be")
        if most == 0:
            return self._empty_array(goal, "")
        mark = len(self.findings), self.fields
        try:
            inner = self._item(tuple(items), goal.name, trail)
        except Refused as problem:
            if low > 0 and problem.kind == "nothing" and (positions or next(made.all_of("contains"), None)):
                word = "prefixItems" if positions else "contains"
                cause = "no single kind of item satisfies all of it at once"
                raise keyword(goal.parts[0].pointer, word, cause) from None
            if low > 0:
                raise
            del self.findings[mark[0] :]
            self.fields = mark[1]
            return self._empty_array(goal, problem.cause)
        if made.unique and most > 1:
            most, inner = self._distinct(inner, low, most, goal)
        form = Sequence(self._nested(inner.form, goal.name), low, most, made.unique and most > 1)
        return Lowered(form, "array", sizes=(low, most), comments=inner.comments)

    def _nested(self, form: Form, name: str) -> Form:
        """Lists of lists draw by the type of the innermost items, as a column's value is drawn for one
        level."""
        if not isinstance(form, Sequence) or not isinstance(form.item, Scalar) or form.item.shared:
            return form
        item = form.item
        plain = "".join(c if c.isalnum() else " " for c in name).title().replace(" ", "")
        shared = f"{plain if plain.isidentifier() else 'List'}Item"
        at = 2
        while shared in self._taken or self.types.setdefault(shared, item) != item:
            shared = f"{shared.rstrip('0123456789')}{at}"
            at += 1
        most = max(form.low, 1) if form.distinct else form.high
        if form.distinct and form.low > 1:
            raise keyword("", "uniqueItems", "lists in lists cannot be drawn distinct")
        return Sequence(replace(item, shared=shared), form.low, most)

    def _items(self, made: Merged) -> tuple[list[Part], list[Part]]:
        """What every item satisfies, and what those at certain places do."""
        items: list[Part] = []
        positions: list[Part] = []
        for part in made.parts:
            schema = part.schema
            if not isinstance(schema, dict):
                continue
            listed = (
                "prefixItems"
                if "prefixItems" in schema
                else "items"
                if isinstance(schema.get("items"), list)
                else ""
            )
            if listed:
                positions += branches(part, listed)
            rest = "additionalItems" if listed == "items" else "items"
            if isinstance(schema.get(rest), dict | bool):
                if schema[rest] is False:
                    made.max_items = min(len(schema[listed]) if listed else 0, made.max_items or 10**9)
                else:
                    items.append(part.below(rest))
            if schema.get("unevaluatedItems") is False and "items" not in schema:
                raise keyword(
                    f"{part.pointer}/unevaluatedItems", "unevaluatedItems", "which items it means is not seen"
                )
        return items, positions

    def _item(self, parts: tuple[Part, ...], name: str, trail: tuple[frozenset[str], ...]) -> Lowered:
        if not parts:
            return Lowered(Scalar("string", "word()"), "string")
        self._descend(parts, trail)
        made = self.value(parts, name.removesuffix("s"), trail)
        if made.kind == "null":
            raise keyword(parts[0].pointer, "items", "lists hold no nulls")
        form = self._shared(parts, made) if isinstance(made.form, Scalar) else made.form
        return replace(made, form=form, nullable=False)

    def _distinct(self, inner: Lowered, low: int, most: int, goal: _Goal) -> tuple[int, Lowered]:
        form = inner.form
        if (
            isinstance(form, Scalar)
            and form.type == "string"
            and form.distinct == 0
            and form.value.endswith(")")
        ) and form.value in ("words(1..3)", "word()"):
            form = Scalar("string", "/[a-z]{3,12}/", 26**3)
            inner = replace(inner, form=form)
        if isinstance(form, Scalar) and form.distinct:
            if form.distinct >= low and (form.distinct >= 2 or low <= 1):
                return min(most, form.distinct), inner
            raise Refused("nothing", goal.parts[0].pointer, f"there are fewer than {low} different items")
        if low <= 1:
            self._narrowed(goal.parts[0].pointer, "at most one item is generated, as they must differ")
            return 1, inner
        raise keyword(
            f"{goal.parts[0].pointer}/uniqueItems",
            "uniqueItems",
            "items of this kind cannot be drawn distinct",
        )

    def _empty_array(self, goal: _Goal, cause: str) -> Lowered:
        if cause:
            self._narrowed(
                goal.parts[0].pointer, f"only empty arrays are generated, as for its items: {cause}"
            )
        return Lowered(Scalar("json", '"[]"'), "array", constants=[[]])

    # --- objects ---------------------------------------------------------------------------

    def _object(self, goal: _Goal, made: Merged) -> Lowered:
        members = Members(made, self.resources, goal.without, isroot=not goal.trail)
        opened_here = frozenset(p.pointer for p in opened(goal.parts, self.resources))
        trail = (*goal.trail, opened_here)
        fields: list[Field] = []
        children: dict[str, Lowered] = {}
        for name, parts, required in members:
            if not required and made.max_properties is not None and len(fields) >= made.max_properties:
                self._left_out(name, parts, f"`maxProperties` is {made.max_properties}")
                continue
            mark = len(self.findings), self.fields
            try:
                if not can_be_name(name):
                    raise keyword(parts[0].pointer, "properties", f"no column can have the name {name!r}")
                if any(name.casefold() == other.casefold() for other in children):
                    raise keyword(
                        parts[0].pointer,
                        "properties",
                        "names of columns differ by more than upper and lower case",
                    )
                self._descend(parts, trail)
                if not required and self.fields >= _MOST_FIELDS:
                    raise keyword(
                        parts[0].pointer,
                        "properties",
                        f"the spec has {_MOST_FIELDS} columns and fields by now",
                    )
                if not required and len(trail) > _DEEPEST:
                    raise keyword(parts[0].pointer, "properties", f"it is nested more than {_DEEPEST} deep")
                self.fields += 1
                made_of = self.value(parts, name, trail)
            except Refused as problem:
                del self.findings[mark[0] :]
                self.fields = mark[1]
                if required:
                    raise
                self._left_out(name, parts, problem.cause)
                continue
            children[name] = made_of
            fields.append(self._field(name, parts, made_of))
        members.require_count(len(fields))
        if not fields:
            if not goal.trail:
                raise Refused("columns", goal.parts[0].pointer, "it has no property that can be a column")
            return Lowered(Scalar("json", '"{}"'), "object", constants=[{}])
        return Lowered(Struct(tuple(fields)), "object", children=children)

    def _descend(self, parts: tuple[Part, ...], trail: tuple[frozenset[str], ...]) -> None:
        """Raises Refused where the place of ``parts`` is one of those around it."""
        here = {p.pointer for p in opened(parts, self.resources)}
        if any(here <= around or around <= here for around in trail):
            raise Refused("recursive", parts[0].pointer, "columns cannot hold rows of their own kind")
        if len(trail) > 40:
            raise Refused("recursive", parts[0].pointer, "it is nested more than 40 deep")

    def _field(self, name: str, parts: tuple[Part, ...], made: Lowered) -> Field:
        texts: list[str] = []
        for part in opened(parts, self.resources):
            if isinstance(part.schema, dict) and isinstance(part.schema.get("description"), str):
                texts.append(part.schema["description"])
                break
        form = self._shared(parts, made) if isinstance(made.form, Scalar) else made.form
        return Field(name, form, made.nullable, texts[0] if texts else "", made.comments)

    def _shared(self, parts: tuple[Part, ...], made: Lowered) -> Scalar:
        """The scalar of a property that is a reference to a definition and nothing else, as a type."""
        form = made.form
        assert isinstance(form, Scalar)
        if len(parts) != 1 or not isinstance(parts[0].schema, dict) or form.value in ("", "null"):
            return form
        if (
            set(parts[0].schema) - {"$ref", "description", "title", "$comment"}
            or "$ref" not in parts[0].schema
        ):
            return form
        target = self.resources.follow(parts[0]).pointer
        above, _, name = target.rpartition("/")
        plain = name[:1].upper() + name[1:]
        if above not in ("/$defs", "/definitions") or not plain.isidentifier() or form.type == "json":
            return form
        if plain in self._taken or self.types.setdefault(plain, form) != form:
            return form
        return replace(form, shared=plain)

    # --- what is told ----------------------------------------------------------------------

    def _narrowed(self, pointer: str, message: str) -> None:
        self.findings.append(
            Finding(Outcome.NARROWED, pointer, self.resources.document.span(pointer), message)
        )

    def _left_out(self, name: str, parts: tuple[Part, ...], cause: str) -> None:
        pointer = parts[0].pointer
        span = self.resources.document.span(pointer)
        said = LeftOut(span=span, pointer=pointer, cause=cause, property=name)
        self.findings.append(Finding(Outcome.LEFT_OUT, pointer, span, said.message(), said))


def _alone(clauses: list[Part]) -> bool:
    """Whether nothing but one ``enum`` (or ``const``) is asked for."""
    words = [set(c.schema) - _SAYING_NOTHING for c in clauses if isinstance(c.schema, dict)]
    asking = [w for w in words if w]
    return len(asking) == 1 and asking[0] in ({"enum"}, {"const"}) and len(words) == len(clauses)


def _is_null(part: Part) -> bool:
    return isinstance(part.schema, dict) and part.schema.get("type") in ("null", ["null"])


def _constant_form(values: list[Any], pointer: str) -> Lowered:
    """A choice of ``values``, which are not null."""
    kinds = {_kind(v) for v in values}
    kind = kinds.pop() if len(kinds) == 1 else "string"
    texts: Iterator[str]
    if kinds or kind in ("object", "array", "number"):
        type_, texts = "json", (string_text(json.dumps(v, ensure_ascii=False)) for v in values)
    elif kind == "string":
        type_, texts = "string", (string_text(v) for v in values)
    elif kind == "boolean":
        type_, texts = "bool", ("true" if v else "false" for v in values)
    else:
        type_, texts = "int", (f"{v:_}" for v in values)
        if any(abs(v) >= 2**63 for v in values):
            type_, texts = "json", (string_text(str(v)) for v in values)
    chosen = list(dict.fromkeys(texts))
    if any(0xD800 <= ord(c) <= 0xDFFF for text in chosen for c in text):
        raise keyword(pointer, "const", "it has half a character in it (a lone surrogate)")
    return Lowered(Scalar(type_, " | ".join(chosen), len(chosen)), kind, constants=values)


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"
