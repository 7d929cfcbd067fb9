"""Time zones: between UTC and the clocks of a place, by the IANA database of the `tzdata` package, so that
every machine agrees whatever its own database says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.nearest import nearest
from specdsl.functions import accepts
from specdsl.functions.arguments import array_of, as_vector
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.vectors.vector import Int64Array, Vector

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_SECOND: Final = 1_000_000
_LOOK: Final = 2 * 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_FIRST: Final = (datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LAST: Final = (datetime(_LAST_YEAR, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


# --- the database --------------------------------------------------------------------------


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(_tzdata("zones").read_text("utf-8").split())


def _tzdata(path: str) -> Traversable:
    """A file of the database."""
    from importlib.resources import files

    return files("tzdata").joinpath(path)


def refuses_zone(name: str) -> tuple[str, str] | None:
    """Why ``name`` is no time zone, and what to write; None where it is one."""
    if name in zone_names():
        return None
    near = nearest(name, sorted(zone_names()))
    remedy = f'did you mean "{near}"?' if near else 'write an area and a city, such as "Europe/Berlin"'
    return "no time zone has this name", remedy


@lru_cache(maxsize=600)
def _zone(name: str) -> ZoneInfo:
    refused = refuses_zone(name)
    if refused is not None:
        raise FunctionProblem(f'"{name}" is no time zone: {refused[1]}')
    with _tzdata(f"zoneinfo/{name}").open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _offset(zone: ZoneInfo, second: int) -> int:
    """Microseconds that local time is ahead of UTC at a second since 1970."""
    moment = (_EPOCH + timedelta(seconds=second)).astimezone(zone)
    offset = moment.utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


@lru_cache(maxsize=20_000)
def _changes(name: str, year: int) -> tuple[tuple[int, int], ...]:
    """The offsets of a year: since when (microseconds, the year's first instant at the beginning) and how
    much. Looks every other day, then bisects to the second: no change was undone sooner."""
    zone = _zone(name)
    start = (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
    end = (datetime(year + 1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
    offset = _offset(zone, start)
    found = [(start * _SECOND, offset)]
    for second in range(start, end, _LOOK):
        before, after = second, min(second + _LOOK, end - 1)
        last = _offset(zone, after)
        if last == offset:
            continue
        while after - before > 1:
            middle = (before + after) // 2
            if _offset(zone, middle) == offset:
                before = middle
            else:
                after = middle
        offset = last
        found.append((after * _SECOND, offset))
    return tuple(found)


def _table(name: str, low: int, high: int) -> tuple[Int64Array, Int64Array]:
    """Since when and how much, over the years of ``low .. high`` (microseconds) and one on each side."""
    years = range(_year(low) - 1, _year(high) + 2)
    rows = [change for year in years for change in _changes(name, year)]
    starts, offsets = zip(*rows, strict=True)
    return np.array(starts, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _year(microseconds: int) -> int:
    return (_EPOCH + timedelta(microseconds=microseconds)).year


def _offsets(name: str, moments: Int64Array, local: bool) -> Int64Array:
    """Microseconds that local time is ahead of UTC, at instants or at readings of the local clock."""
    if not moments.size:
        return np.zeros(0, dtype=np.int64)
    low, high = int(moments.min()), int(moments.max())
    if low < _FIRST or high >= _LAST:
        raise FunctionProblem(
            f"time zones are known for the years {_FIRST_YEAR} to {_LAST_YEAR - 1} only, "
            f"not for {_year(low if low < _FIRST else high)}"
        )
    starts, offsets = _table(name, low, high)
    if local:
        # A reading that occurs twice is taken as the later one; one that is skipped keeps the offset before.
        starts = starts + offsets
    place = np.searchsorted(starts, moments, side="right") - 1
    out: Int64Array = offsets[np.maximum(place, 0)]
    return out


def offsets_of(call: Invocation, moments: Int64Array, local: bool = False) -> Int64Array:
    """The offsets by the argument ``zone`` (a constant, or a name in each row)."""
    from specdsl.vectors import strings

    zone = call.args["zone"]
    if not isinstance(zone, Vector):
        return _offsets(str(zone), moments, local)
    data: Any = zone.data
    codes, names = strings.encode(data)
    out = np.zeros(call.n, dtype=np.int64)
    valid = np.ones(call.n, dtype=np.bool_) if zone.valid is None else zone.valid
    for code, name in enumerate(strings.plain(names).to_pylist()):
        rows = np.flatnonzero((codes == code) & valid)
        if rows.size:
            out[rows] = _offsets(name, moments[rows], local)
    return out


def instants(call: Invocation, name: str = "x") -> Int64Array:
    """A timestamp argument in microseconds, with 1970 where it is null."""
    vector = as_vector(call, name)
    data = array_of(vector)
    return data if vector.valid is None else np.where(vector.valid, data, 0)


# --- the functions -------------------------------------------------------------------------


def _to_local(call: Invocation) -> Vector:
    moments = instants(call)
    return Vector(t.TIMESTAMP, moments + offsets_of(call, moments))


def _from_local(call: Invocation) -> Vector:
    readings = instants(call)
    return Vector(t.TIMESTAMP, readings - offsets_of(call, readings, local=True))


def _utc_offset(call: Invocation) -> Vector:
    return Vector(t.DURATION, offsets_of(call, instants(call)))


def local_sql(x: str, zone: str) -> str:
    """The reading of a place's clock at the instant ``x``, both TIMESTAMP."""
    return f"(({x} AT TIME ZONE 'UTC') AT TIME ZONE {zone})"


def from_local_sql(x: str, zone: str) -> str:
    """The instant at which a place's clock shows ``x``, both TIMESTAMP."""
    return f"(({x} AT TIME ZONE {zone}) AT TIME ZONE 'UTC')"


def _function(
    name: str,
    summary: str,
    doc: str,
    result: t.DataType,
    kernel: Callable[[Invocation], Vector],
    sql: Callable[[Mapping[str, str], Mapping[str, t.DataType]], str],
    what: str,
    example: Example,
    aliases: tuple[str, ...],
) -> Function:
    return Function(
        name=name,
        family="zones",
        summary=summary,
        doc=doc + " Years 1900 to 2199.",
        result=result,
        kernel=kernel,
        parameters=(
            Parameter("x", accepts.TIMESTAMP, what),
            Parameter("zone", accepts.TEXT, 'Such as "Europe/Berlin".', refuses=refuses_zone),
        ),
        examples=(example,),
        sql=sql,
        aliases=aliases,
    )


FUNCTIONS: Final = (
    _function(
        "to_local",
        "What the clocks of a time zone show at an instant.",
        "A timestamp that reads as local time; it has no zone of its own any more. "
        "`hour(to_local(at, zone))` is the hour of day there. The zone may differ from row to row.",
        t.TIMESTAMP,
        _to_local,
        lambda args, _: local_sql(args["x"], args["zone"]),
        "An instant (in UTC).",
        Example('to_local(2024-07-01T12:00:00Z, "Europe/Berlin")', "timestamp", "2024-07-01T14:00:00Z"),
        ("convert_timezone", "at_time_zone", "tz_convert"),
    ),
    _function(
        "from_local",
        "The instant at which the clocks of a time zone show `x`.",
        "A reading that summer time skips counts as if the clocks had not been put forward yet (02:30 "
        "becomes what is then called 03:30); one that occurs twice is the second one.",
        t.TIMESTAMP,
        _from_local,
        lambda args, _: from_local_sql(args["x"], args["zone"]),
        "What the clocks show.",
        Example('from_local(2024-07-01T14:00:00Z, "Europe/Berlin")', "timestamp", "2024-07-01T12:00:00Z"),
        ("to_utc", "tz_localize"),
    ),
    _function(
        "utc_offset",
        "How far the clocks of a time zone are ahead of UTC at an instant.",
        "Negative to the west of Greenwich; it changes with summer time.",
        t.DURATION,
        _utc_offset,
        lambda args, _: f"(epoch_us({local_sql(args['x'], args['zone'])}) - epoch_us({args['x']}))",
        "An instant (in UTC).",
        Example('utc_offset(2024-07-01T12:00:00Z, "Europe/Berlin")', "duration", "2h"),
        ("timezone_offset",),
    ),
)
