"""The rules of a table: verdict, rows looked at, rows that break it, and which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from specdsl.report.html import Html, join, tag
from specdsl.report.numbers import count, counted
from specdsl.verify.render import violations
from specdsl.verify.report import RuleResult, Verdict

_WORDS = {Verdict.OK: "holds", Verdict.BROKEN: "broken", Verdict.UNCHECKED: "not checked"}
_SIGNS = {Verdict.OK: "✓", Verdict.BROKEN: "✗", Verdict.UNCHECKED: "–"}
_ORDER = {Verdict.BROKEN: 0, Verdict.UNCHECKED: 1, Verdict.OK: 2}
_CELL = 200


def verdict_counts(results: Sequence[RuleResult]) -> Html:
    """``12 rules hold, 1 broken, 2 not checked``."""
    by = {v: sum(r.verdict is v for r in results) for v in Verdict}
    held = by[Verdict.OK]
    parts = [tag("span", f"{counted(held, 'rule')} hold{'s' if held == 1 else ''}", class_="ok")]
    if expected := sum(r.expected for r in results):
        parts.append(tag("span", violations(expected), class_="ok"))
    if by[Verdict.BROKEN]:
        parts.append(tag("span", f"{by[Verdict.BROKEN]:,} broken", class_="broken"))
    if by[Verdict.UNCHECKED]:
        parts.append(tag("span", f"{by[Verdict.UNCHECKED]:,} not checked", class_="unchecked"))
    return join([join(", " if i else None, p) for i, p in enumerate(parts)])


def rules_section(results: Sequence[RuleResult]) -> Html:
    """All rules of a table, broken ones first; open where one is broken."""
    ordered = sorted(results, key=lambda r: _ORDER[r.verdict])
    titles = (("verdict", ""), ("rule", ""), ("kind", ""), ("rows", "number"), ("broken", "number"))
    expected = any(r.expected for r in results)
    head = [tag("th", title, scope="col", class_=kind or None) for title, kind in titles]
    if expected:
        head.append(tag("th", "expected", scope="col", class_="number"))
    table = tag(
        "table",
        tag("thead", tag("tr", head)),
        tag("tbody", [_row(r, expected) for r in ordered]),
        class_="sortable rules",
    )
    broken = any(r.verdict is Verdict.BROKEN for r in results)
    summary = tag("summary", tag("h3", "Rules"), " ", verdict_counts(results))
    return tag(
        "details", summary, tag("div", table, class_="wide", tabindex="0"), open=broken, class_="rules-of"
    )


def _row(result: RuleResult, expected: bool) -> Html:
    verdict = result.verdict
    sign = tag("span", _SIGNS[verdict], " ", _WORDS[verdict], class_=verdict.value)
    about = [tag("code", result.rule.name)]
    if result.note:
        about.append(tag("div", result.note, class_="note"))
    if result.offenders:
        about.append(_offenders(result))
    looked = None if verdict is Verdict.UNCHECKED else count(result.looked_at)
    cells = [
        tag("td", sign),
        tag("td", about),
        tag("td", result.rule.kind.value),
        tag("td", looked, class_="number"),
        tag("td", count(result.broken) if result.broken else "0" if looked else None, class_="number"),
    ]
    if expected:
        cells.append(tag("td", count(result.expected), class_="number"))
    return tag("tr", cells, class_=verdict.value)


def _offenders(result: RuleResult) -> Html:
    shown = len(result.offenders)
    words = f"the first {shown} that break it" if result.broken > shown else "what breaks it"
    return tag(
        "details",
        tag("summary", words),
        tag("div", value_table(result.offenders), class_="wide"),
        open=True,
    )


def value_table(rows: Sequence[Mapping[str, Any]]) -> Html:
    """Rows of values under their columns' names."""
    names = list(rows[0])
    right = {n for n in names if all(isinstance(r[n], (int, float)) or r[n] is None for r in rows)}
    head = tag("tr", [tag("th", n, scope="col", class_="number" if n in right else None) for n in names])
    body = [tag("tr", [_cell(r[n], n in right) for n in names]) for r in rows]
    return tag("table", tag("thead", head), tag("tbody", body), class_="values")


def _cell(value: Any, right: bool) -> Html:
    if value is None:
        return tag("td", tag("span", "null", class_="null"), class_="number" if right else None)
    if isinstance(value, bool):
        return tag("td", "true" if value else "false")
    text = f"{value:.6g}" if isinstance(value, float) else _nested(value)
    short = text if len(text) <= _CELL else text[: _CELL - 1] + "…"
    return tag("td", short or '""', class_="number" if right else None)


def _nested(value: Any) -> str:
    match value:
        case None:
            return "null"
        case float():
            return f"{value:.6g}"
        case list():
            return f"[{', '.join(map(_nested, value))}]"
        case dict():
            return "{" + ", ".join(f"{k}: {_nested(v)}" for k, v in value.items()) + "}"
        case _:
            return str(value)
