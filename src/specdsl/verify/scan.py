"""Row tests of one table in one pass over its files: what applies is counted rule by rule, what is broken
for all rules at once, as long as nothing is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from specdsl.verify.rule import RowTest

_PRESENT = re.compile(r'(\w+\."(?:[^"]|"")+") IS NOT NULL')


class Scan:
    """A query of one row: conditions that are counted, each once however often it is asked for."""

    def __init__(self) -> None:
        self._columns: dict[str, int] = {}

    def count(self, condition: str) -> int:
        """The column of the result with the number of rows where ``condition`` holds."""
        return self._columns.setdefault(_count(condition), len(self._columns))

    def applied(self, tests: Sequence[RowTest]) -> list[int]:
        """The columns with the rows that each test looks at."""
        return [self.count(test.applies) for test in tests]

    def broken(self, tests: Sequence[RowTest]) -> list[int]:
        """The columns with the rows that each test finds broken."""
        return [self.count(_breaks(test)) for test in tests]

    def broken_by_any(self, tests: Sequence[RowTest]) -> int:
        """The column with the rows that at least one test finds broken."""
        return self.count(" OR ".join(f"({condition})" for condition in dict.fromkeys(map(_breaks, tests))))

    def query(self, rows: str) -> str:
        """The query over ``rows`` (what follows FROM)."""
        return f"SELECT {', '.join(self._columns)} FROM {rows}"


def _breaks(test: RowTest) -> str:
    # The order matters: a test may fail on values that it does not apply to.
    return test.broken if test.applies == "true" else f"{test.applies} AND {test.broken}"


def _count(condition: str) -> str:
    if condition == "true":
        return "count(*)"
    if present := _PRESENT.fullmatch(condition):
        return f"count({present[1]})"
    return f"count(*) FILTER (WHERE {condition})"
