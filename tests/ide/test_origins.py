"""The hover on what was imported says where in the schema it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from specdsl.ide.hover import hover
from specdsl.ide.workspace import Workspace
from specdsl.importers.registry import Settings, importer
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile

SCHEMA = {
    "title": "Order",
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "ship": {"$ref": "#/$defs/address"},
        "lines": {"items": {"type": "object", "properties": {"sku": {"type": "string"}}}, "type": "array"},
    },
    "allOf": [{"properties": {"remark": {"type": "string"}}}],
    "$defs": {
        "address": {"type": "object", "properties": {"zip": {"type": "string", "pattern": "^[0-9]{5}$"}}}
    },
}
PLACES = {
    "table order": "order.json#`",
    "ship": "order.json#/properties/ship`",
    "Address": "order.json#/$defs/address`",
    "zip": "order.json#/$defs/address/properties/zip`",
    "sku": "order.json#/properties/lines/items/properties/sku`",
    "remark": "order.json#/allOf/0/properties/remark`",
}


def said(folder: Path, text: str, word: str) -> str:
    path = str(folder / "order.dgen")
    workspace = Workspace(LocalFiles())
    workspace.open(path, text)
    shown = hover(workspace, path, text.index(word) + len(word) - 1, samples=False)
    assert shown is not None
    return shown.markdown


@pytest.fixture
def spec(tmp_path: Path) -> str:
    text = json.dumps(SCHEMA, indent=1)
    (tmp_path / "order.json").write_text(text, "utf-8")
    made = importer("json-schema")(SourceFile("order.json", text), Settings())
    assert made.text is not None
    return made.text


@pytest.mark.parametrize("word", PLACES)
def test_the_place_is_named(word: str, spec: str, tmp_path: Path) -> None:
    markdown = said(tmp_path, spec, word)
    assert f"Imported from `{PLACES[word]}, line " in markdown
    number = int(markdown.rpartition("line ")[2].rstrip("."))
    line = (tmp_path / "order.json").read_text("utf-8").splitlines()[number - 1]
    assert word.lower() in line or word == "table order"


def test_without_the_schema_the_definition_is_named(spec: str, tmp_path: Path) -> None:
    (tmp_path / "order.json").unlink()
    assert "Imported from `order.json#/$defs/address`." in said(tmp_path, spec, "Address")
    assert "Inside of what was imported from `order.json#/$defs/address`." in said(tmp_path, spec, "zip")


def test_what_was_written_by_hand_comes_from_nowhere(spec: str, tmp_path: Path) -> None:
    own = (
        "table made 3 {\n  here int = 1..9\n}\n\ntype Own = struct { a int }\n\ntable more 2 {\n  o Own\n}\n"
    )
    assert "mported" not in said(tmp_path, own, "here")
    assert "Inside of what was imported" in said(tmp_path, spec.replace("remark ", "written "), "written")
    assert "mported" not in said(tmp_path, "# Imported from order.json\n\n" + own, "Own")


def test_several_documents_name_the_file(tmp_path: Path) -> None:
    order = {
        "type": "object",
        "properties": {"who": {"$ref": "people.json#/$defs/person"}},
        "required": ["who"],
    }
    people = {"$defs": {"person": {"type": "object", "properties": {"age": {"type": "integer"}}}}}
    for name, schema in (("order", order), ("people", people)):
        (tmp_path / f"{name}.json").write_text(json.dumps(schema), "utf-8")
    source = SourceFile(str(tmp_path / "order.json"), json.dumps(order))
    text = importer("json-schema")(source, Settings(beside=True)).text
    assert text is not None
    assert "# from people.json#/$defs/person\ntype Person" in text
    assert "`people.json#/$defs/person/properties/age`, line 1" in said(tmp_path, text, "age")
    assert "`order.json#/properties/who`, line 1" in said(tmp_path, text, "who")
