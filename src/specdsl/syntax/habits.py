"""Habits from other languages in a statement that is else clear: what was meant can be told, so the answer is
the statement as it is written here. Each rule answers with a diagnosis or None."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.lexical import OtherForm, UnknownUnit
from specdsl.source import Span
from specdsl.syntax.brackets import is_name
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.literals import MICROSECONDS
from specdsl.syntax.situation import Diagnosis, Situation
from specdsl.syntax.tokens import kinds

_LITERALS = kinds("NUMBER STRING DATE TIMESTAMP TIME DURATION FSTRING_START TRUE FALSE")
_ENDS_VALUE = kinds("NUMBER STRING DATE TIMESTAMP TIME DURATION FSTRING_END RPAR NAME TRUE FALSE NULL REGEX")
_ENDS_ARM = kinds("VBAR COMMA RBRACE RPAR MODULO") | {NEWLINE, END}
_COLUMNS = ("table", "struct")
_MARKS = kinds("KEY UNIQUE HIDDEN")
_SETTINGS = ("seed", "now", "locale")


def _hyphen_in_name(s: Situation) -> Diagnosis | None:
    """``table user-accounts 10 {``, ``first-name string``"""
    declares = s.block == "file" and s.first.kind.startswith("SOFT_")
    start = s.statement + (1 if declares else 0)
    if s.token.kind == "MINUS" and s.at(-2).kind == "ARROW" and s.block == "table":
        return _hyphen_in_target(s)
    if not declares and s.block not in (*_COLUMNS, "enum"):
        return None
    stop = start
    while _glued(s, stop) and s.tokens[stop + 1].kind == "MINUS" and s.tokens[stop + 2].text.isalnum():
        stop += 2
    if stop == start or not start <= s.index <= stop + 1 or not s.tokens[start].text.isidentifier():
        return None
    written = s.text(start, stop + 1)
    rest = s.text(stop + 1, _head_end(s)) if declares else s.text(stop + 1, s.statement_end)
    lead = f"{s.first.text} " if declares else ""
    span = s.span(s.tokens[start]).to(s.span(s.tokens[stop]))
    corrected = f"{lead}{written.replace('-', '_')} {rest}".rstrip()
    return Diagnosis(
        OtherForm(span=span, summary="a name has no hyphen", corrected=corrected, mark="read as a difference")
    )


def _hyphen_in_target(s: Situation) -> Diagnosis | None:
    """``-> user-accounts``"""
    stop = s.index - 1
    while _glued(s, stop) and s.tokens[stop + 1].kind == "MINUS" and s.tokens[stop + 2].text.isalnum():
        stop += 2
    if stop < s.index:
        return None
    name = s.text(s.index - 1, stop + 1).replace("-", "_")
    corrected = f"{s.text(s.statement, s.index - 1)} {name} {s.text(stop + 1, s.statement_end)}".rstrip()
    span = s.span(s.at(-1)).to(s.span(s.tokens[stop]))
    return Diagnosis(OtherForm(span=span, summary="a name has no hyphen", corrected=corrected))


def _glued(s: Situation, at: int) -> bool:
    """Whether three tokens stand without blanks between them."""
    if at + 2 >= len(s.tokens):
        return False
    a, b, c = s.tokens[at : at + 3]
    return a.end == b.start and b.end == c.start


def _head_end(s: Situation) -> int:
    """The place after the opening brace of a statement of the file, or where its line ends."""
    at = s.statement
    while s.tokens[at].kind not in ("LBRACE", NEWLINE, END):
        at += 1
    return at + 1 if s.tokens[at].kind == "LBRACE" else at


def _quoted_name(s: Situation) -> Diagnosis | None:
    """``"id" int key``"""
    if s.block not in _COLUMNS or s.index != s.statement or s.token.kind != "STRING":
        return None
    if not (is_name(s.at(1)) or s.at(1).kind in ("ARROW", "EQUAL")):
        return None
    name = s.token.text[1:-1]
    name = name if name.isidentifier() else f"`{name}`"
    corrected = f"{name} {s.text(s.index + 1, s.statement_end)}"
    found = OtherForm(span=s.span(), summary="a name has no quotes", corrected=corrected)
    return Diagnosis(found, replace="QUOTED_NAME")


def _commas_between_values(s: Situation) -> Diagnosis | None:
    """``= "free", "pro"``, ``= 1,5 .. 2,5``, ``check c: a > 5, "too small"``"""
    before = s.at(-1)
    if s.block not in _COLUMNS or s.index != s.statement or before.kind != "COMMA":
        return None
    if s.token.kind not in _LITERALS or s.at(-2).kind not in _ENDS_VALUE:
        return None
    earlier = replace(s, index=s.index - 2)
    whole = earlier.statement_text
    stop = s.statement_end
    while s.tokens[stop].kind == "COMMA" and s.tokens[stop + 1].kind in _LITERALS:
        stop = replace(s, index=stop + 1).statement_end
    skip = stop + (1 if s.tokens[stop].kind in (NEWLINE, "COMMA") else 0) - s.index
    if earlier.first.text == "check":
        written = s.span(earlier.first).to(s.span(s.tokens[stop - 1]))
        found = OtherForm(
            span=s.span(), summary="a check has no message, only its name", corrected=whole, statement=written
        )
        return Diagnosis(found, skip=skip)
    if earlier.earlier("EQUAL") < 0:
        return None
    span = s.span(before)
    text = s.text(earlier.statement, stop)
    if (
        s.at(-2).kind == s.token.kind == "NUMBER"
        and s.at(-2).end == before.start
        and before.end == s.token.start
    ):
        thousands = len(s.token.text) == 3 and "0" not in s.at(-2).text[:1]
        summary = "digits are grouped by `_`" if thousands else "the point of a number is `.`"
        text = re.sub(r"(?<=\d),(?=\d)", "_" if thousands else ".", text)
    else:
        summary = "the values of a choice are separated by `|`"
        pieces = [whole, *_pieces(s, stop)]
        text = " | ".join(pieces)
    written = s.span(earlier.first).to(s.span(s.tokens[stop - 1]))
    return Diagnosis(OtherForm(span=span, summary=summary, corrected=text, statement=written), skip=skip)


def _pieces(s: Situation, stop: int) -> list[str]:
    """The statements from here to ``stop``, which commas separate."""
    found = []
    at = s.index
    while at < stop:
        end = replace(s, index=at).statement_end
        found.append(s.text(at, end))
        at = end + 1
    return found


def _table_head(s: Situation) -> Diagnosis | None:
    """``table users = 10 {``, ``table users 10 rows {``"""
    if s.block != "file" or s.first.kind != "SOFT_TABLE" or s.index != s.statement + 3:
        return None
    name, between = s.at(-2), s.at(-1)
    number = s.token if between.kind == "EQUAL" else between
    if number.kind != "NUMBER" or not (between.kind == "EQUAL" or s.at(1).kind == "LBRACE"):
        return None
    wrong = between if between.kind == "EQUAL" else s.token
    summary = "the number of rows stands after the name of the table, alone"
    corrected = f"table {name.text} {number.text} {{"
    found = OtherForm(span=s.span(wrong), summary=summary, corrected=corrected)
    return Diagnosis(found, skip=1 if number is between else 0)


def _null_alone(s: Situation) -> Diagnosis | None:
    """``a int null = 1..5``"""
    if s.block not in _COLUMNS or s.at(-1).kind != "NULL" or not s.expects("PERCENT"):
        return None
    if s.token.kind != "EQUAL" and not s.ends_something:
        return None
    type, rest = s.text(s.statement, s.index - 1), s.text(s.index, s.statement_end)
    return Diagnosis(
        OtherForm(
            span=s.span(s.at(-1)),
            summary="a type that can be null ends in `?`",
            corrected=f"{type.rstrip('?')}? {rest}".rstrip(),
            mark="a rate such as `20%` would stand before this",
        )
    )


def _weight_without_percent(s: Situation) -> Diagnosis | None:
    """``"free" 0.7 | "pro" 0.3``, ``"free" 70 | "pro" 30``, ``"free" 70 % | "pro"``"""
    if s.token.kind == "NUMBER" and s.at(1).kind == "NULL" and s.expects("PERCENT"):
        corrected = _edited(s, [(s.token.end, s.token.end, "%")])
        found = OtherForm(span=s.span(), summary="a rate of nulls is a percentage", corrected=corrected)
        return Diagnosis(found, replace="PERCENT")
    if s.token.kind != "NUMBER" or s.at(-1).kind not in _ENDS_VALUE or not s.expects("PERCENT", "VBAR"):
        return None
    if s.at(1).kind not in _ENDS_ARM:
        return None
    bars = [t for t in s.tokens[s.statement : s.statement_end] if t.kind == "VBAR"]
    if not bars:
        return None
    edits = []
    for at in range(s.statement + 1, s.statement_end):
        before, token, after = s.tokens[at - 1 : at + 2]
        if token.kind == "NUMBER" and before.kind in _ENDS_VALUE and after.kind in _ENDS_ARM:
            end = after.end if after.kind == "MODULO" else token.end
            edits.append((token.start, end, _percent(token.text)))
    corrected = _edited(s, edits)
    found = OtherForm(span=s.span(), summary="the weight of a value is a percentage", corrected=corrected)
    return Diagnosis(found, skip=s.statement_end - s.index)


def _edited(s: Situation, edits: list[tuple[int, int, str]]) -> str:
    """The statement on one line, with pieces of the source replaced."""
    start, end = s.tokens[s.statement].start, s.tokens[s.statement_end - 1].end
    text = s.source.text[start : max(end, *(stop for _, stop, _ in edits))]
    for first, stop, new in reversed(edits):
        text = text[: first - start] + new + text[stop - start :]
    return " ".join(text.split())


def _percent(text: str) -> str:
    number = _number(text)
    if "." in text and number <= 1:
        number *= 100
    return f"{number.normalize():f}%"


def _number(text: str) -> Decimal:
    """A number as people write weights; 0 for one that is huge, malformed or has hundreds of digits."""
    plain = text.replace("_", "").rstrip("%")
    return Decimal(plain) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", plain) else Decimal(0)


def _weight_before_value(s: Situation) -> Diagnosis | None:
    """``70% "x" | "y"``, ``"x" -5%``"""
    if s.token.kind != "PERCENT" or not s.wants_value:
        return None
    before = s.at(-1)
    if before.kind == "MINUS" and s.at(-2).kind in _ENDS_VALUE:
        head, rest = s.text(s.statement, s.index - 1), s.text(s.index, s.statement_end)
        span = s.span(before).to(s.span())
        return Diagnosis(OtherForm(span=span, summary="a weight is not negative", corrected=f"{head} {rest}"))
    if before.kind == "EQUAL" and s.at(1).kind in _ENDS_ARM and s.at(1).kind != "VBAR":
        chance = f"chance({(_number(s.token.text) / 100).normalize():f})"
        corrected = _edited(s, [(s.token.start, s.token.end, chance)])
        summary = "a percentage is no value of its own: it is true so often by `chance`"
        return Diagnosis(OtherForm(span=s.span(), summary=summary, corrected=corrected))
    if (
        before.kind not in ("EQUAL", "VBAR", "LPAR")
        or s.ends_something
        or s.at(1).kind not in _ENDS_VALUE | _LITERALS
    ):
        return None
    pieces, start = [s.text(s.statement, s.index)], s.index
    for at in range(s.index, s.statement_end + 1):
        if at == s.statement_end or s.tokens[at].kind == "VBAR":
            first = s.tokens[start]
            arm = s.text(start + 1, at) + f" {first.text}" if first.kind == "PERCENT" else s.text(start, at)
            pieces.append(f"{arm} |")
            start = at + 1
    corrected = " ".join(pieces).removesuffix(" |")
    return Diagnosis(OtherForm(span=s.span(), summary="a weight stands after its value", corrected=corrected))


def _range_in_words(s: Situation) -> Diagnosis | None:
    """``18 to 65``"""
    if s.token.kind == "NUMBER" and s.at(-1).text in ("to", "until") and s.at(-2).kind == "NUMBER":
        corrected = _edited(s, [(s.at(-2).end, s.token.start, "..")])
        summary = "a range is written with two dots"
        return Diagnosis(OtherForm(span=s.span(s.at(-1)), summary=summary, corrected=corrected))
    if s.token.text not in ("to", "until") or not s.expects("PLUS") or s.ends_something:
        return None
    if s.at(1).kind not in _LITERALS or s.at(-1).kind not in _LITERALS:
        return None
    head, tail = s.text(s.statement, s.index), s.text(s.index + 1, s.statement_end)
    found = OtherForm(span=s.span(), summary="a range is written with two dots", corrected=f"{head}..{tail}")
    return Diagnosis(found, skip=s.statement_end - s.index)


def _bounds(s: Situation) -> Diagnosis | None:
    """``age int between 18 and 65``, ``age int in (18, 65) = ...``"""
    if s.token.text.lower() == "between" and s.expects("HIDDEN"):
        joint = next((at for at in range(s.index, s.statement_end) if s.tokens[at].kind == "AND"), -1)
        if joint < 0:
            return None
        low, rest = s.text(s.index + 1, joint), s.text(joint + 1, s.statement_end)
        corrected = f"{s.text(s.statement, s.index)} in {low}..{rest}"
        found = OtherForm(span=s.span(), summary="bounds are written with `in`", corrected=corrected)
        return Diagnosis(found, skip=s.statement_end - s.index)
    before = s.index - 1
    if s.block not in _COLUMNS or s.at(-1).kind not in ("RPAR", "RSQB") or not s.expects("RANGE"):
        return None
    opening = s.partner[before]
    commas = [at for at in range(opening, before) if s.tokens[at].kind == "COMMA"]
    if s.tokens[opening - 1].kind != "IN" or len(commas) != 1:
        return None
    low, high = s.text(opening + 1, commas[0]), s.text(commas[0] + 1, before)
    corrected = f"{s.text(s.statement, opening)} {low}..{high} {s.text(s.index, s.statement_end)}".rstrip()
    span = s.span(s.tokens[opening]).to(s.span(s.at(-1)))
    return Diagnosis(OtherForm(span=span, summary="bounds are a range", corrected=corrected))


def _argument_by_equals(s: Situation) -> Diagnosis | None:
    """``normal(mean=38, sd=12)``"""
    if s.token.kind != "EQUAL" or not s.names(-1) or not s.expects("COLON"):
        return None
    if s.enclosing < 1 or s.tokens[s.enclosing].kind != "LPAR" or not is_name(s.tokens[s.enclosing - 1]):
        return None
    if s.at(-2).kind not in ("LPAR", "COMMA"):
        return None
    if s.first.kind == "SOFT_TARGET" and s.expects("EQUALS"):  # `share(status = "refunded")`
        return Diagnosis(errors.EqualsInCondition(span=s.span()), replace="EQUALS")
    found = errors.WrongArrow(span=s.span(), found="=", meant=":", others=s.alike())
    return Diagnosis(found, replace="COLON")


def _mark_before_type(s: Situation) -> Diagnosis | None:
    """``id unique int = 1..50``, ``id? int = 1..5``"""
    if s.block not in _COLUMNS or s.index != s.statement + 1 or not is_name(s.first) or not s.names(1):
        return None
    if s.token.kind not in _MARKS | {"OPTIONAL"}:
        return None
    stop = s.index + 2
    if s.tokens[stop].kind in ("LPAR", "LSQB") and s.partner[stop] > stop:
        stop = s.partner[stop] + 1
    type, rest = s.text(s.index + 1, stop), s.text(stop, s.statement_end)
    mark = "?" if s.token.kind == "OPTIONAL" else f" {s.token.text}"
    found = OtherForm(
        span=s.span(),
        summary=f"`{s.token.text}` stands after the type",
        corrected=f"{s.first.text} {type}{mark} {rest}".rstrip(),
    )
    return Diagnosis(found, skip=1)


def _typed_reference(s: Situation) -> Diagnosis | None:
    """``user_id int -> users``"""
    if s.block != "table" or s.token.kind != "ARROW" or s.index < s.statement + 2 or not s.expects("HIDDEN"):
        return None
    if s.earlier("EQUAL", "ARROW") >= 0:
        return None
    span = s.span(s.tokens[s.statement + 1]).to(s.span(s.at(-1)))
    corrected = f"{s.first.text} {s.text(s.index, s.statement_end)}"
    summary = "a reference has the type of the key that it refers to"
    return Diagnosis(OtherForm(span=span, summary=summary, corrected=corrected, mark="not written"))


def _skew_without_parentheses(s: Situation) -> Diagnosis | None:
    """``-> users zipf 1.1``"""
    if s.block != "table" or s.token.kind != "NUMBER" or not s.expects("LPAR") or s.earlier("ARROW") < 0:
        return None
    head, rest = s.text(s.statement, s.index), s.text(s.index + 1, s.statement_end)
    corrected = f"{head}({s.token.text}) {rest}".rstrip()
    summary = "the arguments of a function stand in parentheses"
    return Diagnosis(OtherForm(span=s.span(), summary=summary, corrected=corrected))


def _subscript(s: Situation) -> Diagnosis | None:
    """``name[0]``"""
    if s.token.kind != "LSQB" or not s.expects("PLUS") or s.at(-1).end != s.token.start or not s.names(-1):
        return None
    close = s.partner[s.index]
    at = s.at(1).text if s.at(1).kind == "NUMBER" and close == s.index + 2 else "0"
    call = f"substr({s.at(-1).text}, {int(_number(at)) + 1}, 1)"
    corrected = f"{s.text(s.statement, s.index - 1)} {call} {s.text(close + 1, s.statement_end)}".rstrip()
    span = Span(s.source.name, s.token.start, s.tokens[close].end)
    return Diagnosis(
        OtherForm(
            span=span,
            summary="there are no subscripts: a function takes a part of a text",
            corrected=corrected,
        ),
        skip=close + 1 - s.index,
    )


def _condition_elsewhere(s: Situation) -> Diagnosis | None:
    """``a > 3 ? 1 : 2``, ``1 if a > 3 else 2``, ``if a > 3 { 1 } else { 2 }``, ``case when``"""
    end = s.statement_end
    if s.token.kind == "OPTIONAL" and s.expects("STAR"):
        start = s.earlier("EQUAL", "COLON", "VBAR", "FAT_ARROW") + 1
        colon = next((at for at in range(s.index, end) if s.tokens[at].kind == "COLON"), -1)
        if start == 0 or colon < 0:
            return None
        parts = s.text(start, s.index), s.text(s.index + 1, colon), s.text(colon + 1, end)
        return _conditional(s, "?", s.text(s.statement, start), *parts)
    if s.token.kind == "IF" and s.expects("PLUS"):
        start = s.earlier("EQUAL", "COLON", "VBAR", "FAT_ARROW") + 1
        other = next((at for at in range(s.index, end) if s.tokens[at].kind == "ELSE"), -1)
        if start == 0 or other < 0:
            return None
        parts = s.text(s.index + 1, other), s.text(start, s.index), s.text(other + 1, end)
        return _conditional(s, "order", s.text(s.statement, start), *parts)
    start = s.earlier("IF")
    if s.token.kind == "LBRACE" and start >= 0 and s.expects("THEN"):
        close = s.partner[s.index]
        if s.tokens[close + 1].kind != "ELSE" or s.tokens[close + 2].kind != "LBRACE":
            return None
        last = s.partner[close + 2]
        parts = s.text(start + 1, s.index), s.text(s.index + 1, close), s.text(close + 3, last)
        return _conditional(s, "{", s.text(s.statement, start), *parts)
    return None


def _conditional(s: Situation, problem: str, head: str, condition: str, value: str, other: str) -> Diagnosis:
    corrected = f"{head} if {condition} then {value} else {other}"
    found = errors.IncompleteIf(span=s.span(), problem=problem, corrected=corrected)
    if problem == "{":
        return Diagnosis(found)
    return Diagnosis(found, skip=s.statement_end - s.index)


def _spaced_literal(s: Situation) -> Diagnosis | None:
    """``2024-01-01 10:00:00``, ``3 days``"""
    before = s.at(-1)
    if s.token.kind == "TIME" and before.kind == "DATE":
        text = s.statement_text
        text = re.sub(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d(?:\.\d+)?)?)Z?", r"\1T\2Z", text)
        span = s.span(before).to(s.span())
        found = OtherForm(span=span, summary="a timestamp is one word, with a `T` in it", corrected=text)
        return Diagnosis(found, skip=s.statement_end - s.index)
    unit = UnknownUnit.meant(s.token.text) or (s.token.text if s.token.text in MICROSECONDS else "")
    begins_next = is_name(s.at(1)) or s.at(1).kind in ("ARROW", "EQUAL")
    if before.kind == "NUMBER" and s.token.kind == "NAME" and unit and s.expects("PLUS") and not begins_next:
        head, rest = s.text(s.statement, s.index), s.text(s.index + 1, s.statement_end)
        span = s.span(before).to(s.span())
        summary = "a duration is a number with its unit, in one word"
        return Diagnosis(
            OtherForm(span=span, summary=summary, corrected=f"{head}{unit} {rest}".rstrip()), skip=1
        )
    return None


def _declaration_sign(s: Situation) -> Diagnosis | None:
    """``enum S = open | closed``, ``type Money: decimal(10, 2)``, ``type Money decimal(10, 2)``"""
    if s.block != "file" or s.index != s.statement + 2:
        return None
    rest = s.text(s.index + (s.token.kind in ("EQUAL", "COLON")), s.statement_end)
    name = s.at(-1).text
    if s.first.kind == "SOFT_ENUM" and s.token.kind == "EQUAL" and rest:
        members = ", ".join(part.strip() for part in rest.strip("[](){}").split("|"))
        found = OtherForm(
            span=s.span(),
            summary="the members of an enum stand in `{ }`",
            corrected=f"enum {name} {{ {members} }}",
        )
        return Diagnosis(found)
    if s.first.kind == "SOFT_TYPE" and s.expects("EQUAL") and (s.token.kind == "COLON" or is_name(s.token)):
        found = OtherForm(
            span=s.span(), summary="a type is declared with `=`", corrected=f"type {name} = {rest}"
        )
        if s.token.kind == "COLON":
            return Diagnosis(found, replace="EQUAL")
        return Diagnosis(found, insert="EQUAL")
    return None


def _member_value(s: Situation) -> Diagnosis | None:
    """``open = 1`` in an enum"""
    if (
        s.block != "enum"
        or s.token.kind != "EQUAL"
        or s.index != s.statement + 1
        or s.at(1).kind == "PERCENT"
    ):
        return None
    found = OtherForm(
        span=s.span().to(s.span(s.tokens[s.statement_end - 1])),
        summary="the members of an enum have no values, only names",
        corrected=s.first.text,
        others=_like_it(s),
    )
    return Diagnosis(found, skip=s.statement_end - s.index)


def _like_it(s: Situation) -> tuple[Span, ...]:
    """The values of later members."""
    found = []
    at = s.statement_end + 1
    while at < s.partner[s.brace] - 1:
        following = replace(s, index=at)
        if s.tokens[at + 1].kind == "EQUAL":
            last = s.tokens[following.statement_end - 1]
            found.append(Span(s.source.name, s.tokens[at + 1].start, last.end))
        at = following.statement_end + 1
    return tuple(found)


def _list_by_another_name(s: Situation) -> Diagnosis | None:
    """``tags array<string>[0..3]``"""
    if s.block not in _COLUMNS or s.token.kind != "LESSTHAN" or s.index != s.statement + 2:
        return None
    corrected = f"{s.first.text} list{s.text(s.index, s.statement_end)}"
    found = OtherForm(span=s.span(s.at(-1)), summary="a list is written `list<...>`", corrected=corrected)
    return Diagnosis(found)


def _case_in_match(s: Situation) -> Diagnosis | None:
    """``match a { case 1 => "x" }``"""
    if s.block != "match" or s.at(-1).text != "case" or s.index != s.statement + 1:
        return None
    corrected = s.text(s.index, s.statement_end)
    found = OtherForm(
        span=s.span(s.at(-1)), summary="the arms of a `match` begin with their pattern", corrected=corrected
    )
    return Diagnosis(found)


def _setting_outside(s: Situation) -> Diagnosis | None:
    """``seed 42`` at the top of a file"""
    if s.block != "file" or s.index != s.statement or s.token.text not in _SETTINGS:
        return None
    start = s.index + (2 if s.at(1).kind in ("EQUAL", "COLON") else 1)
    value = s.text(start, s.statement_end)
    if not value or s.at(1).kind == NEWLINE:
        return None
    corrected = f"dataset data {{ {s.token.text} {value} }}"
    found = OtherForm(span=s.span(), summary="settings stand in a `dataset` block", corrected=corrected)
    return Diagnosis(found)


RULES = (
    _setting_outside,
    _hyphen_in_name,
    _commas_between_values,
    _quoted_name,
    _table_head,
    _null_alone,
    _weight_without_percent,
    _weight_before_value,
    _range_in_words,
    _bounds,
    _argument_by_equals,
    _mark_before_type,
    _typed_reference,
    _skew_without_parentheses,
    _subscript,
    _condition_elsewhere,
    _spaced_literal,
    _declaration_sign,
    _member_value,
    _list_by_another_name,
    _case_in_match,
)
