"""What is nearly a line that spoils rows: `nulls(name) 2%`, `duplicates 3%`, `violate check adult 1%`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from specdsl.diagnostics import syntax as errors
from specdsl.source import Span
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Diagnosis, Situation

_NAME: Final = r"((?:[^\W\d]\w*|`[^`]+`))"
_AMOUNT: Final = r"(\d[\d_.]*\s*%|\d[\d_]*)?\s*(?:rows?|of rows)?"
_ASPECTS: Final = {"unique": "unique", "null": "null", "not_null": "null", "reference": "reference"}

_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (
        re.compile(rf"nulls?\s*\(\s*{_NAME}\s*\)\s*{_AMOUNT}"),
        lambda m: f"violate {m[1]}.null {_amount(m[2])}",
    ),
    (
        re.compile(rf"(typo|outlier|malformed)s?\s*\(?\s*{_NAME}\s*\)?\s*{_AMOUNT}"),
        lambda m: f"{_word(m[1])}({m[2]}) {_amount(m[3])}",
    ),
    (
        re.compile(rf"(typo|outlier|malformed)s?\s*\(\s*{_NAME}((?:\s*,\s*{_NAME})+)\s*\)\s*{_AMOUNT}"),
        lambda m: ", ".join(
            f"{_word(m[1])}({name}) {_amount(m[5])}" for name in re.findall(_NAME, f"{m[2]}{m[3]}")
        ),
    ),
    (
        re.compile(rf"duplicates?\s+(near\s+)?(?:rows\s+)?{_AMOUNT}"),
        lambda m: f"duplicate {'near ' if m[1] else ''}{_copies(m[2])}",
    ),
    (
        re.compile(rf"violate\s+check\s+{_NAME}\s*{_AMOUNT}"),
        lambda m: f"violate {m[1]} {_amount(m[2])}",
    ),
    (
        re.compile(rf"violate\s+(unique|null|not_null|reference)\s*\(\s*{_NAME}\s*\)\s*{_AMOUNT}"),
        lambda m: f"violate {m[2]}.{_ASPECTS[m[1]]} {_amount(m[3])}",
    ),
    (
        re.compile(rf"violate\s+{_NAME}\s*\.\s*{_NAME}\s*{_AMOUNT}"),
        lambda m: f"violate {m[1]}.{m[2]} {_amount(m[3])}",
    ),
)


def _amount(written: str | None) -> str:
    if written is None:
        return "1%"
    return written.replace(" ", "") if "%" in written else f"{written} rows"


def _copies(written: str | None) -> str:
    amount = _amount(written)
    return f"rows {amount}" if amount.endswith("%") else amount


def _word(written: str) -> str:
    return written if written == "malformed" else f"{written}s"


def _dirt(s: Situation) -> Diagnosis | None:
    if s.block != "table" or s.index == s.statement:
        return None
    end = statement_end(s)
    text = " ".join(s.text(s.statement, end).split())
    place = Span(s.source.name, s.first.start, s.tokens[end - 1].end)
    for form, corrected in _FORMS:
        found = form.fullmatch(text)
        if found is not None and (right := corrected(found)) != text:
            diagnostic = errors.DirtForm(span=s.span(s.first), corrected=right, statement=place)
            return Diagnosis(diagnostic, close="member")
    return None


def statement_end(s: Situation) -> int:
    """The place after the statement's last token, seen from its first: a comma in parentheses is inside."""
    at = s.statement
    while s.tokens[at].kind not in (NEWLINE, END, "COMMA", "RBRACE"):
        at = max(at, s.partner[at]) + 1
    return at


RULES = (_dirt,)
