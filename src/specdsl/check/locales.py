"""Locales of datasets, tables and calls."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.check.scopes import Program, Scope
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.functions.entry import Function
from specdsl.functions.locales import IN_LOCALE, is_localized
from specdsl.functions.wordlists import LOCALES, canonical_locale
from specdsl.ir import expr as ir
from specdsl.source import Span
from specdsl.syntax import tree


def known_locale(program: Program, written: str, span: Span, what: str = "`locale`") -> str | None:
    """The locale that is meant; a diagnostic and None where there is no such."""
    canonical = canonical_locale(written)
    if canonical is None:
        near = nearest(written, LOCALES)
        program.bag.add(
            types.ArgumentChoice(span=span, what=what, found=written, choices=tuple(LOCALES), near=near)
        )
    return canonical


def locale_of_table(program: Program, decl: tree.TableDecl) -> str:
    """The locale that a table names for itself, "" where it names none."""
    found = ""
    first: Span | None = None
    for member in decl.members:
        if not isinstance(member, tree.LocaleDecl):
            continue
        if first is not None:
            program.bag.add(names.DuplicateSetting(span=member.span, written="locale", first=first))
            continue
        first = member.span
        found = known_locale(program, member.name.value, member.name.span) or ""
    return found


def in_locale(
    scope: Scope, function: Function, given: Mapping[str, ir.Expr], spans: Mapping[str, Span]
) -> dict[str, ir.Expr] | None:
    """The arguments of a call with its locale in the one spelling, or that of the table put in; a diagnostic
    and None where there is no such locale."""
    arguments = dict(given)
    if not is_localized(function):
        return arguments
    name = IN_LOCALE.name
    match arguments.get(name):
        case None if scope.locale:
            arguments[name] = ir.Const(t.STRING, False, scope.locale)
        case ir.Const(value=str(written)):
            what = f"argument `{name}` of `{function.name}`"
            locale = known_locale(scope.program, written, spans[name], what)
            if locale is None:
                return None
            arguments[name] = ir.Const(t.STRING, False, locale)
        case _:
            pass
    return arguments
