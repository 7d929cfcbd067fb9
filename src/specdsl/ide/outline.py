"""What the sections of a program declare, read from their trees; each section's text is parsed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from specdsl.check.events import event_columns
from specdsl.check.history_columns import made_docs
from specdsl.check.lifecycle_columns import added_column, states_of, time_columns, time_doc
from specdsl.check.recorded_histories import record_columns
from specdsl.ide.kept import kept
from specdsl.ide.program import Program
from specdsl.source import SourceFile
from specdsl.syntax import tree
from specdsl.syntax.parser import Parsed, parse


@kept
def parsed(text: str) -> Parsed:
    """The tree of a section's text; places count from its start."""
    return parse(SourceFile("", text))


@dataclass(frozen=True, slots=True)
class Column:
    """A column as written. ``decl`` is None for the column after `over` and for what a file gives;
    ``index``: its place in a group. ``states``: the enum that a lifecycle made for it."""

    name: tree.Name
    decl: tree.ColumnDecl | None = None
    index: int = 0
    states: tree.EnumDecl | None = None

    @property
    def reference(self) -> tree.RefClause | None:
        return None if self.decl is None else self.decl.reference

    @property
    def type(self) -> tree.TypeExpr | None:
        """The type that is written for it."""
        if self.decl is None:
            return None
        return self.decl.target_types[self.index] if self.decl.grouped else self.decl.type


@dataclass(frozen=True)
class Table:
    """A table as written. ``events``: the columns that it has as the table of a lifecycle's events."""

    decl: tree.TableDecl
    events: tuple[Column, ...] = ()

    @property
    def name(self) -> str:
        return self.decl.name.text

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        found: dict[str, Column] = {}
        if self.decl.over is not None:
            found[self.decl.over.column.text] = Column(self.decl.over.column)
        for member in self.decl.members:
            if isinstance(member, tree.ErrorMember) and member.name is not None:
                found.setdefault(member.name.text, Column(member.name))
            if isinstance(member, tree.ColumnDecl):
                for index, name in enumerate(member.targets):
                    found.setdefault(name.text, Column(name, member, index))
            if isinstance(member, tree.LifecycleDecl):
                for column in _of_lifecycle(self.decl, member):
                    found.setdefault(column.name.text, column)
            if isinstance(member, tree.HistoryDecl):
                for column in _of_history(member):
                    found.setdefault(column.name.text, column)
        for column in self.events:
            found.setdefault(column.name.text, column)
        return found

    @property
    def lifecycles(self) -> Mapping[str, tree.LifecycleDecl]:
        """The lifecycles by the column that has the state."""
        return {m.name.text: m for m in self.decl.members if isinstance(m, tree.LifecycleDecl)}

    @property
    def histories(self) -> Mapping[str, tree.HistoryDecl]:
        """The histories by the name of their axis."""
        return {m.name.text: m for m in self.decl.members if isinstance(m, tree.HistoryDecl)}

    @property
    def counted(self) -> tree.ColumnDecl | None:
        """The reference whose `each` makes the rows."""
        for member in self.decl.members:
            if not isinstance(member, tree.ColumnDecl) or member.reference is None:
                continue
            if any(isinstance(m, tree.Each) for m in member.modifiers):
                return member
        return None

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The names of the key's columns, () where there is none."""
        for member in self.decl.members:
            if isinstance(member, tree.KeyDecl):
                return tuple(name.text for name in member.columns)
            if isinstance(member, tree.ColumnDecl) and any(
                isinstance(m, tree.KeyMark) for m in member.modifiers
            ):
                return tuple(name.text for name in member.targets)
        if self.histories and self.counted is not None:
            return (*(name.text for name in self.counted.targets), "version")
        return ()

    @property
    def is_given(self) -> bool:
        """Whether a file or a query gives it columns that are not written."""
        return self.decl.source is not None or self.decl.query is not None


def made_enum(table: tree.TableDecl, decl: tree.LifecycleDecl) -> tree.EnumDecl | None:
    """The enum of a lifecycle's states, None where it names one."""
    if decl.type is not None:
        return None
    members = tuple(tree.EnumMember(node.span, node, None) for node in states_of(decl).values())
    return tree.EnumDecl(decl.span, tree.Name(decl.name.span, f"{table.name.text}.{decl.name.text}"), members)


def _of_lifecycle(table: tree.TableDecl, decl: tree.LifecycleDecl) -> Iterator[Column]:
    """The columns that a lifecycle gives its table, those that nobody sees aside."""
    status = replace(added_column(decl.name, None, None, doc=decl.doc), type=decl.type)
    yield Column(decl.name, status, states=made_enum(table, decl))
    first = decl.states[0].name.text if decl.states else ""
    for state, name in time_columns(decl).items():
        if state != first:
            made = added_column(name, "timestamp", None, optional=True, doc=time_doc(decl, state))
            yield Column(name, made)


def _of_history(decl: tree.HistoryDecl) -> Iterator[Column]:
    """The columns that a history gives its table."""
    for name, doc in made_docs(decl.name.text).items():
        kind = {"version": "int", "is_current": "bool"}.get(name, "timestamp")
        optional = name.endswith("_to")
        made = added_column(tree.Name(decl.name.span, name), kind, None, optional=optional, doc=doc)
        yield Column(made.targets[0], made)


def _with_records(table: Table, source: Table, history: tree.HistoryDecl) -> Table:
    """A table of what was known of versions, with the columns that it has from the history of ``source``."""
    events = table.decl.events
    recorded = next((m for m in table.decl.members if isinstance(m, tree.RecordedDecl)), None)
    assert events is not None
    found: list[Column] = []
    clause = tree.RefClause(events.table.span, events.table, False)
    for name in source.key:
        key = added_column(tree.Name(events.span, name), None, None)
        found.append(Column(key.targets[0], replace(key, reference=clause)))
    whose = source.counted.targets if source.counted is not None else ()
    for own in (name for name in whose if name.text not in source.key):
        kept_ = tree.Name(events.span, own.text)
        found.append(Column(kept_, replace(added_column(kept_, None, None), reference=clause)))
    known = recorded.name.text if recorded is not None else "system"
    span = recorded.name.span if recorded is not None else events.span
    for name, (kind, doc) in record_columns(history.name.text, known).items():
        optional = kind.endswith("?")
        made = added_column(tree.Name(span, name), kind.rstrip("?"), None, optional=optional, doc=doc)
        ends = source.columns.get(name)
        written = made if ends is None or ends.type is None else replace(made, type=ends.type)
        found.append(Column(written.targets[0], written))
    for member in source.decl.members:
        if isinstance(member, tree.ColumnDecl) and any(isinstance(m, tree.Changes) for m in member.modifiers):
            for index, target in enumerate(member.targets):
                told = tree.Name(events.span, target.text)
                again = added_column(told, None, None, doc=member.doc)
                own_type = member.target_types[index] if member.grouped else member.type
                found.append(Column(told, replace(again, type=own_type)))
    return Table(table.decl, tuple(found))


def with_events(table: Table, source: Table | None) -> Table:
    """A table of events with the columns that it has from the lifecycle of ``source``, or of records with
    those that it has from its history."""
    events = table.decl.events
    if source is not None and events is not None and events.column.text in source.histories:
        return _with_records(table, source, source.histories[events.column.text])
    decl = None if source is None or events is None else source.lifecycles.get(events.column.text)
    if events is None or source is None or decl is None:
        return table
    states = made_enum(source.decl, decl)
    made = event_columns(table.decl, events, source.key)
    found = []
    for column in made:
        of_state = column.type is None and column.reference is None
        written = replace(column, type=decl.type) if of_state else column
        found += [Column(name, written, states=states if of_state else None) for name in column.targets]
    return Table(table.decl, tuple(found))


Declared = tree.EnumDecl | tree.TypeDecl | tree.PoolDecl | Table


@dataclass(frozen=True, slots=True)
class Found:
    """A declaration, the number of its section and the path of its file."""

    what: Declared
    number: int
    path: str


class Outline:
    """The declarations of a program, looked up by name; sections are parsed when they are asked for."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._found: dict[str, Found | None] = {}

    def find(self, name: str) -> Found | None:
        """The declaration of a name: table, enum, type or pool."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Found | None:
        for number in self.program.names.declared.get(name, ()):
            what = declarations(self.program.sections[number].text).get(name)
            if isinstance(what, Table) and what.decl.events is not None:
                source = what.decl.events.table.text
                what = with_events(what, self.table(source) if source != name else None)
            if what is not None:
                return Found(what, number, self.program.paths[number])
        return None

    def texts(self, name: str) -> tuple[tuple[str, str], ...]:
        """The files and texts of the sections that declare a name."""
        program = self.program
        numbers = program.names.declared.get(name, ())
        return tuple((program.paths[n], program.sections[n].text) for n in numbers)

    def table(self, name: str) -> Table | None:
        """The table of that name."""
        found = self.find(name)
        return found.what if found is not None and isinstance(found.what, Table) else None

    def tables(self) -> list[Table]:
        """All tables, in the order of the text."""
        found = []
        for one in self.program.sections:
            if one.kind == "table":
                tables = (what for what in declarations(one.text).values() if isinstance(what, Table))
                found += [self.table(what.name) or what if what.decl.events else what for what in tables]
        return found


@kept
def declarations(text: str) -> Mapping[str, Declared]:
    """What a section's text declares, by name."""
    found: dict[str, Declared] = {}
    for item in parsed(text).tree.items:
        match item:
            case tree.TableDecl():
                found.setdefault(item.name.text, Table(item))
            case tree.EnumDecl() | tree.TypeDecl() | tree.PoolDecl():
                found.setdefault(item.name.text, item)
    return found
