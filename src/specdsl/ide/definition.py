"""Where a name comes from: its declaration, and the declaration of its type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from specdsl.ide.bindings import binding_at, declaration_of, outline_of
from specdsl.ide.expression_names import ExpressionNames
from specdsl.ide.links import link_at
from specdsl.ide.naming import Binding, Symbol, SymbolKind
from specdsl.ide.outline import Outline, Table, parsed
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import tree


@dataclass(frozen=True, slots=True)
class Target:
    """Where to go. ``origin``: the name at the cursor; ``name``: the name that is declared; ``whole``: its
    declaration with all that belongs to it."""

    origin: Span
    name: Span
    whole: Span


def definition(workspace: Workspace, path: str, offset: int) -> Target | None:
    """What declares the name at ``offset``; of the path of a file, that file."""
    link = link_at(workspace, path, offset)
    if link is not None and link.path:
        start = Span(link.path, 0, 0)
        return Target(link.span, start, start)
    binding = binding_at(workspace, path, offset)
    if binding is None:
        return None
    symbol = _from_a_file(workspace, path, binding)
    return None if symbol is None else _target(workspace, path, binding.span, symbol)


declaration = definition
"""In this language a name is declared where it is defined."""


def _from_a_file(workspace: Workspace, path: str, binding: Binding) -> Symbol | None:
    """The symbol to go to: for a column that a file gives, what takes its rows from the file."""
    symbol = binding.symbol
    match symbol.kind:
        case SymbolKind.GIVEN:
            return Symbol(SymbolKind.TABLE, symbol.owner, "", symbol.path)
        case SymbolKind.POOL_COLUMN:
            return Symbol(SymbolKind.POOL, symbol.owner, "", symbol.path)
        case _:
            return symbol if symbol.is_users else None


def type_definition(workspace: Workspace, path: str, offset: int) -> Target | None:
    """The declaration of the type of the name at ``offset``: an enum, a type, or the table that a reference
    refers to. None where the type is one of the language."""
    binding = binding_at(workspace, path, offset)
    if binding is None:
        return None
    outline = outline_of(workspace, path)
    symbol = binding.symbol
    name = _type_of(workspace, outline, path, symbol)
    found = outline.find(name) if name else None
    if found is None or isinstance(found.what, tree.PoolDecl):
        return None
    kind = SymbolKind.TYPE
    if isinstance(found.what, Table):
        kind = SymbolKind.TABLE
    elif isinstance(found.what, tree.EnumDecl):
        kind = SymbolKind.ENUM
    return _target(workspace, path, binding.span, Symbol(kind, name, "", found.path))


def _type_of(workspace: Workspace, outline: Outline, path: str, symbol: Symbol) -> str:
    match symbol.kind:
        case SymbolKind.MEMBER:
            return symbol.owner
        case SymbolKind.ENUM | SymbolKind.TYPE | SymbolKind.TABLE:
            return symbol.name
        case SymbolKind.COLUMN:
            table = outline.table(symbol.owner)
            column = None if table is None else table.columns.get(symbol.name)
            if table is None or column is None:
                return ""
            if column.reference is not None:
                return column.reference.table.text
            if column.type is not None:
                return _named(column.type)
            names = ExpressionNames(outline, path, workspace.plugins)
            enum = names.of_column(table, symbol.name).enum
            return "" if enum is None or isinstance(enum.what, Table) else enum.what.name.text
        case SymbolKind.FIELD:
            declared = declaration_of(workspace, symbol, path)
            field = None if declared is None else _field(workspace, declared.span)
            return "" if field is None or field.type is None else _named(field.type)
        case _:
            return ""


def _named(node: tree.TypeExpr) -> str:
    while isinstance(node, tree.ListType):
        node = node.item
    return node.name.text if isinstance(node, tree.NamedType) else ""


def _field(workspace: Workspace, name: Span) -> tree.FieldDecl | tree.Alternative | None:
    """The field or the alternative whose name that is; None for the member that tells alternatives apart."""
    node = next((n for n, _ in enclosing(workspace, name)), None)
    return node if isinstance(node, (tree.FieldDecl, tree.Alternative)) else None


def _target(workspace: Workspace, path: str, origin: Span, symbol: Symbol) -> Target | None:
    binding = declaration_of(workspace, symbol, path)
    name = _of_lifecycle(workspace, path, symbol) if binding is None else binding.span
    if name is None:
        return None
    whole = next((span for _, span in enclosing(workspace, name)), name)
    return Target(origin, name, whole)


def _of_lifecycle(workspace: Workspace, path: str, symbol: Symbol) -> Span | None:
    """What stands for a column that is not written out: a state, or the lifecycle of a table of events."""
    outline = outline_of(workspace, path)
    found = outline.find(symbol.owner) if symbol.kind is SymbolKind.COLUMN else None
    if found is None or not isinstance(found.what, Table) or symbol.name not in found.what.columns:
        return None
    name = found.what.columns[symbol.name].name
    start = outline.program.starts[found.number]
    return Span(found.path, start + name.span.start, start + name.span.end)


_DECLARING = (
    tree.Item,
    tree.Member,
    tree.FieldDecl,
    tree.Alternative,
    tree.VariantType,
    tree.EnumMember,
    tree.Over,
)


def enclosing(workspace: Workspace, span: Span) -> Iterator[tuple[tree.Node, Span]]:
    """The declarations around a place, innermost first, with their places in the text. The places of nodes
    within them count from the start of the section."""
    document = workspace.document(span.file)
    number = document.section_at(span.start)
    start = document.starts[number]
    at = span.start - start
    found: list[tree.Node] = []
    pending: list[tree.Node] = list(parsed(document.sections[number].text).tree.items)
    while pending:
        node = pending.pop()
        if node.span.start <= at < max(node.span.end, node.span.start + 1):
            if isinstance(node, _DECLARING):
                found.append(node)
            pending += children(node)
    for node in sorted(found, key=lambda n: n.span.end - n.span.start):
        yield node, Span(span.file, start + node.span.start, start + node.span.end)


def children(node: tree.Node) -> Iterator[tree.Node]:
    """The nodes right below one, in no particular order."""
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, tree.Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, tree.Node))
