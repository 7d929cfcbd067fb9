"""Providers of other libraries of invented data, called once a row: `faker("provider")`, `mimesis("...")`.

A row's value depends on the seed, the call site and the row's number: the provider's generator is seeded
anew from the row's bits. What would break that is found when the spec is checked, by calling the provider
a few times: one that looks at the clock, or that gives two values for one seed, is refused. The libraries
are imported when a spec uses them.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import types as python_types
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.nearest import nearest
from specdsl.functions import accepts
from specdsl.functions.arguments import constant_text, stream_of
from specdsl.functions.entry import REQUIRED, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import Vector

ARGUMENT: Final = "argument"
"""What arguments for the provider are called: `argument0`, `argument1`, ..., `argument:name`."""

Provider = Callable[[int], Any]
"""Gives the value for a seed."""

_EPOCH: Final = dt.date(1970, 1, 1)
_INSTANT: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
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


_LIBRARIES: Final = {"faker": _faker_provider, "mimesis": _mimesis_provider}
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
        near = nearest(name, known)
        raise FunctionProblem(
            f"there is no provider {name!r}",
            f"is it {near!r}?" if near else "see the library's list of providers",
        )
    method: Callable[..., Any] = get(name)
    return method


# --- what a provider gives -----------------------------------------------------------------


def _kind(value: Any) -> t.DataType:
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
    provider = _LIBRARIES[library](name, locale, args, named or {})
    kinds = set()
    for seed in _PROBES:
        clock: list[str] = []
        value = _watched(provider, seed, clock)
        if clock:
            raise FunctionProblem(
                f"{name!r} looks at the clock, so that its values would change from day to day",
                "draw from a range that begins or ends at `now`, such as `now - 365d .. now`",
            )
        if repr(_called(provider, seed)) != repr(value):
            raise FunctionProblem(
                f"{name!r} gives different values for one seed, so that no build could be repeated",
                "use another provider or a function of the catalogue",
            )
        if value is None:
            raise FunctionProblem(f"{name!r} gives nothing at all", "use a provider that gives a value")
        kinds.add(_kind(value))
    if kinds == {t.INT, t.FLOAT}:
        return t.FLOAT
    return kinds.pop() if len(kinds) == 1 else t.JSON


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
        return _called(provider, seed)
    finally:
        sys.setprofile(before)


def _called(provider: Provider, seed: int) -> Any:
    try:
        return provider(seed)
    except FunctionProblem:
        raise
    except Exception as error:  # noqa: BLE001 (foreign code: whatever it raises is the user's to read)
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise FunctionProblem(
            f"the provider fails: {reason}", "see the library's manual for its arguments"
        ) from None


# --- columns -------------------------------------------------------------------------------


def _python(value: Physical | None, dtype: t.DataType) -> Any:
    """A constant of the language as Python has it."""
    match dtype, value:
        case t.Date(), int(days):
            return _EPOCH + dt.timedelta(days=days)
        case t.Timestamp(), int(micros):
            return _INSTANT + dt.timedelta(microseconds=micros)
        case t.Duration(), int(micros):
            return dt.timedelta(microseconds=micros)
        case t.Decimal(_, scale), int(unscaled):
            return Decimal(unscaled).scaleb(-scale)
        case _:
            return value


def arguments(
    values: Mapping[str, Physical | None], dtypes: Mapping[str, t.DataType]
) -> tuple[list[Any], dict[str, Any]]:
    """The provider's positional and named arguments among a call's."""
    args, named = [], {}
    for key, value in values.items():
        made = _python(value, dtypes.get(key, t.NULL))
        if key.startswith(f"{ARGUMENT}:"):
            named[key.partition(":")[2]] = made
        elif key.startswith(ARGUMENT):
            args.append(made)
    return args, named


def _kernel(library: str) -> Callable[[Invocation], Vector]:
    def kernel(call: Invocation) -> Vector:
        given = {k: v for k, v in call.args.items() if not isinstance(v, Vector)}
        args, named = arguments(given, call.types)
        provider = _LIBRARIES[library](constant_text(call, "provider"), _locale(call), args, named)
        seeds = stream_of(call).bits().tolist()
        return _vector([_called(provider, seed) for seed in seeds], call)

    return kernel


def _locale(call: Invocation) -> str:
    """The argument `locale`, which the checker puts in; it is no parameter, as those end with any number."""
    return str(call.args.get("locale") or call.locale)


def _vector(values: list[Any], call: Invocation) -> Vector:
    import pyarrow as pa

    from specdsl.vectors import strings

    dtype = call.result
    for i, value in enumerate(values):
        found = _kind(value)
        if value is None or (dtype not in (found, t.JSON) and {found, dtype} != {t.INT, t.FLOAT}):
            raise FunctionProblem(
                f"the provider gives {value!r} in row {int(call.rows[i])}, which is no {dtype}",
                "its values are not all of one kind: use another provider",
            )
    match dtype:
        case t.String():
            return Vector(dtype, strings.from_python(values))
        case t.Json():
            return Vector(dtype, strings.from_python([_as_json(v) for v in values]))
        case t.Bytes():
            return Vector(dtype, strings.from_python(values, pa.binary()))
        case t.Uuid():
            data = np.frombuffer(b"".join(v.bytes for v in values), dtype=np.uint8)
            return Vector(dtype, data.reshape(len(values), 16))
        case t.Bool():
            return Vector(dtype, np.array(values, dtype=np.bool_))
        case t.Float():
            return Vector(dtype, np.array([float(v) for v in values], dtype=np.float64))
        case _:
            try:
                return Vector(dtype, np.array([_whole(v) for v in values], dtype=np.int64))
            except OverflowError:
                raise FunctionProblem("the provider gives integers of more than 64 bits") from None


def _whole(value: Any) -> int:
    """The physical form of what is held as an integer."""
    match value:
        case dt.datetime():
            aware = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
            return (aware - _INSTANT) // _MICROSECOND
        case dt.date():
            return (value - _EPOCH).days
        case dt.time():
            return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
        case dt.timedelta():
            return value // _MICROSECOND
        case _:
            return int(value)


def _as_json(value: Any) -> str:
    ordered = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
    return json.dumps(ordered, default=str, ensure_ascii=False)


_PROVIDER: Final = Parameter(
    "provider", accepts.TEXT, "The name of the provider.", default=REQUIRED, constant=True
)
_ARGUMENTS: Final = Parameter(
    ARGUMENT,
    accepts.ANY,
    "Constants for the provider, by position or by its own names.",
    default=None,
    constant=True,
    variadic=True,
)

FUNCTIONS: Final = tuple(
    Function(
        name=name,
        family="foreign",
        summary=summary,
        doc=doc
        + " `locale:` names another locale than the one in force. The type is that of what the provider gives; lists and mappings become json. A provider that "
        "looks at the clock is refused. It is called once a row, and is slow: where the catalogue has a "
        "function of its own, that is hundreds of times faster.",
        result=t.STRING,
        kernel=_kernel(name),
        parameters=(_PROVIDER, _ARGUMENTS),
        examples=examples,
        draws=True,
        handles_null=True,
    )
    for name, summary, doc, examples in (
        (
            "faker",
            "What a provider of Faker gives.",
            "Needs Faker: `pip install 'specdsl[faker]'`.",
            (
                Example('faker("license_plate")', "string"),
                Example('faker("pyint", min_value: 1, max_value: 6)', "int"),
            ),
        ),
        (
            "mimesis",
            "What a provider of mimesis gives, as `group.provider`.",
            "mimesis comes with specdsl.",
            (Example('mimesis("hardware.cpu")', "string"), Example('mimesis("person.height")', "string")),
        ),
    )
)
