"""A schema that came in goes out again: it accepts and refuses the same instances where the import was exact,
and what is imported of it, with its texts or without, makes rows that it accepts."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from specdsl.exporters.spec import Spec, Wanted
from specdsl.importers.json_schema.importer import import_source
from specdsl.importers.model import Imported
from specdsl.importers.registry import Settings
from specdsl.source import SourceFile
from tests.exporters.exporting import rows, same_rows, schema_of, spec_of, validator
from tests.importers.schemas import VALUES, Schema, documents, exact_documents

MADE = 12
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
Document = tuple[Schema, Any]


def imported(schema: Any) -> Imported:
    return import_source(SourceFile("s.json", json.dumps(schema)), Settings(rows=20))


def mutated(value: Any) -> st.SearchStrategy[Any]:
    """``value`` with one part of it changed, left out or added."""
    ways: list[st.SearchStrategy[Any]] = [VALUES]
    match value:
        case bool() | None:
            pass
        case int() | float():
            ways.append(st.integers(-3, 3).map(lambda step: value + step))
            ways.append(st.just(value + 0.5))
        case str():
            ways.append(st.sampled_from([value + "x", value[:-1], value.upper(), value * 3]))
        case list():
            ways.append(st.just([*value, *value[:1]]))
            ways.append(st.just(value[:-1]))
            ways += [mutated(one).map(_put(value, at)) for at, one in enumerate(value[:3])]
        case dict():
            ways.append(VALUES.map(lambda more: {**value, "more": more}))
            for name, one in list(value.items())[:4]:
                ways.append(st.just({n: v for n, v in value.items() if n != name}))
                ways.append(mutated(one).map(_put(value, name)))
    return st.one_of(ways)


def _put(value: Any, place: Any) -> Any:
    """What puts a part into a copy of ``value``."""

    def put(part: Any) -> Any:
        copy = value.copy()
        copy[place] = part
        return copy

    return put


def told(validator: jsonschema.protocols.Validator, instance: Any) -> str:
    return "; ".join(error.message for error in validator.iter_errors(instance)) or "accepted"


@given(exact_documents(), st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
def test_what_is_exact_accepts_and_refuses_the_same(made: Document, data: st.DataObject) -> None:
    schema, value = made
    found = imported(schema)
    assert found.text is not None, [one.message for one in found.findings]
    if found.findings:
        event("approximated: " + found.findings[0].message.partition("`")[0][:40])
        return
    event("exact")
    spec = spec_of(found.text)
    before = validator(schema)
    for plain in (False, True):
        after = validator(schema_of(spec, Wanted(plain=plain)))
        instances = [value, *rows(spec, "s", MADE), data.draw(VALUES)]
        instances += [data.draw(mutated(one)) for one in instances[:-1]]
        for one in instances:
            assert before.is_valid(one) == after.is_valid(one), (
                f"{one!r}\nbefore: {told(before, one)}\nafter: {told(after, one)}\n"
                f"{json.dumps(schema)}\n{found.text}\n{json.dumps(after.schema)}"  # type: ignore[attr-defined]
            )


@given(documents())
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_what_is_exported_comes_in_again(made: Document) -> None:
    found = imported(made[0])
    if found.text is None:
        return
    spec = spec_of(found.text)
    carried = imported(schema_of(spec))
    assert carried.text is not None and not carried.findings, [one.message for one in carried.findings]
    assert same_rows(spec, spec_of(carried.text))
    plain = schema_of(spec, Wanted(plain=True))
    again = imported(plain)
    assert again.text is not None, f"{[one.message for one in again.findings]}\n{found.text}\n{plain}"
    _require_valid(spec_of(again.text), plain, found.text)


def _require_valid(spec: Spec, schema: Any, text: str) -> None:
    valid = validator(schema)
    for row in rows(spec, "s", MADE):
        assert valid.is_valid(row), f"{told(valid, row)}\n{text}\n{json.dumps(schema)}"
