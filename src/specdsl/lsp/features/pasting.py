"""``specdsl/tablesOfJson``: tables that look like some JSON, for an editor that pastes it."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from specdsl.lsp.client import plain
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency


def tables_of_json(view: View, params: Any) -> dict[str, Any]:
    """The edit as plain JSON, null where ``message`` says why there is none; ``docs/editors.md`` has its
    form."""
    from specdsl.ide.pasting import pasted

    asked = plain(params)
    asked = asked if isinstance(asked, dict) else {}
    text, position = asked.get("text"), asked.get("position")
    position = position if isinstance(position, dict) else {}
    line, character = (_count(position.get(name)) for name in ("line", "character"))
    offset = view.offset(types.Position(line, character))
    found = pasted(view.workspace, view.path, offset, text if isinstance(text, str) else "")
    return {
        "edit": None if found.edit is None else view.edit(found.edit),
        "message": found.message,
        "notes": list(found.notes),
    }


def _count(value: Any) -> int:
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else 0


FEATURES = (Feature("specdsl/tablesOfJson", tables_of_json, Urgency.ASKED),)
