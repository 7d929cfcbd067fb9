"""JSON values as text."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any) -> str:
    """``value`` as compact JSON, in the characters that it has."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
