"""The columns that keep a lifecycle.

Of ``lifecycle status from placed_at { placed -> paid 92% after 1h..2d ... }`` become: the column ``status``,
a column with a time for each further state, and hidden ones: when the row began, which transition each
state takes, and how long it waits for it. A transition that would come after ``until`` is not made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from specdsl.check.scopes import LifecycleSymbol, TransitionSymbol
from specdsl.source import Span
from specdsl.syntax import tree

_HUNDRED = Decimal(100)


def time_name(state: tree.LifecycleState | tree.Name) -> tree.Name:
    """The name of the column that has the time of a state."""
    if isinstance(state, tree.LifecycleState):
        if state.time is not None:
            return state.time
        state = state.name
    return tree.Name(state.span, time_word(state.text))


def time_word(state: str) -> str:
    """What the column of the time of a state is called where it has no name of its own."""
    word = re.sub(r"\W+", "_", state).strip("_") or "state"
    return f"{word}_at"


def states_of(decl: tree.LifecycleDecl) -> dict[str, tree.Name]:
    """The states by name, in the order in which the text first names them."""
    found: dict[str, tree.Name] = {}
    for state in decl.states:
        found.setdefault(state.name.text, state.name)
        for transition in state.transitions:
            found.setdefault(transition.target.text, transition.target)
    return found


def time_columns(decl: tree.LifecycleDecl) -> dict[str, tree.Name]:
    """The column of the time of each state; that of the first is the one that the lifecycle starts from."""
    named = {state.name.text: time_name(state) for state in decl.states if state.time is not None}
    columns = {name: named.get(name) or time_name(node) for name, node in states_of(decl).items()}
    if decl.states:
        columns[decl.states[0].name.text] = decl.start
    return columns


def time_doc(decl: tree.LifecycleDecl, state: str) -> str:
    """What the column of the time of ``state`` is about."""
    written = next((s.doc for s in decl.states if s.name.text == state), "")
    return written or f"When `{decl.name.text}` became `{state}`."


def columns_of(found: LifecycleSymbol) -> Iterator[tree.ColumnDecl]:
    """The columns of a lifecycle: hidden ones, that of the state, those of the times."""
    decl, name = found.decl, found.decl.name.text
    first = found.states[0]
    start = found.start
    at = decl.start.span
    yield added_column(tree.Name(at, start), "timestamp", ref(at, decl.start.text), hidden=True)
    if decl.until is not None:
        yield added_column(tree.Name(decl.until.span, found.until), None, decl.until, hidden=True)
    for source in decl.states:
        choice = _choice(source)
        if choice is not None:
            column = tree.Name(source.name.span, f"{name}: after {source.name.text}")
            ends = any(isinstance(arm.value, tree.Null) for arm in choice.arms)
            yield added_column(column, found.enum, choice, optional=ends, hidden=True)
    for transition in found.transitions:
        span = transition.decl.delay.span
        column = tree.Name(span, transition.delay)
        yield added_column(column, None, transition.decl.delay, hidden=True)
    times = time_columns(decl)
    starts = {**found.times, first: start}
    nodes = states_of(decl)
    status: tree.Expr = tree.String(nodes[first].span, first)
    for state in found.states[1:]:
        span = times[state].span
        entered = tree.Binary(
            span, tree.BinaryOp.NOT_EQUAL, ref(span, times[state].text), tree.Null(span), span
        )
        status = tree.If(span, entered, tree.String(nodes[state].span, state), status)
    yield added_column(decl.name, found.enum, status, doc=decl.doc)
    for state in nodes:
        value: tree.Expr = tree.Null(times[state].span)
        for transition in (tr for tr in found.transitions if tr.target == state):
            value = _moment(found, transition, starts, value)
        if state != first:
            yield added_column(times[state], "timestamp", value, optional=True, doc=time_doc(decl, state))


def _choice(state: tree.LifecycleState) -> tree.Choice | None:
    """What follows a state, null for nothing; None where it is always the same."""
    given = sum((tr.share.value for tr in state.transitions if tr.share is not None), Decimal(0))
    open_ones = [tr for tr in state.transitions if tr.share is None]
    if not state.transitions or (len(state.transitions) == 1 and (open_ones or given == _HUNDRED)):
        return None
    arms = [
        tree.Arm(tr.span, tree.String(tr.target.span, tr.target.text), tr.share)
        for tr in state.transitions
        if tr.share is None or tr.share.value > 0
    ]
    if not open_ones and given < _HUNDRED:
        arms.append(tree.Arm(state.span, tree.Null(state.span), None))
    return tree.Choice(state.span, tuple(arms))


def _moment(
    found: LifecycleSymbol, transition: TransitionSymbol, starts: dict[str, str], otherwise: tree.Expr
) -> tree.Expr:
    """When ``transition`` is made, else ``otherwise``."""
    name, span = found.decl.name.text, transition.decl.target.span
    begin = ref(span, starts[transition.source])
    moment = tree.Binary(span, tree.BinaryOp.ADD, begin, ref(span, transition.delay), span)
    until = ref(span, found.until or "now")
    made: tree.Expr = tree.Binary(span, tree.BinaryOp.LESS_EQUAL, moment, until, span)
    state = next(s for s in found.decl.states if s.name.text == transition.source)
    if _choice(state) is not None:
        chosen = ref(span, f"{name}: after {transition.source}")
        target = tree.String(span, transition.target)
        chosen_it = tree.Binary(span, tree.BinaryOp.EQUAL, chosen, target, span)
        made = tree.Binary(span, tree.BinaryOp.AND, chosen_it, made, span)
    return tree.If(span, made, moment, otherwise)


def ref(span: Span, name: str) -> tree.NameRef:
    """A name, put in at ``span``."""
    return tree.NameRef(span, tree.Name(span, name))


def added_column(
    name: tree.Name,
    type: str | None,
    value: tree.Expr | None,
    *,
    optional: bool = False,
    hidden: bool = False,
    doc: str = "",
) -> tree.ColumnDecl:
    """A column that nobody wrote, at the place of its name."""
    span = name.span
    written = tree.NamedType(span, optional, tree.Name(span, type), ()) if type is not None else None
    marks = (tree.HiddenMark(span),) if hidden else ()
    return tree.ColumnDecl(span, (name,), False, (None,), written, None, marks, value, doc)
