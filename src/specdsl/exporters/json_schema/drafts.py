"""A schema in an older draft: the same instances are valid, formats that the draft has not written out."""

from __future__ import annotations

from typing import Any, Final

from specdsl.datatypes.counterparts import DATE_PATTERN, UUID_PATTERN
from specdsl.exporters.json_schema.shapes import escaped, name_pattern

Schema = dict[str, Any]
ADDRESSES: Final = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "7": "http://json-schema.org/draft-07/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "4": "http://json-schema.org/draft-04/schema#",
}
_AGE: Final = {"2020-12": 2020, "2019-09": 2019, "7": 7, "6": 6, "4": 4}
_MAPS: Final = ("properties", "patternProperties", "$defs")
_LISTS: Final = ("anyOf", "allOf", "prefixItems")
_ONE: Final = ("items", "additionalProperties", "propertyNames")
_DURATION: Final = (
    r"^P(?!$)(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+W)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?$"
)
_FORMATS: Final = {"date": (7, DATE_PATTERN), "uuid": (2019, UUID_PATTERN), "duration": (2019, _DURATION)}
"""Formats that not every draft has: since when, and the pattern that says so before."""


def in_draft(schema: Schema, draft: str) -> Schema:
    """``schema`` (of 2020-12, as this exporter makes them) in ``draft``, ``$schema`` first. Raises KeyError
    for a draft that there is not."""
    return {"$schema": ADDRESSES[draft], **_converted(schema, _AGE[draft])}


def _converted(schema: Schema, age: int) -> Schema:
    if age == 2020:
        return schema
    out: Schema = {}
    for word, value in schema.items():
        if word in _MAPS:
            out[word] = {name: _converted(one, age) for name, one in value.items()}
        elif word in _LISTS:
            out[word] = [_converted(one, age) for one in value]
        elif word in _ONE and isinstance(value, dict):
            out[word] = _converted(value, age)
        else:
            out[word] = value
    out = _arrays(out)
    if age < 2019:
        out = _references(out)
        if "$defs" in out:
            out["definitions"] = out.pop("$defs")
    if out.get("format") in _FORMATS and age < _FORMATS[out["format"]][0]:
        out.setdefault("pattern", _FORMATS[out.pop("format")][1])
    return _in_draft_4(out) if age == 4 else out


def _arrays(schema: Schema) -> Schema:
    """Arrays with one schema for each place: ``items`` and ``additionalItems`` before 2020-12."""
    if "prefixItems" not in schema:
        if schema.get("items") is False:  # an array without any item
            return {word: value for word, value in schema.items() if word != "items"} | {"maxItems": 0}
        return schema
    words = {"prefixItems": "items", "items": "additionalItems"}
    return {words.get(word, word): value for word, value in schema.items()}


def _references(schema: Schema) -> Schema:
    """``$ref`` alone: until 2019-09 what stands beside it means nothing."""
    if "$ref" not in schema:
        return schema
    target = {"$ref": schema["$ref"].replace("#/$defs/", "#/definitions/", 1)}
    beside = {word: value for word, value in schema.items() if word != "$ref"}
    return {"allOf": [target], **beside} if beside else target


def _in_draft_4(schema: Schema) -> Schema:
    """Without ``const``, ``propertyNames``, ``examples``."""
    out = {word: value for word, value in schema.items() if word != "examples"}
    if "const" in out:
        out["enum"] = [out.pop("const")]
    if "propertyNames" in out:
        names, known = out.pop("propertyNames"), tuple(out.get("properties", ()))
        kinds = [one for one in names.get("anyOf", [names]) if one != {"enum": list(known)}]
        out["patternProperties"] = {_but(known, _pattern(one)): out["additionalProperties"] for one in kinds}
        out["additionalProperties"] = False
    return out


def _but(known: tuple[str, ...], pattern: str) -> str:
    """``pattern`` for other names than ``known``, which have schemas of their own."""
    if not known:
        return pattern
    return f"^(?!(?:{'|'.join(map(escaped, known))})$)(?:{pattern})"


def _pattern(names: Schema) -> str:
    """A pattern of the names that such a schema lets through."""
    low, high = names.get("minLength", 0), names.get("maxLength", "")
    return name_pattern(names) or f"^[\\s\\S]{{{low},{high}}}$"
