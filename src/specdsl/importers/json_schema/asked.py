"""What a schema asks to be drawn: ``faker`` and ``chance`` as JSON Schema Faker reads them, ``x-specdsl`` in
the language itself. It is drawn so where all of some samples satisfy the schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from specdsl.importers.json_schema.conjunction import Merged
from specdsl.importers.json_schema.faker_names import ANY_NUMBER, FUNCTIONS, WHOLE
from specdsl.importers.json_schema.rehearsal import drawn, undrawable
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.model import Scalar

_WORDS = ("x-specdsl", "x-faker", "faker", "x-chance", "chance")
_TYPES = {"string": ("string", "uuid", "date", "timestamp"), "integer": ("int",), "number": ("float", "int"),
          "boolean": ("bool",)}  # fmt: skip
_NUMBERS = ("integer", "number")
_SAMPLES = 200
_RANGED = ("integer", "int", "number", "float", "floating", "natural")


def asked_for(
    kind: str, made: Merged, resources: Resources, tell: Callable[[str, str, str], None]
) -> Scalar | None:
    """What ``made`` asks to be drawn for its values of ``kind``, None where it asks for nothing that can be
    drawn. ``tell`` is told which word is not heeded: its JSON Pointer, the word and why."""
    for clause in made.clauses:
        for word in _WORDS:
            if word not in clause.schema:
                continue
            written = clause.schema[word]
            where = f"{clause.pointer}/{word}"
            value = _value(word, written)
            if not value and kind in _NUMBERS and _name(written) in ANY_NUMBER:
                continue
            if not value:
                tell(where, word, _unknown(word, written))
                continue
            scalar = _fitting(kind, value, lambda one: resources.valid_for_all(made.parts, one))
            if scalar is not None:
                return scalar
            wrong = undrawable(_TYPES[kind][0], value) if kind in _TYPES else ""
            shown = f"`{value[:60]}`"
            tell(
                where, word, f"in {shown}: {wrong}" if wrong else f"not all values of {shown} are valid here"
            )
    return None


def _value(word: str, written: Any) -> str:
    if word == "x-specdsl":
        one_line = isinstance(written, str) and len(written) < 500 and not re.search(r"[\n\r{}#]", written)
        return written.strip() if one_line else ""
    name: Any = written
    arguments: Any = None
    if isinstance(written, dict) and len(written) == 1:
        name, arguments = next(iter(written.items()))
    if not isinstance(name, str):
        return ""
    plain = _name(name)
    if isinstance(arguments, list) and len(arguments) == 1:
        arguments = arguments[0]
    if isinstance(arguments, dict) and plain.rpartition(".")[2] in _RANGED:
        low, high = arguments.get("min"), arguments.get("max")
        if all(isinstance(one, int | float) and not isinstance(one, bool) for one in (low, high)):
            return f"{low}..{high}"
    if plain in WHOLE:
        return WHOLE[plain]
    return FUNCTIONS.get(plain.rpartition(".")[2], "")


def _name(written: Any) -> str:
    """The name of a function as the tables of ``faker_names`` have it, '' for none."""
    if isinstance(written, dict) and len(written) == 1:
        written = next(iter(written))
    return written.strip().lower().replace("_", "").removeprefix("faker.") if isinstance(written, str) else ""


def _fitting(kind: str, value: str, fits: Callable[[Any], bool]) -> Scalar | None:
    for type_ in _TYPES.get(kind, ()):
        samples = drawn(type_, value, _SAMPLES)
        if samples and all(fits(one) for one in samples):
            several = len({repr(one) for one in samples})
            return Scalar(type_, value, several if several > _SAMPLES // 2 else 0)
    return None


def _unknown(word: str, written: Any) -> str:
    if word == "x-specdsl" and isinstance(written, str):
        return "it is one expression on one line, without braces and comments"
    shown = _shown(written)
    return f"the language has no function for {shown}" if shown else "it names no function"


def _shown(written: Any) -> str:
    text = (
        written if isinstance(written, str) else next(iter(written), "") if isinstance(written, dict) else ""
    )
    plain = " ".join(str(text).split())
    return f"`{plain[:40]}`" if plain else ""
