"""The conditions of one table: facts about columns, values that follow from others, and checks for the
rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from specdsl.diagnostics.importing_sql import SqlCheckLeftOut, SqlColumnLeftOut
from specdsl.importers.emit import name_text
from specdsl.importers.model import Check
from specdsl.importers.propernames import snake
from specdsl.importers.sql.conditions import Absorbing, Facts
from specdsl.importers.sql.drafts import Draft, Notes
from specdsl.importers.sql.expressions import Saying, Shapes, column_of
from specdsl.importers.sql.orders import Following, Orders, order_of
from specdsl.importers.sql.parsing import CannotSay, parsed
from specdsl.importers.sql.schema import Condition

_NO_WORDS = "the language has no words for it"


@dataclass(slots=True)
class Rules:
    """``facts`` by column; ``checks`` with the condition that each comes from. ``strict``: columns with a
    copied value that is never null. ``follows``: columns that are drawn from another one.
    ``redrawn``: columns of checks, whose rows are drawn again until they hold."""

    facts: dict[str, Facts] = field(default_factory=dict)
    checks: list[tuple[Check, Condition]] = field(default_factory=list)
    strict: set[str] = field(default_factory=set)
    follows: dict[str, Following] = field(default_factory=dict)
    redrawn: set[str] = field(default_factory=set)


def rules(draft: Draft, dialect: str, notes: Notes) -> Rules:
    """What the conditions and generated columns of a table come to. Columns whose expression cannot be said
    are taken out of the draft."""
    made = Rules()
    saying = Saying(draft.shapes, dialect)
    _generated(draft, dialect, saying, made, notes)
    free = {n: s for n, s in draft.shapes.items() if n not in draft.linked and n not in draft.copies}
    absorbing = Absorbing(free)
    rests = [
        (condition, rest)
        for condition, expr in _understood(draft, dialect, free, notes)
        for rest in absorbing.absorb(expr)
    ]
    rests = [(condition, rest) for condition, expr in rests for rest in absorbing.absorb_patterns(expr)]
    absorbing.settle()
    made.facts = absorbing.facts
    asked = [order_of(expr, free) for _, expr in rests]
    orders = Orders(draft, [order for order in asked if order is not None], made.facts)
    made.follows = orders.follows
    names: set[str] = set()
    for (condition, expr), order in zip(rests, asked, strict=True):
        try:
            text = saying.say(expr)
        except CannotSay:
            _left_out(draft, condition, _NO_WORDS, notes)
            continue
        made.checks.append((Check(_name(draft, condition, expr, names), text), condition))
        if order is None or not orders.hold(order):
            made.redrawn.update(column_of(c, draft.shapes) for c in expr.find_all(exp.Column))
    for name, facts in made.facts.items():
        if facts.equals is not None:
            _equal(draft, name, facts.equals, saying, made, names)
    return made


def _understood(
    draft: Draft, dialect: str, free: Shapes, notes: Notes
) -> Iterator[tuple[Condition, exp.Expression]]:
    """The conditions of a table as trees."""
    for condition in draft.conditions:
        owner = draft.named((condition.of,)) if condition.of else None
        if owner and owner[0] not in free and not draft.columns[owner[0]].generated:
            continue  # the column that it refers to is of the domain
        try:
            yield condition, parsed(condition.text, dialect)
        except CannotSay:
            _left_out(draft, condition, "it is not understood", notes)


def _equal(
    draft: Draft, name: str, expr: exp.Expression, saying: Saying, made: Rules, names: set[str]
) -> None:
    """``a = b * c``: the value of ``a``, or a check where it has other rules."""
    facts = made.facts[name]
    facts.equals = None
    condition = next((c for c in draft.conditions if re.search(rf"\b{re.escape(name)}\b", c.text)), None)
    try:
        text = saying.say(expr)
    except CannotSay:
        return
    if not facts and name not in draft.key and not any(name in u.columns for u in draft.uniques):
        draft.copies[name] = text
        if not _can_be_null(draft, expr):
            made.strict.add(name)
    elif condition is not None:
        made.redrawn.add(name)
        equation = exp.EQ(this=exp.column(name), expression=expr)
        made.checks.append((Check(_name(draft, condition, equation, names), f"{name} == {text}"), condition))


def _generated(draft: Draft, dialect: str, saying: Saying, made: Rules, notes: Notes) -> None:
    for name, column in list(draft.columns.items()):
        if not column.generated or name in draft.linked:
            continue
        try:
            expr = parsed(column.generated, dialect)
            draft.copies[name] = saying.say(expr)
            draft.remarks[name] = "computed by the database: leave it out when loading"
        except CannotSay:
            if name in draft.key:  # others refer to it: drawn like any other
                continue
            del draft.columns[name], draft.shapes[name]
            draft.copies = {n: v for n, v in draft.copies.items() if v != name_text(name)}
            draft.uniques = [u for u in draft.uniques if name not in u.columns]
            said = SqlColumnLeftOut(
                span=column.span,
                table=draft.name,
                column=name,
                cause=f"it is computed, and {_NO_WORDS.replace('it', 'its expression')}",
                required=False,
            )
            notes.left_out(f"{draft.name}.{name}", said)
            continue
        if not column.nullable:  # neither are the columns that it is computed from
            for spoken in expr.find_all(exp.Column):
                draft.columns[column_of(spoken, draft.shapes)].nullable = False
        if not _can_be_null(draft, expr):
            made.strict.add(name)


def _can_be_null(draft: Draft, expr: exp.Expression) -> bool:
    spoken = {column_of(c, draft.shapes) for c in expr.find_all(exp.Column)}
    divides = expr.find(exp.Div, exp.Mod, exp.Null, exp.Case) is not None
    constant = all(isinstance(d.expression, exp.Literal) for d in expr.find_all(exp.Div, exp.Mod))
    return any(draft.columns[n].nullable for n in spoken if n) or (divides and not constant)


def _left_out(draft: Draft, condition: Condition, cause: str, notes: Notes) -> None:
    said = SqlCheckLeftOut(span=condition.span, table=draft.name, condition=condition.text, cause=cause)
    notes.left_out(f"{draft.name}.{condition.name or 'check'}", said)


def _name(draft: Draft, condition: Condition, expr: exp.Expression, taken: set[str]) -> str:
    """A name for a check: its own without the table's, or one made of its columns."""
    name = re.sub(
        rf"^(ck|chk|check)_|^{re.escape(snake(draft.name))}_|_(ck|chk|check)$", "", snake(condition.name)
    )
    if not name.isidentifier():
        columns = list(dict.fromkeys(snake(c.name) for c in expr.find_all(exp.Column)))[:2]
        name = "_and_".join(columns) or "rule"
        name = name if name.isidentifier() else "rule"
    if name in draft.columns:
        name += "_rule"
    base, number = name, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name
