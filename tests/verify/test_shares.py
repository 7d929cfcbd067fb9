"""Rates and shares: good builds pass, wrong ones do not, exact ones are counted."""

import random

import pytest

from specdsl.verify.statistics import is_improbable, largest_remainders
from tests.verify.holding import broken, hold, result

SPEC = """
table t 2000 {
  id    int key = sequence(start: 1)
  plan  string = "free" 70% | "pro" 25% | "team" 5%
  os    string = match plan { "free" => "linux" 90% | "mac", "pro" => "mac", "team" => "win" }
  (a, b) = ("x", 1) 60% | ("y", 2) 40%
  note  string? 90% null = "n"
  maybe int? null 40% when plan == "free" else 5% = 7
}
"""


def rows(seed=1, n=2000, **wrong):
    pick = random.Random(seed)
    out = []
    for i in range(n):
        plan = pick.choices(["free", "pro", "team"], wrong.get("plan", [70, 25, 5]))[0]
        os = {
            "free": pick.choices(["linux", "mac"], wrong.get("os", [90, 10]))[0],
            "pro": "mac",
            "team": "win",
        }[plan]
        a, b = pick.choices([("x", 1), ("y", 2)], wrong.get("ab", [60, 40]))[0]
        rate = wrong.get("maybe", [0.4, 0.05])[plan != "free"]
        out.append(
            {
                "id": i + 1,
                "plan": plan,
                "os": os,
                "a": a,
                "b": b,
                "note": None if pick.random() < wrong.get("note", 0.9) else "n",
                "maybe": None if pick.random() < rate else 7,
            }
        )
    return out


@pytest.mark.parametrize("seed", range(5))
def test_good_shares_pass(tmp_path, seed):
    report = hold(tmp_path, SPEC, {"t": rows(seed)})
    assert broken(report) == {}


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"plan": [60, 35, 5]}, "t.plan shares"),
        ({"os": [70, 30]}, "t.os shares arm 1"),
        ({"ab": [45, 55]}, "t.(a, b) shares"),
        ({"note": 0.8}, "t.note 90% null"),
        ({"maybe": [0.2, 0.05]}, "t.maybe 40% null when its condition holds"),
        ({"maybe": [0.4, 0.25]}, "t.maybe 5% null otherwise"),
    ],
)
def test_wrong_shares_are_found(tmp_path, wrong, name):
    report = hold(tmp_path, SPEC, {"t": rows(**wrong)})
    assert list(broken(report)) == [name]
    assert "instead of" in result(report, name).note


def test_exact_shares_are_counted(tmp_path):
    text = 'table t 10 { id int key = row, plan string = exact("a" 55% | "b" 45%) }'
    good = [{"id": i, "plan": "a" if i < 6 else "b"} for i in range(10)]
    assert broken(hold(tmp_path, text, {"t": good})) == {}
    good[0]["plan"] = "b"
    report = hold(tmp_path, text, {"t": good})
    assert result(report, "t.plan shares").broken == 2


def test_improbable():
    assert not is_improbable(0, 0, 0.5)
    assert not is_improbable(500, 1000, 0.5)
    assert not is_improbable(580, 1000, 0.5)
    assert is_improbable(700, 1000, 0.5)
    assert is_improbable(1, 1000, 0.0)
    assert is_improbable(999, 1000, 1.0)
    assert not is_improbable(700, 1000, 0.5, at_least=True)
    assert is_improbable(300, 1000, 0.5, at_least=True)


def test_largest_remainders():
    assert largest_remainders([0.55, 0.45], 10) == [6, 4]
    assert largest_remainders([1 / 3] * 3, 10) == [4, 3, 3]
    assert sum(largest_remainders([0.1] * 10, 997)) == 997
