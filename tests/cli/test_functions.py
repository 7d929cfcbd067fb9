from __future__ import annotations

import json

import pytest

import specdsl
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


def names(out: str) -> list[str]:
    """The functions of a list in its order."""
    return [line.split()[0] for line in out.splitlines() if line.startswith("  ") and line[2] != " "]


def test_search() -> None:
    found = run("functions", "exponential").out
    assert found.startswith("exponential(")
    assert names(run("functions", "norm").out)[:2] == ["normal", "lognormal"]
    assert "first_name" in names(run("functions", "people").out)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["bell", "curve", "heavy"], "student_t"),
        (["waiting", "time"], "exponential"),
        (["power law"], "pareto"),
        (["percentile"], "quantiles"),
        (["shares", "between"], "beta"),
        (["tries", "succeed"], "binomial"),
    ],
)
def test_search_by_words(words: list[str], first: str) -> None:
    assert names(run("functions", *words).out)[0] == first


def test_an_alias_shows_the_page() -> None:
    assert run("functions", "bernoulli").out.startswith("chance(")
    assert run("functions", "NORMAL()").out.startswith("normal(")


def test_family() -> None:
    assert set(names(run("functions", "--family", "distributions").out)) == {
        n for n, f in FUNCTIONS.items() if f.family == "distributions"
    }
    assert names(run("functions", "number", "--family", "identity").out) != []
    wrong = run("functions", "--family", "datse")
    assert (wrong.status, "did you mean `dates`?" in wrong.err) == (2, True)


def test_unknown() -> None:
    ran = run("functions", "normla")
    assert ran.status == 2
    assert "did you mean `normal`?" in ran.err
    assert run("functions", "qqq", "zzz").status == 2


def test_samples_are_the_values_that_a_spec_gets() -> None:
    """Below each example stand the first values of a column that is drawn so."""
    page = run("functions", "geometric").out
    spec = "dataset d { seed 7 }\ntable t 5 {\n  id int key\n  x int = geometric(0.25)\n}\n"
    values = specdsl.load(spec)["t"].to_arrow()["x"].to_pylist()
    assert f"-> {', '.join(map(str, values))}" in page


def test_limits_are_told() -> None:
    page = " ".join(run("functions", "gamma").out.split())
    assert "at least 0.001" in page
    assert "at most 1,000,000" in page
    assert "above 0" in page


def test_json() -> None:
    everything = json.loads(run("functions", "--json").out)
    assert {f["name"] for f in everything} == {f.name for f in FUNCTIONS.values()}
    (normal,) = json.loads(run("functions", "normal", "--json").out)
    assert normal["family"]
    assert normal["draws"]
    assert normal["truncates"]
    assert normal["parameters"][1]["minimum"] == 0
    assert [p["name"] for p in normal["parameters"]][:2] == ["mean", "sd"]
