"""The blocks of docs/editors.md, which the tests of editors run as they stand."""

from __future__ import annotations

import re

from tests.docs.markdown import ROOT, blocks

DOCUMENT = ROOT / "docs" / "editors.md"


def configuration(heading: str, language: str) -> str:
    """The text of the one block of ``language`` under ``## heading``.

    Raises LookupError where there is none, or more than one.
    """
    lines = DOCUMENT.read_text("utf-8").splitlines()
    starts = [number for number, line in enumerate(lines, 1) if re.match(r"## ", line)] + [len(lines) + 1]
    if f"## {heading}" not in lines:
        raise LookupError(heading)
    start = lines.index(f"## {heading}") + 1
    end = min(number for number in starts if number > start)
    found = [b.text for b in blocks(DOCUMENT) if b.language == language and start < b.line < end]
    if len(found) != 1:
        raise LookupError(f"{len(found)} blocks of {language} under {heading}")
    return found[0]
