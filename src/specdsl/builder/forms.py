"""The forms of values: draws, choices, cases, calls, texts with values in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr, owners_of
from specdsl.builder.literals import fstring_text, percent_text, regex_text
from specdsl.builder.names import function_text, name_text

row = Expr("row")
"""The row's number, from 0."""

now = Expr("now")
"""The dataset's clock."""

null = Expr("null", Level.COMPARAND)
"""No value."""

anything = Expr("_")
"""Any value, in a pattern of ``match``."""


def lit(value: object) -> Expr:
    """A Python value as an expression, where an operator needs one on its left: ``lit(5) < 6``. Elsewhere
    values stand as they are."""
    return as_expr(value)


def name(text: str) -> Expr:
    """A name: a column that is declared later, a member of an enum, a pool."""
    return Expr(name_text(text))


class _Candidate:
    """See ``candidate``."""

    def __getitem__(self, column: str) -> Expr:
        return Expr(f".{name_text(column)}")


candidate = _Candidate()
"""``candidate["active"]`` is ``.active``: a column of the other row, in ``where=`` and ``each=``: the parent
that a reference might take, the child that an aggregate goes over."""


def between(low: object, high: object) -> Expr:
    """``low .. high``: drawn evenly, both ends included; after ``is_in`` a range to lie in."""
    if low is None or high is None:
        raise BuilderError("a range has two ends", "within= takes bounds that are open")
    ends = as_expr(low), as_expr(high)
    return Expr(" .. ".join(end.at(Level.UNARY) for end in ends), Level.RANGE, owners_of(*ends))


def call(function: str, /, *arguments: object, where: object = None, **named: object) -> Expr:
    """``function(arguments, name: value)``. ``where`` chooses the rows that an aggregate goes over."""
    parts, owners = [], []
    for at, argument in enumerate(arguments):
        value = as_expr(argument)
        text = value.at(Level.CHOICE)
        if where is not None and at == 0:
            condition = as_expr(where)
            text = f"{value.at(Level.OR)} where {condition.at(Level.OR)}"
            owners.append(condition)
        parts.append(text)
        owners.append(value)
    if where is not None and not arguments:
        raise BuilderError(f"{function}(where=...) needs what it goes over first")
    for key, argument in named.items():
        value = as_expr(argument)
        word = key if key == "per" else name_text(key)  # reserved, and a parameter of aggregates
        parts.append(f"{word}: {value.at(Level.CHOICE)}")
        owners.append(value)
    return Expr(f"{function_text(function)}({', '.join(parts)})", Level.ATOM, owners_of(*owners))


class _Functions:
    """See ``fn``."""

    def __getattr__(self, function: str) -> _Function:
        if function.startswith("__"):
            raise AttributeError(function)
        return _Function(function)


class _Function:
    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *arguments: object, where: object = None, **named: object) -> Expr:
        return call(self._name, *arguments, where=where, **named)


fn = _Functions()
"""Every function by its name: ``fn.normal(mean=38, sd=12)`` is ``call("normal", mean=38, sd=12)``."""


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm of a choice. ``share`` in percent; None shares what is left."""

    value: object
    share: float | Decimal | None = None


def choice(*arms: object) -> Expr:
    """``a 70% | b 30%``: one mapping from values to percentages (None: shares what is left), or the arms one
    by one, as values or ``Arm(value, share)``. Percentages total 100; ``pick`` takes relative weights."""
    if len(arms) == 1 and isinstance(arms[0], Mapping):
        listed = [Arm(value, share) for value, share in arms[0].items()]
    else:
        listed = [arm if isinstance(arm, Arm) else Arm(arm) for arm in arms]
    if not listed:
        raise BuilderError("a choice has arms")
    shares = [Decimal(str(arm.share)) for arm in listed if arm.share is not None]
    values = [as_expr(arm.value) for arm in listed]
    parts = []
    for arm, value in zip(listed, values, strict=True):
        share = "" if arm.share is None else f" {percent_text(arm.share)}"
        parts.append(f"{value.at(Level.CLOSED)}{share}")
    total = sum(shares)
    if total > 100 or (len(shares) == len(listed) and total != 100):
        raise BuilderError(
            f"the shares total {total} %, not 100 %",
            "a share of None takes what is left; `pick` takes relative weights",
        )
    if len(parts) == 1 and not shares:
        return values[0]
    return Expr(" | ".join(parts), Level.CHOICE, owners_of(*values))


def exact(*arms: object) -> Expr:
    """``exact(a 70% | b 30%)``: as ``choice``, but the shares are counts over the table."""
    return call("exact", choice(*arms))


def pick(source: object) -> Expr:
    """``pick({"paid": 7, "pending": 2})`` by relative weights, or ``pick(pool)``, ``pick(pool["name"])``."""
    return call("pick", source)


def distinct(*arguments: object) -> Expr:
    """``distinct(values)``: for lists, no element twice."""
    return Expr(f"distinct({', '.join(as_expr(a).at(Level.CHOICE) for a in arguments)})", Level.CLOSED)


def when(condition: object, then: object, otherwise: object) -> Expr:
    """``if condition then a else b``"""
    test, a, b = as_expr(condition), as_expr(then), as_expr(otherwise)
    last = b.text if b.text.startswith("if ") else b.at(Level.CLOSED)
    text = f"if {test.at(Level.OR)} then {a.at(Level.CLOSED)} else {last}"
    return Expr(text, Level.CHOICE, owners_of(test, a, b))


class _Patterns(tuple[object, ...]):
    """Several patterns of one case."""

    __slots__ = ()


def either(*patterns: object) -> _Patterns:
    """Several patterns for one case of ``match``."""
    return _Patterns(patterns)


_NOTHING = object()


def match(subject: object, *cases: object, otherwise: object = _NOTHING) -> Expr:
    """``match subject { pattern => value ... else => otherwise }``.

    ``cases``: one mapping from patterns to values, or pairs of the two. A pattern is a value, a tuple
    where the subject is one (``anything`` in it fits all items), or ``either`` of several.
    """
    of = as_expr(subject)
    if len(cases) == 1 and isinstance(cases[0], Mapping):
        pairs: list[tuple[object, object]] = list(cases[0].items())
    else:
        pairs = []
        for case in cases:
            if not isinstance(case, tuple) or isinstance(case, _Patterns) or len(case) != 2:
                raise BuilderError(f"a case is a pair of a pattern and a value, not {case!r}")
            pairs.append((case[0], case[1]))
    if otherwise is not _NOTHING:
        pairs.append((_NOTHING, otherwise))
    if not pairs:
        raise BuilderError("a match has cases")
    lines, found = [], [of]
    for pattern, value in pairs:
        result = as_expr(value)
        patterns = pattern if isinstance(pattern, _Patterns) else _Patterns((pattern,))
        texts = ["else" if p is _NOTHING else as_expr(p).at(Level.COMPARAND) for p in patterns]
        lines.append(f"  {', '.join(texts)} => {result.at(Level.CHOICE)}")
        found.append(result)
    return Expr(f"match {of.at(Level.OR)} {{\n{chr(10).join(lines)}\n}}", Level.CLOSED, owners_of(*found))


def pattern(regex: str | re.Pattern[str]) -> Expr:
    """``/[A-Z]{3}-[0-9]{6}/``: a text that the pattern matches."""
    return Expr(regex_text(regex))


def f(template: str, *values: object, **named: object) -> Expr:
    """``f"INV-{row:08d}"``. In ``template`` a ``{}`` takes the next of ``values``, ``{name}`` the one of
    ``named`` or else the column of that name, ``{name.other}`` what it refers to; ``{...:spec}`` formats as
    Python does."""
    parts: list[str] = []
    rest = list(values)
    found: list[Expr] = []
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as problem:
        raise BuilderError(f"{template!r} is not a template: {problem}") from None
    for literal, field, spec, conversion in pieces:
        parts.append(fstring_text(literal))
        if field is None:
            continue
        if conversion or (spec and any(c in spec for c in '{}"')):
            raise BuilderError(f"{template!r} has a conversion or a nested field, which the language has not")
        value = _field(template, field, rest, named)
        text = value.at(Level.CHOICE)
        if "\n" in text:
            raise BuilderError(f"a value over several lines cannot stand in {template!r}", "give it a column")
        opening, closing = " " * text.startswith("{"), " " * text.endswith("}")
        parts.append(f"{{{opening}{text}{closing}{f':{spec}' if spec else ''}}}")
        found.append(value)
    if rest:
        raise BuilderError(f"{template!r} has no place for {rest[0]!r}")
    return Expr(f'f"{"".join(parts)}"', Level.ATOM, owners_of(*found))


def _field(template: str, field: str, rest: list[object], named: Mapping[str, object]) -> Expr:
    if not field:
        if not rest:
            raise BuilderError(f"{template!r} has more places than there are values")
        return as_expr(rest.pop(0))
    if field in named:
        return as_expr(named[field])
    steps = field.split(".")
    if not all(step.isidentifier() for step in steps):
        raise BuilderError(f"`{field}` in {template!r} is no name", "give the value: f('... {}', value)")
    return Expr(field) if field in ("row", "now") else Expr(".".join(map(name_text, steps)))
