"""A card for each column: what it is declared to be, what it holds."""

from __future__ import annotations

from collections.abc import Sequence

from specdsl.ir.model import Column, Table, Uniqueness
from specdsl.report.address import table_address
from specdsl.report.charts import bars_table, histogram_chart
from specdsl.report.html import Html, join, tag
from specdsl.report.model import Bars, ColumnProfile, TableProfile
from specdsl.report.numbers import count, percent
from specdsl.report.shares import is_whole_column, outcomes, share_table
from specdsl.verify.report import RuleResult, Verdict
from specdsl.verify.rule import RuleKind


def columns_section(table: Table, profile: TableProfile, results: Sequence[RuleResult]) -> Html:
    """The cards of all columns that are written."""
    cards = [
        _card(table, table.columns[name], one, [r for r in results if r.rule.columns[:1] == (name,)])
        for name, one in profile.columns.items()
    ]
    return tag("div", cards, class_="cards")


def _card(table: Table, column: Column, profile: ColumnProfile, results: Sequence[RuleResult]) -> Html:
    broken = any(r.verdict is Verdict.BROKEN for r in results)
    reference = table.references.get(column.reference or "")
    badges = [tag("span", str(column.type), "?" if column.nullable else "", class_="type")]
    if column.name in table.key:
        badges.append(tag("span", "key", class_="badge"))
    elif column.uniqueness is not Uniqueness.NONE:
        badges.append(tag("span", "unique", class_="badge"))
    if reference is not None:
        badges.append(tag("a", f"→ {reference.table}", href=table_address(reference.table), class_="badge"))
    head = tag("header", tag("h4", column.name), badges)
    shares = [r for r in results if r.rule.kind is RuleKind.SHARES and outcomes(r)]
    told = any(is_whole_column(r, column.name) for r in shares)
    charts = [
        bars_table(c) if isinstance(c, Bars) else histogram_chart(c)
        for c in profile.charts
        if not (told and isinstance(c, Bars))
    ]
    body: list[object] = [tag("p", column.doc, class_="doc") if column.doc else None]
    if profile.missing:
        body.append(tag("p", profile.missing, class_="broken"))
    else:
        body += [_figures(column, profile, results), charts, share_table(shares) if shares else None]
    return tag("article", head, body, class_="card broken-card" if broken else "card")


def _figures(column: Column, profile: ColumnProfile, results: Sequence[RuleResult]) -> Html:
    total = profile.values + profile.nulls
    figures: list[tuple[str, object]] = []
    if column.nullable or profile.nulls:
        share = profile.nulls / total if total else 0.0
        figures.append(("null", join(percent(share) if profile.nulls else "none", _declared_nulls(results))))
    if profile.distinct is not None:
        about = "" if profile.distinct_exact else "about "
        all_of_them = profile.distinct_exact and profile.distinct == profile.values > 1
        figures.append(("distinct", f"{about}{count(profile.distinct)}{' (all)' if all_of_them else ''}"))
    figures += profile.figures
    pairs = [tag("div", tag("dt", name), tag("dd", value)) for name, value in figures]
    return tag("dl", pairs, class_="figures")


def _declared_nulls(results: Sequence[RuleResult]) -> Html | None:
    """The declared rate where there is one for all rows."""
    for result in results:
        if result.rule.kind is RuleKind.NULL_RATE and result.rule.name.endswith(("% null", "% absent")):
            found = outcomes(result)
            if not found:
                return None
            off = abs(found[0].sigmas)
            told = "within sampling error" if off <= 3 else f"{off:.1f} standard deviations off"
            return tag("small", f" declared {percent(found[0].declared)}, {told}")
    return None
