"""The members beside JSON Schema's own that an exported schema has: what the exporter writes, the importer
reads. ``docs/export.md`` describes them."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

PREFIX: Final = "x-specdsl"
DATASET: Final = "x-specdsl-dataset"
DECLARATION: Final = "x-specdsl-declaration"
OTHERS: Final = "x-specdsl-others"
DIGEST: Final = "x-specdsl-digest"
KEY: Final = "x-specdsl-key"
UNIQUE: Final = "x-specdsl-unique"
REFERENCES: Final = "x-specdsl-references"
CHECKS: Final = "x-specdsl-checks"
VALUE: Final = "x-specdsl-value"
TYPE: Final = "x-specdsl-type"

_SAYS_NOTHING: Final = frozenset(
    {"$schema", "$id", "id", "$comment", "title", "description", "example", "examples"}
)
_OF_NAMES: Final = frozenset({"properties", "patternProperties", "$defs", "definitions"})


def digest(schema: Any) -> str:
    """A hash of all in a schema that says which values are valid: another layout, other texts for people and
    other members of ours leave it as it is."""
    plain = json.dumps(_plain(schema), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _plain(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for word, value in schema.items():
        if word in _SAYS_NOTHING or word.startswith(PREFIX):
            continue
        if word in _OF_NAMES and isinstance(value, dict):
            kept[word] = {name: _plain(one) for name, one in value.items()}
        elif word in ("enum", "const"):
            kept[word] = value
        else:
            kept[word] = _plain(value)
    return kept
