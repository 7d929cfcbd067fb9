"""The examples of the pages about Python, each run as one session from the root of the repository."""

from __future__ import annotations

import doctest
import inspect

import pytest

import specdsl
from specdsl.api import Data, Rows, Table
from tests.docs.markdown import ROOT, blocks

PAGE = ROOT / "docs" / "python.md"


@pytest.mark.parametrize(("name", "least"), [("python", 40), ("builder", 20), ("streams", 5)])
def test_examples(name: str, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ROOT / "docs" / f"{name}.md"
    monkeypatch.chdir(ROOT)
    session = "".join(
        f"{'' if i == 0 else chr(10)}{b.text}" for i, b in enumerate(blocks(page)) if b.language == "python"
    )
    test = doctest.DocTestParser().get_doctest(session, {}, f"docs/{name}.md", str(page), 0)
    assert len(test.examples) > least
    told: list[str] = []
    ran = doctest.DocTestRunner().run(test, out=told.append)
    assert ran.failed == 0, "".join(told)


@pytest.mark.parametrize("owner", [Data, Rows, Table])
def test_everything_public_is_named(owner: type) -> None:
    text = PAGE.read_text("utf-8")
    internal = {"dataset", "declared", "derived", "failures", "generator", "next_batches"}
    assert not [n for n in vars(owner) if not n.startswith("_") and n not in internal and f".{n}" not in text]


FUNCTIONS = [
    specdsl.load,
    *(getattr(owner, n) for owner in (Data, Rows, Table) for n in vars(owner) if not n.startswith("_")),
]


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if inspect.isfunction(f)])
def test_parameters_are_named(function: object) -> None:
    text = PAGE.read_text("utf-8")
    assert callable(function)
    missing = [p for p in inspect.signature(function).parameters if p != "self" and p not in text]
    assert not missing
