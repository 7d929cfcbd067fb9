"""What ``Data.stream`` and ``Stream.send`` are given, held against what they take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from os import PathLike, fspath

from specdsl.errors import UsageError

_FORMS = {
    "rate": 'rows a second, such as 500, or a text such as "500/m" or "poisson 500/s"',
    "duration": 'seconds above 0, such as 90, or a text such as "1h"',
    "rows": "a number of rows, such as 1_000",
    "day": "the seconds since midnight, such as 8 * 3600",
    "time": 'a column of moments, such as "at", or one for each table, such as {"events": "at"}',
    "late": 'a text such as "2%" or "2% up to 10m"',
    "duplicates": 'a text such as "1%" or "1% up to 50 rows"',
    "out_of_order": 'a text such as "5%" or "5% up to 20 rows"',
    "to": 'a folder or an address, such as "out" or "kafka://localhost:9092/events"',
    "options": 'a dict of options by name, such as {"key": "id"}',
    "headers": 'a dict of texts by name, such as {"X-Source": "test"}',
    "format": 'a text such as "parquet"',
    "compression": 'a text such as "gzip"',
    "every": 'a text such as "60s" or "10_000rows"',
}
"""What each argument is, to be read after ``is``."""


def require_text(name: str, given: object) -> None:
    """Raises UsageError for what is neither a text nor None."""
    if given is not None and not isinstance(given, str):
        raise _wrong(name, given)


def rate_text(given: object) -> str:
    """A rate as it is written; a number is so many rows a second. Raises UsageError."""
    if isinstance(given, str):
        return given
    number = _number(given)
    if number is None or number < 0:
        raise _wrong("rate", given)
    return f"{f'{number:.9f}'.rstrip('0').rstrip('.')}/s"


def seconds_of(given: object) -> float:
    """A duration that is no text. Raises UsageError."""
    number = _number(given)
    if number is None or number <= 0:
        raise _wrong("duration", given)
    return number


def require_rows(given: object) -> None:
    """Raises UsageError for what is no number of rows, and not None either."""
    if given is not None and (not isinstance(given, int) or isinstance(given, bool) or given < 0):
        raise _wrong("rows", given)


def require_day(given: object) -> None:
    """Raises UsageError for what is no second of a day."""
    if _number(given) is None:
        raise _wrong("day", given)


def require_time(given: object) -> None:
    """Raises UsageError for what is not the name of a column, or one for each table."""
    if given is None or isinstance(given, str):
        return
    if not isinstance(given, Mapping) or not all(isinstance(n, str) for pair in given.items() for n in pair):
        raise _wrong("time", given)


def pairs_of(name: str, given: object) -> tuple[tuple[str, object], ...]:
    """Options or headers by name. Raises UsageError."""
    if given is None:
        return ()
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise _wrong(name, given)
    return tuple(given.items())


def address_of(given: object) -> str:
    """Where a stream goes. Raises UsageError."""
    path = fspath(given) if isinstance(given, PathLike) else given
    if not isinstance(path, str):
        raise _wrong("to", given)
    return path


def as_text(option: object) -> str:
    """An option as it is given on the command line."""
    return str(option).lower() if isinstance(option, bool) else str(option)


def _number(given: object) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(given, bool) or not isinstance(given, Real) or not math.isfinite(given):
        return None
    return float(given)


def _wrong(name: str, given: object) -> UsageError:
    return UsageError(f"`{name}` is {_FORMS[name]}, not {given!r}")
