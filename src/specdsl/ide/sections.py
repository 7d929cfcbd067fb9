"""A spec's text as its top-level declarations and their members, found without parsing.

The sections of a text, put together, are the text, and so are the members of a section. A section begins at
a declaration's keyword in the first column, or at the comments right above it; what comes before the first
one is a section without a name. A BOM belongs to the first. Only tables are divided into members: the head,
the statements, and the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from specdsl.ide.kept import kept
from specdsl.syntax.lexer import BOM

_HEAD = re.compile(rf"(?:^|(?<=\A{BOM}))(?:table|enum|type|pool|dataset|import)\b", re.MULTILINE)
_DECLARES = re.compile(r"(table|enum|type|pool|dataset|import)[ \t]+(?:`([^`\n]+)`|(\w+))?")
# What a column of such a name, not indented, could not look like.
_STRONG = re.compile(
    r"""(?:table|dataset|enum)[ \t]+(?:`[^`\n]+`|\w+)[^"\n]*\{[ \t]*(?:\#.*)?\r?$
      | pool[ \t]+(?:`[^`\n]+`|\w+)[ \t]*=[ \t]*load\b
      | import[ \t]+\"""",
    re.VERBOSE | re.MULTILINE,
)
_TOKENS = re.compile(
    r'''"""(?:.|\n)*?(?:"""|\Z) | "(?:\\.|[^"\\\n])*"? | `[^`\n]*`? | \#[^\n]*
      | (?<=[=(|,][ ])/(?:\\.|[^/\\\n])+/ | [{}()\[\]]''',
    re.VERBOSE,
)
_WORD = re.compile(r"`([^`\n]+)`|(\w+)")
_DOTTED = re.compile(r"\.[ \t]*(?:`([^`\n]+)`|([^\W\d]\w*))")
_PATH = re.compile(r"(?:\.[ \t]*(?:`[^`\n]+`|[^\W\d]\w*))+")
_COMMENTS = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_QUERY = re.compile(r"\bsql[ \t]*\(")
_QUERY_FILE = re.compile(r"\bsql[ \t]*\([ \t]*\"[^\"\n]*\.sql\"")
_DATA_FILE = re.compile(r"\b(?:load[ \t]*\([ \t\r\n]*(?:path[ \t]*:[ \t]*)?|from[ \t]+)\"([^\"\n]+)\"")
_AGGREGATE = re.compile(
    r"\b(?:sum|count|min|max|avg|first|last|split|index_in|running|previous|next|first_in|last_in)[ \t]*\("
)
_TARGET = re.compile(r"(?:->|\bfrom)[ \t]*(?:`([^`\n]+)`|(\w+))")
_LIFECYCLE = re.compile(r"lifecycle\b[^={]*\{")
_HISTORY = re.compile(r"history[ \t]+(?:`([^`\n]+)`|(\w+))[ \t]+(from|after)\b")
_STRUCTURAL = re.compile(
    r"^[ \t]*(?:key|unique|locale|partition|cover|target)\b|\bkey\b|\beach\b|\bchanges\b"
    r"|^[ \t]*history[ \t]+\S+[ \t]+(?:from|after)\b",
    re.MULTILINE,
)
_DIRT = re.compile(
    r"^[ \t]*(?:violate|duplicate|typos|outliers|malformed|misencoded|variant|changes)\b"
    r"|\bon[ \t]+delete\b",
    re.MULTILINE,
)
_GOES_ON = re.compile(r"[ \t]*(?:[|+*/%=<>&?.,)\]}-]|(?:and|or|then|else|by|per|max|where|when|distinct)\b)")
_OPEN_END = re.compile(r"(?:[|+*/=,(\[{<>-]|\b(?:and|or|not|then|else|if|in|by|per|where|when))[ \t]*$")


@dataclass(frozen=True)
class Member:
    """A stretch of a table's text: its head, a statement, or its end.

    ``names``: the columns that it may declare. ``words``: all names in it, those in strings and comments too.
    ``after_dots``: the names that follow a dot, and ``hops`` how many follow each other at most. ``targets``:
    tables that it refers to. ``structural``: what refers to the table depends on it (its head, keys, row
    counts). ``gathers``: it looks at the rows that refer to its own.
    """

    text: str
    start: int
    structural: bool

    @cached_property
    def names(self) -> frozenset[str]:
        statement = _COMMENTS.sub("", self.text).lstrip()
        if _LIFECYCLE.match(statement):
            words = _words(statement)
            return words | {f"{word}_at" for word in words}
        history = _HISTORY.match(statement)
        if history is not None:
            axis = history[1] or history[2]
            made = ("version", "is_current") if history[3] == "from" else ("record", "is_latest")
            return frozenset((axis, f"{axis}_from", f"{axis}_to", *made))
        group = statement[1 : statement.find(")")] if statement.startswith("(") else statement
        parts = group.split(",") if group is not statement else [group]
        found = (_WORD.search(part) for part in parts)
        return frozenset(word[1] or word[2] for word in found if word is not None)

    @cached_property
    def words(self) -> frozenset[str]:
        return _words(self.text)

    @cached_property
    def after_dots(self) -> frozenset[str]:
        return frozenset(quoted or word for quoted, word in _DOTTED.findall(self.text))

    @cached_property
    def hops(self) -> int:
        return max((path.count(".") for path in _PATH.findall(self.text)), default=0)

    @cached_property
    def targets(self) -> frozenset[str]:
        return frozenset(quoted or word for quoted, word in _TARGET.findall(self.text))

    @cached_property
    def gathers(self) -> bool:
        return _AGGREGATE.search(self.text) is not None


@dataclass(frozen=True)
class Section:
    """A stretch of text. ``kind``: the keyword it begins with, "" for none; ``name``: what it declares.
    ``queries``: it holds SQL, where case does not tell names apart; ``opaque``: it depends on what is not in
    the text (a query in a file)."""

    text: str
    kind: str
    name: str

    @cached_property
    def words(self) -> frozenset[str]:
        return _words(self.text)

    @cached_property
    def queries(self) -> bool:
        return _QUERY.search(self.text) is not None

    @cached_property
    def opaque(self) -> bool:
        return _QUERY_FILE.search(self.text) is not None

    @cached_property
    def spoils(self) -> bool:
        """Whether it seems to declare dirt or changes, which may be wrong for what other sections ask of its
        rows."""
        return self.kind == "table" and _DIRT.search(self.text) is not None

    @cached_property
    def data_files(self) -> tuple[str, ...]:
        """The data files that it seems to read, as written."""
        return tuple(dict.fromkeys(_DATA_FILE.findall(self.text)))

    @cached_property
    def members(self) -> tuple[Member, ...]:
        if self.kind != "table" or self.queries:
            return (Member(self.text, 0, structural=True),)
        return tuple(_members(self.text))

    @cached_property
    def columns(self) -> Mapping[str, tuple[int, ...]]:
        """The members, by number, that may declare a column of a name."""
        found: dict[str, tuple[int, ...]] = {}
        for number, member in enumerate(self.members):
            for name in member.names:
                found[name] = (*found.get(name, ()), number)
        return found

    @cached_property
    def targets(self) -> frozenset[str]:
        return frozenset(name for member in self.members for name in member.targets)


def _words(text: str) -> frozenset[str]:
    return frozenset(quoted or word for quoted, word in _WORD.findall(text))


# --- sections ------------------------------------------------------------------------------


def split(text: str) -> list[Section]:
    """The sections of ``text``, in order."""
    starts = [0, *boundaries(text, 0), len(text)]
    return [section(text[start:end]) for start, end in pairwise(starts)]


def boundaries(text: str, start: int) -> Iterator[int]:
    """Where the sections after the one that begins at ``start`` begin. Neither what stands before ``start``
    nor what follows the line of a declaration's keyword has a say in whether a section begins there."""
    for head in _HEAD.finditer(text, start):
        at = _with_comments(text, head.start(), start)
        if start == at or text.count('"""', start, at) % 2:
            continue
        if _STRONG.match(text, head.start()) or is_closed(text[start:at]):
            yield at
            start = at


def _with_comments(text: str, at: int, floor: int) -> int:
    """Where the comment lines right above offset ``at`` begin; what follows a BOM begins with that."""
    first = 1 if text.startswith(BOM) else 0
    while at > max(floor, first):
        line = max(text.rfind("\n", floor, at - 1) + 1, floor, first)
        if not text.startswith("#", line):
            break
        at = line
    return 0 if at == first else at


@kept
def is_closed(text: str) -> bool:
    """Whether as many brackets are closed as are opened, strings and comments aside."""
    return unclosed(text) <= 0


def unclosed(text: str) -> int:
    """How many more brackets are opened than closed, strings and comments aside."""
    return _depths(text)[1]


def _depths(text: str) -> tuple[list[tuple[int, int]], int]:
    """Where the depth of brackets changes, with the depth from there on, and the depth at the end. A long
    string that is not closed counts as a bracket."""
    changes: list[tuple[int, int]] = []
    depth = 0
    for token in _TOKENS.finditer(text):
        what = token[0]
        if what in "{([":
            depth += 1
        elif what in "})]":
            depth -= 1
        elif what.startswith('"""'):
            if len(what) < 6 or not what.endswith('"""'):
                depth += 1
            else:  # its lines are inside
                changes.append((token.start(), depth + 1))
        else:
            continue
        changes.append((token.end(), depth))
    return changes, depth


@kept
def section(text: str) -> Section:
    """``text`` as a section."""
    head = _HEAD.search(text)
    declared = _DECLARES.match(text, head.start()) if head is not None else None
    if declared is None:
        return Section(text, "", "")
    return Section(text, declared[1], declared[2] or declared[3] or "")


# --- members -------------------------------------------------------------------------------


def _members(text: str) -> Iterator[Member]:
    """The head, each statement with the comments above it, and the end."""
    starts = [0, *_statement_starts(text), len(text)]
    last = len(starts) - 2
    for number in range(len(starts) - 1):
        part = text[starts[number] : starts[number + 1]]
        if part:
            ends = number in (0, last)
            yield Member(part, starts[number], structural=ends or _STRUCTURAL.search(part) is not None)


def _statement_starts(text: str) -> Iterator[int]:
    changes, _ = _depths(text)
    depth, at, comments, before = 0, 0, -1, ""
    place = 0
    opened = False
    alone = text.count("\r") > text.count("\r\n")  # those are too rare to be worth more
    for line in [text] if alone else text.splitlines(keepends=True):
        while at < len(changes) and changes[at][0] <= place:
            depth = changes[at][1]
            at += 1
        opened |= depth > 0
        bare = line.strip()
        if opened and depth == 0:
            return
        if depth == 1 and bare:
            if bare.startswith("}"):
                yield place
                return
            if bare.startswith("#"):
                comments = place if comments < 0 else comments
            else:
                if not _GOES_ON.match(line) and not _OPEN_END.search(before):
                    yield place if comments < 0 else comments
                comments, before = -1, re.sub(r"[ \t]#.*$", "", bare)
        elif bare:
            before = ""
        place += len(line)
