"""Lines of `changes`, in the editor."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import binding_at
from specdsl.ide.completion import complete
from specdsl.ide.edits import applied
from specdsl.ide.hover import hover
from specdsl.ide.incremental import IncrementalCompiler
from specdsl.ide.naming import SymbolKind
from specdsl.ide.rename import Refusal, rename
from specdsl.source import SourceFile
from tests.ide.cursors import MAIN, placed
from tests.language.memory import MemoryFiles

SPEC = """\
table users 100 {
  id int key
}
table orders 500 {
  id     int key
  user_id -> users?  on delete set null
  price  int = 1..9
  opened timestamp = now - 1h..9d
  late   bool = opened < now - 3d
  lifecycle status from opened { open -> paid after 1h..2d }
  changes {
LINE
  }
}
"""


def labels(line: str) -> list[str]:
    workspace, at = placed(SPEC.replace("LINE", line))
    return [item.label for item in complete(workspace, MAIN, at)]


def test_what_happens() -> None:
    found = labels("    ‸")
    assert found[:2] == ["update", "delete"]
    assert {"update status as time passes", "update late as time passes"} <= set(found)


@pytest.mark.parametrize("line", ["update ‸", "delete ‸"])
def test_how_many(line: str) -> None:
    assert {"1% of rows", "10 rows"} <= set(labels(f"    {line}"))


def test_columns_that_can_be_set() -> None:
    found = labels("    update 3% of rows set ‸")
    assert {"price", "user_id", "late"} <= set(found)
    assert "id" not in found
    assert "status" not in found
    assert "price" not in labels("    update 3% of rows set price, ‸")


def test_words_on_the_way() -> None:
    assert {"set", "where"} <= set(labels("    update 3% of rows ‸"))
    assert "of rows" in labels("    update 3% ‸")
    assert "rows" in labels("    delete 3 ‸")


@pytest.mark.parametrize("line", ["update 3% of rows where ‸", "update 3% of rows set price = ‸"])
def test_values(line: str) -> None:
    assert "price" in labels(f"    {line}")


def test_on_delete() -> None:
    workspace, at = placed(SPEC.replace("  on delete set null", " ‸").replace("LINE", ""))
    found = [item.label for item in complete(workspace, MAIN, at)]
    assert {"on delete cascade", "on delete set null", "on delete restrict"} <= set(found)
    workspace, at = placed(SPEC.replace("?  on delete set null", " ‸").replace("LINE", ""))
    assert "on delete set null" not in [item.label for item in complete(workspace, MAIN, at)]


def test_members() -> None:
    workspace, at = placed(SPEC.replace("  id int key\n}", "  id int key\n  ‸\n}", 1).replace("LINE", ""))
    assert "changes" in [item.label for item in complete(workspace, MAIN, at)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("update 3% of rows set pri‸ce", "price"),
        ("update 3% of rows where pri‸ce > 3 set price", "price"),
        ("update 3 rows set price = pri‸ce + 1", "price"),
        ("update stat‸us as time passes", "status"),
        ("delete 3 rows where la‸te", "late"),
    ],
)
def test_names_are_bound(line: str, name: str) -> None:
    workspace, at = placed(SPEC.replace("LINE", f"    {line}"))
    found = binding_at(workspace, MAIN, at)
    assert found is not None
    assert (found.symbol.kind, found.symbol.name, found.symbol.owner) == (SymbolKind.COLUMN, name, "orders")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("upd‸ate 3 rows set price", "computed again"),
        ("del‸ete 3 rows", "`on delete`"),
        ("update late as time pas‸ses", "their draws stay"),
    ],
)
def test_hover(line: str, told: str) -> None:
    workspace, at = placed(SPEC.replace("LINE", f"    {line}"))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert told in found.markdown


def test_renaming_takes_changes_with_it() -> None:
    text = SPEC.replace("price  int", "pri‸ce  int").replace(
        "LINE", "    update 3% of rows where price > 3 set price = price + 1"
    )
    workspace, at = placed(text)
    found = rename(workspace, MAIN, at, "cost")
    assert not isinstance(found, Refusal)
    changed = applied(workspace.document(MAIN).text, found.edits)
    assert "where cost > 3 set cost = cost + 1" in changed


def test_what_others_ask_is_told_as_it_changes() -> None:
    """A change is wrong for the check of another table that looks at it, also while that is typed."""
    users = (
        "table users 100 {\n  id int key\n  born int in 1..9\n  changes { update 3% of rows set born }\n}\n"
    )
    plain = "table orders 10 {\n  id int key\n  user_id -> users\n}\n"
    asking = plain.replace("users\n", "users\n  check a: user_id.born > 0\n")
    compiler = IncrementalCompiler(MemoryFiles({}))
    told = []
    for text in (users, users + plain, users + asking, users + plain):
        compiler.update(SourceFile(MAIN, text))
        told.append([d.code for d in compiler.diagnostics() if d.code == "DG472"])
    assert told == [[], [], ["DG472"], []]
