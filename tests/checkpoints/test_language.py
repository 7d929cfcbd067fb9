"""Growth, the clock of batches and `since` in the text of a spec: what is said, laid out, offered and refused."""

from __future__ import annotations

import pytest

from specdsl.compiler import Overrides, compile_source
from specdsl.ide.completion import complete
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from tests.checkpoints.making import SHOP
from tests.ide.cursors import CURSOR, MAIN, placed


def compiled(text: str) -> tuple[object, list[tuple[str, str]]]:
    found = compile_source(SourceFile("x.dgen", text), LocalFiles())
    return found.dataset, [(d.code, d.message()) for d in found.diagnostics]


def test_what_is_declared() -> None:
    found = compile_source(SourceFile("x.dgen", SHOP), LocalFiles(), Overrides(scale=0.5))
    assert found.dataset is not None
    assert found.dataset.per_batch == 86_400_000_000
    assert found.dataset.tables["users"].grows == 6  # scaled as the count is
    since = found.dataset.tables["payments"].references["payer_id"].since
    assert since is not None
    assert (since.batches, since.micros) == (2, None)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("table a { b_id -> b each 2 }\ntable b 3 grows 1 per batch { id int key }", "", ""),
        (
            "table a grows 5 per batch { b_id -> b each 2 }\ntable b 3 { id int key }",
            "DG328",
            "`grows` goes with a row count",
        ),
        ("table a 3 grows 1.5 per batch { id int key }", "DG333", "a row count is a whole number"),
        ("table a 3 grows -1 per batch { id int key }", "DG333", "a row count is 0 to"),
        (
            "table a { b_id -> b each 2 since 1h }\ntable b 3 { id int key }",
            "DG328",
            "`since` contradicts `each`",
        ),
        ("table a 3 { b_id -> b since 1h unique }\ntable b 3 { id int key }", "DG328", "one to one"),
        (
            "table a 3 { b_id -> b since 0 batches }\ntable b 3 { id int key }",
            "DG333",
            "batches are counted from 1",
        ),
        (
            "table a 3 { b_id -> b since 1.5 batches }\ntable b 3 { id int key }",
            "DG333",
            "batches are counted from 1",
        ),
        ("dataset d { per batch 3 }\ntable a 3 { id int key }", "DG334", "`per batch` takes a duration"),
        ("dataset d { per batch 1d, per batch 2d }\ntable a 3 { id int key }", "", "`per batch`"),
    ],
)
def test_what_is_wrong(text: str, code: str, message: str) -> None:
    dataset, said = compiled(text)
    if not message:
        assert (dataset is not None, said) == (True, [])
        return
    assert dataset is None
    assert len(said) == 1, said
    assert said[0][0] == (code or said[0][0])
    assert message in said[0][1]


def test_the_words_are_names_elsewhere() -> None:
    text = "table batch 3 { id int key, grows int = 1, since int = 2, batches int = grows + since }"
    assert compiled(text)[1] == []


def test_layout() -> None:
    text = "dataset d { seed 1\nper   batch   1d }\ntable a 3  grows 2   per batch{id int key\nb_id->a since  3 batches 5% null}"
    assert format_text(SourceFile("x.dgen", text)) == (
        "dataset d {\n  seed 1\n  per batch 1d\n}\n\ntable a 3 grows 2 per batch {\n"
        "  id   int key\n  b_id -> a since 3 batches 5% null\n}\n"
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("table a 5 | {\n  id int key\n}\n", "grows ... per batch"),
        ("dataset d {\n  |\n}\n", "per batch"),
        ("table a 5 { id int key }\ntable b 5 {\n  a_id -> a |\n}\n", "since"),
    ],
)
def test_what_an_editor_offers(text: str, label: str) -> None:
    workspace, offset = placed(text.replace("|", CURSOR))
    assert label in [item.label for item in complete(workspace, MAIN, offset)]
