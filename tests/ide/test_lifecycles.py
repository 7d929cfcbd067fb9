"""Lifecycles and their events in the editor: names, completion, hovers, outline, folds, tokens."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import binding_at, occurrences, outline_of
from specdsl.ide.completion import complete
from specdsl.ide.definition import definition
from specdsl.ide.folding import folds
from specdsl.ide.hover import hover
from specdsl.ide.rename import Refusal, Renaming, rename
from specdsl.ide.row_counts import Rows, row_counts
from specdsl.ide.symbols import document_symbols
from specdsl.ide.tokens import TokenType, semantic_tokens
from tests.ide.cursors import CURSOR, MAIN, placed, shown

TEXT = """\
enum Stage { open, solved }
table orders 100 {
  id int key
  placed_at timestamp = 2024-01-01 .. 2024-12-31
  ## How far it is.
  lifecycle status from placed_at until now + 30d {
    placed -> paid 92% after 1h..2d -> cancelled after 1h..5d
    paid as paid_on -> shipped 97% after if id > 5 then 1d else 2d
  }
  lifecycle stage Stage from placed_at { open -> solved after 1d }
  late bool = status == paid and paid_on > placed_at + 1d
  sent timestamp? = shipped_at
  check done: stage == solved or shipped_at == null
}
table order_events from orders.status {
  first bool = state == placed and previous_state == null
  order_id -> orders
}
table notes 10 {
  event_id int = 1
  order_id -> orders
  was_paid bool = order_id.status in [paid, shipped]
}
"""


def cursor(before: str, name: str, after: str = "") -> tuple[str, str]:
    """The text with a cursor in ``name``, which stands between the two others."""
    at = TEXT.index(before + name + after) + len(before)
    return TEXT[: at + 1] + CURSOR + TEXT[at + 1 :], name


@pytest.mark.parametrize(
    ("before", "name", "kind", "owner", "places"),
    [
        ("== ", "paid", "member", "orders.status", ["7:15", "8:5", "11:25", "22:39"]),
        ("    ", "placed", "member", "orders.status", ["7:5", "16:25"]),
        ("  lifecycle ", "status", "column", "orders", ["6:13", "11:15", "15:32", "22:28"]),
        (
            "until now + 30d {\n    placed -> paid 92% after 1h..2d -> ",
            "cancelled",
            "member",
            "orders.status",
            ["7:40"],
        ),
        ("open -> ", "solved", "member", "Stage", ["1:20", "10:50", "13:24"]),
        ("from ", "placed_at", "column", "orders", ["4:3", "6:25", "10:30", "11:44"]),
        ("and ", "paid_on", "column", "orders", ["8:13", "11:34"]),
        ("after if ", "id", "column", "orders", ["3:3", "8:45"]),
        ("  first bool = ", "state", "column", "order_events", ["16:16"]),
    ],
)
def test_names(before: str, name: str, kind: str, owner: str, places: list[str]) -> None:
    text, _ = cursor(before, name)
    workspace, offset = placed(text)
    binding = binding_at(workspace, MAIN, offset)
    assert binding is not None
    assert (binding.symbol.kind, binding.symbol.name, binding.symbol.owner) == (kind, name, owner)
    found = sorted(occurrences(workspace, binding.symbol, MAIN), key=lambda b: b.span.start)
    assert [shown(workspace, b.span) for b in found] == [f"{place} {name}" for place in places]


@pytest.mark.parametrize(
    ("before", "name", "target"),
    [
        ("== ", "paid", "7:15 paid"),
        ("and ", "paid_on", "8:13 paid_on"),
        ("bool = ", "status", "6:13 status"),
        ("sent timestamp? = ", "shipped_at", "8:24 shipped"),
        ("from orders.", "status", "6:13 status"),
        ("from ", "orders", "2:7 orders"),
    ],
)
def test_definitions(before: str, name: str, target: str) -> None:
    text, _ = cursor(before, name)
    workspace, offset = placed(text)
    found = definition(workspace, MAIN, offset)
    assert found is not None
    assert shown(workspace, found.name) == target


def test_rename() -> None:
    text, _ = cursor("== ", "paid")
    workspace, offset = placed(text)
    renaming = rename(workspace, MAIN, offset, "settled")
    assert isinstance(renaming, Renaming)
    assert [shown(workspace, e.span) for e in renaming.edits] == [
        f"{place} paid" for place in ("7:15", "8:5", "11:25", "22:39")
    ]


@pytest.mark.parametrize(
    ("before", "name", "new", "reason"),
    [
        ("sent timestamp? = ", "shipped_at", "sent_at", "`as` names the column of its time"),
        ("bool = ", "state", "stage", "made by a lifecycle"),
    ],
)
def test_what_cannot_be_renamed(before: str, name: str, new: str, reason: str) -> None:
    text, _ = cursor(before, name)
    workspace, offset = placed(text)
    refused = rename(workspace, MAIN, offset, new)
    assert isinstance(refused, Refusal)
    assert reason in refused.message


def test_a_state_whose_column_is_named_elsewhere() -> None:
    text, _ = cursor("[paid, ", "shipped")
    workspace, offset = placed(text)
    assert isinstance(rename(workspace, MAIN, offset, "sent_off"), Refusal)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("  lifecycle‸", ["lifecycle"]),
        ("  lifecycle s ‸", ["from", "Stage"]),
        ("  lifecycle s from ‸", ["placed_at"]),
        ("  lifecycle s from placed_at ‸", ["until"]),
        ("  lifecycle s from placed_at {\n    a -> b after 1d\n    ‸\n  }", ["a", "b"]),
        ("  lifecycle s Stage from placed_at {\n    open -> ‸\n  }", ["open", "solved"]),
        ("  lifecycle s from placed_at {\n    a -> b 20% ‸\n  }", ["after"]),
        ("  lifecycle s from placed_at {\n    a -> b ‸\n  }", ["after"]),
        ("  lifecycle s from placed_at {\n    a ‸\n  }", ["as"]),
        ("  lifecycle s from placed_at {\n    a -> b after ‸\n  }", ["exponential"]),
        ("  x bool = status == ‸", ["placed", "paid", "cancelled", "shipped"]),
        ("  x timestamp? = ‸", ["paid_on", "cancelled_at", "shipped_at"]),
    ],
)
def test_completion(line: str, wanted: list[str]) -> None:
    text = TEXT.replace("  late bool", f"{line}\n  late bool", 1)
    workspace, offset = placed(text)
    labels = [item.label for item in complete(workspace, MAIN, offset)]
    assert set(wanted) <= set(labels), labels[:20]


@pytest.mark.parametrize(
    ("before", "name", "words"),
    [
        ("sent timestamp? = ", "shipped_at", ["timestamp?", "When `status` became `shipped`"]),
        ("bool = ", "status", ["How far it is"]),
        ("  ", "lifecycle", ["what follows what"]),
        ("30d {\n    ", "placed", ["placed"]),
        ("bool = ", "state", ["The state that is entered"]),
    ],
)
def test_hovers(before: str, name: str, words: list[str]) -> None:
    text, _ = cursor(before, name)
    workspace, offset = placed(text)
    found = hover(workspace, MAIN, offset)
    assert found is not None
    assert all(word in found.markdown for word in words), found.markdown


def test_row_counts() -> None:
    workspace, _ = placed(TEXT)
    counts = row_counts(outline_of(workspace, MAIN), workspace.files(MAIN))
    # 1 placed, 0.92 paid, 0.08 cancelled, 0.92 x 0.97 shipped, for each of 100
    assert counts["order_events"] == Rows(289, exact=False)


def test_outline_folds_and_tokens() -> None:
    workspace, _ = placed(TEXT)
    orders = next(s for s in document_symbols(workspace, MAIN) if s.name == "orders")
    status = next(s for s in orders.children if s.name == "status")
    assert (status.detail, [s.name for s in status.children]) == (
        "lifecycle from placed_at",
        ["placed", "paid"],
    )
    events = next(s for s in document_symbols(workspace, MAIN) if s.name == "order_events")
    assert events.detail == "from orders.status"
    assert (5, 7) in {(f.first, f.last) for f in folds(workspace, MAIN)}
    tokens = {TEXT[x.span.start : x.span.end]: x.type for x in semantic_tokens(workspace, MAIN)}
    assert {tokens[w] for w in ("lifecycle", "until", "after", "as", "from")} == {TokenType.KEYWORD}
    assert tokens["cancelled"] is TokenType.MEMBER
    assert tokens["paid_on"] is TokenType.COLUMN


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("  a int = running(‸", ["id", "n"]),
        ("  a int = running(n, ‸", ["per:"]),
        ("  a int = running(n, per: ‸", ["account_id"]),
        ("  a int = previous(‸", ["a", "n"]),
        ("  a int = first_in(‸", ["account_id"]),
        ("  a int = last_in(account_id, ‸", ["n"]),
        ("  a int = runn‸", ["running"]),
    ],
)
def test_completion_along_a_group(line: str, wanted: list[str]) -> None:
    text = (
        "table accounts 5 { id int key }\ntable moves {\n  id int key\n  account_id -> accounts each 1..3\n"
    )
    workspace, offset = placed(f"{text}  n int = 1..9\n{line}\n}}\n")
    assert set(wanted) <= {item.label for item in complete(workspace, MAIN, offset)}
