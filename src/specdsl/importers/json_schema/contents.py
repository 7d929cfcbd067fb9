"""Which tables a document describes: a schema one, an OpenAPI or AsyncAPI document, an event, a map of
tables several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from specdsl.importers.json_schema.bundle import Prepared
from specdsl.importers.json_schema.discriminators import tagged
from specdsl.importers.json_schema.document import escaped
from specdsl.importers.json_schema.exported import table_names
from specdsl.importers.json_schema.library import Volume
from specdsl.importers.json_schema.resources import draft_of
from specdsl.importers.json_schema.walking import at

WORDS = frozenset(
    {
        *(
            "$schema",
            "$ref",
            "$defs",
            "definitions",
            "type",
            "properties",
            "required",
            "items",
            "prefixItems",
        ),
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "enum", "const", "format", "pattern"),
        *("patternProperties", "additionalProperties", "propertyNames", "contains"),
    }
)
"""Words by which a schema is known."""

_EVENT = ("specversion", "type", "source")


@dataclass(frozen=True)
class Entry:
    """A table's schema. ``name``: what its source calls it, '' for nothing."""

    volume: Volume
    pointer: str
    name: str


@dataclass(frozen=True)
class Contents:
    """What a document has. ``plain``: it is but one schema."""

    prepared: Prepared
    entries: tuple[Entry, ...]
    plain: bool = False


def is_schema(value: Any) -> bool:
    """Whether a JSON value looks like something to import."""
    if not isinstance(value, dict):
        return False
    known = "openapi" in value or "swagger" in value or "asyncapi" in value or is_table_map(value)
    return known or _is_event(value) or not WORDS.isdisjoint(value)


def contents(volume: Volume, draft: str) -> Contents:
    """The tables of ``volume``. ``draft``: the edition it is in, '' to see it from the source."""
    value = volume.document.value
    seen = draft or draft_of(value)
    if not isinstance(value, dict):
        return Contents(Prepared(volume, value, seen), (Entry(volume, "", ""),), plain=True)
    if "openapi" in value or "swagger" in value:
        old = str(value.get("openapi", "2.0")) < "3.1"
        path = ("components", "schemas") if "openapi" in value else ("definitions",)
        entries = tuple(_objects(volume, value, path))
        return Contents(
            Prepared(volume, tagged(value, path), "openapi" if old else draft or "2020-12"), entries
        )
    if "asyncapi" in value:
        entries = (*_payloads(volume, value), *_objects(volume, value, ("components", "schemas")))
        return Contents(Prepared(volume, tagged(value, ("components", "schemas")), draft or "7"), entries)
    if _is_event(value):
        return Contents(Prepared(volume, _event(value), seen), (Entry(volume, "", ""),))
    word, exported = table_names(value)
    if exported:
        found = tuple(Entry(volume, f"/{word}/{escaped(name)}", name) for name in exported)
        return Contents(Prepared(volume, value, seen), found)
    if is_table_map(value):
        named = [name for name in value if not name.startswith("$") and isinstance(value[name], dict)]
        return Contents(
            Prepared(volume, value, seen),
            tuple(Entry(volume, f"/{escaped(name)}", name) for name in named),
        )
    return Contents(Prepared(volume, value, seen), (Entry(volume, "", ""),), plain=True)


def is_table_map(value: dict[str, Any]) -> bool:
    """Whether ``value`` has schemas of objects by the names of their tables."""
    tables = {name: one for name, one in value.items() if not name.startswith("$") and name != "definitions"}
    told = {name for name, one in tables.items() if isinstance(one, dict) and _makes_rows(value, one, 0)}
    return bool(told) and len(told) == len(tables) and not told <= WORDS


def _is_object(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "object" or isinstance(schema.get("properties"), dict)


def _objects(volume: Volume, value: dict[str, Any], path: tuple[str, ...]) -> Iterator[Entry]:
    found: Any = value
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    above = "/" + "/".join(path)
    for name, schema in found.items() if isinstance(found, dict) else ():
        if isinstance(schema, dict) and _makes_rows(value, schema, 0):
            yield Entry(volume, f"{above}/{escaped(name)}", name)


def _makes_rows(value: dict[str, Any], schema: Any, depth: int) -> bool:
    """Whether values of ``schema`` are objects, as far as its outer words tell."""
    if not isinstance(schema, dict) or depth > 20:
        return False
    written = schema.get("$ref")
    if isinstance(written, str) and written.startswith("#/"):
        try:
            return _makes_rows(value, at(value, written[1:]), depth + 1)
        except (LookupError, ValueError):
            return False
    if _is_object(schema):
        return bool(schema.get("properties")) or "allOf" in schema
    some = schema.get("allOf")
    if isinstance(some, list) and any(_makes_rows(value, one, depth + 1) for one in some):
        return True
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word)
        if isinstance(branches, list) and branches:
            return all(_makes_rows(value, one, depth + 1) for one in branches)
    return False


def _payloads(volume: Volume, value: dict[str, Any]) -> Iterator[Entry]:
    """The messages' payloads of an AsyncAPI document that are not a schema of its components."""
    components = value.get("components")
    messages = components.get("messages") if isinstance(components, dict) else None
    for name, message in messages.items() if isinstance(messages, dict) else ():
        yield from _payload(volume, value, message, f"/components/messages/{escaped(name)}", name)
    channels = value.get("channels")
    for name, channel in channels.items() if isinstance(channels, dict) else ():
        above = f"/channels/{escaped(name)}"
        if not isinstance(channel, dict):
            continue
        inner = channel.get("messages")
        for key, message in inner.items() if isinstance(inner, dict) else ():
            yield from _payload(volume, value, message, f"{above}/messages/{escaped(key)}", key)
        for verb in ("publish", "subscribe"):
            message = channel[verb].get("message") if isinstance(channel.get(verb), dict) else None
            yield from _payload(volume, value, message, f"{above}/{verb}/message", f"{name} {verb}")


def _payload(volume: Volume, value: dict[str, Any], message: Any, pointer: str, name: str) -> Iterator[Entry]:
    payload = message.get("payload") if isinstance(message, dict) else None
    if not isinstance(payload, dict):
        return
    schema = payload.get("schema")
    below = f"{pointer}/payload"
    if isinstance(schema, dict) and "schemaFormat" in payload:  # AsyncAPI 3
        payload, below = schema, f"{below}/schema"
    shared = str(payload.get("$ref", "")).startswith("#/components/schemas/")
    if not shared and _makes_rows(value, payload, 0):
        yield Entry(volume, below, str(message.get("name") or name))


def _is_event(value: dict[str, Any]) -> bool:
    return all(isinstance(value.get(n), str) for n in _EVENT) and isinstance(value.get("data"), dict)


def _event(value: dict[str, Any]) -> dict[str, Any]:
    """A CloudEvents event whose ``data`` is a schema, as the schema of such events."""
    properties: dict[str, Any] = {
        name: {"const": told} for name, told in value.items() if isinstance(told, str) and name[0] != "$"
    }
    properties["id"] = {"type": "string", "format": "uuid"}
    properties["time"] = {"type": "string", "format": "date-time"}
    properties["data"] = value["data"]
    kept: dict[str, Any] = {name: value[name] for name in ("$defs", "definitions") if name in value}
    return {"type": "object", "properties": properties, "required": list(properties), **kept}
