"""Tables of the states that rows of another table have entered: ``table events from orders.status``.

Such a table is an ordinary one with an ``each``: as many rows for a parent as it has entered states. The
rows of a parent are its states in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from specdsl.check.lifecycle_columns import added_column, ref
from specdsl.check.recorded_histories import expand_records, two_sources
from specdsl.check.scopes import LifecycleSymbol, Program, TableSymbol
from specdsl.diagnostics import lifecycles as errors
from specdsl.diagnostics import names
from specdsl.diagnostics.nearest import nearest
from specdsl.source import Span
from specdsl.syntax import tree

_STRIDE = 8
_SEQUENCE = "The number of the state among those of its row, from 0."
_STATE = "The state that is entered."
_AT = "When it is entered."
_PREVIOUS = "The state before it; null for the first."


def expand_events(program: Program, table: TableSymbol) -> None:
    """Gives a table of events its columns; what is wrong is reported."""
    events = table.decl.events
    if events is None:
        return
    source = program.tables.get(events.table.text)
    if source is not None and events.column.text in source.histories:
        expand_records(program, table, source, source.histories[events.column.text])
        return
    lifecycle = source.lifecycles.get(events.column.text) if source is not None else None
    if source is None or lifecycle is None:
        _report(program, events, source)
        table.incomplete = table.nameless = True
        return
    for written, what in ((table.decl.count, "a row count"), (table.decl.over, "`over`")):
        if written is not None:
            two_sources(program, table, written.span, "a lifecycle", what)
            return
    own = {name.text: m for m in table.decl.members if isinstance(m, tree.ColumnDecl) for name in m.targets}
    reference = next(
        (m for m in own.values() if m.reference is not None and m.reference.table.text == source.name), None
    )
    span = events.span
    each = [m for m in reference.modifiers if isinstance(m, tree.Each)] if reference is not None else []
    if each:
        two_sources(program, table, each[0].span, "a lifecycle", "`each`")
        return
    if reference is None:
        reference = _reference(events, _key(source))
    if lifecycle.states[-1] not in lifecycle.ranks:
        source.decl = replace(source.decl, members=(*source.decl.members, *_ranks(lifecycle, span)))
    parent = reference.targets[0].text
    counted = replace(
        reference, modifiers=(*reference.modifiers, tree.Each(span, _count(lifecycle, span), None))
    )
    members = [counted if m is reference else m for m in table.decl.members]
    told = [c for c in _columns(lifecycle, parent, span) if c.targets[0].text not in own]
    table.told |= {c.targets[0].text for c in told}
    made = [*([] if reference in table.decl.members else [counted]), *told]
    keyed = any(
        isinstance(m, tree.KeyDecl)
        or (isinstance(m, tree.ColumnDecl) and any(isinstance(x, tree.KeyMark) for x in m.modifiers))
        for m in members
    )
    key_columns = (*counted.targets, tree.Name(span, "sequence"))
    rule = [] if keyed else [tree.KeyDecl(span, key_columns)]
    at = next((i + 1 for i, m in enumerate(members) if m is counted), 0)
    table.decl = replace(table.decl, members=(*members[:at], *made, *members[at:], *rule))


def _report(program: Program, events: tree.Events, source: TableSymbol | None) -> None:
    if source is None:
        if program.incomplete:
            return
        near = nearest(events.table.text, program.tables)
        program.bag.add(
            names.UnknownTable(
                span=events.table.span,
                written=events.table.text,
                near=near,
                known=tuple(program.tables),
                corrected=program.line_with(events.table.span, names.quoted(near)) if near else "",
            )
        )
        return
    if any(isinstance(m, tree.ErrorMember) for m in source.decl.members):
        return
    known = (*source.lifecycles, *source.histories)
    near = nearest(events.column.text, known)
    program.bag.add(
        errors.NoLifecycle(
            span=events.column.span,
            table=source.name,
            column=events.column.text,
            known=known,
            near=near,
            corrected=program.line_with(events.column.span, names.quoted(near)) if near else "",
        )
    )


def _reference(events: tree.Events, keys: Sequence[str]) -> tree.ColumnDecl:
    """A reference that nobody wrote: a column for each of ``keys``, those of the table that it is to."""
    clause = tree.RefClause(events.table.span, events.table, False)
    names = tuple(tree.Name(events.span, reference_name(events.table.text, key)) for key in keys or ("",))
    made = added_column(names[0], None, None)
    types = (None,) * len(names)
    return replace(made, targets=names, grouped=len(names) > 1, target_types=types, reference=clause)


def _key(table: TableSymbol) -> tuple[str, ...]:
    """The columns of a table's key."""
    for member in table.decl.members:
        if isinstance(member, tree.KeyDecl):
            return tuple(name.text for name in member.columns)
        if isinstance(member, tree.ColumnDecl) and any(isinstance(m, tree.KeyMark) for m in member.modifiers):
            return tuple(name.text for name in member.targets)
    return ()


def _singular(name: str) -> str:
    """``orders`` -> ``order``, ``entries`` -> ``entry``"""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending) + instead
    return name.removesuffix("s") if name.endswith("s") and not name.endswith("ss") else name


def event_columns(
    table: tree.TableDecl, events: tree.Events, key: Sequence[str]
) -> Iterator[tree.ColumnDecl]:
    """The columns that a table of events has beside those of its body, without values; those that hold a
    state have no type."""
    span = events.span
    refers = (m.reference for m in table.members if isinstance(m, tree.ColumnDecl))
    if not any(clause is not None and clause.table.text == events.table.text for clause in refers):
        yield _reference(events, key)
    for name, type, doc in (
        ("sequence", "int", _SEQUENCE),
        ("state", None, _STATE),
        ("at", "timestamp", _AT),
        ("previous_state", None, _PREVIOUS),
    ):
        yield added_column(tree.Name(span, name), type, None, doc=doc)


def reference_name(table: str, key: str) -> str:
    """The name of the reference to a table that nobody named."""
    return f"{_singular(table)}_{key or 'id'}"


# --- columns -------------------------------------------------------------------------------


def _ranks(lifecycle: LifecycleSymbol, span: Span) -> Iterator[tree.ColumnDecl]:
    """Hidden columns of the table with the lifecycle, for each further state: how many states of a row come
    after the first, up to that one. Each goes on from one some states before, so that no chain is long."""
    base: tree.Expr = _number(span, 0)
    since: list[tree.Expr] = []
    for state in lifecycle.states[1:]:
        entered = _has(ref(span, lifecycle.times[state]), span)
        since.append(tree.If(span, entered, _number(span, 1), _number(span, 0)))
        total = base
        for one in since:
            total = tree.Binary(span, tree.BinaryOp.ADD, total, one, span)
        name = f"{lifecycle.decl.name.text}: entered up to {state}"
        yield added_column(tree.Name(span, name), "int", total, hidden=True)
        lifecycle.ranks[state] = name
        if len(since) == _STRIDE:
            base, since = ref(span, name), []


def _count(lifecycle: LifecycleSymbol, span: Span) -> tree.Expr:
    last = tree.CandidateRef(span, tree.Name(span, lifecycle.ranks[lifecycle.states[-1]]))
    return tree.Binary(span, tree.BinaryOp.ADD, last, _number(span, 1), span)


def _columns(lifecycle: LifecycleSymbol, parent: str, span: Span) -> Iterator[tree.ColumnDecl]:
    """What each row tells of the state that it stands for."""

    def column(
        name: str, type: str, value: tree.Expr, doc: str, *, optional: bool = False
    ) -> tree.ColumnDecl:
        return added_column(tree.Name(span, name), type, value, optional=optional, doc=doc)

    sequence = ref(span, "sequence")
    position = tree.Call(span, tree.Name(span, "index_in"), (tree.Arg(span, None, ref(span, parent)),))
    yield column("sequence", "int", position, _SEQUENCE)
    states: dict[str, tree.Expr] = {s: tree.String(span, s) for s in lifecycle.states}
    state = _at_rank(lifecycle, parent, sequence, states, span)
    yield column("state", lifecycle.enum, state, _STATE)
    times = {s: _of_parent(parent, name, span) for s, name in lifecycle.times.items()}
    times[lifecycle.states[0]] = _of_parent(parent, lifecycle.start, span)
    moment = _at_rank(lifecycle, parent, sequence, times, span)
    yield column("at", "timestamp", moment, _AT)
    earlier = tree.Binary(span, tree.BinaryOp.SUBTRACT, sequence, _number(span, 1), span)
    before = _at_rank(lifecycle, parent, earlier, states, span)
    is_first = tree.Binary(span, tree.BinaryOp.EQUAL, sequence, _number(span, 0), span)
    value = tree.If(span, is_first, tree.Null(span), before)
    yield column("previous_state", lifecycle.enum, value, _PREVIOUS, optional=True)


def _at_rank(
    lifecycle: LifecycleSymbol, parent: str, rank: tree.Expr, values: dict[str, tree.Expr], span: Span
) -> tree.Expr:
    """The value that ``values`` has for the state that is the parent's number ``rank``."""
    found = values[lifecycle.states[0]]
    for state in lifecycle.states[1:]:
        entered = _has(_of_parent(parent, lifecycle.times[state], span), span)
        number = _of_parent(parent, lifecycle.ranks[state], span)
        is_it = tree.Binary(span, tree.BinaryOp.EQUAL, number, rank, span)
        both = tree.Binary(span, tree.BinaryOp.AND, entered, is_it, span)
        found = tree.If(span, both, values[state], found)
    return found


def _of_parent(parent: str, name: str, span: Span) -> tree.Expr:
    return tree.Attribute(span, ref(span, parent), tree.Name(span, name))


def _has(value: tree.Expr, span: Span) -> tree.Expr:
    return tree.Binary(span, tree.BinaryOp.NOT_EQUAL, value, tree.Null(span), span)


def _number(span: Span, value: int) -> tree.Expr:
    return tree.Number(span, Decimal(value), is_int=True)
