"""Schemas of earlier drafts, and of OpenAPI 3.0, in the words of draft 2020-12."""

from __future__ import annotations

from typing import Any

from specdsl.importers.json_schema.walking import changed

_OLD = ("4", "6", "7", "openapi")
_BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


def modern(value: Any, draft: str) -> Any:
    """``value``, which is in ``draft`` (``openapi``: OpenAPI 3.0), in draft 2020-12."""
    if draft == "2020-12":
        return value

    def change(schema: dict[str, Any], _pointer: str) -> dict[str, Any]:
        if draft in _OLD and isinstance(schema.get("$ref"), str):
            return {"$ref": schema["$ref"]}  # what stands beside it says nothing there
        made = dict(schema)
        for bound, exclusive in _BOUNDS:
            if isinstance(made.get(exclusive), bool) and made.pop(exclusive) and bound in made:
                made[exclusive] = made.pop(bound)
        if isinstance(made.get("items"), list):
            made["prefixItems"] = made.pop("items")
            if "additionalItems" in made:
                made["items"] = made.pop("additionalItems")
        needs = made.pop("dependencies", None) if isinstance(made.get("dependencies"), dict) else None
        for name, need in (needs or {}).items():
            word = "dependentRequired" if isinstance(need, list) else "dependentSchemas"
            made[word] = {**made.get(word, {}), name: need}
        return _nullable(made) if draft == "openapi" else made

    return changed(value, change)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0's ``nullable``, which counts only beside a ``type``."""
    nullable = schema.pop("nullable", False)
    kind = schema.get("type")
    if nullable is True and isinstance(kind, str):
        schema["type"] = [kind, "null"]
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    elif nullable is True and not kind:
        told = {name: schema.pop(name) for name in ("allOf", "anyOf", "oneOf", "$ref") if name in schema}
        if told:
            schema["anyOf"] = [told, {"type": "null"}]
    return schema
