"""JSON that is pasted into a spec becomes tables between its declarations, and the spec goes on compiling."""

from __future__ import annotations

import json
from typing import Any

import pytest

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.ide.edits import applied
from specdsl.ide.formatting import format_document
from specdsl.ide.pasting import pasted
from specdsl.ide.workspace import Workspace
from specdsl.source import SourceFile
from tests.ide.cursors import MAIN, placed
from tests.language.memory import MemoryFiles

SAMPLE = json.dumps([{"id": 1, "status": s} for s in ["new", "paid", "new", "paid"]])
SCHEMA = json.dumps(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Person",
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 9}, "zip": {"$ref": "#/$defs/Zip"}},
        "required": ["name", "zip"],
        "additionalProperties": False,
        "$defs": {"Zip": {"type": "string", "pattern": "^[0-9]{5}$"}},
    }
)
ONE = "table t 3 {\n  id int key\n}\n"
TWO = f"{ONE}\ntable u 3 {{\n  id int key\n}}\n"


def after(marked: str, text: str) -> str:
    """The document once ``text`` was pasted at its mark: it compiles, and the layout has nothing to change."""
    workspace, offset = placed(marked)
    before = workspace.document(MAIN).text
    found = pasted(workspace, MAIN, offset, text)
    assert found.edit is not None, found.message
    made = applied(before, [found.edit])
    errors = [
        d.message()
        for d in compile_source(SourceFile(MAIN, made), MemoryFiles({})).diagnostics
        if d.severity is Severity.ERROR
    ]
    assert errors == [], made
    workspace.change(MAIN, made)
    assert format_document(workspace, MAIN) == [], made
    return made


def heads(text: str) -> list[str]:
    return [" ".join(line.split()[:2]) for line in text.splitlines() if line[:1].isalpha()]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("‸", ["table items"]),
        ("\n\n‸\n", ["table items"]),
        (f"‸{ONE}", ["table items", "table t"]),
        (f"\n‸\n\n{ONE}", ["table items", "table t"]),
        (TWO.replace("id", "‸id", 1), ["table t", "table items", "table u"]),
        (TWO.replace("}\n\n", "}\n‸\n", 1), ["table t", "table items", "table u"]),
        (TWO.replace("\ntable u", "\n‸table u"), ["table t", "table items", "table u"]),
        (TWO.replace("table u", "ta‸ble u"), ["table t", "table u", "table items"]),
        (f"{TWO}‸", ["table t", "table u", "table items"]),
        (f"{ONE.strip()}‸", ["table t", "table items"]),
        (f"‸dataset shop {{ seed 1 }}\n\n{ONE}", ["dataset shop", "table items", "table t"]),
        (f"# A remark.\n‸\n{ONE}", ["table items", "table t"]),
    ],
)  # fmt: skip
def test_between_declarations(marked: str, expected: list[str]) -> None:
    assert [one for one in heads(after(marked, json.dumps([{"n": 1}]))) if one in expected] == expected


def test_names_are_new() -> None:
    text = after(f"enum Status {{ a, b }}\n\ntable items 2 {{ s Status }}\n\n{ONE}‸", SAMPLE)
    assert heads(text)[-2:] == ["enum Status2", "table items2"]
    assert "status Status2" in " ".join(text.split())


def test_a_schema() -> None:
    text = after(f"{ONE}‸", SCHEMA)
    assert heads(text)[-2:] == ["type Zip", "table person"]
    assert "Imported from" not in text


def test_names_of_a_schema_are_new() -> None:
    text = after(f"type Zip = int in 1..2\n\ntable person 2 {{ z Zip }}\n\n{ONE}‸", SCHEMA)
    assert heads(text) == ["type Zip", "table person", "table t", "type Zip2", "table person2"]
    assert "zip Zip2" in " ".join(text.split())


@pytest.mark.parametrize("text", ["", "hello", "[1, 2]", "{", '"a"', "table t 1 {}", "[" * 100_000])
def test_no_json_with_objects(text: str) -> None:
    workspace, offset = placed(f"{ONE}‸")
    found = pasted(workspace, MAIN, offset, text)
    assert found.edit is None
    assert found.message.startswith("This is no JSON")


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": "x", "type": []},
        {"$schema": "x", "minProperties": 2, "maxProperties": 1, "type": "object"},
    ],
)
def test_a_schema_of_nothing(schema: dict[str, Any]) -> None:
    workspace, offset = placed(f"{ONE}‸")
    found = pasted(workspace, MAIN, offset, json.dumps(schema))
    assert found.edit is None
    assert found.message.startswith("No table can be made of this JSON Schema: ")


def test_what_a_schema_loses_is_told() -> None:
    workspace, offset = placed("‸")
    schema = {
        "type": "object",
        "properties": {"a": {"pattern": "^(?=.*[0-9])[a-z0-9]{4,8}$", "type": "string"}},
    }
    found = pasted(workspace, MAIN, offset, json.dumps(schema))
    assert found.edit is not None
    assert any("texts" in note for note in found.notes)


def test_what_every_schema_loses_is_not_told() -> None:
    workspace, offset = placed("‸")
    schema = {
        "$schema": "x",
        "type": "object",
        "properties": {"a": {"type": "string"}, "n": {"type": "integer"}},
    }
    found = pasted(workspace, MAIN, offset, json.dumps(schema))
    assert found.edit is not None
    assert found.notes == ()


def test_while_the_text_is_broken() -> None:
    workspace = Workspace()
    workspace.open(MAIN, f"table t 3 {{\n  id int key\n\n{ONE}")
    found = pasted(workspace, MAIN, 14, SAMPLE)
    assert found.edit is not None
    assert "table items" in found.edit.text
