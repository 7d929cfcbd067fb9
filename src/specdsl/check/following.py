"""Roll-ups that follow the rows they are over: where batches change rows, those with a roll-up over them are
computed again. Which can be, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from specdsl.check.moving import moves
from specdsl.ir import expr as e
from specdsl.ir.changes import Touched, lifecycle_columns, touched_by_following
from specdsl.ir.model import Column, Dataset, Table, Target
from specdsl.ir.required import RequiredKind, looked_at, looked_at_in, required_of, tied_columns, unique_sets
from specdsl.ir.walk import children, walk_row
from specdsl.records import record

Place = tuple[str, str]
"""A column by table and name; the name "" stands for the rows of the table as such."""

_CONDITIONS = ("check", "in")
_ALONG = (e.Running, e.Neighbour, e.IndexIn)


@record
class Requirement:
    """What must hold for ever in a row of ``table``, or follows from other rows. ``rule``: what it is
    called; ``part``: of which declaration (``check``, ``in``, ``value``, ``each``, "" for none) of what
    ``subject``."""

    table: str
    rule: str
    expr: e.Expr
    part: str
    subject: str


def requirements(table: Table) -> Iterator[Requirement]:
    """All of them of the rows of ``table``."""
    name = table.name
    for required in required_of(table):
        subject = required.subject
        for expr in required.conditions:
            if required.kind is RequiredKind.CHECK:
                yield Requirement(name, f"check `{subject}` of `{name}`", expr, "check", subject)
            elif required.kind is RequiredKind.BOUNDS:
                yield Requirement(name, f"the bounds of `{name}.{subject}`", expr, "in", subject)
    for column in table.columns.values():
        for roll_up in roll_ups_of(table, column):
            rule = f"the roll-up `{name}.{column.name}`"
            yield Requirement(name, rule, roll_up, "value", column.name)
        for node in walk_row(column.value):
            if isinstance(node, e.Split):
                parent = table.references[node.reference].table
                follow = e.Follow(node.amount.type, True, node.reference, parent, node.amount)
                whole = node.amount if isinstance(node.amount, (e.Follow, e.Candidate)) else follow
                yield Requirement(name, f"the shares `{name}.{column.name}`", whole, "value", column.name)
    for target in table.targets:
        for expr in of_target(target):
            yield Requirement(name, f"`{target.name}`", expr, "", target.name)
    for reference in table.references.values():
        if reference.each is not None:
            rule = f"the number of rows of `{name}`"
            yield Requirement(name, rule, reference.each.count, "each", reference.name)


def of_target(target: Target) -> tuple[e.Expr, ...]:
    """What a target looks at besides its column."""
    return target.groups if target.condition is None else (*target.groups, target.condition)


# --- roll-ups --------------------------------------------------------------------------------------


def roll_ups_of(table: Table, column: Column) -> tuple[e.Aggregate, ...]:
    """The roll-ups that a column's value is computed from in its row."""
    values = [column.value]
    values += [table.groups[n.group].value for n in walk_row(column.value) if isinstance(n, e.GroupItem)]
    if column.nulls is not None and column.nulls.when is not None:
        values.append(column.nulls.when)
    return tuple(n for value in values for n in walk_row(value) if isinstance(n, e.Aggregate))


_OF_ROLL_UPS = (
    e.Aggregate,
    e.Candidate,
    e.Const,
    e.Arithmetic,
    e.Unary,
    e.Cast,
    e.Compare,
    e.Logic,
    e.IsNull,
    e.If,
)


def _only_rolls_up(column: Column) -> bool:
    """Whether the value is made of roll-ups and constants. Bounds do not change what is not drawn."""
    nodes = walk_row(column.value)
    return column.nulls is None and all(isinstance(n, _OF_ROLL_UPS) and not moves(n) for n in nodes)


@record
class Read:
    """What a roll-up looks at: columns of the rows that it is over and of those between (``near``), and what
    it comes to from these by way of references or other rows (``far``)."""

    near: frozenset[Place]
    far: frozenset[Place]


def read_by(dataset: Dataset, roll_up: e.Aggregate) -> Read:
    """What ``roll_up`` looks at in other rows."""
    near: set[Place] = set()
    far: set[Place] = set()
    for hop in roll_up.hops:
        near.add((hop.table, ""))
        near |= {(hop.table, c) for c in dataset.tables[hop.table].references[hop.reference].columns}
    for part in (roll_up.value, roll_up.where):
        for candidate in walk_row(part) if part is not None else ():
            if isinstance(candidate, e.Candidate):
                table = dataset.tables[candidate.table]
                for node in walk_row(candidate.body):
                    _read_in(dataset, table, node, near, far)
    return Read(frozenset(near), frozenset(far))


def _read_in(dataset: Dataset, table: Table, node: e.Expr, near: set[Place], far: set[Place]) -> None:
    match node:
        case e.ColumnValue(column=name):
            near.add((table.name, name))
        case e.GroupItem(group=number):
            near |= {(table.name, c) for c in table.groups[number].columns}
        case e.ParentKey(reference=name):
            near |= {(table.name, c) for c in table.references[name].columns}
        case e.Follow(reference=name, table=target, body=body):
            near |= {(table.name, c) for c in table.references[name].columns}
            far |= looked_at_in(body, dataset, dataset.tables[target])
        case e.Running() | e.Neighbour() | e.IndexIn() | e.Aggregate() | e.Split():
            far |= looked_at_in(node, dataset, table)
        case _:
            return


def roll_ups_in(expr: e.Expr) -> tuple[e.Aggregate, ...]:
    """The roll-ups that an expression comes to in its row."""
    return tuple(node for node in walk_row(expr) if isinstance(node, e.Aggregate))


def _besides(expr: e.Expr, dataset: Dataset, table: Table) -> frozenset[Place]:
    """What ``expr`` looks at in other rows, the rows that its roll-ups are over aside."""
    match expr:
        case e.Candidate():
            return frozenset()
        case e.Follow() | e.ColumnValue() | e.IndexIn() | e.Running() | e.Neighbour() | e.RowNumber():
            return looked_at(expr, dataset, table)
        case _:
            return frozenset().union(*(_besides(child, dataset, table) for child in children(expr)))


# --- which follow ----------------------------------------------------------------------------------


@dataclass
class Following:
    """The roll-ups of a dataset, of which those follow that nothing keeps from it."""

    dataset: Dataset

    def __post_init__(self) -> None:
        self._why: dict[Place, str] = {}
        self._columns: dict[str, frozenset[str]] = {}
        self._of_states: dict[str, frozenset[str]] = {}

    @cached_property
    def changing(self) -> bool:
        """Whether later batches change rows at all. Where they do not, roll-ups stay what they are."""
        return any(table.changes for table in self.dataset.tables.values())

    @cached_property
    def roll_ups(self) -> dict[Place, tuple[e.Aggregate, ...]]:
        """All columns with roll-ups."""
        found = {
            (table.name, column.name): roll_ups_of(table, column)
            for table in self.dataset.tables.values()
            if table.query is None
            for column in table.columns.values()
        }
        return {place: nodes for place, nodes in found.items() if nodes}

    @cached_property
    def reads(self) -> dict[Place, tuple[Read, ...]]:
        """What each of them looks at."""
        return {
            place: tuple(read_by(self.dataset, node) for node in nodes)
            for place, nodes in self.roll_ups.items()
        }

    def columns(self, table: str) -> frozenset[str]:
        """The roll-ups of ``table`` that follow."""
        if not self.changing:
            return frozenset()
        found = self._columns.get(table)
        if found is None:
            found = frozenset(c for t, c in self.roll_ups if t == table and not self.why_not(t, c))
            self._columns[table] = found
        return found

    def of_states(self, table: str) -> frozenset[str]:
        """Those that are nothing but roll-ups: the rows that are there say what they are, whatever has made
        them so."""
        found = self._of_states.get(table)
        if found is None:
            columns = self.dataset.tables[table].columns
            found = frozenset(c for c in self.columns(table) if _only_rolls_up(columns[c]))
            self._of_states[table] = found
        return found

    def touched(self, table: str) -> Touched:
        """What is computed again in a row of ``table`` whose roll-ups follow."""
        return touched_by_following(self.dataset.tables[table], self.columns(table))

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The tables with roll-ups that follow, each after those that it is computed from."""
        out: list[str] = []

        def visit(table: str) -> None:
            if table in out or not self.columns(table):
                return
            for column in sorted(self.columns(table)):
                for below in sorted(self._below((table, column)) - {table}):
                    visit(below)
            out.append(table)

        for name in self.dataset.tables:
            visit(name)
        return tuple(out)

    @cached_property
    def over(self) -> frozenset[Place]:
        """References, by table and name, along which roll-ups follow."""
        return frozenset(
            (hop.table, hop.reference)
            for place, nodes in self.roll_ups.items()
            if place[1] in self.columns(place[0])
            for node in nodes
            for hop in node.hops
        )

    def why_not(self, table: str, column: str) -> str:
        """Why a roll-up cannot follow, as a clause; "" where it does."""
        place = table, column
        if place not in self._why:
            self._why[place] = ""
            self._why[place] = next(self._reasons(self.dataset.tables[table], column), "")
        return self._why[place]

    @cached_property
    def _required(self) -> tuple[tuple[Requirement, frozenset[Place]], ...]:
        """What must hold in all tables, and what it looks at in other rows."""
        return tuple(
            (requirement, looked_at(requirement.expr, self.dataset, table))
            for table in self.dataset.tables.values()
            for requirement in requirements(table)
        )

    def broken(self, table: str, changed: frozenset[str]) -> Iterator[tuple[Requirement, str]]:
        """What need not hold of other rows once ``changed`` columns of ``table`` are others, and why, as a
        clause."""
        for requirement, seen in self._required:
            if any((table, column) in seen for column in changed):
                why = self._why_broken(requirement, table, changed)
                if why:
                    yield requirement, why

    def _why_broken(self, requirement: Requirement, table: str, changed: frozenset[str]) -> str:
        """ "" where it is about a roll-up, which follows, or is looked at again."""
        roll_ups = roll_ups_in(requirement.expr)
        own = self.dataset.tables[requirement.table]
        follows = isinstance(requirement.expr, e.Aggregate) and requirement.part == "value"
        if not follows and not (roll_ups and requirement.part in _CONDITIONS):
            return "other rows look at what this changes"
        if any((table, c) in _besides(requirement.expr, self.dataset, own) for c in changed):
            return "other rows look at what this changes"
        reads = (read_by(self.dataset, roll_up) for roll_up in roll_ups)
        far = sorted(c for read in reads for t, c in read.far if t == table and c in changed)
        if far:
            through = (
                "only follows the rows that it is over" if follows else "those rows are not looked at again"
            )
            return f"it comes to `{table}.{far[0]}` by a reference, and {through}"
        if not follows:
            return self.why_not_held(requirement)
        why = self.why_not(requirement.table, requirement.subject)
        return f"`{requirement.table}.{requirement.subject}` cannot follow: {why}" if why else ""

    def why_not_held(self, requirement: Requirement) -> str:
        """Why a check or bounds over roll-ups cannot be looked at again in rows that are there, as a clause;
        "" where they can."""
        if moves(requirement.expr):
            return "it goes by `now`, and would look at old rows with the clock of a later batch"
        if any(isinstance(node, (*_ALONG, e.RowNumber)) for node in walk_row(requirement.expr)):
            return "it goes along rows besides"
        return ""

    @cached_property
    def over_roll_ups(self) -> tuple[Requirement, ...]:
        """The checks and bounds that roll-ups are written in."""
        return tuple(r for r, _ in self._required if r.part in _CONDITIONS and roll_ups_in(r.expr))

    @cached_property
    def held(self) -> tuple[Requirement, ...]:
        """Those that are looked at again in rows that are there, where batches change what they are over."""
        return tuple(r for r in self.over_roll_ups if self.changing and not self.why_not_held(r))

    # --- reasons -------------------------------------------------------------------------------

    def _reasons(self, table: Table, column: str) -> Iterator[str]:
        if not table.key:
            yield f"`{table.name}` has no key to tell its rows by"
            return
        if self._goes_round(table.name, column):
            yield "it is computed from itself, by way of other rows"
            return
        if any(moves(node) for node in self.roll_ups[table.name, column]):
            yield "it goes by `now`, by which every batch could make it another one in all rows"
            return
        parts = touched_by_following(table, {column})
        names = (column, *sorted(parts.columns - {column}))
        for name in names:
            why = self._why_fixed(table, name)
            if why:
                yield why if name == column else f"`{name}` follows from it, and that cannot: {why}"
        if parts.references:
            yield f"`{min(parts.references)}` is chosen by it, and stays what it is"
        for target in table.targets:
            read = {n.column for x in of_target(target) for n in walk_row(x) if isinstance(n, e.ColumnValue)}
            if (read | {target.column}) & parts.columns:
                yield f"`{target.name}` is about all rows together"
        for requirement, why in self.broken(table.name, parts.columns):
            yield f"{requirement.rule} looks at it" + (f", and {why}" if requirement.part == "value" else "")

    def _why_fixed(self, table: Table, name: str) -> str:
        why = why_fixed(table, name, roll_ups=False) or why_varied(table, name, drawn=False)
        if why:
            return why
        if any(name in lifecycle_columns(lifecycle) for lifecycle in table.lifecycles):
            return "it belongs to a lifecycle"
        if name in tied_columns(table):
            return f"it belongs to {tied_columns(table)[name]}"
        if any(name in update.values for update in table.updates):
            return f"an update sets `{name}` to a value of its own, which would be lost"
        return ""

    def _below(self, place: Place) -> set[str]:
        """The tables whose roll-ups one is computed from."""
        return {
            t
            for read in self.reads[place]
            for t, c in read.near | read.far
            if c and c in self._computed.get(t, frozenset())
        }

    @cached_property
    def _computed(self) -> dict[str, frozenset[str]]:
        """By table the columns that are computed from roll-ups."""
        names: dict[str, set[str]] = {}
        for table, column in self.roll_ups:
            names.setdefault(table, set()).add(column)
        return {t: touched_by_following(self.dataset.tables[t], c).columns for t, c in names.items()}

    def _goes_round(self, table: str, column: str) -> bool:
        """Whether a roll-up is computed from roll-ups of its own table."""
        seen: set[str] = set()
        pending = [*self._below((table, column))]
        while pending:
            at = pending.pop()
            if at == table:
                return True
            if at not in seen:
                seen.add(at)
                pending += chain.from_iterable(self._below(p) for p in self.roll_ups if p[0] == at)
        return False


# --- what stays what it is ---------------------------------------------------------------------------


def why_fixed(table: Table, name: str, *, roll_ups: bool = True) -> str:
    """Why a column of a row that is there cannot get another value, as a clause; "" where it can. With
    ``roll_ups`` that it is computed from other rows is a reason."""
    column = table.columns[name]
    if name in table.key:
        return "it is the key" if len(table.key) == 1 else "it is part of the key"
    if any(name in columns for columns in unique_sets(table)) or column.distinct_within is not None:
        return "no two rows may share it, and a new value could be that of another row"
    reference = table.references.get(column.reference or "")
    if reference is not None and reference.each is not None:
        return f"`each` makes the rows of `{table.name}` for their rows of `{reference.table}`"
    values = [column.value]
    values += [table.groups[n.group].value for n in walk_row(column.value) if isinstance(n, e.GroupItem)]
    for node in (n for value in values for n in walk_row(value)):
        match node:
            case e.Aggregate() if roll_ups:
                return "it is computed from rows that refer to this one"
            case e.Split():
                return "it is a share of what the row's parent has"
            case _ if isinstance(node, _ALONG):
                return "it goes along the rows of a group"
            case e.ChoiceDraw(exact=True):
                return "its shares are exact over all rows"
            case e.DimensionValue():
                return "the rows of the table are made for its values"
            case _:
                continue
    return ""


def why_varied(table: Table, name: str, *, drawn: bool) -> str:
    """Why a variant keeps a column from another value, as a clause; "" where none does. ``drawn``: whether it
    would be drawn anew."""
    for variant in table.variants:
        if any(override.column == name for override in variant.overrides):
            return f"in some rows the variant `{variant.name}` decides it"
        if variant.where is not None and any(
            isinstance(node, e.ColumnValue) and node.column == name for node in walk_row(variant.where)
        ):
            return f"the variant `{variant.name}` has its rows by it"
        if drawn and not variant.overrides:
            return f"in some rows the variant `{variant.name}` has it at an edge"
    return ""
