"""Names of tables, columns and constraints within what a database allows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from specdsl.errors import UsageError
from specdsl.ir.model import Dataset

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")


def require_names(
    dataset: Dataset, database: str, longest: int, *, in_bytes: bool, folds: bool, highest: int = 0x10FFFF
) -> None:
    """Raises UsageError where a name is longer than ``longest`` characters (or bytes of UTF-8), has a
    character above code point ``highest``, or where two names differ in case only and the database
    ``folds`` case."""
    written = [c.name for t in dataset.tables.values() for c in t.columns.values() if not c.hidden]
    for name in (*dataset.tables, *written):
        strange = next((character for character in name if ord(character) > highest), None)
        if strange is not None:
            raise UsageError(
                f"{database} has no names with `{strange}` (U+{ord(strange):X}), as in `{name}`", "rename it"
            )
    _require(dataset.tables, "table", database, longest, in_bytes=in_bytes, folds=folds)
    for table in dataset.tables.values():
        written = [c.name for c in table.columns.values() if not c.hidden]
        where = f"column of `{table.name}`"
        _require(written, where, database, longest, in_bytes=in_bytes, folds=folds)


def _require(
    names: Iterable[str], what: str, database: str, longest: int, *, in_bytes: bool, folds: bool
) -> None:
    seen: dict[str, str] = {}
    for name in names:
        size = len(name.encode()) if in_bytes else len(name)
        if size > longest:
            unit = "bytes" if in_bytes else "characters"
            raise UsageError(
                f"{database} has names of at most {longest} {unit}; {what} `{name}` has {size}", "rename it"
            )
        other = seen.setdefault(name.casefold(), name)
        if folds and other != name:
            raise UsageError(f"{database} takes `{other}` and `{name}` for one name ({what})", "rename one")


class Fresh:
    """Names for constraints and indexes: none comes twice, none is too long."""

    def __init__(self, longest: int, taken: Iterable[str] = ()) -> None:
        self._longest = longest
        self._taken = {name.casefold() for name in taken}

    def name(self, *parts: str) -> str:
        """A name made of ``parts``, with a number where it is taken already."""
        base = re.sub(r"\W+", "_", "_".join(parts))
        for number in range(1, len(self._taken) + 3):
            end = "" if number == 1 else f"_{number}"
            room = self._longest - len(end)
            name = base.encode()[:room].decode(errors="ignore") + end
            if name.casefold() not in self._taken:
                self._taken.add(name.casefold())
                return name
        raise AssertionError("one of n + 1 numbers is free")


def is_plain(name: str, reserved: frozenset[str]) -> bool:
    """Whether a name needs no quotes: lower-case letters, digits, underscores; no ``reserved`` word."""
    return _PLAIN.fullmatch(name) is not None and name not in reserved
