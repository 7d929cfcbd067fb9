"""Corrections and refactorings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lsprotocol import types

from specdsl.ide.refactor.place import Action, ActionKind
from specdsl.lsp.diagnostics import converted
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

FIX_ALL: Final = f"{ActionKind.FIX_ALL.value}.specdsl"
_KINDS: Final = [*(kind.value for kind in ActionKind if kind is not ActionKind.FIX_ALL), FIX_ALL]


def actions(view: View, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done about a range, of the kinds that the client asks for."""
    from specdsl.ide.actions import code_actions

    only = params.context.only
    start, end = view.offsets(params.range)
    found: list[types.CodeAction] = []
    if any(_wanted(kind, only) for kind in _KINDS if kind != FIX_ALL):
        found += [_converted(view, a) for a in code_actions(view.workspace, view.path, start, end)]
    if _wanted(FIX_ALL, only):
        found += [_converted(view, a) for a in _all(view)]
    return [action for action in found if _wanted(str(action.kind), only)]


def _all(view: View) -> Iterator[Action]:
    from specdsl.ide.actions import fix_all

    action = fix_all(view.workspace, view.path)
    if action is not None:
        yield action


def _wanted(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether a kind is one of those asked for, or below one of them."""
    if only is None:
        return True
    asked = [one.value if isinstance(one, types.CodeActionKind) else one for one in only]
    return any(kind == one or kind.startswith(f"{one}.") or not one for one in asked)


def _converted(view: View, action: Action) -> types.CodeAction:
    kind = FIX_ALL if action.kind is ActionKind.FIX_ALL else action.kind.value
    return types.CodeAction(
        title=action.title,
        kind=kind,
        diagnostics=None if action.diagnostic is None else [converted(view, action.diagnostic)],
        is_preferred=action.preferred or None,
        edit=view.edits(action.edits),
    )


FEATURES = (
    Feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        actions,
        Urgency.ASKED,
        types.CodeActionOptions(code_action_kinds=_KINDS),
    ),
)
