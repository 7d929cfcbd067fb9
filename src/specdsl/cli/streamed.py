"""What a stream came to, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.streaming.histogram import Histogram
from specdsl.streaming.summary import Percentiles, Summary

_ENDED = {
    "end": "all {noun}s are sent",
    "rows": "as many {noun}s as asked for",
    "duration": "the time is up",
    "interrupted": "interrupted",
    "terminated": "terminated",
    "closed": "nobody reads it any more",
    "failed": "then it failed",
}
_SHOWN = 3  # files


def summary_text(summary: Summary) -> str:
    """A line of what was sent and where to, and one for each thing worth knowing of how."""
    rows = ", ".join(f"{name} {count:,}" for name, count in summary.rows.items())
    one = next(iter(summary.rows))
    total = _counted(summary.total, summary.noun)
    head = f"{one}: {total}" if len(summary.rows) == 1 else f"{total} ({rows})"
    ended = _ENDED[summary.ended].format(noun=summary.noun)
    lines = [f"{head} in {duration(summary.seconds)} to {summary.target}; {ended}"]
    lines += [f"  {name:<10}{text}" for name, text in _details(summary)]
    return "\n".join(lines)


def _details(summary: Summary) -> Iterator[tuple[str, str]]:
    if summary.changes:
        yield "changes", ", ".join(_changes(name, count) for name, count in summary.changes.items())
    if summary.seconds > 0:
        text = f"{rate(summary.rate)} {summary.noun}s/s"
        if summary.asked:
            off = summary.rate / summary.asked - 1
            text += f"; {rate(summary.asked)} were due ({off:+.2%})".replace("%", " %")
        yield "rate", text
    if summary.lateness is not None and summary.total:
        yield "pacing", f"sent {_percentiles(summary.lateness)} after they were due"
    told = [
        f"{count:,} {what}"
        for count, what in (
            (summary.late, "late"),
            (summary.out_of_order, "out of order"),
            (summary.duplicates, "sent again"),
        )
        if count
    ]
    if told:
        yield "disorder", ", ".join(told)
    yield from _delivery(summary)


def _delivery(summary: Summary) -> Iterator[tuple[str, str]]:
    found = summary.delivery
    if found.messages or found.failed:
        failed = f"; {_counted(found.failed, summary.noun)} NOT delivered" if found.failed else ""
        again = f"; {found.retries:,} retries" if found.retries else ""
        pace = f", {rate(found.messages / found.until)} a second" if found.until else ""
        messages = f"{found.messages:,} message{'' if found.messages == 1 else 's'}"
        yield "accepted", f"{messages}{pace}{again}{failed}"
    if found.latency.count:
        yield "latency", f"answered {_of(found.latency)} after sending"
        if summary.asked is not None:
            yield "response", f"answered {_of(found.response)} after they were due"
    if found.parts:
        more = len(found.parts) - _SHOWN
        shown = found.parts if more <= 0 else [*found.parts[: _SHOWN - 1], "...", found.parts[-1]]
        yield "files", f"{', '.join(shown)}" + (f" ({len(found.parts):,})" if more > 0 else "")
    for note in found.notes:
        yield "note", note


def _of(histogram: Histogram) -> str:
    return _percentiles(Percentiles.of(histogram))


def _percentiles(found: Percentiles) -> str:
    return (
        f"{duration(found.p50)} (median), {duration(found.p90)} (90 %), {duration(found.p99)} (99 %), "
        f"{duration(found.most)} (most)"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _changes(name: str, count: int) -> str:
    """``1 update``: what changes are called is plural."""
    return f"{count:,} {name.removesuffix('s') if count == 1 else name}"


def rate(value: float) -> str:
    """Three digits that matter, at least."""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.4g}"


def duration(seconds: float) -> str:
    """``1.25 ms``, ``8.3 s``, ``1 h 05 min``."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us" if seconds else "0 s"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
