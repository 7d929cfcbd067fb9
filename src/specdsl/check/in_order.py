"""Values along a group of rows, in their order: running totals, the previous row, the first and the last."""

from __future__ import annotations

from dataclasses import replace

from specdsl.check.aggregates import group_reference
from specdsl.check.conversions import coerce
from specdsl.check.nullness import NOTHING
from specdsl.check.scopes import ReferenceSymbol, Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as ir
from specdsl.syntax import tree


def running(scope: Scope, node: tree.Call) -> ir.Expr:
    """``running(amount)``, ``running(exponential(mean: 2d), per: user_id)``."""
    given = _arguments(scope, node)
    if given is None:
        return poison()
    group = _group(scope, node, given.get("per"))
    value = _inside(scope).infer(given["value"])
    if group is None or poisoned(value):
        return poison()
    result: t.DataType
    match value.type:
        case t.Int():
            result = t.INT
        case t.Float():
            result = t.FLOAT
        case t.Decimal(precision, scale):
            result = t.Decimal(min(38, max(precision + 9, 18)), scale)
        case t.Duration():
            result = t.DURATION
        case _:
            scope.report(
                types.ArgumentType(
                    span=given["value"].span,
                    function="running",
                    parameter="value",
                    wanted="a number or a duration",
                    found=str(value.type),
                    signature=FUNCTIONS["running"].signature(),
                )
            )
            return poison()
    name, nullable = group
    return ir.Running(result, nullable, name, _candidate(scope, value))


def previous(scope: Scope, node: tree.Call) -> ir.Expr:
    """``previous(balance)``, ``previous(balance, 0.0, per: account_id)``; ``next`` looks the other way."""
    given = _arguments(scope, node)
    if given is None:
        return poison()
    group = _group(scope, node, given.get("per"))
    value = _drawless(scope, node, given["value"])
    default = None
    if "default" in given and value is not None:
        default = scope.infer(given["default"], value.type)
        if not poisoned(default):
            default = coerce(scope, default, value.type, given["default"].span)
    if group is None or value is None or (default is not None and poisoned(default)):
        return poison()
    name, _ = group
    place = ir.Place.NEXT if node.function.text == "next" else ir.Place.PREVIOUS
    if place is ir.Place.NEXT and name is None:
        _misused(
            scope,
            node,
            node,
            "goes along the rows of a group, and this table has none",
            "give it a reference with `each`, or name one: `next(x, per: user_id)`",
        )
        return poison()
    if default is None:
        return ir.Neighbour(value.type, True, place, name, _candidate(scope, value))
    found = ir.Neighbour(value.type, value.nullable, place, name, _candidate(scope, value))
    has = _has_previous(name, group[1]) if place is ir.Place.PREVIOUS else _has_next(scope, name, group[1])
    return ir.If(value.type, value.nullable or default.nullable, has, found, default)


def _has_previous(reference: str | None, nullable: bool) -> ir.Expr:
    position: ir.Expr
    position = ir.RowNumber(t.INT, False) if reference is None else ir.IndexIn(t.INT, nullable, reference)
    return ir.Compare(t.BOOL, nullable, ir.CompareOp.GREATER, position, ir.Const(t.INT, False, 0))


def _has_next(scope: Scope, reference: str | None, nullable: bool) -> ir.Expr:
    assert reference is not None
    position = ir.IndexIn(t.INT, nullable, reference)
    later = ir.Neighbour(t.INT, True, ir.Place.NEXT, reference, _candidate(scope, position))
    return ir.Unary(t.BOOL, False, ir.UnaryOp.NOT, ir.IsNull(t.BOOL, False, later))


def end_of_group(scope: Scope, node: tree.Call) -> ir.Expr:
    """``first_in(user_id, placed_at)`` and ``last_in``."""
    given = _arguments(scope, node)
    if given is None or not _stands_in_row(scope, node):
        return poison()
    reference = group_reference(scope, node, given["reference"])
    value = _drawless(scope, node, given["value"])
    if reference is None or value is None:
        return poison()
    place = ir.Place.FIRST if node.function.text == "first_in" else ir.Place.LAST
    nullable = value.nullable or reference.nullable
    return ir.Neighbour(value.type, nullable, place, reference.name, _candidate(scope, value))


def _inside(scope: Scope) -> Scope:
    """The scope of another row of the group: what is known of this row does not hold there."""
    return replace(scope, facts=NOTHING, candidate=None)


def _candidate(scope: Scope, value: ir.Expr) -> ir.Candidate:
    assert scope.table is not None
    return ir.Candidate(value.type, value.nullable, scope.table.name, value)


def _drawless(scope: Scope, node: tree.Call, value: tree.Expr) -> ir.Expr | None:
    """A value that rows have; a diagnostic where it would be drawn."""
    before = scope.sites.count
    found = _inside(scope).infer(value)
    if poisoned(found):
        return None
    if isinstance(found.type, (t.Tuple, t.Null)):
        _misused(scope, node, value, "takes a value of a row", f"for example {_example(node)}")
        return None
    if scope.sites.count > before:
        _misused(
            scope,
            node,
            value,
            "looks at a value that a row has, and this draws a new one",
            f"draw it in a column (`hidden` if it is not wanted), and name that: {_example(node)}",
        )
        return None
    return found


# --- arguments -----------------------------------------------------------------------------


def _arguments(scope: Scope, node: tree.Call) -> dict[str, tree.Expr] | None:
    """The arguments by the names of the parameters; None, with a diagnostic, where they do not fit."""
    function = FUNCTIONS[node.function.text]
    known = tuple(p.name for p in function.parameters)
    given: dict[str, tree.Arg] = {}
    place = 0
    for arg in node.args:
        name = known[place] if arg.name is None and place < len(known) else ""
        place += arg.name is None
        if arg.name is not None:
            name = arg.name.text
            if name not in known:
                near = nearest(name, known)
                corrected = scope.program.line_with(arg.name.span, near) if near else ""
                scope.report(
                    names.UnknownArgument(
                        span=arg.name.span,
                        written=name,
                        near=near,
                        known=known,
                        corrected=corrected,
                        function=function.name,
                    )
                )
                return None
        if not name:
            scope.report(
                types.TooManyArguments(
                    span=arg.span,
                    function=function.name,
                    takes=len(known),
                    given=len(node.args),
                    signature=function.signature(),
                )
            )
            return None
        if name in given:
            scope.report(
                names.DuplicateArgument(
                    span=arg.span, written=name, function=function.name, first=given[name].span
                )
            )
            return None
        if arg.where is not None:
            _misused(
                scope,
                node,
                arg.where,
                "has no `where`",
                "use `if condition then value else 0` for rows that shall not count",
            )
            return None
        given[name] = arg
    least = 2 if function.name in ("first_in", "last_in") else 1
    if any(name not in given for name in known[:least]):
        wanted = "a reference of this table and a column" if least == 2 else "a column or another value"
        _misused(scope, node, node, f"takes {wanted}", f"for example {_example(node)}")
        return None
    return {name: arg.value for name, arg in given.items()}


def _group(scope: Scope, node: tree.Call, per: tree.Expr | None) -> tuple[str | None, bool] | None:
    """The reference whose groups are meant (None: the whole table), and whether it may be null."""
    if not _stands_in_row(scope, node):
        return None
    assert scope.table is not None
    if per is not None:
        named = group_reference(scope, node, per)
        return None if named is None else (named.name, named.nullable)
    each = [r for r in scope.table.references.values() if _is_each(r)]
    if len(each) > 1:
        inside = ", ".join(scope.text(a) for a in node.args)
        text = f"{node.function.text}({inside}, per: {names.quoted(each[0].name)})"
        _misused(
            scope,
            node,
            node,
            f"could go along the rows of {names.listed(tuple(r.name for r in each))}",
            f"say along which: {scope.program.line_with(node.span, text)}",
        )
        return None
    return (each[0].name, each[0].nullable) if each else (None, False)


def _is_each(reference: ReferenceSymbol) -> bool:
    return any(isinstance(m, tree.Each) for m in reference.decl.modifiers)


def _stands_in_row(scope: Scope, node: tree.Call) -> bool:
    """Whether a row of a table is at hand, and no candidate beside it."""
    if scope.table is not None and scope.candidate is None:
        return True
    _misused(
        scope,
        node,
        node,
        "goes along the rows of a table, and stands only in its columns and checks",
        "give the table a column with the value (`hidden` if it is not wanted), and name that",
    )
    return False


def _misused(scope: Scope, node: tree.Call, at: tree.Node, why: str, remedy: str) -> None:
    scope.report(types.SpecialForm(span=at.span, function=node.function.text, why=why, remedy=remedy))


def _example(node: tree.Call) -> str:
    return f"`{FUNCTIONS[node.function.text].examples[0].code}`"
