"""Lifecycles as the columns that keep them.

Of ``lifecycle status from placed_at { placed -> paid 92% after 1h..2d ... }`` become: the column ``status``, a
column with a time for each further state, and hidden ones: when the row began, which transition each state
takes, and how long it waits for it. A transition that would come after ``until`` does not happen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from specdsl.check.scopes import EnumSymbol, LifecycleSymbol, Program, TableSymbol, TransitionSymbol
from specdsl.check.show import show_value
from specdsl.check.sizes import interval
from specdsl.check.weights import plain
from specdsl.datatypes import types as t
from specdsl.diagnostics import lifecycles as errors
from specdsl.diagnostics import names
from specdsl.diagnostics.nearest import nearest
from specdsl.diagnostics.types import article
from specdsl.ir.expr import ColumnValue, Const, Expr
from specdsl.ir.model import Bounds, Column, Lifecycle, Transition
from specdsl.source import Span
from specdsl.syntax import tree

_HUNDRED = Decimal(100)


def expand(program: Program, table: TableSymbol) -> None:
    """Puts columns in the place of the lifecycles of a table; what is wrong with one is reported."""
    if not any(isinstance(m, tree.LifecycleDecl) for m in table.decl.members):
        return
    members: list[tree.Member] = []
    for member in table.decl.members:
        if not isinstance(member, tree.LifecycleDecl):
            members.append(member)
            continue
        found = _checked(program, table, member)
        if found is None:
            members += [tree.ErrorMember(member.span, name) for name in _column_names(member)]
        else:
            table.lifecycles[member.name.text] = found
            members += _columns(found)
    table.decl = replace(table.decl, members=tuple(members))


def time_name(state: tree.LifecycleState | tree.Name) -> tree.Name:
    """The name of the column that has the time of a state."""
    if isinstance(state, tree.LifecycleState):
        if state.time is not None:
            return state.time
        state = state.name
    word = re.sub(r"\W+", "_", state.text).strip("_") or "state"
    return tree.Name(state.span, f"{word}_at")


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


def _column_names(decl: tree.LifecycleDecl) -> list[tree.Name]:
    first = decl.states[0].name.text if decl.states else ""
    return [decl.name, *(column for state, column in time_columns(decl).items() if state != first)]


# --- what is wrong -------------------------------------------------------------------------


def _checked(program: Program, table: TableSymbol, decl: tree.LifecycleDecl) -> LifecycleSymbol | None:
    if not decl.states or not any(state.transitions for state in decl.states):
        why = "has no transitions" if decl.states else "has no states"
        example = f"`{decl.states[0].name.text if decl.states else 'placed'} -> paid 90% after 1h..2d`"
        program.bag.add(
            errors.LifecycleForm(
                span=decl.name.span, column=decl.name.text, why=why, remedy=f"write what follows what: {example}"
            )
        )
        return None
    enum = _enum(program, table, decl)
    problems = [
        enum is None,
        _duplicates(program, decl),
        _too_much(program, decl),
        _missing_start(program, table, decl),
    ]
    ordered = _ordered(program, decl)
    if any(problems) or ordered is None or enum is None:
        return None
    name = decl.name.text
    transitions = tuple(
        TransitionSymbol(s.name.text, tr, f"{name}: {s.name.text} -> {tr.target.text}")
        for s in decl.states
        for tr in s.transitions
    )
    times = {state: column.text for state, column in time_columns(decl).items()}
    until = f"{name}: until" if decl.until is not None else ""
    return LifecycleSymbol(decl, ordered, times, transitions, enum, f"{name}: start", until)


def _enum(program: Program, table: TableSymbol, decl: tree.LifecycleDecl) -> str | None:
    """The name of the enum of the states: the one that is named, or one made of them."""
    states = states_of(decl)
    if decl.type is None:
        return _made_enum(program, table, decl, states)
    written = decl.type.name.text if isinstance(decl.type, tree.NamedType) else ""
    symbol = program.enums.get(written)
    if symbol is None:
        near = nearest(written, program.enums) if written else None
        remedy = "name an enum that has the states, or none: the lifecycle then makes one"
        if near is not None:
            remedy = f"did you mean {program.line_with(decl.type.span, names.quoted(near))}?"
        program.bag.add(
            errors.LifecycleForm(
                span=decl.type.span,
                column=decl.name.text,
                why=f"takes an enum, and `{program.text(decl.type) or written}` is none",
                remedy=remedy,
            )
        )
        return None
    unknown = [node for name, node in states.items() if name not in symbol.type.members]
    for node in unknown:
        near = nearest(node.text, symbol.type.members)
        corrected = program.line_with(node.span, names.quoted(near)) if near else ""
        program.bag.add(
            errors.UnknownState(
                span=node.span,
                state=node.text,
                enum=written,
                known=symbol.type.members,
                near=near,
                corrected=corrected,
            )
        )
    return None if unknown else written


def _made_enum(
    program: Program, table: TableSymbol, decl: tree.LifecycleDecl, states: dict[str, tree.Name]
) -> str:
    taken = {*program.enums, *program.types, *program.tables, *program.pools}
    name = decl.name.text if decl.name.text not in taken else f"{table.name}_{decl.name.text}"
    while name in taken:
        name += "_"
    members = tuple(tree.EnumMember(node.span, node, None) for node in states.values())
    written = tree.EnumDecl(decl.span, tree.Name(decl.name.span, name), members, decl.doc)
    shares = tuple(1 / len(members) for _ in members)
    program.enums[name] = EnumSymbol(written, t.Enum(name, tuple(states)), shares)
    program.spans.enums[name] = decl.name.span
    return name


def _duplicates(program: Program, decl: tree.LifecycleDecl) -> bool:
    seen: dict[str, Span] = {}
    found = False
    owner = f"lifecycle `{decl.name.text}`"
    for state in decl.states:
        pairs = [(state.name, state.name.text, "state")]
        pairs += [(t.target, f"{state.name.text} -> {t.target.text}", "transition") for t in state.transitions]
        for node, written, what in pairs:
            if written in seen:
                found = True
                program.bag.add(
                    names.DuplicateMember(
                        span=node.span, written=written, what=what, owner=owner, first=seen[written]
                    )
                )
            seen.setdefault(written, node.span)
    return found


def _too_much(program: Program, decl: tree.LifecycleDecl) -> bool:
    """Whether some state's transitions have shares of more than all."""
    found = False
    for state in decl.states:
        shares = [tr.share for tr in state.transitions if tr.share is not None]
        total = sum((s.value for s in shares), Decimal(0))
        rest = len(state.transitions) - len(shares)
        if total > _HUNDRED or (rest and total >= _HUNDRED):
            found = True
            terms = " + ".join(f"{plain(s.value)}%" for s in shares)
            program.bag.add(
                errors.TransitionShares(
                    span=shares[0].span.to(shares[-1].span),
                    state=state.name.text,
                    arithmetic=f"{terms} = {plain(total)}%" if len(shares) > 1 else terms,
                    open=rest,
                )
            )
    return found


def _missing_start(program: Program, table: TableSymbol, decl: tree.LifecycleDecl) -> bool:
    """Whether the table has no column that the lifecycle could start from."""
    columns = [n.text for m in table.decl.members if isinstance(m, tree.ColumnDecl) for n in m.targets]
    over = table.decl.over
    columns += [over.column.text] if over is not None else []
    if decl.start.text in columns or table.decl.source is not None:
        return False
    if any(isinstance(m, tree.ErrorMember) for m in table.decl.members):
        return True
    near = nearest(decl.start.text, columns)
    program.bag.add(
        names.UnknownColumn(
            span=decl.start.span,
            written=decl.start.text,
            near=near,
            known=tuple(columns),
            corrected=program.line_with(decl.start.span, names.quoted(near)) if near else "",
            owner=f"table `{table.name}`",
        )
    )
    return True


def _ordered(program: Program, decl: tree.LifecycleDecl) -> tuple[str, ...] | None:
    """The states, each after those that lead to it; None, with diagnostics, where there is no such order or
    some are never entered."""
    follows = {s.name.text: [tr.target for tr in s.transitions] for s in decl.states}
    states, first = states_of(decl), decl.states[0].name
    done: set[str] = set()

    def visit(state: str, path: list[str]) -> bool:
        for target in follows.get(state, ()):
            if target.text in (*path, state):
                circle = [*path, state]
                circle = circle[circle.index(target.text) :]
                program.bag.add(errors.LifecycleCycle(span=target.span, path=(*circle, target.text)))
                return False
            if target.text not in done and not visit(target.text, [*path, state]):
                return False
        done.add(state)
        return True

    if not visit(first.text, []):
        return None
    entered = {target.text for targets in follows.values() for target in targets}
    lost = [node for name, node in states.items() if name not in done and name not in entered]
    for node in lost:
        near = nearest(node.text, [s for s in states if s != node.text and s not in follows])
        program.bag.add(
            errors.UnreachableState(
                span=node.span,
                state=node.text,
                first=first.text,
                first_span=first.span,
                near=near,
                corrected=program.line_with(node.span, names.quoted(near)) if near else "",
            )
        )
    if not lost and len(done) < len(states):  # an island that goes round
        island = next(node for name, node in states.items() if name not in done)
        visit(island.text, [])
        return None
    return None if lost else _after_their_sources(follows, tuple(states))


def _after_their_sources(follows: dict[str, list[tree.Name]], states: tuple[str, ...]) -> tuple[str, ...]:
    """``states`` such that each comes after those that lead to it, otherwise in their order."""
    order: list[str] = []
    while len(order) < len(states):
        rest = [s for s in states if s not in order]
        waiting = {target.text for s in rest for target in follows.get(s, ())}
        order.append(next(s for s in rest if s not in waiting))
    return tuple(order)


# --- columns -------------------------------------------------------------------------------


def _columns(found: LifecycleSymbol) -> Iterator[tree.ColumnDecl]:
    decl, name = found.decl, found.decl.name.text
    first = found.states[0]
    start = found.start
    at = decl.start.span
    yield added_column(tree.Name(at, start), "timestamp", ref(at, decl.start.text), hidden=True)
    if decl.until is not None:
        yield added_column(tree.Name(decl.until.span, found.until), "timestamp", decl.until, hidden=True)
    for state in decl.states:
        choice = _choice(state)
        if choice is not None:
            column = tree.Name(state.name.span, f"{name}: after {state.name.text}")
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
        entered = tree.Binary(span, tree.BinaryOp.NOT_EQUAL, ref(span, times[state].text), tree.Null(span), span)
        status = tree.If(span, entered, tree.String(nodes[state].span, state), status)
    yield added_column(decl.name, found.enum, status, doc=decl.doc)
    for state in nodes:
        value: tree.Expr = tree.Null(times[state].span)
        for transition in (tr for tr in found.transitions if tr.target == state):
            value = _moment(found, transition, starts, value)
        if state != first:
            doc = f"When `{name}` became `{state}`."
            yield added_column(times[state], "timestamp", value, optional=True, doc=doc)


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
    value: tree.Expr,
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


# --- the checked form ----------------------------------------------------------------------


def sound_lifecycles(program: Program, table: TableSymbol) -> None:
    """Takes the columns of lifecycles away whose parts have the wrong types, before more is said of them."""
    for name, symbol in list(table.lifecycles.items()):
        problems = [_start_type(program, table, symbol)]
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
            span=start.span, column=symbol.decl.name.text, why=f"starts from `{start.text}`, {why}", remedy=remedy
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
    return errors.TransitionDelay(
        span=span, source=source, target=transition.target, type=dtype, least=least
    )


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
        transitions.append(
            Transition(transition.source, transition.target, column.value, transition.delay)
        )
    if len(transitions) < len(symbol.transitions):
        return None
    until: Expr = Const(t.TIMESTAMP, False, program.now)
    if symbol.until:
        until = ColumnValue(t.TIMESTAMP, columns[symbol.until].nullable, symbol.until)
    return Lifecycle(symbol.decl.name.text, symbol.states, symbol.times, tuple(transitions), until)
