"""Dialects of CSV: what separates, encloses and stands for values."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.datatypes import types as t
from specdsl.errors import UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.options import Option, choice, flag, text

_NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}


def _delimiter(given: str) -> str:
    mark = _NAMED.get(given, given)
    if len(mark) == 1 and mark.isascii() and not mark.isalnum() and mark not in "\"'\r\n\0.-+_":
        return mark
    raise ValueError("comma, semicolon, tab, pipe, space, or one other mark")


def _quote(given: str) -> str:
    if len(given) == 1 and given.isascii() and not given.isalnum() and given not in ",;\t|\r\n\0":
        return given
    raise ValueError("one mark, such as \" or '")


DELIMITER = Option("delimiter", "What stands between fields.", ",", _delimiter)
QUOTING = choice("quoting", "Which fields are enclosed.", "minimal", ("minimal", "all", "nonnumeric", "none"))
QUOTE = Option("quote", "What encloses fields; inside it is doubled.", '"', _quote)
HEADER = flag("header", "Whether the first line has the names of columns.", default=True)
NULL = text("null", "What stands for null, never enclosed.", "")
ENCODING = choice("encoding", "The encoding.", "utf-8", ("utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"))
ERRORS = choice(
    "errors", "Characters that the encoding lacks: an error, or ? instead.", "strict", ("strict", "replace")
)
LINE_END = choice("line_end", "What ends a line.", "lf", ("lf", "crlf"))
TRUE = text("true", "The word for true.", "true")
FALSE = text("false", "The word for false.", "false")


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect. ``line_end`` is the characters themselves."""

    delimiter: str
    quoting: str
    quote: str
    header: bool
    null: str
    encoding: str
    line_end: str
    true: str
    false: str

    @classmethod
    def of(cls, options: WriteOptions) -> Dialect:
        """The dialect that ``options`` say."""
        return cls(
            options.get(DELIMITER),
            options.get(QUOTING),
            options.get(QUOTE),
            options.get(HEADER),
            options.get(NULL),
            options.get(ENCODING),
            "\r\n" if options.get(LINE_END) == "crlf" else "\n",
            options.get(TRUE),
            options.get(FALSE),
        )

    @property
    def structural(self) -> tuple[str, ...]:
        """What a field that is not enclosed cannot hold."""
        return self.quote, self.delimiter, "\n", "\r"


def require_consistent(dialect: Dialect, dataset: Dataset) -> None:
    """Raises UsageError where one part of a dialect could be taken for another."""
    if dialect.delimiter == dialect.quote:
        raise UsageError(f"`{dialect.quote}` can be the delimiter or the quote, not both")
    for name in ("null", "true", "false"):
        word = getattr(dialect, name)
        if any(mark in word for mark in dialect.structural):
            raise UsageError(
                f"option `{name}` has `{word}`, with a mark that separates fields",
                "choose a word without delimiters, quotes and line ends",
            )
    types = {
        type(c.type) for table in dataset.tables.values() for c in table.columns.values() if not c.hidden
    }
    words = [dialect.true, dialect.false] if t.Bool in types else []
    if t.Bool in types and (dialect.true == dialect.false or not all(words)):
        raise UsageError("options `true` and `false` need two different words")
    if dialect.null in words:
        raise UsageError(f"option `null` has `{dialect.null}`, which stands for a bool, too")
    if types & {t.Int, t.Float, t.Decimal} and _is_number(dialect.null):
        raise UsageError(
            f"option `null` has `{dialect.null}`, which is a number, too",
            "choose another, such as NULL or \\N",
        )


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
