"""Values across rows: roll-ups over the rows that refer here, the position within a group, the part
of a parent's amount."""

from __future__ import annotations

from specdsl.check import paths
from specdsl.check.conversions import cast
from specdsl.check.operators import condition
from specdsl.check.scopes import ReferenceSymbol, Scope, TableSymbol, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.ir import expr as ir
from specdsl.syntax import tree

AGGREGATES = frozenset(f.value for f in ir.AggregateFunction)


def is_aggregate(node: tree.Call) -> bool:
    """Whether a call goes over the rows of a table."""
    return node.function.text in AGGREGATES


def aggregate(scope: Scope, node: tree.Call) -> ir.Expr:
    """``sum(orders.total where .status == paid, via: user_id)``."""
    function = ir.AggregateFunction(node.function.text)
    if not node.args:
        return _not_rows(scope, node, node)
    arg = node.args[0]
    if len(node.args) > 1 and node.args[1].name is None:
        return _not_rows(scope, node, node)
    via = _via(scope, node)
    if isinstance(via, _Broken):
        return poison()
    base, steps = paths.unroll(arg.value)
    if not isinstance(base, tree.NameRef) or scope.table is None or arg.name is not None:
        return _not_rows(scope, node, arg.value)
    found = _hops(scope, node, [base.name, *steps], via)
    if found is None:
        return poison()
    hops, child, rest = found
    inner = scope.with_candidate(child)
    where = condition(inner, arg.where, "`where`") if arg.where is not None else None
    value: ir.Expr | None = None
    if rest:
        body = paths.walk(scope, child, rest)
        if poisoned(body):
            return body
        value = ir.Candidate(body.type, body.nullable, child.name, body)
    if where is not None and poisoned(where):
        return where
    return _typed(scope, node, function, tuple(hops), value, where, child)


class _Broken:
    pass


_BROKEN = _Broken()


def _via(scope: Scope, node: tree.Call) -> tree.Name | _Broken | None:
    via: tree.Name | None = None
    for arg in node.args[1:]:
        if arg.name is not None and arg.name.text == "via" and isinstance(arg.value, tree.NameRef):
            if via is not None:
                first = next(a for a in node.args if a.name is not None and a.name.text == "via")
                scope.report(
                    names.DuplicateArgument(
                        span=arg.span, written="via", function=node.function.text, first=first.span
                    )
                )
                return _BROKEN
            via = arg.value.name
        elif arg.name is not None and arg.name.text != "via":
            near = nearest(arg.name.text, ("via",))
            scope.report(
                names.UnknownArgument(
                    span=arg.name.span,
                    written=arg.name.text,
                    near=near,
                    known=("via",),
                    corrected=scope.program.line_with(arg.name.span, "via") if near else "",
                    function=node.function.text,
                )
            )
            return _BROKEN
        else:
            signature = f"{node.function.text}(table.column where condition, via: reference)"
            scope.report(
                types.TooManyArguments(
                    span=arg.span,
                    function=node.function.text,
                    takes=1,
                    given=len(node.args),
                    signature=signature,
                )
            )
            return _BROKEN
    return via


def _not_rows(scope: Scope, node: tree.Call, value: tree.Expr) -> ir.Expr:
    name = node.function.text
    remedy = f"name the table and one of its columns: `{name}(table.column)`"
    if isinstance(value, tree.Binary):
        remedy = f"give that table a hidden column with the value, and write `{name}(table.column)`"
    elif name in {"min", "max"} and len(node.args) > 1:
        other = "least" if name == "min" else "greatest"
        inside = ", ".join(scope.text(a) for a in node.args)
        remedy = f"of several values of a row: {scope.program.line_with(node.span, f'{other}({inside})')}"
    scope.report(
        types.SpecialForm(
            span=value.span,
            function=name,
            why="goes over the rows of a table that refers here",
            remedy=remedy,
        )
    )
    return poison()


def _hops(
    scope: Scope, node: tree.Call, steps: list[tree.Name], via: tree.Name | None
) -> tuple[list[ir.Hop], TableSymbol, list[tree.Name]] | None:
    """The tables that a path goes through, and what is left of it: a path in the last one."""
    assert scope.table is not None
    parent, hops = scope.table, list[ir.Hop]()
    via_used = via is None
    i = 0
    while i < len(steps):
        step = steps[i]
        child = scope.program.tables.get(step.text)
        if hops and (step.text in parent.columns or child is None):
            break
        if child is None:
            _report_table(scope, node, step, steps)
            return None
        candidates = child.references_to(parent)
        unknown = any(r.target is None for r in child.references.values())  # reported where they stand
        if not candidates and (child.incomplete or unknown):
            return None
        if not candidates:
            if hops:
                break
            children = tuple(o.name for o in scope.program.tables.values() if o.references_to(parent))
            scope.report(
                names.NotAChild(span=step.span, child=child.name, parent=parent.name, children=children)
            )
            return None
        reference = _chosen(candidates, via)
        if reference is None:
            if (
                via is not None
                and not any(via.text in c.references for c in (child,))
                and len(candidates) == 1
            ):
                reference = candidates[0]
            else:
                _report_ambiguous(scope, node, child, parent, candidates, via)
                return None
        via_used |= via is not None and via.text in reference.columns
        hops.append(ir.Hop(child.name, reference.name))
        parent = child
        i += 1
    if not via_used and via is not None:
        known = tuple(r.name for r in parent.references.values())
        near = nearest(via.text, known)
        scope.report(
            names.UnknownColumn(
                span=via.span,
                written=via.text,
                near=near,
                known=known,
                owner=f"table `{parent.name}`",
                corrected=scope.program.line_with(via.span, near) if near else "",
            )
        )
        return None
    return hops, parent, steps[i:]


def _chosen(candidates: list[ReferenceSymbol], via: tree.Name | None) -> ReferenceSymbol | None:
    if via is not None:
        return next((r for r in candidates if via.text in r.columns), None)
    return candidates[0] if len(candidates) == 1 else None


def _report_table(scope: Scope, node: tree.Call, step: tree.Name, steps: list[tree.Name]) -> None:
    program = scope.program
    if (
        scope.table is not None
        and step.text in scope.table.columns
        and not nearest(step.text, program.tables)
    ):
        _not_rows(scope, node, node.args[0].value)
        return
    if program.incomplete:
        return
    known = tuple(program.tables)
    near = nearest(step.text, known)
    scope.report(
        names.UnknownTable(
            span=step.span,
            written=step.text,
            near=near,
            known=known,
            corrected=program.line_with(step.span, names.quoted(near)) if near else "",
        )
    )


def _report_ambiguous(
    scope: Scope,
    node: tree.Call,
    child: TableSymbol,
    parent: TableSymbol,
    candidates: list[ReferenceSymbol],
    via: tree.Name | None,
) -> None:
    if via is not None:
        known = tuple(r.name for r in candidates)
        near = nearest(via.text, known) or (known[0] if len(known) == 1 else None)
        scope.report(
            names.UnknownColumn(
                span=via.span,
                written=via.text,
                near=near,
                known=known,
                owner=f"table `{child.name}`",
                corrected=scope.program.line_with(via.span, near) if near else "",
                remedy=f"its references to `{parent.name}` are {names.listed(known)}",
            )
        )
        return
    inside = ", ".join(scope.text(a) for a in node.args)
    text = f"{scope.text(node.function)}({inside}, via: {names.quoted(candidates[0].name)})"
    scope.report(
        names.AmbiguousPath(
            span=node.args[0].span,
            child=child.name,
            parent=parent.name,
            references=tuple((r.name, r.decl.targets[0].span) for r in candidates),
            corrected=scope.program.line_with(node.span, text),
        )
    )


def _typed(
    scope: Scope,
    node: tree.Call,
    function: ir.AggregateFunction,
    hops: tuple[ir.Hop, ...],
    value: ir.Expr | None,
    where: ir.Expr | None,
    child: TableSymbol,
) -> ir.Expr:
    f = ir.AggregateFunction
    if function is f.COUNT:
        return ir.Aggregate(t.INT, False, function, hops, value, where)
    if value is None:
        columns = [c for c in child.columns if c not in child.key]
        sample = columns[0] if columns else "column"
        path = f"{scope.text(node.args[0].value)}.{names.quoted(sample)}"
        scope.report(
            types.SpecialForm(
                span=node.args[0].value.span,
                function=function.value,
                why=f"needs a column of `{child.name}`",
                remedy=f"write {scope.program.line_with(node.args[0].value.span, path)}",
            )
        )
        return poison()
    result: t.DataType | None = None
    nullable = True
    match function, value.type:
        case f.SUM, t.Int():
            result, nullable = t.INT, False
        case f.SUM, t.Float():
            result, nullable = t.FLOAT, False
        case f.SUM, t.Decimal(precision, scale):
            result, nullable = t.Decimal(min(38, max(precision + 9, 18)), scale), False
        case f.SUM, t.Duration():
            result, nullable = t.DURATION, False
        case f.AVG, t.Int() | t.Float() | t.Decimal():
            result, value = t.FLOAT, _as(value, t.FLOAT)
        case ((f.FIRST | f.LAST), _):
            result = value.type
        case ((f.MIN | f.MAX), (t.String() | t.Enum() | t.Bool())):
            result = value.type
        case ((f.MIN | f.MAX), dtype) if t.is_ordered(dtype):
            result = dtype
        case _:
            pass
    if result is None:
        wanted = "numbers" if function is f.AVG else "numbers or durations"
        if function in (f.MIN, f.MAX):
            wanted = "what has an order"
        scope.report(
            types.AggregateType(
                span=node.args[0].value.span, function=function.value, wanted=wanted, found=str(value.type)
            )
        )
        return poison()
    if function is f.SUM and isinstance(result, (t.Int, t.Float)):
        value = _as(value, result)
    return ir.Aggregate(result, nullable, function, hops, value, where)


def _as(value: ir.Expr, dtype: t.DataType) -> ir.Expr:
    """A child's value cast where it is: in the child's row."""
    if isinstance(value, ir.Candidate):
        return ir.Candidate(dtype, value.nullable, value.table, cast(value.body, dtype))
    return cast(value, dtype)


# --- within a group ------------------------------------------------------------------------


def index_in(scope: Scope, node: tree.Call) -> ir.Expr:
    """``index_in(order_id)``."""
    if len(node.args) != 1 or node.args[0].name is not None:
        return _form(scope, node, "takes one reference of this table", "index_in")
    reference = group_reference(scope, node, node.args[0].value)
    return poison() if reference is None else ir.IndexIn(t.INT, reference.nullable, reference.name)


def _form(scope: Scope, node: tree.Call, why: str, name: str) -> ir.Expr:
    references = list(scope.table.references) if scope.table is not None else []
    sample = references[0] if references else "parent_id"
    inside = sample if name == "index_in" else f"{sample}.amount"
    scope.report(
        types.SpecialForm(span=node.span, function=name, why=why, remedy=f"for example `{name}({inside})`")
    )
    return poison()


def group_reference(scope: Scope, node: tree.Call, value: tree.Expr) -> ReferenceSymbol | None:
    """The reference of this row that a name means; a diagnostic where there is none."""
    name = node.function.text
    if not isinstance(value, tree.NameRef) or scope.table is None:
        _form(scope, node, "takes one reference of this table", name)
        return None
    symbol = scope.table.columns.get(value.name.text)
    if symbol is None:
        paths.report_unknown_name(scope, value, None)
        return None
    if symbol.reference is None:
        references = names.listed(tuple(scope.table.references), "none")
        scope.report(
            types.SpecialForm(
                span=value.span,
                function=name,
                why=f"takes a reference, and `{symbol.name}` is none",
                remedy=f"the references of `{scope.table.name}` are {references}",
            )
        )
        return None
    return symbol.reference if symbol.reference.target is not None else None


def split(scope: Scope, node: tree.Call) -> ir.Expr:
    """``split(order_id.total, by: weight)``."""
    amount_node: tree.Expr | None = None
    weight_node: tree.Expr | None = None
    for arg in node.args:
        if arg.name is None and amount_node is None:
            amount_node = arg.value
        elif (arg.name is None or arg.name.text == "by") and weight_node is None:
            weight_node = arg.value
        elif arg.name is not None and arg.name.text not in {"by", "amount"}:
            scope.report(
                names.UnknownArgument(
                    span=arg.name.span,
                    written=arg.name.text,
                    near=nearest(arg.name.text, ("by",)),
                    known=("by",),
                    function="split",
                )
            )
            return poison()
        elif arg.name is not None and arg.name.text == "amount" and amount_node is None:
            amount_node = arg.value
        else:
            return _form(scope, node, "takes an amount of the parent, and `by:` a weight", "split")
    if amount_node is None:
        return _form(scope, node, "takes an amount of the parent", "split")
    base, steps = paths.unroll(amount_node)
    if not isinstance(base, tree.NameRef) or not steps:
        return _form(scope, node, "takes an amount of the parent, as a path through a reference", "split")
    reference = group_reference(scope, node, base)
    if reference is None or reference.target is None:
        return poison()
    amount = scope.infer(amount_node)
    site_weight = ir.Const(t.INT, False, 1) if weight_node is None else scope.infer(weight_node)
    if poisoned(amount, site_weight):
        return poison()
    for value, at, what in ((amount, amount_node, "amount"), (site_weight, weight_node, "by")):
        fits = isinstance(value.type, (t.Int, t.Decimal)) or (
            what == "by" and isinstance(value.type, t.Float)
        )
        if not fits and at is not None:
            scope.report(
                types.ArgumentType(
                    span=at.span,
                    function="split",
                    parameter=what,
                    wanted="an int or decimal" if what == "amount" else "number",
                    found=str(value.type),
                    signature="split(amount: int or decimal, by: number = 1)",
                )
            )
            return poison()
    if not isinstance(amount, ir.Follow):
        return _form(scope, node, "takes an amount of the parent, as a path through a reference", "split")
    nullable = amount.nullable or site_weight.nullable
    return ir.Split(amount.type, nullable, reference.name, amount, site_weight)
