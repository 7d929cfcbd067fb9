"""One expression in both backends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.functions.registry import FUNCTIONS
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.ir import expr as e
from specdsl.ir.model import Column, Table
from specdsl.vectors import strings
from specdsl.vectors.vector import Lists, Vector
from specdsl.verify.forms import physical_type, quote_name
from specdsl.verify.lowered import NotLowered, Scope
from specdsl.verify.sql import Context, lower
from tests.evaluate.memory import MemoryFrame

FAILED = "failed"


def vector_of(dtype: t.DataType, values: list[Any]) -> Vector:
    """A vector of physical values; None is null."""
    valid = np.array([v is not None for v in values])
    mask = None if valid.all() else valid
    match dtype:
        case t.String() | t.Json():
            return Vector(dtype, pa.array(["" if v is None else v for v in values], pa.string()), mask)
        case t.Bytes():
            return Vector(dtype, pa.array([v or b"" for v in values], pa.binary()), mask)
        case t.Uuid():
            data = np.frombuffer(b"".join(v or bytes(16) for v in values), np.uint8).reshape(-1, 16)
            return Vector(dtype, data, mask)
        case t.Enum():
            return Vector(dtype, np.array([v or 0 for v in values], np.int32), mask)
        case t.Bool():
            return Vector(dtype, np.array([bool(v) for v in values]), mask)
        case t.Float():
            return Vector(dtype, np.array([0.0 if v is None else v for v in values]), mask)
        case t.Int(64, signed=False):
            return Vector(dtype, np.array([v or 0 for v in values], np.uint64), mask)
        case _:
            return Vector(dtype, np.array([v or 0 for v in values], np.int64), mask)


def values_of(vector: Vector) -> list[Any]:
    """Physical values, enums as their members."""
    data: Any = vector.data
    match vector.type:
        case t.String() | t.Json() | t.Bytes():
            out = strings.plain(data).to_pylist()
        case t.Uuid():
            out = [row.tobytes() for row in data]
        case t.Enum(_, members):
            out = [members[i] for i in data.tolist()]
        case t.List():
            assert isinstance(data, Lists)
            items = values_of(data.items)
            out = [items[a:b] for a, b in zip(data.offsets[:-1], data.offsets[1:], strict=True)]
        case t.Struct(fields):
            parts = [values_of(v) for v in data]
            out = [dict(zip([f.name for f in fields], row, strict=True)) for row in zip(*parts, strict=True)]
        case _:
            out = data.tolist()
    return (
        out if vector.valid is None else [v if ok else None for v, ok in zip(out, vector.valid, strict=True)]
    )


def numpy_result(expr: e.Expr, columns: dict[str, t.DataType], rows: dict[str, list[Any]]) -> Any:
    """What the generator makes of ``expr``, or FAILED."""
    n = len(next(iter(rows.values())))
    frame = MemoryFrame(n, {name: vector_of(dtype, rows[name]) for name, dtype in columns.items()})
    try:
        return values_of(evaluate(expr, frame))
    except GenerationError:
        return FAILED


class Sql:
    """DuckDB with one table, whose columns are in physical form."""

    def __init__(self, columns: dict[str, t.DataType]) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA data")
        self.columns = columns
        parts = ", ".join(f"{quote_name(n)} {physical_type(d)}" for n, d in columns.items())
        self.connection.execute(f'CREATE TABLE data.t ({parts}, "#row" BIGINT)')
        made = {n: Column(n, d, True, e.Const(d, True, None)) for n, d in columns.items()}
        self.table = Table("t", made)
        dataset: Any = SimpleNamespace(tables={"t": self.table})
        self.context = Context(dataset, FUNCTIONS)

    def fill(self, rows: dict[str, list[Any]]) -> None:
        self.connection.execute("DELETE FROM data.t")
        n = len(next(iter(rows.values())))
        arrays = [_arrow(d, rows[name]) for name, d in self.columns.items()]
        given = pa.table([*arrays, pa.array(range(n), pa.int64())], names=[*self.columns, "#row"])
        self.connection.register("given", given)
        self.connection.execute("INSERT INTO data.t SELECT * FROM given")
        self.connection.unregister("given")

    def result(self, expr: e.Expr) -> Any:
        """What DuckDB makes of ``expr``: values, FAILED, or why it is not lowered."""
        lowered = lower(expr, Scope(self.table, "r"), self.context)
        if isinstance(lowered, NotLowered):
            return lowered
        query = f'SELECT {lowered.sql} FROM data.t AS r {" ".join(lowered.joins)} ORDER BY r."#row"'
        failures = (duckdb.OutOfRangeException, duckdb.ConversionException, duckdb.InvalidInputException)
        try:
            found = self.connection.execute(query).fetchall()
        except failures:
            # the optimizer folds constants, also in a branch that no row takes: ask again without it
            self.connection.execute("PRAGMA disable_optimizer")
            try:
                found = self.connection.execute(query).fetchall()
            except failures:
                return FAILED
            finally:
                self.connection.execute("PRAGMA enable_optimizer")
        return [_plain(v, expr.type) for (v,) in found]


def _arrow(dtype: t.DataType, values: list[Any]) -> pa.Array:
    match dtype:
        case t.Uuid():
            return pa.ExtensionArray.from_storage(pa.uuid(), pa.array(values, pa.binary(16)))
        case t.Enum(_, members):
            return pa.array([None if v is None else members[v] for v in values], pa.string())
        case t.String() | t.Json():
            return pa.array(values, pa.string())
        case t.Bytes():
            return pa.array(values, pa.binary())
        case t.Bool():
            return pa.array(values, pa.bool_())
        case t.Float():
            return pa.array(values, pa.float64())
        case t.Int(64, signed=False):
            return pa.array(values, pa.uint64())
        case _:
            return pa.array(values, pa.int64())


def _plain(value: Any, dtype: t.DataType) -> Any:
    match dtype:
        case t.Uuid() if value is not None:
            return value.bytes
        case t.Bytes() if value is not None:
            return bytes(value)
        case _:
            return value


def same(left: Any, right: Any) -> bool:
    """Whether two results agree: the same nulls, the same values, floats to the last bit but for the
    sign of zero."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, float) and isinstance(right, float) and left != left:
        return right != right
    return type(left) is type(right) and bool(left == right)
