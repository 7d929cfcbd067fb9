"""Lifecycles once types are known: what they start from, their delays, their checked form."""

from __future__ import annotations

from dataclasses import replace

from specdsl.check.scopes import LifecycleSymbol, Program, TableSymbol, TransitionSymbol
from specdsl.check.show import show_value
from specdsl.check.sizes import interval
from specdsl.datatypes import types as t
from specdsl.diagnostics import lifecycles as errors
from specdsl.diagnostics import names
from specdsl.diagnostics.nearest import nearest
from specdsl.diagnostics.types import article
from specdsl.ir.expr import Cast, ColumnValue, Const, Expr, Moving
from specdsl.ir.model import Bounds, Column, Lifecycle, Transition
from specdsl.syntax import tree


def sound_lifecycles(program: Program, table: TableSymbol) -> None:
    """Takes the columns of lifecycles away whose parts have the wrong types, before more is said of them."""
    for name, symbol in list(table.lifecycles.items()):
        problems = [_start_type(program, table, symbol), _until_type(program, table, symbol)]
        problems += [_delay_type(program, table, symbol, transition) for transition in symbol.transitions]
        if not any(problems):
            continue
        gone = {name, *symbol.hidden, *(symbol.times[state] for state in symbol.states[1:])}
        table.incomplete = True
        table.decl = replace(
            table.decl,
            members=tuple(
                m
                for m in table.decl.members
                if not (isinstance(m, tree.ColumnDecl) and m.targets[0].text in gone)
            ),
        )
        for column in gone & table.columns.keys():
            table.columns[column].decl, table.columns[column].type = None, t.UNKNOWN
        del table.lifecycles[name]


def _resolved(program: Program, table: TableSymbol, column: str) -> tuple[t.DataType, bool]:
    symbol = table.columns[column]
    program.resolve(symbol)
    return symbol.type or t.UNKNOWN, symbol.nullable


def _start_type(program: Program, table: TableSymbol, symbol: LifecycleSymbol) -> bool:
    """Whether the column that the lifecycle starts from is unfit."""
    start = symbol.decl.start
    if start.text not in table.columns:  # of a file that has no such column
        near = nearest(start.text, table.columns)
        program.bag.add(
            names.UnknownColumn(
                span=start.span,
                written=start.text,
                near=near,
                known=table.written,
                corrected=program.line_with(start.span, names.quoted(near)) if near else "",
                owner=f"table `{table.name}`",
            )
        )
        return True
    dtype, nullable = _resolved(program, table, start.text)
    if dtype == t.UNKNOWN:
        return True
    if isinstance(dtype, (t.Timestamp, t.Date)) and not nullable:
        return False
    why, remedy = "which can be null", "a row begins at some time: take away its `?`, or name another column"
    if not isinstance(dtype, (t.Timestamp, t.Date)):
        why, remedy = f"which is {article(str(dtype))}", "name a column with a timestamp or a date"
    program.bag.add(
        errors.LifecycleForm(
            span=start.span,
            column=symbol.decl.name.text,
            why=f"starts from `{start.text}`, {why}",
            remedy=remedy,
        )
    )
    return True


def _until_type(program: Program, table: TableSymbol, symbol: LifecycleSymbol) -> bool:
    """Whether the end of a lifecycle is no time, or can be null."""
    until = symbol.decl.until
    if until is None:
        return False
    dtype, nullable = _resolved(program, table, symbol.until)
    if dtype == t.UNKNOWN:
        return True
    if isinstance(dtype, (t.Timestamp, t.Date)) and not nullable:
        return False
    why, remedy = "can be null", f"say what stands for null: `until coalesce({program.text(until)}, now)`"
    if not isinstance(dtype, (t.Timestamp, t.Date)):
        why, remedy = f"is {article(str(dtype))}", "it ends at a time: `until 2030-01-01`, `until now + 30d`"
    program.bag.add(
        errors.LifecycleForm(
            span=until.span, column=symbol.decl.name.text, why=f"has an end that {why}", remedy=remedy
        )
    )
    return True


def _delay_type(
    program: Program, table: TableSymbol, symbol: LifecycleSymbol, transition: TransitionSymbol
) -> bool:
    """Whether a delay is no duration."""
    dtype, _ = _resolved(program, table, transition.delay)
    if isinstance(dtype, t.Duration):
        return False
    if dtype != t.UNKNOWN:
        program.bag.add(_unfit_delay(transition, str(dtype)))
    return True


def _unfit_delay(transition: TransitionSymbol, dtype: str, least: str = "") -> errors.TransitionDelay:
    span, source = transition.decl.delay.span, transition.source
    return errors.TransitionDelay(span=span, source=source, target=transition.target, type=dtype, least=least)


def lifecycle(program: Program, symbol: LifecycleSymbol, columns: dict[str, Column]) -> Lifecycle | None:
    """The checked form, after its columns have been; delays are bounded to be none or more. None, with
    a diagnostic, where one is sure to be negative at times."""
    transitions: list[Transition] = []
    for transition in symbol.transitions:
        column = columns[transition.delay]
        least = interval(column.value)[0]
        if least is not None and least < 0:
            program.bag.add(_unfit_delay(transition, "duration", show_value(least, t.DURATION)))
            continue
        columns[transition.delay] = replace(column, bounds=Bounds(Const(t.DURATION, False, 0), None))
        transitions.append(Transition(transition.source, transition.target, column.value, transition.delay))
    if len(transitions) < len(symbol.transitions):
        return None
    until: Expr = Moving(t.TIMESTAMP, False, program.now, None)
    if symbol.until:
        column = columns[symbol.until]
        until = ColumnValue(column.type, False, column.name)
        if not isinstance(column.type, t.Timestamp):
            until = Cast(t.TIMESTAMP, False, until)
    return Lifecycle(symbol.decl.name.text, symbol.states, symbol.times, tuple(transitions), until)
