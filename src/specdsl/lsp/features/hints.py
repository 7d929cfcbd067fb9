"""What stands between the words: inferred types, row counts, what is left of a choice."""

from __future__ import annotations

from lsprotocol import types

from specdsl.ide.hints import HintKind, InlayHint, inlay_hints
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency


def hints(view: View, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints in a range, as the settings have them."""
    start, end = view.offsets(params.range)
    found = inlay_hints(view.workspace, view.path, start, end)
    return [_converted(view, one) for one in found if view.settings.hints(one.kind.value)]


def _converted(view: View, hint: InlayHint) -> types.InlayHint:
    position = view.position(hint.offset)
    here = types.Range(position, position)
    return types.InlayHint(
        position,
        hint.label.strip(),
        kind=types.InlayHintKind.Type if hint.kind is HintKind.TYPE else None,
        tooltip=hint.tooltip or None,
        text_edits=[types.TextEdit(here, hint.label)] if hint.inserts else None,
        padding_left=hint.label.startswith(" ") or None,
        padding_right=hint.label.endswith(" ") or None,
    )


FEATURES = (Feature(types.TEXT_DOCUMENT_INLAY_HINT, hints, Urgency.SHOWN),)
