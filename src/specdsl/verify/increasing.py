"""Whether values stand in increasing order, which needs no memory, where grouping keeps every value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specdsl.records import record

if TYPE_CHECKING:
    import duckdb

_PROBE = 2_000
"""Rows that are looked at first: values in no order are seen for it at once."""


@record
class Increasing:
    """Each of the values that the SQL ``value`` gives in ``rows`` (what follows FROM) is greater than the
    one before; no nulls among them. Then they are distinct, whatever the order in which they were read."""

    value: str
    rows: str

    def holds(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """True where it is so; false where it is not or cannot be told."""
        import duckdb

        try:
            falling, probed = self._falling(connection, f" LIMIT {_PROBE}")
            if falling or probed < _PROBE:
                return not falling
            return not self._falling(connection, "")[0]
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            return False

    def _falling(self, connection: duckdb.DuckDBPyConnection, limit: str) -> tuple[int, int]:
        """How many are not greater than the one before, of how many."""
        ((falling, rows),) = connection.execute(
            "SELECT count(*) FILTER (WHERE v <= earlier), count(*) FROM (SELECT v, lag(v) OVER () AS earlier "
            f"FROM (SELECT {self.value} AS v FROM {self.rows}{limit}))"
        ).fetchall()
        return int(falling), int(rows)
