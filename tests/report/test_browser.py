from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from specdsl.building.finding import find_tables
from specdsl.report.page import Subject, page
from specdsl.verify.verifier import verify
from tests.report.browser import Opened, chromium, needs_chromium
from tests.report.making import SPEC, built, dataset, profiles

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on data that break a rule: that of a spec which is stricter than the one they were made by."""
    spec = dataset(SPEC.replace("int? in 0..30", "int? in 0..20"))
    found = find_tables(dataset(), built()).tables
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(Subject(spec, profiles(), verify(spec, found), "parquet")), "utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_opens(browser: Any, report: Path, width: int, scheme: str) -> None:
    opened = Opened(browser, report, width, scheme=scheme)
    assert opened.complaints == []
    assert opened.asked == [report.as_uri()]
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.evaluate("document.querySelectorAll('script').length") == 1
    assert opened.evaluate("document.querySelectorAll('img').length") == 0
    bars = "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('.bar[height]').length)"
    assert min(opened.evaluate(bars)) > 0
    heights = "Math.max(...[...document.querySelectorAll('.chart .bar')].map(b => b.getBoundingClientRect().height))"
    assert opened.evaluate(heights) > 50


def luminance(color: str) -> float:
    """Relative luminance of ``rgb(r, g, b)`` (WCAG 2.2)."""
    numbers = [float(n) / 255 for n in color[color.index("(") + 1 : -1].split(",")[:3]]
    linear = [n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4 for n in numbers]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Any, report: Path, scheme: str) -> None:
    """All text has at least the contrast 4.5 : 1 with what it stands on."""
    opened = Opened(browser, report, 1280, scheme=scheme)
    pairs = opened.evaluate(
        """() => {
          const solid = e => {
            for (; e; e = e.parentElement) {
              const back = getComputedStyle(e).backgroundColor;
              if (!back.startsWith("rgba")) return back;
            }
          };
          const texts = [...document.querySelectorAll("body *")].filter(
            e => !e.closest("svg") && !e.closest("script") && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
          return [...new Set(texts.map(e => getComputedStyle(e).color + "|" + solid(e)))];
        }"""
    )
    assert len(pairs) > 5
    for pair in pairs:
        text, back = (luminance(c) for c in pair.split("|"))
        assert (max(text, back) + 0.05) / (min(text, back) + 0.05) >= 4.5, pair


def test_theme_can_be_switched(browser: Any, report: Path) -> None:
    opened = Opened(browser, report, 1280)
    back = "getComputedStyle(document.body).backgroundColor"
    light = opened.evaluate(back)
    opened.page.click("#theme")
    assert opened.evaluate(back) != light
    opened.page.click("#theme")
    assert opened.evaluate(back) == light


def test_tables_can_be_sorted(browser: Any, report: Path) -> None:
    opened = Opened(browser, report, 1280)
    rows = "[...document.querySelectorAll('.overview tbody tr')].map(r => r.cells[1].textContent)"
    assert opened.evaluate(rows) == ["300", "2,000", "0"]
    opened.page.click(".overview th:nth-child(2) button")
    assert opened.evaluate(rows) == ["0", "300", "2,000"]
    opened.page.click(".overview th:nth-child(2) button")
    assert opened.evaluate(rows) == ["2,000", "300", "0"]
    assert opened.evaluate("document.querySelector('.overview th:nth-child(2)').ariaSort") == "descending"


def test_parts_can_be_folded(browser: Any, report: Path) -> None:
    opened = Opened(browser, report, 1280)
    assert opened.evaluate("[...document.querySelectorAll('.rules-of')].map(d => d.open)") == [
        False,
        True,
        False,
    ]
    diagram = opened.page.locator(".diagram .wide")
    assert diagram.is_visible()
    opened.page.click(".diagram > summary")
    assert not diagram.is_visible()


def test_what_is_broken_is_shown(browser: Any, report: Path) -> None:
    opened = Opened(browser, report, 1280)
    assert "1 of " in opened.page.inner_text(".verdict.broken")
    assert opened.page.locator("tr.broken").count() == 1
    assert opened.page.locator("tr.broken .values tbody tr").count() == 5
    assert opened.page.locator(".broken-card").count() == 1


def test_links_of_the_diagram_lead_to_tables(browser: Any, report: Path) -> None:
    opened = Opened(browser, report, 1280)
    missing = "[...document.querySelectorAll('a')].filter(a => !document.getElementById(a.getAttribute('href').slice(1))).length"
    assert opened.evaluate(missing) == 0
    assert opened.page.locator(".diagram a").count() == 3


def test_without_scripts(browser: Any, report: Path) -> None:
    opened = Opened(browser, report, 390, scripts=False)
    assert not opened.page.locator("#theme").is_visible()
    assert opened.page.locator(".overview").is_visible()
    opened.page.click(".diagram > summary")
    assert not opened.page.locator(".diagram .wide").is_visible()
