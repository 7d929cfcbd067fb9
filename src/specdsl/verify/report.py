"""What verification found: each rule with what was looked at, what breaks it and the first offenders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from specdsl.verify.rule import Rule

OFFENDERS = 5
"""How many offending rows a result carries."""


class Verdict(StrEnum):
    """Whether a rule holds. ``UNCHECKED``: nobody could tell, and the note says why."""

    OK = "ok"
    BROKEN = "broken"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule held against the data.

    ``looked_at`` and ``broken`` are rows (for shares: rows whose count is off). ``expected`` is how many
    broken rows were declared: a rule holds if just these break it. ``offenders`` are the first rows that
    break it, by column, as text, numbers
    and nulls. ``note`` is a clause for people ("" for none): a count that is off, why nothing was checked.
    ``counts``: for shares, the rows of each outcome in the order of the test's.
    """

    rule: Rule
    looked_at: int
    broken: int
    expected: int = 0
    offenders: tuple[Mapping[str, Any], ...] = ()
    verdict: Verdict = Verdict.OK
    note: str = ""
    counts: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rule": self.rule.name,
            "kind": self.rule.kind.value,
            "table": self.rule.table,
            "columns": list(self.rule.columns),
            "verdict": self.verdict.value,
            "looked_at": self.looked_at,
            "broken": self.broken,
            "expected": self.expected,
            "offenders": [dict(row) for row in self.offenders],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """All results, in the order of tables and rules. ``rows``: by table. ``level``: full or sample."""

    rules: tuple[RuleResult, ...]
    rows: Mapping[str, int]
    level: str = "full"
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether no rule is broken."""
        return all(r.verdict is not Verdict.BROKEN for r in self.rules)

    @property
    def broken(self) -> tuple[RuleResult, ...]:
        return tuple(r for r in self.rules if r.verdict is Verdict.BROKEN)

    @property
    def unchecked(self) -> tuple[RuleResult, ...]:
        return tuple(r for r in self.rules if r.verdict is Verdict.UNCHECKED)

    def of_table(self, table: str) -> tuple[RuleResult, ...]:
        """The results of one table's rules."""
        return tuple(r for r in self.rules if r.rule.table == table)

    def expected(self, table: str) -> int:
        """How many times rows of a table break a rule because that was declared."""
        return sum(r.expected for r in self.of_table(table))

    def summary(self) -> dict[str, Any]:
        """The numbers alone, for a manifest (without times: the same data give the same summary)."""
        return {
            "level": self.level,
            "rules": len(self.rules),
            "broken": [r.rule.name for r in self.broken],
            "unchecked": len(self.unchecked),
        }

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain values for JSON."""
        return {
            "ok": self.ok,
            "level": self.level,
            "seconds": round(self.seconds, 3),
            "tables": {name: {"rows": rows} for name, rows in self.rows.items()},
            "rules": [r.to_json() for r in self.rules],
        }
