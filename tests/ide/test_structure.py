"""Symbols, folds, selections and links of a document."""

from __future__ import annotations

import pytest

from specdsl.ide.folding import folds
from specdsl.ide.links import link_at, links
from specdsl.ide.selection import selection_ranges
from specdsl.ide.symbols import DocumentSymbol, document_symbols, likeness, workspace_symbols
from specdsl.ide.workspace import Workspace
from tests.ide.cursors import MAIN, placed
from tests.language.memory import MemoryFiles

TEXT = """\
import "a.dgen"
import "b.dgen"

# One.
# Two.
enum Status { paid 20%, open }
type Size = struct { w float = 1.0..2.0 }
pool Plans = load("plans.csv")

table users 5_000 {
  id   int key
  (city, region string) = place("US")
  size Size
  note string = match id % 2 {
    0 => "a"
    1 => "b"
  }
  ## See https://example.com/a.
  check c: id > 0
}

table orders {
  user_id -> users each 1..2
}
table days over day = 2024-01-01..2024-01-31 by 1d { x int = 1 }
"""
FILES = {"a.dgen": "", "b.dgen": "table more 3 { id int key }\n", "plans.csv": "name\nx\n"}


def outline(symbol: DocumentSymbol, depth: int = 0) -> list[str]:
    line = "  " * depth + f"{symbol.kind} {symbol.name}: {symbol.detail}".rstrip(": ")
    return [line, *(inner for child in symbol.children for inner in outline(child, depth + 1))]


def test_document_symbols() -> None:
    workspace, _ = placed(TEXT, FILES)
    symbols = document_symbols(workspace, MAIN)
    assert [line for symbol in symbols for line in outline(symbol)] == [
        "enum Status: 2 members",
        "  member paid: 20%",
        "  member open",
        "type Size: struct",
        "  field w: float",
        'pool Plans: load("plans.csv")',
        "table users: 5_000 rows",
        "  column id: int",
        '  column city: place("US")',
        "  column region: string",
        "  column size: Size",
        "  column note: string",
        "  check c: id > 0",
        "table orders: each 1..2 of users",
        "  column user_id: -> users",
        "table days: over 2024-01-01..2024-01-31 by 1d",
        "  column day: 2024-01-01..2024-01-31",
        "  column x: int",
    ]
    for symbol in symbols:
        assert symbol.whole.start <= symbol.span.start < symbol.span.end <= symbol.whole.end
        assert TEXT[symbol.span.start : symbol.span.end] == symbol.name


def test_document_symbols_in_a_variant() -> None:
    text = "table t 3 {\n  v variant kind { 80% card Card, cash json { paid int = 1..9 } }\n}\n"
    workspace, _ = placed(text)
    (table,) = document_symbols(workspace, MAIN)
    assert outline(table)[2:] == [
        "    field card: Card",
        "    field cash: json { paid int = 1..9 }",
        "      field paid: int",
    ]
    (column,) = table.children
    assert [text[s.whole.start : s.whole.end][:13] for s in column.children] == [
        "80% card Card",
        "cash json { p",
    ]


@pytest.mark.parametrize(
    ("query", "first"),
    [("users", "users"), ("usr", "users"), ("uid", "user_id"), ("users.ci", "city"), ("more", "more")],
)
def test_workspace_symbols(query: str, first: str) -> None:
    workspace, _ = placed(TEXT, FILES)
    assert workspace_symbols(workspace, query)[0].symbol.name == first


def test_likeness() -> None:
    ranked = sorted(
        ["xorderx", "my_order", "order", "o_r_d_e_r", "orders"], key=lambda n: likeness(n, "order") or 0
    )
    assert ranked == ["order", "orders", "my_order", "xorderx", "o_r_d_e_r"]
    assert likeness("redro", "order") is None


def test_folds() -> None:
    workspace, _ = placed(TEXT, FILES)
    assert [(f.first, f.last, f.kind.value) for f in folds(workspace, MAIN)] == [
        (0, 1, "imports"),
        (3, 4, "comment"),
        (9, 18, "body"),
        (13, 15, "body"),
        (21, 22, "body"),
    ]


def test_selection_grows() -> None:
    workspace, at = placed("table t 3 {\n  id int key\n  x int = 1 + max‸imum(id, 2)\n}\n")
    text = workspace.document(MAIN).text
    grown = [text[s.start : s.end] for s in selection_ranges(workspace, MAIN, at)]
    assert grown == [
        "maximum",
        "maximum(id, 2)",
        "1 + maximum(id, 2)",
        "x int = 1 + maximum(id, 2)",
        text.rstrip("\n"),
        text,
    ]


def test_selection_within_quotes() -> None:
    workspace, at = placed('table t 3 {\n  id int key\n  x string = "a‸b"\n}\n')
    text = workspace.document(MAIN).text
    first, second, *_ = (text[s.start : s.end] for s in selection_ranges(workspace, MAIN, at))
    assert (first, second) == ("ab", '"ab"')


def test_links() -> None:
    workspace, _ = placed(TEXT, FILES)
    found = links(workspace, MAIN)
    assert [(TEXT[x.span.start : x.span.end], x.path or x.address) for x in found] == [
        ("a.dgen", "a.dgen"),
        ("b.dgen", "b.dgen"),
        ("plans.csv", "plans.csv"),
        ("https://example.com/a", "https://example.com/a"),
    ]
    assert link_at(workspace, MAIN, 10) == found[0]
    assert link_at(workspace, MAIN, 2) is None


def test_links_outside_are_none() -> None:
    workspace = Workspace(MemoryFiles({}))
    workspace.open(MAIN, 'import "../x.dgen"\n')
    assert links(workspace, MAIN) == []
