"""What a document declares, as a tree, and what the files of a workspace declare, by parts of names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from specdsl.ide.kept import kept
from specdsl.ide.naming import SymbolKind
from specdsl.ide.outline import parsed
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import tree

_LONGEST_DETAIL = 60


@dataclass(frozen=True, slots=True)
class DocumentSymbol:
    """A declaration. ``detail``: its type and the like, as written; ``whole``: its place with all that
    belongs to it; ``span``: that of its name."""

    name: str
    kind: SymbolKind
    detail: str
    whole: Span
    span: Span
    children: tuple[DocumentSymbol, ...] = ()


def document_symbols(workspace: Workspace, path: str) -> list[DocumentSymbol]:
    """The declarations of a document, in order."""
    document = workspace.document(path)
    found: list[DocumentSymbol] = []
    for start, one in zip(document.starts, document.sections, strict=True):
        found += _of_section(path, one.text, start)
    return found


@kept
def _of_section(path: str, text: str, start: int) -> tuple[DocumentSymbol, ...]:
    describe = _Describe(path, text, start)
    return tuple(symbol for item in parsed(text).tree.items for symbol in describe.item(item))


class _Describe:
    """Symbols of one section."""

    def __init__(self, path: str, text: str, start: int) -> None:
        self.path = path
        self.text = text
        self.start = start

    def place(self, span: Span) -> Span:
        return Span(self.path, self.start + span.start, self.start + span.end)

    def written(self, *nodes: tree.Node | None) -> str:
        """What is written from the first to the last of some nodes."""
        spans = [node.span for node in nodes if node is not None]
        if not spans:
            return ""
        start, end = min(s.start for s in spans), max(s.end for s in spans)
        text = " ".join(self.text[start:end].split())
        return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 3] + "..."

    def symbol(
        self,
        name: tree.Name,
        kind: SymbolKind,
        detail: str,
        whole: tree.Node,
        children: tuple[DocumentSymbol, ...] = (),
    ) -> Iterator[DocumentSymbol]:
        if name.text:
            around = self.place(whole.span.to(name.span))
            yield DocumentSymbol(name.text, kind, detail, around, self.place(name.span), children)

    def item(self, item: tree.Item) -> Iterator[DocumentSymbol]:
        match item:
            case tree.DatasetDecl(name=name, settings=settings):
                kind = SymbolKind.SETTING
                inner = [
                    s for one in settings for s in self.symbol(one.name, kind, self.written(one.value), one)
                ]
                yield from self.symbol(name, SymbolKind.DATASET, "", item, tuple(inner))
            case tree.EnumDecl(name=name, members=members):
                kind = SymbolKind.MEMBER
                inner = [s for m in members for s in self.symbol(m.name, kind, self.written(m.weight), m)]
                yield from self.symbol(name, SymbolKind.ENUM, f"{len(members)} members", item, tuple(inner))
            case tree.TypeDecl(name=name):
                fields = tuple(self.fields(item.type))
                word = "json" if isinstance(item.type, tree.JsonType) else "struct"
                detail = word if fields else self.written(item.type, *item.modifiers)
                yield from self.symbol(name, SymbolKind.TYPE, detail, item, fields)
            case tree.PoolDecl(name=name, value=value):
                yield from self.symbol(name, SymbolKind.POOL, self.written(value), item)
            case tree.TableDecl(name=name):
                inner = [s for member in item.members for s in self.member(member)]
                if item.over is not None:
                    over = item.over
                    inner = [
                        *self.symbol(over.column, SymbolKind.COLUMN, self.written(over.range), over),
                        *inner,
                    ]
                yield from self.symbol(name, SymbolKind.TABLE, self.rows(item), item, tuple(inner))
            case _:
                pass

    def rows(self, item: tree.TableDecl) -> str:
        """Where a table's rows come from, as written."""
        if item.query is not None:
            return "sql"
        if item.events is not None:
            return f"from {self.written(item.events)}"
        if item.source is not None:
            return f"from {self.written(item.source)}"
        if item.database is not None:
            return f"from database {self.written(item.database)}"
        for member in item.members:
            if isinstance(member, tree.ColumnDecl) and member.reference is not None:
                each = next((m for m in member.modifiers if isinstance(m, tree.Each)), None)
                if each is not None:
                    count = "" if item.count is None else f"{self.written(item.count)} rows, "
                    return f"{count}{self.written(each)} of {member.reference.table.text}"
        if item.over is not None:
            return f"over {self.written(item.over.range, item.over.step)}"
        return f"{self.written(item.count)} rows" if item.count is not None else ""

    def member(self, member: tree.Member) -> Iterator[DocumentSymbol]:
        match member:
            case tree.ColumnDecl(targets=targets):
                for name, own in zip(targets, member.target_types, strict=False):
                    written = own if member.grouped else member.type
                    detail = self.written(written) or ("" if member.reference else self.written(member.value))
                    if member.reference is not None:
                        detail = f"-> {self.written(member.reference)}"
                    fields = tuple(self.fields(written)) if written is not None else ()
                    yield from self.symbol(name, SymbolKind.COLUMN, detail, member, fields)
            case tree.LifecycleDecl(name=name, states=states):
                inner = tuple(
                    symbol
                    for state in states
                    for symbol in self.symbol(
                        state.name, SymbolKind.MEMBER, self.written(*state.transitions), state
                    )
                )
                detail = f"lifecycle from {self.written(member.start)}"
                yield from self.symbol(name, SymbolKind.COLUMN, detail, member, inner)
            case tree.HistoryDecl(name=name):
                detail = f"history from {self.written(member.start)}"
                yield from self.symbol(name, SymbolKind.HISTORY, detail, member)
            case tree.RecordedDecl(name=name):
                detail = f"history after {self.written(member.delay)}"
                yield from self.symbol(name, SymbolKind.HISTORY, detail, member)
            case tree.VariantDecl(name=name, amount=amount):
                yield from self.symbol(name, SymbolKind.VARIANT, self.written(amount), member)
            case tree.CheckDecl(name=name, condition=condition):
                yield from self.symbol(name, SymbolKind.CHECK, self.written(condition), member)
            case _:
                pass

    def fields(self, node: tree.TypeExpr) -> Iterator[DocumentSymbol]:
        while isinstance(node, tree.ListType):
            node = node.item
        if isinstance(node, (tree.StructType, tree.JsonType)):
            members = node.fields if isinstance(node, tree.StructType) else node.members
            for field in members:
                if not isinstance(field, tree.FieldDecl):
                    continue
                inner = tuple(self.fields(field.type)) if field.type is not None else ()
                detail = self.written(field.type) or self.written(field.value)
                yield from self.symbol(field.name, SymbolKind.FIELD, detail, field, inner)
        elif isinstance(node, tree.VariantType):
            for part in node.alternatives:
                if part.tag is not None:
                    inner = tuple(self.fields(part.type)) if part.type is not None else ()
                    yield from self.symbol(part.tag, SymbolKind.FIELD, self.written(part.type), part, inner)


# --- workspace symbols ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """A declaration somewhere in the workspace. ``container``: what it is declared in, "" for the top."""

    symbol: DocumentSymbol
    container: str


def workspace_symbols(workspace: Workspace, query: str, *, limit: int = 200) -> list[Match]:
    """The declarations whose names have the letters of ``query`` in this order, best first. A query with a
    point asks for the container too: ``ord.tot``."""
    ranked = []
    for path in workspace.paths():
        for symbol in document_symbols(workspace, path):
            for match in _flat(symbol, ""):
                rank = _rank(match, query)
                if rank is not None:
                    ranked.append((rank, match.symbol.name, match.symbol.span, match))
    ranked.sort(key=lambda one: one[:3])
    return [match for *_, match in ranked[:limit]]


def _flat(symbol: DocumentSymbol, container: str) -> Iterator[Match]:
    if symbol.kind is not SymbolKind.SETTING:
        yield Match(symbol, container)
    for child in symbol.children:
        yield from _flat(child, f"{container}.{symbol.name}" if container else symbol.name)


def _rank(match: Match, query: str) -> int | None:
    container, _, name = query.rpartition(".")
    if container and likeness(match.container, container) is None:
        return None
    found = likeness(match.symbol.name, name)
    return None if found is None else found + bool(match.container)


def likeness(name: str, query: str) -> int | None:
    """How well ``name`` answers ``query``, smaller is better: equal, begins with it, a part begins with it,
    contains it, has its letters in order. None where it does not."""
    wanted, have = query.casefold(), name.casefold()
    if not wanted or wanted == have:
        return 0
    if have.startswith(wanted):
        return 10
    if any(part.startswith(wanted) for part in have.replace(" ", "_").split("_")):
        return 20
    if wanted in have:
        return 30
    letters = iter(have)
    return 40 if all(letter in letters for letter in wanted) else None
