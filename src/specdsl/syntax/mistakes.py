"""What a token that cannot stand where it stands was probably meant to be.

Each rule looks at the situation and answers with a diagnosis or None; the first answer holds. What no
rule knows is told in general terms: what was found, after what, and what could come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from specdsl.diagnostics import lexical
from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.model import Diagnostic
from specdsl.diagnostics.nearest import nearest
from specdsl.source import Span
from specdsl.syntax import tree
from specdsl.syntax.brackets import is_name
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Situation
from specdsl.syntax.tokens import Token, kinds

_STATEMENTS = {
    "dataset": "SOFT_DATASET",
    "import": "SOFT_IMPORT",
    "enum": "SOFT_ENUM",
    "type": "SOFT_TYPE",
    "pool": "SOFT_POOL",
    "table": "SOFT_TABLE",
}
_SQL_STATEMENTS = kinds("CREATE INSERT SELECT ALTER DROP UPDATE DELETE WITH")
_SQL_OPTIONS = {
    "PRIMARY": "write key after the type",
    "AUTO_INCREMENT": "an int key counts by itself: id int key",
    "AUTOINCREMENT": "an int key counts by itself: id int key",
    "REFERENCES": "a reference is written user_id -> users",
    "FOREIGN": "a reference is written user_id -> users",
    "DEFAULT": "write the value after =",
    "NOT": "columns are never null unless their type ends in ?",
    "NULL": "a type that ends in ? can be null: string?",
    "NULLABLE": "a type that ends in ? can be null: string?",
    "CONSTRAINT": "write check name: condition",
}
_COMPARISONS = kinds("EQUALS DIFFERS LESSTHAN MORETHAN AT_MOST AT_LEAST IN NOT")
_BEFORE_COMPARISON = (
    "AND",
    "OR",
    "NOT",
    "WHERE",
    "WHEN",
    "IF",
    "COLON",
    "EQUAL",
    "MATCH",
    "THEN",
    "ELSE",
    "VBAR",
    "COMMA",
)
_AFTER_COMPARISON = frozenset(
    (
        NEWLINE,
        END,
        "AND",
        "OR",
        "THEN",
        "ELSE",
        "RPAR",
        "RSQB",
        "RBRACE",
        "FSTRING_CLOSE",
        "COMMA",
        "EQUAL",
        "VBAR",
    )
)
_VALUES = kinds("NUMBER STRING NAME FSTRING_START FSTRING_END DATE TIMESTAMP DURATION")
_MODIFIERS = kinds("KEY UNIQUE HIDDEN EACH WHERE DISTINCT IN")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnostic, and how to go on: take the token as another kind, leave out some, or put one in."""

    diagnostic: Diagnostic
    replace: str | None = None
    skip: int = 0
    insert: str | None = None
    close: str | None = None  # give up this production


def diagnose(s: Situation) -> Diagnosis:
    """What is wrong at the token in error."""
    for rule in _RULES:
        diagnosis = rule(s)
        if diagnosis is not None:
            return diagnosis
    return _unexpected(s)


# --- statements --------------------------------------------------------------------------------


def _statement_of_the_file(s: Situation) -> Diagnosis | None:
    """The first word of a line at the top of the file."""
    if s.block != "file" or s.index != s.statement or s.token.kind in (NEWLINE, END):
        return None
    text, following = s.token.text, s.at(1)
    if text.upper() in _SQL_STATEMENTS and is_name(s.token) and text not in _STATEMENTS:
        return _sql_statement(s)
    if is_name(s.token) and text.lower() in _STATEMENTS:
        word = text.lower()
        return Diagnosis(
            errors.KeywordCase(span=s.span(), text=text, intended=word), replace=_STATEMENTS[word]
        )
    if is_name(s.token) and following.kind == "NUMBER" and s.at(2).kind == "LBRACE":
        corrected = f"table {text} {following.text} {{"
        return Diagnosis(
            errors.UnknownStatement(span=s.span(), found=_found(s.token), corrected=corrected),
            insert="SOFT_TABLE",
        )
    near = nearest(text, _STATEMENTS) if is_name(s.token) and is_name(following) else None
    diagnostic = errors.UnknownStatement(
        span=s.span(),
        found=_found(s.token),
        nearest=near or "",
        looks_like_column=is_name(s.token) and (is_name(following) or following.kind in ("ARROW", "EQUAL")),
    )
    return Diagnosis(diagnostic, replace=_STATEMENTS[near] if near else None)


def _sql_statement(s: Situation) -> Diagnosis:
    words = [s.token.text]
    corrected = ""
    if s.at(1).text.upper() == "TABLE":
        words.append(s.at(1).text)
        named = next((o for o in range(2, 6) if s.at(o + 1).kind in ("LPAR", "LBRACE")), 2)
        corrected = f"table {s.at(named).text} 100 {{ ... }}" if is_name(s.at(named)) else ""
    span = s.span().to(s.span(s.at(len(words) - 1)))
    return Diagnosis(errors.OtherLanguage(span=span, statement=" ".join(words), corrected=corrected))


def _table_in_parentheses(s: Situation) -> Diagnosis | None:
    """``table users (id int, ...)``"""
    first = s.first
    if first.kind != "SOFT_TABLE" or s.block != "file":
        return None
    at = s.statement + 2
    if at >= len(s.tokens) or s.tokens[at].kind != "LPAR" or s.index < at:
        return None
    corrected = f"table {s.tokens[at - 1].text} 100 {{ ... }}"
    return Diagnosis(errors.OtherLanguage(span=s.span(s.tokens[at]), statement="(", corrected=corrected))


def _missing_body(s: Situation) -> Diagnosis | None:
    words = {"SOFT_TABLE": "table", "SOFT_ENUM": "enum", "SOFT_DATASET": "dataset"}
    what = words.get(s.first.kind)
    if what is None or s.block != "file" or not s.expects("LBRACE") or s.token.kind not in (NEWLINE, END):
        return None
    subject = s.tokens[s.statement + 1]
    if subject is s.token:
        return None
    return Diagnosis(errors.MissingBody(span=s.span(subject), what=what, subject=subject.text))


def _check(s: Situation) -> Diagnosis | None:
    """A check without a name, or without the colon after it."""
    if s.first.text != "check" or s.block != "table" or s.index == s.statement:
        return None
    rest = s.text(s.statement + 1, s.statement_end)
    if s.token.kind == "COLON":
        condition = s.text(s.index + 1, s.statement_end)
        corrected = f"check {_rule_name(s.at(1))}: {condition}"
        return Diagnosis(errors.UnnamedCheck(span=s.span(s.first), corrected=corrected))
    if s.first.kind == "SOFT_CHECK" and s.expects("COLON"):
        corrected = f"check {_rule_name(s.at(-1))}: {rest}"
        return Diagnosis(errors.UnnamedCheck(span=s.span(s.first), corrected=corrected))
    if s.first.kind == "NAME" and s.index == s.statement + 2 and is_name(s.token):
        condition = s.text(s.index, s.statement_end)
        corrected = f"check {s.at(-1).text}: {condition}"
        return Diagnosis(
            errors.UnnamedCheck(span=s.span(s.at(-1)), corrected=corrected, lacks_colon=True),
            close="member",
        )
    return None


def _rule_name(token: Token) -> str:
    return f"{token.text}_rule" if token.kind == "NAME" else "name"


def _colon_or_equals(s: Situation) -> Diagnosis | None:
    """``id: int``, ``seed: 42``, ``paid: 20%``, ``seed = 42``"""
    what = {"table": "a column", "struct": "a field", "dataset": "a setting", "enum": "a member"}.get(s.block)
    if what is None or s.index != s.statement + 1 or not (is_name(s.first) or s.first.kind == "STRING"):
        return None
    if s.token.kind == "COLON" or (s.token.kind == "EQUAL" and s.block in ("dataset", "enum")):
        rest = s.text(s.index + 1, s.statement_end)
        mark = s.token.text
        corrected = f"{s.first.text} {rest}".rstrip()
        return Diagnosis(
            errors.MarkAfterName(
                span=s.span(), subject=s.first.text, what=what, mark=mark, corrected=corrected
            ),
            skip=1,
        )
    return None


def _missing_type(s: Situation) -> Diagnosis | None:
    """A name alone, or a name and a modifier."""
    if s.block not in ("table", "struct") or s.index != s.statement + 1 or not is_name(s.first):
        return None
    if s.ends_something or s.token.kind in ("KEY", "UNIQUE", "HIDDEN"):
        mark = f" {s.token.text}" if s.token.text and not s.ends_something else ""
        return Diagnosis(errors.MissingType(span=s.span(s.first), subject=s.first.text, modifier=mark))
    return None


def _misplaced_modifier(s: Situation) -> Diagnosis | None:
    """``x int = 1..5 unique``"""
    if s.block not in ("table", "struct", "file"):
        return None
    equal = s.earlier("EQUAL")
    if equal < 0 or s.statement == s.index:
        return None
    start = s.index
    if s.token.kind == "NULL" and s.at(-1).kind == "PERCENT":
        start, stop = s.index - 1, s.index + 1
    elif s.token.kind in ("KEY", "UNIQUE", "HIDDEN"):
        stop = s.index + 1
    elif s.token.kind in _MODIFIERS:
        stop = s.statement_end
    else:
        return None
    modifier = s.text(start, stop)
    before, value = s.text(s.statement, equal), s.text(equal, start)
    corrected = f"{before} {modifier} {value}" if value != "=" else ""
    span = s.span(s.tokens[start]).to(s.span(s.tokens[stop - 1]))
    return Diagnosis(errors.MisplacedModifier(span=span, modifier=modifier, corrected=corrected))


def _sql_option(s: Situation) -> Diagnosis | None:
    """``id int PRIMARY KEY``, ``name string not null``"""
    if s.block != "table" or s.index < s.statement + 2 or s.wants_value or s.earlier("EQUAL") >= 0:
        return None
    word = s.token.text.upper()
    if word not in _SQL_OPTIONS or (s.token.kind == "NULL" and s.at(-1).kind == "PERCENT"):
        return None
    two = word in ("PRIMARY", "FOREIGN", "NOT") and s.at(1).text.upper() in ("KEY", "NULL")
    span = s.span().to(s.span(s.at(1))) if two else s.span()
    text = s.text(s.index, s.index + (2 if two else 1))
    return Diagnosis(errors.OtherLanguage(span=span, statement=text, advice=_SQL_OPTIONS[word]))


def _reference_target(s: Situation) -> Diagnosis | None:
    """``-> users(id)``, ``-> users.id``"""
    if s.token.kind not in ("LPAR", "DOT") or s.at(-2).kind != "ARROW":
        return None
    stop = s.partner[s.index] + 1 if s.token.kind == "LPAR" else s.index + 2
    table = s.at(-1).text
    return Diagnosis(
        errors.ReferenceTarget(span=Span(s.source.name, s.token.start, s.tokens[stop - 1].end), table=table),
        skip=stop - s.index,
    )


# --- expressions -------------------------------------------------------------------------------


def _equals_in_condition(s: Situation) -> Diagnosis | None:
    if s.token.kind != "EQUAL":
        return None
    condition = s.earlier("WHERE", "WHEN", "IF", "MATCH") >= 0 or s.first.kind == "SOFT_CHECK"
    if s.expects("EQUALS") and (condition or s.enclosing != s.brace):
        return Diagnosis(errors.EqualsInCondition(span=s.span()), replace="EQUALS")
    earlier = s.earlier("EQUAL")
    when = s.earlier("WHEN")
    if 0 <= when < earlier:
        return Diagnosis(errors.EqualsInCondition(span=s.span(s.tokens[earlier])))
    if condition and s.enclosing == s.brace and s.expects("AND"):
        return Diagnosis(errors.ChainedComparison(span=s.span(), first=s.span(s.at(-1))))
    return None


def _double_equals(s: Situation) -> Diagnosis | None:
    """``x int == 5``"""
    if s.token.kind != "EQUALS" or not s.expects("EQUAL") or s.token.text != "==":
        return None
    return Diagnosis(lexical.WrongOperator(span=s.span(), operator="=="), replace="EQUAL")


def _chained_comparison(s: Situation) -> Diagnosis | None:
    operator = s.earlier(*_COMPARISONS)
    start = s.earlier(*_BEFORE_COMPARISON)
    if s.token.kind not in _COMPARISONS or operator <= start or not s.expects("PLUS"):
        return None
    if s.token.kind == "NOT" and s.at(1).kind != "IN":
        return None
    start = max(start, s.enclosing, s.statement - 1)
    stop = s.index + 1
    while s.tokens[stop].kind not in _AFTER_COMPARISON:
        stop += 1
    first = s.text(start + 1, s.index)
    second = f"{s.text(operator + 1, s.index)} {s.text(s.index, stop)}"
    return Diagnosis(
        errors.ChainedComparison(
            span=s.span(), first=s.span(s.tokens[operator]), corrected=f"{first} and {second}"
        )
    )


def _word_in_capitals(s: Situation) -> Diagnosis | None:
    """``a AND b``, ``x IN 1..5``, ``IF``"""
    kind = s.grammar.words.get(s.token.text.lower())
    if s.token.kind != "NAME" or kind is None or s.token.text.islower() or kind not in s.expected:
        return None
    return Diagnosis(
        errors.KeywordCase(span=s.span(), text=s.token.text, intended=s.token.text.lower()), replace=kind
    )


def _sql_operator(s: Situation) -> Diagnosis | None:
    """``is null``, ``between``, ``like``"""
    word = s.token.text.lower()
    if s.token.kind != "NAME" or word not in ("is", "between", "like") or not s.expects("EQUALS"):
        return None
    replace = None
    if word == "is":
        negated = s.at(1).text.lower() == "not"
        span = s.span().to(s.span(s.at(1))) if negated else s.span()
        return Diagnosis(
            lexical.WrongOperator(span=span, operator="is not" if negated else "is"),
            replace=None if negated else "EQUALS",
        )
    return Diagnosis(lexical.WrongOperator(span=s.span(), operator=word), replace=replace)


def _incomplete_if(s: Situation) -> Diagnosis | None:
    text = s.token.text
    if text in ("elif", "elsif", "elseif") and s.earlier("IF") >= 0:
        return Diagnosis(errors.IncompleteIf(span=s.span(), problem=text))
    if s.token.kind == "OPTIONAL" and s.expects("STAR"):
        return Diagnosis(errors.IncompleteIf(span=s.span(), problem="?"))
    start = s.earlier("IF")
    if start < 0:
        return None
    if s.expects("ELSE") and (s.ends_something or s.token.kind == "COLON"):
        return Diagnosis(errors.IncompleteIf(span=s.span(s.tokens[start]), problem="else"))
    if s.expects("THEN") and (s.ends_something or s.token.kind in ("COLON", "LBRACE")):
        return Diagnosis(errors.IncompleteIf(span=s.span(s.tokens[start]), problem="then"))
    return None


def _method_call(s: Situation) -> Diagnosis | None:
    """``name.lower()``"""
    if s.token.kind != "LPAR" or s.at(-2).kind != "DOT" or len(s.values) < 3:
        return None
    base, function = s.values[-3], s.at(-1)
    if not isinstance(base, tree.Expr):
        return None
    close = s.partner[s.index]
    arguments = ", ".join(part for part in (s.source.slice(base.span), s.text(s.index + 1, close)) if part)
    return Diagnosis(
        errors.MethodCall(
            span=Span(s.source.name, base.span.start, s.tokens[close].end),
            function=function.text,
            corrected=f"{function.text}({arguments})",
        ),
        skip=close + 1 - s.index,
    )


def _wrong_comment(s: Situation) -> Diagnosis | None:
    """``= 5 // some words``, ``= 5 -- some words``"""
    if not s.names(0, -1) and not s.ends_something:
        return None
    at = s.index - 1
    while at > s.statement:
        token, before = s.tokens[at], s.tokens[at - 1]
        if token.kind == "FLOOR_DIVIDE" or (token.kind == "MINUS" and before.kind == "MINUS"):
            start = before if token.kind == "MINUS" else token
            glued = token.kind == "FLOOR_DIVIDE" or before.end == token.start
            words = s.text(at + 1, s.statement_end)
            if glued and (s.names(0, -1) or not words):
                line_end = s.tokens[max(s.statement_end - 1, at)].end
                span = Span(s.source.name, start.start, max(line_end, token.end))
                marker = s.source.text[start.start : token.end]
                return Diagnosis(
                    lexical.WrongComment(
                        span=Span(span.file, span.start, token.end), marker=marker, comment=span, text=words
                    )
                )
        at -= 1
    return None


def _pattern_bar(s: Situation) -> Diagnosis | None:
    """``"a" | "b" => ...`` in a match, ``{ a | b }`` in an enum"""
    if s.token.kind != "VBAR" or not s.expects("COMMA"):
        return None
    if s.block == "enum":
        what = "the members of an enum"
        return Diagnosis(errors.PatternBar(span=s.span(), what=what, others=s.alike()), replace="COMMA")
    if s.block == "match" and s.expects("FAT_ARROW"):
        what, others = "the patterns of an arm", s.alike("FAT_ARROW")
        return Diagnosis(errors.PatternBar(span=s.span(), what=what, others=others), replace="COMMA")
    return None


def _wrong_arrow(s: Situation) -> Diagnosis | None:
    """``match s { a: 1 }``, ``user_id => users``"""
    found = s.token.text
    if s.block == "match" and s.expects("FAT_ARROW") and s.token.kind in ("COLON", "ARROW", "EQUAL", "THEN"):
        others = s.alike()
        diagnostic = errors.WrongArrow(span=s.span(), found=found, meant="=>", others=others)
        return Diagnosis(diagnostic, replace="FAT_ARROW")
    if s.expects("ARROW") and s.block == "table" and s.token.kind == "FAT_ARROW":
        return Diagnosis(errors.WrongArrow(span=s.span(), found=found, meant="->"), replace="ARROW")
    return None


def _case_when(s: Situation) -> Diagnosis | None:
    """``case when a then b end``"""
    if s.token.kind != "WHEN" or s.at(-1).text.lower() != "case":
        return None
    span = s.span(s.at(-1)).to(s.span())
    advice = "write if condition then value else other, or use match"
    return Diagnosis(errors.OtherLanguage(span=span, statement="case when", advice=advice))


def _type_after_value(s: Situation) -> Diagnosis | None:
    """``a = 1..5 int``"""
    if s.block not in ("table", "struct") or s.earlier("EQUAL") != s.statement + 1 or not is_name(s.token):
        return None
    if not s.expects("PLUS"):
        return None
    type, value = s.text(s.index, s.statement_end), s.text(s.statement + 1, s.index)
    corrected = f"{s.first.text} {type} {value}"
    return Diagnosis(errors.MisplacedModifier(span=s.span(), modifier=type, corrected=corrected))


def _null_rate_order(s: Situation) -> Diagnosis | None:
    """``null 40%`` without ``when``"""
    if s.at(-1).kind != "PERCENT" or s.at(-2).kind != "NULL" or not s.expects("WHEN"):
        return None
    span = s.span(s.at(-2)).to(s.span(s.at(-1)))
    return Diagnosis(errors.NullRateOrder(span=span, rate=s.at(-1).text))


def _missing_value(s: Situation) -> Diagnosis | None:
    """An operand is wanted, and what is there begins none."""
    if not s.wants_value:
        return None
    before = s.at(-1)
    if s.token.kind in ("IF", "MATCH", "LBRACE") and before.text:
        return None
    if s.token.kind == "FSTRING_CLOSE" and before.kind == "FSTRING_OPEN":
        return Diagnosis(errors.EmptyHole(span=s.span(before).to(s.span())))
    if before.kind == "RANGE":
        return _open_range(s)
    if s.token.kind == "COMMA" and before.kind in ("COMMA", "LPAR", "LSQB", "LBRACE", NEWLINE):
        return Diagnosis(errors.ExtraComma(span=s.span()), skip=1)
    if s.token.kind == "RANGE" and before.kind in ("EQUAL", "IN", "LPAR", "COMMA", "COLON"):
        return _open_range(s)
    if before.kind == NEWLINE or (before.kind in ("LBRACE", "COMMA") and not s.ends_something):
        return None
    named = f"`{before.text}`" if before.text else ""
    return Diagnosis(errors.MissingValue(span=s.span(before), after=named))


def _open_range(s: Situation) -> Diagnosis:
    """``= 5..`` or ``x in ..5``"""
    dots = s.index if s.token.kind == "RANGE" else s.index - 1
    upper = dots == s.index
    end = s.tokens[dots + 1] if upper else s.tokens[dots - 1]
    text = f"..{end.text}" if upper else f"{end.text}.."
    compared = s.earlier("IN")
    comparison = ""
    if compared >= 0 and compared == dots - (1 if upper else 2) and is_name(s.tokens[compared - 1]):
        comparison = f"{s.tokens[compared - 1].text} {'<=' if upper else '>='} {end.text}"
    return Diagnosis(errors.OpenRange(span=s.span(s.tokens[dots]), text=text, comparison=comparison))


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
            "enum": "member",
            "dataset": "setting",
            "match": "arm",
            "map": "entry",
            "file": "statement",
        }[s.block]
        if s.index != s.statement and _begins_next(s):
            comma = s.block != "file"
            return Diagnosis(
                errors.MissingSeparator(span=s.span(), what=what, found=_found(s.token), comma=comma),
                insert=NEWLINE,
            )
    in_list = s.enclosing >= 0 and s.tokens[s.enclosing].kind in ("LPAR", "LSQB")
    between_values = s.token.kind in _VALUES and s.at(-1).kind in _VALUES | {"RPAR"} and not s.names(0, -1)
    if s.expects("COMMA") and in_list and between_values:
        return Diagnosis(
            errors.MissingSeparator(span=s.span(), what="item", found=_found(s.token), comma=True),
            insert="COMMA",
        )
    return None


def _begins_next(s: Situation) -> bool:
    following = s.at(1)
    if s.block == "file":
        return s.token.text in _STATEMENTS and is_name(following)
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
    return is_name(s.token) or s.token.kind == "STRING"


def _reserved_name(s: Situation) -> Diagnosis | None:
    """A reserved word where only a name can stand."""
    before = s.at(-1)
    if before.kind in ("KEY", "UNIQUE") and s.index == s.statement + 1 and s.block in ("table", "struct"):
        if is_name(s.token) or s.token.kind in ("ARROW", "EQUAL"):
            return Diagnosis(errors.ReservedName(span=s.span(before), word=before.text))
        return None
    if s.token.text in s.grammar.reserved and s.expects("NAME") and not s.wants_value:
        at_start = s.index == s.statement
        names_something = s.expects("SOFT_STRUCT") is False
        if at_start or names_something:
            return Diagnosis(errors.ReservedName(span=s.span(), word=s.token.text), replace="NAME")
    return None


# --- in general --------------------------------------------------------------------------------


def _unexpected(s: Situation) -> Diagnosis:
    before = s.at(-1)
    after = f"after {_found(before)}" if before.text and s.index > 0 else "here"
    found = {NEWLINE: "the end of the line", END: "the end of the file"}.get(s.token.kind) or _found(s.token)
    return Diagnosis(
        errors.UnexpectedToken(
            span=s.span(), found=found, context=after, expected=_in_words(s), advice=_advice(s)
        )
    )


_FORMS = {
    "table": "a column is written name type = value, or name -> table",
    "struct": "a field is written name type = value",
    "enum": "members are written paid 55%, shipped 20%, cancelled",
    "dataset": "a setting is written seed 42",
    "match": 'an arm is written "a" => value, and the last may be else => value',
    "map": 'an entry is written "paid": 7',
    "SOFT_TABLE": "a table is written table users 100 { id int key }",
    "SOFT_ENUM": "an enum is written enum Status { paid 55%, shipped }",
    "SOFT_DATASET": "a dataset is written dataset shop { seed 42 }",
    "SOFT_TYPE": "a type is written type Age = int in 0..150",
    "SOFT_POOL": 'a pool is written pool Plans = load("plans.csv")',
    "SOFT_IMPORT": 'an import is written import "common.dgen"',
}


def _advice(s: Situation) -> str:
    """What to write instead, from the place if nothing better is known."""
    before = s.at(-1)
    if s.token.kind in ("IF", "MATCH", "DISTINCT") and s.wants_value:
        return f"put parentheses around it: ({s.token.text} ...)"
    if s.token.kind == "STRING" and before.text in ("r", "b", "F", "R") and before.end == s.token.start:
        return 'strings are "..." and f"..."; a pattern stands in slashes, as in /[A-Z]{3}/'
    if before.kind == "SOFT_IMPORT":
        return f'write import "{s.text(s.index, s.statement_end)}"'
    if s.token.kind == "MODULO" and before.kind == "NUMBER":
        return f"a percentage is written without a blank: {before.text}%"
    if s.token.kind == "LSQB" and s.index == s.statement + 2:
        return f"a list is written {s.first.text} list<{before.text}>[0..3]"
    if s.token.kind == "COMMA" and before.kind == "NUMBER" and s.at(1).kind == "NUMBER":
        return f"digits are grouped by _: {before.text}_{s.at(1).text}"
    if s.block == "file":
        return _FORMS.get(s.first.kind, "a file is made of dataset, import, enum, type, pool and table")
    return _FORMS[s.block]


def _found(token: Token) -> str:
    text = token.text or {"RPAR": ")", "RSQB": "]", "RBRACE": "}", "FSTRING_CLOSE": "}"}.get(token.kind, "")
    if token.kind == NEWLINE:
        return "the line's end"
    if token.kind == "STRING":
        return f"the text {text}" if len(text) <= 30 else "this text"
    if token.kind == "REGEX":
        return "a regex"
    return f"`{text}`" if len(text) <= 40 else f"`{text[:37]}...`"


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
        skipped |= {"PERCENT", "NULL", "LPAR"}
    phrases += [phrase for kind, phrase in _PHRASES if kind in expected and kind not in skipped]
    return tuple(phrases[:6])


_RULES: tuple[Callable[[Situation], Diagnosis | None], ...] = (
    _statement_of_the_file,
    _table_in_parentheses,
    _missing_body,
    _check,
    _colon_or_equals,
    _equals_in_condition,
    _double_equals,
    _chained_comparison,
    _word_in_capitals,
    _sql_operator,
    _incomplete_if,
    _method_call,
    _wrong_comment,
    _pattern_bar,
    _wrong_arrow,
    _case_when,
    _type_after_value,
    _null_rate_order,
    _misplaced_modifier,
    _sql_option,
    _reference_target,
    _reserved_name,
    _missing_type,
    _extra_comma,
    _missing_separator,
    _missing_value,
)
