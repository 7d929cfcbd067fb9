"""OpenAPI and AsyncAPI documents, events, and maps of tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from specdsl.cli.main import main
from specdsl.errors import ExitStatus
from tests.importers.sources import rows_of, spec_of, written

SCHEMAS: dict[str, Any] = {
    "Pet": {
        "type": "object",
        "required": ["kind", "name"],
        "properties": {"kind": {"type": "string"}, "name": {"type": "string", "nullable": True}},
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
    },
    "Cat": {
        "allOf": [
            {"$ref": "#/components/schemas/Pet"},
            {
                "type": "object",
                "required": ["lives"],
                "properties": {
                    "lives": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 9}
                },
            },
        ]
    },
    "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}]},
    "Owner": {
        "type": "object",
        "required": ["pet", "pay"],
        "properties": {
            "pet": {"$ref": "#/components/schemas/Pet"},
            "pay": {
                "oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Cash"}],
                "discriminator": {"propertyName": "by", "mapping": {"card": "Card"}},
            },
        },
    },
    "Card": {"type": "object", "required": ["by"], "properties": {"by": {"type": "string"}}},
    "Cash": {"type": "object", "required": ["by"], "properties": {"by": {"type": "string"}}},
    "Color": {"type": "string", "enum": ["red", "blue"]},
}
API = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "paths": {},
    "components": {"schemas": SCHEMAS},
}


def test_each_object_of_an_openapi_document_is_a_table(tmp_path: Path) -> None:
    written(tmp_path, {"api.json": API})
    spec_of(tmp_path, str(tmp_path / "api.json"), "--rows", "200")
    rows = rows_of(tmp_path)
    assert set(rows) == {"pet", "cat", "dog", "owner", "card", "cash"}
    assert {row["kind"] for row in rows["cat"]} == {"cat"}
    assert {row["lives"] for row in rows["cat"]} == set(range(1, 10))
    assert any(row["name"] is None for row in rows["pet"])
    assert {row["pay"]["by"] for row in rows["owner"]} == {"card", "Cash"}
    for row in rows["owner"]:
        assert row["pet"]["kind"] in ("cat", "Dog")
        assert ("lives" in row["pet"]) == (row["pet"]["kind"] == "cat")


@pytest.mark.parametrize("words", [["--table", "cat,Owner"], ["--table", "owner", "--table", "cat"]])
def test_some_tables_of_several(words: list[str], tmp_path: Path) -> None:
    written(tmp_path, {"api.json": API})
    spec = spec_of(tmp_path, str(tmp_path / "api.json"), *words)
    assert spec.count("\ntable ") == 2
    assert "table owner" in spec


def test_openapi_3_1_is_plain_json_schema(tmp_path: Path) -> None:
    thing = {
        "type": ["object"],
        "required": ["a"],
        "properties": {"a": {"type": ["integer", "null"], "exclusiveMinimum": 4, "maximum": 6}},
    }
    written(
        tmp_path,
        {"api.json": {"openapi": "3.1.0", "components": {"schemas": {"Thing": {**thing, "type": "object"}}}}},
    )
    spec_of(tmp_path, str(tmp_path / "api.json"))
    assert {row["a"] for row in rows_of(tmp_path)["thing"]} == {None, 5, 6}


def test_one_table_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = {
        "type": "object",
        "required": ["n"],
        "properties": {"n": {"type": "integer", "minimum": 2, "maximum": 1}},
    }
    api = {"openapi": "3.0.0", "components": {"schemas": {"Bad": bad, "Card": SCHEMAS["Card"]}}}
    written(tmp_path, {"api.json": api})
    spec = spec_of(tmp_path, str(tmp_path / "api.json"))
    assert "warning[DG719]" in capsys.readouterr().err
    assert spec.count("table ") == 1
    assert main(["import", str(tmp_path / "api.json"), "--table", "bad"]) == ExitStatus.WRONG
    assert "error[DG704]" in capsys.readouterr().err


@pytest.mark.parametrize("asked", ["zz,yy", "card,zz"])
@pytest.mark.parametrize("source", [{**SCHEMAS["Card"], "title": "Card"}, API], ids=["one", "several"])
def test_tables_that_there_are_not(
    source: dict[str, Any], asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, {"s.json": source})
    assert main(["import", str(tmp_path / "s.json"), "--table", asked]) == ExitStatus.USAGE
    said = capsys.readouterr()
    assert said.err.startswith("error: there is no schema for a table `zz`\n  help: there are: card")
    assert said.out == ""


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"type": "strin"}, 'there is no type "strin"'),
        ({"type": ["string", 5]}, "there is no type 5"),
        ({"type": "integer", "minimum": "5"}, "`minimum` must be a number"),
        ({"type": "string", "maxLength": -1}, "`maxLength` must be a whole number, 0 or more"),
        ({"type": "integer", "multipleOf": 0}, "`multipleOf` must be above 0"),
        ({"enum": "x"}, "`enum` must be a list"),
        ({"type": "array", "items": 5}, "`items` must be a schema: an object or a boolean"),
        ({"type": "object", "properties": ["a"]}, "`properties` must be an object"),
        ({"allOf": {}}, "`allOf` must be a list of schemas"),
        (5, "a schema is an object or a boolean"),
    ],
    ids=str,
)
def test_what_is_no_schema(
    told: object, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def schema(*required: str) -> dict[str, Any]:
        return {"title": "T", "type": "object", "required": [*required], "properties": {"a": told, "b": {}}}

    written(tmp_path, {"t.json": schema("a")})
    assert main(["import", str(tmp_path / "t.json")]) == ExitStatus.WRONG
    assert f"error[DG705]: this is no valid JSON Schema: {why}" in " ".join(capsys.readouterr().err.split())
    written(tmp_path, {"t.json": schema()})
    assert main(["import", str(tmp_path / "t.json")]) == ExitStatus.DONE
    said = " ".join(capsys.readouterr().err.split())
    assert f"the optional property `a` is left out: its schema is not valid: {why}" in said


def test_payloads_of_asyncapi(tmp_path: Path) -> None:
    user = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}
    inline = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    document = {
        "asyncapi": "2.6.0",
        "channels": {"up": {"publish": {"message": {"name": "Upped", "payload": inline}}}},
        "components": {
            "schemas": {"User": user},
            "messages": {
                "SignedUp": {"payload": {"$ref": "#/components/schemas/User"}},
                "Left": {"payload": {"type": "object", "required": ["u"], "properties": {"u": {"$ref": "#/components/schemas/User"}}}},
            },
        },
    }  # fmt: skip
    written(tmp_path, {"events.json": document})
    spec_of(tmp_path, str(tmp_path / "events.json"), "--rows", "20")
    rows = rows_of(tmp_path)
    assert set(rows) == {"left", "upped", "user"}
    jsonschema.validate(rows["left"][0]["u"], user)


def test_messages_that_are_one_of_several(tmp_path: Path) -> None:
    """AsyncAPI 2: each inline payload is a table, named by its message."""

    def payload(name: str) -> dict[str, Any]:
        return {"type": "object", "required": [name], "properties": {name: {"type": "integer"}}}

    messages = [
        {"name": "Placed", "messageId": "other", "payload": payload("a")},
        {"messageId": "wasShipped", "title": "Other", "payload": payload("b")},
        {"title": "Order gone", "payload": payload("c")},
        {"payload": payload("d")},
        {"$ref": "#/components/messages/Refund"},
    ]
    document = {
        "asyncapi": "2.6.0",
        "channels": {"orders": {"subscribe": {"message": {"oneOf": messages}}}},
        "components": {"messages": {"Refund": {"title": "Money back", "payload": payload("e")}}},
    }
    written(tmp_path, {"events.json": document})
    spec_of(tmp_path, str(tmp_path / "events.json"), "--rows", "5")
    columns = {table: set(rows[0]) for table, rows in rows_of(tmp_path).items()}
    assert columns == {
        "placed": {"a"},
        "was_shipped": {"b"},
        "order_gone": {"c"},
        "orders_subscribe": {"d"},
        "refund": {"e"},
    }
    document.pop("components")
    document["channels"]["orders"]["subscribe"]["message"]["oneOf"] = messages[:1]  # type: ignore[index]
    written(tmp_path, {"events.json": document})
    assert "table placed" in spec_of(tmp_path, str(tmp_path / "events.json"), "--mode", "overwrite")


def test_an_event_around_a_schema(tmp_path: Path) -> None:
    event = {
        "specversion": "1.0",
        "type": "org.example.order",
        "source": "/orders",
        "data": {"type": "object", "required": ["n"], "properties": {"n": {"enum": [1, 2]}}},
    }
    written(tmp_path, {"event.json": event})
    spec_of(tmp_path, str(tmp_path / "event.json"), "--rows", "20")
    for row in rows_of(tmp_path)["event"]:
        assert (row["type"], row["specversion"]) == ("org.example.order", "1.0")
        assert row["data"]["n"] in (1, 2)


TABLES: dict[str, Any] = {
    "users": {
        "type": "object",
        "required": ["id", "email"],
        "properties": {
            "id": {"type": "integer", "primary_key": True},
            "name": {"type": "string", "format": "name"},
            "email": {"type": "string", "format": "email", "unique": True},
            "boss_id": {"type": ["integer", "null"], "foreign_key": "users.id"},
            "joined": {"type": "string", "format": "datetime"},
            "tags": {"type": "string", "enum": ["a", "b", "c", "d"], "min_items": 1, "max_items": 3},
        },
    },
    "orders": {
        "type": "object",
        "properties": {
            "id": {"type": "primary"},
            "user_id": {"type": "foreign", "ref": "users.id"},
            "user_email": {"type": "foreign", "ref": "users.email"},
            "product": {"type": "string", "foreign_key": "products.sku", "maxLength": 8},
        },
    },
    "products": {
        "type": "object",
        "required": ["sku"],
        "properties": {"sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}},
    },
}


def test_a_map_of_tables_with_keys_and_references(tmp_path: Path) -> None:
    written(tmp_path, {"map.json": TABLES})
    spec = spec_of(tmp_path, str(tmp_path / "map.json"))
    for line in ("id      int key", "boss_id -> users? 10% null", "user_id        -> users", "product        -> products",
                 "sku string(max: 8) key"):  # fmt: skip
        assert line in spec
    rows = rows_of(tmp_path)
    ids = {row["id"] for row in rows["users"]}
    emails = {row["email"] for row in rows["users"]}
    skus = {row["sku"] for row in rows["products"]}
    assert len(ids) == len(emails) == len(skus) == 1_000
    assert {row["boss_id"] for row in rows["users"]} <= ids | {None}
    for row in rows["users"]:
        tags = row.get("tags", ["a"])
        assert 1 <= len(tags) == len(set(tags)) <= 3
    for row in rows["orders"]:
        assert row["user_id"] in ids
        assert row["user_email"] in emails
        assert row["product"] in skus


def test_references_that_need_themselves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def table(other: str, *required: str) -> dict[str, Any]:
        member = {"type": "integer", "foreign_key": f"{other}.id"}
        return {
            "type": "object",
            "required": list(required),
            "properties": {"id": {"type": "primary"}, "to": member},
        }

    written(tmp_path, {"map.json": {"a": table("b"), "b": table("a")}})
    spec = spec_of(tmp_path, str(tmp_path / "map.json"))
    assert "warning[DG707]" in capsys.readouterr().err
    assert spec.count("->") == 1
    written(tmp_path, {"map.json": {"a": table("a", "to")}})
    assert main(["import", str(tmp_path / "map.json")]) == ExitStatus.WRONG
    assert "error[DG703]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "member",
    [
        {"type": "foreign", "ref": "nowhere.id"},
        {"type": "integer", "foreign_key": "nowhere.id"},
        {"type": "integer", "x-foreign-key": {"table": "nowhere"}},
    ],
    ids=str,
)
def test_a_reference_to_no_table_is_told(
    member: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, {"map.json": {"t": {"type": "object", "properties": {"m": member}}}})
    report = tmp_path / "report.json"
    spec_of(tmp_path, str(tmp_path / "map.json"), "--report", str(report))
    (finding,) = [r for r in json.loads(report.read_text("utf-8"))["rows"] if "nowhere" in r["how"]]
    assert finding["pointer"] == "/t/properties/m"
    assert "no table that is made here is called `nowhere`" in finding["how"]
    assert "warning[DG716]" in capsys.readouterr().err


def test_a_reference_without_a_table_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, {"map.json": {"t": {"type": "object", "properties": {"m": {"type": "foreign"}}}}})
    assert "m int" in spec_of(tmp_path, str(tmp_path / "map.json"))
    assert "refer to nothing: it names no table" in capsys.readouterr().err


def test_keys_keep_to_their_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def table(**told: Any) -> dict[str, Any]:
        return {"t": {"type": "object", "properties": {"k": {"primary_key": True, **told}}}}

    written(tmp_path, {"map.json": table(type="integer", minimum=5_000)})
    assert "sequence(start: 100000)" in spec_of(tmp_path, str(tmp_path / "map.json"))
    written(tmp_path, {"map.json": table(type="string", enum=["a", "b"])})
    assert main(["import", str(tmp_path / "map.json")]) == ExitStatus.WRONG
    assert "different values were not found" in " ".join(capsys.readouterr().err.split())


def test_arrays_of_objects_as_tables(tmp_path: Path) -> None:
    part = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    line = {
        "type": "object",
        "required": ["parts"],
        "properties": {"parts": {"type": "array", "minItems": 1, "items": part}},
    }
    order = {
        "title": "Order",
        "type": "object",
        "required": ["lines"],
        "properties": {
            "lines": {"type": "array", "minItems": 2, "maxItems": 4, "items": line},
            "notes": {"type": "array", "minItems": 1, "items": part},
        },
    }
    written(tmp_path, {"order.json": order})
    spec = spec_of(tmp_path, str(tmp_path / "order.json"), "--normalize", "--rows", "50")
    assert "order_id -> order each 2..4" in spec
    assert "order_id -> order each 0.." in spec  # the notes may be missing
    rows = rows_of(tmp_path)
    assert set(rows) == {"order", "order_lines", "order_lines_parts", "order_notes"}
    assert len(rows["order_lines"]) >= 100
    assert {row["order_lines_id"] for row in rows["order_lines_parts"]} == {
        row["id"] for row in rows["order_lines"]
    }


@pytest.mark.parametrize(
    ("told", "drawn", "why"),
    [
        ({"type": "string", "faker": "name.firstName"}, "first_name()", ""),
        ({"type": "string", "x-faker": "internet.email", "format": "email"}, "email()", ""),
        ({"type": "string", "chance": "company"}, "company()", ""),
        ({"type": "integer", "chance": {"integer": {"min": 3, "max": 9}}}, "3..9", ""),
        ({"type": "integer", "faker": "random.number"}, "0..1_000", ""),
        ({"type": "number", "x-specdsl": "normal(mean: 5, sd: 1)"}, "normal(mean: 5, sd: 1)", ""),
        (
            {"type": "string", "maxLength": 3, "faker": "internet.email"},
            "/[a-z]{3}/",
            "not all values of `email()` are valid here",
        ),
        ({"type": "string", "faker": "no.such"}, "words(1..3)", "has no function for `no.such`"),
        ({"type": "string", "x-faker": "no.such"}, "words(1..3)", "`x-faker` is not heeded"),
        ({"type": "string", "faker": 5}, "words(1..3)", "it names no function"),
        ({"type": "string", "x-specdsl": "1\n}"}, "words(1..3)", "one expression on one line"),
        ({"type": "integer", "x-specdsl": "nope("}, "0..1_000", "in `nope(`: this `(` is never closed"),
        ({"type": "integer", "x-specdsl": "nope()"}, "0..1_000", "there is no function `nope`"),
    ],
    ids=str,
)
def test_what_is_asked_for_is_drawn_where_it_is_valid(
    told: dict[str, Any], drawn: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = {"title": "T", "type": "object", "required": ["a"], "properties": {"a": told}}
    written(tmp_path, {"t.json": schema})
    assert f"= {drawn}\n" in spec_of(tmp_path, str(tmp_path / "t.json"))
    said = " ".join(capsys.readouterr().err.split())
    assert ("warning[DG717]" in said) == bool(why)
    assert why in said


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/import.md").read_text("utf-8")
    section = page[page.index("## Keys and references in schemas") :]
    source, spec = (section.split(f"```{word}\n", 1)[1].split("```", 1)[0] for word in ("json", "dgen"))
    written(tmp_path, {"map.json": source})
    assert spec_of(tmp_path, str(tmp_path / "map.json")).removeprefix("# Imported from map.json\n\n") == spec
