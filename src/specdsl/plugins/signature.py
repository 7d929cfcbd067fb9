"""From a Python function's annotations and docstring to an entry of the catalogue."""

from __future__ import annotations

import inspect
import re
import types
import typing
from datetime import date, datetime, timedelta
from typing import Any, Final

from specdsl.errors import UsageError
from specdsl.functions.entry import REQUIRED, Example, Function, Parameter, Required
from specdsl.ir.expr import Physical
from specdsl.plugins.declaring import Declaration
from specdsl.plugins.draw import Draw
from specdsl.plugins.kernel import Body
from specdsl.plugins.kinds import KINDS, NAMES, Kind

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


def entry(declared: Declaration, plugin: str) -> Function:
    """The catalogue's entry. Raises UsageError where the function cannot be one of the language."""
    where = f"function `{declared.name}` of plugin {plugin}"
    if not _NAME.fullmatch(declared.name):
        raise UsageError(f"{where} has no name that a spec could say", "small letters, digits and _")
    signature = inspect.signature(declared.function)
    hints = _hints(declared, where)
    parameters, kinds = [], {}
    draw = None
    for parameter in signature.parameters.values():
        hint = hints.get(parameter.name)
        if hint is Draw:
            draw = parameter.name
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise UsageError(f"{where}: `{parameter}` is a form of parameter that specs do not have")
        kind = _kind(hint, f"{where}: parameter `{parameter.name}`")
        kinds[parameter.name] = kind
        parameters.append(
            Parameter(parameter.name, kind.accepts, "", default=_default(parameter, kind, where))
        )
    result, may_miss = _without_none(hints.get("return"))
    kind = _kind(result, f"{where}: its result")
    summary, _, doc = inspect.cleandoc(declared.function.__doc__ or "").partition("\n")
    return Function(
        name=declared.name,
        family=f"plugin {plugin}",
        summary=summary.strip(),
        doc=doc.strip(),
        result=kind.type,
        kernel=Body(declared.name, declared.function, kinds, kind, draw, may_miss),
        parameters=tuple(parameters),
        examples=tuple(Example(code, str(kind.type)) for code in declared.examples),
        draws=draw is not None,
        makes_null=may_miss,
    )


def _hints(declared: Declaration, where: str) -> dict[str, Any]:
    try:
        return typing.get_type_hints(declared.function)
    except (NameError, TypeError, AttributeError) as error:
        raise UsageError(f"{where} has an annotation that cannot be understood: {error}") from None


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        rest = [a for a in typing.get_args(hint) if a is not types.NoneType]
        if len(rest) == 1 and len(rest) < len(typing.get_args(hint)):
            return rest[0], True
    return hint, False


def _kind(hint: Any, where: str) -> Kind:
    try:
        kind = KINDS.get(hint)
    except TypeError:  # not hashable
        kind = None
    if kind is not None:
        return kind
    if hint is None:
        raise UsageError(f"{where} has no type", f"annotate it with one of {NAMES}")
    shown = getattr(hint, "__name__", str(hint))
    raise UsageError(f"{where} has a type that specs do not have: {shown}", f"there are {NAMES}")


def _default(parameter: inspect.Parameter, kind: Kind, where: str) -> Physical | Required:
    value = parameter.default
    if value is parameter.empty:
        return REQUIRED
    match value:
        case bool():
            fits = kind is KINDS[bool]
        case int():
            fits = kind in (KINDS[int], KINDS[float])
        case float():
            fits = kind is KINDS[float]
        case str():
            fits = kind is KINDS[str]
        case timedelta():
            fits, value = kind is KINDS[timedelta], value // timedelta(microseconds=1)
        case datetime():
            fits, value = kind is KINDS[datetime], _micros(value)
        case date():
            fits, value = kind is KINDS[date], (value - date(1970, 1, 1)).days
        case _:
            fits = False
    if not fits:
        raise UsageError(f"{where}: the default of `{parameter.name}` is not of its type")
    return float(value) if kind is KINDS[float] else value


def _micros(moment: datetime) -> int:
    epoch = datetime(1970, 1, 1, tzinfo=moment.tzinfo)
    return (moment - epoch) // timedelta(microseconds=1)
