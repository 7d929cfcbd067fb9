"""Items for lines of `changes`: what happens, to how many rows, to which columns."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.ide.items import Item, ItemKind, keyword
from specdsl.ide.surroundings import Surroundings
from specdsl.ide.value_items import column_item
from specdsl.syntax import tree

_AMOUNTS = ("1% of rows", "5% of rows", "10 rows", "100 rows")


def change_items(around: Surroundings) -> Iterator[Item]:
    """What begins a change, or after that the rows that it is about."""
    words = around.context.words
    if not words:
        yield keyword("update", "update ${1:3}% of rows set $2", rank=10, again=True)
        yield keyword("delete", "delete ${1:1}% of rows", rank=11)
        for order, name in enumerate(_moving(around)):
            text = f"update {name} as time passes"
            yield Item(ItemKind.SNIPPET, text, text, "with the clock of the batch", rank=12, order=order)
        return
    for order, amount in enumerate(_AMOUNTS):
        yield Item(ItemKind.VALUE, amount, amount, "of those that are there", rank=10, order=order)
    if words[0] == "SOFT_UPDATE":
        for order, name in enumerate(_moving(around)):
            text = f"{name} as time passes"
            yield Item(ItemKind.SNIPPET, text, text, "with the clock of the batch", rank=12, order=order)


def changed_items(around: Surroundings) -> Iterator[Item]:
    """The columns that can be set: no keys, and none of a lifecycle."""
    taken = set(around.context.texts)
    table = around.own_table
    fixed = set(table.key) if table is not None else set()
    states = set(table.lifecycles) if table is not None else set()
    for order, fact in enumerate(around.columns.values()):
        if fact.name not in taken | fixed | states and not fact.hidden:
            yield column_item(fact, 10, order)


def after_change_items(around: Surroundings) -> Iterator[Item]:
    """The words of a change."""
    words = around.context.words
    if words[0] == "SOFT_UPDATE" and "SOFT_SET" not in words:
        if words[-1] in ("NAME", "QUOTED_NAME"):
            yield keyword("as", "as time passes", rank=10, label="as time passes")
            return
        yield keyword("set", "set $1", rank=10, again=True)
    if "WHERE" not in words and "SOFT_SET" not in words:
        yield keyword("where", "where $1", rank=12, again=True)
    if "SOFT_SET" in words:
        yield Item(
            ItemKind.KEYWORD, "=", "= ", "its new value; names are the row before", rank=10, again=True
        )
    if words[-1] == "PERCENT":
        yield Item(ItemKind.KEYWORD, "of rows", "of rows ", "of those that are there", rank=8, again=True)
    if words[-1] == "NUMBER":
        yield Item(ItemKind.KEYWORD, "rows", "rows ", "so many", rank=8, again=True)


def _moving(around: Surroundings) -> list[str]:
    """The states of lifecycles, and columns whose value seems to have `now`."""
    table = around.own_table
    if table is None:
        return []
    source = around.document.text
    found = list(table.lifecycles)
    for member in table.decl.members:
        if isinstance(member, tree.ColumnDecl) and member.value is not None and len(member.targets) == 1:
            span = member.value.span
            if "now" in source[span.start : span.end].replace("(", " ").split():
                found.append(member.targets[0].text)
    return found
