"""Tables of what was known of the versions of a history, and when: ``table records from versions.valid``.

The history is what is so. Its records are what was believed: each version becomes known some time after it
began, and until then the one before seems to go on. Some are recorded wrongly, in one of the columns that
change, and corrected later. So a version has up to three records: as long as it seems to go on, once its end
is known, and once it is corrected (the latter two in any order).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from specdsl.check.history_columns import declared_key
from specdsl.check.scopes import HistorySymbol, Program, RecordsSymbol, TableSymbol
from specdsl.check.written_columns import in_parent, written
from specdsl.diagnostics import histories as errors
from specdsl.diagnostics import types
from specdsl.diagnostics.names import quoted
from specdsl.source import Span
from specdsl.syntax import tree

_DOCS = {
    "record": "The number of the record among those of its version, from 1.",
    "valid_from": "When the version begins to be valid.",
    "valid_to": "When it ends, as far as was known: null while its end was not.",
    "known_from": "When this became known.",
    "known_to": "When something else did; null for what is known now.",
    "is_latest": "Whether this is what is known now.",
}


def expand_records(
    program: Program, table: TableSymbol, versions: TableSymbol, history: HistorySymbol
) -> None:
    """Gives a table of records its columns; what is wrong is reported."""
    found = [m for m in table.decl.members if isinstance(m, tree.RecordedDecl)]
    reference = next((m for m in table.decl.members if _refers_to(m, versions.name)), None)
    if not _sound(program, table, history, found, reference):
        table.incomplete = table.nameless = True
        rest = (m for m in table.decl.members if not isinstance(m, tree.RecordedDecl))
        table.decl = replace(table.decl, members=tuple(rest))
        return
    decl = found[0]
    prefix = f"{table.name} {decl.name.text}"
    hidden = _of_versions(decl, history, prefix)
    versions.decl = replace(versions.decl, members=(*versions.decl.members, *hidden))
    versions.made |= {c.targets[0].text for c in hidden}
    counted = _counted(table.decl, versions, history, prefix)
    symbol = RecordsSymbol(decl, history, versions, counted.targets[0].text, prefix)
    versions.recorded.append(symbol)
    if decl.corrected is not None:
        for column in history.tracked:
            names = tuple(name.text for name in column.targets)
            versions.unlike[f"{prefix}: wrong {names[0]}"] = names
    table.records[symbol.name] = symbol
    own = {name.text for m in table.decl.members if isinstance(m, tree.ColumnDecl) for name in m.targets}
    made = [c for c in _columns(symbol, counted) if c.targets[0].text not in own]
    table.told |= {name.text for column in made for name in column.targets}
    members = [m for m in table.decl.members if m is not decl]
    if not declared_key(table.decl):
        key = (*counted.targets, tree.Name(decl.name.span, "record"))
        members.append(tree.KeyDecl(decl.name.span, key))
    table.decl = replace(table.decl, members=(counted, *made, *members))


def _refers_to(member: tree.Member, table: str) -> bool:
    return (
        isinstance(member, tree.ColumnDecl)
        and member.reference is not None
        and (member.reference.table.text == table)
    )


def two_sources(program: Program, table: TableSymbol, span: Span, source: str, what: str) -> None:
    """The rows of a table come from elsewhere, so that something cannot count them."""
    table.incomplete = table.nameless = True
    program.bag.add(
        types.RowCount(
            span=span,
            why=f"the rows of `{table.name}` come from {source}, so {what} cannot say how many there are",
            remedy="keep one of the two",
        )
    )


def _sound(
    program: Program,
    table: TableSymbol,
    history: HistorySymbol,
    found: list[tree.RecordedDecl],
    reference: tree.Member | None,
) -> bool:
    for counted, what in ((table.decl.count, "a row count"), (table.decl.over, "`over`")):
        if counted is not None:
            two_sources(program, table, counted.span, "a history", what)
            return False
    events = table.decl.events
    assert events is not None
    span, why, remedy = events.span, "", ""
    if reference is not None:
        span = reference.span
        why = "has a reference to its versions already: that to which a record belongs"
        remedy = "leave it out; the columns of the versions' key are made"
    elif not found and not any(isinstance(m, tree.ErrorMember) for m in table.decl.members):
        why = "does not say when versions become known"
        remedy = f"write `history system after 0s..1d` in `{table.name}`"
    elif len(found) > 1:
        span, why, remedy = found[1].name.span, "is recorded twice", "remove one of the two"
    elif found and found[0].name.text == history.name:
        span = found[0].name.span
        why = f"cannot give its name to what is known, too: `{history.valid_from}` would be two columns"
        remedy = "call it `system`, or `known`"
    if why:
        program.bag.add(errors.HistoryForm(span=span, history=history.name, why=why, remedy=remedy))
    return not why and bool(found)


# --- of the versions -----------------------------------------------------------------------


def _of_versions(decl: tree.RecordedDecl, history: HistorySymbol, p: str) -> list[tree.ColumnDecl]:
    """The hidden columns that versions have for what is known of them."""
    parts = {"DELAY": in_parent(decl.delay)}
    if decl.corrected is not None:
        parts["AFTER"] = in_parent(decl.corrected.delay)
    text = "\n".join(_lines(decl, history, p))
    members = [m for m in written(text, decl.name.span, parts) if isinstance(m, tree.ColumnDecl)]
    placed = {id(part): part.span for part in parts.values()}
    out = []
    for member in members:
        span = placed.get(id(member.value))
        if span is not None:
            name = replace(member.targets[0], span=span)
            out.append(replace(member, span=span, targets=(name,)))
        else:
            out.append(member)
    if decl.corrected is not None:
        out += [_wrong(column, p) for column in history.tracked]
    return out


def _lines(decl: tree.RecordedDecl, history: HistorySymbol, p: str) -> Iterator[str]:
    ref = quoted(history.reference.targets[0].text)
    begins, ends = quoted(history.valid_from), quoted(history.valid_to)
    yield f"`{p}: delay` hidden = DELAY"
    yield f"`{p}: begins` timestamp hidden = {begins}"
    # A version is known before the next one begins, so that knowledge comes in the order of the versions.
    yield f"`{p}: limit` timestamp hidden = next(`{p}: begins`, greatest(`{p}: begins`, now), per: {ref})"
    within = f"`{p}: begins` + (`{p}: limit` - `{p}: begins`) * (0.0..1.0)"
    within = f"greatest(`{p}: begins`, least({within}, `{p}: limit` - 1us))"
    in_time = f"`{p}: begins` + `{p}: delay` < `{p}: limit`"
    yield (f"`{p}: known` timestamp hidden = if {in_time} then `{p}: begins` + `{p}: delay` else {within}")
    # The end is known with the next version; that of the last one, where it has ended, some time after it.
    yield f"`{p}: ended` timestamp? hidden = {ends}"
    over = f"`{p}: ended` + `{p}: delay`"
    over = f"(if {over} <= now and {over} > `{p}: known` then {over} else null)"
    yield f"`{p}: closed` timestamp? hidden = coalesce(next(`{p}: known`, per: {ref}), {over})"
    yield from _corrections(decl, p, len(history.tracked))
    closed, corrected = f"`{p}: closed`", f"`{p}: corrected`"
    one = f"if {closed} == null then {corrected} else if {corrected} == null then {closed}"
    yield f"`{p}: second` timestamp? hidden = {one} else least({closed}, {corrected})"
    yield f"`{p}: third` timestamp? hidden = greatest({closed}, {corrected})"
    count = " + ".join(f"(if {end} == null then 0 else 1)" for end in (closed, corrected))
    yield f"`{p}: records` int hidden = 1 + {count}"


def _corrections(decl: tree.RecordedDecl, p: str, changing: int) -> Iterator[str]:
    """When a version is corrected (null for one that never is), and which column was wrong."""
    if decl.corrected is None:
        yield f"`{p}: corrected` timestamp? hidden = null"
        return
    chance = float(decl.corrected.share.value / 100)
    yield f"`{p}: wait` hidden = AFTER"
    moment = f"`{p}: known` + `{p}: wait`"
    known = f"{moment} <= now and (`{p}: closed` == null or {moment} != `{p}: closed`)"
    yield f"`{p}: noticed` bool hidden = chance({chance!r})"
    yield f"`{p}: corrected` timestamp? hidden = if `{p}: noticed` and {known} then {moment} else null"
    yield f"`{p}: which` int hidden = 0..{changing - 1}"


def _wrong(column: tree.ColumnDecl, p: str) -> tree.ColumnDecl:
    """What is wrongly recorded of a column: drawn as the column is, and another value than it has."""
    names = tuple(replace(n, text=f"{p}: wrong {n.text}") for n in column.targets)
    modifiers = tuple(m for m in column.modifiers if not isinstance(m, (tree.Changes, tree.HiddenMark)))
    mark = tree.HiddenMark(column.span)
    return replace(column, targets=names, modifiers=(*modifiers, mark), fields=_fields(column))


def _fields(column: tree.ColumnDecl) -> tuple[tree.Name | None, ...]:
    """What the columns of a group are called in the record that is drawn."""
    if not column.grouped:
        return column.fields
    given = column.fields or (None,) * len(column.targets)
    return tuple(field or name for field, name in zip(given, column.targets, strict=True))


# --- of the records ------------------------------------------------------------------------


def _counted(decl: tree.TableDecl, versions: TableSymbol, history: HistorySymbol, p: str) -> tree.ColumnDecl:
    """The reference to the version, with as many rows as it has records."""
    events = decl.events
    assert events is not None
    span = events.span
    count = tree.CandidateRef(span, tree.Name(span, f"{p}: records"))
    names = tuple(tree.Name(span, name) for name in history.key)
    return tree.ColumnDecl(
        span=span,
        targets=names,
        grouped=len(names) > 1,
        target_types=(None,) * len(names),
        type=None,
        reference=tree.RefClause(events.table.span, tree.Name(events.table.span, versions.name), False),
        modifiers=(tree.Each(span, count, None),),
        value=None,
    )


def _columns(symbol: RecordsSymbol, counted: tree.ColumnDecl) -> Iterator[tree.ColumnDecl]:
    history, p = symbol.history, symbol.prefix
    ref = quoted(counted.targets[0].text)
    since, until = quoted(f"{symbol.name}_from"), quoted(f"{symbol.name}_to")
    begins, ends = quoted(history.valid_from), quoted(history.valid_to)
    kind = "date" if history.unit > 1 else "timestamp"
    open_ = f"{ref}.`{p}: closed` == null or {since} < {ref}.`{p}: closed`"
    third = f"{ref}.`{p}: third`"
    first = f"{ref}.`{p}: known`"
    second = f"{ref}.`{p}: second`"
    later = f"if record == 2 then coalesce({second}, {first}) else coalesce({third}, {first})"
    text = [
        f"record int = 1 + index_in({ref})",
        f"{begins} {kind} = {ref}.{begins}",
        f"{ends} {kind}? = if {open_} then null else {ref}.{ends}",
        f"{since} timestamp = if record == 1 then {first} else {later}",
        f"{until} timestamp? = if record == 1 then {second} else if record == 2 then {third} else null",
        f"is_latest bool = {until} == null",
    ]
    keyed = {name.text for name in counted.targets}
    for whose in (name.text for name in history.reference.targets if name.text not in keyed):
        (made,) = written(f"{quoted(whose)} = {ref}.{quoted(whose)}", symbol.decl.name.span, {})
        assert isinstance(made, tree.ColumnDecl)
        yield replace(made, doc="Whose version it is.")
    about = record_columns(history.name, symbol.name)
    for member in written("\n".join(text), symbol.decl.name.span, {}):
        if isinstance(member, tree.ColumnDecl):
            yield replace(member, doc=about[member.targets[0].text][1])
    for number, column in enumerate(history.tracked):
        for name in column.targets:
            yield _recorded(symbol, ref, since, name.text, number, column)


def record_columns(history: str, known: str) -> dict[str, tuple[str, str]]:
    """The columns of records of ``history``, with type and what they are about, those that change aside."""
    names = ("record", f"{history}_from", f"{history}_to", f"{known}_from", f"{known}_to", "is_latest")
    kinds = ("int", "timestamp", "timestamp?", "timestamp", "timestamp?", "bool")
    return {n: (k, d) for n, k, d in zip(names, kinds, _DOCS.values(), strict=True)}


def _recorded(
    symbol: RecordsSymbol, ref: str, since: str, name: str, number: int, column: tree.ColumnDecl
) -> tree.ColumnDecl:
    """A column that changes, as it was recorded."""
    p, own = symbol.prefix, f"{ref}.{quoted(name)}"
    value = own
    if symbol.decl.corrected is not None:
        wrong = f"{ref}.`{p}: wrong {name}`"
        corrected = f"{ref}.`{p}: corrected`"
        mistaken = f"{corrected} != null and {since} < {corrected} and {ref}.`{p}: which` == {number}"
        value = f"if {mistaken} then {wrong} else {own}"
    (made,) = written(f"{quoted(name)} = {value}", symbol.decl.name.span, {})
    assert isinstance(made, tree.ColumnDecl)
    index = [n.text for n in column.targets].index(name)
    written_type = column.target_types[index] if column.grouped else column.type
    return replace(made, type=written_type, doc=column.doc)
