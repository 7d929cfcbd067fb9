"""Identifiers, anchors and references of one document, and values held against parts of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urldefrag, urljoin

import jsonschema
from jsonschema.protocols import Validator

from specdsl.importers.json_schema.document import Document, escaped
from specdsl.importers.json_schema.problems import Refused, keyword

DRAFTS: dict[str, type[Validator]] = {
    "4": jsonschema.Draft4Validator,
    "6": jsonschema.Draft6Validator,
    "7": jsonschema.Draft7Validator,
    "2019-09": jsonschema.Draft201909Validator,
    "2020-12": jsonschema.Draft202012Validator,
}
if TYPE_CHECKING:
    from specdsl.importers.json_schema.bundle import Bundle

_OPAQUE = frozenset({"enum", "const", "default", "examples", "example"})


@dataclass(frozen=True, slots=True)
class Part:
    """A schema of the document at its JSON Pointer. ``denied``: values must *not* satisfy it. ``made``: it
    is no schema of the document but made up to say what the denial of the one at ``pointer`` asks for;
    schemas inside it may be parts themselves."""

    schema: Any
    pointer: str
    denied: bool = False
    made: bool = False

    def below(self, *names: str | int) -> Part:
        """A schema inside this one."""
        schema, pointer = self.schema, self.pointer
        for name in names:
            schema = schema[name]
            pointer = f"{pointer}/{escaped(str(name))}"
        if isinstance(schema, Part):
            return schema
        return Part(schema, pointer, made=self.made)

    def opposite(self) -> Part:
        """The same with the other sign."""
        return Part(self.schema, self.pointer, not self.denied, self.made)

    @property
    def key(self) -> str:
        """What tells this part from others."""
        return f"{'!' if self.denied else ''}{self.pointer}{f' {self.schema!r}' if self.made else ''}"


class Resources:
    """One document with all that can be referred to in it."""

    def __init__(self, document: Document | Bundle, draft: str) -> None:
        self.document = document
        self.root = Part(document.value, "")
        self.draft = draft or draft_of(document.value)
        self.siblings_count = self.draft in ("2019-09", "2020-12")  # before, a `$ref` stands alone
        self._targets: dict[str, str] = {}
        self._bases: dict[str, str] = {}
        self._dynamic: dict[str, list[tuple[str, str]]] = {}
        self._answers: dict[tuple[str, str], bool] = {}
        self._index(document.value, "", "")
        self._targets.setdefault("", "")
        kind = DRAFTS[self.draft]
        plain = document.value
        if isinstance(plain, dict):
            plain = {name: value for name, value in plain.items() if name != "$schema"}
        elif not isinstance(plain, bool):
            plain = False  # it is no schema
        self._validator: Any = kind(plain, format_checker=kind.FORMAT_CHECKER)

    def _index(self, schema: Any, pointer: str, base: str) -> None:
        if isinstance(schema, dict):
            named = schema.get("id" if self.draft == "4" else "$id")
            if isinstance(named, str) and not (not self.siblings_count and "$ref" in schema):
                uri, fragment = urldefrag(urljoin(base, named))
                if fragment:
                    self._targets.setdefault(f"{uri}#{fragment}", pointer)
                else:
                    base = uri
                    self._targets.setdefault(uri, pointer)
            for word in ("$anchor", "$dynamicAnchor"):
                if isinstance(schema.get(word), str):
                    self._targets.setdefault(f"{base}#{schema[word]}", pointer)
            for word in ("$dynamicAnchor", "$recursiveAnchor"):
                if isinstance(schema.get(word), str) or schema.get(word) is True:
                    name = word if schema[word] is True else schema[word]
                    self._dynamic.setdefault(name, []).append((base, pointer))
            if not pointer:
                self._targets.setdefault(base, "")
            self._bases[pointer] = base
            for name, value in schema.items():
                if name not in _OPAQUE:
                    self._index(value, f"{pointer}/{escaped(name)}", base)
        elif isinstance(schema, list):
            for at, value in enumerate(schema):
                self._index(value, f"{pointer}/{at}", base)

    def follow(self, part: Part, word: str = "$ref") -> Part:
        """The schema that the reference ``word`` of ``part`` means. Raises Refused."""
        written = part.schema[word]
        where = f"{part.pointer}/{word}"
        if not isinstance(written, str):
            raise Refused("reference", where, "it is no text")
        base = self._bases.get(part.pointer, "")
        uri, fragment = (
            urldefrag(urljoin(base, written)) if not written.startswith("#") else (base, written[1:])
        )
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            found = self._targets.get(f"{uri}#{fragment}")
            if found is None:
                raise Refused("reference", where, f"there is no anchor `{fragment}` here")
            if word == "$dynamicRef":
                found = self._outermost(fragment, found, where, word)
            return self._at(found, where, written)
        start = self._targets.get(uri)
        if start is None:
            raise Refused("reference", where, f"`{written}` is in none of the files that are given")
        if word == "$recursiveRef":
            start = self._outermost("$recursiveAnchor", start, where, word)
        return self._at(start + fragment, where, written)

    def _outermost(self, name: str, found: str, where: str, word: str) -> str:
        """The anchor that a dynamic reference means, which leads to ``found`` at first: that of the whole
        document, where it has one, as every way to the reference begins there. Raises Refused where it
        depends on the way."""
        anchors = self._dynamic.get(name, [])
        if len(anchors) <= 1 or all(pointer != found for _, pointer in anchors):
            return found
        root = self._bases.get("", "")
        own = [pointer for base, pointer in anchors if base == root]
        if not own:
            raise keyword(where, word, "which of several anchors it means depends on the way to it")
        return own[0]

    def _at(self, pointer: str, where: str, written: str) -> Part:
        value = self.root.schema
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
                value = value[int(name)]
            else:
                raise Refused("reference", where, f"there is nothing at `{written}`")
        return Part(value, pointer)

    def valid(self, part: Part, value: Any) -> bool:
        """Whether ``value`` satisfies ``part``, formats included. Raises Refused where that cannot be
        said."""
        if part.denied:
            return not self.valid(part.opposite(), value)
        if isinstance(part.schema, bool):
            return part.schema
        if part.made:
            return self._valid_made(part.schema, value)
        key = (part.pointer, repr(value)) if isinstance(value, str | int | float | bool | None) else None
        if key is not None and key in self._answers:
            return self._answers[key]
        pointer = quote(part.pointer, safe="/~")
        try:
            answer = bool(self._validator.evolve(schema={"$ref": f"#{pointer}"}).is_valid(value))
            if key is not None:
                self._answers[key] = answer
            return answer
        except Exception as error:  # noqa: BLE001 -- whatever a broken schema raises inside the library
            told = " ".join(str(error).split())[:120]
            raise keyword(part.pointer, "schema", f"values cannot be held against it ({told})") from None

    def _valid_made(self, schema: dict[str, Any], value: Any) -> bool:
        """Whether ``value`` satisfies a schema that was made up. Its words are those of ``negation``."""
        plain = {word: told for word, told in schema.items() if not _holds_parts(told)}
        if not self._validator.evolve(schema=plain).is_valid(value):
            return False
        for name, inner in schema.get("properties", {}).items():
            there = isinstance(inner, Part) and isinstance(value, dict) and name in value
            if there and not self.valid(inner, value[name]):
                return False
        if isinstance(value, list):
            inner = schema.get("items")
            if isinstance(inner, Part) and not all(self.valid(inner, one) for one in value):
                return False
            inner = schema.get("contains")
            if isinstance(inner, Part) and not any(self.valid(inner, one) for one in value):
                return False
            for one, part in zip(value, schema.get("prefixItems", ()), strict=False):
                if isinstance(part, Part) and not self.valid(part, one):
                    return False
        return True

    def valid_for_all(self, parts: Iterable[Part], value: Any) -> bool:
        """Whether ``value`` satisfies every one of ``parts``."""
        return all(self.valid(part, value) for part in parts)

    def at(self, pointer: str) -> Part:
        """The part at a JSON Pointer. Raises Refused where there is nothing."""
        return self._at(pointer, pointer, f"#{pointer}")

    def problems(self, row: Any, part: Part) -> list[str]:
        """What the schema ``part`` says against a row, in words."""
        found = []
        pointer = quote(part.pointer, safe="/~")
        schema = {"$ref": f"#{pointer}"}
        validator = self._validator.evolve(schema=schema) if part.pointer else self._validator
        for error in validator.iter_errors(row):
            place = "/".join(map(str, error.absolute_path))
            found.append(f"{place}: {' '.join(error.message.split())[:160]}")
        return found


def _holds_parts(told: Any) -> bool:
    inner = told.values() if isinstance(told, dict) else told if isinstance(told, list) else (told,)
    return any(isinstance(one, Part) for one in inner)


def draft_of(schema: Any) -> str:
    """The edition that ``schema`` says it is in, or shows."""
    said = schema.get("$schema") if isinstance(schema, dict) else None
    if isinstance(said, str):
        for sign, draft in (("draft-04", "4"), ("draft-06", "6"), ("draft-07", "7"), ("2019-09", "2019-09")):
            if sign in said:
                return draft
        if "2020-12" in said or "json-schema.org/schema" in said:
            return "2020-12"
        return "4" if _has_boolean_bounds(schema) else "7"
    return "4" if _has_boolean_bounds(schema) else "2020-12"


def _has_boolean_bounds(schema: Any) -> bool:
    """Whether a bound is exclusive in the way of draft 4 alone."""
    if isinstance(schema, dict):
        if isinstance(schema.get("exclusiveMinimum", schema.get("exclusiveMaximum")), bool):
            return True
        return any(_has_boolean_bounds(v) for v in schema.values())
    return isinstance(schema, list) and any(map(_has_boolean_bounds, schema))
