"""Files of rows in JSON and JSON Lines, row by row, as the sinks write them: a row stands in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

FORMATS = ("json", "jsonl")
"""The formats in which a row can hold any value."""

Change = Callable[[int, bytes], bytes | None]
"""The new text of the row with that number in its file, None where it stays as it is."""


def rewritten(lines: Iterable[bytes], form: str, change: Change) -> Iterator[bytes]:
    """The lines of a file in ``form`` with its rows changed. Raises ValueError for a file that has another
    layout."""
    number = 0
    for at, line in enumerate(lines):
        row = line.removesuffix(b"\n")
        rest = line[len(row) :]
        if form == "json":
            if at == 0 or row == b"]":
                if row not in (b"[", b"[]", b"]"):
                    raise ValueError("the first line is no `[`")
                yield line
                continue
            comma = row.endswith(b",")
            row, rest = (row[:-1], b"," + rest) if comma else (row, rest)
        new = change(number, row)
        yield line if new is None else new + rest
        number += 1
