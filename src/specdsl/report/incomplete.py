"""The regularised incomplete gamma and beta functions, for curves: about ten digits.

Series and continued fractions of the NIST Digital Library of Mathematical Functions, sections 8.11 and 8.17,
the fractions by Lentz's method (Thompson and Barnett 1986).
"""

from __future__ import annotations

import math

_TERMS = 100_000
_EXACT = 1e-12
_TINY = 1e-300


def incomplete_gamma(a: float, x: float) -> float:
    """P(a, x) for a > 0; 0 for x <= 0."""
    if x <= 0:
        return 0.0
    if math.isinf(x):
        return 1.0
    front = math.exp(min(a * math.log(x) - x - math.lgamma(a), 700.0))
    if x < a + 1:
        term = total = 1.0 / a
        for n in range(1, _TERMS):
            term *= x / (a + n)
            total += term
            if term < total * _EXACT:
                break
        return min(total * front, 1.0)
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    fraction = d
    for n in range(1, _TERMS):
        b += 2
        d = 1 / _away(b - n * (n - a) * d)
        c = _away(b - n * (n - a) / c)
        fraction *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return max(1.0 - fraction * front, 0.0)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b) for a, b > 0; x is brought into 0 .. 1."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction is quick on the other side
        return 1.0 - incomplete_beta(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    fraction = d
    for n in range(1, _TERMS):
        for step in (
            n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n)),
            -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1)),
        ):
            d = 1 / _away(1 + step * d)
            c = _away(1 + step / c)
            fraction *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return min(front * fraction / a, 1.0)


def _away(value: float) -> float:
    """``value``, kept away from zero."""
    return value if abs(value) > _TINY else _TINY
