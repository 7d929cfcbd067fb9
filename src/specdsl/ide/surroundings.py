"""A place in a document with what can be told of the program around it: what the features work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from specdsl.datatypes import types as t
from specdsl.files import Files
from specdsl.functions.entry import Function
from specdsl.functions.registry import FUNCTIONS
from specdsl.ide.bindings import outline_of
from specdsl.ide.context import Context, context_at
from specdsl.ide.document import Document
from specdsl.ide.inference import ColumnFact, Types
from specdsl.ide.outline import Outline, Table
from specdsl.ide.program import Program
from specdsl.ide.workspace import Workspace
from specdsl.plugins.catalogue import Plugins
from specdsl.source import Span
from specdsl.syntax import tree

_types: WeakKeyDictionary[Workspace, dict[str, Types]] = WeakKeyDictionary()
"""What is known of the types of the latest program of each document. None of it refers to the workspace, or
neither would ever be let go."""


def types_of(workspace: Workspace, path: str) -> Types:
    """The types in the program of a document."""
    outline = outline_of(workspace, path)
    of_paths = _types.setdefault(workspace, {})
    known = of_paths.get(path)
    if known is None or known.outline is not outline or known.plugins is not workspace.plugins:
        known = of_paths[path] = Types(outline, workspace.beneath(path), workspace.plugins)
    return known


@dataclass(frozen=True)
class Surroundings:
    """The cursor's context, the program's declarations and their types."""

    workspace: Workspace
    document: Document
    offset: int
    context: Context

    @classmethod
    def at(cls, workspace: Workspace, path: str, offset: int) -> Surroundings:
        document = workspace.document(path)
        offset = max(0, min(offset, len(document.text)))
        return cls(workspace, document, offset, context_at(document, offset))

    @cached_property
    def program(self) -> Program:
        return self.workspace.program(self.document.path)

    @cached_property
    def files(self) -> Files:
        return self.workspace.files(self.document.path)

    @property
    def plugins(self) -> Plugins:
        return self.workspace.plugins

    @cached_property
    def outline(self) -> Outline:
        return outline_of(self.workspace, self.document.path)

    @cached_property
    def types(self) -> Types:
        return types_of(self.workspace, self.document.path)

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """All functions that a spec may call."""
        return {**FUNCTIONS, **self.plugins.functions} if self.plugins.functions else FUNCTIONS

    # --- names -------------------------------------------------------------------------------

    def declared(self, *kinds: str) -> list[str]:
        """The names that sections of those kinds declare, in the order of the text."""
        return list(dict.fromkeys(s.name for s in self.program.sections if s.kind in kinds and s.name))

    @property
    def table(self) -> str:
        """The table that the cursor is in, "" for none."""
        return self.context.owner if self.context.kind == "table" else ""

    @cached_property
    def columns(self) -> dict[str, ColumnFact]:
        """The columns of the table that the cursor is in."""
        return self.types.columns(self.table) if self.table else {}

    @property
    def candidate(self) -> str | None:
        """The table of which `.name` is a column here."""
        return self.context.candidate[1] if len(self.context.candidate) == 2 else None

    def children(self, table: str) -> list[str]:
        """The tables that refer to a table."""
        found = [s.name for s in self.program.sections if s.kind == "table" and table in s.targets]
        return list(dict.fromkeys(found))

    # --- types -------------------------------------------------------------------------------

    @cached_property
    def expected(self) -> t.DataType | None:
        """The type of the value that the place asks for, None where any will do or it cannot be told."""
        expected = self.context.expected
        if self.context.part and expected.kind == "column" and self.context.call is None:
            return self._part_type()
        match expected.kind:
            case "condition":
                return t.BOOL
            case "number" | "count":
                return t.INT
            case "path":
                return self.types.of_path(expected.names, self.table, self.candidate)
            case "set":
                return self._bounded(expected.names)
            case "column":
                return self._column_type(expected.names[0])
            case "parameter":
                return self._parameter_type()
            case _:
                return None

    def _bounded(self, names: tuple[str, ...]) -> t.DataType | None:
        """The type of what stands before `in`: a path, or the type itself."""
        if not names:
            return t.Decimal(18, 2) if "decimal" in self.context.texts else None  # decimal(10, 2) in
        kind = self.types.of_path(names, self.table, self.candidate)
        return kind if kind is not None or len(names) > 1 else self.types.named(names[0])

    def _part_type(self) -> t.DataType | None:
        """The type that a field, an element or an alternative is written with, before its ``=``."""
        words, texts = self.context.words, self.context.texts
        if "EQUAL" not in words:
            return None
        at = 1 if words[0] in ("PERCENT", "SPREAD") else 0
        if words[at : at + 2] == ("NAME", "NAME"):
            at += 1
        named = self.types.named(texts[at])
        return t.Decimal(18, 2) if named is None and texts[at] == "decimal" else named

    def _column_type(self, name: str) -> t.DataType | None:
        if self.context.kind == "type":
            return self.types.named(self.context.owner)
        decl = next(
            (
                m
                for m in (self.own_table.decl.members if self.own_table is not None else ())
                if isinstance(m, tree.ColumnDecl) and any(n.text == name for n in m.targets)
            ),
            None,
        )
        if decl is None or decl.type is None:
            return None
        kind = self.types.of_expression(decl.type)
        return kind.item if isinstance(kind, t.List) else kind  # `list<int>[3] = 1..6` draws each element

    @property
    def own_table(self) -> Table | None:
        return self.outline.table(self.table) if self.table else None

    def _parameter_type(self) -> t.DataType | None:
        call = self.context.expected.call
        function = self.functions.get(call.function) if call is not None else None
        if call is None or function is None or not function.parameters:
            return None
        parameter = next((p for p in function.parameters if p.name == call.parameter), None)
        if parameter is None and call.parameter is None:
            parameter = function.parameters[min(call.index, len(function.parameters) - 1)]
        becomes = None if parameter is None else parameter.accepts.becomes
        if isinstance(becomes, t.DataType):
            return becomes
        name = "" if parameter is None else parameter.accepts.name
        return {"number": t.FLOAT, "bool": t.BOOL, "duration": t.DURATION}.get(name)

    def known_values(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The values that a path can have, as a spec writes them: members of an enum, true and false, the
        texts that a column chooses from."""
        kind = self.types.of_path(path, self.table, self.candidate)
        if isinstance(kind, t.Enum):
            return kind.members
        if isinstance(kind, t.Bool):
            return ("true", "false")
        if not path or path == ("",):
            return ()
        owner: str | None = self.table
        if path[0] == "":
            owner, path = self.candidate, path[1:]
        if len(path) > 1 and owner is not None:
            owner = self.types.table_of(path[:-1], owner)
        table = None if owner is None else self.outline.table(owner)
        column = None if table is None else table.columns.get(path[-1])
        return () if column is None or column.decl is None else _texts(column.decl.value, column.index)

    def span_of(self, start: int, end: int) -> Span:
        """A place in the document."""
        return Span(self.document.path, start, end)


def _texts(node: tree.Expr | None, index: int, depth: int = 0) -> tuple[str, ...]:
    """The texts that an expression chooses from, in quotes."""
    if depth > 8:
        return ()
    match node:
        case tree.String(value=value) if '"' not in value and "\\" not in value and "\n" not in value:
            return (f'"{value}"',)
        case tree.TupleLiteral(items=items) if index < len(items):
            return _texts(items[index], 0, depth + 1)
        case tree.Choice(arms=arms):
            found = [_texts(a.value, index, depth + 1) for a in arms]
        case tree.Match(arms=arms):
            found = [_texts(a.value, index, depth + 1) for a in arms]
        case tree.If(then=then, otherwise=otherwise):
            found = [_texts(then, index, depth + 1), _texts(otherwise, index, depth + 1)]
        case tree.ListLiteral(items=items):
            found = [_texts(i, index, depth + 1) for i in items]
        case tree.Call(function=function, args=args) if function.text in ("pick", "exact", "coalesce"):
            found = [_texts(a.value, index, depth + 1) for a in args]
        case tree.MapLiteral(entries=entries):
            found = [_texts(e.key, index, depth + 1) for e in entries]
        case _:
            return ()
    return tuple(dict.fromkeys(text for texts in found for text in texts))
