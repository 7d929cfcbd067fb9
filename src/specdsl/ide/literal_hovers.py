"""What is said of a value as it is written: dates, times, durations, and the format specs of f-strings."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from specdsl.datatypes.format_spec import FormatSpec, parse_spec, split_directives
from specdsl.datatypes.value_text import duration_text
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import Span
from specdsl.syntax import literals

_DURATION = re.compile(r"([\d_]+(?:\.[\d_]+)?)(us|ms|s|m|h|d|w)")
_UNIT_NAMES: Final = {
    "us": "microseconds",
    "ms": "milliseconds",
    "s": "seconds",
    "m": "minutes",
    "h": "hours",
    "d": "days",
    "w": "weeks",
}
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NOWHERE: Final = Span("", 0, 0)

DIRECTIVES: Final = {
    "Y": ("year", "2025"),
    "y": ("year without its century", "25"),
    "m": ("month, 01 to 12", "06"),
    "d": ("day of the month, 01 to 31", "01"),
    "e": ("day of the month, with a blank for a zero", " 1"),
    "j": ("day of the year, 001 to 366", "152"),
    "b": ("month's short name", "Jun"),
    "B": ("month's name", "June"),
    "a": ("weekday's short name", "Sun"),
    "A": ("weekday's name", "Sunday"),
    "u": ("weekday, 1 (Monday) to 7", "7"),
    "w": ("weekday, 0 (Sunday) to 6", "0"),
    "U": ("week of the year, from its first Sunday on", "22"),
    "W": ("week of the year, from its first Monday on", "21"),
    "G": ("year of the ISO week", "2025"),
    "V": ("ISO week, 01 to 53", "22"),
    "F": ("date, as `%Y-%m-%d`", "2025-06-01"),
    "H": ("hour, 00 to 23", "09"),
    "I": ("hour, 01 to 12", "09"),
    "M": ("minute", "05"),
    "S": ("second", "07"),
    "f": ("microsecond, six digits", "000250"),
    "p": ("AM or PM", "AM"),
    "T": ("time, as `%H:%M:%S`", "09:05:07"),
    "z": ("offset from UTC", "+0000"),
    "Z": ("zone's name", "UTC"),
}
"""What each directive prints, and what of 2025-06-01T09:05:07.000250Z."""
_PRESENTATIONS: Final = {
    "b": "in binary",
    "d": "as a whole number",
    "o": "in octal",
    "x": "in hexadecimal",
    "X": "in hexadecimal, in capitals",
    "e": "with an exponent",
    "E": "with an exponent, in capitals",
    "f": "with a point",
    "F": "with a point",
    "g": "in the shorter form, with a point or an exponent",
    "G": "in the shorter form, with a point or an exponent, in capitals",
    "%": "as a percentage",
    "s": "as text",
}
_ALIGNED: Final = {"<": "on the left", ">": "on the right", "^": "in the middle", "=": "behind the sign"}


def literal_said(kind: str, text: str) -> str:
    """One sentence about a token that is such a value, in Markdown; "" for others and for impossible ones."""
    wrong: list[Diagnostic] = []
    said = ""
    match kind:
        case "DURATION":
            return _duration(text)
        case "FSTRING_SPEC":
            return _format_spec(text.removeprefix(":"))
        case "DATE":
            day = literals.date(text, _NOWHERE, wrong.append)
            year, week, _ = day.isocalendar()
            said = f"{_day(day)}; day {day.timetuple().tm_yday} of the year, ISO week {year}-W{week:02}"
        case "TIME":
            micros = literals.clock(text, _NOWHERE, wrong.append)
            said = f"the time of day {_clock(micros)}"
        case "TIMESTAMP":
            moment = _EPOCH + dt.timedelta(microseconds=literals.timestamp(text, _NOWHERE, wrong.append))
            micros = (moment.hour * 3600 + moment.minute * 60 + moment.second) * 10**6 + moment.microsecond
            said = f"{_day(moment.date())}, {_clock(micros)} UTC"
    return f"`{text}`: {said}" if said and not wrong else ""


def _day(day: dt.date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _clock(micros: int) -> str:
    """A time of day with its seconds, and in hours up to 12."""
    seconds, rest = divmod(micros, 10**6)
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    fraction = f".{rest:06}".rstrip("0") if rest else ""
    half = f"{(hour + 11) % 12 + 1}:{minute:02} {'AM' if hour < 12 else 'PM'}"
    return f"{hour:02}:{minute:02}:{second:02}{fraction} ({half})"


def _duration(text: str) -> str:
    found = _DURATION.fullmatch(text)
    if found is None:
        return ""
    number, unit = found[1].replace("_", ""), found[2]
    plain = duration_text(round(float(number) * literals.MICROSECONDS[unit]))
    said = f"`{text}`: a duration of {number} {_UNIT_NAMES[unit]}"
    return said + (f", `{plain}`" if plain != text else "")


# --- format specs ------------------------------------------------------------------------------


def _format_spec(spec: str) -> str:
    if re.search(r"%[-%A-Za-z]", spec):
        return _directives(spec)
    parsed = parse_spec(spec)
    if parsed is None or not spec:
        return ""
    parts = list(_parts(parsed))
    example = _example(spec, parsed)
    return f"`{spec}`: printed {', '.join(parts)}{example}" if parts else ""


def _directives(spec: str) -> str:
    lines, printed = [], ""
    for kind, text in split_directives(spec):
        if kind == "text":
            printed += text
        elif text in DIRECTIVES:
            said, example = DIRECTIVES[text]
            unpadded = kind == "unpadded"
            printed += (example.lstrip("0 ") or "0") if unpadded else example
            lines.append(f"- `%{'-' if unpadded else ''}{text}` {said}{', no zeros before it' * unpadded}")
        else:
            return ""
    return "\n".join([f"`{spec}`: such as `{printed}`", "", *dict.fromkeys(lines)])


def _parts(spec: FormatSpec) -> list[str]:
    parts = [_PRESENTATIONS[spec.type]] if spec.type in _PRESENTATIONS else []
    if spec.precision is not None:
        significant = spec.type in ("", "g", "G")
        cut = spec.type == "s"
        digits = f"{spec.precision} digit{'s' * (spec.precision != 1)}"
        after = f"{digits} after the point"
        parts.append(
            f"at most {spec.precision} characters"
            if cut
            else f"{digits} that count"
            if significant
            else after
        )
    if spec.grouping:
        parts.append(
            f"`{spec.grouping}` between thousands"
            if spec.type not in "boxX" or not spec.type
            else "`_` between groups of four"
        )
    if spec.sign:
        parts.append(
            {"+": "a sign always", " ": "a blank in place of `+`", "-": "a sign below zero"}[spec.sign]
        )
    if spec.alternate:
        parts.append("the alternate form")
    if spec.width is not None:
        fill = "zeros" if spec.zero else "blanks" if spec.fill in ("", " ") else f"`{spec.fill}`"
        place = f", the value {_ALIGNED[spec.align]}" if spec.align else ""
        parts.append(f"{fill} up to {spec.width} characters{place}")
    return parts


def _example(spec: str, parsed: FormatSpec) -> str:
    if (parsed.width or 0) > 60 or (parsed.precision or 0) > 20:
        return ""
    whole = parsed.type in ("b", "d", "o", "x", "X") or (not parsed.type and parsed.precision is None)
    value: int | float | str = "text" if parsed.type == "s" else 1234 if whole else 1234.5
    if parsed.type == "%":
        value = 0.125
    try:
        return f"; `{value}` is `{format(value, spec)}`"
    except ValueError:
        return ""
