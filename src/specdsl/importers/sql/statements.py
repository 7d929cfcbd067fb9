"""A script cut into its statements, fast over rows of data: only what may end a statement is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from specdsl.importers.sql.lexing import Habits, Unclosed, opaque


@dataclass(frozen=True, slots=True)
class Statement:
    """Where a statement stands in a script, and its first words in upper case, with one space between."""

    start: int
    end: int
    head: str


_BODY = re.compile(
    r"CREATE (?:OR (?:REPLACE|ALTER) )?(?:DEFINER .*?)?"
    r"(?:AGGREGATE |CONSTRAINT |TEMP |TEMPORARY |(?:NON)?EDITIONABLE )*"
    r"(?:TRIGGER|FUNCTION|PROCEDURE|PROC|PACKAGE|EVENT|TYPE BODY)\b"
)
_BLOCK = re.compile(r"(?:BEGIN|DECLARE)\b")
_WORDS = 12
_LINES = re.compile(r"\\[^\n]*|\.[a-z][^\n]*")  # commands of psql and sqlite3
_SQLPLUS = re.compile(
    r"(?:SET\s+(?:DEFINE|ECHO|SQLBLANKLINES|SCAN|FEEDBACK|SERVEROUTPUT|VERIFY|TERMOUT)|PROMPT|REM|SPOOL|WHENEVER|CONNECT"
    r"|SHOW|EXIT|COLUMN)\b[^\n]*",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*", re.IGNORECASE)
_NEW = r"(?:CREATE|ALTER\s+TABLE|INSERT|EXEC|EXECUTE|SET|USE|PRINT|DROP|IF|SELECT|DECLARE)\b"


@cache
def _pauses(habits: Habits, delimiter: str) -> re.Pattern[str]:
    new = rf"|(?P<new>(?<=\n)[ \t]*+(?={_NEW}))" if habits.sqlglot == "tsql" else ""
    return re.compile(
        rf"{opaque(habits)}|(?P<end>{re.escape(delimiter)})|(?P<go>^[ \t]*(?:GO|/)[ \t]*\r?$){new}"
        r"|(?P<paren>[()])"
        r"|\b(?P<word>BEGIN|CASE|END(?:\s+(?:IF|LOOP|WHILE|REPEAT|CASE)\b)?)\b|(?P<quote>['\"`])",
        re.DOTALL | re.MULTILINE | re.IGNORECASE,
    )


@cache
def _space(habits: Habits) -> re.Pattern[str]:
    return re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/" + (r"|\#[^\n]*" if habits.hash else "") + ")*", re.DOTALL)


def statements(text: str, habits: Habits) -> Iterator[Statement]:
    """The statements of a script; data after COPY and commands of clients are skipped. Raises Unclosed."""
    at, delimiter = 0, ";"
    while True:
        at = _skipped(text, at, habits)
        if at >= len(text):
            return
        if found := _DELIMITER.match(text, at):
            delimiter = found[1]
            at = found.end()
            continue
        head = _head(text, at)
        end, after = _end(text, at, head, habits, delimiter)
        if end > at:
            yield Statement(at, end, _head(text, at, end))
        at = after
        if head.startswith("COPY") and re.search(r"\bSTDIN\b", text[max(at - 200, 0) : at], re.IGNORECASE):
            data = re.compile(r"^\\\.", re.MULTILINE).search(text, at)
            at = data.end() if data else len(text)


def _skipped(text: str, at: int, habits: Habits) -> int:
    """Where the next statement begins."""
    while True:
        match = _space(habits).match(text, at)
        at = match.end() if match else at
        command = _LINES.match(text, at) or (_SQLPLUS.match(text, at) if habits.sqlglot == "oracle" else None)
        if command is None:
            return at
        at = command.end()


def _head(text: str, at: int, end: int | None = None) -> str:
    piece = text[at : min(at + 240, len(text) if end is None else end)]
    return " ".join(re.findall(r"[\w.]+|\S", piece)[:_WORDS]).upper()


def _end(text: str, start: int, head: str, habits: Habits, delimiter: str) -> tuple[int, int]:
    """Where a statement ends, and where to go on."""
    body = bool(_BODY.match(head)) or (habits.sqlglot == "oracle" and bool(_BLOCK.match(head)))
    only_go = body and habits.sqlglot in ("oracle", "tsql")
    counted = body and delimiter == ";"
    depth = level = 0
    for match in _pauses(habits, delimiter).finditer(text, start):
        if match["quote"]:
            raise Unclosed(match.start())
        if match["paren"]:
            depth += 1 if match["paren"] == "(" else -1
        elif match["go"] is not None:
            if habits.sqlglot in ("oracle", "tsql"):
                return match.start(), match.end()
        elif match["word"] and counted:
            word = match["word"].upper()
            level += 1 if word in ("BEGIN", "CASE") else -1 if word in ("END", "END CASE") else 0
        elif match["end"] and not only_go and level <= 0:
            return match.start(), match.end()
        elif match.lastgroup == "new" and depth == 0 and not body and match.end() > start:
            return match.start(), match.start()
    return len(text), len(text)
