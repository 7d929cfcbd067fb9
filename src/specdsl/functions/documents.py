"""JSON documents of any form.

A document is made level by level: the kinds of all values of a level are drawn at once, then the elements of
all arrays and the members of all objects among them are the next level.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.wordlists import words
from specdsl.randomness.streams import Stream, derive_addresses, stream_key
from specdsl.vectors.vector import Int64Array, Vector

MAX_DEPTH: Final = 8
_MOST_PARTS: Final = 3  # in an array or object
_WHOLE, _CENTS = 1000, 9999
_SCALARS, _KINDS = 5, 7
_KEYS_LANE, _STRIDE_LANE, _SIZE_LANE, _VALUE_LANE = 1, 2, 3, 4


@lru_cache(maxsize=8)
def _quoted_words(locale: str) -> Any:
    """The locale's words as JSON strings."""
    from specdsl.vectors import strings
    from specdsl.vectors.json_strings import quoted

    return quoted(strings.from_python(list(dict.fromkeys(words(locale, "text", "words")))))


@lru_cache(maxsize=1)
def _numbers() -> tuple[Any, Any]:
    """The texts of whole numbers and of numbers with a fraction."""
    from specdsl.vectors import strings

    whole = [str(i) for i in range(-_WHOLE, _WHOLE + 1)]
    cents = [repr(i / 100) for i in range(-_CENTS, _CENTS + 1) if i % 100]
    return strings.from_python(whole), strings.from_python(cents)


def _documents(call: Invocation) -> Vector:
    depth = call.args["depth"]
    assert isinstance(depth, int)
    return Vector(t.JSON, _level(stream_of(call), depth, call.locale))


def _level(stream: Stream, depth: int, locale: str) -> Any:
    """A document for each address, with arrays and objects in it ``depth`` levels deep."""
    from specdsl.vectors import strings

    kinds = stream.below(_KINDS if depth else _SCALARS)
    parts: list[Any] = []
    places: list[Int64Array] = []
    for kind in range(_KINDS if depth else _SCALARS):
        here = np.flatnonzero(kinds == kind)
        if len(here):
            places.append(here)
            parts.append(_of_kind(Stream(stream.key, stream.addresses[here]), kind, depth, locale))
    if not parts:
        return strings.from_python([])
    order = np.empty(len(kinds), dtype=np.int64)
    order[np.concatenate(places)] = np.arange(len(kinds))
    return strings.take(strings.concat(parts), order)


def _of_kind(stream: Stream, kind: int, depth: int, locale: str) -> Any:
    from specdsl.vectors import strings

    n = len(stream.addresses)
    match kind:
        case 0:
            return strings.plain(strings.constant("null", n))
        case 1:
            table = strings.from_python(["false", "true"])
        case 2:
            table = _numbers()[0]
        case 3:
            table = _numbers()[1]
        case 4:
            table = _quoted_words(locale)
        case _:
            return _container(stream, kind > _SCALARS, depth, locale)
    return strings.take(table, stream.below(len(table), _VALUE_LANE))


def _container(stream: Stream, has_keys: bool, depth: int, locale: str) -> Any:
    """Arrays, or objects, of none to a few values of the level below."""
    import pyarrow.compute as pc

    from specdsl.vectors import selection, strings
    from specdsl.vectors.json_strings import enclosed, leading_comma

    n = len(stream.addresses)
    counts = stream.below(_MOST_PARTS + 1, _SIZE_LANE)
    offsets = selection.offsets_of(counts)
    place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    salt = stream_key(stream.key, "inside")
    inner = Stream(salt, derive_addresses(np.repeat(stream.addresses, counts), salt, place))
    parts = _level(inner, depth - 1, locale)
    if not has_keys:
        return enclosed("[", [leading_comma(offsets, parts)], "]", n)
    names = _quoted_words(locale)
    size = len(names)
    # Steps of less than a third of the list's length never come back to a word before the third.
    first, stride = stream.below(size, _KEYS_LANE), stream.below(size // _MOST_PARTS, _STRIDE_LANE) + 1
    codes = (np.repeat(first, counts) + place * np.repeat(stride, counts)) % size
    members = pc.binary_join_element_wise(strings.take(names, codes), parts, ":")
    return enclosed("{", [leading_comma(offsets, members)], "}", n)


FUNCTIONS: Final = (
    Function(
        name="any_json",
        family="documents",
        summary="A JSON document of any form: null, true or false, a number, a string, an array, an object.",
        doc=(
            "Every kind is equally likely. Arrays and objects hold none to three values each, `depth` levels "
            "of them one in the other; with depth 0 there are none. Strings and keys are words of the "
            "locale. For documents of your own form there are `json { ... }`, `variant`, `tuple` and `map`."
        ),
        result=t.JSON,
        kernel=_documents,
        parameters=(
            Parameter(
                "depth",
                accepts.INTEGER,
                "How many arrays and objects are nested at most.",
                default=2,
                constant=True,
                minimum=0,
                maximum=MAX_DEPTH,
            ),
            IN_LOCALE,
        ),
        examples=(Example("any_json()", "json"), Example("any_json(depth: 1)", "json")),
        draws=True,
    ),
)
