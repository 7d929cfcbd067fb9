"""The groups that a target goes by, and those that it lists, in the text or in a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from specdsl.check.conversions import cast
from specdsl.check.expressions import Typing
from specdsl.check.pools import data_schema, report_file
from specdsl.check.scopes import Program, poisoned
from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.diagnostics import names
from specdsl.diagnostics.nearest import nearest
from specdsl.diagnostics.targets import TargetForm, TargetGroups
from specdsl.files import FileProblem, Problem
from specdsl.ir import expr as ir
from specdsl.ir.walk import walk_row
from specdsl.source import Span
from specdsl.syntax import tree

MOST_GROUPS = 100_000
MOST_PERIODS = 1_000
_DAY = 86_400_000_000
_EPOCH = dt.date(1970, 1, 1)
_TYPES = (t.Bool, t.Int, t.String, t.Enum, t.Date, t.Timestamp)
_NUMBERED = ("month", "quarter", "week")
"""Functions that number the periods of a year."""
_LAST = {"month": 12, "quarter": 4, "week": 53}
_UNQUOTED = {
    "month": r"(\d{4})\s*-\s*(\d\d?)",
    "quarter": r"(\d{4})\s*-\s*[Qq]([1-4])",
    "week": r"(\d{4})\s*-\s*[Ww](\d\d?)",
}
"""Periods without quotes, which are differences of numbers."""
_FORMS = {"month": "2024-01", "quarter": "2024-Q1", "week": "2024-W05", "year": "2024", "day": "2024-01-31"}


@dataclass(frozen=True, slots=True)
class Grouping:
    """One of the expressions that groups go by. ``label``: what files call it. ``period``: the unit of time
    that it is, None for anything else; ``column``: the column that it is (a period of)."""

    value: ir.Expr
    label: str
    node: tree.Expr
    period: str | None = None
    column: ir.ColumnValue | None = None

    def span(self, key: ir.Physical) -> tuple[int, int]:
        """The least and the greatest value of the column in the period that ``key`` says."""
        assert self.period is not None and self.column is not None
        day = int(key) if isinstance(self.value.type, t.Date) else int(key) // _DAY
        first = dt.date(int(key), 1, 1) if isinstance(self.value.type, t.Int) else _EPOCH + dt.timedelta(day)
        low, high = (first - _EPOCH).days, (_next(first, self.period) - _EPOCH).days
        if isinstance(self.column.type, t.Date):
            return low, high - 1
        return low * _DAY, high * _DAY - 1


def _next(first: dt.date, period: str) -> dt.date:
    match period:
        case "day":
            return first + dt.timedelta(1)
        case "week":
            return first + dt.timedelta(7)
        case _:
            months = {"month": 1, "quarter": 3, "year": 12}[period]
            month = first.year * 12 + first.month - 1 + months
            return dt.date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Listed:
    """One group that is listed: its values, what is asked of it, and where that is written."""

    key: tuple[ir.Physical, ...]
    amount: Decimal
    percent: bool
    span: Span
    written: str


# --- what groups go by -----------------------------------------------------------------------------


def grouping(scope: Typing, node: tree.Expr, decl: tree.TargetDecl) -> Grouping | None:
    """The meaning of one expression after ``by``; a diagnostic and None where rows cannot be told apart by
    it."""
    value = scope.infer(node)
    if poisoned(value):
        return None
    if any(getattr(part, "site", None) is not None for part in walk_row(value)):
        why, remedy = "groups go by values that a row has, and this draws new ones", "draw it in a column"
        scope.report(TargetForm(span=node.span, why=why, remedy=remedy))
        return None
    dtype = value.type
    if not isinstance(dtype, _TYPES) or (isinstance(dtype, t.Int) and not dtype.signed and dtype.bits == 64):
        why = f"groups go by texts, whole numbers, dates, enums or true and false, and this is a {dtype}"
        remedy = "go by something that many rows share, such as `month(placed_at)` or `country`"
        scope.report(TargetForm(span=node.span, why=why, remedy=remedy))
        return None
    made = Grouping(value, _label(value, node), node, _period_of(value), _column_of(value))
    position = next(i for i, g in enumerate(decl.groups) if g is node)
    if position < len(decl.columns):
        made = replace(made, label=decl.columns[position].text)
    numbered = isinstance(value, ir.Call) and value.function in _NUMBERED
    if numbered and _written_as_periods(scope, decl, position, made.label):
        assert isinstance(value, ir.Call)
        return _as_period(made, value)
    return made


def period_grouping(column: str, decl: tree.TargetDecl) -> Grouping:
    """The period of a retention curve, the last of what is listed of a group."""
    labels = [name.text for name in decl.columns[len(decl.groups) :]]
    node = tree.NameRef(decl.measure.span, tree.Name(decl.measure.span, column))
    return Grouping(ir.ColumnValue(t.INT, False, column), labels[0] if labels else "period", node)


def curves_of(
    program: Program, listed: Sequence[Listed], groups: Sequence[Grouping], decl: tree.TargetDecl
) -> dict[tuple[ir.Physical, ...], int] | None:
    """The number of periods of each group's curve, from period 0 on; None after a diagnostic."""
    curves: dict[tuple[ir.Physical, ...], dict[int, Listed]] = {}
    for row in listed:
        curves.setdefault(row.key[:-1], {})[int(row.key[-1])] = row
    for key, curve in curves.items():
        of = f" of {_named(groups[:-1], key)}" if key else ""
        found = _curve_problem(curve)
        if found is not None:
            row, why, remedy = found
            program.bag.add(TargetGroups(span=row.span, why=f"the curve{of} {why}", remedy=remedy))
            return None
    return {key: len(curve) for key, curve in curves.items()}


def _curve_problem(curve: Mapping[int, Listed]) -> tuple[Listed, str, str] | None:
    """What is wrong with a curve, where, and what to do."""
    some = next(iter(curve.values()))
    missing = next((p for p in range(len(curve)) if p not in curve), None)
    if missing is not None:
        return some, f"has no period {missing}", "periods are numbered from 0, with none left out"
    if len(curve) > MOST_PERIODS:
        return (
            some,
            f"has {len(curve):,} periods, and at most {MOST_PERIODS:,} are possible",
            "longer periods",
        )
    for period in range(1, len(curve)):
        now, before = curve[period], curve[period - 1]
        if now.amount.scaleb(-2 * now.percent) > before.amount.scaleb(-2 * before.percent):
            why = f"rises from {before.written} in period {period - 1} to {now.written} in period {period}"
            return now, why, "who is there in a period was there in those before: let the shares fall"
    return None


def _label(value: ir.Expr, node: tree.Expr) -> str:
    match node:
        case tree.NameRef(name=name):
            return name.text
        case tree.Attribute(name=name):
            return name.text
        case tree.Call(function=function):
            return function.text
        case _:
            return ""


def _period_of(value: ir.Expr) -> str | None:
    match value:
        case ir.Call(function="date_trunc", args=args):
            unit = dict(args)["unit"]
            found = unit.value if isinstance(unit, ir.Const) else None
            return str(found) if found in _FORMS else None
        case ir.Call(function="year"):
            return "year"
        case ir.Call(function="date"):
            return "day"
        case ir.Cast(type=t.Date()):
            return "day"
        case _:
            return None


def _column_of(value: ir.Expr) -> ir.ColumnValue | None:
    match value:
        case ir.ColumnValue():
            return value
        case ir.Call(function="date_trunc" | "year" | "date", args=args):
            return _column_of(dict(args)["x"])
        case ir.Cast(operand=operand) if isinstance(operand.type, (t.Date, t.Timestamp)):
            return _column_of(operand)
        case _:
            return None


def _written_as_periods(scope: Typing, decl: tree.TargetDecl, position: int, label: str) -> bool:
    """Whether the groups are months of a year (`2024-01`), not months of any year (1 to 12)."""
    if decl.entries is not None:
        keys = [_items(entry.key) for entry in decl.entries]
        return any(isinstance(k[position], (tree.String, tree.Date)) for k in keys if len(k) > position)
    if decl.file is None:
        return False
    try:
        schema = scope.program.files.data_schema(_path(scope, decl.file))
    except FileProblem:
        return False  # told where its rows are read
    types = {name: dtype for name, dtype, _ in schema.columns}
    return isinstance(types.get(label), (t.String, t.Date, t.Timestamp))


def _path(scope: Typing, written: tree.String) -> str:
    return scope.program.files.resolve(written.span.file, written.value)


def _as_period(group: Grouping, value: ir.Call) -> Grouping:
    """The first day of the month, quarter or week, in the place of its number."""
    moment = dict(value.args)["x"]
    day = cast(moment, t.DATE)
    unit = ir.Const(t.STRING, False, value.function)
    call = ir.Call(t.DATE, value.nullable, "date_trunc", (("unit", unit), ("x", day)))
    return replace(group, value=call, period=value.function, column=_column_of(moment))


# --- what is listed --------------------------------------------------------------------------------


def _items(node: tree.Expr) -> tuple[tree.Expr, ...]:
    return node.items if isinstance(node, tree.TupleLiteral) else (node,)


def listed_groups(
    scope: Typing, decl: tree.TargetDecl, groups: Sequence[Grouping], value: str
) -> list[Listed] | None:
    """The groups of the text or of the file, whose amounts are in column ``value``; None where they cannot
    be read, after a diagnostic."""
    if decl.amount is not None:
        return _whole(scope, decl, groups)
    if not groups:
        why = "a target without groups has one amount"
        remedy = "say what the groups go by (`by country`), or write `= amount` for all rows"
        scope.report(TargetForm(span=decl.measure.span, why=why, remedy=remedy))
        return None
    found = _entries(scope, decl, groups) if decl.entries is not None else _rows(scope, decl, groups, value)
    if found is None:
        return None
    if not found:
        scope.report(TargetForm(span=decl.span, why="the target lists no group", remedy="list at least one"))
        return None
    seen: dict[tuple[ir.Physical, ...], Span] = {}
    fine = True
    for row in found:
        if row.key in seen:
            fine = False
            why = f"{_named(groups, row.key)} is listed twice"
            remedy = "keep one of the two, or say what tells them apart after `by`"
            first = seen[row.key] if decl.entries is not None else None
            scope.report(TargetGroups(span=row.span, why=why, remedy=remedy, first=first))
        seen.setdefault(row.key, row.span)
        if not fine and decl.entries is None:
            break
    return found if fine else None


def _named(groups: Sequence[Grouping], key: Sequence[ir.Physical]) -> str:
    parts = zip(groups, key, strict=True)
    return ", ".join(f"{g.label or scope_text(g)} {show_value(k, g.value.type)}" for g, k in parts)


def scope_text(group: Grouping) -> str:
    """What a group without a name is called in messages."""
    return group.label or "group"


def _whole(scope: Typing, decl: tree.TargetDecl, groups: Sequence[Grouping]) -> list[Listed] | None:
    if groups:
        why = "`=` gives one amount for all rows, and this target has groups"
        remedy = 'list them, `{ "DE": 1_000, "FR": 500 }`, or leave out `by`'
        scope.report(TargetForm(span=decl.measure.span, why=why, remedy=remedy))
        return None
    assert decl.amount is not None
    amount = _amount(scope, decl.amount)
    return None if amount is None else [Listed((), *amount, decl.amount.span, scope.text(decl.amount))]


def _amount(scope: Typing, node: tree.Expr | tree.Percent) -> tuple[Decimal, bool] | None:
    """A number as it is written, and whether it is a percentage."""
    match node:
        case tree.Percent(value=value):
            return value, True
        case tree.Number(value=value):
            return Decimal(value), False
        case tree.Unary(op=tree.UnaryOp.NEGATE, operand=tree.Number(value=value)):
            return -Decimal(value), False
        case tree.ErrorExpr():
            return None
        case _:
            remedy = "write the number: `12_500.00`, `3%`"
            scope.report(TargetForm(span=node.span, why="an amount is a number", remedy=remedy))
            return None


def _entries(scope: Typing, decl: tree.TargetDecl, groups: Sequence[Grouping]) -> list[Listed] | None:
    out: list[Listed] = []
    fine = True
    for entry in decl.entries or ():
        nodes = _items(entry.key)
        if len(nodes) != len(groups):
            sample = ", ".join(f"`{g.label}`" for g in groups)
            why = f"a group here has {len(groups)} values ({sample}), and this has {len(nodes)}"
            scope.report(
                TargetGroups(span=entry.key.span, why=why, remedy="write them in brackets, in that order")
            )
            fine = False
            continue
        key = [_key(scope, node, group) for node, group in zip(nodes, groups, strict=True)]
        amount = _amount(scope, entry.amount)
        if amount is None or any(k is None for k in key):
            fine = False
            continue
        told = tuple(k for k in key if k is not None)
        out.append(Listed(told, *amount, entry.amount.span, scope.text(entry.amount)))
    return out if fine else None


def _key(scope: Typing, node: tree.Expr, group: Grouping) -> ir.Physical | None:
    if _without_quotes(scope, node, group):
        return None
    if group.period is not None and isinstance(node, tree.String):
        found = _physical(node.value, group)
        if found is None:
            _no_period(scope, node.span, node.value, group)
        return found
    value = scope.check(node, group.value.type)
    if poisoned(value):
        return None
    if not isinstance(value, ir.Const) or value.value is None:
        scope.report(TargetForm(span=node.span, why="a group is told by constants", remedy='such as `"DE"`'))
        return None
    if not _begins(value.value, group):
        _no_period(scope, node.span, scope.text(node), group)
        return None
    last = _LAST.get(_numbered_by(group), 0)
    if last and not 1 <= int(value.value) <= last:
        unit = _numbered_by(group)
        why = f"`{scope.text(node)}` is no {unit}: {unit}s of any year are 1 to {last}"
        remedy = f'a {unit} of one year is written `"{_FORMS[unit]}"`'
        scope.report(TargetGroups(span=node.span, why=why, remedy=remedy))
        return None
    return value.value


def _without_quotes(scope: Typing, node: tree.Expr, group: Grouping) -> bool:
    """Whether a group is a period without quotes, such as ``2024-01``; reported."""
    unit = group.period or _numbered_by(group)
    if unit not in _UNQUOTED or not isinstance(node, tree.Binary) or node.op is not tree.BinaryOp.SUBTRACT:
        return False
    written = scope.text(node)
    found = re.fullmatch(_UNQUOTED[unit], written)
    if found is None or not 1 <= int(found[2]) <= _LAST[unit]:
        return False
    number = int(found[2])
    form = {"month": f"{number:02d}", "quarter": f"Q{number}", "week": f"W{number:02d}"}[unit]
    meant = f'"{found[1]}-{form}"'
    why = f"`{written}` without quotes is a difference of numbers, and no {unit}"
    scope.report(
        TargetGroups(span=node.span, why=why, remedy=f"a {unit} is written in quotes: `{meant}`", meant=meant)
    )
    return True


def _numbered_by(group: Grouping) -> str:
    """The unit whose periods of any year the groups are the numbers of; "" for other groups."""
    value = group.value
    return value.function if isinstance(value, ir.Call) and value.function in _NUMBERED else ""


def _no_period(scope: Typing, span: Span, written: str, group: Grouping) -> None:
    assert group.period is not None
    form = _FORMS[group.period]
    why = f"`{written}` is no {group.period}"
    remedy = f'a {group.period} is written `"{form}"`' if group.period != "day" else f"such as `{form}`"
    scope.report(TargetGroups(span=span, why=why, remedy=remedy))


def _begins(value: ir.Physical, group: Grouping) -> bool:
    """Whether a date or timestamp is the beginning of a period."""
    if group.period is None or isinstance(group.value.type, t.Int):
        return True
    day, rest = (int(value), 0) if isinstance(group.value.type, t.Date) else divmod(int(value), _DAY)
    first = _EPOCH + dt.timedelta(day)
    match group.period:
        case "week":
            fits = first.weekday() == 0
        case "month":
            fits = first.day == 1
        case "quarter":
            fits = first.day == 1 and first.month % 3 == 1
        case "year":
            fits = first.day == 1 and first.month == 1
        case _:
            fits = True
    return fits and rest == 0


# --- files -----------------------------------------------------------------------------------------


def _rows(
    scope: Typing, decl: tree.TargetDecl, groups: Sequence[Grouping], value: str
) -> list[Listed] | None:
    assert decl.file is not None
    file = decl.file
    found = data_schema(scope.program, file)
    if found is None:
        return None
    path, schema = found
    known = tuple(name for name, _, _ in schema.columns)
    wanted = [g.label for g in groups] + [value]
    nodes = [g.node.span for g in groups] + [decl.measure.span]
    fine = True
    for name, span, number in zip(wanted, nodes, range(len(wanted)), strict=True):
        if name not in known:
            fine = False
            near = nearest(name, known)
            what = "the amounts" if number == len(groups) else f"`{scope.text(span)}`"
            told = ", ".join(f"`{c}`" for c in known)
            why = f'file "{file.value}" has no column `{name}` for {what}: it has {told}'
            free = [c for c in known if c not in wanted] or known
            written = scope.text(span).partition(" as ")[0]
            remedy = f"name the column that is meant: `{written} as {names.quoted(near or free[0])}`"
            if number < len(groups) and len(groups) > 1:
                remedy = "name the columns that are meant after the groups: `by (a, b) as (x, y)`"
            scope.report(TargetForm(span=span, why=why, remedy=remedy))
    if not fine:
        return None
    if schema.rows > MOST_GROUPS:
        detail = f"a target has at most {MOST_GROUPS:,} groups, and the file has {schema.rows:,} rows"
        report_file(scope.program, FileProblem(Problem.TOO_LARGE, path, detail), file.value, file.span)
        return None
    try:
        rows = scope.program.files.data_rows(path, wanted)
    except FileProblem as problem:
        report_file(scope.program, problem, file.value, file.span)
        return None
    return _read(scope, file, groups, value, rows)


def _read(
    scope: Typing, file: tree.String, groups: Sequence[Grouping], value: str, rows: list[tuple[object, ...]]
) -> list[Listed] | None:
    """The rows of the file; only the first that cannot be read is told."""
    out: list[Listed] = []
    for number, row in enumerate(rows, 1):
        key = []
        for cell, group in zip(row, groups, strict=False):
            found = _physical(cell, group)
            if found is None:
                told = "nothing" if cell is None else f"`{cell}`"
                what = f"a {group.period}" if group.period else f"a value of `{scope_text(group)}`"
                why = f'row {number} of "{file.value}" has {told} where {what} belongs'
                form = f"such as `{_FORMS[group.period]}`" if group.period else _values_of(group.value.type)
                scope.report(TargetGroups(span=file.span, why=why, remedy=f"correct the file: {form}"))
                return None
            key.append(found)
        amount = number_of(row[-1])
        if amount is None:
            told = "nothing" if row[-1] is None else f"`{row[-1]}`"
            why = f'row {number} of "{file.value}" has {told} where the number in `{value}` belongs'
            scope.report(
                TargetGroups(span=file.span, why=why, remedy="correct the file: such as `1250.00` or `3%`")
            )
            return None
        out.append(Listed(tuple(key), *amount, file.span, str(row[-1])))
    return out


def _values_of(dtype: t.DataType) -> str:
    if isinstance(dtype, t.Enum):
        return f"its values are {names.listed(dtype.members)}"
    return f"its values are of type {dtype}"


def number_of(value: object) -> tuple[Decimal, bool] | None:
    """A number of a file and whether it is a percentage; floats by their shortest text."""
    match value:
        case bool() | None:
            return None
        case int() | Decimal():
            return Decimal(value), False
        case float():
            number = Decimal(repr(value))
            return (number, False) if number.is_finite() else None
        case str():
            text = value.strip()
            if re.fullmatch(r"-?\d+(\.\d+)?%", text):
                return Decimal(text[:-1]), True
            return (Decimal(text), False) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
        case _:
            return None


def _physical(value: object, group: Grouping) -> ir.Physical | None:
    """A value of a file (or a text that says a period) as the group has it."""
    dtype = group.value.type
    if group.period is not None and isinstance(value, str):
        value = _period_start(value, group.period)
        if isinstance(dtype, t.Int) and isinstance(value, dt.date):
            return value.year
    match dtype, value:
        case t.Bool(), bool():
            return value
        case t.Int(), int() if not isinstance(value, bool):
            fits = 1 <= value <= 9998 if group.period == "year" else dtype.low <= value <= dtype.high
            return value if fits else None
        case t.String(), str():
            return value
        case t.String(), int() if not isinstance(value, bool):
            return str(value)
        case t.Enum(_, members), str():
            return members.index(value) if value in members else None
        case ((t.Date() | t.Timestamp()), dt.date()):
            return _moment(value, group)
        case _:
            return None


def _moment(value: dt.date, group: Grouping) -> int | None:
    if isinstance(value, dt.datetime):
        instant = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value
        micros = (instant - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    else:
        micros = (value - _EPOCH).days * _DAY
    if isinstance(group.value.type, t.Date):
        if micros % _DAY:
            return None
        micros //= _DAY
    return micros if _begins(micros, group) else None


def _period_start(text: str, period: str) -> dt.date | None:
    """The first day of a period as people write it."""
    try:
        match period:
            case "month" if re.fullmatch(r"\d{4}-\d{2}", text):
                return dt.date(int(text[:4]), int(text[5:]), 1)
            case "quarter" if re.fullmatch(r"\d{4}-?[Qq][1-4]", text):
                return dt.date(int(text[:4]), int(text[-1]) * 3 - 2, 1)
            case "week" if re.fullmatch(r"\d{4}-?W\d{2}", text):
                return dt.date.fromisocalendar(int(text[:4]), int(text[-2:]), 1)
            case "year" if re.fullmatch(r"\d{4}", text):
                return dt.date(int(text), 1, 1)
            case _:
                return dt.date.fromisoformat(text)
    except ValueError:
        return None
