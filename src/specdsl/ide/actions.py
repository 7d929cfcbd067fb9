"""What can be done about a place: corrections of what is wrong there, and refactorings."""

from __future__ import annotations

from specdsl.diagnostics.model import Diagnostic, Edit
from specdsl.ide.deleting import delete_unused
from specdsl.ide.document import Document
from specdsl.ide.edits import overlap
from specdsl.ide.ignoring import ignore_here
from specdsl.ide.refactor.layout import with_layout
from specdsl.ide.refactor.place import Action, ActionKind, Place
from specdsl.ide.refactor.registry import REFACTORINGS
from specdsl.ide.workspace import Workspace

__all__ = ["Action", "ActionKind", "code_actions", "fix_all", "quick_fixes", "refactorings"]


def code_actions(workspace: Workspace, path: str, start: int, end: int) -> list[Action]:
    """All that can be done about a selection, corrections first."""
    return [*quick_fixes(workspace, path, start, end), *refactorings(workspace, path, start, end)]


def quick_fixes(workspace: Workspace, path: str, start: int, end: int) -> list[Action]:
    """The corrections of what is wrong in a selection; last how to silence hints and warnings of it."""
    found: list[Action] = []
    ignoring: list[Action] = []
    for diagnostic in workspace.diagnostics(path, first=start):
        span = diagnostic.span
        if span.file == path and span.start <= end and start <= span.end:
            found += _fixes(workspace.document(path), diagnostic)
            ignoring += _ignoring(workspace.document(path), diagnostic)
    return [*found, *ignoring]


def _fixes(document: Document, diagnostic: Diagnostic) -> list[Action]:
    """The one correction, or those of which the author chooses."""
    fix, deletion = diagnostic.fix(), delete_unused(document, diagnostic)
    options = [*diagnostic.options(), *([] if deletion is None else [deletion])]
    found = [(fix, True)] if fix is not None else [(option, False) for option in options]
    return [
        Action(one.title, ActionKind.QUICK_FIX, one.edits, diagnostic, preferred=preferred)
        for one, preferred in found
    ]


def _ignoring(document: Document, diagnostic: Diagnostic) -> list[Action]:
    edit = ignore_here(document, diagnostic)
    if edit is None:
        return []
    return [Action(f"Ignore {diagnostic.code} here", ActionKind.QUICK_FIX, (edit,), diagnostic)]


def fix_all(workspace: Workspace, path: str) -> Action | None:
    """Every correction that does not touch another one, as one change."""
    edits: list[Edit] = []
    count = 0
    for diagnostic in workspace.diagnostics(path):
        fix = diagnostic.fix()
        if fix is None or any(edit.span.file != path for edit in fix.edits):
            continue
        if all(edit in edits for edit in fix.edits) or not overlap(fix.edits, edits):
            edits += [edit for edit in fix.edits if edit not in edits]
            count += 1
    if not count:
        return None
    title = "Correct one mistake" if count == 1 else f"Correct {count} mistakes"
    return Action(title, ActionKind.FIX_ALL, tuple(sorted(edits, key=lambda e: e.span)))


def refactorings(workspace: Workspace, path: str, start: int, end: int) -> list[Action]:
    """The changes of form that are offered for a selection."""
    place = Place(workspace, path, start, end)
    return [with_layout(place, action) for offer in REFACTORINGS for action in offer(place)]
