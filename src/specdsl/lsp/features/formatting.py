"""The one layout: of a document, of a range, and while typing."""

from __future__ import annotations

from collections.abc import Generator

from lsprotocol import types

from specdsl.diagnostics.model import Edit
from specdsl.ide.formatting import (
    TYPED,
    Steps,
    format_document_steps,
    format_range_steps,
    format_typed_steps,
)
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

Answer = Generator[None, None, list[types.TextEdit]]


def whole(view: View, params: types.DocumentFormattingParams) -> Answer:
    """The edits that lay a document out; the layout knows no options."""
    return _converted(view, format_document_steps(view.workspace, view.path))


def ranged(view: View, params: types.DocumentRangeFormattingParams) -> Answer:
    """The edits for the lines of a range."""
    start, end = view.offsets(params.range)
    return _converted(view, format_range_steps(view.workspace, view.path, start, end))


def typed(view: View, params: types.DocumentOnTypeFormattingParams) -> Answer:
    """The edits after a character that ends something has been typed."""
    offset = view.offset(params.position)
    return _converted(view, format_typed_steps(view.workspace, view.path, offset, params.ch))


def _converted(view: View, steps: Steps[list[Edit]]) -> Answer:
    edits = yield from steps
    return [view.edit(one) for one in edits]


FEATURES = (
    Feature(types.TEXT_DOCUMENT_FORMATTING, whole, Urgency.ASKED),
    Feature(types.TEXT_DOCUMENT_RANGE_FORMATTING, ranged, Urgency.ASKED),
    Feature(
        types.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
        typed,
        Urgency.ASKED,
        types.DocumentOnTypeFormattingOptions(TYPED[0], list(TYPED[1:])),
    ),
)
