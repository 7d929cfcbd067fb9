"""Targets: what each group of rows comes to, beside what was asked of it."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.datatypes import types as t
from specdsl.ir.model import Table, Target, TargetKind
from specdsl.verify.forms import constant
from specdsl.verify.lowered import CannotLowerError
from specdsl.verify.naming import table_name
from specdsl.verify.row_tests import ALIAS, row_scope
from specdsl.verify.rule import GroupTest, NotCheckable, Rule, RuleKind, Shown, Test
from specdsl.verify.sql import Context, Lowering


def target_rules(table: Table, context: Context) -> Iterator[Rule]:
    """A rule for each target of a table, about its groups."""
    for target in table.targets:
        columns = (target.column,) if target.column else ()
        test = _target_test(table, target, context)
        yield Rule(f"{table.name} target {target.name}", RuleKind.TARGET, table.name, columns, test)


def _target_test(table: Table, target: Target, context: Context) -> Test:
    """Every group, so that those without any row are among them."""
    lowering = Lowering(context)
    scope = row_scope(table)
    try:
        groups = [lowering.expr(group, scope) for group in target.groups]
        found, many = _found(table, target, lowering)
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    if target.kind is TargetKind.RETENTION:
        groups.append("periods.p")
    keys = [f"k{i}" for i in range(len(groups))]
    source = " ".join([f"{table_name(table)} AS {ALIAS}", *lowering.joins])
    if target.kind is TargetKind.RETENTION:
        source += f" CROSS JOIN range({target.periods}) AS periods(p)"
    selected = ", ".join(
        [*(f"{g} AS {k}" for g, k in zip(groups, keys, strict=True)), f"{found} AS v", f"{many} AS n"]
    )
    grouped = f"SELECT {selected} FROM {source}" + (f" GROUP BY {', '.join(groups)}" if groups else "")
    asked = ", ".join(_asked(target, i) for i in range(len(target.amounts)))
    listed = f"(VALUES {asked}) AS a({', '.join([*keys, 'amount'])})"
    on = " AND ".join(f"a.{k} = f.{k}" for k in keys) or "true"
    join = "LEFT" if target.free or not keys else "FULL"
    shown = ", ".join(f"COALESCE(a.{k}, f.{k}) AS {k}" for k in keys)
    wanted = _wanted(target)
    offending = (
        f"SELECT {shown + ', ' if shown else ''}{wanted} AS asked, COALESCE(f.v, 0) AS found, "
        f"1 AS broken FROM {listed} {join} JOIN ({grouped}) AS f ON {on} "
        f"WHERE {wanted} IS DISTINCT FROM COALESCE(f.v, 0)"
    )
    dtype = (
        t.INT if target.kind not in (TargetKind.SUM, TargetKind.AVG) else table.columns[target.column].type
    )
    described = [
        Shown(label or f"group {i + 1}", k, group.type)
        for i, (label, k, group) in enumerate(zip(target.labels, keys, target.groups, strict=False))
    ]
    if target.kind is TargetKind.RETENTION:
        described.append(Shown("period", keys[-1], t.INT))
    described += [Shown("asked for", "asked", dtype), Shown("found", "found", dtype)]
    return GroupTest(f"SELECT count(*) FROM {listed}", offending, tuple(described))


def _found(table: Table, target: Target, lowering: Lowering) -> tuple[str, str]:
    """What a group comes to, and the number of rows that what is asked goes by."""
    scope = row_scope(table)
    match target.kind:
        case TargetKind.COUNT:
            return "count(*)", "count(*)"
        case TargetKind.SHARE:
            assert target.condition is not None
            return f"count(*) FILTER (WHERE {lowering.expr(target.condition, scope)})", "count(*)"
        case TargetKind.RETENTION:
            value = lowering.column(target.column, scope)
            return f"count(*) FILTER (WHERE {value} > periods.p)", f"count({value})"
        case _:
            value = lowering.column(target.column, scope)
            return f"COALESCE(sum(CAST({value} AS HUGEINT)), 0)", f"count({value})"


def _asked(target: Target, number: int) -> str:
    group, period = divmod(number, target.periods)
    keys = [constant(k, g.type) for k, g in zip(target.keys[group], target.groups, strict=True)]
    if target.kind is TargetKind.RETENTION:
        keys.append(constant(period, t.INT))
    return f"({', '.join([*keys, f'CAST({target.amounts[number]} AS HUGEINT)'])})"


def _wanted(target: Target) -> str:
    """What a group of ``f.n`` rows is asked for (see ``Target.asked``)."""
    if target.kind in (TargetKind.SUM, TargetKind.COUNT):
        return "a.amount"
    whole = f"((2 * abs(a.amount) * COALESCE(f.n, 0) + {target.unit}) // {2 * target.unit})"
    return f"(CASE WHEN a.amount < 0 THEN -{whole} ELSE {whole} END)"
