"""From columns and checks to the space that a design is made in: the values of each column, and which of them
go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from specdsl.check.covering.outcomes import Outcomes, UncoveredError, UnlistedError, Value, group_name
from specdsl.check.covering.space import Rule, Search, Space
from specdsl.datatypes import types as t
from specdsl.ir import expr as x
from specdsl.ir.model import Column, Dataset, NullRule, Table

MOST_CASES: Final = 20_000
"""A comparison, and what a column is drawn from, is looked at for so many combinations of what it goes by."""
MOST_CELLS: Final = 1_000_000
"""A rule has so many combinations at most."""

_FALSE, _NULL, _TRUE = 0, 1, 2  # in this order `and` is the smaller, `or` the larger (Kleene)


class TooManyCasesError(Exception):
    """A rule over more combinations than are looked at."""

    def __init__(self, columns: Sequence[str], cases: int, most: int) -> None:
        super().__init__(columns)
        self.columns = tuple(columns)
        self.cases = cases
        self.most = most


class FactorError(Exception):
    """A column that cannot be covered: ``why`` is a clause; ``missing`` names a column to cover, too;
    ``instead`` is a value that could be."""

    def __init__(self, column: str, why: str, missing: str | None = None, instead: str = "") -> None:
        super().__init__(why)
        self.column = column
        self.why = why
        self.missing = missing
        self.instead = instead


class FactorsError(Exception):
    """Columns that cannot be covered."""

    def __init__(self, problems: Sequence[FactorError]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)


class CheckError(Exception):
    """A check of covered columns only that cannot be decided beforehand: ``why`` is a clause."""

    def __init__(self, check: str, why: str) -> None:
        super().__init__(why)
        self.check = check
        self.why = why


@dataclass(frozen=True, slots=True)
class _Truth:
    """False, null or true (see above) for each combination of values of ``columns``, an axis for each."""

    columns: tuple[str, ...]
    values: NDArray[np.int8]


@dataclass(slots=True)
class Factors:
    """The covered ``columns`` of a table with their values, and what the table asks of them. ``listed``: how
    many values each column has by itself; ``checks``: those that say which combinations there are."""

    dataset: Dataset
    table: Table
    columns: tuple[str, ...]
    domains: dict[str, list[Value]] = field(default_factory=dict)
    listed: dict[str, int] = field(default_factory=dict)
    checks: dict[str, None] = field(default_factory=dict)
    _rules: list[tuple[tuple[str, ...], NDArray[np.bool_]]] = field(default_factory=list)
    _outcomes: Outcomes = field(init=False)

    def __post_init__(self) -> None:
        self._outcomes = Outcomes(self.dataset, self.table, frozenset(self.columns))

    def space(self) -> Space:
        """The space of the columns, in their order; values that no rule leaves are taken out of the domains.
        Raises FactorsError, CheckError and TooManyCasesError."""
        problems: list[FactorError] = []
        todo = self._units(problems)
        while todo:  # those first whose values depend on no other that is still to come
            ready = [unit for unit in todo if unit.needs <= set(self.domains)]
            if not ready:
                break  # they go by columns that cannot be covered
            for unit in ready:
                try:
                    self._list(unit)
                except FactorError as problem:
                    problems.append(problem)
            todo = [unit for unit in todo if unit not in ready]
        if problems:
            raise FactorsError(sorted(problems, key=lambda p: self.columns.index(p.column)))
        for label, condition in self._conditions():
            self._restrict(label, condition)
        return self._narrowed()

    # --- the values of columns -----------------------------------------------------------------

    def _units(self, problems: list[FactorError]) -> list[_Unit]:
        groups = {name: i for i, g in enumerate(self.table.groups) for name in g.columns}
        found: list[_Unit] = []
        for name in self.columns:
            try:
                found.append(self._unit_of(name, groups.get(name)))
            except FactorError as problem:
                problems.append(problem)
        return list(dict.fromkeys(found))

    def _unit_of(self, name: str, group: int | None) -> _Unit:
        if group is None:
            return self._unit((name,), self.table.columns[name].value, None)
        together = self.table.groups[group]
        missing = [c for c in together.columns if c not in self.columns]
        if missing:
            why = f"`{name}` is drawn together with `{missing[0]}`, which is not covered"
            raise FactorError(name, why, missing[0])
        return self._unit(together.columns, together.value, group)

    def _unit(self, columns: tuple[str, ...], value: x.Expr, group: int | None) -> _Unit:
        needs: set[str] = set()
        for expr in (value, *(self.table.columns[name].nulls for name in columns)):
            try:
                needs |= self._outcomes.needs(expr.when if isinstance(expr, NullRule) else expr)
            except UncoveredError as problem:
                why = f"`{columns[0]}` depends on {problem.what}"
                raise FactorError(columns[0], why, problem.column) from None
        return _Unit(columns, value, group, frozenset(needs))

    def _list(self, unit: _Unit) -> None:
        """The values of a unit's columns, and which of them come with which."""
        needs = [c for c in self.columns if c in unit.needs]
        together: dict[tuple[Value, ...], None] = {}
        for given in self._cases(needs):
            row = dict(zip(needs, given, strict=True))
            try:
                together |= dict.fromkeys((*given, *values) for values in self._values(unit, row))
            except UnlistedError as problem:
                name = unit.columns[0]
                why = f"`{name}` cannot be covered: {problem}"
                raise FactorError(name, why, instead=problem.instead) from None
        for place, name in enumerate(unit.columns, len(needs)):
            self.domains[name] = list(dict.fromkeys(values[place] for values in together))
        columns = (*needs, *unit.columns)
        if len(columns) > 1:
            allowed = np.zeros(self._shape(columns), dtype=np.bool_)
            places = [{v: i for i, v in enumerate(self.domains[c])} for c in columns]
            for values in together:
                allowed[tuple(at[v] for at, v in zip(places, values, strict=True))] = True
            self._add(columns, allowed)

    def _values(self, unit: _Unit, row: Mapping[str, Value]) -> Iterator[tuple[Value, ...]]:
        columns = [self.table.columns[name] for name in unit.columns]
        if unit.group is None:
            (column,) = columns
            yield from ((value,) for value in self._with_nulls(column, _narrowed(column), row))
            return
        for items in self._outcomes.of(unit.value, row):
            here = {**row, group_name(unit.group): items}
            yield from product(*(self._with_nulls(column, column.value, here) for column in columns))

    def _with_nulls(self, column: Column, value: x.Expr, row: Mapping[str, Value]) -> list[Value]:
        rate = 0.0
        if column.nulls is not None:
            rate = column.nulls.rate
            if column.nulls.when is not None and self._outcomes.only(column.nulls.when, row) is not True:
                rate = column.nulls.otherwise
        values: list[Value] = list(self._outcomes.of(value, row)) if rate < 1 else []
        return values if rate == 0 or None in values else [*values, None]

    # --- what must hold -----------------------------------------------------------------------

    def _conditions(self) -> Iterator[tuple[str, x.Expr]]:
        """Bounds and checks, with the name of the check."""
        for column in self.table.columns.values():
            if column.bounds is not None and column.reference is None:
                here = x.ColumnValue(column.type, column.nullable, column.name)
                ends = (
                    (x.CompareOp.GREATER_EQUAL, column.bounds.low),
                    (x.CompareOp.LESS_EQUAL, column.bounds.high),
                )
                for op, end in ends:
                    if end is not None:
                        yield "", x.Compare(t.BOOL, True, op, here, end)
        for check in self.table.checks:
            yield check.name, check.condition

    def _restrict(self, label: str, condition: x.Expr) -> None:
        if isinstance(condition, x.Logic) and condition.op is x.LogicOp.AND:
            self._restrict(label, condition.left)
            self._restrict(label, condition.right)
            return
        try:
            needs = self._outcomes.needs(condition)
        except UncoveredError:
            return  # other columns are drawn until it holds
        if not needs:
            return
        try:
            truth = self._truth(condition)
        except UnlistedError as problem:
            if label:
                raise CheckError(label, str(problem)) from None
            return
        self._add(truth.columns, truth.values != _FALSE)
        if label:
            self.checks[label] = None

    def _truth(self, condition: x.Expr) -> _Truth:
        match condition:
            case x.Logic(op=op, left=left, right=right):
                a, b = self._truth(left), self._truth(right)
                columns = tuple(c for c in self.columns if c in {*a.columns, *b.columns})
                self._require(columns, MOST_CELLS)
                pick = np.minimum if op is x.LogicOp.AND else np.maximum
                return _Truth(columns, pick(self._spread(a, columns), self._spread(b, columns)))
            case x.Unary(op=x.UnaryOp.NOT, operand=operand):
                inner = self._truth(operand)
                return _Truth(inner.columns, (_TRUE - inner.values).astype(np.int8))
        needs = self._outcomes.needs(condition)
        columns = tuple(c for c in self.columns if c in needs)
        code = {False: _FALSE, None: _NULL, True: _TRUE}
        found = [
            code[self._outcomes.only(condition, dict(zip(columns, values, strict=True)))]  # type: ignore[index]
            for values in self._cases(columns)
        ]
        return _Truth(columns, np.array(found, dtype=np.int8).reshape(self._shape(columns)))

    def _spread(self, truth: _Truth, columns: Sequence[str]) -> NDArray[np.int8]:
        """A truth with an axis for each of ``columns``."""
        shape = [len(self.domains[c]) if c in truth.columns else 1 for c in columns]
        return truth.values.reshape(shape)

    # --- combinations -------------------------------------------------------------------------

    def _cases(self, columns: Sequence[str]) -> Iterator[tuple[Value, ...]]:
        self._require(columns, MOST_CASES)
        return product(*(self.domains[c] for c in columns))

    def _require(self, columns: Sequence[str], most: int) -> None:
        cases = prod(self._shape(columns))
        if cases > most:
            raise TooManyCasesError(columns, cases, most)

    def _shape(self, columns: Sequence[str]) -> tuple[int, ...]:
        return tuple(len(self.domains[c]) for c in columns)

    def _add(self, columns: Sequence[str], allowed: NDArray[np.bool_]) -> None:
        """A rule, its columns in the order in which they are covered."""
        self._require(columns, MOST_CELLS)
        if allowed.all():
            return
        ordered = sorted(columns, key=self.columns.index)
        self._rules.append((tuple(ordered), allowed.transpose([columns.index(c) for c in ordered])))

    def _narrowed(self) -> Space:
        """The space without the values that no row can have."""
        self.listed = {c: len(self.domains[c]) for c in self.columns}
        left = Search(self._space()).left
        if left is None:
            self.domains = {c: [] for c in self.columns}
            return self._space(rules=False)
        kept = {c: np.flatnonzero(values) for c, values in zip(self.columns, left, strict=True)}
        self.domains = {c: [self.domains[c][i] for i in kept[c].tolist()] for c in self.columns}
        self._rules = [(cs, allowed[np.ix_(*(kept[c] for c in cs))]) for cs, allowed in self._rules]
        return self._space()

    def _space(self, *, rules: bool = True) -> Space:
        place = {c: i for i, c in enumerate(self.columns)}
        made = [
            Rule(tuple(place[c] for c in columns), np.ascontiguousarray(allowed).tobytes())
            for columns, allowed in self._rules
            if rules and not allowed.all()
        ]
        return Space(tuple(len(self.domains[c]) for c in self.columns), tuple(made))


@dataclass(frozen=True, slots=True)
class _Unit:
    """Columns whose values are drawn at once, and the covered columns that they go by."""

    columns: tuple[str, ...]
    value: x.Expr
    group: int | None
    needs: frozenset[str]


def _narrowed(column: Column) -> x.Expr:
    """The value of a column, a range within its constant bounds."""
    value, bounds = column.value, column.bounds
    if not isinstance(value, x.RangeDraw) or bounds is None:
        return value
    low, high = value.low, value.high
    if isinstance(low, x.Const) and isinstance(bounds.low, x.Const) and not isinstance(low.type, t.Float):
        low = max((low, bounds.low), key=lambda end: end.value)  # type: ignore[arg-type, return-value]
    if isinstance(high, x.Const) and isinstance(bounds.high, x.Const) and not isinstance(high.type, t.Float):
        high = min((high, bounds.high), key=lambda end: end.value)  # type: ignore[arg-type, return-value]
    return x.RangeDraw(value.type, value.nullable, value.site, low, high)
