"""The builder says what the examples say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import specdsl
from specdsl.builder import Dataset
from specdsl.ir import model
from tests.api.resaid import RESAID
from tests.docs.markdown import ROOT


@pytest.mark.parametrize(("name", "build"), RESAID.items(), ids=list(RESAID))
def test_an_example_said_again(
    name: str, build: Callable[[], Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checked program is the same in all but the documentation at the file's head."""
    folder = ROOT / "examples" / name
    monkeypatch.chdir(folder)
    said = build()
    text = said.to_dgen()
    assert specdsl.format(text) == text
    wanted, found = specdsl.load(f"{name}.dgen").dataset, said.load().dataset
    assert list(found.tables) == list(wanted.tables)
    for table in wanted.tables:
        assert found.tables[table] == wanted.tables[table], table
    assert without_doc(found) == without_doc(wanted)


def without_doc(dataset: model.Dataset) -> model.Dataset:
    return replace(dataset, doc="")
