"""What a client can do, from what it says when the connection begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lsprotocol import types

from specdsl.lsp.session import Client


def read_client(params: types.InitializeParams) -> Client:
    """The capabilities that the server heeds, and the ``initializationOptions`` that it knows."""
    document = params.capabilities.text_document or types.TextDocumentClientCapabilities()
    workspace = params.capabilities.workspace or types.WorkspaceClientCapabilities()
    window = params.capabilities.window or types.WindowClientCapabilities()
    options = options_of(params)
    commands = options.get("commands")
    hover = document.hover.content_format if document.hover else None
    item = document.completion.completion_item if document.completion else None
    items = document.completion.completion_list if document.completion else None
    signature = document.signature_help.signature_information if document.signature_help else None
    refreshable = {
        "semanticTokens": workspace.semantic_tokens,
        "codeLens": workspace.code_lens,
        "inlayHint": workspace.inlay_hint,
        "diagnostics": workspace.diagnostics,
    }
    return Client(
        commands=frozenset(map(str, commands)) if isinstance(commands, list | tuple) else frozenset(),
        trusted=options.get("trusted") is True,
        markdown=hover is None or types.MarkupKind.Markdown in hover,
        item_formats=_formats(item.documentation_format if item else None),
        signature_formats=_formats(signature.documentation_format if signature else None),
        links=bool(document.definition and document.definition.link_support),
        snippets=bool(item and item.snippet_support),
        item_defaults=frozenset((items.item_defaults if items else None) or ()),
        label_offsets=bool(
            signature
            and signature.parameter_information
            and signature.parameter_information.label_offset_support
        ),
        document_changes=bool(workspace.workspace_edit and workspace.workspace_edit.document_changes),
        nested_symbols=bool(
            document.document_symbol and document.document_symbol.hierarchical_document_symbol_support
        ),
        progress=bool(window.work_done_progress),
        configuration=bool(workspace.configuration),
        watches=bool(
            workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration
        ),
        refreshes=frozenset(name for name, one in refreshable.items() if one and one.refresh_support),
        pulls=document.diagnostic is not None and options.get("diagnostics") != "push",
    )


def _formats(given: Sequence[types.MarkupKind] | None) -> frozenset[str]:
    return frozenset(kind.value for kind in given or ())


def options_of(params: types.InitializeParams) -> Mapping[str, Any]:
    """The ``initializationOptions``, empty where they are no object."""
    options = plain(params.initialization_options)
    return options if isinstance(options, Mapping) else {}


def plain(value: Any) -> Any:
    """JSON that came as objects with attributes, as dicts and lists."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if hasattr(value, "_asdict"):  # pygls reads what it has no type for as named tuples
        return plain(value._asdict())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
