"""Going through the schemas of a JSON value, and not through values that only look like schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from specdsl.importers.json_schema.document import escaped

_OPAQUE = frozenset({"enum", "const", "default", "examples", "example", "x-examples"})
_MAPS = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies", "schemas",
     "messages"}
)  # fmt: skip


def schemas(value: Any, pointer: str = "", *, named: bool = False) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object of ``value`` where a schema may stand, with its JSON Pointer, the outermost first.
    ``named``: ``value`` has schemas by name."""
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from schemas(one, f"{pointer}/{at}")
    elif isinstance(value, dict):
        if not named:
            yield value, pointer
        for name, one in value.items():
            if named or name not in _OPAQUE:
                yield from schemas(one, f"{pointer}/{escaped(name)}", named=not named and name in _MAPS)


def changed(
    value: Any, change: Callable[[dict[str, Any], str], Any], pointer: str = "", *, named: bool = False
) -> Any:
    """A copy of ``value`` in which every schema is what ``change`` makes of it and its pointer, the innermost
    first."""
    if isinstance(value, list):
        return [changed(one, change, f"{pointer}/{at}") for at, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for name, one in value.items():
        if named or name not in _OPAQUE:
            below = f"{pointer}/{escaped(name)}"
            made[name] = changed(one, change, below, named=not named and name in _MAPS)
        else:
            made[name] = one
    return made if named else change(made, pointer)


def at(value: Any, pointer: str) -> Any:
    """What stands at a JSON Pointer. Raises LookupError where there is nothing."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            if not name.isdecimal():
                raise LookupError(pointer)
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value[name]
        else:
            raise LookupError(pointer)
    return value
