"""Items for ranges: whole ones, sets for `in`, and the end of one that has begun."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from specdsl.datatypes import types as t
from specdsl.ide.items import Item, ItemKind, escaped, spelled
from specdsl.ide.surroundings import Surroundings
from specdsl.syntax.literals import MICROSECONDS
from specdsl.syntax.tokens import ENDS_VALUE

_BOUNDS: Final[dict[type, tuple[str, str]]] = {
    t.Int: ("1", "100"),
    t.Float: ("0.0", "1.0"),
    t.Decimal: ("1.00", "100.00"),
    t.Date: ("2024-01-01", "2024-12-31"),
    t.Timestamp: ("2024-01-01", "now"),
    t.Time: ("08:00", "18:00"),
    t.Duration: ("1h", "7d"),
}
_FEW, _MOST_DIGITS = 50, 18
_DURATIONS: Final = ("10ms", "1s", "10s", "1m", "10m", "1h", "12h", "1d", "7d", "30d", "365d")
_NUMBER: Final = re.compile(r"\d[\d_]*(?:\.(\d[\d_]*))?", re.ASCII)
_DURATION: Final = re.compile(r"([\d_]+(?:\.[\d_]+)?)([a-z]+)")


def snippet(insert: str, detail: str, *, rank: int = 15, order: int = 0) -> Item:
    """A form with placeholders, shown as it comes out without a change."""
    plain = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", insert)
    return Item(ItemKind.SNIPPET, plain, insert, detail, snippet=True, rank=rank, order=order)


def range_items(kind: t.DataType | None, *, rank: int) -> Iterator[Item]:
    """A range of values of a type, before others of the same rank; nothing where there is no order."""
    if type(kind) in _BOUNDS:
        yield snippet(_range(type(kind)), "Any value between the two, both included", rank=rank, order=-1)


def _range(kind: type) -> str:
    low, high = _BOUNDS[kind]
    return f"${{1:{low}}} .. ${{2:{high}}}"


def set_items(around: Surroundings) -> Iterator[Item]:
    """What may stand after `in`: a range, or a list where there is no order."""
    kind = around.expected
    if isinstance(kind, t.Enum | t.String):
        names = around.context.expected.names
        values = (
            [spelled(m) for m in kind.members] if isinstance(kind, t.Enum) else around.known_values(names)
        )
        texts = [escaped(v) for v in values[:2]] if len(values) > 1 else ['"a"', '"b"']
        yield snippet(f"[${{1:{texts[0]}}}, ${{2:{texts[1]}}}]", "One of these values")
    else:
        bounded = type(kind) if type(kind) in _BOUNDS else t.Int
        yield snippet(_range(bounded), "From one value to the other, both included")


def dimension_items() -> Iterator[Item]:
    """What a table is made over: a row for each value."""
    yield snippet("${1:2024-01-01} .. ${2:2024-12-31} by ${3:1d}", "A row for each day")
    yield snippet("${1:1} .. ${2:100}", "A row for each number")


# --- the end of a range -------------------------------------------------------------------------


def begun(around: Surroundings) -> t.DataType | None:
    """The type of the range that the cursor stands in behind its `..`, None for none or an unknown one."""
    words, texts, asked = around.context.words, around.context.texts, around.expected
    match words[-2:-1]:
        case ("NUMBER",):
            return asked if t.is_numeric(asked or t.STRING) else t.FLOAT if "." in texts[-2] else t.INT
        case ("DATE",):
            return asked if isinstance(asked, t.Date | t.Timestamp) else t.DATE
        case ("TIMESTAMP",):
            return t.TIMESTAMP
        case ("TIME",):
            return t.TIME
        case ("DURATION",):
            return t.DURATION
        case ("NAME",) if words[-3:-2] != ("DOT",) and around.table:
            return around.types.of_path((texts[-2],), around.table, around.candidate)
    return asked


def end_items(around: Surroundings) -> Iterator[Item]:
    """Values that the range may end with."""
    words, texts = around.context.words, around.context.texts
    kind = begun(around)
    start = texts[-2] if len(texts) > 1 else ""
    match words[-2:-1]:
        case ("NUMBER",):
            negative = words[-3:-2] == ("MINUS",) and not ENDS_VALUE.intersection(words[-4:-3])
            ends = _numbers_after(start, negative=negative)
        case ("DATE",):
            ends = [_day_after(start)]
        case ("DURATION",):
            ends = _durations_after(start)
        case ("TIME",):
            ends = ["18:00" if start < "18:00" else "23:59"]
        case _:
            ends = [_BOUNDS[type(kind)][1]] if type(kind) in _BOUNDS else []
    if isinstance(kind, t.Timestamp | t.Date):
        yield Item(ItemKind.KEYWORD, "now", "now", "The dataset's clock", rank=6)
    for end in ends:
        if end != "now":
            yield replace(snippet(f"${{1:{end}}}", "The end, included"), rank=5)


def _numbers_after(start: str, *, negative: bool) -> list[str]:
    """A round number well above ``start``, with as many digits behind the point; none where there is none."""
    found = _NUMBER.fullmatch(start)
    if found is None or len(start) > _MOST_DIGITS:
        return []
    if negative:
        return [start]
    value, digits = float(start.replace("_", "")), len(found[1] or "")
    if digits and value < 1:
        return [f"1.{'0' * digits}"]
    power = 2 if value < _FEW else int(math.log10(value)) + 2
    end = f"{10**power:_}"
    return [f"{end}.{'0' * digits}" if digits else end] if power <= _MOST_DIGITS else []


def _day_after(start: str) -> str:
    """The end of the year, of the next one where ``start`` is that."""
    year = start[:4]
    end = f"{year}-12-31"
    return end if start < end else f"{min(int(year) + 1, dt.MAXYEAR):04}-12-31"


def _durations_after(start: str) -> list[str]:
    """The first usual duration that is a good deal longer."""
    length = _micros(start) * 2
    return [one for one in _DURATIONS if _micros(one) > length][:1]


def _micros(duration: str) -> float:
    found = _DURATION.match(duration)
    return 0.0 if found is None else float(found[1].replace("_", "")) * MICROSECONDS[found[2]]
