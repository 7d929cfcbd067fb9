"""Diagnostics: pushed to those who do not ask, pulled by those who do, and never both."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from tests.lsp.client import CAPABILITIES, Client, over_stdio

PULLING = {
    **CAPABILITIES,
    "textDocument": {**CAPABILITIES["textDocument"], "diagnostic": {"relatedDocumentSupport": True}},
}
BROKEN = 'table t 5 {\n  id int key\n  n  int = lenght("a")\n}\n'
DECLARES = "enum E { x, y }\ntable a 5 {\n  id int key\n}\n"
USES = 'import "types.dgen"\ntable t 5 {\n  e E\n}\n'
MENDED = BROKEN.replace("lenght", "length")


@pytest.fixture(scope="module")
def puller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    """A client that pulls, and its folder with a file that is wrong."""
    folder = tmp_path_factory.mktemp("pulled")
    (folder / "closed.dgen").write_text(BROKEN)
    with over_stdio() as client:
        client.initialize(folder, capabilities=PULLING)
        yield client, folder
        assert client.errors() == []


def test_a_pushed_diagnostic_says_everything(client: Client, folder: Path) -> None:
    uri = (folder / "broken.dgen").as_uri()
    client.open(uri, BROKEN, version=7)
    (one,) = client.checked(uri)
    assert client.pushed(uri)[-1]["version"] == 7
    assert client.text(uri, one["range"]) == "lenght"
    assert one["source"] == "specdsl"
    assert one["severity"] == 1
    assert "length" in one["message"]
    assert one["data"] == {"name": one["data"]["name"], "fixable": True}
    page = Path(urlparse(one["codeDescription"]["href"]).path)
    assert page.name == f"{one['code']}.md"
    assert page.read_text().startswith(f"# {one['code']}: {one['data']['name']}")
    client.edit(uri, BROKEN.index("lenght"), BROKEN.index("lenght") + 6, "length")
    assert client.checked(uri) == []
    assert client.pushed(uri)[-1]["version"] == 8
    client.close(uri)


def test_related_places_may_be_in_another_file(client: Client, folder: Path) -> None:
    other, uri = (folder / "a.dgen").as_uri(), (folder / "b.dgen").as_uri()
    client.open(other, "enum E { x, y }\n")
    client.open(uri, 'import "a.dgen"\nenum E { z }\ntable t 5 {\n  e E\n}\n')
    found = client.checked(uri)
    (related,) = found[0]["relatedInformation"]
    assert related["location"]["uri"] == other
    assert client.text(other, related["location"]["range"]) == "E"
    assert related["message"]
    client.close(uri)
    client.close(other)


def test_what_nothing_uses_is_faded(client: Client, folder: Path) -> None:
    uri = (folder / "unused.dgen").as_uri()
    client.open(uri, "enum E { x, y }\ntable t 5 {\n  id int key\n}\n")
    (one,) = client.checked(uri)
    assert (one["severity"], one["tags"]) == (4, [1])
    assert client.text(uri, one["range"]) == "E"
    client.close(uri)


def test_what_the_files_of_the_folder_do_wrong_is_pushed_without_opening_them(tmp_path: Path) -> None:
    (tmp_path / "closed.dgen").write_text(BROKEN)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "other.dgen").write_text(BROKEN)
    uri = (tmp_path / "closed.dgen").as_uri()
    with over_stdio() as client:
        client.initialize(tmp_path)
        client.until(lambda: client.codes(uri), "diagnostics of a closed file")
        assert "version" not in client.pushed(uri)[-1]
        assert not client.pushed((tmp_path / "node_modules" / "other.dgen").as_uri())


def test_a_closed_document_counts_as_it_is_on_disk(client: Client, folder: Path) -> None:
    (folder / "onDisk.dgen").write_text(MENDED)
    uri = (folder / "onDisk.dgen").as_uri()
    client.open(uri, BROKEN)
    assert len(client.checked(uri)) == 1
    client.close(uri)
    client.until(lambda: not client.codes(uri), "an empty set")


def test_an_untitled_document(client: Client) -> None:
    uri = "untitled:Untitled-1"
    client.open(uri, BROKEN)
    (one,) = client.checked(uri)
    assert client.text(uri, one["range"]) == "lenght"
    assert client.ask("specdsl/preview", client.of(uri))["columns"][0]["uri"] == uri
    assert client.ask("textDocument/definition", client.at(uri, "id"))["uri"] == uri
    client.close(uri)
    client.until(lambda: not client.codes(uri), "an empty set")


def test_a_mistake_in_an_imported_file_is_told_where_it_is(client: Client, folder: Path) -> None:
    part, whole = (folder / "part.dgen").as_uri(), (folder / "whole.dgen").as_uri()
    (folder / "part.dgen").write_text("enum E { x, y, x }\n")
    client.open(whole, 'import "part.dgen"\ntable t 5 {\n  e E\n}\n')
    client.checked(whole)
    assert client.codes(whole) == []
    assert client.codes(part) == ["DG206"] or client.codes(part) != []
    client.open(part, "enum E { x, y }\n")
    client.until(lambda: client.pushed(part)[-1]["diagnostics"] == [], "an empty set")
    client.close(whole)
    client.close(part)


def test_what_an_importer_uses_is_not_told_as_unused(client: Client, folder: Path) -> None:
    uri, user = (folder / "types.dgen").as_uri(), (folder / "uses.dgen").as_uri()
    client.open(uri, DECLARES)
    assert [one["tags"] for one in client.checked(uri)] == [[1]], "nobody uses it yet"
    client.open(user, USES)
    client.checked(user)
    client.until(lambda: client.codes(uri) == [], "an empty set")
    client.change(user, "table t 5 {\n  id int key\n}\n")
    client.until(lambda: client.codes(uri) != [], "the hint again")
    client.change(user, USES)
    client.until(lambda: client.codes(uri) == [], "an empty set")
    client.close(user)
    client.until(lambda: client.codes(uri) != [], "the hint again")
    client.close(uri)


def checked_on_disk(path: Path) -> list[tuple[str, int, int]]:
    """What the command line says of a file: code, first line and column of each."""
    done = subprocess.run(
        [sys.executable, "-m", "specdsl", "check", "--format", "json", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["diagnostics"]
    return [(d["code"], d["location"]["start"]["line"], d["location"]["start"]["column"]) for d in found]


def places(found: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(d["code"], d["range"]["start"]["line"] + 1, d["range"]["start"]["character"] + 1) for d in found]


def test_the_same_as_the_command_line(client: Client, folder: Path) -> None:
    text = 'table t 5 {\n  id int ky\n  a int = b\n  b int = "x"\n  c -> u\n}\ntable t {\n}\n'
    (folder / "many.dgen").write_text(text)
    uri = (folder / "many.dgen").as_uri()
    client.open(uri, text)
    assert places(client.checked(uri)) == checked_on_disk(folder / "many.dgen") != []
    client.close(uri)


# --- pulled ------------------------------------------------------------------------------------------


def test_the_server_offers_pulling_to_those_who_can(puller: tuple[Client, Path], client: Client) -> None:
    provider = puller[0].capabilities["diagnosticProvider"]
    assert provider["interFileDependencies"] is True
    assert provider["workspaceDiagnostics"] is True
    assert "diagnosticProvider" not in client.capabilities


def test_a_client_that_can_pull_may_want_to_be_pushed_to(tmp_path: Path) -> None:
    with over_stdio() as client:
        client.initialize(tmp_path, capabilities=PULLING, options={"diagnostics": "push"})
        assert "diagnosticProvider" not in client.capabilities
        client.open((tmp_path / "a.dgen").as_uri(), BROKEN)
        assert len(client.checked((tmp_path / "a.dgen").as_uri())) == 1


def test_pulling_tells_the_same_as_pushing(puller: tuple[Client, Path], client: Client, folder: Path) -> None:
    pulling, root = puller
    pulled_uri, pushed_uri = (root / "same.dgen").as_uri(), (folder / "same.dgen").as_uri()
    pulling.open(pulled_uri, BROKEN)
    client.open(pushed_uri, BROKEN)
    report = pulling.ask("textDocument/diagnostic", pulling.of(pulled_uri))
    assert report["kind"] == "full"
    assert report["items"] == client.checked(pushed_uri)
    pulling.close(pulled_uri)
    client.close(pushed_uri)


def test_what_has_not_changed_is_not_told_again(puller: tuple[Client, Path]) -> None:
    client, root = puller
    uri = (root / "again.dgen").as_uri()
    client.open(uri, BROKEN)
    first = client.ask("textDocument/diagnostic", client.of(uri))
    again = client.ask("textDocument/diagnostic", client.of(uri, previousResultId=first["resultId"]))
    assert again == {"kind": "unchanged", "resultId": first["resultId"]}
    client.edit(uri, 0, 0, "\n")
    moved = client.ask("textDocument/diagnostic", client.of(uri, previousResultId=first["resultId"]))
    assert moved["kind"] == "full"
    assert moved["items"][0]["range"]["start"]["line"] == first["items"][0]["range"]["start"]["line"] + 1
    client.close(uri)


def test_of_a_file_that_is_not_there_nothing_is_told(puller: tuple[Client, Path]) -> None:
    client, root = puller
    for uri in ("file:///nope/x.dgen", (root / "nope.dgen").as_uri()):
        report = client.ask("textDocument/diagnostic", client.of(uri))
        assert (report["kind"], report["items"]) == ("full", [])
    empty = (root / "empty.dgen").as_uri()
    client.open(empty, "")
    report = client.ask("textDocument/diagnostic", client.of(empty))
    assert [one["code"] for one in report["items"]] == ["DG226"]
    client.close(empty)


def test_the_workspace_is_pulled(puller: tuple[Client, Path]) -> None:
    client, root = puller
    uri, closed = (root / "open.dgen").as_uri(), (root / "closed.dgen").as_uri()
    client.open(uri, MENDED, version=4)
    first = client.ask("workspace/diagnostic", {"previousResultIds": []})
    reports = {one["uri"]: one for one in first["items"]}
    assert reports.keys() == {uri, closed}
    assert (reports[uri]["version"], reports[uri]["items"]) == (4, [])
    assert reports[closed]["version"] is None
    assert len(reports[closed]["items"]) == 1
    known = [{"uri": one["uri"], "value": one["resultId"]} for one in first["items"]]
    again = client.ask("workspace/diagnostic", {"previousResultIds": known})
    assert {one["kind"] for one in again["items"]} == {"unchanged"}
    client.close(uri)


def test_who_pulls_is_no_longer_pushed_to(tmp_path: Path) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    with over_stdio() as client:
        client.initialize(tmp_path, capabilities=PULLING)
        client.open(uri, BROKEN)
        assert len(client.checked(uri)) == 1, "pushed to until it pulls"
        assert len(client.ask("textDocument/diagnostic", client.of(uri))["items"]) == 1
        client.until(lambda: client.pushed(uri)[-1]["diagnostics"] == [], "what was pushed is taken back")
        count = len(client.pushed(uri))
        client.edit(uri, 0, 0, "table ? {\n")
        client.until(
            lambda: {"uri": uri, "version": 2} in client.notices("specdsl/changed"),
            "the check of the new text",
        )
        assert len(client.pushed(uri)) == count
        assert client.errors() == []


def test_what_an_importer_uses_is_not_unused(puller: tuple[Client, Path]) -> None:
    client, root = puller
    (root / "types.dgen").write_text(DECLARES)
    (root / "uses.dgen").write_text(USES)
    uri, user = (root / "types.dgen").as_uri(), (root / "uses.dgen").as_uri()
    client.open(uri, DECLARES)
    client.open(user, USES)
    assert client.ask("textDocument/diagnostic", client.of(uri))["items"] == []
    reports = client.ask("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert {one["uri"]: one["items"] for one in reports}[uri] == []
    client.change(user, "table t 5 {\n  id int key\n}\n")
    (one,) = client.ask("textDocument/diagnostic", client.of(uri))["items"]
    assert one["tags"] == [1]
    client.close(uri)
    client.close(user)
    (root / "types.dgen").unlink()
    (root / "uses.dgen").unlink()


def test_folders_within_folders_are_told_once(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.dgen").write_text(BROKEN)
    with over_stdio() as client:
        client.initialize(tmp_path, inner, capabilities=PULLING)
        found = client.ask("workspace/diagnostic", {"previousResultIds": []})["items"]
        assert [one["uri"] for one in found] == [(inner / "a.dgen").as_uri()]
        symbols = client.ask("workspace/symbol", {"query": "t"})
        assert [one["name"] for one in symbols] == ["t"]


def test_only_open_files_where_only_they_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "closed.dgen").write_text(BROKEN)
    uri = (tmp_path / "open.dgen").as_uri()
    with over_stdio() as client:
        client.initialize(tmp_path, capabilities=PULLING, options={"settings": {"diagnostics": "openFiles"}})
        client.open(uri, BROKEN)
        assert len(client.checked(uri)) == 1
        found = client.ask("workspace/diagnostic", {"previousResultIds": []})["items"]
        assert [one["uri"] for one in found] == [uri]
        assert not client.pushed((tmp_path / "closed.dgen").as_uri())
