"""Points in time between two that are written in the form of a pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from specdsl.importers.emit import string_text
from specdsl.importers.rand_engine.arguments import Arguments, Unfit

_DIRECTIVE = re.compile(r"%(-?.)", re.DOTALL)
_OF_DAYS = frozenset("YymdejbBaAuGVF%")
_OF_TIMES = frozenset("HIpMSfzT")
_USUAL = ("%Y-%m-%d", "%d-%m-%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_DAYS = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` to ``end``, both included; ``pattern`` is how they are written."""

    start: datetime
    end: datetime
    pattern: str

    @property
    def whole_days(self) -> bool:
        """Whether the pattern shows no times of day."""
        return not any(d in _OF_TIMES for d in _DIRECTIVE.findall(self.pattern))

    @property
    def span(self) -> str:
        """The range as an expression: of dates, where no time of day is shown."""
        if self.whole_days:
            return f"{self.start.date().isoformat()} .. {self.end.date().isoformat()}"
        return self.instants

    @property
    def instants(self) -> str:
        """The range as an expression of timestamps."""
        return f"{_instant(self.start)} .. {_instant(self.end)}"

    @property
    def seconds(self) -> tuple[int, int]:
        """The ends as Unix time."""
        return int(self.start.timestamp()), int(self.end.timestamp())

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.end.date() - self.start.date()).days + 1

    @property
    def is_iso(self) -> bool:
        """Whether dates are written as ISO 8601 has them."""
        return self.pattern == _DAYS

    @property
    def text(self) -> str:
        """The expression for such texts. Raises Unfit for a directive that the language has not."""
        for directive in _DIRECTIVE.findall(self.pattern):
            if directive not in _OF_DAYS | _OF_TIMES:
                raise Unfit(f"`%{directive}` is no part of a date's form here")
        return f"format_date({self.span}, {string_text(self.pattern)})"


def period(arguments: Arguments) -> Period:
    """What ``start``, ``end`` and ``date_format`` say. Raises Unfit."""
    start, end = arguments.text("start"), arguments.text("end")
    patterns = (arguments.text("date_format"),) if arguments.has("date_format") else _USUAL
    for pattern in patterns:
        try:
            first, last = (_read(text, pattern) for text in (start, end))
        except (ValueError, re.error):
            continue
        if first > last:
            raise Unfit(f"`start` is after `end`: {start}, {end}")
        return Period(first, last, pattern)
    form = f"the form {patterns[0]}" if len(patterns) == 1 else "a form that is known; say `date_format`"
    raise Unfit(f"`start` and `end` are not in {form}: {start}, {end}")


def _read(text: str, pattern: str) -> datetime:
    read = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone comes next
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _instant(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
