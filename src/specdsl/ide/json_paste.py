"""A table whose rows look like some JSON: for pasting an answer of a service into a spec."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from specdsl.ide.json_texts import text_column
from specdsl.ide.spelling import quoted_text, read_name, spelled
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text

_ROWS = 100
_DEEPEST = 8
_MOST_VALUES = 8
"""An enum has so many members at most."""
_LARGEST = Decimal(10) ** 15
_RANGE = re.compile(r"-?\d[\d._]*\.\.")
_MONEY = re.compile(r"(^|_)(price|amount|cost|salary|balance|revenue|fee|total)(_|$)", re.IGNORECASE)


def tables_of_json(text: str, name: str = "items", taken: Collection[str] = ()) -> str | None:
    """The text of a table (and of its enums) whose rows look like the objects in ``text``: one object, an
    array of them, one a line, or an object of such arrays, which gives a table for each. ``taken``: names
    that are declared already. None where ``text`` is no such JSON, or is a JSON Schema."""
    found = _read(text)
    if found is None:
        return None
    writer = _Writer({*taken})
    if isinstance(found, dict) and found and all(_are_objects(value) for value in found.values()):
        tables = [writer.table(key, value) for key, value in found.items()]
    elif isinstance(found, dict) and found:
        tables = [writer.table(name, [found])]
    elif _are_objects(found):
        tables = [writer.table(name, found)]
    else:
        return None
    source = "\n\n".join([*writer.enums, *tables]) + "\n"
    return format_text(SourceFile("", source))


def _read(text: str) -> Any:
    """The value of a JSON text, or the list of those of JSON Lines; None for anything else."""
    options: dict[str, Any] = {"parse_float": Decimal, "parse_constant": _no_number}
    try:
        try:
            value = json.loads(text, **options)
        except ValueError:
            value = [json.loads(line, **options) for line in text.splitlines() if line.strip()]
        return None if is_schema(value) else _encodable(value)
    except (ValueError, RecursionError):
        return None


def _encodable(value: Any) -> Any:
    """A value whose texts are Unicode: JSON may escape halves of characters."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list():
            return [_encodable(one) for one in value]
        case dict():
            return {_encodable(key): _encodable(one) for key, one in value.items()}
        case _:
            return value


def _no_number(word: str) -> Any:
    raise ValueError(word)


def is_schema(value: object) -> bool:
    """Whether a JSON value seems to be a JSON Schema rather than a sample of data."""
    if not isinstance(value, dict):
        return False
    return "$schema" in value or (isinstance(value.get("properties"), dict) and "type" in value)


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and any(value) and all(isinstance(one, dict) for one in value)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A column's type and how it is drawn, "" for as its type says. ``mark``: what stands after the type."""

    type: str
    value: str = ""
    mark: str = ""


class _Writer:
    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.enums: list[str] = []

    def table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> str:
        fields = self._fields(rows, 0, keys=True)
        own = self._free(_name(name, "items"))
        return f"table {spelled(own)} {_ROWS} {{\n" + "".join(f"  {one}\n" for one in fields) + "}"

    def _free(self, name: str) -> str:
        free, count = name, 2
        while free in self.taken:
            free, count = f"{name}{count}", count + 1
        self.taken.add(free)
        return free

    def _fields(self, rows: Sequence[Mapping[str, Any]], depth: int, *, keys: bool = False) -> list[str]:
        """The columns of a table, or the fields of a struct, that ``rows`` have."""
        names = dict.fromkeys(key for row in rows for key in row)
        written: set[str] = set()
        found = []
        for number, key in enumerate(names, 1):
            name = base = _name(key, f"field{number}")
            while name in written:
                name = f"{base}_{number}"
            written.add(name)
            values = [row[key] for row in rows if row.get(key) is not None]
            shape = self._shape(name, values, depth)
            if keys and _is_key(name, values, len(rows)):
                shape, keys = _key(shape, values), False
            share = 100 - 100 * len(values) / len(rows)
            left_out = all(row[key] is not None for row in rows if key in row)
            lack = ("", "absent") if left_out else ("?", "null")
            nulls = f"{lack[0]} {min(max(round(share), 1), 100)}% {lack[1]}" if share else ""
            value = f" = {shape.value}" if shape.value else ""
            found.append(f"{spelled(name)} {shape.type}{nulls}{shape.mark}{value}")
        return found

    def _shape(self, name: str, values: Sequence[Any], depth: int) -> _Shape:
        kinds = {_kind(value) for value in values}
        if kinds == {"text"}:
            return self._texts(name, values)
        if kinds == {"bool"}:
            return _Shape("bool", _choice(values, str.lower) if len(values) >= 4 else "")
        if kinds <= {"int", "float"} and kinds:
            return _numbers(name, values)
        if kinds == {"list"} and depth < _DEEPEST:
            items = [one for value in values for one in value if one is not None]
            inner = self._shape(name, items, depth + 1)
            sizes = [len(value) for value in values]
            if inner.type.startswith("list<") and not _RANGE.match(inner.value):  # lists of its own to draw
                return _documents(values)
            return _Shape(f"list<{inner.type}>[{min(sizes)}..{max(*sizes, 1)}]", inner.value)
        if kinds == {"object"} and depth < _DEEPEST and any(values):
            return _Shape(f"struct {{ {', '.join(self._fields(values, depth + 1))} }}")
        if not values:
            return _Shape("string", "word()")
        if len(kinds) > 1 and depth < _DEEPEST:
            return self._variant(name, values, depth)
        return _documents(values)

    def _variant(self, name: str, values: Sequence[Any], depth: int) -> _Shape:
        """Values of several kinds, as often as they were seen."""
        found: dict[str, list[Any]] = {}
        for value in values:
            kind = _kind(value)
            found.setdefault("number" if kind in ("int", "float") else kind, []).append(value)
        shapes = [self._shape(name, alike, depth + 1) for alike in found.values()]
        shares = _shares([len(alike) for alike in found.values()])
        parts = [
            f"{share} {shape.type}{shape.mark}" + (f" = {shape.value}" if shape.value else "")
            for share, shape in zip(shares, shapes, strict=True)
        ]
        return _Shape(f"variant {{ {', '.join(parts)} }}")

    def _texts(self, name: str, values: Sequence[str]) -> _Shape:
        known = text_column(name, values)
        if known is not None and known.certain:
            return _Shape(known.type, known.value)
        counts = Counter(values)
        if len(counts) <= _MOST_VALUES and len(values) >= max(2 * len(counts), 4):
            if all(read_name(value) == value for value in counts):
                return _Shape(self._enum(name, counts))
            return _Shape("string", _choice(values, quoted_text))
        return _Shape("string", "word()") if known is None else _Shape(known.type, known.value)

    def _enum(self, column: str, counts: Counter[str]) -> str:
        words = re.findall(r"\w+", column.replace("_", " "))
        name = "".join(word[:1].upper() + word[1:] for word in words)
        name = self._free(name if name.isidentifier() else "Kind")
        shares = _shares(list(counts.values()))
        members = [f"{spelled(v)} {share}" for v, share in zip(counts, shares, strict=True)]
        self.enums.append(f"enum {spelled(name)} {{ {', '.join(members)} }}")
        return spelled(name)


def _documents(values: Sequence[Any]) -> _Shape:
    """Some of the values as they are."""
    texts = [json.dumps(value, default=float, ensure_ascii=False) for value in values]
    return _Shape("json", " | ".join(quoted_text(text) for text in list(dict.fromkeys(texts))[:4]))


def _kind(value: object) -> str:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case Decimal():
            return "float"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "object"


def _name(key: str, otherwise: str) -> str:
    """A key as the name of a column."""
    return read_name(re.sub(r"[`\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", key)) or otherwise


def _is_key(name: str, values: Sequence[Any], rows: int) -> bool:
    """Whether a column seems to be the table's key: called so, and different in every row."""
    if name.casefold() not in ("id", "_id", "uuid", "guid") or len(values) < rows:
        return False
    return all(_kind(v) in ("int", "text") for v in values) and len(set(values)) == len(values)


def _key(shape: _Shape, values: Sequence[Any]) -> _Shape:
    if shape.type == "int":
        return _Shape("int", f"sequence(start: {max(min(values), 0)})", " key")
    if shape.type == "uuid":
        return _Shape("uuid", "", " key")
    return shape


# --- numbers and shares ------------------------------------------------------------------------


def _numbers(name: str, values: Sequence[Any]) -> _Shape:
    low, high = Decimal(min(values)), Decimal(max(values))
    if all(isinstance(value, int) for value in values) and low >= -_LARGEST and high <= _LARGEST:
        first, last = _spread(int(low), int(high))
        return _Shape("int", f"{first}..{last}")
    low, high = max(low, -_LARGEST), min(high, _LARGEST)
    low, high = min(low, _LARGEST), max(high, -_LARGEST)
    if low == high:
        low, high = map(Decimal, (min(math.floor(2 * low), 0), max(math.ceil(2 * high), 0)))
    places = min(max((-int(v.as_tuple().exponent) for v in values if isinstance(v, Decimal)), default=1), 6)
    bounds = f"{_written(low, places)}..{_written(high, places)}"
    if _MONEY.search(name) and places <= 2:
        return _Shape("decimal(18, 2)", bounds)
    return _Shape("float", bounds)


def _spread(low: int, high: int) -> tuple[int, int]:
    """The bounds of what was seen; where that is one number only, bounds around it."""
    if low < high:
        return low, high
    return min(0, 2 * low), max(2 * high, 0) or (10 if low == 0 else 0)


def _written(number: Decimal, places: int) -> str:
    return f"{number:.{max(places, 1)}f}"


def _choice(values: Sequence[Any], write: Callable[[str], str]) -> str:
    """The values with their shares."""
    counts = Counter(str(value) for value in values)
    if len(counts) == 1:
        return write(next(iter(counts)))
    shares = _shares(list(counts.values()))
    return " | ".join(f"{write(v)} {share}" for v, share in zip(counts, shares, strict=True))


def _shares(counts: Sequence[int]) -> list[str]:
    """Shares in whole percent that total 100."""
    total = sum(counts)
    shares = [max(round(100 * count / total), 1) for count in counts]
    shares[shares.index(max(shares))] += 100 - sum(shares)
    return [f"{share}%" for share in shares]
