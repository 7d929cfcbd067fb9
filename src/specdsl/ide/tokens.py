"""The colours of a text: what each token is, from its meaning where it has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from weakref import WeakKeyDictionary

from specdsl.diagnostics.hints import UnusedDeclaration, UnusedHidden
from specdsl.diagnostics.model import Diagnostic
from specdsl.ide.bindings import relative_bindings
from specdsl.ide.document import tokens_of
from specdsl.ide.kept import Store
from specdsl.ide.naming import Binding, SymbolKind
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax.grammar import load_grammar
from specdsl.syntax.tokens import Token


class TokenType(StrEnum):
    """What a token is."""

    TABLE = "table"
    COLUMN = "column"
    REFERENCE = "reference"
    ENUM = "enum"
    MEMBER = "enumMember"
    TYPE = "type"
    POOL = "pool"
    CHECK = "check"
    DATASET = "dataset"
    SETTING = "setting"
    FIELD = "property"
    FUNCTION = "function"
    PARAMETER = "parameter"
    VARIABLE = "variable"
    KEYWORD = "keyword"
    OPERATOR = "operator"
    NUMBER = "number"
    UNIT = "unit"
    DATE = "date"
    STRING = "string"
    FORMAT = "format"  # the braces of an f-string, and what follows the colon in them
    REGEX = "regexp"
    COMMENT = "comment"


class Modifier(StrEnum):
    """What more there is to say of a token."""

    DECLARATION = "declaration"
    DOCUMENTATION = "documentation"
    BUILT_IN = "defaultLibrary"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class SemanticToken:
    """A token that lies in one line."""

    span: Span
    type: TokenType
    modifiers: frozenset[Modifier] = frozenset()


_OF_SYMBOL = {
    SymbolKind.TABLE: TokenType.TABLE,
    SymbolKind.COLUMN: TokenType.COLUMN,
    SymbolKind.GIVEN: TokenType.COLUMN,
    SymbolKind.ENUM: TokenType.ENUM,
    SymbolKind.MEMBER: TokenType.MEMBER,
    SymbolKind.TYPE: TokenType.TYPE,
    SymbolKind.BUILT_IN_TYPE: TokenType.TYPE,
    SymbolKind.POOL: TokenType.POOL,
    SymbolKind.POOL_COLUMN: TokenType.COLUMN,
    SymbolKind.CHECK: TokenType.CHECK,
    SymbolKind.HISTORY: TokenType.COLUMN,
    SymbolKind.VARIANT: TokenType.CHECK,
    SymbolKind.DATASET: TokenType.DATASET,
    SymbolKind.SETTING: TokenType.SETTING,
    SymbolKind.FUNCTION: TokenType.FUNCTION,
    SymbolKind.PARAMETER: TokenType.PARAMETER,
    SymbolKind.FIELD: TokenType.FIELD,
    SymbolKind.RECORD_FIELD: TokenType.FIELD,
    SymbolKind.BUILT_IN: TokenType.VARIABLE,
}
_OF_THE_LANGUAGE = frozenset({SymbolKind.BUILT_IN_TYPE, SymbolKind.BUILT_IN, SymbolKind.SETTING})
_OF_KIND: Mapping[str, TokenType] = {
    "NAME": TokenType.VARIABLE,
    "QUOTED_NAME": TokenType.VARIABLE,
    "NUMBER": TokenType.NUMBER,
    "DATE": TokenType.DATE,
    "TIMESTAMP": TokenType.DATE,
    "TIME": TokenType.DATE,
    "STRING": TokenType.STRING,
    "LONG_STRING": TokenType.STRING,
    "FSTRING_START": TokenType.STRING,
    "FSTRING_TEXT": TokenType.STRING,
    "FSTRING_END": TokenType.STRING,
    "FSTRING_OPEN": TokenType.FORMAT,
    "FSTRING_CLOSE": TokenType.FORMAT,
    "FSTRING_SPEC": TokenType.FORMAT,
    "REGEX": TokenType.REGEX,
    "COMMENT": TokenType.COMMENT,
    "DOC_COMMENT": TokenType.COMMENT,
    "RANGE": TokenType.OPERATOR,
    "ARROW": TokenType.OPERATOR,
    "FAT_ARROW": TokenType.OPERATOR,
    "EQUALS": TokenType.OPERATOR,
    "DIFFERS": TokenType.OPERATOR,
    "AT_MOST": TokenType.OPERATOR,
    "AT_LEAST": TokenType.OPERATOR,
    "FLOOR_DIVIDE": TokenType.OPERATOR,
    "MODULO": TokenType.OPERATOR,
    "OPTIONAL": TokenType.OPERATOR,
}
_OPERATORS = frozenset("=|+-*/<>")
_NOTHING: frozenset[Modifier] = frozenset()
_UNUSED = frozenset({Modifier.UNUSED})
_kept: WeakKeyDictionary[Workspace, Store[tuple[tuple[Binding, ...], tuple[SemanticToken, ...]]]]
_kept = WeakKeyDictionary()


def semantic_tokens(
    workspace: Workspace,
    path: str,
    start: int = 0,
    end: int | None = None,
    *,
    diagnostics: Iterable[Diagnostic] = (),
) -> list[SemanticToken]:
    """The tokens in a stretch of a document, in order, without those that have no colour (brackets, commas).
    ``diagnostics``: what is known of the document, for names that nothing uses."""
    document = workspace.document(path)
    last = len(document.text) if end is None else min(end, len(document.text))
    unused = {d.span for d in diagnostics if isinstance(d, UnusedDeclaration | UnusedHidden)}
    found: list[SemanticToken] = []
    for number in range(document.section_at(start), document.section_at(max(last - 1, 0)) + 1):
        begin = document.starts[number]
        for token in section_tokens(workspace, path, number):
            low, high = begin + token.span.start, begin + token.span.end
            if high > start and low < last:
                span = Span(path, low, high)
                modifiers = token.modifiers | _UNUSED if span in unused else token.modifiers
                found.append(SemanticToken(span, token.type, modifiers))
    return found


def section_tokens(workspace: Workspace, path: str, number: int) -> tuple[SemanticToken, ...]:
    """The tokens of a section of a document, by its number; places count from the section's start, which
    begins a line. It is the same object for as long as nothing changes it, so that what is made of it can be
    kept too. What nothing uses is not told."""
    text = workspace.document(path).sections[number].text
    bindings = relative_bindings(workspace, path, number)
    store = _kept.setdefault(workspace, Store())
    known = store.get((path, text))
    if known is None or known[0] is not bindings:
        known = (bindings, tuple(_tokens(text, bindings)))
        store.put((path, text), known)
    return known[1]


def _tokens(text: str, bindings: Iterable[Binding]) -> Iterator[SemanticToken]:
    bound = {binding.span.start: binding for binding in bindings}
    words = load_grammar().words
    for token in tokens_of(text):
        span = Span("", token.start, token.end)
        binding = bound.get(token.start)
        if binding is not None and binding.span.end == token.end:
            yield SemanticToken(span, *_meaning(binding))
        elif token.text:
            yield from _plain(token, span, words)


def _meaning(binding: Binding) -> tuple[TokenType, frozenset[Modifier]]:
    kind = binding.symbol.kind
    modifiers = set()
    if binding.is_declaration:
        modifiers.add(Modifier.DECLARATION)
    if kind in _OF_THE_LANGUAGE:
        modifiers.add(Modifier.BUILT_IN)
    shown = TokenType.REFERENCE if binding.is_reference else _OF_SYMBOL[kind]
    return shown, frozenset(modifiers)


def _plain(token: Token, span: Span, words: Mapping[str, str]) -> Iterator[SemanticToken]:
    """A token whose kind alone tells what it is."""
    if token.kind in ("DURATION", "PERCENT"):
        digits = len(token.text.rstrip("abcdefghijklmnopqrstuvwxyz%"))
        middle = span.start + digits
        yield SemanticToken(Span(span.file, span.start, middle), TokenType.NUMBER)
        yield SemanticToken(Span(span.file, middle, span.end), TokenType.UNIT)
        return
    kind = _OF_KIND.get(token.kind)
    if kind is None and token.text in words:
        kind = TokenType.KEYWORD
    if kind is None and token.text in _OPERATORS:
        kind = TokenType.OPERATOR
    if kind is not None:
        modifiers = frozenset({Modifier.DOCUMENTATION}) if token.kind == "DOC_COMMENT" else _NOTHING
        for part in _lines(token.text, span):
            yield SemanticToken(part, kind, modifiers)


def _lines(text: str, span: Span) -> Sequence[Span]:
    """The parts of a token that lie in one line each."""
    if "\n" not in text and "\r" not in text:
        return (span,)
    parts = []
    at = span.start
    for line in text.replace("\r", "\n").split("\n"):
        if line:
            parts.append(Span(span.file, at, at + len(line)))
        at += len(line) + 1
    return parts
