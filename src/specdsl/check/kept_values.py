"""The values of columns that keep that of the row before, but where they change: then it is another one."""

from __future__ import annotations

from specdsl.check.scopes import Changing, Scope
from specdsl.check.type_expressions import Shape
from specdsl.datatypes import types as t
from specdsl.diagnostics import histories as errors
from specdsl.ir import expr as ir
from specdsl.ir.model import NullRule
from specdsl.syntax import tree


def kept(
    scope: Scope,
    decl: tree.ColumnDecl,
    shape: Shape,
    changing: Changing,
    value: ir.Expr,
    nulls: NullRule | None,
) -> tuple[ir.Expr, NullRule | None]:
    """The value of a column that changes, and its rule for nulls: null is one of the values then."""
    value = with_null(scope, decl, value, nulls)
    if not scope.sites.count:
        _report_drawless(scope, decl)
    elif isinstance(value.type, (t.List, t.Struct)):
        _report(
            scope,
            decl,
            f"is of type {value.type}, and such values are not compared with the one before",
            "let columns of its parts change, and put them together in another one",
        )
    return _kept(scope, changing, decl.targets[0].text, _other(scope, changing, decl, value)), None


def with_null(scope: Scope, decl: tree.ColumnDecl, value: ir.Expr, nulls: NullRule | None) -> ir.Expr:
    """``value``, of which null is one, as often as a rule without a condition says."""
    if nulls is None:
        return value
    site = scope.sites.next(decl.span)
    nothing = ir.Const(value.type, True, None)
    arms = (ir.Arm(nothing, nulls.rate), ir.Arm(value, 1 - nulls.rate))
    return ir.ChoiceDraw(value.type, True, site, arms)


def another(scope: Scope, names: tuple[str, ...], value: ir.Expr) -> ir.Expr:
    """``value``, or the tuple, which is not what the columns ``names`` of the row have."""
    if isinstance(value.type, t.Tuple):
        items = zip(names, value.type.items, strict=True)
        other: ir.Expr = ir.TupleValue(value.type, True, tuple(ir.ColumnValue(d, True, n) for n, d in items))
    else:
        other = ir.ColumnValue(value.type, True, names[0])
    return ir.Different(value.type, value.nullable, value, other)


def kept_together(scope: Scope, decl: tree.ColumnDecl, changing: Changing, value: ir.Expr) -> ir.Expr:
    """The tuple of columns that change together: not the one before."""
    if not scope.sites.count:
        _report_drawless(scope, decl)
    return _other(scope, changing, decl, value)


def kept_item(scope: Scope, changing: Changing, name: str, item: ir.Expr) -> ir.Expr:
    """One column of those that change together."""
    return _kept(scope, changing, name, item)


def _report_drawless(scope: Scope, decl: tree.ColumnDecl) -> None:
    _report(
        scope,
        decl,
        "draws nothing, so it can never be another value than before",
        "remove `changes`: what follows from other columns changes with them",
    )


def _report(scope: Scope, decl: tree.ColumnDecl, why: str, remedy: str) -> None:
    span = next(m.span for m in decl.modifiers if isinstance(m, tree.Changes))
    name = decl.targets[0].text
    scope.report(errors.ChangesForm(span=span, column=name, why=why, remedy=remedy))


def _other(scope: Scope, changing: Changing, decl: tree.ColumnDecl, value: ir.Expr) -> ir.Expr:
    """``value``, which is not that of the previous row; anything in the first row."""
    names = [n.text for n in decl.targets]
    if isinstance(value.type, t.Tuple):
        items = zip(names, value.type.items, strict=True)
        before: ir.Expr = ir.TupleValue(value.type, True, tuple(_before(scope, changing, *i) for i in items))
    else:
        before = _before(scope, changing, names[0], value.type)
    different = ir.Different(value.type, value.nullable, value, before)
    if not value.nullable:
        return different  # nothing is before the first row, and that differs from everything
    return ir.If(value.type, True, _is_first(changing), value, different)


def _kept(scope: Scope, changing: Changing, name: str, value: ir.Expr) -> ir.Expr:
    """``value`` where the column changes, and in the first row; else that of the previous row."""
    if not changing.flag:
        return value
    changes = ir.ColumnValue(t.BOOL, False, changing.flag)
    fresh = ir.Logic(t.BOOL, False, ir.LogicOp.OR, _is_first(changing), changes)
    before = _before(scope, changing, name, value.type, nullable=value.nullable)
    return ir.If(value.type, value.nullable, fresh, value, before)


def _is_first(changing: Changing) -> ir.Expr:
    place = ir.IndexIn(t.INT, False, changing.reference)
    return ir.Compare(t.BOOL, False, ir.CompareOp.EQUAL, place, ir.Const(t.INT, False, 0))


def _before(
    scope: Scope, changing: Changing, name: str, dtype: t.DataType, *, nullable: bool = True
) -> ir.Expr:
    assert scope.table is not None
    own = ir.Candidate(dtype, nullable, scope.table.name, ir.ColumnValue(dtype, nullable, name))
    return ir.Neighbour(dtype, nullable, ir.Place.PREVIOUS, changing.reference, own)
