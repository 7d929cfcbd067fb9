"""How many rows a statement takes: ``3%``, ``200 rows``."""

from __future__ import annotations

from decimal import Decimal

from specdsl.check.scopes import Program
from specdsl.diagnostics.changes import ChangeAmount
from specdsl.diagnostics.dirt import DirtAmount
from specdsl.syntax import tree


def rows_of(
    program: Program, amount: tree.Amount, problem: type[DirtAmount | ChangeAmount], *, of_rows: bool
) -> tuple[float | None, int | None] | None:
    """The share (0..1), or the number of rows, that an amount says; a ``problem`` where it says none.
    ``of_rows``: whether a share must be followed by what it is of."""
    written = program.text(amount)
    why = corrected = ""
    if amount.share is not None:
        if not 0 < amount.share.value <= Decimal(100):
            why, corrected = "a share is more than 0% and at most 100%", "1%"
        elif of_rows and not amount.counted:
            why, corrected = "it does not say of what", f"rows {written}"
        else:
            return float(amount.share.value / 100), None
    else:
        rows = amount.rows
        assert rows is not None
        if not rows.is_int or rows.value < 1:
            why, corrected = "it takes a whole number from 1", f"{max(1, int(rows.value))} rows"
        elif not amount.counted:
            why, corrected = "it does not say of what", f"{written} rows"
        else:
            return None, int(rows.value)
    program.bag.add(problem(span=amount.span, written=written, why=why, corrected=corrected))
    return None
