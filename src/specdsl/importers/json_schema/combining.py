"""Several alternatives of one place as one form."""

from __future__ import annotations

import collections.abc
from dataclasses import replace
from typing import Any

from specdsl.importers.emit import string_text
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.texts import json_text, kind_of
from specdsl.importers.model import Form, Named, Null, Record, Scalar, Sequence, Struct, Variant

MOST_MEMBERS = 200  # of a choice: more is no longer read by anybody


def combined(found: collections.abc.Sequence[Lowered], pointer: str) -> Lowered:
    """One of ``found``, whichever. Raises Refused where constants cannot be written."""
    if len(found) > 1 and all(one.constants is not None for one in found):
        values: list[Any] = []
        for one in found:
            values += [v for v in one.constants or () if not _among(v, values)]
        return constant(values, pointer)
    left: list[Lowered] = []
    for one in found:
        if all(one.form != other.form for other in left):
            left.append(one)
    if len(left) == 1:
        return left[0]
    mixture = _mixture(left)
    if mixture is not None:
        return mixture
    forms = tuple(form for one in left for form in _alternatives(one.form))
    kinds = {one.kind for one in left}
    return Lowered(
        Variant(tuple(dict.fromkeys(forms))),
        kinds.pop() if len(kinds) == 1 else "mixed",
        needs=frozenset.intersection(*(one.needs for one in left)),
        size=sum(one.size for one in left),
        alternatives=tuple(left),
    )


def with_null(made: Lowered) -> Lowered:
    """``made``, or JSON's null, as one form."""
    if not made.nullable:
        return made
    forms = (*_alternatives(made.form), Null())
    others = made.alternatives or (replace(made, nullable=False),)
    return replace(
        made,
        form=Variant(forms),
        kind="mixed",
        constants=None,
        nullable=False,
        needs=frozenset(),
        alternatives=others,
    )


def _alternatives(form: Form) -> tuple[Form, ...]:
    return form.alternatives if isinstance(form, Variant) else (form,)


def _mixture(found: collections.abc.Sequence[Lowered]) -> Lowered | None:
    """Scalars of one type as one choice."""
    forms = [one.form for one in found]
    scalars = [form for form in forms if isinstance(form, Scalar) and form.value and not form.shared]
    if len(scalars) < len(forms) or len({form.type for form in scalars}) > 1:
        return None
    kinds = {one.kind for one in found}
    value = " | ".join(form.value for form in scalars)
    counts = [form.distinct for form in scalars]
    form = Scalar(scalars[0].type, value, max(counts) if all(counts) else 0)
    return Lowered(
        form,
        kinds.pop() if len(kinds) == 1 else "mixed",
        alternatives=tuple(found),
    )


def as_document(form: Form) -> Form:
    """``form`` with JSON objects for structs, so that a type may hold itself through it."""
    match form:
        case Struct(fields):
            return Record(fields)
        case Sequence(item):
            return replace(form, item=as_document(item))
        case _:
            return form


def names_in(form: Form) -> set[str]:
    """The declared types that ``form`` names, at any depth."""
    match form:
        case Named(name):
            return {name}
        case Scalar():
            return {form.shared} if form.shared else set()
        case Null():
            return set()
        case Struct(fields):
            return {name for one in fields for name in names_in(one.form)}
        case Record(fields, maps):
            inner = [one.form for one in fields] + list(maps)
        case Variant(alternatives):
            inner = list(alternatives)
        case _:
            inner = _inner(form)
    return {name for one in inner for name in names_in(one)}


def _inner(form: Any) -> list[Form]:
    parts = [getattr(form, name, None) for name in ("item", "key", "value", "rest")]
    return [*(one for one in parts if one is not None), *getattr(form, "items", ())]


def _among(value: Any, values: collections.abc.Sequence[Any]) -> bool:
    text = json_text(value)
    return any(text == json_text(other) for other in values)


def constant(values: collections.abc.Sequence[Any], pointer: str) -> Lowered:
    """A choice of ``values``, which are not null."""
    kinds = {kind_of(v) for v in values}
    kind = kinds.pop() if len(kinds) == 1 else "mixed"
    match kind:
        case "string":
            type_, texts = "string", [string_text(v) for v in values]
        case "boolean":
            type_, texts = "bool", ["true" if v else "false" for v in values]
        case "integer" if all(abs(v) < 2**63 for v in values):
            type_, texts = "int", [f"{v:_}" for v in values]
        case _:
            type_, texts = "json", [string_text(json_text(v)) for v in values]
    chosen = list(dict.fromkeys(texts))[:MOST_MEMBERS]
    if any(0xD800 <= ord(c) <= 0xDFFF for text in chosen for c in text):
        raise keyword(pointer, "const", "it has half a character in it (a lone surrogate)")
    if not chosen:
        raise Refused("nothing", pointer, "no value that is listed satisfies the other clauses")
    return Lowered(Scalar(type_, " | ".join(chosen), len(chosen)), kind, constants=tuple(values))
