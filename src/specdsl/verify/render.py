"""The report for people: a line for each table, broken rules in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from specdsl.verify.report import RuleResult, Verdict, VerifyReport
from specdsl.verify.rule import RuleKind

if TYPE_CHECKING:
    from rich.console import RenderableType

_WIDEST = 40


def render(report: VerifyReport, *, unchecked: bool = False) -> RenderableType:
    """The report for a rich console. ``unchecked``: name the rules that could not be checked, too."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [_table_line(report, name) for name in report.rows]
    for result in report.broken:
        parts += [Text(""), *_broken(result)]
    if report.unchecked:
        parts.append(Text(""))
        if unchecked:
            parts += [Text(f"not checked: {r.rule.name}: {r.note}", "yellow") for r in report.unchecked]
        else:
            rules = "rule" if len(report.unchecked) == 1 else "rules"
            parts.append(Text(f"{len(report.unchecked)} {rules} could not be checked", "yellow"))
    return Group(*parts)


def _table_line(report: VerifyReport, table: str) -> RenderableType:
    from rich.text import Text

    results = report.of_table(table)
    broken = sum(r.verdict is Verdict.BROKEN for r in results)
    held = sum(r.verdict is Verdict.OK for r in results)
    line = Text()
    line.append("✗ " if broken else "✓ ", "red" if broken else "green")
    line.append(table, "bold")
    line.append(f"  {_rows(report.rows[table])}, {held} rules hold")
    if expected := report.expected(table):
        line.append(f", {violations(expected)}", "cyan")
    if broken:
        line.append(f", {broken} broken", "red")
    return line


def violations(expected: int) -> str:
    """``30 expected violations``."""
    return f"{expected:,} expected violation{'' if expected == 1 else 's'}"


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _broken(result: RuleResult) -> list[RenderableType]:
    from rich.text import Text

    line = Text()
    line.append("broken: ", "bold red")
    line.append(result.rule.name, "bold")
    by_row = result.broken and result.rule.kind not in (RuleKind.SCHEMA, RuleKind.ROW_COUNT)
    counted = f"{result.broken:,} of {_rows(result.looked_at)}" if by_row else ""
    if result.rule.kind is RuleKind.COVER:
        counted = f"{result.broken:,} of {result.looked_at:,} combinations are in no row"
    detail = "; ".join(x for x in (counted, result.note) if x)
    if detail:
        line.append(f": {detail}")
    out: list[RenderableType] = [line]
    if result.offenders:
        out.append(_offenders(result.offenders))
    return out


def _offenders(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in rows[0]:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    return Padding(table, (0, 0, 0, 2))


def _cell(value: Any) -> str:
    text = "null" if value is None else str(value)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
