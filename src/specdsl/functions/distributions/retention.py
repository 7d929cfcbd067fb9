"""How long someone stays, by the retention curve of all."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter, constant_list
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import Vector


def _numbers(args: Constants, name: str) -> list[float]:
    return [v for v in constant_list(args, name) or [] if isinstance(v, (int, float))]


def _retention(call: Invocation) -> Vector:
    """How many of the shares lie above one uniform draw: who is there in a period was there before."""
    shares = np.array(call.lists["shares"], dtype=np.float64)
    uniform = stream_of(call).uniform()
    return Vector(t.INT, np.searchsorted(-shares, -uniform, side="left").astype(np.int64))


def _retention_conflict(args: Constants) -> str:
    shares = _numbers(args, "shares")
    if not shares:
        return "`shares` has one number or more"
    if any(not 0 <= s <= 1 for s in shares):
        return "a share lies between 0 and 1: 0.6 for 60 %"
    if any(a < b for a, b in pairwise(shares)):
        return "`shares` must not rise: who is there in a period was there in those before"
    return ""


def _periods(args: Constants) -> tuple[Physical | None, Physical | None]:
    shares = _numbers(args, "shares")
    if not shares:
        return None, None
    return sum(s >= 1 for s in shares), sum(s > 0 for s in shares)


FUNCTIONS: Final = (
    Function(
        name="retention",
        family="distributions",
        summary="For how many periods someone stays, by the share of all that is there in each.",
        doc="`shares` is the retention curve: its first number is the share that is there in period 0, and "
        "so on. As a number of children it makes a cohort's rows: `user_id -> users each .months`, where "
        "`index_in(user_id)` is the period. `target retention(months) by ...` makes the curve come out "
        "exactly, for each cohort its own.",
        result=t.INT,
        kernel=_retention,
        parameters=(
            Parameter(
                "shares", accepts.REALS, "The share that is there in each period, falling.", constant=True
            ),
        ),
        examples=(
            Example("retention([1, 0.6, 0.45, 0.38])", "int", "all in period 0, 60 % in period 1"),
            Example("retention([0.4, 0.25, 0.18, 0.1])", "int", "0 for those who never come back"),
        ),
        draws=True,
        bounds=_periods,
        conflict=_retention_conflict,
        aliases=("survival", "churn", "cohort", "lifetime"),
    ),
)
