"""Networks: addresses of machines and pages, and what browsers send. Nothing here reaches a real machine."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import LOCALE, Constants, Example, Function, Invocation
from specdsl.functions.lists import coded, of_list, split_index
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.people import SAFE_DOMAINS
from specdsl.functions.romanization import handle
from specdsl.functions.user_agents import browsers
from specdsl.functions.wordlists import international, words
from specdsl.randomness.regexset import compile_regex
from specdsl.vectors.vector import Int64Array, Vector

_BYTES: Final = tuple(map(str, range(256)))


def _ipv4_text(numbers: Int64Array) -> Vector:
    """Dotted quads of numbers below 2**32."""
    from specdsl.vectors import text

    pieces: list[Any] = []
    for shift in (24, 16, 8, 0):
        pieces.append(text.table_of(_BYTES, (numbers >> shift) & 255))
        pieces.append(b".")
    return Vector(t.STRING, text.join(pieces[:-1], len(numbers)))


_PUBLIC_FIRST: Final = tuple(n for n in range(1, 224) if n not in (10, 100, 127, 169, 172, 192, 198, 203))
"""First bytes without any range that is private, shared, local or for documentation."""
_PUBLIC: Final = len(_PUBLIC_FIRST) << 24


def _public(index: Int64Array) -> Int64Array:
    first: Int64Array = np.array(_PUBLIC_FIRST, dtype=np.int64)[index >> 24]
    numbers: Int64Array = (first << 24) + (index & 0xFFFFFF)
    return numbers


_PRIVATE: Final = (1 << 24) + (1 << 20) + (1 << 16)


def _private(index: Int64Array) -> Int64Array:
    ten, next_one = 1 << 24, (1 << 24) + (1 << 20)
    return np.where(
        index < ten,
        (10 << 24) + index,
        np.where(
            index < next_one,
            (172 << 24) + (16 << 16) + (index - ten),
            (192 << 24) + (168 << 16) + index - next_one,
        ),
    )


def _ipv4(call: Invocation) -> Vector:
    return _ipv4_text(_public(stream_of(call).below(_PUBLIC)))


def _private_ipv4(call: Invocation) -> Vector:
    stream = stream_of(call)
    kind, inner = stream.below(3), stream.bits(1).view(np.int64) & ((1 << 24) - 1)
    ranges = np.array([0, 1 << 24, (1 << 24) + (1 << 20)])
    masks = np.array([(1 << 24) - 1, (1 << 20) - 1, (1 << 16) - 1])
    return _ipv4_text(_private(ranges[kind] + (inner & masks[kind])))


_IPV6: Final = "2001:db8(:[0-9a-f]{4}){6}"
_MAC: Final = "[0-9a-f][26ae](:[0-9a-f]{2}){5}"


def of_pattern(
    name: str, summary: str, pattern: str, doc: str, note: str, family: str = "network"
) -> Function:
    """A function that draws from a fixed pattern."""

    def at(_: Invocation, index: Int64Array) -> Vector:
        return Vector(t.STRING, compile_regex(pattern).at(index))

    return Function(
        name=name,
        family=family,
        summary=summary,
        doc=doc,
        result=t.STRING,
        kernel=lambda call: Vector(t.STRING, compile_regex(pattern).draw(stream_of(call))),
        examples=(Example(f"{name}()", "string", note),),
        draws=True,
        domain=lambda _: compile_regex(pattern).size,
        at=at,
    )


# --- names ---------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _labels(locale: str) -> tuple[str, ...]:
    """Words as parts of addresses, of letters only; English ones where the language has too few in ASCII."""
    found = _ascii_words(locale)
    return found if len(found) >= 100 else _ascii_words("en_US")


def _ascii_words(locale: str) -> tuple[str, ...]:
    made = (handle(w) for w in words(locale, "text", "words"))
    return tuple(dict.fromkeys(w for w in made if w.isalpha() and len(w) > 3))


def _domain_at(call: Invocation, index: Int64Array) -> Vector:
    from specdsl.vectors import text

    labels = _labels(call.locale)
    word, end = split_index(index, [len(labels), len(SAFE_DOMAINS)])
    pieces = [coded(labels, word).data, b".", coded(SAFE_DOMAINS, end).data]
    return Vector(t.STRING, text.join(pieces, len(index)))


def _domain_name(call: Invocation) -> Vector:
    return _domain_at(call, stream_of(call).below(len(_labels(call.locale)) * len(SAFE_DOMAINS)))


def _domain_size(args: Constants) -> int | None:
    locale = args.get(LOCALE)
    return len(_labels(locale)) * len(SAFE_DOMAINS) if isinstance(locale, str) else None


_TOP_PAGES: Final = ("", "blog", "docs", "news", "shop", "help", "about", "team")


def _url(call: Invocation) -> Vector:
    from specdsl.vectors import text

    stream = stream_of(call)
    labels = _labels(call.locale)

    def word(lane: int) -> Any:
        return coded(labels, stream.below(len(labels), lane)).data

    pages = tuple(f"/{p}" if p else "" for p in _TOP_PAGES)
    pieces = [
        b"https://",
        word(1),
        b".",
        coded(SAFE_DOMAINS, stream.below(len(SAFE_DOMAINS), 2)).data,
        coded(pages, stream.below(len(pages), 3)).data,
        b"/",
        word(4),
        b"-",
        word(5),
    ]
    return Vector(t.STRING, text.join(pieces, call.n))


def _methods(_: str) -> tuple[str, ...]:
    return tuple(international("internet", "HTTP_METHODS"))


def _mime_types(_: str) -> tuple[str, ...]:
    kinds = international("file", "MIME_TYPES")
    return tuple(dict.fromkeys(m for group in kinds.values() for m in group))


FUNCTIONS: Final = (
    Function(
        name="ipv4",
        family="network",
        summary="A public IPv4 address.",
        doc="None of the private, local or reserved ranges. The address may belong to somebody: for one "
        "that surely does not "
        'write `f"203.0.113.{1..254}"`.',
        result=t.STRING,
        kernel=_ipv4,
        examples=(Example("ipv4()", "string", 'such as "81.2.69.160"'),),
        draws=True,
        domain=lambda _: _PUBLIC,
        at=lambda _, index: _ipv4_text(_public(index)),
    ),
    Function(
        name="private_ipv4",
        family="network",
        summary="An IPv4 address of a private network.",
        doc="From 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16, a third each.",
        result=t.STRING,
        kernel=_private_ipv4,
        examples=(Example("private_ipv4()", "string", 'such as "192.168.7.31"'),),
        draws=True,
        domain=lambda _: _PRIVATE,
        at=lambda _, index: _ipv4_text(_private(index)),
    ),
    of_pattern(
        "ipv6",
        "An IPv6 address of the range for documentation.",
        _IPV6,
        "From 2001:db8::/32, which belongs to nobody; all eight groups are written.",
        'such as "2001:db8:1f3a:0c21:..."',
    ),
    of_pattern(
        "mac_address",
        "A MAC address that is locally administered.",
        _MAC,
        "So it is no manufacturer's.",
        'such as "5e:00:2b:9c:41:d7"',
    ),
    Function(
        name="domain_name",
        family="network",
        summary="A domain below example.com, .org or .net.",
        doc="Those are reserved for examples (RFC 2606).",
        result=t.STRING,
        kernel=_domain_name,
        parameters=(IN_LOCALE,),
        examples=(Example("domain_name()", "string", 'such as "harbour.example.org"'),),
        draws=True,
        domain=_domain_size,
        at=_domain_at,
    ),
    Function(
        name="url",
        family="network",
        summary="The address of a page on a domain for examples.",
        doc="With a path of words.",
        result=t.STRING,
        kernel=_url,
        parameters=(IN_LOCALE,),
        examples=(Example("url()", "string", 'such as "https://harbour.example.org/blog/window-music"'),),
        draws=True,
    ),
    of_list(
        "http_method",
        "network",
        "A method of HTTP.",
        _methods,
        '"GET"',
        doc="All equally likely; weigh them with a choice.",
        in_locale=False,
    ),
    of_list(
        "user_agent",
        "network",
        "What a browser calls itself.",
        lambda _: browsers(),
        '"Mozilla/5.0 (X11; Linux x86_64) ..."',
        doc="Chrome, Edge, Firefox, Safari and Samsung's, of 2023 and 2024, on desktops, tablets and phones; "
        "all entries of the list are equally likely.",
        in_locale=False,
    ),
    of_list("mime_type", "network", "A media type.", _mime_types, '"application/json"', in_locale=False),
)
