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
_ADDED: Final = Accepts("number or duration", lambda _: True)
_OF_ROW: Final = Accepts("value of a row", lambda _: True)


def _end_of_group(name: str, end: str) -> Function:
    return Function(
        name=name,
        family="special",
        summary=f"The value that the {end} row with the same parent has.",
        doc=f"`{name}(user_id, placed_at)` is `placed_at` in the {end} row of this row's `user_id`, in the "
        "order of `index_in`.",
        result=lambda types: types.get("value", t.UNKNOWN),
        kernel=None,
        parameters=(
            Parameter("reference", _REFERENCE, "A reference of this table."),
            Parameter("value", _OF_ROW, "A column, or a value made of columns."),
        ),
        examples=(Example(f"{name}(user_id, placed_at)", "timestamp"),),
        form=Form.SPECIAL,
    )


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
    Function(
        name="boundary",
        family="special",
        summary="An end of the column's range, or what is next to it.",
        doc="Of `int in 0..130` one of 0, 1, 129 and 130, equally likely; of numbers 0 too, where it lies "
        "between the ends. Where an end depends on the row it is one of the ends. For the rows of a "
        "`variant`: `variant edge 5% { age = boundary() }`.",
        result=t.UNKNOWN,
        kernel=None,
        examples=(Example("boundary()", "int in 0..130"),),
        form=Form.SPECIAL,
        draws=True,
    ),
    Function(
        name="variant",
        family="special",
        summary="The name of the variant that the row is of, null for none.",
        doc="For a column that tells them apart: `kind string? = variant()`.",
        result=t.STRING,
        kernel=None,
        examples=(Example("variant()", "string?"),),
        form=Form.SPECIAL,
        makes_null=True,
    ),
    Function(
        name="running",
        family="special",
        summary="The total of a value over the rows of a group up to this one.",
        doc="The group is that of the table's `each` reference, in the order of `index_in`; `per:` names "
        "another reference, and a table without `each` is one group. Sums of ints, decimals and durations "
        "are exact, and null adds nothing. What is drawn inside is drawn anew in every row, so that "
        "`running(exponential(mean: 2d))` makes times that rise: "
        "`seen_at timestamp = user_id.created_at + running(exponential(mean: 2d))`. A balance is its opening "
        "value and what came since: `account_id.opening + running(amount)`.",
        result=lambda types: types.get("value", t.UNKNOWN),
        kernel=None,
        parameters=(
            Parameter("value", _ADDED, "What each row adds: a column, or any value."),
            Parameter("per", _REFERENCE, "The reference whose groups are meant.", default=None),
        ),
        examples=(
            Example("running(total)", "decimal(19, 2)"),
            Example("running(exponential(mean: 2d), per: user_id)", "duration"),
        ),
        form=Form.SPECIAL,
    ),
    Function(
        name="previous",
        family="special",
        summary="The value that the previous row of the group has.",
        doc="The group is that of the table's `each` reference, in the order of `index_in`; `per:` names "
        "another reference, and a table without `each` is one group. The first row gets `default`, or null. "
        "Within a group a column may name itself: `x float = previous(x, 0.0) * 0.9 + normal(sd: 1)` "
        "goes on from where the row before it stopped.",
        result=lambda types: types.get("value", t.UNKNOWN),
        kernel=None,
        parameters=(
            Parameter("value", _OF_ROW, "A column, or a value made of columns."),
            Parameter("default", _OF_ROW, "What the first row of a group gets.", default=None),
            Parameter("per", _REFERENCE, "The reference whose groups are meant.", default=None),
        ),
        examples=(
            Example("previous(total, 0)", "decimal(10, 2)"),
            Example("placed_at - previous(placed_at)", "duration?"),
        ),
        form=Form.SPECIAL,
    ),
    Function(
        name="next",
        family="special",
        summary="The value that the next row of the group has.",
        doc="The group is that of the table's `each` reference, in the order of `index_in`; `per:` names "
        "another reference. The last row gets `default`, or null. Intervals that end where the next one "
        "begins: `valid_to timestamp? = next(valid_from)`.",
        result=lambda types: types.get("value", t.UNKNOWN),
        kernel=None,
        parameters=(
            Parameter("value", _OF_ROW, "A column, or a value made of columns."),
            Parameter("default", _OF_ROW, "What the last row of a group gets.", default=None),
            Parameter("per", _REFERENCE, "The reference whose groups are meant.", default=None),
        ),
        examples=(
            Example("next(placed_at) - placed_at", "duration?"),
            Example("next(total, 0)", "decimal(10, 2)"),
        ),
        form=Form.SPECIAL,
    ),
    Function(
        name="different",
        family="special",
        summary="A value that is drawn, and drawn again while it is a certain other one.",
        doc="`to_city string = different(city(), from_city)` never has the city that `from_city` has; where "
        "that is null, any will do. The shares are those of what is left. A value that can be nothing else "
        "stops the build. With `previous` a value changes from row to row: "
        '`plan string = different("free" 60% | "pro", previous(plan, ""))`.',
        result=lambda types: types.get("value", t.UNKNOWN),
        kernel=None,
        parameters=(
            Parameter("value", _CHOICE, "What is drawn."),
            Parameter("other", _OF_ROW, "What it must not be."),
        ),
        examples=(
            Example('different("card" 70% | "cash" | "transfer", "cash")', "string"),
            Example("different(1..6, 6)", "int"),
        ),
        form=Form.SPECIAL,
        draws=True,
    ),
    _end_of_group("first_in", "first"),
    _end_of_group("last_in", "last"),
)
