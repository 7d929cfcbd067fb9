"""The page about plugins: its module and spec are written out, its commands run."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import specdsl
from tests.cli.running import run
from tests.docs.markdown import ROOT, blocks

PAGE = ROOT / "docs" / "plugins.md"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for block in blocks(PAGE):
        if block.info and "." in block.info[-1]:
            (tmp_path / block.info[-1]).write_text(block.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands(folder: Path) -> None:
    commands = [b.text for b in blocks(PAGE) if b.language == "sh"]
    lines = [line for text in commands for line in text.splitlines()]
    assert {line.split()[1] for line in lines} == {"check", "preview", "build", "verify", "functions"}
    for line in lines:
        ran = run(*shlex.split(line)[1:])
        assert (ran.status, "error" in ran.err) == (0, False), f"{line}\n{ran.err}"


def test_columns(folder: Path) -> None:
    table = specdsl.load("loyal.dgen", plugins=["scoring.py"])["users"].to_arrow()
    spent, visits, points = (table[n].to_pylist() for n in ("spent", "visits", "points"))
    expected = [min(100.0, s // 10 + v) for s, v in zip(spent, visits, strict=True)]
    assert points == expected
    assert 50 < table["weight"].null_count < 160


def test_every_annotation_is_told() -> None:
    from specdsl.plugins.kinds import NAMES

    text = PAGE.read_text("utf-8")
    assert all(f"| `{name}` |" in text for name in NAMES.split(", "))
