"""Where the cursor is: what could be typed there, and what is known of it from the text before.

The section's text up to the cursor is lexed and laid out with a name in the cursor's place, so that half a
line is what it will be when it goes on. No tree is needed, and nothing after the cursor matters but the rest
of the word that it is in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from specdsl.check.type_expressions import TYPE_NAMES
from specdsl.ide.calls import CallSite, call_at
from specdsl.ide.document import Document
from specdsl.ide.expectations import ANYTHING, Expected, expected_at
from specdsl.ide.line_tokens import Tokens, is_name, path_before, written_name
from specdsl.source import SourceFile, Span
from specdsl.syntax.layout import lay_out
from specdsl.syntax.lexer import lex
from specdsl.syntax.tokens import ENDS_VALUE, kinds

_WORD_BEFORE = re.compile(r"(?:`[^`\n]*|[^\W\d]\w*)\Z")
_PLAIN_WORD_BEFORE = re.compile(r"[^\W\d]\w*\Z")
_WORD_AFTER = re.compile(r"\w*`?")
_NUMBER_BEFORE = re.compile(r"(?:(?<=\.\.)|(?<![\w.]))\d\w*(?:\.\w*)?\Z")
_SPEC_AFTER: Final = re.compile(r'[^{}"\r\n]*(?=\})')
_PLACEHOLDER: Final = "x_"
_FREE_TEXT: Final = kinds("COMMENT DOC_COMMENT SKIPPED FSTRING_START FSTRING_TEXT")


class Place(StrEnum):
    """What a name at the cursor would be."""

    TOP = "top"  # the first word of a declaration
    NEW_NAME = "new name"  # a name that is being made up
    SETTING = "setting"
    SETTING_VALUE = "setting value"
    TABLE_HEAD = "table head"
    MEMBER = "member"  # the first word of a statement in a table
    TYPE = "type"  # after a column's name
    ITEM_TYPE = "item type"  # where only a type may stand: in `list<>`, after `type Name =`
    MODIFIER = "modifier"  # after a type
    TARGET = "target"  # after `->`
    SUFFIX = "suffix"  # after a reference's table
    VALUE = "value"
    AFTER_VALUE = "after value"
    ATTRIBUTE = "attribute"  # after a dot
    CANDIDATE = "candidate"  # after a dot that begins a path
    PATTERN = "pattern"  # before `=>` in a match
    STATE = "state"  # the name of a state of a lifecycle
    LIFECYCLE = "lifecycle"  # a word in a lifecycle or its head
    HISTORY = "history"  # a word in a history
    COLUMNS = "columns"  # in `key (...)`, `distinct per`
    VARIANT = "variant"  # after how many rows a variant has
    STRENGTH = "strength"  # after `cover`
    RULE = "rule"  # after `violate`
    ASPECT = "aspect"  # after `violate column.`
    AMOUNT = "amount"  # how many rows are spoiled
    MEASURE = "measure"  # after `target`
    TOTAL = "total"  # a word in a target
    CHANGE = "change"  # what begins a change, or how many rows it is about
    CHANGED = "changed"  # a column that a change is about
    AFTER_CHANGE = "after change"  # a word in a change
    GROUP = "group"  # in the parentheses of columns drawn together
    IMPORT = "import"  # the path in quotes
    DATA_FILE = "data file"
    QUERY_FILE = "query file"
    FORMAT = "format"  # after the colon in the braces of an f-string
    TEXT = "text"  # a string that may be one of a list
    LOCALE = "locale"
    NOTHING = "nothing"  # in a comment, a regex, a number, free text


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the cursor's place.

    ``word``: what of a name or string stands before the cursor, ``span``: all of it, to be replaced.
    ``kind`` and ``owner``: the section's keyword and the name it declares. ``column``: the column, setting or
    check that the statement is about, ``columns`` all of those drawn together. ``call``: the call that the
    cursor is in. ``base``: the names before the dot or the cursor, ``record``: the function whose call ends
    there. ``candidate``: the names that lead to the table of which `.name` is a column: "table" and its name.
    ``part``: what of a type the cursor is in, "" where it is in none. ``within``: the columns whose own
    type or value holds the cursor, however deep. ``words``, ``texts``: kinds and texts of the tokens of the
    statement so far. ``subject``: what a match is on, and ``patterns`` those that it has so far.
    """

    place: Place
    word: str
    span: Span
    kind: str = ""
    owner: str = ""
    column: str = ""
    columns: tuple[str, ...] = ()
    call: CallSite | None = None
    base: tuple[str, ...] = ()
    record: str = ""
    candidate: tuple[str, ...] = ()
    part: Literal["", "field", "element", "item", "alternative"] = ""
    within: tuple[str, ...] = ()
    expected: Expected = ANYTHING
    words: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    quoted: bool = False


def context_at(document: Document, offset: int) -> Context:
    """The context of ``offset`` (taken into the text where it is outside)."""
    text = document.text
    offset = max(0, min(offset, len(text)))
    number = document.section_at(offset)
    section, start = document.sections[number], document.starts[number]
    before = text[start:offset]
    nothing = Context(
        Place.NOTHING, "", Span(document.path, offset, offset), kind=section.kind, owner=section.name
    )
    lexed = lex(SourceFile(document.path, before))
    last = next((token for token in reversed(lexed.tokens) if token.text), None)
    if last is not None and last.kind in _FREE_TEXT:
        return nothing
    if last is not None and last.kind == "FSTRING_SPEC":
        return _in_format(document, nothing, start, last.start, offset)
    if last is not None and last.kind == "REGEX" and _is_open(before, last.start, "/"):
        return nothing
    if last is not None and last.kind in ("STRING", "LONG_STRING") and _is_open(before, last.start, '"'):
        quotes = 3 if last.text.startswith('"""') else 1
        return _in_string(document, nothing, start, last.start, quotes, offset)
    if _NUMBER_BEFORE.search(before):
        return nothing
    found = _WORD_BEFORE.search(before)
    if (
        found is not None
        and found[0].startswith("`")
        and found.start() not in {t.start for t in lexed.tokens}
    ):
        found = _PLAIN_WORD_BEFORE.search(before)  # that backtick ends a name
    at = len(before) if found is None else found.start()
    word = before[at:]
    after = _WORD_AFTER.match(text, offset)
    end = offset if after is None else after.end()
    if not word.startswith("`") and text[offset:end].endswith("`"):
        end -= 1
    context = _placed(nothing, document.path, before[:at], at)
    return replace(context, word=word.lstrip("`"), span=Span(document.path, start + at, end))


def _is_open(before: str, at: int, quote: str) -> bool:
    """Whether what begins at ``at`` with a quote goes on at the end."""
    body = before[at:]
    if quote == '"' and body.startswith('"""'):
        return len(body) < 6 or not body.endswith('"""')
    if len(body) < 2 or not body.endswith(quote):
        return True
    escapes = len(body) - 1 - len(body[:-1].rstrip("\\"))
    return escapes % 2 == 1


def _in_string(
    document: Document, nothing: Context, start: int, at: int, quotes: int, offset: int
) -> Context:
    """In a string whose quote is ``at`` of the section that begins at ``start``."""
    text = document.text
    word = text[start + at + quotes : offset]
    line_end = min(
        (i for i in (text.find("\n", offset), text.find("\r", offset)) if i >= 0), default=len(text)
    )
    closing = text.find('"', offset, line_end)
    rest = text[offset:closing] if closing >= 0 else ""
    end = closing if closing >= 0 and not set(rest) & set("(){}|,=") else offset
    outer = _placed(nothing, document.path, text[start : start + at], at)
    span = Span(document.path, start + at + quotes, end)
    place = _place_of_string(outer)
    return replace(outer, place=place, word=word, span=span, quoted=True)


def _in_format(document: Document, nothing: Context, start: int, at: int, offset: int) -> Context:
    """In the format spec whose colon is ``at`` of the section that begins at ``start``."""
    text = document.text
    rest = _SPEC_AFTER.match(text, offset)
    span = Span(document.path, start + at + 1, offset if rest is None else rest.end())
    context = _placed(nothing, document.path, f"{text[start : start + at]} ", at + 1)
    return replace(context, place=Place.FORMAT, word=text[start + at + 1 : offset], span=span)


def _place_of_string(outer: Context) -> Place:
    words = outer.words
    if words[:1] == ("SOFT_IMPORT",):
        return Place.IMPORT
    if words[-1:] == ("SOFT_FROM",):
        return Place.DATA_FILE
    if words == ("SOFT_LOCALE",) or (outer.place is Place.SETTING_VALUE and outer.column == "locale"):
        return Place.LOCALE
    if outer.texts[:1] == ("locale",) and len(words) == 1:
        return Place.LOCALE
    call = outer.call
    if call is not None and outer.place is Place.VALUE:
        if call.function == "load" and call.index == 0 and call.parameter in (None, "path"):
            return Place.DATA_FILE
        if call.function == "sql" and call.index == 0 and call.parameter is None:
            return Place.QUERY_FILE
        if call.parameter == "locale":
            return Place.LOCALE
    return Place.PATTERN if outer.place is Place.PATTERN else Place.TEXT


# --- by the tokens before -------------------------------------------------------------------

_AFTER_OPEN: Final = kinds(
    "EQUAL VBAR THEN ELSE FAT_ARROW IF AND OR NOT WHERE WHEN MATCH EQUALS DIFFERS AT_MOST AT_LEAST LESSTHAN "
    "MORETHAN IN PLUS MINUS STAR SLASH FLOOR_DIVIDE MODULO RANGE LPAR LSQB COMMA COLON FSTRING_OPEN EACH"
)


def _placed(nothing: Context, path: str, before: str, at: int) -> Context:
    """The context of a name that would begin at ``at``, after ``before``."""
    source = SourceFile(path, before + _PLACEHOLDER)
    laid = lay_out(lex(source), path)
    index = next((i for i, t in enumerate(laid.tokens) if t.start <= at < t.end), len(laid.tokens) - 1)
    tokens = Tokens(laid, index)
    if nothing.kind and tokens.block == "file" and tokens.statement == index:
        nothing = replace(nothing, kind="", owner="")
    words = tuple(t.kind for t in tokens.statement_tokens)
    texts = tuple(t.text for t in tokens.statement_tokens)
    within = _drawn_columns(tokens) if nothing.kind == "table" else ()
    context = replace(nothing, words=words, texts=texts, within=within)
    if tokens.element >= 0:
        return _in_element(context, tokens)
    match tokens.block:
        case "file":
            return _at_top(context, tokens)
        case "dataset":
            return _in_dataset(context, tokens)
        case "enum":
            return replace(context, place=Place.NEW_NAME if not words else Place.AFTER_VALUE)
        case "match":
            return _in_match(context, tokens)
        case "map":
            if is_name(tokens.laid.tokens[tokens.brace - 1]):  # `Card {`: a type has no body
                return replace(context, place=Place.NOTHING)
            return _value(context, tokens)
        case "variant":
            return _in_variant(context, tokens)
        case "lifecycle":
            return _in_lifecycle(context, tokens)
        case "overrides":
            return _in_overrides(context, tokens)
        case "changes":
            return _in_changes(context, tokens)
        case _:
            return _in_table(context, tokens)


def _drawn_columns(tokens: Tokens) -> tuple[str, ...]:
    """The columns that the table's statement around a place draws; none of them can be in their value."""
    while tokens.enclosing >= 0 and tokens.block != "table":
        tokens = tokens.at(tokens.enclosing)
    start, statement = tokens.statement, tokens.statement_tokens
    if tokens.block != "table" or not statement:
        return ()
    if statement[0].kind == "LPAR":
        return tokens.names_between(start, tokens.partner_of(start))
    is_column = is_name(statement[0]) and "COLON" not in [token.kind for token in statement[:3]]
    return (written_name(statement[0]),) if is_column else ()


def _at_top(context: Context, tokens: Tokens) -> Context:
    words = context.words
    if not words:
        return replace(context, place=Place.TOP)
    if len(words) == 1:
        return replace(context, place=Place.NEW_NAME if words[0] != "SOFT_IMPORT" else Place.NOTHING)
    named = replace(context, column=written_name(tokens.statement_tokens[1]))
    match words[0]:
        case "SOFT_TYPE" if words[2:3] == ("EQUAL",):
            if len(words) == 3:
                return replace(named, place=Place.ITEM_TYPE)
            return _after_type(named, tokens, from_=3)
        case "SOFT_POOL" if words[2:3] == ("EQUAL",):
            return _value(named, tokens)
        case "SOFT_TABLE":
            if {"EQUAL", "SOFT_OVER"} & set(words[2:]) or words[-1] in _AFTER_OPEN:
                return _value(named, tokens) if "EQUAL" in words else replace(named, place=Place.NEW_NAME)
            return replace(named, place=Place.TABLE_HEAD)
        case _:
            return replace(context, place=Place.NOTHING)


def _in_dataset(context: Context, tokens: Tokens) -> Context:
    if not context.words:
        return replace(context, place=Place.SETTING)
    named = replace(context, column=context.texts[0])
    if len(context.words) == 1:
        return replace(named, place=Place.SETTING_VALUE)
    return _value(named, tokens)


def _in_match(context: Context, tokens: Tokens) -> Context:
    """In the braces of a match; what is outside of them says which column it is for."""
    brace = tokens.brace
    outer = _placed_outside(context, tokens, brace)
    keyword = tokens.match_of(brace)
    subject = path_before(tokens, brace, stop=keyword)
    patterns = tokens.patterns(brace)
    context = replace(outer, subject=subject, patterns=patterns, words=context.words, texts=context.texts)
    if "FAT_ARROW" in context.words:
        return _value(context, tokens)
    return replace(context, place=Place.PATTERN, expected=Expected("path", subject))


def _placed_outside(context: Context, tokens: Tokens, brace: int) -> Context:
    """What is known of the statement that a brace stands in."""
    outside = tokens.at(brace)
    base = replace(
        context,
        words=tuple(t.kind for t in outside.statement_tokens),
        texts=tuple(t.text for t in outside.statement_tokens),
    )
    match outside.block:
        case "match":
            return _in_match(base, outside)
        case "table" | "struct":
            return _in_table(base, outside)
        case _:
            return base


def _in_table(context: Context, tokens: Tokens) -> Context:
    """In the braces of a table or a struct."""
    words, statement = context.words, tokens.statement_tokens
    in_struct = tokens.block == "struct"
    if not words:
        return replace(context, place=Place.NEW_NAME if in_struct else Place.MEMBER)
    if in_struct:
        context = replace(context, part="field")
        if words[0] == "SPREAD":
            return replace(context, place=Place.ITEM_TYPE if len(words) == 1 else Place.NOTHING)
    first = words[0]
    if first == "SOFT_LIFECYCLE" or (context.texts[0] == "lifecycle" and len(words) == 2 and not in_struct):
        return _at_lifecycle(context, tokens)
    if not in_struct and context.texts[0] == "history" and _begins_history(words):
        return _in_history(context, tokens)
    if first == "LPAR":
        close = tokens.partner_of(tokens.statement)
        if not 0 <= close < tokens.index:
            return _in_group(context, tokens)
        names = tokens.names_between(tokens.statement, close)
        named = replace(context, columns=names, column=names[0] if names else "")
        return _after_name(named, tokens, close + 1 - tokens.statement)
    if first in ("KEY", "UNIQUE") or (first == "SOFT_PARTITION" and words[1:2] == ("SOFT_BY",)):
        return replace(context, place=Place.COLUMNS if words[-1] in _COLUMNS_AFTER else Place.NOTHING)
    if first == "SOFT_VARIANT" or (
        context.texts[0] == "variant" and not in_struct and _begins_variant(words)
    ):
        return _at_variant(context, tokens)
    if first == "SOFT_COVER" or _begins_cover(context.texts, words):
        if len(words) == 1:
            return replace(context, place=Place.STRENGTH)
        return replace(context, place=Place.COLUMNS if words[-1] in _COLUMNS_AFTER else Place.NOTHING)
    if first in _DIRT or _begins_dirt(context.texts):
        return _in_dirt(context, tokens)
    if first == "SOFT_TARGET" or context.texts == ("target",):
        return _in_target(context, tokens)
    begins_check = context.texts[0] == "check" and ("COLON" in words or len(words) == 1)
    if first == "SOFT_CHECK" or begins_check:
        name = written_name(statement[1]) if len(statement) > 1 else ""
        if "COLON" not in words:
            return replace(context, place=Place.NEW_NAME if len(words) == 1 else Place.NOTHING)
        return _value(replace(context, column=name), tokens)
    if not is_name(statement[0]):
        return replace(context, place=Place.NOTHING)
    name = written_name(statement[0])
    return _after_name(replace(context, column=name, columns=(name,)), tokens, 1)


def _begins_cover(texts: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether half a line is a design, though a column could begin so."""
    return texts[0] == "cover" and (len(words) == 1 or words[1] in ("SOFT_ALL", "SOFT_PAIRWISE", "NUMBER"))


_DIRT: Final = kinds("SOFT_VIOLATE SOFT_DUPLICATE SOFT_TYPOS SOFT_OUTLIERS SOFT_MALFORMED SOFT_MISENCODED")


def _begins_dirt(texts: tuple[str, ...]) -> bool:
    """Whether half a line spoils rows, though a column could begin so: no type is called as the rule is."""
    if texts[0] not in ("violate", "duplicate"):
        return False
    return len(texts) == 1 or (texts[0] == "violate" and len(texts) == 2 and texts[1] not in TYPE_NAMES)


def _in_dirt(context: Context, tokens: Tokens) -> Context:
    """In a line that spoils rows: the rule or column, then how many."""
    words = context.words
    if context.texts[0] == "violate":
        if len(words) == 1:
            return replace(context, place=Place.RULE)
        column = written_name(tokens.statement_tokens[1])
        if words[-1] == "DOT":
            return replace(context, place=Place.ASPECT, column=column)
        return replace(context, place=Place.AMOUNT if words[-1] != "NUMBER" else Place.NOTHING)
    if context.texts[0] == "duplicate":
        return replace(context, place=Place.AMOUNT if len(words) == 1 else Place.NOTHING)
    if words[-1] == "LPAR":
        return replace(context, place=Place.COLUMNS)
    return replace(context, place=Place.AMOUNT if words[-1] == "RPAR" else Place.NOTHING)


def _begins_variant(words: tuple[str, ...]) -> bool:
    """Whether half a line begins a variant, though a column could begin so."""
    return len(words) == 2 and words[1] in ("NAME", "QUOTED_NAME")


def _at_variant(context: Context, tokens: Tokens) -> Context:
    """In the head of a variant: its name, how many rows, which."""
    words = context.words
    if len(words) == 1:
        return replace(context, place=Place.NEW_NAME)
    if "WHERE" in words:
        return _value(replace(context, column=written_name(tokens.statement_tokens[1])), tokens)
    if len(words) == 2:
        return replace(context, place=Place.AMOUNT)
    ends = words[-1] in ("PERCENT", "SOFT_ROWS")
    return replace(context, place=Place.VARIANT if ends else Place.NOTHING)


def _in_overrides(context: Context, tokens: Tokens) -> Context:
    """In the braces of a variant: a column and what it is."""
    if not context.words:
        return replace(context, place=Place.COLUMNS)
    if "EQUAL" not in context.words:
        return replace(context, place=Place.NOTHING)
    name = written_name(tokens.statement_tokens[0])
    return _value(replace(context, column=name, columns=(name,)), tokens)


def _in_target(context: Context, tokens: Tokens) -> Context:
    """In a target: what of the rows, by what groups, and from where."""
    words = context.words
    if len(words) == 1:
        return replace(context, place=Place.MEASURE)
    if words[-1] == "SOFT_FROM":
        return replace(context, place=Place.NOTHING)
    if words[-1] == "SOFT_AS":
        return replace(context, place=Place.NEW_NAME)
    in_brackets = words.count("LPAR") > words.count("RPAR")
    if in_brackets or words[-1] == "SOFT_BY":
        return _value(context, tokens)
    return replace(context, place=Place.TOTAL)


def _at_lifecycle(context: Context, tokens: Tokens) -> Context:
    """In the head of a lifecycle."""
    words = context.words
    if len(words) == 1:
        return replace(context, place=Place.NEW_NAME)
    context = replace(context, column=written_name(tokens.statement_tokens[1]))
    if words[-1] == "SOFT_FROM":
        return replace(context, place=Place.COLUMNS)
    if "SOFT_UNTIL" in words:
        return _value(context, tokens)
    return replace(context, place=Place.LIFECYCLE)


def _begins_history(words: tuple[str, ...]) -> bool:
    """Whether half a line is a history, though a column could begin so."""
    return len(words) == 1 or words[0] == "SOFT_HISTORY" or (len(words) == 2 and words[1] == "NAME")


def _in_history(context: Context, tokens: Tokens) -> Context:
    """In a line that says whose versions the rows are: `.name` is a column of the parent."""
    words = context.words
    if len(words) == 1:
        return replace(context, place=Place.NEW_NAME)
    parent = tokens.versions_of
    context = replace(context, candidate=("table", parent) if parent else ())
    last = next((k for k in reversed(words) if k in _OF_HISTORIES), "")
    if last in ("", "SOFT_CORRECTED") or (tokens.before in ENDS_VALUE and tokens.before not in _OF_HISTORIES):
        return replace(_value(context, tokens) if last else context, place=Place.HISTORY)
    return _value(context, tokens)


_OF_HISTORIES: Final = kinds("SOFT_FROM SOFT_LASTING SOFT_UNTIL SOFT_AFTER SOFT_CORRECTED")


def _in_lifecycle(context: Context, tokens: Tokens) -> Context:
    """In the braces of a lifecycle. ``patterns``: the states that are named in them, ``subject``: the enum
    that its head names."""
    laid, brace = tokens.laid.tokens, tokens.brace
    end = tokens.partner_of(brace)
    inside = range(brace + 1, end if end > brace else len(laid))
    begins = ("LBRACE", "COMMA", "ARROW", "_NEWLINE")
    places = [at for at in inside if at != tokens.index and tokens.kind(at - 1) in begins]
    states = [written_name(laid[at]) for at in places if is_name(laid[at])]
    head = laid[tokens.at(brace).statement : brace]
    enum = (written_name(head[2]),) if len(head) > 2 and head[2].kind != "SOFT_FROM" else ()
    context = replace(context, patterns=tuple(dict.fromkeys(states)), subject=enum)
    words = context.words
    if not words or words[-1] == "ARROW":
        return replace(context, place=Place.STATE)
    if words[-1] == "SOFT_AS":
        return replace(context, place=Place.NEW_NAME)
    last = next((kind for kind in reversed(words) if kind in ("ARROW", "SOFT_AFTER")), "")
    return _value(context, tokens) if last == "SOFT_AFTER" else replace(context, place=Place.LIFECYCLE)


def _in_changes(context: Context, tokens: Tokens) -> Context:
    """In the braces of `changes`, where a line has one change."""
    words = context.words
    if not words or (len(words) == 1 and words[0] in ("SOFT_UPDATE", "SOFT_DELETE")):
        return replace(context, place=Place.CHANGE)
    last = next((kind for kind in reversed(words) if kind in ("WHERE", "SOFT_SET", "EQUAL")), "")
    if last == "EQUAL" and words[-1] != "COMMA":
        names = [t for t, kind in zip(tokens.statement_tokens, words, strict=True) if kind in _NAMED]
        at = len(words) - 1 - words[::-1].index("EQUAL")
        named = replace(context, column=written_name(tokens.statement_tokens[at - 1]) if names else "")
        return _value(named, tokens)
    if last == "WHERE" or words[-1] == "WHERE":
        return _value(context, tokens)
    if words[-1] in ("SOFT_SET", "COMMA"):
        return replace(context, place=Place.CHANGED)
    return replace(context, place=Place.AFTER_CHANGE)


_NAMED: Final = kinds("NAME QUOTED_NAME")


def _in_element(context: Context, tokens: Tokens) -> Context:
    """Between the `<` and the `>` of a list, a tuple or a map."""
    inside = tokens.laid.tokens[tokens.element : tokens.index]
    words, texts = tuple(t.kind for t in inside), tuple(t.text for t in inside)
    is_list = tokens.kind(tokens.element - 2) == "SOFT_LIST"
    context = replace(context, words=words, texts=texts, part="item" if is_list else "element")
    if words in ((), ("SPREAD",)):
        return replace(context, place=Place.ITEM_TYPE)
    if "EQUAL" in words or words[-1] in ("IN", "RANGE"):
        return _value(context, tokens)
    return _after_type(context, tokens, from_=1 if words[0] == "SPREAD" else 0)


def _in_variant(context: Context, tokens: Tokens) -> Context:
    """In the braces of a variant, whose alternatives may begin with a share and have names."""
    words = context.words[1:] if context.words[:1] == ("PERCENT",) else context.words
    from_ = len(context.words) - len(words)
    context = replace(context, part="alternative")
    is_tagged = tokens.kind(tokens.brace - 1) != "SOFT_VARIANT"
    if is_tagged and not words:
        return replace(context, place=Place.NEW_NAME if not from_ else Place.NOTHING)
    if len(words) == is_tagged:
        return replace(context, place=Place.ITEM_TYPE)
    if "EQUAL" in words and tokens.level_has("EQUAL"):
        return _value(context, tokens)
    return _after_type(context, tokens, from_=from_ + is_tagged)


_COLUMNS_AFTER: Final = kinds("LPAR COMMA SOFT_BY PER")


def _in_group(context: Context, tokens: Tokens) -> Context:
    before = tokens.before
    if before in ("LPAR", "COMMA"):
        return replace(context, place=Place.GROUP)
    return replace(context, place=Place.TYPE if before != "SOFT_AS" else Place.NEW_NAME)


def _after_name(context: Context, tokens: Tokens, from_: int) -> Context:
    """After a column's name (or those of a group): ``from_`` is the place in the statement."""
    rest = context.words[from_:]
    if not rest:
        return replace(context, place=Place.TYPE)
    if rest[0] == "EQUAL" or ("EQUAL" in rest and tokens.level_has("EQUAL")):
        return _value(context, tokens)
    if rest[0] == "ARROW":
        return _in_reference(context, tokens, from_)
    return _after_type(context, tokens, from_)


def _in_reference(context: Context, tokens: Tokens, from_: int) -> Context:
    rest = context.words[from_:]
    if len(rest) == 1:
        return replace(context, place=Place.TARGET)
    target = written_name(tokens.statement_tokens[from_ + 1])
    context = replace(context, candidate=("table", target))
    inside_call = tokens.enclosing_kind in ("LPAR", "LSQB", "FSTRING_OPEN")
    before = tokens.before
    if before == "PER" or (before in ("LPAR", "COMMA") and tokens.after_per):
        return replace(context, place=Place.COLUMNS)
    last = tokens.last_of("WHERE", "WHEN", "EACH", "SOFT_MAX")
    if before in _AFTER_OPEN or before in ("DOT", "SOFT_MAX", "SOFT_OF") or inside_call:
        return _value(context, tokens)
    if last in ("WHERE", "WHEN") and before in ENDS_VALUE:
        return replace(_value(context, tokens), place=Place.SUFFIX)
    return replace(context, place=Place.SUFFIX)


def _after_type(context: Context, tokens: Tokens, from_: int) -> Context:
    """In a type or after it."""
    rest = context.words[from_:]
    before = tokens.before
    if before == "LESSTHAN" and rest[:1] == ("SOFT_LIST",):
        return replace(context, place=Place.ITEM_TYPE)
    if tokens.level_has("EQUAL", since=from_):
        return _value(context, tokens)
    if tokens.enclosing_kind in ("LPAR", "LSQB"):
        named = replace(context, call=call_at(tokens), place=Place.NOTHING)
        return replace(named, place=Place.VALUE) if named.call is not None else named
    if before in (
        "IN",
        "RANGE",
        "WHEN",
        "AND",
        "OR",
        "NOT",
        "DOT",
        "EQUALS",
        "DIFFERS",
        "AT_MOST",
        "AT_LEAST",
    ) or (before in ("LESSTHAN", "MORETHAN", "PLUS", "MINUS", "STAR", "SLASH") and "SOFT_LIST" not in rest):
        return _value(context, tokens)
    return replace(context, place=Place.MODIFIER)


def _value(context: Context, tokens: Tokens) -> Context:
    """In an expression."""
    context = replace(context, call=call_at(tokens))
    drawn = context.column or context.part
    candidate = tokens.candidate(context.candidate)
    context = replace(context, candidate=candidate)
    if tokens.before == "DOT":
        base = path_before(tokens, tokens.index - 1)
        expected = expected_at(tokens.at(tokens.path_start(tokens.index)), drawn)
        function = tokens.called(tokens.index - 2)
        if function is not None:
            return replace(context, place=Place.ATTRIBUTE, record=function, expected=expected)
        if base is None or not base or (candidate and tokens.dot_begins):
            place = Place.CANDIDATE if candidate and tokens.dot_begins else Place.NOTHING
            return replace(context, place=place, expected=expected)
        return replace(context, place=Place.ATTRIBUTE, base=base, expected=expected)
    if tokens.before in ENDS_VALUE and tokens.before != "EACH":
        record = tokens.called(tokens.index - 1) or ""
        base = path_before(tokens, tokens.index, stop=tokens.enclosing)
        return replace(context, place=Place.AFTER_VALUE, base=base, record=record)
    return replace(context, place=Place.VALUE, expected=expected_at(tokens, drawn))
