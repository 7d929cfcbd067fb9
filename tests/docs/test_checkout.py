"""The tests of an example, and those of the recipe beside them, run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.markdown import ROOT, blocks


def run(folder: Path) -> str:
    """What pytest says of the tests in ``folder``."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_tests_of_the_example(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "checkout", tmp_path / "checkout")
    assert "15 passed" in run(tmp_path / "checkout")


def test_the_recipe(tmp_path: Path) -> None:
    found = blocks(ROOT / "docs" / "recipes" / "test-designs.md")
    (tmp_path / "checkout.dgen").write_text(next(b.text for b in found if b.language == "dgen"), "utf-8")
    (tmp_path / "test_it.py").write_text(next(b.text for b in found if b.language == "python"), "utf-8")
    assert " passed" in run(tmp_path)
