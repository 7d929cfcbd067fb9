"""What is said of the thing under the pointer."""

from __future__ import annotations

import math

import pytest

from specdsl.ide.hover import hover
from tests.ide.cursors import CURSOR, MAIN, placed

SPEC = """\
dataset shop { seed 42 }
## How far an order is.
enum Status { pending 20%, paid }
type Money = decimal(10, 2) in 0..100
pool Plans = load("plans.csv")
## People.
table users 1_000 {
  id int key
  ## What they pay for.
  plan string = "free" 70% | "pro"
  age int in 18..90 = normal(mean: 38, sd: 12)
  (a, b) = ("x", "y") | ("z", "w")
  kind string = match plan { "free" => "f", "pro" => "p" }
  seen timestamp? 30% null = 2024-01-01 .. 2024-02-01
  gone int 20% absent = 1..3
  code string unique = /[A-Z]{4}/
  spent Money = sum(orders.total)
  check adult: age >= 18
}
table orders {
  id int key
  user_id -> users each 1..3 where .age > 20
  status Status
  total Money = 1.0..20.0
  late bool = user_id.seen + 90m < 2024-01-03T00:00:00Z
}
# see DG405
"""
FILES = {"plans.csv": "name,weight\nfree,3\n"}


def said(before: str, after: str = "", nth: int = 0) -> str:
    """The hover where ``before`` ends and ``after`` begins."""
    start = -1
    for _ in range(nth + 1):
        start = SPEC.index(before + after, start + 1)
    place = start + len(before)
    workspace, offset = placed(SPEC[:place] + CURSOR + SPEC[place:], FILES)
    found = hover(workspace, MAIN, offset, patience=math.inf)
    return "" if found is None else found.markdown


SAID = [
    (
        "  pl",
        "an string",
        ["users.plan string", "What they pay for.", '`"free"` 70 %', "Used by `users.kind`"],
    ),
    ("  ag", "e int", ["users.age int", "bell curve", "Every value lies in `18..90`.", "`users.adult`"]),
    ("  (", "a, b)", ['One of `("x", "y")` 50 %', "Drawn together with `b`."]),
    ("  ki", "nd", ["By `plan`, one of 2 cases."]),
    ("  se", "en", ["timestamp?", "30 % are null.", "2024-01-", "% null", "`orders.late`"]),
    ("  go", "ne", ["users.gone int", "20 % are absent."]),
    ("  co", "de", ["`/[A-Z]{4}/` matches", "No two rows share a value."]),
    ("  sp", "ent", ["The sum of `total` over the rows of `orders`", "Money  # decimal(10, 2)"]),
    ("  user", "_id", ["-> users", "`1..3` rows for each one", "only where `.age > 20`"]),
    ("  st", "atus", ["Status", "Drawn by its type alone.", "`paid` "]),
    (
        "table us",
        "ers",
        ["table users 1_000", "People.", "- `id` int key", "Referred to by `orders.user_id`"],
    ),
    ("-> us", "ers", ["table users 1_000"]),
    ("enum Sta", "tus", ["- `pending` 20 %", "- `paid` 80 %", "How far", "Used by `orders.status`"]),
    ("pend", "ing", ["Status.pending", "20 % of its values"]),
    ("type Mo", "ney", ["type Money = decimal(10, 2) in 0..100", "`users.spent`, `orders.total`"]),
    ("pool Pl", "ans", ["1 rows", "- `name` string", "- `weight` int"]),
    ("= nor", "mal", ["normal(mean:", "bell curve", "Such as `"]),
    ("me", "an: 38", ["mean: number or duration", "The centre"]),
    ("check ad", "ult", ["check adult: age >= 18"]),
    ("id i", "nt", ["```dgen\nint\n```", "whole number"]),
    ("uni", "que", ["No two rows have the same value."]),
    ("ma", "tch", ["every case must have one", "docs/language.md#values"]),
    ("90", "m", ["a duration of 90 minutes", "`1h 30m`"]),
    ("70", "%", ["70 in 100", "about 700 of the table's 1,000 rows"]),
    ("DG4", "05", ["**DG405**", "docs/errors/DG405.md"]),
]


@pytest.mark.parametrize(("before", "after", "parts"), SAID)
def test_hover(before: str, after: str, parts: list[str]) -> None:
    markdown = said(before, after)
    for part in parts:
        assert part in markdown


def test_nothing_is_said_of_nothing() -> None:
    workspace, _ = placed("table t 3 {\n  id int key\n}\n\n\n# a note\n")
    for offset in (27, 28, 32):
        assert hover(workspace, MAIN, offset) is None


def test_what_is_hovered() -> None:
    workspace, _ = placed(SPEC, FILES)
    found = hover(workspace, MAIN, SPEC.index("age >= 18") + 1)
    assert found is not None
    assert SPEC[found.span.start : found.span.end] == "age"


def test_a_column_that_is_broken_says_why_it_has_no_values() -> None:
    text = SPEC.replace("= normal(mean: 38, sd: 12)", "= nope(3)")
    workspace, _ = placed(text, FILES)
    found = hover(workspace, MAIN, text.index("age int") + 1)
    assert found is not None
    assert "*No sample values: " in found.markdown
    assert "nope" in found.markdown


def test_patterns() -> None:
    text = "table t 3 {\n  id int key\n  code string = /[A-Z]{2}-[0-9]{3}/\n}\n"
    workspace, _ = placed(text)
    found = hover(workspace, MAIN, text.index("[0-9]"))
    assert found is not None
    assert "one of 676,000" in found.markdown
    workspace.change(MAIN, text.replace("{3}/", "(/"))
    assert hover(workspace, MAIN, text.index("[0-9]")) is None
