"""Targets, in the editor."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import binding_at
from specdsl.ide.completion import complete
from specdsl.ide.edits import applied
from specdsl.ide.folding import folds
from specdsl.ide.hover import hover
from specdsl.ide.incremental import IncrementalCompiler
from specdsl.ide.naming import SymbolKind
from specdsl.ide.rename import Refusal, rename
from specdsl.ide.tokens import TokenType, semantic_tokens
from specdsl.source import SourceFile
from tests.ide.cursors import MAIN, placed
from tests.language.memory import MemoryFiles

SPEC = """\
enum Status { paid, sent }
table orders 100 {
  id     int key
  at     date = 2024-01-01 .. 2024-12-31
  land   string = "DE" | "FR"
  total  decimal(10, 2) in 0.. = 0.00..50.00
  status Status
LINE
}
"""


def labels(line: str) -> list[str]:
    workspace, at = placed(SPEC.replace("LINE", line))
    return [item.label for item in complete(workspace, MAIN, at)]


def test_the_word_is_offered() -> None:
    assert "target" in labels("  ‸")


def test_what_a_target_can_be_about() -> None:
    found = labels("  target ‸")
    assert {"count", "sum(total)", "avg(total)", "share(status ...)", "share(land ...)"} <= set(found)
    assert "sum(id)" not in found
    assert "sum(land)" not in found


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("  target sum(‸)", "total"),
        ("  target sum(total) ‸", "by"),
        ("  target sum(total) ‸", "from"),
        ("  target sum(total) by ‸", "land"),
        ("  target sum(total) by (land, ‸) {}", "status"),
        ('  target sum(total) by land { "DE": 3 } ‸', "else free"),
        ('  target sum(total) by land from "a.csv" ‸', "else free"),
    ],
)
def test_what_goes_on(line: str, offered: str) -> None:
    assert offered in labels(line)


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ('target sum(to‸tal) by land { "DE": 3, "FR": 4 }', SymbolKind.COLUMN, "total"),
        ('target sum(total) by la‸nd { "DE": 3, "FR": 4 }', SymbolKind.COLUMN, "land"),
        ("target share(sta‸tus == paid) = 3%", SymbolKind.COLUMN, "status"),
        ("target share(status == pa‸id) = 3%", SymbolKind.MEMBER, "paid"),
        ("target sum(total) by status { pa‸id: 3, sent: 4 }", SymbolKind.MEMBER, "paid"),
        ('target count by (month(a‸t), land) { ("2024-01", "DE"): 100 }', SymbolKind.COLUMN, "at"),
    ],
)
def test_names_are_bound(line: str, kind: SymbolKind, name: str) -> None:
    workspace, at = placed(SPEC.replace("LINE", f"  {line}"))
    found = binding_at(workspace, MAIN, at)
    assert found is not None
    assert (found.symbol.kind, found.symbol.name) == (kind, name)


def test_renaming_takes_targets_with_it() -> None:
    text = SPEC.replace("LINE", "  target sum(total) by status { paid: 3, sent: 4 }")
    workspace, at = placed(text.replace("  total ", "  to‸tal "))
    edits = rename(workspace, MAIN, at, "amount")
    assert not isinstance(edits, Refusal)
    after = applied(workspace.document(MAIN).text, edits.edits)
    assert "target sum(amount) by status" in after


def test_hover_and_colours() -> None:
    line = "  target sum(total) by status { paid: 3, sent: 4 }"
    workspace, at = placed(SPEC.replace("LINE", line.replace("target", "tar‸get")))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "exactly" in found.markdown
    text = workspace.document(MAIN).text
    colours = {
        text[t.span.start : t.span.end]: t.type
        for t in semantic_tokens(workspace, MAIN)
        if t.span.start >= text.index("target")
    }
    assert colours["target"] is TokenType.KEYWORD
    assert colours["total"] is TokenType.COLUMN
    assert colours["by"] is TokenType.KEYWORD


def test_long_lists_fold() -> None:
    line = "  target sum(total) by status {\n    paid: 3\n    sent: 4\n  }"
    workspace, _ = placed(SPEC.replace("LINE", line))
    assert (7, 9) in [(fold.first, fold.last) for fold in folds(workspace, MAIN)]


def test_mistakes_come_and_go_as_one_types() -> None:
    compiler = IncrementalCompiler(MemoryFiles({}))
    good = SPEC.replace("LINE", "  target sum(total) by status { paid: 3, sent: 4 }")
    wrong = good.replace("sent: 4", "gone: 4")
    told = []
    for text in (good, wrong, good, good.replace("total  decimal(10, 2)", "total  float")):
        compiler.update(SourceFile(MAIN, text))
        told.append({d.code for d in compiler.diagnostics() if d.code[2] in "245"})
    assert told == [set(), {"DG206"}, set(), {"DG491"}]
