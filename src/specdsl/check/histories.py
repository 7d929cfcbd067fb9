"""Histories: what is wrong with them, and the columns that are put in their place.

``history valid from .joined_at`` makes the rows of each parent its versions. How many there are is counted in
the parent, so that none begins after the last moment that one may; when each begins follows from the parent
and the version's number. See ``history_columns`` for the columns.
"""

from __future__ import annotations

from dataclasses import replace

from specdsl.check import history_columns as columns
from specdsl.check.changing import expand_changes
from specdsl.check.scopes import HistorySymbol, Program, TableSymbol
from specdsl.check.written_columns import plain_names
from specdsl.diagnostics import histories as errors
from specdsl.diagnostics import names
from specdsl.diagnostics.nearest import nearest
from specdsl.source import Span
from specdsl.syntax import tree

MOST = 50
"""Versions of one parent that have lengths of their own; each is a hidden column of the parent."""


def expand_history(program: Program, table: TableSymbol) -> None:
    """Puts columns in the place of the history of a table, and gives columns that change what they go by."""
    found = [m for m in table.decl.members if isinstance(m, tree.HistoryDecl)]
    misplaced = [m for m in table.decl.members if isinstance(m, tree.RecordedDecl)]
    history = None
    if found:
        history = _checked(program, table, found)
        if history is None:
            _broken(table, found)
        else:
            table.histories[history.name] = history
            _put_in(table, history)
    for member in misplaced if table.decl.events is None else ():
        _report(
            program,
            member.name.span,
            member.name.text,
            "says when versions are known, and the rows of this table are not those of a history",
            f"make a table of them: `table {names.quoted(table.name + '_records')} from versions.valid "
            f"{{ history {member.name.text} after 0s..1d }}`, or write `history {member.name.text} from "
            ".joined_at`",
        )
        table.decl = replace(table.decl, members=tuple(m for m in table.decl.members if m is not member))
    expand_changes(program, table, history)


def _broken(table: TableSymbol, found: list[tree.HistoryDecl]) -> None:
    """Leaves columns of unknown types where the history's would be."""
    table.incomplete = True
    own = {name.text for m in table.decl.members if isinstance(m, tree.ColumnDecl) for name in m.targets}
    members: list[tree.Member] = []
    for member in table.decl.members:
        if isinstance(member, tree.ColumnDecl):
            members.append(_without_history(member, found[0]))
        elif not isinstance(member, tree.HistoryDecl):
            members.append(member)
        elif member is found[0]:
            span = member.name.span
            made = [name for name in columns.made_names(member.name.text) if name not in own]
            members += [tree.ErrorMember(member.span, tree.Name(span, name)) for name in made]
    table.decl = replace(table.decl, members=tuple(members))


def _without_history(column: tree.ColumnDecl, decl: tree.HistoryDecl) -> tree.Member:
    """A column of a table whose history is broken: what the history says of it is not known."""
    name, each = column.targets[0], _each(column)
    if name.text in columns.made_names(decl.name.text) and column.value is None:
        return tree.ErrorMember(column.span, name)
    if each is None or not isinstance(each.count, tree.Range) or each.count.high is not None:
        return column
    bare = replace(each, count=None, maximum=None)
    return replace(column, modifiers=tuple(bare if m is each else m for m in column.modifiers))


def _put_in(table: TableSymbol, history: HistorySymbol) -> None:
    parent, reference = history.parent, history.reference
    parent.versions.append(history)
    hidden = columns.of_parent(history, reference)
    parent.decl = replace(parent.decl, members=(*parent.decl.members, *hidden))
    parent.made |= {c.targets[0].text for c in hidden}
    counted = history.reference = columns.counted(history, reference)
    own = {m.targets[0].text: m for m in table.decl.members if isinstance(m, tree.ColumnDecl)}
    made = columns.of_versions(history, own)
    table.told |= {c.targets[0].text for c in made}
    table.made |= {
        c.targets[0].text for c in made if any(isinstance(m, tree.HiddenMark) for m in c.modifiers)
    }
    by_name = {c.targets[0].text: c for c in made}
    members: list[tree.Member] = []
    for member in table.decl.members:
        if member is reference:
            members.append(counted)
            members += [c for c in made if c.targets[0].text not in own]
        elif isinstance(member, tree.ColumnDecl) and member.targets[0].text in by_name:
            members.append(by_name[member.targets[0].text])
        elif not isinstance(member, tree.HistoryDecl):
            members.append(member)
    key = columns.declared_key(table.decl)
    if not key:
        key = (*(n.text for n in counted.targets), "version")
        span = history.decl.name.span
        members.append(tree.KeyDecl(span, tuple(tree.Name(span, name) for name in key)))
    history.key = key
    table.decl = replace(table.decl, members=tuple(members))


# --- what is wrong -------------------------------------------------------------------------


def _checked(program: Program, table: TableSymbol, found: list[tree.HistoryDecl]) -> HistorySymbol | None:
    decl = found[0]
    if len(found) > 1:
        second = found[1]
        _report(
            program,
            second.name.span,
            second.name.text,
            f"is the second one of its table, after `{decl.name.text}`",
            "rows are versions along one axis of time; what was known of them, and when, is another table: "
            f"`table records from {names.quoted(table.name)}.{names.quoted(decl.name.text)} "
            "{ history system after 0s..1d }`",
        )
        return None
    reference = _reference(program, table, decl)
    if reference is None:
        return None
    assert reference.reference is not None
    parent = program.tables.get(reference.reference.table.text)
    if parent is None or parent is table:
        if parent is table:
            _report(
                program,
                reference.reference.table.span,
                decl.name.text,
                "is that of the rows of its own table",
                "versions belong to the rows of another table, such as `customer_id -> customers each 1..5`",
            )
        return None
    tracked = tuple(
        m
        for m in table.decl.members
        if isinstance(m, tree.ColumnDecl) and any(isinstance(x, tree.Changes) for x in m.modifiers)
    )
    unit = _unit(program, table, decl)
    problems = [
        unit is None,
        _nothing_changes(program, table, decl, tracked),
        _counted_otherwise(program, table, decl),
        _plain_names(program, parent, table, decl),
        _unbounded(program, decl, reference),
        _taken(program, table, decl),
    ]
    if any(problems) or unit is None:
        return None
    return HistorySymbol(
        decl, reference, parent, f"{table.name} {decl.name.text}", unit, tracked, _most(_each(reference))
    )


def _report(program: Program, span: Span, history: str, why: str, remedy: str) -> None:
    program.bag.add(errors.HistoryForm(span=span, history=history, why=why, remedy=remedy))


def _reference(program: Program, table: TableSymbol, decl: tree.HistoryDecl) -> tree.ColumnDecl | None:
    """The reference whose rows are versions: the one with `each`."""
    counted = [
        m
        for m in table.decl.members
        if isinstance(m, tree.ColumnDecl) and m.reference is not None and _each(m) is not None
    ]
    if len(counted) == 1:
        return counted[0]
    name = decl.name.text
    if counted:
        _report(
            program,
            counted[1].targets[0].span,
            name,
            f"goes along one reference with `each`, and this table has {len(counted)}",
            "let the other one be drawn: remove its `each`",
        )
        return None
    if any(isinstance(m, tree.ErrorMember) for m in table.decl.members):
        return None
    plain = next((m for m in table.decl.members if isinstance(m, tree.ColumnDecl) and m.reference), None)
    remedy = "say whose versions the rows are, and how many each has: `customer_id -> customers each 1..5`"
    if plain is not None and plain.reference is not None:
        line = program.line_with(plain.reference.span.at_end(), " each 1..5")
        remedy = f"say how many versions each has: {line}"
    _report(program, decl.name.span, name, "goes along a reference with `each`, and there is none", remedy)
    return None


def _each(decl: tree.ColumnDecl) -> tree.Each | None:
    return next((m for m in decl.modifiers if isinstance(m, tree.Each)), None)


def _unit(program: Program, table: TableSymbol, decl: tree.HistoryDecl) -> int | None:
    """A day where the columns are dates, else a microsecond; None, with a diagnostic, where they are
    something else."""
    ends = (f"{decl.name.text}_from", f"{decl.name.text}_to")
    kinds = set()
    for member in table.decl.members:
        if not isinstance(member, tree.ColumnDecl) or member.targets[0].text not in ends:
            continue
        written = member.type.name.text if isinstance(member.type, tree.NamedType) else ""
        if written not in ("date", "timestamp"):
            _report(
                program,
                member.targets[0].span,
                decl.name.text,
                f"has the column `{member.targets[0].text}`, which is neither a date nor a timestamp",
                f"write `{member.targets[0].text} date` for days; without it, the history makes the column",
            )
            return None
        kinds.add(written)
        last = member
    if len(kinds) == 2:
        _report(
            program,
            last.targets[0].span,
            decl.name.text,
            "begins versions by the day and ends them by the instant, or the other way round",
            f"give `{ends[0]}` and `{ends[1]}` one type",
        )
        return None
    if kinds == {"date"} and not all(columns.declares(table.decl, end) for end in ends):
        missing = next(end for end in ends if not columns.declares(table.decl, end))
        mark = "?" if missing == ends[1] else ""
        _report(
            program,
            last.targets[0].span,
            decl.name.text,
            "begins versions by the day and ends them by the instant, or the other way round",
            f"give the other end the same type: `{missing} date{mark}`",
        )
        return None
    return 86_400_000_000 if kinds == {"date"} else 1


def _nothing_changes(
    program: Program, table: TableSymbol, decl: tree.HistoryDecl, tracked: tuple[tree.ColumnDecl, ...]
) -> bool:
    if tracked or any(isinstance(m, tree.ErrorMember) for m in table.decl.members):
        return False
    own = [
        m
        for m in table.decl.members
        if isinstance(m, tree.ColumnDecl)
        and m.reference is None
        and m.type is not None
        and m.value is not None
    ]
    remedy = "mark what may differ from version to version: `city string 60% changes = city()`"
    if own and own[0].type is not None:
        remedy = (
            "mark what may differ from version to version: "
            f"{program.line_with(own[0].type.span.at_end(), ' 60% changes')}"
        )
    _report(program, decl.name.span, decl.name.text, "has no column that changes", remedy)
    return True


def _counted_otherwise(program: Program, table: TableSymbol, decl: tree.HistoryDecl) -> bool:
    given = ((table.decl.count, "a row count"), (table.decl.over, "`over`"))
    wrong = next(((node, what) for node, what in given if node is not None), None)
    if wrong is not None:
        _report(
            program,
            wrong[0].span,
            decl.name.text,
            f"has as many rows as `each` says, and {wrong[1]} besides",
            "remove it: `each` alone counts versions",
        )
    return wrong is not None


def _plain_names(program: Program, parent: TableSymbol, table: TableSymbol, decl: tree.HistoryDecl) -> bool:
    """Whether a column is named without the dot that says that it is the parent's."""
    theirs = {n.text for m in parent.decl.members if isinstance(m, tree.ColumnDecl) for n in m.targets}
    own = {n.text for m in table.decl.members if isinstance(m, tree.ColumnDecl) for n in m.targets}
    found = False
    for part in (decl.start, decl.lasting, decl.until):
        for name in plain_names(part):
            if name.text in ("now", "row") or name.text not in theirs | own:
                continue
            found = True
            if name.text in theirs:
                remedy = f"write {program.line_with(name.span, '.' + names.quoted(name.text))}"
            else:
                near = nearest(name.text, theirs)
                remedy = "a column of the parent is written `.name`"
                remedy += f": did you mean `.{near}`?" if near else ""
            _report(
                program,
                name.span,
                decl.name.text,
                f"looks at the rows of `{parent.name}`, and `{name.text}` is a column of a version",
                remedy,
            )
    return found


def _unbounded(program: Program, decl: tree.HistoryDecl, reference: tree.ColumnDecl) -> bool:
    each = _each(reference)
    assert each is not None
    most = _most(each)
    if isinstance(each.count, tree.Range) and each.count.high is None and each.maximum is None:
        why, remedy = (
            "has an `each` without an upper end",
            "say how many versions there are at most: `each 1..5`",
        )
    elif decl.lasting is None:
        return False
    elif most is None:
        why = "has versions that last, and no limit to how many there are"
        remedy = f"give `each` one: {program.line_with(each.span.at_end(), ' max 20')}"
    elif most > MOST:
        why = f"has up to {most} versions that last as long as is drawn for each, and {MOST} is the limit"
        remedy = "without `lasting` versions share the time that there is, and there may be any number"
    else:
        return False
    _report(program, each.span, decl.name.text, why, remedy)
    return True


def _most(each: tree.Each | None) -> int | None:
    """How many children a parent has at most, as far as the text says."""
    if each is None or each.count is None:
        return 1
    most = _highest(each.count)
    if isinstance(each.maximum, tree.Number):
        limit = int(each.maximum.value)
        most = limit if most is None else min(most, limit)
    return most


def _highest(node: tree.Expr) -> int | None:
    match node:
        case tree.Number(value=value) if value == value.to_integral_value():
            return int(value)
        case tree.Range(high=tree.Expr() as high):
            return _highest(high)
        case tree.Choice(arms=arms):
            parts = [_highest(arm.value) for arm in arms]
        case tree.If(then=then, otherwise=otherwise):
            parts = [_highest(then), _highest(otherwise)]
        case tree.Match(arms=cases):
            parts = [_highest(case.value) for case in cases]
        case _:
            return None
    known = [part for part in parts if part is not None]
    return max(known) if len(known) == len(parts) else None


def _taken(program: Program, table: TableSymbol, decl: tree.HistoryDecl) -> bool:
    """Whether a column that the history makes has a value of its own."""
    found = False
    for member in table.decl.members:
        if not isinstance(member, tree.ColumnDecl):
            continue
        for name in member.targets:
            if name.text not in columns.made_names(decl.name.text):
                continue
            if member.value is None and member.reference is None and not member.grouped:
                continue
            found = True
            _report(
                program,
                name.span,
                decl.name.text,
                f"makes the column `{name.text}`, which has a value here",
                "leave the value out, and the column is the history's; or give it another name",
            )
    return found
