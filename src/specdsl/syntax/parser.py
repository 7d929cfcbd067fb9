"""Tokens to tree: the LALR automaton of the grammar, driven token by token, with recovery.

On an error one diagnostic is recorded and the automaton is brought to a state where it can go on: by a
correction of the token at hand where the mistake is a known one, by putting in a value that is missing,
by leaving out tokens up to a place where a statement or a bracket ends, or by closing an unfinished
production with an error node, whichever touches least. Brackets are paired before (brackets.py), so a
repair never reaches beyond the bracket that it is in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.lexical import OtherForm
from specdsl.diagnostics.model import Diagnostic, DiagnosticBag, Label
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree
from specdsl.syntax.brackets import CLOSER, NESTING_LIMIT, OPENER
from specdsl.syntax.builder import BROKEN, Action, Builder, action_for
from specdsl.syntax.grammar import DROP, END, KEEP, NEWLINE, NONE, SPLICE, load_grammar
from specdsl.syntax.layout import Laid, lay_out
from specdsl.syntax.lexer import lex
from specdsl.syntax.literals import name_text
from specdsl.syntax.mistakes import diagnose
from specdsl.syntax.situation import Situation
from specdsl.syntax.tokens import COMMENT, DOC_COMMENT, Lexed, Token, kinds

_PRAGMA = "ignore:"
_COMMENTS = (COMMENT, DOC_COMMENT)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's tree, whole or with error nodes, and what was wrong with its text. ``pragmas``: its comments
    that seem to speak to the compiler."""

    tree: tree.File
    diagnostics: list[Diagnostic]
    pragmas: tuple[Token, ...] = ()


def parse(source: SourceFile) -> Parsed:
    """The tree of any text whatever. Never raises; diagnostics are in the order of the text."""
    lexed = lex(source)
    return parse_laid(source, lexed, lay_out(lexed, source.name))


def parse_laid(source: SourceFile, lexed: Lexed, laid: Laid) -> Parsed:
    """As ``parse``, of tokens that are there already. Words that turned out to be names have kind NAME
    among them afterwards."""
    builder = Builder(source.name, laid.docs, _declared(laid.tokens))
    parser = _Parser(source, laid, builder, [*lexed.diagnostics, *laid.diagnostics])
    file = parser.run()
    found = [*lexed.diagnostics, *laid.diagnostics]
    found = [d for d in found if not any(start <= d.span.start < end for start, end in parser.silent)]
    bag = DiagnosticBag()
    bag.extend([*found, *parser.diagnostics, *builder.diagnostics])
    pragmas: tuple[Token, ...] = ()
    if _PRAGMA in source.text:
        pragmas = tuple(t for t in lexed.tokens if t.kind in _COMMENTS and _PRAGMA in t.text)
    return Parsed(file, _summed_up(_without_echo(bag.sorted(), laid.tokens), source), pragmas)


def _operators(value: Any) -> int:
    """How many operators an expression has in a row."""
    count = 0
    while isinstance(value, tree.Binary):
        value, count = value.left, count + 1
    return count


def _summed_up(diagnostics: list[Diagnostic], source: SourceFile) -> list[Diagnostic]:
    """As many as a person would read; in a file of another kind every token is a mistake."""
    if len(diagnostics) <= _MOST_DIAGNOSTICS:
        return diagnostics
    return [
        errors.TooManyMistakes(
            span=diagnostics[0].span,
            count=len(diagnostics),
            lines=source.lines.line_count,
            first=tuple(Label(d.span, d.message()) for d in diagnostics[:3]),
        )
    ]


def _without_echo(diagnostics: list[Diagnostic], tokens: list[Token]) -> list[Diagnostic]:
    """``diagnostics``, less the brackets that are open where the file ends in the middle of something
    that is reported itself."""
    last = [token for token in tokens[-8:] if token.text][-2:]
    if not last:
        return diagnostics

    def at_end(d: Diagnostic) -> bool:
        return isinstance(d, errors.UnclosedBracket) and d.at_end

    if any(not at_end(d) and d.span.end >= last[0].end for d in diagnostics):
        return [d for d in diagnostics if not at_end(d)]
    return diagnostics


def _extent(diagnostic: Diagnostic) -> tuple[int, int]:
    """From where to where a diagnostic explains what else is odd."""
    if isinstance(diagnostic, errors.UnclosedBracket) and not diagnostic.at_end:
        return diagnostic.opening.start, diagnostic.span.end
    return diagnostic.span.start, diagnostic.span.end


def _declared(tokens: list[Token]) -> frozenset[str]:
    """Names that look declared: first in their statement, or in an enum."""
    starts = ("LBRACE", "COMMA", NEWLINE)
    return frozenset(
        token.text for before, token in pairwise(tokens) if token.kind == "NAME" and before.kind in starts
    )


# Where a repair may go on after leaving out tokens.
_SYNC = {NEWLINE, END} | kinds(
    "COMMA RPAR RSQB RBRACE FSTRING_CLOSE FSTRING_SPEC EQUAL VBAR THEN ELSE FAT_ARROW LBRACE"
)
# Operators that can follow each other anywhere; each takes half a level of the nesting.
_OPERATORS_IN_A_ROW = 2 * NESTING_LIMIT - 10
# More mistakes in one statement are recovered from without looking for their cause.
_MISTAKES_LOOKED_INTO = 20
# More diagnostics in one file are counted, not shown.
_MOST_DIAGNOSTICS = 100
_SEPARATORS = {NEWLINE, "COMMA"}
_NESTED = (tree.Expr, tree.TypeExpr)
# What an unfinished production may be closed as, the smallest first.
_RECOVERABLE = (
    "atom",
    "closed_range",
    "value",
    "type",
    "entry",
    "match_arm",
    "field",
    "enum_member",
    "setting",
    "table_head",
    "body",
    "member",
    "item",
)


_Stacks = tuple[list[int], list[Any], list[int], list[int], list[int]]


@dataclass(slots=True)
class _Shape:
    """A rule, ready to be reduced by."""

    origin: int
    size: int
    transparent: bool
    kept: str
    plain: bool  # every symbol is one value
    collects: bool  # the values are spliced into another rule's
    action: Action | None


class _Parser:
    def __init__(self, source: SourceFile, laid: Laid, builder: Builder, known: list[Diagnostic]) -> None:
        self.source = source
        self.grammar = load_grammar()
        self.laid = laid
        self.tokens = laid.tokens
        self.builder = builder
        self.diagnostics: list[Diagnostic] = []
        self.known = sorted(_extent(d) for d in known)
        self.known_until = [*accumulate((end for _, end in self.known), max)]
        self.shapes = _shapes()
        self.recoverable = _origins()
        self.states = [self.grammar.start]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.depths: list[int] = []
        self.opened: list[int] = []  # number of states when a bracket was shifted, that one included
        self.reported_at = -1  # place of the token of the last report
        self.too_deep = any(isinstance(d, errors.NestingTooDeep) for d in known)
        self.silent: list[tuple[int, int]] = []  # stretches of which enough has been said
        self.grown: list[tuple[list[Any], int]] = []  # lists that reductions for this token lengthened
        self.breaks: set[int] = set()  # where a missing separator was put in
        self.statement_at = 0  # where the statement at hand begins, for counting its mistakes
        self.mistakes = 0
        self.told: set[Span] = set()  # mistakes that were reported together with an earlier one

    def run(self) -> tree.File:
        index = 0
        while True:
            index = self._go(index)
            if index < 0:
                file = self.values[-1]
                assert isinstance(file, tree.File)
                return file
            index = self._mend(index)

    # --- the automaton -------------------------------------------------------------------

    def _go(self, index: int) -> int:
        """Shift and reduce from token ``index`` on; the place of a token that cannot be taken, or -1
        when the file is done."""
        actions, gotos, shapes = self.grammar.actions, self.grammar.gotos, self.shapes
        tokens, states, values = self.tokens, self.states, self.values
        starts, ends, depths = self.starts, self.ends, self.depths
        final = self.grammar.end
        count = len(tokens)
        while index < count:
            token = tokens[index]
            kind = token.kind
            saved = None
            while True:
                row = actions[states[-1]]
                action = row.get(kind)
                if action is None:
                    if states[-1] == final and kind == END:
                        return -1
                    action = row.get("NAME") if kind.startswith("SOFT_") else None
                    if action is None:
                        if saved is not None:
                            self._restore(saved)
                        return index
                if action >= 0:
                    if kind not in row:
                        token.kind = "NAME"  # a soft word: settled for whoever reads the tokens later
                    states.append(action)
                    values.append(token)
                    starts.append(token.start)
                    ends.append(token.end)
                    depths.append(0)
                    if kind in CLOSER:
                        self.opened.append(len(states))
                        if kind == "LBRACE":
                            self._separated(index)
                    elif kind in OPENER and self.opened:
                        self.opened.pop()
                    elif kind in _SEPARATORS:
                        self._separated(index)
                    break
                if saved is None:
                    saved = (states[:], values[:], starts[:], ends[:], depths[:])
                    self.grown.clear()
                shape = shapes[~action]
                if shape.transparent:
                    states[-1] = gotos[states[-2]][shape.origin]
                    continue
                self._reduce(shape, token)
            index += 1
        raise AssertionError("the end of the file is always taken")

    def _restore(self, saved: _Stacks) -> None:
        """Undo the reductions that led nowhere. (LALR finds an error before it shifts anything, but
        after reductions that hide what could have stood here.)"""
        self.states[:], self.values[:], self.starts[:], self.ends[:], self.depths[:] = saved
        for grown, length in reversed(self.grown):
            del grown[length:]

    def _reduce(self, shape: _Shape, following: Token) -> None:
        size = shape.size
        states, values, starts, ends, depths = self.states, self.values, self.starts, self.ends, self.depths
        if size:
            kids = values[-size:]
            start, end = starts[-size], ends[-1]
            if start < 0 or end < 0:
                start = next((s for s in starts[-size:] if s >= 0), -1)
                end = next((e for e in reversed(ends[-size:]) if e >= 0), -1)
            left, depth = depths[-size], max(depths[-size:])
            deeper = depth > left  # than what the first value holds
            del states[-size:], values[-size:], starts[-size:], ends[-size:], depths[-size:]
        else:
            kids, start, end, depth, deeper = [], -1, -1, 0, False
        if not shape.plain:
            if shape.collects and shape.kept[:1] == SPLICE and size > 1:
                self.grown.append((kids[0], len(kids[0])))
            kids = _kept(shape.kept, kids, shape.collects)
        value: Any = kids
        if shape.action is not None:
            at = following.start if start < 0 else start
            value = shape.action(self.builder, at, at if end < 0 else end, kids)
            if depth >= 2 * NESTING_LIMIT:
                value = self._flattened(value)
                depth = 0
            elif isinstance(value, _NESTED):  # `a + b + c` is long rather than deep: it counts for half
                depth += 1 if isinstance(value, tree.Binary) and not deeper else 2
        states.append(self.grammar.gotos[states[-1]][shape.origin])
        values.append(value)
        starts.append(start)
        ends.append(end)
        depths.append(depth)

    def _flattened(self, value: Any) -> Any:
        """``value`` without its inside: it is nested too deep for whoever walks the tree."""
        if not isinstance(value, _NESTED):
            return value
        if not self.too_deep:
            self.too_deep = True
            chain = _operators(value) > _OPERATORS_IN_A_ROW
            limit = _OPERATORS_IN_A_ROW if chain else NESTING_LIMIT
            self.diagnostics.append(errors.NestingTooDeep(span=value.span, limit=limit, chain=chain))
        return tree.ErrorExpr(value.span) if isinstance(value, tree.Expr) else BROKEN

    def _separated(self, index: int) -> None:
        """A statement begins after the separator at ``index``, so mistakes count anew."""
        token, inside = self.tokens[index], self.laid.inside[index]
        if token.kind == "COMMA" and (inside < 0 or self.tokens[inside].kind != "LBRACE"):
            return
        if token.kind == "LBRACE":
            following = self.tokens[index + 1].start if index + 1 < len(self.tokens) else token.end
            if not any(c in "\r\n" for c in self.source.text[token.end : following]):
                return
        self.statement_at, self.mistakes = index + 1, 0

    # --- errors --------------------------------------------------------------------------

    def _mend(self, index: int) -> int:
        """Report the token at ``index`` and bring the automaton where it can go on; from which token."""
        self.mistakes += 1
        if self.mistakes > _MISTAKES_LOOKED_INTO:
            return self._recover(index, _RECOVERABLE)
        situation = self._situation(index)
        diagnosis = diagnose(situation)
        if not self._is_consequence(situation, diagnosis.diagnostic):
            self.diagnostics.append(diagnosis.diagnostic)
            self.reported_at = index
            if isinstance(diagnosis.diagnostic, errors.OtherLanguage):
                self._silence(situation)
            elif isinstance(diagnosis.diagnostic, errors.CoverForm):
                self._silence_line(diagnosis.diagnostic.statement or diagnosis.diagnostic.span)
        if diagnosis.replace is not None and self._viable(self.states, diagnosis.replace):
            token = self.tokens[index]
            self.tokens[index] = Token(diagnosis.replace, token.text, token.start, token.end)
            return index
        if diagnosis.skip and self._viable(self.states, self.tokens[index + diagnosis.skip].kind):
            return index + diagnosis.skip
        if diagnosis.insert is not None and self._viable(self.states, diagnosis.insert):
            self._put_in(diagnosis.insert, self.tokens[index].start)
            if diagnosis.insert == NEWLINE:
                self.breaks.add(index)
                self.statement_at = index
            return index
        return self._recover(index, _RECOVERABLE if diagnosis.close is None else (diagnosis.close,))

    def _situation(self, index: int) -> Situation:
        expected = frozenset(
            kind for kind in self.grammar.actions[self.states[-1]] if self._viable(self.states, kind)
        )
        return Situation(self.source, self.laid, index, self.breaks, expected, self.grammar, self.values)

    def _put_in(self, kind: str, position: int) -> None:
        """Take a token that is not there."""
        actions, gotos = self.grammar.actions, self.grammar.gotos
        token = Token(kind, "", position, position)
        while (action := actions[self.states[-1]][kind]) < 0:
            shape = self.shapes[~action]
            if shape.transparent:
                self.states[-1] = gotos[self.states[-2]][shape.origin]
            else:
                self._reduce(shape, token)
        self.states.append(action)
        self.values.append(token)
        self.starts.append(-1)
        self.ends.append(-1)
        self.depths.append(0)

    def _silence(self, situation: Situation) -> None:
        """What else is odd in a statement of another language is not worth a word."""
        start = situation.first.start
        following = situation.statement_end + 1
        end = self.tokens[following].start if following < len(self.tokens) else len(self.source.text) + 1
        self.silent.append((start, end))

    def _silence_line(self, statement: Span) -> None:
        """All of a line has been told, items after a comma too."""
        following = self.source.text.find("\n", statement.end)
        end = len(self.source.text) + 1 if following < 0 else following
        self.silent.append((statement.start, end))

    def _is_consequence(self, situation: Situation, diagnostic: Diagnostic) -> bool:
        """Whether something in the same statement has been reported before."""
        index = situation.index
        token = self.tokens[index]
        if self.reported_at >= self.statement_at or (token.kind in OPENER and not token.text):
            return True
        if any(start <= diagnostic.span.start < end for start, end in self.silent):
            return True
        if isinstance(diagnostic, errors.UnknownStatement) and self._after_broken_item():
            return True
        if isinstance(diagnostic, errors.MissingSeparator) and situation.statement in self.breaks:
            return True
        if isinstance(diagnostic, errors.WrongArrow | errors.PatternBar | OtherForm):
            if diagnostic.span in self.told:
                return True
            self.told.update(diagnostic.others)
        low = self.tokens[min(self.statement_at, index)].start
        before = bisect_left(self.known, (max(token.end, token.start + 1), 0))
        return before > 0 and self.known_until[before - 1] >= low

    def _after_broken_item(self) -> bool:
        """Whether the item before this one could not be told either."""
        last = next((value for value in _backwards(self.values[-3:]) if isinstance(value, tree.Item)), None)
        return isinstance(last, tree.ErrorItem)

    def _viable(self, states: list[int], kind: str) -> bool:
        """Whether the automaton takes a token of ``kind`` from ``states``."""
        actions, gotos, shapes = self.grammar.actions, self.grammar.gotos, self.shapes
        stack = states[-1:]
        below = len(states) - 1  # states[:below] are under `stack`
        while True:
            if stack[-1] == self.grammar.end and kind == END:
                return True
            row = actions[stack[-1]]
            action = row.get(kind)
            if action is None:
                action = row.get("NAME") if kind.startswith("SOFT_") else None
                if action is None:
                    return False
            if action >= 0:
                return True
            shape = shapes[~action]
            size = shape.size
            while len(stack) <= size:
                below -= 1
                stack.insert(0, states[below])
            if size:
                del stack[-size:]
            stack.append(gotos[stack[-1]][shape.origin])

    def _recover(self, index: int, names: tuple[str, ...]) -> int:
        """Leave out and close off as little as possible; the token to go on from."""
        tokens, partner = self.tokens, self.laid.partner
        at = index
        while True:
            kind = tokens[at].kind
            if at == index:
                if self._close_off(names, kind, at, index, deepest=len(self.states)):
                    return at
            elif kind in _SYNC and len(names) > 1 and self._viable(self.states, kind):
                return at
            if kind in _SYNC and self._close_off(names, kind, at, index, deepest=self._floor()):
                return at
            if kind == END:
                return self._give_up(at)
            if kind in CLOSER:
                at = partner[at]
            elif kind in OPENER and self.opened:
                self.opened.pop()
            at += 1

    def _floor(self) -> int:
        """How many states must stay: those up to the innermost open bracket."""
        return self.opened[-1] if self.opened else 1

    def _close_off(self, names: tuple[str, ...], kind: str, at: int, index: int, deepest: int) -> bool:
        """Close an unfinished production such that a token of ``kind`` can follow; of several the one
        that loses least."""
        closed = 0  # brackets that are closed, but whose production is not complete
        for height in range(len(self.states), deepest - 1, -1):
            if height < len(self.states):
                shifted = self.values[height - 1]
                if isinstance(shifted, Token):
                    closed += 1 if shifted.kind in OPENER else -1 if shifted.kind in CLOSER else 0
                if closed > 0:
                    continue
            jumps = self.grammar.gotos[self.states[height - 1]]
            for name in names:
                origin = self.recoverable[name]
                if origin in jumps and self._viable([*self.states[:height], jumps[origin]], kind):
                    self._push_error(name, height, jumps[origin], at, index)
                    return True
        return False

    def _push_error(self, name: str, height: int, state: int, at: int, index: int) -> None:
        lost = self.values[height - 1 :]
        starts = [start for start in self.starts[height - 1 :] if start >= 0]
        first = starts[0] if starts else self.tokens[index].start
        last = self.tokens[at - 1].end if at > 0 else 0
        span = Span(self.source.name, first, max(first, last))
        del self.states[height:], self.values[height - 1 :], self.starts[height - 1 :]
        del self.ends[height - 1 :], self.depths[height - 1 :]
        self.states.append(state)
        self.values.append(_error_value(name, span, lost))
        self.starts.append(span.start)
        self.ends.append(span.end)
        self.depths.append(0)

    def _give_up(self, at: int) -> int:
        """Nothing fits before the end of the file: keep the items that are complete."""
        items = [value for value in _flat(self.values) if isinstance(value, tree.Item)]
        span = Span(self.source.name, 0, self.tokens[at].end)
        self.states[1:] = [self.grammar.end]
        self.values[:] = [tree.File(span, (*items, tree.ErrorItem(span)))]
        self.starts[:], self.ends[:], self.depths[:] = [0], [span.end], [0]
        return at


@lru_cache(maxsize=1)
def _shapes() -> tuple[_Shape, ...]:
    return tuple(
        _Shape(
            rule.origin,
            rule.size,
            rule.transparent,
            rule.kept,
            plain=set(rule.kept) <= {KEEP},
            collects=not rule.action,
            action=action_for(rule.action) if rule.action and not rule.transparent else None,
        )
        for rule in load_grammar().rules
    )


@lru_cache(maxsize=1)
def _origins() -> dict[str, int]:
    """The numbers of the recoverable productions."""
    return {name: load_grammar().origins.index(name) for name in _RECOVERABLE}


def _kept(kept: str, kids: list[Any], collects: bool) -> list[Any]:
    """The values of a production: without dropped tokens, with spliced lists and None."""
    if collects and kept[:1] == SPLICE and len(kids) > 1:
        result: list[Any] = kids[0]  # a list that grows, used nowhere else
        rest, kids = kept[1:], kids[1:]
    else:
        result, rest = [], kept
    at = 0
    for what in rest:
        if what == NONE:
            result.append(None)
            continue
        if what == KEEP:
            result.append(kids[at])
        elif what != DROP:
            result.extend(kids[at])
        at += 1
    return result


def _flat(values: list[Any]) -> list[Any]:
    return [one for value in values for one in (_flat(value) if isinstance(value, list) else [value])]


def _backwards(values: list[Any]) -> Iterator[Any]:
    """As ``_flat``, from the end: files have many items, and the last one is asked for."""
    for value in reversed(values):
        if isinstance(value, list):
            yield from _backwards(value)
        else:
            yield value


def _first_name(values: list[Any], file: str) -> tree.Name | None:
    for value in _flat(values):
        if isinstance(value, Token) and value.kind in ("SOFT_CHECK", "SOFT_LIFECYCLE", "SOFT_HISTORY"):
            return None
        if isinstance(value, tree.Name):
            return value
        if isinstance(value, tuple) and value and isinstance(value[0], tree.Name):
            return value[0]
        if isinstance(value, Token) and value.kind in ("NAME", "QUOTED_NAME", "KEY", "UNIQUE"):
            return tree.Name(Span(file, value.start, value.end), name_text(value.text))
    return None


def _error_value(name: str, span: Span, lost: list[Any]) -> Any:
    """What stands for a production that was closed off."""
    seen = _first_name(lost, span.file)
    broken = tree.ErrorExpr(span)
    match name:
        case "atom" | "value":
            return broken
        case "closed_range":
            return tree.Range(span, None, None)
        case "type":
            return BROKEN
        case "entry":
            return tree.MapEntry(span, broken, broken)
        case "match_arm":
            return tree.MatchArm(span, (broken,), broken)
        case "field":
            return tree.FieldDecl(span, seen, None, (), broken) if seen else None
        case "enum_member":
            return tree.EnumMember(span, seen, None) if seen else None
        case "setting":
            return tree.Setting(span, seen, broken) if seen else None
        case "table_head":
            return (broken, None)
        case "body":
            return (tree.ErrorMember(span),)
        case "member":
            return tree.ErrorMember(span, seen)
        case _:
            return tree.ErrorItem(span, seen)


__all__ = ["Lexed", "Parsed", "parse"]
