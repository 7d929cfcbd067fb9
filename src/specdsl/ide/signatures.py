"""The signature of the call that the cursor is in, with the parameter at hand."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.datatypes import types as t
from specdsl.functions.entry import Function
from specdsl.ide.function_items import parameter_text
from specdsl.ide.surroundings import Surroundings
from specdsl.ide.workspace import Workspace

_TYPES = {
    "decimal": (
        ("precision: int", "The number of digits."),
        ("scale: int = 0", "How many of them stand after the point."),
    ),
    "string": (("max: int", "The most characters."), ("min: int = 0", "The fewest characters.")),
}


@dataclass(frozen=True, slots=True)
class ParameterLabel:
    """``start`` and ``end``: the parameter's place in the signature's label."""

    start: int
    end: int
    doc: str


@dataclass(frozen=True, slots=True)
class Signature:
    """``active``: the number of the parameter at hand, None where there is none for it."""

    label: str
    summary: str
    parameters: tuple[ParameterLabel, ...]
    active: int | None


def signature_at(workspace: Workspace, path: str, offset: int) -> Signature | None:
    """The signature for a place, None outside of calls of what is known."""
    around = Surroundings.at(workspace, path, offset)
    call = around.context.call
    if call is None:
        return None
    function = around.functions.get(call.function)
    if function is None:
        return _of_type(call.function, call.index, call.parameter)
    shown = tuple(
        (parameter_text(p), _about(function, number)) for number, p in enumerate(function.parameters)
    )
    result = (
        f" -> {function.result}"
        if isinstance(function.result, t.DataType) and function.result != t.UNKNOWN
        else ""
    )
    return _signature(
        function.name, shown, result, function.summary, _active(function, call.index, call.parameter)
    )


def _about(function: Function, number: int) -> str:
    parameter = function.parameters[number]
    unit = f" In {parameter.unit}." if parameter.unit else ""
    return parameter.doc + unit


def _active(function: Function, index: int, named: str | None) -> int | None:
    parameters = function.parameters
    if named is not None:
        return next((number for number, p in enumerate(parameters) if p.name == named), None)
    if index < len(parameters):
        return index
    return len(parameters) - 1 if parameters and parameters[-1].variadic else None


def _of_type(name: str, index: int, named: str | None) -> Signature | None:
    """`decimal(10, 2)` and `string(max: 40)` are written as calls are."""
    shown = _TYPES.get(name)
    if shown is None:
        return None
    names = [text.partition(":")[0] for text, _ in shown]
    active = names.index(named) if named in names else index if named is None and index < len(shown) else None
    return _signature(name, shown, "", "A type.", active)


def _signature(
    name: str, parameters: tuple[tuple[str, str], ...], result: str, summary: str, active: int | None
) -> Signature:
    label = f"{name}("
    places = []
    for number, (text, doc) in enumerate(parameters):
        label += ", " if number else ""
        places.append(ParameterLabel(len(label), len(label) + len(text), doc))
        label += text
    return Signature(f"{label}){result}", summary, tuple(places), active)
