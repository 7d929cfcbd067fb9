"""TypeScript types of the rows in JSON, made from their JSON Schema.

Types have no bounds and no patterns; those stand in the comments. What an object may have besides its known
members is an index signature, which TypeScript also holds the known members to; so there the two are types
of their own that a value has both of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from specdsl.exporters.json_schema import vocabulary as v
from specdsl.exporters.json_schema.exporter import schema_of
from specdsl.exporters.names import pascal_case, unique_names
from specdsl.exporters.spec import Spec, Wanted

Schema = Mapping[str, Any]
_PLAIN: Final = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null",
}  # fmt: skip
_JSON: Final = "JsonValue"
_JSON_TYPE: Final = (
    "/** Any JSON document. */\n"
    "export type JsonValue =\n"
    "  null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };\n"
)
_MOST_PLACES: Final = 8


def export(spec: Spec, wanted: Wanted) -> str:
    """A module with a type for each table and each declared type, and ``Tables``, which has the types of rows
    by table. Raises KeyError for a table that there is not."""
    schema = schema_of(spec, replace(wanted, plain=True, examples=0))
    tables = [table.name for table in spec.tables(wanted)]
    definitions: dict[str, Schema] = dict(schema.get("$defs", {}))
    if len(tables) == 1:
        definitions[tables[0]] = schema
    names = unique_names([*definitions, *tables], pascal_case, {_JSON, "Tables"})
    types = _Types(names)
    parts = [types.declared(name, one) for name, one in definitions.items()]
    rows = "".join(f"  {_name(table)}: {names[table]};\n" for table in tables)
    parts.append(f"/** The rows of each table. */\nexport interface Tables {{\n{rows}}}\n")
    if types.uses_json:
        parts.insert(0, _JSON_TYPE)
    return (
        f"// Rows of {spec.dataset.name} in JSON. Made by `specdsl export --to typescript`.\n\n"
        + "\n".join(parts)
    )


class _Types:
    """Schemas as types. ``names``: of definitions."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self.uses_json = False

    def declared(self, name: str, schema: Schema) -> str:
        """The declaration of a definition."""
        comment = _comment(schema, "")
        own = self._names[name]
        if schema.get("type") == "object" and not {"propertyNames", "patternProperties"} & set(schema):
            return f"{comment}export interface {own} {self.type(schema, '')}\n"
        return f"{comment}export type {own} = {self.type(schema, '')};\n"

    def type(self, schema: Schema | bool, indent: str) -> str:
        """The type of the values that a schema lets through."""
        if isinstance(schema, bool):
            return self._any() if schema else "never"
        if "$ref" in schema:
            return self._names[_definition(schema["$ref"])]
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self.type(one, indent) for one in schema["anyOf"]))
        if "const" in schema:
            return _literal(schema["const"])
        if "enum" in schema:
            return " | ".join(map(_literal, schema["enum"])) or "never"
        given = schema.get("type", [])
        kinds = [given] if isinstance(given, str) else given
        return " | ".join(self._of_kind(kind, schema, indent) for kind in kinds) or self._any()

    def _any(self) -> str:
        self.uses_json = True
        return _JSON

    def _of_kind(self, kind: str, schema: Schema, indent: str) -> str:
        match kind:
            case "array":
                return self._array(schema, indent)
            case "object":
                return self._object(schema, indent)
            case _:
                return _PLAIN[kind]

    def _array(self, schema: Schema, indent: str) -> str:
        items = schema.get("items", True)
        low, high = schema.get("minItems", 0), schema.get("maxItems")
        places = schema.get("prefixItems")
        if places is None:
            if low and low == high and low <= _MOST_PLACES:
                return f"[{', '.join([self.type(items, indent)] * low)}]"
            return f"{_grouped(self.type(items, indent))}[]"
        first = [self.type(one, indent) for one in places]
        least = min(max(low - len(first), 0), _MOST_PLACES)
        first += [self.type(items, indent)] * least if items is not False else []
        rest = [] if items is False or high == len(first) else [f"...{_grouped(self.type(items, indent))}[]"]
        return f"[{', '.join([*first, *rest])}]"

    def _object(self, schema: Schema, indent: str) -> str:
        inner = indent + "  "
        required = set(schema.get("required", ()))
        rows = ""
        for name, one in schema.get("properties", {}).items():
            mark = "" if name in required else "?"
            rows += f"{_comment(one, inner)}{inner}{_name(name)}{mark}: {self.type(one, inner)};\n"
        known = f"{{\n{rows}{indent}}}" if rows else "{}"
        others = self._others(schema, indent)
        if not others:
            return known if rows else "Record<string, never>"
        return f"{known} & {others}" if rows else others

    def _others(self, schema: Schema, indent: str) -> str:
        """The members that are not known by name; "" where there are none. Beside known ones an index
        signature would bind those as well, so that it says nothing of values."""
        if "propertyNames" not in schema and "patternProperties" not in schema:
            return ""
        if "properties" in schema:
            self.uses_json = True
            return f"{{ [name: string]: {_JSON} }}"
        value, names = self.type(schema["additionalProperties"], indent), schema["propertyNames"]
        kinds = names.get("anyOf", [names])
        if all("enum" in one for one in kinds):
            keys = " | ".join(_literal(key) for one in kinds for key in one["enum"])
            return f"Partial<Record<{keys}, {value}>>"
        return f"Record<string, {value}>"


def _definition(reference: str) -> str:
    from urllib.parse import unquote

    return unquote(reference.removeprefix("#/$defs/")).replace("~1", "/").replace("~0", "~")


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+(\[\])*", text) else f"({text})"


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)


def _name(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z_$][\w$]*", text, re.ASCII) else _literal(text)


_SAID: Final = {
    "format": "{}", "pattern": "matches {}", "minimum": "at least {}", "maximum": "at most {}",
    "minLength": "{} or more characters", "maxLength": "at most {} characters",
    "minItems": "{} or more items", "maxItems": "at most {} items",
    "minProperties": "{} or more members", "maxProperties": "at most {} members",
}  # fmt: skip


def _facts(schema: Schema) -> Iterator[str]:
    if schema.get("type") in ("integer", ["integer", "null"]):
        yield "whole number"
    if schema.get("uniqueItems"):
        yield "all different"
    for word, text in _SAID.items():
        if word in schema:
            yield text.format(schema[word])


def _comment(schema: Schema, indent: str) -> str:
    said = [*str(schema.get("description", "")).splitlines()]
    facts = ", ".join(_facts(schema))
    said += [f"{facts[:1].upper()}{facts[1:]}."] if facts else []
    if v.KEY in schema:
        said.append(f"Key: {', '.join(schema[v.KEY])}.")
    said = [row.replace("*/", "*\\/") for row in said]
    if not said:
        return ""
    if len(said) == 1:
        return f"{indent}/** {said[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {row}".rstrip() + "\n" for row in said) + f"{indent} */\n"
