"""What texts of a column are drawn from."""

from __future__ import annotations

import re

from specdsl.importers.emit import string_text
from specdsl.importers.propernames import CUT, LONGEST, snake, string_by_name

_LONGEST = {**LONGEST, "words(1..3)": 50, "word()": 20}

_CUT = CUT | {"words(1..3)", "word()"}
"""Texts that are still such when they are cut off."""

_SHORT = {
    "email()": r"/[a-z]{%d}@ex\.org/",
    "phone()": "/[0-9]{%d}/",
    "postcode()": "/[0-9]{%d}/",
    "url()": r"/x\.org\/[a-z]{%d}/",
}
_FIXED = {"email()": 7, "phone()": 0, "postcode()": 0, "url()": 6}

_OWN: tuple[tuple[str, str], ...] = (
    (r"(.*_)?(state|region|province|district)", "region()"),
    (r"(billing|shipping|ship|home|work|from|to)_(city|country|address|postal_?code|phone|email|region)", ""),
    (r"address_?(line_?)?2|suite|apartment", 'f"Apt. {1..99}"'),
    (r"(.*_)?(sex|gender)", '"F" | "M"'),
    (r"(.*_)?(color|colour)", "color()"),
    (r"(.*_)?(file|path|filename|file_name)", "file_name()"),
    (r"(.*_)?language", "spoken_language()"),
    (r"department", "department()"),
    (r"(.*_)?(password|passwd|hash|token|secret|checksum)(_hash)?", "/[0-9a-f]{%d}/"),
    (r"(.*_)?(isbn|sku|ean|barcode|upc)", "/[0-9]{%d}/"),
    (r"(contact|job)_title", "job()"),
)
_PEOPLE = (
    r"customers?|users?|employees?|person|people|members?|contacts?|students?|patients?|actors?|authors?"
    r"|staff|clients?|artists?"
)
_OF_TABLE: tuple[tuple[str, str], ...] = (
    (rf"(.*_)?({_PEOPLE})", "full_name()"),
    (
        r"(.*_)?(compan(y|ies)|suppliers?|vendors?|shippers?|organi[sz]ations?|publishers?|manufacturers?|tenants?)",
        "company()",
    ),
    (r"(.*_)?(products?|items?|parts?)", "product_name()"),
    (r"(.*_)?(country|countries|nations?)", "country()"),
    (r"(.*_)?(city|cities|towns?)", "city()"),
    (r"(.*_)?(regions?|states?|provinces?)", "region()"),
    (r"(.*_)?languages?", "spoken_language()"),
    (r"(.*_)?departments?", "department()"),
)


def by_name(name: str, table: str, longest: int | None, shortest: int) -> str:
    """What texts of a column of that name are drawn from, '' where the name says nothing or they do
    not fit."""
    plain, own = snake(name), snake(table)
    inner = re.sub(r"^(billing|shipping|ship|home|work|from|to|[a-z])_", "", plain)
    stem = re.sub(r"s$|es$|ies$", "", own)
    value = ""
    if plain in ("name", f"{own}_name", f"{stem}_name", "full_name") or (inner == "name" and len(plain) <= 6):
        value = next((v for p, v in _OF_TABLE if re.fullmatch(p, own)), "")
    for key in (plain, inner):
        value = value or next((v for p, v in _OWN if v and re.fullmatch(p, key)), "")
        named = string_by_name(key)
        value = value or (named.value if named is not None else "")
    return _fitted(value, longest, shortest)


def _fitted(value: str, longest: int | None, shortest: int) -> str:
    if "{%d}" in value:
        return _sized(value, longest, shortest, 12)
    if value.startswith('"'):
        return value if (longest is None or longest >= 1) and shortest <= 1 else ""
    if value not in _LONGEST:
        return value if value and (longest is None or longest >= 40) and shortest <= 2 else ""
    if longest is None or longest >= _LONGEST[value]:
        return value if shortest <= 2 else ""
    if value in _SHORT and longest >= _FIXED[value] + 3:
        return _sized(_SHORT[value], longest - _FIXED[value], shortest, 10)
    if value in _CUT and longest >= 8 and shortest <= 2:
        return f"left({value}, {longest})"
    return ""


def _sized(pattern: str, longest: int | None, shortest: int, usual: int) -> str:
    size = max(shortest, min(usual, longest if longest is not None else usual))
    return pattern.replace("{%d}", f"{{{size}}}")


def usual(longest: int | None, shortest: int) -> str:
    """What texts are drawn from that nothing else is known of."""
    if shortest <= 2 and (longest is None or longest >= _LONGEST["words(1..3)"]):
        return "words(1..3)"
    if shortest <= 2 and longest is not None and longest >= _LONGEST["word()"]:
        return "word()"
    most = min(longest, max(12, shortest)) if longest is not None else max(12, shortest)
    least = max(shortest, min(most, 3))
    if most <= 3:
        return f"/[A-Z]{{{most}}}/"
    return f"/[a-z]{{{least}}}/" if least == most else f"/[a-z]{{{least},{most}}}/"


def distinct(
    name: str, longest: int | None, shortest: int, wanted: int, *, numbered: bool
) -> tuple[str, int]:
    """Texts of which no two agree, and how many there are. ``numbered``: the row's number may be part of
    them; else they are drawn from a pattern."""
    plain = snake(name)
    room = longest if longest is not None else 1_000
    digits = len(str(wanted + 1))
    if (
        numbered
        and re.fullmatch(r"(.*_)?e?mail(_address)?", plain)
        and room >= 28 + digits
        and shortest <= 14
    ):
        return 'f"{lower(first_name())}{row + 1}@example.com"', 10**9
    if (
        numbered
        and re.fullmatch(r"(.*_)?(user_?name|login|handle|nick_?name)", plain)
        and room >= 16 + digits
        and shortest <= 2
    ):
        return 'f"{lower(first_name())}{row + 1}"', 10**9
    if (
        numbered
        and re.fullmatch(r"(.*_)?(name|title|label|description|slug)", plain)
        and room >= 20 + digits
        and shortest <= 3
    ):
        return 'f"{word()} {row + 1}"' if plain != "slug" else 'f"{word()}-{row + 1}"', 10**9
    size = max(shortest, min(room, 8))
    for letters, each in (("[A-Z]", 26), ("[A-Z0-9]", 36)):
        if each**size >= 4 * wanted:
            if size >= 6:
                return f"/[A-Z]{{{size - 4}}}[0-9]{{4}}/", 26 ** (size - 4) * 10**4
            return f"/{letters}{{{size}}}/", each**size
    return f"/[A-Z0-9]{{{size}}}/", 36**size


def choice(members: list[str]) -> str:
    """One of several literals."""
    return " | ".join(members)


def texts(members: tuple[str, ...]) -> list[str]:
    """Texts as literals."""
    return [string_text(m) for m in members]
