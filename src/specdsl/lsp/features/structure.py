"""Folding and growing selections."""

from __future__ import annotations

from lsprotocol import types

from specdsl.ide.folding import FoldKind, folds
from specdsl.ide.selection import selection_ranges
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

_KINDS = {
    FoldKind.BODY: None,  # a "region" is what marks in comments enclose
    FoldKind.COMMENT: types.FoldingRangeKind.Comment,
    FoldKind.IMPORTS: types.FoldingRangeKind.Imports,
}


def folding(view: View, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """What can be folded away, by lines."""
    return [
        types.FoldingRange(start_line=one.first, end_line=one.last, kind=_KINDS[one.kind])
        for one in folds(view.workspace, view.path)
    ]


def selection(view: View, params: types.SelectionRangeParams) -> list[types.SelectionRange]:
    """For each position the stretches around it, the innermost first."""
    found = []
    for position in params.positions:
        parent: types.SelectionRange | None = None
        for span in reversed(selection_ranges(view.workspace, view.path, view.offset(position))):
            parent = types.SelectionRange(view.range(span), parent)
        if parent is not None:
            found.append(parent)
    return found


FEATURES = (
    Feature(types.TEXT_DOCUMENT_FOLDING_RANGE, folding, Urgency.SHOWN),
    Feature(types.TEXT_DOCUMENT_SELECTION_RANGE, selection, Urgency.ASKED),
)
