"""What an expression sees when it is evaluated: some rows of one table."""

from __future__ import annotations

from typing import Protocol

from specdsl.ir.expr import Aggregate, Dealt, Fitted, Neighbour, Rated, Retained, Running, Split
from specdsl.ir.model import Dataset, Table
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array, Vector


class PoolRows(Protocol):
    """A pool in memory."""

    rows: int

    def column(self, name: str) -> Vector:
        """All values of one column."""
        ...

    def draw(self, stream: Stream) -> Int64Array:
        """Row numbers drawn by the pool's weights, one for each address of ``stream``."""
        ...


class Frame(Protocol):
    """Some rows of a table (in any order, repeats allowed), and the way to everything their
    expressions name. Columns are computed once a frame. ``n`` is the number of rows."""

    dataset: Dataset
    table: Table
    n: int
    addresses: UInt64Array  # what randomness is drawn at, shape (n,)

    @property
    def rows(self) -> Int64Array:
        """The row numbers, shape (n,)."""
        ...

    @property
    def row_count(self) -> int:
        """The number of rows of the whole table."""
        ...

    @property
    def first_row(self) -> int:
        """The first row of the batch at hand."""
        ...

    def stream(self, site: int) -> Stream:
        """The randomness of draw ``site`` of the column being computed; in edge rows it is at an edge."""
        ...

    def column(self, name: str) -> Vector:
        """The values of a column, nulls put in."""
        ...

    def ordinary_column(self, name: str) -> Vector:
        """The values that a column would have without variants."""
        ...

    def variant_name(self) -> Vector:
        """The names of the variants that the rows are of, null for none."""
        ...

    def group_item(self, group: int, index: int) -> Vector: ...

    def parent_key(self, reference: str, column: str) -> Vector: ...

    def dimension_value(self) -> Vector: ...

    def source_value(self, column: str) -> Vector: ...

    def follow(self, reference: str) -> tuple[Frame, BoolArray | None]:
        """The frame of the parents of these rows (n rows; arbitrary where there is none), and which
        rows have one (None: all)."""
        ...

    def candidate(self) -> Frame:
        """The frame of the candidate rows, aligned with this one."""
        ...

    def aggregate(self, expr: Aggregate) -> Vector: ...

    def index_in(self, reference: str) -> Vector: ...

    def running(self, expr: Running) -> Vector: ...

    def neighbour(self, expr: Neighbour) -> Vector: ...

    def split(self, expr: Split) -> Vector: ...

    def fitted(self, expr: Fitted) -> Vector: ...

    def rated(self, expr: Rated) -> Vector: ...

    def retained(self, expr: Retained) -> Vector: ...

    def dealt(self, expr: Dealt) -> Vector: ...

    def pool(self, name: str) -> PoolRows: ...

    def take(self, positions: Int64Array) -> Frame:
        """The frame of the rows at ``positions``: same rows, same randomness (for branches that only
        some rows need)."""
        ...

    def elements(self, counts: Int64Array, site: int) -> Frame:
        """Row i repeated ``counts[i]`` times, each repeat with an address of its own (for the elements
        of lists); names still mean the row's values. Lists in lists are ordinary in edge rows too."""
        ...

    def again(self, attempt: int) -> Frame:
        """The same rows, whose draws are the ``attempt``-th of their kind; edge rows draw like all others."""
        ...

    def ordinary(self) -> Frame:
        """The same frame, where edge rows draw like all others."""
        ...

    def sizing(self) -> Frame:
        """The frame in which the sizes of lists are drawn: within a list they are ordinary, so that lists
        of lists at their longest do not explode."""
        ...
