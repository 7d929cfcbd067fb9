"""Specs that the tests of builds share, and the shortest way to build them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from specdsl.build import BuildListener, BuildOptions, BuildResult, build
from specdsl.compiler import Compilation, Overrides, compile_source
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile

SHOP = """
dataset shop { seed 7, now 2025-01-01T00:00:00Z }
enum Status { new 50%, paid 50% }

## Who buys.
table users 40 {
  id     int key = sequence(start: 1)
  name   string = f"user {row}"
  status Status
  score  float? 30% null = 0.0..1.0
}

table orders {
  id      int key = sequence(start: 100)
  user_id -> users each 0..4
  total   decimal(10, 2) = 1..100
}

table visits 300 {
  id      int key
  user_id -> users
}
"""


def compiled(
    text: str, rows: dict[str, int] | int | None = None, seed: int | None = None, edge: float = 0.0
) -> Compilation:
    """The compilation of ``text``, which must have no errors."""
    named = rows if isinstance(rows, dict) else {}
    all_rows = rows if isinstance(rows, int) else None
    overrides = Overrides(seed=seed, rows=named, all_rows=all_rows, edge=edge)
    compilation = compile_source(SourceFile("spec.dgen", text), LocalFiles(), overrides)
    assert compilation.dataset is not None, [d.message() for d in compilation.diagnostics]
    return compilation


class Heard(BuildListener):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.calls: list[tuple[Any, ...]] = []

    def planned(self, rows: Any) -> None:
        self.calls.append(("planned", dict(rows)))

    def table_done(self, table: str, rows: int) -> None:
        self.calls.append(("done", table, rows))

    def rows_written(self, table: str, rows: int) -> None:
        self.calls.append(("rows", table, rows))

    def note(self, message: str) -> None:
        self.notes.append(message)


def built(out: Path, text: str = SHOP, listener: BuildListener | None = None, **options: Any) -> BuildResult:
    """Build ``text`` into ``out``; ``rows``, ``seed`` and ``edge`` go to the compiler, the rest to the build."""
    compilation = compiled(
        text, options.pop("rows", None), options.pop("seed", None), options.pop("edge", 0.0)
    )
    return build(compilation, BuildOptions(out, **options), listener)


def contents(folder: Path) -> dict[str, str]:
    """The hash of every file below ``folder``, by relative path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def names(folder: Path) -> list[str]:
    """What lies directly in ``folder``."""
    return sorted(path.name for path in folder.iterdir())
