"""Charts as SVG within the page. A bar has a title: a pointer or a screen reader tells its numbers."""

from __future__ import annotations

from specdsl.report.html import Html, join, tag
from specdsl.report.model import Bars, Histogram
from specdsl.report.numbers import count, counted, percent

_WIDTH = 320.0
_TOP = 4.0
_BASE = 92.0
_HEIGHT = 112.0


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def histogram_chart(histogram: Histogram) -> Html:
    """Bars over an axis, the declared distribution as a line over them, and a caption."""
    first, last = histogram.edges[0], histogram.edges[-1]
    highest = max([1.0, *histogram.counts, *histogram.expected])

    def x(value: float) -> float:
        return (value - first) / (last - first) * _WIDTH

    def y(amount: float) -> float:
        return _BASE - amount / highest * (_BASE - _TOP)

    bars = []
    for i, (amount, label) in enumerate(zip(histogram.counts, histogram.labels, strict=True)):
        left, right = x(histogram.edges[i]), x(histogram.edges[i + 1])
        told = f"{label}: {count(amount)} ({percent(amount / histogram.total)})"
        if histogram.expected:
            told += f", declared {count(round(histogram.expected[i]))}"
        top = min(y(amount), _BASE - 1) if amount else _BASE
        gap = 1.0 if right - left > 4 else 0.3
        bars.append(
            tag(
                "rect",
                tag("title", told),
                class_="bar",
                x=_n(left + gap / 2),
                y=_n(top),
                width=_n(max(right - left - gap, 0.4)),
                height=_n(_BASE - top),
            )
        )
    ticks = [
        tag(
            "text",
            label,
            x=_n(min(max(x(at), 0), _WIDTH)),
            y="107",
            text_anchor=_anchor(x(at)),
            class_="tick",
        )
        for at, label in histogram.ticks
    ]
    line = None
    if histogram.expected:
        middles = [
            (x((a + b) / 2), y(e))
            for a, b, e in zip(histogram.edges, histogram.edges[1:], histogram.expected, strict=False)
        ]
        path = "M" + "L".join(f"{_n(px)} {_n(py)}" for px, py in middles)
        line = join(
            tag("path", d=path, class_="declared"),
            [tag("circle", cx=_n(px), cy=_n(py), r="2", class_="dot") for px, py in middles]
            if len(middles) < 13
            else None,
        )
    drawing = tag(
        "svg",
        bars,
        tag("path", d=f"M0 {_n(_BASE + 0.5)}H{_n(_WIDTH)}", class_="axis"),
        line,
        ticks,
        class_="chart",
        viewBox=f"0 0 {_n(_WIDTH)} {_n(_HEIGHT)}",
        role="img",
        aria_label=f"{histogram.title}, {counted(len(histogram.counts), 'bin')}",
    )
    return tag("figure", tag("figcaption", histogram.title), drawing, _notes(histogram))


def _anchor(x: float) -> str:
    return "start" if x < 12 else "end" if x > _WIDTH - 12 else "middle"


def _notes(histogram: Histogram) -> Html | None:
    notes = []
    if histogram.declared:
        notes.append(join(tag("i", class_="key-line"), "declared: ", histogram.declared))
    if histogram.beyond:
        notes.append(join(counted(histogram.beyond, "value"), " further out not drawn"))
    return (
        tag("p", join([join(" · " if i else None, n) for i, n in enumerate(notes)]), class_="note")
        if notes
        else None
    )


def share_bar(achieved: float, declared: float | None, scale: float) -> Html:
    """A level bar of an achieved share, a mark at the declared one; ``scale``: the share of full width."""
    width = min(achieved / scale, 1.0) * 100 if scale else 0.0
    mark = None
    if declared is not None:
        at = min(declared / scale, 1.0) * 100 if scale else 0.0
        mark = tag("rect", x=_n(min(max(at - 0.8, 0), 98.4)), y="0", width="1.6", height="12", class_="mark")
    bar = tag("rect", x="0", y="2", width=_n(width), height="8", class_="bar")
    # The numbers stand beside it: the picture adds nothing for those who do not see it.
    return tag(
        "svg", bar, mark, class_="level", viewBox="0 0 100 12", preserveAspectRatio="none", aria_hidden="true"
    )


def bars_table(bars: Bars) -> Html:
    """The most frequent values with bars and shares."""
    total = max(bars.total, 1)
    scale = max((n / total for _, n in bars.values), default=1.0)
    rows = [_bar_row(tag("span", label), n, total, scale) for label, n in bars.values]
    if bars.others:
        others = "other values" if bars.other_values is None else counted(bars.other_values, "other value")
        rows.append(_bar_row(tag("em", others), bars.others, total, None))
    head = tag("tr", [tag("th", h, scope="col") for h in ("value", "", "rows", "share")])
    caption = tag("caption", bars.title)
    return tag("table", caption, tag("thead", head, class_="quiet"), tag("tbody", rows), class_="bars")


def _bar_row(label: Html, amount: int, total: int, scale: float | None) -> Html:
    """A row with a bar; without a ``scale`` there is none: the rest would dwarf the values above it."""
    share = amount / total
    return tag(
        "tr",
        tag("th", label, scope="row"),
        tag("td", None if scale is None else share_bar(share, None, scale), class_="track"),
        tag("td", count(amount), class_="number"),
        tag("td", percent(share), class_="number"),
    )
