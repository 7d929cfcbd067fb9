"""OpenAPI's ``discriminator``: each alternative gets the tag by which it is told from the others."""

from __future__ import annotations

from typing import Any

from specdsl.importers.json_schema.document import escaped
from specdsl.importers.json_schema.walking import changed, schemas


def tagged(document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """``document``, whose schemas stand at ``path``, with tags. A schema that names no alternatives has those
    that hold it in ``allOf``; what refers to it, but for those, refers to one of them."""
    found: Any = document
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return document
    above = "#/" + "/".join(path)
    bases = {
        f"{above}/{escaped(name)}": schema["discriminator"]
        for name, schema in found.items()
        if _has_tag(schema) and not ("oneOf" in schema or "anyOf" in schema)
    }
    children = {
        base: [f"{above}/{escaped(n)}" for n, s in found.items() if base in _parents(s)] for base in bases
    }
    bases = {base: told for base, told in bases.items() if children[base]}

    tags = _tags(document, above)

    def change(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
        own = f"#{pointer}"
        for base in _parents(schema):
            if base in bases:
                schema = {**schema, "allOf": [*schema["allOf"], _tag(bases[base], own, above)]}
        if _has_tag(schema):
            for word in ("oneOf", "anyOf"):
                if isinstance(schema.get(word), list):
                    branches = [_branch(one, schema["discriminator"], above, tags) for one in schema[word]]
                    schema = {**schema, "oneOf": branches}
                    if word != "oneOf":
                        del schema[word]
        written = schema.get("$ref")
        if written in bases and not _is_parent(pointer):
            return {"oneOf": [{"$ref": child} for child in children[written]]}
        if own in tags:
            return {**schema, "allOf": [*schema.get("allOf", ()), tags[own]]}
        return schema

    made: dict[str, Any] = changed(document, change)
    return made


def _has_tag(schema: Any) -> bool:
    told = schema.get("discriminator") if isinstance(schema, dict) else None
    return isinstance(told, dict) and isinstance(told.get("propertyName"), str)


def _is_parent(pointer: str) -> bool:
    return pointer.rpartition("/")[0].endswith("/allOf")


def _parents(schema: Any) -> list[str]:
    """The references of ``allOf``."""
    every = schema.get("allOf") if isinstance(schema, dict) else None
    return [
        one["$ref"]
        for one in (every if isinstance(every, list) else ())
        if isinstance(one, dict) and isinstance(one.get("$ref"), str)
    ]


def _tag(told: dict[str, Any], reference: str, above: str) -> dict[str, Any]:
    """What the tag of the schema behind ``reference`` says."""
    name = reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    mapping = told.get("mapping")
    meant = [
        key
        for key, to in (mapping.items() if isinstance(mapping, dict) else ())
        if reference in (to, f"{above}/{to}")
    ]
    tag = told["propertyName"]
    return {"type": "object", "properties": {tag: {"enum": meant or [name]}}, "required": [tag]}


def _tags(document: dict[str, Any], above: str) -> dict[str, dict[str, Any]]:
    """The tags of schemas that have the same one wherever they are an alternative."""
    found: dict[str, list[dict[str, Any]]] = {}
    for schema, _ in schemas(document):
        for word in ("oneOf", "anyOf"):
            branches = schema.get(word) if _has_tag(schema) else None
            for one in branches if isinstance(branches, list) else ():
                if isinstance(one, dict) and isinstance(one.get("$ref"), str):
                    tag = _tag(schema["discriminator"], one["$ref"], above)
                    if tag not in found.setdefault(one["$ref"], []):
                        found[one["$ref"]].append(tag)
    return {reference: tags[0] for reference, tags in found.items() if len(tags) == 1}


def _branch(one: Any, told: dict[str, Any], above: str, tags: dict[str, Any]) -> Any:
    if not isinstance(one, dict) or not isinstance(one.get("$ref"), str):
        return one
    if one["$ref"] in tags and one["$ref"].startswith(f"{above}/"):
        return one
    return {"allOf": [one, _tag(told, one["$ref"], above)]}
