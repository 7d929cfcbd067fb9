"""Forms that look like calls and that the checker knows by name: their arguments are choices, pools,
files or references, not values."""

from __future__ import annotations

from typing import Final

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.entry import Accepts, Example, Form, Function, Parameter

_SOURCE: Final = Accepts("pool, list or map of weights", lambda _: True)
_CHOICE: Final = Accepts("choice", lambda _: True)
_DRAW: Final = Accepts("choice, range, regex or pool", lambda _: True)
_REFERENCE: Final = Accepts("reference", lambda _: True)
_PARENT_VALUE: Final = Accepts("number column of the parent", t.is_numeric)

FUNCTIONS: Final = (
    Function(
        name="pick",
        family="special",
        summary="One of several values: from a pool's column, a list, or a map of relative weights.",
        doc="`pick(Plans.name)` draws a row of the pool by the pool's weights and takes that column. "
        "`(a, b) = pick(Plans.a, Plans.b)` takes several columns of one row, so that they fit together. "
        "A map gives "
        'weights that need not total anything: `pick({"paid": 7, "pending": 2})`.',
        result=t.UNKNOWN,
        kernel=None,
        parameters=(Parameter("source", _SOURCE, "What to draw from.", variadic=True),),
        examples=(
            Example('pick(["red", "green", "blue"])', "string", "all equally likely"),
            Example('pick({"paid": 7, "pending": 2, "late": 1})', "string", "70 %, 20 %, 10 %"),
        ),
        form=Form.SPECIAL,
        draws=True,
    ),
    Function(
        name="load",
        family="special",
        summary='The rows of a data file as a pool: `pool Plans = load("plans.csv")`.',
        doc="CSV, Parquet, JSON and JSON Lines files, by their ending; the path is relative to the file "
        "that says it. "
        "A column named `weight`, or the one that `weight:` names, says how often each row is drawn.",
        result=t.UNKNOWN,
        kernel=None,
        parameters=(
            Parameter("path", accepts.TEXT, "The file.", constant=True),
            Parameter(
                "weight",
                accepts.TEXT,
                "The column of relative weights; null for `weight`.",
                default=None,
                constant=True,
            ),
        ),
        examples=(
            Example('load("plans.csv")', "pool"),
            Example('load("cities.csv", weight: "population")', "pool"),
        ),
        form=Form.SPECIAL,
    ),
    Function(
        name="sql",
        family="special",
        summary='A table derived from the others by a query: `table closure = sql("closure.sql")`.',
        doc="DuckDB runs the query over the built tables; its columns become the table's. A string that "
        "ends in `.sql` "
        "names a file, any other is the query itself.",
        result=t.UNKNOWN,
        kernel=None,
        parameters=(Parameter("query", accepts.TEXT, "The query, or a file with it.", constant=True),),
        examples=(Example('sql("select country, count(*) as n from users group by all")', "table"),),
        form=Form.SPECIAL,
    ),
    Function(
        name="exact",
        family="special",
        summary="Makes the shares of a choice exact counts instead of probabilities.",
        doc='Of 1,000 rows `exact("a" 70% | "b")` gives 700 times "a", in random places. Where the shares do '
        "not come out even, the largest remainders get one more.",
        result=t.UNKNOWN,
        kernel=None,
        parameters=(Parameter("choice", _CHOICE, "A choice `a 70% | b 30%`."),),
        examples=(Example('exact("a" 70% | "b" 30%)', "string"),),
        form=Form.SPECIAL,
        draws=True,
    ),
    Function(
        name="distinct",
        family="special",
        summary="Makes the elements of a list differ from one another.",
        doc='Stands where a list is drawn: `tags list<string>[0..3] = distinct("new" | "sale" | "eco")`.',
        result=t.UNKNOWN,
        kernel=None,
        parameters=(Parameter("draw", _DRAW, "What each element is drawn from."),),
        examples=(
            Example('distinct("new" | "sale" | "eco" | "gift")', "list<string>[0..3]"),
            Example("distinct(1..49)", "list<int>[6]", "a lottery ticket"),
        ),
        form=Form.SPECIAL,
        draws=True,
    ),
    Function(
        name="index_in",
        family="special",
        summary="This row's position among the rows with the same parent, from 0.",
        doc="`line_no int = 1 + index_in(order_id)` numbers the lines of each order. Together with the "
        "reference it "
        "makes a key.",
        result=t.INT,
        kernel=None,
        parameters=(Parameter("reference", _REFERENCE, "A reference of this table."),),
        examples=(Example("index_in(order_id)", "int"),),
        form=Form.SPECIAL,
        bounds=lambda _: (0, None),
    ),
    Function(
        name="split",
        family="special",
        summary="This row's part of an amount of the parent, shared out to the last cent.",
        doc="The parts of one parent's children total the amount exactly. `by:` names a column of this "
        "row that the "
        "shares are proportional to; without it they are equal up to rounding.",
        result=lambda types: types.get("amount", t.UNKNOWN),
        kernel=None,
        parameters=(
            Parameter(
                "amount", _PARENT_VALUE, "A path `reference.column` to an int or decimal of the parent."
            ),
            Parameter("by", accepts.NUMBER, "The weight of this row; null for equal parts.", default=None),
        ),
        examples=(Example("split(order_id.total)", "decimal(10, 2)"),),
        form=Form.SPECIAL,
    ),
)
