"""What numbers and instants of a column are drawn from: within the type, the conditions, and what the name
suggests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from specdsl.importers.propernames import is_birth, is_money, snake, usual_amounts, usual_integers
from specdsl.importers.sql.conditions import LAST_DAY, End, Facts
from specdsl.importers.sql.shapes import Family, Shape

_MONEY = Decimal("0.5"), Decimal(1_000)


@dataclass(frozen=True, slots=True)
class Range:
    """What is drawn from. ``within``: the bounds that conditions set, '' for none. ``size``: how many values
    there are."""

    value: str
    within: str
    size: int


def integers(name: str, shape: Shape, facts: Facts, wanted: int) -> Range | None:
    """Of ``wanted`` values at least where bounds allow; None where no number is within them."""
    low = high = None
    if facts.low is not None:
        low = int(Decimal(facts.low.value).to_integral_value(ROUND_CEILING))
        low += facts.low.open and low == Decimal(facts.low.value)
    if facts.high is not None:
        high = int(Decimal(facts.high.value).to_integral_value(ROUND_FLOOR))
        high -= facts.high.open and high == Decimal(facts.high.value)
    usual = usual_integers(name) or (1, 1_000)
    most = min(shape.high, high if high is not None else shape.high)
    least = max(shape.low, low if low is not None else shape.low)
    if least > most:
        return None
    a, b = (max(min(usual[0], most), least), min(max(usual[1], least), most))
    if low is not None and high is not None:
        a, b = least, most
    elif a > usual[1] or b < usual[0] or a >= b:
        a, b = (least, min(least + 1_000, most)) if low is not None else (max(most - 1_000, least), most)
    if b - a + 1 < wanted:
        b = min(most, a + max(10 * wanted, 1_000))
        a = max(least, min(a, b - wanted)) if b - a + 1 < wanted else a
    within = _within(None if low is None else whole(least), None if high is None else whole(most))
    if (
        low is not None
        and high is not None
        and least <= usual[0] < usual[1] <= most
        and wanted < usual[1] - usual[0]
    ):
        a, b = usual if re.fullmatch(r"(.*_)?year", snake(name)) else (a, b)
    return Range(f"{whole(a)}..{whole(b)}", within, b - a + 1)


def whole(value: int) -> str:
    """An integer as people write it."""
    return str(value) if abs(value) < 10_000 else f"{value:_}"


def decimals(name: str, shape: Shape, facts: Facts, wanted: int) -> Range | None:
    """Decimals and floats; None where no number is within the bounds."""
    exact = shape.family is Family.DECIMAL
    step = Decimal(1).scaleb(-shape.scale) if exact else Decimal("0.001")
    most = Decimal(10) ** (shape.digits - shape.scale) - step if exact else Decimal(10) ** 9
    low, high = _end(facts.low, step, 1), _end(facts.high, step, -1)
    plain = snake(name)
    usual = usual_amounts(plain)
    if usual is None:
        usual = _MONEY if is_money(plain) or not exact else (Decimal(0), Decimal(1_000))
    least = max(-most, low) if low is not None else -most
    top = min(most, high) if high is not None else most
    if least > top:
        return None
    a, b = max(min(usual[0], top), least), min(max(usual[1], least), top)
    if low is not None and high is not None:
        a, b = least, top
    elif a >= b:
        a, b = (least, min(least + 1_000, top)) if low is not None else (max(top - 1_000, least), top)
    if (b - a) / step + 1 < wanted:
        b = min(top, a + 10 * wanted * step)
    within = _within(
        None if low is None else _shown(least, shape), None if high is None else _shown(top, shape)
    )
    return Range(f"{_shown(a, shape)}..{_shown(b, shape)}", within, int((b - a) / step) + 1)


def _end(end: End | None, step: Decimal, sign: int) -> Decimal | None:
    """An end on the grid of ``step``, within the range."""
    if end is None:
        return None
    value = Decimal(end.value)
    grid = (value / step).to_integral_value(ROUND_CEILING if sign > 0 else ROUND_FLOOR) * step
    return grid + sign * step if end.open and grid == value else grid


def _shown(value: Decimal, shape: Shape) -> str:
    """A literal with at least one digit after the point and no needless ones."""
    whole, _, part = f"{value:,f}".replace(",", "_").partition(".")
    part = part.rstrip("0")[: shape.scale or 20]
    return f"{whole}.{part or '0'}"


def instants(name: str, shape: Shape, facts: Facts, wanted: int) -> Range | None:
    """Dates and timestamps; None where none is within the bounds."""
    if shape.family is Family.TIME:
        early, late = (None if e is None else str(e.value) for e in (facts.low, facts.high))
        return Range(f"{early or '00:00'} .. {late or '23:59'}", _within(early, late), 86_340)
    born = is_birth(name)
    first, last = (
        (date(1950, 1, 1), date(2005, 12, 31)) if born else (date(2020, 1, 1), date.fromisoformat(LAST_DAY))
    )
    low, high = _day(facts.low, 1), _day(facts.high, -1)
    if low is not None and high is not None:
        first, last = low, high
    elif low is not None and low > first:
        first, last = low, max(last, low + timedelta(days=365))
    elif high is not None and high < last:
        first, last = min(first, high - timedelta(days=1_800)), high
    if first > last:
        return None
    days = (last - first).days + 1
    if days < wanted and shape.family is Family.DATE and low is None:
        first = max(date(1, 1, 1), last - timedelta(days=min(4 * wanted, 700_000)))
        days = (last - first).days + 1
    a, b, size = str(first), str(last), days
    if shape.family is Family.TIMESTAMP:
        a, b, size = f"{first}T00:00:00Z", f"{last}T23:59:59Z", days * 86_400
        if facts.high is not None and high == last and str(facts.high.value) < b:
            b = str(facts.high.value)
    timed = shape.family is Family.TIMESTAMP
    early = None if low is None else f"{low}T00:00:00Z" if timed else str(low)
    late = None if high is None else b if high == last else f"{high}T23:59:59Z" if timed else str(high)
    return Range(f"{a} .. {b}", _within(early, late), size)


def _day(end: End | None, sign: int) -> date | None:
    """The first (``sign`` 1) or last whole day within an end."""
    if end is None:
        return None
    text = str(end.value)
    day = date.fromisoformat(text[:10])
    midnight = len(text) == 10 or text[11:19] == "00:00:00"
    if sign > 0:
        return day if midnight and not end.open else day + timedelta(days=1)
    return day - timedelta(days=1) if end.open and midnight else day


def _within(low: str | None, high: str | None) -> str:
    return "" if low is None and high is None else f"{low or ''}..{high or ''}"
