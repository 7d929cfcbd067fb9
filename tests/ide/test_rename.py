"""Renaming follows a name everywhere, changes nothing else, and can be undone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from specdsl.compiler import Compilation, compile_source
from specdsl.diagnostics.model import Edit
from specdsl.ide.bindings import Symbol, bindings_in
from specdsl.ide.edits import applied
from specdsl.ide.rename import Refusal, Renameable, Renaming, prepare, rename
from specdsl.ide.workspace import Workspace
from specdsl.source import SourceFile
from tests import examples
from tests.ide.cursors import CURSOR, MAIN, placed

SHOP = """\
enum Status { pending, paid, `on hold` }
type Size = struct { w float = 1.0..2.0 }
table users 5 {
  id int key
  (city, region) = place("US")
  size Size
  total int = sum(orders.amount where .status == paid)
}
table orders 20 {
  id int key
  user_id -> users where .city != "x"
  status Status
  amount int = match status { paid => 1..5, pending => 2, `on hold` => 0 }
  w float = user_id.size.w
  place string = f"{user_id.city} {status}"
  text string = if status == "paid" then "paid" else user_id.city
  check c: amount >= 0 or status == pending
  unique (id, amount)
}
"""


def renamed(marked: str, new: str, files: dict[str, str] | None = None) -> dict[str, str] | str:
    """The texts that change, by file, or why none does."""
    workspace, at = placed(marked, files)
    result = rename(workspace, MAIN, at, new)
    if isinstance(result, Refusal):
        return result.message
    return {
        file: applied(workspace.document(file).text, [e for e in result.edits if e.span.file == file])
        for file in sorted({e.span.file for e in result.edits})
    }


@pytest.mark.parametrize(
    ("at", "old", "new"),
    [
        ("enum ‸Status", "Status", "State"),
        ("table ‸users", "users", "people"),
        ("where .‸status", "status", "state"),
        ("‸amount where", "amount", "price"),
        ("‸w float = user_id", "w float = user_id", "width float = user_id"),
        ("check ‸c", "check c", "check is_positive"),
    ],
)
def test_a_word_that_means_one_thing(at: str, old: str, new: str) -> None:
    marked = SHOP.replace(at.replace(CURSOR, ""), at, 1)
    name = new.split()[1 if new.startswith("check") else 0]
    assert renamed(marked, name) == {MAIN: SHOP.replace(old, new)}


def test_a_member_is_renamed_in_texts_that_mean_it() -> None:
    result = renamed(SHOP.replace(" paid,", " ‸paid,"), "settled in full")
    wanted = SHOP.replace(" paid, `on", " `settled in full`, `on").replace(
        "== paid)", "== `settled in full`)"
    )
    wanted = wanted.replace("{ paid =>", "{ `settled in full` =>").replace(
        '== "paid"', '== "settled in full"'
    )
    assert result == {MAIN: wanted}


def test_backticks_go_when_they_are_not_needed() -> None:
    assert renamed(SHOP.replace("`on hold` }", "`on‸ hold` }"), "held") == {
        MAIN: SHOP.replace("`on hold`", "held")
    }


def test_a_column_that_takes_a_field_by_its_name() -> None:
    there = renamed(SHOP.replace("(city", "(‸city"), "town")
    wanted = SHOP.replace("(city,", "(city as town,").replace(".city", ".town")
    assert there == {MAIN: wanted}
    assert renamed(wanted.replace("as town", "as ‸town"), "city") == {MAIN: SHOP}


def test_a_field_that_a_group_takes() -> None:
    text = (
        "type Size = struct { w int = 1..2, h int = 1..2 }\ntable t 3 {\n  id int key\n  size Size\n}\n"
        "table u 3 {\n  id int key\n  t_id -> t\n  (‸w, h) = t_id.size\n}\n"
    )
    plain = text.replace("‸", "")
    assert renamed(text.replace("‸", "").replace("{ w", "{ ‸w"), "width") == {
        MAIN: plain.replace("{ w", "{ width").replace("(w,", "(width as w,")
    }
    assert renamed(text, "x") == {MAIN: plain.replace("(w,", "(w as x,")}


def test_a_type_within_json_shapes() -> None:
    text = (
        "type No‸de = json { a int = 1, kids list<Node>[0..2], one variant { Node, null } }\n"
        "table t 3 {\n  id int key\n  a tuple<Node, ...list<Node>[1]>\n  b map<string = word(), Node>[1]\n}\n"
    )
    assert renamed(text, "Tree") == {MAIN: text.replace("‸", "").replace("Node", "Tree")}


@pytest.mark.parametrize(
    ("at", "new", "message"),
    [
        ("‸int key", "x", "`int` is a type of the language"),
        ("int ‸key", "x", "`key` is a word of the language"),
        ("‸place(", "x", "`place` is a function of the language or of a plugin"),
        ("table ‸users", "orders", "`orders` is declared in line 9 of main.dgen"),
        ("enum ‸Status", "string", "`string` is a type of the language"),
        ("‸amount int", "status", "`orders` has a column `status` already"),
        ("‸pending,", "paid", "`Status` has a member `paid` already"),
        ("‸amount int", "a`b", "a name has at least one character, and no backticks or line ends"),
        ("‸amount int", "  ", "a name has at least one character, and no backticks or line ends"),
        ("‸amount int", "pending", "`pending` would change what a name means in line 17 of main.dgen"),
        ("size ‸\n", "x", "there is no name here that could be changed"),
    ],
)
def test_refusals(at: str, new: str, message: str) -> None:
    marked = SHOP.replace(at.replace(CURSOR, ""), at, 1)
    if CURSOR not in marked:
        marked = SHOP.replace("size Size\n", "size Size ‸\n")
    assert renamed(marked, new) == message


def test_refusals_name_files_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    shared, main = tmp_path / "specs" / "shared.dgen", tmp_path / "specs" / "main.dgen"
    shared.write_text("table users 3 { id int key }\n")
    main.write_text('import "shared.dgen"\n\ntable t 3 { id int key }\n')
    workspace = Workspace(root=tmp_path)
    found = rename(workspace, str(main), main.read_text().index("t 3"), "users")
    assert found == Refusal("`users` is declared in line 1 of specs/shared.dgen")
    assert workspace.shown("/elsewhere/x.dgen") == "/elsewhere/x.dgen"


def test_reserved_words_get_backticks() -> None:
    result = renamed(SHOP.replace("‸", "").replace("amount int", "‸amount int"), "match")
    assert isinstance(result, dict)
    assert "\n  `match` int" in result[MAIN]
    assert "unique (id, `match`)" in result[MAIN]


def test_sql_is_not_ours_to_change() -> None:
    text = 'table ‸t 3 { id int key }\ntable q = sql("""select id from T -- id int reads t\n""")\n'
    assert renamed(text, "u") == "the SQL of table `q` names `t`: change it there first"


def test_the_columns_of_a_file_keep_their_names() -> None:
    files = {"c.csv": "city,size\nx,1\n", "p.csv": "name\nx\n"}
    text = (
        'pool P = load("p.csv")\ntable c from "c.csv" { n int key = sequence() }\n'
        "table t 3 {\n  id int key\n  c_id -> c\n  s string = c_id.‸city\n  p string = pick(P.name)\n}\n"
    )
    of_table = "`city` is a column of the file or query that table `c` takes its rows from"
    assert renamed(text, "x", files) == of_table
    pool = text.replace("‸", "").replace("P.name", "P.‸name")
    assert renamed(pool, "x", files) == "`name` is a column of the file of pool `P`"
    own = text.replace("‸", "").replace("{ n int", "{ ‸n int")
    assert renamed(own, "number", files) == {MAIN: own.replace("‸", "").replace("{ n int", "{ number int")}


def test_across_files() -> None:
    shared = "enum Kind { a, b }\n"
    main = 'import "shared.dgen"\ntable t 3 {\n  id int key\n  kind ‸Kind\n}\n'
    plain = main.replace("‸", "")
    assert renamed(main, "Sort", {"shared.dgen": shared, "other.dgen": plain}) == {
        "main.dgen": plain.replace("Kind", "Sort"),
        "other.dgen": plain.replace("Kind", "Sort"),
        "shared.dgen": shared.replace("Kind", "Sort"),
    }


def test_prepare_leaves_quotes_out() -> None:
    workspace, at = placed(SHOP.replace("`on hold` }", "`on‸ hold` }"))
    found = prepare(workspace, MAIN, at)
    assert isinstance(found, Renameable)
    assert workspace.document(MAIN).text[found.span.start : found.span.end] == found.name == "on hold"


# --- of whole examples -----------------------------------------------------------------------

FRESH = "zq_renamed"


def changed(workspace: Workspace, edits: tuple[Edit, ...], path: str) -> str:
    assert {e.span.file for e in edits} <= {path}
    return applied(workspace.document(path).text, edits)


def told(compilation: Compilation) -> str:
    assert compilation.dataset is not None, [d.message() for d in compilation.diagnostics]
    return repr(compilation.dataset)


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_there_and_back(path: Path) -> None:
    rng = random.Random(path.name)
    workspace = Workspace()
    name = str(path)
    text = path.read_text("utf-8")
    workspace.open(name, text)
    declared = [b for b in bindings_in(workspace, name) if b.is_declaration]
    kinds = sorted({b.symbol.kind for b in declared})
    chosen = [rng.choice([b for b in declared if b.symbol.kind is kind]) for kind in kinds]
    chosen += rng.sample(declared, 3)
    compiled = compile_source(SourceFile(name, text), workspace.files(name))
    refused: list[Symbol] = []
    for binding in chosen:
        result = rename(workspace, name, binding.span.start, FRESH)
        if isinstance(result, Refusal):
            refused.append(binding.symbol)
            continue
        assert isinstance(result, Renaming)
        assert result.edits
        there = changed(workspace, result.edits, name)
        other = Workspace()
        other.open(name, there)
        now = told(compile_source(SourceFile(name, there), other.files(name)))
        assert now.replace(FRESH, binding.symbol.name) == told(compiled)
        back = rename(other, name, there.index(FRESH), binding.symbol.name)
        assert isinstance(back, Renaming), back
        assert changed(other, back.edits, name) == text
    assert len(refused) <= 2
