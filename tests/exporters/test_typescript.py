"""The TypeScript that is made is checked by the compiler: rows have the types, wrong rows have not."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from specdsl.exporters.spec import Spec, Wanted
from tests import examples
from tests.exporters.exporting import exported, rows, spec_of
from tests.exporters.test_json_shapes import CASES

_OWN = examples.ROOT / "editors" / "vscode" / "node_modules" / ".bin" / "tsc"
TSC = str(_OWN) if _OWN.exists() and shutil.which("node") else shutil.which("tsc")
needs_compiler = pytest.mark.skipif(
    TSC is None, reason="no TypeScript compiler is here: npm ci in editors/vscode"
)


def errors(folder: Path) -> str:
    """What the compiler says about all modules in ``folder``."""
    assert TSC is not None
    files = sorted(path.name for path in folder.glob("*.ts"))
    options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"]
    ran = subprocess.run([TSC, *options, *files], cwd=folder, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


def write(spec: Spec, folder: Path, name: str, count: int = 12) -> None:
    """The types of a spec, and a module with rows of every table."""
    (folder / f"{name}.ts").write_text(exported(spec, "typescript"), "utf-8")
    lines = [f'import type {{ Tables }} from "./{name}.js";']
    for number, (table, checked) in enumerate(spec.dataset.tables.items()):
        if checked.query is None:
            made = json.dumps(rows(spec, table, count))
            lines.append(f"export const rows{number}: Tables[{json.dumps(table)}][] = {made};")
    (folder / f"{name}_rows.ts").write_text("\n".join(lines) + "\n", "utf-8")


@needs_compiler
def test_rows_have_the_types(tmp_path: Path) -> None:
    for number, (types, written, _, _) in enumerate(CASES.values()):
        write(spec_of(f"{types}\ntable t 30 {{\n  v {written}\n}}\n"), tmp_path, f"case{number}")
    for path in examples.VARIED:
        write(spec_of(path.read_text("utf-8"), str(path)), tmp_path, path.stem)
    assert errors(tmp_path) == ""


@needs_compiler
@pytest.mark.parametrize(
    "name", ["variant", "tagged", "tuple", "map", "object", "recursive", "recursive variant", "nested"]
)
def test_wrong_rows_have_not(name: str, tmp_path: Path) -> None:
    types, written, right, _ = CASES[name]
    wrong = {
        "variant": True,
        "tagged": {"kind": "card", "days": 1},
        "tuple": ["C", 1, 15],
        "map": {"zone": 1},
        "object": {"a": 1},
        "recursive": {"name": "x", "children": [{"name": 1, "children": []}]},
        "recursive variant": {"op": "-", "args": [1, 2]},
        "nested": [[1, {"k": 1}]],
    }[name]
    (tmp_path / "t.ts").write_text(
        exported(spec_of(f"{types}\ntable t 9 {{\n  v {written}\n}}\n"), "typescript")
    )
    lines = ['import type { T } from "./t.js";']
    lines += [f"export const r{i}: T = {json.dumps({'v': one})};" for i, one in enumerate(right)]
    (tmp_path / "u.ts").write_text("\n".join(lines) + "\n")
    assert errors(tmp_path) == ""
    (tmp_path / "u.ts").write_text(f"{lines[0]}\nexport const r: T = {json.dumps({'v': wrong})};\n")
    assert "error TS2" in errors(tmp_path)


def test_names_and_comments() -> None:
    text = (
        '## Lines of orders. */ alert()\ntable order_lines 3 {\n  id int key\n  `the unit` Unit\n  note string? 10% null = "x"\n}\n'
        "enum Unit { kg, `order_lines` }\ntable OrderLines 2 {\n  a int 20% absent = 1..3\n}\n"
    )
    made = exported(spec_of(text), "typescript")
    assert "export interface OrderLines {" in made and "export interface OrderLines2 {" in made
    assert '"the unit": Unit;' in made and 'note: "x" | null;' in made and "a?: number;" in made
    assert "Lines of orders. *\\/ alert()" in made and "Key: id." in made
    assert "  order_lines: OrderLines;\n  OrderLines: OrderLines2;" in made
    assert "OrderLines2" not in exported(spec_of(text), "typescript", Wanted(("order_lines",)))
