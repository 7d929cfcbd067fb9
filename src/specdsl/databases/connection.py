"""What is asked of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from specdsl.datatypes.types import DataType
from specdsl.files import FileProblem, Problem
from specdsl.records import record

BATCH_ROWS = 65_536


@record
class StoredColumn:
    """A column: its type here, and whether the database is asked for its text, as it has no such type."""

    name: str
    type: DataType
    as_text: bool = False


class Connection(Protocol):
    """A database in one read: whatever is asked for, all of it is as it was at one moment."""

    def columns(self, table: str) -> list[StoredColumn]:
        """The columns of ``table``, a name with or without a schema before it. Raises FileProblem (TABLE)."""
        ...

    def count(self, table: str) -> int:
        """The number of rows of ``table``."""
        ...

    def rows(
        self, table: str, columns: Sequence[StoredColumn], order: Sequence[StoredColumn] | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        """The rows in batches of ``BATCH_ROWS``, in the order of the bytes of ``order``; None: in the order
        in which the table has them, where it has one, else in that of all columns."""
        ...

    def close(self) -> None:
        """End the read and the connection."""
        ...


def name_parts(table: str) -> list[str]:
    """The parts of a table's name: ``public.users``, ``"a name.with a point"``."""
    parts, part, quoted = [], "", ""
    for character in table:
        if quoted:
            if character == quoted:
                quoted = ""
            else:
                part += character
        elif character in '"`' and not part:
            quoted = character
        elif character == ".":
            parts.append(part)
            part = ""
        else:
            part += character
    return [*parts, part]


def no_table(table: str, known: Sequence[str]) -> FileProblem:
    """There is no such table; which one may have been meant."""
    from specdsl.diagnostics.nearest import nearest

    last = {name_parts(name)[-1]: name for name in known}
    near = nearest(name_parts(table)[-1], last)
    if near is not None:
        detail = f"did you mean `{last[near]}`?"
    elif known:
        more = f" and {len(known) - 8} more" if len(known) > 8 else ""
        detail = f"there are {', '.join(known[:8])}{more}"
    else:
        detail = "it has no tables"
    return FileProblem(Problem.TABLE, table, detail)


def one_line(problem: BaseException) -> str:
    """What a driver says, in one line."""
    said = str(problem.args[-1]) if problem.args else str(problem)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[0] if lines else type(problem).__name__
