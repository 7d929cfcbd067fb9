"""Integers, decimals and floats: the range, and what lies in it how often."""

from __future__ import annotations

import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np

from specdsl.importers.samples.draft import Drawn
from specdsl.importers.samples.fitting import Fit, fitted
from specdsl.importers.samples.privacy import Seen
from specdsl.importers.samples.profile import Profile
from specdsl.importers.samples.wording import choice, number, outward, percent, rounded, rows, shares, short

_INTS = {
    "tinyint": "int8",
    "smallint": "int16",
    "integer": "int32",
    "bigint": "int",
    "utinyint": "uint8",
    "usmallint": "uint16",
    "uinteger": "uint32",
    "ubigint": "uint64",
    "hugeint": "decimal(38, 0)",
    "uhugeint": "decimal(38, 0)",
}
_FEW = 12
_STEPS = 10
_ENOUGH = 30
"""Below so many values no shape is seen in them."""


def is_number(profile: Profile) -> bool:
    """Whether a column holds numbers."""
    return profile.kind in _INTS or profile.kind in ("decimal", "double", "float")


def is_whole(profile: Profile) -> bool:
    """Whether a column holds integers."""
    return profile.kind in _INTS


def number_type(profile: Profile) -> str:
    """The language's type for a column of numbers."""
    if profile.kind == "decimal":
        precision, scale = (int(child[1]) for child in profile.type.children)
        return f"decimal({precision}, {scale})"
    return _INTS.get(profile.kind) or ("float32" if profile.kind == "float" else "float")


def drawn(profile: Profile, *, private: bool) -> Drawn:
    """How such numbers are drawn, without thought of keys."""
    type = number_type(profile)
    finite = [v for v in profile.values if math.isfinite(v)]
    low, high = profile.low, profile.high
    if profile.kind in ("double", "float") and not (math.isfinite(low) and math.isfinite(high)):
        if not finite:
            return Drawn(type, "0.0", comment="no finite number in the file")
        low, high = min(finite), max(finite)
    if low == high and not private:
        return Drawn(type, number(low), comment=f"always the same in {rows(profile.filled)}")
    few = _few(profile, type) if not private else None
    if few is not None:
        return few
    ends = (outward(low, up=False), outward(high, up=True)) if private else (low, high)
    if private:
        type = _with_room(type, ends)
    if profile.kind in ("double", "float") and not private:
        low, high = ends = rounded(low, up=False), rounded(high, up=True)
    within = f"{_literal(ends[0], type)}..{_literal(ends[1], type)}"
    seen = f"{number(low)}..{number(high)}" if not private else "range rounded outwards"
    if len(finite) < _ENOUGH:
        return Drawn(type, within, comment=f"{seen} in {rows(profile.filled)}")
    values = np.array([float(v) for v in finite])
    shown = _seen(profile, values, type) if private else None
    fit = fitted(values, whole=is_whole(profile) or type.endswith(", 0)"))
    if fit is not None and fit.name == "uniform":
        return Drawn(type, within, comment=f"{seen} in {rows(profile.filled)}; evenly, {_gap(fit)}")
    if fit is not None:
        return Drawn(
            type, _call(fit, shown), within=within, comment=f"{seen} in {rows(profile.filled)}; {_gap(fit)}"
        )
    if shown is not None and profile.distinct < _ENOUGH:
        return Drawn(
            type,
            within,
            comment=f"{seen} in {rows(profile.filled)}; evenly, as its values are too few to hide",
        )
    literals = [_literal(e, type) for e in ends]
    value = quantiles(values, literals, type) if shown is None else _veiled(values, literals, shown)
    note = "; no plain distribution fits, so tenths of the rows"
    if shown is not None:
        note += ", rounded to points that are no values"
    return Drawn(type, value, within=within, comment=f"{seen} in {rows(profile.filled)}{note}")


def _few(profile: Profile, type: str) -> Drawn | None:
    """A choice where the values are few; None where they are not, or fill a range evenly."""
    if not profile.top or len(profile.top) > _FEW or profile.filled < 3 * len(profile.top):
        return None
    weights = shares([n for _, n in profile.top])
    ordered = sorted(v for v, _ in profile.top)
    gaps = is_whole(profile) and ordered == list(range(ordered[0], ordered[0] + len(ordered)))
    seen = f"{len(ordered)} values in {rows(profile.filled)}"
    if gaps and not any(weights) and len(ordered) > 1:
        return Drawn(type, f"{ordered[0]}..{ordered[-1]}", comment=f"{seen}, evenly")
    pairs = (
        sorted(zip([v for v, _ in profile.top], weights, strict=True))
        if any(weights)
        else [(v, "") for v in ordered]
    )
    value = choice([_literal(v, type) for v, _ in pairs], [w for _, w in pairs])
    most, count = profile.top[0]
    return Drawn(
        type, value, comment=f"{seen}; most frequent {number(most)}, {percent(count, profile.filled)}"
    )


def quantiles(values: Any, ends: list[str], type: str) -> str:
    """``quantiles`` at tenths, with the ends as they are written in ``ends``."""
    inner = np.quantile(values, np.linspace(0, 1, _STEPS + 1)[1:-1])
    low, high = (float(e.replace("_", "")) for e in ends)
    texts = [ends[0], *(_literal(min(max(short(float(q), 4), low), high), type) for q in inner), ends[1]]
    return f"quantiles([{', '.join(texts)}])"


def _veiled(values: Any, ends: list[str], seen: Seen) -> str:
    """``quantiles`` at tenths, rounded to two digits and moved off the values."""
    inner = np.quantile(values, np.linspace(0, 1, _STEPS + 1)[1:-1])
    low, high = (float(e.replace("_", "")) for e in ends)
    points = (min(max(seen.aside(float(q)), low), high) for q in inner)
    return f"quantiles([{', '.join([ends[0], *map(_plain, points), ends[1]])}])"


def _seen(profile: Profile, values: Any, type: str) -> Seen:
    """The values that must not be shown. Between whole numbers and decimals there are none."""
    scale = int(type.rstrip(")").split(",")[1]) if type.startswith("decimal") else 0
    between = 0.0 if profile.kind in ("double", "float") else 0.5 * 10.0**-scale
    return Seen(frozenset(values.tolist()), between, complete=len(profile.values) == profile.filled)


def _with_room(type: str, ends: tuple[Decimal, Decimal]) -> str:
    """The type, wider where the rounded ends do not fit into a decimal."""
    if not type.startswith("decimal"):
        return type
    precision, scale = (int(part) for part in re.findall(r"\d+", type))
    needed = max(end.adjusted() + 1 for end in ends) + scale
    return f"decimal({min(max(precision, needed), 38)}, {scale})"


def _call(fit: Fit, seen: Seen | None) -> str:
    p = [short(v) if seen is None else seen.aside(v, 3) for v in fit.parameters]
    match fit.name:
        case "normal":
            return f"normal(mean: {_plain(p[0])}, sd: {_plain(p[1])})"
        case "lognormal":
            return f"lognormal(mean: {_plain(p[0])}, sigma: {_plain(p[1])})"
        case "exponential":
            return f"exponential(mean: {_plain(p[0])})"
        case _:
            return f"zipf({_plain(p[0])})"


def _plain(value: float) -> str:
    return number(int(value)) if value == int(value) else number(value)


def _gap(fit: Fit) -> str:
    name = "" if fit.name == "uniform" else f"{fit.name}, "
    return f"{name}to within {max(fit.distance * 100, 0.1):.1f} % (largest gap of the curves)"


def _literal(value: Any, type: str) -> str:
    """``value`` as a literal of a type."""
    if "int" in type:
        low, high = _limits(type)
        return number(min(max(int(value), low), high))
    if type.startswith("decimal"):
        scale = int(type.rstrip(")").split(",")[1])
        step = Decimal(1).scaleb(-scale)
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
        return number(exact.quantize(step, ROUND_FLOOR if exact < 0 else ROUND_CEILING))
    return number(float(value))


def _limits(type: str) -> tuple[int, int]:
    """The least and greatest literal of a type of integers: the least of int64 cannot be written."""
    bits = int(type.removeprefix("u").removeprefix("int") or 64)
    if type.startswith("u"):
        return 0, min(2**bits - 1, 2**63 - 1)
    return max(-(2 ** (bits - 1)), 1 - 2**63), 2 ** (bits - 1) - 1
