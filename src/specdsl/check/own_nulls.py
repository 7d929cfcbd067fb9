"""Columns that are null by their own value: ``income int? null 60% when income > 90_000 = ...``.

The condition looks at the value as it would be. That is a hidden column, of which the written one is a copy.
"""

from __future__ import annotations

from dataclasses import replace

from specdsl.check.lifecycle_columns import ref
from specdsl.check.scopes import TableSymbol
from specdsl.check.written_columns import plain_names, renamed
from specdsl.syntax import tree


def expand_own_nulls(table: TableSymbol) -> None:
    """Puts a hidden column with the value before each column that is null by its own."""
    members: list[tree.Member] = []
    for member in table.decl.members:
        parts = _parts(table, member) if isinstance(member, tree.ColumnDecl) else None
        members += [member] if parts is None else parts
    if len(members) > len(table.decl.members):
        table.decl = replace(table.decl, members=tuple(members))


def _parts(table: TableSymbol, decl: tree.ColumnDecl) -> list[tree.Member] | None:
    """The hidden column and the one that is written; None where the column does not look at itself."""
    name = decl.targets[0]
    rate = next((m for m in decl.modifiers if isinstance(m, tree.NullRate) and m.when is not None), None)
    if rate is None or decl.grouped or decl.reference is not None or decl.value is None:
        return None
    if all(named.text != name.text for named in plain_names(rate.when)):
        return None
    if any(isinstance(m, (tree.KeyMark, tree.UniqueMark, tree.Changes)) for m in decl.modifiers):
        return None
    hidden = f"{name.text}: value"
    table.made.add(hidden)
    kept = tuple(m for m in decl.modifiers if isinstance(m, tree.Within))
    value = replace(
        decl,
        targets=(replace(name, text=hidden),),
        modifiers=(*kept, tree.HiddenMark(name.span)),
        doc="",
    )
    when = replace(rate, when=renamed(rate.when, name.text, hidden))
    modifiers = tuple(when if m is rate else m for m in decl.modifiers)
    return [value, replace(decl, modifiers=modifiers, value=ref(name.span, hidden))]
