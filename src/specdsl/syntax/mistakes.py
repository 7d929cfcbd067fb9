"""What a token that cannot stand where it stands was probably meant to be.

Each rule looks at the situation and answers with a diagnosis or None; the first answer holds. What no
rule knows is told in general terms: what was found, after what, and what could come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.lexical import Rewritten
from specdsl.diagnostics.nearest import nearest
from specdsl.source import Span
from specdsl.syntax import (
    cover_mistakes,
    dirt_mistakes,
    expression_mistakes,
    habits,
    order_mistakes,
    statement_mistakes,
)
from specdsl.syntax.brackets import is_name
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Diagnosis, Situation, found_in_words
from specdsl.syntax.statement_mistakes import STATEMENTS
from specdsl.syntax.tokens import kinds


def diagnose(s: Situation) -> Diagnosis:
    """What is wrong at the token in error."""
    for rule in _RULES:
        diagnosis = rule(s)
        if diagnosis is not None:
            return _placed(s, diagnosis)
    return _unexpected(s)


def _placed(s: Situation, diagnosis: Diagnosis) -> Diagnosis:
    """``diagnosis`` with the place of the statement that it corrects, where that is on one line."""
    found = diagnosis.diagnostic
    if not isinstance(found, Rewritten) or found.statement is not None or "..." in found.corrected:
        return diagnosis
    stop = s.statement_end
    if found.corrected.endswith("{"):
        stop = next((n for n in range(s.statement, stop) if s.tokens[n].kind == "LBRACE"), stop - 1) + 1
    start, end = s.tokens[s.statement].start, s.tokens[stop - 1].end
    if (
        not start <= found.span.start <= found.span.end <= end
        or len(s.source.text[start:end].splitlines()) != 1
    ):
        return diagnosis
    return replace(diagnosis, diagnostic=found.at(Span(s.source.name, start, end)))


_VALUES = kinds("NUMBER STRING NAME FSTRING_START FSTRING_END DATE TIMESTAMP DURATION")


def _extra_comma(s: Situation) -> Diagnosis | None:
    if s.token.kind != "COMMA" or s.at(-1).kind not in ("COMMA", "LPAR", "LSQB", "LBRACE"):
        return None
    return Diagnosis(errors.ExtraComma(span=s.span()), skip=1)


def _missing_separator(s: Situation) -> Diagnosis | None:
    """Two statements, or two items, with nothing between them."""
    if s.expects(NEWLINE) and s.token.kind != NEWLINE:
        what = {
            "table": "column",
            "struct": "field",
            "variant": "alternative",
            "enum": "member",
            "dataset": "setting",
            "match": "arm",
            "lifecycle": "state",
            "overrides": "value",
            "map": "entry",
            "changes": "change",
            "file": "statement",
        }[s.block]
        if s.index != s.statement and _begins_next(s):
            comma = s.block != "file"
            return Diagnosis(
                errors.MissingSeparator(
                    span=s.span(),
                    what=what,
                    found=found_in_words(s.token),
                    comma=comma,
                    after=s.span(s.at(-1)),
                ),
                insert=NEWLINE,
            )
    in_list = s.enclosing >= 0 and s.tokens[s.enclosing].kind in ("LPAR", "LSQB")
    between_values = s.token.kind in _VALUES and s.at(-1).kind in _VALUES | {"RPAR"} and not s.names(0, -1)
    if s.expects("COMMA") and in_list and between_values:
        return Diagnosis(
            errors.MissingSeparator(
                span=s.span(), what="item", found=found_in_words(s.token), comma=True, after=s.span(s.at(-1))
            ),
            insert="COMMA",
        )
    return None


def _begins_next(s: Situation) -> bool:
    following = s.at(1)
    if s.block == "file":
        return s.token.text in STATEMENTS and is_name(following)
    if s.block in ("table", "struct"):
        if s.token.kind == "LPAR" and 0 <= s.partner[s.index] < len(s.tokens) - 1:
            return s.tokens[s.partner[s.index] + 1].kind in ("EQUAL", "ARROW")
        if s.token.kind in ("KEY", "UNIQUE"):
            return following.kind == "LPAR"
        complete = s.earlier("EQUAL", "ARROW") >= 0 or s.at(-1).kind in ("KEY", "UNIQUE", "HIDDEN", "NULL")
        return is_name(s.token) and (
            is_name(following) or following.kind == "ARROW" or (complete and following.kind == "EQUAL")
        )
    if s.block == "match":
        return following.kind == "FAT_ARROW"
    if s.block == "overrides":
        return is_name(s.token) and following.kind == "EQUAL"
    if s.block == "lifecycle":
        return is_name(s.token) and following.kind == "ARROW"
    return is_name(s.token) or s.token.kind == "STRING"


def _unexpected(s: Situation) -> Diagnosis:
    before = s.at(-1)
    after = f"after {found_in_words(before)}" if before.text and s.index > 0 else "here"
    found = "the end of the file" if s.token.kind == END else found_in_words(s.token)
    return Diagnosis(
        errors.UnexpectedToken(
            span=s.span(), found=found, context=after, expected=_in_words(s), advice=_advice(s)
        )
    )


_ROWS_FROM = (
    'rows that are there are written `table users from "users.parquet"`, '
    '`from "app.sqlite" table "people"` or `from database shop table "people" { id int key }`'
)
_FORMS = {
    "table": "a column is written `name type = value`, or `name -> table`",
    "struct": "a field is written `name type = value`",
    "enum": "members are written `paid 55%, shipped 20%, cancelled`",
    "dataset": "a setting is written `seed 42`",
    "match": 'an arm is written `"a" => value`, and the last may be `else => value`',
    "map": 'an entry is written `"paid": 7`',
    "overrides": "what a column is in a variant is written `age = boundary()`",
    "lifecycle": "what follows a state is written `placed -> paid 92% after 1h..2d`",
    "changes": "a change is written `update 3% of rows set status`, `update status as time passes` or "
    "`delete 1% of rows`",
    "SOFT_LIFECYCLE": "a lifecycle is written `lifecycle status from placed_at { placed -> paid after 1d }`",
    "variant": "an alternative is written `70% int in 1..9`, `string = word()` or `null`",
    "SOFT_HISTORY": "a history is written `history valid from .joined_at lasting 20d..200d`",
    "SOFT_TARGET": 'a target is written `target sum(total) by country { "DE": 20_000 }`, or `from "a.csv"`',
    "SOFT_VARIANT": "a variant is written `variant { 70% int in 1..9, string = word() }`",
    "SOFT_TUPLE": "a tuple is written `tuple<int in 1..9, string = word()>`",
    "SOFT_MAP": "a map is written `map<string = word(), int in 1..9>[1..4]`",
    "SOFT_TABLE": "a table is written `table users 100 { id int key }`",
    "SOFT_ENUM": "an enum is written `enum Status { paid 55%, shipped }`",
    "SOFT_DATASET": "a dataset is written `dataset shop { seed 42 }`",
    "SOFT_TYPE": "a type is written `type Age = int in 0..150`",
    "SOFT_POOL": 'a pool is written `pool Plans = load("plans.csv")`',
    "SOFT_IMPORT": 'an import is written `import "common.dgen"`',
}


def _advice(s: Situation) -> str:
    """What to write instead, from the place if nothing better is known."""
    before = s.at(-1)
    misspelt = _misspelt_word(s)
    if misspelt:
        return misspelt
    if s.token.kind == "IF" and s.expects("PLUS"):
        return "the condition comes first: `if condition then value else other`"
    if s.token.kind in ("IF", "MATCH", "DISTINCT") and s.wants_value:
        return f"put parentheses around it: `({s.token.text} ...)`"
    if s.token.kind == "STRING" and before.text in ("r", "b", "F", "R") and before.end == s.token.start:
        return 'strings are `"..."` and `f"..."`; a pattern stands in slashes, as in `/[A-Z]{3}/`'
    if before.kind == "SOFT_IMPORT":
        return f'write `import "{s.text(s.index, s.statement_end)}"`'
    if s.token.kind == "MODULO" and before.kind == "NUMBER":
        return f"a percentage is written without a blank: `{before.text}%`"
    if s.token.kind == "LSQB" and s.index == s.statement + 2:
        rest = s.text(max(s.partner[s.index], s.index) + 1, s.statement_end)
        return f"a list is written `{f'{s.first.text} list<{before.text}>[0..3] {rest}'.rstrip()}`"
    if s.token.kind == "COMMA" and before.kind == "NUMBER" and s.at(1).kind == "NUMBER":
        head, tail = s.text(s.statement, s.index), s.text(s.index + 2, s.index + 3)
        return f"digits are grouped by `_`: `{head}_{s.at(1).text} {tail}`"
    if before.kind == "PERCENT" and s.expects("VBAR"):
        return 'the arms of a choice are separated by `|`, as in `"a" 70% | "b" 30%`'
    if s.token.kind == "COLON" and s.expects("VBAR"):
        return 'shares are percentages after the value, as in `"a" 70% | "b" 30%`'
    if s.token.kind == "VBAR" and s.block == "variant":
        return "alternatives are separated by commas: `variant { int in 1..9, string = word() }`"
    bound = s.token.kind in ("NUMBER", "DATE", "TIMESTAMP", "DURATION", "MINUS") and s.expects("HIDDEN")
    if bound and before.kind != "MORETHAN":
        value = s.text(s.index, s.statement_end)
        return f"a bound is written `{before.text} in {value}`, a value `{before.text} = {value}`"
    if s.first.kind in ("SOFT_LIFECYCLE", "SOFT_HISTORY", "SOFT_TARGET"):
        return _FORMS[s.first.kind]
    if s.first.kind == "SOFT_VARIANT" and s.block == "table" and is_name(s.tokens[s.statement + 1]):
        return "rows of a variant are written `variant edge 5% { age = boundary() }`: how many comes first"
    if before.kind == "SOFT_AS" and s.expects("SOFT_OF"):
        return f"write `{s.text(s.statement, s.index)} of {s.text(s.index + 1, s.statement_end)}`"
    if s.first.kind == "SOFT_TABLE" and s.block == "file" and s.earlier("SOFT_FROM") >= 0:
        return _ROWS_FROM
    if s.token.text in ("to", "until") or before.text in ("between", "from", "."):
        return "a range is written `1..5`, both ends included"
    shape = _json_shape(s)
    if shape:
        return _FORMS[shape]
    if s.block == "file":
        return _FORMS.get(s.first.kind, "a file is made of dataset, import, enum, type, pool and table")
    return _FORMS[s.block]


def _json_shape(s: Situation) -> str:
    """The kind of the word right before where it begins a variant, tuple or map, else of the tuple or map
    whose `<` is open; "" for none."""
    if s.at(-1).kind in ("SOFT_VARIANT", "SOFT_TUPLE", "SOFT_MAP"):
        return s.at(-1).kind
    closed = 0
    at = s.index - 1
    while at > s.enclosing and s.tokens[at].kind != NEWLINE:
        kind = s.tokens[at].kind
        if kind in ("SOFT_TUPLE", "SOFT_MAP", "SOFT_LIST") and s.tokens[at + 1].kind == "LESSTHAN":
            if not closed:
                return kind if kind in _FORMS else ""
            closed -= 1
        closed += kind == "MORETHAN"
        at = (s.partner[at] if 0 <= s.partner[at] < at else at) - 1
    return ""


def _misspelt_word(s: Situation) -> str:
    """``name string uniq``, ``-> users wher .active``: help with the word of the language that is near."""
    at = s.index - 1 if s.at(-1).kind == "NAME" and s.expected == {"LPAR"} else s.index
    written = s.tokens[at].text
    if s.block == "file" or s.tokens[at].kind != "NAME":
        return ""
    known = _REFERENCE_WORDS if at < s.index else s.words(s.expected)
    words = sorted(word for word in known if len(word) > 2 and word.isalpha())
    near = nearest(written, words) or next(
        (w for w in words if len(written) > 2 and w.startswith(written)), None
    )
    if near is None:
        return ""
    corrected = f"{s.text(s.statement, at)} {near} {s.text(at + 1, s.statement_end)}".rstrip()
    return f"did you mean `{near}`? Write `{corrected}`"


_REFERENCE_WORDS = ("where", "each", "distinct", "unique", "key", "hidden")
_BINARY = ("PLUS", "STAR", "EQUALS", "AND")
_PHRASES = (
    ("NAME", "a name"),
    ("STRING", "a text"),
    ("EQUAL", "`=`"),
    ("ARROW", "`->`"),
    ("COLON", "`:`"),
    ("FAT_ARROW", "`=>`"),
    ("THEN", "`then`"),
    ("ELSE", "`else`"),
    ("PERCENT", "a percentage"),
    ("VBAR", "`|`"),
    ("COMMA", "a comma"),
    ("LPAR", "`(`"),
    ("LBRACE", "`{`"),
    ("LESSTHAN", "`<`"),
    ("MORETHAN", "`>`"),
    ("RPAR", "`)`"),
    ("RSQB", "`]`"),
    ("RANGE", "`..`"),
    ("NULL", "`null`"),
    ("WHEN", "`when`"),
    ("PER", "`per`"),
    (NEWLINE, "the end of the line"),
    (END, "the end of the file"),
    ("FSTRING_CLOSE", "`}`"),
    ("RBRACE", "`}`"),
)


def _in_words(s: Situation) -> tuple[str, ...]:
    """What could stand here, shortly."""
    expected = s.expected
    if "SOFT_TABLE" in expected:
        return ("dataset, import, enum, type, pool or table",)
    phrases: list[str] = []
    skipped: set[str] = set()
    if "NUMBER" in expected:
        phrases.append("a value")
        skipped |= {"NAME", "STRING", "LPAR", "LBRACE", "NULL", "RANGE"}
    elif "SOFT_STRUCT" in expected:
        phrases.append("a type")
        skipped |= {"NAME"}
    if all(kind in expected for kind in _BINARY):
        phrases.append("an operator")
        skipped |= {"LESSTHAN", "MORETHAN", "LPAR"}
    if "HIDDEN" in expected:
        phrases.append("a modifier such as `unique`")
        skipped |= {"PERCENT", "NULL", "LPAR", "LBRACE"}
    phrases += [phrase for kind, phrase in _PHRASES if kind in expected and kind not in skipped]
    return tuple(phrases[:6])


_RULES: tuple[Callable[[Situation], Diagnosis | None], ...] = (
    *dirt_mistakes.RULES,
    *cover_mistakes.RULES,
    *order_mistakes.RULES,
    *habits.RULES,
    *statement_mistakes.RULES,
    *expression_mistakes.RULES,
    _extra_comma,
    _missing_separator,
)
