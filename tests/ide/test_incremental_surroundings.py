"""What a program depends on besides its text: plugins, and data files that change on disk."""

from __future__ import annotations

import os
from pathlib import Path

from specdsl.ide.incremental import IncrementalCompiler
from specdsl.ide.samples import sample_column
from specdsl.ide.workspace import Workspace
from specdsl.local_files import LocalFiles
from specdsl.plugins import function
from specdsl.plugins.catalogue import NO_PLUGINS
from specdsl.plugins.loading import load_plugins
from specdsl.source import SourceFile
from tests.language.memory import MemoryFiles


@function
def badge(level: int) -> int:
    """A number for a level."""
    return level


def test_functions_of_plugins_are_known_as_soon_as_they_are_there() -> None:
    text = "dataset d {}\ntable t 3 {\n  id int key\n  n int = badge(3)\n}\n"
    compiler = IncrementalCompiler(MemoryFiles({}))
    compiler.update(SourceFile("a.dgen", text))
    assert [d.code for d in compiler.diagnostics()] == ["DG204"]
    compiler.plugins = load_plugins([badge])
    compiler.update(SourceFile("a.dgen", text))
    assert compiler.diagnostics() == []
    compiler.plugins = NO_PLUGINS
    compiler.update(SourceFile("a.dgen", text))
    assert [d.code for d in compiler.diagnostics()] == ["DG204"]


def test_sections_that_read_a_data_file_follow_it(tmp_path: Path) -> None:
    spec, data = tmp_path / "a.dgen", tmp_path / "plans.csv"
    text = (
        'dataset d {}\npool Plans = load("plans.csv")\n'
        "table t 3 {\n  id int key\n  n string = pick(Plans.name)\n}\ntable u 3 {\n  id int key\n}\n"
    )
    data.write_text("name\nfree\npro\n", "utf-8")
    compiler = IncrementalCompiler(LocalFiles(tmp_path))
    compiler.update(SourceFile(str(spec), text))
    assert compiler.diagnostics() == []
    before = compiler.compiled
    compiler.update(SourceFile(str(spec), text))
    assert compiler.compiled == before

    data.write_text("title\nfree\npro\n", "utf-8")
    os.utime(data, ns=(1, 1))
    compiler.update(SourceFile(str(spec), text))
    assert [d.message() for d in compiler.diagnostics()] != []
    data.write_text("name\nfree\npro\n", "utf-8")
    compiler.update(SourceFile(str(spec), text))
    assert compiler.diagnostics() == []
    data.unlink()
    compiler.update(SourceFile(str(spec), text))
    assert compiler.diagnostics() != []


def test_a_workspace_passes_both_on(tmp_path: Path) -> None:
    spec, data = str(tmp_path / "a.dgen"), tmp_path / "plans.csv"
    data.write_text("name\nfree\n", "utf-8")
    workspace = Workspace()
    workspace.open(
        spec,
        'pool Plans = load("plans.csv")\n'
        "table t 3 {\n  id int key\n  n int = badge(3)\n  p string = pick(Plans.name)\n}\n",
    )
    assert [d.code for d in workspace.diagnostics(spec)] == ["DG204"]
    workspace.plugins = load_plugins([badge])
    assert workspace.diagnostics(spec) == []
    assert sample_column(workspace, spec, "t", "n").values == ("3", "3", "3")
    assert sample_column(workspace, spec, "t", "p").values == ("free", "free", "free")
    data.write_text("name\nenterprise\n", "utf-8")
    workspace.forget(str(data))
    assert sample_column(workspace, spec, "t", "p").values == ("enterprise", "enterprise", "enterprise")
    data.write_text("title\nfree\n", "utf-8")
    workspace.forget(str(data))
    assert workspace.diagnostics(spec) != []
