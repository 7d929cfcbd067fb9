"""What lowering gives: SQL with the joins that it needs, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.ir.model import Table


@dataclass(frozen=True, slots=True)
class Lowered:
    """``sql`` is an expression in physical form; ``joins`` are clauses to put after the table, in order.
    A join never multiplies rows as long as the keys that it goes by are unique."""

    sql: str
    joins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotLowered:
    """``reason`` is a clause for people: "it draws at random", "it needs the hidden column `scratch`"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The row of ``table`` that stands in the query as ``alias``; ``candidate`` the row beside it that
    ``ir.Candidate`` means."""

    table: Table
    alias: str
    candidate: Scope | None = None


class CannotLowerError(Exception):
    """Raised inside of lowering; its text is the reason."""
