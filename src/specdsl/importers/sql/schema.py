"""What a script declares: tables, columns and rules as they stand there, gathered statement by statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from specdsl.importers.sql.lexing import Token
from specdsl.source import Span


@dataclass(frozen=True, slots=True)
class SqlType:
    """A column's type. ``name`` is in upper case, words with one space between (``DOUBLE PRECISION``),
    without a schema; ``params`` what stands in its parentheses. ``dims``: how often it is an array."""

    name: str
    params: tuple[str, ...] = ()
    unsigned: bool = False
    dims: int = 0


@dataclass(slots=True)
class Column:
    """A column. ``default`` and ``generated`` are expressions in SQL, '' for none."""

    name: str
    type: SqlType
    span: Span
    nullable: bool = True
    default: str = ""
    generated: str = ""
    identity: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign key: ``columns`` refer to ``to`` of ``table``, () for its primary key. ``table`` is as
    written, with its schema if it has one."""

    columns: tuple[str, ...]
    table: tuple[str, ...]
    to: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Condition:
    """A CHECK, as text in SQL. ``name`` is '' where it has none; ``of``: the column whose domain it comes
    from, '' for one of the table."""

    name: str
    text: str
    span: Span
    of: str = ""


@dataclass(frozen=True, slots=True)
class Unique:
    """Columns whose values no two rows share."""

    columns: tuple[str, ...]
    span: Span


@dataclass(slots=True)
class Table:
    """A table. ``path`` is its name, after its schema if that is written. ``partition_by``: the column that
    it is divided by ranges of, '' for none; ``partitions``: from and to of each, in SQL."""

    path: tuple[str, ...]
    span: Span
    columns: dict[str, Column] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    uniques: list[Unique] = field(default_factory=list)
    foreign: list[Foreign] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    doc: str = ""
    partition_by: str = ""
    partitions: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path[-1]

    def column(self, name: str) -> Column | None:
        """The column of that name; case counts only where two names differ in nothing else."""
        exact = self.columns.get(name)
        low = name.casefold()
        return exact or next((c for n, c in self.columns.items() if n.casefold() == low), None)


@dataclass(frozen=True, slots=True)
class Domain:
    """A type of one's own over another. The conditions speak of ``VALUE``."""

    type: SqlType
    nullable: bool
    default: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A statement that the spec does without. ``kind`` is in the singular (``view``), ``why`` a clause or
    ''."""

    kind: str
    name: str
    span: Span
    why: str = ""


@dataclass(slots=True)
class Schema:
    """All that a script declares. Enums and domains are by their name in upper case."""

    tables: list[Table] = field(default_factory=list)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)

    def table(self, path: tuple[str, ...]) -> Table | None:
        """The table that ``path`` names: with the same schema, or where one of the two says none."""
        low = tuple(p.casefold() for p in path)
        named = [t for t in self.tables if t.name.casefold() == low[-1]]
        for one in named:
            if tuple(p.casefold() for p in one.path)[-2:] == low[-2:]:
                return one
        loose = [t for t in named if len(t.path) == 1 or len(path) == 1]
        return loose[0] if loose else None


class Unreadable(Exception):
    """A part of a statement that is not understood: ``why``, at ``span``."""

    def __init__(self, why: str, span: Span) -> None:
        super().__init__(why)
        self.why = why
        self.span = span


class Cursor:
    """A walk over the tokens of one statement."""

    def __init__(self, tokens: list[Token], text: str, file: str, *, folds: bool) -> None:
        self.tokens = tokens
        self.at = 0
        self.text = text
        self._file = file
        self._folds = folds

    def __bool__(self) -> bool:
        return self.at < len(self.tokens)

    @property
    def word(self) -> str:
        """The word here in upper case, '' for anything else."""
        return self.tokens[self.at].word if self else ""

    @property
    def sign(self) -> str:
        return self.tokens[self.at].value if self and self.tokens[self.at].kind == "sign" else ""

    def peek(self, ahead: int = 1) -> Token | None:
        """The token so many places on."""
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def next(self) -> Token:
        """The token here, and on to the next. Raises Unreadable at the end."""
        if not self:
            raise Unreadable("it ends too early", self.span_here())
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, *words: str) -> bool:
        """Whether ``words`` stand here one after the other; if so, they are behind."""
        here = self.tokens[self.at : self.at + len(words)]
        if len(here) == len(words) and all(t.word == w for t, w in zip(here, words, strict=True)):
            self.at += len(words)
            return True
        return False

    def take_any(self, *words: str) -> str:
        """The word here if it is one of ``words``, which is then behind; else ''."""
        found = self.word
        if found and found in words:
            self.at += 1
            return found
        return ""

    def name(self) -> str:
        """An identifier."""
        token = self.next()
        if token.kind == "name":
            return token.value
        if token.kind == "word":
            return token.value.lower() if self._folds else token.value
        if token.kind == "string":  # SQLite and MySQL take strings for names
            return token.value
        raise Unreadable("a name was expected here", self.span(self.at - 1))

    def path(self) -> tuple[str, ...]:
        """A name with what stands before it and dots between."""
        parts = [self.name()]
        while self.sign == ".":
            self.next()
            parts.append(self.name())
        return tuple(parts)

    def group(self) -> Cursor:
        """The tokens between the parentheses that begin here, which are then behind."""
        if self.sign != "(":
            raise Unreadable("a `(` was expected here", self.span_here())
        depth, start = 0, self.at + 1
        for i in range(self.at, len(self.tokens)):
            token = self.tokens[i]
            if token.kind == "sign" and token.value in "()":
                depth += 1 if token.value == "(" else -1
                if depth == 0:
                    self.at = i + 1
                    return self.part(start, i)
        raise Unreadable("its `(` has no `)`", self.span(self.at))

    def part(self, start: int, end: int) -> Cursor:
        """A walk over some of the tokens."""
        return Cursor(self.tokens[start:end], self.text, self._file, folds=self._folds)

    def pieces(self) -> Iterator[Cursor]:
        """What is left, cut at its outermost commas."""
        depth, start = 0, self.at
        for i in range(self.at, len(self.tokens)):
            token = self.tokens[i]
            if token.kind != "sign":
                continue
            depth += token.value in "(["
            depth -= token.value in ")]"
            if token.value == "," and depth == 0:
                yield self.part(start, i)
                start = i + 1
        if start < len(self.tokens):
            yield self.part(start, len(self.tokens))
        self.at = len(self.tokens)

    def names(self) -> tuple[str, ...]:
        """The names in the parentheses here; what follows a name (a length, an order) says nothing."""
        return tuple(piece.name() for piece in self.group().pieces())

    def source(self, start: int, end: int) -> str:
        """The text of some of the tokens."""
        if start >= end:
            return ""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def whole(self) -> str:
        """The text of all."""
        return self.source(0, len(self.tokens))

    def span(self, at: int) -> Span:
        """Where the token ``at`` stands."""
        token = self.tokens[at]
        return Span(self._file, token.start, token.end)

    def span_here(self) -> Span:
        """Where the next token stands, the last one at the end."""
        if not self.tokens:
            return Span(self._file, 0, 0)
        return self.span(min(self.at, len(self.tokens) - 1))
