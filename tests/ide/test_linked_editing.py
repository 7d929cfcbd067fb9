"""Names that are edited together, and those that are not."""

from __future__ import annotations

import pytest

from specdsl.ide.linked_editing import linked_names
from tests.ide.cursors import MAIN, placed, shown

SHOP = """\
import "common.dgen"
enum Status { paid, late }
type Money = decimal(10, 2) in 0..100
table users 5 {
  id int key
  luck int hidden = 0..99
  rich bool = luck > 90
  city string = "x"
  (first, last) = person()
  greeting string = first
  kind Kind
  only float = 1.0..2.0
}
table orders 5 {
  id int key
  user_id -> users
  status Status
  total Money
  spent string = f"{total} {user_id.rich}"
  `odd one` int = 1..2
  more int = `odd one` + 1
}
table report = sql("select city from users")
"""
FILES = {
    "common.dgen": "enum Kind { a, b }\n",
    "other.dgen": 'import "main.dgen"\ntable x 5 {\n  id int key\n  o -> orders\n}\n',
}


LINKED = [
    ("lu‸ck int", ["6:3 luck", "7:15 luck"]),
    ("lu‸ck > 90", ["6:3 luck", "7:15 luck"]),
    ("Sta‸tus {", ["2:6 Status", "17:10 Status"]),
    ("Mon‸ey =", ["3:6 Money", "18:9 Money"]),
    ("total‸ Money", ["18:3 total", "19:21 total"]),
    ("user_id.ri‸ch", ["7:3 rich", "19:37 rich"]),
]
NOT_LINKED = {
    "on‸ly float": "it stands in one place",
    "orders‸ 5": "another file refers to it",
    "Kin‸d\n": "it is declared in another file",
    "ci‸ty string": "a query names it",
    "users‸ 5": "a query names it",
    "fir‸st, last": "its name says which field it takes",
    "odd‸ one` int": "it is in backticks",
    "per‸son()": "it is a function",
    "‸table users": "it is a word of the language",
}


def linked(place: str) -> list[str]:
    words = place.replace("‸", "")
    assert SHOP.count(words) == 1
    workspace, at = placed(SHOP.replace(words, place), FILES)
    return [shown(workspace, span) for span in linked_names(workspace, MAIN, at)]


@pytest.mark.parametrize(("place", "wanted"), LINKED)
def test_edited_together(place: str, wanted: list[str]) -> None:
    assert linked(place) == wanted


@pytest.mark.parametrize("place", NOT_LINKED, ids=NOT_LINKED.values())
def test_edited_alone(place: str) -> None:
    assert linked(place) == []
