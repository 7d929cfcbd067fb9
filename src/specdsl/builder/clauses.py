"""What stands in the body of a table and after a reference, as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr, owners_of
from specdsl.builder.literals import percent_text
from specdsl.builder.names import name_text


def each_text(count: object, most: object) -> tuple[str, Expr]:
    """``each ...``, and what its names belong to."""
    limit = None if most is None else as_expr(most)
    end = "" if limit is None else f" max {limit.at(Level.SUM)}"
    if count is True:
        if limit is not None:
            raise BuilderError("max= bounds a number of children, and each=True is one")
        return "each", Expr("")
    if isinstance(count, tuple):
        if len(count) != 2 or all(n is None for n in count):
            raise BuilderError(f"each= is the least and the most of children (None: open), not {count!r}")
        low, high = ("" if n is None else as_expr(n).at(Level.UNARY) for n in count)
        return f"each {low}..{high}{end}", Expr("")
    number = as_expr(count)
    loose = number.level < Level.SUM and not number.text.startswith(("if ", "match "))
    return f"each {f'({number.text})' if loose else number.text}{end}", number


def since_text(age: dt.timedelta | int) -> str:
    """``since 30d`` or ``since 3 batches``."""
    if isinstance(age, dt.timedelta):
        return f"since {as_expr(age)}"
    if isinstance(age, bool) or not isinstance(age, int) or age < 1:
        raise BuilderError(f"since= is a timedelta or a number of batches, not {age!r}")
    return f"since {age} batch{'' if age == 1 else 'es'}"


def amount_text(share: float | Decimal | None, rows: int | None) -> str:
    """``3%`` or ``30 rows``."""
    if (share is None) == (rows is None):
        raise BuilderError("a share in percent, or rows= so many: one of the two")
    if rows is None:
        assert share is not None
        return percent_text(share)
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
        raise BuilderError(f"rows= is a number of rows, not {rows!r}")
    return f"{as_expr(rows)} rows"


def skew_text(skew: object) -> str:
    """``zipf(1.1)``. Raises BuilderError for what is no call."""
    text = as_expr(skew).text
    if not text.endswith(")") or not text.split("(")[0].isidentifier():
        raise BuilderError(f"skew= is a call like fn.zipf(1.1), not {text}")
    return text


def doc_text(text: str) -> str:
    """Documentation, each line after ``##``."""
    return "".join(f"## {line}".rstrip() + "\n" for line in text.splitlines())


def variant_text(
    name: str, amount: str, where: Expr | None, values: Mapping[str, object] | None
) -> tuple[str, frozenset[str]]:
    """``variant edge 5% where age > 60 { age = boundary() }``, and the tables whose columns it names."""
    head = f"variant {name_text(name)} {amount}"
    used = [] if where is None else [where]
    if where is not None:
        head += f" where {where.at(Level.OR)}"
    if values is None:
        return head, owners_of(*used)
    lines = []
    for column, value in values.items():
        given = as_expr(value)
        used.append(given)
        lines.append(f"  {name_text(column)} = {given.at(Level.CHOICE)}")
    return "\n".join([f"{head} {{", *lines, "}"]), owners_of(*used)


def assigned(values: Mapping[str, object] | Sequence[str]) -> tuple[str, frozenset[str]]:
    """``status, price = price * 1.1``, and the tables whose columns it names. Columns without a value, or
    with ``...``, are drawn anew."""
    given = dict(values) if isinstance(values, Mapping) else dict.fromkeys(values, ...)
    parts, used = [], []
    for column, value in given.items():
        new = None if value is ... else as_expr(value)
        used += [] if new is None else [new]
        parts.append(name_text(column) + ("" if new is None else f" = {new.at(Level.CHOICE)}"))
    return ", ".join(parts), owners_of(*used)


def strength_text(strength: int | str) -> str:
    """``pairwise``, ``all`` or ``3-wise``."""
    if strength in ("pairwise", "all"):
        return str(strength)
    if isinstance(strength, bool) or not isinstance(strength, int) or strength < 2:
        raise BuilderError(f'strength= is "pairwise", "all" or a number of columns, not {strength!r}')
    return "pairwise" if strength == 2 else f"{strength}-wise"
