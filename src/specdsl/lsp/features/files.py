"""Files that are renamed or moved in the editor: the specs that name them follow."""

from __future__ import annotations

from lsprotocol import types

from specdsl.lsp.features.feature import Feature
from specdsl.lsp.uris import is_file, path_of
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

_NAMED = "**/*.{dgen,csv,tsv,parquet,json,jsonl,ndjson,sql}"
_FILTERS = [
    types.FileOperationFilter(types.FileOperationPattern(_NAMED), scheme="file"),
    types.FileOperationFilter(
        types.FileOperationPattern("**/*", matches=types.FileOperationPatternKind.Folder), scheme="file"
    ),
]


def renamed(view: View, params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
    """The edits that keep every import, pool and data file found; None where nothing names the files."""
    from specdsl.ide.moved_files import edits_for

    moves = [(path_of(one.old_uri), path_of(one.new_uri)) for one in params.files]
    moves = [(old, new) for old, new in moves if is_file(old) and is_file(new)]
    edits = [edit for folder in view.session.folders for edit in edits_for(folder.workspace, moves)]
    if not edits:
        return None
    return View(view.session, edits[0].span.file).edits(edits)


FEATURES = (
    Feature(
        types.WORKSPACE_WILL_RENAME_FILES,
        renamed,
        Urgency.ASKED,
        types.FileOperationRegistrationOptions(_FILTERS),
    ),
)
