"""Plugins in files, and specs that call them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """\
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.plugins import Draw, function

"""


@pytest.fixture
def plugin(tmp_path: Path) -> Callable[..., str]:
    """Writes a plugin; returns its path."""

    def write(body: str, name: str = "own.py") -> str:
        path = tmp_path / name
        path.write_text(HEAD + body)
        return str(path)

    return write


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., Path]:
    """Writes a spec of one table with these columns."""

    def write(columns: str, rows: int = 1000) -> Path:
        path = tmp_path / "own.dgen"
        path.write_text(f"dataset d {{ seed 5 }}\ntable t {rows} {{\n  id int key\n{columns}\n}}\n")
        return path

    return write
