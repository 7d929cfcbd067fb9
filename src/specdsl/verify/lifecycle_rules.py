"""Rules of lifecycles: every state comes after one that leads to it, by a delay that can have been, and none
after the end."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Lifecycle, Table, Transition
from specdsl.verify.lowered import Scope
from specdsl.verify.possible import Possible
from specdsl.verify.row_tests import names_of, row_test
from specdsl.verify.rule import NotCheckable, Rule, RuleKind, Test
from specdsl.verify.sql import Context, Lowering
from specdsl.verify.wording import short

_FALSE = e.Const(t.BOOL, False, False)


def kept_columns(table: Table) -> frozenset[str]:
    """The columns that are held against a lifecycle, not against the expressions that made them."""
    return frozenset(
        name
        for lifecycle in table.lifecycles
        for name in (
            *(lifecycle.times[state] for state in lifecycle.states[1:]),
            *(transition.column for transition in lifecycle.transitions),
        )
    )


def lifecycle_rules(table: Table, context: Context) -> Iterator[Rule]:
    """The rules of all lifecycles of a table. (Which state a row is in is computed from the times.)"""
    for lifecycle in table.lifecycles:
        end = short(lifecycle.until) if isinstance(lifecycle.until, e.Const) else "its end"
        for state in lifecycle.states[1:]:
            column = lifecycle.times[state]
            sources = [tr.source for tr in lifecycle.transitions if tr.target == state]
            yield Rule(
                f"{table.name}.{column} comes after {' or '.join(sources)}",
                RuleKind.VALUE,
                table.name,
                (column,),
                _follows(table, lifecycle, state, context),
            )
            yield Rule(
                f"{table.name}.{column} not after {end}",
                RuleKind.BOUNDS,
                table.name,
                (column,),
                _holds(table, _not_after(table, lifecycle, state), context),
            )
        for transition in lifecycle.transitions:
            test = _delay(table, lifecycle, transition, context)
            if test is not None:
                column = lifecycle.times[transition.target]
                name = f"{table.name}.{column} as drawn after {transition.source}"
                yield Rule(name, RuleKind.VALUE, table.name, (column,), test)


def _time(table: Table, lifecycle: Lifecycle, state: str) -> e.Expr:
    column = table.columns[lifecycle.times[state]]
    value = e.ColumnValue(column.type, column.nullable, column.name)
    return value if isinstance(column.type, t.Timestamp) else e.Cast(t.TIMESTAMP, column.nullable, value)


def _holds(table: Table, condition: e.Expr, context: Context) -> Test:
    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        return "true", f"NOT ({lowering.expr(condition, scope)})"

    return row_test(table, context, names_of(condition), build)


def _not_after(table: Table, lifecycle: Lifecycle, state: str) -> e.Expr:
    time = _time(table, lifecycle, state)
    return e.Compare(t.BOOL, True, e.CompareOp.LESS_EQUAL, time, lifecycle.until)


def _follows(table: Table, lifecycle: Lifecycle, state: str, context: Context) -> Test:
    """The state before it leads to it, and was entered no later."""
    time = _time(table, lifecycle, state)
    condition: e.Expr = _FALSE
    for earlier in lifecycle.states[: lifecycle.states.index(state)]:
        began = _time(table, lifecycle, earlier)
        leads = lifecycle.leads(earlier, state)
        after = e.Compare(t.BOOL, True, e.CompareOp.GREATER_EQUAL, time, began) if leads else _FALSE
        condition = e.If(t.BOOL, True, _entered(began), after, condition)
    absent = e.IsNull(t.BOOL, False, time)
    return _holds(table, e.Logic(t.BOOL, True, e.LogicOp.OR, absent, condition), context)


def _entered(time: e.Expr) -> e.Expr:
    return e.Unary(t.BOOL, False, e.UnaryOp.NOT, e.IsNull(t.BOOL, False, time))


def _delay(table: Table, lifecycle: Lifecycle, transition: Transition, context: Context) -> Test | None:
    """Where the transition was made, its delay is one that can be drawn; None when nothing is known of it."""
    states = lifecycle.states
    source, target = states.index(transition.source), states.index(transition.target)
    times = {state: _time(table, lifecycle, state) for state in states}
    wait = e.Arithmetic(
        t.DURATION, True, e.ArithmeticOp.SUBTRACT, times[transition.target], times[transition.source]
    )
    shown = [lifecycle.times[transition.source], lifecycle.times[transition.target]]

    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        between = [
            lowering.expr(e.IsNull(t.BOOL, False, times[s]), scope) for s in states[source + 1 : target]
        ]
        made = [lowering.expr(_entered(times[s]), scope) for s in (states[source], states[target])]
        possible = Possible(lowering, scope).predicate(transition.delay, lowering.expr(wait, scope))
        return " AND ".join([*made, *between]), "" if possible is None else f"NOT ({possible})"

    test = row_test(table, context, (*shown, *names_of(transition.delay)), build)
    return None if isinstance(test, NotCheckable) or not test.broken else test
