"""References to the version that is valid at a time, and to what was known then: ``as of placed_at``."""

from __future__ import annotations

from specdsl.check.operators import condition
from specdsl.check.scopes import Scope, TableSymbol, poisoned
from specdsl.check.written_columns import written
from specdsl.datatypes import types as t
from specdsl.diagnostics import histories as errors
from specdsl.diagnostics import types
from specdsl.diagnostics.names import quoted
from specdsl.diagnostics.types import article
from specdsl.ir import expr as ir
from specdsl.syntax import tree


def as_of(scope: Scope, target: TableSymbol | None, node: tree.AsOf) -> ir.Expr | None:
    """The condition on a version that it is valid at a time; None, with a diagnostic, where there is none."""
    if target is None:
        return None
    axes = _axes(target)
    if not axes:
        if not target.incomplete:
            tables = scope.program.tables.items()
            known = tuple(name for name, table in tables if table.histories or table.records)
            scope.report(errors.NoHistory(span=node.span, table=target.name, known=known))
        return None
    before = scope.sites.count
    moment = scope.infer(node.moment, t.TIMESTAMP)
    if poisoned(moment):
        return None
    why = remedy = ""
    if not isinstance(moment.type, (t.Timestamp, t.Date)):
        why = f"takes a time, and this is {article(str(moment.type))}"
        remedy = "name a column with a timestamp or a date: `as of placed_at`"
    elif scope.sites.count > before:
        why = "takes a time that the row has, and this draws a new one"
        remedy = "draw it in a column (`hidden` if it is not wanted), and name that"
    if why:
        scope.report(types.SpecialForm(span=node.moment.span, function="as of", why=why, remedy=remedy))
        return None
    within = (f".{start} <= MOMENT and (.{end} == null or .{end} > MOMENT)" for start, end in axes)
    text = f"check valid: {' and '.join(within)}"
    (check,) = written(text, node.span, {"MOMENT": node.moment})
    assert isinstance(check, tree.CheckDecl)
    found = condition(scope.with_candidate(target), check.condition, "`as of`")
    return None if poisoned(found) else found


def _axes(target: TableSymbol) -> list[tuple[str, str]]:
    """The columns between which a row of the table is valid, and of what was known of versions those between
    which it was known."""
    found = [(history.valid_from, history.valid_to) for history in target.histories.values()]
    for known in target.records.values():
        found.append((known.history.valid_from, known.history.valid_to))
        found.append((f"{known.name}_from", f"{known.name}_to"))
    return [(quoted(start), quoted(end)) for start, end in found]


def both(left: ir.Expr, right: ir.Expr | None) -> ir.Expr:
    """``left and right``."""
    if right is None:
        return left
    return ir.Logic(t.BOOL, left.nullable or right.nullable, ir.LogicOp.AND, left, right)
