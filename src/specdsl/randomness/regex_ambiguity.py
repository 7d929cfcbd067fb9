"""Whether every string of a set is made in one way only, so that numbers and strings correspond."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.randomness.regex_syntax import (
    Alternatives,
    Chars,
    Node,
    Repeat,
    Sequence,
    derivations,
    lengths,
    strings,
)

_MAX_POSITIONS = 300
_MAX_LISTED = 256


def unambiguous(node: Node) -> bool:
    """True only if no string has two derivations. Quick sufficient rules first; small patterns that they do
    not settle are decided exactly on the pattern's automaton; large ones count as ambiguous."""
    return _plainly(node) or _exactly(node)


def _plainly(node: Node) -> bool:
    match node:
        case Chars():
            return True
        case Sequence(parts):
            varying = sum(low != high for low, high in map(lengths, parts))
            return varying <= 1 and all(map(_plainly, parts))
        case Alternatives(options):
            found = [lengths(o) for o in options]
            apart = all(low == high for low, high in found) and len({low for low, _ in found}) == len(found)
            if apart:
                return all(map(_plainly, options))
            size = derivations(node)
            return size <= _MAX_LISTED and len(set(strings(node))) == size
        case Repeat(part, low, high):
            least, most = lengths(part)
            if low == high and high <= 1:
                return high == 0 or _plainly(part)
            return least == most and (least > 0 or low == high) and _plainly(part)
    raise TypeError(type(node).__name__)


# --- the exact decision -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    """Glushkov's sets of a part, with how many ways it makes the empty string (2 stands for more)."""

    empty: int
    first: tuple[int, ...]
    last: tuple[int, ...]


class _Automaton:
    """Glushkov's automaton. Two arrows between the same positions count as two ways."""

    def __init__(self) -> None:
        self.chars: list[frozenset[str]] = []
        self.follow: list[list[int]] = []

    def build(self, node: Node) -> _Piece:
        match node:
            case Chars(chars):
                if len(self.chars) >= _MAX_POSITIONS:
                    raise _TooLargeError
                self.chars.append(frozenset(chars))
                self.follow.append([])
                place = len(self.chars) - 1
                return _Piece(0, (place,), (place,))
            case Sequence(parts):
                return self._chain([self.build(p) for p in parts])
            case Alternatives(options):
                pieces = [self.build(o) for o in options]
                return _Piece(
                    min(2, sum(p.empty for p in pieces)),
                    tuple(x for p in pieces for x in p.first),
                    tuple(x for p in pieces for x in p.last),
                )
            case Repeat(part, low, high):
                # a{2,4} as a a (a (a)?)?
                piece = _Piece(1, (), ())
                for count in range(high, 0, -1):
                    piece = self._chain([self.build(part), piece])
                    if count > low:
                        piece = _Piece(min(2, piece.empty + 1), piece.first, piece.last)
                return piece
        raise TypeError(type(node).__name__)

    def _chain(self, pieces: list[_Piece]) -> _Piece:
        whole = _Piece(1, (), ())
        for piece in pieces:
            for place in whole.last:
                self.follow[place].extend(piece.first)
            whole = _Piece(
                min(2, whole.empty * piece.empty),
                whole.first + piece.first * whole.empty,
                piece.last + whole.last * piece.empty,
            )
        return whole


class _TooLargeError(Exception):
    pass


def _exactly(node: Node) -> bool:
    automaton = _Automaton()
    try:
        whole = automaton.build(node)
    except _TooLargeError:
        return False
    if whole.empty > 1:
        return False
    chars, follow = automaton.chars, automaton.follow
    if len(set(whole.last)) != len(whole.last):
        return False
    final = set(whole.last)
    # All positions lead to an end, so two ways to one position on one text are an ambiguity.
    if _repeated(whole.first) or any(map(_repeated, follow)):
        return False
    seen: set[tuple[int, int]] = set()
    work: list[tuple[int, int]] = []

    def push(left: tuple[int, ...] | list[int], right: tuple[int, ...] | list[int]) -> None:
        for a in left:
            for b in right:
                if (
                    a != b
                    and (pair := (min(a, b), max(a, b))) not in seen
                    and not chars[a].isdisjoint(chars[b])
                ):
                    seen.add(pair)
                    work.append(pair)

    push(whole.first, whole.first)
    for places in follow:  # where two ways can part
        push(places, places)
    while work:
        a, b = work.pop()
        if a in final and b in final:
            return False
        for x in follow[a]:
            for y in follow[b]:
                if x == y:
                    return False
        push(follow[a], follow[b])
        if len(seen) > 50_000:
            return False
    return True


def _repeated(places: tuple[int, ...] | list[int]) -> bool:
    return len(set(places)) != len(places)
