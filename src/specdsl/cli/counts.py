"""Row counts and tables that are named on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from specdsl.errors import UsageError

if TYPE_CHECKING:
    from specdsl.cli.options import RowsAsked
    from specdsl.compiler import Overrides
    from specdsl.ir.model import Dataset


def overrides_of(
    rows: Sequence[RowsAsked],
    scale: float | None,
    seed: int | None,
    edge: float = 0.0,
    now: int | None = None,
) -> Overrides:
    """What ``--rows``, ``--scale``, ``--seed``, ``--edge`` and ``--now`` ask for. Raises UsageError."""
    from specdsl.compiler import Overrides

    everywhere = [asked.rows for asked in rows if asked.table is None]
    named = {asked.table: asked.rows for asked in rows if asked.table is not None and not asked.more}
    if len(everywhere) > 1:
        raise UsageError("--rows N is given twice", "name the tables: --rows users=10 --rows orders=20")
    all_rows = everywhere[0] if everywhere else None
    return Overrides(seed=seed, now=now, rows=named, all_rows=all_rows, scale=scale, edge=edge)


def require_tables(dataset: Dataset, names: Iterable[str]) -> None:
    """Raises UsageError for a name that is not a table."""
    from specdsl.diagnostics.nearest import nearest

    for name in names:
        if name not in dataset.tables:
            near = nearest(name, dataset.tables)
            hint = f"did you mean `{near}`?" if near else f"the tables are {', '.join(dataset.tables)}"
            raise UsageError(f"there is no table `{name}`", hint)


def require_counts(dataset: Dataset, overrides: Overrides) -> None:
    """Raises UsageError for a table whose row count is to be replaced and that has none."""
    require_tables(dataset, overrides.rows)
    for name in overrides.rows:
        if dataset.tables[name].rows is None:
            counted = [t.name for t in dataset.tables.values() if t.rows is not None]
            raise UsageError(
                f"`{name}` has no row count to replace: its rows follow from elsewhere",
                f"the tables with a count are {', '.join(counted)}" if counted else "change it in the spec",
            )
