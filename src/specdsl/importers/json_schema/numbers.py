"""What a number of a schema is drawn from."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from specdsl.importers.json_schema.breaking import listed
from specdsl.importers.json_schema.conjunction import SAYING_NOTHING, Merged
from specdsl.importers.json_schema.contradiction import bounds_contradict
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.json_schema.telling import Note, by_name
from specdsl.importers.model import Scalar
from specdsl.importers.propernames import is_money, usual_amounts, usual_integers

_MOST = 2**63 - 1
_SPAN = 1_000  # how far values go where only one end is given
_CHOSEN = 40  # members of a choice of multiples
_RANGES = 12  # between values that are denied
_FINITE = Note("a finite range", "the schema leaves an end open", minor=True)


def integer_form(made: Merged, name: str, resources: Resources) -> tuple[Scalar, tuple[Note, ...]]:
    """A range of ints, or multiples in it. Raises Refused."""
    step = 1
    for multiple in made.multiples:
        if multiple <= 0:
            raise keyword(made.pointer, "multipleOf", "it must be above 0")
        step = math.lcm(step, multiple.numerator)
    least = None if made.low is None else _above(made.low, step)
    most = None if made.high is None else _below(made.high, step)
    notes: tuple[Note, ...] = ()
    if made.low is None or made.high is None:
        notes = (_FINITE,)
        usual = usual_integers(name) if step == 1 else None
        if usual is not None:
            low = usual[0] if least is None else max(least, usual[0])
            high = usual[1] if most is None else min(most, usual[1])
            if low < high:
                least, most, notes = low, high, (by_name(name, f"{low:_} to {high:_}"),)
    if least is None and most is None:
        least, most = 0, _SPAN
    elif least is None and most is not None:
        least = min(0, most) if most >= 0 else most - _SPAN
    elif most is None and least is not None:
        most = _beyond(least * step) // step
    if least is None or most is None or least > most:
        raise bounds_contradict(made, "low", "high", f"no integer{_of(made)} lies within its bounds")
    least, most = max(least, -(_MOST // step)), min(most, _MOST // step)
    if "int32" in made.formats:
        least, most = max(least, -(2**31 // step)), min(most, (2**31 - 1) // step)
    if least > most:
        raise keyword(made.pointer, "minimum", "ints have 64 bits")
    if made.tried:
        return _tried_integers(made, resources, least, most, step)
    if step > 1:
        if (most - least) * step > 2**40:
            most = least + _SPAN
            notes = (_FINITE,)
        return Scalar("int", f"{step:_} * ({least:_}..{most:_})"), notes
    return Scalar("int", f"{least:_}..{most:_}", most - least + 1), notes


def _tried_integers(
    made: Merged, resources: Resources, least: int, most: int, step: int
) -> tuple[Scalar, tuple[Note, ...]]:
    """The integers that nothing which is denied holds for: ranges between those that are denied one by one,
    otherwise a choice of some that were tried."""
    denied = _denied_values(made)
    if denied is not None:
        ranges = _between({at // step for at in denied if at % step == 0}, least, most)
        if not ranges:
            raise Refused("nothing", made.pointer, "every integer within its bounds is denied")
        if len(ranges) <= _RANGES:
            ended = made.low is not None and made.high is not None
            return _of_ranges(ranges, step), () if ended else (_FINITE,)
    stride = max((most - least) // (_CHOSEN - 1), 1)
    places = [*range(least, min(least + 8, most + 1)), *range(least, most + 1, stride), most]
    found = [at * step for at in dict.fromkeys(places) if resources.valid_for_all(made.parts, at * step)]
    if not found:
        raise Refused("nothing", made.pointer, "no integer was found that is not denied")
    notes = () if most - least < len(set(places)) else (_listed(len(found), "integers"),)
    return Scalar("int", " | ".join(f"{v:_}" for v in found), len(found)), notes


def _denied_values(made: Merged) -> set[int] | None:
    """The integers that are denied, where all that is denied are values."""
    found: set[int] = set()
    for part in made.tried:
        values = listed(part.schema) if part.denied and isinstance(part.schema, dict) else None
        if values is None or set(part.schema) - SAYING_NOTHING - {"const", "enum"}:
            return None
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        found |= {int(v) for v in numbers if v == int(v)}
    return found


def _between(denied: set[int], least: int, most: int) -> list[tuple[int, int]]:
    """The ranges of ``least`` to ``most`` without ``denied``."""
    found = []
    for at in sorted(one for one in denied if least <= one <= most):
        if least < at:
            found.append((least, at - 1))
        least = at + 1
    return [*found, (least, most)] if least <= most else found


def _of_ranges(ranges: list[tuple[int, int]], step: int) -> Scalar:
    texts = [f"{low:_}..{high:_}" if low < high else f"{low:_}" for low, high in ranges]
    if step > 1:
        return Scalar("int", f"{step:_} * ({' | '.join(texts)})")
    alone = len(ranges) == 1 or all(low == high for low, high in ranges)
    count = sum(high - low + 1 for low, high in ranges)
    return Scalar("int", " | ".join(texts), count if alone else 0)


def _beyond(least: int) -> int:
    """A round end for a range that has none and begins at ``least``."""
    if least < 0:
        return least + _SPAN if least < -_SPAN else _SPAN
    most = _SPAN
    while most < 2 * least:
        most *= 10
    return most


def _of(made: Merged) -> str:
    return f" that is a multiple of {' and '.join(map(str, made.multiples))}" if made.multiples else ""


def _listed(count: int, what: str) -> Note:
    return Note(f"{count} of the {what}", "only values that were held against its other clauses one by one")


def _above(bound: tuple[Fraction, bool], step: int) -> int:
    value, exclusive = bound
    least = math.ceil(value / step)
    return least + 1 if exclusive and least * step == value else least


def _below(bound: tuple[Fraction, bool], step: int) -> int:
    value, exclusive = bound
    most = math.floor(value / step)
    return most - 1 if exclusive and most * step == value else most


def number_form(made: Merged, name: str, resources: Resources) -> tuple[Scalar, tuple[Note, ...]]:
    """Floats; amounts of money where the name says so; multiples. Raises Refused."""
    if made.multiples:
        if all(m.denominator == 1 for m in made.multiples):
            return integer_form(made, name, resources)
        return _multiples(made, resources)
    low = made.low[0] if made.low else None
    high = made.high[0] if made.high else None
    finite = () if made.low and made.high else (_FINITE,)
    usual = usual_amounts(name) if finite and not is_money(name) else None
    if usual is not None:
        least = Fraction(usual[0]) if low is None else max(low, Fraction(usual[0]))
        most = Fraction(usual[1]) if high is None else min(high, Fraction(usual[1]))
        if least < most:
            low, high, finite = least, most, (by_name(name, f"{_digits(least)} to {_digits(most)}"),)
    if low is None and high is None:
        low, high = Fraction(0), Fraction(_SPAN)
    elif low is None and high is not None:
        low = Fraction(0) if high > 0 else high - _SPAN
    elif high is None and low is not None:
        high = Fraction(_beyond(math.ceil(low)))
    if low is None or high is None or low > high:
        raise bounds_contradict(made, "low", "high", "no number lies within its bounds")
    if made.tried:
        return _tried_numbers(made, resources, low, high)
    if is_money(name):
        cents_low = math.ceil(low * 100) + bool(made.low and made.low[1])
        cents_high = math.floor(high * 100) - bool(made.high and made.high[1])
        cents_high = min(cents_high, max(cents_low, 0) + 100_000_000)
        if cents_low <= cents_high and abs(cents_low) < 10**15:
            ends = f"{_amount(cents_low)}..{_amount(cents_high)}"
            return Scalar("decimal(18, 2)", ends), (by_name(name, "amounts with 2 decimals"),)
    if low == high:
        if (made.low and made.low[1]) or (made.high and made.high[1]):
            raise bounds_contradict(made, "low", "high", "no number lies within its bounds")
        return Scalar("float", _digits(low)), ()
    if not float((high - low) / 1000):
        raise keyword(made.pointer, "minimum", "its bounds have more digits than a float holds")
    room = Fraction(10) ** math.floor(math.log10((high - low) / 1000))
    if made.low and made.low[1]:
        low += room
    if made.high and made.high[1]:
        high -= room
    inner = Fraction(_digits(low)), Fraction(_digits(high))
    if (made.low and inner[0] < made.low[0]) or (made.high and inner[1] > made.high[0]):
        raise keyword(made.pointer, "minimum", "its bounds have more digits than a float holds")
    return Scalar("float", f"{_digits(low)}..{_digits(high)}", 10**6), finite


def _tried_numbers(
    made: Merged, resources: Resources, low: Fraction, high: Fraction
) -> tuple[Scalar, tuple[Note, ...]]:
    """A choice of numbers that nothing which is denied holds for."""
    tries = [float(low + (high - low) * Fraction(at, _CHOSEN)) for at in range(_CHOSEN + 1)]
    tries += [at + part for at in (0, 1, 2, 7) for part in (0.5, 0.25, 0.125)]
    found = [
        _digits(Fraction(repr(v)))
        for v in tries
        if low <= v <= high and resources.valid_for_all(made.parts, v)
    ]
    if not found:
        raise Refused("nothing", made.pointer, "no number was found that is not denied")
    kept = list(dict.fromkeys(found))
    return Scalar("float", " | ".join(kept), len(kept)), (_listed(len(kept), "numbers"),)


def _multiples(made: Merged, resources: Resources) -> tuple[Scalar, tuple[Note, ...]]:
    """A choice of multiples that a validator, which divides floats, takes for such."""
    step = made.multiples[0]
    for other in made.multiples[1:]:
        step = Fraction(
            math.lcm(step.numerator, other.numerator), math.gcd(step.denominator, other.denominator)
        )
    low = math.ceil(made.low[0] / step) if made.low else None
    high = math.floor(made.high[0] / step) if made.high else None
    span = max(math.ceil(_SPAN / step), _SPAN)
    if low is None:
        low = 0 if high is None or high > 0 else high - span
    if high is None:
        high = low + span
    stride = max((high - low) // (_CHOSEN - 1), 1)
    while stride > 1 and math.gcd(stride, 10) > 1:  # so that the last digits vary
        stride += 1
    found = []
    for at in dict.fromkeys([*range(low, high + 1, stride), high]):
        value = float(at * step)
        if resources.valid_for_all(made.parts, value):
            found.append(_digits(Fraction(repr(value))))
    if not found:
        raise keyword(made.pointer, "multipleOf", "no multiple was found within the bounds")
    whole = made.low and made.high and stride == 1 and not made.tried
    notes = () if whole else (_listed(len(found), "multiples"),)
    return Scalar("float", " | ".join(found), len(found)), notes


def _amount(cents: int) -> str:
    """A literal with two decimals, or none where they are 0."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole:_}.{rest:02}" if rest else f"{sign}{whole:_}"


def _digits(value: Fraction) -> str:
    """A literal with a decimal point that a float holds."""
    number = Decimal(repr(float(value)))
    text = f"{number:f}" if abs(number) < 10**15 and number.as_tuple().exponent >= -15 else repr(float(value))  # type: ignore[operator]
    return (
        re.sub(r"e([+-]?)0*", lambda m: "e" + m[1].strip("+"), text)
        if "e" in text or "." in text
        else f"{text}.0"
    )
