"""Charts as SVG text, legible on light and on dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH = 720
_ROW, _LABEL, _TOP = 26, 190, 46
_STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 15px }
.axis { fill: #57606a; font-size: 11px }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.bar { fill: #6e7781 }
.ours { fill: #1f6feb }
.line0 { stroke: #1f6feb; fill: #1f6feb }
.line1 { stroke: #bf8700; fill: #bf8700 }
polyline { fill: none !important; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .axis { fill: #9198a1 } .bar { fill: #9198a1 } .ours { fill: #4493f8 }
  .line0 { stroke: #4493f8; fill: #4493f8 } .line1 { stroke: #d29922; fill: #d29922 }
}
</style>"""


def bars(title: str, values: Mapping[str, float], unit: str, ours: str = "specdsl") -> str:
    """Horizontal bars on a logarithmic axis; those whose name begins with ``ours`` stand out."""
    low = 10.0 ** math.floor(math.log10(min(values.values())))
    high = 10.0 ** math.ceil(math.log10(max(values.values()) * 1.01))
    height = _TOP + _ROW * len(values) + 26
    room = WIDTH - _LABEL - 70

    def x(value: float) -> float:
        return _LABEL + room * math.log10(value / low) / math.log10(high / low)

    parts = [f'<text class="title" x="8" y="22">{escape(title)}</text>']
    ticks = [low * 10.0**i for i in range(round(math.log10(high / low)) + 1)]
    for tick in ticks:
        parts.append(f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="36" y2="{height - 24}"/>')
        parts.append(
            f'<text class="axis" x="{x(tick):.1f}" y="{height - 8}" text-anchor="middle">'
            f"{_short(tick)}{escape(unit)}</text>"
        )
    for i, (name, value) in enumerate(values.items()):
        y = _TOP + _ROW * i
        kind = "ours" if name.startswith(ours) else "bar"
        parts.append(f'<text x="{_LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        parts.append(
            f'<rect class="{kind}" x="{_LABEL}" y="{y}" width="{max(1.0, x(value) - _LABEL):.1f}" '
            f'height="18" rx="2"/>'
        )
        parts.append(f'<text x="{x(value) + 6:.1f}" y="{y + 13}">{_short(value)}{escape(unit)}</text>')
    return _svg(height, parts, title)


def lines(
    title: str, x_name: str, at: Sequence[float], series: Mapping[str, Sequence[float]], units: Sequence[str]
) -> str:
    """Up to two series over a logarithmic axis, from 0 up; those of one unit share a scale, others have their
    own. Values are written at the points."""
    height, left, right, top, bottom = 300, 60, WIDTH - 60, 64, 250
    first, last = math.log10(at[0]), math.log10(at[-1])

    def x(value: float) -> float:
        return left + (right - left) * (math.log10(value) - first) / max(1e-9, last - first)

    parts = [f'<text class="title" x="8" y="22">{escape(title)}</text>']
    for value in at:
        parts.append(f'<line class="grid" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top}" y2="{bottom}"/>')
        parts.append(
            f'<text class="axis" x="{x(value):.1f}" y="{bottom + 18}" text-anchor="middle">'
            f"{_short(value)}</text>"
        )
    parts.append(
        f'<text class="axis" x="{(left + right) / 2}" y="{bottom + 38}" text-anchor="middle">'
        f"{escape(x_name)}</text>"
    )
    for number, (name, values) in enumerate(series.items()):
        alike = [
            v
            for other, unit in zip(series.values(), units, strict=True)
            for v in other
            if unit == units[number]
        ]
        top_value = max(alike) * 1.1
        points = [(x(a), bottom - (bottom - top) * v / top_value) for a, v in zip(at, values, strict=True)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline class="line{number}" points="{path}"/>')
        for (a, b), value in zip(points, values, strict=True):
            parts.append(f'<circle class="line{number}" cx="{a:.1f}" cy="{b:.1f}" r="3"/>')
            shift = -8 if number == 0 else 16 if b < bottom - 16 else -22
            parts.append(
                f'<text class="axis" x="{a:.1f}" y="{b + shift:.1f}" text-anchor="middle">'
                f"{_short(value)}{escape(units[number])}</text>"
            )
        parts.append(f'<rect class="line{number}" x="{8 + 200 * number}" y="34" width="10" height="10"/>')
        parts.append(f'<text x="{24 + 200 * number}" y="44">{escape(name)}</text>')
    return _svg(height, parts, title)


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _svg(height: int, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{escape(title)}">\n{_STYLE}\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
