"""What is nearly a test design: `cover (a, b)`, `cover triples (a, b, c)`, `pairwise (a, b)`."""

from __future__ import annotations

import re
from typing import Final

from specdsl.diagnostics import syntax as errors
from specdsl.source import Span
from specdsl.syntax.dirt_mistakes import statement_end
from specdsl.syntax.situation import Diagnosis, Situation

_FORM: Final = re.compile(r"(cover|pairwise)\s*([^()]*?)\s*\(([^()]*)\)")
_STRENGTHS: Final = (
    (re.compile(r"(?:every|each|full|any|combinations?|product)"), "all"),
    (re.compile(r"(?:all )?(?:pairs?|2)(?:\s*-?\s*(?:way|wise))?|pairs|two"), "pairwise"),
    (re.compile(r"(?:all )?(?:triples?|three)"), "3-wise"),
    (re.compile(r"(\d)\s*-?\s*(?:way|wise)?"), r"\1-wise"),
)


def _cover(s: Situation) -> Diagnosis | None:
    if s.block != "table" or s.first.text not in ("cover", "pairwise"):
        return None
    end = statement_end(s)
    text = " ".join(s.text(s.statement, end).split())
    found = _FORM.fullmatch(text)
    if found is None or not found[3].strip():
        return None
    corrected = f"cover {_strength(found[2])} ({found[3].strip()})"
    if corrected == text:
        return None
    place = Span(s.source.name, s.first.start, s.tokens[end - 1].end)
    diagnostic = errors.CoverForm(span=s.span(s.first), corrected=corrected, statement=place)
    return Diagnosis(diagnostic, close="member")


def _strength(written: str) -> str:
    """The word that is meant; pairs where none is near."""
    for form, word in _STRENGTHS:
        found = form.fullmatch(written)
        if found is not None:
            return found.expand(word)
    return "pairwise"


RULES = (_cover,)
