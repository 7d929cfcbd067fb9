"""Items for lines that spoil rows: rules of the table, what can be asked of a column, how many rows."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.ide.items import Item, ItemKind, spelled
from specdsl.ide.surroundings import Surroundings
from specdsl.syntax import tree

_ASPECTS = {
    "null": "no value, where one has to be",
    "range": "just outside of `in low..high`",
    "length": "too long or too short",
    "pattern": "not what the pattern matches",
    "enum": "no member of the enum",
    "unique": "the value of another row",
    "reference": "the key of no parent",
}
_AMOUNTS = ("0.5%", "1%", "5%", "10 rows", "30 rows")


def rule_items(around: Surroundings) -> Iterator[Item]:
    """The checks of the table, and its columns with what is asked of them."""
    table = around.own_table
    members = table.decl.members if table is not None else ()
    for order, name in enumerate(m.name.text for m in members if isinstance(m, tree.CheckDecl)):
        yield Item(ItemKind.VALUE, name, spelled(name), "check", rank=10, order=order)
    for order, fact in enumerate(around.columns.values()):
        for word in _asked(around, fact.name):
            if word != "null":
                text = f"{spelled(fact.name)}.{word}"
                yield Item(ItemKind.COLUMN, text, text, _ASPECTS[word], rank=20, order=order)
        if not fact.hidden:
            yield Item(ItemKind.COLUMN, fact.name, spelled(fact.name), "a column", rank=30, order=order)


def aspect_items(around: Surroundings) -> Iterator[Item]:
    """What can be asked of the column before the dot; those that it has first."""
    asked = _asked(around, around.context.column)
    for order, (word, detail) in enumerate(_ASPECTS.items()):
        rank = 10 if word in asked else 30
        yield Item(ItemKind.KEYWORD, word, word, detail, rank=rank, order=order)


def amount_items(around: Surroundings) -> Iterator[Item]:
    """How many rows: a share, or a number of them."""
    copies = around.context.texts[:1] == ("duplicate",)
    for order, amount in enumerate(_AMOUNTS):
        text = f"rows {amount}" if copies and amount.endswith("%") else amount
        yield Item(ItemKind.VALUE, text, text, "of the table's rows", rank=10, order=order)
    if copies:
        for order, amount in enumerate(_AMOUNTS):
            text = f"near rows {amount}" if amount.endswith("%") else f"near {amount}"
            yield Item(ItemKind.VALUE, text, text, "with one value changed", rank=20, order=order)


def _asked(around: Surroundings, name: str) -> list[str]:
    """What seems to be asked of a column, by how it is declared."""
    table = around.own_table
    found: list[str] = []
    for decl in table.decl.members if table is not None else ():
        if not isinstance(decl, tree.ColumnDecl) or name not in [target.text for target in decl.targets]:
            continue
        marks = {type(modifier) for modifier in decl.modifiers}
        optional = decl.reference.optional if decl.reference is not None else _optional(decl.type)
        nullable = optional or bool(marks & {tree.NullRate})
        found += [] if nullable else ["null"]
        found += ["range"] if tree.Within in marks else []
        found += ["unique"] if marks & {tree.KeyMark, tree.UniqueMark} else []
        found += ["reference"] if decl.reference is not None else []
        found += ["pattern"] if isinstance(decl.value, tree.Regex) else []
        if isinstance(decl.type, tree.NamedType):
            found += ["length"] if decl.type.name.text == "string" and decl.type.args else []
            found += ["enum"] if decl.type.name.text in around.declared("enum") else []
    return found


def _optional(node: tree.TypeExpr | None) -> bool:
    return node is not None and node.optional
