"""The strings that a pattern matches, as a numbered set: its size, and string number i for any i.

Strings are numbered like the digits of a number of mixed radix, the first part of the pattern being the
most significant digit; alternatives follow one another; repetitions go from the fewest to the most.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from specdsl.randomness import regex_syntax as syntax
from specdsl.randomness.edges import EdgeStream
from specdsl.randomness.regex_ambiguity import unambiguous
from specdsl.randomness.regex_syntax import RegexProblem
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import Int64Array, UInt64Array

if TYPE_CHECKING:
    from specdsl.vectors import text
    from specdsl.vectors.strings import Strings

__all__ = ["RegexProblem", "RegexSet", "compile_regex"]

_TABLE = 20_000  # entries of a look-up table: all of [A-Z]{3} or of \d{4}
_TABLE_BYTES = 1 << 20
_SMALL = 1 << 12  # ambiguous sets up to here are listed and told apart
_INDEXABLE = 1 << 63
_WHOLE_DRAW = 1 << 40
"""Sets up to this size are drawn by one number below their size, whose remainder is off by at most 2**-24
relative; larger ones part by part."""


@dataclass(frozen=True, eq=False)
class _Table:
    """All strings of a small part."""

    entries: tuple[bytes, ...]

    @cached_property
    def matrix(self) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        """The entries, padded to one width."""
        from specdsl.vectors.text import PAD

        width = max(map(len, self.entries))
        joined = b"".join(e.ljust(width, bytes([PAD])) for e in self.entries)
        return np.frombuffer(joined, dtype=np.uint8).reshape(len(self.entries), width)

    @cached_property
    def lengths(self) -> Int64Array:
        return np.fromiter(map(len, self.entries), dtype=np.int64, count=len(self.entries))

    @cached_property
    def fixed(self) -> bool:
        return len(set(map(len, self.entries))) == 1

    @property
    def size(self) -> int:
        return len(self.entries)


@dataclass(frozen=True, eq=False)
class _Chain:
    """Parts after each other."""

    parts: tuple[_Part, ...]

    @cached_property
    def size(self) -> int:
        total = 1
        for part in self.parts:
            total *= part.size
        return total


@dataclass(frozen=True, eq=False)
class _Options:
    """One part or another, numbered one after another."""

    options: tuple[_Part, ...]

    @cached_property
    def size(self) -> int:
        return sum(o.size for o in self.options)

    @cached_property
    def starts(self) -> list[int]:
        """The number of the first string of each option, and the size."""
        out = [0]
        for option in self.options:
            out.append(out[-1] + option.size)
        return out

    @cached_property
    def table(self) -> InverseTable:
        """Draws an option by its share of the strings."""
        total = self.size
        # the ratio of Python ints is exact to the last bit, however large they are
        return InverseTable.from_weights(np.array([o.size / total for o in self.options]))


_Part = _Table | _Chain | _Options


class RegexSet:
    """The set of strings that a pattern matches as a whole."""

    def __init__(self, pattern: str, node: syntax.Node) -> None:
        self.pattern = pattern
        self._node = node
        self.min_length, self.max_length = syntax.lengths(node)

    @staticmethod
    def parse(pattern: str) -> RegexSet:
        """The set of ``pattern``. Raises RegexProblem for what is no pattern, no finite set, too large, or
        beyond the dialect (see ``regex_syntax``)."""
        return compile_regex(pattern)

    @cached_property
    def _listed(self) -> tuple[str, ...] | None:
        """The distinct strings, where derivations are ambiguous and few."""
        if syntax.derivations(self._node) > _SMALL or unambiguous(self._node):
            return None
        return tuple(dict.fromkeys(syntax.strings(self._node)))

    @cached_property
    def size(self) -> int:
        """The number of strings; where ``distinct`` is False, of ways to make them: at least as many."""
        return syntax.derivations(self._node) if self._listed is None else len(self._listed)

    @cached_property
    def distinct(self) -> bool:
        """Whether different numbers surely give different strings."""
        return self._listed is not None or unambiguous(self._node)

    def describe(self) -> str:
        """The arithmetic of the size, as a clause: ``26 x 10 = 260 strings``."""
        size = syntax.readable(self.size)
        noun = "string" if self.size == 1 else "strings"
        arithmetic = size if self._listed is not None else syntax.describe(self._node)
        return f"{size} {noun}" if arithmetic in (size, "1") else f"{arithmetic} = {size} {noun}"

    def sql_pattern(self) -> str | None:
        """An RE2 pattern for the same set (to match whole strings); None when RE2 has none."""
        return syntax.to_re2(self._node)

    # --- making strings --------------------------------------------------------------------

    @cached_property
    def _part(self) -> _Part:
        if self._listed is not None:
            return _Table(tuple(s.encode() for s in self._listed))
        return _Builder().part(self._node)

    def at(self, indices: Int64Array) -> Strings:
        """The strings with these numbers (int64 (n,), each in 0 .. size - 1) as a ``pa.StringArray`` or a
        dictionary array over one."""
        return _at(self._part, indices)

    def draw(self, stream: Stream) -> Strings:
        """One string for each address of ``stream``, all equally likely (where not ``distinct``: all ways of
        making one)."""
        if self.size <= _WHOLE_DRAW:
            return self.at(stream.below(self.size))
        return _draw(self._part, stream)


@lru_cache(maxsize=256)
def compile_regex(pattern: str) -> RegexSet:
    """``RegexSet.parse``, remembered."""
    node = syntax.parse(pattern)
    _, longest = syntax.lengths(node)
    if longest > syntax.MAX_LENGTH:
        raise RegexProblem(
            "too large",
            f"it makes strings of up to {longest:,} characters; {syntax.MAX_LENGTH:,} is the limit",
            0,
        )
    return RegexSet(pattern, node)


# --- from the pattern to tables -------------------------------------------------------------------


class _Builder:
    """Folds neighbouring small parts into tables; equal tables are made once."""

    def __init__(self) -> None:
        self._tables: dict[tuple[bytes, ...], _Table] = {}
        self._products: dict[tuple[_Table, _Table], _Table] = {}

    def part(self, node: syntax.Node) -> _Part:
        match node:
            case syntax.Chars(chars):
                return self._table(tuple(c.encode() for c in chars))
            case syntax.Sequence(parts):
                return self._chain([self.part(p) for p in parts])
            case syntax.Alternatives(options):
                return self._options([self.part(o) for o in options])
            case syntax.Repeat(part, low, high):
                inner = self.part(part)
                return self._options([self._chain([inner] * count) for count in range(low, high + 1)])
        raise TypeError(type(node).__name__)

    def _table(self, entries: tuple[bytes, ...]) -> _Table:
        return self._tables.setdefault(entries, _Table(entries))

    def _chain(self, parts: list[_Part]) -> _Part:
        flat: list[_Part] = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, _Chain) else [part])
        out: list[_Part] = []
        for part in flat:
            if out and isinstance(part, _Table) and isinstance(out[-1], _Table):
                merged = self._merged(out[-1], part)
                if merged is not None:
                    out[-1] = merged
                    continue
            out.append(part)
        if not out:
            return self._table((b"",))
        return out[0] if len(out) == 1 else _Chain(tuple(out))

    def _merged(self, left: _Table, right: _Table) -> _Table | None:
        size = left.size * right.size
        if size > _TABLE or size * (left.matrix.shape[1] + right.matrix.shape[1]) > _TABLE_BYTES:
            return None
        if (left, right) not in self._products:
            self._products[left, right] = self._table(
                tuple(a + b for a in left.entries for b in right.entries)
            )
        return self._products[left, right]

    def _options(self, options: list[_Part]) -> _Part:
        out: list[_Part] = []
        for option in options:
            for single in option.options if isinstance(option, _Options) else [option]:
                last = out[-1] if out else None
                if (
                    isinstance(single, _Table)
                    and isinstance(last, _Table)
                    and single.size + last.size <= _TABLE
                    and (single.size + last.size) * max(single.matrix.shape[1], last.matrix.shape[1])
                    <= _TABLE_BYTES
                ):
                    out[-1] = self._table(last.entries + single.entries)
                else:
                    out.append(single)
        return out[0] if len(out) == 1 else _Options(tuple(out))


# --- from numbers to strings ----------------------------------------------------------------------


def _at(part: _Part, index: Int64Array) -> Strings:
    from specdsl.vectors import text

    n = len(index)
    match part:
        case _Table():
            return text.join([_field(part, index)], n)
        case _Chain(parts):
            digits: list[Int64Array] = []
            rest = index
            for position in range(len(parts) - 1, 0, -1):
                size = parts[position].size
                if size >= _INDEXABLE:  # no index reaches beyond this part
                    digit, rest = rest, np.zeros(n, dtype=np.int64)
                else:
                    quotient = rest // size
                    digit, rest = rest - quotient * size, quotient
                digits.append(digit)
            digits.append(rest)
            return text.join([_piece(p, d) for p, d in zip(parts, reversed(digits), strict=True)], n)
        case _Options(options):
            starts = [min(s, _INDEXABLE - 1) for s in part.starts]
            chosen = np.searchsorted(np.array(starts[1:-1], dtype=np.int64), index, side="right")
            return _merge(
                n,
                [
                    (rows, _at(options[i], index[rows] - starts[i]))
                    for i in range(len(options))
                    if len(rows := np.flatnonzero(chosen == i))
                ],
            )


def _draw(part: _Part, stream: Stream) -> Strings:
    """Drawn part by part, each from a stream of its own."""
    from specdsl.vectors import text

    n = len(stream.addresses)
    if part.size <= _WHOLE_DRAW:
        return _at(part, stream.below(part.size))
    match part:
        case _Chain(parts):
            return text.join(
                [
                    _field(p, stream.below(p.size, lane))
                    if isinstance(p, _Table)
                    else _draw(p, stream.substream(f"part {lane}"))
                    for lane, p in enumerate(parts, 1)
                ],
                n,
            )
        case _Options(options):
            chosen = part.table.draw(stream.bits())
            if isinstance(stream, EdgeStream):  # the shortest are too few for any bits to say them
                chosen = stream.first_or_last(chosen, len(options))
            inner = stream.substream("option")
            return _merge(
                n,
                [
                    (rows, _draw(options[i], inner.take(rows)))
                    for i in range(len(options))
                    if len(rows := np.flatnonzero(chosen == i))
                ],
            )
        case _Table():
            return _at(part, stream.below(part.size))


def _piece(part: _Part, index: Int64Array) -> text.Piece:
    return _field(part, index) if isinstance(part, _Table) else _at(part, index)


def _field(table: _Table, index: Int64Array | UInt64Array) -> text.Piece:
    from specdsl.vectors import text

    if table.size == 1:
        return table.entries[0]
    width = table.matrix.shape[1]
    lengths = width if table.fixed else table.lengths.take(index).astype(np.int32)
    return text.Field(table.matrix, index, lengths)


def _merge(n: int, parts: list[tuple[Int64Array, Strings]]) -> Strings:
    """The strings of each part at its rows."""
    from specdsl.vectors import strings

    if len(parts) == 1:
        return parts[0][1]
    source = np.empty(n, dtype=np.int64)
    start = 0
    for rows, _ in parts:
        source[rows] = np.arange(start, start + len(rows))
        start += len(rows)
    return strings.take(strings.concat([strings.plain(values) for _, values in parts]), source)
