"""Values that no draw can have made are found."""

import datetime as dt

import pytest

from tests.verify.holding import broken, hold

SPEC = """
table parents 2 { id int key = sequence(start: 1), born date = 2020-01-01..2020-12-31 }
table t 2 {
  parent_id -> parents
  kind   string = "a" | "b"
  size   int = if kind == "a" then 1..5 else 10..50
  code   string = match kind { "a" => /[0-9]{2}/, "b" => "none" | "x" 10% }
  since  date = parent_id.born + 1d..7d
  wait   duration? = if kind == "a" then exponential(mean: 1h) else null
  (level, years) = ("junior", 0..2) 50% | ("senior", 3..9) 50%
}
"""


def rows(**changes):
    first = {
        "parent_id": 1,
        "kind": "a",
        "size": 3,
        "code": "42",
        "since": dt.date(2020, 1, 5),
        "wait": dt.timedelta(minutes=5),
        "level": "senior",
        "years": 5,
    }
    second = {"kind": "b", "size": 10, "code": "x", "wait": None, "level": "junior", "years": 0}
    parents = [{"id": 1, "born": dt.date(2020, 1, 1)}, {"id": 2, "born": dt.date(2020, 2, 2)}]
    return {"parents": parents, "t": [first | changes, first | second]}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, None),
        ({"size": 5}, None),
        ({"size": 10}, "t.size as drawn"),
        ({"kind": "c"}, "t.kind as drawn"),
        ({"code": "x"}, "t.code as drawn"),
        ({"code": "4"}, "t.code as drawn"),
        ({"since": dt.date(2020, 1, 8)}, None),
        ({"since": dt.date(2020, 1, 9)}, "t.since as drawn"),
        ({"since": dt.date(2020, 1, 1)}, "t.since as drawn"),
        ({"wait": dt.timedelta(seconds=-1)}, "t.wait as drawn"),
        ({"wait": None}, "t.wait as drawn"),
        ({"years": 2}, "t.(level, years) as drawn"),
        ({"level": "boss"}, "t.(level, years) as drawn"),
    ],
)
def test_only_what_can_be_drawn(tmp_path, changes, name):
    found = broken(hold(tmp_path, SPEC, rows(**changes)))
    assert {n for n in found if "as drawn" in n} >= ({name} if name else set())
    if name is None:
        assert found == {}
