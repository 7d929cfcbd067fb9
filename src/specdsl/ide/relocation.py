"""Records with their spans moved: diagnostics and fixes of text that has shifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from specdsl.diagnostics.model import Facts
from specdsl.source import Span

T = TypeVar("T")


def moved(value: T, move: Callable[[Span], Span]) -> T:
    """``value`` with ``move`` applied to every span in it: in facts, data classes, tuples and dicts."""
    return _moved(value, move)  # type: ignore[no-any-return]


def _moved(value: Any, move: Callable[[Span], Span]) -> Any:
    match value:
        case Span():
            return move(value)
        case tuple() if not hasattr(value, "_fields"):
            parts = tuple(_moved(item, move) for item in value)
            return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
        case dict():
            return {key: _moved(item, move) for key, item in value.items()}
        case Facts():
            facts = {name: getattr(value, name) for name in value.__facts__}
            changed = {name: _moved(item, move) for name, item in facts.items()}
            same = all(changed[name] is item for name, item in facts.items())
            return value if same else type(value)(**changed)
        case _ if is_dataclass(value) and not isinstance(value, type):
            facts = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
            changed = {name: _moved(item, move) for name, item in facts.items()}
            same = all(changed[name] is item for name, item in facts.items())
            return value if same else type(value)(**changed)
        case _:
            return value
