"""The decorator that makes a Python function one of the language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, overload

from specdsl.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
_MARK: Final = "__specdsl_function__"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the decorator was told. ``examples`` are calls in the language."""

    name: str
    function: Callable[..., Any]
    examples: tuple[str, ...] = ()


@overload
def function(body: F, /) -> F: ...
@overload
def function(*, name: str | None = None, examples: Sequence[str] = ()) -> Callable[[F], F]: ...


def function(
    body: F | None = None, /, *, name: str | None = None, examples: Sequence[str] = ()
) -> F | Callable[[F], F]:
    """Make a function one that specs can call; it stays the function that it was.

    It is called with an array of n values for each parameter and returns an array of n. Its annotations say
    the types: ``bool``, ``int`` and ``float`` are numpy arrays; ``str`` is a ``pyarrow.StringArray``;
    ``date``, ``datetime`` and ``timedelta`` are datetime64[D], datetime64[us] (UTC) and timedelta64[us]. With
    ``| None`` after the type of the result, values may be missing (None, NaN, NaT). A parameter annotated
    ``Draw`` gets randomness. Defaults are constants. The first line of the docstring is the summary.

    ``name`` is what specs call it, if not its own name; ``examples`` are calls for its page.
    """

    def mark(body: F) -> F:
        if isinstance(examples, str):
            raise UsageError(f"`examples` of {body.__name__} is a list of calls", f"examples=[{examples!r}]")
        setattr(body, _MARK, Declaration(name or body.__name__, body, tuple(examples)))
        return body

    return mark if body is None else mark(body)


def declaration(value: object) -> Declaration | None:
    """What the decorator was told about ``value``, None where it is no such function."""
    found = getattr(value, _MARK, None) if callable(value) else None
    return found if isinstance(found, Declaration) else None
