"""What is nearly a test design: `cover (a, b)`, `cover triples (a, b, c)`, `cover all a, b`."""

from __future__ import annotations

import re
from typing import Final

from specdsl.diagnostics import syntax as errors
from specdsl.source import Span
from specdsl.syntax.dirt_mistakes import statement_end
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Diagnosis, Situation

_FORM: Final = re.compile(r"(cover|pairwise)\s*([^()]*?)\s*\(([^()]*)\)")
_COLUMN: Final = r"(?:\w+|`[^`]+`)"
_BARE: Final = re.compile(
    r"(cover|pairwise)\s+"
    r"(?:((?:all )?(?:all|every|each|full|pairs?|pairwise|triples?|\d\s*-?\s*(?:way|wise)))\s+(?:of )?)?"
    rf"({_COLUMN}(?:\s*,\s*{_COLUMN})*)"
)
_CLOSING: Final = re.compile(r"[ \t]*\)")
_STRENGTHS: Final = (
    (re.compile(r"(?:all|every|each|full|any|combinations?|product)"), "all"),
    (re.compile(r"(?:all )?(?:pairs?|2)(?:\s*-?\s*(?:way|wise))?|pairs|two"), "pairwise"),
    (re.compile(r"(?:all )?(?:triples?|three)"), "3-wise"),
    (re.compile(r"(\d)\s*-?\s*(?:way|wise)?"), r"\1-wise"),
)


def _cover(s: Situation) -> Diagnosis | None:
    if s.block != "table":
        return None
    return _listed(s) if s.first.text in ("cover", "pairwise") else _unopened(s)


def _listed(s: Situation) -> Diagnosis | None:
    """Columns in parentheses, and other words before them."""
    end = statement_end(s)
    text = " ".join(s.text(s.statement, end).split())
    found = _FORM.fullmatch(text)
    if found is None:
        return _unopened(s)
    corrected = f"cover {_strength(found[2])} ({found[3].strip()})"
    if corrected == text or not found[3].strip():
        return None
    return _diagnosis(s, s.statement, end, corrected)


def _unopened(s: Situation) -> Diagnosis | None:
    """Columns without parentheses, `cover pairwise a, b`, or with the second only: all of the line."""
    start, end = s.statement, s.index
    while start > 0 and s.tokens[start - 1].kind not in (NEWLINE, "LBRACE"):
        start -= 1
    while s.tokens[end].kind not in (NEWLINE, END, "RBRACE"):
        end += 1
    found = _BARE.fullmatch(" ".join(s.text(start, end).split()))
    if found is None or "," not in found[3]:
        return None  # one column alone may be the type of one of this name
    return _diagnosis(s, start, end, f"cover {_strength(found[2])} ({found[3].strip()})")


def _diagnosis(s: Situation, start: int, end: int, corrected: str) -> Diagnosis:
    last = s.tokens[end - 1].end
    stray = _CLOSING.match(s.source.text, last)  # one that closes nothing is no token
    place = Span(s.source.name, s.tokens[start].start, stray.end() if stray else last)
    diagnostic = errors.CoverForm(span=s.span(s.tokens[start]), corrected=corrected, statement=place)
    return Diagnosis(diagnostic, close="member")


def _strength(written: str | None) -> str:
    """The word that is meant; pairs where none is near."""
    for form, word in _STRENGTHS:
        found = form.fullmatch(written or "")
        if found is not None:
            return found.expand(word)
    return "pairwise"


RULES = (_cover,)
