"""Codes with check digits: sets of codes that can be drawn or numbered, and the arithmetic of the digits.

A code's shape is a template: ``#`` a digit, ``@`` a capital letter, ``*`` either, ``!`` a place that the
check fills in, ``[...]`` one of the characters, anything else itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Int64Array

Letters: TypeAlias = NDArray[np.uint8]
"""ASCII codes of n texts of one length: uint8 (n, length)."""
Check: TypeAlias = Callable[[Letters], None]
"""Fills in the check digits of codes, in place."""

DIGITS = b"0123456789"
CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ONE_DRAW = 1 << 40


def alphabets(template: str) -> tuple[bytes, ...]:
    """The characters that each place of a template can have; a place for the check has ``0``."""
    out: list[bytes] = []
    at = 0
    while at < len(template):
        mark = template[at]
        if mark == "[":
            end = template.index("]", at)
            out.append(template[at + 1 : end].encode())
            at = end
        else:
            out.append(
                {"#": DIGITS, "@": CAPITALS, "*": DIGITS + CAPITALS, "!": b"0"}.get(mark, mark.encode())
            )
        at += 1
    return tuple(out)


@dataclass(frozen=True)
class Shape:
    """Codes of one template. ``size`` is how many there are: the check adds none."""

    template: str
    check: Check

    @cached_property
    def _alphabets(self) -> tuple[bytes, ...]:
        return alphabets(self.template)

    @cached_property
    def size(self) -> int:
        return math.prod(map(len, self._alphabets))

    def at(self, index: Int64Array) -> Letters:
        """The codes with these numbers, each in 0 .. size - 1."""
        return self._made(len(index), [(index, range(len(self._alphabets)))])

    def draw(self, stream: Stream) -> Letters:
        """One code for each address of the stream, all equally likely."""
        groups: list[tuple[Int64Array, Sequence[int]]] = []
        places: list[int] = []
        size = 1
        for place, letters in enumerate(self._alphabets):
            if size * len(letters) > _ONE_DRAW:
                groups.append((stream.below(size, len(groups) + 1), places))
                places, size = [], 1
            places.append(place)
            size *= len(letters)
        groups.append((stream.below(size, len(groups) + 1), places))
        return self._made(len(stream.addresses), groups)

    def _made(self, n: int, groups: Sequence[tuple[Int64Array, Sequence[int]]]) -> Letters:
        out = np.empty((len(self._alphabets), n), dtype=np.uint8).T  # each place in one piece of memory
        for number, places in groups:
            rest = number
            for place in reversed(places):
                letters = np.frombuffer(self._alphabets[place], dtype=np.uint8)
                if len(letters) == 1:
                    out[:, place] = letters[0]
                    continue
                quotient = rest // len(letters)  # sooner than divmod
                out[:, place] = letters[rest - quotient * len(letters)]
                rest = quotient
        self.check(out)
        return out


@dataclass(frozen=True)
class Codes:
    """Codes of several shapes, all shapes equally likely."""

    shapes: tuple[Shape, ...]

    @cached_property
    def size(self) -> int:
        return sum(shape.size for shape in self.shapes)

    def draw(self, stream: Stream) -> Any:
        """Arrow strings, one for each address of the stream."""
        if len(self.shapes) == 1:
            return _strings(self.shapes[0].draw(stream))
        chosen = stream.below(len(self.shapes))
        inner = stream.substream("shape")

        def make(number: int, rows: Int64Array) -> Letters:
            return self.shapes[number].draw(Stream(inner.key, inner.addresses[rows]))

        return _merged(chosen, len(self.shapes), make)

    def at(self, index: Int64Array) -> Any:
        """The codes with these numbers."""
        if len(self.shapes) == 1:
            return _strings(self.shapes[0].at(index))
        starts = [0]
        for shape in self.shapes[:-1]:
            starts.append(min(starts[-1] + shape.size, (1 << 62) - 1))
        chosen = np.searchsorted(np.array(starts[1:], dtype=np.int64), index, side="right")

        def make(number: int, rows: Int64Array) -> Letters:
            return self.shapes[number].at(index[rows] - starts[number])

        return _merged(chosen, len(self.shapes), make)


def _strings(letters: Letters) -> Any:
    from specdsl.vectors import text

    return text.from_matrix(np.ascontiguousarray(letters))


def _merged(chosen: Int64Array, count: int, make: Callable[[int, Int64Array], Letters]) -> Any:
    """The codes that ``make(shape, rows)`` gives, at the rows that chose each of the ``count`` shapes."""
    from specdsl.vectors import strings

    source = np.empty(len(chosen), dtype=np.int64)
    parts, start = [], 0
    for number in range(count):
        rows = np.flatnonzero(chosen == number)
        source[rows] = np.arange(start, start + len(rows))
        start += len(rows)
        parts.append(_strings(make(number, rows)))
    return strings.take(strings.concat(parts), source)


# --- arithmetic ----------------------------------------------------------------------------


def digits(letters: Letters, columns: slice | Sequence[int] = slice(None)) -> Int64Array:
    """The values of digits; capitals count from 10: int64 (n, k)."""
    part = letters[:, columns].astype(np.int64)  # in the order of memory that the letters have
    part -= ord("0")
    part -= (part > 9) * (ord("A") - ord("0") - 10)
    return part


def put(letters: Letters, column: int, values: Int64Array, alphabet: bytes = DIGITS) -> None:
    """Writes values below the alphabet's size as its characters."""
    letters[:, column] = np.frombuffer(alphabet, dtype=np.uint8)[values]


def put_number(letters: Letters, column: int, width: int, values: Int64Array) -> None:
    """Writes numbers with all their digits."""
    for place in range(width - 1, -1, -1):
        quotient = values // 10
        put(letters, column + place, values - quotient * 10)
        values = quotient


def weighted(values: Int64Array, weights: Sequence[int]) -> Int64Array:
    """The sum of values (n, k) by k weights."""
    total = np.zeros(len(values), dtype=np.int64)
    for column, weight in zip(values.T, weights, strict=True):
        total += column * weight
    return total


def luhn(values: Int64Array) -> Int64Array:
    """The check digit after these digits (n, k) (ISO/IEC 7812-1, annex B)."""
    doubled = values[:, ::-1].copy()
    doubled[:, ::2] *= 2
    doubled -= np.where(doubled > 9, 9, 0)
    check: Int64Array = -doubled.sum(axis=1) % 10
    return check


def gtin(values: Int64Array) -> Int64Array:
    """The check digit of EAN, UPC, ISBN-13 and GTIN after these digits."""
    weights = [3 if place % 2 == 0 else 1 for place in range(values.shape[1])][::-1]
    return -weighted(values, weights) % 10


def mod97(values: Int64Array) -> Int64Array:
    """The remainder by 97 of the number that digits and letters (as two digits) spell (ISO 7064)."""
    rest = np.zeros(len(values), dtype=np.int64)
    for place, column in enumerate(values.T, 1):
        rest *= np.where(column > 9, 100, 10)
        rest += column
        if place % 7 == 0:  # 97 * 100**7 still fits
            rest %= 97
    return rest % 97


def mod11_10(values: Int64Array) -> Int64Array:
    """The check digit by ISO 7064, MOD 11,10."""
    product = np.full(len(values), 10, dtype=np.int64)
    for column in values.T:
        rest = (product + column) % 10
        product = np.where(rest == 0, 10, rest) * 2 % 11
    return (11 - product) % 10


def without_ten(letters: Letters, spare: int, column: int, check: Callable[[], Int64Array]) -> None:
    """Writes a check digit modulo 11 where 10 is no digit: codes whose check would be 10 get another digit at
    the place ``spare``, which has been 0, so that different codes stay different."""
    values = check()
    for _ in range(9):
        wrong = values > 9
        if not wrong.any():
            break
        letters[wrong, spare] += 1
        values = check()
    put(letters, column, values)
