"""Nothing of what a document was before stays, however often it is edited and asked about."""

from __future__ import annotations

import gc
from collections import Counter
from weakref import ref

from specdsl.ide.completion import complete
from specdsl.ide.hover import hover
from specdsl.ide.inference import Types
from specdsl.ide.outline import Outline
from specdsl.ide.program import Program
from specdsl.ide.workspace import Workspace
from tests.language.memory import MemoryFiles

SPEC = "dataset d { seed 1 }\n\ntable t 3 {\n  id int key\n  n  int in 0..999 = 1..5\n  m  int = n + 1\n}\n"
KEPT = (Program, Outline, Types)


def edited(workspace: Workspace, edits: int) -> None:
    for number in range(edits):
        text = SPEC.replace("1..5", f"1..{5 + number}")
        workspace.change("main.dgen", text)
        assert workspace.diagnostics("main.dgen") == []
        at = text.index("n + 1")
        assert complete(workspace, "main.dgen", at)
        assert hover(workspace, "main.dgen", at, samples=False) is not None


def alive() -> Counter[type]:
    gc.collect()
    return Counter(kind for kind in map(type, gc.get_objects()) if kind in KEPT)


def test_programs_of_before_are_let_go() -> None:
    workspace = Workspace(MemoryFiles({}))
    edited(workspace, 3)
    before = alive()
    edited(workspace, 40)
    after = alive()
    assert all(after[kind] <= before[kind] + 1 for kind in KEPT), (before, after)


def test_a_workspace_is_let_go() -> None:
    workspace = Workspace(MemoryFiles({}))
    edited(workspace, 2)
    known = ref(workspace)
    del workspace
    gc.collect()
    assert known() is None
