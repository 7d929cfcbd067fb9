"""The designs of a checked program, worked out table by table, and what stands in the way of them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import prod
from typing import Final

import numpy as np

from specdsl.check.covering.arrays import (
    MOST_COMBINATIONS,
    MOST_ROWS,
    Array,
    combinations_of,
    covering_array,
    fewest_rows,
)
from specdsl.check.covering.factors import (
    CheckError,
    FactorError,
    Factors,
    FactorsError,
    TooManyCasesError,
)
from specdsl.check.covering.space import Space, TooHardError
from specdsl.check.spans import SpanTable
from specdsl.datatypes import types as t
from specdsl.diagnostics.covering import (
    CoverCheck,
    CoverColumn,
    CoverTooLarge,
    NothingToCover,
    TooFewRowsToCover,
)
from specdsl.diagnostics.model import DiagnosticBag, Severity
from specdsl.ir import expr as x
from specdsl.ir.model import Column, Cover, Dataset, Design, Table, UniqueConstraint, Uniqueness
from specdsl.ir.walk import walk_row
from specdsl.source import Span

MOST_COLUMNS: Final = 200
MOST_ALL: Final = 100_000
"""``cover all`` makes so many rows at most."""
_PLAIN = (t.Bool, t.Int, t.Decimal, t.Float, t.String, t.Enum, t.Date, t.Time, t.Timestamp, t.Duration)
_FEWER = "cover fewer columns or fewer values, or combine fewer at a time: `cover pairwise (...)`"


def apart_by_design(table: Table, unique: UniqueConstraint) -> bool:
    """Whether a design decides if rows agree on the columns of ``unique``."""
    return table.cover is not None and bool(set(table.cover.columns) & set(unique.columns))


class Designs:
    """The designs of one dataset; what is wrong goes into the bag."""

    def __init__(self, dataset: Dataset, spans: SpanTable, bag: DiagnosticBag) -> None:
        self._dataset = dataset
        self._spans = spans
        self._bag = bag
        self._nothing: list[NothingToCover] = []

    def run(self) -> Dataset:
        """The dataset with a design for each table that asks for one, as far as it can be made."""
        tables = {name: self._table(table) for name, table in self._dataset.tables.items()}
        if all(table is self._dataset.tables[name] for name, table in tables.items()):
            return self._dataset
        return replace(self._dataset, tables=tables)

    def tell_of_nothing(self) -> None:
        """Reports designs without a row where nothing else in the table explains them."""
        for nothing in self._nothing:
            declaration = self._spans.tables[nothing.table].declaration
            errors = (d for d in self._bag.sorted() if d.severity is Severity.ERROR)
            if not any(_inside(d.span, declaration) for d in errors):
                self._bag.add(nothing)

    def _table(self, table: Table) -> Table:
        cover = table.cover
        if cover is None or not self._coverable(table, cover):
            return table
        design = self._design(table, cover)
        if design is None:
            return table
        rows = table.rows
        if rows is not None and rows < design.rows:
            self._bag.add(
                TooFewRowsToCover(
                    span=self._place(table),
                    table=table.name,
                    rows=rows,
                    needed=design.rows,
                    combinations=design.possible,
                    what=cover.what,
                    place=self._spans.tables[table.name].count,
                )
            )
        return replace(table, cover=replace(cover, design=design))

    def _place(self, table: Table) -> Span:
        return self._spans.tables[table.name].rules["cover"]

    # --- what can be covered -------------------------------------------------------------------

    def _coverable(self, table: Table, cover: Cover) -> bool:
        if len(cover.columns) > MOST_COLUMNS:
            self._too_large(table, f"it has {len(cover.columns)} columns, and {MOST_COLUMNS} are the most")
            return False
        problems = [(name, _why_not(table.columns[name])) for name in cover.columns]
        wrong = [(name, why) for name, why in problems if why is not None]
        for name, (why, remedy) in wrong:
            self._column(table, name, why, remedy)
        for unique in table.uniques:
            if not apart_by_design(table, unique) or _kept_apart(table, cover, unique):
                continue
            shared = next(name for name in unique.columns if name in cover.columns)
            what = f"{'key' if unique.primary else 'unique'} ({', '.join(unique.columns)})"
            whole = f"`cover all ({', '.join(unique.columns)})` without a row count has each combination once"
            self._column(
                table, shared, f"`{what}` allows each combination once, and this design repeats some", whole
            )
            return False
        if wrong:
            self._tell_of_values(table, [name for name, why in problems if why is None])
        return not wrong

    def _tell_of_values(self, table: Table, columns: list[str]) -> None:
        """Reports the other columns whose values cannot be listed, where there will be no design anyway."""
        try:
            Factors(self._dataset, table, tuple(columns)).space()
        except FactorsError as found:
            for one in found.problems:
                if one.missing is None:
                    self._column(table, one.column, one.why, _remedy(one))
        except (CheckError, TooManyCasesError):
            return

    def _column(self, table: Table, column: str, why: str, remedy: str) -> None:
        span = self._spans.tables[table.name].columns[column].name
        self._bag.add(CoverColumn(span=span, column=column, why=why, remedy=remedy))

    def _too_large(self, table: Table, why: str, remedy: str = _FEWER) -> None:
        self._bag.add(CoverTooLarge(span=self._place(table), why=why, remedy=remedy))

    # --- the design ----------------------------------------------------------------------------

    def _design(self, table: Table, cover: Cover) -> Design | None:
        factors = Factors(self._dataset, table, cover.columns)
        try:
            space = factors.space()
        except FactorsError as found:
            for one in found.problems:
                self._column(table, one.column, one.why, _remedy(one))
            return None
        except CheckError as problem:
            rules = self._spans.tables[table.name].rules
            place = self._place(table)
            span = rules.get(problem.check, place)
            self._bag.add(CoverCheck(span=span, check=problem.check, why=problem.why, place=place))
            return None
        except TooManyCasesError as problem:
            listed = ", ".join(f"`{name}`" for name in problem.columns)
            why = f"a rule about {listed} has {problem.cases:,} cases, and {problem.most:,} are the most"
            self._too_large(table, why, "compare fewer columns at once, or cover fewer values")
            return None
        domains = tuple(tuple(factors.domains[name]) for name in cover.columns)
        if 0 in space.sizes:
            self._nothing.append(self._none(table, factors))
            return None
        combinations = combinations_of(space.sizes, cover.combined)
        array = self._array(table, cover, space, combinations)
        if array is None:
            return None
        if not array.possible:
            self._nothing.append(self._none(table, factors))
            return None
        return Design(domains, array.codes, combinations, array.possible)  # type: ignore[arg-type]

    def _none(self, table: Table, factors: Factors) -> NothingToCover:
        return NothingToCover(
            span=self._place(table),
            table=table.name,
            combinations=prod(factors.listed.values()),
            checks=tuple(factors.checks),
        )

    def _array(self, table: Table, cover: Cover, space: Space, combinations: int) -> Array | None:
        try:
            if cover.combined == len(space.sizes):
                found = every_row(space)
                if found is None:
                    sizes = " x ".join(str(size) for size in space.sizes)
                    whole = f"{sizes} = {combinations:,} combinations"
                    self._too_large(table, f"{whole}, of which more than {MOST_ALL:,} would be a row each")
                return found
            fewest = fewest_rows(space.sizes, cover.combined)
            if combinations > MOST_COMBINATIONS:
                why = f"{combinations:,} {cover.what}, and {MOST_COMBINATIONS:,} are the most"
                self._too_large(table, why)
                return None
            if fewest > MOST_ROWS:
                why = f"it takes {fewest:,} rows or more, and {MOST_ROWS:,} are the most"
                self._too_large(table, why)
                return None
            return covering_array(space, cover.combined)
        except TooHardError:
            why = "its checks are so entangled that no row was found, and none ruled out"
            self._too_large(table, why, "compare fewer columns with each other, or cover fewer of them")
            return None


def _remedy(problem: FactorError) -> str:
    if problem.missing is not None:
        return f"name `{problem.missing}` in `cover`, too, or leave `{problem.column}` out"
    if problem.instead:
        return f"name the values that matter, such as `= {problem.instead}`, or leave it out of `cover`"
    return 'give it a few values: `"a" | "b"`, `1..5`, an enum, a bool; or leave it out of `cover`'


def _inside(span: Span, other: Span) -> bool:
    return span.file == other.file and other.start <= span.start < other.end


@lru_cache(maxsize=16)
def every_row(space: Space) -> Array | None:
    """All rows that keep the rules, the last column varying fastest; None for more than there may be."""
    tables = [(rule.columns, space.table(rule)) for rule in space.rules]
    rows = np.zeros((1, 0), dtype=np.uint8)
    for column, size in enumerate(space.sizes):
        if len(rows) * size > 10 * MOST_ALL:
            return None
        values = np.tile(np.arange(size, dtype=np.uint8), len(rows))
        rows = np.column_stack([np.repeat(rows, size, axis=0), values])
        for columns, allowed in tables:
            if column not in columns:
                continue
            later = tuple(axis for axis, c in enumerate(columns) if c > column)
            seen = np.asarray(allowed.any(axis=later)) if later else allowed
            rows = rows[seen[tuple(rows[:, c] for c in columns if c <= column)]]
    if len(rows) > MOST_ALL:
        return None
    return Array(rows.tobytes(), len(rows))


def _kept_apart(table: Table, cover: Cover, unique: UniqueConstraint) -> bool:
    """Whether each combination comes once, so that no two rows agree on the columns of ``unique``."""
    whole = cover.combined == len(cover.columns) and table.rows is None
    return whole and set(cover.columns) <= set(unique.columns)


def _why_not(column: Column) -> tuple[str, str] | None:
    """Why a column cannot be covered, and what to do, by how it is declared."""
    name = column.name
    if column.reference is not None:
        remedy = "cover a column with an enum or a choice, and refer to the row by it: `where .code == code`"
        return f"`{name}` refers to rows, and a design is made before there are any", remedy
    if column.uniqueness is not Uniqueness.NONE:
        remedy = f"leave `{name}` out of `cover`, or let its values repeat"
        return f"`{name}` has another value in every row, and a design repeats values", remedy
    if not isinstance(column.type, _PLAIN):
        return f"`{name}` is {column.type}, which is not covered", "cover the columns that it is made of"
    if any(isinstance(node, x.ChoiceDraw) and node.exact for node in walk_row(column.value)):
        why = f"`{name}` has exact shares of all rows, and a design has its values as often as it needs them"
        return why, f"remove the `exact(...)` of `{name}`, or leave it out of `cover`"
    return None
