"""Signatures of calls, with the parameter at hand."""

from __future__ import annotations

import pytest

from specdsl.ide.signatures import signature_at
from tests.ide.cursors import MAIN, placed

TEXT = "table t 3 {\n  id int key\n  x int = @\n}\n"

ACTIVE = [
    ("normal(‸)", "mean: number or duration = 0.0"),
    ("normal(3, ‸)", "sd: number or duration = 1.0"),
    ("normal(sd: ‸)", "sd: number or duration = 1.0"),
    ("normal(3, 4, ‸)", None),
    ("normal(nope: ‸)", None),
    ("lower(normal(1, ‸", "sd: number or duration = 1.0"),
    ("concat(1, 2, 3, ‸)", "*"),
    ('f"{round(‸)}"', "x: number"),
    ("pick([1, ‸])", "*source"),
]


@pytest.mark.parametrize(("value", "parameter"), ACTIVE)
def test_the_parameter_at_hand(value: str, parameter: str | None) -> None:
    workspace, offset = placed(TEXT.replace("@", value))
    found = signature_at(workspace, MAIN, offset)
    assert found is not None
    if parameter is None:
        assert found.active is None
        return
    assert found.active is not None
    place = found.parameters[found.active]
    assert found.label[place.start : place.end].startswith(parameter)
    assert place.doc


def test_the_whole_signature() -> None:
    workspace, offset = placed(TEXT.replace("@", "lognormal(‸)"))
    found = signature_at(workspace, MAIN, offset)
    assert found is not None
    assert found.label == "lognormal(mean: number = 0.0, sigma: number = 1.0) -> float"
    assert found.summary.startswith("A positive number")


def test_types_with_arguments() -> None:
    workspace, offset = placed("table t 3 {\n  a decimal(10, ‸)\n}\n")
    found = signature_at(workspace, MAIN, offset)
    assert found is not None
    assert (found.label, found.active) == ("decimal(precision: int, scale: int = 0)", 1)


@pytest.mark.parametrize("value", ["‸", "1 + ‸", "nope(‸)", "(‸)", "[‸]", "normal(1)‸"])
def test_no_call(value: str) -> None:
    workspace, offset = placed(TEXT.replace("@", value))
    assert signature_at(workspace, MAIN, offset) is None


@pytest.mark.parametrize("text", ["table t 3 {\n  key (‸)\n}", "table t 3 {\n  (a, ‸) = person()\n}"])
def test_parentheses_that_call_nothing(text: str) -> None:
    workspace, offset = placed(text)
    assert signature_at(workspace, MAIN, offset) is None
