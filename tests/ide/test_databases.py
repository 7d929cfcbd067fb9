"""Tables of databases in the editor, which asks no database."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import outline_of
from specdsl.ide.completion import complete
from specdsl.ide.hover import hover
from specdsl.ide.preview import PreviewState, preview
from specdsl.ide.rename import Refusal, Renaming, rename
from specdsl.ide.row_counts import row_counts
from specdsl.ide.symbols import document_symbols
from specdsl.ide.tokens import TokenType, semantic_tokens
from tests.ide.cursors import CURSOR, MAIN, placed, shown

TEXT = """\
## Those who are there.
table users from database shop table "public.users" {
  id   int key
  mail string
  loud string = upper(mail)
}
table orders 10 { id int key, user_id -> users, to string = user_id.mail }
table colours 3 { id int key }
"""


def test_nothing_is_wrong_without_the_database() -> None:
    workspace, _ = placed(TEXT)
    assert workspace.finish(MAIN) == []


@pytest.mark.parametrize(
    ("head", "offered"),
    [
        (f"table t from {CURSOR}", {'"file"', "database"}),
        (f"table t from database {CURSOR}", {"shop"}),
        (f"table t from database shop {CURSOR}", {"table", "{ }"}),
        (f'table t from "app.sqlite" {CURSOR}', {"table", "{ }"}),
    ],
)
def test_completion(head: str, offered: set[str]) -> None:
    workspace, at = placed(f"{TEXT}{head}")
    labels = {item.label for item in complete(workspace, MAIN, at)}
    assert offered <= labels
    assert ("shop" in labels) == ("shop" in offered)


def test_columns_of_the_database_are_completed() -> None:
    workspace, at = placed(TEXT + f"table t 3 {{ id int key, u -> users, m string = u.{CURSOR} }}")
    assert {"id", "mail", "loud"} <= {item.label for item in complete(workspace, MAIN, at)}


def test_hover() -> None:
    workspace, at = placed(TEXT.replace("-> users", f"-> us{CURSOR}ers"))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert 'table users from database shop table "public.users"' in found.markdown
    workspace, at = placed(TEXT.replace("database", f"data{CURSOR}base"))
    word = hover(workspace, MAIN, at)
    assert word is not None
    assert "--database shop=postgresql://" in word.markdown


def test_words_have_the_colour_of_words() -> None:
    workspace, _ = placed(TEXT)
    kinds = {shown(workspace, t.span): t.type for t in semantic_tokens(workspace, MAIN)}
    assert kinds["2:13 from"] == kinds["2:18 database"] == kinds["2:32 table"] == TokenType.KEYWORD
    assert kinds['2:38 "public.users"'] == TokenType.STRING
    workspace, _ = placed("table database 3 { database int key, x int = database }")
    kinds = {shown(workspace, t.span): t.type for t in semantic_tokens(workspace, MAIN)}
    assert kinds["1:7 database"] == TokenType.TABLE
    assert kinds["1:20 database"] == kinds["1:46 database"] == TokenType.COLUMN


def test_columns_of_the_database_keep_their_names() -> None:
    workspace, at = placed(TEXT.replace("user_id.mail", f"user_id.ma{CURSOR}il"))
    assert rename(workspace, MAIN, at, "email") == Refusal("`mail` is a column of database `shop`")
    workspace, at = placed(TEXT.replace("  loud", f"  lo{CURSOR}ud"))
    assert isinstance(rename(workspace, MAIN, at, "shouted"), Renaming)


def test_outline_and_counts() -> None:
    workspace, _ = placed(TEXT)
    details = [symbol.detail for symbol in document_symbols(workspace, MAIN)]
    assert details == ["from database shop", "10 rows", "3 rows"]
    assert row_counts(outline_of(workspace, MAIN), workspace.files(MAIN))["users"] is None


def test_preview() -> None:
    workspace, _ = placed(TEXT)
    found = preview(workspace, MAIN, table="orders")
    assert found.left_out == ("user_id", "to")
    assert "`users` has the rows of database `shop`, whose address is not given" in found.message
    assert preview(workspace, MAIN, table="users").state is PreviewState.BROKEN
    assert preview(workspace, MAIN, table="colours").message == ""
