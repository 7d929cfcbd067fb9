"""The names in expressions: columns, paths through references, members of enums, functions."""

from __future__ import annotations

from collections.abc import Sequence

from specdsl.check.type_expressions import TYPE_NAMES
from specdsl.datatypes.types import Struct
from specdsl.functions.entry import Function
from specdsl.functions.registry import FUNCTIONS
from specdsl.ide.meanings import DEEPEST, UNKNOWN, Meaning, of_field, of_type, reference_of
from specdsl.ide.naming import Binding, Symbol, SymbolKind
from specdsl.ide.outline import Found, Outline, Table
from specdsl.ir.expr import AggregateFunction
from specdsl.plugins.catalogue import Plugins
from specdsl.syntax import tree

_AGGREGATES = frozenset(one.value for one in AggregateFunction)
_KINDS = {
    tree.EnumDecl: SymbolKind.ENUM,
    tree.TypeDecl: SymbolKind.TYPE,
    tree.PoolDecl: SymbolKind.POOL,
    Table: SymbolKind.TABLE,
}


class ExpressionNames:
    """Notes what names mean. ``table``: whose row is at hand; ``candidate``: whose row ``.name`` means."""

    def __init__(self, outline: Outline, path: str, plugins: Plugins) -> None:
        self.outline = outline
        self.path = path
        self.plugins = plugins
        self.found: list[Binding] = []
        self.table: Table | None = None
        self.candidate: Table | None = None
        self._silent = 0
        self._depth = 0

    # --- names -------------------------------------------------------------------------------

    def bind(self, name: tree.Name, symbol: Symbol, *, is_reference: bool = False) -> None:
        """A name in the text means ``symbol``."""
        if not self._silent and not name.span.empty:
            self.found.append(Binding(name.span, symbol, is_reference=is_reference))

    def declare(
        self,
        name: tree.Name,
        kind: SymbolKind,
        owner: str = "",
        *,
        is_reference: bool = False,
        takes: Symbol | None = None,
    ) -> None:
        """A name in the text declares something of this file."""
        if not self._silent and not name.span.empty:
            symbol = Symbol(kind, name.text, owner, self.path)
            self.found.append(Binding(name.span, symbol, True, is_reference, takes))

    def _bind_found(self, name: tree.Name, found: Found) -> None:
        self.bind(name, Symbol(_KINDS[type(found.what)], name.text, "", found.path))

    def table_name(self, name: tree.Name) -> None:
        found = self.outline.find(name.text)
        if found is not None and isinstance(found.what, Table):
            self._bind_found(name, found)

    def type_name(self, name: tree.Name) -> None:
        """The name of a type."""
        if name.text in TYPE_NAMES:
            self.bind(name, Symbol(SymbolKind.BUILT_IN_TYPE, name.text))
            return
        found = self.outline.find(name.text)
        if found is not None and isinstance(found.what, tree.EnumDecl | tree.TypeDecl):
            self._bind_found(name, found)

    def function(self, name: tree.Name) -> Function | None:
        """The name of a function."""
        function = FUNCTIONS.get(name.text) or self.plugins.functions.get(name.text)
        if function is None:
            function = next((f for f in FUNCTIONS.values() if name.text in f.aliases), None)
        if function is not None:
            self.bind(name, Symbol(SymbolKind.FUNCTION, function.name))
        return function

    def column(self, table: Table, name: tree.Name) -> bool:
        """The name of a column of ``table``, or of what its file or query gives; whether there is one."""
        found = self.outline.find(table.name)
        path = found.path if found is not None and found.what == table else self.path
        column = table.columns.get(name.text)
        if column is not None:
            symbol = Symbol(SymbolKind.COLUMN, name.text, table.name, path)
            self.bind(name, symbol, is_reference=column.reference is not None)
            return True
        if table.is_given:
            self.bind(name, Symbol(SymbolKind.GIVEN, name.text, table.name, path))
        return table.is_given

    # --- columns -----------------------------------------------------------------------------

    def expected(self, table: Table, decl: tree.ColumnDecl) -> Meaning:
        """What a column's value should be, from its written type."""
        if decl.grouped:
            return Meaning(items=tuple(self.of_column(table, name.text, False) for name in decl.targets))
        return self.of_column(table, decl.targets[0].text, False).item if decl.targets else UNKNOWN

    def of_column(self, table: Table, name: str, look_at_value: bool = True) -> Meaning:
        """What the values of a column are."""
        column = table.columns.get(name)
        if column is None or self._depth > DEEPEST:
            return UNKNOWN
        self._depth += 1
        try:
            target = reference_of(self.outline, table, name)
            if target is not None:
                key = target.key
                return self.of_column(target, key[column.index]) if column.index < len(key) else UNKNOWN
            found = self.outline.find(table.name)
            path = found.path if found is not None else self.path
            if column.states is not None:
                return Meaning(enum=Found(column.states, found.number if found is not None else 0, path))
            if column.type is not None:
                return of_type(self.outline, column.type, f"{table.name}.{name}", path)
            if column.decl is None or column.decl.value is None or not look_at_value:
                return UNKNOWN
            return self._of_value(table, column.decl, column.index)
        finally:
            self._depth -= 1

    def _of_value(self, table: Table, decl: tree.ColumnDecl, index: int) -> Meaning:
        """What a column without a type is, from its value."""
        outside = self.table, self.candidate
        self.table, self.candidate = table, None
        self._silent += 1
        assert decl.value is not None
        try:
            value = self.infer(decl.value, UNKNOWN)
        finally:
            self._silent -= 1
            self.table, self.candidate = outside
        if not decl.grouped:
            return value
        return value.items[index] if not value.is_list and index < len(value.items) else UNKNOWN

    def record_of(self, node: tree.Expr) -> Meaning:
        """What a value is, when it has fields; UNKNOWN for tuples and all others."""
        self._silent += 1
        try:
            value = self.infer(node, UNKNOWN)
        finally:
            self._silent -= 1
        return value if value.fields or value.function or value.pool is not None else UNKNOWN

    # --- expressions -------------------------------------------------------------------------

    def beside(self, candidate: Table | None, node: tree.Expr) -> None:
        """An expression in which ``.name`` is a column of ``candidate``."""
        outside, self.candidate = self.candidate, candidate
        self.infer(node, UNKNOWN)
        self.candidate = outside

    def infer(self, node: tree.Expr, hint: Meaning) -> Meaning:
        """Notes the names in an expression; what its values are. ``hint``: what they are hoped to be."""
        match node:
            case tree.NameRef():
                return self._plain(node, hint)
            case tree.String(value=text):
                symbol = hint.item.member(text)
                if symbol is not None:
                    self.bind(tree.Name(node.span, text), symbol)
                    return hint.item
            case tree.Attribute():
                return self._path(node)
            case tree.CandidateRef(name=name):
                return self._walk(self.candidate, [name])
            case tree.Binary():
                return self._binary(node, hint)
            case tree.Unary(operand=operand):
                self.infer(operand, UNKNOWN)
            case tree.Call():
                return self._call(node, hint)
            case tree.FString(parts=parts):
                for part in parts:
                    if isinstance(part, tree.FormatPart):
                        self.infer(part.value, UNKNOWN)
            case tree.Range(low=low, high=high):
                self._together([n for n in (low, high) if n is not None], hint)
            case tree.Choice(arms=arms):
                return self._together([arm.value for arm in arms], hint)
            case tree.If():
                self.infer(node.condition, UNKNOWN)
                return self._together([node.then, node.otherwise], hint)
            case tree.Match():
                return self._match(node, hint)
            case tree.ListLiteral(items=items):
                inner = self._together(items, hint.item)
                return Meaning(items=(inner,), is_list=True)
            case tree.TupleLiteral(items=items):
                wanted = hint.items if len(hint.items) == len(items) else (UNKNOWN,) * len(items)
                return Meaning(items=tuple(self.infer(n, w) for n, w in zip(items, wanted, strict=True)))
            case tree.MapLiteral(entries=entries):
                result = self._together([entry.key for entry in entries], hint)
                for entry in entries:
                    self.infer(entry.value, UNKNOWN)
                return result
            case _:
                pass
        return UNKNOWN

    def _together(self, nodes: Sequence[tree.Expr], hint: Meaning) -> Meaning:
        """Expressions of one type, of which the first that is known tells it."""
        shared = hint
        result = UNKNOWN
        waiting = []
        for node in nodes:
            if not shared.decides and self._may_be_member(node):
                waiting.append(node)
                continue
            one = self.infer(node, shared)
            shared = shared if shared.decides else one
            result = result if result.decides else one
        for node in waiting:
            one = self.infer(node, shared)
            result = result if result.decides else one
        return result

    def _may_be_member(self, node: tree.Expr) -> bool:
        """Whether what it means depends on what is expected of it."""
        if isinstance(node, tree.NameRef):
            return self.table is None or node.name.text not in self.table.columns
        return isinstance(node, tree.String)

    def _plain(self, node: tree.NameRef, hint: Meaning) -> Meaning:
        name, table = node.name, self.table
        if table is not None and name.text in table.columns:
            self.column(table, name)
            return self.of_column(table, name.text)
        symbol = hint.item.member(name.text)
        if symbol is not None:
            self.bind(name, symbol)
            return hint.item
        if name.text in ("now", "row"):
            self.bind(name, Symbol(SymbolKind.BUILT_IN, name.text))
        elif table is not None and table.is_given:
            self.column(table, name)
        return UNKNOWN

    def _binary(self, node: tree.Binary, hint: Meaning) -> Meaning:
        op = tree.BinaryOp
        if node.op in (op.AND, op.OR):
            self.infer(node.left, UNKNOWN)
            self.infer(node.right, UNKNOWN)
            return UNKNOWN
        if node.op in (op.IN, op.NOT_IN):
            left = self.infer(node.left, UNKNOWN)
            items = node.right.items if isinstance(node.right, tree.TupleLiteral) else ()
            self.infer(node.right, Meaning(items=(left,) * len(items)) if items else left)
            return UNKNOWN
        self._together([node.left, node.right], UNKNOWN)
        return UNKNOWN

    def _match(self, node: tree.Match, hint: Meaning) -> Meaning:
        several = isinstance(node.subject, tree.TupleLiteral)
        subjects = node.subject.items if isinstance(node.subject, tree.TupleLiteral) else (node.subject,)
        meanings = [self.infer(subject, UNKNOWN) for subject in subjects]
        for arm in node.arms:
            for pattern in arm.patterns:
                parts = pattern.items if several and isinstance(pattern, tree.TupleLiteral) else (pattern,)
                for part, meaning in zip(parts, meanings, strict=False):
                    symbol = meaning.member(part.name.text) if isinstance(part, tree.NameRef) else None
                    if symbol is not None and isinstance(part, tree.NameRef):
                        self.bind(part.name, symbol)
                    elif not isinstance(part, tree.NameRef):
                        self.infer(part, meaning)
        return self._together([arm.value for arm in node.arms], hint)

    # --- paths -------------------------------------------------------------------------------

    def _path(self, node: tree.Attribute) -> Meaning:
        base, steps = unrolled(node)
        if isinstance(base, tree.CandidateRef):
            return self._walk(self.candidate, [base.name, *steps])
        if not isinstance(base, tree.NameRef):
            return self._fields(self.infer(base, UNKNOWN), steps)
        if self.table is not None and (base.name.text in self.table.columns or self.table.is_given):
            found = self.outline.find(base.name.text)
            if base.name.text in self.table.columns or found is None:
                return self._walk(self.table, [base.name, *steps])
        found = self.outline.find(base.name.text)
        if found is None:
            return UNKNOWN
        self._bind_found(base.name, found)
        match found.what:
            case tree.EnumDecl():
                enum = Meaning(enum=found)
                symbol = enum.member(steps[0].text)
                if symbol is not None:
                    self.bind(steps[0], symbol)
                return enum
            case tree.PoolDecl():
                return self._fields(Meaning(pool=found), steps)
            case Table():
                return self._walk(found.what, steps)
            case _:
                return UNKNOWN

    def _walk(self, table: Table | None, steps: Sequence[tree.Name]) -> Meaning:
        """A path that begins at a column of ``table``."""
        for number, step in enumerate(steps):
            if table is None:
                return UNKNOWN
            if not self.column(table, step):
                if step.text == "row":
                    self.bind(step, Symbol(SymbolKind.BUILT_IN, "row"))
                return UNKNOWN
            target = reference_of(self.outline, table, step.text)
            if target is None or number == len(steps) - 1:
                return self._fields(self.of_column(table, step.text), steps[number + 1 :])
            table = target
        return UNKNOWN

    def _fields(self, value: Meaning, steps: Sequence[tree.Name]) -> Meaning:
        for step in steps:
            symbol = value.field(step.text)
            if symbol is None:
                return UNKNOWN
            self.bind(step, symbol)
            value = of_field(self.outline, value, step.text)
        return value

    # --- calls -------------------------------------------------------------------------------

    def _call(self, node: tree.Call, hint: Meaning) -> Meaning:
        function = self.function(node.function)
        if node.function.text in _AGGREGATES and self.table is not None:
            return self._aggregate(node)
        if function is not None:
            for arg in node.args:
                if arg.name is not None:
                    self.bind(arg.name, Symbol(SymbolKind.PARAMETER, arg.name.text, function.name))
        if node.function.text == "pick":
            return self._pick(node, hint)
        for arg in node.args:
            if arg.where is not None:
                self.infer(arg.where, UNKNOWN)
        result = self._together([arg.value for arg in node.args], hint)
        if function is not None and isinstance(function.result, Struct):
            return Meaning(function=function.name)
        return result if function is None or callable(function.result) else UNKNOWN

    def _pick(self, node: tree.Call, hint: Meaning) -> Meaning:
        """``pick(Pool)``, ``pick(Pool.column)``, ``pick([...])``, ``pick({...})``"""
        match [arg.value for arg in node.args]:
            case [tree.NameRef(name=name)]:
                found = self.outline.find(name.text)
                if found is not None and isinstance(found.what, tree.PoolDecl):
                    self._bind_found(name, found)
                    return Meaning(pool=found)
                return UNKNOWN
            case values:
                return self._together(values, hint).item

    def _aggregate(self, node: tree.Call) -> Meaning:
        """``sum(orders.total where .status == paid, via: user_id)``"""
        base, steps = unrolled(node.args[0].value) if node.args else (None, [])
        tables: list[Table] = []
        result = UNKNOWN
        if isinstance(base, tree.NameRef):
            path = [base.name, *steps]
            while len(tables) < len(path):
                step = path[len(tables)]
                child = self.outline.table(step.text)
                if child is None or (tables and step.text in tables[-1].columns):
                    break
                self.table_name(step)
                tables.append(child)
            if tables and len(tables) < len(path):
                result = self._walk(tables[-1], path[len(tables) :])
            elif not tables:
                self.infer(node.args[0].value, UNKNOWN)
        elif node.args:
            self.infer(node.args[0].value, UNKNOWN)
        for arg in node.args:
            if arg.where is not None:
                self.beside(tables[-1] if tables else None, arg.where)
        for arg in node.args[1:]:
            if arg.name is not None:
                self.bind(arg.name, Symbol(SymbolKind.PARAMETER, arg.name.text, node.function.text))
            via = arg.value.name if isinstance(arg.value, tree.NameRef) else None
            owner = next((t for t in tables if via is not None and via.text in t.columns), None)
            if via is not None and owner is not None:
                self.column(owner, via)
        return result if node.function.text in ("first", "last", "min", "max") else UNKNOWN


def unrolled(node: tree.Expr) -> tuple[tree.Expr, list[tree.Name]]:
    """The root of a path, and the names after it."""
    steps: list[tree.Name] = []
    while isinstance(node, tree.Attribute):
        steps.append(node.name)
        node = node.base
    steps.reverse()
    return node, steps
