"""Fenced blocks of Markdown files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^( *)(`{3,})[ ]*([^`]*)$")


@dataclass(frozen=True)
class Fenced:
    """A block with its info string and the line that it begins on."""

    path: Path
    line: int
    info: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    @property
    def language(self) -> str:
        return self.info[0] if self.info else ""


def blocks(path: Path) -> list[Fenced]:
    """The fenced blocks of a file, in order."""
    found: list[Fenced] = []
    lines = iter(enumerate(path.read_text("utf-8").splitlines(), 1))
    for number, line in lines:
        opening = _FENCE.match(line)
        if not opening:
            continue
        indent, fence, info = opening.groups()
        body = []
        for _, inner in lines:
            if inner.strip() == fence:
                break
            body.append(inner.removeprefix(indent) + "\n")
        else:
            raise ValueError(f"{path}:{number}: the block is not closed")
        found.append(Fenced(path, number, tuple(info.split()), "".join(body)))
    return found


def pages() -> list[Path]:
    """The README and everything in docs, less the pages of diagnostics, which have a test of their own."""
    docs = sorted(p for p in (ROOT / "docs").rglob("*.md") if p.parent.name != "errors")
    return [ROOT / "README.md", *docs]
