from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, process, run

UGLY = 'table   users 3{ # people\nid int   key = sequence( start:1 )\n\n\n\n  name string="Ann"|"Bob" }\n'
BROKEN = "table users 3 {\n  id int key = = 5\n}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("ugly.dgen").write_text(UGLY, "utf-8")
    Path("broken.dgen").write_text(BROKEN, "utf-8")
    return tmp_path


def formatted() -> str:
    run("fmt", "ugly.dgen")
    return Path("ugly.dgen").read_text("utf-8")


def test_writes_once() -> None:
    ran = run("fmt", "ugly.dgen")
    assert (ran.status, ran.out, ran.err) == (0, "", "ugly.dgen formatted\n")
    text = Path("ugly.dgen").read_text("utf-8")
    assert text != UGLY
    assert "# people" in text
    again = run("fmt", "ugly.dgen")
    assert (again.status, again.err) == (0, "")
    assert Path("ugly.dgen").read_text("utf-8") == text


def test_keeps_mode_and_link() -> None:
    Path("ugly.dgen").chmod(0o640)
    Path("link.dgen").symlink_to("ugly.dgen")
    assert run("fmt", "link.dgen").status == 0
    assert Path("link.dgen").is_symlink()
    assert stat.S_IMODE(Path("ugly.dgen").stat().st_mode) == 0o640
    assert sorted(p.name for p in Path().iterdir()) == ["broken.dgen", "link.dgen", "ugly.dgen"]


def test_check() -> None:
    ran = run("fmt", "--check", "ugly.dgen")
    assert (ran.status, ran.out) == (1, "")
    assert "ugly.dgen" in ran.err
    assert Path("ugly.dgen").read_text("utf-8") == UGLY
    formatted()
    assert run("fmt", "--check", "ugly.dgen").status == 0


def test_diff() -> None:
    ran = run("fmt", "--diff", "ugly.dgen")
    assert ran.status == 0
    assert ran.out.startswith("--- ugly.dgen\n+++ ugly.dgen (formatted)\n@@ ")
    assert "\n-table   users 3{ # people\n" in ran.out
    assert Path("ugly.dgen").read_text("utf-8") == UGLY
    assert run("fmt", "--diff", "--check", "ugly.dgen").status == 1


def test_stdin() -> None:
    ran = process("fmt", "-", input=UGLY.encode())
    assert ran.status == 0
    assert ran.out == formatted()
    assert process("fmt", "-", input=b"\xff\xfe").status == 1
    broken = process("fmt", "-", input=BROKEN.encode())
    assert (broken.status, broken.out) == (1, "")
    assert "<stdin>:2:" in broken.err


def test_broken_is_left_alone() -> None:
    ran = run("fmt", "broken.dgen", "ugly.dgen")
    assert ran.status == 1
    assert "error[DG1" in ran.err
    assert "not formatted" in ran.err
    assert Path("broken.dgen").read_text("utf-8") == BROKEN
    assert Path("ugly.dgen").read_text("utf-8") != UGLY


def test_missing() -> None:
    ran = run("fmt", "gone.dgen", "ugly.dgen")
    assert ran.status == 3
    assert Path("ugly.dgen").read_text("utf-8") != UGLY


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folder(folder: Path) -> None:
    folder.chmod(0o555)
    try:
        ran = run("fmt", "ugly.dgen")
        assert ran.status == 3
        assert Path("ugly.dgen").read_text("utf-8") == UGLY
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("example", sorted(EXAMPLES.rglob("*.dgen")), ids=lambda p: p.name)
def test_examples_are_in_the_layout(example: Path) -> None:
    ran = run("fmt", "--check", "--diff", str(example))
    assert (ran.status, ran.out) == (0, "")
