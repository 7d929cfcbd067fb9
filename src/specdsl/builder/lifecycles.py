"""Lifecycles made in code."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level, as_expr
from specdsl.builder.literals import percent_text
from specdsl.builder.names import name_text
from specdsl.check.lifecycle_columns import time_word

Transitions = Mapping[str, Mapping[str, object]]
"""For each state what may follow it, with the delay or ``(percent, delay)``."""


def states_of(transitions: Transitions) -> list[str]:
    """The states in the order in which they are first named."""
    named = (name for state, targets in transitions.items() for name in (state, *targets))
    return list(dict.fromkeys(named))


def time_columns(transitions: Transitions, times: Mapping[str, str]) -> list[str]:
    """The columns of the times of the states after the first. Raises BuilderError for a name of no state."""
    states = states_of(transitions)
    for state in times:
        if state not in states[1:]:
            raise BuilderError(f"times= names the columns of states after the first, and `{state}` is none")
    return [times.get(state) or time_word(state) for state in states[1:]]


def lifecycle_text(
    name: str,
    start: str,
    transitions: Transitions,
    type: str | None,
    until: Expr | None,
    times: Mapping[str, str],
) -> tuple[str, list[Expr]]:
    """``lifecycle name from start { ... }``, and the delays in it."""
    delays: list[Expr] = []
    lines = []
    for state in states_of(transitions):
        targets = transitions.get(state, {})
        named = f" as {name_text(times[state])}" if state in times else ""
        if not targets and not named and state not in transitions:
            continue
        parts = [f"{name_text(state)}{named}"]
        for target, given in targets.items():
            share, delay = _transition(state, target, given)
            delays.append(delay)
            parts.append(f"-> {name_text(target)}{share} after {delay.at(Level.CHOICE)}")
        lines.append("  " + " ".join(parts))
    head = f"lifecycle {name_text(name)}{'' if type is None else f' {type}'} from {start}"
    if until is not None:
        head += f" until {until.at(Level.SUM)}"
    return "\n".join([f"{head} {{", *lines, "}"]), delays


def _transition(state: str, target: str, given: object) -> tuple[str, Expr]:
    if not isinstance(given, tuple):
        return "", as_expr(given)
    share, delay = given if len(given) == 2 else (None, None)
    if isinstance(share, bool) or not isinstance(share, int | float | Decimal):
        raise BuilderError(f"`{state} -> {target}` takes a delay, or (percent, delay)")
    return f" {percent_text(share)}", as_expr(delay)
