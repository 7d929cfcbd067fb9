"""DG1xx: what the text gets wrong in a single token: strings, numbers, dates, stray characters, signs of
other languages. Found by the lexer and where literals get their value."""

from __future__ import annotations

import calendar
import re
import unicodedata
from typing import ClassVar, Self

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.source import Span

FANCY_QUOTES = "“”„‟«»‘’‚‹›＂＇"


def replacing(title: str, span: Span, text: str) -> Fix:
    """The correction that replaces what ``span`` covers by ``text``."""
    return Fix(title, (Edit(span, text),))


def write(text: str) -> str:
    """The help that gives the corrected text: in backticks, unless it has some itself."""
    return f"write {text}" if "`" in text else f"write `{text}`"


class Rewritten(Diagnostic):
    """A mistake of which the whole statement is known as it should be: ``corrected``. ``statement`` is the
    place of the statement, where it can be replaced."""

    corrected: str = ""
    statement: Span | None = None

    def at(self, statement: Span) -> Self:
        """The same, with the place of the statement."""
        return type(self)(**{name: getattr(self, name) for name in self.__facts__} | {"statement": statement})

    def fix(self) -> Fix | None:
        if self.statement is None or not self.corrected:
            return None
        return replacing("Write it so", self.statement, self.corrected)


class OtherForm(Rewritten):
    """What is written in another way here; ``corrected`` is the statement as it should be, ``edit`` the
    replacement of the span where that is all there is to it, ``others`` are more of the same."""

    code: ClassVar[str] = "DG144"
    name: ClassVar[str] = "other-form"

    summary: str
    corrected: str
    mark: str = ""
    edit: str | None = None
    others: tuple[Span, ...] = ()

    def message(self) -> str:
        return self.summary

    def label(self) -> str:
        return self.mark

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(span, "and this one") for span in self.others[:3])

    def help(self) -> str:
        return write(self.corrected)

    def fix(self) -> Fix | None:
        if self.edit is None:
            return super().fix()
        return Fix("Write it so", tuple(Edit(span, self.edit) for span in (self.span, *self.others)))


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
        return replacing("Close the string", self.span.at_end(), '"')


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
        return 'write `"..."`' if self.content is None else write(self._text())

    def fix(self) -> Fix | None:
        return None if self.content is None else replacing("Use double quotes", self.span, self._text())


class BadEscape(Diagnostic):
    """A backslash in a string with something after it that has no meaning; ``others`` are more of them
    in the same string."""

    code: ClassVar[str] = "DG108"
    name: ClassVar[str] = "bad-escape"

    escape: str
    others: tuple[Span, ...] = ()

    @property
    def _by_number(self) -> bool:
        return self.escape[1:2] in ("u", "x")

    def message(self) -> str:
        if self._by_number:
            return f"`{self.escape}` does not name a character"
        return f"`{self.escape}` is not an escape that strings know"

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(span, "nor is this one") for span in self.others[:3])

    def help(self) -> str:
        if self._by_number:
            return "characters are written \\u{1F600}, \\u00E9 or \\xE9, in hexadecimal digits"
        known = '\\n \\t \\r \\\\ \\" \\u{...} \\uXXXX \\xXX'
        return f"for a backslash itself write `\\{self.escape}`; known are {known}"

    def fix(self) -> Fix | None:
        if self._by_number:
            return None
        edits = (Edit(span.at_start(), "\\") for span in (self.span, *self.others))
        return Fix("Double the backslash", tuple(edits))


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
            return write(self.suggestion)
        examples = {"date": "2025-06-01", "time": "09:30 or 23:59:59.5", "timestamp": "2025-06-01T12:30:00Z"}
        kind = _temporal_kind(self.text)
        return f"a {kind} looks like {examples[kind]}"

    def fix(self) -> Fix | None:
        return replacing(f"Write {self.suggestion}", self.span, self.suggestion) if self.suggestion else None


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
    parts = text.split(".", maxsplit=1)[0].split(":")
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

    @property
    def _thousands(self) -> str:
        return f"{self.number}_000" if self.unit in ("k", "K") and self.number.isdigit() else ""

    @classmethod
    def meant(cls, unit: str) -> str:
        """The unit that a word such as `days` stands for, '' for none."""
        return cls._meant.get(unit, "")

    def message(self) -> str:
        return f"there is no unit `{self.unit}`"

    def label(self) -> str:
        if self._thousands:
            return "numbers are written out"
        return "durations are counted in us ms s m h d w"

    def help(self) -> str:
        meant = self._meant.get(self.unit)
        if meant:
            return write(f"{self.number}{meant}")
        if self._thousands:
            return write(self._thousands)
        if self.unit in self._calendar:
            return "months and years differ in length: count in days or weeks, as in 30d or 52w"
        if re.fullmatch(r"(ms|us|[smhdw])[\d.]+.*", self.unit):
            return "add durations to combine them, as in 1h + 30m"
        if self.unit.lower() in ("k", "kk", "mm", "g", "gb", "mb", "kb"):
            return "write numbers out, as in 10_000"
        return f"if it is a name, put blanks and an operator around it: {self.number} * {self.unit}"

    def fix(self) -> Fix | None:
        meant = self._meant.get(self.unit)
        corrected = self._thousands or (f"{self.number}{meant}" if meant else "")
        return replacing(f"Write {corrected}", self.span, corrected) if corrected else None


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
            return write(self.suggestion)
        if self.text[:2].lower() in ("0x", "0b", "0o"):
            return "numbers are decimal"
        return f'numbers look like 42, 1_000, 0.25 or 1e6; anything else is text: "{self.text}"'

    def fix(self) -> Fix | None:
        return replacing(f"Write {self.suggestion}", self.span, self.suggestion) if self.suggestion else None


class NumberTooLong(Diagnostic):
    """A number of hundreds of digits."""

    code: ClassVar[str] = "DG112"
    name: ClassVar[str] = "number-too-long"

    limit: int

    def message(self) -> str:
        return f"this number has more than {self.limit} digits, more than any type holds"

    def help(self) -> str:
        return "the widest integers have 20 digits, the widest decimals 38"


class UnknownCharacter(Diagnostic):
    """A character (or a run of it) that the language does not use."""

    code: ClassVar[str] = "DG113"
    name: ClassVar[str] = "unknown-character"

    text: str
    partner: Span | None = None  # the quote at the other end
    currency: bool = False  # before a number
    others: tuple[Span, ...] = ()  # more of them on the line

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

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(span, "and this one") for span in self.others[:3])

    def with_another(self, span: Span) -> UnknownCharacter:
        """The same with one more place."""
        return UnknownCharacter(
            span=self.span, text=self.text, currency=self.currency, others=(*self.others, span)
        )

    def help(self) -> str:
        first, substitute = self.text[0], self._substitute()
        if self.currency:
            return "an amount is a number, without a sign of a currency"
        if substitute == "":
            return "it is invisible: remove it"
        if substitute is not None:
            return (
                "write an ordinary space"
                if substitute.isspace()
                else f"write `{self._meant.get(first, substitute[0])}`"
            )
        if first in "@$^~\\%":
            return "texts stand in double quotes, regexes in slashes, odd names in backticks"
        if not first.isprintable():
            return "is this a text file?"
        return "a name with other characters than letters, digits and _ stands in backticks"

    def fix(self) -> Fix | None:
        if self.currency:
            return Fix("Remove it", tuple(Edit(span, "") for span in (self.span, *self.others)))
        substitute = self._substitute()
        if substitute is None:
            return None
        if self.partner:
            return Fix('Use "', (Edit(self.span, '"'), Edit(self.partner, '"')))
        title = "Replace the character" if substitute else "Remove it"
        return Fix(title, tuple(Edit(span, substitute) for span in (self.span, *self.others)))


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
        return write(f"# {self.text}") if self.text and self.comment else "put `#` before each line"

    def fix(self) -> Fix | None:
        if self.comment is None:
            return None
        return replacing("Use `#`", self.comment, f"# {self.text}".rstrip())


class WrongOperator(Rewritten):
    """An operator of another language."""

    code: ClassVar[str] = "DG115"
    name: ClassVar[str] = "wrong-operator"

    operator: str
    corrected: str = ""  # the statement, where it can be told
    others: tuple[Span, ...] = ()  # more of them on the line

    _instead: ClassVar[dict[str, str]] = {
        "&&": "and", "<>": "!=", "!==": "!=", "≠": "!=", "===": "==", "≤": "<=", "≥": ">=", "!": "not ",
        ":=": "=", "==": "=", "is": "==", "is not": "!=",
    }  # fmt: skip

    def message(self) -> str:
        if self.operator == "==":
            return "a column's value stands after a single `=`"
        return f"there is no operator `{self.operator}`"

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(span, "and this one") for span in self.others[:3])

    def with_another(self, span: Span) -> WrongOperator:
        """The same with one more place."""
        return WrongOperator(
            span=self.span, operator=self.operator, corrected=self.corrected, others=(*self.others, span)
        )

    def help(self) -> str:
        instead = self._instead.get(self.operator)
        if self.corrected:
            return write(self.corrected)
        match self.operator:
            case "==":
                return "write `=`: what follows says how the column is drawn"
            case "is" | "is not":
                return write(f"{'==' if self.operator == 'is' else '!='} null")
            case "between":
                return "write `in low .. high`"
            case "like" | "=~":
                return "texts are looked into by functions: starts_with, ends_with, contains"
            case "||":
                return 'conditions are joined by `or`, texts in an f-string: `f"{first} {last}"`'
            case "**":
                return "powers are a function: `power(base, exponent)`"
            case "&":
                return "conditions are joined by `and`"
            case _:
                return f"write `{(instead or '').strip()}`"

    def fix(self) -> Fix | None:
        instead = self._instead.get(self.operator)
        if not instead or self.corrected:
            return super().fix()
        return Fix(f"Write `{instead.strip()}`", tuple(Edit(s, instead) for s in (self.span, *self.others)))


class Semicolon(Diagnostic):
    """Statements that end in `;`: reported once a file. ``at_end`` holds when each ends its line."""

    code: ClassVar[str] = "DG118"
    name: ClassVar[str] = "semicolon"

    others: tuple[Span, ...] = ()
    at_end: bool = True

    def message(self) -> str:
        return "statements end with their line, not with `;`"

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(span, "and this one") for span in self.others[:3])

    def notes(self) -> tuple[str, ...]:
        return (f"there are {len(self.others) + 1} of them",) if len(self.others) > 3 else ()

    def help(self) -> str:
        if not self.at_end:
            return "put a comma or a new line between statements"
        return "remove them" if self.others else "remove it"

    def fix(self) -> Fix | None:
        if not self.at_end:
            return None
        return Fix("Remove `;`", tuple(Edit(span, "") for span in (self.span, *self.others)))


class LoneBrace(Diagnostic):
    """A `}` in an f-string that closes nothing."""

    code: ClassVar[str] = "DG131"
    name: ClassVar[str] = "lone-brace"

    def message(self) -> str:
        return "this `}` closes no value of the f-string"

    def help(self) -> str:
        return "for a brace itself write }}"

    def fix(self) -> Fix | None:
        return replacing("Double the brace", self.span, "}}")


class BadQuotedName(Diagnostic):
    """Backticks with nothing in them, or only one of them."""

    code: ClassVar[str] = "DG137"
    name: ClassVar[str] = "bad-quoted-name"

    empty: bool

    def message(self) -> str:
        return "this name is empty" if self.empty else "the closing backtick of this name is missing"

    def help(self) -> str:
        return "write a name between the backticks" if self.empty else "names in backticks end on their line"
