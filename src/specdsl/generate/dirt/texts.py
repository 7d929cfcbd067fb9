"""Texts that came out wrong: a slip of the keyboard, another layout, another encoding. One text at a time,
for the few rows that are spoiled; what is done to a text depends on it and on some random bits alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html.entities import codepoint2name

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


# --- encodings ---------------------------------------------------------------------------------------


def _misread(text: str, encoding: str) -> str:
    """UTF-8 that was read in another encoding; bytes that it does not have as in Latin-1."""
    data = text.encode()
    if encoding == "latin-1":
        return data.decode(encoding)
    return "".join(_CP1252.get(byte, chr(byte)) for byte in data)


_CP1252 = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def _as_latin1(text: str, bits: int) -> str:
    del bits
    return _misread(text, "latin-1")


def _as_windows(text: str, bits: int) -> str:
    """UTF-8 that was read as Windows-1252; an apostrophe was a typographic one."""
    del bits
    return _misread(text.replace("'", "\u2019"), "cp1252")


def _twice(text: str, bits: int) -> str:
    """The same twice over."""
    del bits
    return _misread(_misread(text, "cp1252"), "cp1252")


def _lost(text: str, bits: int) -> str:
    """Characters that another encoding does not have: as the mark for such, or as question marks."""
    mark = "\ufffd" if bits % 2 else "?"
    return "".join(c if c.isascii() else mark for c in text)


def _one_lost(text: str, bits: int) -> str:
    """A byte that no UTF-8 has."""
    i = bits % max(1, len(text))
    return f"{text[:i]}\ufffd{text[i + 1 :]}"


def _byte_order_mark(text: str, bits: int) -> str:
    return f"\ufeff{text}" if bits % 2 else f"\u00ef\u00bb\u00bf{text}"


def _misread_blank(text: str, bits: int) -> str:
    """A blank that does not break, or what it looks like in another encoding."""
    hard = "\u00a0" if bits % 2 else "\u00c2\u00a0"
    places = [i for i, character in enumerate(text) if character == " "]
    if not places:
        return f"{text}{hard}"
    i = places[(bits >> 1) % len(places)]
    return f"{text[:i]}{hard}{text[i + 1 :]}"


def _lookalike(text: str, bits: int) -> str:
    """A letter of another script that looks the same."""
    places = [i for i, character in enumerate(text) if character in _LOOKALIKES]
    if not places:
        return text
    i = places[bits % len(places)]
    return f"{text[:i]}{_LOOKALIKES[text[i]]}{text[i + 1 :]}"


_LOOKALIKES = dict(
    zip(
        "AaBCcEeHIiKMOoPpSsTXxy",
        "\u0410\u0430\u0412\u0421\u0441\u0415\u0435\u041d\u0406\u0456\u041a\u041c\u041e\u043e\u0420\u0440"
        "\u0405\u0455\u0422\u0425\u0445\u0443",
        strict=True,
    )
)


def _control(text: str, bits: int) -> str:
    """A character that is none: tabulators, bells, deletions, zero width."""
    character = _CONTROLS[bits % len(_CONTROLS)]
    i = (bits >> 4) % (len(text) + 1)
    return f"{text[:i]}{character}{text[i:]}"


_CONTROLS = "\t\x7f\u0085\u200b\u200e\u00ad\u2028"


def _entities(text: str, bits: int) -> str:
    """Escaped for HTML, where nobody undoes it."""
    del bits
    return "".join(
        f"&{codepoint2name[ord(c)]};" if ord(c) in codepoint2name else c if c.isascii() else f"&#{ord(c)};"
        for c in text
    )


MISENCODED: tuple[Slip, ...] = (
    _as_latin1,
    _as_windows,
    _twice,
    _lost,
    _one_lost,
    _decomposed,
    _byte_order_mark,
    _misread_blank,
    _lookalike,
    _control,
    _entities,
)


def _no_character(text: str, bits: int) -> str:
    i = bits % max(1, len(text))
    return f"{text[:i]}?{text[i + 1 :]}"


def _longer(text: str, bits: int) -> str:
    return text + (text[bits % len(text)] if text else "?")


def _mark(text: str, bits: int) -> str:
    i = bits % (len(text) + 1)
    return f"{text[:i]}?{text[i:]}"


MARKED: tuple[Slip, ...] = (_no_character, _mark)
OFF_PATTERN: tuple[Slip, ...] = (_case, _drop, _no_character, _longer, _swap, _double)


def slip(slips: tuple[Slip, ...], text: str, bits: int, turn: int) -> str:
    """``text`` as the slip of a ``turn`` leaves it; each text begins with another one."""
    first = slips is MALFORMED and _ISO_DATE.fullmatch(text) is not None
    number = turn if first else bits % _TURNS + turn
    return slips[number % len(slips)](text, (bits >> 16) + turn)
