"""A test for each case: run with `pytest examples/checkout`."""

from decimal import Decimal
from pathlib import Path

import pytest

import specdsl

DATA = specdsl.load(Path(__file__).with_name("checkout.dgen"))
CASES = DATA["cases"].to_pylist()
OFF = {None: Decimal(0), "TEN": Decimal("0.1"), "HALF": Decimal("0.5")}


def name(case):
    """What the test of a case is called."""
    return "-".join(str(case[c]) for c in ("plan", "currency", "method", "coupon", "seats"))


def total(case):
    """What is tested: the amount to pay."""
    return case["seats"] * case["price"] * (1 - OFF[case["coupon"]])


@pytest.mark.parametrize("case", CASES, ids=name)
def test_total(case):
    """Nothing is to pay for free plans, and no more than the full price for others."""
    assert (total(case) == 0) == (case["plan"] == "free")
    assert total(case) <= case["seats"] * case["price"]


def test_every_seat_is_taken():
    """Each case has a member for each of its seats."""
    members = DATA["members"].to_pylist()
    assert len(members) == sum(case["seats"] for case in CASES)
