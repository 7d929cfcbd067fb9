"""Giving something another name, everywhere it is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from specdsl.check.stored import stored_name, taken
from specdsl.diagnostics.model import Edit
from specdsl.files import FileProblem
from specdsl.ide.bindings import binding_at, bindings_in, declaration_of, outline_of
from specdsl.ide.edits import applied
from specdsl.ide.meanings import of_type
from specdsl.ide.naming import Binding, Symbol, SymbolKind
from specdsl.ide.outline import Column, Table
from specdsl.ide.references import named
from specdsl.ide.spelling import quoted_text, read_name, spelled
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import tree
from specdsl.syntax.grammar import load_grammar

_TOP = (SymbolKind.TABLE, SymbolKind.ENUM, SymbolKind.TYPE, SymbolKind.POOL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it cannot be done: one sentence for people."""

    message: str


@dataclass(frozen=True, slots=True)
class Renameable:
    """The name at the cursor: its place, without quotes, and the name itself."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Renaming:
    """The edits that rename ``symbol``, in all files, in order."""

    symbol: Symbol
    edits: tuple[Edit, ...]


def prepare(workspace: Workspace, path: str, offset: int) -> Renameable | Refusal:
    """Whether what is named at ``offset`` can be renamed."""
    binding = binding_at(workspace, path, offset)
    if binding is None:
        return _nothing(workspace, path, offset)
    refusal = (
        _not_the_users(binding.symbol)
        or _given(workspace, path, binding.symbol)
        or _of_lifecycle(workspace, path, binding.symbol)
    )
    if refusal is not None:
        return refusal
    span, text = binding.span, workspace.document(path).text
    if text[span.start : span.start + 1] in ("`", '"') and span.end - span.start > 1:
        span = Span(path, span.start + 1, span.end - 1)
    return Renameable(span, binding.symbol.name)


def _nothing(workspace: Workspace, path: str, offset: int) -> Refusal:
    token = workspace.document(path).token_at(offset)
    if token is not None and token.text in load_grammar().words:
        return Refusal(f"`{token.text}` is a word of the language")
    return Refusal("there is no name here that could be changed")


def _not_the_users(symbol: Symbol) -> Refusal | None:
    name, owner = f"`{symbol.name}`", f"`{symbol.owner}`"
    match symbol.kind:
        case SymbolKind.FUNCTION:
            return Refusal(f"{name} is a function of the language or of a plugin")
        case SymbolKind.PARAMETER:
            return Refusal(f"{name} is a parameter of {owner}")
        case SymbolKind.RECORD_FIELD:
            return Refusal(f"{name} is a field of what {owner} draws")
        case SymbolKind.GIVEN:
            return Refusal(f"{name} is a column of the file or query that table {owner} takes its rows from")
        case SymbolKind.POOL_COLUMN:
            return Refusal(f"{name} is a column of the file of pool {owner}")
        case SymbolKind.SETTING:
            return Refusal(f"{name} is a setting of the language")
        case SymbolKind.BUILT_IN_TYPE:
            return Refusal(f"{name} is a type of the language")
        case SymbolKind.BUILT_IN:
            return Refusal(f"{name} is a word of the language")
        case SymbolKind.HISTORY:
            return Refusal(f"{name} names the columns `{symbol.name}_from` and `{symbol.name}_to`, too")
        case _:
            return None


def _given(workspace: Workspace, path: str, symbol: Symbol) -> Refusal | None:
    """A column that is written for a column of a file has that column's name."""
    if symbol.kind is not SymbolKind.COLUMN:
        return None
    table = outline_of(workspace, path).table(symbol.owner)
    if table is not None and table.decl.database is not None:
        if any(m.targets[0].text == symbol.name for m in taken(table.decl)):
            return Refusal(f"`{symbol.name}` is a column of database `{table.decl.database.text}`")
        return None
    if table is None or table.decl.source is None:
        return None
    files = workspace.files(symbol.path)
    try:
        path = files.resolve(symbol.path, table.decl.source.value)
        columns = files.data_schema(path, stored_name(table.decl, table.decl.source)).columns
    except FileProblem:
        return None
    if any(name == symbol.name for name, _, _ in columns):
        return Refusal(f"`{symbol.name}` is a column of the file `{table.decl.source.value}`")
    return None


def _of_lifecycle(workspace: Workspace, path: str, symbol: Symbol) -> Refusal | None:
    """A column that a lifecycle makes, and nobody named, has no name to change."""
    if symbol.kind is not SymbolKind.COLUMN or declaration_of(workspace, symbol, path) is not None:
        return None
    table = outline_of(workspace, path).table(symbol.owner)
    column = None if table is None else table.columns.get(symbol.name)
    if table is not None and column is not None and _is_of_history(table, column):
        return Refusal(f"`{symbol.name}` is made by a history")
    return Refusal(f"`{symbol.name}` is made by a lifecycle; of a state, `as` names the column of its time")


def _is_of_history(table: Table, column: Column) -> bool:
    recorded = any(isinstance(m, tree.RecordedDecl) for m in table.decl.members)
    return recorded or any(column.name.span == history.name.span for history in table.histories.values())


def rename(workspace: Workspace, path: str, offset: int, new: str) -> Renaming | Refusal:
    """The edits that give what is named at ``offset`` the name ``new`` (with or without backticks), wherever
    it is named. Refused where that would clash with another name or change what some name means."""
    prepared = prepare(workspace, path, offset)
    binding = binding_at(workspace, path, offset)
    if isinstance(prepared, Refusal) or binding is None:
        return prepared if isinstance(prepared, Refusal) else Refusal("there is no name here")
    name = read_name(new)
    if name is None:
        return Refusal("a name has at least one character, and no backticks or line ends")
    symbol = binding.symbol
    if name == symbol.name:
        return Renaming(symbol, ())
    refusal = _clash(workspace, path, symbol, name) or in_queries(workspace, path, symbol)
    if refusal is not None:
        return refusal
    places = named(workspace, path, symbol)
    edits = tuple(_edit(workspace, place, symbol, name) for place in places)
    return _changed_meaning(workspace, path, symbol, name, places, edits) or Renaming(symbol, edits)


# --- clashes -------------------------------------------------------------------------------


def _clash(workspace: Workspace, path: str, symbol: Symbol, name: str) -> Refusal | None:
    for root in workspace.importers(symbol.path):
        outline = outline_of(workspace, root)
        if symbol.kind in _TOP:
            if symbol.kind in (SymbolKind.ENUM, SymbolKind.TYPE) and _is_built_in(name):
                return Refusal(f"`{name}` is a type of the language")
            found = outline.find(name)
            if found is not None:
                where = workspace.document(found.path).lines
                at = outline.program.starts[found.number] + _decl(found.what).name.span.start
                place = f"line {where.position(at).line + 1} of {workspace.shown(found.path)}"
                return Refusal(f"`{name}` is declared in {place}")
            continue
        if name in _siblings(workspace, root, symbol):
            return Refusal(f"`{symbol.owner}` has a {symbol.kind} `{name}` already")
    return None


def _decl(what: tree.EnumDecl | tree.TypeDecl | tree.PoolDecl | Table) -> tree.EnumDecl | tree.TableDecl:
    return what.decl if isinstance(what, Table) else what  # type: ignore[return-value]


def _is_built_in(name: str) -> bool:
    from specdsl.check.type_expressions import TYPE_NAMES

    return name in TYPE_NAMES


def _siblings(workspace: Workspace, path: str, symbol: Symbol) -> set[str]:
    """The names of what has the same owner."""
    outline = outline_of(workspace, path)
    found = outline.find(symbol.owner)
    match symbol.kind, None if found is None else found.what:
        case SymbolKind.COLUMN, Table() as table:
            return set(table.columns)
        case SymbolKind.CHECK, Table(decl=decl):
            return {m.name.text for m in decl.members if isinstance(m, tree.CheckDecl)}
        case SymbolKind.VARIANT, Table(decl=decl):
            return {m.name.text for m in decl.members if isinstance(m, tree.VariantDecl)}
        case SymbolKind.MEMBER, tree.EnumDecl(members=members):
            return {m.name.text for m in members}
        case SymbolKind.FIELD, tree.TypeDecl() as decl:
            return {f.name.text for f in of_type(outline, decl.type, symbol.owner, symbol.path).fields}
        case _:
            return set()


def in_queries(workspace: Workspace, path: str, symbol: Symbol) -> Refusal | None:
    """Why a name cannot be changed because of SQL, which names tables and columns too and is not ours to
    read; None where no query may name it."""
    if symbol.kind not in (SymbolKind.TABLE, SymbolKind.COLUMN):
        return None
    for root in workspace.importers(symbol.path):
        for one in workspace.program(root).sections:
            if one.opaque:
                return Refusal(f"the query in the file of table `{one.name}` may name `{symbol.name}`")
            if one.queries and symbol.name.casefold() in {word.casefold() for word in one.words}:
                if one.name == symbol.name and symbol.kind is SymbolKind.TABLE:
                    continue
                return Refusal(f"the SQL of table `{one.name}` names `{symbol.name}`: change it there first")
    return None


# --- edits ---------------------------------------------------------------------------------


def _edit(workspace: Workspace, place: Binding, symbol: Symbol, name: str) -> Edit:
    """The edit at one place."""
    text = workspace.document(place.span.file).text
    if place.takes == symbol:  # the field that a column of a group takes by its name
        column = text[place.span.start : place.span.end]
        if place.symbol.name == name:
            return Edit(place.span, column)
        return Edit(place.span, f"{spelled(name)} as {column}")
    if text.startswith('"', place.span.start):
        return Edit(place.span, quoted_text(name))
    if place.takes is not None:
        return Edit(place.span, f"{text[place.span.start : place.span.end]} as {spelled(name)}")
    field = _field_before(workspace, place)
    if field is not None and field.symbol.name == name:  # `city as city` is `city`
        return Edit(Span(place.span.file, field.span.start, place.span.end), spelled(name))
    return Edit(place.span, spelled(name))


def _field_before(workspace: Workspace, place: Binding) -> Binding | None:
    """The field of ``field as column``, at the place of the column."""
    if not place.is_declaration or place.symbol.kind is not SymbolKind.COLUMN:
        return None
    text = workspace.document(place.span.file).text
    before = text[: place.span.start].rstrip()
    if not before.endswith("as") or before[-3:-2] not in (" ", "\t", "`"):
        return None
    at = len(before[:-2].rstrip())
    field = binding_at(workspace, place.span.file, at)
    return field if field is not None and field.span.end == at and field != place else None


def _changed_meaning(
    workspace: Workspace,
    path: str,
    symbol: Symbol,
    name: str,
    places: Iterable[Binding],
    edits: tuple[Edit, ...],
) -> Refusal | None:
    """Holds the sections that are edited against what they were: every name must mean what it meant."""
    renamed = Workspace(workspace.files(path), plugins=workspace.plugins, root=workspace.root)
    files = sorted({edit.span.file for edit in edits} | {path, *workspace.open_paths()})
    for file in files:
        own = [edit for edit in edits if edit.span.file == file]
        renamed.open(file, applied(workspace.document(file).text, own))
    for file in sorted({edit.span.file for edit in edits}):
        own = sorted((e for e in edits if e.span.file == file), key=lambda e: e.span)
        document = workspace.document(file)
        for number in sorted({document.section_at(edit.span.start) for edit in own}):
            span = document.section_span(number)
            shift = sum(len(e.text) - (e.span.end - e.span.start) for e in own if e.span.start < span.start)
            inside = [e for e in own if span.start <= e.span.start < span.end]
            grown = sum(len(e.text) - (e.span.end - e.span.start) for e in inside)
            there = Span(file, span.start + shift, span.end + shift + grown)
            before = _plain(workspace, file, span, symbol)
            after = [b.symbol for b in _plain(renamed, file, there, symbol)]
            meant = [_meaning(b.symbol, symbol, name) for b in before]
            if meant != after:
                pairs = zip(before, meant, after, strict=False)
                first = next((b.span for b, m, a in pairs if m != a), inside[0].span)
                line = document.lines.position(first.start).line + 1
                return Refusal(
                    f"`{name}` would change what a name means in line {line} of {workspace.shown(file)}"
                )
    return None


_TAKEN = (SymbolKind.RECORD_FIELD, SymbolKind.POOL_COLUMN)


def _plain(workspace: Workspace, path: str, span: Span, renamed: Symbol) -> list[Binding]:
    """The names in a stretch, without the fields that groups take: those come and go with `as`."""
    taken = (*_TAKEN, SymbolKind.FIELD) if renamed.kind in (SymbolKind.FIELD, SymbolKind.COLUMN) else _TAKEN
    found = bindings_in(workspace, path, span.start, span.end)
    return [b for b in found if b.symbol.kind not in taken]


def _meaning(symbol: Symbol, renamed: Symbol, name: str) -> Symbol:
    """What a symbol is called after the renaming."""
    if symbol == renamed:
        return Symbol(symbol.kind, name, symbol.owner, symbol.path)
    if renamed.kind in (*_TOP, SymbolKind.FIELD, SymbolKind.COLUMN) and symbol.owner and symbol.path:
        return Symbol(symbol.kind, symbol.name, _owner(symbol, renamed, name), symbol.path)
    return symbol


def _owner(symbol: Symbol, renamed: Symbol, name: str) -> str:
    """The owner of a symbol after the renaming: what is owned by the renamed one, or lies within it."""
    old = renamed.name if renamed.kind in _TOP else f"{renamed.owner}.{renamed.name}"
    new = name if renamed.kind in _TOP else f"{renamed.owner}.{name}"
    if symbol.owner == old:
        return new
    return new + symbol.owner[len(old) :] if symbol.owner.startswith(old + ".") else symbol.owner
