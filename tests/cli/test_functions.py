from __future__ import annotations

import json

import pytest

from specdsl.functions.registry import FUNCTIONS
from tests.cli.running import run


def test_all() -> None:
    ran = run("functions")
    assert (ran.status, ran.err) == (0, "")
    for function in FUNCTIONS.values():
        assert f"  {function.name} " in ran.out


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_page(name: str) -> None:
    ran = run("functions", name)
    assert ran.status == 0
    function = FUNCTIONS[name]
    assert ran.out.startswith(function.signature() + "\n")
    assert all(p.name in ran.out for p in function.parameters)
    assert all(e.code in ran.out for e in function.examples)


def test_search() -> None:
    found = run("functions", "exponential").out
    assert found.startswith("exponential(")
    assert "  lognormal" in run("functions", "norm").out


def test_unknown() -> None:
    ran = run("functions", "normla")
    assert ran.status == 2
    assert "did you mean `normal`?" in ran.err


def test_json() -> None:
    everything = json.loads(run("functions", "--json").out)
    assert {f["name"] for f in everything} == {f.name for f in FUNCTIONS.values()}
    (normal,) = json.loads(run("functions", "normal", "--json").out)
    assert normal["family"]
    assert [p["name"] for p in normal["parameters"]][:2] == ["mean", "sd"]
