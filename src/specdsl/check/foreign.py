"""Calls of providers of other libraries: `faker("license_plate")`."""

from __future__ import annotations

from specdsl.check.calls import call_of
from specdsl.check.locales import known_locale
from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.hints import SlowProvider
from specdsl.functions.foreign import ARGUMENT, arguments
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.providers import probed
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir
from specdsl.source import Span
from specdsl.syntax import tree

PROVIDER = "provider"


def provider_call(scope: Scope, node: tree.Call) -> ir.Expr:
    """The call of a provider, typed by what it gives for a few seeds."""
    library = node.function.text
    function = FUNCTIONS[library]
    if not node.args:
        return call_of(scope, node, function)  # says what is missing
    given: dict[str, ir.Const] = {}
    spans: dict[str, Span] = {}
    broken = False
    for arg in node.args:
        value = scope.infer(arg.value)
        name = _name(arg, given)
        broken |= poisoned(value)
        if poisoned(value):
            continue
        if name in given:
            scope.report(
                names.DuplicateArgument(span=arg.span, written=name, function=library, first=spans[name])
            )
            broken = True
        elif not isinstance(value, ir.Const):
            what = f"argument `{name.removeprefix(f'{ARGUMENT}:')}` of `{library}`"
            scope.report(types.NotConstant(span=arg.value.span, what=what))
            broken = True
        else:
            given[name], spans[name] = value, arg.value.span
    if broken:
        return poison()
    for name in (PROVIDER, IN_LOCALE.name):
        if name in given and not isinstance(given[name].type, t.String):
            scope.report(
                types.ArgumentType(
                    span=spans[name],
                    function=library,
                    parameter=name,
                    wanted="string",
                    found=str(given[name].type),
                    signature=function.signature(),
                    remedy="",
                )
            )
            return poison()
    locale = scope.locale or scope.program.locale
    if IN_LOCALE.name in given:
        known = known_locale(scope.program, str(given[IN_LOCALE.name].value), spans[IN_LOCALE.name])
        if known is None:
            return poison()
        locale = known
    if PROVIDER not in given:
        return call_of(scope, node, function)
    provider = str(given[PROVIDER].value)
    args, named = arguments({k: v.value for k, v in given.items()}, {k: v.type for k, v in given.items()})
    try:
        dtype = probed(library, provider, locale, args, named)
    except FunctionProblem as problem:
        scope.report(
            types.ProviderRefused(
                span=spans[PROVIDER], library=library, reason=problem.message, remedy=problem.help
            )
        )
        return poison()
    scope.report(SlowProvider(span=node.span, library=library, provider=provider, instead=_instead(provider)))
    given[IN_LOCALE.name] = ir.Const(t.STRING, False, locale)
    return ir.Call(dtype, False, library, tuple(given.items()), scope.sites.next(node.span))


_INSTEAD = {
    "color_name": "color()",
    "name": "full_name()",
    "phone_number": "phone()",
    "postalcode": "postcode()",
    "random_int": "0..9999",
    "random_element": '"a" | "b"',
    "state": "region()",
    "telephone": "phone()",
    "timezone": "time_zone()",
    "username": "user_name()",
    "zipcode": "postcode()",
}


def _instead(provider: str) -> str:
    """What the catalogue has for a provider, "" for nothing."""
    name = provider.rpartition(".")[2]
    return f"{name}()" if name in FUNCTIONS else _INSTEAD.get(name, "")


def _name(arg: tree.Arg, given: dict[str, ir.Const]) -> str:
    """What an argument is called in the IR."""
    if arg.name is not None:
        own = arg.name.text in (PROVIDER, IN_LOCALE.name)
        return arg.name.text if own else f"{ARGUMENT}:{arg.name.text}"
    if PROVIDER not in given:
        return PROVIDER
    count = sum(1 for name in given if name.startswith(ARGUMENT) and ":" not in name)
    return f"{ARGUMENT}{count}"
