"""Columns that follow from others: products, sums, later points in time, joined texts. Each holds in all
rows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import duckdb
import numpy as np

from specdsl.importers.emit import name_text, string_text
from specdsl.importers.samples.fitting import Floats, fitted
from specdsl.importers.samples.keys import Subject
from specdsl.importers.samples.numbers import is_number
from specdsl.importers.samples.profile import Profile
from specdsl.importers.samples.recognition import identifier, table
from specdsl.importers.samples.times import duration, time_type
from specdsl.importers.samples.wording import rows, short

_MOST = 24
_PROBED = 200
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Derived:
    """``column`` is ``value``, over the columns ``uses``. ``condition``: a check that holds besides, over
    the same columns."""

    column: str
    value: str
    uses: tuple[str, ...]
    comment: str
    condition: str = ""


def derived(
    database: duckdb.DuckDBPyConnection, subject: Subject, fixed: set[str], *, private: bool
) -> dict[str, Derived]:
    """What follows from what, without circles. Columns in ``fixed`` (keys, references) are not derived."""
    found: dict[str, Derived] = {}
    for one in [
        *_arithmetic(database, subject, fixed),
        *([] if private else _joined(database, subject, fixed)),
        *_later(database, subject, fixed, private=private),
    ]:
        if one.column not in found and not any(_reaches(u, one.column, found) for u in one.uses):
            found[one.column] = one
    return found


def _reaches(start: str, goal: str, found: dict[str, Derived]) -> bool:
    return start == goal or (start in found and any(_reaches(u, goal, found) for u in found[start].uses))


def _arithmetic(database: duckdb.DuckDBPyConnection, subject: Subject, fixed: set[str]) -> list[Derived]:
    """Products of two columns, then sums and differences; the result stands after what it is made of."""
    columns = [
        p
        for p in subject.profiles
        if is_number(p) and p.name not in fixed and p.distinct > 1 and p.filled >= _ENOUGH
    ][:_MOST]
    if len(columns) < 3:
        return []
    selected = ", ".join(f"CAST({identifier(p.name)} AS DOUBLE)" for p in columns)
    probe = database.execute(f"SELECT {selected} FROM {table(subject.sample)} LIMIT {_PROBED}").fetchall()
    values = np.array(probe, dtype=np.float64)
    found: list[Derived] = []
    for sign in ("*", "+", "-"):
        for (i, one), (j, other) in itertools.permutations(enumerate(columns), 2):
            if sign != "-" and i > j:
                continue
            with np.errstate(invalid="ignore", over="ignore"):
                result = {
                    "*": values[:, i] * values[:, j],
                    "+": values[:, i] + values[:, j],
                    "-": values[:, i] - values[:, j],
                }[sign]
            for k, target in enumerate(columns):
                if k in (i, j) or (sign != "*" and k < max(i, j)):
                    continue
                if not _near(result, values[:, k], target) or not _holds(
                    database, subject, one, sign, other, target
                ):
                    continue
                value = f"{name_text(one.name)} {sign} {name_text(other.name)}"
                comment = f"true in all {rows(target.count)}"
                found.append(Derived(target.name, value, (one.name, other.name), comment))
    return found


def _near(result: Floats, values: Floats, target: Profile) -> bool:
    both = ~np.isnan(result) & ~np.isnan(values)
    return bool(both.sum() >= _ENOUGH and np.all(np.abs(result - values)[both] <= _tolerance(target)))


def _tolerance(target: Profile) -> float:
    """Half of the last digit."""
    scale = int(target.type.children[1][1]) if target.kind == "decimal" else 0
    return 1e-9 if target.kind in ("double", "float") else 0.5 * 10.0**-scale + 1e-9 if scale else 1e-9


def _holds(
    database: duckdb.DuckDBPyConnection,
    subject: Subject,
    one: Profile,
    sign: str,
    other: Profile,
    target: Profile,
) -> bool:
    a, b, c = (f"CAST({identifier(p.name)} AS DOUBLE)" for p in (one, other, target))
    row = database.execute(
        f"SELECT count(*) FILTER (({c} IS NULL) <> ({a} IS NULL OR {b} IS NULL) OR abs({a} "
        f"{sign} {b} - {c}) > "
        f"greatest({_tolerance(target)!r}, abs({c}) * 1e-12)) FROM {table(subject.sample)}"
    ).fetchone()
    return row is not None and row[0] == 0


def _joined(database: duckdb.DuckDBPyConnection, subject: Subject, fixed: set[str]) -> list[Derived]:
    """Texts that are two others with something between them."""
    columns = [
        p
        for p in subject.profiles
        if p.kind == "varchar" and p.name not in fixed and p.distinct > 25 and not p.nulls
    ][:_MOST]
    found: list[Derived] = []
    for target in columns:
        for one, other in itertools.permutations((p for p in columns if p is not target), 2):
            names = [identifier(p.name) for p in (target, one, other)]
            row = database.execute(
                f"SELECT {', '.join(names)} FROM {table(subject.sample)} LIMIT 1"
            ).fetchone()
            assert row is not None
            text, begin, end = row
            between = text[len(begin) : len(text) - len(end)]
            if len(between) > 3 or text != begin + between + end or not (begin and end):
                continue
            said = database.execute(
                f"SELECT count(*) FILTER ({names[0]} <> {names[1]} || ? || {names[2]}) FROM "
                f"{table(subject.sample)}",
                [between],
            ).fetchone()
            if said is not None and said[0] == 0:
                inside = string_text(between)[1:-1].replace("{", "{{").replace("}", "}}")
                value = f'f"{{{name_text(one.name)}}}{inside}{{{name_text(other.name)}}}"'
                comment = f"true in all {rows(target.count)}"
                found.append(Derived(target.name, value, (one.name, other.name), comment))
                break
    return found


def _later(
    database: duckdb.DuckDBPyConnection, subject: Subject, fixed: set[str], *, private: bool
) -> list[Derived]:
    """Points in time that never come before another one: that one plus a delay. The one with the least delay
    on average is taken."""
    points = [p for p in subject.profiles if time_type(p) in ("date", "timestamp") and p.distinct > 1]
    found: list[tuple[float, Derived]] = []
    for start, end in itertools.permutations(points[:_MOST], 2):
        if time_type(start) != time_type(end) or end.name in fixed:
            continue
        a, b = identifier(start.name), identifier(end.name)
        delay = f"epoch({b}) - epoch({a})" if time_type(end) == "timestamp" else f"({b} - {a}) * 86400.0"
        row = database.execute(
            f"SELECT count({delay}), min({delay}), avg({delay}), max({delay}), count(*) FILTER "
            f"({b} IS NOT NULL AND "
            f"{a} IS NULL), stddev_pop({delay}) FROM {table(subject.sample)}"
        ).fetchone()
        if row is None or row[0] < _ENOUGH or row[1] < 0 or row[4] or row[3] == 0:
            continue
        relation = table(subject.sample)
        step = max(1, int(row[0]) // 20_000)
        drawn = database.execute(
            f"SELECT {delay} FROM {relation} WHERE hash(rowid) % {step} = 0 AND {delay} IS NOT NULL"
        ).fetchall()
        days = time_type(end) == "date"
        value = _delay(
            np.array([float(v) for (v,) in drawn]), float(row[1]), float(row[3]), days=days, private=private
        )
        what = f"{name_text(start.name)} + {value}"
        low = (
            "never before"
            if row[1] == 0 or private
            else f"{duration(float(row[1]), days=days)} or more after"
        )
        comment = f"{low} {start.name} in {rows(int(row[0]))}"
        condition = f"{name_text(end.name)} >= {name_text(start.name)}"
        found.append((float(row[2]), Derived(end.name, what, (start.name,), comment, condition)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _delay(values: Floats, low: float, high: float, *, days: bool, private: bool) -> str:
    """A delay in seconds as something to draw from."""
    unit = 86_400.0 if days else 1.0
    if private:
        low, high = max(0.0, short(low * 0.9, 1)), short(high * 1.2, 2)
    fit = fitted(values / unit, whole=days) if len(values) >= 50 else None
    if fit is not None and fit.name == "exponential" and low < 0.05 * values.mean() and not days:
        return f"exponential(mean: {duration(short(fit.parameters[0] * unit))})"
    ends = duration(low, days=days), duration(high, days=days)
    if fit is None or fit.name == "uniform":
        return f"{ends[0]}..{ends[1]}"
    digits = 2 if private else 3
    inner = (
        duration(float(short(q, digits)), days=days) for q in np.quantile(values, np.linspace(0, 1, 11)[1:-1])
    )
    return f"quantiles([{', '.join([ends[0], *inner, ends[1]])}])"
