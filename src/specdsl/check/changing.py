"""Columns that keep the value of the row before: ``city string 60% changes = city()``.

A hidden column says in which rows one changes. Where the rows are versions, each changes in at least one
column: the first of them by its share of what makes a version, the next, where none before it changed, by its
share of what is left, and so on; the last one then changes for certain. That is how independent changes are
distributed where there is at least one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from math import prod

from specdsl.check.scopes import Changing, HistorySymbol, Program, TableSymbol
from specdsl.check.written_columns import written
from specdsl.diagnostics import histories as errors
from specdsl.diagnostics.names import quoted
from specdsl.syntax import tree


def expand_changes(program: Program, table: TableSymbol, history: HistorySymbol | None) -> None:
    """Gives the columns that change what they go by; what is wrong with one is reported."""
    found = [
        m
        for m in table.decl.members
        if isinstance(m, tree.ColumnDecl) and any(isinstance(x, tree.Changes) for x in m.modifiers)
    ]
    if not found:
        return
    reference = _reference(program, table, found[0], history)
    sound = [decl for decl in found if _fits(program, decl)]
    if reference is None or len(sound) < len(found):
        table.incomplete = True
        return
    shares = [_share(decl) for decl in sound]
    chances = list(_chances(sound, shares, at_least_one=history is not None))
    added: dict[int, tree.Member] = {}
    for decl, chance in zip(sound, chances, strict=True):
        name = decl.targets[0].text
        flag = f"{name}: changes" if chance else ""
        table.changing[name] = Changing(reference, flag)
        if flag:
            text = f"{quoted(flag)} bool hidden = {chance}"
            (added[id(decl)],) = written(text, decl.targets[0].span, {})
            table.made.add(flag)
    members: list[tree.Member] = []
    for member in table.decl.members:
        if id(member) in added:
            members.append(added[id(member)])
        members.append(member)
    table.decl = replace(table.decl, members=tuple(members))


def _share(decl: tree.ColumnDecl) -> float:
    share = next(m.share for m in decl.modifiers if isinstance(m, tree.Changes))
    return 1.0 if share is None else float(share.value / 100)


def _chances(decls: list[tree.ColumnDecl], shares: list[float], *, at_least_one: bool) -> Iterator[str]:
    """For each column the text of whether it changes in a row, "" for always."""
    if not at_least_one or max(shares) >= 1.0:
        for share in shares:
            yield "" if share >= 1.0 else f"chance({share!r})"
        return
    for i, share in enumerate(shares):
        some = 1 - prod(1 - s for s in shares[i:])
        alone = f"chance({min(1.0, share / some)!r})" if i < len(shares) - 1 else "true"
        before = " or ".join(quoted(f"{d.targets[0].text}: changes") for d in decls[:i])
        if not before:
            yield "" if alone == "true" else alone
        else:
            yield f"if {before} then chance({share!r}) else {alone}"


def _reference(
    program: Program, table: TableSymbol, decl: tree.ColumnDecl, history: HistorySymbol | None
) -> str | None:
    """The reference along whose rows columns change."""
    if history is not None:
        return history.reference.targets[0].text
    each = [
        m
        for m in table.decl.members
        if isinstance(m, tree.ColumnDecl) and any(isinstance(x, tree.Each) for x in m.modifiers)
    ]
    if len(each) == 1:
        return each[0].targets[0].text
    broken = any(isinstance(m, (tree.ErrorMember, tree.HistoryDecl)) for m in table.decl.members)
    if not broken:
        why = "keeps the value of the row before, and no reference with `each` says which rows go together"
        remedy = "give the table one, such as `customer_id -> customers each 1..5`"
        if each:
            why = "keeps the value of the row before, and there are two references with `each` to go along"
            first = names_of(each[0])
            remedy = f"write it with the one that is meant: `previous({decl.targets[0].text}, per: {first})`"
        _report(program, decl, why, remedy)
    return None


def names_of(decl: tree.ColumnDecl) -> str:
    """The name of a reference."""
    return quoted(decl.targets[0].text)


def _fits(program: Program, decl: tree.ColumnDecl) -> bool:
    """Whether a column can keep a value; a diagnostic where it cannot."""
    for modifier in decl.modifiers:
        match modifier:
            case tree.Changes(share=tree.Percent(value=value)) if not 0 < value <= Decimal(100):
                _report(
                    program,
                    decl,
                    f"changes in {value}% of the rows",
                    "write more than 0% and at most 100%; a column that never changes is one of the parent: "
                    "`customer_id.city`",
                )
            case tree.KeyMark() | tree.UniqueMark():
                _report(
                    program,
                    decl,
                    "keeps the value of the row before, so it is not unique",
                    "remove one of the two",
                )
            case tree.NullRate(when=tree.Expr()) | tree.NullRate(absent=True):
                _report(
                    program,
                    decl,
                    "keeps the value of the row before, null or not, which no condition of this row decides",
                    "make null one of its values: `string? 30% changes = null 20% | city()`",
                )
            case _:
                continue
        return False
    if decl.reference is not None:
        _report(
            program,
            decl,
            "is a reference, and those are drawn for each row",
            "draw the key as a value, or let the parent have the reference",
        )
        return False
    return True


def _report(program: Program, decl: tree.ColumnDecl, why: str, remedy: str) -> None:
    span = next(m.span for m in decl.modifiers if isinstance(m, tree.Changes))
    column = decl.targets[0].text
    program.bag.add(errors.ChangesForm(span=span, column=column, why=why, remedy=remedy))
