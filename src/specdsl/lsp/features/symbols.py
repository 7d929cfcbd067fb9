"""What documents declare: the outline of one, and a search through all."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from specdsl.ide.naming import SymbolKind
from specdsl.ide.symbols import DocumentSymbol, document_symbols, workspace_symbols
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

_KIND = types.SymbolKind
_KINDS = {
    SymbolKind.TABLE: _KIND.Struct,
    SymbolKind.COLUMN: _KIND.Field,
    SymbolKind.GIVEN: _KIND.Field,
    SymbolKind.ENUM: _KIND.Enum,
    SymbolKind.MEMBER: _KIND.EnumMember,
    SymbolKind.TYPE: _KIND.Class,
    SymbolKind.POOL: _KIND.Module,
    SymbolKind.CHECK: _KIND.Event,
    SymbolKind.HISTORY: _KIND.Event,
    SymbolKind.VARIANT: _KIND.Event,
    SymbolKind.DATASET: _KIND.Namespace,
    SymbolKind.SETTING: _KIND.Property,
    SymbolKind.FIELD: _KIND.Property,
}


def outline(
    view: View, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """The declarations of a document, as a tree where the client shows one."""
    found = document_symbols(view.workspace, view.path)
    if view.session.client.nested_symbols:
        return [_nested(view, one) for one in found]
    return [
        types.SymbolInformation(
            view.location(one.span), one.name, _kind(one), container_name=container or None
        )
        for container, one in _flat(found)
    ]


def _nested(view: View, symbol: DocumentSymbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        symbol.name or " ",
        _kind(symbol),
        view.range(symbol.whole),
        view.range(symbol.span),
        detail=symbol.detail or None,
        children=[_nested(view, child) for child in symbol.children] or None,
    )


def _flat(symbols: list[DocumentSymbol], container: str = "") -> Iterator[tuple[str, DocumentSymbol]]:
    for symbol in symbols:
        yield container, symbol
        yield from _flat(list(symbol.children), symbol.name)


def _kind(symbol: DocumentSymbol) -> types.SymbolKind:
    return _KINDS.get(symbol.kind, _KIND.Variable)


def search(view: View, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
    """The declarations of all folders whose names have the letters that are asked for."""
    found = []
    for folder in view.session.folders:
        for match in workspace_symbols(folder.workspace, params.query):
            beside = View(view.session, match.symbol.span.file)
            if view.session.folder(beside.path) is not folder:
                continue  # that one tells of it
            found.append(
                types.WorkspaceSymbol(
                    beside.location(match.symbol.span),
                    match.symbol.name,
                    _kind(match.symbol),
                    container_name=match.container or None,
                )
            )
    return found


FEATURES = (
    Feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, outline, Urgency.SHOWN),
    Feature(types.WORKSPACE_SYMBOL, search, Urgency.ASKED),
)
