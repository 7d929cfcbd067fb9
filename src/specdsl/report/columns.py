"""What there is to say of one column: figures of all rows, charts fit for its kind."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from specdsl.datatypes import types as t
from specdsl.ir.model import Column, Dataset, Table
from specdsl.report import bins
from specdsl.report.declared import Declared, declared
from specdsl.report.model import Bars, Chart, ColumnProfile, Histogram
from specdsl.report.numbers import natural, number, shown
from specdsl.vectors.vector import Float64Array
from specdsl.verify.display import displayed
from specdsl.verify.forms import quote_name
from specdsl.verify.naming import ROW, column_name, table_name

if TYPE_CHECKING:
    import duckdb

EXACT_ROWS = 1_000_000
"""Up to so many rows distinct values are counted, above they are estimated."""
_TOP = 10
_FEW = 60  # distinct values that are shown by themselves
_TELLING = 0.03  # the share of rows that the most frequent values of many must have to be worth showing
_PARENTS_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """One table under the loupe. ``every``: charts look at one row of so many."""

    connection: duckdb.DuckDBPyConnection
    dataset: Dataset
    table: Table
    rows: Mapping[str, int]
    every: int

    @property
    def source(self) -> str:
        return table_name(self.table)

    @property
    def sampled(self) -> str:
        """A condition that the rows of charts meet."""
        return "true" if self.every == 1 else f"hash({ROW}) % {self.every} = 0"

    def row(self, sql: str) -> tuple[Any, ...]:
        (row,) = self.connection.execute(sql).fetchall()
        return tuple(row)


def column_profile(look: Look, column: Column, missing: str) -> ColumnProfile:
    """The profile of ``column``. ``missing``: why the files have no such column."""
    if missing:
        return ColumnProfile(column.name, 0, 0, missing=missing)
    name = quote_name(column_name(look.table, column.name))
    rows = look.rows[look.table.name]
    (values,) = look.row(f"SELECT count({name}) FROM {look.source}")
    nulls = rows - int(values)
    if not values:
        return ColumnProfile(column.name, 0, nulls, 0)
    exact = rows <= EXACT_ROWS
    distinct = _distinct(look, column, name, exact)
    figures, charts = _by_type(look, column, name, int(values), distinct)
    parents = _children_per_parent(look, column, name)
    return ColumnProfile(column.name, int(values), nulls, distinct, exact, figures, (*charts, *parents))


def _distinct(look: Look, column: Column, name: str, exact: bool) -> int | None:
    if isinstance(column.type, (t.List, t.Struct)) and not exact:
        return None
    count = f"count(DISTINCT {name})" if exact else f"approx_count_distinct({name})"
    return int(look.row(f"SELECT {count} FROM {look.source}")[0])


Shown = tuple[tuple[tuple[str, str], ...], tuple[Chart, ...]]


def _by_type(look: Look, column: Column, name: str, values: int, distinct: int | None) -> Shown:
    match column.type:
        case t.Bool() | t.Enum():
            return (), (_bars(look, column, name, values, distinct),)
        case t.Int() | t.Float() | t.Decimal() | t.Duration() | t.Date() | t.Time() | t.Timestamp():
            return _measured(look, column, name, distinct == values)
        case t.Uuid() | t.Struct():
            return (), ()
        case t.List():
            return _lengths(look, name, "len", "items", "Number of items")
        case t.Bytes():
            return _lengths(look, name, "octet_length", "bytes", "Length in bytes")
        case _:
            return _texts(look, column, name, values, distinct)


# --- numbers and moments -------------------------------------------------------------------


def _measured(look: Look, column: Column, name: str, unique: bool) -> Shown:
    dtype = column.type
    finite = f" WHERE isfinite({name})" if isinstance(dtype, t.Float) else ""
    low, high, mean = look.row(f"SELECT min({name}), max({name}), favg({name}) FROM {look.source}{finite}")
    if low is None:
        return (), ()
    figures = [("least", _exact(low, dtype)), ("greatest", _exact(high, dtype))]
    if t.is_numeric(dtype) or isinstance(dtype, t.Duration):
        average = natural(float(mean), dtype)
        figures.insert(1, ("mean", shown(average, dtype)))
    keyed = column.name in look.table.key or column.reference is not None
    if unique and (keyed or isinstance(dtype, t.Int)):
        return tuple(figures), ()  # a key's numbers have no shape worth a picture
    if column.reference is not None:
        return tuple(figures), ()
    condition = f"{name} IS NOT NULL AND {look.sampled}" + (f" AND isfinite({name})" if finite else "")
    held = look.connection.execute(f"SELECT {name} AS v FROM {look.source} WHERE {condition}").fetchnumpy()[
        "v"
    ]
    numbers = np.ma.getdata(held).astype(np.float64)
    if not len(numbers):
        return tuple(figures), ()
    if isinstance(dtype, t.Decimal):
        numbers = numbers / 10.0**dtype.scale
    made = histogram(numbers, dtype, declared(column))
    return tuple(figures), () if made is None else (made,)


def _exact(value: Any, dtype: t.DataType) -> str:
    if isinstance(dtype, (t.Duration, t.Timestamp)):
        return shown(float(value), dtype)
    if isinstance(dtype, t.Int):
        return f"{int(value):,}"
    if isinstance(dtype, t.Float):
        return number(float(value))
    return str(displayed(value, dtype))


def histogram(values: Float64Array, dtype: t.DataType, distribution: Declared | None) -> Histogram | None:
    """The histogram of ``values`` (n >= 1, finite, natural units), with the declared distribution beside;
    None where they cannot be told apart on a picture."""
    whole = isinstance(dtype, t.Int)
    low, high = bins.core(values)
    if low == high or not bins.can_be_cut(low, high):
        return None
    if whole:
        low, high = float(np.floor(low)), float(np.ceil(high))
    if isinstance(dtype, (t.Date, t.Time, t.Timestamp)):
        edges, unit = bins.time_edges(low, high, dtype)
        labels = tuple(bins.time_label(a, dtype, unit) for a in edges[:-1])
        step = -(-len(labels) // (4 if len(labels[0]) <= 10 else 3))
        ticks = tuple((edges[i], labels[i]) for i in range(0, len(labels), step))
        title = f"Rows by {unit}"
    else:
        span = isinstance(dtype, t.Duration)
        edges = bins.duration_edges(low, high) if span else bins.number_edges(low, high, whole=whole)
        pairs = itertools.pairwise(edges)
        labels = tuple(bins.bin_label(a, b, dtype, whole=whole) for a, b in pairs)
        ticks = bins.ticks(edges, dtype, whole=whole)
        title = "Rows by value"
    cuts = np.asarray(edges, dtype=np.float64)
    places = edges
    if t.is_numeric(dtype) and not whole and bins.is_skewed(values):
        edges, places, ticks = bins.logarithmic(values)
        cuts = np.asarray(edges, dtype=np.float64)
        labels = tuple(bins.bin_label(a, b, dtype, whole=False) for a, b in itertools.pairwise(edges))
        title = "Rows by value, on a logarithmic scale"
    counts = tuple(int(n) for n in np.histogram(values, cuts)[0])
    expected: tuple[float, ...] = ()
    if distribution is not None:
        shift = 0.5 if isinstance(dtype, t.Date) else 0.0  # a day stands for itself, from noon to noon
        expected = tuple(float(s) * len(values) for s in distribution.shares(cuts - shift))
    told = any(share > 0 for share in expected)
    return Histogram(
        title,
        tuple(places),
        counts,
        labels,
        ticks,
        len(values) - sum(counts),
        expected if told else (),
        distribution.name if distribution is not None and told else "",
    )


# --- texts and lengths ---------------------------------------------------------------------


def _texts(look: Look, column: Column, name: str, values: int, distinct: int | None) -> Shown:
    if column.reference is not None:
        return (), ()
    figures, charts = _lengths(look, name, "length", "characters", "Length in characters")
    if distinct is not None and distinct < values:
        bars = _bars(look, column, name, values, distinct)
        top = sum(n for _, n in bars.values)
        if distinct <= _FEW or top >= _TELLING * bars.total:
            return figures, (bars,)
    return figures, charts


def _lengths(look: Look, name: str, function: str, unit: str, title: str) -> Shown:
    low, mean, high = look.row(
        f"SELECT min({function}({name})), avg({function}({name})), max({function}({name})) FROM {look.source}"
    )
    figures = (("shortest", f"{low:,} {unit}"), ("mean", f"{mean:.3g}"), ("longest", f"{high:,}"))
    held = look.connection.execute(
        f"SELECT {function}({name}) AS v FROM {look.source} WHERE {name} IS NOT NULL AND {look.sampled}"
    ).fetchnumpy()["v"]
    lengths = np.ma.getdata(held).astype(np.float64)
    if not len(lengths) or low == high:
        return figures, ()
    made = histogram(lengths, t.INT, None)
    if made is None:
        return figures, ()
    return figures, (Histogram(title, made.edges, made.counts, made.labels, made.ticks, made.beyond),)


def _bars(look: Look, column: Column, name: str, values: int, distinct: int | None) -> Bars:
    few = distinct is not None and distinct <= _FEW
    condition = f"{name} IS NOT NULL" if few else f"{name} IS NOT NULL AND {look.sampled}"
    total = values if few else int(look.row(f"SELECT count(*) FROM {look.source} WHERE {condition}")[0])
    found = look.connection.execute(
        f"SELECT {name}, count(*) FROM {look.source} WHERE {condition} "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_TOP}"
    ).fetchall()
    top = tuple((_label(value, column.type), int(n)) for value, n in found)
    others = None if distinct is None else max(0, distinct - len(top))
    return Bars("Most frequent values", top, total - sum(n for _, n in top), others)


def _label(value: Any, dtype: t.DataType) -> str:
    if isinstance(dtype, t.Bool):
        return "true" if value else "false"
    return str(value) or '""'


# --- references ----------------------------------------------------------------------------


def _children_per_parent(look: Look, column: Column, name: str) -> tuple[Chart, ...]:
    """How many rows refer to each parent, parents without any included."""
    reference = look.table.references.get(column.name)
    rows = look.rows[look.table.name]
    if reference is None or reference.table not in look.rows or len(reference.columns) > 1:
        return ()
    if rows > _PARENTS_ROWS:
        return ()
    held = look.connection.execute(
        f"SELECT n, count(*) AS parents FROM (SELECT count(*) AS n FROM {look.source} "
        f"WHERE {name} IS NOT NULL GROUP BY {name}) GROUP BY 1 ORDER BY 1"
    ).fetchnumpy()
    sizes = np.ma.getdata(held["n"]).astype(np.int64)
    parents = np.ma.getdata(held["parents"]).astype(np.int64)
    none = look.rows[reference.table] - int(parents.sum())
    if none > 0:
        sizes, parents = np.concatenate([[0], sizes]), np.concatenate([[none], parents])
    if not len(sizes) or sizes[-1] == sizes[0]:
        return ()
    every = np.repeat(sizes, np.maximum(parents * min(1.0, 200_000 / parents.sum()), 1).astype(np.int64))
    low, high = bins.core(every.astype(np.float64))
    edges = bins.number_edges(float(np.floor(low)), float(np.ceil(high)), whole=True)
    counts = tuple(int(n) for n in np.histogram(sizes, np.asarray(edges), weights=parents)[0])
    labels = tuple(bins.bin_label(a, b, t.INT, whole=True) for a, b in itertools.pairwise(edges))
    beyond = int(parents.sum()) - sum(counts)
    title = f"Rows of {look.table.name} per row of {reference.table}"
    return (Histogram(title, tuple(edges), counts, labels, bins.ticks(edges, t.INT, whole=True), beyond),)
