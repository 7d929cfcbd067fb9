"""Changed strings that may break a keyword, the ones nearest to the old first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_LONGEST = 100_000
_STRANGE: Final = "~#é 0xX_-"
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("2024-13-01", "2023-02-29", "01/02/2024"),
    "date-time": ("2024-13-01T00:00:00Z", "2024-01-01T25:00:00Z", "2024-01-01"),
    "time": ("25:00:00Z", "12:60:00Z", "noon"),
    "duration": ("P1X", "1 day", "P"),
    "email": ("user.example.com", "user at example.com"),
    "idn-email": ("user.example.com",),
    "hostname": ("-bad-.example.com", "a..b", "exa mple.com"),
    "idn-hostname": ("-bad-", "a..b"),
    "ipv4": ("256.0.0.1", "1.2.3", "1.2.3.4.5"),
    "ipv6": ("2001:db8::g", "1:2:3", ":::"),
    "uri": ("example.com/path", "http://[bad", "a b"),
    "uri-reference": ("http://[bad", "a b", "\\"),
    "iri": ("example.com/path", "http://[bad", "a b"),
    "iri-reference": ("http://[bad", "a b", "\\"),
    "uri-template": ("http://example.com/{a", "{"),
    "uuid": ("00000000-0000-0000-0000-00000000000g", "not-a-uuid"),
    "json-pointer": ("a/b", "/a~2"),
    "relative-json-pointer": ("/a", "-1"),
    "regex": ("(", "[a-", "*"),
    "color": ("#12", "no colour"),
}


def shorter(value: str, least: int) -> Iterator[str]:
    """Too short by one character, cut at either end; then empty."""
    if least > 0:
        yield value[: least - 1]
        yield value[len(value) - least + 1 :]
        yield ""


def longer(value: str, most: int) -> Iterator[str]:
    """Too long by one character: what there is goes on at its end, in its middle or at its start."""
    missing = most + 1 - len(value)
    if missing > _LONGEST:
        return
    for char in dict.fromkeys((*value[-1:], "x", "0", " ")):
        yield value + char * missing
    middle = len(value) // 2
    for char in dict.fromkeys((*value[middle : middle + 1], "x", "0")):
        yield value[:middle] + char * missing + value[middle:]
    for char in dict.fromkeys((*value[:1], "x", "0")):
        yield char * missing + value


def misformatted(value: str, format_: Any, bits: int) -> Iterator[str]:
    """The old value spoilt as people spoil it; then values that no such format has."""
    match format_:
        case "date" | "date-time":
            yield re.sub(r"^(\d{4})-\d\d", r"\1-13", value)
            yield re.sub(r"^(\d{4}-\d\d)-\d\d", r"\1-32", value)
            yield value.replace("-", "/")
        case "time":
            yield re.sub(r"^\d\d", "25", value)
        case "email" | "idn-email":
            yield value.replace("@", ".")
            yield value.replace("@", " at ")
        case "ipv4":
            yield re.sub(r"^\d+", "256", value)
            yield f"{value}.1"
        case "uuid":
            yield value[:-1] + "g"
            yield value[:-1]
        case "uri" | "iri":
            yield value.partition("://")[2]
        case _:
            pass
    yield from _FORMATS.get(str(format_), ())
    yield from unlike(value, bits)


def unlike(value: str, bits: int) -> Iterator[str]:
    """One character changed, at a place that ``bits`` choose; one added or left out; other letters; none."""
    if value:
        place = bits % len(value)
        for at in dict.fromkeys((place, 0, len(value) - 1)):
            for char in _STRANGE:
                if value[at] != char:
                    yield value[:at] + char + value[at + 1 :]
    yield f"{value}~"
    yield f"~{value}"
    if value:
        yield value[:-1]
        yield value[1:]
        yield value.swapcase()
        yield value[::-1]
        yield ""
    yield value + value
