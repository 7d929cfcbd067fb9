"""Rename, in all files that name the thing; names of one document that are edited together."""

from __future__ import annotations

from lsprotocol import types

from specdsl.ide.linked_editing import NAME, linked_names
from specdsl.ide.rename import Refusal, prepare, rename
from specdsl.lsp.features.feature import Feature, Refused
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency


def prepared(view: View, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder:
    """The name at a place. Raises Refused where it cannot be changed."""
    found = prepare(view.workspace, view.path, view.offset(params.position))
    if isinstance(found, Refusal):
        raise Refused(found.message)
    return types.PrepareRenamePlaceholder(view.range(found.span), found.name)


def renamed(view: View, params: types.RenameParams) -> types.WorkspaceEdit:
    """The edits that give a name another form. Raises Refused where that would change what names mean."""
    found = rename(view.workspace, view.path, view.offset(params.position), params.new_name)
    if isinstance(found, Refusal):
        raise Refused(found.message)
    return view.edits(found.edits)


def linked(view: View, params: types.LinkedEditingRangeParams) -> types.LinkedEditingRanges | None:
    """All places of a name that only this document uses; None where one may not edit the others."""
    spans = linked_names(view.workspace, view.path, view.offset(params.position))
    if not spans:
        return None
    return types.LinkedEditingRanges([view.range(span) for span in spans], word_pattern=NAME)


FEATURES = (
    Feature(types.TEXT_DOCUMENT_PREPARE_RENAME, prepared, Urgency.ASKED),
    Feature(types.TEXT_DOCUMENT_RENAME, renamed, Urgency.ASKED),
    Feature(types.TEXT_DOCUMENT_LINKED_EDITING_RANGE, linked, Urgency.SHOWN),
)
