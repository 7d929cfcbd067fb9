"""Numbers, shares and evidence as a spec writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from specdsl.importers.emit import string_text


def number(value: Any) -> str:
    """A number as a literal, without an exponent where it has a short form."""
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= 10_000 else str(value)
    text = format(value, "f") if isinstance(value, Decimal) else _float(float(value))
    whole, dot, rest = text.partition(".")
    digits = whole.lstrip("-")
    grouped = f"{int(digits):_}" if len(digits) > 4 else digits
    return ("-" if whole.startswith("-") else "") + grouped + dot + rest


def _float(value: float) -> str:
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text if "." in text else f"{text}.0"


def short(value: float, digits: int = 3) -> float:
    """``value`` with so many significant digits."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def rounded(value: float, *, up: bool) -> float:
    """``value`` with four significant digits, not inward."""
    exact = Decimal(repr(value))
    if exact == 0:
        return 0.0
    return float(
        exact.quantize(Decimal(1).scaleb(exact.adjusted() - 3), ROUND_CEILING if up else ROUND_FLOOR)
    )


def outward(value: Any, *, up: bool) -> Decimal:
    """``value`` with one or two significant digits, and never equal to it: a bound that shows no value."""
    exact = Decimal(str(value))
    if exact == 0:
        return Decimal(0)
    step = Decimal(1).scaleb(exact.adjusted() - (1 if abs(exact) >= 10 else 0))
    rounded = exact.quantize(step, ROUND_CEILING if up else ROUND_FLOOR)
    if rounded == exact and exact != 0:
        rounded = exact + step if up else exact - step
        rounded = Decimal(0) if (not up and exact > 0 > rounded) else rounded
    return rounded


def percent(part: int, whole: int, digits: int = 1) -> str:
    """A share in percent, such as ``61.4%``."""
    share = round(100 * part / whole, digits)
    return f"{share:g}%"


def shares(counts: Sequence[int]) -> list[str]:
    """The shares of ``counts`` in percent, which total 100; '' for all where they are even."""
    total = sum(counts)
    if max(counts) - min(counts) <= 4 * math.sqrt(total / len(counts)):
        return [""] * len(counts)
    tenths = [Decimal(max(1, round(1000 * n / total))) / 10 for n in counts]
    if any(n * 1000 < total for n in counts):  # a share below 0.1 %
        tenths = [max(Decimal(1) / 100, Decimal(round(10_000 * n / total)) / 100) for n in counts]
    largest = max(range(len(counts)), key=counts.__getitem__)
    tenths[largest] += 100 - sum(tenths)
    return [f"{t.normalize():f}%" for t in tenths]


def choice(members: Sequence[str], weights: Sequence[str]) -> str:
    """A weighted choice of values that are written already."""
    return " | ".join(f"{m} {w}".rstrip() for m, w in zip(members, weights, strict=True))


def rows(count: int) -> str:
    """``count`` rows in words."""
    return "1 row" if count == 1 else f"{count:,} rows"


def shown(text: str, limit: int = 30) -> str:
    """A text in a comment."""
    return string_text(text if len(text) <= limit else text[: limit - 1] + "…")
