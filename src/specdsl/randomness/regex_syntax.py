"""Reading a regular expression as a description of a finite set of strings.

The dialect is what such sets need: literals, classes, groups, alternation and bounded repetition. Classes
written by exclusion (``.``, ``[^...]``, ``\\D``, ``\\W``, ``\\S``) and by name (``\\d \\w \\s``) mean the
printable ASCII characters that belong to them; ``\\s`` is the space.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

MAX_PATTERN = 10_000
MAX_NESTING = 100
MAX_REPEAT = 1000
MAX_LENGTH = 10_000

PRINTABLE: Final = tuple(map(chr, range(0x20, 0x7F)))
_DIGIT: Final = tuple("0123456789")
_WORD: Final = tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_SPACE: Final = (" ",)


def _excluding(chars: tuple[str, ...]) -> tuple[str, ...]:
    banned = frozenset(chars)
    return tuple(c for c in PRINTABLE if c not in banned)


_NAMED: Final = {
    "d": _DIGIT, "D": _excluding(_DIGIT), "w": _WORD, "W": _excluding(_WORD), "s": _SPACE,
    "S": _excluding(_SPACE),
}  # fmt: skip
_CONTROL: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}

Kind = Literal["invalid", "infinite", "unsupported", "too large"]


class RegexProblem(Exception):
    """A pattern that describes no finite set of strings. ``message`` is one clause for people, ``offset`` a
    place in the pattern in code points."""

    def __init__(self, kind: Kind, message: str, offset: int) -> None:
        super().__init__(f"{message} (at {offset})")
        self.kind: Kind = kind
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Node:
    """Base of the parts of a pattern."""


@dataclass(frozen=True, slots=True)
class Chars(Node):
    """One of some characters: at least one, different, in ascending order."""

    chars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """Parts after each other; none means the empty string."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternatives(Node):
    """One of some parts."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """``low`` to ``high`` times ``part``."""

    part: Node
    low: int
    high: int


def parse(pattern: str) -> Node:
    """The set that ``pattern`` describes. Raises RegexProblem."""
    if len(pattern) > MAX_PATTERN:
        raise RegexProblem("too large", f"a pattern can have {MAX_PATTERN:,} characters", MAX_PATTERN)
    reader = _Reader(pattern)
    node = reader.alternatives(0)
    if reader.place < len(pattern):
        raise RegexProblem("invalid", "`)` closes no group", reader.place)
    return node


class _Reader:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0

    def peek(self) -> str:
        return self.pattern[self.place] if self.place < len(self.pattern) else ""

    def alternatives(self, depth: int) -> Node:
        if depth > MAX_NESTING:
            raise RegexProblem("too large", f"groups are nested more than {MAX_NESTING} deep", self.place)
        options = [self._sequence(depth)]
        while self.peek() == "|":
            self.place += 1
            options.append(self._sequence(depth))
        return options[0] if len(options) == 1 else Alternatives(tuple(options))

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            start = self.place
            if self._anchor(depth):
                continue
            part = self._atom(depth)
            parts.append(self._repeated(part, start))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _anchor(self, depth: int) -> bool:
        """Passes over ``^`` at the start and ``$`` at the end, which say nothing about a whole string."""
        char = self.peek()
        if char not in ("^", "$"):
            return False
        before, after = self.pattern[: self.place], self.pattern[self.place + 1 :]
        if char == "^" and (
            not before or (depth == 0 and before.endswith("|") and not before.endswith("\\|"))
        ):
            self.place += 1
            return True
        if char == "$" and (not after or (depth == 0 and after.startswith("|"))):
            self.place += 1
            return True
        where = "start" if char == "^" else "end"
        raise RegexProblem(
            "unsupported",
            f"`{char}` can only stand at the {where} of the pattern; `\\{char}` is the character",
            self.place,
        )

    def _atom(self, depth: int) -> Node:
        start, char = self.place, self.peek()
        match char:
            case "(":
                return self._group(depth)
            case "[":
                return self._class()
            case ".":
                self.place += 1
                return Chars(PRINTABLE)
            case "\\":
                self.place += 1
                return Chars(self._escape(start, in_class=False))
            case "*" | "+" | "?":
                raise RegexProblem("invalid", f"`{char}` has nothing to repeat", start)
            case "{" if self._counts() is not None:
                raise RegexProblem("invalid", "`{` has nothing to repeat", start)
            case _:
                self.place += 1
                return Chars((char,))

    def _group(self, depth: int) -> Node:
        start = self.place
        self.place += 1
        if self.peek() == "?":
            rest = self.pattern[self.place + 1 :]
            if rest.startswith(":"):
                self.place += 2
            elif rest.startswith(("=", "!", "<=", "<!")):
                raise RegexProblem("unsupported", "look-around describes no set that can be counted", start)
            elif rest.startswith(("P<", "<", "'")):
                close = self.pattern.find("'" if rest.startswith("'") else ">", self.place + 2)
                if close < 0:
                    raise RegexProblem("invalid", "the group's name has no end", start)
                self.place = close + 1
            else:
                raise RegexProblem("unsupported", "flags inside a pattern are not supported", start)
        node = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise RegexProblem("invalid", "this `(` is not closed", start)
        self.place += 1
        return node

    # --- classes and escapes ---------------------------------------------------------------

    def _class(self) -> Node:
        start = self.place
        self.place += 1
        negated = self.peek() == "^"
        self.place += negated
        chars: set[str] = set()
        first = True
        while self.peek() != "]" or first:
            if not self.peek():
                raise RegexProblem("invalid", "this `[` is not closed", start)
            first = False
            if self.pattern.startswith("[:", self.place):
                raise RegexProblem(
                    "unsupported", "named classes such as `[:alpha:]` are not supported", self.place
                )
            low_place = self.place
            low = self._class_item()
            if self.peek() == "-" and self.pattern[self.place + 1 : self.place + 2] not in ("", "]"):
                self.place += 1
                high = self._class_item()
                if len(low) != 1 or len(high) != 1:
                    raise RegexProblem("invalid", "a range needs a character at each end", low_place)
                if low[0] > high[0]:
                    raise RegexProblem("invalid", f"the range `{low[0]}-{high[0]}` is upside down", low_place)
                chars.update(
                    chr(c) for c in range(ord(low[0]), ord(high[0]) + 1) if not 0xD800 <= c <= 0xDFFF
                )
            else:
                chars.update(low)
        self.place += 1
        found = _excluding(tuple(chars)) if negated else tuple(sorted(chars))
        if not found:
            raise RegexProblem("invalid", "this class leaves no printable ASCII character", start)
        return Chars(found)

    def _class_item(self) -> tuple[str, ...]:
        char = self.peek()
        if not char:
            raise RegexProblem("invalid", "the class is not closed", self.place)
        start = self.place
        self.place += 1
        return self._escape(start, in_class=True) if char == "\\" else (char,)

    def _escape(self, start: int, *, in_class: bool) -> tuple[str, ...]:
        char = self.peek()
        self.place += 1
        if not char:
            raise RegexProblem("invalid", "the pattern ends in a backslash", start)
        if char in _NAMED:
            return _NAMED[char]
        if char in "xuU":
            return (self._code_point(char, start),)
        if char == "b" and in_class:
            return ("\b",)
        if char.isdigit() and char != "0":
            raise RegexProblem("unsupported", "back-references describe no set that can be counted", start)
        if char in _CONTROL:
            return (_CONTROL[char],)
        if char in "bBAZzGQE":
            raise RegexProblem("unsupported", f"`\\{char}` is not supported", start)
        if char in "pP":
            raise RegexProblem(
                "unsupported", "Unicode classes are not supported; write the range of characters", start
            )
        if char.isascii() and char.isalpha():
            raise RegexProblem("invalid", f"`\\{char}` means nothing", start)
        return (char,)

    def _code_point(self, kind: str, start: int) -> str:
        if self.peek() == "{":
            close = self.pattern.find("}", self.place)
            digits, after = self.pattern[self.place + 1 : close], close + 1
            if close < 0:
                digits = ""
        else:
            width = {"x": 2, "u": 4, "U": 8}[kind]
            digits, after = self.pattern[self.place : self.place + width], self.place + width
            digits = digits if len(digits) == width else ""
        if not digits or any(c not in "0123456789abcdefABCDEF" for c in digits) or len(digits) > 8:
            raise RegexProblem("invalid", f"`\\{kind}` needs hexadecimal digits", start)
        code = int(digits, 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise RegexProblem("invalid", f"there is no character U+{code:X}", start)
        self.place = after
        return chr(code)

    # --- repetition ------------------------------------------------------------------------

    def _counts(self) -> tuple[int, int | None, int] | None:
        """``{m}``, ``{m,n}`` or ``{m,}`` at this place and the place behind it; None for a plain brace."""
        close = self.pattern.find("}", self.place)
        inner = self.pattern[self.place + 1 : close] if close > 0 else ""
        low, comma, high = inner.partition(",")
        if not inner or not (low + high).isdecimal() or not (low + high).isascii() or not low:
            return None
        if max(len(low), len(high)) > 6:
            return MAX_REPEAT + 1, MAX_REPEAT + 1, close + 1
        return int(low), (int(high) if high else None) if comma else int(low), close + 1

    def _repeated(self, part: Node, start: int) -> Node:
        while (char := self.peek()) in ("*", "+", "?", "{"):
            place = self.place
            low, high = 0, 1
            if char == "{":
                counts = self._counts()
                if counts is None:
                    return part
                low, most, after = counts
                if most is None:
                    raise _infinite(f"{{{low},}}", self.pattern[start:place], low, place)
                high = most
                if low > high:
                    raise RegexProblem("invalid", f"`{{{low},{high}}}` is upside down", place)
                if high > MAX_REPEAT:
                    raise RegexProblem("too large", f"a part can repeat {MAX_REPEAT:,} times at most", place)
            elif char == "?":
                after = place + 1
            else:
                raise _infinite(char, self.pattern[start:place], int(char == "+"), place)
            self.place = after
            if self.peek() in ("?", "+") and self.pattern[place] != self.peek():
                lazy = self.pattern[self.place]
                if lazy == "?":  # a lazy quantifier matches the same strings
                    self.place += 1
            part = Repeat(part, low, high)
        return part


def _infinite(written: str, part: str, low: int, place: int) -> RegexProblem:
    shown = part if len(part) <= 20 else "..."
    return RegexProblem(
        "infinite",
        f"`{written}` has no upper end; say how many at most, such as `{shown}{{{low},{low + 8}}}`",
        place,
    )


def lengths(node: Node) -> tuple[int, int]:
    """The least and the most characters of the strings, in code points."""
    match node:
        case Chars():
            return 1, 1
        case Sequence(parts):
            found = [lengths(p) for p in parts]
            return sum(low for low, _ in found), sum(high for _, high in found)
        case Alternatives(options):
            found = [lengths(o) for o in options]
            return min(low for low, _ in found), max(high for _, high in found)
        case Repeat(part, low, high):
            least, most = lengths(part)
            return least * low, most * high
    raise TypeError(type(node).__name__)


def derivations(node: Node) -> int:
    """In how many ways the node makes strings: their number, where each is made in one way."""
    match node:
        case Chars(chars):
            return len(chars)
        case Sequence(parts):
            total = 1
            for part in parts:
                total *= derivations(part)
            return total
        case Alternatives(options):
            return sum(map(derivations, options))
        case Repeat(part, low, high):
            base = derivations(part)
            if base == 1:
                return high - low + 1
            return int(base ** (high + 1) - base**low) // (base - 1)
    raise TypeError(type(node).__name__)


def describe(node: Node) -> str:
    """The arithmetic of ``derivations``: ``26^3 x 10``."""
    factors: list[tuple[str, int]] = []

    def add(text: str, times: int) -> None:
        if factors and factors[-1][0] == text:
            times += factors.pop()[1]
        factors.append((text, times))

    def visit(part: Node, times: int) -> None:
        match part:
            case Chars(chars):
                if len(chars) > 1:
                    add(f"{len(chars):,}", times)
            case Sequence(parts) if times == 1:
                for p in parts:
                    visit(p, 1)
            case Repeat(inner, low, high) if low == high:
                if times * low:
                    visit(inner, times * low)
            case _:
                if derivations(part) > 1:
                    text = _sum(part)
                    add(f"({text})" if " " in text else text, times)

    visit(node, 1)
    if len(factors) == 1 and factors[0][1] == 1:
        return factors[0][0].removeprefix("(").removesuffix(")")
    return " x ".join(f if n == 1 else f"{f}^{n}" for f, n in factors) or "1"


def readable(number: int) -> str:
    """A count as people read it, rounded where it has more than 30 digits."""
    return f"{number:,}" if number < 10**30 else f"about 10^{number.bit_length() * 30103 // 100000}"


def _sum(node: Node) -> str:
    match node:
        case Alternatives(options) if len(options) <= 6 and any(derivations(o) > 1 for o in options):
            return " + ".join(map(describe, options))
        case Repeat(part, low, high) if high - low <= 3 and derivations(part) > 1:
            inner = describe(part)
            inner = f"({inner})" if " " in inner or "^" in inner else inner
            return " + ".join(
                "1" if k == 0 else inner if k == 1 else f"{inner}^{k}" for k in range(low, high + 1)
            )
        case Sequence():
            return describe(node)
        case _:
            return readable(derivations(node))


_META = frozenset("\\^$.|?*+()[]{}-/")


def to_re2(node: Node) -> str | None:
    """The same set in RE2's syntax, for a match of the whole string; None when RE2 would refuse it."""
    return None if _repeats(node) > MAX_REPEAT else _re2(node)


def _repeats(node: Node) -> int:
    """The product of nested counts, which RE2 limits."""
    match node:
        case Sequence(items) | Alternatives(items):
            return max(map(_repeats, items), default=1)
        case Repeat(part, _, high):
            return max(1, high) * _repeats(part)
        case _:
            return 1


def _re2(node: Node) -> str:
    match node:
        case Chars((char,)):
            return _quoted(char)
        case Chars(chars):
            return f"[{''.join(_runs(chars))}]"
        case Sequence(parts):
            return "".join(f"(?:{_re2(p)})" if isinstance(p, Alternatives) else _re2(p) for p in parts)
        case Alternatives(options):
            return "|".join(map(_re2, options))
        case Repeat(part, low, high):
            inner = _re2(part) if isinstance(part, Chars) else f"(?:{_re2(part)})"
            if (low, high) == (0, 1):
                return inner + "?" if not inner.endswith("?") else f"(?:{inner})?"
            return f"{inner}{{{low},{high}}}" if low != high else f"{inner}{{{low}}}"
    raise TypeError(type(node).__name__)


def _quoted(char: str) -> str:
    if char in _META:
        return "\\" + char
    if ord(char) < 0x20 or ord(char) == 0x7F:
        return f"\\x{ord(char):02x}"
    return char


def _runs(chars: tuple[str, ...]) -> list[str]:
    out: list[str] = []
    start = last = chars[0]
    for char in (*chars[1:], ""):
        if char and ord(char) == ord(last) + 1:
            last = char
            continue
        if start == last:
            out.append(_quoted(start))
        elif ord(last) == ord(start) + 1:
            out.append(_quoted(start) + _quoted(last))
        else:
            out.append(f"{_quoted(start)}-{_quoted(last)}")
        start = last = char
    return out


def strings(node: Node) -> Iterator[str]:
    """All derivations in the order of their numbers."""
    match node:
        case Chars(chars):
            yield from chars
        case Sequence(parts):
            for combination in product(*(tuple(strings(p)) for p in parts)):
                yield "".join(combination)
        case Alternatives(options):
            for option in options:
                yield from strings(option)
        case Repeat(part, low, high):
            inner = tuple(strings(part))
            for count in range(low, high + 1):
                for combination in product(inner, repeat=count):
                    yield "".join(combination)
