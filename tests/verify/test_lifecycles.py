"""Data that no lifecycle can have made, and running values that do not follow from the rows before, are found."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.verify.holding import Rows, broken, hold

SPEC = """
dataset shop { now 2025-01-01T00:00:00Z }
table orders 2 {
  id        int key = sequence(start: 1)
  placed_at timestamp = 2024-01-01 .. 2024-12-31
  lifecycle status from placed_at {
    placed    -> paid 90% after 1h..2d -> cancelled 6% after 1h..5d
    paid      -> shipped 97% after 1h..6h -> refunded after 1d..10d
    shipped   -> refunded 2% after 1d..20d
  }
}
"""


def at(day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2024, 6, day, hour, tzinfo=dt.UTC)


def orders(**changes: object) -> Rows:
    first = {
        "id": 1,
        "placed_at": at(1),
        "status": "shipped",
        "paid_at": at(2),
        "shipped_at": at(2, 5),
        "cancelled_at": None,
        "refunded_at": None,
    }
    second = first | {"id": 2, "status": "refunded", "shipped_at": None, "refunded_at": at(9)}
    return [first | changes, second]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, set()),
        ({"status": "paid"}, {"status as computed"}),
        ({"status": "placed", "paid_at": None}, {"status as computed", "shipped_at comes after paid"}),
        (
            {"status": "cancelled", "cancelled_at": at(3)},
            {"cancelled_at comes after placed", "shipped_at comes after paid", "status as computed"},
        ),
        ({"paid_at": at(2, 7)}, {"shipped_at comes after paid", "shipped_at as drawn after paid"}),
        ({"paid_at": at(1)}, {"paid_at as drawn after placed", "shipped_at as drawn after paid"}),
        (
            {"status": "refunded", "refunded_at": at(30).replace(year=2025)},
            {
                "refunded_at not after 2025-01-01T00:00:00Z",
                "refunded_at as drawn after shipped",
            },
        ),
    ],
)
def test_tampered_paths(tmp_path: Path, changes: dict[str, object], names: set[str]) -> None:
    report = hold(tmp_path, SPEC, {"orders": orders(**changes)})
    assert {name.removeprefix("orders.") for name in broken(report)} == names
    assert not report.unchecked


RUNNING = """
table accounts 2 { id int key = sequence(start: 1), opening decimal(10, 2) = 5.00 }
table moves {
  account_id -> accounts each 0..3
  amount  decimal(6, 2) = -9.00..9.00
  balance decimal(15, 2) = account_id.opening + running(amount)
  at      duration = running(exponential(mean: 1h))
  since   duration? = at - previous(at)
  start   decimal(6, 2) = first_in(account_id, amount)
  final   decimal(6, 2) = last_in(account_id, amount)
  level   float = previous(level, 1.0) * 0.5 + (0.0..1.0)
  size    float = running(level)
}
"""


def moves(row: int = 0, **changes: object) -> dict[str, Rows]:
    hour = dt.timedelta(hours=1)
    first = {
        "account_id": 1,
        "amount": Decimal("1.50"),
        "balance": Decimal("6.50"),
        "at": hour,
        "since": None,
        "start": Decimal("1.50"),
        "final": Decimal("-2.00"),
        "level": 1.0,
        "size": 1.0,
    }
    second = first | {
        "amount": Decimal("-2.00"),
        "balance": Decimal("4.50"),
        "at": 3 * hour,
        "since": 2 * hour,
        "level": 0.75,
        "size": 1.75,
    }
    other = first | {
        "account_id": 2,
        "amount": Decimal("-2.00"),
        "balance": Decimal("3.00"),
        "start": Decimal("-2.00"),
    }
    rows = [first, second, other]
    rows[row] = rows[row] | changes
    accounts = [{"id": i, "opening": Decimal("5.00")} for i in (1, 2)]
    return {"accounts": accounts, "moves": rows}


@pytest.mark.parametrize(
    ("row", "changes", "names"),
    [
        (0, {}, set()),
        (1, {"balance": Decimal("4.51")}, {"balance as computed"}),
        (2, {"balance": Decimal("2.50")}, {"balance as computed"}),
        (1, {"at": dt.timedelta(0), "since": -dt.timedelta(hours=1)}, {"at never falls along account_id"}),
        (1, {"since": dt.timedelta(hours=1)}, {"since as computed"}),
        (2, {"since": dt.timedelta(hours=1)}, {"since as computed"}),
        (1, {"start": Decimal("-2.00")}, {"start as computed"}),
        (0, {"final": Decimal("1.50")}, {"final as computed"}),
        (1, {"level": 1.75, "size": 2.75}, {"level as drawn"}),
        (1, {"size": 1.5}, {"size as computed"}),
    ],
)
def test_tampered_values_along_a_group(
    tmp_path: Path, row: int, changes: dict[str, object], names: set[str]
) -> None:
    report = hold(tmp_path, RUNNING, moves(row, **changes))
    assert {name.removeprefix("moves.") for name in broken(report)} == names
