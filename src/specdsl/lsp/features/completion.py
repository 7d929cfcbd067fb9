"""Completion, and what is said of an item when it is looked at."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from specdsl.ide.items import TRIGGERS, Item, ItemKind
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.markdown import documentation as documented
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency
from specdsl.source import Span

_KIND = types.CompletionItemKind
_KINDS = {
    ItemKind.KEYWORD: _KIND.Keyword,
    ItemKind.TYPE: _KIND.Class,
    ItemKind.ENUM: _KIND.Enum,
    ItemKind.MEMBER: _KIND.EnumMember,
    ItemKind.TABLE: _KIND.Struct,
    ItemKind.COLUMN: _KIND.Field,
    ItemKind.REFERENCE: _KIND.Reference,
    ItemKind.FIELD: _KIND.Property,
    ItemKind.FUNCTION: _KIND.Function,
    ItemKind.PARAMETER: _KIND.Variable,
    ItemKind.POOL: _KIND.Module,
    ItemKind.SETTING: _KIND.Property,
    ItemKind.VALUE: _KIND.Value,
    ItemKind.FILE: _KIND.File,
    ItemKind.FOLDER: _KIND.Folder,
    ItemKind.SNIPPET: _KIND.Snippet,
}
_SUGGEST = "editor.action.triggerSuggest"


def completion(view: View, params: types.CompletionParams) -> types.CompletionList:
    """The items for a place, the likely first. Where all replace the same stretch, it is said once."""
    from specdsl.ide.completion import complete

    offset = view.offset(params.position)
    found = complete(view.workspace, view.path, offset)
    client = view.session.client
    shared = "editRange" in client.item_defaults and bool(found)
    span = found[0].span if found else Span(view.path, offset, offset)
    defaults = types.CompletionItemDefaults(edit_range=view.range(span)) if shared else None
    items = [_item(view, item, params.text_document.uri, offset, shared=shared) for item in found]
    return types.CompletionList(is_incomplete=False, items=items, item_defaults=defaults)


def _item(view: View, item: Item, uri: str, offset: int, *, shared: bool) -> types.CompletionItem:
    client = view.session.client
    snippet = item.snippet and client.snippets
    insert = item.insert if snippet or not item.snippet else _without_placeholders(item.insert)
    insert = view.written(insert)
    command = types.Command("Suggest", _SUGGEST) if item.again and _SUGGEST in client.commands else None
    data = {"uri": uri, "offset": offset, "about": list(item.about)} if item.about else None
    return types.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        documentation=documented(item.documentation, client.item_formats) if item.documentation else None,
        sort_text=item.sort_text,
        tags=[types.CompletionItemTag.Deprecated] if item.deprecated else None,
        insert_text_format=types.InsertTextFormat.Snippet if snippet else None,
        text_edit_text=insert if shared and insert != item.label else None,
        text_edit=None if shared else types.TextEdit(view.range(item.span), insert),
        filter_text=item.label.strip("`") if item.label.startswith("`") else None,
        command=command,
        data=data,
    )


def _without_placeholders(snippet: str) -> str:
    """What a snippet inserts in a client that knows no snippets."""
    import re

    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", snippet)
    text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}", r"\1", text)
    return re.sub(r"\\([$}\\])", r"\1", re.sub(r"\$\d+|\$\{\d+\}", "", text))


def resolved(view: View, item: types.CompletionItem) -> types.CompletionItem:
    """The item with its documentation and values such as it would give."""
    from specdsl.ide.completion import resolve

    data: Any = item.data
    match data:
        case {"about": [*names], "offset": int(offset)}:
            about = tuple(map(str, names))
        case _:
            return item  # there is no more to say of it
    known = item.documentation
    text = known.value if isinstance(known, types.MarkupContent) else known or ""
    asked = Item(ItemKind.KEYWORD, item.label, "", documentation=text, about=about)
    found = resolve(view.workspace, view.path, offset, asked)
    if found.documentation:
        item.documentation = documented(found.documentation, view.session.client.item_formats)
    return item


FEATURES = (
    Feature(
        types.TEXT_DOCUMENT_COMPLETION,
        completion,
        Urgency.TYPING,
        types.CompletionOptions(trigger_characters=list(TRIGGERS), resolve_provider=True),
    ),
    Feature(types.COMPLETION_ITEM_RESOLVE, resolved, Urgency.TYPING, of_data=True),
)
