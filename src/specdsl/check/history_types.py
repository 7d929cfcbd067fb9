"""Histories once types are known: when they begin and end, how long versions last, their checked form."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from specdsl.check.history_columns import lasts
from specdsl.check.scopes import ColumnSymbol, HistorySymbol, Program, RecordsSymbol, TableSymbol
from specdsl.check.show import show_value
from specdsl.check.sizes import interval
from specdsl.datatypes import types as t
from specdsl.diagnostics import histories as errors
from specdsl.diagnostics.types import RowCount, article
from specdsl.ir.expr import ColumnValue, Const, EndsLater, Expr, Follow
from specdsl.ir.model import Bounds, Column, History, Records
from specdsl.syntax import tree


def sound_histories(program: Program, table: TableSymbol) -> None:
    """Takes the hidden columns of histories away that are made from what has the wrong type."""
    for symbol in list(table.versions):
        problems = [_moment(program, table, symbol, "from"), _lengths(program, table, symbol)]
        problems.append(symbol.decl.until is not None and _moment(program, table, symbol, "until"))
        problems.append(_count(program, table, symbol))
        if any(problems):
            _drop(table, symbol.prefix)
            table.versions.remove(symbol)
    _sound_records(program, table)


def _sound_records(program: Program, table: TableSymbol) -> None:
    """The same for what is known of versions."""
    for symbol in list(table.recorded):
        corrected = symbol.decl.corrected
        waits = [("delay", symbol.decl.delay)]
        waits += [("wait", corrected.delay)] if corrected is not None else []
        problems = [_wait(program, table, symbol, name, node) for name, node in waits]
        if any(problems):
            _drop(table, symbol.prefix)
            table.recorded.remove(symbol)


def _wait(program: Program, table: TableSymbol, symbol: RecordsSymbol, name: str, node: tree.Expr) -> bool:
    """Whether how long it takes until something is known is no duration."""
    found = _resolved(program, table, f"{symbol.prefix}: {name}")
    if isinstance(found.type, t.Duration) and not found.nullable:
        return False
    if found.type not in (None, t.UNKNOWN):
        dtype = article(str(found.type)) if not isinstance(found.type, t.Duration) else "null at times"
        program.bag.add(errors.VersionLength(span=node.span, history=symbol.name, word="after", type=dtype))
    return True


def _drop(table: TableSymbol, prefix: str) -> None:
    """Takes the hidden columns away whose names begin with ``prefix``."""
    table.incomplete = True
    gone = {name for name in table.made if name.startswith(f"{prefix}: ")}
    members = (m for m in table.decl.members if not (_is_column(m) and m.targets[0].text in gone))
    table.decl = replace(table.decl, members=tuple(members))
    for name in gone & table.columns.keys():
        table.columns[name].decl, table.columns[name].type = None, t.UNKNOWN


def _is_column(member: tree.Member) -> TypeGuard[tree.ColumnDecl]:
    return isinstance(member, tree.ColumnDecl)


def _resolved(program: Program, table: TableSymbol, name: str) -> ColumnSymbol:
    symbol = table.columns[name]
    program.resolve(symbol)
    return symbol


def _moment(program: Program, table: TableSymbol, symbol: HistorySymbol, word: str) -> bool:
    """Whether when a history begins or ends is no time, or may not be known."""
    found = _resolved(program, table, f"{symbol.prefix}: {word}")
    if found.type in (None, t.UNKNOWN):
        return True
    node = symbol.decl.start if word == "from" else symbol.decl.until
    assert node is not None
    if found.type == t.NULL or not isinstance(found.type, (t.Timestamp, t.Date)):
        why = f"{'begins' if word == 'from' else 'ends'} at {article(str(found.type))}"
        remedy = "name a column of the parent with a timestamp or a date"
    elif word == "from" and found.nullable:
        why = f"begins at `{program.text(node)}`, which can be null"
        remedy = f"say what stands for null: `{word} coalesce({program.text(node)}, now)`"
    else:
        return False
    program.bag.add(errors.HistoryForm(span=node.span, history=symbol.name, why=why, remedy=remedy))
    return True


def _lengths(program: Program, table: TableSymbol, symbol: HistorySymbol) -> bool:
    """Whether how long versions last is no duration."""
    lasting = symbol.decl.lasting
    if lasting is None or symbol.most is None or symbol.most < 2:
        return False
    found = _resolved(program, table, lasts(symbol.prefix, 1))
    if isinstance(found.type, t.Duration) and not found.nullable:
        return False
    if found.type not in (None, t.UNKNOWN):
        dtype = article(str(found.type)) if not isinstance(found.type, t.Duration) else "null at times"
        program.bag.add(
            errors.VersionLength(span=lasting.span, history=symbol.name, word="lasting", type=dtype)
        )
    return True


def _count(program: Program, table: TableSymbol, symbol: HistorySymbol) -> bool:
    """Whether there may be no number of versions."""
    found = _resolved(program, table, f"{symbol.prefix}: drawn")
    if isinstance(found.type, t.Int) and not found.nullable:
        return False
    if found.type not in (None, t.UNKNOWN):
        span = next(m.span for m in symbol.reference.modifiers if isinstance(m, tree.Each))
        what = f"is of type {found.type}" if not isinstance(found.type, t.Int) else "may be null"
        why = f"this number of versions {what}"
        remedy = "a number of versions is whole: `each 1..8`, `each poisson(3) max 40`"
        program.bag.add(RowCount(span=span, why=why, remedy=remedy))
    return True


def bounded_histories(program: Program, table: TableSymbol, columns: dict[str, Column]) -> bool:
    """Bounds the hidden columns that are drawn for versions. False, with a diagnostic, where one is sure to
    be out of its bounds at times."""
    sound = True
    for symbol in table.versions:
        _ends_later(symbol, columns)
        drawn = f"{symbol.prefix}: drawn"
        most = None if symbol.most is None else Const(t.INT, False, symbol.most)
        columns[drawn] = replace(columns[drawn], bounds=Bounds(Const(t.INT, False, 0), most))
        lasting = symbol.decl.lasting
        for number in range(1, (symbol.most or 0) if lasting is not None else 0):
            name = lasts(symbol.prefix, number)
            column = columns[name]
            assert lasting is not None
            sound &= _long_enough(program, symbol.name, "lasting", lasting, column, symbol.unit)
            columns[name] = replace(column, bounds=Bounds(Const(t.DURATION, False, symbol.unit), None))
    for recorded in table.recorded:
        corrected = recorded.decl.corrected
        waits = [("delay", recorded.decl.delay, 0)]
        waits += [("wait", corrected.delay, 1)] if corrected is not None else []
        for word, node, limit in waits:
            name = f"{recorded.prefix}: {word}"
            sound &= _long_enough(program, recorded.name, "after", node, columns[name], limit)
            columns[name] = replace(columns[name], bounds=Bounds(Const(t.DURATION, False, limit), None))
    return sound


def _ends_later(symbol: HistorySymbol, columns: dict[str, Column]) -> None:
    """Has the end of each row's history looked at when it is made."""
    if symbol.decl.until is None:
        return
    end, begin = columns[f"{symbol.prefix}: end"], f"{symbol.prefix}: start"
    value = EndsLater(
        end.value.type,
        end.value.nullable,
        end.value,
        ColumnValue(t.TIMESTAMP, False, begin),
        symbol.unit,
        symbol.name,
        f"{symbol.prefix}: ",
    )
    columns[end.name] = replace(end, value=value)


def _long_enough(
    program: Program, history: str, word: str, node: tree.Expr, column: Column, limit: int
) -> bool:
    """Whether a length is not sure to be negative at times, or always below ``limit`` (microseconds): what is
    shorter otherwise is not drawn."""
    low, high = interval(column.value)
    least = low if low is not None and low < 0 else high
    if least is None or least >= limit:
        return True
    program.bag.add(
        errors.VersionLength(
            span=node.span,
            history=history,
            word=word,
            type="duration",
            least=show_value(least, t.DURATION),
            limit={0: "0s", 1: "1us"}.get(limit, "1d"),
        )
    )
    return False


def history(symbol: HistorySymbol) -> History:
    """The checked form, after its columns have been."""
    reference = symbol.reference.targets[0].text

    def of_parent(what: str, *, nullable: bool = False) -> Expr:
        value = ColumnValue(t.TIMESTAMP, nullable, f"{symbol.prefix}: {what}")
        return Follow(t.TIMESTAMP, nullable, reference, symbol.parent.name, value)

    return History(
        name=symbol.name,
        prefix=f"{symbol.prefix}: ",
        reference=reference,
        valid_from=symbol.valid_from,
        valid_to=symbol.valid_to,
        current="is_current",
        start=of_parent("start"),
        last=of_parent("last"),
        until=None if symbol.decl.until is None else of_parent("end", nullable=True),
        changing=tuple(name.text for decl in symbol.tracked for name in decl.targets),
    )


def records(symbol: RecordsSymbol) -> Records:
    """The checked form of a table of what was known."""
    key = tuple(n.text for n in symbol.history.reference.targets)
    return Records(
        name=symbol.name,
        prefix=f"{symbol.prefix}: ",
        reference=symbol.reference,
        key=key,
        valid_from=symbol.history.valid_from,
        valid_to=symbol.history.valid_to,
        known_from=f"{symbol.name}_from",
        known_to=f"{symbol.name}_to",
        changing=tuple(name.text for decl in symbol.history.tracked for name in decl.targets),
    )
