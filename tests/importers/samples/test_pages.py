"""The examples of the pages of diagnostics of sample data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from specdsl.diagnostics.pages import Block, Page, codes, page
from specdsl.importers.model import Imported
from specdsl.importers.samples.importer import import_files

CODES = [code for code in codes() if code.startswith("DG74")]


def about(code: str) -> Page:
    found = page(code)
    assert found is not None
    return found


def imported(section: Sequence[Block], folder: Path, code: str) -> Imported:
    for block in section:
        if block.language == "csv":
            (folder / block.info).write_text(block.text, "utf-8")
    return import_files([folder], None, None, private=code == "DG742")


def test_there_are_pages() -> None:
    assert CODES == ["DG740", "DG741", "DG742"]


@pytest.mark.parametrize("code", CODES)
def test_wrong(code: str, tmp_path: Path) -> None:
    found = imported(about(code).wrong, tmp_path, code)
    assert [d.code for d in found.diagnostics] == [code]
    assert found.text


@pytest.mark.parametrize("code", CODES)
def test_right(code: str, tmp_path: Path) -> None:
    found = imported(about(code).right, tmp_path, code)
    assert not found.diagnostics
    assert found.text
