"""Each script of ``cases`` becomes the spec beside it, whose rows hold to it. REGENERATE=1 writes the specs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from specdsl.importers.model import Imported
from specdsl.importers.registry import Settings, importer
from specdsl.importers.sql.detection import dialect_of
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text

CASES = sorted((Path(__file__).parent / "cases").glob("*.sql"))
FINDINGS = {
    "events.duckdb": [],
    "notes.sqlite": ["DG727"],
    "rooms.tsql": ["DG723", "DG727"],
    "shop.mysql": ["DG728", "DG723", "DG727", "DG727"],
    "staff.oracle": ["DG727"],
    "staff.postgres": ["DG724", "DG728", "DG727", "DG727"],
}


def imported(path: Path) -> Imported:
    return importer("sql")(SourceFile(path.name, path.read_text("utf-8")), Settings(rows=500))


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_golden(path: Path) -> None:
    assert dialect_of(path.read_text("utf-8")) == path.stem.rpartition(".")[2]
    made = imported(path)
    assert made.text is not None
    golden = path.with_suffix(".dgen")
    if os.environ.get("REGENERATE"):
        golden.write_text(made.text, "utf-8", newline="\n")
    assert made.text == golden.read_text("utf-8")
    assert format_text(SourceFile(golden.name, made.text)) == made.text
    assert [d.code for d in made.diagnostics] == FINDINGS[path.stem]


def test_the_example_of_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "import.md").read_text("utf-8")
    script, spec = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[0] for kind in ("sql", "dgen"))
    made = importer("sql")(SourceFile("shop.sql", script), Settings())
    assert made.text is not None
    assert made.text.partition("}\n\n")[2] == spec
    assert not made.diagnostics
