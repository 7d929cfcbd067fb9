"""Every spec in the README and the docs compiles, and every command that they show runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from specdsl.compiler import Compilation, compile_path
from specdsl.diagnostics.model import Severity
from specdsl.diagnostics.render_text import render_text
from specdsl.local_files import LocalFiles
from tests.docs.markdown import ROOT, Fenced, blocks, pages

BLOCKS = [block for page in pages() for block in blocks(page)]
SPECS = [b for b in BLOCKS if b.language == "dgen" and "fragment" not in b.info]
CONSOLES = [b for b in BLOCKS if b.language == "console" and re.search(r"^\$ specdsl", b.text, re.MULTILINE)]


def test_there_is_something_to_test() -> None:
    assert any(b.path.name == "README.md" for b in SPECS)
    assert any(b.path.name == "language.md" for b in SPECS)
    assert any(b.path.name == "README.md" for b in CONSOLES)


@pytest.mark.parametrize("block", SPECS, ids=str)
def test_spec_compiles(block: Fenced, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a block needs stand in blocks of the same page: ```csv plans.csv```."""
    shutil.copytree(ROOT / "examples" / "shop", tmp_path, dirs_exist_ok=True)
    for other in blocks(block.path):
        if len(other.info) == 2 and "." in other.info[1]:
            (tmp_path / other.info[1]).write_text(other.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    Path("block.dgen").write_text(block.text, "utf-8")
    found: Compilation = compile_path("block.dgen", LocalFiles())
    errors = [d for d in found.diagnostics if d.severity is not Severity.HINT]
    assert not errors, "\n" + render_text(errors, found.sources)


@pytest.mark.parametrize("block", CONSOLES, ids=str)
def test_commands_run(block: Fenced, tmp_path: Path) -> None:
    """The commands of one block run one after the other, in a copy of the examples."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "examples" / "shop", tmp_path, dirs_exist_ok=True)
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
    for line in block.text.replace("\\\n", " ").splitlines():
        if not line.startswith("$ specdsl"):
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        ran = subprocess.run(
            [sys.executable, "-m", "specdsl", *words[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"


def test_every_command_and_option_of_build_is_documented() -> None:
    import click

    from specdsl.cli.main import COMMANDS, cli

    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert not [name for name in COMMANDS if f"| `specdsl {name}" not in text]
    build = cli.get_command(click.Context(cli), "build")
    assert build is not None
    options = [name for p in build.params if isinstance(p, click.Option) for name in p.opts]
    assert not [o for o in options if f"`{o}" not in text and o != "-q"]
