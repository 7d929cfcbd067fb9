"""Cycles among links to parents, at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def rows_on_cycles(connection: duckdb.DuckDBPyConnection, links: str) -> tuple[int, str | None]:
    """The number of links, and a table (``row``) of the rows that are their own ancestors; None when
    there are none. ``links`` gives (child, parent) row numbers, one parent a child.

    Where every parent has the smaller number there can be no cycle, and one scan tells. Otherwise each row
    jumps to its ancestor at distance 1, 2, 4, ...: rows above a root fall out, and after log2(rows) rounds
    what is left leads to a cycle; where the last jump lands is on one.
    """
    ((count, backwards),) = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE parent >= child) FROM ({links})"
    ).fetchall()
    if not backwards:
        return int(count), None
    connection.execute(f"CREATE OR REPLACE TEMP TABLE jump AS SELECT child, parent AS above FROM ({links})")
    for _ in range(int(count).bit_length() + 1):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE further AS SELECT a.child, b.above "
            "FROM jump AS a JOIN jump AS b ON a.above = b.child"
        )
        connection.execute("CREATE OR REPLACE TEMP TABLE jump AS FROM further")
    connection.execute('CREATE OR REPLACE TEMP TABLE cyclic AS SELECT DISTINCT above AS "row" FROM jump')
    return int(count), "cyclic"
