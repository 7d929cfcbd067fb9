"""Variants in the editor."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import binding_at
from specdsl.ide.completion import complete
from specdsl.ide.edits import applied
from specdsl.ide.hover import hover
from specdsl.ide.incremental import IncrementalCompiler
from specdsl.ide.naming import SymbolKind
from specdsl.ide.rename import Refusal, rename
from specdsl.ide.symbols import document_symbols
from specdsl.ide.tokens import TokenType, semantic_tokens
from specdsl.source import SourceFile
from tests.ide.cursors import MAIN, placed
from tests.language.memory import MemoryFiles

SPEC = """\
enum Status { paid, sent }
table users 100 {
  id     int key
  name   string(max: 20) = full_name()
  age    int in 18..90
  status Status
LINE
}
"""


def labels(line: str) -> list[str]:
    workspace, at = placed(SPEC.replace("LINE", line))
    return [item.label for item in complete(workspace, MAIN, at)]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("  ‸", {"variant"}),
        ("  variant edge ‸", {"5%", "30 rows"}),
        ("  variant edge 5% ‸", {"where", "{ }"}),
        ("  variant edge 5% where ‸", {"age", "name"}),
        ("  variant edge 5% {\n    ‸\n  }", {"age", "name", "status"}),
        ("  variant edge 5% {\n    age = ‸\n  }", {"boundary", "odd_text"}),
        ("  variant edge 5% {\n    status = ‸\n  }", {"paid", "sent"}),
    ],
)
def test_completion(line: str, wanted: set[str]) -> None:
    found = labels(line)
    assert wanted <= set(found), found


@pytest.mark.parametrize(
    "line",
    [
        "variant edge 5% { ag‸e = 20 }",
        'variant edge 5% { name = f"{ag‸e}" }',
        'variant edge 5% where ag‸e > 20 { name = "x" }',
    ],
)
def test_names_are_bound(line: str) -> None:
    workspace, at = placed(SPEC.replace("LINE", f"  {line}"))
    found = binding_at(workspace, MAIN, at)
    assert found is not None
    assert (found.symbol.kind, found.symbol.name, found.symbol.owner) == (SymbolKind.COLUMN, "age", "users")


def test_members_of_the_enum_of_a_column_are_bound() -> None:
    workspace, at = placed(SPEC.replace("LINE", "  variant edge 5% { status = pa‸id }"))
    found = binding_at(workspace, MAIN, at)
    assert found is not None
    assert (found.symbol.kind, found.symbol.name) == (SymbolKind.MEMBER, "paid")


def test_renaming_a_column_renames_it_in_variants() -> None:
    line = '  variant edge 5% where age > 20 { age = 20, name = f"{age}" }'
    workspace, at = placed(SPEC.replace("LINE", line).replace("  age ", "  a‸ge "))
    found = rename(workspace, MAIN, at, "years")
    assert not isinstance(found, Refusal)
    text = applied(workspace.document(MAIN).text, found.edits)
    assert 'variant edge 5% where years > 20 { years = 20, name = f"{years}" }' in text


def test_the_name_of_a_variant() -> None:
    lines = "  ## Extremes.\n  variant ed‸ge 5% where age > 20 { age = 20 }\n  variant old 1% { age = 30 }"
    workspace, at = placed(SPEC.replace("LINE", lines))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "variant edge 5% where age > 20" in found.markdown
    assert "Extremes." in found.markdown
    assert isinstance(rename(workspace, MAIN, at, "old"), Refusal)
    renamed = rename(workspace, MAIN, at, "ends")
    assert not isinstance(renamed, Refusal)
    assert "variant ends 5%" in applied(workspace.document(MAIN).text, renamed.edits)


def test_hover() -> None:
    workspace, at = placed(SPEC.replace("LINE", "  var‸iant edge 5% { age = 20 }"))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "differ from the others on purpose" in found.markdown


def test_colours_and_symbols() -> None:
    workspace, _ = placed(SPEC.replace("LINE", "  variant edge 5% where age > 3 {\n    age = 20\n  }"))
    text = workspace.document(MAIN).text
    found = {
        text[t.span.start : t.span.end]: t.type
        for t in semantic_tokens(workspace, MAIN)
        if t.span.start >= text.index("variant")
    }
    assert found["variant"] is TokenType.KEYWORD
    assert found["where"] is TokenType.KEYWORD
    assert found["age"] is TokenType.COLUMN
    (table,) = [s for s in document_symbols(workspace, MAIN) if s.name == "users"]
    assert ("edge", "5%") in [(s.name, s.detail) for s in table.children]


def test_what_is_typed_is_told_as_if_all_was_read_anew() -> None:
    plain = SPEC.replace("LINE", "  variant edge 5% {\n    age = 20\n  }")
    texts = [
        plain,
        plain.replace("= 20", "= 200"),
        plain.replace("age = 20", "ages = 20"),
        plain.replace("in 18..90", "in 30..90"),
        plain.replace("age    int", "years  int"),
        plain,
    ]
    compiler = IncrementalCompiler(MemoryFiles({}))
    told, fresh = [], []
    for text in texts:
        for known, codes in ((compiler, told), (IncrementalCompiler(MemoryFiles({})), fresh)):
            known.update(SourceFile(MAIN, text))
            codes.append([d.code for d in known.diagnostics() if d.severity == "error"])
    assert told == fresh
    assert [bool(codes) for codes in told] == [False, True, True, True, True, False]
