"""Words, sentences and paragraphs in the language of the locale.

A text is a run of pieces "word" + " ": Arrow's ``take`` over a list in which every word stands in the
forms that it can have there (in the middle or last, capitalised or not, with a full stop or a space) puts
the bytes of all rows side by side at once, and only the offsets are ours.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import ints, require, stream_of
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.lists import of_list
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.wordlists import words
from specdsl.randomness.streams import Stream, derive_addresses, stream_key
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

MAX_WORDS: Final = 1000


def _words_of(locale: str) -> tuple[str, ...]:
    """The words that texts are made of: no digits, no blanks inside."""
    return _plain_words(words(locale, "text", "words"))


@lru_cache(maxsize=8)
def _plain_words(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(w for w in found if not any(c.isdigit() or c.isspace() for c in w))


@lru_cache(maxsize=8)
def _forms(found: tuple[str, ...], stop: str, gap: str) -> Any:
    """Four forms of every word, each block as long as ``found``: middle, last, first, first and last."""
    from specdsl.vectors import strings

    capital = [w[:1].upper() + w[1:] for w in found]
    return strings.from_python(
        [
            *(w + gap for w in found),
            *(w + stop for w in found),
            *(w + gap for w in capital),
            *(w + stop for w in capital),
        ]
    )


def _counts(call: Invocation, name: str) -> Int64Array:
    counts = ints(call, name)
    require(
        call,
        name,
        (np.asarray(counts) >= 0) & (np.asarray(counts) <= MAX_WORDS),
        counts,
        f"it must lie between 0 and {MAX_WORDS}",
    )
    return np.ascontiguousarray(np.broadcast_to(np.asarray(counts, dtype=np.int64), (call.n,)))


def _elements(stream: Stream, counts: Int64Array, label: str) -> tuple[Stream, Int64Array]:
    """One address for each of ``counts[i]`` elements of row i, and int64 offsets (n + 1,)."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    position = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    salt = stream_key(stream.key, label)
    return Stream(salt, derive_addresses(np.repeat(stream.addresses, counts), salt, position)), offsets


def _ends(offsets: Int64Array) -> tuple[BoolArray, BoolArray]:
    """Which elements are the first and the last of their row."""
    first = np.zeros(int(offsets[-1]), dtype=np.bool_)
    last = np.zeros(int(offsets[-1]), dtype=np.bool_)
    some = offsets[1:] > offsets[:-1]
    first[offsets[:-1][some]] = True
    last[offsets[1:][some] - 1] = True
    return first, last


def _gap(locale: str) -> str:
    """What stands between words: nothing in Chinese and Japanese."""
    return "" if locale.startswith(("zh", "ja")) else " "


def _stop(locale: str) -> str:
    return "。" if locale.startswith(("zh", "ja")) else "."


def _text(
    locale: str, stream: Stream, counts: Int64Array, stop: str, tail: BoolArray | None = None
) -> tuple[Any, Int64Array]:
    """For each row ``counts`` words. With a ``stop`` they make a sentence: a capital first, the stop last,
    and behind it a gap in rows that are not ``tail`` (None: all are)."""
    from specdsl.vectors import strings

    found, gap = _words_of(locale), _gap(locale)
    size = len(found)
    elements, offsets = _elements(stream, counts, "words")
    codes = elements.below(size)
    first, last = _ends(offsets)
    codes += last * np.int64(size)
    if stop:
        codes += first * np.int64(2 * size)
    forms = _forms(found, stop, gap)
    if tail is not None:
        forms = strings.concat([forms, _forms(found, stop + gap, gap)])
        codes += np.repeat(~tail, counts) * np.int64(4 * size)
    return strings.take(forms, codes), offsets


def _joined(pieces: Any, offsets: Int64Array) -> Any:
    """The strings of each row, put together."""
    from specdsl.vectors import strings

    bounds, data = strings.buffers_of(pieces)
    return strings.from_buffers(np.ascontiguousarray(np.take(bounds, offsets)), data)


def _words(call: Invocation) -> Vector:
    return Vector(t.STRING, _joined(*_text(call.locale, stream_of(call), _counts(call, "count"), "")))


def _sentence(call: Invocation) -> Vector:
    counts = _counts(call, "words")
    return Vector(t.STRING, _joined(*_text(call.locale, stream_of(call), counts, _stop(call.locale))))


def _paragraph(call: Invocation) -> Vector:
    stream, counts = stream_of(call), _counts(call, "sentences")
    sentences, offsets = _elements(stream, counts, "sentences")
    _, tail = _ends(offsets)
    sizes = sentences.below(_LONGEST - _SHORTEST + 1, 1) + _SHORTEST
    pieces, inner = _text(call.locale, sentences, sizes, _stop(call.locale), tail)
    return Vector(t.STRING, _joined(pieces, inner[offsets]))


_SHORTEST, _LONGEST = 4, 14

FUNCTIONS: Final = (
    of_list(
        "word",
        "text",
        "A word of the locale's language.",
        _words_of,
        '"harbour"',
    ),
    Function(
        name="words",
        family="text",
        summary="`count` words with spaces between them.",
        doc="The count may be drawn: `words(2..5)` has another number in each row.",
        result=t.STRING,
        kernel=_words,
        parameters=(
            Parameter("count", accepts.INTEGER, "How many words.", default=3, minimum=0, maximum=MAX_WORDS),
            IN_LOCALE,
        ),
        examples=(Example("words(3)", "string"), Example("words(2..5)", "string")),
        draws=True,
    ),
    Function(
        name="sentence",
        family="text",
        summary="A sentence: words with a capital first and a full stop.",
        doc="The words are random; the text has the length and the letters of the language, not its grammar.",
        result=t.STRING,
        kernel=_sentence,
        parameters=(
            Parameter("words", accepts.INTEGER, "How many words.", default=8, minimum=0, maximum=MAX_WORDS),
            IN_LOCALE,
        ),
        examples=(Example("sentence()", "string"), Example("sentence(words: 4..12)", "string")),
        draws=True,
    ),
    Function(
        name="paragraph",
        family="text",
        summary="Several sentences of 4 to 14 words.",
        result=t.STRING,
        kernel=_paragraph,
        parameters=(
            Parameter(
                "sentences", accepts.INTEGER, "How many sentences.", default=4, minimum=0, maximum=MAX_WORDS
            ),
            IN_LOCALE,
        ),
        examples=(Example("paragraph()", "string"), Example("paragraph(sentences: 2..5)", "string")),
        draws=True,
        doc="For a fixed text of your own write it in quotes; for one of several use `pick`.",
    ),
)
