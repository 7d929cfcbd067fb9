"""Durations, shares and speeds as they are written on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from specdsl.errors import UsageError

SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_NAMES = {
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("hr", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
}
_NUMBER = r"\d[\d_]*(?:\.\d[\d_]*)?"
_DURATION = re.compile(rf"({_NUMBER})\s*([a-z]+)")
_SHARE = re.compile(rf"({_NUMBER})\s*%(?:\s+up\s+to\s+(.+))?")
_ROWS = re.compile(r"(\d[\d_]*)\s*(?:rows?)?")


def number(text: str) -> float:
    """``30_000`` or ``0.5``."""
    return float(text.replace("_", ""))


def unit(text: str) -> float | None:
    """The seconds of a unit of time; None where there is none of this name."""
    return SECONDS.get(_NAMES.get(text, text))


def duration(text: str, what: str) -> float:
    """``90s``, ``1.5h``: seconds. ``what`` is the option, for the message. Raises UsageError."""
    found = _DURATION.fullmatch(text.strip().lower())
    seconds = unit(found.group(2)) if found else None
    if found is None or seconds is None:
        raise UsageError(
            f"{what} takes a duration, which `{text}` is not", "such as 500ms, 30s, 10m, 1h or 2d"
        )
    value = number(found.group(1)) * seconds
    if value <= 0:
        raise UsageError(f"{what} must be longer than nothing, which `{text}` is not")
    return value


def speed(text: str) -> float:
    """``60x``: seconds of the data in a second. Raises UsageError."""
    found = re.fullmatch(rf"({_NUMBER})\s*x?", text.strip().lower())
    value = number(found.group(1)) if found else 0.0
    if value <= 0:
        raise UsageError(
            f"`{text}` is not a speed", "1x is as fast as it happened, 60x a minute of it in a second"
        )
    return value


@dataclass(frozen=True, slots=True)
class Share:
    """``probability`` of rows, moved by up to ``seconds`` or up to ``rows`` (one of them is None)."""

    probability: float
    seconds: float | None = None
    rows: int | None = None


def share(text: str, what: str, *, timed: bool, default: str) -> Share:
    """``2%`` or ``2% up to 10m`` (``timed``), ``5% up to 20 rows`` (else). Raises UsageError."""
    example = f"such as 2% or '2% up to {default}'"
    found = _SHARE.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(f"{what} takes a share of the rows, which `{text}` is not", example)
    probability = number(found.group(1)) / 100
    if not 0 < probability <= 1:
        raise UsageError(f"{what} takes a share above 0 % and up to 100 %, not `{found.group(1)}%`", example)
    limit = found.group(2) or default
    if timed:
        return Share(probability, seconds=duration(limit, what))
    rows = _ROWS.fullmatch(limit.strip())
    count = int(number(rows.group(1))) if rows else 0
    if not 1 <= count <= 1_000_000:
        raise UsageError(f"{what} moves rows by up to a number of rows, which `{limit}` is not", example)
    return Share(probability, rows=count)
