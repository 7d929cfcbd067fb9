"""Python values in the language's spelling."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from enum import Enum
from uuid import UUID

from specdsl.builder.errors import BuilderError

_UNITS = (
    ("w", 604_800_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
_GROUPED = 10_000  # from here on digits stand in groups of three


def scalar_text(value: object) -> str | None:
    """A Python value as a literal, None where it is of no kind that has one. Raises BuilderError for values
    that no literal can say (infinities, a year before 1)."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Enum():
            return scalar_text(value.value)
        case int():
            return number_text(Decimal(value))
        case float():
            if not math.isfinite(value):
                raise BuilderError(f"{value} has no spelling in the language")
            return number_text(Decimal(repr(value)), decimal_point=True)
        case Decimal():
            if not value.is_finite():
                raise BuilderError(f"{value} has no spelling in the language")
            return number_text(value, decimal_point=True)
        case str():
            return string_text(value)
        case UUID():
            return string_text(str(value))
        case dt.datetime():
            return _timestamp(value)
        case dt.date():
            return value.isoformat()
        case dt.time():
            if value.tzinfo is not None:
                raise BuilderError(f"a time of day has no zone: {value}")
            return _clock(value)
        case dt.timedelta():
            return _duration(value)
        case _:
            return None


def string_text(text: str) -> str:
    """``"..."`` with what must be escaped."""
    return f'"{"".join(map(_escaped, text))}"'


def fstring_text(text: str) -> str:
    """Literal text within ``f"..."``."""
    return "".join(map(_escaped, text)).replace("{", "{{").replace("}", "}}")


def long_text(text: str) -> str:
    '''``"""..."""`` where the text has several lines, else ``"..."``.'''
    if "\n" not in text or "\r" in text:
        return string_text(text)
    body = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if body.endswith('"'):
        body = f'{body[:-1]}\\"'
    return (
        f'"""{"".join(c if c == chr(10) or c.isprintable() or c == chr(9) else _escaped(c) for c in body)}"""'
    )


def regex_text(pattern: str | re.Pattern[str]) -> str:
    """``/.../``. Raises BuilderError for patterns that cannot stand there."""
    if isinstance(pattern, re.Pattern):
        if pattern.flags & ~re.UNICODE:
            raise BuilderError(f"the flags of {pattern!r} cannot be said in a spec")
        pattern = pattern.pattern
    if not pattern or "\n" in pattern or "\r" in pattern:
        raise BuilderError(f"{pattern!r} cannot be a pattern: it is one line that is not empty")
    escaped = re.sub(r"(\\.)|/", lambda found: found.group(1) or "\\/", pattern)
    return f"/{escaped}/"


def percent_text(value: float | Decimal) -> str:
    """``55%``. Raises BuilderError for what is not from 0 to 100."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not 0 <= value <= 100:
        raise BuilderError(f"a percentage is a number from 0 to 100, not {value!r}")
    text = f"{Decimal(repr(value) if isinstance(value, float) else value):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def number_text(value: Decimal, *, decimal_point: bool = False) -> str:
    """A number in digits, large ones in groups of three; with an exponent where that is far shorter."""
    text = f"{value:f}"
    if len(text) > 24:
        return f"{value:e}".replace("e+", "e")
    whole, point, fraction = text.partition(".")
    if abs(int(whole)) >= _GROUPED:
        whole = f"{int(whole):_}"
    if decimal_point and not point:
        return f"{whole}.0"
    return f"{whole}{point}{fraction}"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if "\ud800" <= char <= "\udfff":
        raise BuilderError("half of a surrogate pair is no character")
    # beyond four digits an escape has braces, which in an f-string would begin a value
    return char if char.isprintable() or ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


def _timestamp(value: dt.datetime) -> str:
    if value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    return f"{value.date().isoformat()}T{_clock(value.time(), seconds=True)}Z"


def _clock(value: dt.time, *, seconds: bool = False) -> str:
    if value.microsecond:
        return value.isoformat("microseconds").rstrip("0")
    return value.isoformat("seconds" if seconds or value.second else "minutes")


def _duration(value: dt.timedelta) -> str:
    micros = value // dt.timedelta(microseconds=1)
    size = abs(micros)
    unit, length = next((u for u in _UNITS[1:] if size % u[1] == 0), _UNITS[-1])
    if unit == "d" and size and size % _UNITS[0][1] == 0 and size // _UNITS[0][1] < 4:
        unit, length = _UNITS[0]
    return f"{'-' if micros < 0 else ''}{number_text(Decimal(size // length))}{unit}"
