"""All refactorings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from specdsl.ide.refactor import (
    count_to_each,
    extract_enum,
    extract_type,
    inline_type,
    make_reference,
    match_arms,
    sort_columns,
)
from specdsl.ide.refactor.place import Offer, Place

REFACTORINGS: Final[tuple[Callable[[Place], Offer], ...]] = (
    match_arms.offer,
    extract_type.offer,
    extract_enum.offer,
    make_reference.offer,
    count_to_each.offer,
    inline_type.offer,
    sort_columns.offer,
)
