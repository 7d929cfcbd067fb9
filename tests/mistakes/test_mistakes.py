"""What two hundred first mistakes are told. One mistake, one error; the wording is held by a golden file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from specdsl.compiler import compile_path
from specdsl.diagnostics.model import Severity
from specdsl.diagnostics.render_text import render_text
from specdsl.ide.edits import applied
from specdsl.local_files import LocalFiles

HERE = Path(__file__).parent
CASES = re.findall(
    r"^## (.+?)\n\n```dgen\n(.*?)```", (HERE / "mistakes.md").read_text(), re.MULTILINE | re.DOTALL
)


def told(text: str, folder: Path) -> tuple[list[str], str]:
    """The codes of the errors, and everything as a person sees it."""
    path = folder / "spec.dgen"
    path.write_text(text)
    found = compile_path(str(path), LocalFiles(folder))
    codes = [d.code for d in found.diagnostics if d.severity is Severity.ERROR]
    shown = render_text(found.diagnostics, found.sources)
    return codes, shown.replace(f"{folder}/", "")


@pytest.mark.parametrize(("name", "text"), CASES, ids=[name for name, _ in CASES])
def test_one_mistake_one_error(name: str, text: str, tmp_path: Path) -> None:
    codes, shown = told(text, tmp_path)
    assert len(codes) == 1, f"{name}\n{shown}"
    assert "help:" in shown, f"no way out is shown\n{shown}"


@pytest.mark.parametrize(("name", "text"), CASES, ids=[name for name, _ in CASES])
def test_what_is_corrected_is_right(name: str, text: str, tmp_path: Path) -> None:
    """Fixes are made until there are none; what is left then only people can decide."""
    path = tmp_path / "spec.dgen"
    fixed = False
    for _ in range(4):
        path.write_text(text)
        found = compile_path(str(path), LocalFiles(tmp_path)).diagnostics
        errors = [d for d in found if d.severity is Severity.ERROR]
        fix = next((fix for d in errors if (fix := d.fix()) is not None), None)
        if fix is None:
            break
        text, fixed = applied(text, fix.edits), True
    if fixed:
        assert {d.code for d in errors} <= {"DG313", "DG204"}, told(text, tmp_path)[1]


def test_wording(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    parts = []
    for name, text in CASES:
        shown = told(text, tmp_path)[1]
        parts.append(f"=== {name}\n{shown.rstrip()}\n")
    whole = "\n".join(parts)
    golden = HERE / "golden.txt"
    if request.config.getoption("--regenerate"):
        golden.write_text(whole)
    assert golden.read_text() == whole
