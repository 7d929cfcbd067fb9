"""The names that tables and columns have in the database of verification.

DuckDB takes ``A`` and ``a`` for one name, the language does not: where two names differ in case only,
the later ones get their position in front.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from specdsl.ir.model import Table
from specdsl.verify.forms import quote_name

ROW = '"#row"'
"""The column with the row's number, from 0 through all files of its table."""

VARIANTS = 'stage."#variants"'
"""The table with the rows of variants."""


def distinct_names(names: Iterable[str]) -> dict[str, str]:
    """A name for each name such that no two differ in case only."""
    taken: set[str] = set()
    out: dict[str, str] = {}
    for position, name in enumerate(names):
        new = name if name.casefold() not in taken else f"{position}:{name}"
        taken.add(new.casefold())
        out[name] = new
    return out


def column_name(table: Table, name: str) -> str:
    """What column ``name`` of ``table`` is called, not quoted."""
    return _column_names(tuple(table.columns))[name]


@lru_cache(maxsize=64)
def _column_names(names: tuple[str, ...]) -> dict[str, str]:
    return distinct_names(names)


def table_name(table: Table) -> str:
    """What ``table`` is called, with its schema; characters that would clash are written as numbers."""
    return f"data.{_own_name(table)}"


def known_name(table: Table) -> str:
    """What the rows of ``table`` are called together with those of earlier batches that rows refer to."""
    return f"known.{_own_name(table)}"


def earlier_name(table: Table, number: int | None = None) -> str:
    """What rows of earlier batches are called; ``number``: those of one of them."""
    schema = "earlier" if number is None else f"earlier_{number}"
    return f"{schema}.{_own_name(table)}"


def _own_name(table: Table) -> str:
    return quote_name("".join(c if _plain(c) else f"%{ord(c):x}%" for c in table.name))


def _plain(character: str) -> bool:
    return character == "_" or (character.isascii() and (character.islower() or character.isdigit()))
