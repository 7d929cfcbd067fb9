"""Test designs, in the editor."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import binding_at
from specdsl.ide.completion import complete
from specdsl.ide.edits import applied
from specdsl.ide.hover import hover
from specdsl.ide.naming import SymbolKind
from specdsl.ide.rename import Refusal, rename
from specdsl.ide.tokens import TokenType, semantic_tokens
from tests.ide.cursors import MAIN, placed

SPEC = """\
table cases {
  browser string = "chrome" | "firefox" | "safari"
  os      string = "windows" | "macos" | "linux"
  trial   bool
  check apple: browser != "safari" or os == "macos"
LINE
}
"""


def labels(line: str) -> list[str]:
    workspace, at = placed(SPEC.replace("LINE", line))
    return [item.label for item in complete(workspace, MAIN, at)]


def test_the_word_is_offered() -> None:
    assert "cover" in labels("  ‸")


@pytest.mark.parametrize("line", ["  cover ‸", "  cover ‸ (browser, os)", "  cover p‸"])
def test_strengths(line: str) -> None:
    found = labels(line)
    assert found[:3] == ["pairwise", "all", "3-wise"]
    assert "string" not in found


@pytest.mark.parametrize("strength", ["all", "pairwise", "3-wise"])
def test_columns(strength: str) -> None:
    assert labels(f"  cover {strength} (‸") == ["browser", "os", "trial"]
    assert labels(f"  cover {strength} (browser, ‸)") == ["os", "trial"]
    assert labels(f"  cover {strength} (browser, os, trial) ‸") == []


def test_hover_tells_rows_and_combinations() -> None:
    workspace, at = placed(SPEC.replace("LINE", "  cov‸er pairwise (browser, os, trial)"))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "in as few rows as were found" in found.markdown
    assert "8 rows have all 19 pairs. No row can have 2 of 21." in found.markdown
    assert "All combinations would be 18 rows" in found.markdown


def test_hover_of_a_strength() -> None:
    workspace, at = placed(SPEC.replace("LINE", "  cover a‸ll (browser, os)"))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "each once" in found.markdown
    assert "7 rows have all 7 combinations. No row can have 2 of 9." in found.markdown


def test_hover_of_the_table() -> None:
    text = SPEC.replace("LINE", "  cover pairwise (browser, os, trial)").replace("cases", "ca‸ses")
    workspace, at = placed(text)
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "8 rows have all 19 pairs." in found.markdown


def test_rename_goes_into_the_list() -> None:
    text = SPEC.replace("LINE", "  cover pairwise (browser, o‸s, trial)")
    workspace, at = placed(text)
    binding = binding_at(workspace, MAIN, at)
    assert binding is not None
    assert binding.symbol.kind is SymbolKind.COLUMN
    found = rename(workspace, MAIN, at, "system")
    assert not isinstance(found, Refusal)
    new = applied(workspace.document(MAIN).text, found.edits)
    assert "cover pairwise (browser, system, trial)" in new
    assert "  system" in new


def test_tokens() -> None:
    workspace, _ = placed(SPEC.replace("LINE", "  cover 3-wise (browser, os, trial)"))
    text = workspace.document(MAIN).text
    line = text[text.index("  cover") :]
    start = text.index("  cover")
    found = {
        text[t.span.start : t.span.end]: t.type
        for t in semantic_tokens(workspace, MAIN)
        if start <= t.span.start < start + len(line)
    }
    assert found["cover"] == found["wise"] == TokenType.KEYWORD
    assert found["browser"] == TokenType.COLUMN


def test_columns_called_as_the_words_are() -> None:
    text = 'table t 3 {\n  cover string = "a"\n  all int = 1\n  pairwise int = all + 1\n}\n'
    workspace, at = placed(text.replace("= all", "= a‸ll"))
    binding = binding_at(workspace, MAIN, at)
    assert binding is not None
    assert binding.symbol.kind is SymbolKind.COLUMN
