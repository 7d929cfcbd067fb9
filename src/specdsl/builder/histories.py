"""Histories made in code."""

from __future__ import annotations

from decimal import Decimal

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Level, as_expr, owners_of
from specdsl.builder.literals import percent_text
from specdsl.builder.names import name_text


def history_text(name: str, start: object, lasting: object, until: object) -> tuple[str, frozenset[str]]:
    """``history valid from .joined_at lasting 20d..200d until .left_at``, and the tables whose columns it
    names. Raises BuilderError where the start is a text."""
    if isinstance(start, str):
        raise BuilderError(
            f"a history begins at a time of its parent's, not at the text {start!r}",
            f'candidate["{start}"] is a column of the parent',
        )
    given = (("from", start), ("lasting", lasting), ("until", until))
    parts = [(word, as_expr(value)) for word, value in given if value is not None]
    text = " ".join(f"{word} {value.at(Level.SUM)}" for word, value in parts)
    return f"history {name_text(name)} {text}", owners_of(*(value for _, value in parts))


def recorded_text(
    name: str, after: object, corrected: tuple[float | Decimal, object] | None
) -> tuple[str, frozenset[str]]:
    """``history system after 0s..3d corrected 10% after 5d..60d``, and the tables whose columns it names.
    Raises BuilderError."""
    delay = as_expr(after)
    text = f"history {name_text(name)} after {delay.at(Level.SUM)}"
    if corrected is None:
        return text, delay.owners
    if not isinstance(corrected, tuple) or len(corrected) != 2:
        raise BuilderError(f"corrected= is a pair of a percentage and a delay, not {corrected!r}")
    share, wait = corrected[0], as_expr(corrected[1])
    text += f" corrected {percent_text(share)} after {wait.at(Level.SUM)}"
    return text, owners_of(delay, wait)
