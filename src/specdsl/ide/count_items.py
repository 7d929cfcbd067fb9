"""Items for the number of rows that each parent has: after `each`, and after its `max`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from specdsl.datatypes import types as t
from specdsl.functions.entry import Form
from specdsl.ide.function_items import function_item, result_type
from specdsl.ide.items import Item, keyword, spelled
from specdsl.ide.range_items import snippet
from specdsl.ide.surroundings import Surroundings
from specdsl.ide.value_items import column_item


def count_items(around: Surroundings) -> Iterator[Item]:
    """Ranges, draws of whole numbers, and the parent's columns that say how many. The table's own columns
    belong to rows that are still to be made."""
    if around.context.words[-1:] == ("SOFT_MAX",):
        yield snippet("${1:40}", "The most rows that a parent has", rank=5)
        return
    begins = around.context.words[-1:] == ("EACH",)
    if begins:
        yield snippet("${1:1}..${2:5}", "From so many to so many", rank=5)
        yield snippet("poisson(${1:3}) max ${2:40}", "About so many, and a limit", rank=6)
    counts = (f for f in around.functions.values() if f.form is Form.FUNCTION and result_type(f) == t.INT)
    for order, function in enumerate(counts):
        draws = function.draws and function.family == "distributions"
        if (draws and begins) or not function.draws:
            yield function_item(function, 10 if draws else 40, order)
    for order, fact in enumerate(around.types.columns(around.candidate).values() if around.candidate else ()):
        if isinstance(fact.type, t.Int) and fact.target is None and not fact.key:
            item = column_item(fact, 20, order)
            yield replace(item, label=f".{fact.name}", insert=f".{spelled(fact.name)}")
    if begins:
        yield keyword("if", "if ${1:condition} then ${2:1..3} else ${0:1}", rank=60)
        yield keyword("match", "match ${1:.column} {\n  $0\n}", rank=60)
    else:
        yield snippet("${1:5}", "The most", rank=5)


def is_count(around: Surroundings) -> bool:
    """Whether the cursor is where the number of children is said."""
    context = around.context
    if context.call is not None:
        return False
    if context.expected.kind == "count":
        return True
    words = [
        word for word in context.words if word in ("EACH", "WHERE", "WHEN", "EQUAL", "SOFT_MAX", "FAT_ARROW")
    ]
    return context.words[-1:] == ("RANGE",) and words[-1:] == ["EACH"]
