"""Data that no history can have made is found, whatever the order of its rows."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.verify.holding import Rows, broken, hold

SPEC = """
dataset d { now 2025-01-01T00:00:00Z }
table customers 1 {
  id        int key = sequence(start: 1)
  joined_at timestamp  = 2024-01-01 .. 2024-01-31
  left_at   timestamp? = joined_at + 1d..400d
}
table versions {
  customer_id -> customers each 1..5
  history valid from .joined_at lasting 20d..200d until .left_at
  city string 60% changes = /[a-z]/
  plan string 50% changes = "x" | "y"
}
table records from versions.valid {
  history system after 0s..30d corrected 50% after 1d..90d
}
"""


def at(month: int, day: int = 1) -> dt.datetime:
    return dt.datetime(2024, month, day, tzinfo=dt.UTC)


LEFT = at(12)
CUSTOMERS = [{"id": 1, "joined_at": at(1), "left_at": LEFT}]
VERSIONS: Rows = [
    {
        "customer_id": 1,
        "version": n,
        "valid_from": a,
        "valid_to": b,
        "is_current": False,
        "city": c,
        "plan": p,
    }
    for n, a, b, c, p in (
        (1, at(1), at(3), "a", "x"),
        (2, at(3), at(6), "b", "x"),
        (3, at(6), LEFT, "b", "y"),
    )
]


def record(
    n: int, version: int, end: dt.datetime | None, known: Any, until: Any, city: str
) -> dict[str, Any]:
    v = VERSIONS[version - 1]
    return {
        "customer_id": 1,
        "version": version,
        "record": n,
        "valid_from": v["valid_from"],
        "valid_to": end,
        "system_from": known,
        "system_to": until,
        "is_latest": until is None,
        "city": city,
        "plan": v["plan"],
    }


RECORDS: Rows = [
    record(1, 1, None, at(1, 5), at(3, 5), "q"),
    record(2, 1, at(3), at(3, 5), at(4), "q"),
    record(3, 1, at(3), at(4), None, "a"),
    record(1, 2, None, at(3, 5), at(6, 9), "b"),
    record(2, 2, at(6), at(6, 9), None, "b"),
    record(1, 3, None, at(6, 9), at(12, 3), "b"),
    record(2, 3, LEFT, at(12, 3), None, "b"),
]

START = "valid_from of the first version where customer_id begins"
NEXT = "valid_to where the next version of customer_id begins"
LAST = "valid_to of the last version"
SAME = "(city, plan) not as in the version before"


def changed(rows: Rows, *changes: tuple[int, dict[str, Any]]) -> Rows:
    out = [dict(row) for row in rows]
    for at_, change in changes:
        out[at_] |= change
    return out


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ([], set()),
        ([(0, {"valid_to": at(2)})], {NEXT, "valid_to as computed"}),  # a gap
        ([(0, {"valid_to": at(4)})], {NEXT, "valid_to as computed"}),  # an overlap
        ([(0, {"valid_from": at(1, 2)})], {START}),
        ([(2, {"valid_to": None, "is_current": True})], {LAST, "valid_to as computed"}),
        (
            [(2, {"valid_to": at(5)})],
            {LAST, "valid_to after valid_from", "valid_to as computed"},
        ),
        ([(1, {"city": "a"})], {SAME}),
        (
            [(1, {"is_current": True}), (2, {"is_current": True})],
            {"is_current of one version of customer_id", "is_current as computed"},
        ),
        (
            [(1, {"valid_to": at(12, 20)}), (2, {"valid_from": at(12, 20)})],
            {"valid_from not too late", "valid_to after valid_from"},
        ),
    ],
)
def test_tampered_versions(tmp_path: Path, changes: Any, names: set[str]) -> None:
    given = {"customers": CUSTOMERS, "versions": changed(VERSIONS, *changes)}
    report = hold(tmp_path, SPEC[: SPEC.index("table records")], given)
    assert {name.removeprefix("versions.") for name in broken(report)} == names


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    """Only what counts the rows in their order speaks of it."""
    shuffled = [VERSIONS[2], VERSIONS[0], VERSIONS[1]]
    given = {"customers": CUSTOMERS, "versions": shuffled}
    report = hold(tmp_path, SPEC[: SPEC.index("table records")], given)
    assert {name.removeprefix("versions.") for name in broken(report)} == {
        "version as computed",
        "valid_to as computed",
    }


FOLLOWS = "system_to where the next record of its version begins"
TILES = "records at any system time has one version at any valid time"
NEWS = "(valid_to, city, plan) not as in the record before"
TRUE = "(city, plan) of the latest record as in its version"


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ([], set()),
        ([(0, {"system_to": at(3, 4)})], {FOLLOWS}),
        ([(2, {"city": "q"})], {NEWS, TRUE}),
        ([(4, {"plan": "y"})], {TRUE}),
        ([(1, {"valid_to": None})], {NEWS, TILES}),
        ([(1, {"valid_to": at(2)})], {TILES}),
        ([(3, {"system_from": at(3, 9)})], set()),  # a day on which nothing is known of it is no overlap
        (
            [(3, {"system_from": at(3, 2)})],
            {TILES},
        ),
        ([(2, {"system_to": at(3, 20), "is_latest": False})], {"system_to after system_from"}),
    ],
)
def test_tampered_records(tmp_path: Path, changes: Any, names: set[str]) -> None:
    given = {"customers": CUSTOMERS, "versions": VERSIONS, "records": changed(RECORDS, *changes)}
    report = hold(tmp_path, SPEC, given)
    assert {name.removeprefix("records.") for name in broken(report)} == names
