"""Distributions: one draw a row, by the inverse of the cumulative distribution."""

from __future__ import annotations

from typing import Final

from specdsl.functions.distributions import continuous, counts, declared, retention, skewed, tabulated

FUNCTIONS: Final = (
    *continuous.FUNCTIONS,
    *skewed.FUNCTIONS,
    *tabulated.FUNCTIONS,
    *declared.FUNCTIONS,
    *counts.FUNCTIONS,
    *retention.FUNCTIONS,
)
