"""Expressions as Python objects: text of the language, and how strongly it binds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NoReturn

from specdsl.builder.errors import BuilderError
from specdsl.builder.literals import scalar_text
from specdsl.builder.names import name_text


class Level(IntEnum):
    """How strongly an expression binds, loosest first: the levels of the grammar."""

    CHOICE = 0  # also `if`, which takes all that follows its `else`
    CLOSED = 1  # `match`, maps
    OR = 2
    AND = 3
    NOT = 4
    COMPARISON = 5
    COMPARAND = 6  # `null`
    SUM = 7
    PRODUCT = 8
    RANGE = 9
    UNARY = 10
    ATOM = 11


class Expr:
    """An expression. Operators make larger ones; ``&``, ``|`` and ``~`` are ``and``, ``or`` and ``not``, and
    ``expr["name"]`` follows a reference or takes a field. ``str`` gives its text.

    ``owners``: the tables whose columns it names as its own row's.
    """

    __slots__ = ("level", "owners", "text")

    def __init__(self, text: str, level: Level = Level.ATOM, owners: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.level = level
        self.owners = owners

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<expression {self.text}>"

    def at(self, level: Level) -> str:
        """The text for a place that takes what binds at least as strongly as ``level``."""
        return self.text if self.level >= level else f"({self.text})"

    def __getitem__(self, name: str) -> Expr:
        """``expr.name``: a column of the row that a reference points to, a field, a member of an enum."""
        return Expr(f"{self.at(Level.ATOM)}.{name_text(name)}", Level.ATOM, self.owners)

    __iter__ = None  # or Python would try numbers in __getitem__

    def __bool__(self) -> NoReturn:
        raise BuilderError(
            f"`{self.text}` has no truth before there are rows",
            "use & | ~ instead of and, or, not; and two comparisons instead of a < b < c",
        )

    # --- arithmetic ------------------------------------------------------------------------

    def __add__(self, other: object) -> Expr:
        return _binary(self, "+", other, Level.SUM)

    def __radd__(self, other: object) -> Expr:
        return _binary(other, "+", self, Level.SUM)

    def __sub__(self, other: object) -> Expr:
        return _binary(self, "-", other, Level.SUM)

    def __rsub__(self, other: object) -> Expr:
        return _binary(other, "-", self, Level.SUM)

    def __mul__(self, other: object) -> Expr:
        return _binary(self, "*", other, Level.PRODUCT)

    def __rmul__(self, other: object) -> Expr:
        return _binary(other, "*", self, Level.PRODUCT)

    def __truediv__(self, other: object) -> Expr:
        return _binary(self, "/", other, Level.PRODUCT)

    def __rtruediv__(self, other: object) -> Expr:
        return _binary(other, "/", self, Level.PRODUCT)

    def __floordiv__(self, other: object) -> Expr:
        return _binary(self, "//", other, Level.PRODUCT)

    def __rfloordiv__(self, other: object) -> Expr:
        return _binary(other, "//", self, Level.PRODUCT)

    def __mod__(self, other: object) -> Expr:
        return _binary(self, "%", other, Level.PRODUCT)

    def __rmod__(self, other: object) -> Expr:
        return _binary(other, "%", self, Level.PRODUCT)

    def __neg__(self) -> Expr:
        text = self.at(Level.UNARY)
        return Expr(f"-({text})" if text.startswith("-") else f"-{text}", Level.UNARY, self.owners)

    # --- comparison and logic --------------------------------------------------------------

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return _compared(self, "==", other)

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return _compared(self, "!=", other)

    def __lt__(self, other: object) -> Expr:
        return _compared(self, "<", other)

    def __le__(self, other: object) -> Expr:
        return _compared(self, "<=", other)

    def __gt__(self, other: object) -> Expr:
        return _compared(self, ">", other)

    def __ge__(self, other: object) -> Expr:
        return _compared(self, ">=", other)

    __hash__ = None  # type: ignore[assignment]  # `==` makes an expression

    def __and__(self, other: object) -> Expr:
        return _logic(self, "and", other, Level.AND)

    def __rand__(self, other: object) -> Expr:
        return _logic(other, "and", self, Level.AND)

    def __or__(self, other: object) -> Expr:
        return _logic(self, "or", other, Level.OR)

    def __ror__(self, other: object) -> Expr:
        return _logic(other, "or", self, Level.OR)

    def __invert__(self) -> Expr:
        return Expr(f"not {self.at(Level.NOT)}", Level.NOT, self.owners)

    def is_in(self, values: object) -> Expr:
        """``expr in values``: a range (``between``), a list or a tuple."""
        return _compared(self, "in", values)

    def is_not_in(self, values: object) -> Expr:
        """``expr not in values``"""
        return _compared(self, "not in", values)

    def is_null(self) -> Expr:
        """``expr == null``"""
        return _compared(self, "==", None)

    def is_not_null(self) -> Expr:
        """``expr != null``"""
        return _compared(self, "!=", None)


def as_expr(value: object) -> Expr:
    """A value of Python as an expression: None, bool, int, float, Decimal, str, UUID, dates and times,
    timedelta, members of an Enum by their value; lists, tuples and dicts of such. Raises BuilderError."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, Mapping):
        entries = [(as_expr(k), as_expr(v)) for k, v in value.items()]
        inner = ", ".join(f"{k.at(Level.CHOICE)}: {v.at(Level.CHOICE)}" for k, v in entries)
        return Expr(f"{{{inner}}}", Level.CLOSED, owners_of(*(e for pair in entries for e in pair)))
    if isinstance(value, list | tuple):
        items = [as_expr(item) for item in value]
        inner = ", ".join(item.at(Level.CHOICE) for item in items)
        if isinstance(value, list):
            return Expr(f"[{inner}]", Level.ATOM, owners_of(*items))
        if len(items) < 2:
            raise BuilderError(f"a tuple has two items or more: {value!r}")
        return Expr(f"({inner})", Level.ATOM, owners_of(*items))
    text = scalar_text(value)
    if text is None:
        reference = getattr(value, "as_expression", None)  # tables stand for their names
        if callable(reference):
            found: Any = reference()
            return as_expr(found)
        raise BuilderError(f"{value!r} is no value of the language")
    if value is None:
        return Expr(text, Level.COMPARAND)
    return Expr(text, Level.UNARY if text.startswith("-") else Level.ATOM)


def owners_of(*expressions: Expr) -> frozenset[str]:
    """The tables whose columns the expressions name."""
    return frozenset().union(*(e.owners for e in expressions))


def _binary(left: object, operator: str, right: object, level: Level) -> Expr:
    a, b = as_expr(left), as_expr(right)
    # what stands on the right of an operator of the same level is grouped
    text = f"{a.at(level)} {operator} {b.at(Level(level + 1))}"
    return Expr(text, level, owners_of(a, b))


def _compared(left: object, operator: str, right: object) -> Expr:
    a, b = as_expr(left), as_expr(right)
    text = f"{a.at(Level.COMPARAND)} {operator} {b.at(Level.COMPARAND)}"
    return Expr(text, Level.COMPARISON, owners_of(a, b))


def _logic(left: object, operator: str, right: object, level: Level) -> Expr:
    a, b = as_expr(left), as_expr(right)
    text = f"{a.at(level)} {operator} {b.at(Level(level + 1))}"
    return Expr(text, level, owners_of(a, b))
