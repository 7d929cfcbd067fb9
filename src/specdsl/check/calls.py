"""Calls of catalogue functions: names, arguments, types, defaults, limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from specdsl.check import finite
from specdsl.check.conversions import cast, coerce, common_type, exact_value
from specdsl.check.guesses import function_near, instead_of_call
from specdsl.check.locales import in_locale
from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.check.show import show_value
from specdsl.check.values import constant_arguments
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.functions.entry import REQUIRED, Form, Function, Parameter
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir
from specdsl.syntax import tree

_MOST_VALUES: Final = 60
"""Values of an argument for each of which a call is made on its own."""


@dataclass(frozen=True, slots=True)
class _Given:
    """An argument that was matched to a parameter; ``name`` numbers variadic ones, ``type`` is that of what
    is written."""

    name: str
    parameter: Parameter
    node: tree.Expr
    value: ir.Expr
    type: t.DataType = t.UNKNOWN


def catalogue_call(scope: Scope, node: tree.Call, hint: t.DataType | None) -> ir.Expr:
    """A call of a function of the catalogue."""
    function = lookup(scope, node)
    return poison() if function is None else call_of(scope, node, function, hint)


def lookup(scope: Scope, node: tree.Call) -> Function | None:
    """The function that a call names; a diagnostic where there is none."""
    name = node.function.text
    function = FUNCTIONS.get(name)
    if function is None:
        function = next((f for f in FUNCTIONS.values() if name in f.aliases), None)
    own = scope.program.plugins.functions
    if function is None:
        function = own.get(name)
    if function is not None:
        return function
    remedy = instead_of_call(scope, node)
    near = None if remedy else nearest(name, own) or function_near(name)
    scope.report(
        names.UnknownFunction(
            span=node.function.span,
            written=name,
            near=near,
            known=(*FUNCTIONS, *own),
            corrected=scope.program.line_with(node.function.span, near) if near else "",
            remedy=remedy,
        )
    )
    for arg in node.args:
        scope.infer(arg.value)
    return None


def call_of(scope: Scope, node: tree.Call, function: Function, hint: t.DataType | None = None) -> ir.Expr:
    """The typed call of ``function``."""
    if function.form is not Form.FUNCTION:
        scope.report(
            types.SpecialForm(
                span=node.span,
                function=function.name,
                why="does not stand here",
                remedy=instead_of_call(scope, node)
                or (function.examples[0].code if function.examples else ""),
            )
        )
        return poison()
    site = scope.sites.next(node.span) if function.draws else None
    matched = _matched(scope, node, function, hint)
    if matched is None:
        return poison()
    typed = _typed(scope, node, function, matched)
    if typed is None or not _within_limits(scope, function, typed):
        return poison()
    spans = {g.name: g.node.span for g in typed}
    arguments = in_locale(scope, function, {g.name: g.value for g in typed}, spans)
    if arguments is None:
        return poison()
    call = finished(function, arguments, site)
    if not _agree(scope, node, function, call):
        return poison()
    return _for_each_value(scope, node, function, typed, call)


def _agree(scope: Scope, node: tree.Call, function: Function, call: ir.Call) -> bool:
    """Whether constant arguments go together; a diagnostic where they do not."""
    problem = "" if function.conflict is None else function.conflict(constant_arguments(call))
    if problem:
        scope.report(
            types.ArgumentsDisagree(
                span=node.span, function=function.name, problem=problem, signature=function.signature()
            )
        )
    return not problem


def _for_each_value(
    scope: Scope, node: tree.Call, function: Function, given: list[_Given], call: ir.Call
) -> ir.Expr:
    """The call with an argument that differs by values that are known as a constant for each of them."""
    varying = [g for g in given if g.parameter.by_value and not isinstance(g.value, ir.Const)]
    if len(varying) != 1:
        return call
    g = varying[0]
    found = finite.values(scope, g.node, g.type)
    if not found or len(found) > _MOST_VALUES:
        return call
    texts = [g.type.members[int(v)] if isinstance(g.type, t.Enum) else str(v) for v in found]
    arms: list[ir.MatchArm] = []
    what = f"argument `{g.parameter.name}` of `{function.name}`"
    for text in texts:
        constant = ir.Const(t.STRING, False, text)
        if not _one_of_choices(scope, _Given(g.name, g.parameter, g.node, constant), what):
            return poison()
        args = tuple((name, constant if name == g.name else arg) for name, arg in call.args)
        nullable = any(arg.nullable for name, arg in args if name in {x.name for x in given})
        one = replace(call, args=args, nullable=nullable or function.makes_null)
        if not _agree(scope, node, function, one):
            return poison()
        arms.append(ir.MatchArm(((text,),), one))
    return ir.Match(call.type, call.nullable, (g.value,), tuple(arms), None)


def finished(function: Function, given: Mapping[str, ir.Expr], site: int | None) -> ir.Call:
    """The call with the defaults filled in; ``given`` has the arguments that were written."""
    args: list[tuple[str, ir.Expr]] = []
    for parameter in function.parameters:
        if parameter.variadic:
            args += [(n, v) for n, v in given.items() if _is_item(n, parameter)]
        elif parameter.name in given:
            args.append((parameter.name, given[parameter.name]))
        elif parameter.default is not REQUIRED:
            args.append((parameter.name, default(parameter)))
    by_name = {n: v.type for n, v in args}
    result = function.result if isinstance(function.result, t.DataType) else function.result(by_name)
    written = [v for n, v in given.items() if not _left_out(function, n, v)]
    if function.handles_null:
        nullable = bool(written) and all(v.nullable for v in written)
    else:
        nullable = any(v.nullable for v in written)
    return ir.Call(result, nullable or function.makes_null, function.name, tuple(args), site)


def _left_out(function: Function, name: str, value: ir.Expr) -> bool:
    """Whether a written argument is the null that stands for one that is not there."""
    parameter = next((p for p in function.parameters if p.name == name), None)
    null = isinstance(value, ir.Const) and value.value is None
    return null and parameter is not None and parameter.default is None


def default(parameter: Parameter) -> ir.Const:
    """The default of a parameter as a constant of a type that the parameter accepts."""
    value = parameter.default
    assert value is not REQUIRED
    accepts = parameter.accepts
    if value is None:
        return ir.Const(t.NULL, True, None)
    candidates: Sequence[t.DataType]
    match value:
        case bool():
            candidates = (t.BOOL,)
        case int():
            candidates = (t.INT, t.FLOAT, t.DURATION, t.TIMESTAMP, t.DATE, t.TIME)
        case float():
            candidates = (t.FLOAT,)
        case bytes():
            candidates = (t.BYTES, t.UUID)
        case _:
            candidates = (t.STRING,)
    source = next((c for c in candidates if accepts.test(c)), candidates[0])
    const = ir.Const(source, False, value)
    folded = cast(const, accepts.target(source))
    return folded if isinstance(folded, ir.Const) else const


def _is_item(name: str, parameter: Parameter) -> bool:
    return name.startswith(parameter.name) and name[len(parameter.name) :].isdigit()


# --- matching arguments to parameters ------------------------------------------------------


def _matched(
    scope: Scope, node: tree.Call, function: Function, hint: t.DataType | None
) -> list[_Given] | None:
    positional = list(function.parameters)
    by_name = {p.name: p for p in function.parameters}
    taken: dict[str, tree.Arg] = {}
    given: list[_Given] = []
    broken = False
    place = variadic_count = 0
    last_type: t.DataType | None = hint
    for arg in _ends_apart(node.args, by_name):
        parameter: Parameter | None
        name = ""
        if arg.where is not None:
            scope.report(
                types.SpecialForm(
                    span=arg.where.span,
                    function=function.name,
                    why="goes over no rows, so there is nothing for `where` to choose from",
                    remedy="`where` stands in `count`, `sum` and the like over a table's rows",
                )
            )
            broken = True
        if arg.name is not None:
            name = arg.name.text
            parameter = by_name.get(name)
            if parameter is None:
                _report_unknown(scope, arg.name, function)
                scope.infer(arg.value)
                broken = True
                continue
        elif place < len(positional):
            parameter = positional[place]
            name = parameter.name
            if parameter.variadic:
                name = f"{parameter.name}{variadic_count}"
                variadic_count += 1
            else:
                place += 1
        else:
            scope.report(
                types.TooManyArguments(
                    span=arg.span,
                    function=function.name,
                    takes=len(positional),
                    given=len(node.args),
                    signature=function.signature(),
                )
            )
            return None
        if name in taken:
            scope.report(
                names.DuplicateArgument(
                    span=arg.span, written=name, function=function.name, first=taken[name].span
                )
            )
            broken = True
            continue
        taken[name] = arg
        shares = parameter.same_as or parameter.variadic or _shares(function, parameter)
        # a date plus a duration is an instant where one is wanted: what is beyond the day stays
        instant = t.TIMESTAMP if parameter.accepts.becomes == t.TIMESTAMP else None
        value = scope.infer(arg.value, last_type if shares else instant)
        if shares and value.type != t.NULL and (last_type is None or value.type != t.UNKNOWN):
            last_type = value.type
        broken |= poisoned(value)
        given.append(_Given(name, parameter, arg.value, value))
    for parameter in function.parameters:
        absent = parameter.name not in taken and (not parameter.variadic or not variadic_count)
        if absent and parameter.default is REQUIRED:
            if not broken:
                _report_missing(scope, node, function, parameter)
            broken = True
    return None if broken else given


def _ends_apart(args: tuple[tree.Arg, ...], parameters: Mapping[str, Parameter]) -> Iterator[tree.Arg]:
    """The arguments, a first one that is a range as the `start` and the `end` of a function that has both."""
    begins = list(parameters)[:2] == ["start", "end"]
    for number, arg in enumerate(args):
        match arg.value:
            case tree.Range(low=tree.Expr() as low, high=tree.Expr() as high) if (
                begins and number == 0 and arg.name is None
            ):
                yield replace(arg, value=low)
                yield replace(arg, value=high)
            case _:
                yield arg


def _shares(function: Function, parameter: Parameter) -> bool:
    """Whether another parameter shares its type with this one."""
    return any(p.same_as == parameter.name for p in function.parameters)


def _report_unknown(scope: Scope, name: tree.Name, function: Function) -> None:
    known = tuple(p.name for p in function.parameters)
    near = nearest(name.text, known)
    scope.report(
        names.UnknownArgument(
            span=name.span,
            written=name.text,
            near=near,
            known=known,
            corrected=scope.program.line_with(name.span, near) if near else "",
            function=function.name,
        )
    )


def _report_missing(scope: Scope, node: tree.Call, function: Function, parameter: Parameter) -> None:
    inside = ", ".join(scope.text(a) for a in node.args)
    sample = _sample(function, parameter)
    text = f"{scope.text(node.function)}({inside + ', ' if inside else ''}{parameter.name}: {sample})"
    scope.report(
        types.MissingArgument(
            span=node.span,
            function=function.name,
            parameter=parameter.name,
            doc=parameter.doc,
            signature=function.signature(),
            corrected=scope.program.line_with(node.span, text),
        )
    )


def _sample(function: Function, parameter: Parameter) -> str:
    """A value that would do for a parameter."""
    if parameter.choices:
        return f'"{parameter.choices[0]}"'
    for dtype, text in (
        (t.FLOAT, "1"),
        (t.INT, "1"),
        (t.STRING, '"text"'),
        (t.DURATION, "1d"),
        (t.DATE, "now"),
    ):
        if parameter.accepts.test(dtype):
            return text
    return "..."


# --- types ---------------------------------------------------------------------------------


def _typed(scope: Scope, node: tree.Call, function: Function, given: list[_Given]) -> list[_Given] | None:
    out: list[_Given] = []
    for g in given:
        value = _accepted(scope, function, g)
        if value is None:
            return None
        out.append(_Given(g.name, g.parameter, g.node, value, g.value.type))
    return _shared(scope, node, function, out)


def _clock(node: tree.Number) -> str:
    """A time of day at the hour that is written, or some."""
    whole = node.value == node.value.to_integral_value() and 0 <= node.value < 24
    return f"{int(node.value):02d}:00" if whole else "09:00"


_WIDENED: tuple[t.DataType, ...] = (t.STRING, t.TIMESTAMP, t.INT, t.FLOAT)


def _accepted(scope: Scope, function: Function, given: _Given) -> ir.Expr | None:
    """The argument as its parameter takes it."""
    accepts, value = given.parameter.accepts, given.value
    if value.type == t.NULL:
        if given.parameter.default is None or function.handles_null:
            return value
    elif accepts.test(value.type):
        return cast(value, accepts.target(value.type))
    else:
        for wider in _WIDENED:
            if accepts.test(wider) and _widens(value.type, wider):
                return cast(cast(value, wider), accepts.target(wider))
    remedy = ""
    if accepts.test(t.TIME) and not accepts.test(t.INT) and isinstance(given.node, tree.Number):
        clock = scope.program.line_with(given.node.span, _clock(given.node))
        remedy = f"a time of day has hours and minutes: {clock}"
    elif accepts.test(t.DURATION) and isinstance(given.node, tree.Number):
        unit = scope.program.line_with(given.node.span, scope.text(given.node) + "d")
        remedy = f"a duration has a unit: {unit}"
    elif function.draws and accepts.test(t.DURATION) and isinstance(value.type, t.Date | t.Timestamp):
        remedy = (
            "dates and times are drawn by a range: `2024-01-01 .. 2024-12-31`"
            if function.name == "uniform"
            else f"add a drawn duration to it: `{scope.text(given.node)} + {function.name}(...)`"
        )
    elif accepts.test(t.STRING):
        text = 'f"{' + scope.text(given.node) + '}"'
        remedy = f"as text: {scope.program.line_with(given.node.span, text)}"
    elif isinstance(given.node, tree.String) and t.is_numeric(t.INT) and accepts.test(t.INT):
        remedy = f"without the quotes: {scope.program.line_with(given.node.span, given.node.value)}"
    scope.report(
        types.ArgumentType(
            span=given.node.span,
            function=function.name,
            parameter=given.parameter.name,
            wanted=accepts.name,
            found=str(value.type),
            signature=function.signature(),
            remedy=remedy,
        )
    )
    return None


def _widens(source: t.DataType, target: t.DataType) -> bool:
    match source, target:
        case (t.Enum(), t.String()) | (t.Date(), t.Timestamp()) | (t.Int(), t.Int() | t.Float()):
            return True
        case t.Decimal(), t.Float():
            return True
        case _:
            return False


def _shared(scope: Scope, node: tree.Call, function: Function, given: list[_Given]) -> list[_Given] | None:
    """Parameters that share a type, and the values of a variadic one, brought to their common type."""
    groups: dict[str, list[int]] = {}
    for i, g in enumerate(given):
        root = g.parameter.same_as or g.parameter.name
        groups.setdefault(root, []).append(i)
    out = list(given)
    for members in groups.values():
        if len(members) < 2:
            continue
        shared: t.DataType = t.NULL
        first = given[members[0]]
        for i in members:
            both = common_type(shared, given[i].value.type)
            if both is None and isinstance(given[i].value, ir.Const) and isinstance(shared, (t.Enum, t.Uuid)):
                both = shared
            if both == t.STRING and isinstance(shared, t.Enum) and isinstance(given[i].value, ir.Const):
                both = shared
            if both is None:
                scope.report(
                    types.BranchesDiffer(
                        span=given[i].node.span,
                        what=f"arguments of `{function.name}`",
                        first=str(shared),
                        second=str(given[i].value.type),
                        first_span=first.node.span,
                        remedy=_unit_missing(scope, given, members),
                    )
                )
                return None
            shared = both
        for i in members:
            value = coerce(scope, given[i].value, shared, given[i].node.span)
            if poisoned(value):
                return None
            out[i] = replace(given[i], value=value)
    return out


def _unit_missing(scope: Scope, given: list[_Given], members: list[int]) -> str:
    """The help where one of several arguments is a duration and another a number."""
    if any(isinstance(given[i].value.type, t.Duration) for i in members):
        for i in members:
            node = given[i].node
            if isinstance(node, tree.Number):
                line = scope.program.line_with(node.span, scope.text(node) + "d")
                return f"a duration has a unit: {line}"
    return "give them one type"


# --- constants -----------------------------------------------------------------------------


def _within_limits(scope: Scope, function: Function, given: list[_Given]) -> bool:
    fine = True
    for g in given:
        what = f"argument `{g.parameter.name}` of `{function.name}`"
        if not isinstance(g.value, ir.Const):
            if g.parameter.constant and ir.constant_items(g.value) is None:
                scope.report(types.NotConstant(span=g.node.span, what=what))
                fine = False
            continue
        if g.value.value is None:
            continue
        if g.parameter.choices:
            fine &= _one_of_choices(scope, g, what)
        elif g.parameter.refuses is not None and isinstance(g.value.value, str):
            refused = g.parameter.refuses(g.value.value)
            if refused is not None:
                reason, remedy = refused
                scope.report(
                    types.ArgumentRefused(
                        span=g.node.span, what=what, found=g.value.value, reason=reason, remedy=remedy
                    )
                )
                fine = False
        elif t.is_numeric(g.value.type) or isinstance(g.value.type, t.Duration):
            fine &= _in_limits(scope, g, what)
    return fine


_SHORT_CODE: Final = 3
"""Of codes up to this length ("DE", "EUR") every other is near: a guess would lead astray."""


def _one_of_choices(scope: Scope, given: _Given, what: str) -> bool:
    assert isinstance(given.value, ir.Const)
    found, choices = str(given.value.value), given.parameter.choices
    if found in choices:
        return True
    near = None
    if isinstance(given.node, tree.String):
        near = next((c for c in choices if c.casefold() == found.casefold()), None)
        if near is None and len(found) > _SHORT_CODE:
            near = nearest(found, choices)
    scope.report(
        types.ArgumentChoice(span=given.node.span, what=what, found=found, choices=choices, near=near)
    )
    return False


def _plainly(limit: float) -> str:
    return f"{int(limit):_}" if limit == int(limit) and abs(limit) < 1e18 else f"{limit:g}"


def _in_limits(scope: Scope, given: _Given, what: str) -> bool:
    assert isinstance(given.value, ir.Const)
    assert given.value.value is not None
    parameter, dtype = given.parameter, given.value.type
    number = exact_value(given.value.value, dtype)
    low, high = parameter.minimum, parameter.maximum
    above, below = parameter.exclusive_minimum, parameter.exclusive_maximum
    if low is not None and (number < low or (above and number == low)):
        limit = f"above {_plainly(low)}" if above else f"at least {_plainly(low)}"
    elif high is not None and (number > high or (below and number == high)):
        limit = f"below {_plainly(high)}" if below else f"at most {_plainly(high)}"
    else:
        return True
    shown = show_value(given.value.value, dtype)
    edge = (low or 0) + 1 if limit.startswith("above") else low if "least" in limit else high
    fits = -number if number < 0 and low == 0 and (high is None or -number <= high) else edge
    text = f"{fits}" if not isinstance(fits, float) else _plainly(fits)
    remedy = f"for example {scope.program.line_with(given.node.span, text)}"
    scope.report(
        types.ArgumentOutOfRange(span=given.node.span, what=what, found=shown, limit=limit, remedy=remedy)
    )
    return False
