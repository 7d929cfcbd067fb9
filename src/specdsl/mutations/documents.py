"""Rows of JSON as values that keep the digits of their numbers, and parts of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

Step = str | int
Path = tuple[Step, ...]
"""The way to a part of a value: names of members and places in arrays."""


class _Nothing:
    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final[Any] = _Nothing()
"""Stands where a document has no value."""


class Number(float):
    """A number with a point or an exponent, and the text that it was read from."""

    text: str

    def __new__(cls, text: str) -> Number:
        """Raises ValueError."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        return Number, (self.text,)


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError."""
    return json.loads(text, parse_float=Number)


def written(value: Any) -> str:
    """``value`` as compact JSON, numbers with the digits that they were read with."""
    match value:
        case Number():
            return value.text
        case dict():
            return f"{{{','.join(f'{_quoted(name)}:{written(one)}' for name, one in value.items())}}}"
        case list():
            return f"[{','.join(map(written, value))}]"
        case str():
            return _quoted(value)
        case _:
            return json.dumps(value, allow_nan=False)


def same(one: Any, other: Any) -> bool:
    """Whether two values are written alike, the order of members aside. 1, 1.0 and true are three values."""
    if one is NOTHING or other is NOTHING:
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return written(one) == written(other)


def at(value: Any, path: Sequence[Step]) -> Any:
    """The part at ``path``, or NOTHING."""
    for step in path:
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                return NOTHING
    return value


def replaced(value: Any, path: Sequence[Step], new: Any) -> Any:
    """A copy of ``value`` with ``new`` at ``path``, whose last step may be a new member or the place after
    the last item. NOTHING removes what is there. Raises LookupError where there is no such part."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str):
        made = dict(value)
        if rest:
            made[step] = replaced(value[step], rest, new)
        elif new is NOTHING:
            del made[step]
        else:
            made[step] = new
        return made
    if isinstance(value, list) and isinstance(step, int) and step <= len(value):
        items = list(value)
        if rest:
            items[step] = replaced(value[step], rest, new)
        elif new is NOTHING:
            del items[step]
        else:
            items[step : step + 1] = [new]
        return items
    raise LookupError(step)


def pointer_of(path: Sequence[Step]) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def path_of(pointer: str, value: Any) -> Path:
    """The path that a JSON Pointer means in ``value``, whose arrays and objects tell places from names.
    Raises ValueError for what is no pointer."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"`{pointer}` is no JSON Pointer")
    path: list[Step] = []
    for text in pointer.split("/")[1:]:
        name = text.replace("~1", "/").replace("~0", "~")
        step = int(name) if isinstance(value, list) and name.isascii() and name.isdecimal() else name
        path.append(step)
        value = at(value, (step,))
    return tuple(path)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
