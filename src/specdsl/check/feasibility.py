"""Whether what is asked for can be had at all: row counts, ranges, bounds, checks, references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from specdsl.datatypes import types as t
from specdsl.diagnostics.constraints import (
    CheckNeverHolds,
    ChecksContradict,
    DistinctListTooLong,
    LengthOutOfReach,
    NeverInBounds,
    OutsideType,
    OverNothing,
    RangeUpsideDown,
    SequenceRunsOut,
    WhereNeverHolds,
)
from specdsl.diagnostics.hints import CheckAlwaysHolds, GroupMayExceed
from specdsl.diagnostics.histories import HistoryNeverEndsLater
from specdsl.diagnostics.lifecycles import LifecycleForm
from specdsl.diagnostics.model import Diagnostic, DiagnosticBag, Label
from specdsl.diagnostics.references import (
    EachOutOfReach,
    EachUpsideDown,
    EmptyParents,
    GroupTooLarge,
    TooFewParents,
    TooManyRows,
)
from specdsl.ir import expr as x
from specdsl.ir.model import Check, Column, Dataset, Lifecycle, Reference, Table
from specdsl.ir.walk import walk, walk_row
from specdsl.randomness.regexset import RegexSet
from specdsl.source import SourceFile, Span

from .cardinality import children_range, dimensions, row_range
from .domains import domain
from .history_ends import never_later
from .moving import moves
from .show import show_value
from .spans import ColumnSpans, SpanTable, TableSpans
from .values import Number, ValueAnalysis, Values, intersect

ROW_LIMIT = 1_000_000_000_000
_CREDIBLE = 10**18  # beyond it a bound comes from what types hold, not from what was written


class Feasibility:
    """The checks of one dataset; ``run`` reports into the bag."""

    def __init__(
        self, dataset: Dataset, spans: SpanTable, sources: Mapping[str, SourceFile], bag: DiagnosticBag
    ) -> None:
        self.dataset = dataset
        self.spans = spans
        self.sources = sources
        self.bag = bag
        self.values = ValueAnalysis(dataset)
        self.by_logic = ValueAnalysis(dataset, opaque=True)

    def run(self) -> None:
        for table in self.dataset.tables.values():
            if table.name not in self.spans.tables:
                continue
            spans = self.spans.tables[table.name]
            if not self._rows(table, spans):
                continue
            for reference in table.references.values():
                self._reference(table, reference, spans.columns[reference.name])
            for column in table.columns.values():
                if column.name in spans.columns:
                    self._column(table, column, spans.columns[column.name])
            for lifecycle in table.lifecycles:
                if lifecycle.column in spans.columns:
                    self._lifecycle(table, lifecycle, spans.columns[lifecycle.column])
            self._checks(table, spans)

    # --- lifecycles ------------------------------------------------------------------------

    def _lifecycle(self, table: Table, lifecycle: Lifecycle, spans: ColumnSpans) -> None:
        """One in which no row can ever go on: ``now`` may come to be later."""
        if moves(lifecycle.until):
            return
        start = table.columns[lifecycle.times[lifecycle.states[0]]]
        begin = self.values.of(x.ColumnValue(start.type, start.nullable, start.name), table)
        end = self.values.of(lifecycle.until, table)
        if isinstance(start.type, t.Timestamp) and begin.low is not None and end.high is not None:
            if end.empty or begin.empty or begin.low <= end.high:
                return
            first, last = (show_value(round(v), t.TIMESTAMP) for v in (begin.low, end.high))
            why = f"ends at {last}, and all rows begin at {first} or later"
            remedy = "let `until` name a later time, or the rows begin sooner"
            self.bag.add(LifecycleForm(span=spans.name, column=lifecycle.column, why=why, remedy=remedy))

    # --- row counts ------------------------------------------------------------------------

    def _rows(self, table: Table, spans: TableSpans) -> bool:
        if table.over is not None and table.over.size == 0:
            low, high = (show_value(v, table.over.type) for v in (table.over.low, table.over.high))
            self.bag.add(OverNothing(span=spans.count or spans.name, table=table.name, low=low, high=high))
            return False
        for reference in dimensions(table):
            each = reference.each
            place = spans.columns[reference.name].part("each.count", "each")
            if each is not None and (each.low < 0 or (each.high is not None and each.low > each.high)):
                self.bag.add(EachUpsideDown(span=place, low=each.low, high=each.high))
                return False
        rows = row_range(self.dataset, table.name)
        largest = rows.high if rows.high is not None else rows.low
        if largest > ROW_LIMIT:
            place = spans.count or next(
                (spans.columns[r.name].part("each") for r in dimensions(table)), spans.name
            )
            self.bag.add(TooManyRows(span=place, table=table.name, rows=f"{largest:_}", limit=ROW_LIMIT))
            return False
        self._each_total(table, spans)
        return True

    def _each_total(self, table: Table, spans: TableSpans) -> None:
        each = dimensions(table)
        if table.rows is None or len(each) != 1 or each[0].each is None:
            return
        parents = row_range(self.dataset, each[0].table).exact
        low, high = each[0].each.low, each[0].each.high
        if parents is None:
            return
        if table.rows < low * parents or (high is not None and table.rows > high * parents):
            self.bag.add(
                EachOutOfReach(
                    span=spans.count or spans.name,
                    table=table.name,
                    rows=table.rows,
                    parent=each[0].table,
                    parents=parents,
                    low=low,
                    high=high,
                    each_span=spans.columns[each[0].name].part("each"),
                )
            )

    # --- references ------------------------------------------------------------------------

    def _reference(self, table: Table, reference: Reference, spans: ColumnSpans) -> None:
        rows, parents = row_range(self.dataset, table.name), row_range(self.dataset, reference.table)
        rule = reference.nulls
        may_be_null = reference.nullable and (rule is None or (rule.rate >= 1 and rule.when is None))
        if parents.exact == 0 and reference.each is None and rows.low > 0 and not may_be_null:
            target = self.spans.tables.get(reference.table)
            self.bag.add(
                EmptyParents(
                    span=spans.part("reference"),
                    reference=reference.name,
                    table=reference.table,
                    children=rows.low,
                    parent_span=target.count if target else None,
                )
            )
            return
        one_to_one = reference.unique and reference.each is None and not reference.nullable
        if one_to_one and parents.high is not None and rows.low > parents.high:
            self.bag.add(
                TooFewParents(
                    span=spans.part("key", "unique", "reference"),
                    reference=reference.name,
                    table=reference.table,
                    needed=rows.low,
                    parents=parents.high,
                    count_span=self.spans.tables[table.name].count,
                )
            )
        if reference.where is not None and self.values.impossible(reference.where, table):
            self.bag.add(
                WhereNeverHolds(
                    span=spans.part("where", "reference"),
                    reference=reference.name,
                    table=reference.table,
                    facts=tuple(self._facts(reference.where, table)),
                )
            )
        if reference.distinct_per:
            self._distinct_per(table, reference, spans)

    def _distinct_per(self, table: Table, reference: Reference, spans: ColumnSpans) -> None:
        parents = row_range(self.dataset, reference.table)
        for group in dimensions(table):
            if (
                set(group.columns) != set(reference.distinct_per)
                or group.each is None
                or parents.high is None
                or children_range(self.dataset, group).high == 0  # there are no groups
            ):
                continue
            place = spans.part("distinct", "reference")
            if table.rows is None and group.each.low > parents.high:
                self.bag.add(
                    GroupTooLarge(
                        span=place,
                        reference=reference.name,
                        table=reference.table,
                        parents=parents.high,
                        group=group.name,
                        least=group.each.low,
                    )
                )
            elif group.each.high is None or group.each.high > parents.high:
                self.bag.add(
                    GroupMayExceed(
                        span=place,
                        reference=reference.name,
                        table=reference.table,
                        parents=parents.high,
                        most=group.each.high,
                    )
                )

    # --- columns ---------------------------------------------------------------------------

    def _column(self, table: Table, column: Column, spans: ColumnSpans) -> None:
        if table.query is not None or column.reference is not None:
            return
        value_span = spans.value or spans.name
        found = len(self.bag)
        self._ranges(column, spans, value_span)
        if len(self.bag) > found:
            return
        self._bounds(table, column, spans, value_span)
        self._type_limits(table, column, value_span)
        self._lengths(column, spans, value_span)
        self._lists(table, column, spans, value_span)
        self._sequence(table, column, value_span)
        if isinstance(column.value, x.EndsLater):
            self._ends_later(table, column.value)

    def _ends_later(self, table: Table, end: x.EndsLater) -> None:
        """An end of a history that is before its beginning in every row."""
        arithmetic = never_later(self.values, table, end)
        if arithmetic is not None:
            spans = self.spans.tables[table.name].columns[f"{end.prefix}until"]
            place = spans.value or spans.name
            self.bag.add(HistoryNeverEndsLater(span=place, history=end.history, arithmetic=arithmetic))

    def _ranges(self, column: Column, spans: ColumnSpans, value_span: Span) -> None:
        for node in walk(column.value):
            if isinstance(node, x.RangeDraw):
                low, high = _constant(node.low), _constant(node.high)
                if low is not None and high is not None and low > high:
                    place = spans.parts.get(f"site:{node.site}", value_span)
                    self.bag.add(self._upside_down(place, low, high, node.type))
        if column.bounds is not None:
            low, high = _constant(column.bounds.low), _constant(column.bounds.high)
            if low is not None and high is not None and low > high:
                self.bag.add(self._upside_down(spans.part("in"), low, high, column.type))

    def _upside_down(self, span: Span, low: int | float, high: int | float, dtype: t.DataType) -> Diagnostic:
        source = self.sources.get(span.file)
        text = source.slice(span) if source else ""
        text = text.removeprefix("in").strip() if text.startswith("in ") else text
        parts = [p.strip() for p in text.split("..")]
        shown = (show_value(low, dtype), show_value(high, dtype))
        if len(parts) != 2 or source is None or not all(parts):
            return RangeUpsideDown(span=span, low=shown[0], high=shown[1])
        whole = source.slice(span)
        first = span.start + whole.index(parts[0])
        second = span.start + whole.rindex(parts[1])
        return RangeUpsideDown(
            span=span,
            low=shown[0],
            high=shown[1],
            low_span=Span(span.file, first, first + len(parts[0])),
            high_span=Span(span.file, second, second + len(parts[1])),
            low_text=parts[0],
            high_text=parts[1],
        )

    def _bounds(self, table: Table, column: Column, spans: ColumnSpans, value_span: Span) -> None:
        value = _natural(column.value)
        if column.bounds is None or _truncated_draw(value):
            return
        allowed = self.values.bounds(column.bounds, table)
        made = self.values.of(value, table)
        if made.empty or not intersect(made, allowed).empty:
            return
        self.bag.add(
            NeverInBounds(
                span=value_span,
                column=column.name,
                bounds=_interval(allowed, column.type),
                values=_interval(made, column.type),
                bounds_span=spans.parts.get("in"),
            )
        )

    def _type_limits(self, table: Table, column: Column, value_span: Span) -> None:
        limits = _limits(column.type)
        if limits is None or column.type == t.INT:
            return
        if not any(isinstance(n, x.Arithmetic) for n in walk_row(column.value)):
            return  # what was written as it stands is checked with its type
        made = intersect(self.values.of(column.value, table), self.values.bounds(column.bounds, table))
        if made.empty or made.low is None or made.high is None:
            return
        ends: list[Number] = [made.low, made.high]
        for value in ends:
            if not limits[0] <= value <= limits[1] and -_CREDIBLE < value < _CREDIBLE:
                self.bag.add(
                    OutsideType(
                        span=value_span,
                        column=column.name,
                        type=str(column.type),
                        type_low=show_value(limits[0], column.type),
                        type_high=show_value(limits[1], column.type),
                        value=show_value(round(value), column.type),
                        remedy=_wider_type(column, round(value)),
                    )
                )
                return

    def _lengths(self, column: Column, spans: ColumnSpans, value_span: Span) -> None:
        if not isinstance(column.type, t.String):
            return
        low, high = column.type.min_length, column.type.max_length
        if not low and high is None:
            return
        for node in _leaves(column.value):
            match node:
                case x.Const(value=str(text)):
                    least = most = len(text)
                case x.RegexDraw(pattern=pattern):
                    regex = RegexSet.parse(pattern)
                    least, most = regex.min_length, regex.max_length
                case _:
                    continue
            if least < low or (high is not None and most > high):
                made = f"{least} characters" if least == most else f"{least} to {most} characters"
                allowed = (
                    f"at least {low}"
                    if high is None
                    else f"at most {high}"
                    if not low
                    else f"{low} to {high}"
                )
                self.bag.add(
                    LengthOutOfReach(
                        span=value_span,
                        column=column.name,
                        made=made,
                        allowed=f"{allowed} characters",
                        type_span=spans.parts.get("type"),
                    )
                )
                return

    def _lists(self, table: Table, column: Column, spans: ColumnSpans, value_span: Span) -> None:
        for node in walk_row(column.value):
            if isinstance(node, x.JsonMap) or (isinstance(node, x.ListDraw) and node.distinct):
                is_map = isinstance(node, x.JsonMap)
                made = domain(self.dataset, table, node.key if isinstance(node, x.JsonMap) else node.element)
                size = self.values.of(node.size, table).high
                if made is not None and size is not None and size > made.size:
                    self.bag.add(
                        DistinctListTooLong(
                            span=spans.parts.get(f"site:{node.site}", value_span) if is_map else value_span,
                            column=column.name,
                            size=int(size),
                            values=made.size,
                            arithmetic=made.arithmetic,
                            is_map=is_map,
                        )
                    )

    def _sequence(self, table: Table, column: Column, value_span: Span) -> None:
        value = column.value.operand if isinstance(column.value, x.Cast) else column.value
        rows = row_range(self.dataset, table.name).low
        if not (isinstance(value, x.Call) and value.function == "sequence" and rows > 1):
            return
        args = dict(value.args)
        start, step = (_constant(args.get(name)) for name in ("start", "step"))
        limits = _limits(column.type)
        if start is None or step is None or limits is None:
            return
        scale = 10**column.type.scale if isinstance(column.type, t.Decimal) else 1
        last = int(start) + int(step) * (rows - 1)
        allowed = intersect(Values(*limits), self.values.bounds(column.bounds, table))
        if (allowed.high is not None and last * scale > allowed.high) or (
            allowed.low is not None and last * scale < allowed.low
        ):
            self.bag.add(
                SequenceRunsOut(
                    span=value_span,
                    column=column.name,
                    start=int(start),
                    step=int(step),
                    rows=rows,
                    last=last,
                    limit=f"it holds {_interval(allowed, column.type)}",
                )
            )

    # --- checks ----------------------------------------------------------------------------

    def _checks(self, table: Table, spans: TableSpans) -> None:
        possible: dict[str, tuple[Values, str]] = {}
        for check in table.checks:
            place = spans.rules.get(check.name, spans.name)
            verdict = self.values.truth(check.condition, table)
            if verdict is False:
                self.bag.add(
                    CheckNeverHolds(
                        span=place,
                        check=check.name,
                        facts=tuple(self._facts(check.condition, table)),
                        others=tuple(self._places(check.condition, table)),
                    )
                )
            elif self.by_logic.truth(check.condition, table) is True:
                self.bag.add(CheckAlwaysHolds(span=place, check=check.name))
            else:
                self._contradiction(table, check, possible, spans)

    def _contradiction(
        self, table: Table, check: Check, possible: dict[str, tuple[Values, str]], spans: TableSpans
    ) -> None:
        for column, values in _demands(check.condition):
            if column not in table.columns or table.columns[column].nullable:
                continue
            before, by = possible.get(column, (self.values.column(table.name, column), ""))
            after = intersect(before, values)
            if after.empty and not before.empty and by:
                self.bag.add(
                    ChecksContradict(
                        span=spans.rules.get(check.name, spans.name),
                        first=by,
                        second=check.name,
                        column=column,
                        first_span=spans.rules.get(by, spans.name),
                    )
                )
                return
            possible[column] = (after, check.name)

    def _facts(self, condition: x.Expr, table: Table) -> Iterator[str]:
        """``age is always in 18 .. 90`` for every column that the condition looks at."""
        seen = set()
        for node in walk_row(condition):
            owner, name = table, ""
            if isinstance(node, x.ColumnValue):
                name = node.column
            elif isinstance(node, x.Candidate) and isinstance(node.body, x.ColumnValue):
                owner, name = self.dataset.tables[node.table], node.body.column
            if name and (owner.name, name) not in seen and name in owner.columns:
                seen.add((owner.name, name))
                values = self.values.column(owner.name, name)
                shown = _interval(values, owner.columns[name].type)
                if shown:
                    yield f"`{name}` is always {shown}"

    def _places(self, condition: x.Expr, table: Table) -> Iterator[Label]:
        for node in walk_row(condition):
            if isinstance(node, x.ColumnValue) and node.column in self.spans.tables[table.name].columns:
                spans = self.spans.tables[table.name].columns[node.column]
                shown = _interval(
                    self.values.column(table.name, node.column), table.columns[node.column].type
                )
                if shown:
                    yield Label(spans.value or spans.name, f"always {shown}")


def _demands(condition: x.Expr) -> Iterator[tuple[str, Values]]:
    """What a conjunction of comparisons with constants asks of columns."""
    match condition:
        case x.Logic(op=x.LogicOp.AND, left=left, right=right):
            yield from _demands(left)
            yield from _demands(right)
        case x.Compare(op=op, left=x.ColumnValue(column=name), right=x.Const(value=int() | float() as value)):
            yield name, _demanded(op, value)
        case x.Compare(op=op, left=x.Const(value=int() | float() as value), right=x.ColumnValue(column=name)):
            flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
            yield name, _demanded(x.CompareOp(flipped.get(op.value, op.value)), value)
        case _:
            return


def _demanded(op: x.CompareOp, value: int | float) -> Values:
    tick = Fraction(1, 10**9)
    match op:
        case x.CompareOp.LESS:
            return Values(None, value - tick if isinstance(value, float) else value - 1)
        case x.CompareOp.LESS_EQUAL:
            return Values(None, value)
        case x.CompareOp.GREATER:
            return Values(value + tick if isinstance(value, float) else value + 1, None)
        case x.CompareOp.GREATER_EQUAL:
            return Values(value, None)
        case x.CompareOp.EQUAL:
            return Values(value, value)
        case _:
            return Values()


def _constant(expr: x.Expr | None) -> int | float | None:
    if (
        isinstance(expr, x.Const)
        and isinstance(expr.value, (int, float))
        and not isinstance(expr.value, bool)
    ):
        return expr.value
    return None


def _truncated_draw(expr: x.Expr) -> bool:
    """Whether some distribution in the value has been truncated, so that its values say nothing of what it
    could give."""
    return any(
        isinstance(n, x.Call) and n.site is not None and (n.low is not None or n.high is not None)
        for n in walk_row(expr)
    )


def _natural(expr: x.Expr) -> x.Expr:
    """The value as it is without the column's bounds: a truncated distribution with all of its values."""
    match expr:
        case x.Call(site=int()):
            return replace(expr, low=None, high=None)
        case x.Cast(operand=operand):
            return replace(expr, operand=_natural(operand))
        case x.ChoiceDraw(arms=arms):
            return replace(expr, arms=tuple(replace(a, value=_natural(a.value)) for a in arms))
        case _:
            return expr


def _leaves(expr: x.Expr) -> Iterator[x.Expr]:
    """The values that the expression can come out as, through choices, ifs and matches."""
    match expr:
        case x.ChoiceDraw(arms=arms):
            for arm in arms:
                yield from _leaves(arm.value)
        case x.If(then=then, otherwise=otherwise):
            yield from _leaves(then)
            yield from _leaves(otherwise)
        case x.Match(arms=match_arms, otherwise=rest):
            for match_arm in match_arms:
                yield from _leaves(match_arm.value)
            if rest is not None:
                yield from _leaves(rest)
        case _:
            yield expr


def _limits(dtype: t.DataType) -> tuple[int, int] | None:
    match dtype:
        case t.Int():
            return dtype.low, dtype.high
        case t.Decimal(precision):
            most = min(10**precision - 1, (1 << 63) - 1)
            return -most, most
        case _:
            return None


def _wider_type(column: Column, value: int) -> str:
    if isinstance(column.type, t.Decimal):
        digits = len(str(abs(value)))
        return f"`{column.name} decimal({digits}, {column.type.scale})` is wide enough"
    for bits in (8, 16, 32, 64):
        for signed in (True, False):
            candidate = t.Int(bits, signed)
            if candidate.low <= value <= candidate.high:
                return f"`{column.name} {candidate}` is wide enough"
    return "narrow the range"


def _interval(values: Values, dtype: t.DataType) -> str:
    """``18 .. 90``, ``at least 18``, ``"a" or "b"``; '' where nothing is known."""
    if values.finite is not None and not t.is_ordered(dtype):
        shown = sorted(show_value(v, dtype) for v in values.finite)
        return "" if not shown or len(shown) > 6 else " or ".join(shown)
    low, high = (None if v is None else _physical(v, dtype) for v in (values.low, values.high))
    limits = _limits(dtype) if isinstance(dtype, t.Int) else None
    if limits is not None and (low, high) == limits:
        return ""
    if limits is not None and high == limits[1]:
        high = None  # nobody thinks of the largest int as an end
    if limits is not None and low == limits[0]:
        low = None
    if low is not None and high is not None:
        return (
            show_value(low, dtype)
            if low == high
            else f"{show_value(low, dtype)} .. {show_value(high, dtype)}"
        )
    if low is not None:
        return f"at least {show_value(low, dtype)}"
    return f"at most {show_value(high, dtype)}" if high is not None else ""


def _physical(value: int | float | Fraction, dtype: t.DataType) -> int | float:
    return float(value) if isinstance(dtype, t.Float) else round(value)
