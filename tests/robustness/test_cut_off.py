"""Every example, cut off anywhere: understood as far as it goes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from specdsl.compiler import Overrides, compile_source
from specdsl.diagnostics.render_text import render_text
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from tests.examples import VARIED

CUTS = 40


@pytest.mark.parametrize("path", VARIED, ids=lambda p: p.stem)
def test_cut_off(path: Path) -> None:
    """``CUTS`` places in each; all of them were tried once (``python -m tests.robustness.every_cut``)."""
    data = path.read_bytes()
    for end in sorted(random.Random(path.name).sample(range(len(data)), CUTS)):
        cut(path, data[:end])


def cut(path: Path, data: bytes) -> None:
    """Check what is left of an example: told, or compiled; formatted only where it is sound."""
    source = SourceFile(str(path), data.decode(errors="replace"))
    compilation = compile_source(source, LocalFiles(path.parent), Overrides(all_rows=5))
    errors = [d for d in compilation.diagnostics if str(d.severity) == "error"]
    assert bool(errors) == (compilation.dataset is None), f"{path.name} cut at byte {len(data)}"
    assert len(errors) <= 12, f"{path.name} cut at byte {len(data)}: one mistake, {len(errors)} errors"
    if errors:
        assert render_text(errors, compilation.sources)
    formatted = format_text(source)
    assert formatted is None or format_text(SourceFile(source.name, formatted)) == formatted
