from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.diagnostics.nearest import distance, nearest


@pytest.mark.parametrize(
    ("name", "candidates", "expected"),
    [
        ("usres", ["orders", "users"], "users"),  # two neighbours swapped
        ("user", ["users", "orders"], "users"),  # one letter missing
        ("Status", ["status"], "status"),  # case alone
        ("statsu", ["Status", "status"], "status"),  # case breaks the tie
        ("Statsu", ["Status", "status"], "Status"),
        ("ordes", ["orders", "odes"], "odes"),  # a tie: the alphabet decides
        ("ordes", ["odes", "orders"], "odes"),
        ("x", ["y", "z"], None),  # nothing in common
        ("id", ["if", "no"], "if"),
        ("customer", ["shipment"], None),
        ("straße", ["strasse"], "strasse"),
        ("имя", ["имена", "имя_"], "имя_"),
        ("", ["a"], None),
        ("a", [], None),
        ("created", ["created_at"], None),  # three of seven letters are too many
        ("created_a", ["created_at"], "created_at"),
        ("n" * 100_000, ["n" * 99_999], None),  # nobody waits for the distance of such names
    ],
)
def test_nearest(name: str, candidates: list[str], expected: str | None) -> None:
    assert nearest(name, candidates) == expected


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ("", "", 0),
        ("a", "", 1),
        ("ab", "ba", 1),
        ("kitten", "sitting", 3),
        ("ca", "abc", 3),
        ("abcd", "acbd", 1),
    ],
)
def test_distance(a: str, b: str, apart: int) -> None:
    assert distance(a, b, 10) == apart


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(0, 8))
def test_distance_is_symmetric_and_keeps_its_limit(a: str, b: str, limit: int) -> None:
    full = distance(a, b, 100)
    assert full == distance(b, a, 100) <= max(len(a), len(b))
    assert (full == 0) == (a == b)
    assert distance(a, b, limit) == min(full, limit + 1)


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=6))
def test_order_of_candidates_does_not_matter(name: str, candidates: list[str]) -> None:
    found = nearest(name, candidates)
    assert found == nearest(name, list(reversed(candidates)))
    assert found is None or found in candidates
