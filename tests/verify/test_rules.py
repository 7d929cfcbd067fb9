"""Each kind of rule with good rows and with rows that break it."""

import pytest

from specdsl.verify.report import Verdict
from tests.verify.holding import broken, hold, result

USERS = """
enum Status { active 50%, gone 50% }
table users 4 {
  id     int key = sequence(start: 1)
  email  string(min: 3, max: 10) unique = f"u{row}@x"
  age    int in 18..90 = 20..30
  status Status
  code   string = /[A-Z]{2}-[0-9]{2}/
  tags   list<string>[0..2] = distinct("a" | "b" | "c")
  dims   struct { w float = 1.0..2.0 }
  double int = age * 2
  check adult: age >= 21
}
"""


def user(i, **changes):
    row = {
        "id": i,
        "email": f"u{i - 1}@x",
        "age": 20 + i,
        "status": "active",
        "code": "AB-12",
        "tags": ["a"],
        "dims": {"w": 1.5},
        "double": 2 * (20 + i),
    }
    return row | changes


def users(**changes):
    """Four good rows, the third with changes."""
    return [user(1), user(2, status="gone"), user(3, **changes), user(4, status="gone")]


def test_good_rows_break_nothing(tmp_path):
    report = hold(tmp_path, USERS, {"users": users()})
    assert broken(report) == {}
    assert report.ok
    assert report.rows == {"users": 4}
    assert all(r.verdict is Verdict.OK for r in report.rules), list(report.unchecked)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": 1}, {"users.key unique": 1, "users.id as computed": 1}),
        ({"id": None}, {"users.key not null": 1, "users.id as computed": 1}),
        ({"email": "u0@x"}, {"users.email unique": 1, "users.email as computed": 1}),
        ({"email": "xx"}, {"users.email length 3..10": 1, "users.email as computed": 1}),
        ({"age": 91, "double": 182}, {"users.age in 18..90": 1, "users.age as drawn": 1}),
        ({"age": 19, "double": 38}, {"users.check adult": 1, "users.age as drawn": 1}),
        ({"age": None, "double": None}, {"users.age not null": 1, "users.double not null": 1}),
        ({"status": "lost"}, {"users.status in Status": 1}),
        ({"code": "AB-123"}, {"users.code matches its pattern": 1}),
        ({"code": "ab-12"}, {"users.code matches its pattern": 1}),
        ({"tags": ["a", "a"]}, {"users.tags as drawn": 1}),
        ({"tags": ["x"]}, {"users.tags as drawn": 1}),
        ({"dims": {"w": 2.5}}, {"users.dims as drawn": 1}),
        ({"tags": ["a", "b", "c"]}, {"users.tags size 0..2": 1}),
        ({"dims": {"w": None}}, {"users.dims.w not null": 1, "users.dims as drawn": 1}),
        ({"double": 7}, {"users.double as computed": 1}),
    ],
)
def test_the_broken_row_is_found(tmp_path, changes, expected):
    report = hold(tmp_path, USERS, {"users": users(**changes)})
    found = {n.replace(" check", ".check"): k for n, k in broken(report).items()}
    assert found == expected
    for name in broken(report):
        offenders = result(report, name).offenders
        assert len(offenders) == 1
        assert "unique" in name or offenders[0]["row"] == 2
