"""Durations counted in buckets whose width grows with them: percentiles in flat memory, within 2 %."""

from __future__ import annotations

import numpy as np

from specdsl.vectors.vector import Float64Array

_LEAST = 1e-6  # seconds; what is shorter counts as this
_FINE = 36  # buckets from a duration to its double
_BUCKETS = 40 * _FINE  # up to twelve days


class Histogram:
    """Durations in seconds."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BUCKETS + 1, np.int64)
        self.count = 0
        self.most = 0.0

    def add(self, seconds: Float64Array) -> None:
        """Count durations; below zero is zero."""
        if not len(seconds):
            return
        at = np.log2(np.maximum(seconds, _LEAST) / _LEAST) * _FINE
        self._counts += np.bincount(np.minimum(at.astype(np.int64), _BUCKETS), minlength=_BUCKETS + 1)
        self.count += len(seconds)
        self.most = max(self.most, float(seconds.max()))

    def percentile(self, share: float) -> float:
        """The duration that ``share`` (0 to 1) of those counted do not exceed; 0 without any."""
        if not self.count:
            return 0.0
        bucket = int(np.searchsorted(np.cumsum(self._counts), max(1, np.ceil(share * self.count))))
        return min(self.most, float(_LEAST * 2 ** ((bucket + 1) / _FINE)))
