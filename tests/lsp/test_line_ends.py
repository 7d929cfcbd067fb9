"""Documents with ``\\r\\n`` keep it, whatever the server changes in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from specdsl.lsp.features import actions, completion, formatting, rename
from specdsl.lsp.session import Session
from specdsl.lsp.view import View
from tests import examples
from tests.ide.test_actions import CASES, wrong_examples

LONE = re.compile(r"(?<!\r)\n|\r(?!\n)")
OPTIONS = types.FormattingOptions(tab_size=2, insert_spaces=True)


def viewed(folder: Path, text: str) -> View:
    """An open document of its own session."""
    session = Session(lambda line: None)
    path = str(folder / "main.dgen")
    session.opened(path, Path(path).as_uri(), text, 1)
    session.take_in()
    return View(session, path)


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def document(view: View) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(view.session.uri(view.path))


def applied(view: View, edits: list[types.TextEdit]) -> str:
    """The text of the document after edits."""
    text = view.document.text
    for edit in sorted(edits, key=lambda e: view.offsets(e.range), reverse=True):
        start, end = view.offsets(edit.range)
        text = text[:start] + edit.new_text + text[end:]
    return text


def finished(steps: Any) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def laid_out(view: View) -> list[types.TextEdit]:
    found: list[types.TextEdit] = finished(
        formatting.whole(view, types.DocumentFormattingParams(document(view), OPTIONS))
    )
    return found


@pytest.mark.parametrize("path", examples.ALL, ids=lambda p: p.stem)
def test_a_layout_is_none_the_worse_for_its_line_ends(tmp_path: Path, path: Path) -> None:
    text = path.read_text("utf-8")
    assert laid_out(viewed(tmp_path, crlf(text))) == []
    untidy = re.sub(r"(?<=\w) (?=\w)", "  ", text)
    before = viewed(tmp_path, untidy)
    after = viewed(tmp_path, crlf(untidy))
    assert applied(after, laid_out(after)) == crlf(applied(before, laid_out(before)))
    small = sum(len(e.new_text) for e in laid_out(after)) + sum(
        b - a for a, b in (after.offsets(e.range) for e in laid_out(after))
    )
    assert small < len(text) / 2, "small edits, not a new text"


def test_a_range_and_a_line_that_is_ended(tmp_path: Path) -> None:
    text = crlf("table t 3 {\n id   int key\n  x int=1..2\n}\ntable u 3 {\n id int key\n}\n")
    view = viewed(tmp_path, text)
    first = types.Range(types.Position(1, 0), types.Position(2, 0))
    edits = finished(
        formatting.ranged(view, types.DocumentRangeFormattingParams(document(view), first, OPTIONS))
    )
    assert applied(view, edits) == text.replace(" id   int key", "  id int key", 1)
    end = types.Position(2, 0)
    edits = finished(
        formatting.typed(view, types.DocumentOnTypeFormattingParams(document(view), end, "\n", OPTIONS))
    )
    assert applied(view, edits) == text.replace(" id   int key", "  id int key", 1)


def changes(view: View, at: types.Range) -> Iterator[tuple[str, str]]:
    """The title of each action, and the text after it."""
    params = types.CodeActionParams(document(view), at, types.CodeActionContext([]))
    for action in actions.actions(view, params):
        assert action.edit is not None
        assert action.edit.changes is not None
        yield action.title, applied(view, list(action.edit.changes.get(view.session.uri(view.path), ())))


def everything(view: View) -> types.Range:
    return types.Range(types.Position(0, 0), view.position(len(view.document.text)))


@pytest.mark.parametrize(("code", "text", "files"), wrong_examples(), ids=[c for c, _, _ in wrong_examples()])
def test_corrections(tmp_path: Path, code: str, text: str, files: dict[str, str]) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    before, after = viewed(tmp_path, text), viewed(tmp_path, crlf(text))
    wanted = [(title, crlf(changed)) for title, changed in changes(before, everything(before))]
    assert list(changes(after, everything(after))) == wanted


@pytest.mark.parametrize(("title", "before", "after"), CASES, ids=[c[0] for c in CASES])
def test_refactorings(tmp_path: Path, title: str, before: str, after: str) -> None:
    start, _, end = before.partition("‸")
    view = viewed(tmp_path, crlf(start + end))
    cursor = view.position(len(crlf(start)))
    assert (title, crlf(after)) in list(changes(view, types.Range(cursor, cursor)))


def test_completion(tmp_path: Path) -> None:
    view = viewed(tmp_path, crlf("table t 3 {\n  id int key\n}\n\n"))
    params = types.CompletionParams(document(view), types.Position(4, 0))
    texts = [
        (i.text_edit.new_text if isinstance(i.text_edit, types.TextEdit) else i.text_edit_text) or ""
        for i in completion.completion(view, params).items
    ]
    assert any("\r\n" in text for text in texts)
    assert not any(LONE.search(text) for text in texts)


def test_rename(tmp_path: Path) -> None:
    text = crlf("table t 3 {\n  id int key\n}\ntable u 3 {\n  id int key\n  a -> t\n}\n")
    view = viewed(tmp_path, text)
    found = rename.renamed(view, types.RenameParams(document(view), types.Position(0, 6), "other"))
    assert found.changes is not None
    (edits,) = found.changes.values()
    assert applied(view, list(edits)) == text.replace("table t", "table other").replace("-> t", "-> other")
