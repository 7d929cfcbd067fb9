"""A test for each case: run with `pytest examples/checkout`."""

from decimal import Decimal
from pathlib import Path

import pytest

import specdsl

DATA = specdsl.load(Path(__file__).with_name("checkout.dgen"))
CASES = DATA["cases"].to_pylist()
OFF = {None: Decimal(0), "TEN": Decimal("0.1"), "HALF": Decimal("0.5")}


def name(case):
    return "-".join(str(case[c]) for c in ("plan", "currency", "method", "coupon", "seats"))


def total(case):
    """What is tested: the amount to pay."""
    return case["seats"] * case["price"] * (1 - OFF[case["coupon"]])


@pytest.mark.parametrize("case", CASES, ids=name)
def test_total(case):
    assert (total(case) == 0) == (case["plan"] == "free")
    assert total(case) <= case["seats"] * case["price"]


def test_every_seat_is_taken():
    members = DATA["members"].to_pylist()
    assert len(members) == sum(case["seats"] for case in CASES)
