"""Diagnostics for clients that ask for them: of a document, and of the whole workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Generator

from lsprotocol import types

from specdsl.diagnostics.model import Diagnostic
from specdsl.lsp.diagnostics import converted, gathered, shown
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.uris import path_of
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

OPTIONS = types.DiagnosticOptions(
    inter_file_dependencies=True, workspace_diagnostics=True, identifier="specdsl"
)


def of_document(
    view: View, params: types.DocumentDiagnosticParams
) -> Generator[
    None, None, types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport
]:
    """What is wrong in a document; ``unchanged`` where that is what the client knows."""
    found = yield from _found(view)
    items = [converted(view, one) for one in found]
    result_id = _digest(items)
    if params.previous_result_id == result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id)
    return types.RelatedFullDocumentDiagnosticReport(items, result_id=result_id)


def of_workspace(
    view: View, params: types.WorkspaceDiagnosticParams
) -> Generator[None, None, types.WorkspaceDiagnosticReport]:
    """What is wrong in all files of all folders."""
    known = {path_of(one.uri): one.value for one in params.previous_result_ids}
    reports: list[
        types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport
    ] = []
    for folder in view.session.folders:
        workspace, all_files = folder.workspace, folder.settings.whole_workspace
        for path in workspace.paths() if all_files else workspace.open_paths():
            if view.session.folder(path) is not folder:
                continue  # that one tells of it
            beside = View(view.session, path)
            found = yield from _found(beside)
            items = [converted(beside, one) for one in found]
            result_id = _digest(items)
            uri, version = view.session.uri(path), view.session.versions.get(path)
            if known.get(path) == result_id:
                reports.append(
                    types.WorkspaceUnchangedDocumentDiagnosticReport(
                        uri=uri, result_id=result_id, version=version
                    )
                )
            else:
                reports.append(
                    types.WorkspaceFullDocumentDiagnosticReport(
                        uri=uri, items=items, result_id=result_id, version=version
                    )
                )
    return types.WorkspaceDiagnosticReport(reports)


def _found(view: View) -> Generator[None, None, list[Diagnostic]]:
    """What all programs that a file is part of say of it, as it is pushed to other clients; nothing of a file
    that is not there."""
    workspace = view.workspace
    if not workspace.exists(view.path):
        return []
    programs: dict[str, list[Diagnostic]] = {}
    for program in (view.path, *workspace.paths()):
        wanted = view.settings.whole_workspace or workspace.is_open(program)
        if program in programs or not (program == view.path or wanted):
            continue
        yield
        if program != view.path and view.path not in workspace.program(program).texts:
            continue
        while not workspace.advance(program):
            yield
        programs[program] = [d for d in workspace.diagnostics(program) if d.span.file == view.path]
    return shown(view, gathered(programs))


def _digest(items: list[types.Diagnostic]) -> str:
    return hashlib.blake2b(repr(items).encode("utf-8", "replace"), digest_size=12).hexdigest()


FEATURES = (
    Feature(types.TEXT_DOCUMENT_DIAGNOSTIC, of_document, Urgency.ASKED, OPTIONS),
    Feature(types.WORKSPACE_DIAGNOSTIC, of_workspace, Urgency.WORKSPACE),
)
