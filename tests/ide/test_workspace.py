"""Documents that are open win over the disk, and what imports them follows."""

from __future__ import annotations

from pathlib import Path

from specdsl.cli.compiling import compile_spec
from specdsl.ide.bindings import bindings_in
from specdsl.ide.workspace import Workspace
from specdsl.local_files import LocalFiles
from tests.language.memory import MemoryFiles

SHARED = "enum Kind { a, b }\n"
MAIN = 'import "shared.dgen"\n\ntable t 3 {\n  id int key\n  kind Kind\n}\n'


def codes(workspace: Workspace, path: str = "main.dgen") -> list[str]:
    return [d.code for d in workspace.diagnostics(path)]


def test_unsaved_text_wins_over_the_disk() -> None:
    workspace = Workspace(MemoryFiles({"shared.dgen": SHARED}))
    workspace.open("main.dgen", MAIN)
    assert codes(workspace) == []
    workspace.open("shared.dgen", SHARED.replace("Kind", "Sort"))
    assert codes(workspace) == ["DG203"]
    workspace.change("shared.dgen", SHARED)
    assert codes(workspace) == []
    workspace.change("shared.dgen", SHARED.replace("Kind", "Sort"))
    workspace.close("shared.dgen")
    assert codes(workspace) == []


def test_a_missing_import_that_is_opened() -> None:
    workspace = Workspace(MemoryFiles({}))
    workspace.open("main.dgen", MAIN)
    assert codes(workspace)
    workspace.open("shared.dgen", SHARED)
    assert codes(workspace) == []
    assert workspace.importers("shared.dgen") == ("shared.dgen", "main.dgen")


def test_files_on_disk(tmp_path: Path) -> None:
    main, shared = tmp_path / "main.dgen", tmp_path / "shared.dgen"
    main.write_text(MAIN)
    shared.write_text(SHARED)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.dgen").write_text("")
    workspace = Workspace(root=tmp_path)
    assert workspace.paths() == (str(main), str(shared))
    workspace.open(str(main), MAIN)
    assert codes(workspace, str(main)) == []
    shared.write_text(SHARED.replace("Kind", "Sort"))
    workspace.forget(str(shared))
    assert codes(workspace, str(main)) == ["DG203"]
    assert workspace.document(str(tmp_path / "none.dgen")).text == ""


def test_a_path_at_which_there_is_one_thing_after_the_other(tmp_path: Path) -> None:
    main, other = str(tmp_path / "main.dgen"), tmp_path / "shared.dgen"
    workspace = Workspace(root=tmp_path)
    workspace.open(main, MAIN)

    def said() -> str:
        workspace.forget(str(other))
        return workspace.diagnostics(main)[0].message() if workspace.diagnostics(main) else ""

    missing = said()
    assert "does not exist" in missing
    other.mkdir()
    folder = said()
    assert "cannot be read" in folder
    other.rmdir()
    assert said() == missing
    other.mkdir()
    assert said() == folder
    other.rmdir()
    other.write_text("enum Kind { a }\n")
    assert said() == ""
    other.unlink()
    other.mkdir()
    assert said() == folder


def test_a_slice_is_kept_until_its_text_changes() -> None:
    workspace = Workspace(MemoryFiles({"shared.dgen": SHARED}))
    workspace.open("main.dgen", MAIN)
    at = MAIN.index("kind")
    first = workspace.slice_at("main.dgen", at)
    assert first is not None
    assert first.dataset is not None
    assert workspace.slice_at("main.dgen", at) is first
    workspace.change("main.dgen", MAIN.replace("3 {", "4 {"))
    assert workspace.slice_at("main.dgen", at) is not first


def test_sections_and_tokens() -> None:
    workspace = Workspace(MemoryFiles({}))
    document = workspace.open("main.dgen", MAIN)
    assert document.version == 1
    assert [one.kind for one in document.sections] == ["import", "table"]
    token = document.token_at(MAIN.index("key"))
    assert token is not None
    assert token.text == "key"
    assert document.token_at(len(MAIN)) is not None
    assert workspace.change("main.dgen", MAIN + " ").version == 2


def test_a_closed_file_that_changes_without_notice(tmp_path: Path) -> None:
    path = tmp_path / "main.dgen"
    path.write_text("table t 3 { id int key }\n")
    workspace = Workspace()
    assert len(bindings_in(workspace, str(path))) == 3
    path.write_text("enum E { a }\n\ntable t 3 { id int key }\n\ntable u 3 { e E }\n")
    assert len(bindings_in(workspace, str(path))) == 8


def test_in_slices() -> None:
    parts = [f"table t{i} 3 {{\n  id int key\n  kind Knd\n}}\n\n" for i in range(60)]
    workspace = Workspace(MemoryFiles({}))
    text = "enum Kind { a, b }\n\n" + "".join(parts)
    workspace.open("main.dgen", text)
    assert workspace.known("main.dgen") == []
    counts = []
    while not workspace.advance("main.dgen", near=len(text), size=500):
        counts.append(len(workspace.known("main.dgen")))
    assert counts == sorted(set(counts))
    assert len(counts) > 3
    known = workspace.known("main.dgen")
    assert known == workspace.diagnostics("main.dgen")
    assert len(known) == 60
    assert workspace.advance("main.dgen")
    workspace.change("main.dgen", text.replace("Kind", "Knd"))
    assert len(workspace.known("main.dgen")) == 60  # as they were, until they are looked at again
    assert workspace.slice_at("main.dgen", text.index("t7 ")) is not None
    assert len(workspace.known("main.dgen")) == 59
    assert workspace.finish("main.dgen") == []


def test_files_are_read_from_where_the_command_line_reads_them(tmp_path: Path) -> None:
    """A spec's own folder and those that are allowed: what the editor accepts a build accepts."""
    (tmp_path / "common.dgen").write_text("enum E { a, b }\n", "utf-8")
    (tmp_path / "specs").mkdir()
    spec = tmp_path / "specs" / "t.dgen"
    spec.write_text('import "../common.dgen"\n\ntable t 3 {\n  e E\n}\n', "utf-8")
    alone = compile_spec(str(spec), LocalFiles()).diagnostics
    assert "DG216" in {d.code for d in alone}
    workspace = Workspace(root=tmp_path)
    assert {d.code for d in workspace.diagnostics(str(spec))} == {d.code for d in alone}
    workspace.allow = (tmp_path,)
    assert workspace.diagnostics(str(spec)) == []
    assert compile_spec(str(spec), LocalFiles(allow=[tmp_path])).diagnostics == []


def test_a_bom_that_comes_and_goes() -> None:
    text = "table t 3 {\n  id int key\n}\n"
    workspace = Workspace(MemoryFiles({}))
    workspace.open("main.dgen", text)
    for changed in (
        f"\ufeff{text}",
        f"\ufeff# About t.\n{text}",
        f"\ufeff{text}\ntable u 2 {{ n int = 1 }}\n",
        text,
    ):
        workspace.change("main.dgen", changed)
        assert workspace.diagnostics("main.dgen") == []
