"""DG1xx: what the text itself gets wrong. Found by lexer, bracket pairing and parser."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.source import Span


FANCY_QUOTES = "“”„‟«»‘’‚‹›＂＇"


def _replace(title: str, span: Span, text: str) -> Fix:
    return Fix(title, (Edit(span, text),))


def _alternatives(words: tuple[str, ...]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


@dataclass(frozen=True, kw_only=True)
class UnexpectedToken(Diagnostic):
    """Something that cannot stand here; ``expected`` is what could, in words."""

    code: ClassVar[str] = "DG101"
    name: ClassVar[str] = "unexpected-token"

    found: str
    context: str
    expected: tuple[str, ...]
    advice: str = ""

    def message(self) -> str:
        return f"{self.found} cannot stand {self.context}"

    def help(self) -> str:
        return self.advice

    def label(self) -> str:
        if not self.expected:
            return "not expected here"
        return f"expected {_alternatives(self.expected)}"


@dataclass(frozen=True, kw_only=True)
class UnclosedBracket(Diagnostic):
    """A bracket that is never closed; ``span`` is where its partner is missing."""

    code: ClassVar[str] = "DG102"
    name: ClassVar[str] = "unclosed-bracket"

    opening: Span
    bracket: str
    others: tuple[Span, ...] = ()
    at_end: bool = False

    @property
    def closer(self) -> str:
        return {"(": ")", "[": "]", "{": "}"}[self.bracket]

    def message(self) -> str:
        if self.others:
            return f"{len(self.others) + 1} brackets are never closed, the innermost of them a `{self.bracket}`"
        if self.at_end:
            return f"the file ends before this `{self.bracket}` is closed"
        return f"this `{self.bracket}` is never closed"

    def label(self) -> str:
        return f"`{self.closer}` is missing here" if not self.others else "closing brackets are missing here"

    def labels(self) -> tuple[Label, ...]:
        first = Label(self.opening, f"this `{self.bracket}` is open")
        return (first, *(Label(span, "and this one") for span in self.others))

    def help(self) -> str:
        if self.bracket == "{":
            return "put `}` on a line of its own, below the line that opens the block"
        return f"put `{self.closer}` after the last item"

    def fix(self) -> Fix | None:
        if self.others or self.bracket == "{":
            return None
        return _replace(f"Insert `{self.closer}`", self.span, self.closer)


@dataclass(frozen=True, kw_only=True)
class StrayBracket(Diagnostic):
    """A closing bracket without an opening one."""

    code: ClassVar[str] = "DG103"
    name: ClassVar[str] = "stray-bracket"

    bracket: str

    def message(self) -> str:
        opener = {")": "(", "]": "[", "}": "{"}[self.bracket]
        return f"this `{self.bracket}` closes nothing: there is no open `{opener}` before it"

    def help(self) -> str:
        return "remove it"

    def fix(self) -> Fix | None:
        return _replace(f"Remove `{self.bracket}`", self.span, "")


@dataclass(frozen=True, kw_only=True)
class UnterminatedString(Diagnostic):
    """A string whose closing quote is missing."""

    code: ClassVar[str] = "DG104"
    name: ClassVar[str] = "unterminated-string"

    long: bool = False

    def message(self) -> str:
        if self.long:
            return 'this `"""` string is never closed'
        return "this string is not closed on its line"

    def label(self) -> str:
        return f"{'three closing quotes are' if self.long else 'the closing quote is'} missing"

    def help(self) -> str:
        if self.long:
            return 'end it with `"""`'
        return 'end it with `"`; a string of several lines stands in `"""`, and a quote inside is written \\"'

    def fix(self) -> Fix | None:
        if self.long:
            return None
        return _replace("Close the string", self.span.at_end(), '"')


@dataclass(frozen=True, kw_only=True)
class UnterminatedFString(Diagnostic):
    """An f-string that the end of the line cuts off, perhaps within an expression (``hole``)."""

    code: ClassVar[str] = "DG105"
    name: ClassVar[str] = "unterminated-f-string"

    hole: Span | None = None
    long: bool = False

    def message(self) -> str:
        where = "in the file" if self.long else "on its line"
        if self.hole:
            return f"this f-string is not closed {where}: the `{{` of one of its values is still open"
        return f"this f-string is not closed {where}"

    def label(self) -> str:
        return "the closing `}` is missing" if self.hole else "the closing quote is missing"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.hole, "this value is not closed"),) if self.hole else ()

    def help(self) -> str:
        return 'f-strings look like f"{first} {last}"; for a brace itself write {{ or }}'


@dataclass(frozen=True, kw_only=True)
class UnterminatedRegex(Diagnostic):
    """A regex without its closing slash."""

    code: ClassVar[str] = "DG106"
    name: ClassVar[str] = "unterminated-regex"

    def message(self) -> str:
        return "this regex is not closed on its line"

    def label(self) -> str:
        return "a value that begins with `/` is a regex"

    def help(self) -> str:
        return "end it with `/`, as in /[A-Z]{3}-[0-9]{6}/; a slash inside is written \\/"


@dataclass(frozen=True, kw_only=True)
class SingleQuotes(Diagnostic):
    """A string in single quotes; ``content`` is what is between them (None without a second one)."""

    code: ClassVar[str] = "DG107"
    name: ClassVar[str] = "single-quotes"

    content: str | None

    def message(self) -> str:
        return "strings stand in double quotes"

    def label(self) -> str:
        return "single quotes have no meaning"

    def _text(self) -> str:
        return '"' + (self.content or "").replace("\\'", "'").replace('"', '\\"') + '"'

    def help(self) -> str:
        return 'write "..."' if self.content is None else f"write {self._text()}"

    def fix(self) -> Fix | None:
        return None if self.content is None else _replace("Use double quotes", self.span, self._text())


@dataclass(frozen=True, kw_only=True)
class BadEscape(Diagnostic):
    """A backslash in a string with something after it that has no meaning."""

    code: ClassVar[str] = "DG108"
    name: ClassVar[str] = "bad-escape"

    escape: str

    def message(self) -> str:
        if self.escape[1:2] in ("u", "x"):
            return f"`{self.escape}` does not name a character"
        return f"`{self.escape}` is not an escape that strings know"

    def help(self) -> str:
        if self.escape[1:2] in ("u", "x"):
            return "characters are written \\u{1F600}, \\u00E9 or \\xE9, in hexadecimal digits"
        return f"for a backslash itself write `\\{self.escape}`; known are \\n \\t \\r \\\\ \\\" \\u{{...}} \\uXXXX \\xXX"

    def fix(self) -> Fix | None:
        if self.escape[1:2] in ("u", "x"):
            return None
        return _replace("Double the backslash", self.span, "\\" + self.escape)


@dataclass(frozen=True, kw_only=True)
class BadDate(Diagnostic):
    """A date, time or timestamp that does not exist; ``reason`` is why."""

    code: ClassVar[str] = "DG109"
    name: ClassVar[str] = "bad-date"

    text: str
    reason: str
    suggestion: str = ""

    def message(self) -> str:
        return f"`{self.text}` is not a {_temporal_kind(self.text)}: {self.reason}"

    def help(self) -> str:
        if self.suggestion:
            return f"write {self.suggestion}"
        examples = {"date": "2025-06-01", "time": "09:30 or 23:59:59.5", "timestamp": "2025-06-01T12:30:00Z"}
        kind = _temporal_kind(self.text)
        return f"a {kind} looks like {examples[kind]}"

    def fix(self) -> Fix | None:
        return _replace(f"Write {self.suggestion}", self.span, self.suggestion) if self.suggestion else None


def _temporal_kind(text: str) -> str:
    if re.match(r"\d{4}-", text):
        return "timestamp" if "T" in text or ":" in text else "date"
    return "time"


def impossible_date(text: str) -> str:
    """Why ``text`` (year-month-day) is no day of the calendar, '' if it is one."""
    found = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if not found:
        return malformed_date(text)
    year, month, day = (int(part) for part in found.groups())
    if year == 0:
        return "years begin at 0001"
    if not 1 <= month <= 12:
        return f"there is no month {month}"
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        leap = " (no leap year)" if month == 2 and day == 29 else ""
        return f"{calendar.month_name[month]} {year} has {days} days{leap}"
    if len(found.group(2)) < 2 or len(found.group(3)) < 2:
        return "month and day have two digits"
    return ""


def padded_date(text: str) -> str:
    """The date with two digits each for month and day, if that is all that it lacks, else ''."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if not found:
        return ""
    padded = f"{found.group(1)}-{int(found.group(2)):02}-{int(found.group(3)):02}"
    return padded if padded != text and not impossible_date(padded) else ""


def impossible_time(text: str) -> str:
    """Why ``text`` is no time of day, '' if it is one."""
    parts = text.split(".")[0].split(":")
    if not all(parts):
        return "hours, minutes and seconds have two digits"
    hours, minutes, seconds = (int(part) for part in (*parts, "0", "0")[:3])
    if hours > 23:
        return f"there is no hour {hours}: days end at 23:59:59.999999"
    if minutes > 59:
        return f"there is no minute {minutes}"
    if seconds > 59:
        return f"there is no second {seconds}"
    if any(len(part) != 2 for part in parts):
        return "hours, minutes and seconds have two digits"
    fraction = text.partition(".")[2]
    return "times are kept to the microsecond, six digits" if len(fraction) > 6 else ""


def malformed_date(text: str) -> str:
    """Why something that begins as a date is none."""
    if "T" in text.upper() and ":" not in text:
        return "a time of day has hours and minutes"
    if "T" in text.upper():
        return "after the T comes a time such as 12:30:00, then Z or an offset such as +02:00"
    return "a date is followed by nothing, or by T and a time"


@dataclass(frozen=True, kw_only=True)
class UnknownUnit(Diagnostic):
    """A number with a unit that does not exist."""

    code: ClassVar[str] = "DG110"
    name: ClassVar[str] = "unknown-unit"

    number: str
    unit: str

    _meant: ClassVar[dict[str, str]] = {
        "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m",
        "minutes": "m", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d",
        "week": "w", "weeks": "w", "S": "s", "M": "m", "H": "h", "D": "d", "W": "w", "millis": "ms",
        "msec": "ms", "usec": "us", "µs": "us", "μs": "us",
    }  # fmt: skip
    _calendar: ClassVar[frozenset[str]] = frozenset(
        ("y", "yr", "yrs", "year", "years", "mo", "mon", "month", "months", "q", "Y")
    )

    def message(self) -> str:
        return f"there is no unit `{self.unit}`"

    def label(self) -> str:
        return "durations are counted in us ms s m h d w"

    def help(self) -> str:
        meant = self._meant.get(self.unit)
        if meant:
            return f"write {self.number}{meant}"
        if self.unit in self._calendar:
            return "months and years differ in length: count in days or weeks, as in 30d or 52w"
        if re.fullmatch(r"(ms|us|[smhdw])[\d.]+.*", self.unit):
            return "add durations to combine them, as in 1h + 30m"
        if self.unit.lower() in ("k", "kk", "mm", "g", "gb", "mb", "kb"):
            return "write numbers out, as in 10_000"
        return f"if it is a name, put blanks and an operator around it: {self.number} * {self.unit}"

    def fix(self) -> Fix | None:
        meant = self._meant.get(self.unit)
        return _replace(f"Write {self.number}{meant}", self.span, f"{self.number}{meant}") if meant else None


@dataclass(frozen=True, kw_only=True)
class BadNumber(Diagnostic):
    """Digits that are no number of the language."""

    code: ClassVar[str] = "DG111"
    name: ClassVar[str] = "bad-number"

    text: str
    suggestion: str

    def message(self) -> str:
        return f"`{self.text}` is not a number"

    def help(self) -> str:
        if self.suggestion:
            return f"write {self.suggestion}"
        if self.text[:2].lower() in ("0x", "0b", "0o"):
            return "numbers are decimal"
        return f'numbers look like 42, 1_000, 0.25 or 1e6; anything else is text: "{self.text}"'

    def fix(self) -> Fix | None:
        return _replace(f"Write {self.suggestion}", self.span, self.suggestion) if self.suggestion else None


@dataclass(frozen=True, kw_only=True)
class NumberTooLong(Diagnostic):
    """A number of hundreds of digits."""

    code: ClassVar[str] = "DG112"
    name: ClassVar[str] = "number-too-long"

    limit: int

    def message(self) -> str:
        return f"this number has more than {self.limit} digits, more than any type holds"

    def help(self) -> str:
        return "the widest integers have 20 digits, the widest decimals 38"


@dataclass(frozen=True, kw_only=True)
class UnknownCharacter(Diagnostic):
    """A character (or a run of it) that the language does not use."""

    code: ClassVar[str] = "DG113"
    name: ClassVar[str] = "unknown-character"

    text: str
    partner: Span | None = None  # the quote at the other end

    _dashes: ClassVar[str] = "–—−‐‑‒"
    _meant: ClassVar[dict[str, str]] = {
        "×": "*", "÷": "/", "…": "..", "→": "->", "⇒": "=>", "，": ",", "；": ",", "：": ":", "（": "(",
        "）": ")", "｛": "{", "｝": "}", "［": "[", "］": "]", "｜": "|", "＝": "=",
    }  # fmt: skip

    def _described(self) -> str:
        first = self.text[0]
        name = unicodedata.name(first, "").lower()
        number = f"U+{ord(first):04X}"
        if not first.isprintable() or first.isspace():
            return f"{number} ({name})" if name else f"the control character {number}"
        return f"`{first}` ({number}, {name})" if name and not first.isascii() else f"`{first}`"

    def _substitute(self) -> str | None:
        first = self.text[0]
        if set(self.text) != {first}:
            return None
        if first.isspace() or first == "\u3164":
            return " " * len(self.text)
        if first in FANCY_QUOTES:
            return '"' * len(self.text)
        if first in self._dashes:
            return "-" * len(self.text)
        if unicodedata.category(first) == "Cf":
            return ""
        return self._meant.get(first, "") * len(self.text) or None

    def message(self) -> str:
        return f"{self._described()} has no meaning here"

    def help(self) -> str:
        first, substitute = self.text[0], self._substitute()
        if substitute == "":
            return "it is invisible: remove it"
        if substitute is not None:
            return "write an ordinary space" if substitute.isspace() else f"write {substitute[0]}"
        if first in "@$^~\\%":
            return "texts stand in double quotes, regexes in slashes, odd names in backticks"
        if not first.isprintable():
            return "is this a text file?"
        return "a name with other characters than letters, digits and _ stands in backticks"

    def fix(self) -> Fix | None:
        substitute = self._substitute()
        if substitute is None:
            return None
        if self.partner:
            return Fix('Use "', (Edit(self.span, '"'), Edit(self.partner, '"')))
        return _replace("Replace the character" if substitute else "Remove it", self.span, substitute)


@dataclass(frozen=True, kw_only=True)
class WrongComment(Diagnostic):
    """A comment in the style of another language; ``comment`` is all of it if it is on one line."""

    code: ClassVar[str] = "DG114"
    name: ClassVar[str] = "wrong-comment"

    marker: str
    comment: Span | None
    text: str

    def message(self) -> str:
        return f"comments begin with `#`, not with `{self.marker}`"

    def help(self) -> str:
        return f"write # {self.text}" if self.text and self.comment else "put # before each line"

    def fix(self) -> Fix | None:
        if self.comment is None:
            return None
        return _replace("Use `#`", self.comment, f"# {self.text}".rstrip())


@dataclass(frozen=True, kw_only=True)
class WrongOperator(Diagnostic):
    """An operator of another language."""

    code: ClassVar[str] = "DG115"
    name: ClassVar[str] = "wrong-operator"

    operator: str

    _instead: ClassVar[dict[str, str]] = {
        "&&": "and", "<>": "!=", "!==": "!=", "≠": "!=", "===": "==", "≤": "<=", "≥": ">=", "!": "not ", ":=": "=", "==": "=",
        "is": "==", "is not": "!=",
    }  # fmt: skip

    def message(self) -> str:
        if self.operator == "==":
            return "a column's value stands after a single `=`"
        return f"there is no operator `{self.operator}`"

    def help(self) -> str:
        instead = self._instead.get(self.operator)
        match self.operator:
            case "==":
                return "write `=`: what follows says how the column is drawn"
            case "is" | "is not":
                return f"write {'==' if self.operator == 'is' else '!='} null"
            case "between":
                return "write in low .. high"
            case "like":
                return "patterns are matched by a function: matches(text, /[A-Z]+/)"
            case "||":
                return 'conditions are joined by `or`, texts in an f-string: f"{first} {last}"'
            case "**":
                return "powers are a function: pow(base, exponent)"
            case "&":
                return "conditions are joined by `and`"
            case "=~":
                return "patterns are matched by a function: matches(text, /[A-Z]+/)"
            case _:
                return f"write `{(instead or '').strip()}`"

    def fix(self) -> Fix | None:
        instead = self._instead.get(self.operator)
        return _replace(f"Write `{instead.strip()}`", self.span, instead) if instead else None


@dataclass(frozen=True, kw_only=True)
class EqualsInCondition(Diagnostic):
    """`=` where two values are compared."""

    code: ClassVar[str] = "DG116"
    name: ClassVar[str] = "equals-in-condition"

    def message(self) -> str:
        return "values are compared with `==`; `=` says how a column is drawn"

    def help(self) -> str:
        return "write `==`"

    def fix(self) -> Fix | None:
        return _replace("Write `==`", self.span, "==")


@dataclass(frozen=True, kw_only=True)
class ChainedComparison(Diagnostic):
    """``a < b < c``; ``corrected`` is the condition in two parts, where it can be told."""

    code: ClassVar[str] = "DG117"
    name: ClassVar[str] = "chained-comparison"

    first: Span
    corrected: str = ""

    def message(self) -> str:
        return "comparisons do not chain"

    def label(self) -> str:
        return "the second comparison"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first one ends before it"),)

    def help(self) -> str:
        return f"write {self.corrected}" if self.corrected else "join two comparisons by `and`"


@dataclass(frozen=True, kw_only=True)
class Semicolon(Diagnostic):
    """`;` at the end of a statement or between two."""

    code: ClassVar[str] = "DG118"
    name: ClassVar[str] = "semicolon"

    at_end: bool

    def message(self) -> str:
        return "statements end with their line, not with `;`"

    def help(self) -> str:
        return "remove it" if self.at_end else "put a comma or a new line between statements"

    def fix(self) -> Fix | None:
        return _replace("Remove `;`", self.span, "") if self.at_end else None


@dataclass(frozen=True, kw_only=True)
class MarkAfterName(Diagnostic):
    """``id: int``, ``seed: 42`` or ``seed = 42``; ``corrected`` is the statement without the mark."""

    code: ClassVar[str] = "DG119"
    name: ClassVar[str] = "mark-after-name"

    subject: str
    what: str
    mark: str
    corrected: str

    def message(self) -> str:
        return f"no `{self.mark}` stands after the name of {self.what}, here `{self.subject}`"

    def help(self) -> str:
        return f"write {self.corrected}"

    def fix(self) -> Fix | None:
        return _replace(f"Remove `{self.mark}`", self.span, "")


@dataclass(frozen=True, kw_only=True)
class KeywordCase(Diagnostic):
    """A word of the language in capitals, or as another language spells it."""

    code: ClassVar[str] = "DG120"
    name: ClassVar[str] = "keyword-case"

    text: str
    intended: str

    def message(self) -> str:
        return f"the language's words are lower-case: `{self.intended}`, not `{self.text}`"

    def help(self) -> str:
        return f"write {self.intended}"

    def fix(self) -> Fix | None:
        return _replace(f"Write `{self.intended}`", self.span, self.intended)


@dataclass(frozen=True, kw_only=True)
class ReservedName(Diagnostic):
    """A reserved word where a name is expected."""

    code: ClassVar[str] = "DG121"
    name: ClassVar[str] = "reserved-name"

    word: str

    def message(self) -> str:
        return f"`{self.word}` is a word of the language and cannot be a name as it stands"

    def label(self) -> str:
        return "a name is expected here"

    def help(self) -> str:
        return f"put it in backticks: `{self.word}`"

    def fix(self) -> Fix | None:
        return _replace("Put it in backticks", self.span, f"`{self.word}`")


@dataclass(frozen=True, kw_only=True)
class MissingValue(Diagnostic):
    """Nothing where a value is expected; ``after`` is what stands before."""

    code: ClassVar[str] = "DG122"
    name: ClassVar[str] = "missing-value"

    after: str

    def message(self) -> str:
        return f"a value is missing after {self.after}" if self.after else "a value is missing"

    def label(self) -> str:
        return "a value is expected after this"

    def help(self) -> str:
        return 'values are, for example, 1..5, "a" 70% | "b", sequence(start: 1), another column'


@dataclass(frozen=True, kw_only=True)
class MissingType(Diagnostic):
    """A column (or field) without a type between its name and what follows (``modifier``)."""

    code: ClassVar[str] = "DG123"
    name: ClassVar[str] = "missing-type"

    subject: str
    modifier: str = ""

    def message(self) -> str:
        return f"`{self.subject}` has no type"

    def help(self) -> str:
        if self.modifier:
            return f"write {self.subject} int{self.modifier}, or whatever type it has"
        return f"write {self.subject} string = first_name(), or whatever type and value it has"


@dataclass(frozen=True, kw_only=True)
class UnknownStatement(Diagnostic):
    """A line at the top of a file that begins with no known word."""

    code: ClassVar[str] = "DG124"
    name: ClassVar[str] = "unknown-statement"

    found: str
    nearest: str = ""
    looks_like_column: bool = False
    corrected: str = ""

    def message(self) -> str:
        return f"{self.found} begins no statement"

    def label(self) -> str:
        return "expected dataset, import, enum, type, pool or table"

    def help(self) -> str:
        if self.nearest:
            return f"did you mean `{self.nearest}`?"
        if self.corrected:
            return f"write {self.corrected}"
        if self.looks_like_column:
            return "columns stand inside a table: table name 100 { ... }"
        return "a file is made of dataset, import, enum, type, pool and table"

    def fix(self) -> Fix | None:
        return _replace(f"Write `{self.nearest}`", self.span, self.nearest) if self.nearest else None


@dataclass(frozen=True, kw_only=True)
class OtherLanguage(Diagnostic):
    """A statement of SQL or a table written as SQL does; ``corrected`` is the head of the table."""

    code: ClassVar[str] = "DG125"
    name: ClassVar[str] = "other-language"

    statement: str
    corrected: str = ""
    advice: str = ""

    def message(self) -> str:
        if self.advice:
            return f"`{self.statement}` is SQL, not a word of this language"
        if self.statement == "(":
            return "the columns of a table stand in `{ }`, not in `( )`"
        return f"`{self.statement}` is SQL: here a table says how its rows are made"

    def help(self) -> str:
        if self.advice:
            return self.advice
        return f"write {self.corrected}" if self.corrected else "write table users 100 { id int key }"


@dataclass(frozen=True, kw_only=True)
class IncompleteIf(Diagnostic):
    """An ``if`` without ``else``, ``elif``, ``? :``."""

    code: ClassVar[str] = "DG126"
    name: ClassVar[str] = "incomplete-if"

    problem: str

    def message(self) -> str:
        match self.problem:
            case "else":
                return "this `if` has no `else`, so it has no value where the condition is false"
            case "then":
                return "this `if` has no `then`"
            case "?":
                return "there is no `? :`"
            case _:
                return f"there is no `{self.problem}`"

    def help(self) -> str:
        if self.problem in ("else", "then", "?"):
            return "write if condition then value else other (null, where there is none)"
        return "write else if condition then value else other, or use match"


@dataclass(frozen=True, kw_only=True)
class MisplacedModifier(Diagnostic):
    """``unique``, ``key``, ``in``... after the value; ``corrected`` is the line with it before the ``=``."""

    code: ClassVar[str] = "DG127"
    name: ClassVar[str] = "misplaced-modifier"

    modifier: str
    corrected: str

    def message(self) -> str:
        return f"`{self.modifier}` stands before the `=`, next to the type"

    def help(self) -> str:
        return f"write {self.corrected}" if self.corrected else "move it before the `=`"


@dataclass(frozen=True, kw_only=True)
class MissingSeparator(Diagnostic):
    """Two statements on one line without a comma; ``what`` is what they are."""

    code: ClassVar[str] = "DG128"
    name: ClassVar[str] = "missing-separator"

    what: str
    found: str
    comma: bool

    def message(self) -> str:
        if self.what == "item":
            return f"a comma is missing before {self.found}"
        return f"a {'comma or a ' if self.comma else ''}new line is missing before {self.found}"

    def label(self) -> str:
        return f"the next {self.what} begins here"

    def help(self) -> str:
        if self.what == "item":
            return "put a comma between them"
        return f"put each {self.what} on a line of its own{', or a comma between them' if self.comma else ''}"

    def fix(self) -> Fix | None:
        if not self.comma:
            return _replace("Begin a new line", self.span.at_start(), "\n")
        return _replace("Insert a comma", self.span.at_start(), ", ")


@dataclass(frozen=True, kw_only=True)
class ExtraComma(Diagnostic):
    """A comma with nothing before it."""

    code: ClassVar[str] = "DG129"
    name: ClassVar[str] = "extra-comma"

    def message(self) -> str:
        return "nothing stands before this comma"

    def help(self) -> str:
        return "remove it, or write what is missing"

    def fix(self) -> Fix | None:
        return _replace("Remove the comma", self.span, "")


@dataclass(frozen=True, kw_only=True)
class NestingTooDeep(Diagnostic):
    """Brackets, operators or conditions within each other beyond the limit."""

    code: ClassVar[str] = "DG130"
    name: ClassVar[str] = "nesting-too-deep"

    limit: int

    def message(self) -> str:
        return f"this is nested more than {self.limit} levels deep"

    def help(self) -> str:
        return "give parts of it names: a hidden column holds what others use"


@dataclass(frozen=True, kw_only=True)
class LoneBrace(Diagnostic):
    """A `}` in an f-string that closes nothing."""

    code: ClassVar[str] = "DG131"
    name: ClassVar[str] = "lone-brace"

    def message(self) -> str:
        return "this `}` closes no value of the f-string"

    def help(self) -> str:
        return "for a brace itself write }}"

    def fix(self) -> Fix | None:
        return _replace("Double the brace", self.span, "}}")


@dataclass(frozen=True, kw_only=True)
class MethodCall(Diagnostic):
    """``name.lower()``; ``corrected`` is the call as a function."""

    code: ClassVar[str] = "DG132"
    name: ClassVar[str] = "method-call"

    function: str
    corrected: str

    def message(self) -> str:
        return f"functions are not called on a value: `{self.function}` takes it as its argument"

    def help(self) -> str:
        return f"write {self.corrected}"

    def fix(self) -> Fix | None:
        return _replace(f"Write {self.corrected}", self.span, self.corrected)


@dataclass(frozen=True, kw_only=True)
class OpenRange(Diagnostic):
    """A range with an open end where both are needed."""

    code: ClassVar[str] = "DG133"
    name: ClassVar[str] = "open-range"

    text: str
    comparison: str = ""

    def message(self) -> str:
        return "this range needs both ends"

    def help(self) -> str:
        if self.comparison:
            return f"compare instead: {self.comparison}"
        return f"open ends bound a column, as in `in {self.text}`; a value is drawn from a range that ends, as in 1..5"


@dataclass(frozen=True, kw_only=True)
class UnnamedCheck(Diagnostic):
    """A check without a name."""

    code: ClassVar[str] = "DG134"
    name: ClassVar[str] = "unnamed-check"

    corrected: str
    lacks_colon: bool = False

    def message(self) -> str:
        if self.lacks_colon:
            return "a `:` is missing after the name of the check"
        return "a check has a name, by which reports call it"

    def help(self) -> str:
        return f"write {self.corrected}"


@dataclass(frozen=True, kw_only=True)
class MissingBody(Diagnostic):
    """A declaration without its block."""

    code: ClassVar[str] = "DG135"
    name: ClassVar[str] = "missing-body"

    what: str
    subject: str

    def message(self) -> str:
        return f"{self.what} `{self.subject}` has no `{{ }}`"

    def help(self) -> str:
        inside = {
            "table": "id int key",
            "enum": "first, second",
            "dataset": "seed 42",
        }[self.what]
        return f"write {self.what} {self.subject} {{ {inside} }}"


@dataclass(frozen=True, kw_only=True)
class ReferenceTarget(Diagnostic):
    """``-> users(id)`` or ``-> users.id``."""

    code: ClassVar[str] = "DG136"
    name: ClassVar[str] = "reference-target"

    table: str

    def message(self) -> str:
        return f"a reference names only the table: it always points to the key of `{self.table}`"

    def help(self) -> str:
        return f"write -> {self.table}"

    def fix(self) -> Fix | None:
        return _replace("Remove it", self.span, "")


@dataclass(frozen=True, kw_only=True)
class BadQuotedName(Diagnostic):
    """Backticks with nothing in them, or only one of them."""

    code: ClassVar[str] = "DG137"
    name: ClassVar[str] = "bad-quoted-name"

    empty: bool

    def message(self) -> str:
        return "this name is empty" if self.empty else "the closing backtick of this name is missing"

    def help(self) -> str:
        return "write a name between the backticks" if self.empty else "names in backticks end on their line"


@dataclass(frozen=True, kw_only=True)
class EmptyHole(Diagnostic):
    """``{}`` in an f-string."""

    code: ClassVar[str] = "DG138"
    name: ClassVar[str] = "empty-hole"

    def message(self) -> str:
        return "there is no value between these braces"

    def help(self) -> str:
        return "write the column to show, as in {name}; for braces themselves write {{ }}"


@dataclass(frozen=True, kw_only=True)
class PatternBar(Diagnostic):
    """``"a" | "b" =>`` in a match, ``enum S { a | b }``."""

    code: ClassVar[str] = "DG139"
    name: ClassVar[str] = "pattern-bar"

    what: str

    def message(self) -> str:
        return f"{self.what} are separated by commas; `|` draws one of several values"

    def help(self) -> str:
        return "write a comma"

    def fix(self) -> Fix | None:
        return _replace("Write a comma", self.span, ",")


@dataclass(frozen=True, kw_only=True)
class NullRateOrder(Diagnostic):
    """``null 40%`` without a condition."""

    code: ClassVar[str] = "DG140"
    name: ClassVar[str] = "null-rate-order"

    rate: str

    def message(self) -> str:
        return "a rate that holds for every row stands before `null`"

    def help(self) -> str:
        return f"write {self.rate} null, or null {self.rate} when condition"

    def fix(self) -> Fix | None:
        return _replace(f"Write {self.rate} null", self.span, f"{self.rate} null")


@dataclass(frozen=True, kw_only=True)
class TooManyMistakes(Diagnostic):
    """Stands for the mistakes after the first few hundred."""

    code: ClassVar[str] = "DG141"
    name: ClassVar[str] = "too-many-mistakes"

    more: int

    def message(self) -> str:
        return f"{self.more} more mistakes follow, the first of them here"

    def help(self) -> str:
        return "correct those above first; is this a .dgen file at all?"
