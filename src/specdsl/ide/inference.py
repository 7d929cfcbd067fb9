"""The types of columns and paths, as far as the text says them, without checking it.

An editor asks in the middle of a line, when most often nothing compiles. What is written is believed; where
nothing is, the value's outermost form tells. ``None`` stands for what cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from specdsl.check.stored import stored_name
from specdsl.check.type_expressions import BUILT_IN
from specdsl.datatypes import types as t
from specdsl.files import FileProblem, Files
from specdsl.functions.entry import Function
from specdsl.functions.registry import FUNCTIONS
from specdsl.ide.outline import Column, Outline, Table
from specdsl.ide.spelling import spelled, type_text
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins
from specdsl.syntax import tree

_DEEPEST = 24
_LITERALS: dict[type[tree.Expr], t.DataType] = {
    tree.String: t.STRING,
    tree.FString: t.STRING,
    tree.Regex: t.STRING,
    tree.Bool: t.BOOL,
    tree.Date: t.DATE,
    tree.Timestamp: t.TIMESTAMP,
    tree.Time: t.TIME,
    tree.Duration: t.DURATION,
}
_OF_CHILDREN = frozenset({"sum", "min", "max", "first", "last"})


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """What the text says of a column. ``type`` None: cannot be told; ``target``: the table that it refers to;
    ``given``: by the file of a ``from`` table."""

    table: str
    name: str
    type: t.DataType | None
    target: str | None = None
    optional: bool = False
    hidden: bool = False
    key: bool = False
    doc: str = ""
    given: bool = False

    @property
    def type_text(self) -> str:
        """The type as a spec says it, `-> users` for a reference; "" where it cannot be told."""
        mark = "?" if self.optional else ""
        if self.target is not None:
            return f"-> {spelled(self.target)}{mark}"
        return "" if self.type is None else f"{type_text(self.type)}{mark}"


class Types:
    """Types in a program. ``files`` tells the columns of data files."""

    def __init__(self, outline: Outline, files: Files, plugins: Plugins = NO_PLUGINS) -> None:
        self.outline = outline
        self._files = files
        self.plugins = plugins
        self._facts: dict[str, dict[str, ColumnFact]] = {}

    # --- columns -----------------------------------------------------------------------------

    def columns(self, table: str) -> dict[str, ColumnFact]:
        """The columns of a table in the order of the text, those of its file after them; {} for no table."""
        if table not in self._facts:
            facts = self._facts[table] = {}  # what is asked for meanwhile finds the columns so far
            for fact in self._columns(table):
                facts.setdefault(fact.name, fact)
        return self._facts[table]

    def _columns(self, name: str) -> Iterator[ColumnFact]:
        table = self.outline.table(name)
        if table is None:
            return
        for column in table.columns.values():
            yield self._column(table, column)
        source = table.decl.source
        found = self.outline.find(name)
        if source is None or found is None:
            return
        stored = stored_name(table.decl, source)
        for given, kind, nullable in self._file_columns(found.path, source.value, stored):
            if given not in table.columns:
                yield ColumnFact(name, given, kind, optional=nullable, given=True)

    def _file_columns(
        self, mentioned_in: str, written: str, stored: str = ""
    ) -> tuple[tuple[str, t.DataType, bool], ...]:
        try:
            return self._files.data_schema(self._files.resolve(mentioned_in, written), stored).columns
        except FileProblem:
            return ()

    def _column(self, table: Table, column: Column) -> ColumnFact:
        name, decl = column.name.text, column.decl
        if decl is None:
            again = [m for m in table.decl.members if isinstance(m, tree.ColumnDecl) and m.targets[:1]]
            same = next((m for m in again if m.targets[0].text == name), None)
            if same is not None:
                return self._column(table, Column(same.targets[0], same))
            over = table.decl.over
            kind = (
                self.of_value(over.range, table.name)
                if over is not None and over.column == column.name
                else None
            )
            return ColumnFact(table.name, name, kind)
        marks = {type(m) for m in decl.modifiers}
        optional = (column.type is not None and column.type.optional) or (
            decl.reference is not None and decl.reference.optional
        )
        optional |= any(isinstance(m, tree.NullRate) and m.absent for m in decl.modifiers)
        kind = self.of_expression(column.type) if column.type is not None else None
        if column.states is not None:
            kind = t.Enum(column.states.name.text, tuple(m.name.text for m in column.states.members))
        target = None
        if decl.reference is not None:
            target = decl.reference.table.text
            kind = self._key_type(target, column.index)
        elif column.type is None and decl.value is not None:
            kind = self.of_value(decl.value, table.name)
            kind = _part_of(kind, name, column.index) if decl.grouped else kind
        key = name in table.key
        return ColumnFact(
            table.name, name, kind, target, optional, tree.HiddenMark in marks, key, doc=decl.doc
        )

    def _key_type(self, table: str, index: int, depth: int = 0) -> t.DataType | None:
        there = self.outline.table(table)
        if there is None or index >= len(there.key) or depth > _DEEPEST:
            return None
        column = there.columns.get(there.key[index])
        if column is None:
            return None
        if column.reference is not None:
            return self._key_type(column.reference.table.text, column.index, depth + 1)
        if column.type is not None:
            return self.of_expression(column.type)
        return None if column.decl is None else self.of_value(column.decl.value, table, depth + 1)

    # --- types -------------------------------------------------------------------------------

    def named(self, name: str, depth: int = 0) -> t.DataType | None:
        """A type by its name: built in, an enum, or declared."""
        if name in BUILT_IN:
            return BUILT_IN[name]
        found = self.outline.find(name)
        match found.what if found is not None else None:
            case tree.EnumDecl() as decl:
                return t.Enum(name, tuple(m.name.text for m in decl.members))
            case tree.TypeDecl(type=node):
                return self.of_expression(node, depth + 1)
            case _:
                return None

    def of_expression(self, node: tree.TypeExpr, depth: int = 0) -> t.DataType | None:
        """A type as it is written."""
        if depth > _DEEPEST:
            return None
        match node:
            case tree.NamedType(name=tree.Name(text="decimal"), args=args):
                sizes = [
                    int(a.value.value) for a in args if isinstance(a.value, tree.Number) and a.value.is_int
                ]
                return t.Decimal(sizes[0] if sizes else 18, sizes[1] if len(sizes) > 1 else 0)
            case tree.NamedType(name=name):
                return self.named(name.text, depth)
            case tree.ListType(item=item):
                inner = self.of_expression(item, depth + 1)
                return None if inner is None else t.List(inner)
            case tree.JsonType() | tree.VariantType() | tree.TupleType() | tree.MapType():
                return t.JSON
            case tree.StructType(fields=fields):
                return t.Struct(
                    tuple(
                        t.Field(
                            f.name.text,
                            (None if f.type is None else self.of_expression(f.type, depth + 1)) or t.UNKNOWN,
                            absent or (f.type is not None and f.type.optional),
                            absent,
                        )
                        for f in fields
                        for absent in (any(isinstance(m, tree.NullRate) and m.absent for m in f.modifiers),)
                    )
                )
            case _:
                return None

    # --- paths and values ----------------------------------------------------------------------

    def table_of(self, path: tuple[str, ...], table: str) -> str | None:
        """The table whose rows a path leads to: a reference's target, any table by its name."""
        if not path:
            return None
        first, *rest = path
        fact = self.columns(table).get(first)
        at: str | None = fact.target if fact is not None else None
        if fact is None and self.outline.table(first) is not None:
            at = first
        for name in rest:
            if at is None:
                return None
            hop = self.columns(at).get(name)
            at = None if hop is None else hop.target
        return at

    def of_path(self, path: tuple[str, ...], table: str, candidate: str | None = None) -> t.DataType | None:
        """The type of names joined by dots, in a row of ``table``; a path that begins with "" begins in one
        of ``candidate``."""
        if path[:1] == ("",):
            return None if candidate is None else self.of_path(path[1:], candidate)
        if not path:
            return None
        if len(path) == 1:
            fact = self.columns(table).get(path[0])
            if fact is not None:
                return fact.type
            return {"row": t.INT, "now": t.TIMESTAMP}.get(path[0])
        owner = self.table_of(path[:-1], table)
        if owner is not None:
            fact = self.columns(owner).get(path[-1])
            return None if fact is None else fact.type
        found = self.outline.find(path[0])
        if found is not None and len(path) == 2 and path[0] not in self.columns(table):
            if isinstance(found.what, tree.EnumDecl):
                return self.named(path[0])
            if isinstance(found.what, tree.PoolDecl):
                return self.pool_columns(path[0]).get(path[1])
        base = self.of_path(path[:-1], table)
        if isinstance(base, t.Struct):
            return next((f.type for f in base.fields if f.name == path[-1]), None)
        return None

    def pool_columns(self, name: str) -> dict[str, t.DataType]:
        """The columns of a pool's file by name."""
        found = self.outline.find(name)
        if found is None or not isinstance(found.what, tree.PoolDecl):
            return {}
        call = found.what.value
        if (
            not isinstance(call, tree.Call)
            or not call.args
            or not isinstance(call.args[0].value, tree.String)
        ):
            return {}
        columns = self._file_columns(found.path, call.args[0].value.value)
        return {column: kind for column, kind, _ in columns}

    def function(self, name: str) -> Function | None:
        """A function of the language or of a plugin."""
        return FUNCTIONS.get(name) or self.plugins.functions.get(name)

    def of_value(self, node: tree.Expr | None, table: str, depth: int = 0) -> t.DataType | None:
        """The type of an expression, by its outermost form."""
        if node is None or depth > _DEEPEST:
            return None
        if type(node) in _LITERALS:
            return _LITERALS[type(node)]
        deeper = depth + 1
        match node:
            case tree.Number(is_int=is_int):
                return t.INT if is_int else t.FLOAT
            case tree.NameRef(name=name):
                return self.of_path((name.text,), table)
            case tree.Attribute():
                return self.of_path(written_path(node), table)
            case tree.Range(low=low, high=high):
                ends = [self.of_value(low, table, deeper), self.of_value(high, table, deeper)]
                return t.FLOAT if t.FLOAT in ends else next((e for e in ends if e is not None), None)
            case tree.Choice(arms=arms):
                return self._first([a.value for a in arms], table, deeper)
            case tree.If(then=then, otherwise=otherwise):
                return self._first([then, otherwise], table, deeper)
            case tree.Match(arms=arms):
                return self._first([a.value for a in arms], table, deeper)
            case tree.Unary(op=op, operand=operand):
                return t.BOOL if op is tree.UnaryOp.NOT else self.of_value(operand, table, deeper)
            case tree.Binary(op=op, left=left, right=right):
                return self._binary(
                    op, self.of_value(left, table, deeper), self.of_value(right, table, deeper)
                )
            case tree.TupleLiteral(items=items):
                kinds = [self.of_value(i, table, deeper) for i in items]
                return t.Tuple(tuple(k or t.UNKNOWN for k in kinds))
            case tree.ListLiteral(items=items):
                inner = self._first(list(items), table, deeper)
                return None if inner is None else t.List(inner)
            case tree.Call():
                return self._call(node, table, deeper)
            case _:
                return None

    def _first(self, nodes: list[tree.Expr], table: str, depth: int) -> t.DataType | None:
        kinds = (self.of_value(node, table, depth) for node in nodes)
        return next((kind for kind in kinds if kind is not None), None)

    @staticmethod
    def _binary(op: tree.BinaryOp, left: t.DataType | None, right: t.DataType | None) -> t.DataType | None:
        if op.value in ("==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"):
            return t.BOOL
        if op is tree.BinaryOp.DIVIDE and not isinstance(left, t.Duration):
            return t.FLOAT
        if isinstance(left, (t.Timestamp, t.Date)) and left == right:
            return t.DURATION
        for kind in (t.Timestamp, t.Date, t.Time, t.Duration, t.Float, t.Decimal):
            found = next((one for one in (left, right) if isinstance(one, kind)), None)
            if found is not None:
                return found
        return left or right

    def _call(self, node: tree.Call, table: str, depth: int) -> t.DataType | None:
        name = node.function.text
        first = node.args[0].value if node.args else None
        if name in ("exact", "split", "running", "previous", "next", "different") or (
            name in _OF_CHILDREN and isinstance(first, tree.Attribute)
        ):
            return self.of_value(first, table, depth)
        if name == "pick" and len(node.args) > 1:
            kinds = [self.of_value(a.value, table, depth) for a in node.args]
            return t.Tuple(tuple(k or t.UNKNOWN for k in kinds))
        if name == "pick":
            kind = self.of_value(first, table, depth)
            return kind.item if isinstance(kind, t.List) else kind
        function = self.function(name)
        if function is None:
            return None
        if isinstance(function.result, t.DataType):
            return None if function.result == t.UNKNOWN else function.result
        given = self._arguments(node, function, table, depth)
        try:
            return function.result(given)
        except (KeyError, AttributeError, TypeError, ValueError, AssertionError):
            return None  # too few arguments are there yet to tell

    def _arguments(
        self, node: tree.Call, function: Function, table: str, depth: int
    ) -> dict[str, t.DataType]:
        given: dict[str, t.DataType] = {}
        for place, arg in enumerate(node.args):
            parameter = next((p for p in function.parameters if arg.name and p.name == arg.name.text), None)
            if arg.name is None and place < len(function.parameters):
                parameter = function.parameters[place]
            kind = self.of_value(arg.value, table, depth)
            if parameter is not None and kind is not None:
                given[parameter.name] = parameter.accepts.target(kind)
        return given


def _part_of(kind: t.DataType | None, name: str, index: int) -> t.DataType | None:
    """The part of what is drawn together that a column takes: a record's by name, else by place."""
    match kind:
        case t.Struct(fields=fields):
            by_name = next((f.type for f in fields if f.name == name), None)
            return by_name or (fields[index].type if index < len(fields) else None)
        case t.Tuple(items=items) if index < len(items):
            return None if items[index] == t.UNKNOWN else items[index]
        case _:
            return None


def written_path(node: tree.Expr) -> tuple[str, ...]:
    """The names of a path, "" first for one that begins with a dot; () for anything else."""
    match node:
        case tree.NameRef(name=name):
            return (name.text,)
        case tree.CandidateRef(name=name):
            return ("", name.text)
        case tree.Attribute(base=base, name=name):
            before = written_path(base)
            return (*before, name.text) if before else ()
        case _:
            return ()
