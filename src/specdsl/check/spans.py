"""Where in the text each part of the checked program was written: the side table of the IR."""

from __future__ import annotations

from dataclasses import dataclass, field

from specdsl.source import Span


@dataclass(slots=True)
class ColumnSpans:
    """The places of one column (or of a reference, under its first column's name).

    ``parts`` has the spans of what stands between name and value, by kind: "type", "reference",
    "key", "unique", "in", "in.low", "in.high", "null", "each", "each.count", "each.max", "where",
    "distinct", "skew", "hidden"; and of every draw of the value as "site:N".
    """

    declaration: Span
    name: Span
    value: Span | None = None
    parts: dict[str, Span] = field(default_factory=dict)

    def part(self, *kinds: str) -> Span:
        """The span of the first of ``kinds`` that was written, else of the name."""
        return next((self.parts[k] for k in kinds if k in self.parts), self.name)


@dataclass(slots=True)
class TableSpans:
    """The places of one table. ``rules``: by check name, and keys and uniques as "key" and "unique:a,b"."""

    declaration: Span
    name: Span
    count: Span | None = None
    columns: dict[str, ColumnSpans] = field(default_factory=dict)
    rules: dict[str, Span] = field(default_factory=dict)


@dataclass(slots=True)
class SpanTable:
    """The places of everything that has a name. ``settings``: by setting name."""

    tables: dict[str, TableSpans] = field(default_factory=dict)
    enums: dict[str, Span] = field(default_factory=dict)
    types: dict[str, Span] = field(default_factory=dict)
    pools: dict[str, Span] = field(default_factory=dict)
    settings: dict[str, Span] = field(default_factory=dict)
    dataset: Span | None = None
