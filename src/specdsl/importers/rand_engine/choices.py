"""Choices among given values, with their weights, as expressions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from specdsl.importers.emit import string_text
from specdsl.importers.rand_engine.arguments import Unfit

_HUNDREDTHS = 10_000


def type_of(values: Iterable[Any]) -> str:
    """The one type of ``values``. Raises Unfit where there is none."""
    given = list(values)
    kinds = {type(value) for value in given}
    if kinds == {int, float}:
        return "float"
    names = {str: "string", bool: "bool", int: "int", float: "float"}
    if len(kinds) > 1:
        raise Unfit("its values are of several types")
    kind = kinds.pop()
    if kind not in names:
        raise Unfit("its values are no texts, numbers or truth values")
    if kind is int and any(not -(2**63) <= value < 2**63 for value in given):
        raise Unfit("integers of 64 bits do not hold its values")
    return names[kind]


def literal(value: Any) -> str:
    """A value as it is written in a spec."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return string_text(value)
    return number(value)


def number(value: int | float) -> str:
    """A number as a literal, with its digits in groups where there are many."""
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= _HUNDREDTHS else str(value)
    text = repr(value)
    if "e" in text or "E" in text:
        text = format(Decimal(text), "f")
        text = text if "." in text else f"{text}.0"
    whole, dot, rest = text.partition(".")
    digits = whole.lstrip("-")
    grouped = f"{int(digits):_}" if len(digits) > 4 else digits
    return ("-" if whole.startswith("-") else "") + grouped + dot + rest


def plain(values: Iterable[Any]) -> str:
    """Each value once, all equally likely."""
    return " | ".join(literal(value) for value in dict.fromkeys(values))


def weighted(pairs: Sequence[tuple[Any, int]]) -> str:
    """A choice with whole weights: in percent where these are exact, else with the weights themselves. A
    value that is there twice has both weights. Raises Unfit where nothing is left to choose from."""
    weights: dict[Any, int] = {}
    for value, weight in pairs:
        weights[value] = weights.get(value, 0) + weight
    weights = {value: weight for value, weight in weights.items() if weight}
    if not weights:
        raise Unfit("all its weights are 0")
    if len(set(weights.values())) == 1:
        return plain(weights)
    total = sum(weights.values())
    if all(_HUNDREDTHS * weight % total == 0 for weight in weights.values()):
        shares = [Decimal(_HUNDREDTHS * w // total).scaleb(-2).normalize() for w in weights.values()]
        return " | ".join(f"{literal(v)} {s:f}%" for v, s in zip(weights, shares, strict=True))
    return f"pick({{{', '.join(f'{literal(v)}: {w}' for v, w in weights.items())}}})"
