"""Literals: from their spelling to their value. What is malformed is reported, and a value of the same
kind stands in for it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from specdsl.diagnostics import lexical as errors
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import Span

Report = Callable[[Diagnostic], None]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?")
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})\Z")
_TIMESTAMP = re.compile(r"[\d-]+T[\d:]+(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")
_ESCAPE = re.compile(r"\\(u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|\r\n|[\s\S]|\Z)")
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "0": "\0", "/": "/"}
_DURATION = re.compile(r"([\d_.]+)([a-z]+)\Z")
MICROSECONDS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
# More digits than any type holds; beyond, arithmetic on the literal could take all memory.
_DIGIT_LIMIT = 400


def name_text(text: str) -> str:
    """A name without backticks, in Unicode's composed form (two spellings that look alike are one)."""
    text = text.strip('"') if text[:1] == '"' else text.strip("`")  # in quotes by mistake
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def number(text: str, span: Span, report: Report) -> Decimal:
    """``1_000``, ``0.25``, ``1e6``"""
    try:
        value = Decimal(text.replace("_", ""))
    except ArithmeticError:
        return Decimal(0)  # a malformed number: the lexer has reported it
    if abs(value.adjusted()) > _DIGIT_LIMIT or len(value.as_tuple().digits) > _DIGIT_LIMIT:
        report(errors.NumberTooLong(span=span, limit=_DIGIT_LIMIT))
        return Decimal(0)
    return value


def duration(text: str, span: Span, report: Report) -> int:
    """``30d`` in microseconds."""
    found = _DURATION.match(text)
    if not found or found.group(2) not in MICROSECONDS:
        return MICROSECONDS["d"]  # an unknown unit: the lexer has reported it
    return int(number(found.group(1), span, report) * MICROSECONDS[found.group(2)])


def date(text: str, span: Span, report: Report) -> dt.date:
    """``2025-06-01``"""
    found = _DATE.fullmatch(text)
    reason = errors.impossible_date(text) if found else ""
    if reason:
        report(errors.BadDate(span=span, text=text, reason=reason, suggestion=errors.padded_date(text)))
    if not found or reason:
        return dt.date(2000, 1, 1)
    return dt.date(int(found.group(1)), int(found.group(2)), int(found.group(3)))


def clock(text: str, span: Span, report: Report) -> int:
    """``12:30:15.5`` in microseconds since midnight."""
    found = _CLOCK.match(text)
    reason = errors.impossible_time(text) if found else ""
    if reason:
        report(errors.BadDate(span=span, text=text, reason=reason))
    if not found or reason:
        return 0
    hours, minutes, seconds, fraction = found.groups()
    whole = int(hours) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1_000_000 + int((fraction or "").ljust(6, "0")[:6] or 0)


def timestamp(text: str, span: Span, report: Report) -> int:
    """``2025-06-01T12:30:00Z`` in microseconds since the epoch; without a zone it is UTC."""
    if not _TIMESTAMP.fullmatch(text):
        return 0  # malformed: the lexer has reported it
    day_text, _, clock_text = text.partition("T")
    reported: list[Diagnostic] = []
    day = date(day_text, span, reported.append)
    zone = _ZONE.search(clock_text)
    offset = 0
    if zone:
        clock_text = clock_text[: zone.start()]
        offset = (int(zone.group(2)) * 60 + int(zone.group(3))) * 60_000_000
        offset = -offset if zone.group(1) == "-" else offset
        if int(zone.group(2)) > 14 or int(zone.group(3)) > 59:
            reason = f"offsets from UTC go from -12:00 to +14:00, not to {zone.group()}"
            reported.append(errors.BadDate(span=span, text=text, reason=reason))
    micros = clock(clock_text.rstrip("Z"), span, reported.append)
    if ":" not in clock_text and not reported:
        reason = "a time of day has hours and minutes"
        reported.append(errors.BadDate(span=span, text=text, reason=reason))
    for diagnostic in reported[:1]:
        assert isinstance(diagnostic, errors.BadDate)
        report(errors.BadDate(span=span, text=text, reason=diagnostic.reason))
    if reported:
        return 0
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return (midnight - _EPOCH) // _MICROSECOND + micros - offset


def string(text: str, start: int, file: str, report: Report) -> str:
    """The value of ``"..."`` or ``\"\"\"...\"\"\"`` that begins at offset ``start``; quotes may be
    missing at the end, or single (both reported by the lexer)."""
    if text.startswith('"""'):
        content = text[3:-3] if len(text) >= 6 and text.endswith('"""') else text[3:]
        return escapes(content.replace("\r\n", "\n"), start + 3, file, report)
    closed = len(text) >= 2 and (text[-1] == text[0] or text[-1] in errors.FANCY_QUOTES)
    content = text[1:-1] if closed else text[1:]
    return escapes(content, start + 1, file, report)


def fstring_text(text: str, start: int, file: str, report: Report) -> str:
    """The value of literal text in an f-string."""
    if "\\" in text:
        text = escapes(text, start, file, report)
    return text.replace("\r\n", "\n").replace("{{", "{").replace("}}", "}")


def escapes(text: str, start: int, file: str, report: Report) -> str:
    """``text`` with its escapes resolved; ``start`` is its offset in ``file``."""
    if "\\" not in text:
        return text

    bad: list[tuple[Span, str]] = []

    def resolve(found: re.Match[str]) -> str:
        braced, four, two = found.group(2), found.group(3), found.group(4)
        digits = braced or four or two
        if digits:
            code = int(digits, 16) if len(digits) <= 8 else 0x110000
            if code < 0x110000 and not 0xD800 <= code < 0xE000:
                return chr(code)
        else:
            simple = _SIMPLE_ESCAPES.get(found.group(1))
            if simple is not None:
                return simple
            if found.group(1) in ("\n", "\r", "\r\n"):
                return ""  # a line of a long string goes on
        span = Span(file, start + found.start(), start + found.end())
        bad.append((span, found.group()))
        return found.group(1)

    resolved = _ESCAPE.sub(resolve, text)
    if bad:
        (span, escape), *rest = bad
        report(errors.BadEscape(span=span, escape=escape, others=tuple(other for other, _ in rest)))
    return resolved


def regex(text: str) -> str:
    """The pattern of ``/.../``, with ``\\/`` resolved to ``/``."""
    content = text[1:-1] if len(text) >= 2 and text.endswith("/") else text[1:]
    return re.sub(r"\\(.)", lambda m: "/" if m.group(1) == "/" else m.group(), content)
