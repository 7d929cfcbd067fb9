"""Providers of other libraries of invented data, and what they give.

What would make a build unrepeatable is found by calling a provider a few times: one that looks at the clock,
or that gives two values for one seed, is refused. The libraries are imported when a spec uses them.
"""

from __future__ import annotations

import datetime as dt
import sys
import types as python_types
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from specdsl.datatypes import types as t
from specdsl.diagnostics.nearest import nearest
from specdsl.functions.problems import FunctionProblem

Provider = Callable[[int], Any]
"""Gives the value for a seed."""

EPOCH: Final = dt.date(1970, 1, 1)
INSTANT: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_PROBES: Final = tuple(range(1, 8))


# --- the libraries -------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _faker(locale: str) -> Any:
    """Faker for a locale, or for its language, or for English."""
    try:
        from faker import Faker
        from faker.config import AVAILABLE_LOCALES
    except ImportError:
        raise FunctionProblem(
            "the package Faker is not installed", "install it: `pip install 'specdsl[faker]'`"
        ) from None
    language = sorted(a for a in AVAILABLE_LOCALES if a.split("_")[0] == locale.split("_", maxsplit=1)[0])
    return Faker(locale if locale in AVAILABLE_LOCALES else language[0] if language else "en_US")


def _faker_provider(name: str, locale: str, args: Sequence[Any], named: Mapping[str, Any]) -> Provider:
    fake = _faker(locale)
    method = _looked_up(name, _public(fake.factories[0]), lambda known: getattr(fake.factories[0], known))

    def value(seed: int) -> Any:
        fake.seed_instance(seed)
        return method(*args, **named)

    return value


@lru_cache(maxsize=8)
def _mimesis(locale: str) -> tuple[Any, tuple[str, ...]]:
    """mimesis for a locale, and its providers as `person.full_name`."""
    from mimesis import Generic
    from mimesis.locales import Locale

    language, country = locale.split("_")
    known = {item.value for item in Locale}
    folder = f"{language}-{country.lower()}"
    generic = Generic(Locale(folder if folder in known else language if language in known else "en"))
    fields = [f for f in dir(generic) if not f.startswith("_")]
    return generic, tuple(
        f"{field}.{name}"
        for field in fields
        if hasattr(getattr(generic, field), "reseed")
        for name in _public(getattr(generic, field))
    )


def _mimesis_provider(name: str, locale: str, args: Sequence[Any], named: Mapping[str, Any]) -> Provider:
    if name.startswith("datetime."):  # its defaults are fixed by the clock when the library is imported
        raise _tells_the_time(name)
    generic, known = _mimesis(locale)

    def method_of(path: str) -> Any:
        field, method = path.split(".")
        return getattr(getattr(generic, field), method)

    method = _looked_up(name, known, method_of)
    owner = getattr(generic, name.split(".", maxsplit=1)[0])

    def value(seed: int) -> Any:
        owner.reseed(seed)
        return method(*args, **named)

    return value


LIBRARIES: Final = {"faker": _faker_provider, "mimesis": _mimesis_provider}


def provider_names(library: str, locale: str) -> tuple[str, ...]:
    """The providers that a library has for a locale. Raises FunctionProblem where it is not installed."""
    if library == "mimesis":
        return tuple(n for n in _mimesis(locale)[1] if not n.startswith("datetime."))
    return _public(_faker(locale).factories[0])


_NO_DATA: Final = frozenset(
    {"add_provider", "format", "get_formatter", "get_providers", "parse", "provider", "reseed", "seed"}
    | {"seed_instance", "set_arguments", "set_formatter", "del_arguments", "get_arguments", "items"}
    | {"update_dataset", "override_locale", "get_current_locale", "enum", "validate_enum"}
)
"""Methods that make no values."""


def _public(owner: Any) -> tuple[str, ...]:
    """The names of the methods that make values."""
    kinds = (python_types.MethodType, python_types.FunctionType)
    return tuple(
        n
        for n in dir(owner)
        if not n.startswith("_") and n not in _NO_DATA and isinstance(getattr(owner, n, None), kinds)
    )


def _looked_up(name: str, known: tuple[str, ...], get: Callable[[str], Any]) -> Callable[..., Any]:
    if name not in known:
        near, some = nearest(name, known), ", ".join(known[:: max(1, len(known) // 8)])
        raise FunctionProblem(
            f"there is no provider {name!r}",
            f"is it {near!r}?" if near else f"some are {some}",
        )
    method: Callable[..., Any] = get(name)
    return method


# --- what a provider gives -----------------------------------------------------------------


def kind_of(value: Any) -> t.DataType:
    """The type of the language that holds a value."""
    match value:
        case bool():
            return t.BOOL
        case int():
            return t.INT
        case float() | Decimal():
            return t.FLOAT
        case str():
            return t.STRING
        case dt.datetime():
            return t.TIMESTAMP
        case dt.date():
            return t.DATE
        case dt.time():
            return t.TIME
        case dt.timedelta():
            return t.DURATION
        case uuid.UUID():
            return t.UUID
        case bytes():
            return t.BYTES
        case _:
            return t.JSON


def probed(
    library: str, name: str, locale: str, args: Sequence[Any] = (), named: Mapping[str, Any] | None = None
) -> t.DataType:
    """The type of what a provider gives. Raises FunctionProblem where there is no such provider, where
    it does not take the arguments, or where its values depend on more than the seed."""
    provider = LIBRARIES[library](name, locale, args, named or {})
    kinds = set()
    for seed in _PROBES:
        clock: list[str] = []
        value = _watched(provider, seed, clock)
        if clock:
            raise _tells_the_time(name)
        if repr(called(provider, seed)) != repr(value):
            raise FunctionProblem(
                f"{name!r} gives different values for one seed, so that no build could be repeated",
                "use another provider or a function of the catalogue",
            )
        if value is None:
            raise FunctionProblem(f"{name!r} gives nothing at all", "use a provider that gives a value")
        kinds.add(kind_of(value))
    if kinds == {t.INT, t.FLOAT}:
        return t.FLOAT
    return kinds.pop() if len(kinds) == 1 else t.JSON


def _tells_the_time(name: str) -> FunctionProblem:
    return FunctionProblem(
        f"{name!r} looks at the clock, so that its values would change from day to day",
        "draw from a range that begins or ends at `now`, such as `now - 365d .. now`",
    )


_CLOCKS: Final = frozenset({"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime"})


def _watched(provider: Provider, seed: int, clock: list[str]) -> Any:
    """The provider's value; ``clock`` gets the functions called that tell the time."""

    def watch(_: python_types.FrameType, event: str, called: Any) -> None:
        if event != "c_call" or called.__name__ not in _CLOCKS:
            return
        owner = getattr(called, "__self__", None)
        if (
            getattr(called, "__module__", None) == "time"
            or owner in (dt.date, dt.datetime)
            or (isinstance(owner, type) and issubclass(owner, dt.date))
        ):
            clock.append(called.__name__)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return called(provider, seed)
    finally:
        sys.setprofile(before)


def called(provider: Provider, seed: int) -> Any:
    """The provider's value for a seed. Raises FunctionProblem with whatever it raises."""
    try:
        return provider(seed)
    except FunctionProblem:
        raise
    except Exception as error:  # noqa: BLE001 (foreign code: whatever it raises is the user's to read)
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise FunctionProblem(
            f"the provider fails: {reason}", "see the library's manual for its arguments"
        ) from None
