"""Columns that take the fields of a record of their names: ``(city, postcode) = place("US")``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from specdsl.check.conversions import castable, same_kind
from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.ir import expr as ir
from specdsl.ir.walk import walk
from specdsl.syntax import tree


def fields_by_name(scope: Scope, value: ir.Expr, target: t.Tuple, node: tree.Expr) -> ir.Expr:
    """A struct as the tuple of the fields that ``scope.fields`` names, each as the type wanted of it;
    diagnostics where it has no such field, or one of another type."""
    assert isinstance(value.type, t.Struct)
    known = {f.name: f for f in value.type.fields}
    items: list[t.DataType] = []
    broken = False
    for name, wanted in zip(scope.fields, target.items, strict=True):
        field = known.get(name.text)
        if field is None:
            _report_unknown(scope, name, tuple(known), node)
            broken = True
            continue
        own = field.type if wanted == t.UNKNOWN or same_kind(field.type, wanted) else wanted
        if own is not field.type and not castable(field.type, own):
            scope.report(
                types.TypeMismatch(
                    span=name.span,
                    wanted=str(own),
                    found=str(field.type),
                    remedy=f"field `{name.text}` is a {field.type}: give the column that type, or write none",
                )
            )
            broken = True
        items.append(own)
    if broken:
        return poison()
    wanted_names = tuple(n.text for n in scope.fields)
    return ir.StructFields(t.Tuple(tuple(items)), value.nullable, narrowed(value, wanted_names), wanted_names)


def narrowed(value: ir.Expr, wanted: Iterable[str]) -> ir.Expr:
    """A record that a function draws, with only those of its fields that are wanted: its kernel makes no
    others."""
    if not isinstance(value, ir.Call) or not isinstance(value.type, t.Struct):
        return value
    names_wanted = set(wanted)
    fields = tuple(f for f in value.type.fields if f.name in names_wanted)
    return replace(value, type=t.Struct(fields))


def report_unused_names(scope: Scope, value: ir.Expr, renamed: Sequence[tree.Name | None]) -> bool:
    """Says that ``city as home`` names a field of a value that has none; whether it does."""
    first = next((n for n in renamed if n is not None), None)
    if first is None or poisoned(value) or any(isinstance(part, ir.StructFields) for part in walk(value)):
        return False
    scope.report(
        types.SpecialForm(
            span=first.span,
            function="as",
            why="stands between a field and the column that takes it, and the value has no fields",
            remedy="name the columns only: they take the values in their order",
        )
    )
    return True


def _report_unknown(scope: Scope, name: tree.Name, known: tuple[str, ...], node: tree.Expr) -> None:
    near = nearest(name.text, known)
    scope.report(
        names.UnknownField(
            span=name.span,
            written=name.text,
            near=near,
            known=known,
            corrected=scope.program.line_with(name.span, names.quoted(near)) if near else "",
            struct=f"`{scope.text(node)}`",
        )
    )
