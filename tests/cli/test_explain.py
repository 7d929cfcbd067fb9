from __future__ import annotations

import json

import pytest

from specdsl.diagnostics.registry import registry
from tests.cli.running import run


@pytest.mark.parametrize("code", ["DG405", "dg405", "405", " DG405 "])
def test_code(code: str) -> None:
    ran = run("explain", code)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("DG405: too-few-values (error)\n\n")
    assert "Wrong:" in ran.out
    assert "Right:" in ran.out


def test_name() -> None:
    assert run("explain", "cannot-keep-unique").out == run("explain", "DG420").out


@pytest.mark.parametrize(
    ("code", "help"),
    [
        ("DG40", "did you mean `DG"),
        ("cannot-kep-unique", "did you mean `cannot-keep-unique`?"),
        ("zzz", "`specdsl explain` lists"),
    ],
)
def test_unknown(code: str, help: str) -> None:
    ran = run("explain", code)
    assert ran.status == 2
    assert f"there is no diagnostic `{code}`" in ran.err
    assert help in ran.err


def test_a_name_with_two_codes() -> None:
    ran = run("explain", "too-few-values")
    assert ran.status == 2
    assert "DG405, DG577" in ran.err


def test_list() -> None:
    ran = run("explain")
    assert ran.status == 0
    for code, kind in registry().items():
        assert f"  {code}  {kind.name}" in ran.out


def test_json() -> None:
    listed = json.loads(run("explain", "--json").out)
    assert {"code": "DG405", "name": "too-few-values", "severity": "error"} in listed
    one = json.loads(run("explain", "405", "--json").out)
    assert one["page"].startswith("# DG405: too-few-values")


def test_colours() -> None:
    assert "\x1b[" in run("explain", "405", "--color", "always").out
