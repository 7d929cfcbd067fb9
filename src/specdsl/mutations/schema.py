"""The schema of a table's rows: rows held against it, what an error is about, where references lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

import jsonschema
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from specdsl.mutations.documents import NOTHING, Path, Step, at, path_of, pointer_of

BY_NAME: Final = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
)
"""Keywords whose members are schemas by name."""

_ALONE: Final = (jsonschema.Draft3Validator, jsonschema.Draft4Validator, jsonschema.Draft6Validator,
                 jsonschema.Draft7Validator)  # fmt: skip
_OTHERWISE_NAMED: Final = {"minContains", "maxContains"}  # whose errors are told at `contains`


@dataclass(frozen=True, slots=True)
class Failure:
    """One keyword that a row breaks. ``pointer``: of the keyword in the document of the schema, references
    followed. ``way``: as validators tell it. ``path``: of the part of the row that breaks it."""

    keyword: str
    pointer: str
    way: Path
    path: Path


class RowSchema:
    """The schema at ``pointer`` of ``document``. Formats are asserted; nothing is ever fetched."""

    def __init__(self, document: Any, pointer: str = "") -> None:
        """Raises LookupError where there is nothing at ``pointer``."""
        self.document = document
        self.root = self._resolved(pointer)
        self.pointer = pointer
        kind: Any = validator_for(document, default=jsonschema.Draft202012Validator)
        self.refers_alone = issubclass(kind, _ALONE)
        """Whether what stands beside a reference means nothing."""
        whole = kind(document, format_checker=kind.FORMAT_CHECKER, registry=Registry())
        self._validator = whole.evolve(schema=self.root)

    def failures(self, row: Any) -> list[Failure]:
        """All that the schema says against a row. Raises Unanswerable."""
        try:
            return [self._failure(error) for error in self._validator.iter_errors(row)]
        except (Unresolvable, RecursionError, ValueError, OverflowError) as problem:
            raise Unanswerable(str(problem)) from problem

    def problem(self, row: Any) -> str:
        """The first thing that the schema says against a row, '' for nothing. Raises Unanswerable."""
        try:
            error = next(iter(self._validator.iter_errors(row)), None)
        except (Unresolvable, RecursionError, ValueError, OverflowError) as problem:
            raise Unanswerable(str(problem)) from problem
        return "" if error is None else _said(error)

    def valid(self, schema: Any, value: Any) -> bool:
        """Whether ``value`` satisfies ``schema``, a part of the document. Raises Unanswerable."""
        try:
            return bool(self._validator.evolve(schema=schema).is_valid(value))
        except (Unresolvable, RecursionError, ValueError, OverflowError) as problem:
            raise Unanswerable(str(problem)) from problem

    def followed(self, reference: object) -> tuple[Any, str] | None:
        """The schema that a ``$ref`` leads to and its pointer; None where it leads elsewhere than to a place
        in the document."""
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            return None
        pointer = unquote(reference[1:])
        try:
            return self._resolved(pointer), pointer
        except LookupError:
            return None

    def _resolved(self, pointer: str) -> Any:
        try:
            found = at(self.document, path_of(pointer, self.document))
        except ValueError:
            found = NOTHING
        if found is NOTHING:
            raise LookupError(pointer)
        return found

    def _failure(self, error: Any) -> Failure:
        way = tuple(error.absolute_schema_path)
        keyword = str(error.validator) if error.validator is not None else "false"
        pointer = self._pointer(way)
        if keyword in _OTHERWISE_NAMED:
            pointer = f"{pointer.rpartition('/')[0]}/{keyword}"
        return Failure(keyword, pointer, way, tuple(error.absolute_path))

    def _pointer(self, way: Sequence[Step]) -> str:
        """Where the keyword at the end of ``way`` stands, which goes through references without naming
        them."""
        schema, pointer, named = self.root, self.pointer, False
        for step in way:
            while not named and isinstance(schema, Mapping) and "$ref" in schema:
                if step in schema and step != "$ref" and not self.refers_alone:
                    break
                target = self.followed(schema["$ref"])
                if target is None:
                    break
                schema, pointer = target
            pointer += pointer_of((step,))
            named = not named and step in BY_NAME
            schema = at(schema, (step,))
            if schema is NOTHING:  # behind a reference that is not followed here
                raise Unanswerable(f"nothing is at {pointer}")
        return pointer


def mistake(document: Any) -> str:
    """What is wrong with a schema as such, '' for nothing."""
    kind: Any = validator_for(document, default=jsonschema.Draft202012Validator)
    try:
        kind.check_schema(document)
    except jsonschema.SchemaError as error:
        return _said(error)
    except RecursionError:
        return "it is nested too deep"
    return ""


def _said(error: Any) -> str:
    place = pointer_of(tuple(error.absolute_path))
    said = " ".join(error.message.split())[:160]
    return f"{said} (at {place})" if place else said


class Unanswerable(Exception):
    """Whether a value satisfies a schema cannot be said: a reference that leads nowhere, a recursion without
    an end."""
