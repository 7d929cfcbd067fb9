"""Typed expressions as DuckDB SQL: the second backend, for checking what the first one made.

The SQL runs over tables in physical form (see ``specdsl.verify.forms``) named and laid out as
``specdsl.verify.naming`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from specdsl.datatypes import types as t
from specdsl.functions.entry import Function
from specdsl.ir import expr as e
from specdsl.ir.model import Column, Dataset, Reference, Table
from specdsl.verify.across import aggregate, index_in
from specdsl.verify.forms import (
    constant,
    physical_type,
    quote_name,
    quote_text,
    struct_field,
    to_natural,
    to_physical,
)
from specdsl.verify.in_order import neighbour, running
from specdsl.verify.lowered import CannotLowerError, Lowered, NotLowered, Scope
from specdsl.verify.naming import ROW, VARIANTS, column_name, known_name, table_name
from specdsl.verify.operators import arithmetic, cast, compare, membership, negate
from specdsl.verify.text import formatted

_MAX_INLINED = 20


@dataclass(frozen=True)
class Context:
    """What lowering knows beside the expression. ``missing`` has the columns that the data at hand
    lack or hold in an unreadable form, by (table, column), with the reason. ``generated``: the rows
    are those of a build, so that their numbers mean something. ``ordered``: rows are in the order of their
    table; in partitions they are not. ``sample``: look at one row
    (or one group of rows) of so many, by table; absent is every row. ``grown``: tables that have rows in
    earlier batches, which are not at hand; ``known``: those of them of which there is what rows at hand refer
    to. ``varied``: tables of which there is a list of the rows of variants, earlier ones included."""

    dataset: Dataset
    functions: Mapping[str, Function]
    missing: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sample: Mapping[str, int] = field(default_factory=dict)
    generated: bool = True
    ordered: bool = True
    grown: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    varied: frozenset[str] = frozenset()

    def parents(self, table: Table) -> str:
        """The relation in which rows that are referred to are looked up."""
        return known_name(table) if table.name in self.known else table_name(table)

    def sampled(self, table: Table, hashed: str) -> str:
        """A condition to append that takes the sample of ``table``, by a hash that equal things share."""
        one_of = self.sample.get(table.name, 1)
        return "" if one_of <= 1 else f" AND {hashed} % {one_of} = 0"


def lower(expr: e.Expr, scope: Scope, context: Context) -> Lowered | NotLowered:
    """SQL for ``expr`` in the row that ``scope`` names, with the semantics of ``specdsl.ir.expr``."""
    lowering = Lowering(context)
    try:
        sql = lowering.expr(expr, scope)
    except CannotLowerError as problem:
        return NotLowered(str(problem))
    return Lowered(sql, tuple(lowering.joins))


class Lowering:
    """One lowering: collects the joins that the expressions lowered with it share."""

    def __init__(
        self, context: Context, numbers: count[int] | None = None, *, runs_of: str | None = None
    ) -> None:
        """``runs_of`` is the alias of a table that the query will scan in the order of its rows, in place of
        which it can take ``source``."""
        self.context = context
        self.joins: list[str] = []
        self.runs_of = runs_of
        self._runs: dict[str, list[str]] = {}
        self._numbers = count(1) if numbers is None else numbers
        self._joined: dict[object, str] = {}
        self._inlining: list[tuple[str, str]] = []

    def inner(self) -> Lowering:
        """A lowering for a subquery: joins of its own, aliases that no outer one has."""
        inner = Lowering(self.context, self._numbers)
        inner._inlining = self._inlining
        return inner

    def alias(self, prefix: str) -> str:
        """A fresh alias."""
        return f"{prefix}{next(self._numbers)}"

    def join(self, key: object, clause: Callable[[str], str], prefix: str = "j") -> str:
        """The alias of the join that ``clause`` makes for one; the same ``key`` is joined once."""
        if key not in self._joined:
            alias = self.alias(prefix)
            text = clause(alias)  # may itself join first
            self.joins.append(text)
            self._joined[key] = alias
        return self._joined[key]

    def source(self, table: Table) -> str:
        """The relation to scan as ``runs_of``: the table, with the columns that ``run_start`` promised."""
        marks, starts = [], []
        for i, columns in enumerate(self._runs.values()):
            changed = " OR ".join(f"{c} IS DISTINCT FROM lag({c}) OVER ()" for c in columns)
            marks.append(f'CASE WHEN {changed} THEN {ROW} END AS "#mark{i}"')
            starts.append(f'max("#mark{i}") OVER (ROWS UNBOUNDED PRECEDING) AS "#run{i}"')
        if not marks:
            return table_name(table)
        marked = f"SELECT *, {', '.join(marks)} FROM {table_name(table)}"
        return f"(SELECT *, {', '.join(starts)} FROM ({marked}))"

    def run_start(self, scope: Scope, reference: str, columns: list[str]) -> str:
        """The number of the first row of the run of rows with the same parent that this row is in."""
        bare = [c.removeprefix(f"{scope.alias}.") for c in columns]
        self._runs.setdefault(reference, bare)
        return f'{scope.alias}."#run{list(self._runs).index(reference)}"'

    # --- names -----------------------------------------------------------------------------

    def column(self, name: str, scope: Scope) -> str:
        """The value of a column; a hidden one that draws nothing by its expression."""
        table = scope.table
        column = table.columns[name]
        if column.hidden:
            return self._hidden(column, scope)
        reason = self.context.missing.get((table.name, name))
        if reason is not None:
            raise CannotLowerError(reason)
        return f"{scope.alias}.{quote_name(column_name(table, name))}"

    def _hidden(self, column: Column, scope: Scope) -> str:
        table = scope.table
        place = (table.name, column.name)
        if (
            column.nulls is not None
            or table.is_varied(column.name)
            or column.reference is not None
            or place in self._inlining
            or len(self._inlining) >= _MAX_INLINED
        ):
            raise CannotLowerError(f"it needs the hidden column `{table.name}.{column.name}`")
        self._inlining.append(place)
        try:
            return self.expr(column.value, scope)
        except CannotLowerError as problem:
            raise CannotLowerError(f"it needs the hidden column `{table.name}.{column.name}`") from problem
        finally:
            self._inlining.pop()

    def reference(self, scope: Scope, name: str) -> tuple[Reference, list[str]]:
        """A reference of the scope's table and the SQL of its columns."""
        reference = scope.table.references[name]
        return reference, [self.column(c, scope) for c in reference.columns]

    def parent(self, scope: Scope, name: str) -> Scope:
        """The scope of the row that reference ``name`` points to, joined in."""

        def clause(alias: str) -> str:
            reference, columns = self.reference(scope, name)
            parent = Scope(self.context.dataset.tables[reference.table], alias)
            keys = [self.column(k, parent) for k in reference.key]
            on = " AND ".join(f"{key} = {column}" for key, column in zip(keys, columns, strict=True))
            return f"LEFT JOIN {self.context.parents(parent.table)} AS {alias} ON {on}"

        alias = self.join(("parent", scope.alias, name), clause, "p")
        return Scope(self.context.dataset.tables[scope.table.references[name].table], alias)

    def _variant(self, scope: Scope) -> str:
        """The name of the variant of a row."""
        table = scope.table.name
        if table not in self.context.varied:
            if not scope.table.variants and not self.context.dataset.edge:
                return "NULL"
            raise CannotLowerError("there is no list that says which rows are of a variant")

        def clause(alias: str) -> str:
            listed = f'SELECT "row", variant FROM {VARIANTS} WHERE "table" = {quote_text(table)}'
            return f'LEFT JOIN ({listed}) AS {alias} ON {alias}."row" = {scope.alias}.{ROW}'

        return f"{self.join(('variant', scope.alias), clause, 'v')}.variant"

    def require_order(self) -> None:
        """Raises CannotLowerError where the numbers of rows are not known."""
        if not self.context.ordered:
            raise CannotLowerError("it goes by row numbers, which partitions do not keep")

    # --- expressions -----------------------------------------------------------------------

    def expr(self, expr: e.Expr, scope: Scope) -> str:
        """SQL of one node."""
        match expr:
            case e.Const(type=dtype, value=value):
                return constant(value, dtype)
            case e.ColumnValue(column=name):
                return self.column(name, scope)
            case e.VariantName():
                return self._variant(scope)
            case e.Ordinary():
                raise CannotLowerError("it names what a column would be otherwise")
            case e.RowNumber():
                self.require_order()
                return f"{scope.alias}.{ROW}"
            case e.ParentKey(reference=name, column=key):
                reference = scope.table.references[name]
                return self.column(reference.columns[reference.key.index(key)], scope)
            case e.DimensionValue(type=dtype):
                return self._dimension(scope, dtype)
            case e.Follow(reference=name, body=body):
                if isinstance(body, e.ColumnValue) and body.column in scope.table.references[name].key:
                    reference, columns = self.reference(scope, name)
                    return columns[reference.key.index(body.column)]
                return self._in_parent(body, self.parent(scope, name))
            case e.Candidate(body=body):
                if scope.candidate is None:
                    raise CannotLowerError("it names a candidate outside of a condition on candidates")
                return self.expr(body, scope.candidate)
            case e.FieldValue(base=base, field=name):
                return struct_field(self.expr(base, scope), name)
            case e.Call():
                return self._call(expr, scope)
            case e.Unary(op=op, operand=operand):
                inner = self.expr(operand, scope)
                return f"(NOT {inner})" if op is e.UnaryOp.NOT else negate(inner, operand.type)
            case e.Arithmetic(type=dtype, op=op, left=left, right=right):
                a, b = self.expr(left, scope), self.expr(right, scope)
                return arithmetic(op, a, left.type, b, right.type, dtype)
            case e.Compare(op=op, left=left, right=right):
                return compare(op, self.expr(left, scope), left.type, self.expr(right, scope), right.type)
            case e.Logic(op=op, left=left, right=right):
                return f"({self.expr(left, scope)} {op.value.upper()} {self.expr(right, scope)})"
            case e.IsNull(operand=operand):
                return f"({self.expr(operand, scope)} IS NULL)"
            case e.IsIn(operand=operand, items=items):
                if not items:
                    return "false"
                listed = [(self.expr(item, scope), item.type) for item in items]
                return membership(self.expr(operand, scope), operand.type, listed)
            case e.Cast(type=dtype, operand=operand):
                return cast(self.expr(operand, scope), operand.type, dtype)
            case e.If(condition=condition, then=then, otherwise=otherwise):
                parts = [self.expr(x, scope) for x in (condition, then, otherwise)]
                return f"CASE WHEN {parts[0]} THEN {parts[1]} ELSE {parts[2]} END"
            case e.Match():
                return self._match(expr, scope)
            case e.Format(parts=parts):
                pieces = [_piece(self, part, scope) for part in parts]
                return _joined(pieces) if pieces else "''"
            case e.ListValue(items=items):
                inner = ", ".join(self.expr(item, scope) for item in items)
                return f"[{inner}]" if items else f"CAST([] AS {physical_type(expr.type)})"
            case e.StructValue(type=t.Struct(fields), items=items):
                inner = ", ".join(
                    f"{quote_name(f.name)} := {self.expr(item, scope)}"
                    for f, item in zip(fields, items, strict=True)
                )
                return f"struct_pack({inner})"
            case e.Aggregate() | e.IndexIn():
                return (
                    index_in(self, expr, scope)
                    if isinstance(expr, e.IndexIn)
                    else aggregate(self, expr, scope)
                )
            case e.Running():
                return running(self, expr, scope)
            case e.Neighbour():
                return neighbour(self, expr, scope)
            case (
                e.RangeDraw()
                | e.ChoiceDraw()
                | e.RegexDraw()
                | e.PoolDraw()
                | e.ListDraw()
                | e.GroupItem()
                | e.Different()
            ):
                raise CannotLowerError("it draws at random")
            case e.ToJson() | e.JsonArray() | e.JsonObject() | e.JsonMap() | e.LengthChecked():
                raise CannotLowerError("it is a JSON document")
            case e.EndsLater(operand=operand):
                return self.expr(operand, scope)
            case e.SourceValue():
                raise CannotLowerError("it comes from a file")
            case e.Split():
                raise CannotLowerError("it is a part of a split amount")
            case _:
                raise CannotLowerError(f"{type(expr).__name__} has no SQL form")

    def _in_parent(self, body: e.Expr, parent: Scope) -> str:
        sql = self.expr(body, parent)
        if isinstance(body, (e.ColumnValue, e.FieldValue)) and not (
            isinstance(body, e.ColumnValue) and parent.table.columns[body.column].hidden
        ):
            return sql  # null where there is no parent
        return f"CASE WHEN {parent.alias}.{ROW} IS NOT NULL THEN {sql} END"

    def _dimension(self, scope: Scope, dtype: t.DataType) -> str:
        over = scope.table.over
        if over is None or any(r.each for r in scope.table.references.values()):
            raise CannotLowerError("it is the value of one of several dimensions")
        return constant(over.low, dtype) + f" + {scope.alias}.{ROW} * CAST({over.step} AS BIGINT)"

    def _call(self, call: e.Call, scope: Scope) -> str:
        function = self.context.functions.get(call.function)
        if call.site is not None or (function is not None and function.draws):
            raise CannotLowerError("it draws at random")
        if function is None or (function.sql is None and call.function != "sequence"):
            raise CannotLowerError(f"`{call.function}` has no SQL form")
        if call.function == "sequence":  # the one function of the catalogue that knows its row
            start, step = (self.expr(arg, scope) for _, arg in call.args)
            return f"({start} + {scope.alias}.{ROW} * {step})"
        physical = {name: self.expr(arg, scope) for name, arg in call.args}
        args = {name: to_natural(physical[name], arg.type) for name, arg in call.args}
        types = {name: arg.type for name, arg in call.args}
        assert function.sql is not None
        natural = function.sql(args, types)
        if natural is None:
            raise CannotLowerError(f"`{call.function}` has no SQL form for arguments that differ by row")
        value = to_physical(natural, call.type)
        nullable = [
            physical[name] for name, arg in call.args if not isinstance(arg, e.Const) and arg.nullable
        ]
        if function.handles_null or len(nullable) < 2:
            return value
        # A null beside a value that the function refuses is null, not a failure.
        return f"CASE WHEN {' AND '.join(f'{x} IS NOT NULL' for x in nullable)} THEN {value} END"

    def _match(self, match: e.Match, scope: Scope) -> str:
        subjects = [self.expr(s, scope) for s in match.subjects]
        whens = []
        for arm in match.arms:
            alternatives = []
            for values in arm.values:
                tests = [
                    f"{sql} = {constant(value, subject.type)}"
                    for sql, subject, value in zip(subjects, match.subjects, values, strict=True)
                    if value is not None
                ]
                alternatives.append(" AND ".join(tests) or "true")
            condition = " OR ".join(f"({a})" for a in alternatives)
            whens.append(f"WHEN {condition} THEN {self.expr(arm.value, scope)}")
        otherwise = f" ELSE {self.expr(match.otherwise, scope)}" if match.otherwise is not None else ""
        return f"CASE {' '.join(whens)}{otherwise} END"


def _joined(pieces: list[str]) -> str:
    """Pieces of text one after another; halves of halves, since DuckDB limits how deep SQL is nested."""
    if len(pieces) <= 8:
        return f"({' || '.join(pieces)})"
    middle = len(pieces) // 2
    return f"({_joined(pieces[:middle])} || {_joined(pieces[middle:])})"


def _piece(lowering: Lowering, part: str | e.FormatPart, scope: Scope) -> str:
    if isinstance(part, str):
        return constant(part, t.STRING)
    return formatted(lowering.expr(part.value, scope), part.value.type, part.spec)
