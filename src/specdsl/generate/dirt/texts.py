"""Texts that came out wrong: a slip of the keyboard, another layout, another encoding. One text at a time,
for the few rows that are spoiled; what is done to a text depends on it and on some random bits alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(.*)", re.DOTALL)
_TURNS = 1 << 16

Slip = Callable[[str, int], str]


def _neighbours() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _KEYBOARD:
        for i, key in enumerate(row):
            found[key] = row[max(0, i - 1) : i] + row[i + 1 : i + 2]
    return found


_NEAR = _neighbours()


# --- slips of the keyboard ---------------------------------------------------------------------------


def _swap(text: str, bits: int) -> str:
    pairs = [i for i in range(len(text) - 1) if text[i] != text[i + 1]]
    if not pairs:
        return text
    i = pairs[bits % len(pairs)]
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _drop(text: str, bits: int) -> str:
    i = bits % max(1, len(text))
    return text[:i] + text[i + 1 :] if len(text) > 1 else text


def _double(text: str, bits: int) -> str:
    i = bits % max(1, len(text))
    return text[: i + 1] + text[i : i + 1] + text[i + 1 :]


def _next_key(text: str, bits: int) -> str:
    places = [i for i, character in enumerate(text) if character.lower() in _NEAR]
    if not places:
        return text
    i = places[bits % len(places)]
    near = _NEAR[text[i].lower()]
    key = near[(bits >> 8) % len(near)]
    return text[:i] + (key.upper() if text[i].isupper() else key) + text[i + 1 :]


def _case(text: str, bits: int) -> str:
    places = [i for i, character in enumerate(text) if len(character.swapcase()) == 1 and character.isalpha()]
    if not places:
        return text
    i = places[bits % len(places)]
    return text[:i] + text[i].swapcase() + text[i + 1 :]


TYPOS: tuple[Slip, ...] = (_swap, _drop, _double, _next_key, _case)


# --- other layouts and encodings -----------------------------------------------------------------------


def _other_date(text: str, bits: int) -> str:
    """An ISO date in another layout, or one that never was."""
    found = _ISO_DATE.fullmatch(text)
    if found is None:
        return text
    year, month, day, rest = found.groups()
    match bits % 5:
        case 0:
            return f"{day}.{month}.{year}{rest}"
        case 1:
            return f"{month}/{day}/{year}{rest}"
        case 2:
            return f"{year}{month}{day}{rest}"
        case 3:
            return f"{year}-02-30{rest}"
        case _:
            return f"{year}-13-{day}{rest}"


def _mojibake(text: str, bits: int) -> str:
    """UTF-8 that was read as Latin-1."""
    del bits
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _decomposed(text: str, bits: int) -> str:
    del bits
    return unicodedata.normalize("NFD", text)


def _blanks(text: str, bits: int) -> str:
    match bits % 3:
        case 0:
            return f"{text} "
        case 1:
            return f" {text}"
        case _:
            return f"{text}  "


def _inner_blank(text: str, bits: int) -> str:
    del bits
    return text.replace(" ", "  ", 1)


def _hard_blank(text: str, bits: int) -> str:
    del bits
    return text.replace(" ", "\u00a0", 1) if " " in text else f"{text}\u00a0"


def _upper(text: str, bits: int) -> str:
    del bits
    return text.upper() if text != text.upper() else text.lower()


MALFORMED: tuple[Slip, ...] = (
    _other_date,
    _mojibake,
    _decomposed,
    _blanks,
    _inner_blank,
    _hard_blank,
    _upper,
)


def _no_character(text: str, bits: int) -> str:
    i = bits % max(1, len(text))
    return f"{text[:i]}?{text[i + 1 :]}"


def _longer(text: str, bits: int) -> str:
    return text + (text[bits % len(text)] if text else "?")


OFF_PATTERN: tuple[Slip, ...] = (_case, _drop, _no_character, _longer, _swap, _double)


def slip(slips: tuple[Slip, ...], text: str, bits: int, turn: int) -> str:
    """``text`` as the slip of a ``turn`` leaves it; each text begins with another one."""
    first = slips is MALFORMED and _ISO_DATE.fullmatch(text) is not None
    number = turn if first else bits % _TURNS + turn
    return slips[number % len(slips)](text, (bits >> 16) + turn)
