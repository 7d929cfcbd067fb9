"""Lines: which line ends end a statement, and what documents what.

A line's end ends a statement except inside ( ) and [ ], before or after an operator, after `{` and `,`
and before `}`. Where an operator at a line's end is followed by a line that can only be a statement of
its own, the statement is taken as unfinished and ended there, so that the next one survives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

from specdsl.diagnostics.model import Diagnostic
from specdsl.diagnostics.syntax import MisspeltWord
from specdsl.source import Span
from specdsl.syntax.brackets import (
    CLOSER,
    OPENER,
    Significant,
    begins_item,
    begins_statement,
    is_name,
    pair_brackets,
    significant_tokens,
)
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.misspelt_words import line_after, meant_word
from specdsl.syntax.tokens import COMMENT, DOC_COMMENT, LINE_END, SPACE, Lexed, Token, kinds

_ANGLED = kinds("SOFT_LIST SOFT_TUPLE SOFT_MAP")
_OPERATORS = kinds(
    "VBAR PLUS MINUS STAR SLASH FLOOR_DIVIDE MODULO EQUALS DIFFERS AT_MOST AT_LEAST LESSTHAN MORETHAN "
    "IN AND OR THEN ELSE EQUAL FAT_ARROW ARROW DOT COLON WHERE WHEN PER"
)
# A line that begins so goes on with the statement before it.
_GOES_ON = _OPERATORS | {"RANGE", "EACH", "HIDDEN", "PERCENT", "OPTIONAL"}
# After these a statement is not finished.
_UNFINISHED = _OPERATORS | {"NOT", "IF", "MATCH"}
_NO_END_AFTER = frozenset({"LBRACE", "COMMA", NEWLINE})
_NO_END_BEFORE = frozenset({"RBRACE", "COMMA", "LBRACE"})
_AFTER_CHECKED = kinds(
    "COLON DOT EQUALS DIFFERS AT_MOST AT_LEAST MORETHAN LESSTHAN AND OR NOT PLUS MINUS STAR SLASH"
)


@dataclass(slots=True)
class Laid:
    """What the parser reads: tokens without trivia, with NEWLINE where a statement ends and END last.

    ``partner[i]`` is the place of the bracket that closes or opens ``tokens[i]`` (-1 for others),
    ``inside[i]`` that of the innermost bracket open before it (-1 for none); ``docs`` the
    documentation of what begins at an offset.
    """

    tokens: list[Token]
    partner: list[int]
    inside: list[int]
    docs: dict[int, str]
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def starts(self) -> frozenset[int]:
        """Where the tokens begin."""
        return frozenset(token.start for token in self.tokens if token.text)


def lay_out(lexed: Lexed, file: str) -> Laid:
    """Pairs brackets, ends statements, attaches documentation."""
    items, diagnostics = pair_brackets(significant_tokens(lexed.tokens), file, lexed.diagnostics)
    tokens: list[Token] = []
    partner: list[int] = []
    inside: list[int] = []
    opened: list[tuple[int, str]] = []  # place of the opener, and whose brace it is: match, variant or ""
    lines_matter = True
    match_pending = -1
    before = NEWLINE
    head = ""  # the kind of the word that begins the statement of the file
    for at, item in enumerate(items):
        token = item.token
        kind = token.kind
        if (
            item.starts_line
            and lines_matter
            and before not in _NO_END_AFTER
            and kind not in _NO_END_BEFORE
            and _ends_before(items, at, before, opened[-1][1] if opened else "")
        ):
            end = items[at - 1].token.end
            tokens.append(Token(NEWLINE, "", end, end))
            partner.append(-1)
            inside.append(opened[-1][0] if opened else -1)
            before = NEWLINE
        begins = before in _NO_END_AFTER
        if not opened and before == NEWLINE:
            head = kind
        in_table = head == "SOFT_TABLE" and len(opened) == 1 and tokens[opened[0][0]].kind == "LBRACE"
        if begins and in_table and (meant := meant_word(items, at)) is not None:
            rest = line_after(items, at)
            place_of = Span(file, token.start, token.end)
            diagnostics.append(MisspeltWord(span=place_of, found=token.text, meant=meant, rest=rest))
            token = Token(f"SOFT_{meant.upper()}", token.text, token.start, token.end)
            kind = token.kind
        is_word = None if token is not item.token else _STATEMENT_WORDS.get(kind)
        stays = kind == "SOFT_VARIANT" and _is_type(items, at, begins, opened[-1][1] if opened else "")
        stays = stays or (kind == "SOFT_CHANGES" and not begins)
        if is_word is not None and not stays and not (begins and is_word(items, at)):
            token = Token("NAME", token.text, token.start, token.end)
            kind = "NAME"
        place = len(tokens)
        tokens.append(token)
        partner.append(-1)
        inside.append(opened[-1][0] if opened else -1)
        if kind in CLOSER:
            whose = ""
            if kind == "LBRACE" and match_pending == len(opened):
                whose, match_pending = "match", -1
            elif kind == "LBRACE" and opens_variant(tokens, place):
                whose = "variant"
            opened.append((place, whose))
            lines_matter = kind == "LBRACE"
        elif kind in OPENER and opened:
            other = opened.pop()[0]
            partner[place], partner[other] = other, place
            lines_matter = not opened or tokens[opened[-1][0]].kind == "LBRACE"
        elif kind == "MATCH":
            match_pending = len(opened)
        before = kind
    end = tokens[-1].end if tokens else 0
    tokens.append(Token(END, "", end, end))
    partner.append(-1)
    inside.append(-1)
    return Laid(tokens, partner, inside, documentation(lexed.tokens), diagnostics)


def opens_variant(tokens: list[Token], place: int) -> bool:
    """Whether the brace at ``place`` holds the alternatives of a variant."""
    before = tokens[place - 1] if place else None
    if before is None or before.kind == "SOFT_VARIANT":
        return before is not None
    return place > 1 and is_name(before) and tokens[place - 2].kind == "SOFT_VARIANT"


def _ends_before(items: list[Significant], at: int, before: str, whose: str) -> bool:
    """Whether a statement ends before the line that begins at ``items[at]``, in a brace of ``whose``."""
    kind = items[at].token.kind
    if before == "MORETHAN" and (whose == "variant" or _closes_a_type(items, at - 1)):
        return kind not in _GOES_ON or (kind == "PERCENT" and whose == "variant")
    if whose == "variant" and kind in ("PERCENT", "NULL"):
        return before not in _UNFINISHED
    if kind == "PER" and _is_batch_setting(items, at):
        return True
    if kind in _GOES_ON:
        # `else =>`, `-1 =>` and `..17 =>` are arms of a match
        return whose == "match" and kind in ("ELSE", "MINUS", "RANGE") and _is_arm(items, at)
    following = items[at + 1].token.kind if at + 1 < len(items) else END
    if (kind == "NULL" and following == "PERCENT") or (kind == "DISTINCT" and following == "PER"):
        return False
    if kind == "NOT" and following == "IN":
        return False
    if before in _UNFINISHED:
        return begins_statement(items, at) or begins_item(items, at)
    return True


_FAR = 400


def _closes_a_type(items: list[Significant], at: int) -> bool:
    """Whether the `>` at ``at`` ends `list<...>`, `tuple<...>` or `map<...>`, and compares nothing."""
    depth = 0
    for index in range(at, max(0, at - _FAR), -1):
        kind = items[index].token.kind
        if kind == "MORETHAN":
            depth += 1
        elif kind == "LESSTHAN":
            depth -= 1
            if not depth:
                return items[index - 1].token.kind in _ANGLED
    return False


def _is_batch_setting(items: list[Significant], at: int) -> bool:
    """Whether the `per` that begins a line begins `per batch 1d`; in the head of a table a brace follows."""
    rest = [item.token.kind for item in items[at + 1 : at + 3] if not item.starts_line]
    return len(rest) == 2 and rest[0] == "SOFT_BATCH" and rest[1] not in ("LBRACE", "SOFT_FROM")


def _is_arm(items: list[Significant], at: int) -> bool:
    depth = 0
    for index in range(at, len(items)):
        item = items[index]
        if index > at and item.starts_line:
            return False
        kind = item.token.kind
        if kind == "FAT_ARROW" and depth == 0:
            return True
        depth += 1 if kind in CLOSER else -1 if kind in OPENER else 0
    return False


def _is_check(items: list[Significant], at: int) -> bool:
    """Whether the `check` that begins a statement is the word, not a column of that name."""
    rest = [item.token for item in items[at + 1 : at + 3] if not item.starts_line]
    if not rest:
        return False
    if rest[0].kind == "COLON":
        return True
    if len(rest) < 2:
        return False
    if rest[0].kind == "SOFT_LIST" and rest[1].kind == "LESSTHAN":
        return False
    named = is_name(rest[0]) or rest[0].text.isidentifier()
    return named and rest[1].kind in _AFTER_CHECKED


def _is_locale(items: list[Significant], at: int) -> bool:
    """Whether the `locale` that begins a statement is the word, not a column of that name."""
    return (
        at + 1 < len(items)
        and not items[at + 1].starts_line
        and items[at + 1].token.kind in ("STRING", "LONG_STRING")
    )


def _is_partition(items: list[Significant], at: int) -> bool:
    """Whether the `partition` that begins a statement is the word, not a column of that name."""
    rest = [item.token for item in items[at + 1 : at + 3] if not item.starts_line]
    return len(rest) == 2 and rest[0].kind == "SOFT_BY" and (rest[1].kind == "LPAR" or is_name(rest[1]))


_WITH_PARAMETERS = frozenset({"string", "decimal"})


def _is_cover(items: list[Significant], at: int) -> bool:
    """Whether the `cover` that begins a statement is the word, not a column of that name."""
    rest = [item.token for item in items[at + 1 : at + 3] if not item.starts_line]
    if not rest or rest[0].kind in ("LPAR", "NUMBER"):
        return bool(rest)
    return len(rest) == 2 and rest[1].kind == "LPAR" and rest[0].text not in _WITH_PARAMETERS


_AMOUNT = kinds("PERCENT NUMBER DOT")
# After a percentage these make it a rate of the column that has the word for its name.
_AFTER_RATE = kinds("NULL SOFT_ABSENT SOFT_CHANGES")


def _is_violate(items: list[Significant], at: int) -> bool:
    """Whether the `violate` that begins a statement is the word, not a column of that name: a rule and how
    often follow it."""
    rest = [item.token for item in items[at + 1 : at + 4] if not item.starts_line]
    if len(rest) < 2 or not is_name(rest[0]) or rest[1].kind not in _AMOUNT:
        return False
    return not (rest[1].kind == "PERCENT" and len(rest) > 2 and rest[2].kind in _AFTER_RATE)


def _is_duplicate(items: list[Significant], at: int) -> bool:
    """Whether the `duplicate` that begins a statement is the word, not a column of that name."""
    rest = [item.token.kind for item in items[at + 1 : at + 4] if not item.starts_line]
    if rest[:1] == ["SOFT_NEAR"]:
        rest = rest[1:]
    if len(rest) > 2 and rest[1] == "PERCENT" and rest[2] in _AFTER_RATE:
        return False
    return rest[:1] == ["PERCENT"] or rest[:2] in (["SOFT_ROWS", "PERCENT"], ["NUMBER", "SOFT_ROWS"])


def _is_spoil(items: list[Significant], at: int) -> bool:
    """Whether the word that begins a statement says how a column is spoiled: `typos(name) 1%`."""
    rest = items[at + 1 : at + 2]
    return bool(rest) and not rest[0].starts_line and rest[0].token.kind == "LPAR"


def _is_variant(items: list[Significant], at: int) -> bool:
    """Whether the `variant` that begins a statement is the word, not a column of that name."""
    rest = [item.token for item in items[at + 1 : at + 4] if not item.starts_line]
    if len(rest) < 2 or not is_name(rest[0]):
        return False
    if rest[1].kind in ("LBRACE", "WHERE"):  # how many is missing
        return rest[0].kind not in _BRACED_TYPES and rest[0].text != "json"
    if rest[1].kind not in _AMOUNT:
        return False
    return not (rest[1].kind == "PERCENT" and len(rest) > 2 and rest[2].kind in _AFTER_RATE)


def _is_type(items: list[Significant], at: int, begins: bool, whose: str) -> bool:
    """Whether a `variant` is a type's: anywhere but at the beginning of a statement, and there where a
    type may stand."""
    if not begins or whose == "variant":
        return True
    rest = [item.token for item in items[at + 1 : at + 3] if not item.starts_line]
    return bool(rest) and "LBRACE" in (rest[0].kind, rest[-1].kind) and rest[0].kind not in _BRACED_TYPES


_BRACED_TYPES = frozenset({"SOFT_STRUCT", "SOFT_VARIANT"})


def _is_lifecycle(items: list[Significant], at: int) -> bool:
    """Whether the `lifecycle` that begins a statement is the word, not a column of that name."""
    rest = [item.token for item in items[at + 1 : at + 4] if not item.starts_line]
    if len(rest) < 2 or not is_name(rest[0]):
        return False
    if rest[0].kind not in _BRACED_TYPES and rest[0].text != "json":
        line = [i.token for i in takewhile(lambda item: not item.starts_line, items[at + 1 : at + 6])]
        brace = next((n for n, token in enumerate(line) if token.kind == "LBRACE"), 0)
        if brace and all(is_name(token) for token in line[:brace]):  # `from` is missing, or another word
            return True
    return any(token.kind == "SOFT_FROM" for token in rest[1:])


def _is_history(items: list[Significant], at: int) -> bool:
    """Whether the `history` that begins a statement is the word, not a column of that name."""
    rest = [item.token for item in items[at + 1 : at + 3] if not item.starts_line]
    return len(rest) == 2 and is_name(rest[0]) and rest[1].kind in ("SOFT_FROM", "SOFT_AFTER")


MEASURES = frozenset({"sum", "avg", "count", "share", "retention"})
_LIKE_MEASURES = frozenset((
    "rate", "ratio", "proportion", "fraction", "percentage", "percent", "probability", "total", "average",
    "mean", "median", "mode", "min", "max", "minimum", "maximum", "std", "stddev", "variance",
    "quantile", "percentile",
))  # fmt: skip
"""Words that are no measures and no types, so that ``target rate(...)`` can only mean a target."""
"""What a target can be about."""


def _is_target(items: list[Significant], at: int) -> bool:
    """Whether the `target` that begins a statement is the word, not a column of that name: what it is about
    follows."""
    rest = [item.token for item in items[at + 1 : at + 3] if not item.starts_line]
    if not rest or not is_name(rest[0]):
        return False
    if rest[0].text in MEASURES:
        return True
    if len(rest) > 1 and rest[0].text in _LIKE_MEASURES and rest[1].kind in ("LPAR", "SOFT_BY"):
        return True
    line = takewhile(lambda item: not item.starts_line, items[at + 2 :])
    return len(rest) > 1 and rest[1].kind == "LPAR" and any(i.token.kind == "SOFT_BY" for i in line)


def _is_changes(items: list[Significant], at: int) -> bool:
    """Whether the `changes` that begins a statement is the word, not a column of that name."""
    rest = items[at + 1 : at + 2]
    return bool(rest) and rest[0].token.kind == "LBRACE"


_STATEMENT_WORDS = {
    "SOFT_CHECK": _is_check,
    "SOFT_LIFECYCLE": _is_lifecycle,
    "SOFT_HISTORY": _is_history,
    "SOFT_LOCALE": _is_locale,
    "SOFT_PARTITION": _is_partition,
    "SOFT_VARIANT": _is_variant,
    "SOFT_COVER": _is_cover,
    "SOFT_VIOLATE": _is_violate,
    "SOFT_DUPLICATE": _is_duplicate,
    "SOFT_TYPOS": _is_spoil,
    "SOFT_OUTLIERS": _is_spoil,
    "SOFT_MALFORMED": _is_spoil,
    "SOFT_MISENCODED": _is_spoil,
    "SOFT_TARGET": _is_target,
    "SOFT_CHANGES": _is_changes,
}
"""Words that are names of columns unless what follows them tells otherwise."""


def documentation(tokens: list[Token]) -> dict[int, str]:
    """The lines of `##` comments before a token, by the offset of that token. A `##` after code on
    its line is an ordinary comment."""
    docs: dict[int, str] = {}
    lines: list[str] = []
    at_line_start = True
    for token in tokens:
        kind = token.kind
        if kind == LINE_END:
            at_line_start = True
        elif kind == DOC_COMMENT:
            if at_line_start:
                lines.append(token.text[2:].removeprefix(" ").rstrip())
        elif kind not in (SPACE, COMMENT):
            if lines:
                docs[token.start] = "\n".join(lines)
                lines = []
            at_line_start = False
    return docs
