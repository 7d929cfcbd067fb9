"""How keys and unique columns keep their promise, or the error that nothing keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod

from specdsl.datatypes import types as t
from specdsl.diagnostics.model import DiagnosticBag
from specdsl.diagnostics.references import (
    CannotKeepUnique,
    CannotKeepUniqueTogether,
    GroupTooLarge,
    KeyRepeats,
    NullableKey,
    TooFewCombinations,
    TooFewValues,
    WeightsOfUnique,
)
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as x
from specdsl.ir.model import (
    Column,
    Dataset,
    Reference,
    Table,
    UniqueConstraint,
    Uniqueness,
    UniquePlan,
)
from specdsl.source import SourceFile, Span

from .cardinality import dimensions, row_range
from .covering.designs import apart_by_design
from .domains import Domain, domain, unambiguous
from .spans import ColumnSpans, SpanTable

PRACTICALLY_UNIQUE = 1 << 62
"""Of so many values chance alone keeps rows apart: they are drawn as always."""


class UniquenessAnalysis:
    """Decides one dataset's plans for uniqueness and reports what cannot be kept."""

    def __init__(
        self, dataset: Dataset, spans: SpanTable, sources: Mapping[str, SourceFile], bag: DiagnosticBag
    ) -> None:
        self.dataset = dataset
        self.spans = spans
        self.sources = sources
        self.bag = bag

    def run(self) -> Dataset:
        """The dataset with every plan decided."""
        tables = {name: self._table(table) for name, table in self.dataset.tables.items()}
        return replace(self.dataset, tables=tables)

    def _table(self, table: Table) -> Table:
        references = {r.name: self._one_to_one(table, r) for r in table.references.values()}
        table = replace(table, references=references)
        columns = {c.name: self._column(table, c) for c in table.columns.values()}
        table = replace(table, columns=columns)
        if table.query is not None:
            return table
        uniques = tuple(
            replace(u, plan=UniquePlan.STRUCTURAL)
            if apart_by_design(table, u)
            else self._constraint(table, u)
            for u in table.uniques
        )
        for unique in uniques:
            if unique.plan is UniquePlan.WITHIN:
                within = next(r for r in table.references.values() if set(r.columns) <= set(unique.columns))
                last = unique.columns[-1]
                columns[last] = replace(columns[last], distinct_within=within.name)
        table = replace(table, columns=columns)
        for name in table.key:
            self._key_not_null(table, columns[name])
        return replace(table, uniques=uniques)

    # --- single columns --------------------------------------------------------------------

    def _one_to_one(self, table: Table, reference: Reference) -> Reference:
        single = [table.columns[c] for c in reference.columns if c in table.columns]
        declared = reference.unique or (
            len(single) == 1
            and (single[0].uniqueness is not Uniqueness.NONE or table.key == reference.columns)
        )
        covering = any(set(u.columns) == set(reference.columns) for u in table.uniques)
        if not (declared or covering):
            return reference
        each = reference.each
        if each is not None and (each.high is None or each.high > 1 or len(dimensions(table)) > 1):
            spans = self._column_spans(table, reference.name)
            others = "" if each.high is None or each.high > 1 else " once for each of the other dimensions"
            most = "any number of" if each.high is None else str(each.high)
            self.bag.add(
                KeyRepeats(
                    span=spans.part("each", "reference"),
                    column=reference.name,
                    reason=f"a row of `{reference.table}` may have {most} children{others}",
                    remedy="let each parent have one at most: `each 0..1`, or use a key of several columns: "
                    f"`key ({reference.name}, line_no)` with `line_no int = 1 + index_in({reference.name})`",
                )
            )
        return replace(reference, unique=True)

    def _column(self, table: Table, column: Column) -> Column:
        if column.uniqueness is Uniqueness.NONE:
            return column
        if table.query is not None or isinstance(column.value, x.SourceValue):
            return replace(column, uniqueness=Uniqueness.SOURCE)
        if column.reference is not None:
            return replace(column, uniqueness=Uniqueness.STRUCTURAL)
        if isinstance(column.value, x.DimensionValue):
            return self._over_column(table, column)
        if self.injective(table, column.value):
            return replace(column, uniqueness=Uniqueness.INJECTIVE)
        found = domain(self.dataset, table, column.value, column.bounds)
        rows = row_range(self.dataset, table.name)
        if found is not None and found.size < rows.low:
            self._too_few(table, column, rows.low, found.size, found.arithmetic)
        elif found is not None and found.indexable and _indexable_form(column.value):
            if rows.high is not None and rows.high > found.size:
                self._too_few(table, column, rows.high, found.size, found.arithmetic)
            return replace(column, uniqueness=Uniqueness.PERMUTED)
        elif _weighted(column.value):
            self.bag.add(WeightsOfUnique(span=self._value_span(table, column.name), column=column.name))
        else:
            self.bag.add(
                CannotKeepUnique(
                    span=self._value_span(table, column.name),
                    column=column.name,
                    reason=f"nothing keeps {_what(column.value)} from coming twice",
                    remedy=self._remedy(table, column),
                )
            )
        return column

    def _over_column(self, table: Table, column: Column) -> Column:
        if dimensions(table):
            self.bag.add(
                KeyRepeats(
                    span=self._column_spans(table, column.name).part("key", "unique"),
                    column=column.name,
                    reason="it comes once for each parent of the `each` reference",
                    remedy=f"make it part of a key: `key ({dimensions(table)[0].name}, {column.name})`",
                )
            )
        return replace(column, uniqueness=Uniqueness.STRUCTURAL)

    def injective(self, table: Table, expr: x.Expr) -> bool:
        """Whether no two rows of ``table`` get the same value."""
        match expr:
            case x.RowNumber():
                return True
            case x.ColumnValue(column=name):
                return name in table.columns and table.columns[name].uniqueness is not Uniqueness.NONE
            case x.ParentKey(reference=name):
                return name in table.references and table.references[name].unique
            case x.Follow(reference=name, table=other, body=body):
                reference = table.references.get(name)
                parent = self.dataset.tables.get(other)
                return bool(reference and reference.unique and parent and self.injective(parent, body))
            case x.Call(function=name, args=args):
                function = FUNCTIONS.get(name)
                if function is not None and function.injective:
                    step = dict(args).get("step")
                    return not (isinstance(step, x.Const) and step.value == 0)
                return False
            case x.Arithmetic(left=left, right=right) if t.Float in map(type, (left.type, right.type)):
                return False  # two whole numbers may round to one float
            case x.Arithmetic(op=x.ArithmeticOp.ADD | x.ArithmeticOp.SUBTRACT, left=left, right=right):
                return self._one_side(table, left, right)
            case x.Arithmetic(op=x.ArithmeticOp.MULTIPLY, left=left, right=right):
                constants = [s for s in (left, right) if isinstance(s, x.Const)]
                return bool(constants and constants[0].value) and self._one_side(table, left, right)
            case x.Cast(type=t.Float(64), operand=x.RowNumber()):
                return True
            case x.Cast(operand=operand):
                return self._keeps_apart(operand.type, expr.type) and self.injective(table, operand)
            case x.Unary(op=x.UnaryOp.NEGATE, operand=operand):
                return self.injective(table, operand)
            case x.Format(parts=parts):
                return self._format_injective(table, parts)
            case _:
                return False

    def _one_side(self, table: Table, left: x.Expr, right: x.Expr) -> bool:
        if isinstance(left, x.Const):
            return self.injective(table, right)
        return isinstance(right, x.Const) and self.injective(table, left)

    @staticmethod
    def _keeps_apart(source: t.DataType, target: t.DataType) -> bool:
        if isinstance(target, t.String):
            return True
        if isinstance(source, t.Int):
            return isinstance(target, (t.Int, t.Decimal)) or (target == t.FLOAT and source.bits <= 32)
        return isinstance(source, t.Date) and isinstance(target, t.Timestamp)

    def _format_injective(self, table: Table, parts: tuple[str | x.FormatPart, ...]) -> bool:
        """A unique part keeps the whole unique unless its neighbours could blur its ends: a number must
        not touch text that may end or begin in a digit."""
        for i, part in enumerate(parts):
            if isinstance(part, str) or not self.injective(table, part.value):
                continue
            variable = [p for p in parts if isinstance(p, x.FormatPart)]
            if len(variable) == 1 or unambiguous(parts):
                return True
            before = parts[i - 1] if i else ""
            after = parts[i + 1] if i + 1 < len(parts) else ""
            if not isinstance(part.value.type, t.Int):
                return True
            if _no_digit_at(before, -1) and _no_digit_at(after, 0):
                return True
        return False

    def _too_few(self, table: Table, column: Column, rows: int, size: int, arithmetic: str) -> None:
        self.bag.add(
            TooFewValues(
                span=self._value_span(table, column.name),
                column=column.name,
                table=table.name,
                needed=rows,
                size=size,
                arithmetic=arithmetic,
                remedy=_wider(column.value, rows, size) or self._remedy(table, column),
                count_span=self.spans.tables[table.name].count,
            )
        )

    def _remedy(self, table: Table, column: Column) -> str:
        written = self._written(table, column.name)
        match column.value:
            case x.Format() if written.endswith('"'):
                return f'put the row number in: `{written[:-1]}{{row}}"`'
            case _ if isinstance(column.type, t.String):
                text = f'f"{column.name}-{{row}}"'
                return f"build it around the row number: `{self._with_value(table, column, 'string', text)}`"
            case _ if isinstance(column.type, t.Int):
                line = self._with_value(table, column, "int", "sequence(start: 1)")
                return f"number the rows: `{line}`, or shuffled: `permutation()`"
            case _ if isinstance(column.type, (t.Bool, t.Enum)):
                return "take away the `unique`: each value can stand in one row only"
            case _:
                return (
                    "draw it from something that cannot repeat: sequence(), uuid4(), or a "
                    "range with room enough"
                )

    # --- several columns -------------------------------------------------------------------

    def _constraint(self, table: Table, constraint: UniqueConstraint) -> UniqueConstraint:
        columns = constraint.columns
        members = [table.columns[c] for c in columns]
        if constraint.primary:
            for member in members:
                self._key_not_null(table, member)
        if table.source is not None and all(isinstance(m.value, x.SourceValue) for m in members):
            return replace(constraint, plan=UniquePlan.SOURCE)
        if self._structural(table, constraint):
            return replace(constraint, plan=UniquePlan.STRUCTURAL)
        covered = [r for r in table.references.values() if set(r.columns) <= set(columns)]
        if self._joint(table, constraint, covered):
            return replace(constraint, plan=UniquePlan.JOINT)
        free = [r for r in covered if r.each is None and not r.unique and not r.forest]
        if free and set(columns) - set(free[-1].columns):
            last = free[-1]
            self._group_fits(table, constraint, last)
            order = tuple(c for c in columns if c not in last.columns) + last.columns
            return replace(constraint, plan=UniquePlan.DISTINCT, columns=order)
        for reference in covered[:1]:
            distinct = self._distinct_member(table, reference, [m for m in members if m.reference is None])
            if distinct is not None:
                order = (*(c for c in columns if c != distinct.name), distinct.name)
                return replace(constraint, plan=UniquePlan.WITHIN, columns=order)
        self.bag.add(
            CannotKeepUniqueTogether(
                span=self._rule_span(table, constraint),
                columns=columns,
                remedy=self._together_remedy(table, columns),
            )
        )
        return constraint

    def _distinct_member(self, table: Table, reference: Reference, members: list[Column]) -> Column | None:
        """The column of the largest domain whose values can be numbered: distinct among the children of
        ``reference`` it keeps the whole combination unique. Reports where a parent has too many."""
        best: tuple[int, str, Column] | None = None
        for member in members:
            found = self._numbered(table, member)
            if found is not None and (best is None or found.size > best[0]):
                best = (found.size, found.arithmetic, member)
        if best is None:
            return None
        size, arithmetic, column = best
        each = reference.each
        if each is None:
            return column
        most = each.low if each.high is None or table.rows is not None else each.high
        if most > size:
            fitting = f"each {min(each.low, size)}..{size}"
            self.bag.add(
                TooFewValues(
                    span=self._value_span(table, column.name),
                    column=column.name,
                    table=table.name,
                    needed=most,
                    size=size,
                    arithmetic=arithmetic,
                    remedy=f"let each `{reference.name}` have at most {size}: `{fitting}`",
                    count_span=self._column_spans(table, reference.name).part("each"),
                    per=f"each `{reference.name}` may have {most} rows",
                )
            )
        return column

    def _numbered(self, table: Table, column: Column) -> Domain | None:
        """The domain of a column whose values have numbers, so that a permutation can deal them out. The
        shares of an exact choice are dealt out already, over the whole table."""
        if isinstance(column.value, x.ChoiceDraw) and column.value.exact:
            return None
        found = domain(self.dataset, table, column.value, column.bounds)
        return found if found is not None and found.indexable and _indexable_form(column.value) else None

    def _structural(self, table: Table, constraint: UniqueConstraint) -> bool:
        columns = set(constraint.columns)
        members = [table.columns[c] for c in constraint.columns]
        if any(m.uniqueness is not Uniqueness.NONE for m in members):
            return True
        drawn = [found for m in members if (found := self._numbered(table, m)) is not None]
        if prod(found.size for found in drawn) >= PRACTICALLY_UNIQUE:
            return True
        covered = {r.name for r in table.references.values() if set(r.columns) <= columns}
        if any(table.references[name].unique for name in covered):
            return True
        for member in members:
            index = _affine_index(table, member.value)
            if index is not None and index in covered:
                return True
        each = dimensions(table)
        if not each and table.over is None:
            return False
        spread = table.rows is not None and bool(each)
        single = all(r.name in covered and r.each is not None and r.each.high == 1 for r in each)
        return single and not spread and (table.over is None or table.over.column in columns)

    def _joint(self, table: Table, constraint: UniqueConstraint, covered: list[Reference]) -> bool:
        by_reference = {c for r in covered for c in r.columns}
        rest = [table.columns[c] for c in constraint.columns if c not in by_reference]
        factors: list[tuple[int, str]] = []
        plain = [r for r in covered if _uniform(r)]
        ordered = _ordered_pair(covered)
        if ordered is not None and not rest:
            parents = row_range(self.dataset, ordered[0].table).exact
            if parents is None:
                return False
            size = parents * (parents - 1) // 2
            self._combinations(
                table, constraint, size, f"{parents} x {parents - 1} / 2 = {size} ordered pairs"
            )
            return True
        if len(plain) != len(covered) or len(covered) + len(rest) < 2:
            return False
        for reference in covered:
            parents = row_range(self.dataset, reference.table).exact
            if parents is None:
                return False
            factors.append((parents, f"{parents}"))
        for column in rest:
            found = None if column.nullable else self._numbered(table, column)
            if found is None:
                return False
            factors.append((found.size, f"{found.size}"))
        size = 1
        for factor, _ in factors:
            size *= factor
        self._combinations(
            table, constraint, size, f"{' x '.join(text for _, text in factors)} = {size} combinations"
        )
        return True

    def _combinations(self, table: Table, constraint: UniqueConstraint, size: int, arithmetic: str) -> None:
        rows = row_range(self.dataset, table.name)
        if rows.low > size:
            self.bag.add(
                TooFewCombinations(
                    span=self._rule_span(table, constraint),
                    columns=constraint.columns,
                    needed=rows.low,
                    size=size,
                    arithmetic=arithmetic,
                    count_span=self.spans.tables[table.name].count,
                )
            )

    def _group_fits(self, table: Table, constraint: UniqueConstraint, last: Reference) -> None:
        parents = row_range(self.dataset, last.table)
        for reference in dimensions(table):
            least = reference.each.low if reference.each else 0
            is_group = set(reference.columns) == set(constraint.columns) - set(last.columns)
            if is_group and table.rows is None and parents.high is not None and least > parents.high:
                self.bag.add(
                    GroupTooLarge(
                        span=self._rule_span(table, constraint),
                        reference=last.name,
                        table=last.table,
                        parents=parents.high,
                        group=reference.name,
                        least=least,
                    )
                )

    def _together_remedy(self, table: Table, columns: tuple[str, ...]) -> str:
        references = [r for r in table.references.values() if set(r.columns) <= set(columns)]
        if references:
            name = references[0].name
            return (
                f"number the rows of each `{name}`: `line_no int = 1 + "
                f"index_in({name})`, and take line_no into the key"
            )
        return (
            "make one of them unique by itself, draw all of them from ranges, patterns or choices without "
            "weights, or number the rows of a reference with `index_in`"
        )

    def _key_not_null(self, table: Table, column: Column) -> None:
        spans = self._column_spans(table, column.name)
        if column.nullable:
            null = spans.parts.get("null")
            self.bag.add(NullableKey(span=spans.name, column=column.name, null_span=null))

    # --- places ----------------------------------------------------------------------------

    def _column_spans(self, table: Table, column: str) -> ColumnSpans:
        return self.spans.tables[table.name].columns[column]

    def _value_span(self, table: Table, column: str) -> Span:
        spans = self._column_spans(table, column)
        return spans.value or spans.name

    def _written(self, table: Table, column: str) -> str:
        span = self._value_span(table, column)
        source = self.sources.get(span.file)
        return source.slice(span) if source else ""

    def _with_value(self, table: Table, column: Column, type: str, value: str) -> str:
        """The user's column with another value."""
        places = self.spans.tables[table.name].columns[column.name]
        source = self.sources.get(places.name.file)
        if source is None or places.value is None or places.value.file != places.name.file:
            return f"{column.name} {type} = {value}"
        head = source.text[places.name.start : places.value.start]
        return f"{' '.join(head.split())} {value}"

    def _rule_span(self, table: Table, constraint: UniqueConstraint) -> Span:
        rules = self.spans.tables[table.name].rules
        name = "key" if constraint.primary else f"unique:{','.join(constraint.columns)}"
        return rules.get(name) or self.spans.tables[table.name].name


def _uniform(reference: Reference) -> bool:
    plain = reference.each is None and reference.skew is None and reference.where is None
    return plain and not (
        reference.nullable or reference.unique or reference.forest or reference.distinct_per
    )


def _ordered_pair(references: list[Reference]) -> tuple[Reference, Reference] | None:
    """Two references to one table, the second only to rows after (or before) the first's."""
    if len(references) != 2 or references[0].table != references[1].table:
        return None
    for first, second in (references, references[::-1]):
        if not _uniform(first) or second.skew is not None or second.each is not None or second.nullable:
            continue
        match second.where:
            case x.Compare(
                op=op,
                left=x.Candidate(body=x.RowNumber()),
                right=x.Follow(reference=name, body=x.RowNumber()),
            ):
                if name == first.name and op in (x.CompareOp.GREATER, x.CompareOp.LESS):
                    return first, second
            case x.Compare(
                op=op,
                left=x.Follow(reference=name, body=x.RowNumber()),
                right=x.Candidate(body=x.RowNumber()),
            ):
                if name == first.name and op in (x.CompareOp.GREATER, x.CompareOp.LESS):
                    return first, second
            case _:
                continue
    return None


def _affine_index(table: Table, expr: x.Expr) -> str | None:
    """The reference of ``a + b * index_in(reference)`` with b not 0."""
    match expr:
        case x.IndexIn(reference=name):
            return name
        case x.ColumnValue(column=name) if name in table.columns:
            return _affine_index(table, table.columns[name].value)
        case x.Cast(operand=operand) if not isinstance(operand.type, t.Float):
            return _affine_index(table, operand)
        case x.Arithmetic(type=t.Float()):
            return None  # two whole numbers may round to one float
        case x.Arithmetic(op=x.ArithmeticOp.MULTIPLY, left=left, right=right):
            if isinstance(left, x.Const) and left.value:
                return _affine_index(table, right)
            return _affine_index(table, left) if isinstance(right, x.Const) and right.value else None
        case x.Arithmetic(op=x.ArithmeticOp.ADD | x.ArithmeticOp.SUBTRACT, left=left, right=right):
            if isinstance(left, x.Const):
                return _affine_index(table, right)
            return _affine_index(table, left) if isinstance(right, x.Const) else None
        case _:
            return None


def _indexable_form(expr: x.Expr) -> bool:
    match expr:
        case x.RangeDraw() | x.RegexDraw() | x.ChoiceDraw() | x.PoolDraw() | x.Call():
            return True
        case x.Format(parts=parts):
            return all(isinstance(p, str) or _indexable_form(p.value) for p in parts)
        case _:
            return False


def _weighted(expr: x.Expr) -> bool:
    return isinstance(expr, x.ChoiceDraw) and len({round(a.share, 12) for a in expr.arms}) > 1


def _no_digit_at(part: str | x.FormatPart, end: int) -> bool:
    if isinstance(part, str):
        return part == "" or not part[end].isdigit()
    return isinstance(part.value, x.Call) or (
        isinstance(part.value, x.ColumnValue) and isinstance(part.value.type, t.String)
    )


def _what(expr: x.Expr) -> str:
    match expr:
        case x.Call(function=name):
            return f"{name}()"
        case x.Format():
            return "this text"
        case x.ChoiceDraw():
            return "an arm"
        case x.RangeDraw():
            return "a value of this range"
        case _:
            return "this value"


def _wider(expr: x.Expr, rows: int, size: int) -> str:
    match expr:
        case x.RegexDraw(pattern=pattern) if size > 0:
            digits = 1
            while size * 10**digits < rows:
                digits += 1
            more = "one more digit is" if digits == 1 else f"{digits} more digits are"
            added = "[0-9]" if digits == 1 else f"[0-9]{{{digits}}}"
            return f"{more} enough: /{pattern}{added}/ makes {size * 10**digits}"
        case x.RangeDraw(low=x.Const(value=int(low)), type=t.Int()):
            return f"widen the range: {low} .. {low + rows - 1} has {rows} values"
        case _:
            return ""
