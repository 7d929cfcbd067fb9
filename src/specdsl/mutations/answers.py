"""The answer key: one line of JSON for each row that was broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from specdsl.errors import DataError
from specdsl.mutations.documents import NOTHING, at, parsed, path_of, pointer_of, replaced, same, written
from specdsl.mutations.schema import RowSchema, Unanswerable

_SHOWN = 60  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class Answer:
    """One broken row. ``row`` counts from 0 in ``file``. ``key``: its key columns and their clean values.
    ``column``: that of the change, None where the whole row or a member that is no column was changed.
    ``schema``: the pointer of ``keyword``; ``path``: of the part of the row that breaks it; ``changed``: of
    what was changed, from ``clean`` to ``broken`` (NOTHING where there is none)."""

    table: str
    file: str
    row: int
    key: Mapping[str, Any]
    column: str | None
    keyword: str
    schema: str
    path: str
    changed: str
    clean: Any
    broken: Any

    def text(self) -> str:
        """The line of the key, without its end."""
        told: dict[str, Any] = {
            "table": self.table,
            "file": self.file,
            "row": self.row,
            "key": dict(self.key),
            "column": self.column,
            "keyword": self.keyword,
            "schema": self.schema,
            "path": self.path,
            "changed": self.changed,
        }
        told |= {"clean": self.clean} if self.clean is not NOTHING else {}
        told |= {"broken": self.broken} if self.broken is not NOTHING else {}
        return written(told)

    def restored(self, row: Any) -> Any:
        """``row`` with the clean value put back. Raises ValueError and LookupError where it has no such
        part."""
        return replaced(row, path_of(self.changed, row), self.clean)

    def problem(self, row: Any, rows: RowSchema) -> str:
        """What is not as the key says of the row in the file: a clause, '' where all is."""
        try:
            holds = at(row, path_of(self.changed, row))
            if not same(holds, self.broken):
                return f"has {_shown(holds)} at {_named(self.changed)}, not {_shown(self.broken)}"
            failures = rows.failures(row)
            found = [(one.keyword, one.pointer, pointer_of(one.path)) for one in failures]
            if found != [(self.keyword, self.schema, self.path)]:
                breaks = " and ".join(f"`{word}` at {_named(where)}" for word, _, where in found)
                return f"breaks {breaks or 'nothing'}, not `{self.keyword}` at {_named(self.path)}"
            if rows.failures(self.restored(row)):
                return "not valid with the clean value either"
        except Unanswerable as problem:
            return f"its schema cannot be asked: {problem}"
        except (ValueError, LookupError):
            return f"has no place {_named(self.changed)}"
        return ""


def read_answers(path: FilePath) -> Iterator[Answer]:
    """The lines of a key. Raises DataError where one is none, OSError."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield _answer(parsed(line))
            except (ValueError, KeyError, TypeError, RecursionError):
                raise DataError(f"line {number} of `{path}` is no line of an answer key") from None


def _answer(told: Mapping[str, Any]) -> Answer:
    column = told["column"]
    if not isinstance(told["row"], int) or not isinstance(told["key"], dict):
        raise TypeError
    return Answer(
        str(told["table"]),
        str(told["file"]),
        told["row"],
        told["key"],
        None if column is None else str(column),
        str(told["keyword"]),
        str(told["schema"]),
        str(told["path"]),
        str(told["changed"]),
        told.get("clean", NOTHING),
        told.get("broken", NOTHING),
    )


def _shown(value: Any) -> str:
    if value is NOTHING:
        return "nothing"
    text = written(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _named(pointer: str) -> str:
    return json.dumps(pointer, ensure_ascii=False) if pointer else "the row itself"
