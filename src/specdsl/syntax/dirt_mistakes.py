"""What is nearly a line that spoils rows: `nulls(name) 2%`, `duplicates 3%`, `violate check adult 1%`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.dirt import DirtAmount
from specdsl.diagnostics.lexical import OtherForm
from specdsl.source import Span
from specdsl.syntax.brackets import is_name
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Diagnosis, Situation

_NAME: Final = r"((?:[^\W\d]\w*|`[^`]+`))"
_AMOUNT: Final = r"(\d[\d_.]*\s*%|\d[\d_]*)?\s*(?:rows?|of rows)?"
_MEANT: Final = {
    "reference": "orphans? orphaned dangling (?:broken|missing|invalid|wrong)_(?:references?|keys?)",
    "null": "missing nulled empty blanks?",
    "range": "out_of_range",
    "length": "too_long too_short wrong_length",
    "pattern": "wrong_pattern",
    "unique": "duplicates? duplicated repeated",
    "misencoded": "encoding mojibake garbled (?:bad|wrong|broken)_encoding encoding_errors?",
    "malformed": "format invalid corrupt(?:ed)? (?:bad|wrong|invalid)_formats? format_errors?",
    "typos": "misspel(?:led|t) misspellings? spelling_(?:errors?|mistakes?)",
    "outliers": "anomal(?:y|ies) extremes? far_values?",
}
"""What others call the ways of spoiling a column, as patterns."""
_MEANT_WORD: Final = "|".join(
    f"(?P<{word}>{'|'.join(patterns.split())})" for word, patterns in _MEANT.items()
)
_NO_COLUMN: Final = r"(?!(?:bool|int|float|string|bytes|date|time|timestamp|duration|uuid|json|rows?|near)\b)"
_SPOILS: Final = ("misencoded", "malformed", "typos", "outliers")
_ASPECTS: Final = {"unique": "unique", "null": "null", "not_null": "null", "reference": "reference"}

_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (
        re.compile(rf"nulls?\s*\(\s*{_NAME}\s*\)\s*{_AMOUNT}"),
        lambda m: f"violate {m[1]}.null {_amount(m[2])}",
    ),
    (
        re.compile(rf"(typo|outlier|malformed|misencoded)s?\s*\(?\s*{_NAME}\s*\)?\s*{_AMOUNT}"),
        lambda m: f"{_word(m[1])}({m[2]}) {_amount(m[3])}",
    ),
    (
        re.compile(
            rf"(typo|outlier|malformed|misencoded)s?\s*\(\s*{_NAME}((?:\s*,\s*{_NAME})+)\s*\)\s*{_AMOUNT}"
        ),
        lambda m: ", ".join(
            f"{_word(m[1])}({name}) {_amount(m[5])}" for name in re.findall(_NAME, f"{m[2]}{m[3]}")
        ),
    ),
    (
        re.compile(rf"(?:{_MEANT_WORD})(?:\s*\(\s*{_NAME}\s*\)|\s+{_NO_COLUMN}{_NAME})\s*{_AMOUNT}"),
        lambda m: _spoiled(m.groupdict(), *m.groups()[-3:]),
    ),
    (
        re.compile(
            rf"(?P<near>near\s+)duplicates?\s+(?:rows\s+)?{_AMOUNT}|duplicates?\s+rows\s+near\s+{_AMOUNT}"
        ),
        lambda m: f"duplicate near {_copies(m[2] or m[3])}",
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


def _spoiled(
    found: dict[str, str | None], bracketed: str | None, bare: str | None, written: str | None
) -> str:
    word = next(word for word in _MEANT if found[word] is not None)
    column, amount = bracketed or bare, _amount(written)
    return f"{word}({column}) {amount}" if word in _SPOILS else f"violate {column}.{word} {amount}"


def _word(written: str) -> str:
    return written if written.endswith("ed") else f"{written}s"


def _dirt(s: Situation) -> Diagnosis | None:
    if s.block != "table" or s.index == s.statement:
        return None
    end = statement_end(s)
    text = " ".join(s.text(s.statement, end).split())
    place = Span(s.source.name, s.first.start, s.tokens[end - 1].end)
    right = _spoiling(text)
    if right is None or right == text:
        return None
    return Diagnosis(errors.DirtForm(span=s.span(s.first), corrected=right, statement=place), close="member")


_NEGATIVE: Final = re.compile(
    rf"(?:violate\s+{_NAME}(?:\s*\.\s*{_NAME})?|(?:typos|outliers|malformed|misencoded)\s*\(\s*{_NAME}\s*\)"
    r"|duplicate(?:\s+near)?(?:\s+rows)?)\s*(-\s*[\d_.]+\s*)(%|rows?|$)(?:\s*(?:of\s+)?rows)?"
)


def _negative(s: Situation) -> Diagnosis | None:
    """``violate name.null -1%``"""
    if s.block != "table" or s.index == s.statement:
        return None
    end = statement_end(s)
    found = _NEGATIVE.fullmatch(" ".join(s.text(s.statement, end).split()))
    if found is None:
        return None
    at = next(n for n in range(s.statement, end) if s.tokens[n].kind == "MINUS")
    share = found[5] == "%"
    why = "a share is more than 0% and at most 100%" if share else "it takes a whole number from 1"
    diagnostic = DirtAmount(
        span=s.span(s.tokens[at]).to(s.span(s.tokens[end - 1])),
        written=s.text(at, end),
        why=why,
        corrected=s.text(at + 1, end) if found[5] else f"{s.text(at + 1, end)} rows",
    )
    return Diagnosis(diagnostic, close="member")


_NULLS: Final = frozenset(
    ("nulls", "missing", "empty", "blank", "blanks", "na", "none", "nan", "nil", "unset", "unknown")
)
_LATE: Final = frozenset(("late", "delayed", "out_of_order", "later"))


def _share_of_a_column(s: Situation) -> Diagnosis | None:
    """``age int 5% missing``, ``at timestamp 5% late``, ``name string 1% typos``"""
    if s.block not in ("table", "struct") or s.at(-1).kind != "PERCENT" or not s.expects("NULL"):
        return None
    if s.index < s.statement + 3 or not is_name(s.token):
        return None
    word, share = s.token.text.lower(), s.at(-1).text
    name = s.first.text
    if word in _NULLS:
        arrow = s.tokens[s.statement + 1].kind == "ARROW"
        type = s.text(s.statement, s.index - 1)
        rest = s.text(s.index + 1, s.statement_end)
        corrected = f"{type if arrow else type.rstrip('? ') + '?'} {share} null {rest}".rstrip()
        found = OtherForm(
            span=s.span(), summary=f"rows without a value are null, not `{s.token.text}`", corrected=corrected
        )
        return Diagnosis(found, close="member")
    if word in _LATE:
        advice = (
            f"rows come late in a stream: `specdsl stream --late '{share} up to 10m'`; a time of arrival is "
            "a column: `arrived timestamp = at + (0s 95% | 1m..1h)`"
        )
    else:
        spoiled = _spoiling(f"{s.token.text}({name}) {share}")
        if spoiled is None or s.block != "table":
            return None
        advice = f"rows are spoiled on a line of their own: `{spoiled}`"
    found_here = errors.UnexpectedToken(
        span=s.span(),
        found=f"`{s.token.text}`",
        context=f"after `{share}`",
        expected=("`null`",),
        advice=advice,
    )
    return Diagnosis(found_here, close="member")


def _spoiling(text: str) -> str | None:
    """What a line means that spoils rows, or nearly so; None where it means something else."""
    for form, corrected in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return corrected(found)
    return None


def statement_end(s: Situation) -> int:
    """The place after the statement's last token, seen from its first: a comma in parentheses is inside."""
    at = s.statement
    while s.tokens[at].kind not in (NEWLINE, END, "COMMA", "RBRACE"):
        at = max(at, s.partner[at]) + 1
    return at


RULES = (_dirt, _negative, _share_of_a_column)
