"""What stands above declarations. A lens gets its title when the client shows it."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from specdsl.ide.lenses import Lens, LensKind, lenses, resolved
from specdsl.ide.references import named
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

_COMMANDS = {
    LensKind.PREVIEW: "specdsl.preview",
    LensKind.BUILD: "specdsl.build",
    LensKind.REFERENCES: "specdsl.showReferences",
}
"""Commands of the client. A preview and a build are nothing without theirs."""


def shown(view: View, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses of a document that this client can do something with."""
    if not view.settings.lenses:
        return []
    found = []
    for lens in lenses(view.workspace, view.path):
        command = _COMMANDS.get(lens.kind, "")
        if lens.kind in (LensKind.PREVIEW, LensKind.BUILD) and command not in view.session.client.commands:
            continue
        data = {"uri": params.text_document.uri, "kind": lens.kind.value, "name": lens.symbol.name}
        one = types.CodeLens(view.range(lens.span), data=data)
        if lens.title:
            one.command = _command(view, lens)
        found.append(one)
    return found


def with_title(view: View, lens: types.CodeLens) -> types.CodeLens:
    """The lens with its title and what it does."""
    data: Any = lens.data
    for one in lenses(view.workspace, view.path):
        if one.kind.value == data.get("kind") and one.symbol.name == data.get("name"):
            told = resolved(view.workspace, one)
            if told is not None:
                lens.command = _command(view, told)
            break
    if lens.command is None:
        lens.command = types.Command("rows are known when it is built", "")
    return lens


def _command(view: View, lens: Lens) -> types.Command:
    command = _COMMANDS.get(lens.kind, "")
    if command not in view.session.client.commands:
        return types.Command(lens.title, "")
    uri = view.session.uri(view.path)
    if lens.kind is LensKind.REFERENCES:
        places = [
            view.location(b.span)
            for b in named(view.workspace, view.path, lens.symbol)
            if not b.is_declaration
        ]
        arguments = [uri, view.position(lens.span.start), places]
        return types.Command(lens.title, command, arguments=arguments)
    return types.Command(lens.title, command, arguments=[{"uri": uri, "table": lens.symbol.name}])


FEATURES = (
    Feature(types.TEXT_DOCUMENT_CODE_LENS, shown, Urgency.SHOWN),
    Feature(types.CODE_LENS_RESOLVE, with_title, Urgency.SHOWN, of_data=True),
)
