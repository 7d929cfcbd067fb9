"""Whether a JSON value is a spec of rand-engine, or several by the names of their tables."""

from __future__ import annotations

import json
from typing import Any

METHODS = frozenset(
    {
        *("integers", "int_zfilled", "floats", "floats_normal", "booleans", "uuid4", "unique_ids"),
        *("distincts", "distincts_prop", "distincts_map", "distincts_map_prop", "distincts_multi_map"),
        *("unix_timestamps", "dates", "complex_distincts", "distincts_external"),
    }
)
"""The methods of rand-engine by their names in specs; ``unique_ids`` is of its older versions."""

CONSTRAINTS = "constraints"


def is_spec(value: Any) -> bool:
    """Whether ``value`` has columns, at least one with a method that is known."""
    if not isinstance(value, dict):
        return False
    columns = [one for name, one in value.items() if name != CONSTRAINTS or "method" in _members(one)]
    known = [one for one in columns if _members(one).get("method") in METHODS]
    return bool(known) and all(isinstance(one, dict) for one in columns) and 2 * len(known) >= len(columns)


def is_several(value: Any) -> bool:
    """Whether ``value`` has specs by the names of their tables."""
    return isinstance(value, dict) and bool(value) and all(is_spec(one) for one in value.values())


def is_rand_engine(text: str) -> bool:
    """Whether ``text`` is JSON with one spec or several."""
    if '"method"' not in text:
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return is_spec(value) or is_several(value)


def _members(value: Any) -> dict[str, Any]:
    """``value`` where its ``method`` is a text, else nothing."""
    return value if isinstance(value, dict) and isinstance(value.get("method"), str) else {}
