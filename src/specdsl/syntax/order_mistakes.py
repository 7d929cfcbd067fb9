"""What people get wrong in lifecycles, histories and columns that change: what stands in another place, or is
not there."""

from __future__ import annotations

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.lexical import OtherForm
from specdsl.syntax.brackets import is_name
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Diagnosis, Situation

_ENDS = frozenset({NEWLINE, END, "COMMA", "RBRACE", "ARROW"})


def _no_delay(s: Situation) -> Diagnosis | None:
    """``placed -> paid 92%``"""
    if s.block != "lifecycle" or not s.expects("SOFT_AFTER") or s.token.kind not in _ENDS:
        return None
    start, end = s.earlier("ARROW"), s.statement_end
    if start < 0:
        return None
    corrected = f"{s.text(s.statement, s.index)} after 1h..2d {s.text(s.index, end)}".rstrip()
    found = OtherForm(
        span=s.span(s.tokens[start]).to(s.span(s.at(-1))),
        summary="a transition says after how long it is made",
        corrected=corrected,
        mark="no `after`",
        edit=f"{s.text(start, s.index)} after 1h..2d",
    )
    return Diagnosis(found)


def _head(s: Situation) -> Diagnosis | None:
    """``lifecycle status for placed_at {``"""
    if s.first.kind != "SOFT_LIFECYCLE" or s.block != "table":
        return None
    head = s.tokens[
        s.statement : next(
            (n for n in range(s.statement, s.statement_end) if s.tokens[n].kind == "LBRACE"), 0
        )
    ]
    if len(head) != 4 or not all(is_name(token) for token in head) or head[2].text == "from":
        return None
    found = OtherForm(
        span=s.span(head[2]),
        summary="a lifecycle begins `from` a column with a time",
        corrected=f"lifecycle {head[1].text} from {head[3].text} {{",
        mark="`from`?",
        edit="from",
    )
    return Diagnosis(found, close="member")


def _name_of_time(s: Situation) -> Diagnosis | None:
    """``sorted -> on_van as loaded_at after 1h``"""
    if s.block != "lifecycle" or s.token.text != "as" or not s.expects("SOFT_AFTER") or not s.names(1):
        return None
    if s.at(-1).kind == "PERCENT":
        return None
    own = f"{s.at(-1).text} as {s.at(1).text}"
    found = errors.UnexpectedToken(
        span=s.span().to(s.span(s.at(1))),
        found="`as`",
        context="where a state is led to",
        expected=(),
        advice=f"name the time on the line of the state itself: `{own}`, and what follows it",
    )
    return Diagnosis(found, skip=2)


def _comma_between(s: Situation) -> Diagnosis | None:
    """``placed -> paid 92% after 1h, cancelled after 2d``"""
    if s.block != "lifecycle" or s.index != s.statement + 1 or s.at(-2).kind != "COMMA":
        return None
    if not is_name(s.first) or s.token.kind not in ("SOFT_AFTER", "PERCENT"):
        return None
    start = s.statement_of(s.statement - 1)
    whole = f"{s.text(start, s.statement - 1)} -> {s.text(s.statement, s.statement_end)}"
    found = OtherForm(
        span=s.span(s.at(-2)),
        summary="what follows a state stands in a row, each after an arrow",
        corrected=whole,
        mark="`->`?",
        edit=" ->",
    )
    return Diagnosis(found, skip=s.statement_end - s.index)


def _wrong_arrow(s: Situation) -> Diagnosis | None:
    """``placed => paid``"""
    if s.block != "lifecycle" or s.token.kind != "FAT_ARROW" or not s.expects("ARROW"):
        return None
    others = s.alike(until=NEWLINE)
    found = errors.WrongArrow(span=s.span(), found="=>", meant="->", others=others, what="a transition")
    return Diagnosis(found, replace="ARROW")


def _changes_before_rate(s: Situation) -> Diagnosis | None:
    """``city string changes 60% = city()``"""
    if s.block != "table" or s.at(-1).kind != "PERCENT" or s.at(-2).text != "changes":
        return None
    rest = s.text(s.index, s.statement_end)
    start = s.text(s.statement, s.index - 2)
    found = OtherForm(
        span=s.span(s.at(-2)).to(s.span(s.at(-1))),
        summary="in how many rows a column changes stands before `changes`",
        corrected=f"{start} {s.at(-1).text} changes {rest}".rstrip(),
        edit=f"{s.at(-1).text} changes",
    )
    return Diagnosis(found, close="member")


RULES = (_head, _no_delay, _name_of_time, _comma_between, _wrong_arrow, _changes_before_rate)
