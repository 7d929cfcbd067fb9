"""Runs the Markdown files of this folder.

A `dgen` block is a whole spec. A line that ends in `# error: DG202` (or `# warning: DG218`) must get
exactly that, and no other line may get anything above a hint. A `files` line before the block, such as
"`plans.csv`", is not needed: a block of another language with a name, ```` ```csv plans.csv ````, is a
file of the specs that follow it in its section. An `ir` block after a spec holds lines that the checked
program must have, in the notation of `notation.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from specdsl.diagnostics.model import Severity
from specdsl.diagnostics.render_text import render_text
from tests.language.memory import compiled
from tests.language.notation import lines

HERE = Path(__file__).parent
_FENCE = re.compile(r"^```(\w+)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPECTED = re.compile(r"#\s*(?:error|warning): (DG\d{3}(?:, DG\d{3})*)\s*$")


@dataclass
class Case:
    """A spec of a Markdown file, with what is expected of it."""

    text: str
    files: dict[str, str] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)


def cases() -> list[object]:
    found: list[object] = []
    for path in sorted(HERE.glob("*.md")):
        for section in re.split(r"^## ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            title = section.split("\n", 1)[0]
            fences = len(re.findall(r"^```", section, flags=re.MULTILINE))
            assert fences % 2 == 0, (
                f"{path.name}: {title}: a block is cut in two by a line that begins with ##"
            )
            files: dict[str, str] = {}
            inside: list[Case] = []
            for language, name, text in _FENCE.findall(section):
                if name:
                    files[name] = text
                elif language == "dgen":
                    inside.append(Case(text, dict(files)))
                else:
                    assert language == "ir", f"{path.name}: {title}: what is a block of {language}?"
                    inside[-1].facts = [line for line in text.splitlines() if line.strip()]
            found += [
                pytest.param(c, id=f"{path.stem}: {title}{f' {i}' if i else ''}")
                for i, c in enumerate(inside)
            ]
    return found


@pytest.mark.parametrize("case", cases())
def test_spec(case: Case) -> None:
    compilation = compiled(case.text, case.files)
    told = [d for d in compilation.diagnostics if d.severity is not Severity.HINT]
    shown = "\n" + render_text(compilation.diagnostics, compilation.sources)
    expected = [
        (number, code)
        for number, line in enumerate(case.text.splitlines())
        if (mark := _EXPECTED.search(line))
        for code in mark[1].split(", ")
    ]
    got = [(compilation.sources[d.span.file].lines.position(d.span.start).line, d.code) for d in told]
    assert got == expected, shown
    for d in told:
        assert d.message()
        assert not d.message().endswith(".")
    if case.facts:
        assert compilation.dataset is not None, shown
        made = lines(compilation.dataset)
        for fact in case.facts:
            assert fact in made, "\n".join(made)
