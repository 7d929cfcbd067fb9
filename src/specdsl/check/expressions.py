"""Typing of expressions: one table from the nodes of the tree to those of the IR."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.check import (
    aggregates,
    branches,
    calls,
    draws,
    foreign,
    formats,
    in_order,
    operators,
    paths,
    records,
)
from specdsl.check.boundaries import boundary
from specdsl.check.conversions import coerce, today
from specdsl.check.scopes import Origin, Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.diagnostics.syntax import NestingTooDeep
from specdsl.ir import expr as ir
from specdsl.source import Span
from specdsl.syntax import tree

DEEPEST = 220
"""How deep typing goes into an expression (up to two steps a level); deeper ones, which the parser does
not let through but a tree made otherwise may have, are refused."""

_EPOCH = 719_163  # datetime.date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class Typing(Scope):
    """The scope that types what stands in it."""

    def infer(self, node: tree.Expr, hint: t.DataType | None = None) -> ir.Expr:
        self.depth += 1
        try:
            return self._too_deep(node) if self.depth > DEEPEST else self._infer(node, hint)
        finally:
            self.depth -= 1

    def check(self, node: tree.Expr, target: t.DataType, origin: Origin | None = None) -> ir.Expr:
        self.depth += 1
        try:
            return self._too_deep(node) if self.depth > DEEPEST else self._check(node, target, origin)
        finally:
            self.depth -= 1

    def _too_deep(self, node: tree.Expr) -> ir.Expr:
        self.report(NestingTooDeep(span=node.span, limit=DEEPEST // 2))
        return poison()

    def _infer(self, node: tree.Expr, hint: t.DataType | None) -> ir.Expr:
        match node:
            case tree.NameRef():
                return paths.name_value(self, node, hint)
            case tree.Attribute():
                return paths.attribute(self, node)
            case tree.CandidateRef():
                return paths.candidate(self, node, [])
            case tree.Binary():
                return operators.binary(self, node, hint)
            case tree.Unary():
                return operators.unary(self, node, hint)
            case tree.Call():
                return self._call(node, hint, None)
            case tree.FString():
                return formats.fstring(self, node)
            case tree.Regex():
                return draws.regex(self, node)
            case tree.Range():
                return draws.drawn_range(self, node, None)
            case tree.Choice():
                return branches.choice(self, node, None)
            case tree.If():
                return branches.conditional(self, node, None)
            case tree.Match():
                return branches.match(self, node, None)
            case tree.ListLiteral():
                return draws.list_literal(self, node, hint)
            case tree.TupleLiteral(items=items):
                wanted = hint.items if isinstance(hint, t.Tuple) and len(hint.items) == len(items) else None
                values = [self.infer(n, wanted[i] if wanted else None) for i, n in enumerate(items)]
                if poisoned(*values):
                    return poison()
                row = t.Tuple(tuple(v.type for v in values))
                return ir.TupleValue(row, any(v.nullable for v in values), tuple(values))
            case tree.MapLiteral():
                remedy = f"write {self.program.line_with(node.span, f'pick({self.text(node)})')}"
                if isinstance(hint, t.Struct):
                    remedy = "the fields of a struct say themselves how they are drawn: leave the value out"
                self.report(
                    types.SpecialForm(
                        span=node.span,
                        function="{ }",
                        why="gives relative weights, and stands only in `pick`",
                        remedy=remedy,
                    )
                )
                return poison()
            case tree.ErrorExpr():
                return poison()
            case _:
                return self._literal(node, hint)

    def _literal(self, node: tree.Expr, hint: t.DataType | None) -> ir.Expr:
        match node:
            case tree.Number(value=value, is_int=True):
                if t.INT.low <= value <= t.INT.high:
                    return ir.Const(t.INT, False, int(value))
                return self._number_out_of_range(node.span)
            case tree.Number(value=value):
                if isinstance(hint, t.Decimal):
                    return operators.literal_beside(self, ir.Const(t.FLOAT, False, float(value)), node, hint)
                number = float(value)
                if number in (float("inf"), float("-inf")):
                    return self._number_out_of_range(node.span)
                return ir.Const(t.FLOAT, False, number)
            case tree.String(value=text):
                return ir.Const(t.STRING, False, text)
            case tree.Bool(value=flag):
                return ir.Const(t.BOOL, False, flag)
            case tree.Null():
                return ir.Const(t.NULL, True, None)
            case tree.Date(value=day):
                return ir.Const(t.DATE, False, day.toordinal() - _EPOCH)
            case tree.Timestamp(micros=micros):
                return ir.Const(t.TIMESTAMP, False, micros)
            case tree.Time(micros=micros):
                return ir.Const(t.TIME, False, micros)
            case tree.Duration(micros=micros):
                if not t.INT.low <= micros <= t.INT.high:
                    days = t.INT.high // 86_400_000_000
                    self.report(
                        types.LiteralOutOfRange(
                            span=node.span,
                            literal=self.text(node.span) or "this",
                            type="duration",
                            limits=f"-{days:_}d to {days:_}d",
                        )
                    )
                    return poison()
                return ir.Const(t.DURATION, False, micros)
            case _:
                return poison()

    def _number_out_of_range(self, span: Span) -> ir.Expr:
        limits = f"{t.INT.low} to {t.INT.high}"
        self.report(
            types.LiteralOutOfRange(span=span, literal=self.text(span) or "this", type="int", limits=limits)
        )
        return poison()

    def _check(self, node: tree.Expr, target: t.DataType, origin: Origin | None) -> ir.Expr:
        def branch(inner: tree.Expr) -> ir.Expr:
            return self.check(inner, target, origin)

        if target == t.UNKNOWN and not isinstance(node, (tree.NameRef, tree.Choice, tree.If, tree.Match)):
            return self._infer(node, None)
        match node:
            case tree.Choice():
                return branches.choice(self, node, branch)
            case tree.If():
                return branches.conditional(self, node, branch)
            case tree.Match():
                return branches.match(self, node, branch)
            case tree.Range() if t.is_ordered(target):
                return draws.drawn_range(self, node, target, origin)
            case tree.ListLiteral() if isinstance(target, t.List):
                return draws.list_literal(self, node, target)
            case tree.TupleLiteral(items=items) if isinstance(target, t.Tuple):
                if len(items) != len(target.items):
                    return self._tuple_shape(node.span, len(target.items), len(items), origin)
                values = [self.check(n, to, origin) for n, to in zip(items, target.items, strict=True)]
                if poisoned(*values):
                    return poison()
                row = t.Tuple(tuple(v.type for v in values))
                return ir.TupleValue(row, any(v.nullable for v in values), tuple(values))
            case tree.Call():
                value = self._call(node, target, branch)
            case tree.NameRef() if isinstance(target, t.Date):
                value = today(self._infer(node, target))
            case _:
                value = self._infer(node, target)
        if isinstance(target, t.Tuple) and isinstance(value.type, t.Struct) and self.fields:
            return records.fields_by_name(self, value, target, node)
        if isinstance(target, t.Tuple) and not poisoned(value):
            found = len(value.type.items) if isinstance(value.type, t.Tuple) else 1
            if found != len(target.items):
                remedy = ""
                if isinstance(value, ir.PoolDraw):
                    drawn = ", ".join(f"`{c}`" for c in value.columns)
                    remedy = (
                        f"pool `{value.pool}` gives {drawn} (weights are not drawn): name as many columns"
                    )
                return self._tuple_shape(node.span, len(target.items), found, origin, remedy)
        if isinstance(value.type, t.Tuple) and not isinstance(target, t.Tuple):
            return self._tuple_shape(node.span, 1, len(value.type.items), origin)
        return coerce(self, value, target, node.span, origin)

    def _tuple_shape(
        self, span: Span, wanted: int, found: int, origin: Origin | None, remedy: str = ""
    ) -> ir.Expr:
        what = f"`{self.owner}`" if wanted == 1 and self.owner else "this"
        if wanted > 1:
            what = f"a group of {wanted} columns"
        at = origin.span if origin is not None else None
        if at is not None:
            if (at, f"{found} items") in self.program.mismatches:
                return poison()
            self.program.mismatches.add((at, f"{found} items"))
        self.report(
            types.TupleShape(span=span, what=what, wanted=wanted, found=found, origin=at, remedy=remedy)
        )
        return poison()

    def _call(self, node: tree.Call, hint: t.DataType | None, branch: branches.Branch | None) -> ir.Expr:
        if aggregates.is_aggregate(node):
            return aggregates.aggregate(self, node)
        match node.function.text:
            case "pick":
                return draws.pick(self, node, hint)
            case "exact":
                return draws.exact(self, node, branch)
            case "index_in":
                return aggregates.index_in(self, node)
            case "boundary":
                return boundary(self, node)
            case "variant":
                return self._variant(node)
            case "split":
                return aggregates.split(self, node)
            case "running":
                return in_order.running(self, node)
            case "previous" | "next":
                return in_order.previous(self, node)
            case "first_in" | "last_in":
                return in_order.end_of_group(self, node)
            case "different":
                return draws.different(self, node, hint)
            case "distinct":
                return self._misplaced(
                    node,
                    "makes the elements of a list differ, and this is no list",
                    "for a column without repeats write `unique` after its type",
                )
            case "load":
                return self._misplaced(
                    node,
                    "makes a pool",
                    f"declare it: `pool Name = {self.text(node)}`, and write `pick(Name.column)`",
                )
            case "sql":
                return self._misplaced(node, "makes a table", f"declare it: `table name = {self.text(node)}`")
            case "faker" | "mimesis":
                return foreign.provider_call(self, node)
            case _:
                return calls.catalogue_call(self, node, hint)

    def _variant(self, node: tree.Call) -> ir.Expr:
        """``variant()``: which variant the row is of."""
        if self.table is None or node.args:
            return self._misplaced(
                node, "stands in a column, without arguments", "`kind string? = variant()`"
            )
        return ir.VariantName(t.STRING, True)

    def _misplaced(self, node: tree.Call, why: str, remedy: str) -> ir.Expr:
        self.report(types.SpecialForm(span=node.span, function=node.function.text, why=why, remedy=remedy))
        return poison()
