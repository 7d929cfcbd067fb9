"""Words, names, strings and signs of SQL, in any of the dialects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NAME = "name"  # in quotes
    STRING = "string"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """``value`` is what it says: a name or string without its quotes. ``start`` and ``end`` are in the
    script."""

    kind: Kind
    value: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """A word in upper case; '' for anything else."""
        return self.value.upper() if self.kind is Kind.WORD else ""


class Unclosed(Exception):
    """A quote or comment that never ends, at ``offset``."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Habits:
    """How a dialect spells. ``folds``: names without quotes become lower case. ``backslash``: it escapes
    in any string. ``brackets`` quote names, ``dollars`` strings, ``hash`` begins a comment; ``double``
    quotes are of strings."""

    sqlglot: str
    folds: bool = False
    backslash: bool = False
    brackets: bool = False
    dollars: bool = False
    hash: bool = False


DIALECTS: Mapping[str, Habits] = MappingProxyType(
    {
        "postgres": Habits("postgres", folds=True, dollars=True),
        "mysql": Habits("mysql", backslash=True, hash=True),
        "sqlite": Habits("sqlite", brackets=True),
        "duckdb": Habits("duckdb", dollars=True),
        "tsql": Habits("tsql", brackets=True),
        "oracle": Habits("oracle", folds=True),
    }
)


@cache
def opaque(habits: Habits) -> str:
    """A regular expression of what is one piece whatever stands in it: comments, strings, quoted names."""
    comments = [r"--[^\n]*", r"/\*.*?\*/", *([r"\#[^\n]*"] if habits.hash else [])]
    text = r"'(?:[^'\\]|\\.|'')*+'" if habits.backslash else r"'(?:[^']|'')*+'"
    strings = [rf"(?:[nN]|[bBxX]|_\w+\s*)?{text}"]
    strings += [r'"(?:[^"\\]|\\.|"")*+"'] if habits.backslash else [r"\b[eE]'(?:[^'\\]|\\.|'')*+'"]
    strings += [r"(?P<dollar>\$\w*\$).*?(?P=dollar)"] if habits.dollars else []
    names = [r"`(?:[^`]|``)*+`", *([] if habits.backslash else [r'"(?:[^"]|"")*+"'])]
    names += [r"\[[^\]\n]*\]"] if habits.brackets else []
    kinds = (("comment", comments), ("string", strings), ("name", names))
    parts = [f"(?P<{kind}>{'|'.join(each)})" for kind, each in kinds]
    return "|".join(parts)


@cache
def _tokens(habits: Habits) -> re.Pattern[str]:
    more = r"(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<word>[^\W\d][\w$#]*)"
    signs = r"(?P<sign>::|\|\||<>|!=|<=|>=|[^\s])"
    return re.compile(rf"{opaque(habits)}|{more}|{signs}", re.DOTALL)


def tokens(text: str, start: int, end: int, habits: Habits) -> list[Token]:
    """The tokens of a part of a script, without comments. Raises Unclosed."""
    found: list[Token] = []
    for match in _tokens(habits).finditer(text, start, end):
        kind = match.lastgroup
        raw = match.group()
        if kind == "dollar" or match["string"] is not None:
            found.append(Token(Kind.STRING, _string(raw, habits), match.start(), match.end()))
        elif kind == "name":
            quote = "]" if raw[0] == "[" else raw[0]
            name = raw[1:-1].replace(quote * 2, quote)
            found.append(Token(Kind.NAME, name, match.start(), match.end()))
        elif kind == "sign" and raw in ("'", '"', "`"):
            raise Unclosed(match.start())
        elif kind != "comment":
            found.append(Token(Kind(kind or "sign"), raw, match.start(), match.end()))
    return found


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


def _string(raw: str, habits: Habits) -> str:
    if raw.startswith("$"):
        tag = raw[: raw.index("$", 1) + 1]
        return raw[len(tag) : -len(tag)]
    at = min(i for i in (raw.find("'"), raw.find('"')) if i >= 0)
    quote, inner = raw[at], raw[at + 1 : -1]
    inner = inner.replace(quote * 2, quote)
    if habits.backslash or raw[:1] in "eE":
        inner = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), inner, flags=re.DOTALL)
    return inner
