"""Where names come from, and where else they stand."""

from __future__ import annotations

import pytest

from specdsl.ide.definition import definition, type_definition
from specdsl.ide.references import highlights, references
from tests.ide.cursors import MAIN, placed, shown

SHARED = "enum Status { paid, open }\ntype Money = decimal(10, 2)\n"
TEXT = """\
import "shared.dgen"
pool Plans = load("plans.csv")
table users 5 {
  id int key
  status Status
  plan string = pick(Plans.name)
  total Money = sum(orders.total)
}
table orders 9 {
  id int key
  user_id -> users
  total Money = if user_id.status == paid then 1 else 2
  again = user_id.status
}
"""
FILES = {"shared.dgen": SHARED, "plans.csv": "name\nx\n"}


@pytest.mark.parametrize(
    ("at", "declared", "type_declared"),
    [
        ("user_id.‸status == paid", "5:3 status", "shared.dgen:1:6 Status"),
        ("status == ‸paid", "shared.dgen:1:15 paid", "shared.dgen:1:6 Status"),
        ("if ‸user_id", "11:3 user_id", "3:7 users"),
        ("-> ‸users", "3:7 users", "3:7 users"),
        ("sum(orders.‸total)", "12:3 total", "shared.dgen:2:6 Money"),
        ("Plans.‸name", "2:6 Plans", None),
        ("pick(‸Plans", "2:6 Plans", None),
        ("‸sum(", None, None),
        ('import "sha‸red', "shared.dgen:1:1 ", None),
        ("‸again =", "13:3 again", "shared.dgen:1:6 Status"),
        ("total ‸Money = sum", "shared.dgen:2:6 Money", "shared.dgen:2:6 Money"),
    ],
)
def test_definitions(at: str, declared: str | None, type_declared: str | None) -> None:
    workspace, offset = placed(TEXT.replace(at.replace("‸", ""), at, 1), FILES)
    target = definition(workspace, MAIN, offset)
    assert (None if target is None else shown(workspace, target.name)) == declared
    target = type_definition(workspace, MAIN, offset)
    assert (None if target is None else shown(workspace, target.name)) == type_declared


@pytest.mark.parametrize(
    ("at", "type_declared"),
    [("80% ‸card", "1:6 Card"), ("Card, ‸other", None), ("variant ‸kind", None), ("‸inner Card", "1:6 Card")],
)
def test_types_of_alternatives(at: str, type_declared: str | None) -> None:
    text = "type Card = struct { n int = 1..9 }\ntable t 5 {\n  id int key\n  outer json { inner Card, v variant kind { "
    text += "80% card Card, other json { a int = 1..2 } } }\n}\n"
    workspace, offset = placed(text.replace(at.replace("‸", ""), at, 1))
    target = type_definition(workspace, MAIN, offset)
    assert (None if target is None else shown(workspace, target.name)) == type_declared


def test_the_whole_declaration() -> None:
    workspace, offset = placed(TEXT.replace("user_id.status\n", "user_id.sta‸tus\n"), FILES)
    target = definition(workspace, MAIN, offset)
    assert target is not None
    assert shown(workspace, target.whole) == "5:3 status Status"
    assert shown(workspace, target.origin) == "13:19 status"


def test_references() -> None:
    workspace, offset = placed(TEXT.replace("status Status", "sta‸tus Status"), FILES)
    assert [shown(workspace, b.span) for b in references(workspace, MAIN, offset)] == [
        "5:3 status",
        "12:28 status",
        "13:19 status",
    ]
    found = references(workspace, MAIN, offset, with_declaration=False)
    assert [shown(workspace, b.span) for b in found] == ["12:28 status", "13:19 status"]


def test_highlights() -> None:
    workspace, offset = placed(TEXT.replace("if user_id", "if user_‸id"), FILES)
    found = [(shown(workspace, h.span), h.writes) for h in highlights(workspace, MAIN, offset)]
    assert found == [("11:3 user_id", True), ("12:20 user_id", False), ("13:11 user_id", False)]
