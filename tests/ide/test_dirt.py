"""Lines that spoil rows, in the editor."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import binding_at
from specdsl.ide.completion import complete
from specdsl.ide.edits import applied
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
table users 100 {
  id     int key
  email  string unique = f"{row}@example.com"
  age    int in 18..90
  nick   string(max: 12)? = first_name()
  code   string = /[A-Z]{3}/
  status Status
  secret int hidden = 1
  check adult: age >= 18
LINE
}
"""


def labels(line: str) -> list[str]:
    workspace, at = placed(SPEC.replace("LINE", line))
    return [item.label for item in complete(workspace, MAIN, at)]


def test_words() -> None:
    found = labels("  ‸")
    assert {"violate", "duplicate", "typos", "outliers", "malformed", "misencoded", "variant"} <= set(found)


def test_rules() -> None:
    found = labels("  violate ‸")
    assert found[0] == "adult"
    assert {"email.unique", "id.unique", "age.range", "code.pattern", "status.enum", "nick.length"} <= set(
        found
    )
    assert "secret" not in found


def test_aspects_that_a_column_has_come_first() -> None:
    assert labels("  violate age.‸")[:2] == ["null", "range"]
    assert labels("  violate nick.‸")[0] == "length"


@pytest.mark.parametrize("line", ["violate age.range ‸", "violate adult ‸", "typos(nick) ‸"])
def test_amounts(line: str) -> None:
    assert {"1%", "30 rows"} <= set(labels(f"  {line}"))


def test_amounts_of_copies() -> None:
    assert {"rows 1%", "30 rows", "near rows 1%"} <= set(labels("  duplicate ‸"))


def test_columns_to_spoil() -> None:
    assert {"nick", "email"} <= set(labels("  typos(‸)"))


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("violate ad‸ult 1%", SymbolKind.CHECK, "adult"),
        ("violate ag‸e.range 1%", SymbolKind.COLUMN, "age"),
        ("outliers(ag‸e) 3 rows", SymbolKind.COLUMN, "age"),
    ],
)
def test_names_are_bound(line: str, kind: SymbolKind, name: str) -> None:
    workspace, at = placed(SPEC.replace("LINE", f"  {line}"))
    found = binding_at(workspace, MAIN, at)
    assert found is not None
    assert (found.symbol.kind, found.symbol.name, found.symbol.owner) == (kind, name, "users")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("viol‸ate adult 1%", "and no other"),
        ("violate age.ran‸ge 1%", "just outside"),
        ("violate nick.len‸gth 1%", "too long"),
        ("dupl‸icate rows 1%", "come twice"),
        ("duplicate ne‸ar rows 1%", "another value"),
        ("ty‸pos(nick) 1%", "keyboard"),
        ("violate adult ‸5%", "5 of the table's 100 rows"),
    ],
)
def test_hover(line: str, told: str) -> None:
    workspace, at = placed(SPEC.replace("LINE", f"  {line}"))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert told in found.markdown


def test_colours() -> None:
    workspace, _ = placed(
        SPEC.replace("LINE", "  violate adult 1%\n  violate age.range 3 rows\n  typos(nick) 2%")
    )
    text = workspace.document(MAIN).text
    found = {
        text[t.span.start : t.span.end]: t.type
        for t in semantic_tokens(workspace, MAIN)
        if t.span.start > text.index("violate")
    }
    assert found["violate"] is TokenType.KEYWORD
    assert found["adult"] is TokenType.CHECK
    assert found["age"] is TokenType.COLUMN
    assert found["typos"] is TokenType.KEYWORD
    assert found["rows"] is TokenType.KEYWORD


def test_what_others_ask_is_told_as_it_changes() -> None:
    """The dirt of a table is wrong for the check of another that looks at it, also while that is typed."""
    users = "table users 100 {\n  id int key\n  born int in 1..9\n  violate born.range 1%\n}\n"
    plain = "table orders 10 {\n  id int key\n  user_id -> users\n}\n"
    asking = plain.replace("users\n", "users\n  check a: user_id.born > 0\n")
    compiler = IncrementalCompiler(MemoryFiles({}))
    told = []
    for text in (users, users + plain, users + asking, users + plain):
        compiler.update(SourceFile(MAIN, text))
        told.append([d.code for d in compiler.diagnostics() if d.code == "DG461"])
    assert told == [[], [], ["DG461"], []]


@pytest.mark.parametrize(
    ("declared", "name", "line"),
    [("check ad‸ult", "grown", "violate grown 1%"), ("ni‸ck ", "alias", "typos(alias) 2 rows")],
)
def test_renaming_takes_the_dirt_with_it(declared: str, name: str, line: str) -> None:
    text = SPEC.replace("LINE", "  violate adult 1%\n  typos(nick) 2 rows\n  violate nick.length 1%")
    workspace, at = placed(text.replace(declared.replace("‸", ""), declared, 1))
    found = rename(workspace, MAIN, at, name)
    assert not isinstance(found, Refusal)
    assert line in applied(workspace.document(MAIN).text, found.edits)
