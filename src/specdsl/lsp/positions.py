"""Columns as a client counts them (UTF-8 bytes, UTF-16 or UTF-32 units) and as spans do (code points)."""

from __future__ import annotations

from enum import StrEnum


class Encoding(StrEnum):
    """The unit in which a client counts columns."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


_UNIT_BYTES = {Encoding.UTF8: 1, Encoding.UTF16: 2}
_CODECS = {Encoding.UTF8: "utf-8", Encoding.UTF16: "utf-16-le"}


def chosen(offered: list[str] | None) -> Encoding:
    """The first unit of those that a client offers which is known here; UTF-16 where it offers none, as the
    protocol has it."""
    known = [Encoding(one) for one in offered or () if one in set(Encoding)]
    return known[0] if known else Encoding.UTF16


def to_units(line: str, column: int, encoding: Encoding) -> int:
    """``column`` of ``line``, in code points, in units of the client."""
    if encoding is Encoding.UTF32 or line.isascii():
        return column
    return len(line[:column].encode(_CODECS[encoding])) // _UNIT_BYTES[encoding]


def to_column(line: str, units: int, encoding: Encoding) -> int:
    """``units`` of the client in ``line`` as a column in code points; past the end it is the end, within a
    character it is that character's start."""
    if encoding is Encoding.UTF32 or line.isascii():
        return max(0, min(units, len(line)))
    encoded = line.encode(_CODECS[encoding])
    return len(encoded[: max(units, 0) * _UNIT_BYTES[encoding]].decode(_CODECS[encoding], "ignore"))
