"""Aggregates over the rows that refer to this one: ``sum(orders.total)``. The engine evaluates them as
``ir.Aggregate``; here are their signatures and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from specdsl.datatypes import types as t
from specdsl.functions.entry import Accepts, Example, Form, Function, Parameter

_CHILDREN: Final = Accepts("table that refers here", lambda _: True)
_NUMBERS: Final = Accepts("number column of children", t.is_numeric)
_ORDERED: Final = Accepts("ordered column of children", t.is_ordered)
_COLUMN: Final = Accepts("column of children", lambda _: True)
_VIA: Final = Parameter(
    "via",
    Accepts("reference", lambda _: True),
    "Which reference, where the table has several to this one.",
    default=None,
)
_WHERE = (
    " `where` keeps some of the rows, its columns said with a point: `{0}({1} where .status == paid)`. A "
    "path may lead "
    "over several tables: `{0}(orders.order_items.{2})`."
)


def _sum_type(types: Mapping[str, t.DataType]) -> t.DataType:
    match types.get("value"):
        case t.Int():
            return t.INT
        case t.Decimal(_, scale):
            return t.Decimal(18, scale)
        case None:
            return t.UNKNOWN
        case _:
            return t.FLOAT


def _average_type(_: Mapping[str, t.DataType]) -> t.DataType:
    return t.FLOAT


def _same_type(types: Mapping[str, t.DataType]) -> t.DataType:
    return types.get("value", t.UNKNOWN)


def _aggregate(
    name: str, summary: str, doc: str, value: Accepts, result: object, column: str, type: str
) -> Function:
    return Function(
        name=name,
        family="aggregates",
        summary=summary,
        doc=doc + _WHERE.format(name, column, "line_total"),
        result=result,  # type: ignore[arg-type]
        kernel=None,
        parameters=(Parameter("value", value, "A path `table.column`."), _VIA),
        examples=(Example(f"{name}({column})", type),),
        form=Form.AGGREGATE,
    )


FUNCTIONS: Final = (
    _aggregate(
        "sum",
        "The total over the rows that refer here; 0 over none.",
        "Nulls are passed over.",
        _NUMBERS,
        _sum_type,
        "orders.total",
        "decimal(18, 2)",
    ),
    Function(
        name="count",
        family="aggregates",
        summary="How many rows refer here.",
        doc="`count(orders)` counts rows, `count(orders.shipped_at)` those where the column is not null."
        + _WHERE.format("count", "orders", "sku"),
        result=t.INT,
        kernel=None,
        parameters=(Parameter("value", _CHILDREN, "A table, or a path `table.column`."), _VIA),
        examples=(Example("count(orders)", "int"),),
        form=Form.AGGREGATE,
        bounds=lambda _: (0, None),
    ),
    _aggregate(
        "min",
        "The smallest value over the rows that refer here; null over none.",
        "Nulls are passed over. For the smaller of two values of a row use `least`.",
        _ORDERED,
        _same_type,
        "orders.placed_at",
        "timestamp?",
    ),
    _aggregate(
        "max",
        "The largest value over the rows that refer here; null over none.",
        "Nulls are passed over. For the larger of two values of a row use `greatest`.",
        _ORDERED,
        _same_type,
        "orders.placed_at",
        "timestamp?",
    ),
    _aggregate(
        "avg",
        "The mean over the rows that refer here; null over none.",
        "Nulls are passed over.",
        _NUMBERS,
        _average_type,
        "orders.total",
        "float?",
    ),
    _aggregate(
        "first",
        "The value of the first row, by row number, that refers here; null over none.",
        "Nulls count as values.",
        _COLUMN,
        _same_type,
        "orders.status",
        "string?",
    ),
    _aggregate(
        "last",
        "The value of the last row, by row number, that refers here; null over none.",
        "Nulls count as values.",
        _COLUMN,
        _same_type,
        "orders.status",
        "string?",
    ),
)
