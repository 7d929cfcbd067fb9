"""The examples of docs/python.md, run as one session from the root of the repository."""

from __future__ import annotations

import doctest
import inspect

import pytest

import specdsl
from specdsl.api import Data, Table
from tests.docs.markdown import ROOT, blocks

PAGE = ROOT / "docs" / "python.md"


def test_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    session = "".join(
        f"{'' if i == 0 else chr(10)}{b.text}" for i, b in enumerate(blocks(PAGE)) if b.language == "python"
    )
    test = doctest.DocTestParser().get_doctest(session, {}, "docs/python.md", str(PAGE), 0)
    assert len(test.examples) > 20
    told: list[str] = []
    ran = doctest.DocTestRunner().run(test, out=told.append)
    assert ran.failed == 0, "".join(told)


@pytest.mark.parametrize("owner", [Data, Table])
def test_everything_public_is_named(owner: type) -> None:
    text = PAGE.read_text("utf-8")
    internal = {"dataset", "failures", "generator", "name"}
    assert not [n for n in vars(owner) if not n.startswith("_") and n not in internal and f".{n}" not in text]


@pytest.mark.parametrize("function", [specdsl.load, Data.build, Table.batches, Table.head, Table.to_arrow])
def test_parameters_are_named(function: object) -> None:
    text = PAGE.read_text("utf-8")
    assert callable(function)
    missing = [p for p in inspect.signature(function).parameters if p != "self" and p not in text]
    assert not missing
