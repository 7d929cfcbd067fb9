"""The one layout: of a document, of a range, and while typing."""

from __future__ import annotations

from lsprotocol import types

from specdsl.ide.formatting import TYPED, format_document, format_range, format_typed
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency


def whole(view: View, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """The edits that lay a document out; the layout knows no options."""
    return [view.edit(one) for one in format_document(view.workspace, view.path)]


def ranged(view: View, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    """The edits for the lines of a range."""
    start, end = view.offsets(params.range)
    return [view.edit(one) for one in format_range(view.workspace, view.path, start, end)]


def typed(view: View, params: types.DocumentOnTypeFormattingParams) -> list[types.TextEdit]:
    """The edits after a character that ends something has been typed."""
    offset = view.offset(params.position)
    return [view.edit(one) for one in format_typed(view.workspace, view.path, offset, params.ch)]


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
