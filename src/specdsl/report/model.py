"""What a report knows of the data: figures and series, before any of it becomes a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lie between neighbouring ``edges`` (one more than ``counts``; the last edge belongs to
    the last bin). ``beyond``: values further out than the first and last edge. ``ticks``: (position,
    label) along the axis, positions in the unit of the edges. ``labels``: what each bin is called.
    ``expected``: counts that the declared distribution gives, ``declared`` its name ("" for none)."""

    title: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    labels: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    beyond: int = 0
    expected: tuple[float, ...] = ()
    declared: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts) + self.beyond


@dataclass(frozen=True, slots=True)
class Bars:
    """The most frequent values with their counts, most frequent first; ``others`` rows have other values
    (``other_values`` of them, None where nobody counted)."""

    title: str
    values: tuple[tuple[str, int], ...]
    others: int
    other_values: int | None

    @property
    def total(self) -> int:
        return sum(n for _, n in self.values) + self.others


Chart = Histogram | Bars


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column of the files. ``values`` rows are not null, ``nulls`` are. ``distinct``: None where
    nobody counted; ``distinct_exact``: whether it is a count or an estimate. ``figures``: name and text of
    least, greatest, mean and what else there is. ``missing``: why there is nothing to look at."""

    name: str
    values: int
    nulls: int
    distinct: int | None = None
    distinct_exact: bool = True
    figures: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class TableProfile:
    """One table of the files. ``files``: (path, bytes). ``charted``: how many rows the charts look at.
    ``sample``: the first rows by column, as text, numbers and nulls."""

    name: str
    rows: int
    files: tuple[tuple[Path, int], ...]
    charted: int
    columns: Mapping[str, ColumnProfile]
    sample: tuple[Mapping[str, Any], ...]

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.files)
