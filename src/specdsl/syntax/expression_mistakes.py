"""What people type where a value stands: operators and conditions of other languages, ends left out. Each
rule answers with a diagnosis or None."""

from __future__ import annotations

from specdsl.diagnostics import lexical
from specdsl.diagnostics import syntax as errors
from specdsl.source import Span
from specdsl.syntax import tree
from specdsl.syntax.brackets import is_name
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Diagnosis, Situation
from specdsl.syntax.tokens import kinds

_COMPARISONS = kinds("EQUALS DIFFERS LESSTHAN MORETHAN AT_MOST AT_LEAST IN NOT")
_LIBRARIES = ("faker", "fake", "Faker", "random", "np", "numpy", "math", "mimesis", "uuid", "datetime")
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
    head, tail = s.text(s.statement, start + 1), s.text(stop, s.statement_end)
    return Diagnosis(
        errors.ChainedComparison(
            span=s.span(),
            first=s.span(s.tokens[operator]),
            corrected=f"{head} {first} and {second} {tail}".strip(),
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
    corrected = ""
    joint = next((at for at in range(s.index, s.statement_end) if s.tokens[at].kind == "AND"), -1)
    if word == "between" and joint >= 0:
        low, rest = s.text(s.index + 1, joint), s.text(joint + 1, s.statement_end)
        corrected = f"{s.text(s.statement, s.index)} in {low}..{rest}"
    return Diagnosis(
        lexical.WrongOperator(span=s.span(), operator=word, corrected=corrected), replace=replace
    )


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
    library = isinstance(base, tree.NameRef) and base.name.text in _LIBRARIES
    subject = "" if library else s.source.slice(base.span)
    arguments = ", ".join(part for part in (subject, s.text(s.index + 1, close)) if part)
    return Diagnosis(
        errors.MethodCall(
            span=Span(s.source.name, base.span.start, s.tokens[close].end),
            function=function.text,
            library=library,
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
    text, start = s.text(s.index + 1, s.statement_end), s.text(s.statement, s.index - 1)
    advice = "write `if condition then value else other`, or use `match`"
    corrected = ""
    if text.count(" then ") == text.count(" else ") == 1 and text.endswith(" end"):
        corrected = f"{start} if {text.removesuffix(' end')}"
        advice = f"write `{corrected}`"
    found = errors.OtherLanguage(span=span, words="case when", advice=advice, corrected=corrected)
    return Diagnosis(found)


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
    if before.kind == "MODULO" and s.ends_something and s.at(-2).kind == "NUMBER":
        percentage = f"{s.at(-2).text}%"
        span = s.span(s.at(-2)).to(s.span(before))
        return Diagnosis(
            lexical.BadNumber(span=span, text=s.text(s.index - 2, s.index), suggestion=percentage)
        )
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


RULES = (
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
    _missing_value,
)
