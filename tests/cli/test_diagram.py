"""``specdsl diagram`` and the names of files that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import run


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("few.dgen").write_text("table users 3 { id int key }", "utf-8")


@pytest.mark.parametrize(
    ("name", "begins"), [("few.svg", "<svg"), ("few.SVG", "<svg"), ("few.mmd", "erDiagram")]
)
def test_the_name_says_the_notation(name: str, begins: str) -> None:
    assert run("diagram", "few.dgen", "-o", name).status == 0
    assert Path(name).read_text("utf-8").startswith(begins)


def test_other_pictures_are_refused() -> None:
    ran = run("diagram", "few.dgen", "-o", "few.png")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: a diagram is not drawn as `.png`\n  help: SVG: -o name.svg")
    assert not Path("few.png").exists()
