"""Histories and what was known of them in the editor: names, completion, hovers, outline, diagnostics."""

from __future__ import annotations

import pytest

from specdsl.ide.bindings import binding_at, occurrences, outline_of
from specdsl.ide.completion import complete
from specdsl.ide.definition import definition
from specdsl.ide.hover import hover
from specdsl.ide.rename import Refusal, rename
from specdsl.ide.row_counts import Rows, row_counts
from specdsl.ide.symbols import document_symbols
from specdsl.ide.tokens import TokenType, semantic_tokens
from tests.ide.cursors import CURSOR, MAIN, placed, shown

TEXT = """\
table customers 100 {
  id int key
  joined_at timestamp = 2024-01-01 .. 2024-12-31
  left_at timestamp? 80% null = joined_at + 1d..90d
}
table customer_versions {
  customer_id -> customers each 1..4
  ## Where they lived.
  history valid from .joined_at lasting 20d..200d until .left_at
  city string 60% changes = city()
  shown string = f"{city} since {valid_from}"
}
table customer_records from customer_versions.valid {
  history system after 0s..1d corrected 10% after 5d..60d
  late bool = system_from > valid_from + 1d and city != "Ulm"
}
table orders 10 {
  placed_at timestamp = 2024-06-01
  customer_id -> customers
  (who, version) -> customer_versions where .customer_id == customer_id as of placed_at
  city string = who.city
}
"""


def cursor(before: str, name: str) -> str:
    """The text with a cursor in ``name``, which stands behind ``before``."""
    at = TEXT.index(before + name) + len(before)
    return TEXT[: at + 1] + CURSOR + TEXT[at + 1 :]


@pytest.mark.parametrize(
    ("before", "name", "kind", "owner", "places"),
    [
        ("from .", "joined_at", "column", "customers", ["3:3", "4:33", "9:23"]),
        ("until .", "left_at", "column", "customers", ["4:3", "9:58"]),
        ("history ", "valid", "history", "customer_versions", ["9:11", "13:47"]),
        ("as of ", "placed_at", "column", "orders", ["18:3", "20:79"]),
        ("who.", "city", "column", "customer_versions", ["10:3", "11:21", "21:21"]),
        ("since {", "valid_from", "column", "customer_versions", ["11:34"]),
        ("bool = ", "system_from", "column", "customer_records", ["15:15"]),
    ],
)
def test_names(before: str, name: str, kind: str, owner: str, places: list[str]) -> None:
    workspace, offset = placed(cursor(before, name))
    binding = binding_at(workspace, MAIN, offset)
    assert binding is not None
    assert (binding.symbol.kind, binding.symbol.name, binding.symbol.owner) == (kind, name, owner)
    found = sorted(occurrences(workspace, binding.symbol, MAIN), key=lambda b: b.span.start)
    assert [shown(workspace, b.span) for b in found] == [f"{place} {name}" for place in places]


@pytest.mark.parametrize(
    ("before", "name", "target"),
    [
        ("since {", "valid_from", "9:11 valid"),
        ("customer_versions.", "valid", "9:11 valid"),
        ("bool = ", "system_from", "14:11 system"),
    ],
)
def test_definitions(before: str, name: str, target: str) -> None:
    workspace, offset = placed(cursor(before, name))
    found = definition(workspace, MAIN, offset)
    assert found is not None
    assert shown(workspace, found.name) == target


@pytest.mark.parametrize(
    ("before", "name", "reason"),
    [
        ("since {", "valid_from", "made by a history"),
        ("history ", "valid", "names the columns `valid_from` and `valid_to`"),
    ],
)
def test_what_cannot_be_renamed(before: str, name: str, reason: str) -> None:
    workspace, offset = placed(cursor(before, name))
    refused = rename(workspace, MAIN, offset, "held")
    assert isinstance(refused, Refusal)
    assert reason in refused.message


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("  history‸", ["history"]),
        ("  history valid ‸", ["from", "after"]),
        ("  history valid from .‸", ["joined_at", "left_at"]),
        ("  history valid from .joined_at ‸", ["lasting", "until"]),
        ("  history valid from .joined_at lasting ‸", ["exponential"]),
        ("  history valid from .joined_at lasting 1d ‸", ["until"]),
        ("  history valid from .joined_at lasting 1d until .‸", ["left_at"]),
        ("  plan string 30% ‸", ["changes", "null"]),
        ("  plan string ‸", ["30% changes"]),
        ("  x timestamp? = ‸", ["valid_from", "valid_to"]),
        ("  x timestamp? = next(‸", ["valid_from"]),
    ],
)
def test_completion(line: str, wanted: list[str]) -> None:
    text = TEXT.replace("  shown string", f"{line}\n  shown string", 1)
    if "history" in line:
        text = text.replace("  history valid from .joined_at lasting 20d..200d until .left_at\n", "", 1)
    workspace, offset = placed(text)
    labels = [item.label for item in complete(workspace, MAIN, offset)]
    assert set(wanted) <= set(labels), labels


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("  history system after 1h ‸", ["corrected"]),
        ("  history system after 1h corrected 5% ‸", ["after"]),
    ],
)
def test_completion_of_records(line: str, wanted: list[str]) -> None:
    old = "  history system after 0s..1d corrected 10% after 5d..60d"
    workspace, offset = placed(TEXT.replace(old, line, 1))
    labels = [item.label for item in complete(workspace, MAIN, offset)]
    assert set(wanted) <= set(labels), labels


def test_completion_of_a_version_of_a_time() -> None:
    old = "as of placed_at"
    workspace, offset = placed(TEXT.replace(old, "‸", 1))
    assert "as of" in [item.label for item in complete(workspace, MAIN, offset)]
    workspace, offset = placed(TEXT.replace(old, "as of ‸", 1))
    assert "placed_at" in [item.label for item in complete(workspace, MAIN, offset)]


def test_hovers() -> None:
    for before, name, said in (
        ("history ", "valid", "Where they lived."),
        ("since {", "valid_from", "When the version begins to be valid."),
        ("  ", "city string 60%", "In 60 % of the rows another value than in the row before"),
        ("until .", "left_at", "timestamp?"),
    ):
        workspace, offset = placed(cursor(before, name))
        found = hover(workspace, MAIN, offset)
        assert found is not None
        assert said in found.markdown, found.markdown


def test_outline_rows_and_tokens() -> None:
    workspace, _ = placed(TEXT + CURSOR)
    tables = outline_of(workspace, MAIN).tables()
    columns = {table.name: list(table.columns) for table in tables}
    assert columns["customer_versions"] == [
        "customer_id",
        "version",
        "valid_from",
        "valid_to",
        "is_current",
        "city",
        "shown",
    ]
    assert columns["customer_records"] == [
        "late",
        "customer_id",
        "version",
        "record",
        "valid_from",
        "valid_to",
        "system_from",
        "system_to",
        "is_latest",
        "city",
    ]
    counts = row_counts(outline_of(workspace, MAIN), workspace.files(MAIN))
    assert counts["customer_versions"] == Rows(250, False)
    assert counts["customer_records"] == Rows(500, False)
    details = {s.name: s.detail for top in document_symbols(workspace, MAIN) for s in top.children}
    assert details["valid"] == "history from .joined_at"
    words = {
        shown(workspace, token.span).split(" ", 1)[1]: token.type
        for token in semantic_tokens(workspace, MAIN)
        if token.span.start in range(TEXT.index("history valid"), TEXT.index("  city string 60%"))
    }
    assert words["history"] == words["lasting"] == words["until"] == TokenType.KEYWORD
    assert words["joined_at"] == TokenType.COLUMN
