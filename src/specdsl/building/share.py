"""Shares of rows, as people write them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from specdsl.errors import UsageError

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,12})?) ?%")


def share_of(given: str | float) -> Decimal:
    """A share above 0 and at most 1: ``5%`` or ``0.5%`` as a text, 0.05 as a number. Raises UsageError."""
    if isinstance(given, str):
        found = _PERCENT.fullmatch(given.strip())
        share = Decimal(found[1]) / 100 if found else None
    else:
        share = Decimal(repr(given)) if not isinstance(given, bool) and 0 < given <= 1 else None
    if share is None or not 0 < share <= 1:
        raise UsageError(f"`{given}` is no share of rows", "a percentage above 0% and up to 100%, such as 5%")
    return share


def share_text(share: Decimal) -> str:
    """``5%``."""
    return f"{(share * 100).normalize():f}%"


def rows_of(share: Decimal, rows: int) -> int:
    """How many of ``rows`` a share is: to the nearest number, at least one where there are any."""
    return max(min(1, rows), int((share * rows).to_integral_value(ROUND_HALF_UP)))
