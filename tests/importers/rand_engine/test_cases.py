"""Each spec of rand-engine in ``cases`` becomes the spec beside it. REGENERATE=1 writes them."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from specdsl.build import build
from specdsl.building.options import BuildOptions
from specdsl.compiler import compile_source
from specdsl.importers.model import Imported
from specdsl.importers.registry import Settings, importer, kind_of
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
FINDINGS = {
    "every_method": {},
    "shop": {},
    "wrong": {"DG751": 23, "DG752": 3, "DG753": 5},
}


def imported(path: Path) -> Imported:
    return importer("rand-engine")(SourceFile(path.name, path.read_text("utf-8")), Settings())


def rows(text: str, folder: Path, table: str) -> list[dict[str, object]]:
    files = LocalFiles()
    compilation = compile_source(SourceFile("made.dgen", text), files)
    assert build(compilation, BuildOptions(folder, format="jsonl", workers=1), data=files).ok
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_golden(path: Path) -> None:
    assert kind_of(SourceFile(path.name, path.read_text("utf-8"))) == "rand-engine"
    made = imported(path)
    assert made.text is not None
    golden = path.with_suffix(".dgen")
    if os.environ.get("REGENERATE"):
        golden.write_text(made.text, "utf-8", newline="\n")
    assert made.text == golden.read_text("utf-8")
    assert format_text(SourceFile(golden.name, made.text)) == made.text
    assert Counter(d.code for d in made.diagnostics) == FINDINGS[path.stem]


def test_values_are_what_the_methods_make(tmp_path: Path) -> None:
    path = next(p for p in CASES if p.stem == "every_method")
    text = imported(path).text
    assert text is not None
    made = rows(text, tmp_path, "every_method")
    forms = {
        "number": r"C\{\d{6}",
        "code": r"\d{8}",
        "shown": r"\d\d/\d\d/202[01] \d\d:\d\d",
        "address": r"(192|10)\.\d{1,3}\.\d{3}:\{\d\.\d\} (True|False) [0-9a-f-]{36} \d{10}",
    }
    for name, form in forms.items():
        assert all(re.fullmatch(form, str(row[name])) for row in made), name
    assert {(row["kind"], row["os"]) for row in made} == {
        ("phone", "android"),
        ("phone", "ios"),
        ("desktop", "windows"),
    }
    assert {row["device"] for row in made} == {"mobile", "desktop"}
    assert 0.6 < sum(row["device"] == "mobile" for row in made) / len(made) < 0.8
    assert 0.6 < sum(row["kind"] == "phone" for row in made) / len(made) < 0.73
    assert all(row["price"] == round(float(str(row["price"])), 2) for row in made)


def test_the_example_of_the_documentation() -> None:
    page = (Path(__file__).parents[3] / "docs" / "import.md").read_text("utf-8")
    text = page.partition("\n## rand-engine\n")[2]
    given, spec = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[0] for kind in ("json", "dgen"))
    made = importer("rand-engine")(SourceFile("shop.json", given), Settings())
    assert made.text is not None
    assert made.text.partition("}\n\n")[2] == spec
    assert not made.diagnostics
