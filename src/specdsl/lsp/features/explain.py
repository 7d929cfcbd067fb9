"""``specdsl/explain``: the page of a diagnostic."""

from __future__ import annotations

from typing import Any

from specdsl.diagnostics.pages import PageError, page
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency


def explained(view: View, params: Any) -> dict[str, str] | None:
    """Code, title and Markdown of a page; None where there is none of that code."""
    code = str(getattr(params, "code", "")).strip().upper()
    try:
        found = page(code)
    except PageError:
        found = None
    if found is None:
        return None
    return {"code": code, "title": found.name.replace("-", " "), "markdown": found.text}


FEATURES = (Feature("specdsl/explain", explained, Urgency.ASKED),)
