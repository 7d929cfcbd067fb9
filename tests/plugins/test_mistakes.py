"""Whatever a plugin does wrong is told in a line or two, with the right exit status."""

from __future__ import annotations

import pytest

import specdsl
from specdsl.errors import UsageError
from tests.cli.running import run


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return [1.0, 2.0]", "it gave 2 values for 10 rows"),
        ("return 1.0", "it gave float for 10 rows"),
        ("return np.ones((len(x), 2))", "an array of 2 dimensions"),
        ("return None", "it gave NoneType"),
        ("return ['a'] * len(x)", "values where float belongs"),
        ("return np.full(len(x), np.nan)", "it gave no value for row 0 of 10"),
        ("return np.full(len(x), np.inf)", "an infinite number"),
        ("raise ValueError('no luck')", "it raised ValueError: no luck (line 11 of f)"),
        ("return unknown", "it raised NameError"),
        ("raise SystemExit(3)", "it raised SystemExit: 3"),
        ("x += 1; return x", "read-only"),
        ("return np.arange(len(x)) * 1.0", "another value when other rows come with it"),
        ("return np.random.default_rng().random(len(x))", "another value when other rows come with it"),
    ],
)
def test_while_rows_are_made(plugin, spec, body, words):
    own = plugin(f"@function\ndef f(x: float) -> float:\n    {body}\n")
    ran = run("preview", str(spec("  y float = f(id)")), "--plugin", own)
    told = " ".join(ran.err.split())
    assert ran.status == 1
    assert words in told
    assert "error[DG595]: `f`: it" in told
    assert "own.dgen:4:" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("signature", "body", "words"),
    [
        ("(x: int) -> int", "return x + 0.5", "float64 values where int belongs"),
        ("(x: int) -> str", "return x", "int values where str belongs"),
        ("(x: int) -> str", "return pa.array(x)", "int64 values where str belongs"),
        ("(x: int) -> bool", "return x", "int64 values where bool belongs"),
        ("(x: int) -> date", "return x", "int64 values where date belongs"),
        ("(x: int) -> int", "return np.full(len(x), 2**63, dtype=np.uint64)", "beyond the 64-bit integers"),
    ],
)
def test_results_of_the_wrong_type(plugin, spec, signature, body, words):
    own = plugin(f"@function\ndef f{signature}:\n    {body}\n")
    kind = {"int": "int", "str": "string", "bool": "bool", "date": "date"}[signature.rsplit(" ", 1)[1]]
    with pytest.raises(specdsl.SpecError, match=words):
        specdsl.load(spec(f"  y {kind} = f(id)"), plugins=[own])["t"].to_arrow()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@function\ndef f(x) -> int:\n    return x\n", "parameter `x` has no type"),
        ("@function\ndef f(x: int):\n    return x\n", "its result has no type"),
        ("@function\ndef f(x: complex) -> int:\n    return x\n", "a type that specs do not have: complex"),
        ("@function\ndef f(x: list[int]) -> int:\n    return x\n", "a type that specs do not have"),
        ("@function\ndef f(x: 'Unknown') -> int:\n    return x\n", "cannot be understood"),
        ("@function\ndef f(*x: int) -> int:\n    return x\n", "form of parameter"),
        ("@function\ndef f(x: int = 'a') -> int:\n    return x\n", "default of `x` is not of its type"),
        ("@function\ndef normal(x: int) -> int:\n    return x\n", "`normal` in the language already"),
        ("@function\ndef Score(x: int) -> int:\n    return x\n", "no name that a spec could say"),
        ("@function(examples='f(1)')\ndef f(x: int) -> int:\n    return x\n", "is a list of calls"),
        ("def f(x: int) -> int:\n    return x\n", "has no function for specs"),
        ("1 / 0\n", "cannot be loaded: ZeroDivisionError: division by zero (line 9)"),
        ("def f(:\n", "SyntaxError"),
        ("import no_such_module\n", "ModuleNotFoundError"),
    ],
)
def test_plugins_that_cannot_be_used(plugin, spec, text, words):
    ran = run("check", str(spec("  y int = 1")), "--plugin", plugin(text))
    told = " ".join(ran.err.split())
    assert ran.status == 2
    assert words in told
    assert "Traceback" not in told


def test_places_where_there_is_no_plugin(spec, tmp_path):
    path = str(spec("  y int = 1"))
    assert run("check", path, "--plugin", str(tmp_path / "gone.py")).status == 3
    assert run("check", path, "--plugin", str(tmp_path)).status == 3
    ran = run("check", path, "--plugin", "no_such.module_at_all")
    assert (ran.status, "there is no module `no_such.module_at_all`" in " ".join(ran.err.split())) == (
        2,
        True,
    )
    with pytest.raises(UsageError, match="is no function for specs"):
        specdsl.load(path, plugins=[len])


def test_two_plugins_with_one_name(plugin, spec):
    body = "@function\ndef f(x: int) -> int:\n    return x\n"
    ran = run(
        "check",
        str(spec("  y int = f(1)")),
        "--plugin",
        plugin(body, "a.py"),
        "--plugin",
        plugin(body, "b.py"),
    )
    assert ran.status == 2
    assert "plugins a and b both have a function `f`" in ran.err


def test_calls_are_checked(plugin, spec):
    own = plugin("@function\ndef f(x: int, by: str) -> int:\n    return x\n")
    for call, code in [
        ("f(1)", "DG306"),
        ('f("a", "b")', "DG"),
        ("f(1, bye: 2)", "DG205"),
        ("g(1)", "DG204"),
    ]:
        ran = run("check", str(spec(f"  y int = {call}")), "--plugin", own)
        assert ran.status == 1
        assert f"error[{code}" in ran.err


def test_a_spec_alone_runs_no_code(plugin, spec, tmp_path):
    """A file of the plugin's name beside the spec is not looked at; the message says how to name it."""
    plugin("(__import__('pathlib').Path(__file__).parent / 'ran').touch()\n")
    ran = run("check", str(spec("  y int = f(1)")))
    assert ran.status == 1
    assert "--plugin" in ran.err
    assert not (tmp_path / "ran").exists()
