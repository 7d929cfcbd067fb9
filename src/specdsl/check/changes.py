"""What later batches change: which rows and columns, and why some cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from specdsl.check.amounts import rows_of
from specdsl.check.expressions import Typing
from specdsl.check.following import Following, Requirement, of_target, roll_ups_in, why_fixed, why_varied
from specdsl.check.moving import moves
from specdsl.check.operators import condition
from specdsl.check.paths import unknown_column
from specdsl.check.scopes import Origin, Program, Sites, TableSymbol, poison, poisoned
from specdsl.check.shapes import Subject, report_null
from specdsl.check.spans import SpanTable, TableSpans
from specdsl.diagnostics import changes as errors
from specdsl.diagnostics import names
from specdsl.diagnostics.model import Diagnostic, DiagnosticBag
from specdsl.diagnostics.types import SpecialForm
from specdsl.ir import expr as ir
from specdsl.ir.changes import (
    DIRECT,
    Touched,
    deleted_through,
    lifecycle_columns,
    passing_columns,
    touched,
    touched_by_null,
)
from specdsl.ir.model import Dataset, Delete, OnDelete, Reference, Table, UniquePlan, Update
from specdsl.ir.walk import walk_row
from specdsl.source import Span
from specdsl.syntax import tree

Changes = tuple[tuple[Update, ...], tuple[Delete, ...]]

# --- the declarations of one table -----------------------------------------------------------------


def changes_of(program: Program, symbol: TableSymbol, table: Table) -> Changes:
    """What a table declares, as far as it is known what it means; a diagnostic for the rest."""
    updates: list[Update] = []
    deletes: list[Delete] = []
    spans = program.spans.tables[table.name].rules
    for member in symbol.decl.members:
        if not isinstance(member, tree.ChangesDecl):
            continue
        if "changes" in spans:
            program.bag.add(
                names.DuplicateRule(
                    span=Span(member.span.file, member.span.start, member.span.start + len("changes")),
                    what="`changes`",
                    table=table.name,
                    first=spans["changes"],
                    remedy="write all changes into one of them",
                )
            )
            continue
        spans["changes"] = Span(member.span.file, member.span.start, member.span.start + len("changes"))
        for change in member.changes:
            if isinstance(change, tree.DeleteDecl):
                amount = rows_of(program, change.amount, errors.ChangeAmount, of_rows=False)
                where = _where(program, symbol, change.where)
                if amount is not None and (where is None or not poisoned(where)):
                    spans[f"delete:{len(deletes)}"] = change.span
                    deletes.append(Delete(*amount, where))
                continue
            update = (
                _update(program, symbol, table, change)
                if isinstance(change, tree.UpdateDecl)
                else _passing(program, symbol, table, change)
            )
            if update is not None:
                at = _place_of(update, updates)
                spans.setdefault(f"update:{at}", change.span)
                for name in _names(change):
                    spans.setdefault(f"update:{at}:{name.text}", name.span)
                if at < len(updates):
                    columns = tuple(dict.fromkeys((*updates[at].columns, *update.columns)))
                    update = replace(update, columns=columns)
                updates[at : at + 1] = [update]
    return tuple(updates), tuple(deletes)


def _place_of(update: Update, updates: list[Update]) -> int:
    """Where an update comes: lines by which time passes are one, as a row is changed once in a batch."""
    passing = (number for number, known in enumerate(updates) if known.passing)
    return next(passing, len(updates)) if update.passing else len(updates)


def _names(change: tree.UpdateDecl | tree.PassingDecl) -> tuple[tree.Name, ...]:
    return (
        change.columns if isinstance(change, tree.PassingDecl) else tuple(s.column for s in change.settings)
    )


def _known(program: Program, symbol: TableSymbol, listed: tuple[tree.Name, ...]) -> bool:
    seen: dict[str, Span] = {}
    fine = True
    for name in listed:
        if name.text not in symbol.columns:
            fine = False
            if not symbol.nameless:
                program.bag.add(unknown_column(Typing(program, symbol, Sites()), name, symbol))
        elif name.text in seen:
            fine = False
            program.bag.add(
                names.DuplicateMember(
                    span=name.span,
                    written=name.text,
                    what="column",
                    owner="this update",
                    first=seen[name.text],
                )
            )
        seen.setdefault(name.text, name.span)
    return fine


def _passing(program: Program, symbol: TableSymbol, table: Table, decl: tree.PassingDecl) -> Update | None:
    if not _known(program, symbol, decl.columns):
        return None
    for name in decl.columns:
        if not any(moves(table.columns[c]) for c in passing_columns(table, (name.text,))):
            program.bag.add(errors.NothingPasses(span=name.span, column=name.text))
            return None
    return Update(tuple(n.text for n in decl.columns), None, None, passing=True)


def _update(program: Program, symbol: TableSymbol, table: Table, decl: tree.UpdateDecl) -> Update | None:
    amount = rows_of(program, decl.amount, errors.ChangeAmount, of_rows=False)
    where = _where(program, symbol, decl.where)
    if not _known(program, symbol, tuple(s.column for s in decl.settings)):
        return None
    values: dict[str, ir.Expr] = {}
    for setting in decl.settings:
        if setting.value is not None:
            value = _value(program, symbol, table, setting, setting.value)
            if value is None:
                return None
            led = [
                node.reference
                for node in walk_row(value)
                if isinstance(node, (ir.Follow, ir.ParentKey))
                and any(s.column.text in table.references[node.reference].columns for s in decl.settings)
            ]
            if led:
                program.bag.add(
                    errors.FixedColumn(
                        span=setting.value.span,
                        column=setting.column.text,
                        why=f"its value follows `{led[0]}`, which this update sets",
                        remedy="set them in two updates, or leave one of the two out",
                    )
                )
                return None
            values[setting.column.text] = value
    if amount is None or (where is not None and poisoned(where)):
        return None
    return Update(tuple(s.column.text for s in decl.settings), *amount, where, values)


def _where(program: Program, symbol: TableSymbol, node: tree.Expr | None) -> ir.Expr | None:
    if node is None:
        return None
    sites = Sites()
    scope = Typing(program, symbol, sites, root=node, owner="changes", locale=symbol.locale)
    found = condition(scope, node, "`where`")
    if sites.count and not poisoned(found):
        program.bag.add(
            SpecialForm(
                span=node.span,
                function="where",
                why="looks at values that a row has, and this draws new ones",
                remedy="draw it in a column (`hidden` if it is not wanted), and compare that",
            )
        )
        return poison()
    return found


def _value(
    program: Program, symbol: TableSymbol, table: Table, setting: tree.Assignment, node: tree.Expr
) -> ir.Expr | None:
    name = setting.column
    column = table.columns[name.text]
    if column.reference is not None:
        program.bag.add(
            errors.FixedColumn(
                span=node.span,
                column=name.text,
                why="its value is the key of the row that it refers to",
                remedy=f"`set {name.text}` draws another row to refer to",
            )
        )
        return None
    scope = Typing(program, symbol, Sites(), root=node, owner=name.text, locale=symbol.locale)
    value = scope.check(node, column.type, Origin(name.span, f"`{name.text}` is of this type", name.text))
    if poisoned(value):
        return None
    if value.nullable and not column.nullable:
        report_null(scope, f"`{name.text}`", value, node, None, Subject(name.text, name.span, setting.span))
        return None
    return value


# --- the finished program ----------------------------------------------------------------------------


def check_changes(dataset: Dataset, spans: SpanTable, bag: DiagnosticBag) -> bool:
    """Reports changes of a finished program that cannot be made, or after which rules could be broken.
    Whether there are none."""
    following = Following(dataset)
    found = [problem for table in dataset.tables.values() for problem in _problems(following, spans, table)]
    for problem in found:
        bag.add(problem)
    return not found


def _problems(following: Following, spans: SpanTable, table: Table) -> Iterator[Diagnostic]:
    dataset = following.dataset
    own = spans.tables[table.name]
    yield from _delete_actions(table, own)
    through = deleted_through(dataset)
    if table.name in through:
        yield from _deletes(following, spans, table, through[table.name])
        yield from _wholes(spans, table, through[table.name])
        for other in dataset.tables.values():
            yield from _dealt(other, table.name, spans.tables[other.name])
    nulled = tuple(
        r.name
        for r in table.references.values()
        if r.on_delete is OnDelete.SET_NULL and r.table in through and not _why_not_null(table, r, own)[0]
    )
    if not table.key:
        if table.changes:
            yield errors.ChangesWithoutKey(span=own.rules["changes"], table=table.name, how="are changed")
            return
        if table.name in through or nulled:
            reference = nulled[0] if nulled else next(iter(through[table.name]))
            how = "lose a parent that is deleted" if nulled else "are deleted with their parents"
            place = own.columns[reference].part("on delete")
            yield errors.ChangesWithoutKey(span=place, table=table.name, how=how)
            return
    for name in nulled:
        place = own.columns[name].part("on delete")
        parts = touched_by_null(table, (name,))
        what = f"setting `{name}` to null"
        yield from _fixed(following, table, parts, {}, place, what)
        besides = replace(parts, columns=parts.columns - set(table.references[name].columns))
        yield from _of_variants(table, besides, {}, place, what)
        yield from _rules(following, spans, table, parts, place, what)
    for number, update in enumerate(table.updates):
        yield from _of_update(following, spans, table, number, update)


def _of_update(
    following: Following, spans: SpanTable, table: Table, number: int, update: Update
) -> Iterator[Diagnostic]:
    own = spans.tables[table.name]
    places = {n: own.rules[f"update:{number}:{n}"] for n in update.columns}
    parts = touched(table, update)
    if not update.passing:
        problem = (
            _lifecycles(table, parts, places)
            or _undrawn(table, update, places)
            or _only_version(following.dataset, table, update, places)
        )
        if problem is not None:
            yield problem
            return
    first = places[update.columns[0]]
    problems = list(_fixed(following, table, parts, places, first, _listed(update.columns)))
    problems = problems or list(_of_variants(table, parts, places, first, _listed(update.columns)))
    yield from problems
    if not problems:
        what = f"an update of {_listed(update.columns)}"
        yield from _rules(following, spans, table, parts, first, what)


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _lifecycles(table: Table, parts: Touched, places: dict[str, Span]) -> Diagnostic | None:
    for lifecycle in table.lifecycles:
        named = [name for name in places if name in lifecycle_columns(lifecycle)]
        if named:
            return errors.LifecycleSet(
                span=places[named[0]], column=named[0], state=lifecycle.column, through=""
            )
        if lifecycle_columns(lifecycle) & parts.columns:
            name, place = next(iter(places.items()))
            return errors.LifecycleSet(span=place, column=name, state=lifecycle.column, through=name)
    return None


def _undrawn(table: Table, update: Update, places: dict[str, Span]) -> Diagnostic | None:
    """A column that new draws leave as it is."""
    for name in update.columns:
        column = table.columns[name]
        if name in update.values or column.reference is not None or column.nulls is not None:
            continue
        if why_fixed(table, name):
            continue  # no value of its own would help
        values = [column.value]
        values += [table.groups[n.group].value for n in walk_row(column.value) if isinstance(n, ir.GroupItem)]
        if moves(column) or any(getattr(n, "site", None) is not None for v in values for n in walk_row(v)):
            continue
        made_from = sorted({n.column for n in walk_row(column.value) if isinstance(n, ir.ColumnValue)})
        remedy = f"give it its new value: `set {name} = ...`"
        if made_from:
            remedy = f"set what it is made from (`set {', '.join(made_from)}`): it follows by itself"
        return errors.FixedColumn(
            span=places[name],
            column=name,
            why="it is not drawn, so that no new draw changes it",
            remedy=remedy,
        )
    return None


def _only_version(
    dataset: Dataset, table: Table, update: Update, places: dict[str, Span]
) -> Diagnostic | None:
    """A reference to the one version of a row that is valid at a time: there is no other to draw."""
    for reference in table.references.values():
        name = next((c for c in reference.columns if c in places and c not in update.values), None)
        if name is None or not reference.as_of or reference.nulls is not None:
            continue
        where = reference.where
        if where is None or not _names_owner(dataset.tables[reference.table], where):
            continue
        goes_by = sorted({n.column for n in walk_row(where) if isinstance(n, ir.ColumnValue)})
        if set(goes_by) & set(update.columns):
            continue
        return errors.FixedColumn(
            span=places[name],
            column=name,
            why="one version is valid then, so that no new draw changes it",
            remedy=f"set what it goes by (`set {', '.join(goes_by)}`): it follows by itself",
        )
    return None


def _names_owner(versions: Table, where: ir.Expr) -> bool:
    """Whether a condition on versions says whose they are."""
    owners = {history.reference for history in versions.histories}
    columns = {c for name in owners for c in versions.references[name].columns}
    for node in walk_row(where):
        if not isinstance(node, ir.Compare) or node.op is not ir.CompareOp.EQUAL:
            continue
        for side in (node.left, node.right):
            match side:
                case ir.Candidate(body=ir.ColumnValue(column=column)) if column in columns:
                    return True
                case ir.Candidate(body=ir.Follow(reference=name) | ir.ParentKey(reference=name)) if (
                    name in owners
                ):
                    return True
    return False


def _fixed(
    following: Following, table: Table, parts: Touched, places: dict[str, Span], first: Span, what: str
) -> Iterator[Diagnostic]:
    """Parts of a row that stay what they are for ever, or that depend on other rows of their table. Roll-ups
    that follow other rows follow their own, too."""
    follow = following.columns(table.name) - places.keys()
    for name in (*places, *sorted(parts.columns - places.keys())):
        why = why_fixed(table, name, roll_ups=name not in follow)
        if not why:
            continue
        follows = name not in places
        if follows and (table.name, name) in following.roll_ups:
            why = f"it is a roll-up that cannot follow: {following.why_not(table.name, name)}"
        remedy = f"set another column; {what} would change `{name}`, which follows from it"
        if not follows:
            remedy = "set another column" if table.key != (name,) else "a row with another key is another row"
        place = places.get(name, first)
        yield errors.FixedColumn(span=place, column=name, why=why, remedy=remedy)
        return
    for name in sorted(parts.references):
        reference = table.references[name]
        if name in parts.set_references or reference.columns[0] in places:
            continue
        why = why_fixed(table, reference.columns[0])
        if why:
            remedy = f"set another column; {what} would change it"
            yield errors.FixedColumn(span=first, column=name, why=why, remedy=remedy)
            return


def _of_variants(
    table: Table, parts: Touched, places: dict[str, Span], first: Span, what: str
) -> Iterator[Diagnostic]:
    """Parts of a row that a variant decides or goes by: drawn anew, they would be those of any other row."""
    for name in (*places, *sorted(parts.columns - places.keys())):
        why = why_varied(table, name, drawn=name in parts.set_columns)
        if why:
            remedy = "set another column, or leave one of the two out"
            if name not in places:
                remedy = f"{what} would change `{name}`, which follows from it: leave one of the two out"
            yield errors.FixedColumn(span=places.get(name, first), column=name, why=why, remedy=remedy)
            return


def _read(table: Table, *expressions: ir.Expr) -> set[str]:
    """The columns of a row that ``expressions`` read."""
    return {node.column for x in expressions for node in walk_row(x) if isinstance(node, ir.ColumnValue)}


def _rules(
    following: Following, spans: SpanTable, table: Table, parts: Touched, place: Span, what: str
) -> Iterator[Diagnostic]:
    """Rules of other rows that look at what changes, and what rows come to together."""
    for number, target in enumerate(table.targets):
        read = _read(table, *of_target(target)) | {target.column}
        if read & parts.columns:
            at = spans.tables[table.name].rules[f"target:{number}"]
            remedy = "set a column that the target does not look at, or leave one of the two out"
            yield errors.RuleBrokenByChange(
                span=place, change=what, rule=f"`{target.name}`", place=at, remedy=remedy, why=TOGETHER
            )
            return
    for required, why in following.broken(table.name, parts.columns):
        yield errors.RuleBrokenByChange(
            span=place,
            change=what,
            rule=required.rule,
            place=_place(required, spans.tables[required.table]),
            remedy=f"set a column that {required.rule} does not look at, or leave one of the two out",
            why=why,
        )
        return


def _place(requirement: Requirement, spans: TableSpans) -> Span | None:
    """Where the text says it."""
    name = requirement.subject
    if requirement.part == "check":
        return spans.rules.get(name)
    if requirement.part == "" or name not in spans.columns:
        return None
    return (
        spans.columns[name].value
        if requirement.part == "value"
        else spans.columns[name].part(requirement.part)
    )


TOGETHER = "it is about all rows together"


def _wholes(spans: SpanTable, table: Table, ways: frozenset[str]) -> Iterator[Diagnostic]:
    """What rows are together, and would not be without those that are deleted: what a target asks for, and
    the versions of a history, which go with the row that it is of, all or none."""
    own = spans.tables[table.name]

    def problem(way: str, rule: str, at: Span | None, remedy: str) -> Diagnostic:
        place = own.rules["delete:0"] if way == DIRECT else own.columns[way].part("on delete")
        change = f"deleting rows of `{table.name}`"
        return errors.RuleBrokenByChange(
            span=place, change=change, rule=rule, place=at, remedy=remedy, why=TOGETHER
        )

    for target in table.targets[:1]:
        yield problem(
            min(ways),
            f"`{target.name}`",
            own.rules["target:0"],
            "leave out the target, or what deletes its rows",
        )
    of = [(h.name, h.reference) for h in table.histories] + [(r.name, r.reference) for r in table.records]
    for name, reference in of:
        missed = ways - {reference}
        if missed:
            parent = table.references[reference].table
            at = own.columns[reference].name if reference in own.columns else None
            remedy = f"delete rows of `{parent}`, with `on delete cascade` at `{reference}`"
            if any(r.reference == reference for r in table.records):
                remedy = "leave the deletion out"
            yield problem(min(missed), f"the history `{name}`", at, remedy)
            return


def _deletes(
    following: Following, spans: SpanTable, table: Table, ways: frozenset[str]
) -> Iterator[Diagnostic]:
    """Roll-ups, and checks over roll-ups, that would miss rows that are deleted without the row that has
    them."""
    own = spans.tables[table.name]
    for owner, rule, why, place, roll_ups in (*_stuck(following, spans), *_unheld(following, spans)):
        for hop in (hop for node in roll_ups for hop in node.hops):
            missed = ways - {hop.reference} if hop.table == table.name else frozenset[str]()
            if missed:
                way = min(missed)
                at = own.rules["delete:0"] if way == DIRECT else own.columns[way].part("on delete")
                what = "roll-up" if rule.startswith("the roll-up") else "rule"
                remedy = f"delete rows of `{owner}`, with `on delete cascade` at "
                remedy += f"`{table.name}.{hop.reference}`, or leave the {what} out"
                if owner == table.name:
                    remedy = f"leave the {what} out, or the deletion"
                yield errors.RuleBrokenByChange(
                    span=at,
                    change=f"deleting rows of `{table.name}`",
                    rule=rule,
                    place=place,
                    remedy=remedy,
                    why=why,
                )
                return


_OverRows = tuple[str, str, str, Span | None, tuple[ir.Aggregate, ...]]
"""A table, what is called so in it, why it does not go by changes, where it says so, and its roll-ups."""


def _stuck(following: Following, spans: SpanTable) -> Iterator[_OverRows]:
    for (owner, column), roll_ups in following.roll_ups.items():
        why = following.why_not(owner, column)
        if why:
            place = spans.tables[owner].columns[column].value
            why = f"`{owner}.{column}` cannot follow: {why}"
            yield owner, f"the roll-up `{owner}.{column}`", why, place, roll_ups


def _unheld(following: Following, spans: SpanTable) -> Iterator[_OverRows]:
    for required in following.over_roll_ups:
        why = following.why_not_held(required)
        if why:
            place = _place(required, spans.tables[required.table])
            yield required.table, required.rule, why, place, roll_ups_in(required.expr)


def _dealt(table: Table, parent: str, spans: TableSpans) -> Iterator[Diagnostic]:
    """References that deal out rows which may be deleted."""
    joint = {c for u in table.uniques if u.plan is UniquePlan.JOINT for c in u.columns}
    for reference in table.references.values():
        if reference.table != parent or reference.each is not None:
            continue
        if reference.unique or joint & set(reference.columns):
            place = spans.columns[reference.name].part("unique", "key", "reference")
            yield errors.DealtParent(span=place, reference=f"{table.name}.{reference.name}", parent=parent)


def _delete_actions(table: Table, spans: TableSpans) -> Iterator[Diagnostic]:
    for reference in table.references.values():
        if reference.on_delete is OnDelete.SET_NULL:
            why, remedy, at = _why_not_null(table, reference, spans)
            if why:
                yield errors.DeleteAction(
                    span=spans.columns[reference.name].part("on delete"),
                    reference=reference.name,
                    action="set null",
                    why=why,
                    remedy=remedy,
                    insert_at=at,
                )


def _why_not_null(table: Table, reference: Reference, spans: TableSpans) -> tuple[str, str, Span | None]:
    if set(reference.columns) & set(table.key):
        return "a key is never null", "`on delete cascade` deletes the row with its parent", None
    if reference.each is not None:
        return f"`each` makes the row for its row of `{reference.table}`", "`on delete cascade`", None
    if not reference.nullable:
        at = spans.columns[reference.name].part("reference").at_end()
        return "it may not be null", f"`-> {reference.table}?` may be", at
    return "", "", None
