"""A frame whose columns, parents and pools are given by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.generate.evaluate import evaluate
from specdsl.ir import expr as ir
from specdsl.randomness.streams import Stream, derive_addresses, stream_key
from specdsl.vectors import selection
from specdsl.vectors.arrow import from_arrow, to_arrow
from specdsl.vectors.vector import Vector


def vector(dtype: t.DataType, values: list[Any]) -> Vector:
    """A vector of Python values (Decimal, datetime, ... as Arrow takes them; None is null)."""
    if isinstance(dtype, t.Enum):
        return from_arrow(pa.array(values, pa.string()), dtype)
    return from_arrow(pa.array(values, arrow_type(dtype)), dtype)


def values(found: Vector) -> list[Any]:
    """The Python values, after holding the array against Arrow's own validation."""
    if isinstance(found.type, t.Tuple):
        return list(zip(*(values(item) for item in found.data), strict=True))
    array = to_arrow(found)
    array.validate(full=True)
    assert array.type == arrow_type(found.type)
    return array.to_pylist()


@dataclass
class MemoryPool:
    columns: dict[str, Vector]
    weights: list[float] | None = None

    @property
    def rows(self) -> int:
        return selection.length(next(iter(self.columns.values())))

    def column(self, name: str) -> Vector:
        return self.columns[name]

    def draw(self, stream: Stream) -> Any:
        weights = np.array(self.weights or [1.0] * self.rows)
        return np.searchsorted(np.cumsum(weights / weights.sum())[:-1], stream.uniform(), side="right")


@dataclass
class MemoryFrame:
    """``n`` rows, by default the first ones of a table of as many."""

    n: int
    columns: dict[str, Vector] = field(default_factory=dict)
    rows: Any = None
    addresses: Any = None
    row_count: int = 0
    first_row: int = 0
    parents: dict[str, tuple[MemoryFrame, Any]] = field(default_factory=dict)
    pools: dict[str, MemoryPool] = field(default_factory=dict)
    other: MemoryFrame | None = None
    dataset: Any = field(default_factory=lambda: SimpleNamespace(locale="en_US", seed=1, plugins=()))
    table: Any = None
    seed: int = 1

    def __post_init__(self) -> None:
        if self.rows is None:
            self.rows = np.arange(self.n, dtype=np.int64)
        if self.addresses is None:
            self.addresses = self.rows.astype(np.uint64)
        self.row_count = self.row_count or self.n

    def stream(self, site: int) -> Stream:
        return Stream(stream_key(self.seed, "t", "c", site), self.addresses)

    def column(self, name: str) -> Vector:
        return self.columns[name]

    def follow(self, reference: str) -> Any:
        return self.parents[reference]

    def candidate(self) -> Any:
        return self.other

    def pool(self, name: str) -> MemoryPool:
        return self.pools[name]

    def index_in(self, reference: str) -> Vector:
        return Vector(t.INT, self.rows % 3)

    def _at(self, positions: Any, addresses: Any) -> MemoryFrame:
        return replace(
            self,
            n=len(positions),
            rows=self.rows[positions],
            addresses=addresses,
            columns={k: selection.take(v, positions) for k, v in self.columns.items()},
            parents={
                k: (f.take(positions), None if has is None else has[positions])
                for k, (f, has) in self.parents.items()
            },
            other=None if self.other is None else self.other.take(positions),
        )

    def take(self, positions: Any) -> MemoryFrame:
        return self._at(positions, self.addresses[positions])

    def elements(self, counts: Any, site: int) -> MemoryFrame:
        positions = np.repeat(np.arange(self.n), counts)
        place = np.arange(len(positions)) - np.repeat(np.cumsum(counts) - counts, counts)
        salt = stream_key(self.seed, "elements", site)
        return self._at(positions, derive_addresses(self.addresses[positions], salt, place))

    def ordinary(self) -> MemoryFrame:
        return self

    def sizing(self) -> MemoryFrame:
        return self


def frame(n: int | None = None, /, **columns: tuple[t.DataType, list[Any]]) -> MemoryFrame:
    """A frame over columns given as (type, values)."""
    built = {name: vector(dtype, given) for name, (dtype, given) in columns.items()}
    if n is None:
        n = selection.length(next(iter(built.values()))) if built else 1
    return MemoryFrame(n, built)


def run(expr: ir.Expr, at: Any) -> list[Any]:
    """The Python values of an expression."""
    found = evaluate(expr, at)
    assert selection.length(found) == at.n
    return values(found)


def col(dtype: t.DataType, name: str, nullable: bool = True) -> ir.ColumnValue:
    return ir.ColumnValue(dtype, nullable, name)


def const(dtype: t.DataType, value: Any) -> ir.Const:
    return ir.Const(dtype, value is None, value)
