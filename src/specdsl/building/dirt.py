"""What a build with declared dirt cannot be asked."""

from __future__ import annotations

from collections.abc import Iterable

from specdsl.building.form import Form
from specdsl.building.options import Mode
from specdsl.errors import UsageError
from specdsl.ir.model import COPIES, SLIPS, Dataset, Dirt, DirtKind, Table
from specdsl.ir.required import unique_sets

_STRICT = ("sqlite", "duckdb", "sql")
"""Formats that declare keys, references and checks, and so refuse rows that break them."""


def require_room_for_dirt(dataset: Dataset, tables: Iterable[str], form: Form, mode: Mode) -> None:
    """Raises UsageError where the format refuses rows that dirt breaks, or where rows are to be added to
    those of a build whose answer key is written."""
    for name, table in dataset.tables.items():
        if name not in tables or not table.dirt:
            continue
        if mode is Mode.APPEND:
            raise UsageError(
                f"rows cannot be added to table `{name}`, of which rows are spoiled on purpose",
                "--mode overwrite builds everything anew, --clean adds rows without the dirt",
            )
        breaking = next((d for d in table.dirt if _breaks_a_constraint(table, d)), None)
        if breaking is not None and form.name in _STRICT:
            raise UsageError(
                f"{form.name} declares keys, references and checks, and refuses rows that break them: "
                f"`{breaking.name}` of table `{name}`",
                "take a format without rules of its own (-f parquet, csv, jsonl, ...), or --clean",
            )


def _breaks_a_constraint(table: Table, dirt: Dirt) -> bool:
    """Whether a database that declares what the spec does would refuse the rows."""
    if dirt.kind in COPIES:
        return bool(unique_sets(table))
    if dirt.kind is DirtKind.OUTLIERS:
        return table.columns[dirt.subject].bounds is not None
    return dirt.kind not in SLIPS
