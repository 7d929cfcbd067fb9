"""What a kernel says when it is given values it cannot work with."""

from __future__ import annotations

from specdsl.errors import SpecdslError


class FunctionProblem(SpecdslError):
    """An argument's value, known only while building, that the function has no answer for: a negative
    standard deviation, a result beyond 64 bits, a million words. The message stands alone."""
