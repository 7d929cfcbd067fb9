"""Frozen data classes that cost next to nothing to define.

``dataclass(frozen=True, slots=True)`` writes, compiles and runs the source of half a dozen methods for
each class; with some 150 kinds of node that was a tenth of the time to start. A record's methods are
closures, and its constructor is compiled when the first instance is made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform

_C = TypeVar("_C", bound=type)
_Values = Callable[[Any], tuple[Any, ...]]


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: _C) -> _C:
    """What ``dataclass(frozen=True, slots=True)`` makes of ``cls``: constructor, equality, hash, repr,
    slots, ``match`` by position, pickling; ``dataclasses.fields``, ``replace`` and ``asdict`` work.

    Of ``dataclasses.field`` it heeds ``default`` and ``default_factory``; there is no ``__post_init__``.
    Bases with fields must be records too. Methods that the class writes itself are left alone.
    """
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    fields = dataclasses.fields(made)
    values = _getter([f.name for f in fields])
    methods = (
        _constructor(made, fields),
        *_comparison(values),
        _repr(fields),
        *_freezing(),
        *_pickling([f.name for f in fields], values),
    )
    for method in methods:
        if method.__name__ not in cls.__dict__:
            setattr(made, method.__name__, method)
    return cast("_C", made)


def _getter(names: list[str]) -> _Values:
    """The values of the fields as a tuple."""
    match names:
        case []:
            return lambda _: ()
        case [only]:
            one = attrgetter(only)
            return lambda self: (one(self),)
        case _:
            return attrgetter(*names)


def _constructor(cls: type, fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    """A constructor that gives way to a compiled one when it is called."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        compiled = _compiled(cls, fields)
        cls.__init__ = compiled  # type: ignore[misc]
        compiled(self, *args, **kwargs)

    return __init__


def _compiled(cls: type, fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    missing = dataclasses.MISSING
    known: dict[str, Any] = {"_set": object.__setattr__, "_made": object()}
    parameters, lines = ["self"], []
    for f in fields:
        value = f.name
        if f.default_factory is not missing:
            known[f"_new_{f.name}"] = f.default_factory
            parameters.append(f"{f.name}=_made")
            value = f"_new_{f.name}() if {f.name} is _made else {f.name}"
        elif f.default is not missing:
            known[f"_default_{f.name}"] = f.default
            parameters.append(f"{f.name}=_default_{f.name}")
        else:
            parameters.append(f.name)
        lines.append(f" _set(self, {f.name!r}, {value})")
    text = f"def __init__({', '.join(parameters)}):\n" + ("\n".join(lines) or " pass")
    exec(text, known)  # nothing in it but the names of the class body
    function: Callable[..., None] = known["__init__"]
    function.__qualname__ = f"{cls.__qualname__}.__init__"
    function.__module__ = cls.__module__
    return function


def _comparison(values: _Values) -> tuple[Callable[..., Any], ...]:
    def __eq__(self: Any, other: object) -> Any:  # noqa: N807
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(values(self))

    return __eq__, __hash__


def _repr(fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., str]:
    def __repr__(self: Any) -> str:  # noqa: N807
        shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields)
        return f"{self.__class__.__qualname__}({shown})"

    return __repr__


def _freezing() -> tuple[Callable[..., None], ...]:
    def __setattr__(self: Any, name: str, value: object) -> None:  # noqa: N807
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    return __setattr__, __delattr__


def _pickling(names: list[str], values: _Values) -> tuple[Callable[..., Any], ...]:
    def __getstate__(self: Any) -> list[Any]:  # noqa: N807
        return list(values(self))

    def __setstate__(self: Any, state: list[Any]) -> None:  # noqa: N807
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return __getstate__, __setstate__


@lru_cache(maxsize=1024)
def field_names(kind: type) -> tuple[str, ...]:
    """The names of the fields of a data class, in order."""
    return tuple(field.name for field in dataclasses.fields(kind))
