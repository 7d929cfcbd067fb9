"""What the values of a column look like: a histogram, the shares of a few values, or examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import value_text
from specdsl.ide.histogram import binned

_LEAST: Final = 5
_MOST_SHARES: Final = 8
_FEW: Final = 20
_EXAMPLES: Final = 5
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class HistogramChart:
    """Numbers of values in bins of equal width from ``low`` to ``high``. ``nulls``: the share of rows without
    a value, 0..1; ``rows``: how many rows were looked at; so in all charts."""

    low: str
    high: str
    bins: tuple[int, ...]
    nulls: float
    rows: int


@dataclass(frozen=True, slots=True)
class SharesChart:
    """The most frequent values, each with its share of the rows that have one, 0..1; ``other``: the share of
    the rest."""

    values: tuple[tuple[str, float], ...]
    other: float
    nulls: float
    rows: int


@dataclass(frozen=True, slots=True)
class ExamplesChart:
    """Values of which most are different: how many ``distinct`` ones there were, and the first of them."""

    distinct: int
    examples: tuple[str, ...]
    nulls: float
    rows: int


Chart = HistogramChart | SharesChart | ExamplesChart


def chart(values: Sequence[Any], kind: t.DataType, *, names_rows: bool = False) -> Chart | None:
    """The chart of a column's values as Arrow gives them; None without any row. ``names_rows``: the values
    are keys, so that how they lie tells nothing."""
    rows = len(values)
    if not rows:
        return None
    there = [value for value in values if value is not None]
    nulls = 1 - len(there) / rows
    if not names_rows:
        bins = binned(there, kind, least=_LEAST)
        if bins is not None and not (isinstance(kind, t.Int) and len(set(there)) * 2 < len(bins.counts)):
            return HistogramChart(bins.low, bins.high, bins.counts, nulls, rows)
    keys = list(map(repr, there)) if isinstance(kind, t.List | t.Struct) else there
    counts = Counter(keys)
    value_of = dict(zip(keys, there, strict=True))
    if not names_rows and there and _are_few(counts, kind):
        most = counts.most_common(_MOST_SHARES)
        shares = tuple((_text(value_of[key], kind), count / len(there)) for key, count in most)
        other = (len(there) - sum(count for _, count in most)) / len(there)
        return SharesChart(shares, other, nulls, rows)
    examples = tuple(_text(value_of[key], kind) for key in islice(counts, _EXAMPLES))
    return ExamplesChart(len(counts), examples, nulls, rows)


def _are_few(counts: Counter[Any], kind: t.DataType) -> bool:
    """Whether the values come again and again."""
    if len(counts) > _FEW:
        return False
    total = counts.total()
    repeated = len(counts) * 2 <= total or isinstance(kind, t.Enum | t.Bool)
    return repeated and (len(counts) <= _MOST_SHARES or len(counts) * 4 <= total)


def _text(value: Any, kind: t.DataType) -> str:
    text = value_text(value, kind)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
