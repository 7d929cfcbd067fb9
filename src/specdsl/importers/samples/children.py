"""How many rows refer to each parent, and how the children are numbered."""

from __future__ import annotations

import bisect
import itertools
import math
from dataclasses import dataclass

import duckdb

from specdsl.importers.samples.keys import Subject
from specdsl.importers.samples.recognition import identifier, table
from specdsl.importers.samples.references import Reference
from specdsl.importers.samples.wording import choice, shares, short

_FEW = 12
_POISSON = 0.03


@dataclass(frozen=True, slots=True)
class Children:
    """How the children lie over the parents. ``counts``: how many parents have how many children."""

    counts: tuple[tuple[int, int], ...]

    @property
    def mean(self) -> float:
        return sum(c * n for c, n in self.counts) / sum(n for _, n in self.counts)

    @property
    def most(self) -> int:
        return max(c for c, _ in self.counts)


def children(
    database: duckdb.DuckDBPyConnection, child: Subject, parent: Subject, one: Reference
) -> Children:
    """The numbers of children, of parents without any too."""
    found = database.execute(
        f"SELECT n, count(*) FROM (SELECT count(c.k) AS n FROM (SELECT {identifier(parent.key)} AS k FROM "
        f"{table(parent.sample)}) AS p LEFT JOIN (SELECT {identifier(one.column)} AS k FROM "
        f"{table(child.sample)}) AS c "
        "ON p.k = c.k GROUP BY p.k) GROUP BY n ORDER BY n"
    ).fetchall()
    return Children(tuple((int(n), int(c)) for n, c in found))


def each(found: Children) -> tuple[str, str]:
    """What to write after ``each``, and the evidence."""
    low, high = found.counts[0][0], found.most
    total = sum(n for _, n in found.counts)
    said = f"{short(found.mean)} rows to a parent"
    if low == high:
        return (str(low) if low > 1 else ""), f"{low} to every parent"
    weights = shares([n for _, n in found.counts])
    filled = len(found.counts) == high - low + 1
    if filled and not any(weights):
        return f"{low}..{high}", f"{low} to {high} to a parent, evenly"
    gap = _poisson_gap(found, total)
    if gap <= max(_POISSON, 1.2 / math.sqrt(total)):
        return (
            f"poisson({short(found.mean)}) max {high}",
            f"{said}, {low} to {high}; like Poisson's distribution",
        )
    if len(found.counts) <= _FEW:
        values = [str(c) for c, _ in found.counts]
        return f"({choice(values, weights)})", f"{said}, {low} to {high}"
    steps = _tenths(found, total)
    return (
        f"to_int(quantiles([{', '.join(steps)}])) max {high}",
        f"{said}, {low} to {high}; tenths of the parents",
    )


def popularity(found: Children) -> str:
    """``zipf(s)`` where some parents are much more popular than others, '' where they are not."""
    ranked = sorted((c for c, n in found.counts for _ in range(min(n, 5_000)) if c > 0), reverse=True)
    if len(ranked) < 10 or ranked[0] < 4 * found.mean + 10:
        return ""
    top = ranked[: max(10, len(ranked) // 5)]
    xs = [math.log(r) for r in range(1, len(top) + 1)]
    ys = [math.log(c) for c in top]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / sum(
        (x - middle_x) ** 2 for x in xs
    )
    return f"zipf({max(-slope, 0.1):.2g})" if slope < -0.3 else ""


def ordinal(database: duckdb.DuckDBPyConnection, child: Subject, one: Reference, column: str) -> int | None:
    """The number of the first child where ``column`` counts the children of each parent up, else None."""
    if child.column(one.column).nulls or child.column(column).nulls:
        return None
    of, number = identifier(one.column), identifier(column)
    row = database.execute(
        f"SELECT min(low), max(low), bool_and(high - low = n - 1 AND d = n), max(n) FROM "
        f"(SELECT min({number}) AS low, "
        f"max({number}) AS high, count(*) AS n, count(DISTINCT {number}) AS d FROM "
        f"{table(child.sample)} GROUP BY {of})"
    ).fetchone()
    if row is None or not row[2] or row[0] != row[1] or row[3] < 2 or row[0] not in (0, 1):
        return None
    return int(row[0])


def _poisson_gap(found: Children, total: int) -> float:
    mean, share, sum_seen, sum_expected, gap = found.mean, math.exp(-found.mean), 0.0, 0.0, 0.0
    counts = dict(found.counts)
    if mean > 100:
        return 1.0
    for number in range(found.most + 1):
        sum_seen += counts.get(number, 0) / total
        sum_expected += share
        gap = max(gap, abs(sum_seen - sum_expected))
        share *= mean / (number + 1)
    return gap


def _tenths(found: Children, total: int) -> list[str]:
    sums = list(itertools.accumulate(parents for _, parents in found.counts))
    at = [bisect.bisect_left(sums, step * total / 10) for step in range(11)]
    return [str(found.counts[min(i, len(sums) - 1)][0]) for i in at]
