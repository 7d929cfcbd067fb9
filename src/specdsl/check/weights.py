"""Weights in percent: what each arm gets, and the arithmetic where they do not add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from specdsl.check.scopes import Program
from specdsl.diagnostics import types
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
    return types.WeightsTotal(
        span=span, what=what, total=plain(total), arithmetic=arithmetic, open_arms=rest, remedy=remedy
    )


def plain(value: Decimal) -> str:
    """A number as people write it: 55, 0.5."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
