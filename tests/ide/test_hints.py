"""What is shown between and above the lines."""

from __future__ import annotations

import pytest

from specdsl.ide.estimates import size_text
from specdsl.ide.hints import inlay_hints
from specdsl.ide.lenses import LensKind, lenses, resolved
from tests.ide.cursors import MAIN, placed

TEXT = """\
enum Status { paid 20%, open, late }
table users 1_000 {
  id int key
  name string = "a" 50% | "b" | "c"
  age = 1 + 2
  (city, zip string) = place("US") as_is
}
table orders {
  user_id -> users each 1..3
  total = user_id.age * 2
  status Status
}
table items {
  user_id -> users each if .age > 2 then 1 else 2
}
table pairs {
  a_id -> users each 2
}
""".replace(" as_is", "").replace("(city, zip string)", "(city, postcode string)")


def shown(text: str) -> list[str]:
    """Each line with its hints in place, marked."""
    workspace, _ = placed(text)
    for hint in reversed(inlay_hints(workspace, MAIN)):
        text = f"{text[: hint.offset]}«{hint.label}»{text[hint.offset :]}"
    return [line for line in text.split("\n") if "«" in line]


def test_hints() -> None:
    assert shown(TEXT) == [
        "enum Status { paid 20%, open« 40%», late« 40%» }",
        '  name string = "a" 50% | "b"« 25%» | "c"« 25%»',
        "  age« int» = 1 + 2",
        '  (city« string», postcode string) = place("US")',
        "table orders« ~2,000 rows» {",
        "  total« int» = user_id.age * 2",
        "table pairs« 2,000 rows» {",
    ]


def test_a_range_has_its_own_hints() -> None:
    workspace, _ = placed(TEXT)
    start = TEXT.index("table orders")
    end = TEXT.index("table items")
    assert [h.label for h in inlay_hints(workspace, MAIN, start, end)] == [" ~2,000 rows", " int"]


def test_shares_without_a_whole_program() -> None:
    assert shown('table t 3 {\n  x string = "a" 50% | "b"\n  y nothing\n}\n') == [
        '  x string = "a" 50% | "b"« 50%»'
    ]


def test_shares_of_alternatives_stand_before_them() -> None:
    text = "table t 3 {\n  x variant { 70% int in 1..9, json { a variant k { 60% b json { }, c json { } } }, null }\n}\n"
    assert shown(text) == [
        "  x variant { 70% int in 1..9, «15% »json { a variant k { 60% b json { }, «40% »c json { } } }, «15% »null }"
    ]
    inserted = shown(text)[0].replace("«", "").replace("»", "")
    assert shown(f"table t 3 {{\n{inserted}\n}}\n") == []


def test_lenses() -> None:
    workspace, _ = placed(TEXT)
    found = [(lens.symbol.name, lens.kind, resolved(workspace, lens)) for lens in lenses(workspace, MAIN)]
    titles = {(name, kind): lens.title for name, kind, lens in found if lens is not None}
    assert titles["users", LensKind.ROWS] == "1,000 rows, about 64 kB"
    assert titles["orders", LensKind.ROWS].startswith("~2,000 rows, about ")
    assert ("items", LensKind.ROWS) not in titles
    assert titles["users", LensKind.PREVIEW] == "Preview"
    assert titles["users", LensKind.BUILD] == "Build"
    assert titles["users", LensKind.REFERENCES] == "3 references"
    assert titles["Status", LensKind.REFERENCES] == "1 reference"
    assert titles["items", LensKind.REFERENCES] == "0 references"


@pytest.mark.parametrize(("count", "text"), [(0, "0 bytes"), (1_234, "1.2 kB"), (25_000_000, "25 MB")])
def test_sizes(count: int, text: str) -> None:
    assert size_text(count) == text


def test_a_mistake_elsewhere_does_not_change_the_number_of_rows() -> None:
    text = "table a 100 {\n  id int key\n}\ntable b {\n  a_id -> a each 3\n  n int = a_id.nope\n}\n"
    assert " 300 rows" in "".join(shown(text))
    workspace, _ = placed(text)
    titles = [
        lens.title
        for lens in (resolved(workspace, one) for one in lenses(workspace, MAIN))
        if lens is not None and lens.kind is LensKind.ROWS
    ]
    assert titles == ["100 rows, about 800 bytes", "300 rows"]
