"""Real clients' capabilities, as pytest-lsp has recorded them, over stdio."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

from tests.lsp.client import PATIENCE
from tests.lsp.specs import COMMON, SHOP

CLIENTS = ["visual-studio-code", "neovim", "emacs"]


@asynccontextmanager
async def session(name: str, folder: Path, **options: Any) -> AsyncIterator[LanguageClient]:
    client = make_test_lsp_client()
    changed: set[tuple[str, int]] = set()
    client.feature("specdsl/changed")(lambda params: changed.add((params.uri, params.version)))
    client.feature("client/registerCapability")(lambda params: None)
    for name_ in ("semanticTokens", "codeLens", "inlayHint"):
        client.feature(f"workspace/{name_}/refresh")(lambda params: None)
    client.changed = changed  # type: ignore[attr-defined]
    await client.start_io(sys.executable, "-m", "specdsl", "lsp")
    try:
        await client.initialize_session(
            types.InitializeParams(
                capabilities=client_capabilities(name),
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
                root_uri=folder.as_uri(),
                initialization_options=options,
            )
        )
        yield client
        assert client.error is None
        assert [one.message for one in client.log_messages if one.type == types.MessageType.Error] == []
        assert client.messages == [], "nothing pops up"
    finally:
        await client.shutdown_session()
        await client.stop()


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.02)


async def opened(client: LanguageClient, uri: str, text: str) -> None:
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "dgen", 1, text))
    )
    await until(lambda: (uri, 1) in client.changed)  # type: ignore[attr-defined]


def place(text: str, words: str, into: int = 0) -> types.Position:
    at = text.index(words) + into
    return types.Position(text[:at].count("\n"), at - text.rfind("\n", 0, at) - 1)


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 4 * PATIENCE))


@pytest.mark.parametrize("name", CLIENTS)
def test_a_session(name: str, tmp_path: Path) -> None:
    (tmp_path / "common.dgen").write_text(COMMON)
    text = SHOP.replace("lognormal", "lognormall")
    uri = (tmp_path / "shop.dgen").as_uri()
    document = types.TextDocumentIdentifier(uri)

    async def work() -> None:
        async with session(name, tmp_path, commands=["specdsl.preview"]) as client:
            await opened(client, uri, text)
            await until(lambda: client.diagnostics.get(uri))
            (wrong,) = client.diagnostics[uri]
            assert wrong.source == "specdsl"
            assert wrong.range.start == place(text, "lognormall")

            actions = await client.text_document_code_action_async(
                types.CodeActionParams(document, wrong.range, types.CodeActionContext([wrong]))
            )
            fix = next(a for a in actions or () if isinstance(a, types.CodeAction) and a.is_preferred)
            assert fix.edit is not None

            change = types.TextDocumentContentChangePartial(wrong.range, "lognormal")
            client.text_document_did_change(
                types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, uri), [change])
            )
            await until(lambda: not client.diagnostics[uri])

            found = await client.text_document_completion_async(
                types.CompletionParams(document, place(SHOP, "user_id.age", 8))
            )
            assert isinstance(found, types.CompletionList)
            labels = {one.label: one for one in found.items}
            assert labels.keys() == {"id", "name", "age"}
            resolved = await client.completion_item_resolve_async(labels["age"])
            said = resolved.documentation
            assert isinstance(said, str) is (name == "emacs"), "that one names no format"
            assert "Such as" in (said.value if isinstance(said, types.MarkupContent) else said or "")

            hover = await client.text_document_hover_async(
                types.HoverParams(document, place(SHOP, "age  int"))
            )
            assert hover is not None
            assert isinstance(hover.contents, types.MarkupContent)
            assert "users.age int" in hover.contents.value

            target = await client.text_document_definition_async(
                types.DefinitionParams(document, place(SHOP, "Status", 1))
            )
            if isinstance(target, types.Location):
                assert target.uri == (tmp_path / "common.dgen").as_uri()
            else:
                assert target is not None
                (link,) = target
                assert isinstance(link, types.LocationLink)
                assert link.target_uri == (tmp_path / "common.dgen").as_uri()

            edit = await client.text_document_rename_async(
                types.RenameParams(document, place(SHOP, "Status", 1), "State")
            )
            assert edit is not None
            touched = (
                [
                    one.text_document.uri
                    for one in edit.document_changes
                    if isinstance(one, types.TextDocumentEdit)
                ]
                if edit.document_changes
                else list(edit.changes or ())
            )
            assert sorted(touched) == sorted([uri, (tmp_path / "common.dgen").as_uri()])

            symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
            assert "users" in {one.name for one in symbols or ()}

    run(work)


def test_what_differs_with_the_client(tmp_path: Path) -> None:
    """A client that knows little is answered in the simplest form."""
    uri = (tmp_path / "a.dgen").as_uri()
    text = "## Who they are.\ntable t 5 {\n  id int key\n  e E = x\n}\nenum E { x, y }\n"
    document = types.TextDocumentIdentifier(uri)

    async def work() -> None:
        client = make_test_lsp_client()
        client.changed = set()  # type: ignore[attr-defined]
        client.feature("specdsl/changed")(lambda params: client.changed.add((params.uri, params.version)))  # type: ignore[attr-defined]
        await client.start_io(sys.executable, "-m", "specdsl", "lsp")
        capabilities = types.ClientCapabilities(
            text_document=types.TextDocumentClientCapabilities(
                hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.PlainText])
            )
        )
        await client.initialize_session(
            types.InitializeParams(capabilities=capabilities, root_uri=tmp_path.as_uri())
        )
        await opened(client, uri, text)
        hover = await client.text_document_hover_async(types.HoverParams(document, place(text, "id int")))
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.contents.kind is types.MarkupKind.PlainText
        assert "```" not in hover.contents.value
        assert "`" not in hover.contents.value
        found = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
        assert found is not None
        assert all(isinstance(one, types.SymbolInformation) for one in found)
        flat = {one.name: one for one in found if isinstance(one, types.SymbolInformation)}
        assert flat["id"].container_name == "t"
        assert isinstance(
            await client.text_document_definition_async(
                types.DefinitionParams(document, place(text, "E = x"))
            ),
            types.Location,
        )
        items = await client.text_document_completion_async(
            types.CompletionParams(document, place(text, "E = x", 4))
        )
        assert isinstance(items, types.CompletionList)
        assert items.item_defaults is None
        assert all(one.insert_text_format is not types.InsertTextFormat.Snippet for one in items.items)
        assert not any("${" in one.text_edit.new_text for one in items.items if one.text_edit)
        edit = await client.text_document_rename_async(
            types.RenameParams(document, place(text, "E = x"), "F")
        )
        assert edit is not None
        assert edit.document_changes is None
        assert edit.changes is not None
        assert edit.changes.keys() == {uri}
        await client.shutdown_session()
        await client.stop()

    run(work)


def test_lenses_are_those_whose_commands_the_client_has(tmp_path: Path) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    text = "table t 5 {\n  id int key\n}\ntable u 5 {\n  t_id -> t\n}\n"

    async def work() -> None:
        commands = ["specdsl.preview", "specdsl.showReferences"]
        async with session("visual-studio-code", tmp_path, commands=commands) as client:
            await opened(client, uri, text)
            lenses = await client.text_document_code_lens_async(
                types.CodeLensParams(types.TextDocumentIdentifier(uri))
            )
            shown = [await client.code_lens_resolve_async(one) for one in (lenses or ())[:3]]
            told = [(one.command.title, one.command.command) for one in shown if one.command]
            assert [command for _, command in told] == ["", "specdsl.preview", "specdsl.showReferences"]
            assert told[2][0] == "1 reference"
            assert shown[1].command is not None
            (argument,) = shown[1].command.arguments or ()
            assert argument == {"uri": uri, "table": "t"}

    run(work)


def test_long_work_shows_its_progress(tmp_path: Path) -> None:
    uri = (tmp_path / "long.dgen").as_uri()
    table = "table t{0} 1_000 {{\n  id int key\n  a int in 0..100 = normal(mean: 5, sd: {0})\n  b string = full_name()\n}}\n"
    text = "".join(table.format(n) for n in range(1, 2_000))

    async def work() -> None:
        async with session("visual-studio-code", tmp_path) as client:
            await opened(client, uri, text)
            await until(lambda: client.progress_reports)
            (reports,) = [one for one in client.progress_reports.values() if one]
            await until(lambda: isinstance(reports[-1], types.WorkDoneProgressEnd))
            assert isinstance(reports[0], types.WorkDoneProgressBegin)
            assert "long.dgen" in reports[0].title
            assert all(isinstance(one, types.WorkDoneProgressReport) for one in reports[1:-1])

    run(work)


@pytest.mark.parametrize("name", CLIENTS)
def test_linked_editing(name: str, tmp_path: Path) -> None:
    text = "table t 5 {\n  id int key\n  luck int hidden = 0..9\n  won bool = luck > 5 and t\n}\n"
    uri = (tmp_path / "a.dgen").as_uri()

    async def work() -> None:
        async with session(name, tmp_path) as client:
            await opened(client, uri, text)
            params = [
                types.LinkedEditingRangeParams(types.TextDocumentIdentifier(uri), place(text, words, 1))
                for words in ("luck > 5", "won")
            ]
            found = await client.text_document_linked_editing_range_async(params[0])
            assert found is not None
            assert [one.start for one in found.ranges] == [place(text, "luck int"), place(text, "luck > 5")]
            assert [one.end for one in found.ranges] == [
                place(text, "luck int", 4),
                place(text, "luck > 5", 4),
            ]
            assert found.word_pattern is not None
            assert await client.text_document_linked_editing_range_async(params[1]) is None

    run(work)
