"""The checked program in a few words a line, for tests that look at it."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum

from specdsl.check.show import show_value
from specdsl.ir import expr as ir
from specdsl.ir.model import Column, Dataset, Each, Reference, Table


def show(node: object) -> str:
    """An expression of the IR: `RangeDraw#0(1, 5)`, `Cast:float(quantity)`."""
    match node:
        case None:
            return ""
        case ir.Const(value=None):
            return f"null:{node.type}"
        case ir.Const(value=value):
            return show_value(value, node.type)
        case ir.ColumnValue(column=name):
            return name
        case ir.Follow(reference=name, body=body):
            return f"{name}.{show(body)}"
        case ir.Candidate(body=body):
            return f".{show(body)}"
        case ir.RowNumber():
            return "row"
        case ir.Cast(operand=operand):
            return f"{show(operand)} as {node.type}"
        case ir.Arithmetic() | ir.Compare() | ir.Logic():
            return f"({show(node.left)} {node.op} {show(node.right)})"
        case ir.IsNull(operand=operand):
            return f"{show(operand)} is null"
        case ir.Unary(op=op, operand=operand):
            return f"{op} {show(operand)}" if op is ir.UnaryOp.NOT else f"-{show(operand)}"
        case ir.Call(function=name, args=args, site=site):
            inside = ", ".join(f"{n}: {show(v)}" for n, v in args if show(v) != "null:null")
            ends = (
                "" if node.low is None and node.high is None else f" in {show(node.low)}..{show(node.high)}"
            )
            return f"{name}{'' if site is None else f'#{site}'}({inside}){ends}"
        case ir.ChoiceDraw(site=site, arms=arms, exact=exact):
            inside = " | ".join(f"{show(a.value)} {a.share * 100:g}%" for a in arms)
            return f"{'exact' if exact else 'choice'}#{site}({inside})"
        case ir.RangeDraw(site=site, low=low, high=high):
            return f"range#{site}({show(low)} .. {show(high)})"
        case ir.Aggregate(function=function, hops=hops, value=value, where=where):
            path = " ".join(f"<- {h.table}.{h.reference}" for h in hops)
            inside = f"{path}: {show(value)}" if value is not None else path
            return f"{function}({inside}{f' where {show(where)}' if where is not None else ''})"
        case ir.Format(parts=parts):
            inside = "".join(
                p if isinstance(p, str) else f"{{{show(p.value)}{f':{p.spec}' if p.spec else ''}}}"
                for p in parts
            )
            return f'f"{inside}"'
        case ir.If():
            return f"if {show(node.condition)} then {show(node.then)} else {show(node.otherwise)}"
        case ir.Match(subjects=subjects, arms=arms, otherwise=otherwise):
            inside = ", ".join(
                f"{' '.join(_pattern(v, subjects) for v in a.values)} => {show(a.value)}" for a in arms
            )
            rest = f", else => {show(otherwise)}" if otherwise is not None else ""
            return f"match {', '.join(map(show, subjects))} {{ {inside}{rest} }}"
        case ir.TupleValue(items=items) | ir.StructValue(items=items):
            return f"({', '.join(map(show, items))})"
        case ir.ListValue(items=items):
            return f"[{', '.join(map(show, items))}]"
        case ir.Expr():
            inside = ", ".join(
                f"{f.name}: {show(getattr(node, f.name))}"
                for f in fields(node)
                if f.name not in ("type", "nullable")
            )
            return f"{type(node).__name__}({inside})"
        case ir.JsonMember(name=name, value=value):
            return show(value) if name is None else f"{name}: {show(value)}"
        case tuple():
            return f"({', '.join(map(show, node))})"
        case Enum():
            return str(node.value)
        case _:
            return str(node)


def _pattern(values: tuple[ir.Physical | None, ...], subjects: tuple[ir.Expr, ...]) -> str:
    parts = ["_" if v is None else show_value(v, s.type) for v, s in zip(values, subjects, strict=True)]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def column_line(column: Column) -> str:
    """`age int in 18..90 = normal#0(mean: 38, sd: 12)`."""
    out = f"{column.name} {column.type}{'?' if column.nullable else ''}"
    if column.hidden:
        out += " hidden"
    if column.nulls is not None:
        out += f" {column.nulls.rate * 100:g}% null"
        if column.nulls.when is not None:
            out += f" when {show(column.nulls.when)} else {column.nulls.otherwise * 100:g}%"
    if column.bounds is not None:
        ends = ("" if e is None else show(e) for e in (column.bounds.low, column.bounds.high))
        out += f" in {'..'.join(ends)}"
    return f"{out} = {show(column.value)}"


def _each(each: Each) -> str:
    return f"each {show(each.count)} [{each.low}..{'' if each.high is None else each.high}]"


def reference_line(reference: Reference) -> str:
    """`user_id -> users(id) each range#0(1 .. 3) [1..3]`."""
    names = ", ".join(reference.columns)
    out = f"{f'({names})' if len(reference.columns) > 1 else names} -> {reference.table}({', '.join(reference.key)})"
    out += "?" if reference.nullable else ""
    if reference.each is not None:
        out += f" {_each(reference.each)}"
    if reference.skew is not None:
        out += f" {show(reference.skew)}"
    if reference.where is not None:
        out += f" where {show(reference.where)}"
    if reference.distinct_per:
        out += f" distinct per {', '.join(reference.distinct_per)}"
    for word, flag in (("unique", reference.unique), ("forest", reference.forest)):
        out += f" {word}" if flag else ""
    return out


def lines(dataset: Dataset) -> list[str]:
    """Everything that is said about the tables of a dataset, a line each, with the table's name before it."""
    out: list[str] = []
    for table in dataset.tables.values():
        out += [f"{table.name}: {line}" for line in _table(table)]
    return out


def _table(table: Table) -> list[str]:
    out = [column_line(c) for c in table.columns.values()]
    out += [reference_line(r) for r in table.references.values()]
    out += [f"group ({', '.join(g.columns)}) = {show(g.value)}" for g in table.groups]
    out += [f"check {c.name}: {show(c.condition)}" for c in table.checks]
    out.append(f"key ({', '.join(table.key)})")
    out += [f"unique ({', '.join(u.columns)}){' primary' if u.primary else ''}" for u in table.uniques]
    if table.rows is not None:
        out.append(f"rows {table.rows}")
    if table.over is not None:
        ends = (show_value(v, table.over.type) for v in (table.over.low, table.over.high))
        out.append(f"over {table.over.column} = {'..'.join(ends)} by {table.over.step}")
    if table.source is not None:
        out.append(f"source of {table.source.rows} rows")
    if table.query is not None:
        out.append(f"query reads {', '.join(table.query.reads)}")
    return out
