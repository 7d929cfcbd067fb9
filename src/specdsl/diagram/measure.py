"""How wide text is about to be, without a font at hand: widths of sans-serif glyphs by class, in ems.

The figures are on the generous side of the usual interface fonts, so that text does not leave its box.
"""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[]{}-` ")
_BROAD = frozenset("mwMWQOGD@%&_<>?")


def text_width(text: str, size: float) -> float:
    """The width of ``text`` in the unit of ``size``, its font size."""
    return sum(_ems(c) for c in text) * size


def _ems(character: str) -> float:
    if character in _NARROW:
        return 0.36
    if unicodedata.east_asian_width(character) in "WF":
        return 1.02
    if unicodedata.combining(character):
        return 0.0
    if character in _BROAD:
        return 0.86
    return 0.68 if character.isupper() else 0.58


def fitted(text: str, size: float, room: float) -> str:
    """``text`` within ``room``, an ellipsis at its end where it was longer."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"
