"""What a diagnostic's message has in an editor, where the place is shown by other means."""

from __future__ import annotations

import inspect

import pytest

from specdsl.diagnostics.registry import registry
from specdsl.lsp.diagnostics import POINTING, told
from tests.ide.cursors import MAIN, placed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "table t 3 { id int key, x int = zz }",
            "table `t` has no column `zz`\nhelp: its columns are `id`, `x`",
        ),
        (
            'import "no.dgen"\ntable t 3 { id int key }',
            'file "no.dgen" does not exist\n'
            "help: the path is relative to the file that names it; is it spelled as on disk?",
        ),
        (
            "table t 3 { id int key, x int = if id then 1 else 2 }",
            "the condition of `if` must be true or false, and this is an int\n"
            "help: compare it: `table t 3 { id int key, x int = if id > 0 then 1 else 2 }`",
        ),
        (
            "table t 3 { id int key, code string unique = /[a-b]/ }",
            "`code` needs 3 distinct values but can only make 2\n2 strings\n"
            "help: one more digit is enough: /[a-b][0-9]/ makes 20",
        ),
        (
            'pool Plans = load("../plans.csv")\ntable t 3 { id int key, x = pick(Plans.name) }',
            'file "../plans.csv" lies outside the folders that this spec may read\n'
            "help: move it beside the spec, or allow its folder: by `--allow FOLDER` on the command line, by "
            "`allow` in `specdsl.toml` in an editor",
        ),
    ],
)
def test_told(text: str, message: str) -> None:
    workspace, _ = placed(text)
    assert [told(d) for d in workspace.finish(MAIN)] == [message]


def test_labels_that_only_point_are_labels() -> None:
    written = "".join(inspect.getsource(c.label) for c in registry().values())
    assert [label for label in sorted(POINTING) if f'"{label}"' not in written] == []
