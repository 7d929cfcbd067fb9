"""Columns of text: constants, few values, addresses, names, codes, words."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Callable, Sequence

from specdsl.importers.emit import string_text
from specdsl.importers.propernames import snake, string_by_name
from specdsl.importers.samples.draft import Drawn
from specdsl.importers.samples.profile import Profile
from specdsl.importers.samples.shapes import learnt
from specdsl.importers.samples.wording import choice, percent, rows, shares, shown

_LONGEST_MEMBER = 40
_CONTENTS: tuple[tuple[str, str, str], ...] = (
    (r"[^@\s]+@[\w-]+(\.[\w-]+)+", "email()", "addresses of mail"),
    (r"https?://\S+", "url()", "addresses of pages"),
    (r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}", "ipv4()", "IP addresses"),
    (r"(?=.*:.*:)[0-9a-f:]{3,39}", "ipv6()", "IPv6 addresses"),
    (r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}", "mac_address()", "MAC addresses"),
    (r"Mozilla/\S.*", "user_agent()", "names of browsers"),
    (r"#[0-9a-fA-F]{6}", "hex_color()", "colours"),
)
_NAMED: dict[str, str] = {
    "email()": r"[^@\s]+@\S+",
    "first_name()": r"[^\W\d_][\w'’. -]{0,30}",
    "last_name()": r"[^\W\d_][\w'’. -]{0,40}",
    "full_name()": r"[^\W\d_]\S* .*\S",
    "user_name()": r"[\w.@-]+",
    "phone()": r"[+(]?[\d][\d ()./x-]{5,24}",
    "country()": r"[^\d]{3,}",
    "country_code()": r"[A-Z]{2}",
    "city()": r"[^\W\d_][^\d]*",
    "street_address()": r".*\d.*",
    "currency_code()": r"[A-Z]{3}",
    "url()": r"(https?://|www\.)\S+",
    "ipv4()": r"\d+(\.\d+){3}",
    "company()": r".*[^\W\d].*",
    "time_zone()": r"\w+/\w+.*",
    "job()": r"[^\d]{3,}",
    "postcode()": r"[\dA-Z -]{3,10}",
    "hostname()": r"[\w.-]+",
    "domain_name()": r"[\w-]+(\.[\w-]+)+",
}
_PHONE = re.compile(r"(?=.*[+( -])[+(]?\d[\d ()./-]{6,20}")
_MARKS = string.ascii_lowercase
_PLAIN_NAME = re.compile(r"name")


def drawn(profile: Profile, known: Callable[[str], bool], *, private: bool) -> Drawn:
    """How such texts are drawn. ``known`` says whether a call such as ``email()`` is one of the language."""
    values = [str(v) for v in profile.values]
    filled = rows(profile.filled)
    if profile.distinct == 0:
        return Drawn("string", "null", comment=f"never there in {rows(profile.count)}")
    if profile.distinct == 1:
        (value, _), *_ = profile.top
        if private:
            return Drawn("string", string_text(*_made_up(profile)), comment=f"always the same in {filled}")
        return Drawn("string", string_text(str(value)), comment=f"always the same in {filled}")
    few = _few(profile, private=private)
    if few is not None:
        return few
    seen = f"{profile.distinct:,} values in {filled}"
    return (
        _told(profile.name, values, known, seen)
        or _shaped(values, seen, private=private)
        or _words(values, seen)
    )


def _few(profile: Profile, *, private: bool) -> Drawn | None:
    """A choice by shares, where the values are few and each is there several times."""
    if not profile.top or profile.filled < 4 * len(profile.top):
        return None
    if any(len(str(v)) > _LONGEST_MEMBER for v, _ in profile.top):
        return None
    weights = shares([n for _, n in profile.top])
    texts = [str(v) for v, _ in profile.top]
    most = f"most frequent {shown(texts[0])}, {percent(profile.top[0][1], profile.filled)}"
    if private:
        texts = _made_up(profile)
        most = "their names are made up"
    seen = f"{len(texts)} values in {rows(profile.filled)}; {most}"
    literals = [string_text(t) for t in texts]
    members = tuple(zip(texts, weights, strict=True))
    return Drawn("string", choice(literals, weights), comment=seen, members=members)


def _made_up(profile: Profile) -> list[str]:
    """Texts in place of the few values, none of which is a value."""
    name, known = snake(profile.name), {str(v) for v, _ in profile.top}
    for stem in itertools.chain((name,), (f"{name}_{mark}" for mark in _MARKS)):
        made = [f"{stem}_{n}" for n in range(1, len(profile.top) + 1)]
        if known.isdisjoint(made):
            return made
    raise AssertionError("there are more marks than values")


def _told(name: str, values: Sequence[str], known: Callable[[str], bool], seen: str) -> Drawn | None:
    """What the content tells, or the name with a content that fits."""
    for pattern, value, what in _CONTENTS:
        if known(value) and _share(pattern, values) >= 0.99:
            return Drawn("string", value, comment=f"{seen}, {what}")
    named = string_by_name(_last(name)) or string_by_name(name)
    if named is not None and named.value in _NAMED and _share(_NAMED[named.value], values) >= 0.98:
        return Drawn(
            "string", named.value, comment=f"{seen}; drawn so because of the name and what they look like"
        )
    if (
        _PLAIN_NAME.search(snake(name))
        and _share(r"[A-Z][a-z’'-]+( [A-Z]\.?)? [A-Z][\w’'-]+", values) >= 0.95
    ):
        return Drawn("string", "full_name()", comment=f"{seen}, which look like people's names")
    if known("phone()") and _share(_PHONE.pattern, values) >= 0.99 and "phone" in snake(name):
        return Drawn("string", "phone()", comment=f"{seen}, numbers of telephones")
    return None


def _last(name: str) -> str:
    """``first_name`` of ``customer_first_name``, ``first_name`` of ``first``."""
    plain = snake(name)
    if plain in ("first", "last", "given", "family"):
        return f"{plain}_name"
    parts = plain.split("_")
    for start in range(1, len(parts)):
        rest = "_".join(parts[start:])
        if string_by_name(rest) is not None:
            return rest
    return plain


def _shaped(values: Sequence[str], seen: str, *, private: bool) -> Drawn | None:
    shape = learnt(values, private=private)
    if shape is None:
        return None
    return Drawn("string", f"/{shape.pattern}/", comment=f"{seen}, all of this shape", many=shape.many)


def _words(values: Sequence[str], seen: str) -> Drawn:
    """Words, about as many as the values have."""
    counts = sorted(len(v.split()) for v in values)
    low = max(1, counts[len(counts) // 50])
    high = max(low, counts[-1 - len(counts) // 50])
    share = sum(v.rstrip()[-1:] in (".", "!", "?") for v in values) / len(values)
    if high == 1:
        return Drawn("string", "word()", comment=f"{seen}, single words")
    size = f"{low}..{high}" if low < high else str(low)
    if share > 0.5:
        return Drawn("string", f"sentence(words: {size})", comment=f"{seen}, sentences of {size} words")
    return Drawn("string", f"words({size})", comment=f"{seen}, of {size} words")


def _share(pattern: str, values: Sequence[str]) -> float:
    found = re.compile(pattern)
    return sum(found.fullmatch(v) is not None for v in values) / max(1, len(values))
