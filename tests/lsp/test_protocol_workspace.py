"""Folders, files that change outside, settings and plugins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import CAPABILITIES, Client, folder_of, over_stdio

TABLE = "table t 5 {\n  id int key\n}\n"
UNUSED = "enum E { x, y }\n" + TABLE
WATCHING = {
    **CAPABILITIES,
    "workspace": {
        **CAPABILITIES["workspace"],
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "codeLens": {"refreshSupport": True},
    },
}
PLUGIN = (
    "from specdsl.plugins import function\n\n@function\ndef twice(n: float) -> float:\n    return n * 2\n"
)


@contextmanager
def server(*roots: Path, **more: Any) -> Iterator[Client]:
    with over_stdio() as client:
        client.initialize(*roots, **more)
        yield client
        assert client.errors() == []


def told(client: Client, path: Path, kind: int) -> None:
    changes = [{"uri": path.as_uri(), "type": kind}]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})


def folders_changed(client: Client, added: list[dict[str, str]], removed: list[dict[str, str]]) -> None:
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": removed}})


# --- files -------------------------------------------------------------------------------------------


def test_files_made_changed_and_deleted_outside(tmp_path: Path) -> None:
    uri = (tmp_path / "main.dgen").as_uri()
    with server(tmp_path, capabilities=WATCHING) as client:
        client.until(
            lambda: any(one["method"] == "client/registerCapability" for one in client.heard),
            "a registration",
        )
        (asked,) = [one for one in client.heard if one["method"] == "client/registerCapability"]
        (registration,) = asked["params"]["registrations"]
        assert registration["method"] == "workspace/didChangeWatchedFiles"
        client.open(uri, 'import "part.dgen"\ntable t 5 {\n  e E\n}\n')
        missing = client.checked(uri)
        assert missing != []
        (tmp_path / "part.dgen").write_text("enum E { x, y }\n")
        told(client, tmp_path / "part.dgen", 1)
        client.until(lambda: client.codes(uri) == [], "word that the import is found")
        (tmp_path / "part.dgen").write_text("enum F { x, y }\n")
        told(client, tmp_path / "part.dgen", 2)
        client.until(lambda: client.codes(uri) != [], "word that E is gone")
        (tmp_path / "part.dgen").write_text("enum E { x, y }\n")
        told(client, tmp_path / "part.dgen", 2)
        client.until(lambda: client.codes(uri) == [], "word that E is back")
        (tmp_path / "part.dgen").unlink()
        told(client, tmp_path / "part.dgen", 3)
        client.until(lambda: client.pushed(uri)[-1]["diagnostics"] == missing, "word that the import is gone")
        assert any(one["method"] == "workspace/codeLens/refresh" for one in client.heard)


def test_a_data_file_that_changes(tmp_path: Path) -> None:
    data, uri = tmp_path / "plans.csv", (tmp_path / "main.dgen").as_uri()
    data.write_text("name,price\nfree,0\npro,9\n")
    with server(tmp_path) as client:
        client.open(uri, 'pool Plans = load("plans.csv")\ntable t 5 {\n  p string = pick(Plans.name)\n}\n')
        assert client.checked(uri) == []
        rows = client.ask("specdsl/preview", client.of(uri))["rows"]
        assert {row[0] for row in rows} <= {"free", "pro"}
        data.write_text("title,price\ngratis,0\n")
        told(client, data, 2)
        client.until(lambda: client.codes(uri) != [], "word that there is no column `name`")
        data.write_text("name,price\ngratis,0\n")
        told(client, data, 2)
        client.until(lambda: client.codes(uri) == [], "word that it is back")
        rows = client.ask("specdsl/preview", client.of(uri))["rows"]
        assert {row[0] for row in rows} == {"gratis"}


def test_a_broken_file_that_is_deleted_is_wrong_no_more(tmp_path: Path) -> None:
    path = tmp_path / "closed.dgen"
    path.write_text("table t {\n")
    with server(tmp_path) as client:
        client.until(lambda: client.codes(path.as_uri()), "diagnostics")
        path.unlink()
        told(client, path, 3)
        client.until(lambda: client.codes(path.as_uri()) == [], "an empty set")


# --- folders -----------------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with a file each that is wrong."""
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.dgen").write_text(f"table {name}_users {{\n  id int = nothing\n}}\n")
        found.append(folder)
    return found[0], found[1]


def test_symbols_of_two_folders(two: tuple[Path, Path]) -> None:
    with server(*two) as client:
        found = client.ask("workspace/symbol", {"query": "users"})
        assert sorted(one["name"] for one in found) == ["one_users", "two_users"]


@pytest.mark.parametrize("end", ["", "/"], ids=["plain", "with a slash at its end"])
def test_folders_come_and_go(two: tuple[Path, Path], end: str) -> None:
    one, other = two
    uri = (other / "two.dgen").as_uri()
    folder = {"uri": other.as_uri() + end, "name": "two"}
    with server(one) as client:
        client.until(lambda: client.codes((one / "one.dgen").as_uri()), "diagnostics of the first")
        assert client.pushed(uri) == []
        folders_changed(client, [folder], [])
        client.until(lambda: client.codes(uri), "diagnostics of the second")
        folders_changed(client, [], [folder])
        client.until(lambda: client.codes(uri) == [], "an empty set")
        assert [s["name"] for s in client.ask("workspace/symbol", {"query": "users"})] == ["one_users"]


def test_an_open_document_stays_open_when_its_folder_goes(two: tuple[Path, Path]) -> None:
    one, other = two
    uri = (other / "two.dgen").as_uri()
    with server(one, other) as client:
        client.open(uri, TABLE)
        assert client.checked(uri) == []
        folders_changed(client, [], [folder_of(other)])
        client.edit(uri, 0, 0, "table u 5 {\n  id int key\n}\n")
        assert client.checked(uri) == []
        assert [s["name"] for s in client.ask("textDocument/documentSymbol", client.of(uri))] == ["u", "t"]


# --- settings ----------------------------------------------------------------------------------------


def test_settings_given_at_the_beginning_and_changed(tmp_path: Path) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    with server(tmp_path, options={"settings": {"ignore": ["DG602"], "lenses": False}}) as client:
        client.open(uri, UNUSED)
        assert client.checked(uri) == []
        assert client.ask("textDocument/codeLens", client.of(uri)) == []
        client.notify("workspace/didChangeConfiguration", {"settings": {"specdsl": {"lenses": True}}})
        client.until(lambda: client.codes(uri) == ["DG602"], "the hint that was ignored")
        assert client.ask("textDocument/codeLens", client.of(uri)) != []


def test_settings_are_asked_for(tmp_path: Path) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    capabilities = {**CAPABILITIES, "workspace": {**CAPABILITIES["workspace"], "configuration": True}}
    given: dict[str, Any] = {"ignore": ["DG602"]}
    with over_stdio() as client:
        client.replies["workspace/configuration"] = lambda params: [given for _ in params["items"]]
        client.initialize(tmp_path, capabilities=capabilities)
        client.until(lambda: client.notices("workspace/configuration"), "the question for settings")
        assert client.notices("workspace/configuration") == [{"items": [{"section": "specdsl"}]}]
        client.open(uri, UNUSED)
        client.checked(uri)
        client.until(lambda: client.codes(uri) == [], "an empty set")
        given["ignore"] = "DG602"
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        client.until(lambda: client.codes(uri) == ["DG602"], "the hint that was ignored")
        assert any("`ignore` cannot be 'DG602'" in line for line in client.logged())
        assert client.errors() == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("specdsl.toml", 'ignore = ["DG602"]\n'), ("pyproject.toml", '[tool.specdsl]\nignore = ["DG602"]\n')],
)
def test_settings_of_a_folders_files(tmp_path: Path, name: str, text: str) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    (tmp_path / name).write_text(text)
    with server(tmp_path) as client:
        client.open(uri, UNUSED)
        assert client.checked(uri) == []
        (tmp_path / name).write_text("")
        told(client, tmp_path / name, 2)
        client.until(lambda: client.codes(uri) == ["DG602"], "the hint that was ignored")
        (tmp_path / name).write_text("broken = ")
        told(client, tmp_path / name, 2)
        client.until(lambda: any(line.startswith(f"{name}: ") for line in client.logged()), "a complaint")


def test_settings_that_nobody_reads_are_shown_once(tmp_path: Path) -> None:
    (tmp_path / "specdsl.toml").write_text('ignor = ["DG602"]\n')
    line = "specdsl: specdsl.toml: there is no setting `ignor`; did you mean `ignore`?"

    def shown() -> list[str]:
        return [p["message"] for p in client.notices("window/showMessage")]

    with server(tmp_path) as client:
        client.until(lambda: shown() == [line], "a warning")
        told(client, tmp_path / "specdsl.toml", 2)
        (tmp_path / "specdsl.toml").write_text("lense = 1\n")
        told(client, tmp_path / "specdsl.toml", 2)
        client.until(lambda: len(shown()) > 1, "another warning")
        assert [one.partition(" `")[2] for one in shown()] == [
            "ignor`; did you mean `ignore`?",
            "lense`; did you mean `lenses`?",
        ]


def test_errors_cannot_be_ignored(tmp_path: Path) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    with server(tmp_path) as client:
        client.open(uri, "table t 5 {\n  id int = nothing\n}\n")
        (code,) = {one["code"] for one in client.checked(uri)}
        client.notify("workspace/didChangeConfiguration", {"settings": {"specdsl": {"ignore": [code]}}})
        client.edit(uri, 0, 0, "\n")
        assert [one["code"] for one in client.checked(uri)] == [code]


@pytest.mark.parametrize("kind", ["types", "rows", "shares"])
def test_hints_by_settings(tmp_path: Path, kind: str) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    text = 'table a 5 {\n  id int key\n  k = "x" 60% | "y"\n}\ntable b {\n  a_id -> a each 1..3\n}\n'
    labels = {"types": "string", "rows": "~10 rows", "shares": "40%"}
    with server(tmp_path) as client:
        client.open(uri, text)
        params = client.of(uri, range=client.range(uri, 0, len(text)))
        found = client.ask("textDocument/inlayHint", params)
        assert {one["label"] for one in found} == set(labels.values())
        client.notify("workspace/didChangeConfiguration", {"settings": {"specdsl": {"hints": {kind: False}}}})
        found = client.ask("textDocument/inlayHint", params)
        assert {one["label"] for one in found} == set(labels.values()) - {labels[kind]}


def test_no_samples_where_they_are_not_wanted(tmp_path: Path) -> None:
    uri = (tmp_path / "a.dgen").as_uri()
    with server(tmp_path, options={"settings": {"samples": False}}) as client:
        client.open(uri, "table t 5 {\n  age int = 18..90\n}\n")
        assert "Such as" not in client.ask("textDocument/hover", client.at(uri, "age"))["contents"]["value"]


def test_data_in_other_folders_only_where_that_is_allowed(two: tuple[Path, Path]) -> None:
    one, other = two
    (other / "plans.csv").write_text("name\nfree\n")
    uri = (one / "a.dgen").as_uri()
    with server(one) as client:
        client.open(uri, 'pool P = load("../two/plans.csv")\ntable t 5 {\n  p string = pick(P.name)\n}\n')
        assert client.checked(uri) != []
        client.notify("workspace/didChangeConfiguration", {"settings": {"specdsl": {"allow": ["../two"]}}})
        client.until(lambda: client.codes(uri) == [], "leave to read it")


# --- plugins -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("trusted", [True, False])
def test_plugins_are_code_and_run_only_in_a_workspace_that_is_trusted(tmp_path: Path, trusted: bool) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "own.py").write_text(
        f"import pathlib\npathlib.Path({str(ran)!r}).touch()\nprint('noise')\n" + PLUGIN
    )
    (tmp_path / "specdsl.toml").write_text('plugins = ["own.py"]\n')
    uri = (tmp_path / "a.dgen").as_uri()
    with server(tmp_path, options={"trusted": trusted}) as client:
        client.open(uri, "table t 5 {\n  id int key\n  n float = twice(id)\n}\n")
        found = client.checked(uri)
        assert (found == []) is trusted
        assert ran.exists() is trusted
        if trusted:
            rows = client.ask("specdsl/preview", client.of(uri))["rows"]
            assert [float(row[1]) for row in rows] == [2, 4, 6, 8, 10]
        else:
            assert any("not trusted" in line for line in client.logged())


def test_a_plugin_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("raise SystemExit(1)\n")
    uri = (tmp_path / "a.dgen").as_uri()
    with server(tmp_path, options={"trusted": True, "settings": {"plugins": ["own.py"]}}) as client:
        client.open(uri, TABLE)
        assert client.checked(uri) == []
        assert any(line.startswith("plugins: ") and "\n" not in line for line in client.logged())
