"""Text to tokens, losing nothing.

One regular expression made of the grammar's terminals does the bulk. Three things depend on context:
whether a ``/`` divides or begins a regex (by the token before it), f-strings (texts and expressions
in turn, the same quotes allowed inside), and the word ``check``. What is no token of the language is
reported here and replaced by what was meant, where that is clear, so that the parser need not trip
over it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from specdsl.diagnostics import lexical as errors
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import SourceFile, Span
from specdsl.syntax.grammar import load_grammar, master_pattern
from specdsl.syntax.tokens import COMMENT, ENDS_VALUE, LINE_END, SPACE, TRIVIA, Lexed, Token, kinds

BOM = "\ufeff"
_LEFT_ALONE = {SPACE, COMMENT, "DOC_COMMENT"}
_OPENERS = {"LPAR", "LSQB", "LBRACE"}
_CLOSERS = {"RPAR", "RSQB", "RBRACE"}
_BEFORE_SPREAD = {"LESSTHAN", "COMMA", "LBRACE"}
_MISTAKEN_COMMENT = re.compile(r"//|--(?!>)|/\*")
_LINE_END = re.compile(r"[\r\n]")
_TRAILING_CLOSERS = re.compile(r"[)\]}][)\]},\s]*\Z")
_INTENDED = {
    "&&": "AND",
    "&": "AND",
    "||": "OR",
    "<>": "DIFFERS",
    "!==": "DIFFERS",
    "≠": "DIFFERS",
    "===": "EQUALS",
    "=~": "EQUALS",
    "!": "NOT",
    ":=": "EQUAL",
    "**": "STAR",
    "≤": "AT_MOST",
    "≥": "AT_LEAST",
}


@dataclass(frozen=True)
class _Patterns:
    master: re.Pattern[str]
    words: dict[str, str]
    regex: re.Pattern[str]
    text: re.Pattern[str]
    long_text: re.Pattern[str]
    spec: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    grammar = load_grammar()
    contextual = grammar.contextual
    return _Patterns(
        master_pattern(grammar),
        grammar.words,
        re.compile(contextual["REGEX"]),
        re.compile(contextual["FSTRING_TEXT"]),
        re.compile(contextual["FSTRING_LONG_TEXT"]),
        re.compile(contextual["FSTRING_SPEC"]),
    )


@dataclass(slots=True)
class _FString:
    """An f-string under way: its opening token, and the open brackets of the expression at hand
    (None while in literal text)."""

    opening: Token
    depth: int | None = None
    hole: int = 0  # where the expression's `{` stands

    @property
    def quote(self) -> str:
        return self.opening.text[1:]


_MOST_DIAGNOSTICS = 1_000


def lex(source: SourceFile) -> Lexed:
    """The tokens of ``source``; their texts joined are ``source.text``."""
    return _Lexer(source).run()


class _Lexer:
    def __init__(self, source: SourceFile) -> None:
        self.file = source.name
        self.text = source.text
        self.tokens: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self.strings: list[_FString] = []
        self.before = ""  # kind of the last token that is not trivia
        self.semicolons: list[Span] = []
        self.line_depth = 0  # brackets opened on this line and not closed yet

    def run(self) -> Lexed:
        text, patterns, tokens = self.text, _patterns(), self.tokens
        match, words, append = patterns.master.match, patterns.words, tokens.append
        position, end = 0, len(text)
        if text.startswith(BOM):
            append(Token(SPACE, BOM, 0, 1))
            position = 1
        while position < end:
            if len(self.diagnostics) > _MOST_DIAGNOSTICS:  # no spec, and not worth any more time
                append(Token("SKIPPED", text[position:], position, end))
                break
            if self.strings and self.strings[-1].depth is None:
                position = self._string_text(position)
                continue
            found = match(text, position)
            kind = found.lastgroup if found else None
            if found is None or kind is None:
                position = self._unknown(position)
                continue
            stop = found.end()
            if kind in _LEFT_ALONE:
                append(Token(kind, found.group(), position, stop))
                position = stop
                continue
            if kind == "NAME":
                word = found.group()
                kind = words.get(word, "NAME")
                if not word.isascii() and not word.isidentifier():
                    position = self._split_name(word, position)
                    continue
            elif kind == LINE_END:
                if self.strings and len(self.strings[-1].quote) == 1:
                    self._unfinished_string(position)
                self.line_depth = 0
                append(Token(kind, found.group(), position, stop))
                position = stop
                continue
            elif kind in _SPECIAL:
                position = self._special(kind, found.group(), position)
                continue
            append(Token(kind, found.group(), position, stop))
            self.before = kind
            position = stop
        while self.strings:
            self._unfinished_string(end)
        self._report_semicolons()
        return Lexed(tokens, self.diagnostics)

    # --- what depends on context ---------------------------------------------------------

    def _special(self, kind: str, text: str, position: int) -> int:
        """Tokens that need a closer look; returns where to go on."""
        if kind in ("SLASH", "FLOOR_DIVIDE", "MINUS"):
            return self._slash_or_dash(kind, text, position)
        if kind in _OPENERS:
            self.line_depth += 1
            if self.strings:
                string = self.strings[-1]
                string.depth = (string.depth or 0) + 1
            return self._push(kind, text, position)
        if kind in _CLOSERS:
            self.line_depth -= 1
            return self._closer(kind, text, position)
        if kind == "RANGE":
            begins = self.before in _BEFORE_SPREAD or self._at_line_start()
            if begins and self.text.startswith("...", position):
                return self._push("SPREAD", "...", position)
            return self._push(kind, text, position)
        if kind == "COLON":
            if self.strings and self.strings[-1].depth == 0:
                spec = _patterns().spec.match(self.text, position)
                return self._push("FSTRING_SPEC", spec.group() if spec else text, position)
            return self._push(kind, text, position)
        if kind == "FSTRING_START":
            token_end = self._push(kind, text, position)
            self.strings.append(_FString(self.tokens[-1]))
            return token_end
        return self._mistake(kind, text, position)

    def _closer(self, kind: str, text: str, position: int) -> int:
        if not self.strings:
            return self._push(kind, text, position)
        string = self.strings[-1]
        if string.depth:
            string.depth -= 1
        elif kind == "RBRACE":
            string.depth = None
            return self._push("FSTRING_CLOSE", text, position)
        return self._push(kind, text, position)

    def _slash_or_dash(self, kind: str, text: str, position: int) -> int:
        at_line_start = not self.strings and self._at_line_start()
        wrong = _MISTAKEN_COMMENT.match(self.text, position)
        if wrong and (at_line_start or (self.before not in ENDS_VALUE and wrong.group() == "/*")):
            return self._mistaken_comment(wrong.group(), position)
        if wrong and wrong.group() == "/*" and not self.strings:
            return self._mistaken_comment(wrong.group(), position)
        if kind != "MINUS" and self.before not in ENDS_VALUE:
            regex = _patterns().regex.match(self.text, position)
            if regex:
                return self._push("REGEX", regex.group(), position)
            if kind == "SLASH":
                stop = self._line_end(position)
                self._report(errors.UnterminatedRegex(span=self._span(position, stop)))
                return self._push("REGEX", self.text[position:stop], position)
        return self._push(kind, text, position)

    def _mistaken_comment(self, marker: str, position: int) -> int:
        stop = self._line_end(position)
        closed = stop
        if marker == "/*":
            found = self.text.find("*/", position + 2)
            closed = found + 2 if found >= 0 else stop
            stop = min(closed, max(stop, closed))
        one_line = "\n" not in self.text[position:stop] and "\r" not in self.text[position:stop]
        self._report(
            errors.WrongComment(
                span=self._span(position, position + 2),
                marker=marker,
                comment=self._span(position, stop) if one_line else None,
                text=self.text[position + 2 : stop].removesuffix("*/").strip(),
            )
        )
        self.tokens.append(Token("SKIPPED", self.text[position:stop], position, stop))
        return stop

    def _string_text(self, position: int) -> int:
        """In an f-string, outside its expressions."""
        string = self.strings[-1]
        patterns = _patterns()
        long = len(string.quote) == 3
        found = (patterns.long_text if long else patterns.text).match(self.text, position)
        if found:
            # A run of closing braces may be an end and an escape; the text pattern takes pairs only.
            return self._push("FSTRING_TEXT", found.group(), position)
        if self.text.startswith(string.quote, position):
            self.strings.pop()
            return self._push("FSTRING_END", string.quote, position)
        character = self.text[position]
        if character == "{":
            string.depth, string.hole = 0, position
            return self._push("FSTRING_OPEN", character, position)
        if character == "}":
            self._report(errors.LoneBrace(span=self._span(position, position + 1)))
            return self._push("FSTRING_TEXT", character, position)
        if character == "\\":  # at the very end of the line or the text
            return self._push("FSTRING_TEXT", character, position)
        self._unfinished_string(position)
        return position

    def _unfinished_string(self, position: int) -> None:
        """The line (or the text) ends within an f-string: report once, and end it and those around."""
        string = self.strings[-1]
        text_start = string.opening.start
        in_expression = string.depth is not None
        if in_expression:
            self._forget_since(string.hole)
        self._report(
            errors.UnterminatedFString(
                span=self._span(text_start, position),
                hole=self._span(string.hole, string.hole + 1) if in_expression else None,
                long=len(string.quote) == 3,
            )
        )
        while self.strings:
            if self.strings.pop().depth is not None:
                self._push("FSTRING_CLOSE", "", position)
            self._push("FSTRING_END", "", position)

    # --- mistakes ------------------------------------------------------------------------

    def _mistake(self, kind: str, text: str, position: int) -> int:
        span = self._span(position, position + len(text))
        match kind:
            case "OPEN_STRING" | "OPEN_LONG_STRING":
                return self._open_string(kind, text, position)
            case "SINGLE_QUOTED":
                self._report(errors.SingleQuotes(span=span, content=text[1:-1]))
                return self._push("STRING", text, position)
            case "OPEN_QUOTED_NAME":
                self._report(errors.BadQuotedName(span=span, empty=text == "``"))
                return self._push("QUOTED_NAME", text, position)
            case "BAD_DATE":
                self._report(errors.BadDate(span=span, text=text, reason=errors.malformed_date(text)))
                return self._push("TIMESTAMP" if "T" in text else "DATE", text, position)
            case "BAD_NUMBER":
                return self._bad_number(text, position)
            case "POINT_NUMBER":
                if self.before == "RANGE" and self.text[position - 1] == ".":
                    return self._third_dot(text, position)
                if self.before in ENDS_VALUE and not self.text[position - 1].isspace():
                    self._report(errors.BadNumber(span=span, text=text, suggestion=""))
                else:
                    self._report(errors.BadNumber(span=span, text=text, suggestion="0" + text))
                return self._push("NUMBER", text, position)
            case "WRONG_OPERATOR":
                self._report_once_a_line(errors.WrongOperator(span=span, operator=text))
                return self._push(_INTENDED[text], text, position)
            case _:  # SEMICOLON
                self.semicolons.append(span)
                self.tokens.append(Token("SEMICOLON", text, position, position + 1))
                return position + 1

    def _open_string(self, kind: str, text: str, position: int) -> int:
        if self.strings and kind == "OPEN_STRING":
            return self._open_string_in_hole(text, position)
        if kind == "OPEN_STRING" and self.line_depth > 0 and not self.strings:
            # `load("plans.csv)`: the closing bracket was surely not meant as text
            closers = _TRAILING_CLOSERS.search(text)
            if closers and closers.start() > 1:
                text = text[: closers.start()]
        self._report(
            errors.UnterminatedString(
                span=self._span(position, position + len(text)), long=kind == "OPEN_LONG_STRING"
            )
        )
        return self._push("STRING" if kind == "OPEN_STRING" else "LONG_STRING", text, position)

    def _open_string_in_hole(self, text: str, position: int) -> int:
        """An open string within an f-string: most likely the `}` before the f-string's end is missing."""
        string = self.strings[-1]
        if text.strip() != '"' or len(string.quote) > 1:
            return self._push("STRING", text, position)
        self._forget_since(string.hole)
        self._report(
            errors.UnterminatedFString(
                span=self._span(string.opening.start, position + 1),
                hole=self._span(string.hole, string.hole + 1),
            )
        )
        self._push("FSTRING_CLOSE", "", position)
        self.strings.pop()
        return self._push("FSTRING_END", text, position)

    def _bad_number(self, text: str, position: int) -> int:
        unit = re.fullmatch(r"(\d[\d_]*(?:\.\d[\d_]*)?)([^\W\d_]\w*)", text)
        span = self._span(position, position + len(text))
        if unit and text[:2].lower() not in ("0x", "0b", "0o"):
            self._report(errors.UnknownUnit(span=span, number=unit.group(1), unit=unit.group(2)))
            return self._push("DURATION", text, position)
        self._report(errors.BadNumber(span=span, text=text, suggestion=""))
        return self._push("NUMBER", text, position)

    def _unknown(self, position: int) -> int:
        """Characters that begin no token; a run of them is reported once."""
        stop = position + 1
        first = self.text[position]
        if first == "'":
            stop = self._line_end(position)
            self._report(errors.SingleQuotes(span=self._span(position, stop), content=None))
            return self._push("STRING", self.text[position:stop], position)
        while stop < len(self.text) and self.text[stop] == first:
            stop += 1
        self._unknown_run(position, stop)
        return stop

    def _fancy_string(self, start: int) -> int:
        """A string in typographic quotes: its end, or ``start`` when it has none on its line."""
        stop = self._line_end(start)
        for end in range(start + 1, stop):
            if self.text[end] in errors.FANCY_QUOTES:
                self._report(
                    errors.UnknownCharacter(
                        span=self._span(start, start + 1),
                        text=self.text[start],
                        partner=self._span(end, end + 1),
                    )
                )
                return self._push("STRING", self.text[start : end + 1], start)
        return start

    def _unknown_run(self, start: int, stop: int) -> None:
        text = self.text[start:stop]
        currency = text in ("$", "€", "£", "¥") and self.text[stop : stop + 1].isdigit()
        self._report_once_a_line(
            errors.UnknownCharacter(span=self._span(start, stop), text=text, currency=currency)
        )
        self.tokens.append(Token("SKIPPED", self.text[start:stop], start, stop))

    def _split_name(self, word: str, position: int) -> int:
        """A run that has non-ASCII characters and is no identifier: names, blanks and strangers."""
        words = _patterns().words
        index = 0
        while index < len(word):
            start = index
            if word[index] in errors.FANCY_QUOTES:
                end = self._fancy_string(position + index)
                if end > position + index:
                    if end >= position + len(word):
                        return end
                    index = end - position
                    continue
            if word[index].isidentifier():
                index += 1
                while index < len(word) and ("a" + word[index]).isidentifier():
                    index += 1
                piece = word[start:index]
                self._push(words.get(piece, "NAME"), piece, position + start)
            else:
                index += 1
                while index < len(word) and word[index] == word[start]:
                    index += 1
                self._unknown_run(position + start, position + index)
        return position + len(word)

    def _report_semicolons(self) -> None:
        """A habit more than a mistake each time: one diagnostic for all."""
        if self.semicolons:
            first, *others = self.semicolons
            at_end = all(self._ends_line(span.end) for span in self.semicolons)
            self._report(errors.Semicolon(span=first, others=tuple(others), at_end=at_end))

    # --- small things --------------------------------------------------------------------

    def _push(self, kind: str, text: str, position: int) -> int:
        stop = position + len(text)
        self.tokens.append(Token(kind, text, position, stop))
        self.before = kind
        return stop

    def _third_dot(self, text: str, position: int) -> int:
        """``18...90``"""
        start = position - 2
        line = self.text[self._line_start(start) : self._line_end(start)]
        at = start - self._line_start(start)
        corrected = f"{line[:at]}..{line[at + 3 :]}".partition("#")[0].strip()
        self._report(
            errors.OtherForm(
                span=self._span(start, position + 1),
                summary="a range has two dots",
                corrected=corrected,
                edit="..",
            )
        )
        self.tokens[-1] = Token("RANGE", "...", start, position + 1)
        return self._push("NUMBER", text[1:], position + 1)

    def _report_once_a_line(self, found: errors.WrongOperator | errors.UnknownCharacter) -> None:
        """A habit more than a mistake each time: what comes again on the line joins the first."""
        last = self.diagnostics[-1] if self.diagnostics else None
        alike = type(last) is type(found) and self._spelling(last) == self._spelling(found)
        if alike and isinstance(last, errors.WrongOperator | errors.UnknownCharacter):
            between = self.text[last.span.end : found.span.start]
            if not _LINE_END.search(between) and getattr(last, "partner", None) is None:
                self.diagnostics[-1] = last.with_another(found.span)
                return
        self._report(found)

    def _spelling(self, diagnostic: Diagnostic | None) -> str:
        return "" if diagnostic is None else self.text[diagnostic.span.start : diagnostic.span.end]

    def _forget_since(self, position: int) -> None:
        """What was found in an open `{` of an f-string: that was not meant as an expression."""
        self.diagnostics = [d for d in self.diagnostics if d.span.start < position]

    def _report(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)

    def _span(self, start: int, end: int) -> Span:
        return Span(self.file, start, end)

    def _line_end(self, position: int) -> int:
        found = _LINE_END.search(self.text, position)
        return found.start() if found else len(self.text)

    def _line_start(self, position: int) -> int:
        return max(self.text.rfind("\n", 0, position), self.text.rfind("\r", 0, position)) + 1

    def _ends_line(self, position: int) -> bool:
        rest = self.text[position : self._line_end(position)].strip(" \t\f")
        return not rest or rest.startswith("#")

    def _at_line_start(self) -> bool:
        for token in reversed(self.tokens):
            if token.kind == LINE_END:
                return True
            if token.kind not in TRIVIA:
                return False
        return True


_SPECIAL = kinds(
    "SLASH FLOOR_DIVIDE MINUS COLON RANGE FSTRING_START OPEN_STRING OPEN_LONG_STRING SINGLE_QUOTED "
    "OPEN_QUOTED_NAME BAD_DATE BAD_NUMBER POINT_NUMBER WRONG_OPERATOR SEMICOLON"
) | (_OPENERS | _CLOSERS)
