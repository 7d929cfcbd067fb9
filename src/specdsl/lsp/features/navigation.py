"""Where a name comes from and where it is used; links to files and addresses."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types

from specdsl.ide.definition import Target, definition, type_definition
from specdsl.ide.links import links
from specdsl.ide.references import highlights, references
from specdsl.ide.workspace import Workspace
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

Targets = list[types.LocationLink] | types.Location | None


def _going(
    find: Callable[[Workspace, str, int], Target | None],
) -> Callable[[View, types.TextDocumentPositionParams], Targets]:
    def go(view: View, params: types.TextDocumentPositionParams) -> Targets:
        target = find(view.workspace, view.path, view.offset(params.position))
        if target is None:
            return None
        if not view.session.client.links:
            return view.location(target.name)
        uri = view.session.uri(target.name.file)
        whole, name = view.range(target.whole), view.range(target.name)
        return [types.LocationLink(uri, whole, name, view.range(target.origin))]

    return go


def found_references(view: View, params: types.ReferenceParams) -> list[types.Location]:
    """All places where a name is used, in all files."""
    offset = view.offset(params.position)
    wanted = params.context.include_declaration
    found = references(view.workspace, view.path, offset, with_declaration=wanted)
    return [view.location(binding.span) for binding in found]


def highlighted(view: View, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
    """The places in this document where a name is used."""
    kinds = types.DocumentHighlightKind
    return [
        types.DocumentHighlight(view.range(one.span), kinds.Write if one.writes else kinds.Read)
        for one in highlights(view.workspace, view.path, view.offset(params.position))
    ]


def linked(view: View, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """Imported files, data files and addresses."""
    return [
        types.DocumentLink(view.range(one.span), target=one.address or view.session.uri(one.path))
        for one in links(view.workspace, view.path)
    ]


FEATURES = (
    Feature(types.TEXT_DOCUMENT_DEFINITION, _going(definition), Urgency.ASKED),
    Feature(types.TEXT_DOCUMENT_DECLARATION, _going(definition), Urgency.ASKED),
    Feature(types.TEXT_DOCUMENT_TYPE_DEFINITION, _going(type_definition), Urgency.ASKED),
    Feature(types.TEXT_DOCUMENT_REFERENCES, found_references, Urgency.ASKED),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, highlighted, Urgency.SHOWN),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_LINK, linked, Urgency.SHOWN, types.DocumentLinkOptions()),
)
