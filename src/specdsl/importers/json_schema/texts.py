"""JSON values: their text and their types."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any) -> str:
    """``value`` as compact JSON, in the characters that it has."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def kind_of(value: Any) -> str:
    """The JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def kinds_of(value: Any) -> tuple[str, ...]:
    """The JSON types that a value may count as: a number also as an integer."""
    kind = kind_of(value)
    return ("integer", "number") if kind in ("integer", "number") else (kind,)
