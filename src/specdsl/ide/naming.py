"""What a name can mean, and the places where names stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from specdsl.source import Span


class SymbolKind(StrEnum):
    """What has a name. ``RECORD_FIELD`` is a field of what a function draws (``place("US")``), ``FIELD`` one
    of a struct; ``GIVEN`` a column that a file or a query gives, ``POOL_COLUMN`` one of a pool's file;
    ``BUILT_IN`` is ``row``, ``now``, what `violate` asks of a column and what a target is about."""

    TABLE = "table"
    COLUMN = "column"
    GIVEN = "given column"
    ENUM = "enum"
    MEMBER = "member"
    TYPE = "type"
    BUILT_IN_TYPE = "built-in type"
    POOL = "pool"
    POOL_COLUMN = "pool column"
    CHECK = "check"
    HISTORY = "history"
    VARIANT = "variant"
    DATASET = "dataset"
    SETTING = "setting"
    FUNCTION = "function"
    PARAMETER = "parameter"
    FIELD = "field"
    RECORD_FIELD = "record field"
    BUILT_IN = "built-in name"


USERS = frozenset(
    {
        SymbolKind.TABLE,
        SymbolKind.COLUMN,
        SymbolKind.ENUM,
        SymbolKind.MEMBER,
        SymbolKind.TYPE,
        SymbolKind.POOL,
        SymbolKind.CHECK,
        SymbolKind.HISTORY,
        SymbolKind.VARIANT,
        SymbolKind.DATASET,
        SymbolKind.FIELD,
    }
)
"""The kinds whose names stand in the user's own specs and nowhere else."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something with a name. ``owner``: the table of a column, check, history or variant, the enum of a
    member, the function of a parameter or record field, the pool of a pool's column, the type or
    ``table.column`` of a field. ``path``: the file that declares it, "" for what the language has."""

    kind: SymbolKind
    name: str
    owner: str = ""
    path: str = ""

    @property
    def is_users(self) -> bool:
        """Whether it is declared in a spec."""
        return self.kind in USERS


@dataclass(frozen=True, slots=True)
class Binding:
    """A name in the text and what it means. ``span`` covers its quotes, if it has any. ``is_reference``: it
    is a column that refers to a row. ``takes``: the field that a column of a group takes by having its name:
    ``(city, postcode) = place("US")``."""

    span: Span
    symbol: Symbol
    is_declaration: bool = False
    is_reference: bool = False
    takes: Symbol | None = None

    def moved(self, path: str, by: int) -> Binding:
        """The same in a file, so much further on."""
        span = Span(path, self.span.start + by, self.span.end + by)
        return Binding(span, self.symbol, self.is_declaration, self.is_reference, self.takes)
