"""Lifecycles: what is wrong with them, and the columns that are put in their place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from specdsl.check.lifecycle_columns import columns_of, states_of, time_columns
from specdsl.check.scopes import EnumSymbol, LifecycleSymbol, Program, TableSymbol, TransitionSymbol
from specdsl.check.weights import plain
from specdsl.datatypes import types as t
from specdsl.diagnostics import lifecycles as errors
from specdsl.diagnostics import names
from specdsl.diagnostics.nearest import nearest
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
        found = _checked(program, table, _joined(member))
        if found is None:
            members += [tree.ErrorMember(member.span, name) for name in _column_names(member)]
        else:
            table.lifecycles[member.name.text] = found
            members += columns_of(found)
    table.decl = replace(table.decl, members=tuple(members))


def _joined(decl: tree.LifecycleDecl) -> tree.LifecycleDecl:
    """The transitions of a state that has several lines with the first of these; where two of them name its
    time, each stays."""
    states: list[tree.LifecycleState] = []
    places: dict[str, int] = {}
    for state in decl.states:
        at = places.setdefault(state.name.text, len(states))
        first = states[at] if at < len(states) else None
        if first is None or (first.time is not None and state.time is not None):
            states.append(state)
            continue
        states[at] = replace(
            first,
            time=first.time or state.time,
            transitions=(*first.transitions, *state.transitions),
            doc=first.doc or state.doc,
        )
    return replace(decl, states=tuple(states))


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
                span=decl.name.span,
                column=decl.name.text,
                why=why,
                remedy=f"write what follows what: {example}",
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
    ordered = None if problems[1] else _ordered(program, decl)  # what leads where is not clear
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
        pairs += [
            (t.target, f"{state.name.text} -> {t.target.text}", "transition") for t in state.transitions
        ]
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
