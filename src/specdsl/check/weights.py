"""Weights in percent: what each arm gets, and the arithmetic where they do not add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from specdsl.check.scopes import Program
from specdsl.diagnostics import types
from specdsl.diagnostics.model import Edit
from specdsl.source import Span
from specdsl.syntax import tree

_HUNDRED = Decimal(100)


def shares(
    program: Program, what: str, arms: Sequence[tuple[str, tree.Percent | None, Span]], span: Span
) -> tuple[float, ...]:
    """The share of each arm (name for messages, weight, place); they total 1.

    Arms without a weight share what the others leave. Reports weights that do not total 100 %, that
    leave nothing for the rest, and weights of 0; the shares are then what comes nearest.
    """
    given = [w.value for _, w, _ in arms if w is not None]
    total = sum(given, Decimal(0))
    rest = len(arms) - len(given)
    for name, weight, _ in arms:
        if weight is not None and weight.value <= 0:
            program.bag.add(types.ZeroWeight(span=weight.span, what=name))
    if total > _HUNDRED or (rest == 0 and total != _HUNDRED) or (rest and total == _HUNDRED):
        program.bag.add(_wrong(program, what, arms, span, total, rest))
    if rest:
        left = max(_HUNDRED - total, Decimal(0)) / rest
        values = [left if w is None else w.value for _, w, _ in arms]
    else:
        values = given
    whole = sum(values, Decimal(0))
    if whole <= 0:
        return tuple(1 / len(arms) for _ in arms)
    return tuple(float(v / whole) for v in values)


def _wrong(
    program: Program,
    what: str,
    arms: Sequence[tuple[str, tree.Percent | None, Span]],
    span: Span,
    total: Decimal,
    rest: int,
) -> types.WeightsTotal:
    weighted = [w for _, w, _ in arms if w is not None]
    terms = " + ".join(f"{plain(w.value)}%" for w in weighted[:12])
    if len(weighted) > 12:
        terms += " + ..."
    arithmetic = f"{terms} = {plain(total)}%" if len(weighted) > 1 else terms
    last = weighted[-1]
    others = total - last.value
    remedy = ""
    if not rest and len(arms) > 1:
        needed = _HUNDRED - others
        if needed > 0:
            line = program.line_with(last.span, f"{plain(needed)}%")
            remedy = f"make the last weight {plain(needed)}%: {line}; or leave one out, and it gets the rest"
        else:
            largest = max(weighted, key=lambda w: w.value)
            lowered = largest.value - (total - _HUNDRED)
            remedy = "lower the weights until they total 100%"
            if lowered > 0:
                line = program.line_with(largest.span, f"{plain(lowered)}%")
                remedy += f", for example the largest to {plain(lowered)}%: {line}"
    elif not rest:
        remedy = "a single arm is drawn always: write it without a weight, or add a second arm"
    elif total >= _HUNDRED:
        remedy = "lower a weight, or give the last ones a weight too" if rest else ""
        if total == _HUNDRED:
            remedy = "lower a weight, or remove what has none: it would never be drawn"
    edits = () if rest or len(arms) < 2 else _scaled(weighted, total)
    if edits:
        remedy += "; or scale them all to 100%"
    return types.WeightsTotal(
        span=span,
        what=what,
        total=plain(total),
        arithmetic=arithmetic,
        open_arms=rest,
        remedy=remedy,
        edits=edits,
    )


def _scaled(weights: Sequence[tree.Percent], total: Decimal) -> tuple[Edit, ...]:
    """The edits that make weights total 100 %, each as large beside the others as it was: rounded to as few
    decimals as leave none at 0, by largest remainder. () where that takes more than six decimals."""
    if total <= 0 or any(w.value <= 0 for w in weights):
        return ()
    written = max(max(-int(w.value.normalize().as_tuple().exponent), 0) for w in weights)
    for decimals in range(written, 7):
        unit = Decimal(1).scaleb(-decimals)
        exact = [w.value * _HUNDRED / total for w in weights]
        parts = [value.quantize(unit, ROUND_FLOOR) for value in exact]
        missing = int((_HUNDRED - sum(parts, Decimal(0))) / unit)
        order = sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])
        for n in order[:missing]:
            parts[n] += unit
        if all(part > 0 for part in parts):
            pairs = zip(weights, parts, strict=True)
            return tuple(Edit(w.span, f"{plain(part)}%") for w, part in pairs if part != w.value)
    return ()


def plain(value: Decimal) -> str:
    """A number as people write it: 55, 0.5."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
