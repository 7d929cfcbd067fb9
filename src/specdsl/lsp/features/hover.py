"""Hover and signature help."""

from __future__ import annotations

from lsprotocol import types

from specdsl.lsp.features.feature import Feature
from specdsl.lsp.markdown import content, documentation
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency


def hovered(view: View, params: types.HoverParams) -> types.Hover | None:
    """What there is to say of a place, with values of the text as it is."""
    from specdsl.ide.hover import hover

    offset = view.offset(params.position)
    found = hover(view.workspace, view.path, offset, samples=view.settings.samples)
    if found is None:
        return None
    return types.Hover(
        content(found.markdown, as_markdown=view.session.client.markdown), view.range(found.span)
    )


def signature(view: View, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The signature of the call around a place."""
    from specdsl.ide.signatures import signature_at

    found = signature_at(view.workspace, view.path, view.offset(params.position))
    if found is None:
        return None
    client = view.session.client
    parameters = [
        types.ParameterInformation(
            label=(one.start, one.end) if client.label_offsets else found.label[one.start : one.end],
            documentation=documentation(one.doc, client.signature_formats) if one.doc else None,
        )
        for one in found.parameters
    ]
    # A number past the last parameter is the protocol's way to say that none is at hand.
    active = len(parameters) if found.active is None else found.active
    shown = types.SignatureInformation(
        found.label,
        documentation=documentation(found.summary, client.signature_formats),
        parameters=parameters,
        active_parameter=active,
    )
    return types.SignatureHelp([shown], active_signature=0, active_parameter=active)


FEATURES = (
    Feature(types.TEXT_DOCUMENT_HOVER, hovered, Urgency.ASKED),
    Feature(
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        signature,
        Urgency.TYPING,
        types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=[":", ")"]),
    ),
)
