"""JSON text as Python values, with the place of every one of them in the text."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from specdsl.source import SourceFile, Span

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
MAX_DEPTH = 200


class JsonProblem(Exception):
    """Text that is no JSON, or no JSON that can be worked with. ``offset`` is in code points."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Document:
    """A JSON text: ``value`` and, by JSON Pointer, the spans of the members' names (or of the values, where
    there are no names)."""

    def __init__(self, source: SourceFile) -> None:
        """Raises JsonProblem."""
        self.source = source
        self._text = source.text
        self._spans: dict[str, Span] = {}
        self.value, at = self._read(self._skip(0), "", 0)
        at = self._skip(at)
        if at < len(self._text):
            raise JsonProblem("the text goes on after the end of the document", at)

    def span(self, pointer: str) -> Span:
        """The place of ``pointer`` or, where the text has no such thing, of the nearest part around it."""
        while pointer and pointer not in self._spans:
            pointer = pointer.rpartition("/")[0]
        return self._spans[pointer]

    def line(self, pointer: str) -> int:
        """The line of ``pointer``, counted from 1."""
        return self.source.lines.position(self.span(pointer).start).line + 1

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _read(self, at: int, pointer: str, depth: int) -> tuple[Any, int]:
        if depth > MAX_DEPTH:
            raise JsonProblem(f"values are nested more than {MAX_DEPTH} deep", at)
        char = self._text[at : at + 1]
        if char in ("{", "["):
            self._spans.setdefault(pointer, Span(self.source.name, at, at + 1))
            return self._object(at, pointer, depth) if char == "{" else self._array(at, pointer, depth)
        value, end = self._string(at) if char == '"' else self._scalar(at)
        self._spans.setdefault(pointer, Span(self.source.name, at, end))
        return value, end

    def _object(self, at: int, pointer: str, depth: int) -> tuple[dict[str, Any], int]:
        made: dict[str, Any] = {}
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "}":
            return made, at + 1
        while True:
            name, end = self._string(at)
            if name in made:
                raise JsonProblem(f"the member {json.dumps(name)} is there twice", at)
            inner = f"{pointer}/{escaped(name)}"
            self._spans[inner] = Span(self.source.name, at, end)
            at = self._skip(end)
            if self._text[at : at + 1] != ":":
                raise JsonProblem("a colon is expected here", at)
            made[name], at = self._read(self._skip(at + 1), inner, depth + 1)
            at = self._skip(at)
            if (char := self._text[at : at + 1]) == "}":
                return made, at + 1
            if char != ",":
                raise JsonProblem("a comma or `}` is expected here", at)
            at = self._skip(at + 1)

    def _array(self, at: int, pointer: str, depth: int) -> tuple[list[Any], int]:
        made: list[Any] = []
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "]":
            return made, at + 1
        while True:
            value, at = self._read(at, f"{pointer}/{len(made)}", depth + 1)
            made.append(value)
            at = self._skip(at)
            if (char := self._text[at : at + 1]) == "]":
                return made, at + 1
            if char != ",":
                raise JsonProblem("a comma or `]` is expected here", at)
            at = self._skip(at + 1)

    def _string(self, at: int) -> tuple[str, int]:
        found = _STRING.match(self._text, at)
        if found is None:
            raise JsonProblem("a string in double quotes is expected here", at)
        text: str = json.loads(found.group())
        return text, found.end()

    def _scalar(self, at: int) -> tuple[Any, int]:
        found = _SCALAR.match(self._text, at)
        if found is None:
            raise JsonProblem(
                "a value is expected here" if at < len(self._text) else "the text ends too early", at
            )
        word = found.group()
        if word in _WORDS:
            return _WORDS[word], found.end()
        if len(word) > 400:
            raise JsonProblem("this number has too many digits", at)
        number = json.loads(word)
        if isinstance(number, float) and not math.isfinite(number):
            raise JsonProblem("this number is beyond what a float holds", at)
        return number, found.end()


def escaped(name: str) -> str:
    """``name`` as a part of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
