"""Domains whose values are numbered: with a keyed permutation of the rows they make unique columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.runtime import TooFewValues
from specdsl.functions.entry import LOCALE, Invocation
from specdsl.functions.locales import with_locale
from specdsl.functions.registry import FUNCTIONS
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.generate.expressions.pools import pool_values
from specdsl.generate.hashing import hashes
from specdsl.ir.expr import (
    Call,
    Cast,
    ChoiceDraw,
    ColumnValue,
    Const,
    Expr,
    Format,
    FormatPart,
    PoolDraw,
    RangeDraw,
    RegexDraw,
)
from specdsl.plan.model import ColumnPlan
from specdsl.randomness.permutation import Permutation, keyed_positions
from specdsl.randomness.regexset import compile_regex
from specdsl.randomness.streams import GOLDEN, mix
from specdsl.vectors import selection
from specdsl.vectors.vector import Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine
    from specdsl.generate.frame import Frame

_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class Domain:
    """``size`` distinct values; ``at`` gives those with the numbers asked for (int64, below the size)."""

    size: int
    at: Callable[[Int64Array], Vector]


def domain_of(engine: Engine, expr: Expr) -> Domain | None:
    """The domain of an indexable expression; None where its values have no numbers."""
    match expr:
        case Const():
            return Domain(1, lambda index: evaluate(expr, cast("Frame", _Columns(engine, len(index), {}))))
        case RangeDraw(low=Const(value=int(low)), high=Const(value=int(high))):
            dtype = selection.numpy_dtype(expr.type)
            start = np.array(low, dtype=dtype)
            return Domain(
                max(0, high - low + 1), lambda index: Vector(expr.type, index.astype(dtype) + start)
            )
        case RegexDraw(pattern=pattern):
            found = compile_regex(pattern)
            return Domain(found.size, lambda index: Vector(expr.type, found.at(index)))
        case ChoiceDraw(arms=arms):
            values = [arm.value for arm in arms if arm.share > 0]
            return _of_constants(engine, expr.type, list(dict.fromkeys(values)))
        case PoolDraw(pool=name) if len(expr.columns) == 1:
            return _of_pool(engine, expr, name)
        case Cast(operand=operand):
            return _of_cast(engine, expr, operand)
        case Format(parts=parts):
            return _of_format(engine, expr, parts)
        case Call():
            return _of_call(engine, expr)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Columns:
    """A frame of nothing but some columns."""

    engine: Engine
    n: int
    columns: dict[str, Vector]

    @property
    def dataset(self) -> object:
        return self.engine.dataset

    def column(self, name: str) -> Vector:
        return self.columns[name]


def _of_constants(engine: Engine, dtype: t.DataType, values: list[Expr]) -> Domain | None:
    if not all(isinstance(v, Const) for v in values):
        return None
    frame = cast("Frame", _Columns(engine, 1, {}))
    table = selection.concat([evaluate(v, frame) for v in values], dtype)
    return Domain(len(values), lambda index: selection.take(table, index))


def _of_pool(engine: Engine, expr: PoolDraw, name: str) -> Domain:
    pool = engine.pool(name)
    column = pool.column(expr.columns[0])
    _, firsts = np.unique(hashes(column), return_index=True)
    rows = np.sort(firsts)
    if column.valid is not None:
        rows = rows[column.valid[rows]]
    return Domain(len(rows), lambda index: pool_values(pool, expr, rows[index]))


def _of_cast(engine: Engine, expr: Cast, operand: Expr) -> Domain | None:
    inner = domain_of(engine, operand)
    if inner is None:
        return None
    moved = replace(expr, operand=ColumnValue(operand.type, False, "0"))

    def at(index: Int64Array) -> Vector:
        return evaluate(moved, cast("Frame", _Columns(engine, len(index), {"0": inner.at(index)})))

    return Domain(inner.size, at)


def _of_format(engine: Engine, expr: Format, parts: tuple[str | FormatPart, ...]) -> Domain | None:
    domains: dict[str, Domain] = {}
    renamed: list[str | FormatPart] = []
    size = 1
    for i, part in enumerate(parts):
        if isinstance(part, str):
            renamed.append(part)
            continue
        inner = domain_of(engine, part.value)
        if inner is None:
            return None
        size *= inner.size
        domains[str(i)] = inner
        renamed.append(replace(part, value=ColumnValue(part.value.type, False, str(i))))
    moved = replace(expr, parts=tuple(renamed))

    def at(index: Int64Array) -> Vector:
        columns = {}
        rest = index
        for name, inner in reversed(domains.items()):
            if inner.size >= _LARGEST:
                digit, rest = rest, np.zeros_like(rest)
            else:
                digit, rest = rest % inner.size, rest // inner.size
            columns[name] = inner.at(digit)
        return evaluate(moved, cast("Frame", _Columns(engine, len(index), columns)))

    return Domain(size, at)


def _of_call(engine: Engine, expr: Call) -> Domain | None:
    function = FUNCTIONS.get(expr.function)
    if function is None or function.at is None or function.domain is None:
        return None
    arguments: dict[str, Any] = {n: a.value for n, a in expr.args if isinstance(a, Const)}
    constants = with_locale(arguments, [name for name, _ in expr.args], engine.dataset.locale)
    size = function.domain(constants)
    if size is None or len(arguments) < len(expr.args):
        return None
    locale = str(constants[LOCALE])
    make = function.at

    def at(index: Int64Array) -> Vector:
        invocation = Invocation(
            n=len(index),
            rows=index,
            args=arguments,
            result=expr.type,
            locale=locale,
            types={name: a.type for name, a in expr.args},
        )
        return selection.as_type(make(invocation, index), expr.type)

    return Domain(size, at)


class PermutedColumn:
    """A unique column: row -> keyed permutation of the domain."""

    def __init__(self, domain: Domain, permutation: Permutation) -> None:
        self._domain = domain
        self._permutation = permutation

    def at(self, rows: Int64Array) -> Vector:
        """The values of some rows."""
        return self._domain.at(self._permutation.at(rows))


def permuted_column(engine: Engine, table: str, plan: ColumnPlan) -> PermutedColumn | None:
    """The unique column of ``plan``; None where the domain is too large to number (2**62 and more: chance
    alone keeps those apart). Raises GenerationError (DG577) when it is smaller than the table."""
    domain = domain_of(engine, plan.value)
    if domain is None or domain.size >= _LARGEST:
        return None
    rows = engine.row_count(table)
    if rows > domain.size:
        name = plan.column.name
        raise GenerationError(
            lambda span: TooFewValues(span=span, what=f"`{name}`", rows=rows, values=domain.size),
            table=table,
            column=name,
        )
    key = engine.key(table, plan.column.name, "permutation")
    return PermutedColumn(domain, Permutation(key, domain.size))


class DistinctColumn:
    """A column distinct within groups: (parent, position among its children) -> value number, by a
    permutation of the domain that the parent chooses."""

    def __init__(self, domain: Domain, key: int, table: str, column: str) -> None:
        self._domain = domain
        self._key = np.uint64(key)
        self._table = table
        self._column = column

    def at(self, parents: Int64Array, ranks: Int64Array) -> Vector:
        """The values of children number ``ranks`` of ``parents``. Raises GenerationError (DG577) where a
        parent has more children than there are values."""
        size = self._domain.size
        most = int(ranks.max(initial=-1)) + 1
        if most > size:
            name = self._column
            raise GenerationError(
                lambda span: TooFewValues(span=span, what=f"`{name}`", rows=most, values=size),
                table=self._table,
                column=name,
            )
        keys = mix(parents.astype(np.uint64) * GOLDEN + self._key)
        sizes = np.full(len(ranks), size, dtype=np.int64)
        return self._domain.at(keyed_positions(keys, sizes, ranks))


def distinct_column(engine: Engine, table: str, plan: ColumnPlan) -> DistinctColumn:
    """The column of ``plan``, whose domain the compiler has found to be numbered."""
    domain = domain_of(engine, plan.value)
    if domain is None:
        raise TypeError(f"{table}.{plan.column.name} has no numbered values")
    return DistinctColumn(domain, engine.key(table, plan.column.name, "distinct"), table, plan.column.name)
