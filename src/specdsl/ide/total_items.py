"""Items for targets: what of the rows comes out exactly, by what groups, and from where."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.datatypes import types as t
from specdsl.ide.items import Item, ItemKind, keyword, spelled
from specdsl.ide.surroundings import Surroundings


def measure_items(around: Surroundings) -> Iterator[Item]:
    """What a target can be about, with the columns that it can be of."""
    yield Item(ItemKind.KEYWORD, "count", "count", "so many rows in each group", rank=10)
    for order, fact in enumerate(around.columns.values()):
        name = spelled(fact.name)
        if isinstance(fact.type, (t.Int, t.Decimal)) and not fact.key:
            for rank, word, detail in ((20, "sum", "an exact total"), (21, "avg", "an exact mean")):
                text = f"{word}({name})"
                yield Item(ItemKind.COLUMN, text, text, f"{detail} in each group", rank=rank, order=order)
        if isinstance(fact.type, (t.Enum, t.Bool, t.String)) and not fact.key:
            text = f"share({name}{'' if isinstance(fact.type, t.Bool) else ' == $1'})"
            label = f"share({name} ...)"
            yield Item(
                ItemKind.COLUMN, label, text, "exact shares in each group", snippet=True, rank=22, order=order
            )
        if isinstance(fact.type, t.Int) and not fact.key:
            text = f"retention({name})"
            yield Item(ItemKind.COLUMN, text, text, "how many stay, period by period", rank=40, order=order)


def total_items(around: Surroundings) -> Iterator[Item]:
    """The words that go on with a target."""
    words = around.context.words
    given = "SOFT_FROM" in words or "RBRACE" in words
    if given:
        yield keyword("else free", "else free", rank=10)
        return
    if "SOFT_BY" not in words:
        yield keyword("by", "by $1", rank=10, again=True)
    yield keyword("from", 'from "$1"', rank=20, again=True)
    yield keyword("as", "as $1", rank=30)
