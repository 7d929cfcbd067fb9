"""Declared shares beside those that the data have, and how far chance explains the difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from specdsl.report.charts import share_bar
from specdsl.report.html import Html, tag
from specdsl.report.numbers import count, counted, percent
from specdsl.verify.report import RuleResult, Verdict
from specdsl.verify.rule import RuleKind, ShareTest

_USUAL = 3.0
"""Deviations up to so many standard deviations are sampling error: chance passes them once in 370 times."""
_MOST = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: its declared probability and its count of ``total`` rows."""

    label: str
    declared: float
    found: int
    total: int

    @property
    def achieved(self) -> float:
        return self.found / self.total if self.total else 0.0

    @property
    def sigmas(self) -> float:
        """The deviation in standard deviations of the binomial distribution, signed."""
        spread = math.sqrt(self.declared * (1 - self.declared) * self.total)
        difference = self.found - self.declared * self.total
        return difference / spread if spread else math.copysign(math.inf, difference) if difference else 0.0


def outcomes(result: RuleResult) -> list[Outcome]:
    """The outcomes of a rule about shares; none where it was not checked."""
    test = result.rule.test
    if not isinstance(test, ShareTest) or len(result.counts) != len(test.outcomes):
        return []
    return [
        Outcome(o.label, o.share, n, result.looked_at)
        for o, n in zip(test.outcomes, result.counts, strict=True)
    ]


def is_whole_column(result: RuleResult, column: str) -> bool:
    """Whether the rule is about the shares of all values of ``column`` alone."""
    return (
        result.rule.kind is RuleKind.SHARES
        and result.rule.columns == (column,)
        and result.rule.name.endswith(" shares")
        and bool(outcomes(result))
    )


def share_table(results: Sequence[RuleResult]) -> Html:
    """A table for one or more rules about shares."""
    return tag("div", [_table(r) for r in results if outcomes(r)], class_="shares")


def _table(result: RuleResult) -> Html:
    test = result.rule.test
    assert isinstance(test, ShareTest)
    every = sorted(outcomes(result), key=lambda o: -o.declared)
    shown = every[:_MOST]
    scale = max(max(o.declared, o.achieved) for o in shown) or 1.0
    rows = [
        tag(
            "tr",
            tag("th", tag("span", o.label), scope="row"),
            tag("td", share_bar(o.achieved, o.declared, scale), class_="track"),
            tag("td", percent(o.achieved), class_="number"),
            tag("td", percent(o.declared), class_="number"),
            tag("td", _deviation(o), class_="number", title=f"{count(o.found)} of {counted(o.total, 'row')}"),
        )
        for o in shown
    ]
    head = tag("tr", [tag("th", h, scope="col") for h in ("value", "", "found", "declared", "off by")])
    more = f"; {counted(len(every) - len(shown), 'more outcome')}" if len(every) > len(shown) else ""
    return tag(
        "table",
        tag("caption", f"{_title(result)}, {counted(result.looked_at, 'row')}"),
        tag("thead", head),
        tag("tbody", rows),
        tag("tfoot", tag("tr", tag("td", _judged(result, test, every) + more, colspan=5))),
        class_="bars",
    )


def _title(result: RuleResult) -> str:
    """``Declared shares``, ``Declared shares of (city, country)``, ``Declared shares, arm 2``."""
    about, _, where = result.rule.name.removeprefix(f"{result.rule.table}.").partition(" shares")
    several = f" of {about}" if len(result.rule.columns) > 1 else ""
    return f"Declared shares{several}{',' if where else ''}{where}"


def _deviation(outcome: Outcome) -> str:
    points = (outcome.achieved - outcome.declared) * 100
    return f"{'+' if points > 0 else '−' if points < 0 else ''}{abs(points):.2g} pp" if points else "0 pp"


def _judged(result: RuleResult, test: ShareTest, every: Sequence[Outcome]) -> str:
    if result.verdict is Verdict.BROKEN:
        return f"Broken: {result.note}" if result.note else "Broken"
    if not result.looked_at:
        return "No rows to tell by"
    if test.exact:
        return "Exact, as declared"
    worst = max(every, key=lambda o: abs(o.sigmas))
    if test.at_least:
        return "At least as many as declared, within sampling error"
    if abs(worst.sigmas) <= _USUAL:
        return f"Within sampling error (at most {abs(worst.sigmas):.1f} standard deviations)"
    return (
        f"{worst.label} is {abs(worst.sigmas):.1f} standard deviations off: rare, but chance can explain it"
    )
