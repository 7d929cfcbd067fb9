"""`faker("provider")` and `mimesis("group.provider")`: columns of what other libraries give, row by row.

A row's value depends on the seed, the call site and the row's number: the provider's generator is seeded
anew from the row's bits.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import constant_text, stream_of
from specdsl.functions.entry import REQUIRED, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.providers import EPOCH, INSTANT, LIBRARIES, called, kind_of
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import Vector

ARGUMENT: Final = "argument"
"""What arguments for the provider are called: `argument0`, `argument1`, ..., `argument:name`."""

_MICROSECOND: Final = dt.timedelta(microseconds=1)


# --- columns -------------------------------------------------------------------------------


def _python(value: Physical | None, dtype: t.DataType) -> Any:
    """A constant of the language as Python has it."""
    match dtype, value:
        case t.Date(), int(days):
            return EPOCH + dt.timedelta(days=days)
        case t.Timestamp(), int(micros):
            return INSTANT + dt.timedelta(microseconds=micros)
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
        provider = LIBRARIES[library](constant_text(call, "provider"), _locale(call), args, named)
        seeds = stream_of(call).bits().tolist()
        return _vector([called(provider, seed) for seed in seeds], call)

    return kernel


def _locale(call: Invocation) -> str:
    """The argument `locale`, which the checker puts in; it is no parameter, as those end with any number."""
    return str(call.args.get("locale") or call.locale)


def _vector(values: list[Any], call: Invocation) -> Vector:
    import pyarrow as pa

    from specdsl.vectors import strings

    dtype = call.result
    for i, value in enumerate(values):
        found = kind_of(value)
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
            return (aware - INSTANT) // _MICROSECOND
        case dt.date():
            return (value - EPOCH).days
        case dt.time():
            return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
        case dt.timedelta():
            return value // _MICROSECOND
        case _:
            return int(value)


def _as_json(value: Any) -> str:
    ordered = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
    return json.dumps(ordered, default=str, ensure_ascii=False)


_DOC: Final = (
    "`locale:` names another locale than the one in force. The type is that of what the provider gives; "
    "lists and mappings become json. A provider that looks at the clock is refused. It is called once a row, "
    "and is slow: where the catalogue has a function of its own, that is hundreds of times faster."
)
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
        doc=f"{doc} {_DOC}",
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
